/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "block.h"

#define FFFD "\xef\xbf\xbd"

static size_t
write_unquoted (const void *arguments, char *dst, size_t capacity)
{
  return json_text_unquote (arguments, dst, capacity);
}

static size_t
write_quoted (const void *arguments, char *dst, size_t capacity)
{
  const Text *text = arguments;

  return json_text_quote (text->text, text->size, dst, capacity);
}

static const struct
{
  Text string, says;
} unquotes[] = {
  {TEXT ("\"\""), TEXT ("")},
  {TEXT ("\"abc\""), TEXT ("abc")},
  {TEXT ("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""), TEXT ("\"\\/\b\f\n\r\t")},
  {TEXT ("\"a\\nb\\\\n\""), TEXT ("a\nb\\n")},
  {TEXT ("\"\\u0000\""), TEXT ("\0")},
  {TEXT ("\"x\\u0041\\u00e9\\u00E9y\""), TEXT ("xA\xc3\xa9\xc3\xa9y")},
  {TEXT ("\"\\u007f\\u0080\\u07ff\\u0800\\uffff\""),
      TEXT ("\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf")},
  {TEXT ("\"\\uabcd\\uABCD\\uaBcD\""),
      TEXT ("\xea\xaf\x8d\xea\xaf\x8d\xea\xaf\x8d")},
  {TEXT ("\"\xe2\x82\xac\xf0\x9f\x98\x80\""),
      TEXT ("\xe2\x82\xac\xf0\x9f\x98\x80")},
  /* pairs: first, last, one in between */
  {TEXT ("\"\\ud800\\udc00\""), TEXT ("\xf0\x90\x80\x80")},
  {TEXT ("\"\\uDBFF\\uDFFF\""), TEXT ("\xf4\x8f\xbf\xbf")},
  {TEXT ("\"a\\uD83D\\uDE00b\""), TEXT ("a\xf0\x9f\x98\x80" "b")},
  /* halves */
  {TEXT ("\"\\ud800\""), TEXT (FFFD)},
  {TEXT ("\"\\udfff\""), TEXT (FFFD)},
  {TEXT ("\"\\ud83dx\""), TEXT (FFFD "x")},
  {TEXT ("\"\\ud83d\\n\""), TEXT (FFFD "\n")},
  {TEXT ("\"\\ud83d\\u0041\""), TEXT (FFFD "A")},
  {TEXT ("\"\\ud83d\\ue000\""), TEXT (FFFD "\xee\x80\x80")},
  {TEXT ("\"\\ude00\\ud83d\""), TEXT (FFFD FFFD)},
  {TEXT ("\"\\udc00\\udc00\""), TEXT (FFFD FFFD)},
  {TEXT ("\"\\ud83d\\ud83d\\ude00\""), TEXT (FFFD "\xf0\x9f\x98\x80")},
  {TEXT ("\"\\ud83d\\\\ude00\""), TEXT (FFFD "\\ude00")},
  {TEXT ("\"\\ud7ff\\ue000\""), TEXT ("\xed\x9f\xbf\xee\x80\x80")}
};

static void
test_unquote_resolves_escapes (void)
{
  for (unsigned i = 0; i < G_N_ELEMENTS (unquotes); i++) {
    const Text *string = &unquotes[i].string;
    char *block = block_new (string->text, string->size);
    const JsonTextValue value = { JSON_TEXT_STRING, block, string->size };

    g_assert_true (json_text_is_value (block, string->size));
    check_output (write_unquoted, &value, unquotes[i].says.text,
        unquotes[i].says.size);
    free (block);
  }
}

static const struct
{
  Text bytes, quoted;
} quotes[] = {
  {TEXT (""), TEXT ("\"\"")},
  {TEXT ("abc"), TEXT ("\"abc\"")},
  {TEXT ("a\"b\\c/"), TEXT ("\"a\\\"b\\\\c/\"")},
  {TEXT ("\b\f\n\r\t"), TEXT ("\"\\b\\f\\n\\r\\t\"")},
  {TEXT ("\0\x01\x0b\x1a\x1f\x20\x7f"),
      TEXT ("\"" FFFD "\\u0001\\u000b\\u001a\\u001f\x20\x7f\"")},
  {TEXT ("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\xf4\x8f\xbf\xbf"),
      TEXT ("\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\xf4\x8f\xbf\xbf\"")},
  {TEXT (FFFD), TEXT ("\"" FFFD "\"")},
  {TEXT ("\0"), TEXT ("\"" FFFD "\"")},
  {TEXT ("a\0\0b\0"), TEXT ("\"a" FFFD FFFD "b" FFFD "\"")},
  {TEXT ("\\u0000"), TEXT ("\"\\\\u0000\"")},
  {TEXT ("\xef\xbb\xbf{}"), TEXT ("\"\xef\xbb\xbf{}\"")},
  /* cut */
  {TEXT ("\xc3"), TEXT ("\"" FFFD "\"")},
  {TEXT ("\xe2\x82"), TEXT ("\"" FFFD FFFD "\"")},
  {TEXT ("\xf0\x9f\x98"), TEXT ("\"" FFFD FFFD FFFD "\"")},
  {TEXT ("\xe2\x82x\xe2\x82\xac"), TEXT ("\"" FFFD FFFD "x\xe2\x82\xac\"")},
  {TEXT ("\xe2\xe2\x82\xac"), TEXT ("\"" FFFD "\xe2\x82\xac\"")},
  {TEXT ("\xf0\x9f\x98\n"), TEXT ("\"" FFFD FFFD FFFD "\\n\"")},
  /* surrogates, overlong, above U+10FFFF, never bytes of UTF-8 */
  {TEXT ("\xed\xa0\x80"), TEXT ("\"" FFFD FFFD FFFD "\"")},
  {TEXT ("\xed\x9f\xbf\xee\x80\x80"), TEXT ("\"\xed\x9f\xbf\xee\x80\x80\"")},
  {TEXT ("\xc0\x80\xc1\xbf"), TEXT ("\"" FFFD FFFD FFFD FFFD "\"")},
  {TEXT ("\xe0\x9f\xbf"), TEXT ("\"" FFFD FFFD FFFD "\"")},
  {TEXT ("\xf0\x8f\xbf\xbf"), TEXT ("\"" FFFD FFFD FFFD FFFD "\"")},
  {TEXT ("\xf4\x90\x80\x80"), TEXT ("\"" FFFD FFFD FFFD FFFD "\"")},
  {TEXT ("\xf5\xfe\xff\x80\xbf"), TEXT ("\"" FFFD FFFD FFFD FFFD FFFD "\"")},
  {TEXT ("caf\xe9 x"), TEXT ("\"caf" FFFD " x\"")}
};

static void
test_quote_escapes_and_replaces (void)
{
  for (unsigned i = 0; i < G_N_ELEMENTS (quotes); i++) {
    const Text *bytes = &quotes[i].bytes;
    char *block = block_new (bytes->text, bytes->size);

    check_output (write_quoted, &(Text) {
        block, bytes->size}, quotes[i].quoted.text, quotes[i].quoted.size);
    g_assert_true (json_text_is_value (quotes[i].quoted.text,
            quotes[i].quoted.size));
    free (block);
  }
  check_output (write_quoted, &(Text) {
      NULL, 0}, "\"\"", 2);
}

/* Whatever the bytes, a value comes out that has no U+0000, and what it says is the
 * bytes if they are UTF-8 without NUL */
static void
test_quote_then_unquote_gives_the_bytes (void)
{
  GRand *rand = g_rand_new_with_seed (20240503);

  for (unsigned round = 0; round < 20000; round++) {
    char bytes[24];
    const size_t size = (size_t) g_rand_int_range (rand, 0, sizeof (bytes) + 1);
    char quoted[6 * sizeof (bytes) + 2], unquoted[6 * sizeof (bytes)];

    for (size_t i = 0; i < size; i++)
      bytes[i] = (char) (round % 2 == 0 ? g_rand_int_range (rand, 1, 128)
          : g_rand_int_range (rand, 0, 256));

    char *block = block_new (bytes, size);
    const size_t quoted_size =
        json_text_quote (block, size, quoted, sizeof (quoted));
    free (block);
    g_assert_cmpuint (quoted_size, <=, sizeof (quoted));
    g_assert_true (json_text_is_value (quoted, quoted_size));

    const JsonTextValue value = { JSON_TEXT_STRING, quoted, quoted_size };
    const size_t unquoted_size =
        json_text_unquote (&value, unquoted, sizeof (unquoted));
    g_assert_true (g_utf8_validate_len (unquoted, unquoted_size, NULL));
    if (round % 2 == 0)
      g_assert_cmpmem (unquoted, unquoted_size, bytes, size);
  }
  g_rand_free (rand);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add_func ("/json/string/" path, func)
  ADD ("unquote", test_unquote_resolves_escapes);
  ADD ("quote", test_quote_escapes_and_replaces);
  ADD ("round-trip", test_quote_then_unquote_gives_the_bytes);
  return g_test_run ();
}
