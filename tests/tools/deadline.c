/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* That functions are called when it is time, once, and not after the end */

#include "deadline.h"

/* longer than any test takes */
#define NEVER_MS G_MAXINT

typedef struct
{
  Deadline *deadline;
  GAsyncQueue *calls;
  GAsyncQueue *goes_on;
} Bed;

static void
open_bed (Bed * bed, gconstpointer data)
{
  bed->calls = g_async_queue_new ();
  bed->goes_on = g_async_queue_new ();
  bed->deadline = deadline_new (bed);
}

static void
close_bed (Bed * bed, gconstpointer data)
{
  g_clear_pointer (&bed->deadline, deadline_free);
  g_async_queue_unref (bed->calls);
  g_async_queue_unref (bed->goes_on);
}

static void
on_one (gpointer data)
{
  g_async_queue_push (((Bed *) data)->calls, (char *) "one");
}

static void
on_two (gpointer data)
{
  Bed *bed = data;

  g_async_queue_push (bed->calls, (char *) "two");
  deadline_set (bed->deadline, 0, on_one);
}

static void
expect (Bed * bed, const char *name)
{
  g_assert_cmpstr (g_async_queue_pop (bed->calls), ==, name);
}

static void
test_waits (Bed * bed, gconstpointer data)
{
  const gint64 before_us = g_get_monotonic_time ();

  deadline_set (bed->deadline, 20, on_one);
  expect (bed, "one");
  g_assert_cmpint (g_get_monotonic_time () - before_us, >=,
      20 * G_TIME_SPAN_MILLISECOND);
}

static void
test_last_one_counts (Bed * bed, gconstpointer data)
{
  deadline_set (bed->deadline, NEVER_MS, on_one);
  deadline_set (bed->deadline, 0, on_two);
  expect (bed, "two");
  expect (bed, "one");
  deadline_set (bed->deadline, 0, on_one);
  expect (bed, "one");
  g_clear_pointer (&bed->deadline, deadline_free);
  g_assert_null (g_async_queue_try_pop (bed->calls));
}

static void
on_slow (gpointer data)
{
  Bed *bed = data;

  g_async_queue_push (bed->calls, (char *) "slow");
  g_async_queue_pop (bed->goes_on);
  deadline_set (bed->deadline, 0, on_two);
}

static void
test_others_count_more (Bed * bed, gconstpointer data)
{
  deadline_set (bed->deadline, 0, on_slow);
  expect (bed, "slow");
  deadline_set (bed->deadline, 0, on_one);
  g_async_queue_push (bed->goes_on, bed);
  expect (bed, "one");
  g_clear_pointer (&bed->deadline, deadline_free);
  g_assert_null (g_async_queue_try_pop (bed->calls));
}

static void
test_end_calls_nothing (Bed * bed, gconstpointer data)
{
  deadline_set (bed->deadline, NEVER_MS, on_one);
  g_clear_pointer (&bed->deadline, deadline_free);
  g_assert_null (g_async_queue_try_pop (bed->calls));
}

#define ADD(name, func) \
    g_test_add ("/deadline/" name, Bed, NULL, open_bed, func, close_bed)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("waits", test_waits);
  ADD ("last-one-counts", test_last_one_counts);
  ADD ("others-count-more", test_others_count_more);
  ADD ("end-calls-nothing", test_end_calls_nothing);
  return g_test_run ();
}
