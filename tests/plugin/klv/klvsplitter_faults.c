/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What is no unit, has a wrong length, or lost its rest, and labels in units */

#include "splittertest.h"

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
    push_cut (&test, bytes, at);
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
      end_count (&test, 10, 1);
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
    push_cut (&test, bytes, cut);
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

  assert_parts (join (unit ('a', 40), false_unit ('b', 40, 1)), "a@0", 1);
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
      end_count (&test, 3, 0);
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
    end_count (&test, 2, 0);
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

  put_head (bytes, 20 + sizeof (inner) - 1);
  put_letters (bytes, 'a', 20);
  put_bytes (bytes, inner, sizeof (inner) - 1);
  assert_parts (join (join (bytes, text ("stuffing")), unit ('b', 40)),
      "a@0 b@0", 1);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
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
  return g_test_run ();
}
