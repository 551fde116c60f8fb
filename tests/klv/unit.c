/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "hex.h"
#include "klvbytes.h"

#define KEY "06 0e 2b 34 02 0b 01 01 0e 01 03 01 01 00 00 00 "
#define KEY_OF_OTHER_VERSION "06 0e 2b 34 02 0b 01 03 0e 01 03 01 01 00 00 00 "
#define OTHER_SET "06 0e 2b 34 02 03 01 01 0e 01 03 03 06 00 00 00 "
#define UNIVERSAL "06 0e 2b 34 02 01 01 01 0e 01 01 02 01 01 00 00 "
#define OTHER_UNIVERSAL "06 0e 2b 34 02 01 01 01 02 08 02 00 00 00 00 00 "
#define SECURITY_SET "06 0e 2b 34 02 03 01 01 0e 01 03 03 02 00 00 00 "
#define ELEMENT "06 0e 2b 34 01 01 01 03 07 02 01 01 01 05 00 00 "

/* Looks at the first bytes, in a block of their own */
static KlvUnitState
look (BytesSpan bytes, size_t size, size_t max_size, size_t *unit_size)
{
  const BytesSpan cut = hex_cut (bytes, size);
  const KlvUnitState state = klv_unit_look (cut.data, size, max_size,
      unit_size);

  hex_free (cut);
  return state;
}

static void
test_every_cut (void)
{
  static const struct
  {
    const char *text;
    size_t head;
  } units[] = {
    {KEY "00", 17}, {KEY "03 61 62 63", 17}, {KEY "81 03 61 62 63", 18},
    {KEY "82 00 02 61 62", 19}, {KEY "84 00 00 00 01 61", 21},
    {KEY "88 00 00 00 00 00 00 00 03 61 62 63", 25}, {ELEMENT "01 61", 17}
  };

  for (guint i = 0; i < G_N_ELEMENTS (units); i++) {
    const BytesSpan unit = hex (units[i].text);
    size_t size = 7;

    g_assert_cmpint (look (unit, 0, 100, &size), ==, KLV_UNIT_NONE);
    for (size_t cut = 1; cut < unit.size; cut++) {
      g_assert_cmpint (look (unit, cut, 100, &size), ==, KLV_UNIT_CUT);
      g_assert_cmpuint (size, ==, cut < units[i].head ? 0 : unit.size);
    }
    g_assert_cmpint (look (unit, unit.size, 100, &size), ==, KLV_UNIT_WHOLE);
    g_assert_cmpuint (size, ==, unit.size);
    hex_free (unit);
  }
}

static void
test_bytes_behind_do_not_count (void)
{
  const BytesSpan bytes = hex (KEY "02 61 62 63 64");
  size_t size;

  g_assert_cmpint (look (bytes, bytes.size, 100, &size), ==, KLV_UNIT_WHOLE);
  g_assert_cmpuint (size, ==, 19);
  hex_free (bytes);
}

static void
test_lengths_that_cannot_be (void)
{
  static const char *const bad[] = {
    KEY "80", KEY "80 61 00 00", KEY "89", KEY "89 00 00 00 00 00 00 00 00 01",
    KEY "ff", KEY "84 7f ff ff ff", KEY "88 ff ff ff ff ff ff ff ff"
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    const BytesSpan bytes = hex (bad[i]);
    size_t size = 7;

    g_assert_cmpint (look (bytes, bytes.size, 1 << 20, &size), ==,
        KLV_UNIT_NONE);
    g_assert_cmpuint (size, ==, 0);
    hex_free (bytes);
  }
}

static void
test_max_size (void)
{
  const BytesSpan unit = hex (KEY "82 00 03 61 62 63");
  size_t size;

  g_assert_cmpint (look (unit, unit.size, unit.size, &size), ==,
      KLV_UNIT_WHOLE);
  for (size_t max_size = 0; max_size < unit.size; max_size++)
    g_assert_cmpint (look (unit, unit.size, max_size, &size), ==,
        KLV_UNIT_NONE);
  hex_free (unit);
}

static void
test_what_is_no_label (void)
{
  for (guint i = 0; i < sizeof (KLV_KEY_START); i++) {
    const BytesSpan bytes = hex (KEY "00");
    size_t size;

    ((uint8_t *) bytes.data)[i] ^= 1;
    for (size_t cut = 1; cut <= bytes.size; cut++) {
      g_assert_cmpint (look (bytes, cut, 100, &size), ==,
          cut > i ? KLV_UNIT_NONE : KLV_UNIT_CUT);
      g_assert_cmpint (klv_unit_begins (bytes.data, cut), ==, cut <= i);
      g_assert_false (klv_unit_is_label (bytes.data, cut));
    }
    hex_free (bytes);
  }
}

static void
test_label (void)
{
  const BytesSpan bytes = hex (KEY);

  for (size_t cut = 0; cut <= bytes.size; cut++) {
    g_assert_true (klv_unit_begins (bytes.data, cut));
    g_assert_cmpint (klv_unit_is_label (bytes.data, cut), ==, cut >= 4);
  }
  hex_free (bytes);
}

static void
test_find (void)
{
  const BytesSpan bytes = hex ("06 0e 2b 06 0e 06 06 06 0e 2b 34 06");
  const size_t label = 7, size = bytes.size;

  for (size_t from = 0; from <= size; from++) {
    for (size_t to = from; to <= size; to++) {
      const BytesSpan some = hex_cut ((BytesSpan) {
            bytes.data + from, to - from
          }, to - from);
      size_t expected = some.size;

      /* whole, or cut by the end */
      for (size_t i = 0; i < some.size; i++) {
        if (memcmp (some.data + i, KLV_KEY_START, MIN (4, some.size - i)) == 0) {
          expected = i;
          break;
        }
      }
      g_assert_cmpuint (klv_unit_find (some.data, some.size), ==, expected);
      hex_free (some);
    }
  }
  g_assert_cmpuint (klv_unit_find (bytes.data, size), ==, label);
  hex_free (bytes);
}

static void
assert_behind (const char *text, size_t expected)
{
  const BytesSpan bytes = hex (text);

  for (size_t cut = 4; cut <= bytes.size; cut++) {
    const BytesSpan some = hex_cut (bytes, cut);
    const size_t found = klv_unit_find_behind (some.data, cut);

    g_assert_cmpuint (found, >=, 4);
    g_assert_cmpuint (found, <=, cut);
    if (cut == bytes.size)
      g_assert_cmpuint (found, ==, expected);
    hex_free (some);
  }
  hex_free (bytes);
}

/* A universal set has elements of labels of their own, and values may be labels. */
static void
test_find_behind (void)
{
  assert_behind (KEY "20 61 62 63", 20);
  assert_behind (KEY "20 61 " KEY "00", 18);
  assert_behind (KEY "20 " ELEMENT "01 61 06 0e 2b 34 04 00 " OTHER_SET "00",
      41);
  assert_behind (ELEMENT "20 " ELEMENT "01 61", 17);
  assert_behind ("06 0e 2b 34 02 06 0e 2b 34 02", 5);
  assert_behind (KEY "20 61 06 0e", 18);
  /* but a universal set may have others in it */
  assert_behind (UNIVERSAL "40 61 " OTHER_UNIVERSAL "02 61 62 " UNIVERSAL "00",
      37);
  assert_behind (UNIVERSAL "40 61 " OTHER_SET "00", 18);
  assert_behind (UNIVERSAL "40 61 06 0e 2b 34 02 01 01 01 02", 18);
  assert_behind (KEY "40 61 " OTHER_UNIVERSAL "00", 18);
}

/* Whether the bytes are a key, or its beginning, but for its version */
static bool
is_same (const uint8_t * key, const uint8_t * data, size_t size)
{
  for (size_t i = 0; i < MIN (size, KLV_KEY_SIZE); i++) {
    if (i != 7 && data[i] != key[i])
      return false;
  }
  return true;
}

static void
assert_same (const char *text, size_t expected)
{
  const BytesSpan bytes = hex (text);

  g_assert_cmpuint (klv_unit_find_same (bytes.data, bytes.size), ==, expected);
  for (size_t cut = KLV_KEY_SIZE; cut < bytes.size; cut++) {
    const BytesSpan some = hex_cut (bytes, cut);
    size_t same = KLV_KEY_SIZE;

    while (same < cut && !is_same (some.data, some.data + same, cut - same))
      same++;
    g_assert_cmpuint (klv_unit_find_same (some.data, cut), ==, same);
    hex_free (some);
  }
  hex_free (bytes);
}

static void
test_find_same (void)
{
  assert_same (KEY, 16);
  assert_same (KEY "20 61 " KEY "00", 18);
  assert_same (KEY "20 " OTHER_SET "00 " ELEMENT "00 " KEY_OF_OTHER_VERSION
      "00", 51);
  assert_same (KEY "20 " OTHER_SET "00", 34);
}

static void
assert_may_hold (const char *key, const char *label, bool expected)
{
  const BytesSpan a = hex (key), b = hex (label);

  g_assert_cmpint (klv_unit_may_hold (a.data, b.data, b.size), ==, expected);
  hex_free (b);
  hex_free (a);
}

static void
test_may_hold (void)
{
  assert_may_hold (KEY, ELEMENT, true);
  assert_may_hold (KEY, "06 0e 2b 34 04", true);
  assert_may_hold (KEY, KEY, false);
  assert_may_hold (KEY, OTHER_SET, false);
  assert_may_hold (KEY, OTHER_UNIVERSAL, false);
  assert_may_hold (ELEMENT, ELEMENT, false);
  assert_may_hold (ELEMENT, KEY, false);
  assert_may_hold (UNIVERSAL, OTHER_UNIVERSAL, true);
  assert_may_hold (UNIVERSAL, SECURITY_SET, true);
  assert_may_hold (UNIVERSAL, OTHER_SET, false);
  assert_may_hold (UNIVERSAL, KEY, false);
  assert_may_hold (UNIVERSAL, UNIVERSAL, false);
  /* as far as can be seen */
  assert_may_hold (UNIVERSAL, "06 0e 2b 34 02", true);
  assert_may_hold (UNIVERSAL, "06 0e 2b 34 02 01 01 01 0e", true);
  assert_may_hold (UNIVERSAL, "06 0e 2b 34 02 0b", true);
  assert_may_hold (KEY, "06 0e 2b 34 02", false);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/klv/unit/every-cut", test_every_cut);
  g_test_add_func ("/klv/unit/bytes-behind-do-not-count",
      test_bytes_behind_do_not_count);
  g_test_add_func ("/klv/unit/lengths-that-cannot-be",
      test_lengths_that_cannot_be);
  g_test_add_func ("/klv/unit/max-size", test_max_size);
  g_test_add_func ("/klv/unit/what-is-no-label", test_what_is_no_label);
  g_test_add_func ("/klv/unit/label", test_label);
  g_test_add_func ("/klv/unit/find", test_find);
  g_test_add_func ("/klv/unit/find-behind", test_find_behind);
  g_test_add_func ("/klv/unit/find-same", test_find_same);
  g_test_add_func ("/klv/unit/may-hold", test_may_hold);
  return g_test_run ();
}
