/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "block.h"

#include "jsonscan.h"

/* In the manner of JSONTestSuite: what every parser must accept */
static const Text good[] = {
  TEXT ("[]"), TEXT ("{}"), TEXT ("[[]   ]"), TEXT (" [] "), TEXT ("[\"\"]"),
  TEXT ("\t\n\r {\r\n\t \"a\" \n:\t1\r}\n"), TEXT ("null"), TEXT ("true"),
  TEXT ("false"), TEXT ("\"\""), TEXT (" \"asd\" "), TEXT ("42"), TEXT ("-0.1"),
  TEXT ("[null]"), TEXT ("[false]"), TEXT ("[null, 1, \"1\", {}]"),
  TEXT ("[1,null,null,null,2]"), TEXT ("[1\n]"), TEXT (" [1]"), TEXT ("[2] "),
  /* numbers */
  TEXT ("[123e65]"), TEXT ("[0e+1]"), TEXT ("[0e1]"), TEXT ("[ 4]"),
  TEXT ("[-0.000000000000000000000000000000000000000000000000000000000001]"),
  TEXT ("[20e1]"), TEXT ("[-0]"), TEXT ("[-123]"), TEXT ("[-1]"),
  TEXT ("[1E22]"), TEXT ("[1E-2]"), TEXT ("[1E+2]"), TEXT ("[123e45]"),
  TEXT ("[123.456e78]"), TEXT ("[1e-2]"), TEXT ("[1e+2]"), TEXT ("[123]"),
  TEXT ("[123.456789]"), TEXT ("[0]"), TEXT ("0"), TEXT ("-0"), TEXT ("0.0e0"),
  TEXT ("[1.5e+9999]"), TEXT ("[123123e100000]"), TEXT ("[-1e+9999]"),
  TEXT ("[100000000000000000000]"), TEXT ("[0.4e00669999999999999999]"),
  /* objects */
  TEXT ("{\"asd\":\"sdf\", \"dfg\":\"fgh\"}"), TEXT ("{\"asd\":\"sdf\"}"),
  TEXT ("{\"a\":\"b\",\"a\":\"c\"}"), TEXT ("{\"a\":\"b\",\"a\":\"b\"}"),
  TEXT ("{\"\":0}"), TEXT ("{\"foo\\u0000bar\": 42}"), TEXT ("{\"a\":[]}"),
  TEXT ("{ \"min\": -1.0e+28, \"max\": 1.0e+28 }"),
  TEXT ("{\"x\":[{\"id\": \"xxxx\"}], \"id\": \"xxxx\"}"),
  TEXT ("{\n\"a\": \"b\"\n}"), TEXT ("{\"a\":{\"b\":[{},[],{\"c\":null}]}}"),
  /* strings */
  TEXT ("[\"\\u0060\\u012a\\u12AB\"]"), TEXT ("[\"\\uD801\\udc37\"]"),
  TEXT ("[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]"), TEXT ("[\"\\\\u0000\"]"),
  TEXT ("[\"\\\"\"]"), TEXT ("[\"a/*b*/c/*d//e\"]"), TEXT ("[\"\\\\a\"]"),
  TEXT ("[\"\\u0000\"]"), TEXT ("[\"\\uFFFF\"]"), TEXT ("[\"\\u0022\"]"),
  TEXT ("[\"\x7f\"]"), TEXT ("[\"asd \"]"), TEXT ("[\"\\u00e9\"]"),
  /* halves of surrogate pairs as escapes: RFC 8259 section 8.2 lets them be */
  TEXT ("[\"\\uD800\"]"), TEXT ("[\"\\uDd1e\\uD834\"]"),
  TEXT ("[\"\\uD800\\uD800\\n\"]"),
  /* UTF-8: the first and last of each length, around the surrogates */
  TEXT ("\"\xc2\x80\""), TEXT ("\"\xdf\xbf\""), TEXT ("\"\xe0\xa0\x80\""),
  TEXT ("\"\xed\x9f\xbf\""), TEXT ("\"\xee\x80\x80\""),
  TEXT ("\"\xef\xbf\xbd\""), TEXT ("\"\xef\xbf\xbf\""),
  TEXT ("\"\xf0\x90\x80\x80\""), TEXT ("\"\xf4\x8f\xbf\xbf\""),
  TEXT ("\"\xef\xbb\xbf\""), TEXT ("\"\xe2\x80\xa8\""),
  TEXT ("{\"\xe2\x82\xac\":\"\xf0\x9f\x98\x80\"}")
};

/* And what none may */
static const Text bad[] = {
  TEXT (""), TEXT (" "), TEXT ("["), TEXT ("{"), TEXT ("]"), TEXT ("}"),
  TEXT ("[]]"), TEXT ("{}}"), TEXT ("[}"), TEXT ("{]"), TEXT ("[1"),
  TEXT ("[1,"), TEXT ("[1,]"), TEXT ("[,1]"), TEXT ("[1,,2]"), TEXT ("[,]"),
  TEXT ("[1 2]"), TEXT ("[1 true]"), TEXT ("[\"a\" \"b\"]"), TEXT ("[1:2]"),
  TEXT ("[\"x\"]]"), TEXT ("[\"\"],"), TEXT ("[3[4]]"), TEXT ("[a\xc3\xa5]"),
  TEXT ("[\"a\",\n4\n,1,"), TEXT ("[{}"), TEXT ("[1}"), TEXT ("{\"a\":1]"),
  TEXT ("[*]"), TEXT ("[1\x0c]"), TEXT ("\x0b[]"), TEXT ("[\xc2\xa0]"),
  TEXT ("[] []"), TEXT ("1 2"), TEXT ("[]a"), TEXT ("nullnull"), TEXT ("<a>"),
  /* literals */
  TEXT ("nul"), TEXT ("tru"), TEXT ("fals"), TEXT ("True"), TEXT ("NULL"),
  TEXT ("truE"), TEXT ("nulll"), TEXT ("NaN"), TEXT ("Infinity"), TEXT ("t"),
  TEXT ("-Infinity"), TEXT ("undefined"), TEXT ("[nan]"), TEXT ("[truth]"),
  /* numbers */
  TEXT ("-"), TEXT ("[+1]"), TEXT ("[-01]"), TEXT ("[01]"), TEXT ("00"),
  TEXT ("[-2.]"), TEXT ("[2.]"), TEXT ("[.2]"), TEXT ("[-.1]"), TEXT ("[.e1]"),
  TEXT ("[1.]"), TEXT ("[0.e1]"), TEXT ("[2.e3]"), TEXT ("[2.e+3]"),
  TEXT ("[0e]"), TEXT ("[0e+]"), TEXT ("[0E-]"), TEXT ("[1.0e]"),
  TEXT ("[1e+-1]"), TEXT ("[1eE2]"), TEXT ("[9.e+]"), TEXT ("[1.2.3]"),
  TEXT ("[0x1]"), TEXT ("[0x42]"), TEXT ("[1a]"), TEXT ("[1+2]"), TEXT ("1e"),
  TEXT ("[--1]"), TEXT ("[- 1]"), TEXT ("[1 000]"), TEXT ("[1_000]"),
  TEXT ("[-foo]"), TEXT ("[1ea]"), TEXT ("[\xef\xbc\x91]"), TEXT ("[1e1\xe5]"),
  /* objects */
  TEXT ("{\"a\"}"), TEXT ("{\"a\":}"), TEXT ("{\"a\" \"b\"}"), TEXT ("{:1}"),
  TEXT ("{1:1}"), TEXT ("{a:1}"), TEXT ("{'a':1}"), TEXT ("{null:1}"),
  TEXT ("{\"a\":1,}"), TEXT ("{,\"a\":1}"), TEXT ("{\"a\":1,,\"b\":2}"),
  TEXT ("{\"a\"::1}"), TEXT ("{\"a\":1 \"b\":2}"), TEXT ("{\"a\":1:2}"),
  TEXT ("{\"a\",1}"), TEXT ("{\"a\":1}#"), TEXT ("{\"a\":1}//"),
  TEXT ("{\"a\":1}/**/"), TEXT ("{\"a\":/*x*/1}"), TEXT ("{\"a\":1"),
  TEXT ("{\"a\":\"b"), TEXT ("{\"a"), TEXT ("{\"a\":[}"), TEXT ("{[]:1}"),
  TEXT ("{\"a\": true} \"x\""), TEXT ("{\"a\":\"a\" 123}"), TEXT ("{,}"),
  /* strings */
  TEXT ("\""), TEXT ("\"a"), TEXT ("[\"\\"), TEXT ("[\"\\\"]"), TEXT ("'a'"),
  TEXT ("[\"\\u\"]"), TEXT ("[\"\\u00\"]"), TEXT ("[\"\\u00A\"]"), TEXT ("a"),
  TEXT ("\"\\u00a"), TEXT ("[\"\\u00g0\"]"), TEXT ("[\"\\U0041\"]"),
  TEXT ("[\"\\x00\"]"), TEXT ("[\"\\a\"]"), TEXT ("[\"\\'\"]"),
  TEXT ("[\"\\v\"]"), TEXT ("[\"\\0\"]"), TEXT ("[\"\\ \"]"),
  TEXT ("[\"\\\n\"]"), TEXT ("[\"\\\xf0\x9f\x8c\x80\"]"), TEXT ("[\"a\n\"]"),
  TEXT ("[\"\t\"]"), TEXT ("[\"\x1f\"]"), TEXT ("[\"a\0a\"]"),
  TEXT ("[\"\\\0\"]"), TEXT ("[\"\\uD800\\u\"]"), TEXT ("[\\n]"), TEXT ("\0"),
  TEXT ("[\0]"), TEXT ("{}\0"), TEXT ("{}\0\0"), TEXT ("\0{}"),
  TEXT ("\"a\0\""), TEXT ("{\"a\0\":1}"), TEXT ("12\0"), TEXT ("{} \0 "),
  /* byte order marks, UTF-16 */
  TEXT ("\xef\xbb\xbf{}"), TEXT ("\xff\xfe{\0}\0"), TEXT ("\xef\xbb\xbf"),
  TEXT ("\0{\0}"), TEXT ("{}\xef\xbb\xbf"),
  /* UTF-8 */
  TEXT ("[\"\x80\"]"), TEXT ("[\"\xbf\"]"), TEXT ("[\"\xff\"]"),
  TEXT ("[\"\xfe\"]"), TEXT ("[\"\xc0\xaf\"]"), TEXT ("[\"\xc1\xbf\"]"),
  TEXT ("[\"\xe0\x9f\xbf\"]"), TEXT ("[\"\xf0\x8f\xbf\xbf\"]"),
  TEXT ("[\"\xed\xa0\x80\"]"), TEXT ("[\"\xed\xbf\xbf\"]"),
  TEXT ("[\"\xf4\x90\x80\x80\"]"), TEXT ("[\"\xf5\x80\x80\x80\"]"),
  TEXT ("[\"\xf8\x88\x80\x80\x80\"]"), TEXT ("[\"\xc2\"]"),
  TEXT ("[\"\xe2\x82\"]"), TEXT ("[\"\xf0\x9f\x98\"]"), TEXT ("\"\xc2"),
  TEXT ("\"\xe2\x82"), TEXT ("\"\xf0\x9f\x98"), TEXT ("[\"\xe9\"]"),
  TEXT ("[\"\xe2\x28\xa1\"]"), TEXT ("[\"\xe2\x82\x28\"]"), TEXT ("\xe2\x82"),
  TEXT ("[\"\xf0\x28\x8c\xbc\"]"), TEXT ("[\"\xf0\x90\x28\xbc\"]"),
  TEXT ("[\"\xf0\x90\x8c\x28\"]"), TEXT ("{\"\xe9\":1}"), TEXT ("[\xe9]")
};

static void
check_value (const char *text, size_t size, gboolean is_value,
    gboolean is_object)
{
  char *block = block_new (text, size);

  if (json_text_is_value (block, size) != is_value
      || json_text_is_object (block, size) != is_object)
    g_error ("%.*s is taken as %s", (int) size, text,
        is_value ? "bad" : "good");
  free (block);
}

static gboolean
begins_object (const char *text, size_t size)
{
  const size_t blank = size > 0 ? strspn (text, " \t\r\n") : 0;

  return blank < size && text[blank] == '{';
}

static void
test_scan_good_is_value (void)
{
  for (unsigned i = 0; i < G_N_ELEMENTS (good); i++)
    check_value (good[i].text, good[i].size, TRUE,
        begins_object (good[i].text, good[i].size));
}

static void
test_scan_bad_is_no_value (void)
{
  for (unsigned i = 0; i < G_N_ELEMENTS (bad); i++)
    check_value (bad[i].text, bad[i].size, FALSE, FALSE);
  g_assert_false (json_text_is_value (NULL, 0));
  g_assert_false (json_text_is_object (NULL, 0));
}

/* A text without its end is a value only if it is a number or what was cut is
 * white space; nor may anything come behind it */
static void
test_scan_cut_and_extended (void)
{
  for (unsigned i = 0; i < G_N_ELEMENTS (good); i++) {
    const char *text = good[i].text;
    const size_t size = json_text_trim (text, good[i].size);
    const gboolean is_object = begins_object (text, size);

    for (size_t cut = 0; cut <= size; cut++) {
      char *block = block_new (text, cut);

      if (strchr ("{[\"tfn", text[strspn (text, " \t\r\n")]) != NULL) {
        g_assert_cmpint (json_text_is_value (block, cut), ==, cut == size);
        g_assert_cmpint (json_text_is_object (block, cut), ==,
            cut == size && is_object);
      } else {
        json_text_is_value (block, cut);
        g_assert_false (json_text_is_object (block, cut));
      }
      free (block);
    }

    static const char behind[] = "{}[],:\"-x\\/\x01\x7f\xc2";
    char *block = malloc (size + 1);
    memcpy (block, text, size);
    for (size_t k = 0; k < sizeof (behind); k++) {
      block[size] = behind[k];
      g_assert_false (json_text_is_value (block, size + 1));
      g_assert_false (json_text_is_object (block, size + 1));
    }
    free (block);
  }
}

static void
test_scan_every_byte_changed (void)
{
  static const char text[] = "{\"a\":[1.5e3,\"\\u00e9\xc3\xa9\",true]}";
  const size_t size = sizeof (text) - 1;
  unsigned n_good = 0;

  for (size_t i = 0; i < size; i++) {
    char *block = block_new (text, size);

    for (unsigned byte = 0; byte < 256; byte++) {
      block[i] = (char) byte;
      if (json_text_is_value (block, size)) {
        g_assert_true (json_text_is_object (block, size));
        n_good++;
      }
    }
    free (block);
  }
  /* Far from all: brackets, colon and quotes leave no choice */
  g_assert_cmpuint (n_good, >, size);
  g_assert_cmpuint (n_good, <, 900);
}

/* depth values around each other: objects where the bit of kinds is set */
static GString *
nest (unsigned depth, guint64 kinds)
{
  GString *text = g_string_new (NULL);

  for (unsigned i = 0; i < depth; i++)
    g_string_append (text, (kinds >> (i % 64) & 1) != 0 ? "{\"a\":" : "[");
  g_string_append (text, "null");
  for (unsigned i = depth; i-- > 0;)
    g_string_append (text, (kinds >> (i % 64) & 1) != 0 ? "}" : "]");
  return text;
}

static void
test_scan_depth (void)
{
  static const guint64 kinds[] = {
    0, G_MAXUINT64, 1, 2, G_GUINT64_CONSTANT (1) << 63,
    G_GUINT64_CONSTANT (0xaaaaaaaaaaaaaaaa), 0x5555, 0x123456789abcdef
  };

  for (unsigned i = 0; i < G_N_ELEMENTS (kinds); i++) {
    for (unsigned depth = 1; depth <= 200; depth++) {
      GString *text = nest (depth, kinds[i]);

      check_value (text->str, text->len, depth <= JSON_TEXT_MAX_DEPTH,
          depth <= JSON_TEXT_MAX_DEPTH && (kinds[i] & 1) != 0);
      /* and the wrong bracket at each depth */
      if (depth <= JSON_TEXT_MAX_DEPTH) {
        for (unsigned k = 1; k <= depth; k++) {
          char *c = text->str + text->len - k;
          *c ^= ']' ^ '}';
          check_value (text->str, text->len, FALSE, FALSE);
          *c ^= ']' ^ '}';
        }
      }
      g_string_free (text, TRUE);
    }
  }

  /* Depth counts what is open, not what there was */
  GString *wide = g_string_new ("[");
  for (unsigned i = 0; i < 500; i++)
    g_string_append (wide, "[0],{},[0,1],{\"a\":[0]},");
  g_string_append (wide, "0]");
  check_value (wide->str, wide->len, TRUE, FALSE);
  g_string_free (wide, TRUE);
}

static void
test_scan_deep_garbage_takes_no_stack (void)
{
  const size_t size = 4 << 20;
  char *text = malloc (size);

  memset (text, '[', size);
  g_assert_false (json_text_is_value (text, size));
  memset (text, ' ', size);
  g_assert_false (json_text_is_value (text, size));
  memset (text, '1', size);
  g_assert_true (json_text_is_value (text, size));
  free (text);
}

/* Sequences of up to four bytes around the borders of UTF-8, against GLib */
static void
test_scan_utf8_as_glib (void)
{
  static const guchar first[] = {
    0x20, 0x7f, 0x80, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed,
    0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xf7, 0xf8, 0xfc, 0xfe, 0xff
  };
  static const guchar more[] = {
    0x20, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc2, 0xff
  };
  const unsigned n = G_N_ELEMENTS (more);

  for (unsigned i = 0; i < G_N_ELEMENTS (first) * n * n * n; i++) {
    const char text[] = {
      '"', (char) first[i / (n * n * n)], (char) more[i / (n * n) % n],
      (char) more[i / n % n], (char) more[i % n], '"'
    };
    for (size_t size = 1; size <= 4; size++) {
      char *block = block_new (text, size + 2);

      block[size + 1] = '"';
      g_assert_cmpint (json_text_is_value (block, size + 2), ==,
          g_utf8_validate (text + 1, (gssize) size, NULL));
      free (block);
    }
  }
}

static void
test_scan_trim (void)
{
  static const struct
  {
    Text text;
    size_t size;
  } cases[] = {
    {TEXT (""), 0}, {TEXT (" "), 0}, {TEXT ("\0"), 0}, {TEXT ("{}"), 2},
    {TEXT ("{}\0"), 2}, {TEXT ("{} \n\0\0"), 2}, {TEXT ("{}\0\r\n\t \0"), 2},
    {TEXT (" \0{}"), 4}, {TEXT ("a\0b\0"), 3}, {TEXT ("{}\x0c"), 3},
    {TEXT ("{}\x0b"), 3}, {TEXT ("{}\xc2\xa0"), 4}
  };

  for (unsigned i = 0; i < G_N_ELEMENTS (cases); i++) {
    const Text *text = &cases[i].text;
    char *block = block_new (text->text, text->size);

    g_assert_cmpuint (json_text_trim (block, text->size), ==, cases[i].size);
    free (block);
  }
  g_assert_cmpuint (json_text_trim (NULL, 0), ==, 0);
}

static void
test_scan_skip_mark (void)
{
  static const struct
  {
    Text text;
    size_t mark;
  } cases[] = {
    {TEXT (""), 0}, {TEXT ("{}"), 0}, {TEXT ("\xef\xbb\xbf{}"), 3},
    {TEXT ("\xef\xbb\xbf"), 3}, {TEXT ("\xef\xbb"), 0}, {TEXT ("\xef"), 0},
    {TEXT (" \xef\xbb\xbf{}"), 0}, {TEXT ("\xef\xbb\xbe{}"), 0},
    {TEXT ("\xff\xfe{}"), 0}, {TEXT ("\xef\xbb\xbf\xef\xbb\xbf{}"), 3}
  };

  for (unsigned i = 0; i < G_N_ELEMENTS (cases); i++) {
    size_t size = cases[i].text.size;
    char *block = block_new (cases[i].text.text, size);
    const char *text = block;

    g_assert_cmpint (json_text_skip_mark (&text, &size), ==, cases[i].mark > 0);
    g_assert_true (text == block + cases[i].mark);
    g_assert_cmpuint (size, ==, cases[i].text.size - cases[i].mark);
    free (block);
  }

  const char *none = NULL;
  size_t size = 0;

  g_assert_false (json_text_skip_mark (&none, &size));
}

/* Strings are read in pieces: every byte at every place of them, and behind a quote
 * or what is no ASCII */
static void
test_each_byte_at_each_place_of_a_string (void)
{
  enum
  { SIZE = 30 };
  static const char *const before[] = { "", "\xc3\xa9", "\\\"", "\\u0020" };

  for (unsigned k = 0; k < G_N_ELEMENTS (before); k++) {
    const size_t start = strlen (before[k]) + 1;

    for (size_t at = start; at < SIZE - 1; at++) {
      for (unsigned c = 0; c < 256; c++) {
        char text[SIZE];

        memset (text, 'a', SIZE);
        memcpy (text + 1, before[k], start - 1);
        text[0] = text[SIZE - 1] = '"';
        text[at] = (char) c;

        char *block = block_new (text, SIZE);

        g_assert_cmpint (json_text_is_value (block, SIZE), ==,
            c >= 0x20 && c < 0x80 && c != '"' && c != '\\');
        free (block);
      }
    }
  }
}

static void
test_scan_value_is_one_token (void)
{
  static const char text[] = " [ {\"a\": [1, \"]\"]} , 2 ] ";
  char *block = block_new (text, sizeof (text) - 1);
  JsonScan scan;
  JsonTextValue unset = { 0 };

  json_scan_init (&scan, block, sizeof (text) - 1);
  g_assert_cmpint (json_scan_next (&scan), ==, JSON_TOKEN_OPEN);
  g_assert_true (json_scan_part (&scan, &unset));
  g_assert_true (json_scan_value (&scan, NULL));
  g_assert_cmpint (scan.type, ==, JSON_TEXT_OBJECT);
  g_assert_cmpuint (scan.depth, ==, 1);
  g_assert_cmpmem (scan.token, scan.token_size, "{\"a\": [1, \"]\"]}", 15);
  g_assert_cmpint (json_scan_next (&scan), ==, JSON_TOKEN_COMMA);
  g_assert_cmpint (json_scan_next (&scan), ==, JSON_TOKEN_SCALAR);
  g_assert_false (json_scan_part (&scan, &unset));
  g_assert_null (unset.text);
  g_assert_cmpint (json_scan_next (&scan), ==, JSON_TOKEN_END);
  free (block);
}

/* Where there is no part and no value, there is none from then on */
static void
test_scan_value_and_part_only_where_they_are (void)
{
  static const char text[] = "{\"a\":1}";
  JsonTextValue name;

  for (unsigned n_tokens = 0; n_tokens <= 6; n_tokens++) {
    for (unsigned is_part = 0; is_part < 2; is_part++) {
      JsonScan scan;

      json_scan_init (&scan, text, sizeof (text) - 1);
      for (unsigned i = 0; i < n_tokens; i++)
        json_scan_next (&scan);
      if (is_part)
        g_assert_cmpint (json_scan_part (&scan, &name), ==, n_tokens == 1);
      else
        g_assert_cmpint (json_scan_value (&scan, NULL), ==, n_tokens == 0
            || n_tokens == 3);
      if (is_part ? n_tokens != 1 && n_tokens != 4 :
          n_tokens != 0 && n_tokens != 3)
        g_assert_cmpint (json_scan_next (&scan), ==, JSON_TOKEN_ERROR);
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add_func ("/json/scan/" path, func)
  ADD ("good", test_scan_good_is_value);
  ADD ("bad", test_scan_bad_is_no_value);
  ADD ("cut-and-extended", test_scan_cut_and_extended);
  ADD ("changed", test_scan_every_byte_changed);
  ADD ("depth", test_scan_depth);
  ADD ("deep-garbage", test_scan_deep_garbage_takes_no_stack);
  ADD ("utf8", test_scan_utf8_as_glib);
  ADD ("trim", test_scan_trim);
  ADD ("skip-mark", test_scan_skip_mark);
  ADD ("value", test_scan_value_is_one_token);
  ADD ("value-and-part", test_scan_value_and_part_only_where_they_are);
  ADD ("string/bytes", test_each_byte_at_each_place_of_a_string);
  return g_test_run ();
}
