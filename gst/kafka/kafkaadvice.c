/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include <librdkafka/rdkafka.h>

#include "kafkaadvice.h"

/* The first release whose SCRAM Kafka 4 accepts: before, the client's nonce was
 * sent twice */
#define SCRAM_VERSION 0x020601ff

#define MUTE "ApiVersionRequest failed: Local: Timed out"
#define SSL_LISTENER "connecting to a SSL listener"
#define SASL_LISTENER "might require SASL authentication"
#define NO_TLS "it does not speak TLS at this port: set security.protocol to" \
  " plaintext or sasl_plaintext, or give the port for TLS"
#define NO_LOGIN "it takes no login at this port: set security.protocol to" \
  " plaintext or ssl, or give the port for logins"
#define TLS "if the broker is there, it expects TLS at this port: set" \
  " security.protocol to ssl or sasl_ssl"

/* What librdkafka, OpenSSL and brokers say, from librdkafka 2.0.2 to 2.8.0 */
static const struct
{
  const char *text;
  const char *advice;
} known[] = {
  {SSL_LISTENER, TLS},
  {SASL_LISTENER,
      "it expects a login at this port: set security.protocol to"
        " sasl_plaintext or sasl_ssl, and sasl.mechanism"},
  {"not valid in current SASL state", NO_LOGIN},
  {"SASL Handshake not supported by broker", NO_LOGIN},
  {"Unsupported SASL mechanism",
      "set sasl.mechanism to one that the broker offers"},
  {"certificate verify failed",
      "its certificate is not trusted, or not for this host name: let"
        " ssl.ca.location name the certificate of its authority"},
  {"certificate required", "it wants a certificate of the client: set"
        " ssl.certificate.location and ssl.key.location"},
  {"bad certificate", "it wants a certificate of the client: set"
        " ssl.certificate.location and ssl.key.location"},
  {"unknown ca", "it does not trust the certificate of the client: let"
        " ssl.certificate.location name one of an authority that it knows"},
  {"SSL handshake failed", NO_TLS},
  /* once in a while OpenSSL's words come alone */
  {"wrong version number", NO_TLS},
  {"in state SSL_HANDSHAKE", NO_TLS},
  {MUTE, "something takes connections there and does not answer as Kafka does:"
        " check that the broker is well, and that this is the port of Kafka and"
        " not, say, of a web server"},
  {"Failed to resolve", "this host name does not resolve: check it, and the"
        " system's DNS"},
};

/* What takes no request of Kafka answers in its own language, and librdkafka reads the
 * first four bytes of that as a size.
 * Returns: (nullable): the advice */
static const char *
advice_for_size (const char *reason)
{
  const char *number = strstr (reason, "Invalid response size ");
  guint32 size;

  if (!number)
    return NULL;
  size = (guint32) g_ascii_strtoll (number + strlen ("Invalid response size "),
      NULL, 10);
  if (size == 0x48545450)       /* "HTTP" */
    return "this is the port of a web server: give that of Kafka";
  /* an alert of SSL 3 to TLS 1.3 (RFC 8446 5.1) */
  if (size >> 16 == 0x1503)
    return TLS;
  return "what answers at this port is not Kafka: give the port of Kafka";
}

KafkaTrouble
kafka_advice_get_trouble (rd_kafka_resp_err_t err, const char *reason)
{
  switch (err) {
    case RD_KAFKA_RESP_ERR__RESOLVE:
      return KAFKA_TROUBLE_UNRESOLVED;
    case RD_KAFKA_RESP_ERR__TIMED_OUT:
      return KAFKA_TROUBLE_SILENT;
    case RD_KAFKA_RESP_ERR__SSL:
    case RD_KAFKA_RESP_ERR__BAD_MSG:
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
      return KAFKA_TROUBLE_ANSWERED;
    default:
      if (reason && strstr (reason, MUTE))
        return KAFKA_TROUBLE_MUTE;
      /* a connection that broke off: what there is an advice for was refused */
      return kafka_advice_get (reason) ? KAFKA_TROUBLE_ANSWERED :
          KAFKA_TROUBLE_UNREACHED;
  }
}

const char *
kafka_advice_get (const char *reason)
{
  if (!reason)
    return NULL;
  if (strstr (reason, "mechanism SCRAM-")
      && strstr (reason, "invalid credentials")
      && rd_kafka_version () < SCRAM_VERSION)
    return "this librdkafka cannot do SCRAM with Kafka 4: use librdkafka 2.6.1"
        " or later, or sasl.mechanism=PLAIN with TLS, or a certificate of the"
        " client; with an older Kafka, check sasl.username and sasl.password";
  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    if (strstr (reason, known[i].text))
      return known[i].advice;
  return advice_for_size (reason);
}

gboolean
kafka_advice_is_guess (const char *reason)
{
  static const char *const guesses[] = { SSL_LISTENER, SASL_LISTENER,
    "connecting to a PLAINTEXT broker listener", "unexpected eof while reading"
  };

  for (gsize i = 0; i < G_N_ELEMENTS (guesses); i++)
    if (strstr (reason, guesses[i]))
      return TRUE;
  return FALSE;
}
