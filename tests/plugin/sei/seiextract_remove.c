/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* seiextract remove=true: which bytes are cut out of access units */

#include "naltest.h"

#define OUR_UUID "a4b00512d794561186b717406de2f1de"

/* Takes both. That one becomes the other if messages of @uuid are removed. */
static void
assert_removed (const TestFormat * format, const gchar * uuid, GstBuffer * in,
    GstBuffer * expected)
{
  GstHarness *h = test_remove_harness (format, uuid);
  GstBuffer *out = gst_harness_push_and_pull (h, in);

  test_assert_bytes (out, expected);
  gst_buffer_unref (out);
  gst_buffer_unref (expected);
  gst_harness_teardown (h);
}

GST_START_TEST (test_seiextract_remove_undoes_seiinject)
{
  static const gchar zeros[] = "\0\0\1\0\0\0\0\0\3\0\0";
  const TestFormat *format = &test_formats[__i__];
  GstHarness *h = gst_harness_new_parse ("seiinject name=inject ! "
      "seiextract remove=true");
  GstElement *inject = gst_bin_get_by_name (GST_BIN (h->element), "inject");
  GBytes *bytes = g_bytes_new_static (zeros, sizeof (zeros) - 1);
  gchar *caps = test_caps (format);

  gst_harness_set_src_caps_str (h, caps);
  g_object_set (inject, "metadata-bytes", bytes, NULL);
  for (guint n_memories = 1; n_memories <= 16; n_memories += 5) {
    GstBuffer *in = test_divide (test_access_unit (format, 0), n_memories);
    gpointer state = NULL;

    test_add_meta (in, test_uuid, "");
    test_add_meta (in, test_other_uuid, "{\"a\":1}");
    GstBuffer *out = gst_harness_push_and_pull (h, gst_buffer_ref (in));

    test_assert_bytes (out, in);
    test_assert_payload (gst_sei_buffer_iterate_meta (out, &state)->payload,
        "");
    test_assert_payload (gst_sei_buffer_iterate_meta (out, &state)->payload,
        "{\"a\":1}");
    fail_unless (g_bytes_equal (gst_sei_buffer_iterate_meta (out,
                &state)->payload, bytes));
    fail_if (gst_sei_buffer_iterate_meta (out, &state));
    gst_buffer_unref (in);
    gst_buffer_unref (out);
  }
  g_free (caps);
  g_bytes_unref (bytes);
  gst_object_unref (inject);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* Every NAL unit of three messages: first, middle, last or only one */
GST_START_TEST (test_seiextract_remove_any_message_of_nal_unit)
{
  static const TestMessage kinds[4] = {
    TEST_OURS, TEST_OTHER, TEST_REGISTERED, TEST_RECOVERY_POINT
  };
  const TestFormat *format = &test_formats[__i__];

  for (guint combination = 0; combination < 4 * 4 * 4; combination++) {
    const TestMessage messages[3] = {
      kinds[combination % 4], kinds[combination / 4 % 4],
      kinds[combination / 16]
    };
    GstBuffer *in = test_access_unit (format, combination);
    GstBuffer *expected = gst_buffer_copy (in);
    TestMessage left[3];
    guint n_left = 0;

    for (guint i = 0; i < 3; i++) {
      if (messages[i].uuid != test_uuid)
        left[n_left++] = messages[i];
    }
    in = test_insert_sei (format, in, messages, 3);
    expected = test_insert_sei (format, expected, left, n_left);
    assert_removed (format, OUR_UUID, in, expected);
  }
}

GST_END_TEST;

#define BINARY(type, bytes) { type, NULL, bytes, sizeof (bytes) - 1 }

/* What comes together at a cut may need emulation prevention it did not have, or
 * not need any more what it had */
GST_START_TEST (test_seiextract_remove_renews_emulation_prevention)
{
  static const struct
  {
    TestMessage before, ours, behind;
  } cases[] = {
    /* 00 00 | 01 */
    {BINARY (4, "x\0\0"), TEST_MESSAGE (test_uuid, "ours"), BINARY (1, "x")},
    {BINARY (4, "x\0"), TEST_MESSAGE (test_uuid, ""), BINARY (0, "\1")},
    /* The prevention is at the end of ours, and inside */
    {BINARY (4, "x"), TEST_MESSAGE (test_uuid, "x\0\0"), BINARY (1, "x")},
    {BINARY (4, "x"), TEST_MESSAGE (test_uuid, "\0\0\1\0\0\0"), BINARY (0, "")},
    /* It is in others, right before and behind */
    {BINARY (4, "\0\0\1\0\0"), TEST_MESSAGE (test_uuid, "\0\0"),
        BINARY (2, "\0\0\3")},
    {BINARY (0, "\0\0\0"), TEST_MESSAGE (test_uuid, "\0\0"), BINARY (0, "\0")},
    {BINARY (3, "\0\0\3"), TEST_MESSAGE (test_uuid, "\3"), BINARY (3, "\0\0")},
  };
  const TestFormat *format = &test_formats[__i__];

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    for (guint divide = 0; divide < 2; divide++) {
      const TestMessage all[] = {
        cases[i].before, cases[i].ours, cases[i].behind
      };
      const TestMessage left[] = { cases[i].before, cases[i].behind };
      GstBuffer *in = test_access_unit (format, i);
      GstBuffer *expected = test_insert_sei (format, gst_buffer_copy (in), left,
          2);

      in = test_insert_sei (format, in, all, 3);
      if (divide)
        in = test_divide (in, 16);
      assert_removed (format, "", in, expected);
    }
  }
}

GST_END_TEST;

GST_START_TEST (test_seiextract_remove_takes_messages_of_several_nal_units)
{
  static const TestMessage first[] = { TEST_OURS, TEST_OURS };
  static const TestMessage second[] = { TEST_REGISTERED, TEST_OURS };
  static const TestMessage third[] = { TEST_OTHER };
  static const TestMessage suffix[] = { TEST_OURS, TEST_OTHER };
  const TestFormat *format = &test_formats[__i__];
  const gboolean h265 = format->format.codec == H26X_CODEC_H265;
  GstBuffer *in = test_access_unit (format, 0);
  GstBuffer *expected = gst_buffer_copy (in);

  expected = test_insert_sei (format, expected, second, 1);
  expected = test_insert_sei (format, expected, third, 1);
  in = test_insert_sei (format, in, first, 2);
  in = test_insert_sei (format, in, second, 2);
  in = test_insert_sei (format, in, third, 1);
  in = test_insert_sei (format, in, first, 1);
  if (h265) {
    in = test_append_sei (format, in, suffix, 2);
    in = test_append_sei (format, in, suffix, 1);
    expected = test_append_sei (format, expected, suffix + 1, 1);
  }
  assert_removed (format, OUR_UUID, in, expected);
}

GST_END_TEST;

/* A start code of 3 bytes belongs to the NAL unit that goes, one of 4 stays before
 * what is left of it, and what is between NAL units is not touched. */
GST_START_TEST (test_seiextract_remove_keeps_start_codes)
{
  static const guint8 delimiter[] = { 0, 0, 1, 0x09, 0xf0 };
  static const guint8 whole[] = { 0, 0, 1, 0x06, 0x05, 0x10, 'u', 'u', 'u', 'u',
    'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 0x80
  };
  static const guint8 part[] = { 0, 0, 0, 1, 0x06, 0x06, 0x01, 0x84, 0x05, 0x10,
    'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u',
    'u', 0x80
  };
  static const guint8 left[] = { 0, 0, 0, 1, 0x06, 0x06, 0x01, 0x84, 0x80 };
  static const guint8 trailing_zeros[] = { 0, 0, 0 };
  static const guint8 slice[] = { 0, 0, 1, 0x65, 0x88, 0x84 };
  GByteArray *in = g_byte_array_new ();
  GByteArray *expected = g_byte_array_new ();

  g_byte_array_append (in, delimiter, sizeof (delimiter));
  g_byte_array_append (in, whole, sizeof (whole));
  g_byte_array_append (in, part, sizeof (part));
  g_byte_array_append (in, trailing_zeros, sizeof (trailing_zeros));
  g_byte_array_append (in, whole, sizeof (whole));
  g_byte_array_append (in, slice, sizeof (slice));
  g_byte_array_append (expected, delimiter, sizeof (delimiter));
  g_byte_array_append (expected, left, sizeof (left));
  /* The last of the zeros is zero_byte of what goes */
  g_byte_array_append (expected, trailing_zeros, sizeof (trailing_zeros) - 1);
  g_byte_array_append (expected, slice, sizeof (slice));

  assert_removed (test_h264, "uuuuuuuuuuuuuuuu",
      test_insert_bytes (gst_buffer_new (), 0, in->data, in->len),
      test_insert_bytes (gst_buffer_new (), 0, expected->data, expected->len));
  g_byte_array_unref (in);
  g_byte_array_unref (expected);
}

GST_END_TEST;

/* Puts a NAL unit of @message and other bytes behind it, or only these, before the
 * slice */
static GstBuffer *
insert_with_tail (const TestFormat * format, GstBuffer * buffer,
    const TestMessage * message, const guint8 * tail, gsize size)
{
  GByteArray *nal = test_sei_nal (format, FALSE, message, message ? 1 : 0);

  g_byte_array_set_size (nal, nal->len - 1);
  g_byte_array_append (nal, tail, size);
  buffer = test_insert_nal (format, buffer, nal->data, nal->len);
  g_byte_array_unref (nal);

  return buffer;
}

GST_START_TEST (test_seiextract_remove_leaves_what_is_broken)
{
  static const struct
  {
    guint8 bytes[8];
    gsize size;
    guint n_broken;
  } tails[] = {
    /* payloadSize exceeds the NAL unit, is missing, does not suffice for a UUID */
    {{0x05, 0x7f, 1, 2, 3, 0x80}, 6, 1}, {{0x05}, 1, 1},
    {{0x05, 0x02, 1, 2, 0x80}, 5, 1}, {{0x04, 0xff, 0xff, 0xff}, 4, 1},
    /* No trailing bits, which is no error, but stays so */
    {{0x04, 0x01, 0xb5}, 3, 0}
  };
  static const TestMessage ours = TEST_OURS;
  const TestFormat *format = &test_formats[__i__];

  for (guint i = 0; i < G_N_ELEMENTS (tails); i++) {
    GstHarness *h = test_remove_harness (format, "");
    GstBuffer *in = test_access_unit (format, i);
    GstBuffer *expected = insert_with_tail (format, gst_buffer_copy (in), NULL,
        tails[i].bytes, tails[i].size);

    in = insert_with_tail (format, in, &ours, tails[i].bytes, tails[i].size);
    in = test_insert_sei (format, in, &ours, 1);
    GstBuffer *out = gst_harness_push_and_pull (h, in);

    test_assert_bytes (out, expected);
    test_assert_metas (out, "ours", "ours", NULL);
    assert_equals_uint64 (test_stat (h->element, "broken"), tails[i].n_broken);
    gst_buffer_unref (out);
    gst_buffer_unref (expected);
    gst_harness_teardown (h);
  }
}

GST_END_TEST;

GST_START_TEST (test_seiextract_remove_is_what_uuid_selects)
{
  static const TestMessage messages[] = { TEST_BANNER, TEST_OURS, TEST_OTHER };
  static const struct
  {
    const gchar *uuid;
    guint left[3];              /* indices of messages, then 3 */
    guint n_left;
  } cases[] = {
    {"", {0}, 1},
    {OUR_UUID, {0, 2}, 2},
    {"dc45e9bde6d948b7962cd820d923eeef", {1, 2}, 2},
    {OUR_UUID ",dc45e9bde6d948b7962cd820d923eeef", {2}, 1},
    {"0123456789abcdef", {0, 1, 2}, 3},
  };
  const TestFormat *format = &test_formats[__i__];

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    GstBuffer *in = test_access_unit (format, i);
    GstBuffer *expected = gst_buffer_copy (in);
    TestMessage left[3];

    for (guint j = 0; j < cases[i].n_left; j++)
      left[j] = messages[cases[i].left[j]];
    in = test_insert_sei (format, in, messages, 3);
    expected = test_insert_sei (format, expected, left, cases[i].n_left);
    assert_removed (format, cases[i].uuid, in, expected);
  }
}

GST_END_TEST;

static Suite *
seiextract_remove_suite (void)
{
  Suite *s = suite_create ("seiextract_remove");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_seiextract_remove_undoes_seiinject, 0,
      N_TEST_FORMATS);
  tcase_add_loop_test (tc, test_seiextract_remove_any_message_of_nal_unit, 0,
      N_TEST_FORMATS);
  tcase_add_loop_test (tc, test_seiextract_remove_renews_emulation_prevention,
      0, N_TEST_FORMATS);
  tcase_add_loop_test (tc,
      test_seiextract_remove_takes_messages_of_several_nal_units, 0,
      N_TEST_FORMATS);
  tcase_add_test (tc, test_seiextract_remove_keeps_start_codes);
  tcase_add_loop_test (tc, test_seiextract_remove_leaves_what_is_broken, 0,
      N_TEST_FORMATS);
  tcase_add_loop_test (tc, test_seiextract_remove_is_what_uuid_selects, 0,
      N_TEST_FORMATS);

  return s;
}

GST_CHECK_MAIN (seiextract_remove);
