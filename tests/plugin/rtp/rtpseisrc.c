/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* rtpseisrc: what comes out of what is sent to it */

#include <unistd.h>

#include "gstrtpseireports.h"
#include "rtptest.h"
#include "rtpwrite.h"
#include "timedreception.h"

#define H264_CAPS "video/x-h264, stream-format=byte-stream, alignment=au"
#define H265_CAPS "video/x-h265, stream-format=byte-stream, alignment=au"

/* Video parameter set, a SEI NAL unit of one message, and a slice of a key picture */
#define H265_VPS "40 1 c 1 ff ff 1 40 0 0 3 0 80"
#define H265_SEI "4e 1 5 1 7 80"
#define H265_SLICE "26 1 80"

/* A universal label, and a length */
#define KLV "6 e 2b 34 2 b 1 1 e 1 3 1 1 0 0 0 0"

static gint fd;
static gint other_fd;           /* of another sender */

static void
setup (void)
{
  fd = rtp_test_open ("127.0.0.1");
  other_fd = rtp_test_open ("127.0.0.1");
  fail_unless (fd >= 0 && other_fd >= 0);
}

static void
teardown (void)
{
  close (fd);
  close (other_fd);
}

static RtpTest *
start (const gchar * codec)
{
  RtpTest *test = rtp_test_new ();

  gst_util_set_object_arg (G_OBJECT (test->element), "codec", codec);
  rtp_test_set_state (test, GST_STATE_PLAYING);
  return test;
}

static void
send_h265 (guint16 port, guint32 ssrc, guint n)
{
  rtp_test_send_rtp (other_fd, port, ssrc, 3 * n, 3600 * n, H265_VPS);
  rtp_test_send_rtp (other_fd, port, ssrc, 3 * n + 1, 3600 * n, H265_SEI);
  rtp_test_send_rtp (other_fd, port, ssrc, 3 * n + 2, 3600 * n, H265_SLICE);
}

static void
send_klv (gint sender, guint16 port, guint32 ssrc, guint n)
{
  rtp_test_send_rtp (sender, port, ssrc, n, 3600 * n, KLV);
}

GST_START_TEST (test_rtpseisrc_access_units_come_out)
{
  RtpTest *test = start ("h264");
  const guint16 port = rtp_test_get_port (test, 0);
  const GstClockTime begin =
      gst_element_get_current_running_time (test->element);
  const TimedReception *reception;
  GstClockTime end, pts[3];
  GstBuffer *buffer;

  for (guint i = 0; i < 3; i++)
    rtp_test_send_picture (fd, port, 7, i == 2 ? 3 : i);
  rtp_test_pull_start (test, "h264", H264_CAPS);
  for (guint i = 0; i < 3; i++) {
    buffer = rtp_test_pull (test, "h264");
    pts[i] = GST_BUFFER_PTS (buffer);
    fail_if (GST_BUFFER_DTS_IS_VALID (buffer));
    fail_unless_equals_int (gst_buffer_get_size (buffer), 10);
    fail_unless_equals_int (GST_BUFFER_FLAG_IS_SET (buffer,
            GST_BUFFER_FLAG_DELTA_UNIT), i > 0);
    fail_unless_equals_int (GST_BUFFER_FLAG_IS_SET (buffer,
            GST_BUFFER_FLAG_DISCONT), i == 2);
    fail_if (gst_buffer_get_reference_timestamp_meta (buffer, NULL));
    reception = timed_buffer_get_reception (buffer);
    fail_unless (reception != NULL);
    fail_unless_equals_int (reception->ssrc, 7);
    fail_unless_equals_int (reception->local_port, port);
    fail_unless (reception->port != 0);
    gst_buffer_unref (buffer);
  }
  end = gst_element_get_current_running_time (test->element);
  /* Timestamps say that the second is 40 ms behind the first; it came sooner */
  fail_unless (pts[0] >= begin && pts[0] <= end);
  fail_unless (pts[1] > pts[0] && pts[1] <= pts[0] + 40 * GST_MSECOND);
  fail_unless (pts[2] > pts[1]);

  rtp_test_send_eos (test);
  rtp_test_pull_eos (test, "h264");
  fail_unless_equals_uint64 (test_stat (test->element, "lost"), 2);
  rtp_test_assert_not_told (test, GST_MESSAGE_ERROR);
  rtp_test_free (test);
}

GST_END_TEST;

GST_START_TEST (test_rtpseisrc_h265_and_full)
{
  RtpTest *test = start ("h265");
  guint16 port = rtp_test_get_port (test, 0);
  GstBuffer *buffer;

  send_h265 (port, 8, 0);
  rtp_test_pull_start (test, "h265", H265_CAPS);
  buffer = rtp_test_pull (test, "h265");
  fail_unless_equals_int (gst_buffer_memcmp (buffer, 0,
          "\0\0\0\1\x4e\1\5\1\7\x80", 10), 0);
  gst_buffer_unref (buffer);

  /* another codec, and SEI behind slices */
  rtp_test_set_state (test, GST_STATE_NULL);
  gst_util_set_object_arg (G_OBJECT (test->element), "codec", "h264");
  gst_util_set_object_arg (G_OBJECT (test->element), "scan", "full");
  rtp_test_set_state (test, GST_STATE_PLAYING);
  port = rtp_test_get_port (test, 0);
  rtp_test_send_rtp (fd, port, 7, 1, 9, "65 88 80");
  rtp_test_send_rtp (fd, port, 7, 2, 9, "6 5 1 7 80");
  rtp_test_send_rtp (fd, port, 7, 3, 10, "65 88 80");
  rtp_test_pull_start (test, "h264", H264_CAPS);
  buffer = rtp_test_pull (test, "h264");
  fail_unless_equals_int (gst_buffer_memcmp (buffer, 0,
          "\0\0\0\1\6\5\1\7\x80", 9), 0);
  gst_buffer_unref (buffer);
  rtp_test_free (test);
}

GST_END_TEST;

GST_START_TEST (test_rtpseisrc_unix_time_of_reports)
{
  RtpTest *test = start ("h264");
  const guint16 port = rtp_test_get_port (test, 0);
  g_autoptr (GstCaps) caps = gst_caps_from_string ("timestamp/x-unix");
  GstReferenceTimestampMeta *meta;
  guint8 report[RTCP_REPORT];
  GstBuffer *buffer;

  rtp_test_send_picture (fd, port, 7, 0);
  rtp_test_pull_start (test, "h264", H264_CAPS);
  rtp_test_pull_picture (test, "h264", 0);
  put_report (report, 7, 0, 1700000000);
  rtp_test_send (fd, port, report, sizeof (report));
  rtp_test_send_picture (fd, port, 7, 1);
  buffer = rtp_test_pull (test, "h264");
  meta = gst_buffer_get_reference_timestamp_meta (buffer, caps);
  fail_unless (meta);
  fail_unless_equals_uint64 (meta->timestamp,
      1700000000 * GST_SECOND + 40 * GST_MSECOND);
  gst_buffer_unref (buffer);
  fail_unless_equals_uint64 (test_stat (test->element, "rtcp"), 1);
  rtp_test_free (test);
}

GST_END_TEST;

GST_START_TEST (test_rtpseisrc_latency)
{
  RtpTest *test = rtp_test_new ();
  GstQuery *query = gst_query_new_latency ();
  GstClockTime min, max;
  gboolean is_live;
  GstPad *pad;

  g_object_set (test->element, "latency", 70, NULL);
  rtp_test_set_state (test, GST_STATE_PLAYING);
  rtp_test_send_eos (test);
  rtp_test_pull_start (test, "h264", H264_CAPS);
  pad = gst_element_get_static_pad (test->element, "h264");
  fail_unless (gst_pad_query (pad, query));
  gst_query_parse_latency (query, &is_live, &min, &max);
  fail_unless (is_live);
  fail_unless_equals_uint64 (min, 70 * GST_MSECOND);
  fail_unless_equals_uint64 (max, GST_CLOCK_TIME_NONE);
  gst_query_unref (query);
  gst_object_unref (pad);
  rtp_test_free (test);
}

GST_END_TEST;

/* --- pads that are not linked, and what is behind them ------------------------ */

static void
send_parameter_sets (guint16 port)
{
  for (guint i = 0; i < 4; i += 2) {
    rtp_test_send_rtp (fd, port, 7, 65532 + i, 0, "67 42 c0 1e ab 40");
    rtp_test_send_rtp (fd, port, 7, 65533 + i, 0, "68 ce 38 80");
  }
}

static void
send_video_of_both (guint16 port, guint n)
{
  if (n == 0)
    send_parameter_sets (port);
  rtp_test_send_picture (fd, port, 7, n);
  send_h265 (port, 8, n);
}

GST_START_TEST (test_rtpseisrc_not_linked_pad_stops_nothing)
{
  RtpTest *test = rtp_test_new ();
  GstPad *pad;
  guint16 port;

  gst_util_set_object_arg (G_OBJECT (test->element), "codec", "auto");
  test->links = FALSE;
  rtp_test_set_state (test, GST_STATE_PLAYING);
  port = rtp_test_get_port (test, 0);
  for (guint i = 0; i < 5; i++)
    send_video_of_both (port, i);
  rtp_test_wait_stat (test, "not-linked", 10);
  /* each is told once */
  rtp_test_assert_told (test, GST_MESSAGE_WARNING, "link the pad \"h26");
  rtp_test_assert_told (test, GST_MESSAGE_WARNING, "link the pad \"h26");
  rtp_test_assert_not_told (test, GST_MESSAGE_WARNING);

  /* one that was requested as well */
  pad = gst_element_request_pad_simple (test->element, "rtp_%u");
  for (guint i = 0; i < 3; i++)
    send_klv (other_fd, port, 99, i);
  rtp_test_wait_stat (test, "not-linked", 13);
  rtp_test_assert_told (test, GST_MESSAGE_WARNING, "link the pad \"rtp_0");
  rtp_test_assert_not_told (test, GST_MESSAGE_WARNING);
  gst_element_release_request_pad (test->element, pad);
  gst_object_unref (pad);

  /* A link that comes late has all events, and what comes from then on */
  pad = gst_element_get_static_pad (test->element, "h264");
  rtp_test_link (test, pad);
  gst_object_unref (pad);
  for (guint i = 5; i < 10; i++)
    send_video_of_both (port, i);
  rtp_test_pull_start (test, "h264", H264_CAPS);
  for (guint i = 5; i < 10; i++)
    rtp_test_pull_picture (test, "h264", i);
  rtp_test_wait_stat (test, "not-linked", 18);
  rtp_test_assert_not_told (test, GST_MESSAGE_WARNING);
  rtp_test_assert_not_told (test, GST_MESSAGE_ERROR);
  rtp_test_send_eos (test);
  rtp_test_pull_eos (test, "h264");
  rtp_test_free (test);
}

GST_END_TEST;

/* With a picture through each pad */
static RtpTest *
start_with_both (void)
{
  RtpTest *test = start ("auto");

  send_video_of_both (rtp_test_get_port (test, 0), 0);
  rtp_test_pull_start (test, "h264", H264_CAPS);
  rtp_test_pull_picture (test, "h264", 0);
  rtp_test_pull_start (test, "h265", H265_CAPS);
  gst_buffer_unref (rtp_test_pull (test, "h265"));
  return test;
}

GST_START_TEST (test_rtpseisrc_eos_of_one_leaves_the_other)
{
  RtpTest *test = start_with_both ();
  const guint16 port = rtp_test_get_port (test, 0);

  rtp_test_set_flow (test, "h265", GST_FLOW_EOS);
  for (guint i = 1; i < 4; i++) {
    send_video_of_both (port, i);
    rtp_test_pull_picture (test, "h264", i);
  }
  gst_buffer_unref (rtp_test_pull (test, "h265"));
  /* and the end of all is the end */
  rtp_test_set_flow (test, "h264", GST_FLOW_EOS);
  send_video_of_both (port, 4);
  rtp_test_pull_picture (test, "h264", 4);
  rtp_test_pull_eos (test, "h264");
  rtp_test_assert_not_told (test, GST_MESSAGE_ERROR);
  rtp_test_free (test);
}

GST_END_TEST;

GST_START_TEST (test_rtpseisrc_flushing_peer_stops_nothing)
{
  RtpTest *test = start_with_both ();
  const guint16 port = rtp_test_get_port (test, 0);

  rtp_test_set_flow (test, "h265", GST_FLOW_FLUSHING);
  for (guint i = 1; i < 4; i++) {
    send_video_of_both (port, i);
    gst_buffer_unref (rtp_test_pull (test, "h265"));
    rtp_test_pull_picture (test, "h264", i);
  }
  rtp_test_send_eos (test);
  rtp_test_pull_eos (test, "h264");
  rtp_test_pull_eos (test, "h265");
  rtp_test_assert_not_told (test, GST_MESSAGE_ERROR);
  rtp_test_free (test);
}

GST_END_TEST;

GST_START_TEST (test_rtpseisrc_error_behind_it_is_one)
{
  RtpTest *test = start ("h264");
  const guint16 port = rtp_test_get_port (test, 0);

  rtp_test_send_picture (fd, port, 7, 0);
  rtp_test_pull_start (test, "h264", H264_CAPS);
  rtp_test_pull_picture (test, "h264", 0);
  rtp_test_set_flow (test, "h264", GST_FLOW_ERROR);
  rtp_test_send_picture (fd, port, 7, 1);
  rtp_test_pull_picture (test, "h264", 1);
  gst_message_unref (rtp_test_pull_message (test, GST_MESSAGE_ERROR));
  rtp_test_pull_eos (test, "h264");
  rtp_test_free (test);
}

GST_END_TEST;

/* --- what is no video ------------------------------------------------------------ */

#define RTP_CAPS "application/x-rtp, payload=96, ssrc=(uint)"
#define KLV_CAPS(ssrc) RTP_CAPS ssrc ", media=application, clock-rate=90000," \
  " encoding-name=SMPTE336M"
#define MP2T_CAPS(ssrc) RTP_CAPS ssrc ", media=video, clock-rate=90000," \
  " encoding-name=MP2T"

static void
send_mp2t (gint sender, guint16 port, guint32 ssrc, guint n)
{
  guint8 data[RTP_HEADER + 7 * 188] = { 0 };

  put_rtp (data, FALSE, 96, n, 3600 * n, ssrc);
  for (guint i = 0; i < 7; i++)
    put (data + RTP_HEADER + i * 188, 4, 0x47010010 + n);
  rtp_test_send (sender, port, data, sizeof (data));
}

/* The next packet is as it came. */
static void
pull_packet (RtpTest * test, const gchar * pad, guint32 ssrc, guint sequence)
{
  GstBuffer *buffer = rtp_test_pull (test, pad);
  guint8 header[RTP_HEADER];

  put_rtp (header, FALSE, 96, sequence, 3600 * sequence, ssrc);
  fail_unless (gst_buffer_get_size (buffer) > RTP_HEADER);
  if (gst_buffer_memcmp (buffer, 0, header, RTP_HEADER) != 0) {
    gst_util_dump_buffer (buffer);
    fail ("not packet %u of %u", sequence, ssrc);
  }
  fail_unless (GST_BUFFER_PTS_IS_VALID (buffer));
  gst_buffer_unref (buffer);
}

static GstPad *
request (RtpTest * test, const gchar * name)
{
  GstPad *pad = gst_element_request_pad_simple (test->element, name);

  fail_unless (pad);
  rtp_test_link (test, pad);
  return pad;
}

static void
release (RtpTest * test, GstPad * pad)
{
  gst_element_release_request_pad (test->element, pad);
  gst_object_unref (pad);
}

GST_START_TEST (test_rtpseisrc_other_streams_on_their_pads)
{
  RtpTest *test = rtp_test_new ();
  GstPad *pads[2];
  guint16 port;

  gst_util_set_object_arg (G_OBJECT (test->element), "codec", "auto");
  pads[0] = request (test, "rtp_%u");
  rtp_test_set_state (test, GST_STATE_PLAYING);
  pads[1] = request (test, "rtp_%u");
  port = rtp_test_get_port (test, 0);
  for (guint i = 0; i < 4; i++)
    send_mp2t (fd, port, 5, i);
  rtp_test_pull_start (test, "rtp_0", MP2T_CAPS ("5"));
  for (guint i = 0; i < 4; i++)
    send_klv (other_fd, port, 6, 10 + i);
  rtp_test_pull_start (test, "rtp_1", KLV_CAPS ("6"));
  for (guint i = 0; i < 4; i++) {
    pull_packet (test, "rtp_0", 5, i);
    pull_packet (test, "rtp_1", 6, 10 + i);
  }
  /* beside video */
  send_parameter_sets (port);
  rtp_test_send_picture (fd, port, 7, 0);
  rtp_test_send_picture (fd, port, 7, 1);
  rtp_test_pull_start (test, "h264", H264_CAPS);
  rtp_test_pull_picture (test, "h264", 0);
  rtp_test_pull_picture (test, "h264", 1);
  /* in order */
  send_klv (other_fd, port, 6, 15);
  send_klv (other_fd, port, 6, 14);
  pull_packet (test, "rtp_1", 6, 14);
  pull_packet (test, "rtp_1", 6, 15);
  rtp_test_send_eos (test);
  rtp_test_pull_eos (test, "rtp_0");
  rtp_test_pull_eos (test, "rtp_1");
  rtp_test_pull_eos (test, "h264");
  rtp_test_assert_not_told (test, GST_MESSAGE_ERROR);
  release (test, pads[0]);
  release (test, pads[1]);
  rtp_test_free (test);
}

GST_END_TEST;

/* A peer that takes MPEG-TS alone, and gets KLV */
GST_START_TEST (test_rtpseisrc_refused_stream_stops_nothing)
{
  RtpTest *test = rtp_test_new ();
  GstPad *pad;
  guint16 port;

  gst_util_set_object_arg (G_OBJECT (test->element), "codec", "auto");
  pad = request (test, "rtp_%u");
  rtp_test_set_flow (test, "rtp_0", GST_FLOW_NOT_NEGOTIATED);
  rtp_test_set_state (test, GST_STATE_PLAYING);
  port = rtp_test_get_port (test, 0);
  for (guint i = 0; i < 3; i++)
    send_klv (other_fd, port, 6, i);
  rtp_test_wait_stat (test, "not-linked", 3);
  rtp_test_assert_told (test, GST_MESSAGE_WARNING, "does not take the stream");
  rtp_test_assert_not_told (test, GST_MESSAGE_WARNING);

  send_parameter_sets (port);
  rtp_test_send_picture (fd, port, 7, 0);
  rtp_test_send_picture (fd, port, 7, 1);
  rtp_test_pull_start (test, "h264", H264_CAPS);
  rtp_test_pull_picture (test, "h264", 0);
  release (test, pad);
  rtp_test_free (test);
}

GST_END_TEST;

GST_START_TEST (test_rtpseisrc_stream_without_a_pad_is_counted)
{
  RtpTest *test = rtp_test_new ();
  GstPad *pad;
  guint16 port;

  gst_util_set_object_arg (G_OBJECT (test->element), "codec", "auto");
  pad = request (test, "rtp_%u");
  rtp_test_set_state (test, GST_STATE_PLAYING);
  port = rtp_test_get_port (test, 0);
  send_klv (fd, port, 1, 0);
  send_klv (fd, port, 1, 1);
  rtp_test_pull_start (test, "rtp_0", KLV_CAPS ("1"));
  /* the last 256 of the other wait for a pad */
  for (guint i = 0; i < 300; i++) {
    send_klv (fd, port, 1, 2 + i);
    send_klv (other_fd, port, 2, i);
    rtp_test_wait_stat (test, "packets", 2 + 2 * i + (i > 0 ? 2 : 1));
  }
  rtp_test_wait_stat (test, "not-linked", 300 - 256);
  for (guint i = 0; i < 302; i++)
    pull_packet (test, "rtp_0", 1, i);
  release (test, pad);
  rtp_test_free (test);
}

GST_END_TEST;

GST_START_TEST (test_rtpseisrc_pad_of_the_next_stream)
{
  RtpTest *test = rtp_test_new ();
  GstPad *pad;
  guint16 port;

  g_object_set (test->element, "max-streams", 1, NULL);
  gst_util_set_object_arg (G_OBJECT (test->element), "codec", "auto");
  pad = request (test, "rtp_%u");
  rtp_test_set_state (test, GST_STATE_PLAYING);
  port = rtp_test_get_port (test, 0);
  for (guint i = 0; i < 2; i++)
    send_klv (fd, port, 7, i);
  rtp_test_pull_start (test, "rtp_0", KLV_CAPS ("7"));
  for (guint i = 0; i < 2; i++)
    pull_packet (test, "rtp_0", 7, i);
  /* It stays where the element starts again. */
  rtp_test_set_state (test, GST_STATE_READY);
  rtp_test_set_state (test, GST_STATE_PLAYING);
  for (guint i = 0; i < 3; i++)
    send_klv (fd, port, 1, i);
  rtp_test_pull_start (test, "rtp_0", KLV_CAPS ("1"));
  for (guint i = 0; i < 3; i++)
    pull_packet (test, "rtp_0", 1, i);
  /* Another sender takes the place of one that has no message, and its pad when that
   * has been silent for half a second: nothing is lost meanwhile */
  for (guint i = 0; i < 60; i++) {
    send_klv (other_fd, port, 2, i);
    g_usleep (10000);
  }
  rtp_test_pull_start (test, "rtp_0", KLV_CAPS ("2"));
  for (guint i = 0; i < 60; i++)
    pull_packet (test, "rtp_0", 2, i);
  release (test, pad);
  rtp_test_free (test);
}

GST_END_TEST;

GST_START_TEST (test_rtpseisrc_pad_released_while_it_runs)
{
  RtpTest *test = rtp_test_new ();
  guint16 port;

  gst_util_set_object_arg (G_OBJECT (test->element), "codec", "auto");
  rtp_test_set_state (test, GST_STATE_PLAYING);
  port = rtp_test_get_port (test, 0);
  for (guint i = 0; i < 3; i++) {
    g_autofree gchar *name = g_strdup_printf ("rtp_%u", i);
    GstPad *pad = request (test, "rtp_%u");

    send_klv (fd, port, 1, 10 * i);
    send_klv (fd, port, 1, 10 * i + 1);
    rtp_test_pull_start (test, name, KLV_CAPS ("1"));
    pull_packet (test, name, 1, 10 * i);
    pull_packet (test, name, 1, 10 * i + 1);
    release (test, pad);
    send_klv (fd, port, 1, 10 * i + 2);
    rtp_test_wait_stat (test, "not-linked", i + 1);
  }
  rtp_test_assert_not_told (test, GST_MESSAGE_ERROR);
  rtp_test_free (test);
}

GST_END_TEST;

GST_START_TEST (test_rtpseisrc_names_of_pads)
{
  RtpTest *test = rtp_test_new ();
  static const gchar *const names[] = { "rtp_0", "rtp_%u", "rtp_7", "rtp_%u" };
  static const gchar *const expected[] = { "rtp_0", "rtp_1", "rtp_7", "rtp_8" };
  GstPad *pads[G_N_ELEMENTS (names)];

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    pads[i] = gst_element_request_pad_simple (test->element, names[i]);
    fail_unless (pads[i]);
    fail_unless_equals_string (GST_PAD_NAME (pads[i]), expected[i]);
  }
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    release (test, pads[i]);
  rtp_test_free (test);
}

GST_END_TEST;

GST_START_TEST (test_rtpseisrc_unknown_stream_waits_for_its_pad)
{
  RtpTest *test = rtp_test_new ();
  GstPad *pad;
  guint16 port;

  gst_util_set_object_arg (G_OBJECT (test->element), "codec", "auto");
  pad = request (test, "rtp_%u");
  rtp_test_set_state (test, GST_STATE_PLAYING);
  port = rtp_test_get_port (test, 0);
  /* Of these nobody can say what they are */
  for (guint i = 0; i < 300; i++)
    rtp_test_send_rtp (fd, port, 3, i, 3600 * i, "ff ff");
  rtp_test_pull_start (test, "rtp_0", RTP_CAPS "3");
  for (guint i = 0; i < 300; i++)
    pull_packet (test, "rtp_0", 3, i);
  fail_unless_equals_uint64 (test_stat (test->element, "not-linked"), 0);
  release (test, pad);
  rtp_test_free (test);
}

GST_END_TEST;

/* --- what is told ----------------------------------------------------------------- */

GST_START_TEST (test_rtpseisrc_stats)
{
  RtpTest *test = start ("h264");
  const guint16 port = rtp_test_get_port (test, 0);
  const GstStructure *stream;
  const gchar *text;
  GstStructure *stats;
  guint number;
  guint64 count;

  rtp_test_send (fd, port, (const guint8 *) "no RTP", 6);
  for (guint i = 0; i < 3; i++)
    rtp_test_send_picture (fd, port, 0xfedcba98, i);
  send_mp2t (other_fd, port, 9, 0);
  rtp_test_wait_stat (test, "access-units", 3);
  rtp_test_wait_stat (test, "datagrams", 8);
  g_object_get (test->element, "stats", &stats, NULL);
  fail_unless_equals_string (gst_structure_get_name (stats), "rtpseisrc-stats");
  fail_unless (gst_structure_get_uint64 (stats, "no-rtp", &count)
      && count == 1);
  fail_unless (gst_structure_get_uint64 (stats, "packets", &count)
      && count == 6);
  fail_unless (gst_structure_get_uint64 (stats, "receive-buffer", &count)
      && count > 0);
  fail_unless_equals_int (gst_value_array_get_size (gst_structure_get_value
          (stats, "streams")), 1);
  stream = gst_value_get_structure (gst_value_array_get_value
      (gst_structure_get_value (stats, "streams"), 0));
  text = gst_structure_get_string (stream, "source");
  fail_unless (g_str_has_prefix (text, "127.0.0.1:"), "%s", text);
  fail_unless_equals_string (gst_structure_get_string (stream, "codec"),
      "h264");
  fail_unless (gst_structure_get_uint (stream, "port", &number));
  fail_unless_equals_int (number, port);
  fail_unless (gst_structure_get_uint (stream, "ssrc", &number));
  fail_unless_equals_uint64 (number, 0xfedcba98);
  fail_unless (gst_structure_get_uint64 (stream, "sei", &count) && count == 3);
  gst_structure_free (stats);

  /* They stay until it starts again */
  rtp_test_set_state (test, GST_STATE_NULL);
  fail_unless_equals_uint64 (test_stat (test->element, "sei"), 3);
  fail_unless_equals_uint64 (test_stat (test->element, "datagrams"), 8);
  rtp_test_set_state (test, GST_STATE_PAUSED);
  fail_unless_equals_uint64 (test_stat (test->element, "sei"), 0);
  rtp_test_free (test);
}

GST_END_TEST;

GST_START_TEST (test_rtpseisrc_losses_are_told_seldom)
{
  RtpTest *test = start ("h264");
  const guint16 port = rtp_test_get_port (test, 0);

  rtp_test_send_picture (fd, port, 7, 0);
  rtp_test_send_picture (fd, port, 7, 2);
  rtp_test_assert_told (test, GST_MESSAGE_WARNING,
      "lost since the start: 2 packets missing from their streams");
  rtp_test_send_picture (fd, port, 7, 5);
  rtp_test_wait_stat (test, "lost", 6);
  rtp_test_assert_not_told (test, GST_MESSAGE_WARNING);
  /* The last word is at the end */
  rtp_test_send_eos (test);
  rtp_test_assert_told (test, GST_MESSAGE_WARNING,
      "lost since the start: 6 packets missing from their streams");
  rtp_test_assert_not_told (test, GST_MESSAGE_WARNING);
  rtp_test_free (test);
}

GST_END_TEST;

GST_START_TEST (test_rtpseisrc_what_costs_nothing_is_told_as_such)
{
  RtpTest *test = start ("h264");
  const guint16 port = rtp_test_get_port (test, 0);

  rtp_test_send_picture (fd, port, 7, 0);
  rtp_test_send_picture (fd, port, 7, 0);
  rtp_test_send_picture (fd, port, 7, 2);
  rtp_test_send_picture (fd, port, 7, 1);
  rtp_test_pull_start (test, "h264", H264_CAPS);
  for (guint i = 0; i < 3; i++)
    rtp_test_pull_picture (test, "h264", i);
  rtp_test_assert_told (test, GST_MESSAGE_WARNING,
      "4 packets came twice, or behind later ones: nothing is lost by that");
  rtp_test_send_eos (test);
  rtp_test_pull_eos (test, "h264");
  rtp_test_set_state (test, GST_STATE_NULL);
  rtp_test_assert_not_told (test, GST_MESSAGE_WARNING);
  rtp_test_free (test);
}

GST_END_TEST;

/* No packet comes that would end the access unit: it comes out by itself. */
GST_START_TEST (test_rtpseisrc_last_access_unit_comes_out)
{
  RtpTest *test = start ("h264");
  const guint16 port = rtp_test_get_port (test, 0);
  GstBuffer *buffer;

  rtp_test_send_picture (fd, port, 7, 0);
  rtp_test_send_rtp (fd, port, 7, 2, 3600, "6 5 1 7 80");
  rtp_test_pull_start (test, "h264", H264_CAPS);
  rtp_test_pull_picture (test, "h264", 0);
  buffer = rtp_test_pull (test, "h264");
  fail_unless_equals_int (gst_buffer_memcmp (buffer, 0,
          "\0\0\0\1\6\5\1\7\x80", 9), 0);
  gst_buffer_unref (buffer);
  rtp_test_free (test);
}

GST_END_TEST;

GST_START_TEST (test_rtpseisrc_posts_what_it_sees)
{
  RtpTest *test = start ("auto");
  RtpTest *paused = rtp_test_new ();
  guint16 port = rtp_test_get_port (test, 0);
  const GstStructure *seen;
  GstMessage *message;
  guint number;
  guint64 count;

  rtp_test_set_state (paused, GST_STATE_PAUSED);
  send_video_of_both (port, 0);
  send_video_of_both (port, 1);
  rtp_test_send (fd, port, (const guint8 *) "no RTP", 6);
  message = rtp_test_pull_message (test, GST_MESSAGE_ELEMENT);
  seen = gst_message_get_structure (message);
  fail_unless_equals_string (gst_structure_get_name (seen), "rtp-seen");
  fail_unless (gst_structure_get_uint (seen, "seconds", &number)
      && number == 5);
  fail_unless (gst_structure_get_uint64 (seen, "packets", &count)
      && count == 14);
  fail_unless (gst_structure_get_uint64 (seen, "no-rtp", &count)
      && count == 1);
  fail_unless (gst_structure_get_uint64 (seen, "sei", &count) && count == 4);
  fail_unless (gst_structure_get_uint (seen, "h264", &number) && number == 1);
  fail_unless (gst_structure_get_uint (seen, "h265", &number) && number == 1);
  fail_unless (gst_structure_get_uint (seen, "without-sei", &number)
      && number == 0);
  gst_message_unref (message);
  rtp_test_free (test);

  /* The time in PAUSED does not count: nothing was read. */
  rtp_test_set_state (paused, GST_STATE_PLAYING);
  port = rtp_test_get_port (paused, 0);
  for (guint i = 0; i < 2; i++) {
    rtp_test_send_picture (fd, port, 7, i);
    rtp_test_wait_stat (paused, "datagrams", 2 * (i + 1));
  }
  rtp_test_send_eos (paused);
  rtp_test_pull_start (paused, "h264", H264_CAPS);
  rtp_test_assert_not_told (paused, GST_MESSAGE_ELEMENT);
  rtp_test_free (paused);
}

GST_END_TEST;

/* It is posted again for something else, not for more of the same. */
GST_START_TEST (test_rtpseisrc_seen_kinds)
{
  const RtpSeen nothing = { 0 };
  const RtpSeen one = {.packets = 1,.h264 = 1,.sei = 1 };
  const RtpSeen more = {.packets = 900,.h264 = 30,.sei = 800 };
  const RtpSeen other = {.packets = 900,.h264 = 30,.sei = 800,.klv = 1 };

  fail_unless_equals_int (gst_rtp_sei_reports_get_kinds (&nothing), 0);
  fail_if (gst_rtp_sei_reports_get_kinds (&one) == 0);
  fail_unless_equals_int (gst_rtp_sei_reports_get_kinds (&one),
      gst_rtp_sei_reports_get_kinds (&more));
  fail_if (gst_rtp_sei_reports_get_kinds (&other)
      == gst_rtp_sei_reports_get_kinds (&more));
}

GST_END_TEST;

static Suite *
rtpseisrc_suite (void)
{
  Suite *s = suite_create ("rtpseisrc");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, setup, teardown);
  tcase_add_test (tc, test_rtpseisrc_access_units_come_out);
  tcase_add_test (tc, test_rtpseisrc_h265_and_full);
  tcase_add_test (tc, test_rtpseisrc_unix_time_of_reports);
  tcase_add_test (tc, test_rtpseisrc_latency);
  tcase_add_test (tc, test_rtpseisrc_not_linked_pad_stops_nothing);
  tcase_add_test (tc, test_rtpseisrc_eos_of_one_leaves_the_other);
  tcase_add_test (tc, test_rtpseisrc_flushing_peer_stops_nothing);
  tcase_add_test (tc, test_rtpseisrc_error_behind_it_is_one);
  tcase_add_test (tc, test_rtpseisrc_other_streams_on_their_pads);
  tcase_add_test (tc, test_rtpseisrc_refused_stream_stops_nothing);
  tcase_add_test (tc, test_rtpseisrc_stream_without_a_pad_is_counted);
  tcase_add_test (tc, test_rtpseisrc_pad_of_the_next_stream);
  tcase_add_test (tc, test_rtpseisrc_pad_released_while_it_runs);
  tcase_add_test (tc, test_rtpseisrc_names_of_pads);
  tcase_add_test (tc, test_rtpseisrc_unknown_stream_waits_for_its_pad);
  tcase_add_test (tc, test_rtpseisrc_stats);
  tcase_add_test (tc, test_rtpseisrc_losses_are_told_seldom);
  tcase_add_test (tc, test_rtpseisrc_what_costs_nothing_is_told_as_such);
  tcase_add_test (tc, test_rtpseisrc_last_access_unit_comes_out);
  tcase_add_test (tc, test_rtpseisrc_posts_what_it_sees);
  tcase_add_test (tc, test_rtpseisrc_seen_kinds);
  return s;
}

GST_CHECK_MAIN (rtpseisrc);
