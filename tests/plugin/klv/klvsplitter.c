/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Units are named by the letters of their values, and by the second of the buffer whose
 * times they have: "a@0 b@0". What is no KLV is in brackets. */

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include <gst/gst.h>

#include "klvbytes.h"
#include "klvsplitter.h"

#define MAX_SIZE 5000

typedef struct
{
  KlvSplitter *splitter;
  GString *parts;
  guint n_buffers;
  gsize n_in;
  gsize n_out;
} Test;

static void
begin (Test * test)
{
  test->splitter = klv_splitter_new (MAX_SIZE);
  test->parts = g_string_new (NULL);
  test->n_buffers = 0;
  test->n_in = 0;
  test->n_out = 0;
}

/* A unit is whole, of one letter, and of no more than its length says. */
static void
note_unit (Test * test, const guint8 * data, gsize size)
{
  gsize unit_size;

  g_assert_cmpint (klv_unit_look (data, size, MAX_SIZE, &unit_size), ==,
      KLV_UNIT_WHOLE);
  g_assert_cmpuint (unit_size, ==, size);
  g_string_append_c (test->parts,
      size > KLV_BYTES_HEAD ? data[KLV_BYTES_HEAD] : '-');
}

static void
take (Test * test)
{
  KlvPart part;

  while (klv_splitter_next (test->splitter, &part)) {
    GstMapInfo map;

    g_assert_true (gst_buffer_map (part.buffer, &map, GST_MAP_READ));
    if (test->parts->len > 0)
      g_string_append_c (test->parts, ' ');
    if (part.kind == KLV_PART_UNIT)
      note_unit (test, map.data, map.size);
    else
      g_string_append_printf (test->parts, "[%.*s]", (int) map.size, map.data);
    g_string_append_printf (test->parts, "@%u",
        (guint) (GST_BUFFER_PTS (part.buffer) / GST_SECOND));
    test->n_out += map.size;
    gst_buffer_unmap (part.buffer, &map);
    gst_buffer_unref (part.buffer);
  }
}

static void
push_flags (Test * test, const guint8 * data, gsize size, guint flags)
{
  GstBuffer *buffer =
      size > 0 ? gst_buffer_new_memdup (data, size) : gst_buffer_new ();

  GST_BUFFER_PTS (buffer) = test->n_buffers++ * GST_SECOND;
  GST_BUFFER_FLAG_SET (buffer, flags);
  test->n_in += size;
  g_assert_true (klv_splitter_push (test->splitter, buffer));
  take (test);
}

/* @bytes: (transfer full): */
static void
push (Test * test, GByteArray * bytes)
{
  push_flags (test, bytes->data, bytes->len, 0);
  g_byte_array_unref (bytes);
}

/* Divides @bytes into buffers of this size. */
static void
push_in_pieces (Test * test, const GByteArray * bytes, gsize size)
{
  for (gsize at = 0; at < bytes->len; at += size)
    push_flags (test, bytes->data + at, MIN (size, bytes->len - at), 0);
}

static const KlvSplitterCounts *
counts (const Test * test)
{
  return klv_splitter_get_counts (test->splitter);
}

/* Ends the stream: these parts have come, all other bytes are counted, and errors were so
 * many. */
static void
end (Test * test, const char *parts, guint n_errors)
{
  klv_splitter_end (test->splitter);
  take (test);
  g_assert_cmpstr (test->parts->str, ==, parts);
  g_assert_cmpuint (counts (test)->errors, ==, n_errors);
  g_assert_cmpuint (test->n_in, ==, test->n_out + counts (test)->dropped_bytes
      + counts (test)->head_bytes);
  klv_splitter_free (test->splitter);
  g_string_free (test->parts, TRUE);
}

static GByteArray *
unit (char name, gsize size)
{
  GByteArray *bytes = g_byte_array_new ();

  put_unit (bytes, name, size);
  return bytes;
}

static GByteArray *
units (const char *names, gsize size)
{
  GByteArray *bytes = g_byte_array_new ();

  for (; *names; names++)
    put_unit (bytes, *names, size);
  return bytes;
}

/* A unit that says it has @more bytes than it has */
static GByteArray *
false_unit (char name, gsize size, gssize more)
{
  GByteArray *bytes = g_byte_array_new ();

  put_head (bytes, size + more);
  put_letters (bytes, name, size);
  return bytes;
}

static GByteArray *
join (GByteArray * a, GByteArray * b)
{
  g_byte_array_append (a, b->data, b->len);
  g_byte_array_unref (b);
  return a;
}

static GByteArray *
text (const char *characters)
{
  GByteArray *bytes = g_byte_array_new ();

  put_bytes (bytes, characters, strlen (characters));
  return bytes;
}

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
    push_flags (&test, bytes->data, cut, 0);
    push_flags (&test, bytes->data + cut, bytes->len - cut, 0);
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

/* --- what is no unit ----------------------------------------------------- */

static void
test_garbage_is_dropped (void)
{
  Test test;

  begin (&test);
  push (&test, join (text ("garbage"), unit ('a', 40)));
  push (&test, join (join (unit ('b', 40), text ("more")), unit ('c', 40)));
  push (&test, join (unit ('d', 40), text ("the end")));
  g_assert_cmpuint (counts (&test)->dropped_bytes, ==, 18);
  end (&test, "a@0 b@1 c@1 d@2", 3);
}

static void
test_garbage_before_a_label_that_is_cut (void)
{
  for (gsize cut = 1; cut < 10; cut++) {
    g_autoptr (GByteArray) bytes = join (join (unit ('a', 40),
            text ("garbage")), unit ('b', 40));
    const gsize at = KLV_BYTES_HEAD + 40 + 7 + cut;
    Test test;

    begin (&test);
    push_flags (&test, bytes->data, at, 0);
    push_flags (&test, bytes->data + at, bytes->len - at, 0);
    end (&test, "a@0 b@0", 1);
  }
}

/* What ends as a label begins may be no KLV, too. */
static void
test_other (void)
{
  Test test;

  begin (&test);
  push (&test, text ("hello"));
  push (&test, unit ('a', 40));
  push (&test, text ("label\x06\x0e\x2b"));
  push (&test, text ("x"));
  end (&test, "[hello]@0 a@1 [label\x06\x0e\x2b]@2 [x]@3", 0);
}

/* --- wrong lengths ------------------------------------------------------- */

static GByteArray *
unit_of_head (const char *head, gsize size)
{
  GByteArray *bytes = g_byte_array_new ();

  put_bytes (bytes, KLV_BYTES_SET, KLV_KEY_SIZE);
  put_bytes (bytes, head, size);
  put_letters (bytes, 'x', 40);
  return bytes;
}

static void
test_impossible_lengths (void)
{
  Test test;

  begin (&test);
  push (&test, join (unit_of_head ("\x84\x7f\xff\xff\xff", 5), units ("ab",
              40)));
  push (&test, unit_of_head ("\x80", 1));
  push (&test, join (unit_of_head ("\x89\0\0\0\0\0\0\0\0\x28", 10), unit ('c',
              40)));
  push (&test, unit ('d', 40));
  end (&test, "a@0 b@0 c@2 d@3", 3);
}

/* Whether the good units are in the same buffer, or in those that follow, or the bytes
 * come in any pieces */
static void
test_length_beyond_costs_one_unit (void)
{
  for (gssize more = 1; more < 2000; more += 37) {
    g_autoptr (GByteArray) bytes = join (join (unit ('a', 40),
            false_unit ('x', 40, more)), units ("bcdefghij", 40));
    Test test;

    /* where it ends as good ones do, it is none that can be seen */
    if (more % (KLV_BYTES_HEAD + 40) == 0)
      continue;
    begin (&test);
    push_flags (&test, bytes->data, bytes->len, 0);
    end (&test, "a@0 b@0 c@0 d@0 e@0 f@0 g@0 h@0 i@0 j@0", 1);

    begin (&test);
    push_in_pieces (&test, bytes, KLV_BYTES_HEAD + 40);
    end (&test, "a@0 b@2 c@3 d@4 e@5 f@6 g@7 h@8 i@9 j@10", 1);

    for (gsize size = 5; size < 200; size += 13) {
      /* a unit may end where a buffer does */
      if ((2 * (KLV_BYTES_HEAD + 40) + more) % size == 0)
        continue;
      begin (&test);
      push_in_pieces (&test, bytes, size);
      klv_splitter_end (test.splitter);
      take (&test);
      g_assert_cmpuint (counts (&test)->units, ==, 10);
      g_string_assign (test.parts, "");
      end (&test, "", 1);
    }
  }
}

static void
test_length_too_short_costs_one_unit (void)
{
  Test test;

  begin (&test);
  push (&test, join (false_unit ('x', 40, -7), units ("ab", 40)));
  push (&test, unit ('c', 40));
  end (&test, "x@0 a@0 b@0 c@1", 1);
}

/* The end of a unit and what follows look like the beginning of a label, but are none. */
static void
test_garbage_behind_what_might_be_a_label (void)
{
  GByteArray *bytes = g_byte_array_new ();
  gsize size;
  Test test;

  put_head (bytes, 42);
  put_letters (bytes, 'a', 40);
  put_bytes (bytes, "\x06\x0e", 2);
  size = bytes->len;
  bytes = join (join (bytes, text ("+stuffing")), unit ('b', 40));
  begin (&test);
  push_flags (&test, bytes->data, bytes->len, 0);
  end (&test, "a@0 b@0", 1);
  for (gsize cut = 1; cut <= size; cut++) {
    begin (&test);
    push_flags (&test, bytes->data, cut, 0);
    push_flags (&test, bytes->data + cut, bytes->len - cut, 0);
    end (&test, "a@0 b@1", 1);
  }
  g_byte_array_unref (bytes);
}

/* --- a rest that is lost ------------------------------------------------- */

static void
test_rest_that_is_lost (void)
{
  g_autoptr (GByteArray) bytes = units ("a", 40);

  for (gsize cut = 1; cut < bytes->len; cut++) {
    Test test;

    begin (&test);
    push_flags (&test, bytes->data, cut, 0);
    push (&test, units ("bc", 40));
    push (&test, units ("d", 40));
    end (&test, "b@1 c@1 d@2", 1);
  }
}

static void
test_rest_that_is_lost_before_a_cell (void)
{
  GByteArray *bytes = g_byte_array_new ();
  Test test;

  put_cell (bytes, 0, KLV_CELL_WHOLE, KLV_BYTES_HEAD + 40);
  put_unit (bytes, 'b', 40);
  begin (&test);
  push (&test, false_unit ('a', 40, 1000));
  push (&test, bytes);
  g_assert_cmpuint (counts (&test)->units, ==, 1);
  end (&test, "b@1", 1);

  /* which may have the first byte of its unit alone */
  bytes = g_byte_array_new ();
  put_cell (bytes, 0, KLV_CELL_FIRST, 1);
  put_bytes (bytes, KLV_BYTES_SET, 1);
  put_cell (bytes, 1, KLV_CELL_LAST, KLV_BYTES_HEAD + 40 - 1);
  put_unit (bytes, 'b', 40);
  g_byte_array_remove_index (bytes, 2 * KLV_CELL_HEAD_SIZE + 1);
  begin (&test);
  push (&test, false_unit ('a', 40, 1000));
  push (&test, bytes);
  end (&test, "b@1", 1);
}

static void
test_beginning_that_is_lost (void)
{
  g_autoptr (GByteArray) bytes = units ("ab", 40);
  Test test;

  begin (&test);
  push_flags (&test, bytes->data + 30, bytes->len - 30, 0);
  push (&test, units ("c", 40));
  end (&test, "b@0 c@1", 1);
}

static void
test_discont_ends_a_unit (void)
{
  g_autoptr (GByteArray) bytes = units ("ab", 40);
  Test test;

  begin (&test);
  push_flags (&test, bytes->data, 30, GST_BUFFER_FLAG_DISCONT);
  push_flags (&test, bytes->data + 30, bytes->len - 30,
      GST_BUFFER_FLAG_DISCONT);
  push_flags (&test, bytes->data, 30, GST_BUFFER_FLAG_DISCONT);
  push_flags (&test, bytes->data + 30, bytes->len - 30, 0);
  end (&test, "b@1 a@2 b@3", 2);
}

static void
test_discont_begins_a_unit (void)
{
  g_autoptr (GByteArray) bytes = units ("a", 40);
  Test test;

  begin (&test);
  push_flags (&test, bytes->data, 30, GST_BUFFER_FLAG_DISCONT);
  push_flags (&test, bytes->data + 30, 10, 0);
  push_flags (&test, bytes->data + 40, bytes->len - 40, 0);
  end (&test, "a@0", 0);
}

static void
test_end_finds_what_a_unit_has_swallowed (void)
{
  Test test;

  begin (&test);
  push (&test, join (false_unit ('x', 40, 1000), units ("ab", 40)));
  g_assert_cmpuint (counts (&test)->units, ==, 0);
  end (&test, "a@0 b@0", 1);

  begin (&test);
  push (&test, join (unit ('a', 40), false_unit ('b', 40, 1)));
  end (&test, "a@0", 1);
}

/* --- labels in units ----------------------------------------------------- */

/* The keys of EG 0104 and of the universal set of ST 0102 */
#define UNIVERSAL_SET "\x06\x0e\x2b\x34\2\1\1\1\x0e\1\1\2\1\1\0\0"
#define SECURITY_SET "\x06\x0e\x2b\x34\2\1\1\1\2\x08\2\0\0\0\0\0"

/* A set whose value is: an item of a label of its own, twice, a label as value, letters */
static GByteArray *
universal_set (char name)
{
  static const char item[] =
      "\x06\x0e\x2b\x34\x01\x01\x01\x03\x07\x02\x01\x01\x01\x05\0\0\x05" "12345"
      "\x06\x0e\x2b\x34\x01\x01\x01\x03\x07\x02\x01\x01\x01\x06\0\0\x10"
      "\x06\x0e\x2b\x34\x04\x01\x01\x03\x07\x02\x01\x01\x01\x06\0\0";
  GByteArray *bytes = g_byte_array_new ();

  put_head (bytes, 2 + sizeof (item) - 1 + 20);
  put_letters (bytes, name, 2);
  put_bytes (bytes, item, sizeof (item) - 1);
  put_letters (bytes, name, 20);
  return bytes;
}

static void
test_universal_set_in_pieces (void)
{
  g_autoptr (GByteArray) bytes = join (join (universal_set ('a'),
          universal_set ('b')), universal_set ('c'));

  for (gsize size = 1; size <= bytes->len; size++) {
    Test test;

    /* The value of a label is cut from its category */
    begin (&test);
    push_in_pieces (&test, bytes, size);
    if (size > 4) {
      g_assert_cmpuint (counts (&test)->units, ==, 3);
      g_string_assign (test.parts, "");
      end (&test, "", 0);
    } else {
      g_assert_cmpuint (counts (&test)->units, >, 0);
      klv_splitter_free (test.splitter);
      g_string_free (test.parts, TRUE);
    }
  }
}

/* A universal set with another one in it, as EG 0104 has it, cut anywhere: also where what is
 * in it begins */
static void
test_universal_set_in_a_universal_set (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  for (const char *name = "ab"; *name; name++) {
    put_bytes (bytes, UNIVERSAL_SET "\x82\0\x2c", KLV_BYTES_HEAD);
    put_letters (bytes, *name, 20);
    put_bytes (bytes, SECURITY_SET "\x02zz", KLV_KEY_SIZE + 3);
    put_letters (bytes, *name, 5);
  }
  for (gsize size = 5; size <= bytes->len; size++) {
    Test test;

    begin (&test);
    push_in_pieces (&test, bytes, size);
    g_assert_cmpuint (counts (&test)->units, ==, 2);
    g_string_assign (test.parts, "");
    end (&test, "", 0);
  }
}

/* Its items are no units. */
static void
test_universal_set_that_is_given_up (void)
{
  g_autoptr (GByteArray) bytes = universal_set ('a');
  Test test;

  begin (&test);
  push_flags (&test, bytes->data, bytes->len - 10, 0);
  push (&test, unit ('b', 40));
  end (&test, "b@1", 1);
}

/* A buffer begins with the label of a set. If the unit before ends where another begins,
 * that set is in it. */
static void
test_set_in_a_set (void)
{
  static const char inner[] =
      "\x06\x0e\x2b\x34\x02\x03\x01\x01\x0e\x01\x03\x03\x02\0\0\0\x02zz";
  GByteArray *bytes = g_byte_array_new ();
  Test test;

  put_head (bytes, 20 + sizeof (inner) - 1);
  put_letters (bytes, 'a', 20);
  for (guint i = 0; i < 2; i++) {
    GByteArray *rest = text (inner);

    begin (&test);
    push_flags (&test, bytes->data, bytes->len, 0);
    g_byte_array_set_size (rest, 0);
    put_bytes (rest, inner, sizeof (inner) - 1);
    push (&test, i == 0 ? rest : join (rest, unit ('b', 40)));
    end (&test, i == 0 ? "a@0" : "a@0 b@1", 0);
  }
  g_byte_array_unref (bytes);
}

/* What follows a unit is no reason to doubt it if it has another kind of set in it. */
static void
test_garbage_behind_a_set_in_a_set (void)
{
  static const char inner[] =
      "\x06\x0e\x2b\x34\x02\x03\x01\x01\x0e\x01\x03\x03\x02\0\0\0\x02zz";
  GByteArray *bytes = g_byte_array_new ();
  Test test;

  put_head (bytes, 20 + sizeof (inner) - 1);
  put_letters (bytes, 'a', 20);
  put_bytes (bytes, inner, sizeof (inner) - 1);
  begin (&test);
  push (&test, join (join (bytes, text ("stuffing")), unit ('b', 40)));
  end (&test, "a@0 b@0", 1);
}

/* --- cells --------------------------------------------------------------- */

/* Adds a cell with a unit. @size: what the cell says it has more than that */
static void
put_cell_of (GByteArray * bytes, guint8 sequence, char name, gssize more)
{
  put_cell (bytes, sequence, KLV_CELL_WHOLE, KLV_BYTES_HEAD + 40 + more);
  put_unit (bytes, name, 40);
}

static void
test_cells (void)
{
  GByteArray *bytes = g_byte_array_new ();
  Test test;

  begin (&test);
  put_cell_of (bytes, 0, 'a', 0);
  push_flags (&test, bytes->data, bytes->len, 0);
  put_cell_of (bytes, 1, 'b', 0);
  put_cell_of (bytes, 2, 'c', 0);
  push (&test, bytes);
  bytes = units ("d", 40);
  push_flags (&test, bytes->data, 30, 0);
  push_flags (&test, bytes->data + 30, bytes->len - 30, 0);
  g_byte_array_unref (bytes);
  g_assert_cmpuint (counts (&test)->head_bytes, ==, 4 * KLV_CELL_HEAD_SIZE);
  end (&test, "a@0 a@1 b@1 c@1 d@2", 0);
}

static void
test_cell_with_several_units (void)
{
  GByteArray *bytes = g_byte_array_new ();
  Test test;

  put_cell (bytes, 0, KLV_CELL_WHOLE, 2 * (KLV_BYTES_HEAD + 40));
  put_unit (bytes, 'a', 40);
  put_unit (bytes, 'b', 40);
  put_cell_of (bytes, 1, 'c', 0);
  begin (&test);
  push (&test, bytes);
  end (&test, "a@0 b@0 c@0", 0);
}

/* A length of a cell that is wrong does no harm to the unit in it. */
static void
test_cells_of_wrong_lengths (void)
{
  static const gssize wrong[] = { -7, -1, 1, 10, 1000 };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    GByteArray *bytes = g_byte_array_new ();
    Test test;

    put_cell_of (bytes, 0, 'a', wrong[i]);
    put_cell_of (bytes, 1, 'b', 0);
    put_cell_of (bytes, 2, 'c', wrong[i]);
    begin (&test);
    push (&test, bytes);
    push (&test, unit ('d', 40));
    /* those of which nothing is left are garbage */
    end (&test, "a@0 b@0 c@0 d@1", wrong[i] < 0 ? 0 : wrong[i] < 1000 ? 1 : 2);
  }
}

static void
test_unit_of_wrong_length_in_a_cell (void)
{
  GByteArray *bytes = g_byte_array_new ();
  Test test;

  put_cell_of (bytes, 0, 'a', 0);
  put_cell (bytes, 1, KLV_CELL_WHOLE, KLV_BYTES_HEAD + 40);
  bytes = join (bytes, false_unit ('x', 40, 100));
  put_cell_of (bytes, 2, 'b', 0);
  put_cell (bytes, 3, KLV_CELL_WHOLE, KLV_BYTES_HEAD + 40);
  bytes = join (bytes, false_unit ('y', 40, 100));
  begin (&test);
  push (&test, bytes);
  /* which is not the rest of y */
  push (&test, text ("other"));
  end (&test, "a@0 b@0 [other]@1", 2);
}

static void
test_cells_without_payload (void)
{
  GByteArray *bytes = g_byte_array_new ();
  Test test;

  begin (&test);
  put_cell (bytes, 0, KLV_CELL_WHOLE, 0);
  push_flags (&test, bytes->data, bytes->len, 0);
  put_cell_of (bytes, 1, 'a', 0);
  put_cell (bytes, 2, KLV_CELL_WHOLE, 0);
  put_cell_of (bytes, 3, 'b', 0);
  push (&test, bytes);
  g_assert_cmpuint (counts (&test)->dropped_bytes, ==, 3 * KLV_CELL_HEAD_SIZE);
  end (&test, "a@1 b@1", 3);
}

/* A unit of three fragments, of sequence numbers that begin with @sequence */
static void
put_fragments (GPtrArray * cells, guint8 sequence, char name)
{
  g_autoptr (GByteArray) whole = unit (name, 100);
  const gsize size = whole->len / 3;

  for (guint i = 0; i < 3; i++) {
    const gsize n = i == 2 ? whole->len - 2 * size : size;
    GByteArray *cell = g_byte_array_new ();

    put_cell (cell, sequence + i, i == 0 ? KLV_CELL_FIRST : i == 1 ?
        KLV_CELL_MIDDLE : KLV_CELL_LAST, n);
    g_byte_array_append (cell, whole->data + i * size, n);
    g_ptr_array_add (cells, cell);
  }
}

/* Three units in fragments, each cell in a buffer, or three, or all, or two; without one
 * of them, or with all */
static void
test_fragments (void)
{
  static const guint per_buffer[] = { 1, 3, 9, 2 };

  for (guint i = 0; i < G_N_ELEMENTS (per_buffer); i++) {
    for (guint lost = 0; lost <= 9; lost++) {
      g_autoptr (GPtrArray) cells =
          g_ptr_array_new_with_free_func ((GDestroyNotify) g_byte_array_unref);
      GByteArray *bytes = g_byte_array_new ();
      guint n = 0;
      Test test;

      begin (&test);
      put_fragments (cells, 250, 'a');
      put_fragments (cells, 253, 'b');
      put_fragments (cells, 0, 'c');
      for (guint k = 0; k < 9; k++) {
        const GByteArray *cell = g_ptr_array_index (cells, k);

        if (k != lost)
          g_byte_array_append (bytes, cell->data, cell->len);
        if (++n == per_buffer[i] || k == 8) {
          push_flags (&test, bytes->data, bytes->len, 0);
          g_byte_array_set_size (bytes, 0);
          n = 0;
        }
      }
      g_byte_array_unref (bytes);
      klv_splitter_end (test.splitter);
      take (&test);
      g_assert_cmpuint (counts (&test)->units, ==, lost < 9 ? 2 : 3);
      for (guint k = 0; k < 3; k++)
        g_assert_cmpint (strchr (test.parts->str, 'a' + k) != NULL, ==,
            k != lost / 3);
      g_string_assign (test.parts, "");
      /* the unit, and the fragments of which it was not */
      const guint n_errors = counts (&test)->errors;
      g_assert_cmpint (n_errors > 0, ==, lost < 9);
      g_assert_cmpuint (n_errors, <=, 3);
      end (&test, "", n_errors);
    }
  }
}

/* The first fragment may end within the label of its unit, wherever that is. */
static void
test_fragment_within_the_label (void)
{
  g_autoptr (GByteArray) whole = unit ('b', 40);

  for (gsize size = 1; size < whole->len; size++) {
    for (guint together = 0; together < 3; together++) {
      GByteArray *bytes = g_byte_array_new ();
      Test test;

      begin (&test);
      put_cell_of (bytes, 0, 'a', 0);
      if (together == 0) {
        push (&test, bytes);
        bytes = g_byte_array_new ();
      }
      put_cell (bytes, 1, KLV_CELL_FIRST, size);
      g_byte_array_append (bytes, whole->data, size);
      if (together == 1) {
        push (&test, bytes);
        bytes = g_byte_array_new ();
      }
      put_cell (bytes, 2, KLV_CELL_LAST, whole->len - size);
      g_byte_array_append (bytes, whole->data + size, whole->len - size);
      put_cell_of (bytes, 3, 'c', 0);
      push (&test, bytes);
      end (&test, together == 0 ? "a@0 b@1 c@1" : together == 1 ? "a@0 b@0 c@1"
          : "a@0 b@0 c@0", 0);
    }
  }
}

static void
test_fragments_have_the_times_of_the_first (void)
{
  g_autoptr (GPtrArray) cells =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_byte_array_unref);
  Test test;

  begin (&test);
  push (&test, unit ('a', 40));
  put_fragments (cells, 0, 'b');
  for (guint i = 0; i < cells->len; i++)
    push (&test, g_byte_array_ref (g_ptr_array_index (cells, i)));
  g_assert_cmpuint (counts (&test)->units, ==, 2);
  push (&test, unit ('c', 40));
  end (&test, "a@0 b@1 c@4", 0);
}

/* A stream whose access units have no end, but the next begins */
static void
test_fragments_without_end (void)
{
  GByteArray *bytes = g_byte_array_new ();
  Test test;

  put_cell (bytes, 0, KLV_CELL_FIRST, KLV_BYTES_HEAD + 40);
  put_unit (bytes, 'a', 40);
  put_cell (bytes, 1, KLV_CELL_FIRST, KLV_BYTES_HEAD + 40);
  put_unit (bytes, 'b', 40);
  begin (&test);
  push (&test, bytes);
  push (&test, unit ('c', 40));
  end (&test, "a@0 b@0 c@1", 0);
}

static void
test_fragments_are_bounded (void)
{
  GByteArray *bytes = g_byte_array_new ();
  Test test;

  begin (&test);
  put_cell (bytes, 0, KLV_CELL_FIRST, KLV_BYTES_HEAD + 2000);
  put_head (bytes, MAX_SIZE - KLV_BYTES_HEAD);
  put_letters (bytes, 'x', 2000);
  for (guint i = 1; i < 4; i++) {
    put_cell (bytes, i, KLV_CELL_MIDDLE, 2000);
    put_letters (bytes, 'x', 2000);
  }
  put_cell_of (bytes, 4, 'a', 0);
  push (&test, bytes);
  end (&test, "a@0", 2);

  /* one alone is too large: nothing is kept of it */
  bytes = g_byte_array_new ();
  begin (&test);
  put_cell (bytes, 0, KLV_CELL_FIRST, MAX_SIZE + 1);
  put_unit (bytes, 'a', 40);
  put_letters (bytes, 'x', MAX_SIZE + 1 - KLV_BYTES_HEAD - 40);
  push (&test, bytes);
  g_assert_cmpuint (counts (&test)->units, ==, 1);
  end (&test, "a@0", 1);
}

/* --- time ---------------------------------------------------------------- */

/* Seconds of this thread's processor, whatever else runs */
static double
get_cpu_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec + now.tv_nsec / 1e9;
}

/* How long it takes. @bytes: (transfer full):
 * @piece: bytes of a buffer; 0 for a bit more than half of them */
static double
measure (GByteArray * bytes, gsize piece)
{
  if (piece == 0)
    piece = bytes->len / 9 * 5;

  KlvSplitter *splitter = klv_splitter_new (bytes->len);
  const double begin = get_cpu_time ();
  KlvPart part;

  for (gsize at = 0; at < bytes->len; at += piece) {
    klv_splitter_push (splitter, gst_buffer_new_memdup (bytes->data + at,
            MIN (piece, bytes->len - at)));
    while (klv_splitter_next (splitter, &part))
      gst_buffer_unref (part.buffer);
  }
  klv_splitter_end (splitter);
  while (klv_splitter_next (splitter, &part))
    gst_buffer_unref (part.buffer);
  klv_splitter_free (splitter);
  g_byte_array_unref (bytes);
  return get_cpu_time () - begin;
}

static GByteArray *
tiny_units (gsize n)
{
  GByteArray *bytes = g_byte_array_new ();

  for (gsize i = 0; i < n; i++)
    put_bytes (bytes, KLV_BYTES_SET, KLV_KEY_SIZE + 1);
  return bytes;
}

static GByteArray *
tiny_cells (gsize n)
{
  GByteArray *bytes = g_byte_array_new ();

  for (gsize i = 0; i < n; i++)
    put_cell (bytes, i, KLV_CELL_WHOLE, 0);
  return bytes;
}

/* First fragments, of a byte each, without end */
static GByteArray *
tiny_fragments (gsize n)
{
  GByteArray *bytes = g_byte_array_new ();

  for (gsize i = 0; i < n; i++) {
    put_cell (bytes, i, KLV_CELL_FIRST, 1);
    put_bytes (bytes, "\6", 1);
  }
  return bytes;
}

/* A unit of letters with garbage behind it, or without end */
static GByteArray *
long_unit (gsize n)
{
  GByteArray *bytes = false_unit ('a', 60000, 0);

  put_letters (bytes, 'b', 10 * n);
  return bytes;
}

/* Heads of units that all say they end where the last third of the bytes begins, where no
 * unit does */
static GByteArray *
nested (gsize n, gboolean same)
{
  GByteArray *bytes = g_byte_array_new ();
  const gsize head = KLV_KEY_SIZE + 4;

  for (gsize i = 0; i < n; i++) {
    const gsize length = (2 * n - i - 1) * head;
    const char ber[] = { (char) 0x83, length >> 16, length >> 8, length };
    const guint8 kind[] = { i >> 16, i >> 8, i };

    put_bytes (bytes, KLV_BYTES_SET, KLV_KEY_SIZE);
    if (!same)
      memcpy (bytes->data + bytes->len - sizeof (kind), kind, sizeof (kind));
    put_bytes (bytes, ber, sizeof (ber));
  }
  put_letters (bytes, 'x', 2 * n * head);
  return bytes;
}

static GByteArray *
nested_same (gsize n)
{
  return nested (n, TRUE);
}

static GByteArray *
nested_others (gsize n)
{
  return nested (n, FALSE);
}

/* Units that say they go on behind the bytes */
static GByteArray *
endless (gsize n)
{
  GByteArray *bytes = g_byte_array_new ();

  for (gsize i = 0; i < n; i++)
    put_head (bytes, 60000);
  return bytes;
}

/* Four times the bytes take four times as long, not sixteen. */
static void
test_time_is_linear (void)
{
  static GByteArray *(*const makers[]) (gsize) = {
    tiny_units, tiny_cells, tiny_fragments, long_unit, nested_same,
    nested_others, endless
  };
  static const gsize pieces[] = { 1 << 30, 0, 7 };

  for (guint i = 0; i < G_N_ELEMENTS (makers); i++) {
    for (guint k = 0; k < G_N_ELEMENTS (pieces); k++) {
      const gsize n = pieces[k] == 7 ? 4000 : 25000;
      const double one = measure (makers[i] (n), pieces[k]);
      const double four = measure (makers[i] (4 * n), pieces[k]);

      g_test_message ("%u in pieces of %zu: %.0f ms, %.0f ms", i, pieces[k],
          one * 1e3, four * 1e3);
      g_assert_cmpfloat (four, <, 9 * one + 0.1);
    }
  }
}

static gsize
get_memory (void)
{
  g_autofree gchar *text = NULL;
  guint64 size, resident;

  g_assert_true (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL));
  g_assert_cmpint (sscanf (text, "%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT,
          &size, &resident), ==, 2);
  return resident * sysconf (_SC_PAGESIZE);
}

/* Each unit says it ends a little behind the head of the next, and each buffer ends behind
 * such a head, so that something is always kept. */
static void
test_memory_is_bounded (void)
{
  const gsize size = KLV_SPLITTER_MAX_SIZE, period = size - 40, head = 25;
  KlvSplitter *splitter = klv_splitter_new (size);
  GByteArray *bytes = g_byte_array_new ();
  KlvPart part;
  gsize before;

  put_bytes (bytes, KLV_BYTES_SET, KLV_KEY_SIZE);
  put_bytes (bytes, "\x83\x0f\xff\xec", 4);
  put_letters (bytes, 'x', period - bytes->len);
  klv_splitter_push (splitter, gst_buffer_new_memdup (bytes->data, head));
  g_assert_false (klv_splitter_next (splitter, &part));
  g_byte_array_append (bytes, bytes->data, head);
  before = get_memory ();
  for (guint i = 0; i < 600; i++) {
    klv_splitter_push (splitter, gst_buffer_new_memdup (bytes->data + head,
            period));
    g_assert_false (klv_splitter_next (splitter, &part));
  }
  g_assert_cmpuint (klv_splitter_get_counts (splitter)->errors, ==, 599);
  /* ASAN keeps up to 256 MiB of what is freed */
  g_assert_cmpuint (get_memory (), <, before + 400 * size);
  klv_splitter_free (splitter);
  g_byte_array_unref (bytes);
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
  g_test_add_func ("/klv/splitter/garbage-is-dropped", test_garbage_is_dropped);
  g_test_add_func ("/klv/splitter/garbage-before-a-label-that-is-cut",
      test_garbage_before_a_label_that_is_cut);
  g_test_add_func ("/klv/splitter/other", test_other);
  g_test_add_func ("/klv/splitter/impossible-lengths", test_impossible_lengths);
  g_test_add_func ("/klv/splitter/length-beyond-costs-one-unit",
      test_length_beyond_costs_one_unit);
  g_test_add_func ("/klv/splitter/length-too-short-costs-one-unit",
      test_length_too_short_costs_one_unit);
  g_test_add_func ("/klv/splitter/garbage-behind-what-might-be-a-label",
      test_garbage_behind_what_might_be_a_label);
  g_test_add_func ("/klv/splitter/rest-that-is-lost", test_rest_that_is_lost);
  g_test_add_func ("/klv/splitter/rest-that-is-lost-before-a-cell",
      test_rest_that_is_lost_before_a_cell);
  g_test_add_func ("/klv/splitter/beginning-that-is-lost",
      test_beginning_that_is_lost);
  g_test_add_func ("/klv/splitter/discont-ends-a-unit",
      test_discont_ends_a_unit);
  g_test_add_func ("/klv/splitter/discont-begins-a-unit",
      test_discont_begins_a_unit);
  g_test_add_func ("/klv/splitter/end-finds-what-a-unit-has-swallowed",
      test_end_finds_what_a_unit_has_swallowed);
  g_test_add_func ("/klv/splitter/universal-set-in-pieces",
      test_universal_set_in_pieces);
  g_test_add_func ("/klv/splitter/universal-set-in-a-universal-set",
      test_universal_set_in_a_universal_set);
  g_test_add_func ("/klv/splitter/universal-set-that-is-given-up",
      test_universal_set_that_is_given_up);
  g_test_add_func ("/klv/splitter/set-in-a-set", test_set_in_a_set);
  g_test_add_func ("/klv/splitter/garbage-behind-a-set-in-a-set",
      test_garbage_behind_a_set_in_a_set);
  g_test_add_func ("/klv/splitter/cells", test_cells);
  g_test_add_func ("/klv/splitter/cell-with-several-units",
      test_cell_with_several_units);
  g_test_add_func ("/klv/splitter/cells-of-wrong-lengths",
      test_cells_of_wrong_lengths);
  g_test_add_func ("/klv/splitter/unit-of-wrong-length-in-a-cell",
      test_unit_of_wrong_length_in_a_cell);
  g_test_add_func ("/klv/splitter/cells-without-payload",
      test_cells_without_payload);
  g_test_add_func ("/klv/splitter/fragments", test_fragments);
  g_test_add_func ("/klv/splitter/fragment-within-the-label",
      test_fragment_within_the_label);
  g_test_add_func ("/klv/splitter/fragments-have-the-times-of-the-first",
      test_fragments_have_the_times_of_the_first);
  g_test_add_func ("/klv/splitter/fragments-without-end",
      test_fragments_without_end);
  g_test_add_func ("/klv/splitter/fragments-are-bounded",
      test_fragments_are_bounded);
  g_test_add_func ("/klv/splitter/time-is-linear", test_time_is_linear);
  g_test_add_func ("/klv/splitter/memory-is-bounded", test_memory_is_bounded);
  return g_test_run ();
}
