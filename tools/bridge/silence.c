/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "silence.h"

/* The first explanation comes with the first rtp-seen, not a second later. */
#define TOLERANCE_US (G_TIME_SPAN_SECOND / 2)

/* UUIDs that are named */
#define MAX_UUIDS 16

void
silence_init (Silence * self)
{
  *self = (Silence) {
  .since_us = g_get_monotonic_time ()};
}

void
silence_clear (Silence * self)
{
  g_clear_pointer (&self->seen, gst_structure_free);
}

void
silence_take_seen (Silence * self, const GstStructure * seen)
{
  g_clear_pointer (&self->seen, gst_structure_free);
  self->seen = gst_structure_copy (seen);
}

gboolean
silence_is_due (Silence * self, guint64 n_records, gint64 now_us)
{
  if (n_records != self->n_records) {
    self->n_records = n_records;
    self->since_us = now_us;
    self->told = 0;
  }
  return self->seen != NULL && now_us - self->since_us + TOLERANCE_US
      >= SILENCE_SECONDS * G_TIME_SPAN_SECOND;
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

/* Adds the UUIDs in one property `stats`.
 * Returns: how many */
static guint
list_uuids (const GstStructure * stats, GString * counts, GString * list)
{
  const GValue *uuids = gst_structure_get_value (stats, "ignored-uuids");
  const guint n = uuids ? gst_value_array_get_size (uuids) : 0;

  for (guint i = 0; i < n && i < MAX_UUIDS; i++) {
    const GstStructure *ignored =
        gst_value_get_structure (gst_value_array_get_value (uuids, i));
    const char *uuid = gst_structure_get_string (ignored, "uuid");

    g_string_append_printf (counts, "%s%" G_GUINT64_FORMAT " of %s",
        counts->len > 0 ? ", " : "", get (ignored, "count"), uuid);
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

static void
add_video (Explanation * self, const GstStructure * seen,
    GstStructure * const *stats, guint n_stats)
{
  const gboolean has_h264 = note (self, get (seen, "h264"));
  const gboolean has_h265 = note (self, get (seen, "h265"));
  const char *codecs = has_h264 && has_h265 ? "H.264 and H.265"
      : has_h264 ? "H.264" : "H.265";
  const gboolean has_sei = note (self, get (seen, "sei"));
  const gboolean is_behind = note (self, get (seen, "behind-slices"));

  if (!has_h264 && !has_h265)
    return;
  if (is_behind)
    add (self, "%s with SEI behind slices: --scan full reads them", codecs);
  if (add_uuids (self, stats, n_stats) || is_behind)
    return;
  if (has_sei)
    add (self, "%s with SEI of which none has metadata: let the cameras write"
        " it as user_data_unregistered", codecs);
  else
    add (self, "%s without SEI: let the cameras write metadata into the video,"
        " and nothing on the way remove it", codecs);
}

static void
add_others (Explanation * self, const GstStructure * seen)
{
  if (note (self, get (seen, "mp2t")))
    add (self, "MPEG-TS, which is not read: let the cameras send H.264 or H.265"
        " over RTP");
  if (note (self, get (seen, "klv")))
    add (self, "KLV, which is not read: let the cameras write metadata into"
        " the video");
  if (note (self, get (seen, "unknown")))
    add (self, "RTP that is neither H.264 nor H.265: check what the cameras"
        " send, and set --codec if it is one of them");
  if (note (self, get (seen, "no-place")))
    add (self, "no place for more streams: raise --max-streams, or let another"
        " bridge take some of the cameras");
  if (note (self, get (seen, "no-rtp")))
    add (self, "%" G_GUINT64_FORMAT " datagrams that are not RTP: let the"
        " cameras send RTP, and check what else sends here",
        get (seen, "no-rtp"));
  if (note (self, get (seen, "unproven")))
    add (self, "%" G_GUINT64_FORMAT " RTP packets that belong to no stream:"
        " check what else sends here", get (seen, "unproven"));
}

char *
silence_explain (Silence * self, const char *where,
    GstStructure * const *stats, guint n_stats)
{
  g_autoptr (GString) text = g_string_new (NULL);
  Explanation explanation = {.text = text,.kinds = 1 };

  add_video (&explanation, self->seen, stats, n_stats);
  add_others (&explanation, self->seen);
  if (text->len == 0)
    add (&explanation, "no packets: check the address and port that the cameras"
        " send to, and the firewall");
  if (explanation.kinds == self->told)
    return NULL;
  self->told = explanation.kinds;
  return g_strdup_printf ("%s has given no records for %d s. It sees %s", where,
      SILENCE_SECONDS, text->str);
}
