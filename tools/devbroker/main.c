/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* metakafka-devbroker: a Kafka broker in memory for trying things out, made of
 * librdkafka's mock cluster. That listens at a port of its own choice, so a
 * forwarder stands in front; the address that it gives to clients is its own. */

#include <gio/gio.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <string.h>

#include "common.h"
#include "kafkacheck.h"

#define DEFAULT_TOPIC "rr.metadata.sei:1"
#define BACKLOG 64

static int opt_port = 9092;
static char **opt_topics = NULL;

static const GOptionEntry entries[] = {
  {"port", 0, 0, G_OPTION_ARG_INT, &opt_port,
      "Listen at this TCP port of 127.0.0.1, 0 for any that is free"
        " (default: 9092)", "PORT"},
  {"topic", 0, 0, G_OPTION_ARG_STRING_ARRAY, &opt_topics,
      "Create this topic with this many partitions; can be repeated"
        " (default: " DEFAULT_TOPIC ")", "NAME:PARTITIONS"},
  {NULL}
};

typedef struct
{
  GMainLoop *loop;
  guint16 broker_port;          /* the mock cluster's */
} Forwarder;

/* One of a connection's two directions. */
typedef struct
{
  GIOStream *from;
  GIOStream *to;
} Direction;

static void
direction_free (Direction * direction)
{
  g_object_unref (direction->from);
  g_object_unref (direction->to);
  g_free (direction);
}

static void
on_spliced (GObject * source, GAsyncResult * result, gpointer data)
{
  Direction *direction = data;

  /* whatever ended it, the other side is to know that nothing more comes */
  g_output_stream_splice_finish (G_OUTPUT_STREAM (source), result, NULL);
  g_socket_shutdown (g_socket_connection_get_socket (G_SOCKET_CONNECTION
          (direction->to)), FALSE, TRUE, NULL);
  direction_free (direction);
}

static void
forward (GIOStream * from, GIOStream * to)
{
  Direction *direction = g_new (Direction, 1);

  direction->from = g_object_ref (from);
  direction->to = g_object_ref (to);
  g_output_stream_splice_async (g_io_stream_get_output_stream (to),
      g_io_stream_get_input_stream (from), G_OUTPUT_STREAM_SPLICE_NONE,
      G_PRIORITY_DEFAULT, NULL, on_spliced, direction);
}

static void
on_connected (GObject * source, GAsyncResult * result, gpointer data)
{
  g_autoptr (GSocketConnection) client = data;
  g_autoptr (GSocketConnection) broker =
      g_socket_client_connect_to_host_finish (G_SOCKET_CLIENT (source),
      result, NULL);

  if (!broker)
    return;
  forward (G_IO_STREAM (client), G_IO_STREAM (broker));
  forward (G_IO_STREAM (broker), G_IO_STREAM (client));
}

static gboolean
on_incoming (GSocketService * service, GSocketConnection * client,
    GObject * source, gpointer data)
{
  Forwarder *forwarder = data;
  g_autoptr (GSocketClient) connector = g_socket_client_new ();

  /* or it asks for a proxy, also on the way to 127.0.0.1 */
  g_socket_client_set_enable_proxy (connector, FALSE);
  g_socket_client_connect_to_host_async (connector, "127.0.0.1",
      forwarder->broker_port, NULL, on_connected, g_object_ref (client));
  return TRUE;
}

/* Listens at 127.0.0.1. Returns the port, or 0 with @error set. */
static guint16
listen_at (GSocketService * service, guint16 port, GError ** error)
{
  g_autoptr (GInetAddress) loopback =
      g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback,
      port);
  g_autoptr (GSocketAddress) bound = NULL;

  g_socket_listener_set_backlog (G_SOCKET_LISTENER (service), BACKLOG);
  if (!g_socket_listener_add_address (G_SOCKET_LISTENER (service), address,
          G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL, &bound, error))
    return 0;
  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
}

/* NAME:PARTITIONS, or NAME for one. */
static gboolean
parse_topic (const char *text, char **name, int *n_partitions)
{
  g_auto (GStrv) parts = g_strsplit (text, ":", 2);
  guint64 n = 1;

  if (!parts[0] || !kafka_check_topic (parts[0], NULL)
      || (parts[1] && !g_ascii_string_to_unsigned (parts[1], 10, 1, 1000, &n,
              NULL)))
    return FALSE;
  *name = g_strdup (parts[0]);
  *n_partitions = n;
  return TRUE;
}

static gboolean
create_topics (rd_kafka_mock_cluster_t * cluster)
{
  for (guint i = 0; opt_topics[i]; i++) {
    g_autofree char *name = NULL;
    int n_partitions;

    if (!parse_topic (opt_topics[i], &name, &n_partitions)) {
      tool_usage ("--topic %s does not name a topic: give NAME:PARTITIONS,"
          " with 1 to 1000 partitions", opt_topics[i]);
      return FALSE;
    }
    if (rd_kafka_mock_topic_create (cluster, name, n_partitions, 1)) {
      tool_usage ("--topic %s could not be created: name each topic once",
          opt_topics[i]);
      return FALSE;
    }
  }
  return TRUE;
}

static void
drop_log (const rd_kafka_t * rk, int level, const char *facility,
    const char *text)
{
}

static void
on_signal (gpointer data)
{
  Forwarder *forwarder = data;

  tool_say ("[Broker] Shutting down...");
  g_main_loop_quit (forwarder->loop);
}

static int
run (rd_kafka_mock_cluster_t * cluster)
{
  const char *bootstraps = rd_kafka_mock_cluster_bootstraps (cluster);
  g_autoptr (GSocketService) service = g_socket_service_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *topics = g_strjoinv (",", opt_topics);
  Forwarder forwarder = {
    .broker_port = g_ascii_strtoull (strrchr (bootstraps, ':') + 1, NULL, 10)
  };
  guint16 port;

  port = listen_at (service, opt_port, &error);
  if (port == 0) {
    tool_warn ("%s: end the program that uses port %d, or give another"
        " --port", error->message, opt_port);
    return TOOL_FAILED;
  }
  g_signal_connect (service, "incoming", G_CALLBACK (on_incoming), &forwarder);
  forwarder.loop = g_main_loop_new (NULL, FALSE);
  tool_on_signals (on_signal, &forwarder);
  tool_say ("[Broker] listening 127.0.0.1:%u topics=%s", port, topics);
  tool_say ("[Broker] for development only: everything is in memory, and gone"
      " when this ends");
  g_main_loop_run (forwarder.loop);
  g_socket_service_stop (service);
  g_socket_listener_close (G_SOCKET_LISTENER (service));
  g_main_loop_unref (forwarder.loop);
  return TOOL_DONE;
}

int
main (int argc, char **argv)
{
  rd_kafka_conf_t *conf;
  rd_kafka_mock_cluster_t *cluster;
  rd_kafka_t *rk;
  char why[256];
  int status;

  if (!tool_start (&argc, &argv, "metakafka-devbroker",
          "A Kafka broker in memory, for development only.", entries, NULL,
          TOOL_OUTPUT_NEVER_BLOCK, &status))
    return status;
  if (opt_port < 0 || opt_port > 65535)
    return tool_usage ("--port %d is not a TCP port: give 0 to 65535",
        opt_port);
  if (!opt_topics)
    opt_topics = g_strsplit (DEFAULT_TOPIC, " ", -1);

  conf = rd_kafka_conf_new ();
  rd_kafka_conf_set (conf, "client.id", "devbroker", NULL, 0);
  rd_kafka_conf_set_log_cb (conf, drop_log);
  rk = rd_kafka_new (RD_KAFKA_PRODUCER, conf, why, sizeof (why));
  cluster = rk ? rd_kafka_mock_cluster_new (rk, 1) : NULL;
  if (!cluster) {
    tool_warn ("librdkafka could not start its mock cluster (%s): check the"
        " limits for memory and open files", rk ? "no broker" : why);
    return TOOL_FAILED;
  }
  /* Not destroyed: that can wait for requests of a client that hangs, and all of
   * it goes with the process. */
  return create_topics (cluster) ? run (cluster) : TOOL_USAGE;
}
