/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KAFKA_OPTIONS_H
#define KAFKA_OPTIONS_H

#include <glib.h>

G_BEGIN_DECLS

/* The options of a program that is a client of Kafka */

extern char *kafka_options_file;        /* of --kafka-config, or NULL */
extern char **kafka_options_settings;   /* of -X, or NULL */

/** For the program's table of GOptionEntry */
#define KAFKA_OPTIONS_ENTRIES \
  {"kafka-config", 0, 0, G_OPTION_ARG_FILENAME, &kafka_options_file, \
        "File with lines of KEY=VALUE for librdkafka; the place for secrets", \
      "FILE"}, \
  {"kafka-setting", 'X', 0, G_OPTION_ARG_STRING_ARRAY, \
      &kafka_options_settings, \
      "A setting of librdkafka, over those of the file; ${NAME} as VALUE is" \
        " an environment variable; can be repeated", "KEY=VALUE"}

typedef void (*KafkaOptionsFunc) (const char *key, const char *value,
    gpointer data);

/** Calls @func with each setting of -X, in order.
 * Returns: FALSE after saying what is wrong with one: the program ends with
 *   TOOL_USAGE */
gboolean kafka_options_foreach (KafkaOptionsFunc func, gpointer data);

/** Whether a file of --kafka-config has the setting @key, so that it is not for the program to
 * choose. A file that can be read only once, such as a pipe, is left to whom it is for:
 * it may have any setting. A file that cannot be read has none, and is an error to its
 * reader. */
gboolean kafka_options_file_has (const char *path, const char *key);

/** Whether --kafka-config or -X has the setting @key. */
gboolean kafka_options_have (const char *key);

G_END_DECLS
#endif
