/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The pad "metadata" of seiinject beside a clock: an analysis of live video, and clocks
 * that change, stand still, or cannot call */

#include "livetest.h"

/* --- an analysis ------------------------------------------------------------ */

#define N_FRAMES 120

/* Frames that have arrived wait until its thread handles them. */
typedef struct
{
  GstHarness *h;
  GMutex lock;
  GCond changed;
  guint n_arrived;
} Camera;

static gpointer
push_frames (gpointer data)
{
  Camera *camera = data;

  for (guint n = 0; n < N_FRAMES; n++) {
    g_mutex_lock (&camera->lock);
    while (camera->n_arrived <= n)
      g_cond_wait (&camera->changed, &camera->lock);
    g_mutex_unlock (&camera->lock);
    fail_unless_equals_int (gst_harness_push (camera->h,
            test_access_unit (test_h264, n)), GST_FLOW_OK);
  }
  return NULL;
}

static void
arrive (Camera * camera)
{
  g_mutex_lock (&camera->lock);
  camera->n_arrived++;
  g_cond_signal (&camera->changed);
  g_mutex_unlock (&camera->lock);
}

/* Lets the clock call everybody whose time has come. */
static void
call (GstHarness * h)
{
  GstTestClock *clock = gst_harness_get_testclock (h);
  GstClockID id;

  while ((id = gst_test_clock_process_next_clock_id (clock)))
    gst_clock_id_unref (id);
  gst_object_unref (clock);
}

/* A frame is there at the time of its decoding, and its result @__i__ ms later. The
 * frame may be handled at any time after that: in its own thread. */
GST_START_TEST (test_seiinject_clock_each_result_is_in_its_own_frame)
{
  const guint delay = __i__;
  GstHarness *h, *m;
  Camera camera = { NULL };

  test_live_begin (&h, &m, 0, 150);
  camera.h = h;
  g_mutex_init (&camera.lock);
  g_cond_init (&camera.changed);
  GThread *thread = g_thread_new ("camera", push_frames, &camera);

  for (guint ms = 0, in = 0, out = 0; out < N_FRAMES; ms += 5) {
    test_live_set_time (h, ms);
    call (h);
    if (in < N_FRAMES && ms == in * 40) {
      arrive (&camera);
      in++;
    }
    if (ms == out * 40 + delay) {
      gchar *text = g_strdup_printf ("%u", out);

      out++;
      test_push_payload (m, text, out * 40);
      g_free (text);
    }
  }
  gst_harness_push_event (m, gst_event_new_eos ());
  g_thread_join (thread);
  for (guint n = 0; n < N_FRAMES; n++) {
    GstBuffer *out = gst_harness_pull (h);
    gchar *text = g_strdup_printf ("%u", n);

    test_assert_messages (test_h264, out, text, NULL);
    g_free (text);
    gst_buffer_unref (out);
  }
  assert_equals_uint64 (test_stat (h->element, "missed"), 0);
  assert_equals_uint64 (test_stat (h->element, "dropped"), 0);
  test_joined_teardown (h, m);
  g_cond_clear (&camera.changed);
  g_mutex_clear (&camera.lock);
}

GST_END_TEST;

/* The analysis dies: every frame still leaves at its own time, and none waits for long
 * after that. */
GST_START_TEST (test_seiinject_clock_video_goes_on_without_analysis)
{
  GstHarness *h, *m;

  test_live_begin (&h, &m, 0, 150);
  test_push_payload (m, "last", 40);
  for (guint n = 0; n < 21; n++) {
    TestPush *push = test_push_begin (h, test_access_unit (test_h264, n));

    test_live_assert_waits_until (h, n * 40 + 150);
    test_live_crank (h);
    test_live_assert_pulls (h, push, n == 0 ? "last" : NULL);
  }
  test_live_set_time (h, 1000);
  for (guint n = 21; n < 60; n++)
    test_assert_frame (h, n, NULL);
  test_joined_teardown (h, m);
}

GST_END_TEST;

/* A source that does not say that it is live, such as an appsrc as it is at first, is
 * waited for where the property says so, for as long as it gives something. */
GST_START_TEST (test_seiinject_clock_source_that_is_not_live_is_waited_for)
{
  GstHarness *h = test_video_harness (TRUE);
  GstHarness *m = test_joined_harness (h, JSON, FALSE);

  gst_util_set_object_arg (G_OBJECT (h->element), "wait-metadata", "always");
  g_object_set (h->element, "latency", 150, NULL);
  for (guint n = 0; n < 60; n++) {
    gchar *text = g_strdup_printf ("%u", n);
    TestPush *push = test_push_begin (h, test_access_unit (test_h264, n));

    test_live_assert_waits_until (h, n * 40 + 150);
    test_push_payload (m, text, (n + 1) * 40);
    test_live_crank (h);
    test_live_assert_pulls (h, push, text);
    g_free (text);
  }
  assert_equals_uint64 (test_stat (h->element, "missed"), 0);
  test_joined_teardown (h, m);
}

GST_END_TEST;

/* After a seek the running time is 0 again. What came before says nothing any more. */
GST_START_TEST (test_seiinject_clock_waits_anew_after_a_flush_of_the_video)
{
  GstHarness *h, *m;

  test_live_begin (&h, &m, 0, 150);
  test_live_set_time (h, 4000);
  test_push_payload (m, "before", 3900);
  gst_harness_push_event (h, gst_event_new_flush_start ());
  gst_harness_push_event (h, gst_event_new_flush_stop (TRUE));
  test_push_segment (h, GST_FORMAT_TIME, 0, 0);
  gst_element_set_base_time (h->element, 4000 * GST_MSECOND);
  for (guint n = 0; n < 3; n++) {
    TestPush *push = test_push_begin (h, test_access_unit (test_h264, n));

    test_live_assert_waits_until (h, 4000 + n * 40 + 150);
    test_push_payload (m, "after", (n + 1) * 40);
    test_live_crank (h);
    test_live_assert_pulls (h, push, "after");
  }
  assert_equals_uint64 (test_stat (h->element, "unused"), 1);
  assert_equals_uint64 (test_stat (h->element, "missed"), 0);
  test_joined_teardown (h, m);
}

GST_END_TEST;

/* --- clocks ----------------------------------------------------------------- */

/* A frame waits for a clock that has stopped, as that of a sound card does. The pipeline
 * takes another one, by which its time has come. */
GST_START_TEST (test_seiinject_clock_another_one_counts)
{
  GstHarness *h, *m;

  test_live_begin (&h, &m, 0, 150);
  TestPush *push = test_push_begin (h, test_access_unit (test_h264, 0));

  test_live_assert_waits_until (h, 150);
  gst_element_set_state (h->element, GST_STATE_PAUSED);

  GstClock *other = gst_system_clock_obtain ();

  fail_unless (gst_element_set_clock (h->element, other));
  gst_element_set_base_time (h->element, __i__ == 0 ?
      gst_clock_get_time (other) -
      10 * GST_SECOND : gst_clock_get_time (other));
  gst_element_set_state (h->element, GST_STATE_PLAYING);
  test_live_assert_pulls (h, push, NULL);
  gst_object_unref (other);
  test_joined_teardown (h, m);
}

GST_END_TEST;

/* A clock that has nothing but the time, and that counts how often it is asked */
typedef struct
{
  GstClock parent;
  gint n_asked;
} PlainClock;

typedef GstClockClass PlainClockClass;

GType plain_clock_get_type (void);
G_DEFINE_TYPE (PlainClock, plain_clock, GST_TYPE_CLOCK);

static GstClockTime
plain_clock_get_internal_time (GstClock * clock)
{
  g_atomic_int_inc (&((PlainClock *) clock)->n_asked);
  return GST_SECOND;
}

static void
plain_clock_class_init (PlainClockClass * klass)
{
  klass->get_internal_time = plain_clock_get_internal_time;
}

static void
plain_clock_init (PlainClock * clock)
{
}

GST_START_TEST (test_seiinject_clock_that_cannot_call_is_not_waited_for)
{
  PlainClock *clock = g_object_new (plain_clock_get_type (), NULL);
  GstHarness *h, *m;

  test_live_begin (&h, &m, 0, 500);
  fail_unless (gst_element_set_clock (h->element, GST_CLOCK (clock)));
  gst_element_set_base_time (h->element, GST_SECOND);
  test_assert_frame (h, 0, NULL);
  fail_unless (g_atomic_int_get (&clock->n_asked) < 100);
  test_joined_teardown (h, m);
  gst_object_unref (clock);
}

GST_END_TEST;

/* --- times that cannot be --------------------------------------------------- */

static void
come_payload (GstHarness * m)
{
  test_push_payload (m, "bogus", 3600000);
}

static void
come_gap (GstHarness * m)
{
  gst_harness_push_event (m, gst_event_new_gap (3600 * GST_SECOND,
          20 * GST_MSECOND));
}

/* A source that stamps the time of day, say: what comes after it is waited for all the
 * same. */
GST_START_TEST (test_seiinject_clock_future_is_not_believed)
{
  static void (*const come[]) (GstHarness *) = { come_payload, come_gap };
  GstHarness *h, *m;

  test_live_begin (&h, &m, 0, 150);
  come[__i__] (m);
  for (guint n = 0; n < 5; n++) {
    gchar *text = g_strdup_printf ("%u", n);
    TestPush *push = test_push_begin (h, test_access_unit (test_h264, n));

    test_live_assert_waits_until (h, n * 40 + 150);
    test_push_payload (m, text, (n + 1) * 40);
    test_live_crank (h);
    test_live_assert_pulls (h, push, text);
    g_free (text);
  }
  assert_equals_uint64 (test_stat (h->element, "missed"), 0);
  assert_equals_uint64 (test_stat (h->element, "dropped"), 0);
  gst_harness_push_event (h, gst_event_new_eos ());
  assert_equals_uint64 (test_stat (h->element, "unused"), __i__ == 0);
  test_joined_teardown (h, m);
}

GST_END_TEST;

static Suite *
seiinject_clock_suite (void)
{
  Suite *s = suite_create ("seiinject-clock");
  TCase *tc = tcase_create ("clock");
  static const gint delays[] = { 5, 50, 100, 145 };

  suite_add_tcase (s, tc);
  for (guint i = 0; i < G_N_ELEMENTS (delays); i++)
    tcase_add_loop_test (tc,
        test_seiinject_clock_each_result_is_in_its_own_frame, delays[i],
        delays[i] + 1);
  tcase_add_test (tc, test_seiinject_clock_video_goes_on_without_analysis);
  tcase_add_test (tc,
      test_seiinject_clock_source_that_is_not_live_is_waited_for);
  tcase_add_test (tc,
      test_seiinject_clock_waits_anew_after_a_flush_of_the_video);
  tcase_add_loop_test (tc, test_seiinject_clock_another_one_counts, 0, 2);
  tcase_add_test (tc, test_seiinject_clock_that_cannot_call_is_not_waited_for);
  tcase_add_loop_test (tc, test_seiinject_clock_future_is_not_believed, 0, 2);

  return s;
}

GST_CHECK_MAIN (seiinject_clock);
