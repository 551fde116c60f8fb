/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "settings.h"

#include "common.h"
#include "kafkacheck.h"
#include "kafkaoptions.h"

static const char *const settings[][2] = {
  {"auto.offset.reset", "earliest"},
  /* a reader that was killed makes room for the next one soon */
  {"session.timeout.ms", "6000"},
  {"fetch.wait.max.ms", "100"},
  /* a topic that is created later is found soon */
  {"topic.metadata.refresh.interval.ms", "2000"},
  {"allow.auto.create.topics", "false"},
  {"reconnect.backoff.max.ms", "2000"},
  /* a broker that is frozen is given up after 10 s, not 60 */
  {"socket.timeout.ms", "10000"}
};

/* Whatever is set */
static const char *const always[][2] = {
  /* a record counts as read when its line is written */
  {"enable.auto.offset.store", "false"},
  {"statistics.interval.ms", "1000"}
};

static void
set_setting (const char *key, const char *value, gpointer data)
{
  kafka_conf_set (data, key, value);
}

rd_kafka_conf_t *
settings_read (const Options * options)
{
  g_autoptr (KafkaConf) conf = kafka_conf_new_empty ();
  g_autoptr (GError) error = NULL;
  rd_kafka_conf_t *rd_conf;

  for (gsize i = 0; i < G_N_ELEMENTS (settings); i++)
    kafka_conf_set (conf, settings[i][0], settings[i][1]);
  kafka_conf_set (conf, "bootstrap.servers", options->bootstrap);
  kafka_conf_set (conf, "group.id", options->group);
  if (kafka_options_file && !kafka_conf_load (conf, kafka_options_file, &error)) {
    tool_warn ("%s", error->message);
    return NULL;
  }
  if (!kafka_options_foreach (set_setting, conf))
    return NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (always); i++)
    kafka_conf_set (conf, always[i][0], always[i][1]);
  if (!options->is_committed)
    kafka_conf_set (conf, "enable.auto.commit", "false");
  if (options->ends_at_end)
    kafka_conf_set (conf, "enable.partition.eof", "true");
  rd_conf = kafka_conf_build (conf, &error);
  if (rd_conf && kafka_check_settings (rd_conf, &error))
    return rd_conf;
  tool_warn ("%s", error->message);
  if (rd_conf)
    rd_kafka_conf_destroy (rd_conf);
  return NULL;
}
