/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What metakafka-print counts */

#include <string.h>

#include "ages.h"
#include "seqs.h"
#include "stats.h"
#include "table.h"

static void
assert_seqs (const Seqs * seqs, guint64 missing, guint64 repeated)
{
  guint64 is_missing, is_repeated;

  g_assert_true (seqs_get (seqs, &is_missing, &is_repeated));
  g_assert_cmpuint (is_missing, ==, missing);
  g_assert_cmpuint (is_repeated, ==, repeated);
}

static void
test_seqs_in_any_order (void)
{
  Seqs *seqs = seqs_new ();
  guint64 missing, repeated;

  g_assert_false (seqs_get (seqs, &missing, &repeated));
  /* as three partitions have them, one after the other */
  for (gint64 i = 0; i < 3; i++)
    for (gint64 seq = 5000 + i; seq < 35000; seq += 3)
      seqs_add (seqs, seq);
  assert_seqs (seqs, 0, 0);
  seqs_add (seqs, 5000);
  seqs_add (seqs, 20000);       /* where all are known */
  assert_seqs (seqs, 0, 2);
  seqs_add (seqs, 35010);
  assert_seqs (seqs, 10, 2);
  seqs_add (seqs, 35005);
  assert_seqs (seqs, 9, 2);
  seqs_add (seqs, 0);
  assert_seqs (seqs, 9 + 4999, 2);
  seqs_free (seqs);
}

static void
test_seqs_that_are_none (void)
{
  Seqs *seqs = seqs_new ();
  guint64 missing, repeated;

  seqs_add (seqs, 0);
  seqs_add (seqs, G_MAXINT64);
  assert_seqs (seqs, (guint64) G_MAXINT64 - 1, 0);
  for (gint64 i = 1; i < 100000; i++)
    seqs_add (seqs, i * 1000000007);
  g_assert_false (seqs_get (seqs, &missing, &repeated));
  seqs_free (seqs);
}

static void
test_ages (void)
{
  static const gint64 all[] = {
    0, 1, 63, 64, 65, 127, 128, 1000, 123456, G_GINT64_CONSTANT (1) << 40,
    G_MAXINT64
  };
  Ages *ages = ages_new ();

  g_assert_cmpint (ages_get (ages, 0.5), ==, -1);
  for (gint64 i = 1; i <= 1000; i++)
    ages_add (ages, i);
  g_assert_cmpint (ages_get (ages, 0), ==, 1);
  g_assert_cmpint (ages_get (ages, 0.05), ==, 50);
  g_assert_cmpint (ages_get (ages, 0.5), >=, 500);
  g_assert_cmpint (ages_get (ages, 0.5), <=, 500 + 500 / 32);
  g_assert_cmpint (ages_get (ages, 0.99), >=, 990);
  g_assert_cmpint (ages_get (ages, 1), ==, 1000);
  ages_free (ages);
  for (guint i = 0; i < G_N_ELEMENTS (all); i++) {
    ages = ages_new ();
    ages_add (ages, all[i]);
    ages_add (ages, G_MAXINT64);
    g_assert_cmpint (ages_get (ages, 0.5), >=, all[i]);
    g_assert_cmpint (ages_get (ages, 0.5) - all[i], <=, all[i] / 32);
    ages_free (ages);
  }
  ages = ages_new ();
  ages_add (ages, -5);
  g_assert_cmpint (ages_get (ages, 1), ==, 0);
  ages_free (ages);
}

static void
test_table (void)
{
  static const char *const columns[] = { "name", "n", NULL };
  g_autoptr (Table) table = table_new (columns);
  g_autoptr (GString) text = g_string_new (NULL);

  table_take (table, g_strdup ("Jürgen"));
  table_take (table, g_strdup ("1"));
  table_take (table, g_strdup ("a"));
  table_take (table, g_strdup ("100"));
  table_append (table, text);
  g_assert_cmpstr (text->str, ==,
      "name      n\n" "Jürgen    1\n" "a       100\n");
}

/* Counts a record without a time. */
static void
add (Stats * stats, const char *value, gboolean is_shown)
{
  Record record;

  record_init (&record);
  record_read_value (&record, value, strlen (value));
  stats_add (stats, &record, is_shown, 0);
  record_clear (&record);
}

static void
test_streams (void)
{
  Stats *stats = stats_new ();
  g_autoptr (GString) text = g_string_new (NULL);

  add (stats, "{\"stream_id\":\"a\",\"seq\":1}", TRUE);
  add (stats, "{\"stream_id\":\"a\",\"seq\":4}", FALSE);
  add (stats, "{\"stream_id\":\"a\",\"seq\":4}", FALSE);
  add (stats, "{\"stream_id\":\"a\",\"seq\":4,\"session\":\"s\"}", FALSE);
  add (stats, "{\"stream_id\":7,\"seq\":-1}", FALSE);
  add (stats, "{\"session\":\"\\u001b\"}", FALSE);
  add (stats, "x", FALSE);
  stats_append_table (stats, 4, 2 * G_TIME_SPAN_SECOND, text);
  g_assert_cmpstr (text->str, ==,
      "stream    records  shown  rate/s  missing  repeated  age p50  p99  max"
      "  bytes\n"
      "a               3      1       -        2         1        -    -    -"
      "     75\n"
      "a s             1      0       -        0         0        -    -    -"
      "     39\n"
      "7               1      0       -        -         -        -    -    -"
      "     24\n"
      "- \\u001b        1      0       -        -         -        -    -    -"
      "     20\n"
      "and 1 more streams\n"
      "7 records, 1 shown, 159 bytes in 2.0 s: 4 records/s\n");
  g_string_truncate (text, 0);
  stats_append_json (stats, 1500 * G_TIME_SPAN_MILLISECOND, text);
  g_assert_true (g_str_has_prefix (text->str, "{\"streams\":["
          "{\"stream\":\"a\",\"records\":3,\"shown\":1,\"rate\":null,"
          "\"missing\":2,\"repeated\":1,\"age_p50_ms\":null,"
          "\"age_p99_ms\":null,\"age_max_ms\":null,\"bytes\":75},"));
  g_assert_true (g_str_has_suffix (text->str, "],\"records\":7,\"shown\":1,"
          "\"bytes\":159,\"seconds\":1.500}\n"));
  g_assert_true (json_text_is_object (text->str, text->len));
  stats_free (stats);
}

/* What records call themselves takes memory up to a bound. */
static void
test_many_streams (void)
{
  Stats *stats = stats_new ();
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < 1010; i++) {
    g_autofree char *value = g_strdup_printf ("{\"stream_id\":\"%u\"}", i);

    add (stats, value, TRUE);
  }
  stats_append_table (stats, G_MAXUINT, 1, text);
  g_assert_nonnull (strstr (text->str, "\n999 "));
  g_assert_null (strstr (text->str, "\n1000 "));
  g_assert_nonnull (strstr (text->str, "\n(others)       10 "));
  stats_free (stats);
}

static void
test_no_name (void)
{
  Stats *stats = stats_new ();
  g_autoptr (GString) text = g_string_new (NULL);

  add (stats, "{}", TRUE);
  add (stats, "{\"stream_id\":null,\"session\":\"\"}", TRUE);
  add (stats, "{\"stream_id\":\"\",\"session\":null}", TRUE);
  add (stats, "{\"stream_id\":\"a\",\"session\":null}", TRUE);
  stats_append_json (stats, 1, text);
  g_assert_true (g_str_has_prefix (text->str, "{\"streams\":["
          "{\"stream\":\"-\",\"records\":3,"));
  g_assert_nonnull (strstr (text->str, "{\"stream\":\"a\",\"records\":1,"));
  stats_free (stats);
}

static void
test_nul_in_a_name (void)
{
  Stats *stats = stats_new ();
  g_autoptr (GString) text = g_string_new (NULL);

  add (stats, "{\"stream_id\":\"x\"}", TRUE);
  add (stats, "{\"stream_id\":\"x\\u0000y\"}", TRUE);
  stats_append_json (stats, 1, text);
  g_assert_nonnull (strstr (text->str, "{\"stream\":\"x\",\"records\":1,"));
  g_assert_nonnull (strstr (text->str,
          "{\"stream\":\"x\357\277\275y\",\"records\":1,"));
  g_string_truncate (text, 0);
  stats_append_table (stats, G_MAXUINT, 1, text);
  g_assert_nonnull (strstr (text->str, "\nx\357\277\275y "));
  stats_free (stats);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/seqs/any-order", test_seqs_in_any_order);
  g_test_add_func ("/seqs/none", test_seqs_that_are_none);
  g_test_add_func ("/ages", test_ages);
  g_test_add_func ("/table", test_table);
  g_test_add_func ("/stats/streams", test_streams);
  g_test_add_func ("/stats/many", test_many_streams);
  g_test_add_func ("/stats/no-name", test_no_name);
  g_test_add_func ("/stats/nul", test_nul_in_a_name);
  return g_test_run ();
}
