/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "kafkaview.h"

KafkaView *
kafka_view_new (const char *json, gsize size, const char *topic,
    gint32 partition)
{
  g_autoptr (GPtrArray) brokers = NULL;
  gboolean was_sent_to;
  KafkaView *view;
  gint64 leader;

  if (!kafka_statistics_find_partition (json, size, topic, partition, &leader,
          &was_sent_to))
    return NULL;
  view = g_new0 (KafkaView, 1);
  view->was_sent_to = was_sent_to;
  brokers = kafka_statistics_get_brokers (json, size);
  for (guint i = 0; leader >= 0 && i < brokers->len && !view->leader; i++)
    if (((KafkaBrokerStatistics *) brokers->pdata[i])->id == leader)
      view->leader = g_ptr_array_steal_index_fast (brokers, i);
  return view;
}

void
kafka_view_free (KafkaView * view)
{
  g_clear_pointer (&view->leader, kafka_broker_statistics_free);
  g_free (view);
}
