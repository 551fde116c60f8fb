/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What the bridge does at one moment, and whether it is to be relied on */

#include "status.h"

static void
expect_health (const Status * status, const char *text)
{
  g_autofree char *said = status_explain (status, status->taken_us);

  g_assert_cmpstr (said, ==, text);
}

static void
set_broker (Status * status, BrokerState state, const char *text)
{
  if (!status->delivery)
    status->delivery = gst_structure_new_empty ("stats");
  status->broker = state;
  g_free (status->broker_text);
  status->broker_text = g_strdup (text);
}

static void
test_names_differ (void)
{
  g_autoptr (Status) status = status_new ();

  g_assert_cmpstr (status_add_camera (status, "a", "x")->name, ==, "a");
  g_assert_cmpstr (status_add_camera (status, "b", "x")->name, ==, "b");
  g_assert_cmpstr (status_add_camera (status, "a", "x")->name, ==, "a (2)");
  g_assert_cmpstr (status_add_camera (status, "a", "x")->name, ==, "a (3)");
  g_assert_cmpstr (status_add_camera (status, "a (2)", "x")->name, ==,
      "a (2) (2)");
  g_assert_cmpstr (status_add_camera (status, "\xff", "\xff")->name, ==,
      "\357\277\275");
}

static void
test_one_camera_that_gives_records_is_enough (void)
{
  g_autoptr (Status) status = status_new ();
  StatusCamera *down, *silent, *good;

  expect_health (status, NULL);
  silent = status_add_camera (status, "quiet", "x");
  silent->state = STATUS_SILENT;
  expect_health (status,
      "no camera gives records, such as quiet, which gives none");
  down = status_add_camera (status, "gate", "x");
  down->state = STATUS_DOWN;
  down->trouble = g_strdup ("does not answer");
  expect_health (status,
      "no camera gives records, such as gate, which does not answer");
  good = status_add_camera (status, "yard", "x");
  for (StatusState s = STATUS_STARTING; s < STATUS_ENDED; s++) {
    good->state = s;
    expect_health (status, NULL);
  }
  /* what has been read to its end gives no more than they do */
  good->state = STATUS_ENDED;
  expect_health (status,
      "no camera gives records, such as gate, which does not answer");
  silent->state = down->state = STATUS_ENDED;
  expect_health (status, NULL);
}

static void
test_what_is_wrong_with_kafka_is_said (void)
{
  g_autoptr (Status) status = status_new ();

  status_add_camera (status, "gate", "x")->state = STATUS_UP;
  set_broker (status, BROKER_UNKNOWN, NULL);
  expect_health (status, "Kafka has not answered yet");
  set_broker (status, BROKER_REACHABLE, NULL);
  expect_health (status, NULL);
  set_broker (status, BROKER_TOPIC_MISSING, "Topic 't' does not exist");
  expect_health (status, "Topic 't' does not exist");
  status->is_ending = TRUE;
  expect_health (status, "the bridge is shutting down");
}

static void
test_an_output_that_takes_nothing_is_seen (void)
{
  g_autoptr (Status) status = status_new ();

  status_add_camera (status, "gate", "x")->state = STATUS_UP;
  status->output = "-";
  expect_health (status, NULL);
  status->stalled_s = 7;
  expect_health (status, "--output - has taken no record for 7 s: let what"
      " reads it go on, or check the disk");
}

static void
test_a_bridge_that_hangs_is_seen (void)
{
  g_autoptr (Status) status = status_new ();
  g_autofree char *early = status_explain (status,
      status->taken_us + STATUS_MAX_AGE_S * G_TIME_SPAN_SECOND);
  g_autofree char *late = status_explain (status,
      status->taken_us + 25 * G_TIME_SPAN_SECOND);

  g_assert_null (early);
  g_assert_cmpstr (late, ==, "the bridge has hung for 25 s: check disks, and"
      " the network, or start it again");
}

static void
test_ages_and_rates (void)
{
  g_autoptr (Status) status = status_new ();
  StatusCamera *camera = status_add_camera (status, "gate", "x");

  g_assert_cmpint (status_get_age_ms (status, camera), ==, -1);
  g_assert_cmpfloat (status_get_rate (camera), ==, -1);
  camera->record_us = status->taken_us - 1500 * 1000;
  g_assert_cmpint (status_get_age_ms (status, camera), ==, 1500);
  /* seen after this was taken */
  camera->record_us = status->taken_us + 1;
  g_assert_cmpint (status_get_age_ms (status, camera), ==, 0);
  camera->history[0] = 100;
  camera->history[1] = 5;
  camera->n_history = 2;
  g_assert_cmpfloat (status_get_rate (camera), ==, 0.5);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/status/names", test_names_differ);
  g_test_add_func ("/status/cameras",
      test_one_camera_that_gives_records_is_enough);
  g_test_add_func ("/status/kafka", test_what_is_wrong_with_kafka_is_said);
  g_test_add_func ("/status/output", test_an_output_that_takes_nothing_is_seen);
  g_test_add_func ("/status/hangs", test_a_bridge_that_hangs_is_seen);
  g_test_add_func ("/status/ages", test_ages_and_rates);
  return g_test_run ();
}
