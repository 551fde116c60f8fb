/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* seiextract without a peer behind its pad "src", and with one that comes later */

#include "naltest.h"
#include "padtest.h"

/* A harness whose element has nothing behind "src" */
static GstHarness *
unlinked_harness (gboolean nal)
{
  GstHarness *h = gst_harness_new_with_padnames ("seiextract", "sink", NULL);
  g_autofree gchar *caps = nal ? test_nal_caps (test_h264) :
      test_caps (test_h264);

  gst_harness_set_src_caps_str (h, caps);
  return h;
}

static GstHarness *
link_src (GstHarness * h)
{
  return gst_harness_new_with_element (h->element, NULL, "src");
}

static void
unlink_src (GstHarness * out)
{
  GstPad *src = gst_pad_get_peer (out->sinkpad);

  gst_pad_unlink (src, out->sinkpad);
  gst_object_unref (src);
}

static void
assert_pushes (GstHarness * h, GstBuffer * buffer)
{
  fail_unless_equals_int (gst_harness_push (h, buffer), GST_FLOW_OK);
}

GST_START_TEST (test_seiextract_unlinked_src_has_metas_from_the_link_on)
{
  GstHarness *h = unlinked_harness (FALSE);
  GstHarness *m = test_pad_harness (h, &test_any_template);
  GstHarness *out;
  GstBuffer *held = test_pad_access_unit (0, "zero");
  GstBuffer *buffer;

  assert_pushes (h, gst_buffer_ref (held));
  test_assert_metas (held, NULL);
  gst_buffer_unref (held);
  out = link_src (h);
  assert_pushes (h, test_pad_access_unit (1, "one"));
  buffer = gst_harness_pull (out);
  test_assert_metas (buffer, "one", NULL);
  gst_buffer_unref (buffer);
  unlink_src (out);
  assert_pushes (h, test_pad_access_unit (2, "two"));
  assert_pushes (h, test_pad_access_unit (3, NULL));

  test_assert_payload_at (m, "zero", 40 * GST_MSECOND);
  test_assert_payload_at (m, "one", 80 * GST_MSECOND);
  test_assert_payload_at (m, "two", 120 * GST_MSECOND);
  test_assert_first_events (m);
  gst_event_unref (test_assert_event (m, GST_EVENT_GAP));
  fail_if (gst_harness_try_pull (out));
  gst_harness_teardown (out);
  test_pad_release (h, m);
  gst_harness_teardown (h);
}

GST_END_TEST;

static GstPadProbeReturn
link_blocked (GstPad * pad, GstPadProbeInfo * info, gpointer sink)
{
  fail_unless_equals_int (gst_pad_link (pad, sink), GST_PAD_LINK_OK);
  return GST_PAD_PROBE_REMOVE;
}

/* So applications link while data flows */
GST_START_TEST (test_seiextract_unlinked_src_that_is_blocked_has_metas)
{
  GstHarness *h = unlinked_harness (FALSE);
  GstHarness *out = link_src (h);
  GstPad *src = gst_pad_get_peer (out->sinkpad);
  GstBuffer *buffer;

  gst_pad_unlink (src, out->sinkpad);
  gst_pad_add_probe (src, GST_PAD_PROBE_TYPE_BLOCK | GST_PAD_PROBE_TYPE_BUFFER,
      link_blocked, out->sinkpad, NULL);
  assert_pushes (h, test_pad_access_unit (0, "one"));
  buffer = gst_harness_pull (out);
  test_assert_metas (buffer, "one", NULL);
  gst_buffer_unref (buffer);
  gst_object_unref (src);
  gst_harness_teardown (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

static GstPadProbeReturn
check_metas (GstPad * pad, GstPadProbeInfo * info, gpointer n)
{
  GstBuffer *buffer = gst_pad_probe_info_get_buffer (info);

  test_assert_metas (buffer, "x", NULL);
  (*(guint *) n)++;
  return GST_PAD_PROBE_OK;
}

typedef struct
{
  GstPad *src, *sink;
  gint done;                    /* atomic */
} Links;

static gpointer
link_and_unlink (gpointer data)
{
  Links *links = data;

  while (!g_atomic_int_get (&links->done)) {
    gst_pad_link_full (links->src, links->sink, GST_PAD_LINK_CHECK_NOTHING);
    g_thread_yield ();
    gst_pad_unlink (links->src, links->sink);
  }
  return NULL;
}

GST_START_TEST (test_seiextract_src_linked_at_any_time_has_metas)
{
  GstHarness *h = unlinked_harness (FALSE);
  GstHarness *m = test_pad_harness (h, &test_any_template);
  GstHarness *out = link_src (h);
  Links links = { gst_pad_get_peer (out->sinkpad), out->sinkpad };
  const guint n_units = 3000;
  guint n_seen = 0;

  gst_pad_add_probe (out->sinkpad, GST_PAD_PROBE_TYPE_BUFFER, check_metas,
      &n_seen, NULL);

  GThread *thread = g_thread_new ("links", link_and_unlink, &links);

  for (guint i = 0; i < n_units; i++)
    assert_pushes (h, test_pad_access_unit (i, "x"));
  g_atomic_int_set (&links.done, 1);
  g_thread_join (thread);
  fail_unless (n_seen <= n_units);
  assert_equals_int (gst_harness_buffers_received (m), n_units);
  gst_object_unref (links.src);
  gst_harness_teardown (out);
  test_pad_release (h, m);
  gst_harness_teardown (h);
}

GST_END_TEST;

static GstBufferList *
split_unit (guint n, const gchar * payload)
{
  return test_split (test_h264, test_pad_access_unit (n, payload));
}

/* Linked between the message and its slice */
GST_START_TEST (test_seiextract_nal_unlinked_src_may_be_linked_at_slice)
{
  const gboolean remove = __i__;
  GstHarness *h = unlinked_harness (TRUE);
  GstHarness *m = test_pad_harness (h, &test_any_template);
  GstBufferList *list = split_unit (0, "one");
  const guint n = gst_buffer_list_length (list);
  GstHarness *out;
  GstBuffer *buffer;

  g_object_set (h->element, "remove", remove, NULL);
  test_push_nals (h, test_first_nals (gst_buffer_list_copy (list), n - 1));
  out = link_src (h);
  gst_buffer_list_remove (list, 0, n - 1);
  test_push_nals (h, list);
  buffer = gst_harness_pull (out);
  assert_equals_int (gst_buffer_get_size (buffer), TEST_SLICE_SIZE);
  test_assert_metas (buffer, "one", NULL);
  gst_buffer_unref (buffer);
  test_assert_payload_at (m, "one", 40 * GST_MSECOND);

  /* and unlinked, so that nothing of it is left for the next one */
  unlink_src (out);
  test_push_nals (h, split_unit (1, "two"));
  test_assert_payload_at (m, "two", 80 * GST_MSECOND);
  fail_if (gst_harness_try_pull (out));
  gst_harness_teardown (out);
  test_pad_release (h, m);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* What a message that was cut out has left belongs to the unit that nobody got. */
GST_START_TEST (test_seiextract_nal_unlinked_src_leaves_no_times)
{
  GstHarness *h = test_nal_harness ("seiextract", test_h264);
  GstHarness *m = test_pad_harness (h, &test_any_template);
  GstPad *src = gst_pad_get_peer (h->sinkpad);
  const TestMessage ours = TEST_OURS;
  g_autoptr (GByteArray) nal = test_sei_nal (test_h264, FALSE, &ours, 1);
  GstBuffer *sei = test_insert_nal (test_h264, gst_buffer_new (), nal->data,
      nal->len);
  g_autoptr (GstBuffer) unit = test_access_unit (test_h264, 0);
  GstBuffer *slice =
      gst_buffer_copy_region (unit, GST_BUFFER_COPY_MEMORY, 0, -1);
  GstBuffer *out;

  g_object_set (h->element, "remove", TRUE, NULL);
  GST_BUFFER_PTS (sei) = GST_SECOND;
  assert_pushes (h, sei);
  gst_pad_unlink (src, h->sinkpad);
  assert_pushes (h, gst_buffer_ref (slice));
  fail_unless_equals_int (gst_pad_link (src, h->sinkpad), GST_PAD_LINK_OK);
  assert_pushes (h, slice);
  out = gst_harness_pull (h);
  fail_if (GST_BUFFER_PTS_IS_VALID (out));
  gst_buffer_unref (out);
  test_assert_payload_at (m, "ours", GST_SECOND);
  gst_object_unref (src);
  test_pad_release (h, m);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_unlinked_src_flushes_and_ends)
{
  GstHarness *h = unlinked_harness (FALSE);
  GstPad *src = gst_element_get_static_pad (h->element, "src");

  fail_unless_equals_int (gst_harness_push (h, test_pad_access_unit (0, "x")),
      GST_FLOW_NOT_LINKED);
  gst_pad_push_event (src, gst_event_new_flush_start ());
  fail_unless_equals_int (gst_harness_push (h, test_pad_access_unit (1, "x")),
      GST_FLOW_FLUSHING);
  gst_pad_push_event (src, gst_event_new_flush_stop (FALSE));
  gst_pad_push_event (src, gst_event_new_eos ());
  fail_unless_equals_int (gst_harness_push (h, test_pad_access_unit (2, "x")),
      GST_FLOW_EOS);
  gst_object_unref (src);
  gst_harness_teardown (h);
}

GST_END_TEST;

static Suite *
seiextract_unlinked_suite (void)
{
  Suite *s = suite_create ("seiextract_unlinked");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_seiextract_unlinked_src_has_metas_from_the_link_on);
  tcase_add_test (tc, test_seiextract_unlinked_src_that_is_blocked_has_metas);
  tcase_add_test (tc, test_seiextract_src_linked_at_any_time_has_metas);
  tcase_add_loop_test (tc,
      test_seiextract_nal_unlinked_src_may_be_linked_at_slice, 0, 2);
  tcase_add_test (tc, test_seiextract_nal_unlinked_src_leaves_no_times);
  tcase_add_test (tc, test_seiextract_unlinked_src_flushes_and_ends);

  return s;
}

GST_CHECK_MAIN (seiextract_unlinked);
