/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What a pass over the JSON of a record costs.
 *
 *     bench-json text|members SIZE MILLISECONDS
 *
 * An object of about SIZE bytes, most of which are one string, or many members, is
 * checked, checked with a look for two members, and written with a look for them. utf8 is
 * g_utf8_validate(), which reads the bytes and no more. bench_compete() says how, and what
 * is printed. */

#include "bench.h"

#include <stdlib.h>
#include <string.h>

#include "jsontext.h"

static GString *object;
static char *written;

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
          G_N_ELEMENTS (members), written, object->len) == object->len);
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

static void
make_object (gboolean has_members, gsize size)
{
  object = g_string_new ("{\"stream_id\":\"cam01\",\"seq\":1234567,"
      "\"ts_ns\":1795694400123456789");
  for (guint i = 0; has_members && object->len + 60 < size; i++)
    g_string_append_printf (object, ",\"field%u\":[%u.25,true,"
        "{\"x\":\"ab c\",\"y\":-%u}]", i, i * 37, i);
  g_string_append (object, ",\"text\":\"");
  while (object->len + 2 < size)
    g_string_append_c (object, 'a' + object->len % 26);
  g_string_append (object, "\"}");
  written = g_malloc (object->len);
}

int
main (int argc, char **argv)
{
  if (argc != 4)
    bench_fail ("usage: bench-json text|members SIZE MILLISECONDS");

  make_object (g_str_equal (argv[1], "members"), strtoul (argv[2], NULL, 10));
  bench_compete (passes, G_N_ELEMENTS (passes), g_ascii_strtod (argv[3], NULL));
  g_string_free (object, TRUE);
  g_free (written);
  return 0;
}
