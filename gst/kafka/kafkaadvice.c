/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include <librdkafka/rdkafka.h>

#include "kafkaadvice.h"

/* The first release whose SCRAM Kafka 4 accepts: before, the client's nonce was
 * sent twice */
#define SCRAM_VERSION 0x020601ff

/* What librdkafka, OpenSSL and brokers say, from librdkafka 2.0.2 to 2.8.0 */
static const struct
{
  const char *text;
  const char *advice;
} known[] = {
  {"connecting to a SSL listener",
      "if the broker is there, it expects TLS at this port: set"
        " security.protocol to ssl or sasl_ssl"},
  {"might require SASL authentication",
      "it expects a login at this port: set security.protocol to"
        " sasl_plaintext or sasl_ssl, and sasl.mechanism"},
  {"not valid in current SASL state",
      "it takes no login at this port: set security.protocol to plaintext or"
        " ssl, or give the port for logins"},
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
  {"SSL handshake failed",
      "it does not speak TLS at this port: set security.protocol to"
        " plaintext or sasl_plaintext, or give the port for TLS"},
  {"Failed to resolve", "this host name does not resolve: check it, and the"
        " system's DNS"},
};

KafkaTrouble
kafka_advice_get_trouble (rd_kafka_resp_err_t err, const char *reason)
{
  switch (err) {
    case RD_KAFKA_RESP_ERR__RESOLVE:
      return KAFKA_TROUBLE_UNRESOLVED;
    case RD_KAFKA_RESP_ERR__SSL:
    case RD_KAFKA_RESP_ERR__BAD_MSG:
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
      return KAFKA_TROUBLE_ANSWERED;
    default:
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
  return NULL;
}
