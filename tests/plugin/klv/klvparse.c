/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The element, through GstHarness */

#include "klvtest.h"

#include "forgetful.h"
#include "klvbytes.h"

#define UNIT_SIZE (KLV_BYTES_HEAD + 40)

/* Units of these names in one buffer, which begins at this second. @size: bytes of it */
static GstBuffer *
buffer_of (const gchar * names, gsize from, gsize size, guint second)
{
  GByteArray *bytes = g_byte_array_new ();
  GstBuffer *buffer;

  for (; *names; names++)
    put_unit (bytes, *names, 40);
  buffer = gst_buffer_new_memdup (bytes->data + from,
      MIN (size, bytes->len - from));
  GST_BUFFER_PTS (buffer) = second * GST_SECOND;
  g_byte_array_unref (bytes);
  return buffer;
}

static GstBuffer *
units (const gchar * names, guint second)
{
  return buffer_of (names, 0, G_MAXSIZE, second);
}

/* All but the last bytes of a unit, and the last */
#define FIRST_PART(names, second) buffer_of (names, 0, UNIT_SIZE - 10, second)
#define LAST_PART(names, second) \
    buffer_of (names, UNIT_SIZE - 10, G_MAXSIZE, second)

static GstHarness *
harness (void)
{
  GstHarness *h = gst_harness_new ("klvparse");

  gst_harness_set_src_caps_str (h, "meta/x-klv");
  return h;
}

/* That this is the next buffer. @time_s: -1 for none */
static void
assert_unit (GstHarness * h, gchar name, gint time_s)
{
  GstBuffer *buffer = gst_harness_try_pull (h);
  GByteArray *expected = g_byte_array_new ();

  fail_unless (buffer != NULL, "no unit %c", name);
  put_unit (expected, name, 40);
  gst_check_buffer_data (buffer, expected->data, expected->len);
  g_byte_array_unref (expected);
  assert_equals_uint64 (GST_BUFFER_PTS (buffer),
      time_s >= 0 ? (guint) time_s * GST_SECOND : GST_CLOCK_TIME_NONE);
  gst_buffer_unref (buffer);
}

static void
assert_none (GstHarness * h)
{
  fail_unless (gst_harness_try_pull (h) == NULL);
}

static void
assert_event (GstHarness * h, GstEventType type)
{
  GstEvent *event = gst_harness_try_pull_event (h);

  fail_unless (event != NULL, "no event");
  assert_equals_string (GST_EVENT_TYPE_NAME (event),
      gst_event_type_get_name (type));
  gst_event_unref (event);
}

GST_START_TEST (test_klvparse_one_buffer_is_one_unit)
{
  GstHarness *h = harness ();

  push (h, units ("abc", 1));
  push (h, FIRST_PART ("d", 2));
  push (h, LAST_PART ("de", 3));
  assert_unit (h, 'a', 1);
  assert_unit (h, 'b', 1);
  assert_unit (h, 'c', 1);
  assert_unit (h, 'd', 2);
  assert_unit (h, 'e', 3);
  assert_none (h);
  assert_equals_uint64 (get_stat (h->element, "units"), 5);
  assert_equals_uint64 (get_stat (h->element, "errors"), 0);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_klvparse_no_time_is_made_up)
{
  GstHarness *h = harness ();
  GstBuffer *buffer = units ("ab", 0);

  GST_BUFFER_PTS (buffer) = GST_CLOCK_TIME_NONE;
  push (h, buffer);
  assert_unit (h, 'a', -1);
  assert_unit (h, 'b', -1);
  gst_harness_teardown (h);
}

GST_END_TEST;

static void
assert_caps (GstHarness * h, const gchar * text)
{
  GstPad *pad = gst_element_get_static_pad (h->element, "src");
  GstCaps *caps = gst_pad_get_current_caps (pad);
  GstCaps *expected = gst_caps_from_string (text);

  fail_unless (caps && gst_caps_is_equal (caps, expected),
      "%" GST_PTR_FORMAT, caps);
  gst_caps_unref (expected);
  gst_caps_unref (caps);
  gst_object_unref (pad);
}

/* A unit that is begun goes on. */
GST_START_TEST (test_klvparse_caps_say_parsed)
{
  GstHarness *h = harness ();
  GstCaps *caps = gst_caps_from_string ("meta/x-klv,parsed=false,sparse=true");

  assert_caps (h, "meta/x-klv,parsed=true");
  push (h, FIRST_PART ("a", 1));
  gst_harness_push_event (h, gst_event_new_caps (caps));
  gst_caps_unref (caps);
  assert_caps (h, "meta/x-klv,parsed=true,sparse=true");
  push (h, LAST_PART ("a", 2));
  assert_unit (h, 'a', 1);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_klvparse_caps_of_others_are_refused)
{
  GstHarness *h = gst_harness_new ("klvparse");
  GstPad *pad = gst_element_get_static_pad (h->element, "sink");
  GstCaps *caps = gst_caps_from_string ("meta/x-sei");

  fail_if (gst_pad_query_accept_caps (pad, caps));
  gst_caps_unref (caps);
  gst_object_unref (pad);
  gst_harness_teardown (h);
}

GST_END_TEST;

static void
forget_events (GstHarness * h)
{
  GstEvent *event;

  while ((event = gst_harness_try_pull_event (h)))
    gst_event_unref (event);
}

GST_START_TEST (test_klvparse_gap_passes_within_a_unit)
{
  GstHarness *h = harness ();

  push (h, FIRST_PART ("a", 1));
  forget_events (h);
  gst_harness_push_event (h, gst_event_new_gap (GST_SECOND, GST_SECOND));
  assert_event (h, GST_EVENT_GAP);
  push (h, LAST_PART ("a", 2));
  assert_unit (h, 'a', 1);
  gst_harness_teardown (h);
}

GST_END_TEST;

static GstPadProbeReturn
note_order (GstPad * pad, GstPadProbeInfo * info, gpointer order)
{
  if (info->type & GST_PAD_PROBE_TYPE_BUFFER)
    g_string_append (order, "unit ");
  else
    g_string_append_printf (order, "%s ",
        GST_EVENT_TYPE_NAME (GST_PAD_PROBE_INFO_EVENT (info)));
  return GST_PAD_PROBE_OK;
}

/* What the unit that is given up has in it comes before the event. */
GST_START_TEST (test_klvparse_what_ends_a_unit)
{
  static const gchar *const names[] = { "stream-start", "segment", "eos" };
  GstHarness *h = harness ();
  GstPad *pad = gst_element_get_static_pad (h->element, "src");
  g_autoptr (GString) order = g_string_new (NULL);
  g_autofree gchar *expected = g_strdup_printf ("unit %s ", names[__i__]);
  GstBuffer *buffer = units ("xa", 1);
  GstSegment segment;

  gst_buffer_memset (buffer, KLV_KEY_SIZE + 2, 200, 1);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER
      | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, note_order, order, NULL);
  gst_object_unref (pad);
  push (h, buffer);
  assert_equals_uint64 (get_stat (h->element, "errors"), 0);
  g_string_truncate (order, 0);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_harness_push_event (h, __i__ == 0 ? gst_event_new_stream_start ("other")
      : __i__ == 1 ? gst_event_new_segment (&segment) : gst_event_new_eos ());
  assert_equals_string (order->str, expected);
  assert_unit (h, 'a', 1);
  assert_equals_uint64 (get_stat (h->element, "errors"), 1);
  assert_equals_uint64 (get_stat (h->element, "dropped-bytes"), UNIT_SIZE);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_klvparse_eos_with_half_a_unit)
{
  GstHarness *h = harness ();

  push (h, FIRST_PART ("a", 1));
  forget_events (h);
  gst_harness_push_event (h, gst_event_new_eos ());
  assert_event (h, GST_EVENT_EOS);
  assert_none (h);
  assert_equals_uint64 (get_stat (h->element, "dropped-bytes"), UNIT_SIZE - 10);
  assert_equals_uint64 (get_stat (h->element, "errors"), 1);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_klvparse_segment_of_a_file)
{
  GstHarness *h = harness ();

  push_segment_of_file (h);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_klvparse_flush_forgets)
{
  GstHarness *h = harness ();
  GstSegment segment;

  push (h, FIRST_PART ("a", 1));
  gst_harness_push_event (h, gst_event_new_flush_start ());
  assert_equals_int (gst_harness_push (h, units ("x", 2)), GST_FLOW_FLUSHING);
  gst_harness_push_event (h, gst_event_new_flush_stop (TRUE));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_harness_push_event (h, gst_event_new_segment (&segment));
  push (h, units ("b", 3));
  assert_unit (h, 'b', 3);
  assert_none (h);
  assert_equals_uint64 (get_stat (h->element, "errors"), 0);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_klvparse_has_no_latency)
{
  GstHarness *h = harness ();

  gst_harness_set_upstream_latency (h, 20 * GST_MSECOND);
  assert_equals_uint64 (gst_harness_query_latency (h), 20 * GST_MSECOND);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_klvparse_survives_null)
{
  GstHarness *h = harness ();
  GstSegment segment;

  push (h, units ("a", 1));
  push (h, gst_buffer_new_memdup ("plain text", 10));
  push (h, FIRST_PART ("b", 2));
  assert_unit (h, 'a', 1);
  gst_element_set_state (h->element, GST_STATE_NULL);
  assert_equals_uint64 (get_stat (h->element, "units"), 1);
  gst_element_set_state (h->element, GST_STATE_PLAYING);
  assert_equals_uint64 (get_stat (h->element, "units"), 0);
  gst_harness_push_event (h, gst_event_new_stream_start ("again"));
  gst_harness_set_src_caps_str (h, "meta/x-klv");
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_harness_push_event (h, gst_event_new_segment (&segment));
  push (h, units ("c", 3));
  assert_unit (h, 'c', 3);
  assert_equals_uint64 (get_stat (h->element, "units"), 1);
  assert_equals_uint64 (get_stat (h->element, "errors"), 0);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_klvparse_takes_lists)
{
  GstHarness *h = harness ();
  GstBufferList *list = gst_buffer_list_new ();

  gst_buffer_list_add (list, units ("ab", 1));
  gst_buffer_list_add (list, FIRST_PART ("c", 2));
  gst_buffer_list_add (list, LAST_PART ("c", 3));
  assert_equals_int (gst_pad_push_list (h->srcpad, list), GST_FLOW_OK);
  assert_unit (h, 'a', 1);
  assert_unit (h, 'b', 1);
  assert_unit (h, 'c', 2);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_klvparse_two_do_not_mix)
{
  GstHarness *h = harness (), *other = harness ();

  push (h, FIRST_PART ("a", 1));
  push (other, FIRST_PART ("b", 2));
  push (h, LAST_PART ("a", 3));
  push (other, LAST_PART ("b", 4));
  assert_unit (h, 'a', 1);
  assert_unit (other, 'b', 2);
  gst_harness_teardown (other);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_klvparse_max_size)
{
  GstElement *element = gst_element_factory_make_full ("klvparse", "max-size",
      UNIT_SIZE - __i__, NULL);
  GstHarness *h = gst_harness_new_with_element (element, "sink", "src");

  gst_object_unref (element);
  gst_harness_set_src_caps_str (h, "meta/x-klv");
  push (h, units ("ab", 1));
  assert_equals_uint64 (get_stat (h->element, "units"), __i__ == 0 ? 2 : 0);
  assert_equals_uint64 (get_stat (h->element, "errors"), __i__ == 0 ? 0 : 2);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_klvparse_other_is_dropped)
{
  GstHarness *h = harness ();

  push (h, gst_buffer_new_memdup ("plain text", 10));
  push (h, gst_buffer_new ());
  push (h, units ("a", 2));
  assert_unit (h, 'a', 2);
  assert_none (h);
  assert_equals_uint64 (get_stat (h->element, "dropped-bytes"), 10);
  assert_equals_uint64 (get_stat (h->element, "errors"), 1);
  gst_harness_teardown (h);
}

GST_END_TEST;

static GstFlowReturn
refuse (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  guint *n = pad->chaindata;

  gst_buffer_unref (buffer);
  return ++ * n == 2 ? GST_FLOW_EOS : GST_FLOW_OK;
}

/* What is left of a buffer that downstream did not want is no part of the next. */
GST_START_TEST (test_klvparse_downstream_says_no)
{
  GstHarness *h = harness ();
  guint n = 0;

  gst_pad_set_chain_function_full (h->sinkpad, refuse, &n, NULL);
  assert_equals_int (gst_harness_push (h, units ("abc", 1)), GST_FLOW_EOS);
  assert_equals_int (n, 2);
  push (h, units ("d", 2));
  assert_equals_int (n, 3);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_klvparse_unreadable_is_an_error)
{
  GstHarness *h = harness ();
  GstAllocator *allocator = forgetful_new ();
  GstBuffer *buffer = gst_buffer_new ();

  gst_buffer_append_memory (buffer, forgetful_memory (allocator, 0, "x", 1));
  forgetful_set_maps (allocator, 0);
  push_unreadable (h, h->element, buffer);
  gst_object_unref (allocator);
  gst_harness_teardown (h);
}

GST_END_TEST;

static void
count_warning (GstDebugCategory * category, GstDebugLevel level,
    const gchar * file, const gchar * function, gint line, GObject * object,
    GstDebugMessage * message, gpointer n)
{
  if (level <= GST_LEVEL_WARNING
      && g_str_equal (gst_debug_category_get_name (category), "klvparse"))
    g_atomic_int_inc ((gint *) n);
}

GST_START_TEST (test_klvparse_warns_at_powers_of_two)
{
  static gint n_warnings;
  GstHarness *h = harness ();

  g_atomic_int_set (&n_warnings, 0);
  gst_debug_set_threshold_for_name ("klvparse", GST_LEVEL_WARNING);
  gst_debug_add_log_function (count_warning, &n_warnings, NULL);
  for (guint i = 0; i < 100; i++) {
    push (h, gst_buffer_new_memdup ("plain text", 10));
    push (h, units ("a", i));
  }
  gst_debug_remove_log_function (count_warning);
  gst_debug_unset_threshold_for_name ("klvparse");
  assert_equals_uint64 (get_stat (h->element, "errors"), 100);
  /* 1, 2, 4, ..., 64 */
  assert_equals_int (g_atomic_int_get (&n_warnings), 7);
  gst_harness_teardown (h);
}

GST_END_TEST;

static Suite *
klvparse_suite (void)
{
  Suite *s = suite_create ("klvparse");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_klvparse_one_buffer_is_one_unit);
  tcase_add_test (tc, test_klvparse_no_time_is_made_up);
  tcase_add_test (tc, test_klvparse_caps_say_parsed);
  tcase_add_test (tc, test_klvparse_caps_of_others_are_refused);
  tcase_add_test (tc, test_klvparse_gap_passes_within_a_unit);
  tcase_add_loop_test (tc, test_klvparse_what_ends_a_unit, 0, 3);
  tcase_add_test (tc, test_klvparse_eos_with_half_a_unit);
  tcase_add_test (tc, test_klvparse_segment_of_a_file);
  tcase_add_test (tc, test_klvparse_flush_forgets);
  tcase_add_test (tc, test_klvparse_has_no_latency);
  tcase_add_test (tc, test_klvparse_survives_null);
  tcase_add_test (tc, test_klvparse_takes_lists);
  tcase_add_test (tc, test_klvparse_two_do_not_mix);
  tcase_add_loop_test (tc, test_klvparse_max_size, 0, 2);
  tcase_add_test (tc, test_klvparse_other_is_dropped);
  tcase_add_test (tc, test_klvparse_downstream_says_no);
  tcase_add_test (tc, test_klvparse_unreadable_is_an_error);
  tcase_add_test (tc, test_klvparse_warns_at_powers_of_two);

  return s;
}

GST_CHECK_MAIN (klvparse);
