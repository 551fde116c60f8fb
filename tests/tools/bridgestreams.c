/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What each RTP stream of an input gives */

#include "streams.h"
#include "timedreception.h"

static void
count (Streams * streams, guint16 port, gboolean is_record)
{
  const TimedReception reception = {
    .ip = {[10] = 0xff, 0xff, 10, 0, 0, 8},.port = port,.ssrc = 0xabcd
  };
  g_autoptr (GstBuffer) buffer = gst_buffer_new ();

  timed_buffer_set_reception (buffer, &reception);
  streams_count (streams, buffer, is_record);
}

static Status *
get_status (Streams * streams)
{
  Status *status = status_new ();

  streams_get_status (streams, status, "gate", "rtp://:5000");
  return status;
}

static void
test_each_counts_its_own (void)
{
  Streams *streams = streams_new ();
  g_autoptr (Status) status = NULL;
  g_autoptr (GstBuffer) other = gst_buffer_new ();
  const StatusCamera *stream;

  for (guint i = 0; i < 5; i++)
    count (streams, 1000, i % 2 == 0);
  count (streams, 1001, TRUE);
  /* says nothing of where it came from */
  streams_count (streams, other, TRUE);
  streams_take (streams, "10.0.0.8:1000 0000abcd", 77, 3);
  streams_take (streams, "10.0.0.8:1001 0000abcd", -1, 0);
  streams_forget (streams, g_get_monotonic_time ());
  status = get_status (streams);
  g_assert_cmpuint (status->streams->len, ==, 2);
  g_assert_cmpuint (status->cameras->len, ==, 0);
  stream = status->streams->pdata[0];
  g_assert_cmpstr (stream->name, ==, "gate");
  g_assert_cmpstr (stream->stream, ==, "10.0.0.8:1000 0000abcd");
  g_assert_cmpint (stream->state, ==, STATUS_UP);
  g_assert_cmpuint (stream->n_messages, ==, 5);
  g_assert_cmpuint (stream->n_records, ==, 3);
  g_assert_cmpuint (stream->n_skipped, ==, 2);
  g_assert_cmpint (stream->n_frames, ==, 77);
  g_assert_cmpint (stream->n_lost, ==, 3);
  g_assert_cmpint (stream->record_us, >=, 0);
  stream = status->streams->pdata[1];
  g_assert_cmpint (stream->n_frames, ==, -1);
  g_assert_cmpuint (stream->n_records, ==, 1);
  streams_free (streams);
}

static void
test_one_alone_is_the_input (void)
{
  Streams *streams = streams_new ();
  g_autoptr (Status) status = NULL;

  count (streams, 1000, TRUE);
  count (streams, 1001, TRUE);
  streams_take (streams, "10.0.0.8:1000 0000abcd", 1, 0);
  streams_forget (streams, g_get_monotonic_time ());
  status = get_status (streams);
  g_assert_cmpuint (status->streams->len, ==, 0);
  streams_free (streams);
}

static void
test_what_is_gone_is_forgotten (void)
{
  Streams *streams = streams_new ();
  const gint64 later_us = g_get_monotonic_time () + G_TIME_SPAN_MINUTE;
  g_autoptr (Status) status = NULL;

  for (guint port = 1; port <= 1000; port++)
    count (streams, port, TRUE);
  /* begins anew */
  streams_forget (streams, later_us);
  for (guint port = 1; port <= 2; port++) {
    g_autofree char *name = g_strdup_printf ("10.0.0.8:%u 0000abcd", port);

    count (streams, port, TRUE);
    streams_take (streams, name, 1, 0);
  }
  streams_forget (streams, later_us);
  status = get_status (streams);
  g_assert_cmpuint (status->streams->len, ==, 2);
  for (guint i = 0; i < 2; i++)
    g_assert_cmpuint (((StatusCamera *)
            status->streams->pdata[i])->n_records, ==, 1);
  streams_free (streams);
}

static void
test_one_without_messages_is_starting_and_then_silent (void)
{
  Streams *streams = streams_new ();
  g_autoptr (Status) status = NULL, late = status_new ();

  streams_take (streams, "a", 1, 0);
  streams_take (streams, "b", 1, 0);
  streams_forget (streams, g_get_monotonic_time ());
  status = get_status (streams);
  g_assert_cmpint (((StatusCamera *) status->streams->pdata[0])->state, ==,
      STATUS_STARTING);
  late->taken_us += 6 * G_TIME_SPAN_SECOND;
  streams_get_status (streams, late, "gate", "x");
  g_assert_cmpint (((StatusCamera *) late->streams->pdata[0])->state, ==,
      STATUS_SILENT);
  g_assert_cmpstr (((StatusCamera *) late->streams->pdata[0])->trouble, ==,
      "gives no records");
  streams_free (streams);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/streams/counts", test_each_counts_its_own);
  g_test_add_func ("/streams/alone", test_one_alone_is_the_input);
  g_test_add_func ("/streams/gone", test_what_is_gone_is_forgotten);
  g_test_add_func ("/streams/silent",
      test_one_without_messages_is_starting_and_then_silent);
  return g_test_run ();
}
