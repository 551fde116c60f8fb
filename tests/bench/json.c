/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What a pass over the JSON of a record costs.
 *
 *     bench-json sender|members|text SIZE MILLISECONDS
 *
 * An object of about SIZE bytes, as metakafka-sender makes them, of many members without white
 * space, or of one long string, is checked, checked with a look for two members, and written
 * with a look for them. utf8 is g_utf8_validate(), which reads the bytes and no more.
 * bench_compete() says how, and what is printed. The first line is the object's size. */

#include "bench.h"

#include <stdlib.h>
#include <string.h>

#include "jsontext.h"

static GString *object;
static char *written;
static gsize compact_size;

/* No pass is left out, because what it gives is looked at. */
static void
expect (gboolean is_right)
{
  if (!is_right)
    bench_fail ("a pass gave something else than it should");
}

static void
check (gpointer unused)
{
  expect (json_text_is_object (object->str, object->len));
}

static void
find (gpointer unused)
{
  JsonTextMember members[] = { {.name = "seq"}, {.name = "ts_ns"} };

  expect (json_text_read_object (object->str, object->len, members,
          G_N_ELEMENTS (members)) && members[0].found && members[1].found);
}

static void
write_again (gpointer unused)
{
  static const char *const remove[] = { "bridge_ts_ns", "sender_ts_ns", NULL };
  JsonTextMember members[] = { {.name = "seq"}, {.name = "ts_ns"} };

  expect (json_text_edit (object->str, object->len, remove, members,
          G_N_ELEMENTS (members), written, object->len) == compact_size);
}

static void
validate (gpointer unused)
{
  expect (g_utf8_validate_len (object->str, object->len, NULL));
}

static const BenchRival passes[] = {
  {"check", check, NULL},
  {"find", find, NULL},
  {"write", write_again, NULL},
  {"utf8", validate, NULL}
};

/* As objects_make() of metakafka-sender, with as many objects as there is room for */
static void
make_sender (gsize size)
{
  guint i = 0;

  object = g_string_new ("{\"stream_id\": \"cam01\", \"seq\": 1234567, "
      "\"ts_ns\": 1795694400123456789, \"objects\": [");
  do {
    g_string_append_printf (object, "%s{\"id\": \"obj-%u\", \"label\": "
        "\"person\", \"confidence\": 0.6, \"bbox\": {\"x\": 0.%u, \"y\": 0.1, "
        "\"w\": 0.3, \"h\": 0.3}}", i > 0 ? ", " : "", 960 + i, i % 5 + 1);
    i++;
  } while (object->len + 60 < size);
  g_string_append (object, "], \"source\": \"seiinject\"}");
}

static void
make_members (gsize size)
{
  object = g_string_new ("{\"stream_id\":\"cam01\",\"seq\":1234567,"
      "\"ts_ns\":1795694400123456789");
  for (guint i = 0; object->len + 60 < size; i++)
    g_string_append_printf (object, ",\"field%u\":[%u.25,true,"
        "{\"x\":\"ab c\",\"y\":-%u}]", i, i * 37, i);
  g_string_append_c (object, '}');
}

static void
make_text (gsize size)
{
  object = g_string_new ("{\"stream_id\":\"cam01\",\"seq\":1234567,"
      "\"ts_ns\":1795694400123456789,\"text\":\"");
  while (object->len + 2 < size)
    g_string_append_c (object, 'a' + object->len % 26);
  g_string_append (object, "\"}");
}

static void
make_object (const char *kind, gsize size)
{
  if (g_str_equal (kind, "sender"))
    make_sender (size);
  else if (g_str_equal (kind, "members"))
    make_members (size);
  else
    make_text (size);
  written = g_malloc (object->len);
  compact_size = json_text_compact (object->str, object->len, NULL, 0);
}

int
main (int argc, char **argv)
{
  if (argc != 4)
    bench_fail ("usage: bench-json sender|members|text SIZE MILLISECONDS");

  make_object (argv[1], strtoul (argv[2], NULL, 10));
  g_print ("bytes %" G_GSIZE_FORMAT "\n", object->len);
  bench_compete (passes, G_N_ELEMENTS (passes), g_ascii_strtod (argv[3], NULL));
  g_string_free (object, TRUE);
  g_free (written);
  return 0;
}
