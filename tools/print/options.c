/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "options.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "colour.h"
#include "common.h"
#include "filter.h"
#include "kafkacheck.h"
#include "kafkaoptions.h"

/* Nobody waits longer. */
#define MAX_IDLE_S 1e9

static const char *opt_bootstrap = "localhost:9092";
static const char *opt_topic = "rr.metadata.sei";
static const char *opt_group = NULL;
static int opt_partition = 0;
static gboolean has_partition = FALSE;
static const char *opt_offset = NULL;
static gint64 opt_count = G_MAXINT64;
static gboolean opt_exit_at_end = FALSE;
static double opt_idle_timeout = INFINITY;
static const char *opt_format = "text";
static gboolean opt_time = FALSE;
static gboolean opt_key = FALSE;
static gboolean opt_headers = FALSE;
static char **opt_filters = NULL;
static const char *opt_fields = NULL;
static gboolean opt_stats = FALSE;

/* Any number can be given, so none stands for an option that is not. */
static gboolean
on_partition (const char *name, const char *value, gpointer data,
    GError ** error)
{
  gint64 number;

  if (!g_ascii_string_to_signed (value, 10, G_MININT, G_MAXINT, &number, NULL)) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
        "%s %s: give the number of a partition, from 0 on", name, value);
    return FALSE;
  }
  opt_partition = number;
  has_partition = TRUE;
  return TRUE;
}

static const GOptionEntry entries[] = {
  {"bootstrap", 0, 0, G_OPTION_ARG_STRING, &opt_bootstrap,
      "Kafka's brokers, HOST:PORT, separated by commas"
        " (default: localhost:9092)", "SERVERS"},
  {"topic", 0, 0, G_OPTION_ARG_STRING, &opt_topic,
      "Topic to read (default: rr.metadata.sei)", "TOPIC"},
  {"group", 0, 0, G_OPTION_ARG_STRING, &opt_group,
      "Consumer group, which remembers what was read"
        " (default: rr.sei.demo)", "GROUP"},
  {"partition", 0, 0, G_OPTION_ARG_CALLBACK, on_partition,
      "Read this partition alone (default: all)", "N"},
  {"offset", 0, 0, G_OPTION_ARG_STRING, &opt_offset,
      "Where to begin: beginning, end, N, -N for the last N offsets, @TIME, or"
        " @-10m", "WHERE"},
  {"count", 0, 0, G_OPTION_ARG_INT64, &opt_count,
      "End after so many records that are shown", "N"},
  {"exit-at-end", 0, 0, G_OPTION_ARG_NONE, &opt_exit_at_end,
      "End when all that is there was read", NULL},
  {"idle-timeout", 0, 0, G_OPTION_ARG_DOUBLE, &opt_idle_timeout,
      "End when no record came for so long", "SECONDS"},
  {"format", 0, 0, G_OPTION_ARG_STRING, &opt_format,
      "What a line is: text, json or raw (default: text)", "FORMAT"},
  {"time", 0, 0, G_OPTION_ARG_NONE, &opt_time,
      "Show the record's time before the text", NULL},
  {"key", 0, 0, G_OPTION_ARG_NONE, &opt_key,
      "Show its key before the text", NULL},
  {"headers", 0, 0, G_OPTION_ARG_NONE, &opt_headers,
      "Show its headers before the text", NULL},
  {"filter", 0, 0, G_OPTION_ARG_STRING_ARRAY, &opt_filters,
        "Show only what has this, such as objects.label=person; can be repeated",
      "CONDITION"},
  {"fields", 0, 0, G_OPTION_ARG_STRING, &opt_fields,
        "Show only these members of the value, such as seq,objects.label",
      "PATHS"},
  {"stats", 0, 0, G_OPTION_ARG_NONE, &opt_stats,
      "Say on stderr how much came of each stream, what is missing, and how old"
        " it was", NULL},
  KAFKA_OPTIONS_ENTRIES,
  {NULL}
};

/* The functions below return TOOL_DONE, or TOOL_USAGE after saying what is wrong. */

static int
read_kafka (Options * options)
{
  g_autoptr (GError) error = NULL;

  if (*opt_bootstrap == '\0')
    return tool_usage ("--bootstrap needs HOST:PORT of a broker");
  if (*opt_topic == '\0')
    return tool_usage ("--topic needs the name of a topic");
  if (kafka_options_file && *kafka_options_file == '\0')
    return tool_usage ("--kafka-config needs the name of a file");
  if (!kafka_check_bootstrap_servers (opt_bootstrap, &error))
    return tool_usage ("--bootstrap: %s", error->message);
  if (!kafka_check_topic (opt_topic, &error))
    return tool_usage ("--topic: %s", error->message);
  if (opt_group && *opt_group == '\0')
    return tool_usage ("--group needs a name");
  options->bootstrap = opt_bootstrap;
  options->topic = opt_topic;
  options->group = opt_group ? opt_group : "rr.sei.demo";
  return TOOL_DONE;
}

/* Where it begins */
static int
read_start (Options * options)
{
  g_autoptr (GError) error = NULL;

  if (opt_partition < 0)
    return tool_usage ("--partition %d: give the number of a partition, from 0"
        " on", opt_partition);
  if (opt_offset && !position_parse (opt_offset,
          g_get_real_time () / G_TIME_SPAN_MILLISECOND, &options->position,
          &error))
    return tool_usage ("--offset: %s", error->message);
  options->partition = has_partition ? opt_partition : OPTIONS_ALL_PARTITIONS;
  options->has_position = opt_offset != NULL;
  options->is_assigned = options->has_position || has_partition;
  options->is_committed = !options->is_assigned || opt_group
      || kafka_options_have ("group.id");
  if (options->is_assigned && !options->is_committed && !options->has_position) {
    /* as a new group does */
    options->has_position = TRUE;
    options->position.type = POSITION_BEGINNING;
  }
  return TOOL_DONE;
}

/* When it ends */
static int
read_end (Options * options)
{
  if (opt_count < 1)
    return tool_usage ("--count %" G_GINT64_FORMAT ": give a number from 1 on",
        opt_count);
  if (!(opt_idle_timeout > 0))
    return tool_usage ("--idle-timeout %g: give seconds, more than 0",
        opt_idle_timeout);
  options->max_shown = opt_count;
  options->ends_at_end = opt_exit_at_end;
  options->idle_us = opt_idle_timeout > MAX_IDLE_S ? G_MAXINT64 :
      (gint64) (opt_idle_timeout * G_TIME_SPAN_SECOND);
  return TOOL_DONE;
}

static int
read_format (Format * format)
{
  static const char *const names[] = { "text", "json", "raw" };
  g_autoptr (GError) error = NULL;
  guint type = 0;

  while (type < G_N_ELEMENTS (names) && strcmp (opt_format, names[type]) != 0)
    type++;
  if (type == G_N_ELEMENTS (names))
    return tool_usage ("--format '%s' is none: give text, json or raw",
        opt_format);
  format->type = type;
  if (format->type == FORMAT_RAW && (opt_time || opt_key || opt_headers))
    return tool_usage ("--time, --key and --headers have no place in --format"
        " raw: leave them out, or give --format json, which has them");
  if (opt_fields && !(format->fields = fields_new (opt_fields, &error)))
    return tool_usage ("--fields: %s", error->message);
  format->has_time = opt_time;
  format->has_key = opt_key;
  format->has_headers = opt_headers;
  format->has_colour = format->type == FORMAT_TEXT && colour_is_wanted ();
  format->is_escaped = isatty (STDOUT_FILENO);
  return TOOL_DONE;
}

static int
read_filters (GPtrArray * filters)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 0; opt_filters && opt_filters[i]; i++) {
    Filter *filter = filter_new (opt_filters[i], &error);

    if (!filter)
      return tool_usage ("--filter: %s", error->message);
    g_ptr_array_add (filters, filter);
  }
  return TOOL_DONE;
}

gboolean
options_read (int *argc, char ***argv, Options * options, Show * show,
    int *status)
{
  if (!tool_start (argc, argv, "metakafka-print",
          "Shows the records of a Kafka topic, a line each.", entries, NULL,
          TOOL_OUTPUT_BLOCK, status))
    return FALSE;
  *status = read_kafka (options);
  if (!*status)
    *status = read_start (options);
  if (!*status)
    *status = read_end (options);
  if (!*status)
    *status = read_format (&show->format);
  if (!*status)
    *status = read_filters (show->filters);
  if (*status)
    return FALSE;
  if (opt_stats)
    show->stats = stats_new ();
  return TRUE;
}
