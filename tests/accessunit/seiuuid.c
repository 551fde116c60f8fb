/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* UUIDs as text, and those that encoders use for banners */

#include <string.h>

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

#define X265 "\x2c\xa2\xde\x09\xb5\x17\x47\xdb\xbb\x55\xa4\xfe\x7f\xc2\xfc\x4e"
#define X264 "\xdc\x45\xe9\xbd\xe6\xd9\x48\xb7\x96\x2c\xd8\x20\xd9\x23\xee\xef"
#define OURS "\xa4\xb0\x05\x12\xd7\x94\x56\x11\x86\xb7\x17\x40\x6d\xe2\xf1\xde"
#define ZEROS "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define TEXT "0123456789abcdef"

#define BYTES(text) text, sizeof (text) - 1

/* Under x265's UUID */
static const struct
{
  const gchar *payload;
  gsize size;
  gsize skip;
  gboolean banner;
} wrapped[] = {
  {BYTES (OURS "{\"a\":1}"), 16, FALSE},
  {BYTES (OURS "hello"), 16, FALSE},
  {BYTES (OURS "\0\1\2"), 16, FALSE},
  {BYTES (OURS), 16, FALSE},
  {BYTES (ZEROS), 16, FALSE},
  {BYTES (TEXT "{\"a\":1}"), 16, FALSE},
  {BYTES (TEXT " {\"a\":1}\n\0"), 16, FALSE},
  {BYTES (TEXT "\xef\xbb\xbf{\"a\":1}"), 16, FALSE},
  /* twice; the banners of encoders before */
  {BYTES (X265 OURS "hello"), 32, FALSE},
  {BYTES (X265 X265 TEXT "{}"), 48, FALSE},
  {BYTES (X264 "x264 - core 164"), 16, TRUE},
  {BYTES (X265 "x265 (build 199)"), 16, TRUE},
  {BYTES (X265 X264 "x264 - core 164"), 32, TRUE},
  {BYTES (X265 X265 "x265 (build 199)"), 32, TRUE},
  /* text, and known all the same: a time in H.264 */
  {BYTES ("MISPmicrosectime\x9f"), 16, FALSE},
  /* nobody's UUID is in front of these */
  {BYTES ("x265 (build 199) - 3.5+1"), 0, TRUE},
  {BYTES ("x265"), 0, TRUE},
  {BYTES (""), 0, FALSE},
  {BYTES ("hello"), 0, FALSE},
  {BYTES ("\xa4\xb0\x05\x12\xd7\x94\x56\x11\x86\xb7\x17\x40\x6d\xe2\xf1"), 0,
      FALSE},
  {BYTES ("{\"sixteen\":\"and more\"}"), 0, FALSE},
  {BYTES ("{\"sixteen\":\"\xc3\xa4\"}"), 0, FALSE},
  {BYTES ("\n\t{\"sixteen\":\"and more\"}\0\0"), 0, FALSE},
  {BYTES ("\xef\xbb\xbf{\"sixteen\":\"and more\"}"), 0, FALSE},
  {BYTES (TEXT), 0, FALSE},
  {BYTES (TEXT "and more text"), 0, FALSE},
  {BYTES (TEXT "[1]"), 0, FALSE},
  {BYTES ("text that somebody writes {\"a\":1}"), 0, FALSE},
};

GST_START_TEST (test_uuid_what_x265_was_given)
{
  const guint8 *payload = (const guint8 *) wrapped[__i__].payload;
  const gsize size = wrapped[__i__].size;
  const gsize skip = sei_uuid_unwrap ((const guint8 *) X265, payload, size,
      NULL);

  assert_equals_uint64 (skip, wrapped[__i__].skip);
  fail_unless (sei_uuid_is_banner (skip > 0 ? payload + skip - 16 :
          (const guint8 *) X265, payload + skip,
          size - skip) == wrapped[__i__].banner);
  /* Under any other UUID it is what it is */
  assert_equals_uint64 (sei_uuid_unwrap ((const guint8 *) OURS, payload, size,
          NULL), 0);
}

GST_END_TEST;

/* Text under a UUID of text is not told from text, unless the UUID is known. */
GST_START_TEST (test_uuid_known_behind_that_of_x265)
{
  const guint8 *payload = (const guint8 *) TEXT "hello";
  GBytes *uuids = sei_uuid_parse_list (__i__ == 0 ? TEXT : SEI_UUID_DEFAULT);

  assert_equals_uint64 (sei_uuid_unwrap ((const guint8 *) X265, payload, 21,
          uuids), __i__ == 0 ? 16 : 0);
  g_bytes_unref (uuids);
}

GST_END_TEST;

/* Minutes if each took as long as what follows is large */
GST_START_TEST (test_uuid_many_in_front_take_no_time)
{
  const gsize n = 100000, size = 32 * n;
  guint8 *payload = g_malloc0 (size);

  for (gsize i = 0; i < n; i++)
    memcpy (payload + 16 * i, X265, 16);
  assert_equals_uint64 (sei_uuid_unwrap ((const guint8 *) X265, payload, size,
          NULL), 16 * (n + 1));
  g_free (payload);
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
  tcase_add_loop_test (tc, test_uuid_known_behind_that_of_x265, 0, 2);
  tcase_add_loop_test (tc, test_uuid_what_x265_was_given, 0,
      G_N_ELEMENTS (wrapped));
  tcase_add_test (tc, test_uuid_many_in_front_take_no_time);

  return s;
}

GST_CHECK_MAIN (seiuuid);
