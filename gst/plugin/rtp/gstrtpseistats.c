/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "gstrtpseistats.h"

static const gchar *const codec_names[] = {
  [RTP_CODEC_UNKNOWN] = "unknown",
  [RTP_CODEC_H264] = "h264",
  [RTP_CODEC_H265] = "h265",
  [RTP_CODEC_MP2T] = "mp2t",
  [RTP_CODEC_KLV] = "klv"
};

static void
set_totals (GstStructure * s, const RtpStreamTotals * totals)
{
  const RtpWindowCounts *window = &totals->window;
  const RtpStreamCounts *stream = &totals->stream;

  gst_structure_set (s,
      "packets", G_TYPE_UINT64, window->received,
      "lost", G_TYPE_UINT64, window->lost,
      "late", G_TYPE_UINT64, window->late,
      "duplicates", G_TYPE_UINT64, window->duplicates,
      "reordered", G_TYPE_UINT64, window->reordered,
      "restarts", G_TYPE_UINT64, window->restarts,
      "access-units", G_TYPE_UINT64, stream->access_units,
      "sei", G_TYPE_UINT64, stream->sei_nal_units,
      "incomplete", G_TYPE_UINT64, stream->incomplete,
      "too-large", G_TYPE_UINT64, stream->too_large,
      "behind-slices", G_TYPE_UINT64, stream->behind_slices,
      "malformed", G_TYPE_UINT64, stream->malformed,
      "undecided", G_TYPE_UINT64, stream->undecided,
      "other", G_TYPE_UINT64, stream->other,
      "implausible-times", G_TYPE_UINT64, totals->implausible_times, NULL);
}

static void
add_stream (const RtpReception * stream, const RtpStreamTotals * totals,
    gpointer user_data)
{
  g_autofree gchar *source =
      rtp_address_to_string (&stream->source->flow.source);
  GValue value = G_VALUE_INIT;
  GstStructure *s = gst_structure_new ("stream",
      "source", G_TYPE_STRING, source,
      "port", G_TYPE_UINT, (guint) stream->source->flow.port,
      "ssrc", G_TYPE_UINT, stream->source->ssrc,
      "codec", G_TYPE_STRING, codec_names[stream->codec], NULL);

  set_totals (s, totals);
  g_value_init (&value, GST_TYPE_STRUCTURE);
  g_value_take_boxed (&value, s);
  gst_value_array_append_and_take_value (user_data, &value);
}

GstStructure *
gst_rtp_sei_stats_new (const GstRtpSeiCounts * counts, RtpReceiver * receiver)
{
  const RtpReceiverCounts *received = &counts->receiver;
  GValue streams = G_VALUE_INIT;
  GstStructure *s = gst_structure_new ("rtpseisrc-stats",
      "datagrams", G_TYPE_UINT64, received->datagrams,
      "rtcp", G_TYPE_UINT64, received->rtcp,
      "no-rtp", G_TYPE_UINT64, received->no_rtp,
      "at-rtcp-port", G_TYPE_UINT64, received->at_rtcp_port,
      "unproven", G_TYPE_UINT64, received->sources.unproven,
      "no-place", G_TYPE_UINT64, received->sources.no_place,
      "refused-streams", G_TYPE_UINT, received->sources.refused,
      "dropped", G_TYPE_UINT64, counts->dropped,
      "receive-buffer", G_TYPE_UINT64, (guint64) counts->buffer_size,
      "not-linked", G_TYPE_UINT64, counts->not_linked, NULL);

  set_totals (s, &received->totals);
  g_value_init (&streams, GST_TYPE_ARRAY);
  if (receiver != NULL)
    rtp_receiver_foreach (receiver, add_stream, &streams);
  gst_structure_take_value (s, "streams", &streams);
  return s;
}
