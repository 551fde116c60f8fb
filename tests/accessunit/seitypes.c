/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Lists of payload types as text */

#include <gst/check/check.h>

#include "seitypes.h"

static const struct
{
  const gchar *text;
  gboolean valid;
  guint types[4];               /* that are in it, and no others */
  guint n_types;
} lists[] = {
  {"5", TRUE, {5}, 1},
  {"0", TRUE, {0}, 1},
  {"5,100,240", TRUE, {5, 100, 240}, 3},
  {" 245 ,\t4,5 ", TRUE, {245, 4, 5}, 3},
  {"100,100,5,100", TRUE, {100, 5}, 2},
  {"65535,0,7,8", TRUE, {65535, 0, 7, 8}, 4},
  {"005", TRUE, {5}, 1},
  {"", FALSE, {0}, 0},
  {" ", FALSE, {0}, 0},
  {",", FALSE, {0}, 0},
  {"5,", FALSE, {0}, 0},
  {",5", FALSE, {0}, 0},
  {"5,,100", FALSE, {0}, 0},
  {"5 100", FALSE, {0}, 0},
  {"5;100", FALSE, {0}, 0},
  {"-1", FALSE, {0}, 0},
  {"+5", FALSE, {0}, 0},
  {"5.0", FALSE, {0}, 0},
  {"0x64", FALSE, {0}, 0},
  {"all", FALSE, {0}, 0},
  {"65536", FALSE, {0}, 0},
  {"4294967301", FALSE, {0}, 0},
  {"18446744073709551621", FALSE, {0}, 0},
};

GST_START_TEST (test_types_list_is_read)
{
  GBytes *types = sei_types_parse (lists[__i__].text);

  fail_unless ((types != NULL) == lists[__i__].valid);
  for (guint type = 0; types && type < 70000; type++) {
    gboolean expected = FALSE;

    for (guint i = 0; i < lists[__i__].n_types; i++)
      expected |= lists[__i__].types[i] == type;
    fail_unless (sei_types_contain (types, type) == expected, "%u", type);
  }
  if (types)
    fail_if (sei_types_contain (types, G_MAXUINT));
  g_clear_pointer (&types, g_bytes_unref);
}

GST_END_TEST;

static Suite *
seitypes_suite (void)
{
  Suite *s = suite_create ("seitypes");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_types_list_is_read, 0, G_N_ELEMENTS (lists));

  return s;
}

GST_CHECK_MAIN (seitypes);
