/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The pad "metadata" of seiinject: who waits for whom, and what ends that */

#include "joinedtest.h"

#include <string.h>

#include "timedjoin.h"

#define JSON "application/x-json"
#define LINES "application/x-ndjson"

/* A stream of video, and one of metadata that is not live; so frames wait unless
 * the video is */
static void
begin (GstHarness ** h, GstHarness ** m, gboolean live)
{
  *h = test_video_harness (live);
  *m = test_joined_harness (*h, JSON, FALSE);
}

/* --- frames that wait ---------------------------------------------------- */

typedef void (*Release) (GstHarness * h, GstHarness * m);

static void
release_later (GstHarness * h, GstHarness * m)
{
  test_push_payload (m, "later", 80);
}

static void
release_no_time (GstHarness * h, GstHarness * m)
{
  test_push_payload (m, "", TEST_NO_MS);
}

static void
release_gap (GstHarness * h, GstHarness * m)
{
  gst_harness_push_event (m, gst_event_new_gap (70 * GST_MSECOND,
          10 * GST_MSECOND));
}

static void
release_eos (GstHarness * h, GstHarness * m)
{
  gst_harness_push_event (m, gst_event_new_eos ());
}

static void
release_unlink (GstHarness * h, GstHarness * m)
{
  GstPad *peer = gst_pad_get_peer (m->srcpad);

  gst_pad_unlink (m->srcpad, peer);
  gst_object_unref (peer);
}

static void
release_pad (GstHarness * h, GstHarness * m)
{
  GstPad *peer = gst_pad_get_peer (m->srcpad);

  gst_element_release_request_pad (h->element, peer);
  gst_object_unref (peer);
}

static void
release_full (GstHarness * h, GstHarness * m)
{
  for (guint i = 2; i < TIMED_JOIN_MAX_PAYLOADS; i++)
    test_push_payload (m, "b", 79);
}

static const struct
{
  Release release;
  gboolean more;                /* a payload of its own goes into the frame */
} releases[] = {
  {release_later}, {release_no_time, TRUE}, {release_gap}, {release_eos},
  {release_unlink}, {release_pad}, {release_full}
};

GST_START_TEST (test_seiinject_wait_frame_has_what_came_while_it_waited)
{
  GstHarness *h, *m;

  begin (&h, &m, FALSE);
  test_push_payload (m, "a", 40);
  TestPush *push = test_push_begin (h, test_access_unit (test_h264, 0));

  test_push_payload (m, "b", 79);
  assert_equals_int (gst_harness_buffers_received (h), 0);
  releases[__i__].release (h, m);
  fail_unless_equals_int (test_push_end (push), GST_FLOW_OK);

  GstBuffer *out = gst_harness_pull (h);

  test_assert_messages (test_h264, out, "a", "b",
      releases[__i__].more ? "" : NULL, NULL);
  gst_buffer_unref (out);
  test_joined_teardown (h, m);
}

GST_END_TEST;

static void
flush_video (GstHarness * h, GstHarness * m)
{
  gst_harness_push_event (h, gst_event_new_flush_start ());
}

static void
stop (GstHarness * h, GstHarness * m)
{
  fail_unless_equals_int (gst_element_set_state (h->element, GST_STATE_READY),
      GST_STATE_CHANGE_SUCCESS);
}

GST_START_TEST (test_seiinject_wait_is_interrupted)
{
  static const Release interrupts[] = { flush_video, stop };

  /* often enough for the frame to be there first */
  for (guint i = 0; i < 50; i++) {
    GstHarness *h, *m;

    begin (&h, &m, FALSE);
    TestPush *push = test_push_begin (h, test_access_unit (test_h264, 0));

    interrupts[__i__] (h, m);
    fail_unless_equals_int (test_push_end (push), GST_FLOW_FLUSHING);
    assert_equals_int (gst_harness_buffers_received (h), 0);
    test_joined_teardown (h, m);
  }
}

GST_END_TEST;

/* That a frame that was there first has what belongs into it */
static void
assert_waits (GstHarness * h, GstHarness * m)
{
  TestPush *push = test_push_begin (h, test_access_unit (test_h264, 0));

  test_push_payload (m, "a", 40);
  test_push_payload (m, "b", 80);
  fail_unless_equals_int (test_push_end (push), GST_FLOW_OK);
  GstBuffer *out = gst_harness_pull (h);

  test_assert_messages (test_h264, out, "a", NULL);
  gst_buffer_unref (out);
}

GST_START_TEST (test_seiinject_wait_is_as_new_after_flush_of_video)
{
  GstSegment segment;
  GstHarness *h, *m;

  begin (&h, &m, FALSE);
  gst_harness_push_event (h, gst_event_new_flush_start ());
  gst_harness_push_event (h, gst_event_new_flush_stop (TRUE));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_harness_push_event (h, gst_event_new_segment (&segment));

  assert_waits (h, m);
  test_joined_teardown (h, m);
}

GST_END_TEST;

/* 1: the video is live, 2: the metadata, 3: both */
GST_START_TEST (test_seiinject_wait_not_where_anything_is_live)
{
  GstHarness *h = test_video_harness (!!(__i__ & 1));
  GstHarness *m = test_joined_harness (h, JSON, !!(__i__ & 2));

  test_push_payload (m, "a", 40);
  test_assert_frame (h, 0, "a", NULL);
  test_assert_frame (h, 1, NULL);
  test_joined_teardown (h, m);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_wait_never_does_not)
{
  GstHarness *h, *m;

  begin (&h, &m, FALSE);
  gst_util_set_object_arg (G_OBJECT (h->element), "wait-metadata", "never");
  test_assert_frame (h, 0, NULL);
  test_joined_teardown (h, m);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_wait_not_for_pad_without_peer)
{
  GstHarness *h = test_video_harness (FALSE);
  GstPad *pad = gst_element_request_pad_simple (h->element, "metadata");

  test_assert_frame (h, 0, NULL);
  gst_element_release_request_pad (h->element, pad);
  gst_object_unref (pad);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* What was known of the pad without peer, or of the one before, is forgotten. */
GST_START_TEST (test_seiinject_wait_knows_a_source_that_is_linked_later)
{
  GstHarness *h = test_video_harness (FALSE);
  GstPad *pad = gst_element_request_pad_simple (h->element, "metadata");
  GstHarness *m;

  test_assert_frame (h, 0, NULL);
  m = test_joined_harness (h, JSON, TRUE);
  test_assert_frame (h, 1, NULL);
  release_unlink (h, m);
  test_assert_frame (h, 2, NULL);
  gst_harness_teardown (m);

  m = test_joined_harness (h, JSON, FALSE);
  TestPush *push = test_push_begin (h, test_access_unit (test_h264, 3));

  test_push_payload (m, "a", 160);
  test_push_payload (m, "b", 200);
  fail_unless_equals_int (test_push_end (push), GST_FLOW_OK);
  GstBuffer *out = gst_harness_pull (h);

  test_assert_messages (test_h264, out, "a", NULL);
  gst_buffer_unref (out);

  /* Another stream, without linking anew */
  gst_harness_set_live (m, TRUE);
  gst_harness_push_event (m, gst_event_new_stream_start ("live"));
  test_assert_frame (h, 4, "b", NULL);
  test_assert_frame (h, 5, NULL);
  gst_element_release_request_pad (h->element, pad);
  gst_object_unref (pad);
  test_joined_teardown (h, m);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_wait_of_5_s_is_told)
{
  GstBus *bus = gst_bus_new ();
  GstHarness *h, *m;
  GError *error;

  begin (&h, &m, FALSE);
  gst_element_set_bus (h->element, bus);
  TestPush *push = test_push_begin (h, test_access_unit (test_h264, 0));
  GstMessage *message = gst_bus_timed_pop_filtered (bus, 50 * GST_SECOND,
      GST_MESSAGE_WARNING);

  fail_unless (message, "no warning");
  gst_message_parse_warning (message, &error, NULL);
  fail_unless (strstr (error->message,
          "waits for metadata on the pad metadata"), "%s", error->message);
  fail_unless (strstr (error->message, "wait-metadata=never"), "%s",
      error->message);
  assert_equals_int (gst_harness_buffers_received (h), 0);

  gst_harness_push_event (m, gst_event_new_eos ());
  fail_unless_equals_int (test_push_end (push), GST_FLOW_OK);
  g_error_free (error);
  gst_message_unref (message);
  gst_element_set_bus (h->element, NULL);
  gst_object_unref (bus);
  test_joined_teardown (h, m);
}

GST_END_TEST;

/* --- metadata that is ahead ---------------------------------------------- */

/* As many as there may be, for the first two frames */
static void
fill (GstHarness * m)
{
  for (guint i = 0; i < TIMED_JOIN_MAX_PAYLOADS; i++)
    test_push_payload (m, "x", i == 0 ? 40 : 80);
}

GST_START_TEST (test_seiinject_wait_metadata_waits_for_video)
{
  GstHarness *h, *m;

  begin (&h, &m, FALSE);
  fill (m);
  TestPush *push = test_push_begin (m, test_payload ("y", 80));

  assert_equals_uint64 (test_stat (h->element, "received"),
      TIMED_JOIN_MAX_PAYLOADS);
  test_assert_frame (h, 0, "x", NULL);
  fail_unless_equals_int (test_push_end (push), GST_FLOW_OK);
  test_assert_frame (h, 1, "x", "y", NULL);
  assert_equals_uint64 (test_stat (h->element, "received"),
      TIMED_JOIN_MAX_PAYLOADS + 1);
  assert_equals_uint64 (test_stat (h->element, "dropped"), 0);
  test_joined_teardown (h, m);
}

GST_END_TEST;

static void
flush_metadata (GstHarness * h, GstHarness * m)
{
  gst_harness_push_event (m, gst_event_new_flush_start ());
}

static void
end_video (GstHarness * h, GstHarness * m)
{
  gst_harness_push_event (h, gst_event_new_eos ());
}

static const struct
{
  Release release;
  GstFlowReturn flow;
  GstFlowReturn before;         /* if the buffer has not arrived yet */
} metadata_releases[] = {
  {flush_metadata, GST_FLOW_FLUSHING, GST_FLOW_FLUSHING},
  {stop, GST_FLOW_FLUSHING, GST_FLOW_FLUSHING},
  {end_video, GST_FLOW_EOS, GST_FLOW_EOS},
  {release_pad, GST_FLOW_FLUSHING, GST_FLOW_NOT_LINKED}
};

GST_START_TEST (test_seiinject_wait_of_metadata_is_interrupted)
{
  GstHarness *h, *m;

  begin (&h, &m, FALSE);
  fill (m);
  TestPush *push = test_push_begin (m, test_payload ("y", 80));

  metadata_releases[__i__].release (h, m);
  const GstFlowReturn flow = test_push_end (push);

  fail_unless (flow == metadata_releases[__i__].flow
      || flow == metadata_releases[__i__].before, "%s",
      gst_flow_get_name (flow));
  test_joined_teardown (h, m);
}

GST_END_TEST;

/* --- both at once --------------------------------------------------------- */

#define N_FRAMES 2000

static gpointer
push_lines (gpointer data)
{
  GstHarness *m = data;
  GString *lines = g_string_new (NULL);

  /* in buffers of 100 bytes or so, wherever lines end */
  for (guint i = 0; i < N_FRAMES; i++) {
    g_string_append_printf (lines, "{\"line\":%u}\n", i);
    if (lines->len >= 100 || i == N_FRAMES - 1) {
      const gsize cut = i == N_FRAMES - 1 ? lines->len : 100;
      gchar *part = g_strndup (lines->str, cut);

      test_push_payload (m, part, TEST_NO_MS);
      g_string_erase (lines, 0, cut);
      g_free (part);
    }
  }
  g_string_free (lines, TRUE);
  gst_harness_push_event (m, gst_event_new_eos ());

  return NULL;
}

GST_START_TEST (test_seiinject_wait_threads_give_each_line_its_frame)
{
  GstHarness *h = test_video_harness (FALSE);
  GstHarness *m = test_joined_harness (h, LINES, FALSE);
  GThread *thread = g_thread_new ("lines", push_lines, m);

  for (guint i = 0; i < N_FRAMES; i++) {
    gchar *line = g_strdup_printf ("{\"line\":%u}", i);

    test_assert_frame (h, i, line, NULL);
    g_free (line);
  }
  g_thread_join (thread);
  assert_equals_uint64 (test_stat (h->element, "received"), N_FRAMES);
  assert_equals_uint64 (test_stat (h->element, "injected"), N_FRAMES);
  test_joined_teardown (h, m);
}

GST_END_TEST;

static Suite *
seiinject_wait_suite (void)
{
  Suite *s = suite_create ("seiinject-wait");
  TCase *tc = tcase_create ("wait");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc,
      test_seiinject_wait_frame_has_what_came_while_it_waited, 0,
      G_N_ELEMENTS (releases));
  tcase_add_loop_test (tc, test_seiinject_wait_is_interrupted, 0, 2);
  tcase_add_test (tc, test_seiinject_wait_is_as_new_after_flush_of_video);
  tcase_add_loop_test (tc, test_seiinject_wait_not_where_anything_is_live, 1,
      4);
  tcase_add_test (tc, test_seiinject_wait_never_does_not);
  tcase_add_test (tc, test_seiinject_wait_not_for_pad_without_peer);
  tcase_add_test (tc, test_seiinject_wait_knows_a_source_that_is_linked_later);
  tcase_add_test (tc, test_seiinject_wait_of_5_s_is_told);
  tcase_add_test (tc, test_seiinject_wait_metadata_waits_for_video);
  tcase_add_loop_test (tc, test_seiinject_wait_of_metadata_is_interrupted, 0,
      G_N_ELEMENTS (metadata_releases));
  tcase_add_test (tc, test_seiinject_wait_threads_give_each_line_its_frame);

  return s;
}

GST_CHECK_MAIN (seiinject_wait);
