/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* seiextract: what `stats` says of messages that `uuid` left out */

#include "naltest.h"

#include <string.h>

#define OURS "a4b00512d794561186b717406de2f1de"
#define NOBODY "00000000000000000000000000000001"

static const guint8 x265_uuid[16] = {
  0x2c, 0xa2, 0xde, 0x09, 0xb5, 0x17, 0x47, 0xdb,
  0xbb, 0x55, 0xa4, 0xfe, 0x7f, 0xc2, 0xfc, 0x4e
};

static void
push_messages (GstHarness * h, const TestMessage * messages, guint n)
{
  gst_buffer_unref (gst_harness_push_and_pull (h, test_insert_sei (test_h264,
              test_access_unit (test_h264, 0), messages, n)));
}

/* Returns: (transfer full): "UUID count, ..." */
static gchar *
dup_ignored (GstElement * element)
{
  GString *text = g_string_new (NULL);
  g_autoptr (GstStructure) stats = NULL;

  g_object_get (element, "stats", &stats, NULL);

  const GValue *uuids = gst_structure_get_value (stats, "ignored-uuids");
  guint64 sum = test_stat (element, "ignored-others")
      + test_stat (element, "ignored-banners");

  fail_unless (GST_VALUE_HOLDS_ARRAY (uuids));
  for (guint i = 0; i < gst_value_array_get_size (uuids); i++) {
    const GstStructure *ignored =
        gst_value_get_structure (gst_value_array_get_value (uuids, i));
    guint64 count;

    fail_unless (gst_structure_get_uint64 (ignored, "count", &count));
    g_string_append_printf (text, "%s%s %" G_GUINT64_FORMAT, i ? ", " : "",
        gst_structure_get_string (ignored, "uuid"), count);
    sum += count;
  }
  assert_equals_uint64 (sum, test_stat (element, "ignored"));
  return g_string_free (text, FALSE);
}

static void
assert_ignored (GstElement * element, const gchar * expected)
{
  g_autofree gchar *text = dup_ignored (element);

  fail_unless_equals_string (text, expected);
}

GST_START_TEST (test_seiextract_ignored_uuids_are_named)
{
  static const TestMessage four[] = {
    TEST_OTHER, TEST_OURS, TEST_BANNER, TEST_OTHER
  };
  GstHarness *h = test_harness ("seiextract", test_h264);

  g_object_set (h->element, "uuid", NOBODY, NULL);
  assert_ignored (h->element, "");
  push_messages (h, four, 4);
  push_messages (h, four, 3);
  assert_ignored (h->element, "00010203-0405-0607-0809-0a0b0c0d0e0f 3, "
      "a4b00512-d794-5611-86b7-17406de2f1de 2");
  assert_equals_uint64 (test_stat (h->element, "ignored-banners"), 2);
  assert_equals_uint64 (test_stat (h->element, "ignored-others"), 0);

  /* What is read is not ignored */
  g_object_set (h->element, "uuid", OURS, NULL);
  push_messages (h, four, 3);
  assert_ignored (h->element, "00010203-0405-0607-0809-0a0b0c0d0e0f 4, "
      "a4b00512-d794-5611-86b7-17406de2f1de 2");

  /* PAUSED begins anew */
  test_restart (h, test_h264);
  assert_ignored (h->element, "");
  gst_harness_teardown (h);
}

GST_END_TEST;

/* Whoever reads the list looks for metadata, and every video of x264 has a banner. */
GST_START_TEST (test_seiextract_ignored_uuids_have_no_banner)
{
  static const TestMessage banners[] = {
    TEST_BANNER, TEST_MESSAGE (x265_uuid, "x265 (build 199)")
  };
  static const TestMessage given[] = {
    /* as x265 writes what it was given */
    TEST_MESSAGE (x265_uuid, "\x01\x02\x03\x04\x05\x06\x07\x08"
        "\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10payload"),
    TEST_MESSAGE (x265_uuid, "{}")
  };
  GstHarness *h = test_harness ("seiextract", test_h264);

  push_messages (h, banners, 2);
  assert_ignored (h->element, "");
  g_object_set (h->element, "uuid", OURS, NULL);
  push_messages (h, banners, 2);
  assert_ignored (h->element, "");
  assert_equals_uint64 (test_stat (h->element, "ignored-banners"), 4);

  push_messages (h, given, 2);
  assert_ignored (h->element, "01020304-0506-0708-090a-0b0c0d0e0f10 1, "
      "2ca2de09-b517-47db-bb55-a4fe7fc2fc4e 1");
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_ignored_uuids_are_found_in_noise)
{
  const guint n_frames = 100, n_noise = 20;
  GstHarness *h = test_harness ("seiextract", test_h264);
  GRand *rand = g_rand_new_with_seed (14);
  g_autofree gchar *text = NULL;

  g_object_set (h->element, "uuid", NOBODY, NULL);
  for (guint i = 0; i < n_frames; i++) {
    const TestMessage camera = TEST_OTHER;

    for (guint j = 0; j < n_noise; j++) {
      guint8 uuid[16];

      for (guint k = 0; k < sizeof (uuid); k++)
        uuid[k] = (guint8) g_rand_int_range (rand, 1, 256);

      const TestMessage noise = TEST_MESSAGE (uuid, "noise");

      push_messages (h, &noise, 1);
    }
    push_messages (h, &camera, 1);
  }
  text = dup_ignored (h->element);
  fail_unless (g_str_has_prefix (text,
          "00010203-0405-0607-0809-0a0b0c0d0e0f 100, "), "%s", text);
  /* 16 of them, all others once */
  fail_unless_equals_uint64 (strlen (text), 40 + 15 * 40);
  assert_equals_uint64 (test_stat (h->element, "ignored-others"),
      n_frames * n_noise - 15);
  g_rand_free (rand);
  gst_harness_teardown (h);
}

GST_END_TEST;

static Suite *
seiextract_ignored_suite (void)
{
  Suite *s = suite_create ("seiextract_ignored");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_seiextract_ignored_uuids_are_named);
  tcase_add_test (tc, test_seiextract_ignored_uuids_have_no_banner);
  tcase_add_test (tc, test_seiextract_ignored_uuids_are_found_in_noise);

  return s;
}

GST_CHECK_MAIN (seiextract_ignored);
