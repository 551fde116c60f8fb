/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef GST_KAFKA_SETTINGS_H
#define GST_KAFKA_SETTINGS_H

#include <gst/gst.h>

#include "kafkaconf.h"
#include "kafkatemplate.h"

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

typedef struct {
  const char *name;
  KafkaTemplate *value;
} GstKafkaHeader;

/**
 * GstKafkaFields:
 * @structure: (nullable)
 * @headers: (nullable): of GstKafkaHeader, what the fields are as headers
 * @error: (nullable): which headers are left out, and how to write them
 * @warning: (nullable): which headers may mean something else than what is sent
 *
 * A counted structure, and what was made of it when it was set. Immutable. To copy
 * or to free one calls into the types of its values, which must not happen with a
 * lock held.
 */
typedef struct {
  GstStructure *structure;
  GArray *headers;
  char *error;
  char *warning;
} GstKafkaFields;

/**
 * GstKafkaSettings:
 * @changed: a setting was set that needs a new connection, or that is wrong
 * @told: which faults of key and headers were told since the start, as bits
 *
 * What the properties of kafkasink hold. Not thread-safe: its owner locks, and
 * works on a copy without the lock.
 */
typedef struct {
  char *bootstrap_servers;
  char *topic;
  char *key_text;
  KafkaTemplate *key;           /* of key_text; %NULL if that is invalid */
  GstKafkaFields *headers;
  GstKafkaFields *config;
  char *config_file;
  GstKafkaSinkPayload payload;
  GstKafkaSinkTimestamp timestamp;
  GRefString *timestamp_member; /* %NULL if the property is empty */
  GstKafkaSinkOverflow overflow;
  guint64 max_queued_messages;
  guint64 max_queued_bytes;
  int drain_timeout_ms;
  int stop_timeout_ms;
  int stall_timeout_ms;
  gboolean changed;
  guint told;
} GstKafkaSettings;

void gst_kafka_settings_init (GstKafkaSettings * settings);

/** Calls nothing that could need the owner's lock.
 * @whole: or without what a connection needs, and a record does not: the strings */
GstKafkaSettings gst_kafka_settings_copy (const GstKafkaSettings * settings,
    gboolean whole);

/** To be called without locks. */
void gst_kafka_settings_clear (GstKafkaSettings * settings);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GstKafkaSettings, gst_kafka_settings_clear)

/** Installs the properties, all but `stats`, from id 1 on. Returns the first free
 * id. */
guint gst_kafka_settings_install (GObjectClass * klass);

/** Sets a property of @sink, whose lock it takes, in @settings. If @sink is not to
 * start any more, it posts a warning for a wrong key or wrong headers. */
void gst_kafka_settings_set (GstKafkaSettings * settings, GObject * sink,
    guint id, const GValue * value, GParamSpec * pspec);
void gst_kafka_settings_get (const GstKafkaSettings * settings,
    GObject * sink, guint id, GValue * value, GParamSpec * pspec);

/** Puts together what librdkafka is to be configured with: the defaults, then
 * bootstrap-servers, then config-file, then config. */
KafkaConf *gst_kafka_settings_make_conf (const GstKafkaSettings * settings,
    GError ** error);

/** The first key in config whose value should not be there, or %NULL. */
const char *gst_kafka_settings_find_secret (const GstKafkaSettings * settings);

G_END_DECLS
#endif
