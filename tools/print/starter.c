/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "starter.h"

/* between attempts */
#define INTERVAL_US (200 * G_TIME_SPAN_MILLISECOND)

struct _Starter
{
  rd_kafka_t *rk;
  const Options *options;
  const char *servers;
  GMutex assigning;             /* locked while partitions begin to be read */
  gint missing;                 /* atomic */
  gint result;                  /* atomic: a StartResult */
};

static StartResult
try (Starter * self, int *missing)
{
  rd_kafka_topic_partition_list_t *partitions;
  StartResult result = start_find (self->rk, self->options, self->servers,
      &partitions, missing);

  if (!result) {
    g_mutex_lock (&self->assigning);
    result = start_reading (self->rk, self->options, partitions);
    g_mutex_unlock (&self->assigning);
  }
  rd_kafka_topic_partition_list_destroy (partitions);
  return result == START_DONE && *missing != START_NONE_MISSING ?
      START_LATER : result;
}

static gpointer
run (gpointer data)
{
  Starter *self = data;
  int missing = START_NONE_MISSING;
  StartResult result;

  while ((result = try (self, &missing)) == START_LATER) {
    g_atomic_int_set (&self->missing, missing);
    g_usleep (INTERVAL_US);
  }
  g_atomic_int_set (&self->missing, missing);
  g_atomic_int_set (&self->result, result);
  return NULL;
}

Starter *
starter_new (rd_kafka_t * rk, const Options * options, const char *servers)
{
  Starter *self = g_new0 (Starter, 1);

  self->rk = rk;
  self->options = options;
  self->servers = servers;
  self->missing = START_NONE_MISSING;
  self->result = START_LATER;
  g_mutex_init (&self->assigning);
  g_thread_unref (g_thread_new ("start", run, self));
  return self;
}

void
starter_wait (Starter * self)
{
  g_mutex_lock (&self->assigning);
  g_mutex_unlock (&self->assigning);
}

StartResult
starter_get_result (Starter * self, int *missing)
{
  /* in this order: what is missing is set first */
  const StartResult result = g_atomic_int_get (&self->result);

  *missing = g_atomic_int_get (&self->missing);
  return result;
}
