/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What GStreamer's own elements make packets of comes out of a window and a stream as
 * it was, whatever happened to the packets on their way. */

#include "paystream.h"
#include "rtpstream.h"
#include "rtpwindow.h"

#define MS G_GUINT64_CONSTANT (1000000)

#define MAX_BLOCK 60

/* A SEI NAL unit */
typedef struct
{
  GBytes *bytes;
  guint32 timestamp;
} Sei;

typedef struct
{
  RtpStream stream;
  GArray *seis;
  guint n_units;
} Receiver;

static GArray *
sei_array_new (void)
{
  return g_array_new (FALSE, FALSE, sizeof (Sei));
}

static void
sei_array_add (GArray * array, BytesSpan data, guint32 timestamp)
{
  const Sei sei = { g_bytes_new (data.data, data.size), timestamp };

  g_array_append_val (array, sei);
}

static void
sei_array_free (GArray * array)
{
  for (guint i = 0; i < array->len; i++)
    g_bytes_unref (g_array_index (array, Sei, i).bytes);
  g_array_unref (array);
}

static void
on_unit (const RtpAccessUnit * unit, gpointer user_data)
{
  Receiver *receiver = user_data;
  Bytes bytes;
  H26xNalIter it;
  H26xNal nal;

  receiver->n_units++;
  bytes_init (&bytes, &unit->data, 1);
  h26x_nal_iter_init (&it, &bytes, (H26xFormat) {
      unit->codec, 0});
  while (h26x_nal_iter_next (&it, &nal)) {
    fail_unless (nal.kind == H26X_NAL_SEI || nal.kind == H26X_NAL_SEI_SUFFIX);
    sei_array_add (receiver->seis, (BytesSpan) {
        unit->data.data + nal.offset, nal.size}
        , unit->timestamp);
  }
}

static void
on_packet (const RtpPacket * packet, BytesSpan datagram, guint64 arrival,
    gboolean is_gap, gpointer user_data)
{
  Receiver *receiver = user_data;

  rtp_stream_push (&receiver->stream, packet, is_gap);
}

/* --- what is expected ------------------------------------------------------ */

/* Of the access units themselves. In H.264 and without full those between slices are
 * left out: those which a slice follows that begins no picture, or none. */
static GArray *
expect_all (const PayStream * stream, gboolean is_full)
{
  GArray *all = sei_array_new ();

  for (guint i = 0; i < stream->access_units->len; i++) {
    GArray *behind = g_array_new (FALSE, FALSE, sizeof (BytesSpan));
    BytesSpan span;
    Bytes bytes;
    H26xNalIter it;
    H26xNal nal;
    gboolean has_slice = FALSE;

    span.data = g_bytes_get_data (stream->access_units->pdata[i], &span.size);
    bytes_init (&bytes, &span, 1);
    h26x_nal_iter_init (&it, &bytes, (H26xFormat) {
        stream->codec, 0}
    );
    while (h26x_nal_iter_next (&it, &nal)) {
      const BytesSpan found = { span.data + nal.offset, nal.size };

      if (nal.kind == H26X_NAL_SLICE) {
        for (guint k = 0; k < behind->len && nal.first_in_picture; k++)
          sei_array_add (all, g_array_index (behind, BytesSpan, k),
              PAY_STREAM_TIMESTAMP (stream, i));
        g_array_set_size (behind, 0);
        has_slice = TRUE;
      } else if (nal.kind != H26X_NAL_SEI && nal.kind != H26X_NAL_SEI_SUFFIX) {
        continue;
      } else if (has_slice && !is_full && stream->codec == H26X_CODEC_H264) {
        g_array_append_val (behind, found);
      } else {
        sei_array_add (all, found, PAY_STREAM_TIMESTAMP (stream, i));
      }
    }
    g_array_unref (behind);
  }
  return all;
}

/* Of the packets that are there, in order */
static GArray *
expect_there (const PayStream * stream, const GPtrArray * packets,
    const gboolean * is_lost)
{
  g_autofree guint8 *buffer = g_malloc (RTP_STREAM_MAX_SIZE);
  GArray *all = sei_array_new ();
  RtpSei sei;

  rtp_sei_init (&sei, stream->codec, buffer, RTP_STREAM_MAX_SIZE);
  for (guint i = 0; i < packets->len; i++) {
    RtpPacket packet;
    RtpNalIter it;
    RtpNal nal;
    BytesSpan data, whole;

    if (is_lost[i])
      continue;
    data.data = g_bytes_get_data (packets->pdata[i], &data.size);
    rtp_packet_parse (&packet, data.data, data.size);
    rtp_nal_iter_init (&it, (RtpFormat) {
        stream->codec, FALSE}
        , packet.payload);
    while (rtp_nal_iter_next (&it, &nal))
      if (rtp_sei_push (&sei, &packet, &nal, &whole))
        sei_array_add (all, whole, packet.timestamp + nal.timestamp);
  }
  return all;
}

/* --- what comes ------------------------------------------------------------- */

static void
check_way (const PayStream * stream, const GPtrArray * packets,
    const gchar * where, RtpCodec codec, gboolean is_full, guint block,
    const gboolean * is_lost)
{
  const RtpStreamConfig config = { codec, is_full, RTP_STREAM_MAX_SIZE };
  g_autoptr (GRand) rand = g_rand_new_with_seed (block);
  g_autofree guint *order = pay_stream_shuffle (packets->len, 0, block, rand);
  GArray *expected = is_lost ? expect_there (stream, packets, is_lost) :
      expect_all (stream, is_full);
  Receiver receiver = {.seis = sei_array_new () };
  RtpStreamCounts counts;
  RtpWindow window;
  guint n_received = 0;

  rtp_stream_init (&receiver.stream, &config, on_unit, &receiver);
  rtp_window_init (&window, 50 * MS, on_packet, &receiver);
  for (guint i = 0; i < packets->len; i++) {
    const guint64 now = i * MS / 10;
    RtpPacket packet;
    BytesSpan data;

    if (is_lost && is_lost[order[i]])
      continue;
    if (now >= rtp_window_get_due (&window))
      rtp_window_advance (&window, now);
    data.data = g_bytes_get_data (packets->pdata[order[i]], &data.size);
    for (guint n = block == 1 ? 1 : 1 + g_rand_int (rand) % 2; n > 0; n--) {
      rtp_packet_parse (&packet, data.data, data.size);
      rtp_window_push (&window, &packet, data, now);
      n_received++;
    }
  }
  rtp_window_flush (&window);
  rtp_stream_flush (&receiver.stream);

  rtp_stream_get_counts (&receiver.stream, &counts);
  fail_unless_equals_uint64 (window.counts.received, n_received);
  fail_unless_equals_uint64 (window.counts.late, 0);
  fail_unless_equals_uint64 (window.counts.restarts, 0);
  fail_unless_equals_uint64 (counts.malformed, 0);
  fail_unless_equals_uint64 (counts.too_large, 0);
  if (codec != RTP_CODEC_UNKNOWN || packets->len >= 300)
    fail_unless (receiver.stream.codec == (stream->codec == H26X_CODEC_H265 ?
            RTP_CODEC_H265 : RTP_CODEC_H264), "%s", where);
  if (receiver.stream.codec != RTP_CODEC_UNKNOWN) {
    fail_unless (receiver.seis->len == expected->len, "%s: %u of %u, block %u",
        where, receiver.seis->len, expected->len, block);
    fail_unless_equals_uint64 (counts.sei_nal_units, expected->len);
    for (guint i = 0; i < expected->len; i++) {
      const Sei *a = &g_array_index (receiver.seis, Sei, i);
      const Sei *b = &g_array_index (expected, Sei, i);

      fail_unless (g_bytes_equal (a->bytes, b->bytes), "%s: %u", where, i);
      fail_unless_equals_int (a->timestamp, b->timestamp);
    }
    if (!is_lost) {
      fail_unless_equals_uint64 (counts.incomplete, 0);
      fail_unless_equals_uint64 (counts.access_units,
          stream->access_units->len);
      fail_unless_equals_uint64 (counts.behind_slices,
          stream->seis->len - expected->len);
    }
  }
  rtp_window_clear (&window);
  rtp_stream_clear (&receiver.stream);
  sei_array_free (receiver.seis);
  sei_array_free (expected);
}

static void
check (const PayStream * stream, const GPtrArray * packets, const gchar * where)
{
  static const guint blocks[] = { 1, 2, 5, MAX_BLOCK };
  const RtpCodec codec = stream->codec == H26X_CODEC_H265 ? RTP_CODEC_H265 :
      RTP_CODEC_H264;
  g_autofree gboolean *is_lost = g_new0 (gboolean, packets->len);
  g_autoptr (GRand) rand = g_rand_new_with_seed (packets->len);

  for (guint i = 0; i < packets->len; i++)
    is_lost[i] = g_rand_int_range (rand, 0, 20) == 0;
  for (guint i = 0; i < G_N_ELEMENTS (blocks); i++) {
    check_way (stream, packets, where, codec, FALSE, blocks[i], NULL);
    check_way (stream, packets, where, codec, TRUE, blocks[i], NULL);
    check_way (stream, packets, where, RTP_CODEC_UNKNOWN, FALSE, blocks[i],
        NULL);
    check_way (stream, packets, where, codec, TRUE, blocks[i], is_lost);
  }
}

GST_START_TEST (test_rtppayloaders_h264)
{
  pay_stream_check_h264 (check);
}

GST_END_TEST;

GST_START_TEST (test_rtppayloaders_h265)
{
  pay_stream_check_h265 (check);
}

GST_END_TEST;

GST_START_TEST (test_rtppayloaders_vectors)
{
  pay_stream_check_vectors (check);
}

GST_END_TEST;

static Suite *
rtppayloaders_suite (void)
{
  Suite *s = suite_create ("rtppayloaders");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_set_timeout (tc, 300);
  tcase_add_test (tc, test_rtppayloaders_h264);
  tcase_add_test (tc, test_rtppayloaders_h265);
  tcase_add_test (tc, test_rtppayloaders_vectors);
  return s;
}

GST_CHECK_MAIN (rtppayloaders);
