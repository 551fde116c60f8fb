/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Flushes, state changes, readers and data in threads of their own: whatever meets
 * whatever, the element goes on. METAKAFKA_ROUNDS says how many of each. */

#include "seitest.h"

#define MAX_FEEDS 2

/* A pad that data comes from */
typedef struct
{
  GstPad *pad;
  GstCaps *caps;
  GstBuffer *buffer;
  GThread *thread;
  GMutex streaming;             /* held while data is pushed */
} Feed;

static GstElement *element;
static Feed feeds[MAX_FEEDS];
static guint n_feeds;
static guint n_rounds;
static gint states_end;
static gint all_end;

static GstStaticPadTemplate source_template = GST_STATIC_PAD_TEMPLATE ("src",
    GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);
static GstStaticPadTemplate output_template = GST_STATIC_PAD_TEMPLATE ("sink",
    GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

static GstFlowReturn
drop (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  gst_buffer_unref (buffer);
  return GST_FLOW_OK;
}

static gboolean
drop_event (GstPad * pad, GstObject * parent, GstEvent * event)
{
  gst_event_unref (event);
  return TRUE;
}

/* What a push returns says little: a base class that is just being stopped calls it
 * an error. But then it posts none. */
static GstBusSyncReply
check_message (GstBus * bus, GstMessage * message, gpointer data)
{
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    GError *error;

    gst_message_parse_error (message, &error, NULL);
    fail ("%s", error->message);
  }
  gst_message_unref (message);
  return GST_BUS_DROP;
}

static gpointer
push_data (gpointer data)
{
  Feed *feed = data;
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  while (!g_atomic_int_get (&all_end)) {
    GstFlowReturn ret = GST_FLOW_OK;

    g_mutex_lock (&feed->streaming);
    gst_pad_push_event (feed->pad, gst_event_new_stream_start ("stress"));
    gst_pad_push_event (feed->pad, gst_event_new_caps (feed->caps));
    gst_pad_push_event (feed->pad, gst_event_new_segment (&segment));
    for (guint i = 0; ret == GST_FLOW_OK && i < 100; i++) {
      GstBuffer *buffer = gst_buffer_copy (feed->buffer);

      GST_BUFFER_PTS (buffer) = i * 40 * GST_MSECOND;
      ret = gst_pad_push (feed->pad, buffer);
    }
    g_mutex_unlock (&feed->streaming);
    g_thread_yield ();
  }
  return NULL;
}

/* As an element does that seeks: nothing flows while flushing ends. */
static gpointer
flush (gpointer data)
{
  for (guint i = 0; i < n_rounds || !g_atomic_int_get (&states_end); i++) {
    Feed *feed = &feeds[i % n_feeds];

    gst_pad_push_event (feed->pad, gst_event_new_flush_start ());
    g_mutex_lock (&feed->streaming);
    gst_pad_push_event (feed->pad, gst_event_new_flush_stop (TRUE));
    g_mutex_unlock (&feed->streaming);
    g_thread_yield ();
  }
  return NULL;
}

/* Up it goes while nothing flows, or a buffer would come without the events that
 * begin its stream; down at any time. */
static gpointer
change_state (gpointer data)
{
  static const GstState up[] = { GST_STATE_PAUSED, GST_STATE_PLAYING };
  static const GstState down[] = { GST_STATE_READY, GST_STATE_READY,
    GST_STATE_NULL
  };

  for (guint i = 0; i < n_rounds; i++) {
    for (guint f = 0; f < n_feeds; f++)
      g_mutex_lock (&feeds[f].streaming);
    fail_unless (gst_element_set_state (element, up[i % G_N_ELEMENTS (up)])
        != GST_STATE_CHANGE_FAILURE);
    for (guint f = 0; f < n_feeds; f++)
      g_mutex_unlock (&feeds[f].streaming);
    g_thread_yield ();
    fail_unless (gst_element_set_state (element, down[i % G_N_ELEMENTS (down)])
        != GST_STATE_CHANGE_FAILURE);
  }
  g_atomic_int_set (&states_end, TRUE);
  return NULL;
}

static gpointer
read_stats (gpointer data)
{
  while (!g_atomic_int_get (&all_end)) {
    GstStructure *stats;

    g_object_get (element, "stats", &stats, NULL);
    gst_structure_free (stats);
    g_thread_yield ();
  }
  return NULL;
}

/* Takes @buffer. */
static void
add_feed (const char *name, const char *caps, GstBuffer * buffer)
{
  Feed *feed = &feeds[n_feeds++];

  feed->pad = gst_check_setup_src_pad_by_name (element, &source_template, name);
  feed->caps = gst_caps_from_string (caps);
  feed->buffer = buffer;
  gst_pad_set_active (feed->pad, TRUE);
}

GST_START_TEST (test_stress_element_survives)
{
  const char *rounds = g_getenv ("METAKAFKA_ROUNDS");
  g_autofree char *video = test_caps (test_h264);
  GThread *flusher, *changer, *reader;
  GstBus *bus = gst_bus_new ();
  GstPad *output = NULL;

  n_rounds = rounds ? atoi (rounds) : 100;
  element = gst_check_setup_element (ELEMENT);
  gst_bus_set_sync_handler (bus, check_message, NULL, NULL);
  gst_element_set_bus (element, bus);
  if (g_str_equal (ELEMENT, "kafkasink")) {
    gst_util_set_object_arg (G_OBJECT (element), "config",
        "config,test.mock.num.brokers=1");
    gst_util_set_object_arg (G_OBJECT (element), "topic", "t");
    gst_util_set_object_arg (G_OBJECT (element), "max-queued-messages", "10");
    gst_util_set_object_arg (G_OBJECT (element), "stop-timeout", "0");
    add_feed ("sink", "application/x-json", gst_buffer_new_memdup ("{}", 2));
  } else {
    add_feed ("sink", video, test_insert_message (test_h264,
            test_access_unit (test_h264, 0), test_uuid, "x"));
    output = gst_check_setup_sink_pad_by_name (element, &output_template,
        "src");
    gst_pad_set_chain_function (output, drop);
    gst_pad_set_event_function (output, drop_event);
    gst_pad_set_active (output, TRUE);
  }
  if (g_str_equal (ELEMENT, "seiinject"))
    add_feed ("metadata", "application/x-json",
        gst_buffer_new_memdup ("{}", 2));

  changer = g_thread_new ("states", change_state, NULL);
  flusher = g_thread_new ("flushes", flush, NULL);
  reader = g_thread_new ("reader", read_stats, NULL);
  for (guint i = 0; i < n_feeds; i++)
    feeds[i].thread = g_thread_new ("data", push_data, &feeds[i]);
  g_thread_join (changer);
  /* ends what still waits */
  gst_element_set_state (element, GST_STATE_NULL);
  g_thread_join (flusher);
  g_atomic_int_set (&all_end, TRUE);
  for (guint i = 0; i < n_feeds; i++)
    g_thread_join (feeds[i].thread);
  g_thread_join (reader);

  for (guint i = 0; i < n_feeds; i++) {
    GstPad *peer = gst_pad_get_peer (feeds[i].pad);

    gst_pad_unlink (feeds[i].pad, peer);
    if (i > 0)
      gst_element_release_request_pad (element, peer);
    gst_object_unref (peer);
    gst_object_unref (feeds[i].pad);
    gst_caps_unref (feeds[i].caps);
    gst_buffer_unref (feeds[i].buffer);
  }
  gst_element_set_bus (element, NULL);
  gst_object_unref (bus);
  if (output)
    gst_check_teardown_sink_pad (element);
  gst_check_teardown_element (element);
}

GST_END_TEST;

static Suite *
stress_suite (void)
{
  Suite *s = suite_create ("stress");
  TCase *tc = tcase_create ("general");

  tcase_set_timeout (tc, 0);
  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_stress_element_survives);
  return s;
}

GST_CHECK_MAIN (stress);
