/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "silence.h"

#include <string.h>

/* The first explanation comes with the first rtp-seen, not a second later. */
#define TOLERANCE_US (G_TIME_SPAN_SECOND / 2)

/* What rtp-seen reports came in so long a time */
#define LOOK_US (SILENCE_SECONDS * G_TIME_SPAN_SECOND)

/* How often there is an explanation at most */
#define PAUSE_US (10 * G_TIME_SPAN_SECOND)

/* UUIDs that are named */
#define MAX_UUIDS 16

/* A member that is a guint or a guint64 */
static guint64
get (const GstStructure * structure, const char *name)
{
  guint64 value = 0;
  guint small = 0;

  if (gst_structure_get_uint (structure, name, &small))
    return small;
  gst_structure_get_uint64 (structure, name, &value);
  return value;
}

static gboolean
has (const GstStructure * structure, const char *name)
{
  return get (structure, name) > 0;
}

void
silence_init (Silence * self, const char *codec, gint64 now_us)
{
  *self = (Silence) {
  .codec = g_str_equal (codec, "auto") ? NULL : codec,.since_us =
        now_us,.told_us = now_us - PAUSE_US};
}

void
silence_clear (Silence * self)
{
  g_clear_pointer (&self->seen, gst_structure_free);
}

/* Whether there is the same video in both */
static gboolean
is_same_video (const GstStructure * a, const GstStructure * b)
{
  return has (a, "h264") == has (b, "h264")
      && has (a, "h265") == has (b, "h265");
}

void
silence_take_seen (Silence * self, const GstStructure * seen, gint64 now_us)
{
  GstStructure *copy = gst_structure_copy (seen);

  /* Some encoders write SEI at their beginning alone: where they were spoken of, that
   * there are none later is no news. */
  if (self->told != 0 && is_same_video (self->seen, seen)
      && !has (seen, "sei"))
    gst_structure_set (copy, "sei", G_TYPE_UINT64, get (self->seen, "sei"),
        NULL);
  silence_clear (self);
  self->seen = copy;
  self->seen_us = now_us;
}

/* Whether what was seen last came without records. It stands for all that came since
 * then, because each change is reported. */
static gboolean
is_of_silence (const Silence * self, gint64 now_us)
{
  const gint64 begin_us = self->since_us - TOLERANCE_US;

  return self->seen_us - begin_us >= LOOK_US
      || now_us - begin_us >= 2 * LOOK_US + G_TIME_SPAN_SECOND;
}

gboolean
silence_is_due (Silence * self, guint64 n_records, gint64 now_us)
{
  if (n_records != self->n_records) {
    self->n_records = n_records;
    self->since_us = now_us;
    self->told = 0;
  }
  return self->seen && now_us - self->told_us >= PAUSE_US
      && is_of_silence (self, now_us);
}

/* An explanation in the making */
typedef struct
{
  GString *text;
  guint64 kinds;                /* of what it is made of */
} Explanation;

static void
G_GNUC_PRINTF (2, 3)
add (Explanation * self, const char *format, ...)
{
  va_list args;

  if (self->text->len > 0)
    g_string_append (self->text, "; ");
  va_start (args, format);
  g_string_append_vprintf (self->text, format, args);
  va_end (args);
}

/* Whether there is any of a kind. Which kinds there are makes an explanation another
 * one; how many of each does not. */
static gboolean
note (Explanation * self, guint64 n)
{
  self->kinds = self->kinds << 1 | (n > 0);
  return n > 0;
}

/* Adds the UUIDs in one property `stats`.
 * Returns: how many */
static guint
list_uuids (const GstStructure * stats, GString * counts, GString * list)
{
  const GValue *uuids = gst_structure_get_value (stats, "ignored-uuids");
  const guint n = uuids ? MIN (gst_value_array_get_size (uuids), MAX_UUIDS) : 0;

  for (guint i = 0; i < n; i++) {
    const GstStructure *ignored =
        gst_value_get_structure (gst_value_array_get_value (uuids, i));
    const char *uuid = gst_structure_get_string (ignored, "uuid");

    g_string_append_printf (counts, "%s%" G_GUINT64_FORMAT " of %s",
        counts->len > 0 ? ", " : "", get (ignored, "count"), uuid);
    if (!strstr (list->str, uuid))
      g_string_append_printf (list, "%s%s", list->len > 0 ? "," : "", uuid);
  }
  return n;
}

/* Returns whether there are messages of UUIDs that are not selected. */
static gboolean
add_uuids (Explanation * self, GstStructure * const *stats, guint n_stats)
{
  g_autoptr (GString) counts = g_string_new (NULL);
  g_autoptr (GString) list = g_string_new (NULL);
  guint n = 0;

  for (guint i = 0; i < n_stats; i++)
    n += list_uuids (stats[i], counts, list);
  self->kinds = self->kinds << 8 | n;
  if (n > 0)
    add (self, "messages of UUIDs that --uuid does not select (%s): --uuid %s"
        " takes them", counts->str, list->str);
  return n > 0;
}

/* Returns whether there are messages that nobody can read. */
static gboolean
add_broken (Explanation * self, GstStructure * const *stats, guint n_stats)
{
  guint64 n = 0;

  for (guint i = 0; i < n_stats; i++)
    n += get (stats[i], "broken");
  if (!note (self, n))
    return FALSE;
  add (self, "broken SEI (%" G_GUINT64_FORMAT "): check what writes them, or"
      " changes them on the way", n);
  return TRUE;
}

/* Returns whether SEI came that give no records. */
static gboolean
add_sei (Explanation * self, const GstStructure * seen,
    GstStructure * const *stats, guint n_stats)
{
  const gboolean is_behind = note (self, get (seen, "behind-slices"));
  gboolean is_ignored, is_broken;

  if (is_behind)
    add (self, "H.264 with SEI behind slices: --scan full reads them");
  if (!note (self, get (seen, "sei")))
    return is_behind;
  is_ignored = add_uuids (self, stats, n_stats);
  is_broken = add_broken (self, stats, n_stats);
  return is_behind || is_ignored || is_broken;
}

static void
add_video (Explanation * self, const Silence * silence,
    GstStructure * const *stats, guint n_stats)
{
  const GstStructure *seen = silence->seen;
  const gboolean has_h264 = note (self, get (seen, "h264"));
  const gboolean has_h265 = note (self, get (seen, "h265"));
  const char *codecs = has_h264 && has_h265 ? "H.264 and H.265"
      : has_h264 ? "H.264" : "H.265";

  if ((!has_h264 && !has_h265) || add_sei (self, seen, stats, n_stats))
    return;
  add (self, "%s without SEI%s: ", codecs,
      has (seen, "sei") ? " but what encoders write by themselves" : "");
  /* Nobody finds out what else it could be */
  if (silence->codec)
    g_string_append_printf (self->text, "check that it is --codec %s, ",
        silence->codec);
  g_string_append (self->text, "let the cameras write metadata into the video"
      " as SEI (user_data_unregistered), and let nothing on the way remove it");
}

static void
add_others (Explanation * self, const GstStructure * seen)
{
  if (note (self, get (seen, "mp2t")))
    add (self, "MPEG-TS, which is not read: let the cameras send H.264 or H.265"
        " over RTP without it");
  if (note (self, get (seen, "klv")))
    add (self, "KLV, which is not read: let the cameras write metadata into"
        " the video");
  if (note (self, get (seen, "unknown")))
    add (self, "RTP that is neither H.264 nor H.265: check what the cameras"
        " send, and set --codec if it is one of them");
  if (note (self, get (seen, "no-place")))
    add (self, "no place for more streams: raise --max-streams, or let another"
        " bridge take some of the cameras");
  if (note (self, get (seen, "at-rtcp-port")))
    add (self, "RTP at the port behind, which is for RTCP: let the cameras send"
        " to the port itself");
  if (note (self, get (seen, "no-rtp")))
    add (self, "datagrams that are not RTP (%" G_GUINT64_FORMAT "): let the"
        " cameras send RTP, and check what else sends here",
        get (seen, "no-rtp"));
  if (note (self, get (seen, "unproven")))
    add (self, "RTP packets that belong to no stream (%" G_GUINT64_FORMAT "):"
        " check what else sends here", get (seen, "unproven"));
}

/* Appends whose silence it is. */
static void
append_where (GString * text, const char *const *where)
{
  const guint n = g_strv_length ((char **) where);

  if (n == 1)
    g_string_append_printf (text, "%s has", where[0]);
  else
    g_string_append_printf (text, "%u ports, %s to %s, have", n, where[0],
        where[n - 1]);
}

char *
silence_explain (Silence * self, const char *const *where,
    GstStructure * const *stats, guint n_stats, gint64 now_us)
{
  g_autoptr (GString) text = g_string_new (NULL);
  GString *sentence;
  Explanation explanation = {.text = text,.kinds = 1 };

  add_video (&explanation, self, stats, n_stats);
  add_others (&explanation, self->seen);
  if (note (&explanation, text->len == 0 && has (self->seen, "rtcp")))
    add (&explanation, "RTCP, but no RTP: check which port the cameras send"
        " their video to, and the firewall");
  if (text->len == 0)
    add (&explanation, "no packets of RTP: check the address and port that the"
        " cameras send to, and the firewall");
  if (explanation.kinds == self->told)
    return NULL;
  self->told = explanation.kinds;
  self->told_us = now_us;
  sentence = g_string_new (NULL);
  append_where (sentence, where);
  g_string_append_printf (sentence, " given no records for %" G_GINT64_FORMAT
      " s. %s %s",
      (now_us - self->since_us + TOLERANCE_US) / G_TIME_SPAN_SECOND,
      where[1] ? "They see" : "It sees", text->str);
  return g_string_free (sentence, FALSE);
}
