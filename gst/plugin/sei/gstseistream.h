/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef GST_SEI_STREAM_H
#define GST_SEI_STREAM_H

#include <gst/gst.h>

#include "nal.h"

G_BEGIN_DECLS

/* What seiinject and seiextract share: the H.264 or H.265 stream between their
 * pads "sink" and "src". */

/** What both elements take and give. */
#define GST_SEI_STREAM_CAPS \
    "video/x-h264, stream-format=(string){ byte-stream, avc, avc3 }, " \
    "alignment=(string){ au, nal }; " \
    "video/x-h265, stream-format=(string){ byte-stream, hvc1, hev1 }, " \
    "alignment=(string){ au, nal }"

/**
 * GstSeiStream:
 * @element: (transfer none): whose pads these are
 * @format: what the caps say; valid if @negotiated
 * @whole: whether each buffer is an access unit (alignment au), or a NAL unit
 * @frame_duration: nanoseconds, or GST_CLOCK_TIME_NONE
 * @segment: of the pad "sink"
 * @negotiated: whether there are caps to be used
 *
 * The two pads and what is known about the stream between them. Only the
 * streaming thread uses it after gst_sei_stream_init().
 */
typedef struct
{
  GstElement *element;
  GstPad *sinkpad;
  GstPad *srcpad;
  H26xFormat format;
  gboolean whole;
  GstClockTime frame_duration;
  GstSegment segment;
  gboolean negotiated;
  /*< private >*/
  gboolean refused;
} GstSeiStream;

/** Makes the pads of an element, whose class has templates of these names with
 * GST_SEI_STREAM_CAPS. Caps are negotiated between the two, and queries and
 * events go from one to the other and nowhere else. */
void gst_sei_stream_init (GstSeiStream * stream, GstElement * element,
    GstPadChainFunction chain, GstPadEventFunction event);

/** Forgets caps and segment. */
void gst_sei_stream_reset (GstSeiStream * stream);

/** Reads the caps in an event and passes it on. Returns FALSE after posting an
 * error with what is to be done if it cannot be told from them where an access
 * unit begins or how long its NAL units are.
 * @event: (transfer full):
 * @is_other: (out): whether buffers are something else from here on: parsers
 *   change what else caps say within an access unit, too */
gboolean gst_sei_stream_handle_caps (GstSeiStream * stream, GstEvent * event,
    gboolean * is_other);

/** Whether there are caps to be used. Posts an error with what is to be done if
 * there never were any: no parser was there to make them. */
gboolean gst_sei_stream_check_negotiated (GstSeiStream * stream);

/** Does what GstSeiStream needs of any other event, which stays the caller's.
 * @event: (transfer none): */
void gst_sei_stream_note_event (GstSeiStream * stream, GstEvent * event);

/**
 * GstSeiUuids:
 * @uuids: those that were set last and are UUIDs, as sei_uuid_parse_list() gives
 *   them
 * @text: what was set last
 *
 * The value of a property for one UUID, or for several with commas between. Its user
 * holds OBJECT_LOCK.
 */
typedef struct
{
  GBytes *uuids;
  gchar *text;
  /*< private >*/
  gboolean is_wrong;            /* @text, so @uuids are those before it */
} GstSeiUuids;

/** @text: what a user wrote
 * @is_list: whether it may be any number of UUIDs, or is exactly one */
void gst_sei_uuids_set (GstSeiUuids * uuids, const gchar * text,
    gboolean is_list);

void gst_sei_uuids_clear (GstSeiUuids * uuids);

/** Whether the text that was set last is UUIDs. Posts an error if it is not. Takes
 * OBJECT_LOCK. */
gboolean gst_sei_uuids_check (GstSeiUuids * uuids, GstElement * element);

/** Logs a warning for the 1st, 2nd, 4th, 8th, ... of what is counted, so that a
 * stream that is wrong all along does not fill the log. */
#define GST_SEI_STREAM_WARN(element, before, now, ...) G_STMT_START {   \
  if ((now) > (before) && g_bit_storage (now) > g_bit_storage (before)) \
    GST_WARNING_OBJECT (element, __VA_ARGS__);                          \
} G_STMT_END

G_END_DECLS

#endif
