/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* UUIDs as text, and those that encoders use for banners */

#include <gst/check/check.h>

#include "seiuuid.h"

static const struct
{
  const gchar *text;
  guint n_uuids;
  gboolean valid;
} lists[] = {
  {"", 0, TRUE},
  {"a4b00512-d794-5611-86b7-17406de2f1de", 1, TRUE},
  {"A4B00512D794561186B717406DE2F1DE", 1, TRUE},
  {"exactly 16 bytes", 1, TRUE},
  {"with,a comma, 16", 1, TRUE},
  {"exactly 16 bytes , a4b00512d794561186b717406de2f1de", 2, TRUE},
  {"exactly 16 bytes,", 0, FALSE},
  {"nonsense", 0, FALSE},
  {"a4b00512d794561186b717406de2f1d", 0, FALSE},
  {"a4b00512d794561186b717406de2f1dea", 0, FALSE},
  {"a4b00512d794561186b717406de2f1dg", 0, FALSE},
  {"no ascii: \xc3\xa4\xc3\xb6\xc3\xbc", 0, FALSE},
};

GST_START_TEST (test_uuid_list_is_read)
{
  GBytes *uuids = sei_uuid_parse_list (lists[__i__].text);

  fail_unless ((uuids != NULL) == lists[__i__].valid);
  if (uuids) {
    assert_equals_int (g_bytes_get_size (uuids), 16 * lists[__i__].n_uuids);
    g_bytes_unref (uuids);
  }
}

GST_END_TEST;

GST_START_TEST (test_uuid_text_reads_back)
{
  static const guint8 text[] = "x265 (build 1)";
  guint8 uuid[SEI_UUID_SIZE];
  gchar *formatted;

  fail_unless (sei_uuid_parse (SEI_UUID_DEFAULT, uuid));
  assert_equals_int (uuid[0], 0xa4);
  assert_equals_int (uuid[15], 0xde);
  formatted = sei_uuid_format (uuid);
  fail_unless_equals_string (formatted, SEI_UUID_DEFAULT);
  g_free (formatted);
  fail_if (sei_uuid_is_banner (uuid, text, 4));
  fail_unless (sei_uuid_parse ("dc45e9bd-e6d9-48b7-962c-d820d923eeef", uuid));
  fail_unless (sei_uuid_is_banner (uuid, text, 0));
  /* x265 writes what it is given under its own UUID, too */
  fail_unless (sei_uuid_parse ("2ca2de09-b517-47db-bb55-a4fe7fc2fc4e", uuid));
  fail_unless (sei_uuid_is_banner (uuid, text, 4));
  fail_if (sei_uuid_is_banner (uuid, text, 3));
  fail_if (sei_uuid_is_banner (uuid, uuid, 16));
}

GST_END_TEST;

static Suite *
seiuuid_suite (void)
{
  Suite *s = suite_create ("seiuuid");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_uuid_list_is_read, 0, G_N_ELEMENTS (lists));
  tcase_add_test (tc, test_uuid_text_reads_back);

  return s;
}

GST_CHECK_MAIN (seiuuid);
