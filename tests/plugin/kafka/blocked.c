/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* kafkasink with a full queue, whatever it is that keeps Kafka from taking the
 * records: it lets go at once, and goes on where it was */

#include "bed.h"

#include <string.h>

/* Of the mock cluster's requests */
#define PRODUCE 0

#define N_RECORDS 10

static void
take_broker_down (Bed * bed)
{
  rd_kafka_mock_broker_set_down (bed->cluster, 1);
}

static void
take_broker_up (Bed * bed)
{
  rd_kafka_mock_broker_set_up (bed->cluster, 1);
}

/* One that answers each request after many seconds */
static void
freeze_broker (Bed * bed)
{
  rd_kafka_mock_broker_set_rtt (bed->cluster, 1, 8000);
}

static void
thaw_broker (Bed * bed)
{
  rd_kafka_mock_broker_set_rtt (bed->cluster, 1, 0);
}

static void
hide_topic (Bed * bed)
{
  rd_kafka_mock_topic_set_error (bed->cluster, TOPIC,
      RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
}

static void
show_topic (Bed * bed)
{
  rd_kafka_mock_topic_set_error (bed->cluster, TOPIC,
      RD_KAFKA_RESP_ERR_NO_ERROR);
}

static void
refuse_batches (Bed * bed, rd_kafka_resp_err_t error)
{
  for (guint i = 0; i < 3; i++)
    rd_kafka_mock_push_request_errors (bed->cluster, PRODUCE, 1, error);
}

static void
forbid_topic (Bed * bed)
{
  refuse_batches (bed, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
}

/* Each is fatal for an idempotent client, which is made anew and pauses before */
static void
disorder_batches (Bed * bed)
{
  refuse_batches (bed, RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER);
}

static void
take_batches (Bed * bed)
{
  rd_kafka_mock_clear_request_errors (bed->cluster, PRODUCE);
}

static const struct
{
  const char *name;
  void (*begin) (Bed * bed);
  void (*end) (Bed * bed);
  gboolean later;               /* when some records have arrived */
} troubles[] = {
  {"no broker", take_broker_down, take_broker_up, FALSE},
  {"broker gone", take_broker_down, take_broker_up, TRUE},
  {"frozen", freeze_broker, thaw_broker, FALSE},
  {"frozen later", freeze_broker, thaw_broker, TRUE},
  {"no topic", hide_topic, show_topic, FALSE},
  {"forbidden", forbid_topic, take_batches, FALSE},
  {"fatal errors", disorder_batches, take_batches, TRUE}
};

/* Pushes N_RECORDS, of which the queue holds 3. */
static void
open_blocked (Bed * bed, guint trouble)
{
  guint n = 0;

  bed_open (bed, NULL, "max-queued-messages=3 stop-timeout=0");
  if (!troubles[trouble].later)
    troubles[trouble].begin (bed);
  bed_play (bed);
  if (troubles[trouble].later) {
    bed_push_text (bed, "x");
    while (bed_stat (bed, "acknowledged") == 0)
      g_thread_yield ();
    troubles[trouble].begin (bed);
    n++;
  }
  for (; n < N_RECORDS; n++)
    bed_push_text (bed, "x");
  while (bed_stat (bed, "blocked") == 0)
    g_thread_yield ();
}

static void
assert_quick (gint64 since_us, const char *trouble)
{
  fail_unless (g_get_monotonic_time () - since_us < 2 * G_TIME_SPAN_SECOND,
      "%s", trouble);
}

static void
go_to (Bed * bed, GstState state)
{
  fail_unless (gst_element_set_state (bed->pipeline, state)
      != GST_STATE_CHANGE_FAILURE);
  fail_unless (gst_element_get_state (bed->pipeline, NULL, NULL, PATIENCE)
      != GST_STATE_CHANGE_FAILURE);
}

GST_START_TEST (test_kafkasink_blocked_obeys_every_state_change)
{
  const GstState states[] = { GST_STATE_PAUSED, GST_STATE_READY,
    GST_STATE_NULL
  };

  for (guint i = 0; i < G_N_ELEMENTS (states); i++) {
    gint64 before;
    Bed bed;

    open_blocked (&bed, __i__);
    before = g_get_monotonic_time ();
    go_to (&bed, states[i]);
    assert_quick (before, troubles[__i__].name);
    /* what was in the queue, and the record that waited for room */
    if (states[i] != GST_STATE_PAUSED)
      fail_unless_equals_uint64 (bed_stat (&bed, "abandoned"), 3 + 1);
    bed_close (&bed);
  }
}

GST_END_TEST;

GST_START_TEST (test_kafkasink_blocked_goes_on_after_pause)
{
  Bed bed;

  open_blocked (&bed, __i__);
  go_to (&bed, GST_STATE_PAUSED);
  troubles[__i__].end (&bed);
  go_to (&bed, GST_STATE_PLAYING);
  bed_finish (&bed);
  fail_unless_equals_uint64 (bed_stat (&bed, "acknowledged"), N_RECORDS);
  fail_unless_equals_uint64 (bed_stat (&bed, "dropped"), 0);
  bed_close (&bed);
}

GST_END_TEST;

/* Before the thread that waits has seen that it goes on */
GST_START_TEST (test_kafkasink_blocked_may_pause_again_at_once)
{
  const gint64 before = g_get_monotonic_time ();
  const gboolean at_eos = __i__;
  GstFlowReturn ret;
  Bed bed;

  if (at_eos) {
    bed_open (&bed, NULL, "stop-timeout=0");
    take_broker_down (&bed);
    bed_play (&bed);
    bed_push_text (&bed, "x");
    g_signal_emit_by_name (bed.source, "end-of-stream", &ret);
  } else {
    open_blocked (&bed, 0);
  }
  for (guint i = 0; i < 100; i++) {
    go_to (&bed, GST_STATE_PAUSED);
    go_to (&bed, GST_STATE_PLAYING);
  }
  fail_unless (g_get_monotonic_time () - before < 10 * G_TIME_SPAN_SECOND);
  take_broker_up (&bed);
  if (at_eos)
    gst_message_unref (bed_wait (&bed, GST_MESSAGE_EOS, NULL));
  else
    bed_finish (&bed);
  fail_unless_equals_uint64 (bed_stat (&bed, "acknowledged"),
      at_eos ? 1 : N_RECORDS);
  bed_close (&bed);
}

GST_END_TEST;

GST_START_TEST (test_kafkasink_blocked_goes_on_after_flush)
{
  gint64 before;
  Bed bed;

  open_blocked (&bed, __i__);
  before = g_get_monotonic_time ();
  gst_element_send_event (bed.source, gst_event_new_flush_start ());
  gst_element_send_event (bed.source, gst_event_new_flush_stop (TRUE));
  assert_quick (before, troubles[__i__].name);
  troubles[__i__].end (&bed);
  bed_push_text (&bed, "y");
  bed_finish (&bed);
  /* that of the record that waited for room */
  fail_unless_equals_uint64 (bed_stat (&bed, "abandoned"), 1);
  fail_unless_equals_uint64 (bed_stat (&bed, "acknowledged") + 1,
      bed_stat (&bed, "enqueued"));
  bed_close (&bed);
}

GST_END_TEST;

/* 0: PAUSED and back, 1: READY */
static void
end_while_waiting (guint trouble, guint way)
{
  gint64 before;
  Bed bed;
  GstFlowReturn ret;

  open_blocked (&bed, trouble);
  g_signal_emit_by_name (bed.source, "end-of-stream", &ret);
  before = g_get_monotonic_time ();
  go_to (&bed, way == 0 ? GST_STATE_PAUSED : GST_STATE_READY);
  assert_quick (before, troubles[trouble].name);
  fail_unless (gst_bus_pop_filtered (bed.bus, GST_MESSAGE_EOS) == NULL);
  if (way == 0) {
    troubles[trouble].end (&bed);
    go_to (&bed, GST_STATE_PLAYING);
    gst_message_unref (bed_wait (&bed, GST_MESSAGE_EOS, NULL));
    fail_unless_equals_uint64 (bed_stat (&bed, "acknowledged"), N_RECORDS);
  }
  bed_close (&bed);
}

GST_START_TEST (test_kafkasink_blocked_eos_can_be_interrupted)
{
  end_while_waiting (__i__, 0);
  end_while_waiting (__i__, 1);
}

GST_END_TEST;

static Suite *
blocked_suite (void)
{
  Suite *s = suite_create ("blocked");
  TCase *tc = tcase_create ("general");

  tcase_set_timeout (tc, 120);
  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_kafkasink_blocked_obeys_every_state_change, 0,
      G_N_ELEMENTS (troubles));
  tcase_add_loop_test (tc, test_kafkasink_blocked_goes_on_after_pause, 0,
      G_N_ELEMENTS (troubles));
  tcase_add_loop_test (tc, test_kafkasink_blocked_may_pause_again_at_once, 0,
      2);
  tcase_add_loop_test (tc, test_kafkasink_blocked_goes_on_after_flush, 0,
      G_N_ELEMENTS (troubles));
  tcase_add_loop_test (tc, test_kafkasink_blocked_eos_can_be_interrupted, 0,
      G_N_ELEMENTS (troubles));
  return s;
}

GST_CHECK_MAIN (blocked);
