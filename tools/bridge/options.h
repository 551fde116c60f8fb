/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef OPTIONS_H
#define OPTIONS_H

#include <gio/gio.h>

#include "configfile.h"
#include "inputclass.h"
#include "kafkatemplate.h"

G_BEGIN_DECLS

/** What the command line of metakafka-bridge says, and the file of --config behind it. */
typedef struct
{
  ConfigFile *file;             /* of --config; NULL: there is none */

  GPtrArray *specs;             /* of InputSpec */
  const InputSpec *ports;       /* that of --port, among them; NULL: there is none */
  InputSettings inputs;

  const char *bootstrap;
  const char *topic;
  const char *key;              /* NULL: the member seq */
  KafkaTemplate *key_template;  /* the same, if there are members in it; else NULL */
  const char *kafka_file;       /* with settings of librdkafka; NULL: none */
  GstStructure *kafka_settings; /* over those of the file */

  const char *output;           /* a file, or "-"; NULL: Kafka */
  gboolean inspect;
  gboolean add_time;
  gboolean verbose;
  GSocketAddress *http;         /* NULL: nobody is answered */
  const char *log;              /* "text" or "json": how lines are written */
} Options;

/** Reads the command line, and says what is wrong with it.
 * Returns: whether the program goes on; if not it exits with @status */
gboolean options_read (Options * options, int *argc, char ***argv, int *status);

/** Reads the file of --config once more, and says what is wrong with it, or else what of it
 * has to wait until the program starts again, because only the inputs can change before.
 * @running: with a file
 * @fresh: (out caller-allocates): for options_clear()
 * Returns: whether all of it is right */
gboolean options_reload (const Options * running, Options * fresh);

void options_clear (Options * options);

G_END_DECLS
#endif
