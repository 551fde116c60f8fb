/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What the elements do to the memories of a buffer, and UUIDs as text */

#include <string.h>

#include <gst/check/check.h>

#include "gst/sei/seibuffer.h"
#include "gst/sei/seiuuid.h"

/* A memory of letters: size times the same */
static GstMemory *
letters (gchar letter, gsize size, GstMemoryFlags flags)
{
  gchar *data = g_malloc (size);

  memset (data, letter, size);
  return gst_memory_new_wrapped (flags, data, size, 0, size, data, g_free);
}

static void
assert_text (GstBuffer * buffer, const gchar * text)
{
  assert_equals_int (gst_buffer_get_size (buffer), strlen (text));
  fail_unless (gst_buffer_memcmp (buffer, 0, text, strlen (text)) == 0);
}

GST_START_TEST (test_map_keeps_memories_apart)
{
  GstBuffer *buffer = gst_buffer_new ();
  SeiBufferMap map;
  guint8 bytes[4];

  fail_unless (sei_buffer_map (buffer, &map));
  assert_equals_int (map.bytes.size, 0);
  sei_buffer_unmap (&map);

  gst_buffer_append_memory (buffer, letters ('a', 2, 0));
  gst_buffer_append_memory (buffer, letters ('b', 3, 0));
  fail_unless (sei_buffer_map (buffer, &map));
  assert_equals_int (map.bytes.n_spans, 2);
  assert_equals_int (map.bytes.size, 5);
  assert_equals_int (sei_bytes_copy (&map.bytes, 1, bytes, 4), 4);
  fail_unless (memcmp (bytes, "abbb", 4) == 0);
  sei_buffer_unmap (&map);
  assert_equals_int (gst_buffer_n_memory (buffer), 2);
  gst_buffer_unref (buffer);
}

GST_END_TEST;

GST_START_TEST (test_insert_at_every_offset)
{
  const gchar *const before = "aabbbcccc";

  for (gsize offset = 0; offset <= strlen (before); offset++) {
    GstBuffer *buffer = gst_buffer_new ();
    gchar *after = g_strdup_printf ("%.*sXX%s", (int) offset, before,
        before + offset);

    gst_buffer_append_memory (buffer, letters ('a', 2, 0));
    gst_buffer_append_memory (buffer, letters ('b', 3, 0));
    gst_buffer_append_memory (buffer, letters ('c', 4, 0));
    buffer = sei_buffer_insert (buffer, offset, letters ('X', 2, 0));
    assert_text (buffer, after);
    /* One more where memories meet, two where one is divided */
    assert_equals_int (gst_buffer_n_memory (buffer),
        offset == 0 || offset == 2 || offset == 5 || offset == 9 ? 4 : 5);
    g_free (after);
    gst_buffer_unref (buffer);
  }
}

GST_END_TEST;

GST_START_TEST (test_insert_into_empty_buffer)
{
  GstBuffer *buffer = sei_buffer_insert (gst_buffer_new (), 0,
      letters ('X', 2, 0));

  assert_text (buffer, "XX");
  gst_buffer_unref (buffer);
}

GST_END_TEST;

GST_START_TEST (test_insert_copies_what_must_not_be_shared)
{
  GstBuffer *buffer = gst_buffer_new ();

  gst_buffer_append_memory (buffer, letters ('a', 4, GST_MEMORY_FLAG_NO_SHARE));
  buffer = sei_buffer_insert (buffer, 2, letters ('X', 2, 0));
  assert_text (buffer, "aaXXaa");
  gst_buffer_unref (buffer);
}

GST_END_TEST;

GST_START_TEST (test_insert_into_full_buffer_joins_the_smallest)
{
  const guint n_before = __i__;
  GstBuffer *buffer = gst_buffer_new ();
  GstMemory *large[16] = { NULL };
  GString *text = g_string_new (NULL);
  guint n_large = 0;

  /* Small ones at 4, 5 and 6, which are the only ones that may be copied */
  for (guint i = 0; i < n_before; i++) {
    const gboolean is_small = i >= 4 && i <= 6;
    const gsize size = is_small ? 3 : 1000;

    for (gsize j = 0; j < size; j++)
      g_string_append_c (text, 'a' + i);
    gst_buffer_append_memory (buffer, letters ('a' + i, size, 0));
    if (!is_small && i != 8)
      large[n_large++] = gst_buffer_get_memory (buffer, i);
  }
  /* In the middle of memory 8 */
  g_string_insert (text, 5 * 1000 + 9 + 500, "XX");
  buffer = sei_buffer_insert (buffer, 5 * 1000 + 9 + 500, letters ('X', 2, 0));

  assert_text (buffer, text->str);
  assert_equals_int (gst_buffer_n_memory (buffer), 16);
  for (guint i = 0; i < n_large; i++) {
    gboolean found = FALSE;

    for (guint j = 0; j < 16 && !found; j++)
      found = gst_buffer_peek_memory (buffer, j) == large[i];
    fail_unless (found, "memory %u was copied", i);
    gst_memory_unref (large[i]);
  }
  g_string_free (text, TRUE);
  gst_buffer_unref (buffer);
}

GST_END_TEST;

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
  if (uuids != NULL) {
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
seibuffer_suite (void)
{
  Suite *s = suite_create ("seibuffer");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_map_keeps_memories_apart);
  tcase_add_test (tc, test_insert_at_every_offset);
  tcase_add_test (tc, test_insert_into_empty_buffer);
  tcase_add_test (tc, test_insert_copies_what_must_not_be_shared);
  tcase_add_loop_test (tc, test_insert_into_full_buffer_joins_the_smallest, 15,
      17);
  tcase_add_loop_test (tc, test_uuid_list_is_read, 0, G_N_ELEMENTS (lists));
  tcase_add_test (tc, test_uuid_text_reads_back);

  return s;
}

GST_CHECK_MAIN (seibuffer);
