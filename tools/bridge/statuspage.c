/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "statuspage.h"

#include "common.h"

/* So often a page is loaded anew */
#define REFRESH_S "5"

/* In narrow windows, as phones have them, each row is a card. */
static const char style[] =
    ":root{color-scheme:light dark;--bg:#f6f7f9;--card:#fff;--text:#1b1f24;"
    "--dim:#59636e;--line:#d8dee4;--ok:#1a7f37;--wait:#8a5d00;--bad:#c4161c;"
    "--badbg:#fff1f0}"
    "@media(prefers-color-scheme:dark){:root{--bg:#101418;--card:#181d23;"
    "--text:#e6e8ea;--dim:#9aa4ae;--line:#2d343c;--ok:#3fb950;--wait:#d8a02a;"
    "--bad:#ff7b72;--badbg:#2a1718}}"
    "*{box-sizing:border-box}"
    "body{margin:0 auto;max-width:82rem;padding:1rem;background:var(--bg);"
    "color:var(--text);font:15px/1.4 system-ui,sans-serif}"
    "h1{font-size:1.25rem;margin:0}"
    ".note{margin:.3rem 0 1rem;overflow-wrap:anywhere}"
    ".ok{color:var(--ok)}.wait{color:var(--wait)}.bad{color:var(--bad)}"
    "dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(7.4rem,1fr));"
    "gap:.6rem;margin:0 0 1rem}"
    "dl div,table{background:var(--card);border:1px solid var(--line);"
    "border-radius:6px}"
    "dl div{padding:.5rem .7rem}dt{color:var(--dim);font-size:.85em}"
    "dd{margin:0;font-size:1.1em;font-variant-numeric:tabular-nums;"
    "overflow-wrap:anywhere}"
    "table{width:100%;border-spacing:0}"
    "th{color:var(--dim);font-weight:normal;font-size:.85em}"
    "th,td{text-align:left;padding:.35rem .6rem;vertical-align:top}"
    "td{border-top:1px solid var(--line)}"
    ".n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}"
    ".hot td{background:var(--badbg)}"
    "b{overflow-wrap:anywhere}"
    "small{display:block;color:var(--dim);overflow-wrap:anywhere}"
    "td small{max-width:34rem}td:first-child{min-width:14rem}"
    "svg{display:block;width:9rem;height:1.9rem;fill:currentColor;"
    "border-bottom:1px solid var(--line)}"
    "@media(max-width:52rem){thead{display:none}"
    "table,tbody{display:block;border:0;background:none}"
    "tr{display:grid;grid-template-columns:1fr 1fr 1fr;background:var(--card);"
    "border:1px solid var(--line);border-radius:6px;margin-bottom:.6rem}"
    "td{border:0}td:first-child{min-width:0}td:nth-child(-n+3){grid-column:1/-1}.n{text-align:left}"
    ".n::before{content:attr(data-label);display:block;color:var(--dim);"
    "font-size:.85em}svg{width:100%;height:3rem}}";

/* Text from outside: no control character, and nothing that is special in HTML */
static void
append (GString * page, const char *text)
{
  g_autofree char *shown = tool_escape (text, -1);
  g_autofree char *escaped = g_markup_escape_text (shown, -1);

  g_string_append (page, escaped);
}

/* Appends digits in groups of three, with U+202F between. */
static void
append_count (GString * page, guint64 n)
{
  g_autofree char *digits = g_strdup_printf ("%" G_GUINT64_FORMAT, n);
  gsize left = strlen (digits);

  for (const char *digit = digits; *digit; digit++) {
    g_string_append_c (page, *digit);
    if (--left > 0 && left % 3 == 0)
      g_string_append (page, "\342\200\257");
  }
}

/* @n: -1: it is not known */
static void
append_known (GString * page, gint64 n)
{
  if (n < 0)
    g_string_append (page, "–");
  else
    append_count (page, n);
}

/* For how long, in the largest unit of which there are two */
static void
append_duration (GString * page, gint64 ms)
{
  const gint64 s = ms / 1000;

  if (s < 10)
    g_string_append_printf (page, "%d.%d s", (int) s, (int) (ms / 100 % 10));
  else if (s < 120)
    g_string_append_printf (page, "%d s", (int) s);
  else if (s < 2 * 3600)
    g_string_append_printf (page, "%d min", (int) (s / 60));
  else if (s < 2 * 86400)
    g_string_append_printf (page, "%d h", (int) (s / 3600));
  else
    g_string_append_printf (page, "%d days", (int) (s / 86400));
}

/* Seconds of a latency, to its third digit */
static void
append_latency (GString * page, guint64 ns)
{
  const guint64 us = ns / 1000;

  if (us < 100000)
    g_string_append_printf (page, "%u.%u ms", (guint) (us / 1000),
        (guint) (us / 100 % 10));
  else if (us < 10 * G_USEC_PER_SEC)
    g_string_append_printf (page, "%u ms", (guint) (us / 1000));
  else
    append_duration (page, us / 1000);
}

/* --- on top ------------------------------------------------------------------------ */

static void
begin_tile (GString * page, const char *title, const char *class)
{
  g_string_append_printf (page, "<div><dt>%s</dt><dd class=\"%s\">", title,
      class);
}

static void
end_tile (GString * page)
{
  g_string_append (page, "</dd></div>\n");
}

static void
add_count_tile (GString * page, const char *title, const char *class, guint64 n)
{
  begin_tile (page, title, class);
  append_count (page, n);
  end_tile (page);
}

static void
add_kafka_tiles (GString * page, const Status * status)
{
  const guint64 n_waiting = status_get_count (status, "in-flight");
  const guint64 n_lost = status_get_count (status, "failed")
      + status_get_count (status, "dropped")
      + status_get_count (status, "abandoned") + status->n_unreadable;

  begin_tile (page, "Kafka", status->broker == BROKER_REACHABLE ? "ok" :
      status->broker == BROKER_UNKNOWN ? "wait" : "bad");
  append (page, broker_state_get_name (status->broker));
  end_tile (page);
  add_count_tile (page, "Records in Kafka", "",
      status_get_count (status, "acknowledged"));
  add_count_tile (page, "Waiting", n_waiting > status->max_records / 2 ?
      "wait" : "", n_waiting);
  add_count_tile (page, "Lost", n_lost > 0 ? "bad" : "", n_lost);
  begin_tile (page, "Latency p50", "");
  append_latency (page, status_get_count (status, "latency-p50"));
  end_tile (page);
  begin_tile (page, "Latency p99", "");
  append_latency (page, status_get_count (status, "latency-p99"));
  end_tile (page);
}

static void
add_output_tiles (GString * page, const Status * status)
{
  const gboolean is_stalled = status->stalled_s > 0;

  begin_tile (page, "Output", is_stalled ? "bad" : "ok");
  g_string_append (page, is_stalled ? "stalled" : "up");
  end_tile (page);
  add_count_tile (page, "Waiting", is_stalled ? "wait" : "", status->n_waiting);
}

static gboolean
has_streams (const Status * status, const StatusCamera * camera)
{
  for (guint i = 0; i < status->streams->len; i++)
    if (g_str_equal (((StatusCamera *) status->streams->pdata[i])->name,
            camera->name))
      return TRUE;
  return FALSE;
}

/* Counts what users have: the streams of an input, else the input itself.
 * Returns: how many there are; @n_bad: (out): of them */
static guint
count_cameras (const Status * status, guint * n_bad)
{
  guint n = status->streams->len;

  *n_bad = 0;
  for (guint i = 0; i < status->streams->len; i++)
    *n_bad += status_state_is_bad (((StatusCamera *)
            status->streams->pdata[i])->state);
  for (guint i = 0; i < status->cameras->len; i++) {
    const StatusCamera *camera = status->cameras->pdata[i];

    if (has_streams (status, camera))
      continue;
    n++;
    *n_bad += status_state_is_bad (camera->state);
  }
  return n;
}

static void
add_tiles (GString * page, const Status * status)
{
  guint n_bad;
  const guint n = count_cameras (status, &n_bad);

  g_string_append (page, "<dl>\n");
  begin_tile (page, "Cameras", n_bad > 0 ? "bad" : "ok");
  if (n_bad > 0)
    g_string_append_printf (page, "%u of %u bad", n_bad, n);
  else
    g_string_append_printf (page, "%u", n);
  end_tile (page);
  if (status->delivery)
    add_kafka_tiles (page, status);
  if (status->output)
    add_output_tiles (page, status);
  begin_tile (page, "Running for", "");
  append_duration (page, (status->taken_real_us - status->started_real_us)
      / 1000);
  end_tile (page);
  g_string_append (page, "</dl>\n");
}

static void
add_head (GString * page, const Status * status, gint64 now_us)
{
  g_autofree char *trouble = status_explain (status, now_us);
  guint n_bad;
  const guint n = count_cameras (status, &n_bad);

  g_string_append (page, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
      "<meta charset=\"utf-8\">\n<meta name=\"viewport\""
      " content=\"width=device-width, initial-scale=1\">\n"
      "<meta http-equiv=\"refresh\" content=\"" REFRESH_S "\">\n"
      "<link rel=\"icon\" href=\"data:,\">\n<title>");
  if (trouble || n_bad > 0)
    g_string_append_printf (page, "(%u) ", MAX (n_bad, 1));
  g_string_append_printf (page, "metakafka-bridge</title>\n<style>%s</style>\n"
      "</head>\n<body>\n<h1>metakafka-bridge</h1>\n<p class=\"note\">", style);
  append (page, status->target);
  g_string_append_printf (page, "<br><strong class=\"%s\">",
      trouble ? "bad" : n_bad > 0 ? "wait" : "ok");
  append (page, trouble ? trouble : "ok");
  if (!trouble && n_bad > 0)
    g_string_append_printf (page, ", but for %u of %u cameras", n_bad, n);
  g_string_append (page, "</strong></p>\n");
}

/* --- cameras ----------------------------------------------------------------------- */

/* Returns: of 100, rounded up, so that anything at all is seen */
static guint
get_height (guint n, guint highest)
{
  return n == 0 ? 0 : ((guint64) n * 100 + highest - 1) / highest;
}

/* Draws steps, whose width is one slot and whose height is 100 for the highest; the last is at
 * the right. */
static void
append_graph (GString * page, const StatusCamera * camera)
{
  const guint n = camera->n_history;
  guint highest = 0;

  for (guint i = 0; i < n; i++)
    highest = MAX (highest, camera->history[i]);
  g_string_append_printf (page, "<svg role=\"img\" viewBox=\"0 0 %u 100\""
      " preserveAspectRatio=\"none\" aria-label=\"up to %.1f records a second"
      " in the last ten minutes\">", HISTORY_SLOTS,
      highest / (double) HISTORY_SLOT_S);
  if (n > 0) {
    g_string_append_printf (page, "<path d=\"M%u 100", HISTORY_SLOTS - n);
    for (guint i = 0, width; i < n; i += width) {
      for (width = 1; i + width < n
          && camera->history[i + width] == camera->history[i]; width++);
      g_string_append_printf (page, "V%uh%u", 100 -
          get_height (camera->history[i], highest), width);
    }
    g_string_append (page, "V100z\"/>");
  }
  g_string_append (page, "</svg>");
}

static void
append_rate (GString * page, const StatusCamera * camera)
{
  const double rate = status_get_rate (camera);

  if (rate < 0)
    g_string_append (page, "–");
  else
    g_string_append_printf (page, "%u.%u", (guint) rate,
        (guint) (rate * 10) % 10);
}

static void
begin_number (GString * page, const char *label)
{
  g_string_append_printf (page, "</td><td class=\"n\" data-label=\"%s\">",
      label);
}

/* The columns that are numbers, and what they are called in a card */
static const char *const numbers[] = {
  "Records/s", "Records", "Skipped", "Frames", "Packets lost", "Last record"
};

static void
add_row (GString * page, const Status * status, const StatusCamera * camera)
{
  const gboolean is_bad = status_state_is_bad (camera->state);
  const char *class = is_bad ? "bad" : camera->state == STATUS_UP ? "ok" :
      "wait";
  const gint64 age_ms = status_get_age_ms (status, camera);
  const gint64 counts[] = {
    camera->n_records, camera->n_skipped, camera->n_frames, camera->n_lost
  };

  g_string_append_printf (page, "<tr%s><td><b>",
      is_bad ? " class=\"hot\"" : "");
  append (page, camera->name);
  g_string_append (page, "</b>");
  if (camera->stream || !g_str_equal (camera->name, camera->uri)) {
    g_string_append (page, "<small>");
    append (page, camera->stream ? camera->stream : camera->uri);
    g_string_append (page, "</small>");
  }
  g_string_append_printf (page, "</td><td><b class=\"%s\">%s %s</b>", class,
      is_bad ? "✗" : camera->state == STATUS_UP ? "✓" : "·",
      status_state_get_name (camera->state));
  if (camera->trouble) {
    g_string_append (page, "<small>");
    append (page, camera->trouble);
    g_string_append (page, "</small>");
  }
  g_string_append_printf (page, "</td><td class=\"%s\">", class);
  append_graph (page, camera);
  begin_number (page, numbers[0]);
  append_rate (page, camera);
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++) {
    begin_number (page, numbers[i + 1]);
    append_known (page, counts[i]);
  }
  begin_number (page, numbers[G_N_ELEMENTS (counts) + 1]);
  if (age_ms < 0)
    g_string_append (page, "–");
  else
    append_duration (page, age_ms);
  g_string_append (page, "</td></tr>\n");
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  const StatusCamera *one = *(const StatusCamera * const *) a;
  const StatusCamera *other = *(const StatusCamera * const *) b;

  return (gint) one->state - (gint) other->state;
}

/* Returns: (transfer container): the inputs, each with its streams behind it, and then the bad
 * ones of all these first */
static GPtrArray *
sort_rows (const Status * status)
{
  GPtrArray *rows = g_ptr_array_new ();

  for (guint i = 0; i < status->cameras->len; i++) {
    const StatusCamera *camera = status->cameras->pdata[i];

    g_ptr_array_add (rows, status->cameras->pdata[i]);
    for (guint k = 0; k < status->streams->len; k++) {
      StatusCamera *stream = status->streams->pdata[k];

      if (g_str_equal (stream->name, camera->name))
        g_ptr_array_add (rows, stream);
    }
  }
  g_ptr_array_sort (rows, compare);
  return rows;
}

static void
add_table (GString * page, const Status * status)
{
  g_autoptr (GPtrArray) rows = sort_rows (status);

  g_string_append (page, "<table>\n<thead><tr><th>Camera</th><th>State</th>"
      "<th>Ten minutes</th>");
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    g_string_append_printf (page, "<th class=\"n\">%s</th>", numbers[i]);
  g_string_append (page, "</tr></thead>\n<tbody>\n");
  for (guint i = 0; i < rows->len; i++)
    add_row (page, status, rows->pdata[i]);
  g_string_append (page, "</tbody>\n</table>\n");
}

char *
status_page_make (const Status * status, gint64 now_us)
{
  GString *page = g_string_new (NULL);

  add_head (page, status, now_us);
  add_tiles (page, status);
  add_table (page, status);
  g_string_append (page, "</body>\n</html>\n");
  return g_string_free (page, FALSE);
}
