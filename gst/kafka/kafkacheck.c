/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "kafkacheck.h"

#define ALPHANUMERIC G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS

static gboolean
is_port (const char *text)
{
  guint64 port;

  return g_ascii_string_to_unsigned (text, 10, 1, 65535, &port, NULL);
}

/* Returns the part of @server behind librdkafka's PROTOCOL:// */
static const char *
skip_protocol (const char *server)
{
  static const char *const protocols[] = { "PLAINTEXT://", "SSL://",
    "SASL_PLAINTEXT://", "SASL_SSL://"
  };

  for (gsize i = 0; i < G_N_ELEMENTS (protocols); i++) {
    const gsize length = strlen (protocols[i]);

    if (g_ascii_strncasecmp (server, protocols[i], length) == 0)
      return server + length;
  }
  return server;
}

/* HOST, HOST:PORT, [IPV6]:PORT */
static gboolean
is_server (const char *host)
{
  const char *colon;

  if (*host == '[') {
    const char *end = strchr (host, ']');
    g_autofree char *address =
        end ? g_strndup (host + 1, end - host - 1) : NULL;

    return end && strchr (address, ':') && g_hostname_is_ip_address (address)
        && (end[1] == '\0' || (end[1] == ':' && is_port (end + 2)));
  }
  colon = strchr (host, ':');
  return *host && host[strspn (host, ALPHANUMERIC ".-_:")] == '\0'
      && colon != host && (!colon || is_port (colon + 1));
}

/* @host: an address of IPv6, perhaps with a port behind it
 * Returns: (transfer full) (nullable): what is meant, with brackets; NULL if it is no
 *   such address */
static char *
with_brackets (const char *host)
{
  const char *colon = strrchr (host, ':');
  g_autofree char *address = NULL;

  if (!colon || colon == strchr (host, ':'))
    return NULL;
  address = g_strndup (host, colon - host);
  /* fewer digits are the end of an address */
  if (strlen (colon + 1) >= 4 && is_port (colon + 1)
      && g_hostname_is_ip_address (address))
    return g_strdup_printf ("[%s]:%s", address, colon + 1);
  return g_hostname_is_ip_address (host) ?
      g_strdup_printf ("[%s]:9092", host) : NULL;
}

static gboolean
check_server (const char *server, const char *servers, GError ** error)
{
  const char *host = skip_protocol (server);
  g_autofree char *meant = NULL;

  if (is_server (host))
    return TRUE;
  meant = with_brackets (host);
  if (meant)
    g_set_error (error, KAFKA_ERROR, KAFKA_ERROR_SETTINGS,
        "'%s' has an address of IPv6 without brackets: write %.*s%s", servers,
        (int) (host - server), server, meant);
  else
    g_set_error (error, KAFKA_ERROR, KAFKA_ERROR_SETTINGS,
        "'%s' does not name Kafka's brokers: give HOST:PORT, several with"
        " commas between, such as localhost:9092", servers);
  return FALSE;
}

gboolean
kafka_check_bootstrap_servers (const char *servers, GError ** error)
{
  g_auto (GStrv) list = NULL;

  if (!servers || *servers == '\0') {
    g_set_error_literal (error, KAFKA_ERROR, KAFKA_ERROR_SETTINGS,
        "No broker of Kafka is given: set bootstrap-servers= (among librdkafka's"
        " settings bootstrap.servers=) to HOST:PORT, such as localhost:9092");
    return FALSE;
  }
  list = g_strsplit (servers, ",", -1);
  for (guint i = 0; list[i]; i++)
    if (!check_server (g_strstrip (list[i]), servers, error))
      return FALSE;
  return TRUE;
}

gboolean
kafka_check_topic (const char *topic, GError ** error)
{
  const gsize length = topic ? strlen (topic) : 0;
  const gboolean ok = length >= 1 && length <= 249
      && strspn (topic, ALPHANUMERIC "._-") == length
      && !g_str_equal (topic, ".") && !g_str_equal (topic, "..");

  if (length == 0)
    g_set_error_literal (error, KAFKA_ERROR, KAFKA_ERROR_SETTINGS,
        "No topic is given: set topic= to the name of a Kafka topic");
  else if (!ok)
    g_set_error (error, KAFKA_ERROR, KAFKA_ERROR_SETTINGS,
        "'%s' is not the name of a Kafka topic: use 1 to 249 of the characters"
        " a-z A-Z 0-9 . _ -", topic);
  return ok;
}

/* --- TLS and logins ------------------------------------------------------ */

/* librdkafka names a file that is not there in its log alone. */
static gboolean
check_files (const rd_kafka_conf_t * conf, GError ** error)
{
  static const char *const keys[] = {
    "ssl.ca.location", "ssl.certificate.location", "ssl.key.location",
    "ssl.keystore.location", "ssl.crl.location"
  };

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++) {
    g_autofree char *path = kafka_conf_get (conf, keys[i]);

    /* "probe" looks for the system's certificates */
    if (*path == '\0' || g_str_equal (path, "probe")
        || g_access (path, R_OK) == 0)
      continue;
    g_set_error (error, KAFKA_ERROR, KAFKA_ERROR_SETTINGS,
        "Could not read %s, which '%s' names: check the file's name and"
        " permissions", path, keys[i]);
    return FALSE;
  }
  return TRUE;
}

static gboolean
check_login (const rd_kafka_conf_t * conf, GError ** error)
{
  g_autofree char *mechanism = kafka_conf_get (conf, "sasl.mechanisms");
  g_autofree char *user = kafka_conf_get (conf, "sasl.username");
  g_autofree char *keytab = kafka_conf_get (conf, "sasl.kerberos.keytab");
  g_autofree char *unsecure =
      kafka_conf_get (conf, "enable.sasl.oauthbearer.unsecure.jwt");
  g_autofree char *method = kafka_conf_get (conf, "sasl.oauthbearer.method");

  /* what it is when it is not set */
  if (g_str_equal (mechanism, "GSSAPI") && (*user || !*keytab))
    g_set_error (error, KAFKA_ERROR, KAFKA_ERROR_SETTINGS,
        "security.protocol asks for a login, and 'sasl.mechanism' does not say"
        " which: set it to PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512, or set"
        " sasl.kerberos.keytab for GSSAPI");
  else if (g_str_equal (mechanism, "OAUTHBEARER")
      && g_str_equal (unsecure, "false") && !g_str_equal (method, "oidc"))
    g_set_error (error, KAFKA_ERROR, KAFKA_ERROR_SETTINGS,
        "'sasl.mechanism' is OAUTHBEARER, and nothing says where a token comes"
        " from: set sasl.oauthbearer.method=oidc, or take PLAIN,"
        " SCRAM-SHA-256 or SCRAM-SHA-512");
  else if (!g_str_equal (mechanism, "GSSAPI")
      && !g_str_equal (mechanism, "OAUTHBEARER") && !*user)
    g_set_error (error, KAFKA_ERROR, KAFKA_ERROR_SETTINGS,
        "'sasl.mechanism' is %s, and there is no user: set sasl.username and"
        " sasl.password", mechanism);
  else
    return TRUE;
  return FALSE;
}

gboolean
kafka_check_settings (const rd_kafka_conf_t * conf, GError ** error)
{
  g_autofree char *protocol = kafka_conf_get (conf, "security.protocol");
  g_autofree char *servers = kafka_conf_get (conf, "bootstrap.servers");
  g_autofree char *transactions = kafka_conf_get (conf, "transactional.id");

  if (!kafka_check_bootstrap_servers (servers, error))
    return FALSE;
  /* librdkafka takes it, and then no record outside a transaction */
  if (*transactions) {
    g_set_error (error, KAFKA_ERROR, KAFKA_ERROR_SETTINGS,
        "'transactional.id' is set, and there are no transactions here: leave"
        " it out; each record is delivered once without");
    return FALSE;
  }
  if (g_ascii_strncasecmp (protocol, "sasl_", 5) == 0
      && !check_login (conf, error))
    return FALSE;
  return !g_str_has_suffix (protocol, "ssl") || check_files (conf, error);
}
