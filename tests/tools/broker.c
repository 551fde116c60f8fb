/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What is left of what kafkasink posts */

#include "broker.h"

static void
take (Broker * broker, const char *name)
{
  g_autoptr (GstStructure) message = gst_structure_new (name, "text",
      G_TYPE_STRING, name, NULL);

  broker_take (broker, message);
}

/* Checks the state, whose text is the name of its message. */
static void
expect (const Broker * broker, const char *state, const char *text)
{
  const char *said;
  const BrokerState now = broker_get_state (broker, &said);

  g_assert_cmpstr (broker_state_get_name (now), ==, state);
  g_assert_cmpstr (said, ==, text);
}

static void
test_each_state_ends (void)
{
  static const char *const states[][3] = {
    {"unreachable", "broker-unreachable", "broker-reachable"},
    {"credentials-refused", "credentials-refused", "broker-reachable"},
    {"topic-missing", "topic-missing", "topic-available"},
    {"topic-forbidden", "topic-forbidden", "topic-available"},
    {"stalled", "delivery-stalled", "delivery-resumed"}
  };
  Broker broker = { 0 };

  expect (&broker, "unknown", NULL);
  /* says nothing of it */
  take (&broker, "records-dropped");
  expect (&broker, "unknown", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (states); i++) {
    take (&broker, states[i][1]);
    expect (&broker, states[i][0], states[i][1]);
    take (&broker, states[i][2]);
    expect (&broker, "reachable", NULL);
  }
  broker_clear (&broker);
}

static void
test_the_worst_is_said (void)
{
  Broker broker = { 0 };

  take (&broker, "topic-missing");
  take (&broker, "delivery-stalled");
  expect (&broker, "topic-missing", "topic-missing");
  take (&broker, "broker-unreachable");
  expect (&broker, "unreachable", "broker-unreachable");
  take (&broker, "broker-reachable");
  expect (&broker, "topic-missing", "topic-missing");
  take (&broker, "topic-available");
  expect (&broker, "stalled", "delivery-stalled");
  broker_clear (&broker);
}

static void
test_what_is_acknowledged_was_accepted (void)
{
  Broker broker = { 0 };

  broker_take_acknowledged (&broker, 5);
  take (&broker, "credentials-refused");
  broker_take_acknowledged (&broker, 5);
  expect (&broker, "credentials-refused", "credentials-refused");
  broker_take_acknowledged (&broker, 6);
  expect (&broker, "reachable", NULL);
  /* others may still wait */
  take (&broker, "delivery-stalled");
  broker_take_acknowledged (&broker, 7);
  expect (&broker, "stalled", "delivery-stalled");
  broker_clear (&broker);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/broker/ends", test_each_state_ends);
  g_test_add_func ("/broker/worst", test_the_worst_is_said);
  g_test_add_func ("/broker/acknowledged",
      test_what_is_acknowledged_was_accepted);
  return g_test_run ();
}
