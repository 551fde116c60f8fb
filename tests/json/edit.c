/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "block.h"

/* Text and what it is without white space between tokens */
static const struct
{
  Text text, compact;
} compacts[] = {
  {TEXT ("{}"), TEXT ("{}")},
  {TEXT (" { } "), TEXT ("{}")},
  {TEXT ("\t[ ]\r\n"), TEXT ("[]")},
  {TEXT (" 1.50E+03 "), TEXT ("1.50E+03")},
  {TEXT ("\n\" a  b \""), TEXT ("\" a  b \"")},
  {TEXT ("[ 1 , 2\t,\n3 ]"), TEXT ("[1,2,3]")},
  {TEXT ("{ \"a\" : [ { } , null ] , \"b\" : true }"),
      TEXT ("{\"a\":[{},null],\"b\":true}")},
  {TEXT ("{\"s\": \"a \\\" : , b\", \"n\": 0.59999999999999998}"),
      TEXT ("{\"s\":\"a \\\" : , b\",\"n\":0.59999999999999998}")},
  {TEXT ("{\"\\u0061\": \"\\/\\u00e9\xc3\xa9\", \"a\": 123456789012345678901}"),
      TEXT
        ("{\"\\u0061\":\"\\/\\u00e9\xc3\xa9\",\"a\":123456789012345678901}")}
};

static size_t
write_compact (const void *arguments, char *dst, size_t capacity)
{
  const Text *text = arguments;

  return json_text_compact (text->text, text->size, dst, capacity);
}

static void
test_compact_drops_white_space_alone (void)
{
  for (unsigned i = 0; i < G_N_ELEMENTS (compacts); i++) {
    const Text *text = &compacts[i].text;
    const Text *compact = &compacts[i].compact;
    char *block = block_new (text->text, text->size);

    check_output (write_compact, &(Text) {
        block, text->size}, compact->text, compact->size);
    free (block);
  }
}

static void
test_compact_twice_is_as_once (void)
{
  for (unsigned i = 0; i < G_N_ELEMENTS (compacts); i++) {
    const Text *compact = &compacts[i].compact;

    check_output (write_compact, compact, compact->text, compact->size);
    g_assert_true (json_text_is_value (compact->text, compact->size));
  }
}

static void
test_compact_refuses_what_is_no_value (void)
{
  static const char *const texts[] = { "", " ", "{", "[1,]", "{\"a\"}", "1 2",
    "\"a", "nul", "[1] x", "{\"a\":1}}", "\xff", "\"\xff\"", "NaN"
  };

  for (unsigned i = 0; i < G_N_ELEMENTS (texts); i++) {
    const size_t size = strlen (texts[i]);
    char *block = block_new (texts[i], size);
    char *dst = malloc (size);

    g_assert_cmpuint (json_text_compact (block, size, dst, size), ==, 0);
    g_assert_cmpuint (json_text_compact (block, size, NULL, 0), ==, 0);
    free (dst);
    free (block);
  }
}

typedef struct
{
  const char *text;
  const char *remove[4];
  const char *expected;
} Edit;

static const Edit edits[] = {
  /* nothing */
  {"{}", {NULL}, "{}"},
  {" { } ", {"a"}, "{}"},
  {" { \"a\" : 1 , \"b\" : [ 2 ] } ", {NULL}, "{\"a\":1,\"b\":[2]}"},
  /* first, middle, last, only, none, all */
  {"{\"a\": 1, \"b\": 2, \"c\": 3}", {"a"}, "{\"b\":2,\"c\":3}"},
  {"{\"a\": 1, \"b\": 2, \"c\": 3}", {"b"}, "{\"a\":1,\"c\":3}"},
  {"{\"a\": 1, \"b\": 2, \"c\": 3}", {"c"}, "{\"a\":1,\"b\":2}"},
  {"{\"a\":1,\"b\":2,\"c\":3}", {"a"}, "{\"b\":2,\"c\":3}"},
  {"{\"a\":1,\"b\":2,\"c\":3}", {"b"}, "{\"a\":1,\"c\":3}"},
  {"{\"a\":1,\"b\":2,\"c\":3}", {"c"}, "{\"a\":1,\"b\":2}"},
  {"{\"a\": 1}", {"a"}, "{}"},
  {"{\"a\": 1}", {"b", "A", "aa"}, "{\"a\":1}"},
  {"{\"a\": 1, \"b\": 2, \"c\": 3}", {"c", "b", "a"}, "{}"},
  {"{\"a\": 1, \"b\": 2, \"c\": 3}", {"a", "b"}, "{\"c\":3}"},
  {"{\"a\": 1, \"b\": 2, \"c\": 3}", {"a", "c"}, "{\"b\":2}"},
  {"{\"a\": 1, \"b\": 2, \"c\": 3}", {"b", "c"}, "{\"a\":1}"},
  /* duplicates */
  {"{\"a\": 1, \"b\": 2, \"a\": 3}", {"a"}, "{\"b\":2}"},
  {"{\"a\": 1, \"b\": 2, \"a\": 3}", {"b"}, "{\"a\":1,\"a\":3}"},
  {"{\"a\":1,\"a\":2}", {"a"}, "{}"},
  /* names with escapes, and of no characters */
  {"{\"\\u0061\": 1, \"s\\u0065q\": 2}", {"a"}, "{\"s\\u0065q\":2}"},
  {"{\"\\u0061\": 1, \"s\\u0065q\": 2}", {"seq"}, "{\"\\u0061\":1}"},
  {"{\"a\\\"b\": 1, \"a\\\\b\": 2}", {"a\"b"}, "{\"a\\\\b\":2}"},
  {"{\"\\ud83d\\ude00\": 1, \"x\": 2}", {"\xf0\x9f\x98\x80"},
      "{\"x\":2}"},
  {"{\"\xc3\xa9\": 1, \"\\u00E9\": 2}", {"\xc3\xa9"}, "{}"},
  {"{\"\": 1, \"a\": 2}", {""}, "{\"a\":2}"},
  {"{\"a\\u0000\": 1, \"a\": 2}", {"a"}, "{\"a\\u0000\":1}"},
  /* only the outermost members */
  {"{\"o\": {\"a\": 1}, \"a\": [{\"a\": 2}]}", {"a"},
      "{\"o\":{\"a\":1}}"},
  {"{\"a\": {\"b\": {\"c\": [1, 2]}, \"d\": []}, \"b\": {\"a\": \"a\"}}",
      {"a"}, "{\"b\":{\"a\":\"a\"}}"},
  {"{\"v\": \"a\", \"a\": \"a\"}", {"a"}, "{\"v\":\"a\"}"},
  {"{\"x\": [\"a\", {\"a\": []}], \"y\": \"}\"}", {"a", "x"},
      "{\"y\":\"}\"}"},
  /* what is kept keeps its text */
  {"{\"l\": [1, [2, 3]], \"a\": 4, \"o\": {\"x\": 5, \"y\": 6}}", {"a"},
      "{\"l\":[1,[2,3]],\"o\":{\"x\":5,\"y\":6}}"},
  {"{ \"n\" : -0.0e-0 , \"s\" : \"\\u0041\\/ \" }", {"x"},
      "{\"n\":-0.0e-0,\"s\":\"\\u0041\\/ \"}"}
};

typedef struct
{
  const Edit *edit;
  const char *text;
} EditArguments;

static size_t
write_edit (const void *arguments, char *dst, size_t capacity)
{
  const EditArguments *edit = arguments;

  return json_text_edit (edit->text, strlen (edit->edit->text),
      edit->edit->remove, NULL, 0, dst, capacity);
}

static void
test_edit_removes_members (void)
{
  for (unsigned i = 0; i < G_N_ELEMENTS (edits); i++) {
    const size_t size = strlen (edits[i].text);
    const size_t expected_size = strlen (edits[i].expected);
    char *block = block_new (edits[i].text, size);
    const EditArguments arguments = { &edits[i], block };

    g_assert_true (json_text_is_object (block, size));
    g_assert_true (json_text_is_object (edits[i].expected, expected_size));
    check_output (write_edit, &arguments, edits[i].expected, expected_size);
    free (block);
  }
}

static void
test_edit_without_names_may_be_null (void)
{
  char dst[20];

  g_assert_cmpuint (json_text_edit ("{\"a\": 1}", 8, NULL, NULL, 0, dst,
          sizeof (dst)), ==, 7);
  g_assert_cmpmem (dst, 7, "{\"a\":1}", 7);
}

static const struct
{
  const char *text, *name, *value;
  JsonTextType type;
} finds[] = {
  {"{\"a\": 1, \"b\": \"x\"}", "a", "1", JSON_TEXT_NUMBER},
  {"{\"a\": 1, \"b\": \"x\"}", "b", "\"x\"", JSON_TEXT_STRING},
  {"{\"a\": 1, \"b\": \"x\"}", "c", NULL, JSON_TEXT_NULL},
  {"{}", "", NULL, JSON_TEXT_NULL},
  {"{\"\": -1.5e3 }", "", "-1.5e3", JSON_TEXT_NUMBER},
  {"{\"t\": true, \"f\":false , \"n\": null}", "t", "true", JSON_TEXT_TRUE},
  {"{\"t\": true, \"f\":false , \"n\": null}", "f", "false", JSON_TEXT_FALSE},
  {"{\"t\": true, \"f\":false , \"n\": null}", "n", "null", JSON_TEXT_NULL},
  {"{\"o\": { \"o\" : [ { } ] } , \"a\": [ ]}", "o", "{ \"o\" : [ { } ] }",
      JSON_TEXT_OBJECT},
  {"{\"o\": { \"o\" : [ { } ] } , \"a\": [ ]}", "a", "[ ]", JSON_TEXT_ARRAY},
  {"{\"a\": [1, {\"x\": \"]\"}, []] }", "a", "[1, {\"x\": \"]\"}, []]",
      JSON_TEXT_ARRAY},
  /* the last counts */
  {"{\"a\": 1, \"a\": [2], \"b\": 3}", "a", "[2]", JSON_TEXT_ARRAY},
  {"{\"\\u0061\": [2], \"a\": 1}", "a", "1", JSON_TEXT_NUMBER},
  {"{\"a\": [2], \"\\u0061\": 1}", "a", "1", JSON_TEXT_NUMBER},
  /* escapes in names */
  {"{\"s\\u0065q\": 7}", "seq", "7", JSON_TEXT_NUMBER},
  {"{\"\\u0073\\u0065\\u0071\": 7}", "seq", "7", JSON_TEXT_NUMBER},
  {"{\"s\\u0065q\": 7}", "s\\u0065q", NULL, JSON_TEXT_NULL},
  {"{\"a\\/b\\n\": 7}", "a/b\n", "7", JSON_TEXT_NUMBER},
  {"{\"\\uD83D\\uDE00\": 7}", "\xf0\x9f\x98\x80", "7", JSON_TEXT_NUMBER},
  {"{\"seq\\u0000\": 7}", "seq", NULL, JSON_TEXT_NULL},
  {"{\"seqs\": 7, \"se\": 8}", "seq", NULL, JSON_TEXT_NULL},
  /* not in depth, not values */
  {"{\"o\": {\"a\": 1}, \"v\": \"a\", \"l\": [\"a\"]}", "a", NULL,
      JSON_TEXT_NULL},
  {"{\"o\": {\"a\": 1}, \"a\": 2, \"p\": {\"a\": 3}}", "a", "2",
      JSON_TEXT_NUMBER}
};

static void
assert_value (const JsonTextValue * value, const char *block, unsigned i)
{
  const size_t size = strlen (finds[i].text);

  g_assert_cmpint (value->type, ==, finds[i].type);
  g_assert_cmpmem (value->text, value->size, finds[i].value,
      strlen (finds[i].value));
  g_assert_true (value->text >= block && value->text < block + size);
}

static void
test_find_gives_the_text_of_the_value (void)
{
  for (unsigned i = 0; i < G_N_ELEMENTS (finds); i++) {
    const size_t size = strlen (finds[i].text);
    char *block = block_new (finds[i].text, size);
    JsonTextValue value;

    const gboolean found = json_text_find (block, size, finds[i].name, &value);
    g_assert_cmpint (found, ==, finds[i].value != NULL);
    if (found)
      assert_value (&value, block, i);
    free (block);
  }
}

/* Also one that is asked for twice, and one that a call before found elsewhere */
static void
test_members_are_found_in_one_pass (void)
{
  for (unsigned i = 0; i < G_N_ELEMENTS (finds); i++) {
    const size_t size = strlen (finds[i].text);
    const char *const remove[] = { finds[i].name, "a", NULL };
    char *block = block_new (finds[i].text, size);
    char *dst = malloc (size);
    JsonTextMember members[] = {
      {.name = "no such",.found = true},
      {.name = finds[i].name},
      {.name = "a",.found = true},
      {.name = finds[i].name}
    };

    for (unsigned k = 0; k < 3; k++) {
      if (k == 0)
        g_assert_true (json_text_read_object (block, size, members,
                G_N_ELEMENTS (members)));
      else
        /* what is removed is found, too */
        json_text_edit (block, size, k == 1 ? NULL : remove, members,
            G_N_ELEMENTS (members), dst, size);
      g_assert_false (members[0].found);
      for (unsigned m = 1; m < G_N_ELEMENTS (members); m += 2) {
        g_assert_cmpint (members[m].found, ==, finds[i].value != NULL);
        if (members[m].found)
          assert_value (&members[m].value, block, i);
      }
      JsonTextValue value;
      g_assert_cmpint (members[2].found, ==, json_text_find (block, size, "a",
              &value));
      if (members[2].found)
        g_assert_true (members[2].value.text == value.text);
    }
    free (dst);
    free (block);
  }
}

static void
test_nothing_is_found_in_what_is_no_object (void)
{
  static const char *const texts[] = {
    "", "1", "[{\"a\": 1}]", "[\"a\", 1]", "{\"a\": 1", "{\"a\": 1,}",
    "{\"a\": 1} {\"a\": 2}", "{\"a\": 1}\"a\"", "\xef\xbb\xbf{\"a\": 1}",
    "{\"a\": 1, \"b\": \"\xff\"}", "{\"a\": 1, \"b\"}"
  };

  for (unsigned i = 0; i < G_N_ELEMENTS (texts); i++) {
    const size_t size = strlen (texts[i]);
    char *block = block_new (texts[i], size);
    JsonTextMember member = {.name = "a",.found = true };

    g_assert_false (json_text_read_object (block, size, &member, 1));
    g_assert_false (member.found);
    free (block);
  }
}

/* Whatever the text is cut to, nothing outside of it is read, written or found */
static void
test_cut_text_is_not_left (void)
{
  static const char *const remove[] = { "a", "o", NULL };

  for (unsigned i = 0; i < G_N_ELEMENTS (finds); i++) {
    const size_t size = json_text_trim (finds[i].text, strlen (finds[i].text));

    for (size_t cut = 0; cut < size; cut++) {
      char *block = block_new (finds[i].text, cut);
      char *dst = malloc (cut);
      JsonTextMember member = {.name = finds[i].name };

      g_assert_false (json_text_read_object (block, cut, &member, 1));
      g_assert_false (member.found);
      g_assert_cmpuint (json_text_compact (block, cut, dst, cut), <=, cut);
      g_assert_cmpuint (json_text_edit (block, cut, remove, &member, 1, dst,
              cut), <=, cut);
      if (member.found) {
        const JsonTextValue *value = &member.value;

        g_assert_true (value->text >= block);
        g_assert_cmpuint (value->size, <=, cut - (size_t) (value->text -
                block));
      }
      free (dst);
      free (block);
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add_func ("/json/" path, func)
  ADD ("compact/white-space", test_compact_drops_white_space_alone);
  ADD ("compact/twice", test_compact_twice_is_as_once);
  ADD ("compact/no-value", test_compact_refuses_what_is_no_value);
  ADD ("edit/remove", test_edit_removes_members);
  ADD ("edit/no-names", test_edit_without_names_may_be_null);
  ADD ("find/value", test_find_gives_the_text_of_the_value);
  ADD ("find/one-pass", test_members_are_found_in_one_pass);
  ADD ("find/no-object", test_nothing_is_found_in_what_is_no_object);
  ADD ("cut", test_cut_text_is_not_left);
  return g_test_run ();
}
