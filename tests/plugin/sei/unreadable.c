/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Video in memory that cannot be read, at first or when it has to be copied */

#include "forgetful.h"
#include "padtest.h"

/* An access unit with a message, in one memory */
static GstBuffer *
access_unit (GstAllocator * allocator)
{
  g_autoptr (GstBuffer) readable = test_insert_message (test_h264,
      test_access_unit (test_h264, 0), test_uuid, "one");
  GstBuffer *buffer = gst_buffer_new ();
  GstMapInfo map;

  gst_buffer_map (readable, &map, GST_MAP_READ);
  gst_buffer_append_memory (buffer,
      forgetful_memory (allocator, GST_MEMORY_FLAG_NO_SHARE, map.data,
          map.size));
  gst_buffer_unmap (readable, &map);
  gst_buffer_copy_into (buffer, readable, GST_BUFFER_COPY_METADATA, 0, -1);
  return buffer;
}

/* The buffer ends the stream with an error that says what to do. */
static void
assert_unreadable (GstHarness * h, GstBuffer * buffer)
{
  g_autoptr (GstBus) bus = gst_bus_new ();
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  gst_element_set_bus (h->element, bus);
  assert_equals_int (gst_harness_push (h, buffer), GST_FLOW_ERROR);
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  fail_unless (message != NULL);
  gst_message_parse_error (message, &error, NULL);
  fail_unless (g_error_matches (error, GST_RESOURCE_ERROR,
          GST_RESOURCE_ERROR_READ));
  fail_unless (strstr (error->message, "convert") != NULL);
  gst_element_set_bus (h->element, NULL);
  gst_harness_teardown (h);
}

GST_START_TEST (test_unreadable_video_is_an_error)
{
  static const gchar *const elements[] = { "seiinject metadata=x",
    "seiextract"
  };
  GstAllocator *allocator = forgetful_new ();
  GstHarness *h = gst_harness_new_parse (elements[__i__]);
  g_autofree gchar *caps = test_caps (test_h264);

  gst_harness_set_src_caps_str (h, caps);
  assert_unreadable (h, access_unit (allocator));
  gst_object_unref (allocator);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_unreadable_memory_cannot_be_joined)
{
  GstAllocator *allocator = forgetful_new ();
  GstHarness *h = test_harness ("seiinject", test_h264);
  GstBuffer *buffer = gst_buffer_append (test_access_unit (test_h264, 0),
      forgetful_buffer (allocator, 15));

  g_object_set (h->element, "metadata", "x", NULL);
  assert_equals_int (gst_buffer_n_memory (buffer), 16);
  /* once, to find the slice */
  forgetful_set_maps (allocator, 15);
  assert_unreadable (h, buffer);
  gst_object_unref (allocator);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_unreadable_memory_cannot_be_copied)
{
  GstAllocator *allocator = forgetful_new ();
  GstHarness *h = test_harness ("seiextract", test_h264);

  g_object_set (h->element, "remove", TRUE, NULL);
  forgetful_set_maps (allocator, 1);
  assert_unreadable (h, access_unit (allocator));
  gst_object_unref (allocator);
}

GST_END_TEST;

/* The test holds the buffer, so that it has to be copied before anything can be changed
 * in it: for an edit, for metas, for the flag of a message in front of it. */
GST_START_TEST (test_unreadable_memory_cannot_be_made_writable)
{
  static const struct
  {
    const gchar *element;
    gboolean nal;
  } cases[] = {
    {"seiinject metadata=x", FALSE}, {"seiinject metadata=x", TRUE},
    {"seiextract", FALSE}, {"seiextract remove=true", FALSE}
  };
  GstAllocator *allocator = forgetful_new ();
  GstHarness *h = gst_harness_new_parse (cases[__i__].element);
  g_autofree gchar *caps = cases[__i__].nal ? test_nal_caps (test_h264) :
      test_caps (test_h264);
  g_autoptr (GstBuffer) held = access_unit (allocator);

  if (cases[__i__].nal)
    gst_buffer_resize (held, gst_buffer_get_size (held) - TEST_SLICE_SIZE, -1);
  GST_BUFFER_FLAG_SET (held, GST_BUFFER_FLAG_DISCONT);
  gst_harness_set_src_caps_str (h, caps);
  forgetful_set_maps (allocator, 1);
  assert_unreadable (h, gst_buffer_ref (held));
  gst_object_unref (allocator);
}

GST_END_TEST;

/* Where nobody gets the video, nothing in it has to be changed. */
GST_START_TEST (test_seiextract_unlinked_src_needs_no_copy)
{
  GstAllocator *allocator = forgetful_new ();
  GstHarness *h = gst_harness_new_with_padnames ("seiextract", "sink", NULL);
  GstHarness *m = test_pad_harness (h, &test_any_template);
  g_autofree gchar *caps = test_caps (test_h264);
  g_autoptr (GstBuffer) held = access_unit (allocator);

  g_object_set (h->element, "remove", __i__ % 2, "extract-roi", __i__ / 2,
      NULL);
  gst_harness_set_src_caps_str (h, caps);
  forgetful_set_maps (allocator, 1);
  assert_equals_int (gst_harness_push (h, gst_buffer_ref (held)), GST_FLOW_OK);
  test_assert_payload_at (m, "one", 40 * GST_MSECOND);
  test_pad_release (h, m);
  gst_harness_teardown (h);
  gst_object_unref (allocator);
}

GST_END_TEST;

static Suite *
unreadable_suite (void)
{
  Suite *s = suite_create ("unreadable");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_unreadable_video_is_an_error, 0, 2);
  tcase_add_loop_test (tc, test_unreadable_memory_cannot_be_made_writable, 0,
      4);
  tcase_add_test (tc, test_seiinject_unreadable_memory_cannot_be_joined);
  tcase_add_test (tc, test_seiextract_unreadable_memory_cannot_be_copied);
  tcase_add_loop_test (tc, test_seiextract_unlinked_src_needs_no_copy, 0, 4);

  return s;
}

GST_CHECK_MAIN (unreadable);
