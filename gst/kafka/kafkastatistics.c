/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "jsonscan.h"
#include "kafkastatistics.h"

void
kafka_broker_statistics_free (KafkaBrokerStatistics * broker)
{
  g_free (broker->address);
  g_free (broker);
}

static gboolean
find_object (JsonTextValue * object, const char *name)
{
  const JsonTextValue in = *object;

  return json_text_find (in.text, in.size, name, object)
      && object->type == JSON_TEXT_OBJECT;
}

static gint64
find_number (const JsonTextValue * in, const char *name, gint64 otherwise)
{
  JsonTextValue value;
  int64_t number;

  return json_text_find (in->text, in->size, name, &value)
      && json_text_to_int64 (&value, &number) ? number : otherwise;
}

/* Addresses and states need no escapes.
 * Returns: (transfer full) */
static char *
find_string (const JsonTextValue * in, const char *name)
{
  JsonTextValue value;

  return json_text_find (in->text, in->size, name, &value)
      && value.type == JSON_TEXT_STRING ?
      g_strndup (value.text + 1, value.size - 2) : g_strdup ("");
}

/* Returns: (transfer full) */
static KafkaBrokerStatistics *
read_broker (const JsonTextValue * json)
{
  KafkaBrokerStatistics *broker = g_new (KafkaBrokerStatistics, 1);
  g_autofree char *state = find_string (json, "state");

  broker->id = find_number (json, "nodeid", -1);
  broker->address = find_string (json, "nodename");
  broker->is_up = g_str_equal (state, "UP");
  broker->n_timeouts = find_number (json, "req_timeouts", 0);
  broker->n_waiting = find_number (json, "waitresp_cnt", 0)
      + find_number (json, "outbuf_cnt", 0);
  broker->silent_us = find_number (json, "rxidle", -1);
  return broker;
}

GPtrArray *
kafka_statistics_get_brokers (const char *json, gsize size)
{
  GPtrArray *result = g_ptr_array_new_with_free_func ((GDestroyNotify)
      kafka_broker_statistics_free);
  JsonTextValue brokers = { JSON_TEXT_OBJECT, json, size };
  JsonTextValue broker = { JSON_TEXT_OBJECT, NULL, 0 };
  JsonScan scan;
  JsonToken token;

  if (!find_object (&brokers, "brokers"))
    return result;
  json_scan_init (&scan, brokers.text, brokers.size);
  /* the members are named by address and node: one must look into each */
  while ((token = json_scan_next (&scan)) < JSON_TOKEN_END) {
    if (token == JSON_TOKEN_OPEN && scan.depth == 2) {
      broker.text = scan.token;
    } else if (token == JSON_TOKEN_CLOSE && scan.depth == 1) {
      broker.size = scan.token + scan.token_size - broker.text;
      g_ptr_array_add (result, read_broker (&broker));
    }
  }
  return result;
}

/* @object: (inout): the statistics, and of these all partitions of @topic */
static gboolean
find_partitions (JsonTextValue * object, const char *topic)
{
  return find_object (object, "topics") && find_object (object, topic)
      && find_object (object, "partitions");
}

gboolean
kafka_statistics_find_partition (const char *json, gsize size,
    const char *topic, gint32 partition, gint64 * leader,
    gboolean * was_sent_to)
{
  JsonTextValue object = { JSON_TEXT_OBJECT, json, size };
  g_autofree char *number = g_strdup_printf ("%d", partition);

  if (!find_partitions (&object, topic) || !find_object (&object, number))
    return FALSE;
  *leader = find_number (&object, "leader", -1);
  *was_sent_to = find_number (&object, "txmsgs", 0)
      > find_number (&object, "acked_msgid", 0);
  return TRUE;
}

GArray *
kafka_statistics_get_leaders (const char *json, gsize size, const char *topic)
{
  GArray *leaders = g_array_new (FALSE, FALSE, sizeof (gint32));
  JsonTextValue partitions = { JSON_TEXT_OBJECT, json, size };
  JsonTextValue name, value = { JSON_TEXT_OBJECT, NULL, 0 };
  JsonScan scan;

  if (!find_partitions (&partitions, topic))
    return leaders;
  json_scan_init (&scan, partitions.text, partitions.size);
  json_scan_next (&scan);
  while (json_scan_part (&scan, &name) && json_scan_value (&scan, NULL)) {
    gint32 number, leader, none = -1;

    value.text = scan.token;
    value.size = scan.token_size;
    number = find_number (&value, "partition", -1);
    leader = find_number (&value, "leader", -1);
    /* -1 is what has no partition yet */
    if (number < 0)
      continue;
    while (leaders->len <= (guint) number)
      g_array_append_val (leaders, none);
    g_array_index (leaders, gint32, number) = leader;
  }
  return leaders;
}
