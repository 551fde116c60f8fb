/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KLV_STREAM_H
#define KLV_STREAM_H

#include <gst/gst.h>

G_BEGIN_DECLS

/* The KLV beside the video: a packet for each frame, of the same time, which is in the frame, too. */

typedef struct {
  const char *stream_id;
  guint64 n_packets;            /* under lock */
  GMutex lock;
  /*< private >, of the streaming thread */
  GstElement *inject;
  GstPad *out;                  /* to the element "klv" */
  GstSegment segment;
  gboolean has_epoch;
  gint64 epoch_ns;              /* Unix time of running time 0 */
  gboolean has_begun;
  gint64 begin;                 /* running time of the first packet */
  GArray *waiting;              /* running times of frames, in order */
} KlvStream;

void klv_stream_init (KlvStream * self, const char *stream_id);

void klv_stream_clear (KlvStream * self);

/** Makes JSON for the frames that come to the element "inject" of @bin, and gives it to
 * its element "klv"; "inject" writes its times into the frames. Without the latter does nothing. */
void klv_stream_start (KlvStream * self, GstBin * bin);

/** So far. From any thread. */
guint64 klv_stream_count (KlvStream * self);

G_END_DECLS
#endif
