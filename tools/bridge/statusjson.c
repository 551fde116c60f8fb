/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "statusjson.h"

#include <json-glib/json-glib.h>

/* @n: -1: it is not known */
static void
add_count (JsonBuilder * b, const char *name, gint64 n)
{
  json_builder_set_member_name (b, name);
  if (n < 0)
    json_builder_add_null_value (b);
  else
    json_builder_add_int_value (b, n);
}

/* @text: (nullable) */
static void
add_text (JsonBuilder * b, const char *name, const char *text)
{
  json_builder_set_member_name (b, name);
  json_builder_add_string_value (b, text);
}

static void
add_time (JsonBuilder * b, const char *name, gint64 real_us)
{
  g_autoptr (GDateTime) time =
      g_date_time_new_from_unix_utc (real_us / G_USEC_PER_SEC);
  g_autofree char *text = g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ");

  add_text (b, name, text);
}

static void
add_histogram (JsonBuilder * b, const Status * status)
{
  json_builder_set_member_name (b, "latency_histogram");
  json_builder_begin_array (b);
  for (guint i = 0; i <= STATUS_N_BOUNDS; i++) {
    json_builder_begin_object (b);
    add_count (b, "below_us", i < STATUS_N_BOUNDS ?
        (gint64) status_get_bound_us (i) : -1);
    add_count (b, "records", status_get_latency (status, i));
    json_builder_end_object (b);
  }
  json_builder_end_array (b);
}

static gboolean
add_field (GQuark field, const GValue * value, gpointer data)
{
  g_autofree char *name =
      g_strdelimit (g_strdup (g_quark_to_string (field)), "-", '_');

  if (G_VALUE_HOLDS_UINT64 (value))
    add_count (data, name, g_value_get_uint64 (value));
  return TRUE;
}

static void
add_kafka (JsonBuilder * b, const Status * status)
{
  json_builder_set_member_name (b, "kafka");
  if (!status->delivery) {
    json_builder_add_null_value (b);
    return;
  }
  json_builder_begin_object (b);
  add_text (b, "state", broker_state_get_name (status->broker));
  add_text (b, "trouble", status->broker_text);
  add_count (b, "queue_limit_records", status->max_records);
  add_count (b, "queue_limit_bytes", status->max_bytes);
  json_builder_set_member_name (b, "stats");
  json_builder_begin_object (b);
  gst_structure_foreach (status->delivery, add_field, b);
  add_histogram (b, status);
  json_builder_end_object (b);
  json_builder_end_object (b);
}

static void
add_output (JsonBuilder * b, const Status * status)
{
  g_autofree char *trouble = status_explain_output (status);

  json_builder_set_member_name (b, "output");
  if (!status->output) {
    json_builder_add_null_value (b);
    return;
  }
  json_builder_begin_object (b);
  add_text (b, "state", trouble ? "stalled" : "up");
  add_text (b, "trouble", trouble);
  add_count (b, "waiting", status->n_waiting);
  json_builder_end_object (b);
}

static void
add_camera (JsonBuilder * b, const Status * status, const StatusCamera * camera)
{
  json_builder_begin_object (b);
  add_text (b, "name", camera->name);
  if (camera->stream)
    add_text (b, "stream", camera->stream);
  add_text (b, "uri", camera->uri);
  add_text (b, "state", status_state_get_name (camera->state));
  add_text (b, "trouble", camera->trouble);
  if (!camera->stream)
    add_count (b, "opened", camera->n_opened);
  add_count (b, "frames", camera->n_frames);
  add_count (b, "messages", camera->n_messages);
  add_count (b, "records", camera->n_records);
  add_count (b, "skipped", camera->n_skipped);
  add_count (b, "lost_packets", camera->n_lost);
  add_count (b, "last_record_age_ms", status_get_age_ms (status, camera));
  json_builder_set_member_name (b, "history");
  json_builder_begin_array (b);
  for (guint i = 0; i < camera->n_history; i++)
    json_builder_add_int_value (b, camera->history[i]);
  json_builder_end_array (b);
  json_builder_end_object (b);
}

static void
add_cameras (JsonBuilder * b, const char *name, const Status * status,
    const GPtrArray * cameras)
{
  json_builder_set_member_name (b, name);
  json_builder_begin_array (b);
  for (guint i = 0; i < cameras->len; i++)
    add_camera (b, status, cameras->pdata[i]);
  json_builder_end_array (b);
}

static void
add_bridge (JsonBuilder * b, const Status * status, gint64 now_us)
{
  g_autofree char *trouble = status_explain (status, now_us);
  g_autofree char *gstreamer = gst_version_string ();

  add_text (b, "version", METAKAFKA_VERSION);
  add_text (b, "gstreamer", gstreamer);
  add_text (b, "librdkafka", status->kafka_version);
  add_time (b, "time", status->taken_real_us);
  add_time (b, "started", status->started_real_us);
  json_builder_set_member_name (b, "healthy");
  json_builder_add_boolean_value (b, trouble == NULL);
  add_text (b, "trouble", trouble);
  add_text (b, "target", status->target);
  add_count (b, "unreadable", status->n_unreadable);
  add_count (b, "history_slot_s", HISTORY_SLOT_S);
}

char *
status_json_make (const Status * status, gint64 now_us)
{
  g_autoptr (JsonBuilder) b = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_object (b);
  add_bridge (b, status, now_us);
  add_kafka (b, status);
  add_output (b, status);
  add_cameras (b, "cameras", status, status->cameras);
  add_cameras (b, "streams", status, status->streams);
  json_builder_end_object (b);
  root = json_builder_get_root (b);
  return json_to_string (root, FALSE);
}
