/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "block.h"

#include "jsonparts.h"

static const struct
{
  const char *text;
  const char *parts;            /* of type 0 to 6, with spaces between */
} cases[] = {
  {"{}", ""},
  {"[]", ""},
  {" [ ] ", ""},
  {"{\"a\":1}", "\"a\"=3:1 "},
  {" { \"a\" : 1 , \"\\u0062\" : \"x,}\" } ",
      "\"a\"=3:1 \"\\u0062\"=2:\"x,}\" "},
  {"{\"a\":{\"b\":[1,{}]},\"c\":[]}", "\"a\"=0:{\"b\":[1,{}]} \"c\"=1:[] "},
  {"[1,null,true,false,\"\",[2,[3]],{\"a\":4}]",
      "3:1 6:null 4:true 5:false 2:\"\" 1:[2,[3]] 0:{\"a\":4} "},
  {"[{} ,[]]", "0:{} 1:[] "},
  {"{\"a\":1,\"a\":2}", "\"a\"=3:1 \"a\"=3:2 "},
  /* what has no parts */
  {"7", ""},
  {"\"[1]\"", ""},
  {"null", ""}
};

static void
test_parts (void)
{
  for (unsigned i = 0; i < G_N_ELEMENTS (cases); i++) {
    const size_t size = strlen (cases[i].text);
    char *block = block_new (cases[i].text, size);
    const JsonTextValue value = { JSON_TEXT_OBJECT, block, size };
    GString *found = g_string_new (NULL);
    JsonTextValue name, part;
    JsonParts parts;

    json_parts_init (&parts, &value);
    name.text = NULL;
    while (json_parts_next (&parts, &name, &part)) {
      if (name.text)
        g_string_append_printf (found, "%.*s=", (int) name.size, name.text);
      g_string_append_printf (found, "%d:%.*s ", part.type, (int) part.size,
          part.text);
    }
    g_assert_cmpstr (found->str, ==, cases[i].parts);
    g_assert_false (json_parts_next (&parts, &name, &part));
    g_string_free (found, TRUE);
    free (block);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json/parts", test_parts);
  return g_test_run ();
}
