/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "kafkacheck.h"

static char *
value_of (const KafkaConf * conf, const char *key)
{
  g_autoptr (GError) error = NULL;
  rd_kafka_conf_t *rd_conf = kafka_conf_build (conf, &error);
  char value[512];
  size_t size = sizeof (value);

  g_assert_no_error (error);
  g_assert_cmpint (rd_kafka_conf_get (rd_conf, key, value, &size), ==,
      RD_KAFKA_CONF_OK);
  rd_kafka_conf_destroy (rd_conf);
  return g_strdup (value);
}

#define assert_value(conf, key, expected) \
  G_STMT_START { \
    g_autofree char *value_ = value_of (conf, key); \
    g_assert_cmpstr (value_, ==, expected); \
  } G_STMT_END

static void
test_conf_defaults_are_those_of_the_contract (void)
{
  g_autoptr (KafkaConf) conf = kafka_conf_new ();

  assert_value (conf, "enable.idempotence", "true");
  assert_value (conf, "message.timeout.ms", "0");
  assert_value (conf, "socket.timeout.ms", "10000");
  assert_value (conf, "partitioner", "murmur2_random");
  assert_value (conf, "linger.ms", "5");
  assert_value (conf, "compression.type", "lz4");
  assert_value (conf, "socket.keepalive.enable", "true");
}

static void
test_conf_last_setting_counts (void)
{
  g_autoptr (KafkaConf) conf = kafka_conf_new ();
  g_autoptr (KafkaConf) copy = NULL;

  kafka_conf_set (conf, "linger.ms", "7");
  copy = kafka_conf_copy (conf);
  kafka_conf_set (conf, "linger.ms", "9");
  assert_value (conf, "linger.ms", "9");
  assert_value (copy, "linger.ms", "7");
}

static void
test_conf_wrong_key_and_value_are_named (void)
{
  g_autoptr (KafkaConf) unknown = kafka_conf_new ();
  g_autoptr (KafkaConf) bad = kafka_conf_new ();
  g_autoptr (GError) error = NULL;

  kafka_conf_set (unknown, "linger.sm", "7");
  g_assert_null (kafka_conf_build (unknown, &error));
  g_assert_error (error, KAFKA_ERROR, KAFKA_ERROR_SETTINGS);
  g_assert_nonnull (strstr (error->message, "linger.sm"));
  g_clear_error (&error);

  kafka_conf_set (bad, "linger.ms", "soon");
  g_assert_null (kafka_conf_build (bad, &error));
  g_assert_error (error, KAFKA_ERROR, KAFKA_ERROR_SETTINGS);
  g_assert_nonnull (strstr (error->message, "linger.ms"));
}

static void
test_conf_file_is_read_as_kcat_does (void)
{
  g_autoptr (KafkaConf) conf = kafka_conf_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp (NULL, &path, NULL);

  g_assert_true (g_close (fd, NULL));
  g_assert_true (g_file_set_contents (path, "# comment\r\n\n"
          "  linger.ms = 11 \nsasl.password=a=b#c\nclient.id=x", -1, NULL));
  g_assert_true (kafka_conf_load (conf, path, &error));
  assert_value (conf, "linger.ms", "11");
  assert_value (conf, "sasl.password", "a=b#c");
  assert_value (conf, "client.id", "x");

  g_assert_true (g_file_set_contents (path, "linger.ms=1\nhunter2\n", -1,
          NULL));
  g_assert_false (kafka_conf_load (conf, path, &error));
  g_assert_error (error, KAFKA_ERROR, KAFKA_ERROR_FILE);
  g_assert_nonnull (strstr (error->message, "Line 2"));
  g_assert_null (strstr (error->message, "hunter2"));
  g_clear_error (&error);

  g_unlink (path);
  g_assert_false (kafka_conf_load (conf, path, &error));
  g_assert_error (error, KAFKA_ERROR, KAFKA_ERROR_FILE);
}

static void
test_conf_secrets_are_known (void)
{
  g_assert_true (kafka_conf_is_secret ("sasl.password"));
  g_assert_true (kafka_conf_is_secret ("ssl.key.password"));
  g_assert_true (kafka_conf_is_secret ("ssl.key.pem"));
  g_assert_true (kafka_conf_is_secret ("sasl.oauthbearer.client.secret"));
  g_assert_false (kafka_conf_is_secret ("linger.ms"));
  g_assert_false (kafka_conf_is_secret ("ssl.ca.location"));
}

static void
test_conf_environment_may_have_values (void)
{
  g_autoptr (KafkaConf) conf = kafka_conf_new ();
  g_autoptr (GError) error = NULL;

  g_setenv ("METAKAFKA_TEST_PASSWORD", "hunter2", TRUE);
  kafka_conf_set (conf, "sasl.password", "${METAKAFKA_TEST_PASSWORD}");
  kafka_conf_set (conf, "client.id", "${METAKAFKA_TEST_PASSWORD}x");
  assert_value (conf, "sasl.password", "hunter2");
  /* a part of a value is just text */
  assert_value (conf, "client.id", "${METAKAFKA_TEST_PASSWORD}x");
  g_assert_false (kafka_conf_shows_secret ("sasl.password",
          "${METAKAFKA_TEST_PASSWORD}"));
  g_assert_true (kafka_conf_shows_secret ("sasl.password", "hunter2"));
  g_assert_false (kafka_conf_shows_secret ("linger.ms", "5"));

  g_unsetenv ("METAKAFKA_TEST_PASSWORD");
  g_assert_null (kafka_conf_build (conf, &error));
  g_assert_error (error, KAFKA_ERROR, KAFKA_ERROR_SETTINGS);
  g_assert_nonnull (strstr (error->message, "METAKAFKA_TEST_PASSWORD"));
  g_assert_nonnull (strstr (error->message, "sasl.password"));
}

/* @settings: key=value with spaces between; @named: what the error names, or NULL
 * if there is none */
static void
check_settings (const char *settings, const char *named)
{
  g_autoptr (KafkaConf) conf = kafka_conf_new ();
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) list = g_strsplit (settings, " ", -1);
  rd_kafka_conf_t *rd_conf;

  kafka_conf_set (conf, "bootstrap.servers", "localhost");
  for (guint i = 0; list[i]; i++) {
    char *equals = strchr (list[i], '=');

    *equals = '\0';
    kafka_conf_set (conf, list[i], equals + 1);
  }
  rd_conf = kafka_conf_build (conf, &error);
  g_assert_no_error (error);
  g_assert_cmpint (kafka_check_settings (rd_conf, &error), ==, !named);
  if (named)
    g_assert_nonnull (strstr (error->message, named));
  rd_kafka_conf_destroy (rd_conf);
}

static void
test_conf_incomplete_security_is_named (void)
{
  check_settings ("linger.ms=5", NULL);
  check_settings ("security.protocol=ssl", NULL);
  check_settings ("security.protocol=ssl ssl.ca.location=/nowhere/ca.pem",
      "/nowhere/ca.pem");
  check_settings ("security.protocol=SASL_SSL sasl.mechanism=PLAIN"
      " sasl.username=x ssl.key.location=/nowhere/key", "ssl.key.location");
  /* not asked for */
  check_settings ("ssl.ca.location=/nowhere/ca.pem", NULL);
  check_settings ("sasl.mechanism=OAUTHBEARER", NULL);

  check_settings ("security.protocol=sasl_plaintext", "sasl.mechanism");
  check_settings ("security.protocol=sasl_ssl sasl.username=x",
      "sasl.mechanism");
  check_settings ("security.protocol=sasl_ssl sasl.kerberos.keytab=/etc/hosts",
      NULL);
  check_settings ("security.protocol=sasl_ssl sasl.mechanism=PLAIN",
      "sasl.username");
  check_settings ("security.protocol=sasl_ssl sasl.mechanism=SCRAM-SHA-512"
      " sasl.username=x", NULL);
  check_settings ("security.protocol=sasl_ssl sasl.mechanism=OAUTHBEARER",
      "OAUTHBEARER");
  check_settings ("security.protocol=sasl_ssl sasl.mechanism=OAUTHBEARER"
      " enable.sasl.oauthbearer.unsecure.jwt=true", NULL);
}

static void
test_conf_what_delivers_nothing_is_named (void)
{
  check_settings ("bootstrap.servers=", "set bootstrap-servers=");
  check_settings ("transactional.id=x", "transactional.id");
}

/* As a service with many brokers has it */
static void
test_conf_values_may_be_long (void)
{
  g_autoptr (KafkaConf) conf = kafka_conf_new ();
  GString *servers = g_string_new ("broker-0.example.org:9092");
  g_autofree char *value = NULL;
  rd_kafka_conf_t *rd_conf;

  for (guint i = 1; i < 100; i++)
    g_string_append_printf (servers, ",broker-%u.example.org:9092", i);
  kafka_conf_set (conf, "bootstrap.servers", servers->str);
  rd_conf = kafka_conf_build (conf, NULL);
  value = kafka_conf_get (rd_conf, "bootstrap.servers");
  g_assert_cmpstr (value, ==, servers->str);
  g_assert_true (kafka_check_settings (rd_conf, NULL));
  rd_kafka_conf_destroy (rd_conf);
  g_string_free (servers, TRUE);
}

static void
test_conf_ipv6_needs_brackets (void)
{
  static const char *const meant[][2] = {
    {"::1:9092", "write [::1]:9092"},
    {"::1", "write [::1]:9092"},
    {"fe80::1", "write [fe80::1]:9092"},
    {"fe80::1:19092", "write [fe80::1]:19092"},
    {"2001:db8::7", "write [2001:db8::7]:9092"},
    {"1:2:3:4:5:6:7:8:9093", "write [1:2:3:4:5:6:7:8]:9093"},
    {"SSL://::1:9093", "write SSL://[::1]:9093"},
    {"a:9092, ::1:9094", "write [::1]:9094"},
    {"a:9092:9092", "HOST:PORT"},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (meant); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_false (kafka_check_bootstrap_servers (meant[i][0], &error));
    g_assert_error (error, KAFKA_ERROR, KAFKA_ERROR_SETTINGS);
    if (!strstr (error->message, meant[i][1]))
      g_assert_cmpstr (error->message, ==, meant[i][1]);
  }
}

static void
test_conf_names_are_checked (void)
{
  static const char *const servers[] = {
    "localhost:9092", "localhost", "a:1,b:2, c", "[::1]:9092", "[::1]",
    "SASL_SSL://broker-1.example.org:9093", "10.0.0.1:65535", "h,i:9",
    "10.0.0.1:9092,[fe80::1]:9"
  };
  static const char *const no_servers[] = {
    "", ":9092", "a:0", "a:65536", "a:x", "a,,b", "a b:1", "[::1", "[]:1",
    "a:1:2", ",", "h,", ",h", "h:", "::1", "[::1]x", "[::1]:", "http://h",
    "SSL://", "[a]:1", "[1.2.3.4]:1"
  };
  static const char *const topics[] = { "t", "rr.metadata.sei", "A-b_c.9",
    "..."
  };
  static const char *const no_topics[] = { "", ".", "..", "a b", "\303\244",
    "a/b", "a:1", "a\n"
  };
  g_autofree char *longest = g_strnfill (249, 'x');
  g_autofree char *too_long = g_strnfill (250, 'x');

  for (gsize i = 0; i < G_N_ELEMENTS (servers); i++)
    g_assert_true (kafka_check_bootstrap_servers (servers[i], NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (no_servers); i++)
    g_assert_false (kafka_check_bootstrap_servers (no_servers[i], NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (topics); i++)
    g_assert_true (kafka_check_topic (topics[i], NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (no_topics); i++)
    g_assert_false (kafka_check_topic (no_topics[i], NULL));
  g_assert_true (kafka_check_topic (longest, NULL));
  g_assert_false (kafka_check_topic (too_long, NULL));
  g_assert_false (kafka_check_topic (NULL, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/conf/defaults-are-those-of-the-contract",
      test_conf_defaults_are_those_of_the_contract);
  g_test_add_func ("/conf/last-setting-counts", test_conf_last_setting_counts);
  g_test_add_func ("/conf/wrong-key-and-value-are-named",
      test_conf_wrong_key_and_value_are_named);
  g_test_add_func ("/conf/file-is-read-as-kcat-does",
      test_conf_file_is_read_as_kcat_does);
  g_test_add_func ("/conf/secrets-are-known", test_conf_secrets_are_known);
  g_test_add_func ("/conf/environment-may-have-values",
      test_conf_environment_may_have_values);
  g_test_add_func ("/conf/incomplete-security-is-named",
      test_conf_incomplete_security_is_named);
  g_test_add_func ("/conf/what-delivers-nothing-is-named",
      test_conf_what_delivers_nothing_is_named);
  g_test_add_func ("/conf/values-may-be-long", test_conf_values_may_be_long);
  g_test_add_func ("/conf/names-are-checked", test_conf_names_are_checked);
  g_test_add_func ("/conf/ipv6-needs-brackets", test_conf_ipv6_needs_brackets);
  return g_test_run ();
}
