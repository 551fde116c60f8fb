/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "rtpseen.h"

#include "explain.h"

/* What rtp-seen reports came in so long a time */
#define LOOK_US (SILENCE_SECONDS * G_TIME_SPAN_SECOND)

static guint64
get (const RtpSeen * self, const char *name)
{
  return self->seen ? explain_get (self->seen, name) : 0;
}

static gboolean
has_same_video (const RtpSeen * self, const GstStructure * seen)
{
  return !get (self, "h264") == !explain_get (seen, "h264")
      && !get (self, "h265") == !explain_get (seen, "h265");
}

static gboolean
has_streams (const RtpSeen * self)
{
  return get (self, "h264") > 0 || get (self, "h265") > 0
      || get (self, "unknown") > 0 || rtp_seen_has_others (self);
}

void
rtp_seen_init (RtpSeen * self, const char *codec)
{
  *self = (RtpSeen) {
  .codec = g_str_equal (codec, "auto") ? NULL : codec};
}

void
rtp_seen_clear (RtpSeen * self)
{
  g_clear_pointer (&self->seen, gst_structure_free);
}

void
rtp_seen_take (RtpSeen * self, const GstStructure * seen,
    const Silence * silence, gint64 now_us)
{
  GstStructure *copy = gst_structure_copy (seen);

  /* Some encoders write SEI at their beginning alone: where they were spoken of, that
   * there are none later is no news. */
  if (silence->told != 0 && has_same_video (self, seen)
      && explain_get (seen, "sei") == 0)
    gst_structure_set (copy, "sei", G_TYPE_UINT64, get (self, "sei"), NULL);
  rtp_seen_clear (self);
  self->seen = copy;
  self->has_begun |= has_streams (self);
  self->seen_us = now_us;
}

gboolean
rtp_seen_is_of_silence (const RtpSeen * self, const Silence * silence,
    gint64 now_us)
{
  const gint64 begin_us = silence->since_us - SILENCE_TOLERANCE_US;

  return self->seen && (self->seen_us - begin_us >= LOOK_US
      || now_us - begin_us >= 2 * LOOK_US + G_TIME_SPAN_SECOND);
}

/* Returns whether SEI came that give no records. */
static gboolean
add_sei (const RtpSeen * self, Explanation * explanation,
    GstStructure * const *stats, guint n_stats)
{
  const gboolean is_behind =
      explanation_note (explanation, get (self, "behind-slices"));
  gboolean is_ignored;

  if (is_behind)
    explanation_add (explanation, "H.264 with SEI behind slices: --scan full"
        " reads them");
  if (!explanation_note (explanation, get (self, "sei")))
    return is_behind;
  is_ignored = explain_ignored_sei (explanation, stats, n_stats);
  return is_behind || is_ignored;
}

static void
add_video (const RtpSeen * self, Explanation * explanation,
    GstStructure * const *stats, guint n_stats)
{
  const gboolean has_h264 = explanation_note (explanation, get (self, "h264"));
  const gboolean has_h265 = explanation_note (explanation, get (self, "h265"));

  if ((has_h264 || has_h265) && !add_sei (self, explanation, stats, n_stats))
    explain_no_sei (explanation, has_h264, has_h265, get (self, "sei") > 0,
        self->codec);
}

/* Adds a sentence if there is any. */
static void
add_if (const RtpSeen * self, Explanation * explanation, const char *name,
    const char *text)
{
  if (explanation_note (explanation, get (self, name)))
    explanation_add (explanation, "%s", text);
}

/* The same, with the number between the parts */
static void
add_number_if (const RtpSeen * self, Explanation * explanation,
    const char *name, const char *before, const char *behind)
{
  if (explanation_note (explanation, get (self, name)))
    explanation_add (explanation, "%s (%" G_GUINT64_FORMAT "): %s", before,
        get (self, name), behind);
}

static void
add_others (const RtpSeen * self, Explanation * explanation,
    gboolean is_explained)
{
  if (!is_explained)
    add_if (self, explanation, "mp2t", "MPEG-TS in which nothing is known: let"
        " the cameras send H.264, H.265 or KLV in it");
  add_if (self, explanation, "unknown", "RTP that is neither H.264 nor H.265:"
      " check what the cameras send, and set --codec if it is one of them");
  add_if (self, explanation, "no-place", "no place for more streams: raise"
      " --max-streams, or let another bridge take some of the cameras");
  add_if (self, explanation, "at-rtcp-port", "RTP at the port behind, which is"
      " for RTCP: let the cameras send to the port itself");
  add_number_if (self, explanation, "no-rtp", "datagrams that are not RTP",
      "let the cameras send RTP, and check what else sends here");
  add_number_if (self, explanation, "unproven", "RTP packets that belong to no"
      " stream", "check what else sends here");
}

gboolean
rtp_seen_has_others (const RtpSeen * self)
{
  return get (self, "mp2t") > 0 || get (self, "klv") > 0;
}

void
rtp_seen_explain (const RtpSeen * self, Explanation * explanation,
    GstStructure * const *stats, guint n_stats, gboolean is_explained)
{
  add_video (self, explanation, stats, n_stats);
  add_others (self, explanation, is_explained);
  if (explanation_note (explanation, explanation->text->len == 0
          && get (self, "rtcp") > 0))
    explanation_add (explanation, "RTCP, but no RTP: check which port the"
        " cameras send their video to, and the firewall");
  if (explanation_note (explanation, explanation->text->len == 0
          && self->has_begun))
    explanation_add (explanation, "no packets of RTP any more: check that what"
        " sent them still runs, and the network");
  if (explanation->text->len == 0)
    explanation_add (explanation, "no packets of RTP: check the address and"
        " port that the cameras send to, and the firewall");
}
