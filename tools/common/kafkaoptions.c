/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "kafkaoptions.h"

#include <string.h>

#include "common.h"
#include "kafkaconf.h"

char *kafka_options_file = NULL;
char **kafka_options_settings = NULL;

gboolean
kafka_options_foreach (KafkaOptionsFunc func, gpointer data)
{
  char **settings = kafka_options_settings;

  for (guint i = 0; settings && settings[i]; i++) {
    g_auto (GStrv) pair = g_strsplit (settings[i], "=", 2);

    /* the text itself is not shown: it may be a secret */
    if (!pair[0] || *pair[0] == '\0' || !pair[1]) {
      tool_usage ("-X number %u is not of the form KEY=VALUE: give it as in"
          " -X client.id=camera-7", i + 1);
      return FALSE;
    }
    if (kafka_conf_shows_secret (pair[0], pair[1])) {
      tool_usage ("-X %s=... shows a secret to everybody who can list"
          " processes: put it into the file that --kafka-config names, or into"
          " an environment variable: -X '%s=${NAME}'", pair[0], pair[0]);
      return FALSE;
    }
    func (pair[0], pair[1], data);
  }
  return TRUE;
}

gboolean
kafka_options_file_has (const char *path, const char *key)
{
  g_autoptr (KafkaConf) conf = kafka_conf_new_empty ();

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return FALSE;
  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return TRUE;
  return kafka_conf_load (conf, path, NULL) && kafka_conf_has (conf, key);
}

gboolean
kafka_options_have (const char *key)
{
  const gsize size = strlen (key);
  char **settings = kafka_options_settings;

  for (guint i = 0; settings && settings[i]; i++)
    if (strncmp (settings[i], key, size) == 0 && settings[i][size] == '=')
      return TRUE;
  return kafka_options_file && kafka_options_file_has (kafka_options_file, key);
}
