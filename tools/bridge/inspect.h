/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef INSPECT_H
#define INSPECT_H

#include <gst/gst.h>

G_BEGIN_DECLS

/* What --inspect shows: a table of all streams, with what is in them and how often. */

typedef struct _Inspect Inspect;

Inspect *inspect_new (void);
void inspect_free (Inspect * inspect);

/** Begins to look at the messages in a stream: those that the buffers of @pad have as
 * metas, or, if @is_message, the buffers themselves. In any thread; @inspect outlives
 * @pad.
 * @stream: its name; %NULL: the buffers say which RTP stream they are of */
void inspect_watch (Inspect * inspect, GstPad * pad, gboolean is_message,
    const char *input, const char *stream);

/** The same for the events of script data.
 * @extract: flvmetaextract */
void inspect_watch_events (Inspect * inspect, GstElement * extract,
    const char *input, const char *stream);

/** Takes how many frames a stream has had, and how many packets of it are lost; -1 if
 * that is not known. A stream for which nobody says that goes out of the table.
 * @codec: what it is, for users */
void inspect_stream (Inspect * inspect, const char *input, const char *stream,
    const char *codec, gint64 n_frames, gint64 n_lost);

/** Says that an input has come to its end: its streams stay in the table, with what they had
 * in all. */
void inspect_end (Inspect * inspect, const char *input);

/** Says why an input gives nothing: with its stream, or in a row of its own.
 * @note: (nullable): a sentence without its end, for the next print alone; %NULL: there is
 *   no reason to */
void inspect_note (Inspect * inspect, const char *input, const char *note);

/** Returns: (transfer full): the name of an RTP stream
 * @source: address and port of the sender, as rtpseisrc says it */
char *inspect_name_rtp (const char *source, guint ssrc);

/** Returns: (transfer full): the name of the RTP stream that a buffer says it is of */
char *inspect_name_buffer (GstBuffer * buffer);

/** Prints what came since it was called last. */
void inspect_print (Inspect * inspect);

G_END_DECLS
#endif
