/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef GST_KAFKA_SETTINGS_H
#define GST_KAFKA_SETTINGS_H

#include <gst/gst.h>

#include "kafkaconf.h"
#include "kafkakey.h"

G_BEGIN_DECLS

typedef enum {
  GST_KAFKA_SINK_PAYLOAD_AUTO,
  GST_KAFKA_SINK_PAYLOAD_BUFFER,
  GST_KAFKA_SINK_PAYLOAD_SEI_META
} GstKafkaSinkPayload;

typedef enum {
  GST_KAFKA_SINK_TIMESTAMP_CAPTURE,
  GST_KAFKA_SINK_TIMESTAMP_BROKER
} GstKafkaSinkTimestamp;

typedef enum {
  GST_KAFKA_SINK_OVERFLOW_BLOCK,
  GST_KAFKA_SINK_OVERFLOW_DROP
} GstKafkaSinkOverflow;

/**
 * GstKafkaSettings:
 *
 * What the properties of kafkasink hold. Not thread-safe: its owner locks.
 */
typedef struct {
  char *bootstrap_servers;
  char *topic;
  char *key_text;
  KafkaKey *key;                /* of key_text; %NULL if that is invalid */
  GstStructure *headers;
  GstStructure *config;
  char *config_file;
  GstKafkaSinkPayload payload;
  GstKafkaSinkTimestamp timestamp;
  GstKafkaSinkOverflow overflow;
  guint64 max_queued_messages;
  guint64 max_queued_bytes;
  int drain_timeout_ms;
  int stop_timeout_ms;
} GstKafkaSettings;

void gst_kafka_settings_init (GstKafkaSettings * settings);
void gst_kafka_settings_clear (GstKafkaSettings * settings);

/** Installs the properties, all but `stats`, from id 1 on. Returns the first free
 * id. */
guint gst_kafka_settings_install (GObjectClass * klass);

/** Returns whether @id is a setting that takes effect with a new connection only. */
gboolean gst_kafka_settings_set (GstKafkaSettings * settings, guint id,
    const GValue * value);
void gst_kafka_settings_get (const GstKafkaSettings * settings, guint id,
    GValue * value);

/** Puts together what librdkafka is to be configured with: the defaults, then
 * bootstrap-servers, then config-file, then config. */
KafkaConf *gst_kafka_settings_make_conf (const GstKafkaSettings * settings,
    GError ** error);

/** The first key in @config whose value should not be there, or %NULL. */
const char *gst_kafka_settings_find_secret (const GstStructure * config);

/** A value of any type as text. */
char *gst_kafka_settings_to_text (const GValue * value);

G_END_DECLS
#endif
