/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* How much may be ahead of the video, and who waits for whom */

#include "jointest.h"

#include <string.h>

/* As many as there may be, of every kind */
static void
fill_with_payloads (TimedJoin * join)
{
  for (guint i = 0; i < TIMED_JOIN_MAX_PAYLOADS; i++)
    join_push (join, i % 2 == 0 ? "x" : NULL, i % 3 == 0 ? NONE : 1000);
}

GST_START_TEST (test_timedjoin_full_makes_every_frame_ready)
{
  TimedJoin *join = join_new ();

  for (guint i = 0; i < TIMED_JOIN_MAX_PAYLOADS; i++) {
    fail_if (join_is_ready (join, 2, 3, 2));
    join_push (join, "x", 1);
  }
  fail_unless (join_is_ready (join, 2, 3, 2));
  timed_join_free (join);
}

GST_END_TEST;

GST_START_TEST (test_timedjoin_flush_makes_room)
{
  TimedJoin *join = join_new ();

  fill_with_payloads (join);
  timed_join_set_flushing (join, TRUE);
  timed_join_set_flushing (join, FALSE);
  fill_with_payloads (join);
  join_assert_stats (join, 2 * TIMED_JOIN_MAX_PAYLOADS, 0,
      TIMED_JOIN_MAX_PAYLOADS);
  timed_join_free (join);
}

GST_END_TEST;

/* Runs a function on a join in a thread of its own */
typedef struct
{
  TimedJoin *join;
  GThread *thread;
  GAsyncQueue *states;          /* has an item when it begins and when it is done */
} Worker;

static gpointer
push_blocking (gpointer data)
{
  Worker *worker = data;

  g_async_queue_push (worker->states, worker);

  const GstFlowReturn ret = join_try_push (worker->join, "w", NONE);

  g_async_queue_push (worker->states, worker);
  return GINT_TO_POINTER (ret);
}

/* For a frame at 0 */
static gpointer
wait_for_ever (gpointer data)
{
  const TimedJoinFrame frame = join_frame (0, 40, 0);
  Worker *worker = data;

  g_async_queue_push (worker->states, worker);

  const TimedJoinWait result = timed_join_wait (worker->join, &frame, -1);

  g_async_queue_push (worker->states, worker);
  return GINT_TO_POINTER (result);
}

static void
worker_start (Worker * worker, TimedJoin * join, GThreadFunc func)
{
  worker->join = join;
  worker->states = g_async_queue_new ();
  worker->thread = g_thread_new ("worker", func, worker);
  g_async_queue_pop (worker->states);
}

/* Returns what the function did, which must not wait any more */
static gint
worker_finish (Worker * worker)
{
  fail_unless (g_async_queue_timeout_pop (worker->states,
          20 * G_TIME_SPAN_SECOND) != NULL, "it still waits");
  g_async_queue_unref (worker->states);
  return GPOINTER_TO_INT (g_thread_join (worker->thread));
}

static void
do_push (TimedJoin * join)
{
  join_push (join, "40", 40);
}

static void
do_push_untimed (TimedJoin * join)
{
  join_push (join, "a", NONE);
}

static void
do_push_too_much (TimedJoin * join)
{
  join_push_zeros (join, TIMED_JOIN_MAX_BYTES, 0);
}

static void
do_advance (TimedJoin * join)
{
  timed_join_advance (join, 40 * MS, NONE, FALSE);
}

static void
do_eos (TimedJoin * join)
{
  timed_join_set_eos (join, TRUE);
}

static void
do_unlink (TimedJoin * join)
{
  timed_join_set_linked (join, FALSE);
}

static void
do_interrupt (TimedJoin * join)
{
  timed_join_set_interrupted (join, TRUE);
}

static void
do_flush_start (TimedJoin * join)
{
  timed_join_set_flushing (join, TRUE);
}

static void
do_video_eos (TimedJoin * join)
{
  timed_join_set_video_eos (join, TRUE);
}

static void
do_take (TimedJoin * join)
{
  const TimedJoinFrame frame = join_frame (0, 40, 0);
  GArray *payloads = timed_payloads_new ();
  TimedJoinTaken taken;

  timed_join_take (join, &frame, NULL, payloads, &taken);
  g_array_unref (payloads);
}

typedef struct
{
  void (*action) (TimedJoin * join);
  gint result;
} Ending;

/* Often enough that the thread does wait in some of them */
#define N_ROUNDS 100

static const Ending frame_endings[] = {
  {do_push, TIMED_JOIN_READY},
  {do_push_untimed, TIMED_JOIN_READY},
  {do_push_too_much, TIMED_JOIN_READY},
  {do_advance, TIMED_JOIN_READY},
  {do_eos, TIMED_JOIN_READY},
  {do_unlink, TIMED_JOIN_READY},
  {do_interrupt, TIMED_JOIN_INTERRUPTED},
};

GST_START_TEST (test_timedjoin_waiting_frame_is_released)
{
  const Ending *ending = &frame_endings[__i__];

  for (guint i = 0; i < N_ROUNDS; i++) {
    TimedJoin *join = join_new ();
    Worker worker;

    worker_start (&worker, join, wait_for_ever);
    ending->action (join);
    assert_equals_int (worker_finish (&worker), ending->result);
    timed_join_free (join);
  }
}

GST_END_TEST;

static const Ending push_endings[] = {
  {do_take, GST_FLOW_OK},
  {do_flush_start, GST_FLOW_FLUSHING},
  {do_video_eos, GST_FLOW_EOS},
  {timed_join_reset, GST_FLOW_OK},
};

GST_START_TEST (test_timedjoin_waiting_push_is_released)
{
  const Ending *ending = &push_endings[__i__];

  for (guint i = 0; i < N_ROUNDS; i++) {
    TimedJoin *join = join_new ();
    Worker worker;

    join_push_zeros (join, TIMED_JOIN_MAX_BYTES, 0);
    worker_start (&worker, join, push_blocking);
    ending->action (join);
    assert_equals_int (worker_finish (&worker), ending->result);
    if (ending->result == GST_FLOW_OK)
      join_assert_takes (join, 0, 40, 0, "w");
    timed_join_free (join);
  }
}

GST_END_TEST;

GST_START_TEST (test_timedjoin_interrupted_until_it_is_not)
{
  const TimedJoinFrame frame = join_frame (0, 40, 0);
  TimedJoin *join = join_new ();

  timed_join_set_interrupted (join, TRUE);
  assert_equals_int (timed_join_wait (join, &frame, -1),
      TIMED_JOIN_INTERRUPTED);
  /* Also what would be ready */
  join_push (join, "40", 40);
  assert_equals_int (timed_join_wait (join, &frame, -1),
      TIMED_JOIN_INTERRUPTED);
  timed_join_set_interrupted (join, FALSE);
  assert_equals_int (timed_join_wait (join, &frame, -1), TIMED_JOIN_READY);
  timed_join_free (join);
}

GST_END_TEST;

GST_START_TEST (test_timedjoin_flush_does_not_end_waiting_of_frames)
{
  const TimedJoinFrame frame = join_frame (0, 40, 0);
  TimedJoin *join = join_new ();

  timed_join_set_flushing (join, TRUE);
  assert_equals_int (timed_join_wait (join, &frame, 0), TIMED_JOIN_TIMEOUT);
  timed_join_set_flushing (join, FALSE);
  assert_equals_int (timed_join_wait (join, &frame, 1000), TIMED_JOIN_TIMEOUT);
  timed_join_free (join);
}

GST_END_TEST;

#define N_PUSHED (3 * TIMED_JOIN_MAX_PAYLOADS)

/* Pushes the numbers from 0 on, at a millisecond each. Returns how many */
static gpointer
push_numbers (gpointer data)
{
  Worker *worker = data;
  gint n = 0;

  g_async_queue_push (worker->states, worker);
  while (n < N_PUSHED && join_try_push_bytes (worker->join, &n, sizeof (n),
          n) == GST_FLOW_OK)
    n++;
  timed_join_set_eos (worker->join, TRUE);
  g_async_queue_push (worker->states, worker);
  return GINT_TO_POINTER (n);
}

GST_START_TEST (test_timedjoin_blocking_push_waits_for_room)
{
  const TimedJoinFrame last = join_frame (N_PUSHED, N_PUSHED + 1, 0);
  TimedJoin *join = join_new ();
  GArray *payloads = timed_payloads_new ();
  Worker worker;

  worker_start (&worker, join, push_numbers);
  /* What is too much ends the waiting for what will be later */
  assert_equals_int (timed_join_wait (join, &last, -1), TIMED_JOIN_READY);
  join_assert_stats (join, TIMED_JOIN_MAX_PAYLOADS, 0, 0);
  for (gint i = 0; i < N_PUSHED; i++) {
    const TimedJoinFrame frame = join_frame (i, i + 1, i);
    TimedJoinTaken taken;

    assert_equals_int (timed_join_wait (join, &frame, -1), TIMED_JOIN_READY);
    timed_join_take (join, &frame, NULL, payloads, &taken);
  }

  assert_equals_int (worker_finish (&worker), N_PUSHED);
  join_assert_stats (join, N_PUSHED, 0, 0);
  assert_equals_int (payloads->len, N_PUSHED);
  for (gint i = 0; i < N_PUSHED; i++) {
    GBytes *payload = timed_payloads_get (payloads, i)->bytes;

    fail_unless (memcmp (g_bytes_get_data (payload, NULL), &i,
            sizeof (i)) == 0, "at %d", i);
  }
  g_array_unref (payloads);
  timed_join_free (join);
}

GST_END_TEST;

static Suite *
timedjoin_bounds_suite (void)
{
  Suite *s = suite_create ("timedjoin_bounds");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_timedjoin_full_makes_every_frame_ready);
  tcase_add_test (tc, test_timedjoin_flush_makes_room);
  tcase_add_loop_test (tc, test_timedjoin_waiting_frame_is_released, 0,
      G_N_ELEMENTS (frame_endings));
  tcase_add_loop_test (tc, test_timedjoin_waiting_push_is_released, 0,
      G_N_ELEMENTS (push_endings));
  tcase_add_test (tc, test_timedjoin_interrupted_until_it_is_not);
  tcase_add_test (tc, test_timedjoin_flush_does_not_end_waiting_of_frames);
  tcase_add_test (tc, test_timedjoin_blocking_push_waits_for_room);

  return s;
}

GST_CHECK_MAIN (timedjoin_bounds);
