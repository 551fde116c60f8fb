/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef SOURCE_H
#define SOURCE_H

#include <gst/gst.h>

#include "options.h"

G_BEGIN_DECLS

/* Where the video comes from: test video, a device, a file or another URI. What it
 * is shows when it comes: H.264 and H.265 pass as they are, all else is decoded. */

typedef struct _Source Source;

/** Called once, when the video of --input is there, from a streaming thread.
 * @codec: of encoded video, ANY of raw video, which is to be encoded
 * Returns: (transfer full) (nullable): the pad that takes the video: H.26x in a byte
 *   stream of access units, or I420; NULL if it is not wanted */
typedef GstPad *(*SourceVideoFunc) (SenderCodec codec, gpointer data);

/** Makes a source of --input.
 * @pipeline: that it is put into, and that it outlives
 * @uri: of --input, with secrets; a URI, or /dev/video... */
Source *source_new (GstElement * pipeline, const SenderOptions * options,
    const char *uri, SourceVideoFunc on_video, gpointer data);

void source_free (Source * self);

/** Puts the elements into the pipeline.
 * Returns: FALSE with @error if one is missing */
gboolean source_start (Source * self, GError ** error);

/** Whether what it gives comes when it is due, from a camera. Else it comes as fast as
 * it is taken. */
gboolean source_is_live (const Source * self);

/** No frame passes any more, and --loop ends. From any thread. */
void source_stop (Source * self);

/** Ends what reads, before the pipeline goes to NULL. From the main thread. */
void source_end (Source * self);

/** Whether @object is part of the source. */
gboolean source_has (Source * self, GstObject * object);

/** Begins the file again, behind a message of the name "sender-again".
 * From the main thread. */
void source_again (Source * self);

/** The URI of a file, URI or device as it is given.
 * @path: (out) (transfer full) (nullable): if it is one that has a name here
 * Returns: (transfer full) (nullable): NULL with @error if it cannot be one */
char *source_make_uri (const ToolUri * input, char **path, GError ** error);

/** The event of this name comes in front of the first frame of each pass, but the
 * first, of --loop. */
#define SOURCE_PASS_EVENT "sender-pass"

/** Element messages: the first frame is there; the file is to begin again. */
#define SOURCE_FIRST_MESSAGE "sender-first"
#define SOURCE_AGAIN_MESSAGE "sender-again"

/** An application message of the pipeline: there is KLV beside the video, in each pass. */
#define SOURCE_KLV_MESSAGE "sender-klv"

G_END_DECLS
#endif
