/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bytes.h"

#include "split.h"

#define SIZE 12

static void
check_copy (const Bytes * bytes, void *user_data)
{
  const uint8_t *data = user_data;

  g_assert_cmpuint (bytes->size, ==, SIZE);
  for (size_t offset = 0; offset <= SIZE + 1; offset++) {
    for (size_t size = 0; size <= SIZE + 2; size++) {
      const size_t left = offset < SIZE ? SIZE - offset : 0;
      const size_t expected = MIN (size, left);
      uint8_t *dst = malloc (size);

      g_assert_cmpuint (bytes_copy (bytes, offset, dst, size), ==, expected);
      if (expected > 0)
        g_assert_cmpmem (dst, expected, data + offset, expected);
      free (dst);
    }
  }
  g_assert_cmpuint (bytes_copy (bytes, SIZE_MAX, NULL, 0), ==, 0);
}

static void
check_cursor (const Bytes * bytes, void *user_data)
{
  const uint8_t *data = user_data;

  for (size_t offset = 0; offset <= SIZE + 2; offset++) {
    BytesCursor cursor;

    bytes_cursor_init (&cursor, bytes, offset);
    g_assert_cmpuint (cursor.offset, ==, MIN (offset, SIZE));
    for (size_t i = offset; i < SIZE; i++) {
      BytesCursor copy = cursor;

      g_assert_cmpint (bytes_cursor_next (&cursor), ==, data[i]);
      g_assert_cmpint (bytes_cursor_next (&copy), ==, data[i]);
      g_assert_cmpuint (cursor.offset, ==, i + 1);
    }
    for (unsigned i = 0; i < 3; i++)
      g_assert_cmpint (bytes_cursor_next (&cursor), ==, -1);
    g_assert_cmpuint (cursor.offset, ==, SIZE);
  }
}

static void
check_skip (const Bytes * bytes, void *user_data)
{
  const uint8_t *data = user_data;

  for (size_t from = 0; from <= SIZE; from++) {
    for (size_t n = 0; n <= SIZE + 1; n++) {
      const size_t to = MIN (from + n, SIZE);
      BytesCursor cursor;

      bytes_cursor_init (&cursor, bytes, from);
      bytes_cursor_skip (&cursor, n);
      g_assert_cmpuint (cursor.offset, ==, to);
      g_assert_cmpint (bytes_cursor_next (&cursor), ==,
          to < SIZE ? data[to] : -1);
    }
  }

  BytesCursor cursor;
  bytes_cursor_init (&cursor, bytes, SIZE_MAX);
  g_assert_cmpuint (cursor.offset, ==, SIZE);
  bytes_cursor_skip (&cursor, SIZE_MAX);
  g_assert_cmpuint (cursor.offset, ==, SIZE);
}

static void
check_look (const Bytes * bytes, void *user_data)
{
  const uint8_t *data = user_data;

  for (size_t offset = 0; offset <= SIZE; offset++) {
    for (size_t size = 0; size <= SIZE + 2; size++) {
      const size_t expected = MIN (size, SIZE - offset);
      uint8_t *room = malloc (size);
      size_t found = 99;
      BytesCursor cursor;

      bytes_cursor_init (&cursor, bytes, offset);
      const uint8_t *seen = bytes_cursor_look (&cursor, size, room, &found);
      g_assert_cmpuint (found, ==, expected);
      if (expected > 0)
        g_assert_cmpmem (seen, expected, data + offset, expected);
      g_assert_cmpuint (cursor.offset, ==, offset);
      free (room);
    }
  }
}

static void
test_bytes_split (gconstpointer func)
{
  uint8_t data[SIZE];

  for (unsigned i = 0; i < SIZE; i++)
    data[i] = (uint8_t) (200 + i);
  for_each_split (data, SIZE, (SplitFunc) func, data);
}

static void
test_bytes_none_are_no_bytes (void)
{
  const BytesSpan empty[2] = { {NULL, 0}, {NULL, 0} };

  for (unsigned n_spans = 0; n_spans <= 2; n_spans++) {
    Bytes bytes;
    BytesCursor cursor;
    uint8_t byte = 7;
    size_t found;

    bytes_init (&bytes, n_spans > 0 ? empty : NULL, n_spans);
    g_assert_cmpuint (bytes.size, ==, 0);
    g_assert_cmpuint (bytes_copy (&bytes, 0, &byte, 1), ==, 0);
    bytes_cursor_init (&cursor, &bytes, 0);
    g_assert_cmpint (bytes_cursor_next (&cursor), ==, -1);
    bytes_cursor_look (&cursor, 1, &byte, &found);
    g_assert_cmpuint (found, ==, 0);
    bytes_cursor_skip (&cursor, 1);
    g_assert_cmpint (bytes_cursor_next (&cursor), ==, -1);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/bytes/copy-stops-at-the-end", check_copy,
      test_bytes_split);
  g_test_add_data_func ("/bytes/cursor-reads-across-spans", check_cursor,
      test_bytes_split);
  g_test_add_data_func ("/bytes/look-does-not-step", check_look,
      test_bytes_split);
  g_test_add_data_func ("/bytes/skip-stops-at-the-end", check_skip,
      test_bytes_split);
  g_test_add_func ("/bytes/none-are-no-bytes", test_bytes_none_are_no_bytes);
  return g_test_run ();
}
