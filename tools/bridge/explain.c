/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "explain.h"

#include <string.h>

/* UUIDs that are named */
#define MAX_UUIDS 16

guint64
explain_get (const GstStructure * structure, const char *name)
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
  const guint n = uuids ? MIN (gst_value_array_get_size (uuids), MAX_UUIDS) : 0;

  for (guint i = 0; i < n; i++) {
    const GstStructure *ignored =
        gst_value_get_structure (gst_value_array_get_value (uuids, i));
    const char *uuid = gst_structure_get_string (ignored, "uuid");

    g_string_append_printf (counts, "%s%" G_GUINT64_FORMAT " of %s",
        counts->len > 0 ? ", " : "", explain_get (ignored, "count"), uuid);
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
    explanation_add (self,
        "messages of UUIDs that --uuid does not select (%s): --uuid %s"
        " takes them", counts->str, list->str);
  return n > 0;
}

/* Returns whether there are messages that nobody can read. */
static gboolean
add_broken (Explanation * self, GstStructure * const *stats, guint n_stats)
{
  guint64 n = 0;

  for (guint i = 0; i < n_stats; i++)
    n += explain_get (stats[i], "broken");
  if (!explanation_note (self, n))
    return FALSE;
  explanation_add (self,
      "broken SEI (%" G_GUINT64_FORMAT "): check what writes them, or"
      " changes them on the way", n);
  return TRUE;
}

gboolean
explain_ignored_sei (Explanation * self, GstStructure * const *stats,
    guint n_stats)
{
  const gboolean is_ignored = add_uuids (self, stats, n_stats);
  const gboolean is_broken = add_broken (self, stats, n_stats);

  return is_ignored || is_broken;
}

void
explain_no_sei (Explanation * self, gboolean has_h264, gboolean has_h265,
    gboolean has_encoders, const char *codec)
{
  explanation_add (self, "%s %s: ",
      has_h264 && has_h265 ? "H.264 and H.265" : has_h264 ? "H.264" : "H.265",
      has_encoders ?
      "with no SEI but times, or what encoders write by themselves" :
      "without SEI");
  /* Nobody finds out what else it could be */
  if (codec)
    g_string_append_printf (self->text, "check that it is --codec %s, ", codec);
  g_string_append (self->text, "let the cameras write metadata into the video"
      " as SEI (user_data_unregistered), and let nothing on the way remove it");
}
