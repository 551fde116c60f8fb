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
      "other", G_TYPE_UINT64, stream->other, NULL);
}

static void
add_stream (const RtpReception * stream, const RtpStreamTotals * totals,
    gpointer user_data)
{
  g_autofree gchar *source = rtp_address_to_string (&stream->source->address);
  GValue value = G_VALUE_INIT;
  GstStructure *s = gst_structure_new ("stream",
      "source", G_TYPE_STRING, source,
      "port", G_TYPE_UINT, (guint) stream->port,
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

GstStructure *
gst_rtp_sei_seen_new (const RtpSeen * seen, guint n_seconds)
{
  return gst_structure_new ("rtp-seen",
      "seconds", G_TYPE_UINT, n_seconds,
      "packets", G_TYPE_UINT64, seen->packets,
      "no-rtp", G_TYPE_UINT64, seen->no_rtp,
      "at-rtcp-port", G_TYPE_UINT64, seen->at_rtcp_port,
      "unproven", G_TYPE_UINT64, seen->unproven,
      "no-place", G_TYPE_UINT64, seen->no_place,
      "h264", G_TYPE_UINT, seen->h264,
      "h265", G_TYPE_UINT, seen->h265,
      "mp2t", G_TYPE_UINT, seen->mp2t,
      "klv", G_TYPE_UINT, seen->klv,
      "unknown", G_TYPE_UINT, seen->unknown,
      "sei", G_TYPE_UINT64, seen->sei,
      "without-sei", G_TYPE_UINT, seen->without_sei,
      "behind-slices", G_TYPE_UINT64, seen->behind_slices, NULL);
}

guint
gst_rtp_sei_seen_get_kinds (const RtpSeen * seen)
{
  const gboolean kinds[] = {
    seen->packets > 0, seen->no_rtp > 0, seen->at_rtcp_port > 0,
    seen->unproven > 0, seen->no_place > 0, seen->h264 > 0, seen->h265 > 0,
    seen->mp2t > 0,
    seen->klv > 0, seen->unknown > 0, seen->sei > 0, seen->without_sei > 0,
    seen->behind_slices > 0
  };
  guint result = 0;

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    result |= (guint) kinds[i] << i;
  return result;
}

gchar *
gst_rtp_sei_counts_describe (const GstRtpSeiCounts * counts)
{
  const RtpReceiverCounts *received = &counts->receiver;
  const RtpStreamTotals *totals = &received->totals;
  const struct
  {
    guint64 n;
    const gchar *text;
  } losses[] = {
    {counts->dropped,
        "datagrams because the socket's buffer was full (give this"
          " program more processor time, or raise net.core.rmem_max)"},
    {totals->window.lost,
        "packets missing from their streams, lost on the way or"
          " here (check the network)"},
    {totals->window.late,
        "packets that came too late (raise the latency, or check"
          " the network)"},
    {totals->stream.incomplete,
        "messages of which a part was missing (check the" " network)"},
    {totals->stream.too_large,
        "messages that were too large (let them be less than" " 1 MiB)"},
    {received->no_rtp,
        "datagrams that are not RTP (check what else sends to this" " port)"},
    {received->at_rtcp_port,
        "RTP packets at a port behind, which is for RTCP"
          " (let the camera send to the port itself)"},
    {received->sources.unproven,
        "RTP packets that belong to no stream (check what"
          " else sends to this port)"},
    {received->sources.no_place,
        "packets of streams for which there was no room (raise"
          " max-streams, or let another program take some of the cameras)"},
    {totals->stream.malformed,
        "packets that contradict the format of the video"
          " (check the sender)"},
  };
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (losses); i++)
    if (losses[i].n > 0)
      g_string_append_printf (text, "%s%" G_GUINT64_FORMAT " %s",
          text->len > 0 ? "; " : "", losses[i].n, losses[i].text);
  if (text->len == 0)
    return NULL;
  return g_string_free (g_steal_pointer (&text), FALSE);
}
