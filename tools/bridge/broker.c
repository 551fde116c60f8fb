/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "broker.h"

/* What kafkasink posts: what it says to be wrong, and what it says not to be wrong any more */
static const struct
{
  const char *message;
  int begins;                   /* -1: nothing */
  guint ends;                   /* a bit for each */
} changes[] = {
  {"broker-unreachable", BROKER_UNREACHABLE, 0},
  {"broker-reachable", -1,
      1 << BROKER_UNREACHABLE | 1 << BROKER_CREDENTIALS_REFUSED},
  {"credentials-refused", BROKER_CREDENTIALS_REFUSED, 0},
  {"topic-missing", BROKER_TOPIC_MISSING, 1 << BROKER_TOPIC_FORBIDDEN},
  {"topic-forbidden", BROKER_TOPIC_FORBIDDEN, 1 << BROKER_TOPIC_MISSING},
  {"topic-available", -1,
      1 << BROKER_TOPIC_MISSING | 1 << BROKER_TOPIC_FORBIDDEN},
  {"delivery-stalled", BROKER_STALLED, 0},
  {"delivery-resumed", -1, 1 << BROKER_STALLED},
};

void
broker_clear (Broker * self)
{
  for (guint i = 0; i <= BROKER_STALLED; i++)
    g_clear_pointer (&self->texts[i], g_free);
}

static void
end_all (Broker * self, guint ends)
{
  for (guint i = 0; i <= BROKER_STALLED; i++)
    if (ends & 1 << i)
      g_clear_pointer (&self->texts[i], g_free);
}

void
broker_take (Broker * self, const GstStructure * message)
{
  const char *text = gst_structure_get_string (message, "text");

  for (guint i = 0; i < G_N_ELEMENTS (changes); i++) {
    if (!gst_structure_has_name (message, changes[i].message))
      continue;
    self->is_known = TRUE;
    end_all (self, changes[i].ends);
    if (changes[i].begins >= 0) {
      g_free (self->texts[changes[i].begins]);
      self->texts[changes[i].begins] = g_strdup (text ? text : "");
    }
  }
}

void
broker_take_acknowledged (Broker * self, guint64 n)
{
  /* a login may be refused while another connection goes on, and then no broker is said to
   * be reachable again */
  if (n > self->n_acknowledged)
    end_all (self, 1 << BROKER_CREDENTIALS_REFUSED);
  self->n_acknowledged = n;
}

BrokerState
broker_get_state (const Broker * self, const char **text)
{
  for (guint i = 0; i <= BROKER_STALLED; i++)
    if (self->texts[i]) {
      *text = self->texts[i];
      return i;
    }
  *text = NULL;
  return self->is_known ? BROKER_REACHABLE : BROKER_UNKNOWN;
}

const char *
broker_state_get_name (BrokerState state)
{
  static const char *const names[BROKER_N_STATES] = {
    [BROKER_CREDENTIALS_REFUSED] = "credentials-refused",
    [BROKER_UNREACHABLE] = "unreachable",
    [BROKER_TOPIC_FORBIDDEN] = "topic-forbidden",
    [BROKER_TOPIC_MISSING] = "topic-missing",
    [BROKER_STALLED] = "stalled",
    [BROKER_UNKNOWN] = "unknown",
    [BROKER_REACHABLE] = "reachable"
  };

  return names[state];
}
