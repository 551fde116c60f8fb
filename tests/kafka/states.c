/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <glib.h>
#include <string.h>

#include "kafkastates.h"

/* What librdkafka 2.0.2 says */
#define REFUSED "h:9092/bootstrap: Connect to ipv4#127.0.0.1:9092 failed:" \
  " Connection refused (after 0ms in state CONNECT)"
#define WANTS_TLS "h:9092/bootstrap: Disconnected while requesting ApiVersion:" \
  " might be caused by incorrect security.protocol configuration (connecting" \
  " to a SSL listener?) or broker version is < 0.10 (see api.version.request)" \
  " (after 4ms in state APIVERSION_QUERY)"
#define NO_ADDRESS(server) server ": Failed to resolve 'nohost:9092': Name or" \
  " service not known (after 7ms in state CONNECT, 1 identical error(s)" \
  " suppressed)"

static void
open_states (KafkaStates * states, KafkaRole role)
{
  kafka_states_init (states, "h:9092,[::1]:9093,SSL://k", "t", role);
}

/* @text: taken over; @expected: what it begins with, or NULL if it is NULL */
static void
assert_begins (char *text, const char *expected)
{
  if (expected)
    g_assert_nonnull (text);
  if (text && !(expected && g_str_has_prefix (text, expected)))
    g_assert_cmpstr (text, ==, expected);
  g_free (text);
}

static void
assert_names (char *text, const char *named)
{
  g_assert_nonnull (text);
  if (!strstr (text, named))
    g_assert_cmpstr (text, ==, named);
  g_free (text);
}

static void
test_states_each_change_is_one_sentence (void)
{
  KafkaStates states;

  open_states (&states, KAFKA_ROLE_PRODUCER);
  assert_begins (kafka_states_set_reachable (&states, FALSE),
      "Kafka at h:9092,[::1]:9093,SSL://k does not answer: records wait until it"
      " does; check the address, the network and the broker");
  assert_begins (kafka_states_set_reachable (&states, FALSE), NULL);
  assert_begins (kafka_states_set_reachable (&states, TRUE),
      "Kafka answers at h:9092");
  assert_begins (kafka_states_set_reachable (&states, TRUE), NULL);
  kafka_states_note_error (&states, RD_KAFKA_RESP_ERR__TRANSPORT, REFUSED);
  kafka_states_note_error (&states, RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN,
      "3/3 brokers are down");
  assert_names (kafka_states_set_reachable (&states, FALSE),
      "Connection refused");
  assert_begins (kafka_states_set_topic (&states, KAFKA_TOPIC_AVAILABLE), NULL);
  assert_begins (kafka_states_set_topic (&states, KAFKA_TOPIC_MISSING),
      "Kafka at h:9092,[::1]:9093,SSL://k has no topic 't': records wait until"
      " somebody creates it; check the name");
  assert_begins (kafka_states_set_topic (&states, KAFKA_TOPIC_MISSING), NULL);
  assert_names (kafka_states_set_topic (&states, KAFKA_TOPIC_FORBIDDEN),
      "WRITE and DESCRIBE");
  assert_begins (kafka_states_set_topic (&states, KAFKA_TOPIC_AVAILABLE),
      "Topic 't' is available");
  kafka_states_clear (&states);
}

static void
test_states_consumer_has_words_of_its_own (void)
{
  KafkaStates states;

  open_states (&states, KAFKA_ROLE_CONSUMER);
  assert_names (kafka_states_set_reachable (&states, FALSE),
      "trying until it does");
  assert_names (kafka_states_set_topic (&states, KAFKA_TOPIC_MISSING),
      "waiting until somebody creates it");
  kafka_states_clear (&states);
}

/* librdkafka 2.8.0 */
#define PLAINTEXT_LISTENER "ssl://h:9092/bootstrap: SSL handshake failed:" \
  " Disconnected: connecting to a PLAINTEXT broker listener? (after 4ms in state" \
  " SSL_HANDSHAKE)"

static void
test_states_cause_has_its_own_words (void)
{
  static const char *const guesses[] = { WANTS_TLS,
    "ssl://h:9092/bootstrap: SSL handshake failed: error:0A000126:SSL"
        " routines::unexpected eof while reading (after 3ms in state"
        " SSL_HANDSHAKE)", PLAINTEXT_LISTENER
  };
  KafkaStates states;

  open_states (&states, KAFKA_ROLE_PRODUCER);
  assert_begins (kafka_states_set_reachable (&states, FALSE),
      "Kafka at h:9092");
  kafka_states_note_error (&states, RD_KAFKA_RESP_ERR__TRANSPORT, REFUSED);
  assert_begins (kafka_states_set_reachable (&states, FALSE),
      "Could not reach Kafka at");
  kafka_states_note_error (&states, RD_KAFKA_RESP_ERR__RESOLVE,
      NO_ADDRESS ("k:9092/bootstrap"));
  assert_begins (kafka_states_set_reachable (&states, FALSE),
      "Could not find the host of Kafka at");
  kafka_states_note_error (&states, RD_KAFKA_RESP_ERR__TRANSPORT, WANTS_TLS);
  assert_begins (kafka_states_set_reachable (&states, FALSE),
      "Could not talk to Kafka at");
  /* a name with several addresses, or several servers: told once each */
  kafka_states_note_error (&states, RD_KAFKA_RESP_ERR__TRANSPORT, REFUSED);
  assert_begins (kafka_states_set_reachable (&states, FALSE), NULL);
  kafka_states_note_error (&states, RD_KAFKA_RESP_ERR__TRANSPORT, WANTS_TLS);
  assert_begins (kafka_states_set_reachable (&states, FALSE), NULL);

  /* what worked before needs no other settings */
  assert_begins (kafka_states_set_reachable (&states, TRUE), "Kafka answers");
  for (gsize i = 0; i < G_N_ELEMENTS (guesses); i++) {
    kafka_states_note_error (&states, i > 0 ? RD_KAFKA_RESP_ERR__SSL :
        RD_KAFKA_RESP_ERR__TRANSPORT, guesses[i]);
    assert_begins (kafka_states_set_reachable (&states, FALSE),
        "Could not reach Kafka at");
    assert_begins (kafka_states_set_reachable (&states, TRUE), "Kafka answers");
  }
  kafka_states_note_error (&states, RD_KAFKA_RESP_ERR__TRANSPORT, REFUSED);
  assert_begins (kafka_states_set_reachable (&states, FALSE),
      "Could not reach Kafka at");
  kafka_states_note_error (&states, RD_KAFKA_RESP_ERR__TRANSPORT, WANTS_TLS);
  assert_begins (kafka_states_set_reachable (&states, FALSE), NULL);

  /* frozen, or behind a link that is too slow */
  assert_begins (kafka_states_set_reachable (&states, TRUE), "Kafka answers");
  kafka_states_note_error (&states, RD_KAFKA_RESP_ERR__TIMED_OUT,
      "h:9092/1: 1 request(s) timed out: disconnect (after 15193ms in state"
      " UP)");
  assert_begins (kafka_states_set_reachable (&states, FALSE),
      "Kafka at h:9092,[::1]:9093,SSL://k does not answer (h:9092/1: 1 request");
  assert_begins (kafka_states_set_reachable (&states, TRUE), "Kafka answers");
  kafka_states_note_error (&states, RD_KAFKA_RESP_ERR__TRANSPORT,
      "h:9092/1: ApiVersionRequest failed: Local: Timed out: probably due to"
      " broker version < 0.10 (after 10003ms in state APIVERSION_QUERY)");
  assert_begins (kafka_states_set_reachable (&states, FALSE),
      "Kafka at h:9092,[::1]:9093,SSL://k does not answer (h:9092/1: ApiVer");
  kafka_states_clear (&states);
}

/* What librdkafka 2.0.2 says of a peer that is not what the settings expect */
static void
test_states_each_cause_has_its_advice (void)
{
  static const struct
  {
    rd_kafka_resp_err_t err;
    const char *reason;
    const char *begins;
    const char *advice;
  } cases[] = {
    {RD_KAFKA_RESP_ERR__BAD_MSG,
        "h:9092/bootstrap: Receive failed: Invalid response size 1213486160"
          " (0..100000000): increase receive.message.max.bytes (after 3ms in"
          " state APIVERSION_QUERY)", "Could not talk to", "web server"},
    {RD_KAFKA_RESP_ERR__BAD_MSG,
        "h:9092/bootstrap: Receive failed: Invalid response size 1397966893"
          " (0..100000000): increase receive.message.max.bytes (after 3ms in"
          " state APIVERSION_QUERY)", "Could not talk to", "is not Kafka"},
    {RD_KAFKA_RESP_ERR__BAD_MSG,
        "h:9092/bootstrap: Receive failed: Invalid response size 352518912"
          " (0..100000000): increase receive.message.max.bytes (after 3ms in"
          " state APIVERSION_QUERY)", "Could not talk to", "expects TLS"},
    {RD_KAFKA_RESP_ERR__TRANSPORT,
          "h:9092/bootstrap: ApiVersionRequest failed: Local: Timed out:"
          " probably due to broker version < 0.10 (see api.version.request"
          " configuration) (after 10009ms in state APIVERSION_QUERY)",
        "Could not talk to", "takes connections"},
    {RD_KAFKA_RESP_ERR__TRANSPORT, WANTS_TLS, "Could not talk to",
        "expects TLS"},
    {RD_KAFKA_RESP_ERR__TRANSPORT,
        "h:9092/bootstrap: Disconnected: verify that security.protocol is"
          " correctly configured, broker might require SASL authentication"
          " (after 23ms in state UP)", "Could not talk to", "expects a login"},
    {RD_KAFKA_RESP_ERR__SSL,
          "ssl://h:9092/bootstrap: SSL handshake failed: error:0A00010B:SSL"
          " routines::wrong version number (after 3ms in state SSL_HANDSHAKE)",
        "Could not talk to", "does not speak TLS"},
    {RD_KAFKA_RESP_ERR__TRANSPORT,
          "ssl://h:9092/bootstrap: error:0A000126:SSL routines::unexpected eof"
          " while reading (after 0ms in state SSL_HANDSHAKE)",
        "Could not talk to", "does not speak TLS"},
    {RD_KAFKA_RESP_ERR__AUTHENTICATION,
          "sasl_plaintext://h:9092/bootstrap: Failed to initialize SASL"
          " authentication: SASL Handshake not supported by broker (required by"
          " mechanism PLAIN) (after 0ms in state AUTH_LEGACY)",
        "Could not talk to", "takes no login"},
    {RD_KAFKA_RESP_ERR__TRANSPORT,
          "ssl://h:9092/bootstrap: Receive failed: error:0A000412:SSL"
          " routines::sslv3 alert bad certificate: SSL alert number 42 (after"
          " 8ms in state APIVERSION_QUERY)", "Could not talk to",
        "ssl.certificate.location"},
    {RD_KAFKA_RESP_ERR__RESOLVE, NO_ADDRESS ("h:9092/bootstrap"),
        "Could not find the host of", "DNS"},
    {RD_KAFKA_RESP_ERR__TRANSPORT, REFUSED, "Could not reach",
        "check the address, the network and the broker"},
    /* a broker with TLS that ends */
    {RD_KAFKA_RESP_ERR__TRANSPORT,
          "ssl://h:9092/bootstrap: Receive failed: error:0A000126:SSL"
          " routines::unexpected eof while reading (after 9ms in state UP)",
        "Could not reach", "check the address, the network and the broker"},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    KafkaStates states;
    char *text;

    open_states (&states, KAFKA_ROLE_PRODUCER);
    kafka_states_note_error (&states, cases[i].err, cases[i].reason);
    text = kafka_states_set_reachable (&states, FALSE);
    g_assert_nonnull (text);
    if (!strstr (text, cases[i].advice))
      g_assert_cmpstr (text, ==, cases[i].advice);
    assert_begins (text, cases[i].begins);
    kafka_states_clear (&states);
  }
}

static void
test_states_advertised_address_is_named (void)
{
  KafkaStates states;

  open_states (&states, KAFKA_ROLE_PRODUCER);
  g_assert_null (kafka_states_describe_broker (&states, 1, "nohost:9092"));
  kafka_states_note_error (&states, RD_KAFKA_RESP_ERR__RESOLVE,
      NO_ADDRESS ("nohost:9092/1"));
  assert_begins (kafka_states_describe_broker (&states, 1, NULL),
      "broker 1 of Kafka at h:9092,[::1]:9093,SSL://k advertises the address"
      " nohost:9092, which does not resolve (Failed to resolve 'nohost:9092':"
      " Name or service not known): let the broker's advertised.listeners name"
      " an address that this host can reach, or make the name resolve here");
  g_assert_null (kafka_states_describe_broker (&states, 2, NULL));
  g_assert_null (kafka_states_describe_broker (&states, 2, "nohost:9092"));

  /* the same broker at another address, which is another trouble */
  kafka_states_note_error (&states, RD_KAFKA_RESP_ERR__TRANSPORT,
      "ssl://10.0.0.9:9092/1: Connect to ipv4#10.0.0.9:9092 failed: No route to"
      " host (after 3ms in state CONNECT)");
  assert_begins (kafka_states_describe_broker (&states, 1, NULL),
      "broker 1 of Kafka at h:9092,[::1]:9093,SSL://k advertises the address"
      " 10.0.0.9:9092, which cannot be reached (Connect to ipv4#10.0.0.9:9092"
      " failed: No route to host): check that broker");
  kafka_states_note_error (&states, RD_KAFKA_RESP_ERR__SSL,
      "ssl://10.0.0.9:9092/1: SSL handshake failed: error:0A000086:SSL"
      " routines::certificate verify failed: broker certificate could not be"
      " verified (after 3ms in state SSL_HANDSHAKE)");
  assert_names (kafka_states_describe_broker (&states, 1, NULL),
      "its certificate is not trusted");

  kafka_states_broker_answers (&states, 1, NULL);
  g_assert_null (kafka_states_describe_broker (&states, 1, "10.0.0.9:9092"));
  kafka_states_clear (&states);
}

/* As a consumer learns of the broker that coordinates its group */
static void
test_states_broker_without_id_is_known_by_address (void)
{
  KafkaStates states;

  open_states (&states, KAFKA_ROLE_CONSUMER);
  kafka_states_note_error (&states, RD_KAFKA_RESP_ERR__RESOLVE,
      NO_ADDRESS ("GroupCoordinator: nohost:9092"));
  assert_begins (kafka_states_describe_broker (&states, 1, "nohost:9092"),
      "a broker of Kafka at");
  kafka_states_note_error (&states, RD_KAFKA_RESP_ERR__RESOLVE,
      NO_ADDRESS ("nohost:9092/1"));
  assert_begins (kafka_states_describe_broker (&states, 1, NULL),
      "broker 1 of Kafka at");
  kafka_states_note_error (&states, RD_KAFKA_RESP_ERR__RESOLVE,
      NO_ADDRESS ("GroupCoordinator: NOHOST:9092"));
  assert_begins (kafka_states_describe_broker (&states, 1, NULL),
      "broker 1 of Kafka at");
  kafka_states_broker_answers (&states, -1, "nohost:9092");
  g_assert_null (kafka_states_describe_broker (&states, 1, NULL));
  kafka_states_clear (&states);
}

static void
test_states_bootstrap_server_advertises_nothing (void)
{
  static const char *const reasons[] = {
    "h:9092/1: Failed to resolve 'h:9092': x (after 1ms in state CONNECT)",
    "[::1]:9093/1: Connect to ipv6#[::1]:9093 failed: x (after 0ms in state"
        " CONNECT)",
    "::1:9093/1: Connect to ipv6#[::1]:9093 failed: x (after 0ms in state"
        " CONNECT)",
    "ssl://k:9092/1: Connect to ipv4#1.2.3.4:9092 failed: x (after 0ms in state"
        " CONNECT)",
    "GroupCoordinator: H:9092: Connect to ipv4#1.2.3.4:9092 failed: x (after"
        " 0ms in state CONNECT)",
    "h:9092/bootstrap: x", "no broker at all", "", ": ", "a:b/1: x"
  };
  KafkaStates states;

  open_states (&states, KAFKA_ROLE_PRODUCER);
  for (gsize i = 0; i < G_N_ELEMENTS (reasons); i++) {
    kafka_states_note_error (&states, RD_KAFKA_RESP_ERR__TRANSPORT, reasons[i]);
    g_assert_null (kafka_states_describe_broker (&states, 1, "h:9092"));
    g_assert_null (kafka_states_describe_broker (&states, -1, "::1:9093"));
    g_assert_null (kafka_states_describe_broker (&states, -1, "k:9092"));
  }
  kafka_states_clear (&states);
}

/* As librdkafka writes it, and shorter. @name: of broker 1; @state: of its connection */
static void
note_statistics (KafkaStates * states, const char *name, const char *state)
{
  g_autofree char *json =
      g_strdup_printf ("{\"name\":\"x#consumer-1\",\"brokers\":{"
      "\"h:9092/bootstrap\":{\"nodeid\":-1,\"nodename\":\"h:9092\","
      "\"state\":\"UP\",\"req\":{\"Fetch\":0}},"
      "\"%s/1\":{\"nodeid\":1,\"nodename\":\"%s\",\"state\":\"%s\","
      "\"toppars\":{\"t-0\":{\"topic\":\"t\",\"partition\":0}}}},"
      "\"topics\":{}}", name, name, state);

  kafka_states_note_statistics (states, json, strlen (json));
}

static void
test_states_lasting_trouble_is_told_until_it_is_over (void)
{
  KafkaStates states;

  open_states (&states, KAFKA_ROLE_CONSUMER);
  kafka_states_note_error (&states, RD_KAFKA_RESP_ERR__RESOLVE,
      NO_ADDRESS ("GroupCoordinator: nohost:9092"));
  /* where no broker answers, that is what is told */
  g_assert_null (kafka_states_check_brokers (&states, 0));
  assert_begins (kafka_states_set_reachable (&states, TRUE), "Kafka answers");
  g_assert_null (kafka_states_check_brokers (&states, G_TIME_SPAN_HOUR));
  note_statistics (&states, "nohost:9092", "DOWN");
  assert_begins (kafka_states_check_brokers (&states, 0),
      "Broker 1 of Kafka at h:9092,[::1]:9093,SSL://k advertises the address"
      " nohost:9092, which does not resolve");
  g_assert_null (kafka_states_check_brokers (&states, 0));
  kafka_states_note_error (&states, RD_KAFKA_RESP_ERR__RESOLVE,
      NO_ADDRESS ("nohost:9092/1"));
  g_assert_null (kafka_states_check_brokers (&states, 0));

  note_statistics (&states, "10.0.0.1:9092", "UP");
  g_assert_null (kafka_states_describe_broker (&states, 1, NULL));
  assert_begins (kafka_states_check_brokers (&states, G_TIME_SPAN_HOUR),
      "Broker 1 of Kafka at h:9092,[::1]:9093,SSL://k answers at 10.0.0.1:9092");
  g_assert_null (kafka_states_check_brokers (&states, 0));

  /* what was over before anybody was told is not told */
  kafka_states_note_error (&states, RD_KAFKA_RESP_ERR__RESOLVE,
      NO_ADDRESS ("nohost:9092/1"));
  note_statistics (&states, "nohost:9092", "UP");
  g_assert_null (kafka_states_check_brokers (&states, 0));
  kafka_states_clear (&states);
}

static void
test_states_second_refusal_is_told (void)
{
  KafkaStates states;
  gboolean is_final;

  open_states (&states, KAFKA_ROLE_CONSUMER);
  g_assert_null (kafka_states_note_refusal (&states, "no", &is_final));
  assert_begins (kafka_states_note_refusal (&states, "no", &is_final),
      "Kafka at h:9092,[::1]:9093,SSL://k does not accept the credentials (no):"
      " check sasl.mechanism, sasl.username and sasl.password");
  g_assert_true (is_final);

  assert_begins (kafka_states_set_reachable (&states, TRUE), "Kafka answers");
  g_assert_null (kafka_states_note_refusal (&states, "no", &is_final));
  assert_begins (kafka_states_note_refusal (&states, "no", &is_final),
      "Kafka at h:9092,[::1]:9093,SSL://k no longer accepts the credentials"
      " (no): the login is tried again; renew them");
  g_assert_false (is_final);
  g_assert_null (kafka_states_note_refusal (&states, "no", &is_final));
  kafka_states_clear (&states);
}

static void
test_states_broker_that_ends_has_no_wrong_address (void)
{
  KafkaStates states;

  open_states (&states, KAFKA_ROLE_CONSUMER);
  kafka_states_note_error (&states, RD_KAFKA_RESP_ERR__TRANSPORT,
      "other:9092/1: Disconnected (after 600000ms in state UP)");
  g_assert_null (kafka_states_describe_broker (&states, 1, NULL));
  kafka_states_note_error (&states, RD_KAFKA_RESP_ERR__TRANSPORT,
      "other:9092/1: Disconnected: verify that security.protocol is correctly"
      " configured, broker might require SASL authentication (after 2ms in state"
      " UP)");
  assert_names (kafka_states_describe_broker (&states, 1, NULL),
      "expects a login");
  /* so it was not that */
  kafka_states_note_error (&states, RD_KAFKA_RESP_ERR__TRANSPORT,
      "other:9092/1: Connect to ipv4#10.0.0.9:9092 failed: Connection refused"
      " (after 0ms in state CONNECT)");
  assert_names (kafka_states_describe_broker (&states, 1, NULL),
      "cannot be reached (Connect to");
  kafka_states_clear (&states);
}

/* It would hide what is wrong with the servers that the user named. */
static void
test_states_advertised_address_is_no_reason_for_the_others (void)
{
  KafkaStates states;

  open_states (&states, KAFKA_ROLE_PRODUCER);
  kafka_states_note_error (&states, RD_KAFKA_RESP_ERR__TRANSPORT, REFUSED);
  kafka_states_note_error (&states, RD_KAFKA_RESP_ERR__RESOLVE,
      NO_ADDRESS ("nohost:9092/1"));
  assert_names (kafka_states_set_reachable (&states, FALSE),
      "Connection refused");
  kafka_states_clear (&states);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/states/each-change-is-one-sentence",
      test_states_each_change_is_one_sentence);
  g_test_add_func ("/states/consumer-has-words-of-its-own",
      test_states_consumer_has_words_of_its_own);
  g_test_add_func ("/states/cause-has-its-own-words",
      test_states_cause_has_its_own_words);
  g_test_add_func ("/states/each-cause-has-its-advice",
      test_states_each_cause_has_its_advice);
  g_test_add_func ("/states/advertised-address-is-named",
      test_states_advertised_address_is_named);
  g_test_add_func ("/states/broker-without-id-is-known-by-address",
      test_states_broker_without_id_is_known_by_address);
  g_test_add_func ("/states/bootstrap-server-advertises-nothing",
      test_states_bootstrap_server_advertises_nothing);
  g_test_add_func ("/states/advertised-address-is-no-reason-for-the-others",
      test_states_advertised_address_is_no_reason_for_the_others);
  g_test_add_func ("/states/lasting-trouble-is-told-until-it-is-over",
      test_states_lasting_trouble_is_told_until_it_is_over);
  g_test_add_func ("/states/broker-that-ends-has-no-wrong-address",
      test_states_broker_that_ends_has_no_wrong_address);
  g_test_add_func ("/states/second-refusal-is-told",
      test_states_second_refusal_is_told);
  return g_test_run ();
}
