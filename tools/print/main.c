/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* metakafka-print: shows the records of a topic, a line each. */

#include <errno.h>
#include <glib.h>
#include <librdkafka/rdkafka.h>
#include <unistd.h>

#include "batch.h"
#include "common.h"
#include "live.h"
#include "options.h"
#include "reader.h"

/* A login and a place in a group take their time, in which no record can come. */
#define MIN_START_US (10 * G_TIME_SPAN_SECOND)

typedef struct
{
  Options options;
  Show show;
  Batch *batch;
  Reader *reader;
  Live live;
  gint64 n_shown;
  gboolean has_partitions;
  gboolean has_failed;          /* to write */
  gint64 record_us;             /* monotonic: of the last record, or of what was before it */
} Printer;

/* A line for people. What else than text is on stdout is for programs, which get nothing but
 * records; people at a terminal read it there. Takes over @text. */
static void
say (const Printer * printer, char *text)
{
  if (printer->show.format.type == FORMAT_TEXT)
    tool_say ("[Kafka] %s", text);
  else if (isatty (STDERR_FILENO))
    tool_warn ("%s", text);
  g_free (text);
}

static gboolean
is_complete (const Printer * printer)
{
  return printer->n_shown >= printer->options.max_shown;
}

/* Takes the records that wait. If none does, it waits a moment for one.
 * Returns: (nullable): what comes behind them and is none */
static rd_kafka_message_t *
take_records (Printer * printer)
{
  rd_kafka_message_t *message = reader_poll (printer->reader, 100);

  while (message && !message->err) {
    printer->n_shown += batch_add (printer->batch, message);
    if (batch_is_full (printer->batch) || is_complete (printer)
        || tool_interrupted ())
      return NULL;
    message = reader_poll (printer->reader, 0);
  }
  return message;
}

static void
show_records (Printer * printer)
{
  int error;

  if (batch_is_empty (printer->batch))
    return;
  error = batch_write (printer->batch);
  printer->record_us = g_get_monotonic_time ();
  if (error && !tool_interrupted () && !tool_output_closed ()) {
    tool_warn ("Could not write to stdout (%s): make room there or send it"
        " elsewhere, and start again", g_strerror (error));
    printer->has_failed = TRUE;
  }
}

static void
on_finish (gpointer data)
{
  show_records (data);
}

static gboolean
is_idle (Printer * printer)
{
  const gint64 now = g_get_monotonic_time ();
  const gint64 idle_us = printer->options.idle_us;

  if (idle_us == G_MAXINT64)
    return FALSE;
  if (!printer->has_partitions && reader_has_partitions (printer->reader)) {
    printer->has_partitions = TRUE;
    printer->record_us = now;
  }
  return now - printer->record_us >=
      (printer->has_partitions ? idle_us : MAX (idle_us, MIN_START_US));
}

/* Whether all was shown that the options ask for */
static gboolean
is_done (Printer * printer)
{
  return is_complete (printer)
      || (printer->options.ends_at_end && reader_is_at_end (printer->reader))
      || is_idle (printer);
}

static int
run (Printer * printer)
{
  while (!tool_interrupted () && !tool_output_closed ()) {
    rd_kafka_message_t *message = take_records (printer);
    gboolean go_on;

    show_records (printer);
    go_on = !printer->has_failed;
    if (message) {
      go_on = go_on && reader_handle_error (printer->reader, message);
      rd_kafka_message_destroy (message);
    }
    if (!go_on || !reader_look (printer->reader, printer->record_us))
      return TOOL_FAILED;
    if (is_done (printer))
      break;
    live_update (&printer->live);
  }
  return TOOL_DONE;
}

int
main (int argc, char **argv)
{
  Printer printer = { {NULL} };
  int status;

  show_init (&printer.show);
  if (!options_read (&argc, &argv, &printer.options, &printer.show, &status)) {
    show_clear (&printer.show);
    return status;
  }
  tool_catch_signals ();
  printer.reader = reader_open (&printer.options, on_finish, &printer, &status);
  if (!printer.reader) {
    show_clear (&printer.show);
    return status;
  }
  printer.batch = batch_new (&printer.show);
  say (&printer, g_strdup_printf ("%s %s @ %s", printer.options.is_assigned ?
          "reading" : "subscribed to", printer.options.topic,
          reader_get_servers (printer.reader)));
  printer.record_us = g_get_monotonic_time ();
  live_init (&printer.live, &printer.show);
  status = run (&printer);
  if (tool_interrupted ())
    say (&printer, g_strdup ("interrupted, closing…"));
  reader_close (printer.reader);
  live_end (&printer.live);
  /* librdkafka 2.0.2 waits for ever in rd_kafka_destroy() if the topic is gone, and its
   * threads still run: nothing must be torn down under them */
  _exit (status);
}
