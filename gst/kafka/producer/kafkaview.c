/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "jsonscan.h"
#include "kafkaview.h"

/* A JSON object within the text */
typedef struct
{
  const char *text;
  gsize size;
} Object;

static gboolean
find_object (Object in, const char *name, Object * object)
{
  JsonTextValue value;

  if (!json_text_find (in.text, in.size, name, &value)
      || value.type != JSON_TEXT_OBJECT)
    return FALSE;
  object->text = value.text;
  object->size = value.size;
  return TRUE;
}

static gint64
find_number (Object in, const char *name, gint64 otherwise)
{
  JsonTextValue value;
  int64_t number;

  return json_text_find (in.text, in.size, name, &value)
      && json_text_to_int64 (&value, &number) ? number : otherwise;
}

/* Names of brokers need no escapes.
 * Returns: (nullable) (transfer full) */
static char *
find_string (Object in, const char *name)
{
  JsonTextValue value;

  if (!json_text_find (in.text, in.size, name, &value)
      || value.type != JSON_TEXT_STRING)
    return NULL;
  return g_strndup (value.text + 1, value.size - 2);
}

/* The members of @brokers are named by address and node, so one must look. */
static gboolean
find_broker (Object brokers, gint64 id, Object * broker)
{
  JsonScan scan;
  JsonToken token;

  json_scan_init (&scan, brokers.text, brokers.size);
  while ((token = json_scan_next (&scan)) != JSON_TOKEN_END
      && token != JSON_TOKEN_ERROR) {
    if (token == JSON_TOKEN_OPEN && scan.depth == 2) {
      broker->text = scan.token;
    } else if (token == JSON_TOKEN_CLOSE && scan.depth == 1) {
      broker->size = scan.token + scan.token_size - broker->text;
      if (find_number (*broker, "nodeid", -1) == id)
        return TRUE;
    }
  }
  return FALSE;
}

KafkaView *
kafka_view_new (const char *json, gsize size, const char *topic,
    gint32 partition)
{
  const Object all = { json, size };
  g_autofree char *number = g_strdup_printf ("%d", partition);
  g_autofree char *state = NULL;
  KafkaView *view;
  Object topics, partitions, part, brokers, broker;

  if (!find_object (all, "topics", &topics)
      || !find_object (topics, topic, &topics)
      || !find_object (topics, "partitions", &partitions)
      || !find_object (partitions, number, &part))
    return NULL;
  view = g_new0 (KafkaView, 1);
  view->leader = find_number (part, "leader", -1);
  /* what was sent twice counts twice: so this says yes rather than no */
  view->was_sent_to = find_number (part, "txmsgs", 0)
      > find_number (part, "acked_msgid", 0);
  view->silent_us = -1;
  if (view->leader < 0 || !find_object (all, "brokers", &brokers)
      || !find_broker (brokers, view->leader, &broker))
    return view;
  state = find_string (broker, "state");
  view->address = find_string (broker, "nodename");
  view->is_up = g_strcmp0 (state, "UP") == 0;
  view->state_us = find_number (broker, "stateage", 0);
  view->connects = find_number (broker, "connects", 0);
  view->n_timeouts = find_number (broker, "req_timeouts", 0);
  view->n_waiting = find_number (broker, "waitresp_cnt", 0)
      + find_number (broker, "outbuf_cnt", 0);
  view->silent_us = find_number (broker, "rxidle", -1);
  return view;
}

void
kafka_view_free (KafkaView * view)
{
  g_free (view->address);
  g_free (view);
}
