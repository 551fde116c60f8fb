/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What the elements do to the memories of a buffer */

#include <string.h>

#include <gst/check/check.h>

#include <gst/sei/sei.h>

#include "forgetful.h"
#include "timedbuffer.h"

/* A memory of letters: size times the same */
static GstMemory *
letters (gchar letter, gsize size, GstMemoryFlags flags)
{
  gchar *data = g_malloc (MAX (size, 1));

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
  TimedBufferMap map;
  guint8 bytes[4];

  fail_unless (timed_buffer_map (buffer, &map));
  assert_equals_int (map.bytes.size, 0);
  timed_buffer_unmap (&map);

  gst_buffer_append_memory (buffer, letters ('a', 2, 0));
  gst_buffer_append_memory (buffer, letters ('b', 3, 0));
  fail_unless (timed_buffer_map (buffer, &map));
  assert_equals_int (map.bytes.n_spans, 2);
  assert_equals_int (map.bytes.size, 5);
  assert_equals_int (bytes_copy (&map.bytes, 1, bytes, 4), 4);
  fail_unless (memcmp (bytes, "abbb", 4) == 0);
  timed_buffer_unmap (&map);
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
    buffer = timed_buffer_insert (buffer, offset, letters ('X', 2, 0));
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
  GstBuffer *buffer = timed_buffer_insert (gst_buffer_new (), 0,
      letters ('X', 2, 0));

  assert_text (buffer, "XX");
  gst_buffer_unref (buffer);
}

GST_END_TEST;

GST_START_TEST (test_insert_copies_what_must_not_be_shared)
{
  GstBuffer *buffer = gst_buffer_new ();

  gst_buffer_append_memory (buffer, letters ('a', 4, GST_MEMORY_FLAG_NO_SHARE));
  buffer = timed_buffer_insert (buffer, 2, letters ('X', 2, 0));
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
  buffer =
      timed_buffer_insert (buffer, 5 * 1000 + 9 + 500, letters ('X', 2, 0));

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

#define N_LETTERS 5
static const gchar alphabet[] = "abcde";

/* A buffer of the alphabet's bytes themselves. Behind letter i a memory ends if
 * bit i of @ends is set, and an empty one follows if @has_empty. */
static GstBuffer *
divided_alphabet (guint ends, gboolean has_empty)
{
  GstBuffer *buffer = gst_buffer_new ();
  gsize begin = 0;

  for (gsize i = 1; i <= N_LETTERS; i++) {
    if (i < N_LETTERS && (ends >> (i - 1) & 1) == 0)
      continue;
    gst_buffer_append_memory (buffer,
        gst_memory_new_wrapped (GST_MEMORY_FLAG_READONLY, (gpointer) alphabet,
            N_LETTERS, begin, i - begin, NULL, NULL));
    if (has_empty)
      gst_buffer_append_memory (buffer, letters ('-', 0, 0));
    begin = i;
  }
  return buffer;
}

/* Whether every letter is where it was, and no memory is empty */
static void
assert_letters_are_shared (GstBuffer * buffer)
{
  for (guint i = 0; i < gst_buffer_n_memory (buffer); i++) {
    GstMemory *memory = gst_buffer_peek_memory (buffer, i);
    GstMapInfo map;

    fail_unless (gst_memory_map (memory, &map, GST_MAP_READ));
    fail_unless (map.size > 0);
    for (gsize j = 0; j < map.size; j++) {
      if (g_ascii_islower (map.data[j]))
        fail_unless ((const gchar *) map.data + j ==
            alphabet + (map.data[j] - 'a'), "%c was copied", map.data[j]);
    }
    gst_memory_unmap (memory, &map);
  }
}

/* An edit with 2 bytes of the letter, or none for NUL */
static TimedEdit
new_edit (gsize offset, gsize size, gchar letter)
{
  const TimedEdit edit = {.offset = offset,.size = size,
    .memory = letter != '\0' ? letters (letter, 2, 0) : NULL
  };

  return edit;
}

static void
edit_model (GString * text, gsize offset, gsize size, gchar letter)
{
  const gchar inserted[] = { letter, letter, '\0' };

  g_string_erase (text, offset, size);
  g_string_insert (text, offset, inserted);
}

static void
check_two_edits (guint ends, gboolean has_empty, gsize offset, gsize size,
    gsize offset2, gsize size2)
{
  static const gchar inserted[][2] = {
    {'\0', '\0'}, {'X', '\0'}, {'\0', 'Y'}, {'X', 'Y'}
  };

  for (guint i = 0; i < G_N_ELEMENTS (inserted); i++) {
    const TimedEdit edits[] = {
      new_edit (offset, size, inserted[i][0]),
      new_edit (offset2, size2, inserted[i][1])
    };
    GstBuffer *buffer = divided_alphabet (ends, has_empty);
    GString *expected = g_string_new (alphabet);

    edit_model (expected, offset2, size2, inserted[i][1]);
    edit_model (expected, offset, size, inserted[i][0]);
    buffer = timed_buffer_edit (buffer, edits, 2);

    assert_text (buffer, expected->str);
    assert_letters_are_shared (buffer);
    g_string_free (expected, TRUE);
    gst_buffer_unref (buffer);
  }
}

/* All there are, in a buffer divided in every way */
GST_START_TEST (test_edit_twice_as_the_simple_model)
{
  const guint ends = __i__ >> 1;
  const gboolean has_empty = __i__ & 1;

  for (gsize offset = 0; offset <= N_LETTERS; offset++) {
    for (gsize end = offset; end <= N_LETTERS; end++) {
      for (gsize offset2 = end; offset2 <= N_LETTERS; offset2++) {
        for (gsize end2 = offset2; end2 <= N_LETTERS; end2++)
          check_two_edits (ends, has_empty, offset, end - offset, offset2,
              end2 - offset2);
      }
    }
  }
}

GST_END_TEST;

GST_START_TEST (test_edit_nothing_keeps_the_memories)
{
  GstBuffer *buffer = divided_alphabet (0x5, FALSE);
  GstMemory *memory = gst_buffer_peek_memory (buffer, 1);

  buffer = timed_buffer_edit (buffer, NULL, 0);
  assert_text (buffer, alphabet);
  assert_equals_int (gst_buffer_n_memory (buffer), 3);
  fail_unless (gst_buffer_peek_memory (buffer, 1) == memory);
  gst_buffer_unref (buffer);
}

GST_END_TEST;

#define N_BYTES 400

/* In one memory this gives 15 parts, 17, and so on */
static const guint many[] = { 7, 8, 15, 16, 31, 32, 33, 100 };

GST_START_TEST (test_edit_with_many_parts_stays_within_the_limit)
{
  const guint n_edits = many[__i__];

  for (guint n_memories = 1; n_memories <= 16; n_memories += 15) {
    GstBuffer *buffer = gst_buffer_new ();
    GString *expected = g_string_new (NULL);
    TimedEdit *edits = g_new (TimedEdit, n_edits);

    for (guint i = 0; i < n_memories; i++) {
      for (guint j = 0; j < N_BYTES / n_memories; j++)
        g_string_append_c (expected, 'a' + i);
      gst_buffer_append_memory (buffer,
          letters ('a' + i, N_BYTES / n_memories, 0));
    }
    for (guint i = 0; i < n_edits; i++)
      edits[i] = new_edit (i * 4 + 1, i % 3, 'A' + i % 26);
    for (guint i = n_edits; i > 0; i--)
      edit_model (expected, (i - 1) * 4 + 1, (i - 1) % 3, 'A' + (i - 1) % 26);
    buffer = timed_buffer_edit (buffer, edits, n_edits);

    assert_text (buffer, expected->str);
    fail_unless (gst_buffer_n_memory (buffer) <= TIMED_BUFFER_MAX_MEMORY);
    g_string_free (expected, TRUE);
    g_free (edits);
    gst_buffer_unref (buffer);
  }
}

GST_END_TEST;

GST_START_TEST (test_edit_keeps_what_is_not_bytes)
{
  static const guint8 uuid[GST_SEI_UUID_SIZE] = { 1 };
  const TimedEdit edits[] = { new_edit (0, 2, 'X'), new_edit (3, 1, '\0') };
  const guint flags = GST_BUFFER_FLAG_MARKER | GST_BUFFER_FLAG_DELTA_UNIT;
  GstBuffer *buffer = divided_alphabet (0x5, FALSE);
  GBytes *payload = g_bytes_new_static ("one", 3);
  GstBuffer *edited;

  GST_BUFFER_PTS (buffer) = 1;
  GST_BUFFER_DTS (buffer) = 2;
  GST_BUFFER_DURATION (buffer) = 3;
  GST_BUFFER_OFFSET (buffer) = 4;
  GST_BUFFER_OFFSET_END (buffer) = 5;
  GST_BUFFER_FLAG_SET (buffer, flags);
  gst_sei_buffer_add_meta (buffer, uuid, payload);
  if (__i__ == 1)
    gst_buffer_ref (buffer);
  edited = timed_buffer_edit (buffer, edits, 2);

  assert_text (edited, "XXce");
  assert_equals_uint64 (GST_BUFFER_PTS (edited), 1);
  assert_equals_uint64 (GST_BUFFER_DTS (edited), 2);
  assert_equals_uint64 (GST_BUFFER_DURATION (edited), 3);
  assert_equals_uint64 (GST_BUFFER_OFFSET (edited), 4);
  assert_equals_uint64 (GST_BUFFER_OFFSET_END (edited), 5);
  fail_unless (GST_BUFFER_FLAG_IS_SET (edited, flags));
  fail_unless (gst_sei_buffer_get_meta (edited)->payload == payload);

  /* One that is writable is changed itself, another one not */
  if (__i__ == 1) {
    fail_if (edited == buffer);
    assert_text (buffer, alphabet);
    assert_equals_int (gst_buffer_n_memory (buffer), 3);
    gst_buffer_unref (buffer);
  } else {
    fail_unless (edited == buffer);
  }
  g_bytes_unref (payload);
  gst_buffer_unref (edited);
}

GST_END_TEST;

GST_START_TEST (test_running_time_is_that_of_the_segment)
{
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_UNDEFINED);
  fail_unless (timed_running_time (&segment, 0) == TIMED_NO_TIME);
  gst_segment_init (&segment, GST_FORMAT_BYTES);
  fail_unless (timed_running_time (&segment, 0) == TIMED_NO_TIME);

  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.start = 1000;
  segment.base = 300;
  assert_equals_int64 (timed_running_time (&segment, 1500), 800);
  assert_equals_int64 (timed_running_time (&segment, 1000), 300);
  assert_equals_int64 (timed_running_time (&segment, 600), -100);
  fail_unless (timed_running_time (&segment, GST_CLOCK_TIME_NONE)
      == TIMED_NO_TIME);
}

GST_END_TEST;

/* Matroska files have such times */
static const GstClockTime far_times[] = {
  G_MAXINT64 / 4, G_MAXINT64 - 1, G_MAXINT64, (GstClockTime) G_MAXINT64 + 1,
  GST_CLOCK_TIME_NONE - 1
};

GST_START_TEST (test_running_time_is_bounded)
{
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  assert_equals_int64 (timed_running_time (&segment, far_times[__i__]),
      TIMED_MAX_TIME);
  segment.start = far_times[__i__];
  assert_equals_int64 (timed_running_time (&segment, 0), -TIMED_MAX_TIME);
}

GST_END_TEST;

GST_START_TEST (test_edit_fails_where_memory_cannot_be_read)
{
  GstAllocator *allocator = forgetful_new ();
  const TimedEdit cut = {.offset = 4,.size = 2 };

  /* a part is to be copied */
  fail_unless (timed_buffer_edit (forgetful_buffer (allocator, 1), &cut, 1) ==
      NULL);
  /* two are to be joined */
  fail_unless (timed_buffer_insert (forgetful_buffer (allocator, 16), 16,
          letters ('a', 1, 0)) == NULL);
  /* the second of them */
  forgetful_set_maps (allocator, 1);
  fail_unless (timed_buffer_insert (forgetful_buffer (allocator, 16), 0,
          letters ('a', 20, 0)) == NULL);
  /* nothing has to be read */
  GstBuffer *edited = timed_buffer_insert (forgetful_buffer (allocator, 2), 16,
      letters ('a', 1, 0));

  assert_equals_int (gst_buffer_get_size (edited), 33);
  gst_buffer_unref (edited);
  gst_object_unref (allocator);
}

GST_END_TEST;

static Suite *
timedbuffer_suite (void)
{
  Suite *s = suite_create ("timedbuffer");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_map_keeps_memories_apart);
  tcase_add_test (tc, test_insert_at_every_offset);
  tcase_add_test (tc, test_insert_into_empty_buffer);
  tcase_add_test (tc, test_insert_copies_what_must_not_be_shared);
  tcase_add_loop_test (tc, test_insert_into_full_buffer_joins_the_smallest, 15,
      17);
  tcase_add_loop_test (tc, test_edit_twice_as_the_simple_model, 0,
      2 << (N_LETTERS - 1));
  tcase_add_test (tc, test_edit_nothing_keeps_the_memories);
  tcase_add_loop_test (tc, test_edit_with_many_parts_stays_within_the_limit, 0,
      G_N_ELEMENTS (many));
  tcase_add_loop_test (tc, test_edit_keeps_what_is_not_bytes, 0, 2);
  tcase_add_test (tc, test_edit_fails_where_memory_cannot_be_read);
  tcase_add_test (tc, test_running_time_is_that_of_the_segment);
  tcase_add_loop_test (tc, test_running_time_is_bounded, 0,
      G_N_ELEMENTS (far_times));

  return s;
}

GST_CHECK_MAIN (timedbuffer);
