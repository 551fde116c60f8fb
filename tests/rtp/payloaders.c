/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What GStreamer's own elements make packets of: gst/rtp finds the same SEI in them
 * as gst/h26x in the access units, byte for byte. */

#include "paystream.h"

#include "rtpcodec.h"
#include "rtpsei.h"

/* Where a SEI NAL unit came from */
typedef struct
{
  GBytes *bytes;
  guint32 timestamp;
  guint first, last;            /* packets */
} Found;

static void
found_clear (gpointer data)
{
  g_bytes_unref (((Found *) data)->bytes);
}

/* Reads the packets of which is_lost is not set; NULL: all */
static GArray *
receive (const PayStream * stream, const GPtrArray * packets,
    const gboolean * is_lost, guint * n_pictures, guint64 * n_incomplete)
{
  GArray *all = g_array_new (FALSE, FALSE, sizeof (Found));
  const gsize capacity = 65536;
  g_autofree guint8 *buffer = g_malloc (capacity);
  guint begin = 0;
  RtpSei sei;

  g_array_set_clear_func (all, found_clear);
  rtp_sei_init (&sei, stream->codec, buffer, capacity);
  *n_pictures = 0;
  for (guint i = 0; i < packets->len; i++) {
    RtpPacket packet;
    RtpNalIter it;
    RtpNal nal;
    BytesSpan data, whole;

    if (is_lost && is_lost[i])
      continue;
    data.data = g_bytes_get_data (packets->pdata[i], &data.size);
    fail_unless_equals_int (rtp_packet_parse (&packet, data.data, data.size),
        RTP_OK);
    rtp_nal_iter_init (&it, (RtpFormat) {
        stream->codec, false}
        , packet.payload);
    while (rtp_nal_iter_next (&it, &nal)) {
      *n_pictures += nal.nal.first_in_picture;
      if (nal.begins)
        begin = i;
      if (!rtp_sei_push (&sei, &packet, &nal, &whole))
        continue;

      const Found found = {
        .bytes = g_bytes_new (whole.data, whole.size),
        .timestamp = packet.timestamp + nal.timestamp,
        .first = begin,
        .last = i
      };
      g_array_append_val (all, found);
    }
    fail_unless_equals_int (it.error, RTP_OK);
  }
  rtp_sei_flush (&sei);
  *n_incomplete = sei.n_incomplete;
  fail_unless_equals_uint64 (sei.n_too_large, 0);
  return all;
}

/* With every 20th packet lost, and then every 4th: each SEI NAL unit comes out whose
 * packets all came, and no other */
static void
check_loss (const PayStream * stream, const GPtrArray * packets,
    const GArray * all, guint every)
{
  g_autofree gboolean *is_lost = g_new0 (gboolean, packets->len);
  g_autoptr (GRand) rand = g_rand_new_with_seed (every);
  g_autoptr (GArray) there = NULL;
  guint n_pictures, n = 0;
  guint64 n_incomplete;

  for (guint i = 0; i < packets->len; i++)
    is_lost[i] = g_rand_int_range (rand, 0, (gint32) every) == 0;
  there = receive (stream, packets, is_lost, &n_pictures, &n_incomplete);
  for (guint i = 0; i < all->len; i++) {
    const Found *found = &g_array_index (all, Found, i);
    gboolean is_whole = TRUE;

    for (guint k = found->first; k <= found->last; k++)
      is_whole &= !is_lost[k];
    if (!is_whole)
      continue;
    fail_unless (n < there->len);
    fail_unless (g_bytes_equal (found->bytes, g_array_index (there, Found,
                n).bytes));
    n++;
  }
  fail_unless_equals_int (n, there->len);
  fail_unless (n_incomplete <= all->len - n);
}

/* Also where the stream is joined later */
static void
check_codec (const PayStream * stream, const GPtrArray * packets)
{
  const guint starts[] = { 0, 1, packets->len / 4, packets->len / 2 };

  for (guint i = 0; i < G_N_ELEMENTS (starts); i++) {
    RtpCodec codec = RTP_CODEC_UNKNOWN;
    RtpCodecDetector detector;

    rtp_codec_init (&detector);
    for (guint k = starts[i]; k < packets->len && !codec; k++) {
      RtpPacket packet;
      gsize size;
      const guint8 *data = g_bytes_get_data (packets->pdata[k], &size);

      rtp_packet_parse (&packet, data, size);
      codec = rtp_codec_push (&detector, packet.payload);
    }
    /* few packets may not be enough, and neither is a large message */
    if (codec != RTP_CODEC_UNKNOWN || packets->len >= starts[i] + 300)
      fail_unless_equals_int (codec, stream->codec == H26X_CODEC_H265 ?
          RTP_CODEC_H265 : RTP_CODEC_H264);
  }
}

static void
check (const PayStream * stream, const GPtrArray * packets, const gchar * where)
{
  guint n_pictures;
  guint64 n_incomplete;
  g_autoptr (GArray) all =
      receive (stream, packets, NULL, &n_pictures, &n_incomplete);

  fail_unless_equals_uint64 (n_incomplete, 0);
  fail_unless_equals_int (n_pictures, stream->n_pictures);
  fail_unless (all->len == stream->seis->len, "%s", where);
  for (guint k = 0; k < all->len; k++) {
    const Found *found = &g_array_index (all, Found, k);

    fail_unless (g_bytes_equal (found->bytes, stream->seis->pdata[k]));
    fail_unless_equals_int (found->timestamp,
        PAY_STREAM_TIMESTAMP (stream, g_array_index (stream->seis_at, guint,
                k)));
  }
  check_loss (stream, packets, all, 20);
  check_loss (stream, packets, all, 4);
  check_codec (stream, packets);
}

GST_START_TEST (test_payloaders_h264)
{
  pay_stream_check_h264 (check);
}

GST_END_TEST;

GST_START_TEST (test_payloaders_h265)
{
  pay_stream_check_h265 (check);
}

GST_END_TEST;

GST_START_TEST (test_payloaders_vectors)
{
  pay_stream_check_vectors (check);
}

GST_END_TEST;

static Suite *
payloaders_suite (void)
{
  Suite *s = suite_create ("payloaders");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_set_timeout (tc, 300);
  tcase_add_test (tc, test_payloaders_h264);
  tcase_add_test (tc, test_payloaders_h265);
  tcase_add_test (tc, test_payloaders_vectors);
  return s;
}

GST_CHECK_MAIN (payloaders);
