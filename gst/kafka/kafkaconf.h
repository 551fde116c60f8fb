/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KAFKA_CONF_H
#define KAFKA_CONF_H

#include <glib.h>
#include <librdkafka/rdkafka.h>

G_BEGIN_DECLS

#define KAFKA_ERROR (kafka_error_quark ())
GQuark kafka_error_quark (void);

/**
 * KafkaError:
 * @KAFKA_ERROR_SETTINGS: a setting is wrong
 * @KAFKA_ERROR_FILE: the file with settings cannot be read
 * @KAFKA_ERROR_CREDENTIALS: no broker accepts the credentials
 * @KAFKA_ERROR_FORBIDDEN: Kafka forbids what an idempotent producer needs
 * @KAFKA_ERROR_UNSUPPORTED: the brokers are too old
 */
typedef enum {
  KAFKA_ERROR_SETTINGS,
  KAFKA_ERROR_FILE,
  KAFKA_ERROR_CREDENTIALS,
  KAFKA_ERROR_FORBIDDEN,
  KAFKA_ERROR_UNSUPPORTED
} KafkaError;

/**
 * KafkaConf:
 *
 * Settings of librdkafka (its CONFIGURATION.md) as text, in order; of several
 * with the same key the last counts. The value ${NAME} stands for that of an
 * environment variable.
 */
typedef struct _KafkaConf KafkaConf;

/** The defaults of this project for a producer; without bootstrap.servers. */
KafkaConf *kafka_conf_new (void);

/** Nothing but librdkafka's defaults. */
KafkaConf *kafka_conf_new_empty (void);
void kafka_conf_free (KafkaConf * conf);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KafkaConf, kafka_conf_free)

KafkaConf *kafka_conf_copy (const KafkaConf * conf);
void kafka_conf_set (KafkaConf * conf, const char *key, const char *value);

/** Whether it has @key, under this very name. */
gboolean kafka_conf_has (const KafkaConf * conf, const char *key);

/** Adds the settings of a file: lines of key=value as kcat takes them; empty
 * ones and those that begin with # are passed over. */
gboolean kafka_conf_load (KafkaConf * conf, const char *path, GError ** error);

/** Whether the value of @key must not be shown to anybody. */
gboolean kafka_conf_is_secret (const char *key);

/** Whether @value is such a value, and not just the name of an environment
 * variable. */
gboolean kafka_conf_shows_secret (const char *key, const char *value);

/** Makes librdkafka's object. An unknown key or a bad value is named in @error,
 * secrets are not shown. */
rd_kafka_conf_t *kafka_conf_build (const KafkaConf * conf, GError ** error);

/** Reads a setting that librdkafka has, whatever its length.
 * Returns: (transfer full): the value, "" if there is none */
char *kafka_conf_get (const rd_kafka_conf_t * conf, const char *key);

G_END_DECLS
#endif
