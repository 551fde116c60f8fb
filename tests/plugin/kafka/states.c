/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Settings, states, outages and the full queue. */

#include "bed.h"

/* Goes to READY, which must fail with an error that names @part. */
static void
assert_refused (const char *properties, const char *part)
{
  Bed bed;
  GstMessage *message;
  GError *error;

  bed_open (&bed, NULL, properties);
  fail_unless_equals_int (gst_element_set_state (bed.sink, GST_STATE_READY),
      GST_STATE_CHANGE_FAILURE);
  message = bed_wait (&bed, GST_MESSAGE_ERROR, NULL);
  gst_message_parse_error (message, &error, NULL);
  fail_unless (strstr (error->message, part) != NULL, "%s: %s", properties,
      error->message);
  g_error_free (error);
  gst_message_unref (message);
  gst_element_set_state (bed.sink, GST_STATE_NULL);
  bed_close (&bed);
}

GST_START_TEST (test_kafkasink_wrong_settings_fail_at_ready)
{
  assert_refused ("topic=\"\"", "set topic=");
  assert_refused ("topic=NULL", "set topic=");
  assert_refused ("bootstrap-servers=\"\"", "set bootstrap-servers=");
  assert_refused ("config-file=\"\"", "set config-file=");
  assert_refused ("topic=\"a b\"", "a b");
  assert_refused ("bootstrap-servers=host:x", "host:x");
  assert_refused ("key=\"{seq\"", "{seq");
  assert_refused ("config=\"c,no.such.key=1\"", "no.such.key");
  assert_refused ("config=\"c,linger.ms=soon\"", "linger.ms");
  assert_refused ("config-file=/nowhere/kafka.conf", "/nowhere/kafka.conf");
}

GST_END_TEST;

/* Of the mock cluster's requests */
#define INIT_PRODUCER_ID 22

GST_START_TEST (test_kafkasink_brokers_too_old_are_not_an_authorization)
{
  Bed bed;
  GstMessage *message;
  GError *error;

  bed_open (&bed, NULL, "");
  rd_kafka_mock_set_apiversion (bed.cluster, INIT_PRODUCER_ID, -1, -1);
  bed_play (&bed);
  message = bed_wait (&bed, GST_MESSAGE_ERROR, NULL);
  gst_message_parse_error (message, &error, NULL);
  fail_unless (strstr (error->message, "enable.idempotence=false") != NULL,
      "%s", error->message);
  fail_unless (g_error_matches (error, GST_RESOURCE_ERROR,
          GST_RESOURCE_ERROR_FAILED));
  g_error_free (error);
  gst_message_unref (message);
  bed_close (&bed);
}

GST_END_TEST;

GST_START_TEST (test_kafkasink_secret_in_config_is_warned_of)
{
  Bed bed;
  GstMessage *message;
  GError *error;
  g_autofree char *debug = NULL;

  bed_open (&bed, NULL, "config=\"c,ssl.key.password=hunter2,linger.ms=0\"");
  fail_unless (gst_element_set_state (bed.sink, GST_STATE_READY)
      != GST_STATE_CHANGE_FAILURE);
  message = bed_wait (&bed, GST_MESSAGE_WARNING, NULL);
  gst_message_parse_warning (message, &error, &debug);
  fail_unless (strstr (error->message, "ssl.key.password") != NULL);
  fail_if (strstr (error->message, "hunter2") || strstr (debug, "hunter2"));
  g_error_free (error);
  gst_message_unref (message);
  bed_close (&bed);
}

GST_END_TEST;

GST_START_TEST (test_kafkasink_starts_without_broker_and_says_so_once)
{
  Bed bed;
  guint n_partitions = 0;

  bed_open (&bed, NULL, "");
  rd_kafka_mock_broker_set_down (bed.cluster, 1);
  bed_play (&bed);
  for (guint i = 0; i < 100; i++)
    bed_push_text (&bed, "x");
  gst_message_unref (bed_wait (&bed, GST_MESSAGE_ELEMENT,
          "broker-unreachable"));
  rd_kafka_mock_broker_set_up (bed.cluster, 1);
  /* the next message of all is that it is there */
  GstMessage *next = bed_wait (&bed, GST_MESSAGE_ELEMENT, NULL);

  fail_unless (gst_structure_has_name (gst_message_get_structure (next),
          "broker-reachable"));
  fail_unless (gst_structure_get_uint (gst_message_get_structure (next),
          "partitions", &n_partitions));
  fail_unless_equals_int (n_partitions, 1);
  gst_message_unref (next);
  bed_finish (&bed);
  fail_unless_equals_uint64 (bed_stat (&bed, "acknowledged"), 100);
  bed_close (&bed);
}

GST_END_TEST;

GST_START_TEST (test_kafkasink_eos_gives_up_after_drain_timeout)
{
  Bed bed;

  bed_open (&bed, NULL, "drain-timeout=300 stop-timeout=0");
  rd_kafka_mock_broker_set_down (bed.cluster, 1);
  bed_play (&bed);
  bed_push_text (&bed, "x");
  bed_finish (&bed);
  fail_unless_equals_uint64 (bed_stat (&bed, "in-flight"), 1);
  gst_element_set_state (bed.pipeline, GST_STATE_READY);
  fail_unless_equals_uint64 (bed_stat (&bed, "abandoned"), 1);
  bed_close (&bed);
}

GST_END_TEST;

/* The next summary has this text. */
static void
assert_summary (Bed * bed, const char *text)
{
  GstMessage *message = bed_wait (bed, GST_MESSAGE_ELEMENT, "delivery-summary");
  const GstStructure *s = gst_message_get_structure (message);

  fail_unless_equals_string (gst_structure_get_string (s, "text"), text);
  fail_unless (gst_structure_has_field (s, "acknowledged"));
  gst_message_unref (message);
}

/* Waits for EOS, and returns the text of no-metadata, if that came before.
 * Returns: (transfer full) (nullable) */
static char *
finish_with_text (Bed * bed)
{
  char *text = NULL;
  GstFlowReturn ret;

  g_signal_emit_by_name (bed->source, "end-of-stream", &ret);
  while (TRUE) {
    GstMessage *message = bed_wait (bed, GST_MESSAGE_ELEMENT | GST_MESSAGE_EOS,
        NULL);
    const GstStructure *s = gst_message_get_structure (message);

    if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS) {
      gst_message_unref (message);
      return text;
    }
    if (gst_structure_has_name (s, "no-metadata")) {
      fail_unless (text == NULL);
      fail_unless_equals_string (gst_structure_get_string (s, "topic"), TOPIC);
      text = g_strdup (gst_structure_get_string (s, "text"));
    }
    gst_message_unref (message);
  }
}

GST_START_TEST (test_kafkasink_eos_without_a_record_says_why)
{
  static const struct
  {
    const char *caps;
    const char *properties;
    const char *buffer;
    const char *part;           /* of the text */
  } cases[] = {
    {NULL, "", NULL, "nothing came"},
    {"video/x-h264", "", NULL, "nothing came"},
    {"video/x-h264", "", "x", "put seiextract in front"},
    {"video/x-h264", "payload=sei-meta", "x", "put seiextract in front"},
    {"application/x-json", "payload=sei-meta", "x", "payload=sei-meta"},
    {"application/x-ndjson", "", " \n\r\n", "no record in the JSON lines"},
    {"application/x-ndjson", "", "x", NULL},
    {"video/x-h264", "payload=buffer", "x", NULL},
    {NULL, "", "x", NULL},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = NULL;
    Bed bed;

    bed_open (&bed, cases[i].caps, cases[i].properties);
    bed_play (&bed);
    if (cases[i].buffer)
      bed_push_text (&bed, cases[i].buffer);
    text = finish_with_text (&bed);
    if (cases[i].part)
      fail_unless (text && strstr (text, cases[i].part), "case %u: %s", i,
          text);
    else
      fail_unless (text == NULL, "case %u: %s", i, text);
    bed_close (&bed);
  }
}

GST_END_TEST;

static guint
count_summaries (Bed * bed)
{
  GstMessage *message;
  guint n = 0;

  while ((message = gst_bus_pop_filtered (bed->bus, GST_MESSAGE_ELEMENT))) {
    n += gst_structure_has_name (gst_message_get_structure (message),
        "delivery-summary");
    gst_message_unref (message);
  }
  return n;
}

GST_START_TEST (test_kafkasink_summary_comes_once_for_each_run)
{
  GstFlowReturn ret;
  Bed bed;

  bed_open (&bed, NULL, "");
  /* nothing has run */
  gst_element_set_state (bed.sink, GST_STATE_READY);
  gst_element_set_state (bed.sink, GST_STATE_NULL);
  fail_unless_equals_int (count_summaries (&bed), 0);
  /* with EOS, and without */
  bed_play (&bed);
  g_signal_emit_by_name (bed.source, "end-of-stream", &ret);
  assert_summary (&bed, "no record was offered");
  gst_message_unref (bed_wait (&bed, GST_MESSAGE_EOS, NULL));
  gst_element_set_state (bed.pipeline, GST_STATE_READY);
  fail_unless_equals_int (count_summaries (&bed), 0);
  bed_play (&bed);
  gst_element_set_state (bed.pipeline, GST_STATE_READY);
  fail_unless_equals_int (count_summaries (&bed), 1);
  g_object_set (bed.sink, "max-queued-messages", (guint64) 5, NULL);
  bed_play (&bed);
  gst_element_set_state (bed.pipeline, GST_STATE_READY);
  fail_unless_equals_int (count_summaries (&bed), 1);
  bed_close (&bed);
}

GST_END_TEST;

GST_START_TEST (test_kafkasink_summary_says_what_became_of_all)
{
  Bed bed;
  GstFlowReturn ret;

  bed_open (&bed, NULL, "drain-timeout=300 stop-timeout=0 overflow=drop"
      " max-queued-messages=1");
  bed_play (&bed);
  bed_push_text (&bed, "x");
  g_signal_emit_by_name (bed.source, "end-of-stream", &ret);
  assert_summary (&bed, "1 of 1 records reached Kafka");
  gst_element_set_state (bed.pipeline, GST_STATE_READY);

  rd_kafka_mock_broker_set_down (bed.cluster, 1);
  bed_play (&bed);
  bed_push_text (&bed, "x");
  bed_push_text (&bed, "y");
  g_signal_emit_by_name (bed.source, "end-of-stream", &ret);
  /* nothing was said when the first run ended, as nothing had changed */
  assert_summary (&bed,
      "0 of 2 records reached Kafka, 1 still wait, 1 were dropped"
      " because the queue was full");
  gst_element_set_state (bed.sink, GST_STATE_READY);
  assert_summary (&bed, "0 of 2 records reached Kafka, 1 were dropped because"
      " the queue was full, 1 were given up at the end");
  bed_close (&bed);
}

GST_END_TEST;

GST_START_TEST (test_kafkasink_overflow_drops_and_counts)
{
  Bed bed;

  bed_open (&bed, NULL, "overflow=drop max-queued-messages=10");
  rd_kafka_mock_broker_set_down (bed.cluster, 1);
  bed_play (&bed);
  for (guint i = 0; i < 100; i++)
    bed_push_text (&bed, "x");
  rd_kafka_mock_broker_set_up (bed.cluster, 1);
  bed_finish (&bed);
  fail_unless_equals_uint64 (bed_stat (&bed, "enqueued"), 100);
  fail_unless_equals_uint64 (bed_stat (&bed, "acknowledged"), 10);
  fail_unless_equals_uint64 (bed_stat (&bed, "dropped"), 90);
  bed_close (&bed);
}

GST_END_TEST;

GST_START_TEST (test_kafkasink_oversized_record_is_reported)
{
  Bed bed;
  GstMessage *message;
  const GstStructure *s;
  guint64 size;

  bed_open (&bed, NULL, "key=k");
  bed_play (&bed);
  bed_push_text (&bed, "before");
  bed_push (&bed, gst_buffer_new_wrapped (g_malloc0 (3000000), 3000000));
  bed_push_text (&bed, "after");
  message = bed_wait (&bed, GST_MESSAGE_ELEMENT, "record-failed");
  s = gst_message_get_structure (message);
  fail_unless_equals_string (gst_structure_get_string (s, "reason"),
      "too-large");
  fail_unless_equals_string (gst_structure_get_string (s, "key"), "k");
  fail_unless (gst_structure_get_uint64 (s, "size", &size));
  fail_unless_equals_uint64 (size, 3000000);
  gst_message_unref (message);
  bed_finish (&bed);
  fail_unless_equals_uint64 (bed_stat (&bed, "failed-too-large"), 1);
  fail_unless_equals_uint64 (bed_stat (&bed, "acknowledged"), 2);
  bed_close (&bed);
}

GST_END_TEST;

GST_START_TEST (test_kafkasink_is_as_new_after_null)
{
  Bed bed;

  bed_open (&bed, NULL, "");
  for (guint i = 0; i < 3; i++) {
    bed_play (&bed);
    bed_push_text (&bed, "x");
    bed_finish (&bed);
    fail_unless_equals_uint64 (bed_stat (&bed, "enqueued"), 1);
    gst_element_set_state (bed.pipeline, i % 2 ? GST_STATE_READY :
        GST_STATE_NULL);
  }
  /* settings of READY count for the next run */
  gst_element_set_state (bed.pipeline, GST_STATE_READY);
  g_object_set (bed.sink, "max-queued-messages", (guint64) 1, "overflow", 1,
      NULL);
  rd_kafka_mock_broker_set_down (bed.cluster, 1);
  bed_play (&bed);
  for (guint i = 0; i < 5; i++)
    bed_push_text (&bed, "x");
  rd_kafka_mock_broker_set_up (bed.cluster, 1);
  bed_finish (&bed);
  fail_unless_equals_uint64 (bed_stat (&bed, "dropped"), 4);
  bed_close (&bed);
}

GST_END_TEST;

static Suite *
states_suite (void)
{
  Suite *s = suite_create ("states");
  TCase *tc = tcase_create ("general");

  tcase_set_timeout (tc, 120);
  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_kafkasink_wrong_settings_fail_at_ready);
  tcase_add_test (tc, test_kafkasink_brokers_too_old_are_not_an_authorization);
  tcase_add_test (tc, test_kafkasink_secret_in_config_is_warned_of);
  tcase_add_test (tc, test_kafkasink_starts_without_broker_and_says_so_once);
  tcase_add_test (tc, test_kafkasink_eos_gives_up_after_drain_timeout);
  tcase_add_test (tc, test_kafkasink_eos_without_a_record_says_why);
  tcase_add_test (tc, test_kafkasink_summary_comes_once_for_each_run);
  tcase_add_test (tc, test_kafkasink_summary_says_what_became_of_all);
  tcase_add_test (tc, test_kafkasink_overflow_drops_and_counts);
  tcase_add_test (tc, test_kafkasink_oversized_record_is_reported);
  tcase_add_test (tc, test_kafkasink_is_as_new_after_null);
  return s;
}

GST_CHECK_MAIN (states);
