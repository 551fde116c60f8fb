/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Metadata access unit cells, and fragments in them */

#include "splittertest.h"

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
  push_cut (&test, bytes, 30);
  g_byte_array_unref (bytes);
  g_assert_cmpuint (counts (&test)->head_bytes, ==, 4 * KLV_CELL_HEAD_SIZE);
  end (&test, "a@0 a@1 b@1 c@1 d@2", 0);
}

static void
test_cell_with_several_units (void)
{
  GByteArray *bytes = g_byte_array_new ();

  put_cell (bytes, 0, KLV_CELL_WHOLE, 2 * (KLV_BYTES_HEAD + 40));
  put_unit (bytes, 'a', 40);
  put_unit (bytes, 'b', 40);
  put_cell_of (bytes, 1, 'c', 0);
  assert_parts (bytes, "a@0 b@0 c@0", 0);
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

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
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
  return g_test_run ();
}
