/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What metakafka-print finds in records: paths, filters and fields */

#include <string.h>

#include "fields.h"
#include "filter.h"
#include "path.h"

#define JSON "{\"seq\":7,\"ts_ns\":1700000000033333333,\"name\":\"10\",\"on\":true," \
    "\"none\":null,\"a.b\":1,\"q\":\"\\u0061\\\"\",\"c\":0.60,\"e\":1e2," \
    "\"tags\":[\"x\",[\"y\"]],\"box\":{\"x\":0.10,\"y\":[1,2]}," \
    "\"objects\":[{\"label\":\"person\",\"id\":1},{\"label\":\"car\"},3]}"

static gboolean
append_value (const JsonTextValue * value, gpointer data)
{
  g_string_append_len (data, value->text, value->size);
  g_string_append_c (data, ' ');
  return TRUE;
}

static void
assert_finds (const char *path, const char *json, const char *expected)
{
  g_autoptr (GString) found = g_string_new (NULL);
  g_autoptr (Path) parsed = path_new (path, NULL);
  Record record;

  g_assert_nonnull (parsed);
  record_init (&record);
  record_read_value (&record, json, strlen (json));
  path_foreach (parsed, &record, append_value, found);
  g_assert_cmpstr (found->str, ==, expected);
  record_clear (&record);
}

static void
test_names (void)
{
  assert_finds ("seq", JSON, "7 ");
  assert_finds ("c", JSON, "0.60 ");
  assert_finds ("objects.label", JSON, "\"person\" \"car\" ");
  assert_finds ("objects.id", JSON, "1 ");
  assert_finds ("box.x", JSON, "0.10 ");
  assert_finds ("box.y", JSON, "[1,2] ");
  assert_finds ("tags", JSON, "[\"x\",[\"y\"]] ");
  assert_finds ("seq.x", JSON, "");
  assert_finds ("x", JSON, "");
  /* escapes, twins, arrays in arrays, and no object at all */
  assert_finds ("ab", "{\"a\\u0062\":1}", "1 ");
  assert_finds ("a", "{\"a\":1,\"a\":2}", "2 ");
  assert_finds ("a", "[[{\"a\":1}],{\"a\":2}]", "1 2 ");
  assert_finds ("a", "3", "");
  assert_finds ("a", "{\"a\":", "");
}

static void
test_jsonpath (void)
{
  assert_finds ("$", "3", "3 ");
  assert_finds ("$.c", JSON, "0.60 ");
  assert_finds ("$['a.b']", JSON, "1 ");
  assert_finds ("$.objects[*].label", JSON, "\"person\" \"car\" ");
  assert_finds ("$.objects.label", JSON, "");
  assert_finds ("$.objects[1].label", JSON, "\"car\" ");
  assert_finds ("$.objects[2]", JSON, "3 ");
  assert_finds ("$.objects[3]", JSON, "");
  assert_finds ("$.seq[0]", JSON, "");
  assert_finds ("$..label", JSON, "\"person\" \"car\" ");
  /* also within what it finds, and in arrays of arrays */
  assert_finds ("$..a", "{\"a\":{\"b\":1,\"a\":[{\"a\":2}]}}",
      "{\"b\":1,\"a\":[{\"a\":2}]} [{\"a\":2}] 2 ");
  assert_finds ("$..a", "[[{\"a\":1}],{\"b\":{\"a\":2}}]", "1 2 ");
  assert_finds ("$.x..a..b", "{\"b\":0,\"x\":{\"a\":{\"c\":{\"b\":1}}}}", "1 ");
  assert_finds ("$..a.b", "{\"a\":{\"b\":1},\"c\":{\"a\":{\"b\":2}}}", "1 2 ");
  assert_finds ("$..a[0]", "{\"a\":[1],\"c\":{\"a\":[2]}}", "1 2 ");
  assert_finds ("$..a[*]..b", "{\"a\":[{\"b\":1}]}", "1 ");
  assert_finds ("$..x", JSON, "0.10 ");
  assert_finds ("$..a", "3", "");
  assert_finds ("$.box.*", JSON, "0.10 [1,2] ");
  assert_finds ("$.box['*']", JSON, "");
  assert_finds ("$['*'].a", "{\"b\":{\"a\":1},\"*\":{\"a\":2}}", "2 ");
  assert_finds ("$.a['*']", "{\"a\":[1]}", "");
  assert_finds ("$.box", JSON, "{\"x\":0.10,\"y\":[1,2]} ");
  assert_finds ("$.tags[*]", JSON, "\"x\" [\"y\"] ");
  assert_finds ("$.tags[1][0]", JSON, "\"y\" ");
  /* what has no parts is not its own part */
  assert_finds ("$.seq[*]", JSON, "");
  assert_finds ("$.seq.*", JSON, "");
  assert_finds ("$.box[*].x", JSON, "");
  assert_finds ("$[0].a", "[]", "");
  assert_finds ("$.ts_ns", JSON, "1700000000033333333 ");
  assert_finds ("$.e", JSON, "1e2 ");
  /* a NUL in a name does not end it */
  assert_finds ("$.a", "{\"a\":1,\"a\\u0000b\":2}", "1 ");
  assert_finds ("$.a", "{\"a\\u0000b\":2}", "");
  assert_finds ("$.*", "{\"a\":1,\"a\\u0000b\":2}", "1 2 ");
}

static void
test_wrong_paths (void)
{
  static const char *const wrong[] = {
    "", ".", "a.", ".a", "a..b", "$a", "$.", "$..", "$...a", "$[", "$[]",
    "$['a",
    "$['a'", "$['']", "$['a'x]", "$[a]", "$[-1]", "$[0:2]", "$[0,1]", "$.a[",
    "$[1234567890]", "$..*", "$.a b[", "$[?(@.a)]", "$.[0]"
  };
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (Path) path = path_new (wrong[i], &error);

    g_test_message ("%s", wrong[i]);
    g_assert_null (path);
    g_assert_nonnull (strstr (error->message, "write "));
    g_assert_nonnull (strstr (error->message, wrong[i]));
  }
}

static void
test_domain (void)
{
  g_assert_cmpstr (g_quark_to_string (PATH_ERROR), ==, "metakafka-path-error");
}

static gboolean
holds (const char *filter, const char *json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Filter) parsed = filter_new (filter, &error);
  gboolean result;
  Record record;

  g_assert_no_error (error);
  record_init (&record);
  record_read_value (&record, json, strlen (json));
  result = filter_holds (parsed, &record);
  record_clear (&record);
  return result;
}

static void
test_filters_that_hold (void)
{
  static const char *const all[] = {
    "seq", "none", "tags", "objects.label", "$.objects[*].label",
    "seq=7", "seq==7", "seq=7.0", "seq=70e-1", "c=0.6", "e=100", "name=10",
    "name=\"10\"", "on=true", "none=null", "q=a\"", "q=\"a\\\"\"",
    "objects.label=person", "objects.label=car", "objects.label!=dog",
    "objects.label!=", "tags=x", "tags=y", "x!=1", "x.y!=",
    "seq>6", "seq>=7", "seq<=7", "seq<8", "seq<7.5", "seq>-1",
    "ts_ns=1700000000033333333", "ts_ns<1700000000033333334",
    "ts_ns>1700000000033333332", "ts_ns<1e400", "name>1", "name<2",
    "objects.id<2", "box.y>1", "objects.label~^per", "objects.label~so",
    "objects.label!=\"=x\"", "objects.label!=.4", "seq>-0.5", "seq>=-4e-1",
    "name>\".4\"", "name<2-1", "name>-x", "tags~^y$", "$['a.b']=1",
    "$.objects[0].label=person", "q~^a\"$",
    /* blanks are not part of names and values, but within quotes */
    " seq", "seq ", "seq > 6", "seq> 6", "seq<8 ", "seq == 7", "seq = 7 ",
    "\tseq\t=\t7\t", "objects . label = person", "objects.label= person",
    "objects.label ~ ^per ", "$.seq = 7", " $['a.b'] = 1", "name = \"10\" ",
    "objects.label != \" person\"", "objects.label!=\"person \"",
    "x != 1", "q = a\"", "name<10:30", "name<2026-11-28T18:00:00+01:00",
    "name < 2026-11-28", "name<2026-11-28 18:00", "q>\"0,5\"", "name>\"1 & 2\"",
    "q~\"$", "q~^.\"$|,"
  };

  for (guint i = 0; i < G_N_ELEMENTS (all); i++) {
    g_test_message ("%s", all[i]);
    g_assert_true (holds (all[i], JSON));
  }
  /* integers of any size */
  g_assert_true (holds ("a=18446744073709551615",
          "{\"a\":18446744073709551615}"));
  g_assert_false (holds ("a=18446744073709551614",
          "{\"a\":18446744073709551615}"));
  g_assert_true (holds ("a>18446744073709551614",
          "{\"a\":18446744073709551615}"));
  g_assert_true (holds ("a<-18446744073709551614",
          "{\"a\":-18446744073709551615}"));
  g_assert_true (holds ("a>99", "{\"a\":100}"));
  g_assert_true (holds ("a>-100", "{\"a\":-99}"));
  g_assert_true (holds ("a<1", "{\"a\":-2}"));
  g_assert_true (holds ("a>-1", "{\"a\":0}"));
  g_assert_true (holds ("a=0", "{\"a\":-0}"));
  /* a record that is not JSON has nothing */
  g_assert_true (holds ("a!=1", "{"));
}

static void
test_filters_that_do_not (void)
{
  static const char *const all[] = {
    "x", "objects.x", "$.objects[3]", "seq=8", "seq=seven", "seq=\"7\"",
    "seq!=7", "on=\"true\"", "on=1", "none=0", "objects.label=dog",
    "objects.label=perso", "objects.label=persona", "objects.label!=car",
    "objects=person", "seq>7", "seq>=8", "seq<7", "seq<=6",
    "ts_ns=1700000000033333332", "x<1", "seq~7", "objects.label~^er",
    "box=1", "on<false", "seq > 7", "objects.label = dog",
    "objects.label=\" person\"", "objects.label=per son", "$['seq ']"
  };

  for (guint i = 0; i < G_N_ELEMENTS (all); i++) {
    g_test_message ("%s", all[i]);
    g_assert_false (holds (all[i], JSON));
  }
  g_assert_false (holds ("a", "{"));
  g_assert_false (holds ("a", ""));
  /* names with blanks around them, too, can be reached */
  g_assert_false (holds ("a =1", "{\"a \":1}"));
  g_assert_true (holds (" $['a '] = 1", "{\"a \":1}"));
  g_assert_true (holds ("a b = 1", "{\"a b\":1}"));
}

static void
test_wrong_filters (void)
{
  static const struct
  {
    const char *text, *words;
  } wrong[] = {
    {"a=>2", "'=>2' begins with more than one of"},
    {"a=<2", "begins with"}, {"a<>2", "begins with"}, {"a=!2", "begins with"},
    {"a===2", "begins with"}, {"a=~2", "in double quotes"},
    {"a!==2", "begins with"}, {"a>.4", "'.4' is no number of JSON: write"},
    {"a<=+4", "no number"}, {"a<-.5", "no number"}, {"a>=+.5e1", "no number"},
    {"a!b", "write one of = != < <= > >= ~"}, {"=1", "lacks a name"},
    {"a..b=1", "lacks a name"}, {" =1", "lacks a name"}, {" ", "lacks a name"},
    {"a . .b", "lacks a name"}, {"a = = 2", "begins with"},
    {"a > = 2", "begins with"},
    {"a>=0,5", "'0,5' is no number of JSON: write"}, {"a>-0,5", "no number"},
    {"a<50%", "'50%' is no number"}, {"a<= 50 %", "'50 %' is no number"},
    {"a>0x4", "'0x4' is no number"}, {"a>-0X4", "no number"},
    {"a>4 5", "no number"}, {"a>1\t000", "no number"},
    {"a>4 && a<6", "'4 && a<6' is more than a value: give each condition a"
          " --filter of its own"},
    {"a>4&&a<6", "is more than a value"}, {"a<4||a>6", "is more than a value"},
    {"a=\"x", "'\"x' begins with a double quote and is no string of JSON"},
    {"a=\"x\"y", "no string of JSON"}, {"a!=\"", "no string of JSON"},
    {"a<\"x", "end it with one, and write \\\" for one within"},
    {"a == \"x\" \"y\"", "no string"}, {"a=\"x\\y\"", "no string"},
    {"a~(", "regular expression of PCRE"},
    {"$.a[=1", "no JSONPath from '['"}
  };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (filter_new (wrong[i].text, &error));
    g_assert_nonnull (strstr (error->message, wrong[i].words));
  }
}

static void
assert_fields (const char *paths, const char *json, const char *expected)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (Fields) fields = fields_new (paths, &error);
  Record record;

  g_assert_no_error (error);
  record_init (&record);
  record_read_value (&record, json, strlen (json));
  fields_append (fields, &record, text);
  g_assert_cmpstr (text->str, ==, expected);
  record_clear (&record);
}

static void
test_fields (void)
{
  assert_fields ("seq", JSON, "{\"seq\":7}");
  /* in the order of the record, as they came */
  assert_fields ("box.x,c,e,seq", JSON,
      "{\"seq\":7,\"c\":0.60,\"e\":1e2,\"box\":{\"x\":0.10}}");
  assert_fields ("objects.label", JSON,
      "{\"objects\":[{\"label\":\"person\"},{\"label\":\"car\"}]}");
  assert_fields ("objects.label,objects.id", JSON,
      "{\"objects\":[{\"label\":\"person\",\"id\":1},{\"label\":\"car\"}]}");
  /* the whole takes its members along */
  assert_fields ("box,box.x", JSON, "{\"box\":{\"x\":0.10,\"y\":[1,2]}}");
  assert_fields ("box.x,box", JSON, "{\"box\":{\"x\":0.10,\"y\":[1,2]}}");
  assert_fields ("x,seq.y", JSON, "{}");
  assert_fields ("box.z", JSON, "{\"box\":{}}");
  assert_fields ("q", "{\"\\u0071\" : \"\\u0041\"}",
      "{\"\\u0071\":\"\\u0041\"}");
  assert_fields ("a.b", "{\"a\":[[{\"b\":1}],[],2]}",
      "{\"a\":[[{\"b\":1}],[]]}");
  assert_fields ("a", "[{\"a\":1,\"b\":2},[{\"a\":3}],4]",
      "[{\"a\":1},[{\"a\":3}]]");
  assert_fields ("a", "[]", "[]");
  assert_fields ("a,$[0]", "[{\"a\":1}]", "{\"$[0]\":[{\"a\":1}]}");
  /* blanks around paths and names */
  assert_fields ("seq, c ,\te", JSON, "{\"seq\":7,\"c\":0.60,\"e\":1e2}");
  assert_fields ("box . x", JSON, "{\"box\":{\"x\":0.10}}");
  assert_fields ("a", "5", "{}");
  assert_fields ("a", "x", "{}");
}

static void
test_fields_of_jsonpath (void)
{
  assert_fields ("$.objects[*].label,seq", JSON,
      "{\"seq\":7,\"$.objects[*].label\":[\"person\",\"car\"]}");
  assert_fields ("$['a,b']", "{\"a,b\":1.0}", "{\"$['a,b']\":[1.0]}");
  assert_fields ("$.x,$..id", JSON, "{\"$.x\":[],\"$..id\":[1]}");
  assert_fields ("$.a,b,$.a,b", "{\"a\":1,\"b\":2}", "{\"b\":2,\"$.a\":[1]}");
  assert_fields ("$[0]", "[5]", "{\"$[0]\":[5]}");
  assert_fields ("b, $['a, b'] , $['a, b']", "{\"a, b\":1,\"b\":2}",
      "{\"b\":2,\"$['a, b']\":[1]}");
  assert_fields ("$.a", "x", "{\"$.a\":[]}");
}

static void
test_wrong_fields (void)
{
  static const char *const wrong[] =
      { "", ",", "a,", "a,,b", "a,$.", "$[0,1]", " ", "a, ,b" };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (fields_new (wrong[i], &error));
    g_assert_nonnull (strstr (error->message, "write "));
  }
}

/* The values have nothing behind them. */
static void
test_cut (void)
{
  g_autoptr (Filter) filter = filter_new ("$.objects[*].label=car", NULL);
  g_autoptr (Fields) fields = fields_new ("objects.id,$..label", NULL);

  for (gsize n = 0; n <= strlen (JSON); n++) {
    g_autoptr (GString) text = g_string_new (NULL);
    g_autofree char *cut = g_memdup2 (JSON, n);
    Record record;

    record_init (&record);
    record_read_value (&record, cut, n);
    g_assert_cmpint (record_is_json (&record), ==, n == strlen (JSON));
    g_assert_cmpint (filter_holds (filter, &record), ==, n == strlen (JSON));
    fields_append (fields, &record, text);
    record_clear (&record);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/path/names", test_names);
  g_test_add_func ("/path/jsonpath", test_jsonpath);
  g_test_add_func ("/path/wrong", test_wrong_paths);
  g_test_add_func ("/path/domain", test_domain);
  g_test_add_func ("/filter/hold", test_filters_that_hold);
  g_test_add_func ("/filter/hold-not", test_filters_that_do_not);
  g_test_add_func ("/filter/wrong", test_wrong_filters);
  g_test_add_func ("/fields/names", test_fields);
  g_test_add_func ("/fields/jsonpath", test_fields_of_jsonpath);
  g_test_add_func ("/fields/wrong", test_wrong_fields);
  g_test_add_func ("/record/cut", test_cut);
  return g_test_run ();
}
