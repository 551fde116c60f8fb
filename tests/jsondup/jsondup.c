/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "jsondup.h"

#include <string.h>

static void
assert_text (char *text, gsize length, const char *expected)
{
  g_assert_cmpstr (text, ==, expected);
  g_assert_cmpuint (length, ==, strlen (expected));
  g_free (text);
}

static void
test_quoted (void)
{
  gsize length;
  char *text = json_dup_quoted ("a\"\n", 3, &length);

  assert_text (text, length, "\"a\\\"\\n\"");
  text = json_dup_quoted ("plain", 5, &length);
  assert_text (text, length, "\"plain\"");
  text = json_dup_quoted (NULL, 0, &length);
  assert_text (text, length, "\"\"");
}

static void
test_unquoted (void)
{
  static const char json[] = "{\"a\":\"x\\ty\\u0000z\",\"b\":1.50,\"c\":\"\"}";
  JsonTextValue value;
  gsize length;
  char *text;

  g_assert_true (json_text_find (json, strlen (json), "a", &value));
  text = json_dup_unquoted (&value, &length);
  g_assert_cmpmem (text, length, "x\ty\0z", 5);
  g_assert_cmpint (text[length], ==, '\0');
  g_free (text);
  /* what is no string stays as it is written */
  g_assert_true (json_text_find (json, strlen (json), "b", &value));
  text = json_dup_unquoted (&value, &length);
  assert_text (text, length, "1.50");
  g_assert_true (json_text_find (json, strlen (json), "c", &value));
  text = json_dup_unquoted (&value, &length);
  assert_text (text, length, "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/jsondup/quoted", test_quoted);
  g_test_add_func ("/jsondup/unquoted", test_unquoted);
  return g_test_run ();
}
