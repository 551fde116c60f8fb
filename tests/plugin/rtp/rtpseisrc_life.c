/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* rtpseisrc: where it listens, its states, its end, and senders that are hostile */

#include <unistd.h>

#include "rtptest.h"

#define H264_CAPS "video/x-h264, stream-format=byte-stream, alignment=au"
#define H265_CAPS "video/x-h265, stream-format=byte-stream, alignment=au"

static gint fd;

static void
setup (void)
{
  fd = rtp_test_open ("127.0.0.1");
  fail_unless (fd >= 0);
}

static void
teardown (void)
{
  close (fd);
}

static GstStateChangeReturn
set_state (RtpTest * test, GstState state)
{
  return gst_element_set_state (test->element, state);
}

static void
assert_listening (RtpTest * test, const gchar * expected)
{
  g_auto (GStrv) uris = NULL;

  g_object_get (test->element, "listening", &uris, NULL);
  if (expected == NULL)
    fail_if (uris);
  else
    fail_unless (uris && g_str_has_prefix (uris[0], expected), "%s",
        uris ? uris[0] : "nothing");
}

/* --- where it listens ------------------------------------------------------------ */

static void
check_address (const gchar * address, const gchar * expected,
    const gchar * const *senders)
{
  RtpTest *test = rtp_test_new ();
  guint16 port;

  g_object_set (test->element, "address", address, NULL);
  rtp_test_set_state (test, GST_STATE_PLAYING);
  assert_listening (test, expected);
  port = rtp_test_get_port (test, 0);
  for (guint i = 0; senders[i] != NULL; i++) {
    const gint sender = rtp_test_open (senders[i]);

    rtp_test_send_picture (sender, port, 7, i);
    if (i == 0)
      rtp_test_pull_start (test, "h264", H264_CAPS);
    rtp_test_pull_picture (test, "h264", i);
    close (sender);
  }
  rtp_test_free (test);
}

GST_START_TEST (test_rtpseisrc_addresses)
{
  static const gchar *const ipv4[] = { "127.0.0.1", NULL };
  static const gchar *const ipv6[] = { "::1", NULL };
  static const gchar *const both[] = { "127.0.0.1", "::1", NULL };
  const gint sender = rtp_test_open ("::1");

  check_address ("127.0.0.1", "udp://127.0.0.1:", ipv4);
  check_address ("0.0.0.0", "udp://0.0.0.0:", ipv4);
  if (sender < 0)
    return;
  close (sender);
  check_address ("::1", "udp://[::1]:", ipv6);
  check_address (NULL, "udp://[::]:", both);
  check_address ("", "udp://[::]:", both);
}

GST_END_TEST;

GST_START_TEST (test_rtpseisrc_several_ports)
{
  RtpTest *test = rtp_test_new ();

  g_object_set (test->element, "port", "0, 0,0", NULL);
  rtp_test_set_state (test, GST_STATE_PLAYING);
  /* one sender is a stream by its source alone: each has one of its own */
  for (guint i = 0; i < 3; i++) {
    const gint sender = rtp_test_open ("127.0.0.1");

    rtp_test_send_picture (sender, rtp_test_get_port (test, i), 7, i);
    if (i == 0)
      rtp_test_pull_start (test, "h264", H264_CAPS);
    rtp_test_pull_picture (test, "h264", i);
    close (sender);
  }
  rtp_test_free (test);
}

GST_END_TEST;

GST_START_TEST (test_rtpseisrc_range_of_ports)
{
  gboolean is_open = FALSE;
  RtpTest *test;

  /* Others may have one of them */
  for (guint i = 0; i < 100 && !is_open; i++) {
    g_autofree gchar *ports = NULL;
    guint16 port;

    test = rtp_test_new ();
    rtp_test_set_state (test, GST_STATE_READY);
    port = MIN (rtp_test_get_port (test, 0), 65000);
    rtp_test_set_state (test, GST_STATE_NULL);
    ports = g_strdup_printf ("%u,%u-%u", port, port + 2, port + 3);
    g_object_set (test->element, "port", ports, NULL);
    is_open = set_state (test, GST_STATE_READY) == GST_STATE_CHANGE_SUCCESS;
    if (is_open) {
      fail_unless_equals_int (rtp_test_get_port (test, 0), port);
      fail_unless_equals_int (rtp_test_get_port (test, 1), port + 2);
      fail_unless_equals_int (rtp_test_get_port (test, 2), port + 3);
    }
    rtp_test_free (test);
  }
  fail_unless (is_open);
}

GST_END_TEST;

static void
check_refused (const gchar * property, const gchar * value, gint code,
    const gchar * text)
{
  RtpTest *test = rtp_test_new ();

  g_object_set (test->element, property, value, NULL);
  fail_unless_equals_int (set_state (test, GST_STATE_PLAYING),
      GST_STATE_CHANGE_FAILURE);
  fail_unless_equals_int (rtp_test_assert_told (test, GST_MESSAGE_ERROR, text),
      code);
  rtp_test_assert_not_told (test, GST_MESSAGE_ERROR);
  assert_listening (test, NULL);
  /* It is as it was, and can be used */
  rtp_test_set_state (test, GST_STATE_NULL);
  g_object_set (test->element, "address", "127.0.0.1", "port", "0",
      "interface", NULL, NULL);
  rtp_test_set_state (test, GST_STATE_PLAYING);
  rtp_test_free (test);
}

GST_START_TEST (test_rtpseisrc_refuses_to_listen)
{
  RtpTest *test = rtp_test_new ();
  g_autofree gchar *port = NULL;

  check_refused ("port", "x", GST_RESOURCE_ERROR_SETTINGS,
      "\"x\" is no list of UDP ports: give numbers from 1 to");
  check_refused ("port", "70000", GST_RESOURCE_ERROR_SETTINGS, "70000");
  check_refused ("port", "5010-5000", GST_RESOURCE_ERROR_SETTINGS,
      "such as 5000,5002-5010");
  check_refused ("address", "camera.example", GST_RESOURCE_ERROR_SETTINGS,
      "\"camera.example\" is no address: give an IPv4 or IPv6 address");
  check_refused ("address", "192.0.2.7", GST_RESOURCE_ERROR_OPEN_READ,
      "Could not listen at UDP 192.0.2.7");
  check_refused ("interface", "nothing7", GST_RESOURCE_ERROR_SETTINGS,
      "There is no network interface \"nothing7\"");

  rtp_test_set_state (test, GST_STATE_READY);
  port = g_strdup_printf ("%u", rtp_test_get_port (test, 0));
  check_refused ("port", port, GST_RESOURCE_ERROR_OPEN_READ,
      "Could not listen at UDP 127.0.0.1:");
  rtp_test_free (test);
}

GST_END_TEST;

/* --- states ------------------------------------------------------------------------ */

GST_START_TEST (test_rtpseisrc_states)
{
  RtpTest *test = rtp_test_new ();

  for (guint i = 0; i < 3; i++) {
    guint16 port;

    assert_listening (test, NULL);
    fail_unless_equals_int (set_state (test, GST_STATE_READY),
        GST_STATE_CHANGE_SUCCESS);
    assert_listening (test, "udp://127.0.0.1:");
    fail_if (gst_element_send_event (test->element, gst_event_new_eos ()));
    fail_unless_equals_int (set_state (test, GST_STATE_PAUSED),
        GST_STATE_CHANGE_NO_PREROLL);
    port = rtp_test_get_port (test, 0);
    fail_unless_equals_int (set_state (test, GST_STATE_PLAYING),
        GST_STATE_CHANGE_SUCCESS);
    rtp_test_send_picture (fd, port, 7, 0);
    rtp_test_pull_start (test, "h264", H264_CAPS);
    rtp_test_pull_picture (test, "h264", 0);

    /* Nothing is read in PAUSED, and nothing is lost by it. */
    fail_unless_equals_int (set_state (test, GST_STATE_PAUSED),
        GST_STATE_CHANGE_NO_PREROLL);
    rtp_test_wait_stat (test, "datagrams", 2);
    rtp_test_send_picture (fd, port, 7, 1);
    fail_unless_equals_int (set_state (test, GST_STATE_PLAYING),
        GST_STATE_CHANGE_SUCCESS);
    rtp_test_pull_picture (test, "h264", 1);

    if (i == 0) {
      /* From READY it begins anew, at the same ports */
      fail_unless_equals_int (set_state (test, GST_STATE_READY),
          GST_STATE_CHANGE_SUCCESS);
      fail_unless_equals_int (test->element->numsrcpads, 0);
      rtp_test_set_state (test, GST_STATE_PLAYING);
      fail_unless_equals_int (rtp_test_get_port (test, 0), port);
      fail_unless_equals_uint64 (test_stat (test->element, "datagrams"), 0);
      rtp_test_send_picture (fd, port, 7, 2);
      rtp_test_pull_start (test, "h264", H264_CAPS);
      rtp_test_pull_picture (test, "h264", 2);
    }
    fail_unless_equals_int (set_state (test, GST_STATE_NULL),
        GST_STATE_CHANGE_SUCCESS);
    fail_unless_equals_int (test->element->numsrcpads, 0);
  }
  rtp_test_assert_not_told (test, GST_MESSAGE_WARNING | GST_MESSAGE_ERROR);
  rtp_test_free (test);
}

GST_END_TEST;

GST_START_TEST (test_rtpseisrc_stops_at_once)
{
  static const GstState ends[] = { GST_STATE_PAUSED, GST_STATE_PLAYING };

  for (guint i = 0; i < 200; i++) {
    RtpTest *test = rtp_test_new ();

    rtp_test_set_state (test, ends[i % G_N_ELEMENTS (ends)]);
    if (i % 4 >= 2)
      rtp_test_send_eos (test);
    rtp_test_free (test);
  }
}

GST_END_TEST;

GST_START_TEST (test_rtpseisrc_settings)
{
  RtpTest *test = rtp_test_new ();
  g_autofree gchar *address = NULL;
  g_autofree gchar *ports = NULL;
  g_autofree gchar *interface = NULL;
  guint latency, max_streams;
  gint codec, scan;

  g_object_set (test->element, "address", "::1", "port", "", "interface", "lo",
      "latency", 0, "max-streams", 7, NULL);
  gst_util_set_object_arg (G_OBJECT (test->element), "codec", "h265");
  gst_util_set_object_arg (G_OBJECT (test->element), "scan", "full");
  g_object_get (test->element, "address", &address, "port", &ports,
      "interface", &interface, "latency", &latency, "max-streams",
      &max_streams, "codec", &codec, "scan", &scan, NULL);
  fail_unless_equals_string (address, "::1");
  fail_unless_equals_string (ports, "5000");
  fail_unless_equals_string (interface, "lo");
  fail_unless_equals_int (latency, 0);
  fail_unless_equals_int (max_streams, 7);
  fail_unless_equals_int (codec, 2);
  fail_unless_equals_int (scan, TRUE);
  fail_unless_equals_uint64 (test_stat (test->element, "datagrams"), 0);
  rtp_test_free (test);
}

GST_END_TEST;

/* --- the end ------------------------------------------------------------------------ */

GST_START_TEST (test_rtpseisrc_eos_before_any_packet)
{
  static const gchar *const codecs[] = { "auto", "h264", "h265" };
  static const gchar *const pads[] = { "h264", "h264", "h265" };
  static const gchar *const caps[] = { H264_CAPS, H264_CAPS, H265_CAPS };

  for (guint i = 0; i < G_N_ELEMENTS (codecs); i++) {
    for (GstState state = GST_STATE_PAUSED; state <= GST_STATE_PLAYING; state++) {
      RtpTest *test = rtp_test_new ();

      gst_util_set_object_arg (G_OBJECT (test->element), "codec", codecs[i]);
      rtp_test_set_state (test, state);
      rtp_test_send_eos (test);
      rtp_test_pull_start (test, pads[i], caps[i]);
      rtp_test_pull_eos (test, pads[i]);
      fail_unless_equals_int (test->element->numsrcpads, 1);
      /* once */
      rtp_test_send_eos (test);
      rtp_test_set_state (test, GST_STATE_NULL);
      rtp_test_assert_not_told (test, GST_MESSAGE_WARNING | GST_MESSAGE_ERROR);
      rtp_test_free (test);
    }
  }
}

GST_END_TEST;

GST_START_TEST (test_rtpseisrc_eos_leaves_nothing_behind)
{
  for (guint i = 0; i < 10; i++) {
    RtpTest *test = rtp_test_new ();
    guint16 port;

    rtp_test_set_state (test, GST_STATE_PLAYING);
    port = rtp_test_get_port (test, 0);
    for (guint k = 0; k < 100; k++)
      rtp_test_send_picture (fd, port, 7, k);
    /* Those behind a gap wait for it no more. */
    rtp_test_send_picture (fd, port, 7, 101);
    rtp_test_send_rtp (fd, port, 7, 204, 9, "6 5 1 9 80");
    rtp_test_send_eos (test);
    rtp_test_pull_start (test, "h264", H264_CAPS);
    for (guint k = 0; k < 100; k++)
      rtp_test_pull_picture (test, "h264", k);
    rtp_test_pull_picture (test, "h264", 101);
    gst_buffer_unref (rtp_test_pull (test, "h264"));
    rtp_test_pull_eos (test, "h264");
    rtp_test_free (test);
  }
}

GST_END_TEST;

GST_START_TEST (test_rtpseisrc_eos_waits_for_a_slow_peer)
{
  RtpTest *test = rtp_test_new ();
  guint16 port;

  test->delay_us = 2000;
  rtp_test_set_state (test, GST_STATE_PLAYING);
  port = rtp_test_get_port (test, 0);
  for (guint i = 0; i < 250; i++)
    rtp_test_send_picture (fd, port, 7, i);
  rtp_test_send_eos (test);
  rtp_test_pull_start (test, "h264", H264_CAPS);
  for (guint i = 0; i < 250; i++)
    rtp_test_pull_picture (test, "h264", i);
  rtp_test_pull_eos (test, "h264");
  rtp_test_free (test);
}

GST_END_TEST;

/* What has come out of an element, for another thread */
typedef struct
{
  GMutex lock;
  GCond changed;
  guint n_buffers;
  GstClockTime pts;             /* of the last */
} Seen;

static GstPadProbeReturn
on_buffer (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  Seen *seen = data;

  g_mutex_lock (&seen->lock);
  seen->n_buffers++;
  seen->pts = GST_BUFFER_PTS (GST_PAD_PROBE_INFO_BUFFER (info));
  g_cond_signal (&seen->changed);
  g_mutex_unlock (&seen->lock);
  return GST_PAD_PROBE_OK;
}

/* Returns the PTS of the buffer with that number. */
static GstClockTime
wait_for_buffer (Seen * seen, guint n)
{
  const gint64 deadline = g_get_monotonic_time () + 60 * G_TIME_SPAN_SECOND;
  GstClockTime pts;

  g_mutex_lock (&seen->lock);
  while (seen->n_buffers < n)
    fail_unless (g_cond_wait_until (&seen->changed, &seen->lock, deadline),
        "no buffer comes");
  pts = seen->pts;
  g_mutex_unlock (&seen->lock);
  return pts;
}

/* The sender goes on in PAUSED, where time stands still. */
GST_START_TEST (test_rtpseisrc_times_go_on_behind_paused)
{
  GstElement *pipeline = gst_parse_launch ("rtpseisrc name=in port=0 latency=0"
      " address=127.0.0.1 codec=h264 ! fakesink name=out async=false sync=false",
      NULL);
  GstElement *in = gst_bin_get_by_name (GST_BIN (pipeline), "in");
  GstElement *out = gst_bin_get_by_name (GST_BIN (pipeline), "out");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (out, "sink");
  GstClockTime pts = 0;
  g_auto (GStrv) uris = NULL;
  guint16 port;
  Seen seen = { 0 };

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_buffer, &seen, NULL);
  gst_element_set_state (pipeline, GST_STATE_READY);
  g_object_get (in, "listening", &uris, NULL);
  port = (guint16) g_ascii_strtoull (strrchr (uris[0], ':') + 1, NULL, 10);
  for (guint i = 0; i < 5; i++) {
    GstClockTime next;

    gst_element_set_state (pipeline, GST_STATE_PAUSED);
    g_usleep (100000);
    rtp_test_send_picture (fd, port, 7, i);
    gst_element_set_state (pipeline, GST_STATE_PLAYING);
    next = wait_for_buffer (&seen, i + 1);
    fail_unless (GST_CLOCK_TIME_IS_VALID (next));
    fail_unless (next >= pts, "%" GST_TIME_FORMAT " behind %" GST_TIME_FORMAT,
        GST_TIME_ARGS (next), GST_TIME_ARGS (pts));
    pts = next;
  }
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (out);
  gst_object_unref (in);
  gst_object_unref (pipeline);
}

GST_END_TEST;

GST_START_TEST (test_rtpseisrc_eos_in_the_pipeline)
{
  for (guint i = 0; i < 2; i++) {
    GstElement *pipeline = gst_parse_launch ("rtpseisrc name=in port=0"
        " address=127.0.0.1 codec=h264 ! seiextract ! fakesink name=out"
        " async=false sync=false", NULL);
    GstElement *in = gst_bin_get_by_name (GST_BIN (pipeline), "in");
    g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
    g_auto (GStrv) uris = NULL;
    GstMessage *message;

    fail_if (gst_element_set_state (pipeline, GST_STATE_PLAYING)
        == GST_STATE_CHANGE_FAILURE);
    g_object_get (in, "listening", &uris, NULL);
    if (i > 0)
      rtp_test_send_picture (fd, (guint16) g_ascii_strtoull (strrchr (uris[0],
                  ':') + 1, NULL, 10), 7, 0);
    fail_unless (gst_element_send_event (pipeline, gst_event_new_eos ()));
    message = gst_bus_timed_pop_filtered (bus, 30 * GST_SECOND,
        GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
    fail_unless (message && GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS);
    gst_message_unref (message);
    gst_element_set_state (pipeline, GST_STATE_NULL);
    gst_object_unref (in);
    gst_object_unref (pipeline);
  }
}

GST_END_TEST;

/* --- others ------------------------------------------------------------------------- */

GST_START_TEST (test_rtpseisrc_two_instances)
{
  RtpTest *tests[2];

  for (guint i = 0; i < 2; i++) {
    tests[i] = rtp_test_new ();
    rtp_test_set_state (tests[i], GST_STATE_PLAYING);
    rtp_test_send_picture (fd, rtp_test_get_port (tests[i], 0), 7, i);
  }
  for (guint i = 0; i < 2; i++) {
    rtp_test_pull_start (tests[i], "h264", H264_CAPS);
    rtp_test_pull_picture (tests[i], "h264", i);
    rtp_test_send_eos (tests[i]);
    rtp_test_pull_eos (tests[i], "h264");
    fail_unless_equals_uint64 (test_stat (tests[i]->element, "datagrams"), 2);
    rtp_test_free (tests[i]);
  }
}

GST_END_TEST;

GST_START_TEST (test_rtpseisrc_hostile_datagrams)
{
  static const guint8 *const rtcp[] = {
    (const guint8 *) "\x80\xc8\0\0", (const guint8 *) "\x80\xc8\xff\xff",
    (const guint8 *) "\x9f\xcb\0\1", (const guint8 *) "\x00\xc8\0\0",
    (const guint8 *) "\x81\xc9\0\0"
  };
  g_autofree guint8 *large = g_malloc0 (65507);
  RtpTest *test = rtp_test_new ();
  guint64 n = 0;
  guint16 port;

  rtp_test_set_state (test, GST_STATE_PLAYING);
  port = rtp_test_get_port (test, 0);
  rtp_test_send (fd, port, large, 0);
  rtp_test_send (fd, port, large, 1);
  rtp_test_send (fd, port, large, 65507);
  for (guint i = 0; i < G_N_ELEMENTS (rtcp); i++)
    rtp_test_send (fd, port, rtcp[i], 4);
  n += 3 + G_N_ELEMENTS (rtcp);
  /* a SEI message that fills the largest datagram comes out whole */
  memcpy (large, "\x80\x60\0\1\0\0\0\0\0\0\0\7", 12);
  memcpy (large + 12, "\x06\x05", 2);
  memset (large + 14, 0xff, 256);
  large[270] = 7;
  memset (large + 271, 'x', 65507 - 272);
  large[65506] = 0x80;
  rtp_test_send (fd, port, large, 65507);
  rtp_test_send_rtp (fd, port, 7, 2, 0, "65 88 80");
  rtp_test_pull_start (test, "h264", H264_CAPS);
  n += 2;
  {
    GstBuffer *buffer = rtp_test_pull (test, "h264");

    fail_unless_equals_int (gst_buffer_get_size (buffer), 65507 - 12 + 4);
    fail_unless_equals_int (gst_buffer_memcmp (buffer, 4, large + 12,
            65507 - 12), 0);
    gst_buffer_unref (buffer);
  }
  rtp_test_wait_stat (test, "datagrams", n);
  rtp_test_assert_not_told (test, GST_MESSAGE_ERROR);
  rtp_test_free (test);
}

GST_END_TEST;

/* --- whatever meets whatever ------------------------------------------------------- */

typedef struct
{
  RtpTest *test;
  GMutex lock;
  gboolean is_over;
  guint16 port;
} Stress;

static gboolean
is_over (Stress * stress, guint16 * port)
{
  gboolean result;

  g_mutex_lock (&stress->lock);
  result = stress->is_over;
  if (port != NULL)
    *port = stress->port;
  g_mutex_unlock (&stress->lock);
  return result;
}

static gpointer
send_all (gpointer data)
{
  const gint sender = rtp_test_open ("127.0.0.1");
  guint16 port;

  for (guint i = 0; !is_over (data, &port); i = (i + 1) & 1023) {
    if (port != 0) {
      rtp_test_send_picture (sender, port, 7 + i / 256, i);
      rtp_test_send_rtp (fd, port, 1 + i / 256, i, i,
          "6 e 2b 34 2 b 1 1 e 1 3 1 1 0 0 0 0");
    }
    g_thread_yield ();
  }
  close (sender);
  return NULL;
}

static gpointer
read_all (gpointer data)
{
  Stress *stress = data;

  while (!is_over (stress, NULL)) {
    g_auto (GStrv) uris = NULL;
    GstStructure *stats;

    g_object_get (stress->test->element, "stats", &stats, "listening", &uris,
        NULL);
    gst_structure_free (stats);
    g_thread_yield ();
  }
  return NULL;
}

static gpointer
request_all (gpointer data)
{
  Stress *stress = data;

  while (!is_over (stress, NULL)) {
    GstPad *pad = gst_element_request_pad_simple (stress->test->element,
        "rtp_%u");

    g_thread_yield ();
    gst_element_release_request_pad (stress->test->element, pad);
    gst_object_unref (pad);
  }
  return NULL;
}

GST_START_TEST (test_rtpseisrc_stress)
{
  static const GThreadFunc funcs[] = { send_all, read_all, request_all };
  const gchar *rounds = g_getenv ("METAKAFKA_ROUNDS");
  const guint n_rounds = rounds ? (guint) atoi (rounds) : 100;
  Stress stress = {.test = rtp_test_new () };
  GThread *threads[G_N_ELEMENTS (funcs)];

  g_mutex_init (&stress.lock);
  stress.test->links = FALSE;
  gst_util_set_object_arg (G_OBJECT (stress.test->element), "codec", "auto");
  for (guint i = 0; i < G_N_ELEMENTS (funcs); i++)
    threads[i] = g_thread_new ("stress", funcs[i], &stress);
  for (guint i = 0; i < n_rounds; i++) {
    rtp_test_set_state (stress.test, GST_STATE_PLAYING);
    g_mutex_lock (&stress.lock);
    stress.port = rtp_test_get_port (stress.test, 0);
    g_mutex_unlock (&stress.lock);
    if (i % 2 > 0)
      rtp_test_set_state (stress.test, GST_STATE_PAUSED);
    if (i % 3 > 0)
      rtp_test_send_eos (stress.test);
    rtp_test_set_state (stress.test, i % 4 ? GST_STATE_NULL : GST_STATE_READY);
  }
  g_mutex_lock (&stress.lock);
  stress.is_over = TRUE;
  g_mutex_unlock (&stress.lock);
  for (guint i = 0; i < G_N_ELEMENTS (funcs); i++)
    g_thread_join (threads[i]);
  rtp_test_assert_not_told (stress.test, GST_MESSAGE_ERROR);
  rtp_test_free (stress.test);
  g_mutex_clear (&stress.lock);
}

GST_END_TEST;

static Suite *
rtpseisrc_life_suite (void)
{
  Suite *s = suite_create ("rtpseisrc_life");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, setup, teardown);
  tcase_add_test (tc, test_rtpseisrc_addresses);
  tcase_add_test (tc, test_rtpseisrc_several_ports);
  tcase_add_test (tc, test_rtpseisrc_range_of_ports);
  tcase_add_test (tc, test_rtpseisrc_refuses_to_listen);
  tcase_add_test (tc, test_rtpseisrc_states);
  tcase_add_test (tc, test_rtpseisrc_stops_at_once);
  tcase_add_test (tc, test_rtpseisrc_settings);
  tcase_add_test (tc, test_rtpseisrc_eos_before_any_packet);
  tcase_add_test (tc, test_rtpseisrc_eos_leaves_nothing_behind);
  tcase_add_test (tc, test_rtpseisrc_eos_waits_for_a_slow_peer);
  tcase_add_test (tc, test_rtpseisrc_times_go_on_behind_paused);
  tcase_add_test (tc, test_rtpseisrc_eos_in_the_pipeline);
  tcase_add_test (tc, test_rtpseisrc_two_instances);
  tcase_add_test (tc, test_rtpseisrc_hostile_datagrams);
  tcase_add_test (tc, test_rtpseisrc_stress);
  return s;
}

GST_CHECK_MAIN (rtpseisrc_life);
