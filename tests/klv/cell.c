/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "hex.h"
#include "klvcell.h"

static void
test_every_cut (void)
{
  const BytesSpan bytes = hex ("07 fe df 00 06 06 0e 2b 34 02 0b");

  for (size_t cut = 0; cut <= bytes.size; cut++) {
    const BytesSpan some = hex_cut (bytes, cut);
    KlvCell cell;

    g_assert_cmpint (klv_cell_read (some.data, cut, &cell), ==,
        cut == bytes.size);
    g_assert_cmpint (klv_cell_begins_unit (some.data, cut, false, &cell), ==,
        cut == bytes.size);
    g_assert_cmpint (klv_cells_fill (some.data, cut), ==, cut == bytes.size);
    if (cut == bytes.size) {
      g_assert_cmpuint (cell.service, ==, 7);
      g_assert_cmpuint (cell.sequence, ==, 0xfe);
      g_assert_cmpint (cell.place, ==, KLV_CELL_WHOLE);
      g_assert_cmpmem (cell.payload.data, cell.payload.size, bytes.data + 5, 6);
    }
    hex_free (some);
  }
  hex_free (bytes);
}

static void
assert_begins_unit (const char *text, bool expected, bool expected_in_cells)
{
  const BytesSpan bytes = hex (text);
  KlvCell cell;

  g_assert_cmpint (klv_cell_begins_unit (bytes.data, bytes.size, false, &cell),
      ==, expected);
  g_assert_cmpint (klv_cell_begins_unit (bytes.data, bytes.size, true, &cell),
      ==, expected_in_cells);
  hex_free (bytes);
}

static void
test_what_begins_a_unit (void)
{
  assert_begins_unit ("00 00 df 00 04 06 0e 2b 34 02", true, true);
  assert_begins_unit ("00 00 9f 00 04 06 0e 2b 34", true, true);
  /* reserved bits may be anything */
  assert_begins_unit ("00 00 c0 00 04 06 0e 2b 34", true, true);
  assert_begins_unit ("00 00 1f 00 04 06 0e 2b 34", false, false);
  assert_begins_unit ("00 00 5f 00 04 06 0e 2b 34", false, false);
  assert_begins_unit ("00 00 df 00 03 06 0e 2b 34", false, false);
  assert_begins_unit ("00 00 df 00 05 06 0e 2b 34", false, false);
  assert_begins_unit ("00 00 df 00 04 06 0e 2b 35", false, false);
  assert_begins_unit ("00 00 df 00 00 06 0e 2b 34", false, false);
  assert_begins_unit ("06 0e 2b 34 02 0b 01 01 0e", false, false);
  /* a first fragment within the label */
  assert_begins_unit ("00 00 9f 00 01 06", false, true);
  assert_begins_unit ("00 00 9f 00 03 06 0e 2b 34", false, true);
  assert_begins_unit ("00 00 9f 00 02 06 0f", false, false);
  assert_begins_unit ("00 00 9f 00 00", false, false);
  assert_begins_unit ("00 00 df 00 03 06 0e 2b", false, false);
}

static void
test_what_continues (void)
{
  const KlvCell before = {.service = 1,.sequence = 255 };
  KlvCell cell = {.service = 1,.sequence = 0,.place = KLV_CELL_MIDDLE };

  g_assert_true (klv_cell_continues (&cell, &before));
  cell.place = KLV_CELL_LAST;
  g_assert_true (klv_cell_continues (&cell, &before));
  cell.place = KLV_CELL_FIRST;
  g_assert_false (klv_cell_continues (&cell, &before));
  cell.place = KLV_CELL_WHOLE;
  g_assert_false (klv_cell_continues (&cell, &before));
  cell.place = KLV_CELL_LAST;
  cell.sequence = 1;
  g_assert_false (klv_cell_continues (&cell, &before));
  cell.sequence = 255;
  g_assert_false (klv_cell_continues (&cell, &before));
  cell.sequence = 0;
  cell.service = 2;
  g_assert_false (klv_cell_continues (&cell, &before));
}

static void
assert_fill (const char *text, bool expected)
{
  const BytesSpan bytes = hex (text);

  g_assert_cmpint (klv_cells_fill (bytes.data, bytes.size), ==, expected);
  hex_free (bytes);
}

static void
test_what_cells_fill (void)
{
  assert_fill ("00 00 df 00 00", true);
  assert_fill ("00 00 df 00 00 00 01 5f 00 01 61", true);
  assert_fill ("00 00 df 00 00 00 01 5f 00 02 61", false);
  assert_fill ("00 00 df 00 00 00 01 5f 00 00 61", false);
  /* text has no reserved bits that are set, and no such length */
  assert_fill ("00 00 d7 00 00", false);
  assert_fill ("00 00 df 00 00 00 01 57 00 01 61", false);
  assert_fill ("48 65 6c 6c 6f", false);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/klv/cell/every-cut", test_every_cut);
  g_test_add_func ("/klv/cell/what-begins-a-unit", test_what_begins_a_unit);
  g_test_add_func ("/klv/cell/what-continues", test_what_continues);
  g_test_add_func ("/klv/cell/what-cells-fill", test_what_cells_fill);
  return g_test_run ();
}
