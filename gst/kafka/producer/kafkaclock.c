/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "kafkaclock.h"

#define INTERVAL_US G_TIME_SPAN_SECOND
#define STEP_US (2 * G_TIME_SPAN_SECOND)
/* 2020-01-01 */
#define OLDEST_US (1577836800 * G_TIME_SPAN_SECOND)

typedef struct
{
  KafkaClockFunc func;
  gpointer data;
  gboolean was_told;
  gboolean was_set;             /* what it was told */
} Watch;

/* One thread for the process, as long as somebody watches. */
static GMutex lock;
static GCond cond;
static GList *watches;
static gboolean is_running;

static void
look (gint64 step_us)
{
  const gboolean is_set = g_get_real_time () >= OLDEST_US;

  for (GList * l = watches; l; l = l->next) {
    Watch *watch = l->data;

    if (step_us == 0 && watch->was_told && watch->was_set == is_set)
      continue;
    watch->was_told = TRUE;
    watch->was_set = is_set;
    watch->func (step_us, is_set, watch->data);
  }
}

/* Of the two clocks. A thread that sleeps between them would see a step. */
static gint64
get_difference (void)
{
  gint64 before_us, real_us, after_us;

  do {
    before_us = g_get_monotonic_time ();
    real_us = g_get_real_time ();
    after_us = g_get_monotonic_time ();
  } while (after_us - before_us > STEP_US / 2);
  return real_us - after_us;
}

static gpointer
run (gpointer data)
{
  gint64 difference_us = get_difference ();

  g_mutex_lock (&lock);
  while (watches) {
    const gint64 before_us = difference_us;
    gint64 step_us;

    difference_us = get_difference ();
    step_us = difference_us - before_us;
    look (step_us < -STEP_US ? step_us : 0);
    /* ended by a new watch, or by the end of the last */
    g_cond_wait_until (&cond, &lock, g_get_monotonic_time () + INTERVAL_US);
  }
  is_running = FALSE;
  g_mutex_unlock (&lock);
  return NULL;
}

gpointer
kafka_clock_watch (KafkaClockFunc func, gpointer data)
{
  Watch *watch = g_new0 (Watch, 1);

  watch->func = func;
  watch->data = data;
  g_mutex_lock (&lock);
  watches = g_list_prepend (watches, watch);
  if (!is_running)
    g_thread_unref (g_thread_new ("kafka-clock", run, NULL));
  is_running = TRUE;
  g_cond_signal (&cond);
  g_mutex_unlock (&lock);
  return watch;
}

void
kafka_clock_unwatch (gpointer watch)
{
  g_mutex_lock (&lock);
  watches = g_list_remove (watches, watch);
  g_cond_signal (&cond);
  g_mutex_unlock (&lock);
  g_free (watch);
}
