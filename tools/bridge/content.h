/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef CONTENT_H
#define CONTENT_H

#include <gst/gst.h>

#include "inspect.h"
#include "silence.h"
#include "thin.h"

G_BEGIN_DECLS

/* What an input turns out to contain, stream by stream, and what takes the metadata out
 * of each. The caps of a stream choose, and nothing else:
 *
 *     video/x-h264, video/x-h265   (nalsplit !) seiextract ! funnel
 *     meta/x-klv                   klvtojson ! funnel
 *     application/x-ndjson         linesplit ! funnel
 *     video/mpegts                 klvtsfilter ! tsdemux, whose streams are taken in turn
 *     video/x-flv                  flvmetaextract ! flvdemux, the same; its events ! funnel
 *     RTP of KLV and of MPEG-TS    the same, behind a depayloader
 *     anything else                is passed over
 */

typedef struct _Content Content;

/** What users may set for all inputs. */
typedef struct
{
  const char *uuid;             /* as seiextract takes it; NULL: all */
  const char *scan;
  Inspect *inspect;             /* NULL: nobody looks */
} ContentSettings;

/** Which messages become records; called in the thread of the stream.
 * @thin: of the stream that @message is of
 * Returns: whether this one does */
typedef gboolean (*ContentFilter) (GstBuffer * message, Thin * thin,
    gpointer data);

/** Checks what seiextract would refuse only when there is a stream.
 * Returns: whether @settings are right; if not there is an @error, GST_RESOURCE_ERROR_SETTINGS
 *   if they are wrong, else of GstParse if there is no seiextract */
gboolean content_check (const ContentSettings * settings, GError ** error);

/** Asks @filter for each message from now on, before there is a stream.
 * @thin: outlives it */
void content_set_filter (Content * content, const ThinSettings * thin,
    ContentFilter filter, gpointer data);

/** @bin: gets the elements, and a pad `src` of application/x-json; outlives it, and so
 *   do the others
 * @name: of the input, for users
 * @is_rtp: a pad has many RTP streams, which its buffers name
 * Returns: (transfer full) */
Content *content_new (GstBin * bin, const ContentSettings * settings,
    const char *name, gboolean is_rtp);

/** With @bin in NULL. */
void content_free (Content * content);

/** Takes a stream, in any thread. When all streams have ended, the bin posts an element
 * message `content-ended`.
 * @name: (nullable): for users; those that are in it have a number behind it. %NULL: its
 *   number in the input; with is_rtp, its buffers have it, and the source speaks of it */
void content_add_pad (Content * content, GstPad * pad, const char *name);

/** Ends a stream that the source has taken away, if it is one, in any thread; what has come
 * of it goes through. The pad may be added again. Not while the bin goes to NULL. */
void content_remove_pad (Content * content, GstPad * pad);

/** Returns: how many buffers the streams had so far; runs over */
guint content_get_n_buffers (Content * content);

/** Returns: how many frames the videos had so far, but for those that the source speaks of; -1:
 * there is none */
gint64 content_get_n_frames (Content * content);

/** Returns: (transfer full): the properties `stats` of the seiextracts of streams that the
 * source speaks of, as an array of GstStructure */
GPtrArray *content_get_stats (Content * content);

/** Shows what the streams are.
 * @stream: (nullable): the name of one: those that are in it, and no others
 * @n_lost: packets; -1: nobody knows */
void content_inspect (Content * content, const char *stream, gint64 n_lost);

/** Adds what the streams are, and why they give no records.
 * Returns: whether there are streams */
gboolean content_explain (Content * content, Explanation * explanation);

G_END_DECLS
#endif
