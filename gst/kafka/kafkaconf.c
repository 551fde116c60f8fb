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

struct _KafkaConf
{
  GPtrArray *settings;          /* of char *: a key, its value, the next key */
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
  {"client.id", "gst-metakafka"}
};

KafkaConf *
kafka_conf_new_empty (void)
{
  KafkaConf *conf = g_new (KafkaConf, 1);

  conf->settings = g_ptr_array_new_with_free_func (g_free);
  return conf;
}

KafkaConf *
kafka_conf_new (void)
{
  KafkaConf *conf = kafka_conf_new_empty ();

  for (gsize i = 0; i < G_N_ELEMENTS (defaults); i++)
    kafka_conf_set (conf, defaults[i].key, defaults[i].value);
  return conf;
}

void
kafka_conf_free (KafkaConf * conf)
{
  g_ptr_array_unref (conf->settings);
  g_free (conf);
}

KafkaConf *
kafka_conf_copy (const KafkaConf * conf)
{
  KafkaConf *copy = kafka_conf_new_empty ();

  for (guint i = 0; i < conf->settings->len; i += 2)
    kafka_conf_set (copy, conf->settings->pdata[i],
        conf->settings->pdata[i + 1]);
  return copy;
}

void
kafka_conf_set (KafkaConf * conf, const char *key, const char *value)
{
  g_ptr_array_add (conf->settings, g_strdup (key));
  g_ptr_array_add (conf->settings, g_strdup (value));
}

gboolean
kafka_conf_has (const KafkaConf * conf, const char *key)
{
  for (guint i = 0; i < conf->settings->len; i += 2)
    if (g_str_equal (conf->settings->pdata[i], key))
      return TRUE;
  return FALSE;
}

gboolean
kafka_conf_load (KafkaConf * conf, const char *path, GError ** error)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) why = NULL;

  if (*path == '\0') {
    g_set_error_literal (error, KAFKA_ERROR, KAFKA_ERROR_FILE,
        "The file with the Kafka settings has no name: set config-file= to one,"
        " or leave it out");
    return FALSE;
  }
  if (!g_file_get_contents (path, &text, NULL, &why)) {
    g_set_error (error, KAFKA_ERROR, KAFKA_ERROR_FILE,
        "Could not read the Kafka settings: %s. Check the file's name and"
        " permissions", why->message);
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

/* Returns: (transfer full) (nullable): the name of the environment variable that
 * @value stands for */
static char *
get_variable (const char *value)
{
  const gsize size = strlen (value);

  return g_str_has_prefix (value, "${") && size > 3 && value[size - 1] == '}' ?
      g_strndup (value + 2, size - 3) : NULL;
}

gboolean
kafka_conf_shows_secret (const char *key, const char *value)
{
  g_autofree char *variable = get_variable (value);

  return kafka_conf_is_secret (key) && !variable;
}

static gboolean
apply (rd_kafka_conf_t * rd_conf, const char *key, const char *value,
    GError ** error)
{
  g_autofree char *variable = get_variable (value);
  char why[512];

  if (variable && !(value = g_getenv (variable))) {
    g_set_error (error, KAFKA_ERROR, KAFKA_ERROR_SETTINGS,
        "There is no environment variable %s, which '%s' refers to: set it, or"
        " correct the name", variable, key);
    return FALSE;
  }
  switch (rd_kafka_conf_set (rd_conf, key, value, why, sizeof (why))) {
    case RD_KAFKA_CONF_OK:
      return TRUE;
    case RD_KAFKA_CONF_UNKNOWN:
      g_set_error (error, KAFKA_ERROR, KAFKA_ERROR_SETTINGS,
          "librdkafka %s has no setting '%s': check its spelling against"
          " librdkafka's CONFIGURATION.md", rd_kafka_version_str (), key);
      break;
    case RD_KAFKA_CONF_INVALID:
      if (kafka_conf_is_secret (key))
        g_strlcpy (why, "the value is not shown", sizeof (why));
      g_set_error (error, KAFKA_ERROR, KAFKA_ERROR_SETTINGS,
          "librdkafka does not accept the value of '%s' (%s): see"
          " librdkafka's CONFIGURATION.md for its range", key, why);
      break;
  }
  return FALSE;
}

rd_kafka_conf_t *
kafka_conf_build (const KafkaConf * conf, GError ** error)
{
  rd_kafka_conf_t *rd_conf = rd_kafka_conf_new ();

  for (guint i = 0; i < conf->settings->len; i += 2) {
    if (!apply (rd_conf, conf->settings->pdata[i],
            conf->settings->pdata[i + 1], error)) {
      rd_kafka_conf_destroy (rd_conf);
      return NULL;
    }
  }
  return rd_conf;
}

char *
kafka_conf_get (const rd_kafka_conf_t * conf, const char *key)
{
  size_t size = 0;
  char *value;

  if (rd_kafka_conf_get (conf, key, NULL, &size) != RD_KAFKA_CONF_OK)
    return g_strdup ("");
  value = g_malloc0 (size + 1);
  rd_kafka_conf_get (conf, key, value, &size);
  return value;
}
