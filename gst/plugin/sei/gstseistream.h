/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef GST_SEI_STREAM_H
#define GST_SEI_STREAM_H

#include <gst/gst.h>

#include "nal.h"
#include "timedregions.h"

G_BEGIN_DECLS

/* What seiinject and seiextract share: the H.264 or H.265 stream between their
 * pads "sink" and "src". */

/** The caps of both pads. */
#define GST_SEI_STREAM_CAPS \
    "video/x-h264, stream-format=(string){ byte-stream, avc, avc3 }, " \
    "alignment=(string){ au, nal }; " \
    "video/x-h265, stream-format=(string){ byte-stream, hvc1, hev1 }, " \
    "alignment=(string){ au, nal }"

/**
 * GstSeiStream:
 * @element: (transfer none): whose pads these are
 * @format: as the caps say; valid if @negotiated
 * @whole: whether each buffer is an access unit (alignment au), or a NAL unit
 * @picture: its size, as the caps say
 * @frame_duration: nanoseconds, or GST_CLOCK_TIME_NONE
 * @segment: of the pad "sink"
 * @negotiated: whether the element has caps that it can use
 *
 * The two pads, and what the element knows about the stream between them. After
 * gst_sei_stream_init() only the streaming thread uses it.
 */
typedef struct
{
  GstElement *element;
  GstPad *sinkpad;
  GstPad *srcpad;
  H26xFormat format;
  gboolean whole;
  TimedPicture picture;
  GstClockTime frame_duration;
  GstSegment segment;
  gboolean negotiated;
  /*< private >*/
  gboolean refused;
  gboolean warned_of_size;
} GstSeiStream;

/** Makes the pads of an element whose class has templates of these names with
 * GST_SEI_STREAM_CAPS. Caps are negotiated between the two; queries and events go
 * from one to the other and nowhere else. */
void gst_sei_stream_init (GstSeiStream * stream, GstElement * element,
    GstPadChainFunction chain, GstPadEventFunction event);

/** GstPadQueryFunction of both pads: the caps of one are those of the other. */
gboolean gst_sei_stream_query (GstPad * pad, GstObject * parent,
    GstQuery * query);

/** Forgets caps and segment. */
void gst_sei_stream_reset (GstSeiStream * stream);

/** Reads the caps in an event and passes the event on. If the caps do not say where
 * an access unit begins or how long its NAL units are, posts an error that says what
 * to do, and returns FALSE.
 * @event: (transfer full):
 * @is_other: (out): whether codec, alignment or length fields have changed. Parsers
 *   change other fields within an access unit, too. */
gboolean gst_sei_stream_handle_caps (GstSeiStream * stream, GstEvent * event,
    gboolean * is_other);

/** Whether the element has caps that it can use. If none ever came, because there is
 * no parser, posts an error that says what to do. */
gboolean gst_sei_stream_check_negotiated (GstSeiStream * stream);

/** Notes what any other event says about the stream.
 * @event: (transfer none): */
void gst_sei_stream_note_event (GstSeiStream * stream, GstEvent * event);

/** Posts the error that the memory of a buffer cannot be read. */
void gst_sei_stream_post_unreadable (const GstSeiStream * stream);

/** Posts a warning, once, that regions are left out, if the caps do not say how large
 * the picture is.
 * @n_dropped: regions that were left out just now */
void gst_sei_stream_check_size (GstSeiStream * stream, guint n_dropped);

G_END_DECLS

#endif
