/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "common.h"
#include "reports.h"

/* With the member seq as its key, each record of a camera goes to another partition. */
static void
note_partitions (Reports * self, const GstStructure * state)
{
  guint n = 0;

  if (self->has_key || !gst_structure_get_uint (state, "partitions", &n)
      || n < 2 || n == self->n_partitions)
    return;
  self->n_partitions = n;
  tool_warn ("topic '%s' has %u partitions, and the records of one camera are"
      " spread over them: give --kafka-key '{stream_id}', and each --input a"
      " NAME, to keep each camera's records in order in one",
      gst_structure_get_string (state, "topic"), n);
}

/* Tells what the state itself says, if users are to know. */
static void
tell_state (Reports * self, const GstStructure * state)
{
  const char *text = gst_structure_get_string (state, "text");

  /* refused credentials are a warning as well, and the end has its own report; that no
   * camera sent is no fault */
  if (!text || gst_structure_has_name (state, "credentials-refused")
      || gst_structure_has_name (state, "delivery-summary")
      || gst_structure_has_name (state, "no-metadata"))
    return;
  if (gst_structure_has_name (state, "broker-reachable")) {
    /* that all is well needs no words at the start */
    if (!self->was_unreachable)
      return;
    self->was_unreachable = FALSE;
    if (!notice_end (&self->unreachable))
      return;
  } else if (gst_structure_has_name (state, "broker-unreachable")) {
    self->was_unreachable = TRUE;
    tool_warn_take (notice_say (&self->unreachable, text,
            g_get_monotonic_time ()));
    return;
  }
  tool_warn ("%s", text);
}

void
reports_tick (Reports * self)
{
  tool_warn_take (notice_tick (&self->unreachable, g_get_monotonic_time ()));
}

void
reports_state (Reports * self, const GstStructure * state)
{
  tell_state (self, state);
  note_partitions (self, state);
}

static guint64
get_stat (const GstStructure * stats, const char *name)
{
  guint64 value = 0;

  gst_structure_get_uint64 (stats, name, &value);
  return value;
}

char *
reports_summarize (const Reports * self, GstElement * kafka)
{
  g_autoptr (GstStructure) stats = NULL;

  g_object_get (kafka, "stats", &stats, NULL);
  return g_strdup_printf ("Kafka has %" G_GUINT64_FORMAT " records, and %"
      G_GUINT64_FORMAT " wait%s", get_stat (stats, "acknowledged"),
      get_stat (stats, "in-flight"), self->was_unreachable ?
      " until it answers" : "");
}

void
reports_keyless (Reports * self, guint n_records, const char *key)
{
  if (n_records == 0 || self->is_keyless)
    return;
  self->is_keyless = TRUE;
  tool_warn ("records without anything that --kafka-key '%s' names have the"
      " key 0, which keeps them in order, all in one partition: correct it, or"
      " give each --input a NAME, which is their stream_id", key);
}

void
reports_far_off (Reports * self, guint n_records, gboolean is_end)
{
  if (n_records == 0 || (self->is_far_off && !is_end))
    return;
  self->is_far_off = TRUE;
  tool_warn ("records whose own time is more than a day ago, or more than ten"
      " minutes ahead, have the time when they came: %u %s", n_records,
      is_end ? "in all" : "so far");
}

void
reports_skipped (guint64 n_messages)
{
  if (n_messages > 0)
    tool_say ("[Bridge] %" G_GUINT64_FORMAT
        " messages were left out, as every and" " rate say", n_messages);
}

gboolean
reports_waiting (gpointer kafka)
{
  g_autoptr (GstStructure) stats = NULL;
  guint timeout_ms;

  g_object_get (kafka, "stats", &stats, "drain-timeout", &timeout_ms, NULL);
  tool_warn ("waiting up to %u s until Kafka has the last %" G_GUINT64_FORMAT
      " records; end at once with another signal", timeout_ms / 1000,
      get_stat (stats, "in-flight"));
  return G_SOURCE_REMOVE;
}

int
reports_end (Reports * self, GstElement * kafka, guint64 n_unreadable,
    int status)
{
  g_autoptr (GstStructure) stats = NULL;
  guint64 failed, dropped, abandoned, lost;

  if (tool_output_lost () > 0)
    tool_warn ("%" G_GUINT64_FORMAT " lines were not shown, because nobody read"
        " stdout; no record was lost by that", tool_output_lost ());
  g_object_get (kafka, "stats", &stats, NULL);
  failed = get_stat (stats, "failed");
  dropped = get_stat (stats, "dropped");
  /* what is in flight when the bridge leaves it alone is given up, too */
  abandoned = get_stat (stats, "abandoned") + get_stat (stats, "in-flight");
  lost = failed + dropped + abandoned + n_unreadable;
  notice_clear (&self->unreachable);
  if (lost == 0)
    return status;
  tool_warn ("%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " records did not"
      " reach Kafka: %" G_GUINT64_FORMAT " refused, %" G_GUINT64_FORMAT
      " dropped because the queue was full, %" G_GUINT64_FORMAT
      " given up at the end, %" G_GUINT64_FORMAT " unreadable", lost,
      get_stat (stats, "enqueued") + n_unreadable, failed, dropped, abandoned,
      n_unreadable);
  return status == TOOL_DONE ? TOOL_UNDELIVERED : status;
}

void
reports_waiting_output (const char *output, guint n_missing, guint seconds)
{
  tool_warn ("waiting up to %u s until --output %s has the last %u records; end"
      " at once with another signal", seconds, output, n_missing);
}

int
reports_end_output (const char *output, guint n_missing, guint seconds,
    int status)
{
  if (n_missing == 0)
    return status;
  tool_warn
      ("%u records did not reach --output %s within %u s: check what reads"
      " them, or the disk", n_missing, output, seconds);
  return status == TOOL_DONE ? TOOL_UNDELIVERED : status;
}
