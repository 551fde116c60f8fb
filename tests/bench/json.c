/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What a pass over the JSON of a record costs.
 *
 *     bench-json text|members SIZE MILLISECONDS
 *
 * An object of about SIZE bytes, most of which are one string, or many members, is
 * checked, checked with a look for two members, and written with a look for them, in
 * turns of some milliseconds, for so long each. utf8 is g_utf8_validate(), which reads
 * the bytes and no more. Prints the median of the turns as lines of a name and
 * nanoseconds of processor time. */

#include "bench.h"

#include <stdlib.h>
#include <string.h>

#include "jsontext.h"

#define TURN_NS 2e6
#define N_AT_ONCE 100

static GString *object;
static char *written;
static gsize n_done;            /* what each pass returns, so that none is left out */

static void
check (void)
{
  n_done += json_text_is_object (object->str, object->len);
}

static void
find (void)
{
  JsonTextMember members[] = { {.name = "seq"}, {.name = "ts_ns"} };

  n_done += json_text_read_object (object->str, object->len, members,
      G_N_ELEMENTS (members)) && members[0].found && members[1].found;
}

static void
write_again (void)
{
  static const char *const remove[] = { "bridge_ts_ns", "sender_ts_ns", NULL };
  JsonTextMember members[] = { {.name = "seq"}, {.name = "ts_ns"} };

  n_done += json_text_edit (object->str, object->len, remove, members,
      G_N_ELEMENTS (members), written, object->len) == object->len;
}

static void
validate (void)
{
  n_done += g_utf8_validate_len (object->str, object->len, NULL);
}

static struct
{
  const char *name;
  void (*pass) (void);
  GArray *turns;                /* of double: nanoseconds per pass */
} passes[] = {
  {.name = "check",.pass = check},
  {.name = "find",.pass = find},
  {.name = "write",.pass = write_again},
  {.name = "utf8",.pass = validate},
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

/* Returns nanoseconds per pass. */
static double
run_turn (void (*pass) (void))
{
  const double begin_ns = bench_cpu_ns ();
  const gsize n_before = n_done;
  double ns;
  gsize n = 0;

  do {
    for (guint i = 0; i < N_AT_ONCE; i++)
      pass ();
    n += N_AT_ONCE;
    ns = bench_cpu_ns () - begin_ns;
  } while (ns < TURN_NS);
  if (n_done - n_before != n)
    bench_fail ("a pass gave something else than it should");
  return ns / n;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

int
main (int argc, char **argv)
{
  if (argc != 4)
    bench_fail ("usage: bench-json text|members SIZE MILLISECONDS");

  const double turns = g_ascii_strtod (argv[3], NULL) * 1e6 / TURN_NS;

  make_object (g_str_equal (argv[1], "members"), strtoul (argv[2], NULL, 10));
  for (guint i = 0; i < G_N_ELEMENTS (passes); i++)
    passes[i].turns = g_array_new (FALSE, FALSE, sizeof (double));
  for (guint turn = 0; turn == 0 || turn < turns; turn++) {
    for (guint i = 0; i < G_N_ELEMENTS (passes); i++) {
      const double ns = run_turn (passes[i].pass);

      g_array_append_val (passes[i].turns, ns);
    }
  }
  for (guint i = 0; i < G_N_ELEMENTS (passes); i++) {
    GArray *found = passes[i].turns;

    g_array_sort (found, compare);
    g_print ("%s %.0f\n", passes[i].name, g_array_index (found, double,
            found->len / 2));
    g_array_unref (found);
  }
  g_string_free (object, TRUE);
  g_free (written);
  return 0;
}
