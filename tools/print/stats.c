/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "stats.h"

#include <string.h>

#include "ages.h"
#include "common.h"
#include "jsondup.h"
#include "jsonname.h"
#include "seqs.h"
#include "table.h"

/* What records call themselves is up to their senders. */
#define MAX_STREAMS 1000
static const char others[] = "(others)";        /* one row more */

typedef struct
{
  char *name;
  guint64 n, n_shown, n_bytes;
  guint64 n_timed;
  gint64 first_ms, last_ms;     /* of the records' times */
  Seqs *seqs;
  Ages *ages;
} Stream;

struct _Stats
{
  GHashTable *by_name;
  GPtrArray *streams;           /* in the order in which they came */
};

static void
stream_free (gpointer data)
{
  Stream *stream = data;

  seqs_free (stream->seqs);
  ages_free (stream->ages);
  g_free (stream->name);
  g_free (stream);
}

Stats *
stats_new (void)
{
  Stats *stats = g_new (Stats, 1);

  stats->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  stats->streams = g_ptr_array_new_with_free_func (stream_free);
  return stats;
}

void
stats_free (Stats * stats)
{
  g_hash_table_unref (stats->by_name);
  g_ptr_array_unref (stats->streams);
  g_free (stats);
}

static Stream *
get_stream (Stats * stats, const char *name)
{
  Stream *stream = g_hash_table_lookup (stats->by_name, name);

  if (stream)
    return stream;
  if (stats->streams->len >= MAX_STREAMS && name != others)
    return get_stream (stats, others);
  stream = g_new0 (Stream, 1);
  stream->name = g_strdup (name);
  stream->first_ms = G_MAXINT64;
  stream->last_ms = G_MININT64;
  stream->seqs = seqs_new ();
  stream->ages = ages_new ();
  g_hash_table_insert (stats->by_name, stream->name, stream);
  g_ptr_array_add (stats->streams, stream);
  return stream;
}

/* Nothing to call a stream by is an empty string, too. */
static gboolean
is_name (const JsonTextMember * member)
{
  return member->found && member->value.type != JSON_TEXT_NULL
      && (member->value.type != JSON_TEXT_STRING || member->value.size > 2);
}

/* Returns: (transfer full): what the rows call it */
static char *
dup_name (const JsonTextMember * stream_id, const JsonTextMember * session)
{
  g_autofree char *id = NULL;
  g_autofree char *start = NULL;

  if (is_name (stream_id))
    id = json_name_dup (&stream_id->value);
  if (!is_name (session))
    return id ? g_steal_pointer (&id) : g_strdup ("-");
  start = json_name_dup (&session->value);
  return g_strdup_printf ("%s %s", id ? id : "-", start);
}

static void
add_time (Stream * stream, gint64 ms, gint64 now_ms)
{
  stream->n_timed++;
  stream->first_ms = MIN (stream->first_ms, ms);
  stream->last_ms = MAX (stream->last_ms, ms);
  ages_add (stream->ages, now_ms - ms);
}

void
stats_add (Stats * stats, const Record * record, gboolean is_shown,
    gint64 now_ms)
{
  JsonTextMember members[] = {
    {.name = "stream_id"}, {.name = "session"}, {.name = "seq"}
  };
  g_autofree char *name = NULL;
  Stream *stream;
  int64_t seq;

  json_text_read_object (record->json.text, record->json.size, members,
      G_N_ELEMENTS (members));
  name = dup_name (&members[0], &members[1]);
  stream = get_stream (stats, name);
  stream->n++;
  stream->n_shown += is_shown;
  stream->n_bytes += record->size;
  if (record->time_ms >= 0)
    add_time (stream, record->time_ms, now_ms);
  if (members[2].found && json_text_to_int64 (&members[2].value, &seq)
      && seq >= 0)
    seqs_add (stream->seqs, seq);
}

/* Records of a second of their own time, or -1 */
static double
get_rate (const Stream * stream)
{
  return stream->n_timed > 1 && stream->last_ms > stream->first_ms ?
      (stream->n_timed - 1) * 1e3 / (stream->last_ms - stream->first_ms) : -1;
}

typedef struct
{
  guint64 n, n_shown, n_bytes;
} Sum;

static Sum
add_up (const Stats * stats)
{
  Sum sum = { 0, 0, 0 };

  for (guint i = 0; i < stats->streams->len; i++) {
    const Stream *stream = stats->streams->pdata[i];

    sum.n += stream->n;
    sum.n_shown += stream->n_shown;
    sum.n_bytes += stream->n_bytes;
  }
  return sum;
}

/* --- for people ------------------------------------------------------------- */

static char *
dup_count (gboolean is_known, guint64 count)
{
  return is_known ? g_strdup_printf ("%" G_GUINT64_FORMAT, count) :
      g_strdup ("-");
}

static char *
dup_age (gint64 age_ms)
{
  if (age_ms < 0)
    return g_strdup ("-");
  if (age_ms < 10000)
    return g_strdup_printf ("%" G_GINT64_FORMAT " ms", age_ms);
  if (age_ms < 600000)
    return g_strdup_printf ("%.1f s", age_ms / 1e3);
  if (age_ms < 36000000)
    return g_strdup_printf ("%.1f min", age_ms / 60e3);
  return g_strdup_printf ("%.1f h", age_ms / 3600e3);
}

static void
add_row (const Stream * stream, Table * table)
{
  const double rate = get_rate (stream);
  guint64 missing = 0, repeated = 0;
  const gboolean has_seq = seqs_get (stream->seqs, &missing, &repeated);

  table_take (table, tool_escape (stream->name, -1));
  table_take (table, dup_count (TRUE, stream->n));
  table_take (table, dup_count (TRUE, stream->n_shown));
  table_take (table, rate < 0 ? g_strdup ("-") : g_strdup_printf ("%.1f",
          rate));
  table_take (table, dup_count (has_seq, missing));
  table_take (table, dup_count (has_seq, repeated));
  table_take (table, dup_age (ages_get (stream->ages, 0.5)));
  table_take (table, dup_age (ages_get (stream->ages, 0.99)));
  table_take (table, dup_age (ages_get (stream->ages, 1)));
  table_take (table, dup_count (TRUE, stream->n_bytes));
}

void
stats_append_table (const Stats * stats, guint max_rows, gint64 elapsed_us,
    GString * text)
{
  static const char *const columns[] = {
    "stream", "records", "shown", "rate/s", "missing", "repeated", "age p50",
    "p99", "max", "bytes", NULL
  };
  g_autoptr (Table) table = table_new (columns);
  const guint n_rows = MIN (max_rows, stats->streams->len);
  const double seconds = elapsed_us / 1e6;
  const Sum sum = add_up (stats);

  for (guint i = 0; i < n_rows; i++)
    add_row (stats->streams->pdata[i], table);
  if (n_rows > 0)
    table_append (table, text);
  if (n_rows < stats->streams->len)
    g_string_append_printf (text, "and %u more streams\n",
        stats->streams->len - n_rows);
  g_string_append_printf (text, "%" G_GUINT64_FORMAT " records, %"
      G_GUINT64_FORMAT " shown, %" G_GUINT64_FORMAT " bytes in %.1f s: %.0f"
      " records/s\n", sum.n, sum.n_shown, sum.n_bytes, seconds,
      seconds > 0 ? sum.n / seconds : 0);
}

/* --- for programs ----------------------------------------------------------- */

static void
append_number (GString * text, const char *name, gboolean is_known,
    double number, const char *format)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_printf (text, ",\"%s\":%s", name, is_known ?
      g_ascii_formatd (digits, sizeof (digits), format, number) : "null");
}

static void
append_stream (const Stream * stream, GString * text)
{
  g_autofree char *name = json_dup_quoted (stream->name,
      strlen (stream->name), NULL);
  const double rate = get_rate (stream);
  guint64 missing = 0, repeated = 0;
  const gboolean has_seq = seqs_get (stream->seqs, &missing, &repeated);
  const gboolean has_age = stream->n_timed > 0;

  g_string_append_printf (text, "{\"stream\":%s", name);
  append_number (text, "records", TRUE, stream->n, "%.0f");
  append_number (text, "shown", TRUE, stream->n_shown, "%.0f");
  append_number (text, "rate", rate >= 0, rate, "%.3f");
  append_number (text, "missing", has_seq, missing, "%.0f");
  append_number (text, "repeated", has_seq, repeated, "%.0f");
  append_number (text, "age_p50_ms", has_age, ages_get (stream->ages, 0.5),
      "%.0f");
  append_number (text, "age_p99_ms", has_age, ages_get (stream->ages, 0.99),
      "%.0f");
  append_number (text, "age_max_ms", has_age, ages_get (stream->ages, 1),
      "%.0f");
  append_number (text, "bytes", TRUE, stream->n_bytes, "%.0f");
  g_string_append_c (text, '}');
}

void
stats_append_json (const Stats * stats, gint64 elapsed_us, GString * text)
{
  const Sum sum = add_up (stats);

  g_string_append (text, "{\"streams\":[");
  for (guint i = 0; i < stats->streams->len; i++) {
    if (i > 0)
      g_string_append_c (text, ',');
    append_stream (stats->streams->pdata[i], text);
  }
  g_string_append_c (text, ']');
  append_number (text, "records", TRUE, sum.n, "%.0f");
  append_number (text, "shown", TRUE, sum.n_shown, "%.0f");
  append_number (text, "bytes", TRUE, sum.n_bytes, "%.0f");
  append_number (text, "seconds", TRUE, elapsed_us / 1e6, "%.3f");
  g_string_append (text, "}\n");
}
