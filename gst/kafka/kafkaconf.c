/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include "kafkaconf.h"

GQuark
kafka_error_quark (void)
{
  return g_quark_from_static_string ("kafka-error-quark");
}

typedef struct
{
  char *key;
  char *value;
} Setting;

struct _KafkaConf
{
  GArray *settings;             /* of Setting */
};

static const struct
{
  const char *key;
  const char *value;
} defaults[] = {
  /* exactly once per partition as long as one client lives; implies acks=all */
  {"enable.idempotence", "true"},
  /* never: what a record waits for is the ring's affair */
  {"message.timeout.ms", "0"},
  /* a frozen leader costs 10 to 20 s instead of 60 */
  {"socket.timeout.ms", "10000"},
  /* Java's partitioner, so that joins by key find their partition */
  {"partitioner", "murmur2_random"},
  {"linger.ms", "5"},
  {"compression.type", "lz4"},
  {"socket.keepalive.enable", "true"},
  {"reconnect.backoff.max.ms", "2000"},
  /* the ring's bounds are the ones that count */
  {"queue.buffering.max.messages", "0"},
  {"queue.buffering.max.kbytes", "2147483647"},
  {"log.connection.close", "false"},
  {"client.id", "gst-metakafka"}
};

static void
clear_setting (gpointer data)
{
  Setting *setting = data;

  g_free (setting->key);
  g_free (setting->value);
}

static KafkaConf *
conf_new_empty (void)
{
  KafkaConf *conf = g_new (KafkaConf, 1);

  conf->settings = g_array_new (FALSE, FALSE, sizeof (Setting));
  g_array_set_clear_func (conf->settings, clear_setting);
  return conf;
}

KafkaConf *
kafka_conf_new (void)
{
  KafkaConf *conf = conf_new_empty ();

  for (gsize i = 0; i < G_N_ELEMENTS (defaults); i++)
    kafka_conf_set (conf, defaults[i].key, defaults[i].value);
  return conf;
}

void
kafka_conf_free (KafkaConf * conf)
{
  g_array_unref (conf->settings);
  g_free (conf);
}

KafkaConf *
kafka_conf_copy (const KafkaConf * conf)
{
  KafkaConf *copy = conf_new_empty ();

  for (guint i = 0; i < conf->settings->len; i++) {
    const Setting *setting = &g_array_index (conf->settings, Setting, i);

    kafka_conf_set (copy, setting->key, setting->value);
  }
  return copy;
}

void
kafka_conf_set (KafkaConf * conf, const char *key, const char *value)
{
  const Setting setting = { g_strdup (key), g_strdup (value) };

  g_array_append_val (conf->settings, setting);
}

gboolean
kafka_conf_load (KafkaConf * conf, const char *path, GError ** error)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  GError *why = NULL;

  if (!g_file_get_contents (path, &text, NULL, &why)) {
    g_set_error (error, KAFKA_ERROR, KAFKA_ERROR_FILE,
        "Could not read the Kafka settings: %s. Check the file's name and"
        " permissions", why->message);
    g_error_free (why);
    return FALSE;
  }
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i]; i++) {
    char *key = g_strstrip (lines[i]);
    char *equals = strchr (key, '=');

    if (*key == '\0' || *key == '#')
      continue;
    /* the line itself is not shown: it may be a secret */
    if (!equals || equals == key) {
      g_set_error (error, KAFKA_ERROR, KAFKA_ERROR_FILE,
          "Line %u of %s is not of the form key=value: correct it, or begin"
          " it with # to make it a comment", i + 1, path);
      return FALSE;
    }
    *equals = '\0';
    kafka_conf_set (conf, g_strchomp (key), g_strchug (equals + 1));
  }
  return TRUE;
}

gboolean
kafka_conf_is_secret (const char *key)
{
  static const char *const parts[] = {
    "password", "secret", "key.pem", "sasl.oauthbearer.config",
    "sasl.jaas.config", "keystore"
  };

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    if (strstr (key, parts[i]))
      return TRUE;
  return FALSE;
}

rd_kafka_conf_t *
kafka_conf_build (const KafkaConf * conf, GError ** error)
{
  rd_kafka_conf_t *rd_conf = rd_kafka_conf_new ();

  for (guint i = 0; i < conf->settings->len; i++) {
    const Setting *setting = &g_array_index (conf->settings, Setting, i);
    char why[512];

    switch (rd_kafka_conf_set (rd_conf, setting->key, setting->value, why,
            sizeof (why))) {
      case RD_KAFKA_CONF_OK:
        continue;
      case RD_KAFKA_CONF_UNKNOWN:
        g_set_error (error, KAFKA_ERROR, KAFKA_ERROR_SETTINGS,
            "librdkafka %s has no setting '%s': check its spelling against"
            " librdkafka's CONFIGURATION.md", rd_kafka_version_str (),
            setting->key);
        break;
      case RD_KAFKA_CONF_INVALID:
        if (kafka_conf_is_secret (setting->key))
          g_strlcpy (why, "the value is not shown", sizeof (why));
        g_set_error (error, KAFKA_ERROR, KAFKA_ERROR_SETTINGS,
            "librdkafka does not accept the value of '%s' (%s): see"
            " librdkafka's CONFIGURATION.md for its range", setting->key, why);
        break;
    }
    rd_kafka_conf_destroy (rd_conf);
    return NULL;
  }
  return rd_conf;
}

static gboolean
is_port (const char *text)
{
  guint64 port;

  return g_ascii_string_to_unsigned (text, 10, 1, 65535, &port, NULL);
}

/* HOST, HOST:PORT, [IPV6]:PORT, and librdkafka's PROTOCOL:// in front */
static gboolean
is_server (const char *server)
{
  static const char *const protocols[] = { "PLAINTEXT://", "SSL://",
    "SASL_PLAINTEXT://", "SASL_SSL://"
  };
  const char *host = server;
  const char *colon;

  for (gsize i = 0; i < G_N_ELEMENTS (protocols); i++) {
    const gsize length = strlen (protocols[i]);

    if (g_ascii_strncasecmp (server, protocols[i], length) == 0)
      host = server + length;
  }
  if (*host == '[') {
    const char *end = strchr (host, ']');

    if (!end || end == host + 1)
      return FALSE;
    return end[1] == '\0' || (end[1] == ':' && is_port (end + 2));
  }
  for (const char *c = host; *c; c++)
    if (!g_ascii_isalnum (*c) && !strchr (".-_:", *c))
      return FALSE;
  colon = strchr (host, ':');
  return *host && colon != host && (!colon || is_port (colon + 1));
}

gboolean
kafka_check_bootstrap_servers (const char *servers, GError ** error)
{
  g_auto (GStrv) list = g_strsplit (servers ? servers : "", ",", -1);
  gboolean ok = list[0] != NULL;

  for (guint i = 0; list[i] && ok; i++)
    ok = is_server (g_strstrip (list[i]));
  if (!ok)
    g_set_error (error, KAFKA_ERROR, KAFKA_ERROR_SETTINGS,
        "'%s' does not name Kafka's brokers: give HOST:PORT, several with"
        " commas between, such as localhost:9092", servers ? servers : "");
  return ok;
}

gboolean
kafka_check_topic (const char *topic, GError ** error)
{
  const gsize length = topic ? strlen (topic) : 0;
  gboolean ok = length >= 1 && length <= 249 && !g_str_equal (topic, ".")
      && !g_str_equal (topic, "..");

  for (gsize i = 0; i < length && ok; i++)
    ok = g_ascii_isalnum (topic[i]) || strchr ("._-", topic[i]);
  if (!ok)
    g_set_error (error, KAFKA_ERROR, KAFKA_ERROR_SETTINGS,
        "'%s' is no name of a Kafka topic: use 1 to 249 of the characters"
        " a-z A-Z 0-9 . _ -", topic ? topic : "");
  return ok;
}
