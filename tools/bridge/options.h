/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef OPTIONS_H
#define OPTIONS_H

#include "inputclass.h"
#include "kafkatemplate.h"

G_BEGIN_DECLS

/** What the command line of metakafka-bridge says. */
typedef struct
{
  GPtrArray *specs;             /* of InputSpec */
  InputSpec *ports;             /* that of --port, among them; NULL: there is none */
  InputSettings inputs;

  const char *bootstrap;
  const char *topic;
  const char *key;              /* NULL: the member seq */
  KafkaTemplate *key_template;  /* the same, if there are members in it; else NULL */
  const char *config_file;
  GstStructure *config;         /* settings of librdkafka */

  const char *output;           /* a file, or "-"; NULL: Kafka */
  gboolean inspect;
  gboolean add_time;
  gboolean verbose;
} Options;

/** Reads the command line, and says what is wrong with it.
 * Returns: whether the program goes on; if not it exits with @status */
gboolean options_read (Options * options, int *argc, char ***argv, int *status);

void options_clear (Options * options);

G_END_DECLS
#endif
