/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Whatever the sink calls may read its properties, and other threads may interrupt
 * it at any time. */

#include "bed.h"

#include <fcntl.h>
#include <gst/base/gstbasesink.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

static GstElement *watched;
static guint n_read;

static void
read_stats (void)
{
  GstStructure *stats;

  g_object_get (watched, "stats", &stats, NULL);
  gst_structure_free (stats);
  g_atomic_int_inc (&n_read);
}

static void
watch (Bed * bed)
{
  watched = bed->sink;
  g_atomic_int_set (&n_read, 0);
}

static void
on_payload_freed (gpointer data)
{
  read_stats ();
}

GST_START_TEST (test_kafkasink_freed_payload_may_read_stats)
{
  static guint8 payload[5000];
  const guint n = 200;

  /* mostly it is the state change that frees them, sometimes the sink's thread */
  for (guint round = 0; round < 5; round++) {
    Bed bed;

    bed_open (&bed, NULL, "stop-timeout=0");
    rd_kafka_mock_broker_set_down (bed.cluster, 1);
    watch (&bed);
    bed_play (&bed);
    for (guint i = 0; i < n; i++)
      bed_push (&bed, gst_buffer_new_wrapped_full (GST_MEMORY_FLAG_READONLY,
              payload, sizeof (payload), 0, sizeof (payload), NULL,
              on_payload_freed));
    while (bed_stat (&bed, "in-flight") < n)
      g_thread_yield ();
    gst_element_set_state (bed.pipeline, GST_STATE_NULL);
    fail_unless_equals_uint64 (bed_stat (&bed, "abandoned"), n);
    while ((guint) g_atomic_int_get (&n_read) < n)
      g_thread_yield ();
    bed_close (&bed);
  }
}

GST_END_TEST;

/* A type of values in structures */
static gpointer
copy_field (gpointer boxed)
{
  read_stats ();
  return g_strdup (boxed);
}

static void
free_field (gpointer boxed)
{
  read_stats ();
  g_free (boxed);
}

static void
field_to_text (const GValue * field, GValue * text)
{
  read_stats ();
  g_value_set_string (text, g_value_get_boxed (field));
}

GST_START_TEST (test_kafkasink_fields_may_read_stats)
{
  GType type = g_boxed_type_register_static ("TestField", copy_field,
      free_field);
  GstStructure *fields, *read;
  Record *records;
  Bed bed;

  g_value_register_transform_func (type, G_TYPE_STRING, field_to_text);
  bed_open (&bed, NULL, "");
  watch (&bed);
  for (guint i = 0; i < 2; i++) {
    fields = gst_structure_new ("headers", "client.id", type, "north", NULL);
    g_object_set (bed.sink, "headers", fields, "config", fields, NULL);
    g_object_get (bed.sink, "headers", &read, NULL);
    fail_unless_equals_string (gst_structure_get_name (read), "headers");
    gst_structure_free (read);
    gst_structure_free (fields);
  }
  bed_play (&bed);
  bed_push_text (&bed, "x");
  bed_finish (&bed);
  records = bed_consume (&bed, 1);
  assert_header (&records[0], "client.id", "north");
  bed_free_records (records, 1);
  g_object_set (bed.sink, "headers", NULL, "config", NULL, NULL);
  bed_close (&bed);
}

GST_END_TEST;

static gpointer
go_to_ready (gpointer sink)
{
  return GINT_TO_POINTER (gst_element_set_state (sink, GST_STATE_READY));
}

GST_START_TEST (test_kafkasink_slow_config_file_holds_up_no_property)
{
  g_autofree char *folder = g_dir_make_tmp ("kafkasink-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "pipe", NULL);
  g_autofree char *topic = NULL;
  GThread *thread;
  Bed bed;
  int fd;

  bed_open (&bed, NULL, "");
  fail_unless (mkfifo (path, 0600) == 0);
  g_object_set (bed.sink, "config-file", path, NULL);
  thread = g_thread_new ("state", go_to_ready, bed.sink);
  /* once there is a reader */
  while ((fd = g_open (path, O_WRONLY | O_NONBLOCK, 0)) < 0)
    g_thread_yield ();
  g_object_get (bed.sink, "topic", &topic, NULL);
  fail_unless_equals_string (topic, TOPIC);
  fail_unless (write (fd, "linger.ms=0\n", 12) == 12);
  close (fd);
  fail_unless (GPOINTER_TO_INT (g_thread_join (thread))
      != GST_STATE_CHANGE_FAILURE);
  bed_close (&bed);
  g_unlink (path);
  g_rmdir (folder);
}

GST_END_TEST;

/* A thread that flushes or seeks can be late by a whole state change. */
GST_START_TEST (test_kafkasink_interruption_outlives_the_producer)
{
  GstBaseSink *sink;
  GstBaseSinkClass *class;
  gboolean waits = FALSE;
  Bed bed;

  bed_open (&bed, NULL, "max-queued-messages=1 stop-timeout=0");
  rd_kafka_mock_broker_set_down (bed.cluster, 1);
  sink = GST_BASE_SINK (bed.sink);
  class = GST_BASE_SINK_GET_CLASS (sink);
  for (guint i = 0; i < 2; i++) {
    class->unlock (sink);
    class->unlock (sink);
    bed_play (&bed);
    class->unlock_stop (sink);
    bed_push_text (&bed, "x");
    bed_push_text (&bed, "y");
    /* of two that interrupted one goes on, so render() does not wait for room */
    for (waits = FALSE; !waits;) {
      GST_BASE_SINK_PREROLL_LOCK (sink);
      waits = sink->have_preroll;
      GST_BASE_SINK_PREROLL_UNLOCK (sink);
    }
    fail_unless_equals_uint64 (bed_stat (&bed, "blocked"), 0);
    fail_unless_equals_uint64 (bed_stat (&bed, "in-flight"), 1);
    gst_element_set_state (bed.pipeline, i ? GST_STATE_READY : GST_STATE_NULL);
    class->unlock_stop (sink);
  }
  bed_play (&bed);
  bed_push_text (&bed, "x");
  bed_push_text (&bed, "y");
  while (bed_stat (&bed, "blocked") == 0)
    g_thread_yield ();
  bed_close (&bed);
}

GST_END_TEST;

static gint end;

static gpointer
flush (gpointer pad)
{
  while (!g_atomic_int_get (&end)) {
    gst_pad_send_event (pad, gst_event_new_flush_start ());
    gst_pad_send_event (pad, gst_event_new_flush_stop (TRUE));
  }
  return NULL;
}

GST_START_TEST (test_kafkasink_flush_may_meet_every_state_change)
{
  GstElement *sink = gst_check_setup_element ("kafkasink");
  GstPad *pad = gst_element_get_static_pad (sink, "sink");
  const char *rounds = g_getenv ("METAKAFKA_ROUNDS");
  const guint n = rounds ? atoi (rounds) : 20;
  GThread *threads[4];          /* more than processors, so that some are late */

  gst_util_set_object_arg (G_OBJECT (sink), "config",
      "c,test.mock.num.brokers=1");
  g_object_set (sink, "topic", TOPIC, "stop-timeout", 0, NULL);
  g_atomic_int_set (&end, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("flush", flush, pad);
  for (guint i = 0; i < n; i++) {
    gst_element_set_state (sink, GST_STATE_PAUSED);
    gst_element_set_state (sink, GST_STATE_READY);
  }
  g_atomic_int_set (&end, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  gst_object_unref (pad);
  gst_check_teardown_element (sink);
}

GST_END_TEST;

static Suite *
concurrent_suite (void)
{
  Suite *s = suite_create ("concurrent");
  TCase *tc = tcase_create ("general");

  tcase_set_timeout (tc, 120);
  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_kafkasink_freed_payload_may_read_stats);
  tcase_add_test (tc, test_kafkasink_fields_may_read_stats);
  tcase_add_test (tc, test_kafkasink_slow_config_file_holds_up_no_property);
  tcase_add_test (tc, test_kafkasink_interruption_outlives_the_producer);
  tcase_add_test (tc, test_kafkasink_flush_may_meet_every_state_change);
  return s;
}

GST_CHECK_MAIN (concurrent);
