/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "gstrtpseireports.h"

/* How often losses are told at most */
#define INTERVAL (10 * GST_SECOND)

void
gst_rtp_sei_reports_clear (GstRtpSeiReports * self)
{
  g_free (self->losses);
  g_free (self->failure);
  *self = (GstRtpSeiReports) {
  0};
}

/* --- what is seen ---------------------------------------------------------------- */

static GstStructure *
make_seen (const RtpSeen * seen)
{
  return gst_structure_new ("rtp-seen",
      "seconds", G_TYPE_UINT, GST_RTP_SEI_REPORTS_SECONDS,
      "packets", G_TYPE_UINT64, seen->packets,
      "rtcp", G_TYPE_UINT64, seen->rtcp,
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
gst_rtp_sei_reports_get_kinds (const RtpSeen * seen)
{
  const gboolean kinds[] = {
    seen->packets > 0, seen->packets == 0 && seen->rtcp > 0,
    seen->no_rtp > 0, seen->at_rtcp_port > 0,
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

void
gst_rtp_sei_reports_post_seen (GstRtpSeiReports * self, GstElement * element,
    const RtpSeen * seen)
{
  const guint kinds = gst_rtp_sei_reports_get_kinds (seen);

  if (self->has_seen && kinds == self->kinds)
    return;
  self->has_seen = TRUE;
  self->kinds = kinds;
  gst_element_post_message (element,
      gst_message_new_element (GST_OBJECT (element), make_seen (seen)));
}

/* --- what is lost ---------------------------------------------------------------- */

/* Returns: (transfer full) (nullable): what was lost, and what the user can do about it;
 * NULL if nothing was */
static gchar *
describe_losses (const GstRtpSeiCounts * counts)
{
  const RtpReceiverCounts *received = &counts->receiver;
  const RtpStreamTotals *totals = &received->totals;
  const gboolean is_cut = counts->buffer_size < RTP_SOCKETS_BUFFER_SIZE;
  const struct
  {
    guint64 n;
    const gchar *text;
  } losses[] = {
    {is_cut ? counts->dropped : 0,
        "datagrams because the socket's buffer was full (give this"
          " program more processor time, or raise net.core.rmem_max)"},
    {is_cut ? 0 : counts->dropped,
        "datagrams because the socket's buffer was full (give this"
          " program more processor time)"},
    {totals->window.lost,
        "packets missing from their streams, lost on the way or"
          " here (check the network)"},
    {totals->window.late,
        "packets that came too late (raise the latency, or check"
          " the network)"},
    {totals->stream.incomplete,
        "messages of which a part was missing (check the network)"},
    {totals->stream.too_large,
        "messages that were too large (let them be less than 1 MiB)"},
    {received->no_rtp,
        "datagrams that are not RTP (check what else sends to this port)"},
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
    {totals->stream.undecided,
        "packets that came too long before the codec of their video showed"
          " (set the codec)"},
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

gboolean
gst_rtp_sei_reports_may_tell_losses (const GstRtpSeiReports * self, guint64 now)
{
  return now >= self->next;
}

void
gst_rtp_sei_reports_tell_losses (GstRtpSeiReports * self,
    GstElement * element, const GstRtpSeiCounts * counts, guint64 now)
{
  const RtpWindowCounts *window = &counts->receiver.totals.window;
  const guint64 harmless = window->duplicates + window->reordered;
  g_autofree gchar *text = describe_losses (counts);

  if (text != NULL && g_strcmp0 (text, self->losses) != 0) {
    GST_ELEMENT_WARNING (element, RESOURCE, READ, ("lost since the start: %s",
            text), (NULL));
    g_free (self->losses);
    self->losses = g_steal_pointer (&text);
    self->next = now + INTERVAL;
  }
  if (harmless > 0 && harmless >= 2 * self->harmless) {
    GST_ELEMENT_WARNING (element, RESOURCE, READ, ("%" G_GUINT64_FORMAT
            " packets came twice, or behind later ones: nothing is lost by that",
            harmless), (NULL));
    self->harmless = harmless;
    self->next = now + INTERVAL;
  }
}

void
gst_rtp_sei_reports_tell_failure (GstRtpSeiReports * self,
    GstElement * element, gchar * failure)
{
  if (failure != NULL && g_strcmp0 (failure, self->failure) != 0)
    GST_ELEMENT_WARNING (element, RESOURCE, READ, ("%s", failure), (NULL));
  g_free (self->failure);
  self->failure = failure;
}
