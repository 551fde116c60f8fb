/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "block.h"

#include "plain.h"

static void
check_agrees (const char *text, size_t size)
{
  char *block = block_new (text, size);

  if (!plain_agrees (block, size))
    g_error ("%.*s is not read as plain steps read it", (int) size, text);
  free (block);
}

/* Whatever can be made of a few pieces, each of which means something to JSON */
static void
test_agree_all_short_texts (void)
{
  static const char *const pieces[] = {
    "{", "}", "[", "]", ",", ":", " ", "\"a\"", "\"", "\\", "0", "-", ".", "e1",
    "null"
  };
  enum
  { N = G_N_ELEMENTS (pieces), LENGTH = 4 };
  unsigned n_texts = 1;

  for (unsigned i = 0; i < LENGTH; i++)
    n_texts *= N;
  for (unsigned i = 0; i < n_texts; i++) {
    char text[LENGTH * 8] = "";

    for (unsigned k = 0, left = i; k < LENGTH; k++, left /= N)
      strcat (text, pieces[left % N]);
    check_agrees (text, strlen (text));
  }
}

/* Words of eight bytes are read at once: what ends them, at each place of two, in strings, and
 * with the end of the text at each place behind it */
static void
test_agree_around_words (void)
{
  static const char *const specials[] = {
    "\"", "\\", "\\\"", "\\u00e9", "\\u00e", "\x1f", "\x7f", "\xc3\xa9", "\xc3",
    "\xf0\x9f\x98\x80", "\xf0\x9f\x98", "\xff", "\x80", "\xed\xa0\x80"
  };

  for (unsigned i = 0; i < G_N_ELEMENTS (specials); i++) {
    for (unsigned before = 0; before <= 17; before++) {
      for (unsigned behind = 0; behind <= 17; behind++) {
        GString *text = g_string_new ("{\"");

        for (unsigned k = 0; k < before; k++)
          g_string_append_c (text, 'a');
        g_string_append (text, specials[i]);
        for (unsigned k = 0; k < behind; k++)
          g_string_append_c (text, '!');
        check_agrees (text->str, text->len);
        g_string_append (text, "\":1}");
        check_agrees (text->str, text->len);
        g_string_free (text, TRUE);
      }
    }
  }
}

static const char record[] = " {\"stream_id\": \"cam01\", \"seq\": 960, "
    "\"ts_ns\" : 3600002980000000, \"objects\": [{\"id\": \"obj-961\",\"label\":"
    "\"person\", \"confidence\": 0.6, \"bbox\": {\"x\": 0.1, \"y\": -1e-3, \"w\": 1.5E+1}},"
    "\t[ ], {}, [true,false,null]\r\n], \"a\\u0062\": \"\xc3\xa9\\n\\ud83d\\ude00\", \"seq\": {}} ";

static void
test_agree_record_cut (void)
{
  for (size_t cut = 0; cut < sizeof (record); cut++) {
    for (size_t begin = 0; begin < 2; begin++)
      check_agrees (record + begin, cut > begin ? cut - begin : 0);
    check_agrees (record + cut, sizeof (record) - 1 - cut);
  }
}

static void
test_agree_record_changed (void)
{
  static const char bytes[] = "{}[],:\" \\0-.et\x01\x80\xc3";

  for (size_t i = 0; i < sizeof (record) - 1; i++) {
    for (size_t k = 0; k < sizeof (bytes); k++) {
      char text[sizeof (record)];

      memcpy (text, record, sizeof (record));
      text[i] = bytes[k];
      check_agrees (text, sizeof (record) - 1);
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json/agree/short", test_agree_all_short_texts);
  g_test_add_func ("/json/agree/words", test_agree_around_words);
  g_test_add_func ("/json/agree/cut", test_agree_record_cut);
  g_test_add_func ("/json/agree/changed", test_agree_record_changed);
  return g_test_run ();
}
