/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Where units begin and end in buffers, and what is said of them */

#include "splittertest.h"

/* --- units and buffers --------------------------------------------------- */

static void
test_several_in_a_buffer (void)
{
  Test test;

  begin (&test);
  push (&test, units ("abc", 40));
  push (&test, units ("d", 40));
  g_assert_cmpuint (counts (&test)->units, ==, 4);
  end (&test, "a@0 b@0 c@0 d@1", 0);
}

static void
test_over_buffers_at_every_cut (void)
{
  g_autoptr (GByteArray) bytes = units ("abc", 40);
  const gsize size = bytes->len / 3;

  for (gsize cut = 1; cut < bytes->len; cut++) {
    g_autofree char *expected =
        g_strdup_printf ("a@0 b@%d c@%d", cut <= size, cut <= 2 * size);
    Test test;

    begin (&test);
    push_cut (&test, bytes, cut);
    end (&test, expected, 0);
  }
}

static void
test_in_pieces_of_every_size (void)
{
  g_autoptr (GByteArray) bytes = units ("abcdef", 300);

  for (gsize size = 1; size <= bytes->len; size++) {
    Test test;

    begin (&test);
    push_in_pieces (&test, bytes, size);
    g_assert_cmpuint (counts (&test)->units, ==, 6);
    g_assert_cmpuint (test.n_out, ==, bytes->len);
    g_assert_cmpint (test.parts->str[0], ==, 'a');
    g_string_assign (test.parts, "");
    end (&test, "", 0);
  }
}

static void
test_empty_buffers (void)
{
  g_autoptr (GByteArray) bytes = units ("ab", 40);
  Test test;

  begin (&test);
  push (&test, g_byte_array_new ());
  push_flags (&test, bytes->data, 30, 0);
  push (&test, g_byte_array_new ());
  push_flags (&test, bytes->data + 30, bytes->len - 30, 0);
  end (&test, "a@1 b@3", 0);
}

static void
test_max_size (void)
{
  const gsize room = MAX_SIZE - KLV_BYTES_HEAD;
  Test test;

  begin (&test);
  push (&test, units ("ab", room));
  push (&test, unit ('c', room + 1));
  push (&test, unit ('d', 1));
  push (&test, join (unit ('e', room + 1), unit ('f', 1)));
  end (&test, "a@0 b@0 d@2 f@3", 2);
}

/* A unit that is within a buffer is no copy, and one that fills it is the buffer. */
static void
test_memory_is_shared (void)
{
  KlvSplitter *splitter = klv_splitter_new (MAX_SIZE);
  g_autoptr (GByteArray) one = units ("a", 40);
  g_autoptr (GByteArray) three = units ("bcd", 40);
  GstBuffer *buffer = gst_buffer_new_memdup (one->data, one->len);
  GstMapInfo map, part_map;
  KlvPart part;

  klv_splitter_push (splitter, buffer);
  g_assert_true (klv_splitter_next (splitter, &part));
  g_assert_true (part.buffer == buffer);
  gst_buffer_unref (buffer);

  buffer = gst_buffer_new_memdup (three->data, three->len);
  gst_buffer_map (buffer, &map, GST_MAP_READ);
  klv_splitter_push (splitter, gst_buffer_ref (buffer));
  for (gsize i = 0; i < 3; i++) {
    g_assert_true (klv_splitter_next (splitter, &part));
    gst_buffer_map (part.buffer, &part_map, GST_MAP_READ);
    g_assert_true (part_map.data == map.data + i * map.size / 3);
    gst_buffer_unmap (part.buffer, &part_map);
    gst_buffer_unref (part.buffer);
  }
  gst_buffer_unmap (buffer, &map);
  gst_buffer_unref (buffer);
  klv_splitter_free (splitter);
}

static GstBuffer *
marked_buffer (const guint8 * data, gsize size, guint second)
{
  GstBuffer *buffer = gst_buffer_new_memdup (data, size);
  g_autoptr (GstCaps) caps = gst_caps_new_empty_simple ("timestamp/x-unix");

  GST_BUFFER_PTS (buffer) = second * GST_SECOND;
  GST_BUFFER_DTS (buffer) = second * GST_SECOND + 1;
  GST_BUFFER_DURATION (buffer) = second + 2;
  GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_MARKER);
  gst_buffer_add_reference_timestamp_meta (buffer, caps, second, 5);
  return buffer;
}

static void
assert_marked (KlvSplitter * splitter, guint second, gboolean discont)
{
  KlvPart part;
  GstReferenceTimestampMeta *meta;

  g_assert_true (klv_splitter_next (splitter, &part));
  g_assert_cmpuint (GST_BUFFER_PTS (part.buffer), ==, second * GST_SECOND);
  g_assert_cmpuint (GST_BUFFER_DTS (part.buffer), ==, second * GST_SECOND + 1);
  g_assert_cmpuint (GST_BUFFER_DURATION (part.buffer), ==, second + 2);
  g_assert_true (GST_BUFFER_FLAG_IS_SET (part.buffer, GST_BUFFER_FLAG_MARKER));
  g_assert_cmpint (GST_BUFFER_FLAG_IS_SET (part.buffer,
          GST_BUFFER_FLAG_DISCONT), ==, discont);
  meta = gst_buffer_get_reference_timestamp_meta (part.buffer, NULL);
  g_assert_nonnull (meta);
  g_assert_cmpuint (meta->timestamp, ==, second);
  gst_buffer_unref (part.buffer);
}

static void
test_times_flags_and_metas (void)
{
  KlvSplitter *splitter = klv_splitter_new (MAX_SIZE);
  g_autoptr (GByteArray) bytes = units ("abcd", 40);
  const gsize size = bytes->len / 4;
  GstBuffer *buffer = marked_buffer (bytes->data, 5 * size / 2, 3);
  KlvPart part;

  GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  klv_splitter_push (splitter, buffer);
  assert_marked (splitter, 3, TRUE);
  assert_marked (splitter, 3, FALSE);
  g_assert_false (klv_splitter_next (splitter, &part));
  klv_splitter_push (splitter, marked_buffer (bytes->data + 5 * size / 2,
          bytes->len - 5 * size / 2, 4));
  assert_marked (splitter, 3, FALSE);
  assert_marked (splitter, 4, FALSE);
  klv_splitter_free (splitter);
}

/* The discontinuity is before the first unit, also if that waits for its rest. */
static void
test_discont_is_on_the_first (void)
{
  KlvSplitter *splitter = klv_splitter_new (MAX_SIZE);
  g_autoptr (GByteArray) bytes = units ("ab", 40);
  GstBuffer *buffer = marked_buffer (bytes->data, 30, 1);

  GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  klv_splitter_push (splitter, buffer);
  klv_splitter_next (splitter, NULL);
  klv_splitter_push (splitter, marked_buffer (bytes->data + 30,
          bytes->len - 30, 2));
  assert_marked (splitter, 1, TRUE);
  assert_marked (splitter, 2, FALSE);

  buffer = marked_buffer (bytes->data, bytes->len, 3);
  GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  klv_splitter_push (splitter, buffer);
  assert_marked (splitter, 3, TRUE);
  assert_marked (splitter, 3, FALSE);
  klv_splitter_free (splitter);
}

static void
test_discont_is_on_the_first_in_a_unit_that_is_given_up (void)
{
  KlvSplitter *splitter = klv_splitter_new (MAX_SIZE);
  g_autoptr (GByteArray) bytes = join (false_unit ('x', 40, 1000),
      units ("ab", 40));
  GstBuffer *buffer = marked_buffer (bytes->data, bytes->len, 1);

  GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  klv_splitter_push (splitter, buffer);
  klv_splitter_next (splitter, NULL);
  klv_splitter_end (splitter);
  assert_marked (splitter, 1, TRUE);
  assert_marked (splitter, 1, FALSE);
  klv_splitter_free (splitter);
}

static void
test_clear_forgets (void)
{
  g_autoptr (GByteArray) bytes = units ("ab", 40);
  Test test;

  begin (&test);
  push_flags (&test, bytes->data, 90, 0);
  klv_splitter_clear (test.splitter);
  push_flags (&test, bytes->data + 90, bytes->len - 90, 0);
  push (&test, units ("c", 40));
  g_assert_cmpuint (counts (&test)->dropped_bytes, ==, 0);
  g_assert_cmpint (test.parts->str[4], ==, '[');
  test.n_in = test.n_out;
  g_string_erase (test.parts, 4, strcspn (test.parts->str + 4, "c"));
  end (&test, "a@0 c@2", 0);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/klv/splitter/several-in-a-buffer",
      test_several_in_a_buffer);
  g_test_add_func ("/klv/splitter/over-buffers-at-every-cut",
      test_over_buffers_at_every_cut);
  g_test_add_func ("/klv/splitter/in-pieces-of-every-size",
      test_in_pieces_of_every_size);
  g_test_add_func ("/klv/splitter/empty-buffers", test_empty_buffers);
  g_test_add_func ("/klv/splitter/max-size", test_max_size);
  g_test_add_func ("/klv/splitter/memory-is-shared", test_memory_is_shared);
  g_test_add_func ("/klv/splitter/times-flags-and-metas",
      test_times_flags_and_metas);
  g_test_add_func ("/klv/splitter/discont-is-on-the-first",
      test_discont_is_on_the_first);
  g_test_add_func
      ("/klv/splitter/discont-is-on-the-first-in-a-unit-that-is-given-up",
      test_discont_is_on_the_first_in_a_unit_that_is_given_up);
  g_test_add_func ("/klv/splitter/clear-forgets", test_clear_forgets);
  return g_test_run ();
}
