/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <glib.h>
#include <string.h>

#include "jsonflatten.h"
#include "jsontext.h"

static void
assert_flat (const char *text, const char *wanted)
{
  const gsize size = json_text_flatten (text, strlen (text), NULL, 0);
  g_autofree char *flat = g_malloc (size + 1);

  g_assert_cmpuint (json_text_flatten (text, strlen (text), flat, size), ==,
      size);
  flat[size] = '\0';
  g_assert_cmpstr (flat, ==, wanted);
  g_assert_true (json_text_is_object (flat, size));
  /* what does not fit is not written */
  for (gsize capacity = 0; capacity < size; capacity++) {
    g_autofree char *cut = g_malloc (capacity + 1);

    cut[capacity] = '#';
    g_assert_cmpuint (json_text_flatten (text, strlen (text), cut, capacity),
        ==, size);
    g_assert_cmpmem (cut, capacity, flat, capacity);
    g_assert_true (cut[capacity] == '#');
  }
}

static void
test_objects (void)
{
  assert_flat ("{}", "{}");
  assert_flat ("{\"a\":1,\"b\":null}", "{\"a\":1,\"b\":null}");
  assert_flat ("{\"a\":{\"b\":{\"c\":1.50,\"d\":\"x\"},\"e\":true},\"f\":-0}",
      "{\"a_b_c\":1.50,\"a_b_d\":\"x\",\"a_e\":true,\"f\":-0}");
  assert_flat (" { \"a\" : { \"b\\n\" : { } , \"c\" : \"{\" } } ",
      "{\"a_c\":\"{\"}");
  assert_flat ("{\"a\\\"b\":{\"c\":1}}", "{\"a\\\"b_c\":1}");
}

static void
test_arrays (void)
{
  assert_flat ("{\"a\":[]}", "{\"a\":\"[]\"}");
  assert_flat ("{\"a\":{\"b\":[1,[2],{\"c\":\"]\\\"\"}]},\"d\":[3]}",
      "{\"a_b\":\"[1,[2],{\\\"c\\\":\\\"]\\\\\\\"\\\"}]\",\"d\":\"[3]\"}");
}

static void
test_depth (void)
{
  GString *deep = g_string_new (NULL), *flat = g_string_new ("{\"");

  for (guint i = 0; i < JSON_TEXT_MAX_DEPTH; i++) {
    g_string_append (deep, "{\"a\":");
    g_string_append (flat, i > 0 ? "_a" : "a");
  }
  g_string_append (deep, "1");
  for (guint i = 0; i < JSON_TEXT_MAX_DEPTH; i++)
    g_string_append (deep, "}");
  g_string_append (flat, "\":1}");
  assert_flat (deep->str, flat->str);
  g_string_free (deep, TRUE);
  g_string_free (flat, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json/flatten/objects", test_objects);
  g_test_add_func ("/json/flatten/arrays", test_arrays);
  g_test_add_func ("/json/flatten/depth", test_depth);
  return g_test_run ();
}
