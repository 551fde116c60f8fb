/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* That a function is called when it is time, and not after the end */

#include "deadline.h"

/* longer than any test takes */
#define NEVER_MS G_MAXINT

#define WAIT_MS 20

static void
on_time (gpointer data)
{
  g_async_queue_push (data, data);
}

static void
test_waits (void)
{
  g_autoptr (GAsyncQueue) calls = g_async_queue_new ();
  const gint64 before_us = g_get_monotonic_time ();
  Deadline *deadline = deadline_new (WAIT_MS, on_time, calls);

  g_async_queue_pop (calls);
  g_assert_cmpint (g_get_monotonic_time () - before_us, >=,
      WAIT_MS * G_TIME_SPAN_MILLISECOND);
  deadline_free (deadline);
  g_assert_null (g_async_queue_try_pop (calls));
}

static void
test_end_calls_nothing (void)
{
  g_autoptr (GAsyncQueue) calls = g_async_queue_new ();

  deadline_free (deadline_new (NEVER_MS, on_time, calls));
  g_assert_null (g_async_queue_try_pop (calls));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/deadline/waits", test_waits);
  g_test_add_func ("/deadline/end-calls-nothing", test_end_calls_nothing);
  return g_test_run ();
}
