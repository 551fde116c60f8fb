/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* SEI messages of other payload types than user data, through both elements */

#include <string.h>

#include "naltest.h"

/* Zeros that need emulation prevention, also behind a type or size that ends with
 * zero; a message of no bytes; one whose size takes two bytes */
static const gchar zeros[] = "\0\0\1\0\0\0\0\0\3\0\0";
static const gchar longer[] =
    "longer than 255 bytes .................................................."
    "........................................................................"
    "........................................................................"
    "........................................................................";

#define BINARY(type, bytes) { type, NULL, bytes, sizeof (bytes) - 1 }

static const TestMessage messages[] = {
  BINARY (4, "\xb5\0\x31GA94"), TEST_OURS, BINARY (100, "{\"agora\":1}"),
  BINARY (240, zeros), BINARY (245, "\0\0"), BINARY (255, ""),
  BINARY (300, longer), {5, test_other_uuid, zeros, sizeof (zeros) - 1},
  BINARY (510, zeros), BINARY (0, "\0"), BINARY (65535, "x")
};

#define N_MESSAGES G_N_ELEMENTS (messages)

static void
add_meta (GstBuffer * buffer, const TestMessage * message)
{
  GBytes *payload = g_bytes_new (message->content, message->size);

  gst_sei_buffer_add_meta_full (buffer, message->type, message->uuid, payload);
  g_bytes_unref (payload);
}

/* Whether the stream can hold a NAL unit of it. */
static gboolean
fits (const TestFormat * format, const TestMessage * message)
{
  GByteArray *nal = test_sei_nal (format, FALSE, message, 1);
  const guint length_size = format->format.length_size;
  const gboolean ok = length_size == 0 || length_size == 4
      || nal->len >> (8 * length_size) == 0;

  g_byte_array_unref (nal);
  return ok;
}

/* Each message in a NAL unit of its own, if it fits. Takes @buffer. */
static GstBuffer *
insert_all (const TestFormat * format, GstBuffer * buffer)
{
  for (guint i = 0; i < N_MESSAGES; i++) {
    if (fits (format, &messages[i]))
      buffer = test_insert_sei (format, buffer, &messages[i], 1);
  }
  return buffer;
}

/* What comes out, in one buffer, in either alignment. Takes @in. */
static GstBuffer *
push_and_join (GstHarness * h, const TestFormat * format, gboolean nal,
    GstBuffer * in)
{
  if (!nal)
    return gst_harness_push_and_pull (h, in);
  test_push_nals (h, test_split (format, in));
  return test_join (test_pull_nals (h));
}

static GstHarness *
new_harness (const gchar * element, const TestFormat * format, gboolean nal)
{
  return nal ? test_nal_harness (element, format) :
      test_harness (element, format);
}

/* --- seiinject ----------------------------------------------------------- */

GST_START_TEST (test_othertypes_inject_each_meta_with_its_type)
{
  const TestFormat *format = &test_formats[__i__ / 2];
  GstHarness *h = new_harness ("seiinject", format, __i__ % 2);
  GstBuffer *in = test_access_unit (format, 0);
  GstBuffer *expected = insert_all (format, gst_buffer_copy (in));
  guint n_fit = 0;

  for (guint i = 0; i < N_MESSAGES; i++) {
    add_meta (in, &messages[i]);
    n_fit += fits (format, &messages[i]);
  }
  GstBuffer *out = push_and_join (h, format, __i__ % 2, in);

  test_assert_bytes (out, expected);
  assert_equals_uint64 (test_stat (h->element, "injected"), n_fit);
  assert_equals_uint64 (test_stat (h->element, "too-large"),
      N_MESSAGES - n_fit);
  gst_buffer_unref (expected);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* The same bytes under another type are another message. */
GST_START_TEST (test_othertypes_inject_what_is_not_there)
{
  static const TestMessage there[] = {
    BINARY (100, "x"), BINARY (1, "y"), BINARY (245, "")
  };
  static const TestMessage metas[] = {
    BINARY (245, ""), BINARY (240, "x"), BINARY (100, "x"), BINARY (100, "y"),
    BINARY (240, "x"), TEST_MESSAGE (test_uuid, "x")
  };
  static const TestMessage expected_behind[] = {
    BINARY (240, "x"), BINARY (100, "y"), TEST_MESSAGE (test_uuid, "x")
  };
  const TestFormat *format = &test_formats[__i__ / 2];
  GstHarness *h = new_harness ("seiinject", format, __i__ % 2);
  GstBuffer *in = test_insert_sei (format, test_access_unit (format, 0), there,
      G_N_ELEMENTS (there));
  GstBuffer *expected = gst_buffer_copy (in);

  for (guint i = 0; i < G_N_ELEMENTS (expected_behind); i++)
    expected = test_insert_sei (format, expected, &expected_behind[i], 1);
  for (guint i = 0; i < G_N_ELEMENTS (metas); i++)
    add_meta (in, &metas[i]);
  GstBuffer *out = push_and_join (h, format, __i__ % 2, in);

  test_assert_bytes (out, expected);
  assert_equals_uint64 (test_stat (h->element, "present"), 2);
  gst_buffer_unref (expected);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* In alignment nal the meta comes behind the message that it is. */
GST_START_TEST (test_othertypes_inject_meta_behind_its_message)
{
  static const TestMessage there = BINARY (100, "x");
  GstHarness *h = test_nal_harness ("seiinject", test_h264);
  GstBufferList *in = test_split (test_h264, test_insert_sei (test_h264,
          test_access_unit (test_h264, 0), &there, 1));
  const guint n = gst_buffer_list_length (in);

  add_meta (gst_buffer_list_get_writable (in, n - 1), &there);
  test_push_nals (h, in);
  GstBufferList *out = test_pull_nals (h);

  assert_equals_int (gst_buffer_list_length (out), n);
  assert_equals_uint64 (test_stat (h->element, "present"), 1);
  gst_buffer_list_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_othertypes_inject_bounds_hold_for_all)
{
  static const TestMessage metas[] = {
    BINARY (100, "12345"), BINARY (100, "1234"), BINARY (65536, "x"),
    BINARY (G_MAXUINT32, "x")
  };
  GstHarness *h = test_harness ("seiinject", test_h264);
  GstBuffer *in = test_access_unit (test_h264, 0);
  GstBuffer *expected = test_insert_sei (test_h264, gst_buffer_copy (in),
      &metas[1], 1);

  g_object_set (h->element, "max-payload", 4, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (metas); i++)
    add_meta (in, &metas[i]);
  GstBuffer *out = gst_harness_push_and_pull (h, in);

  test_assert_bytes (out, expected);
  assert_equals_uint64 (test_stat (h->element, "too-large"), 3);
  gst_buffer_unref (expected);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

static Suite *
othertypes_suite (void)
{
  Suite *s = suite_create ("othertypes");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_othertypes_inject_each_meta_with_its_type, 0,
      2 * N_TEST_FORMATS);
  tcase_add_loop_test (tc, test_othertypes_inject_what_is_not_there, 0,
      2 * N_TEST_FORMATS);
  tcase_add_test (tc, test_othertypes_inject_meta_behind_its_message);
  tcase_add_test (tc, test_othertypes_inject_bounds_hold_for_all);

  return s;
}

GST_CHECK_MAIN (othertypes);
