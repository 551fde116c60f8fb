/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Datagrams in, access units out. No test waits: times are numbers. */

#include "rtpreceiver.h"

#include "hex.h"
#include "rtpwrite.h"

#define MS G_GUINT64_CONSTANT (1000000)

typedef struct
{
  RtpReceiver *receiver;
  GString *log;                 /* NULL: just counts */
  guint64 now;
  guint n_units;
  guint n_messages;
  guint n_packets;
  guint n_ended;
  guint64 arrival;              /* of the last */
  gint64 unix_ns;
} Bed;

/* --- what comes out -------------------------------------------------------- */

static gchar
get_sender (const RtpReception * stream)
{
  const gchar letter = (gchar) stream->source->flow.source.ip[15];

  return stream->source->flow.source.port == 6000 ?
      g_ascii_toupper (letter) : letter;
}

static void
log_stream (Bed * bed, const gchar * prefix, const RtpReception * stream)
{
  if (bed->log->len > 0)
    g_string_append (bed->log, ", ");
  g_string_append_printf (bed->log, "%s%c%u", prefix, get_sender (stream),
      stream->source->ssrc);
}

/* "a7@9k!: 1 2 =3" is the access unit of the timestamp 9 with the messages 1 and 2: a key
 * picture, behind a gap, of the third second since 1970 */
static void
on_access_unit (RtpReception * stream, const RtpAccessUnit * unit,
    guint64 arrival, gint64 unix_ns, gpointer user_data)
{
  Bed *bed = user_data;
  const guint8 *p = unit->data.data;

  g_assert_cmpuint (unit->data.size % 9, ==, 0);
  g_assert_cmpuint (stream->source->flow.port, ==, 5000);
  bed->n_units++;
  bed->n_messages += (guint) unit->data.size / 9;
  bed->arrival = arrival;
  bed->unix_ns = unix_ns;
  if (bed->log == NULL)
    return;
  log_stream (bed, "", stream);
  g_string_append_printf (bed->log, "@%u%s%s:", unit->timestamp,
      unit->is_key ? "k" : "", unit->is_gap ? "!" : "");
  for (gsize i = 0; i < unit->data.size; i += 9)
    g_string_append_printf (bed->log, " %u", p[i + 7]);
  if (unix_ns != 0)
    g_string_append_printf (bed->log, " =%" G_GINT64_FORMAT,
        unix_ns / 1000000000);
}

/* "a7/5?" is a packet of something unknown; m for MP2T, k for KLV */
static void
on_packet (RtpReception * stream, const RtpPacket * packet,
    BytesSpan datagram, guint64 arrival, gpointer user_data)
{
  static const gchar codecs[] = {
    [RTP_CODEC_UNKNOWN] = '?',[RTP_CODEC_MP2T] = 'm',[RTP_CODEC_KLV] = 'k'
  };
  Bed *bed = user_data;

  g_assert_true (datagram.size >= 12 + packet->payload.size);
  bed->n_packets++;
  bed->arrival = arrival;
  if (bed->log == NULL)
    return;
  log_stream (bed, "", stream);
  g_string_append_printf (bed->log, "/%u%c", packet->sequence,
      codecs[stream->codec]);
}

static void
on_end (RtpReception * stream, gpointer user_data)
{
  Bed *bed = user_data;

  bed->n_ended++;
  if (bed->log != NULL)
    log_stream (bed, "-", stream);
}

static const RtpReceiverCallbacks callbacks = { on_access_unit, on_packet,
  on_end
};

/* --- what goes in ---------------------------------------------------------- */

/* A small letter is a sender with an IP address of its own; the large one is of the
 * same IP address, at another port. */
static RtpFlow
get_flow (gchar sender)
{
  RtpFlow flow = { {.ip = {[10] = 0xff,[11] = 0xff,[12] = 10}}, 5000 };

  flow.source.ip[15] = (guint8) g_ascii_tolower (sender);
  flow.source.port = g_ascii_isupper (sender) ? 6000 : 4000;
  return flow;
}

static void
push_from (Bed * bed, RtpFlow flow, gboolean is_at_rtcp_port,
    const guint8 * data, gsize size)
{
  g_autofree guint8 *copy = g_memdup2 (data, size);
  const RtpDatagram datagram = {
    .data = copy,.size = size,.flow = {flow.source,
        (guint16) (flow.port + is_at_rtcp_port)},
    .is_at_rtcp_port = is_at_rtcp_port
  };

  rtp_receiver_push (bed->receiver, &datagram, bed->now);
}

static void
push (Bed * bed, gchar sender, const guint8 * data, gsize size)
{
  push_from (bed, get_flow (sender), FALSE, data, size);
}

static void
push_rtp (Bed * bed, gchar sender, guint32 ssrc, guint sequence,
    guint32 timestamp, const gchar * payload)
{
  guint8 data[2048];
  const BytesSpan bytes = hex (payload);

  put_rtp (data, FALSE, 96, sequence, timestamp, ssrc);
  memcpy (data + 12, bytes.data, bytes.size);
  push (bed, sender, data, 12 + bytes.size);
  hex_free (bytes);
}

/* A SEI NAL unit of one user data message, a slice of an IDR picture, and its sets */
#define SEI(n) "6 5 1 " n " 80"
#define IDR "65 88 80"
#define SPS "67 42 c0 1e ab 40"
#define PPS "68 ce 38 80"

/* A picture of two packets */
static void
push_picture (Bed * bed, gchar sender, guint32 ssrc, guint sequence,
    guint32 timestamp)
{
  push_rtp (bed, sender, ssrc, sequence, timestamp, SEI ("1"));
  push_rtp (bed, sender, ssrc, sequence + 1, timestamp, IDR);
}

/* As the caller does: at each time that is due */
static void
advance (Bed * bed, guint64 to)
{
  for (guint64 due; (due = rtp_receiver_get_due (bed->receiver)) <= to;) {
    bed->now = MAX (bed->now, due);
    rtp_receiver_advance (bed->receiver, bed->now);
    g_assert_cmpuint (rtp_receiver_get_due (bed->receiver), >, bed->now);
  }
  bed->now = to;
  rtp_receiver_advance (bed->receiver, to);
}

static void
bed_init (Bed * bed, const RtpReceiverConfig * config, GString * log)
{
  *bed = (Bed) {
  .log = log};
  bed->receiver = rtp_receiver_new (config, &callbacks, bed);
}

/* What a step does:
 *   120             time passes until then, in milliseconds
 *   a7/5@9 6 5      sender a, SSRC 7, sequence number 5, timestamp 9, payload; m behind
 *                   the timestamp is for a marker, pN for another payload type
 *   sr a7@9 3       a sender report: timestamp 9 was in the third second since 1970
 *   sr+ a7@9 3      at the port behind, from the port behind
 *   bye a7          says goodbye
 *   raw 1 2         bytes
 *   raw+ 1 2        at the port behind
 *   .               the end of all */
static void
do_step (Bed * bed, const gchar * step)
{
  RtpFlow flow = get_flow ('a');
  guint8 data[2048];
  gchar *end = (gchar *) step;

  if (g_ascii_isdigit (*step)) {
    advance (bed, g_ascii_strtoull (step, NULL, 10) * MS);
  } else if (g_str_has_prefix (step, "raw")) {
    const gboolean is_rtcp = step[3] == '+';
    const BytesSpan bytes = hex (step + 3 + is_rtcp + strspn (step + 3 +
            is_rtcp, " "));

    push_from (bed, flow, is_rtcp, bytes.data, bytes.size);
    hex_free (bytes);
  } else if (g_str_has_prefix (step, "sr")) {
    const gboolean is_rtcp = step[2] == '+';
    guint32 ssrc, timestamp;

    flow = get_flow (step[3 + is_rtcp]);
    ssrc = (guint32) g_ascii_strtoull (step + 4 + is_rtcp, &end, 10);
    timestamp = (guint32) g_ascii_strtoull (end + 1, &end, 10);
    flow.source.port += is_rtcp;
    put_report (data, ssrc, timestamp, g_ascii_strtoull (end, NULL, 10));
    push_from (bed, flow, is_rtcp, data, RTCP_REPORT);
  } else if (g_str_has_prefix (step, "bye")) {
    put_bye (data, (guint32) g_ascii_strtoull (step + 5, NULL, 10));
    push (bed, step[4], data, RTCP_BYE_SIZE);
  } else if (*step == '.') {
    rtp_receiver_end (bed->receiver);
  } else {
    const guint32 ssrc = (guint32) g_ascii_strtoull (step + 1, &end, 10);
    const guint sequence = (guint) g_ascii_strtoull (end + 1, &end, 10);
    const guint32 timestamp = (guint32) g_ascii_strtoull (end + 1, &end, 10);
    const gboolean marker = *end == 'm';
    guint payload_type = 96;
    BytesSpan bytes;

    end += marker;
    if (*end == 'p')
      payload_type = (guint) g_ascii_strtoull (end + 1, &end, 10);
    bytes = hex (end + strspn (end, " "));
    put_rtp (data, marker, payload_type, sequence, timestamp, ssrc);
    memcpy (data + 12, bytes.data, bytes.size);
    push (bed, *step, data, 12 + bytes.size);
    hex_free (bytes);
  }
}

static void
do_steps (Bed * bed, const gchar * steps)
{
  g_auto (GStrv) words = g_strsplit (steps, "; ", -1);

  for (gchar ** word = words; *word != NULL; word++)
    do_step (bed, *word);
}

static void
check (const RtpReceiverConfig * config, const gchar * steps,
    const gchar * expected)
{
  g_autoptr (GString) log = g_string_new (NULL);
  Bed bed;

  g_test_message ("%s", steps);
  bed_init (&bed, config, log);
  do_steps (&bed, steps);
  g_assert_cmpstr (log->str, ==, expected);
  bed.log = NULL;
  rtp_receiver_free (bed.receiver);
}

static const RtpReceiverConfig h264 = { RTP_CODEC_H264, FALSE, 50 * MS, 1024 };
static const RtpReceiverConfig h264_two = { RTP_CODEC_H264, FALSE, 0, 2 };
static const RtpReceiverConfig h264_one = { RTP_CODEC_H264, FALSE, 0, 1 };
static const RtpReceiverConfig h264_full =
    { RTP_CODEC_H264, TRUE, 50 * MS, 1024 };
static const RtpReceiverConfig at_once = { RTP_CODEC_H264, FALSE, 0, 1024 };
static const RtpReceiverConfig automatic =
    { RTP_CODEC_UNKNOWN, FALSE, 0, 1024 };

static RtpReceiverCounts
get_counts (Bed * bed)
{
  RtpReceiverCounts counts;

  rtp_receiver_get_counts (bed->receiver, &counts);
  return counts;
}

/* --- which streams there are ------------------------------------------------ */

static void
test_rtpreceiver_two_cameras_one_ssrc (void)
{
  Bed bed;

  check (&at_once, "a7/1@9 " SEI ("1") "; b7/500@40 " SEI ("21")
      "; a7/2@9 " IDR "; b7/501@40 " IDR "; A7/9@8 " SEI ("31") "; A7/10@8 "
      IDR, "a7@9k: 1, b7@40k: 33, A7@8k: 49");

  bed_init (&bed, &h264, NULL);
  for (guint i = 0; i < 120; i++) {
    advance (&bed, i * 40 * MS);
    push_picture (&bed, 'a', 7, 60000 + 2 * i, i * 3600);
    push_picture (&bed, 'b', 7, 2 * i, 5 + i * 3600);
  }
  rtp_receiver_end (bed.receiver);
  g_assert_cmpuint (bed.n_messages, ==, 240);
  g_assert_cmpuint (get_counts (&bed).sources.streams, ==, 2);
  g_assert_cmpuint (get_counts (&bed).totals.window.lost, ==, 0);
  rtp_receiver_free (bed.receiver);
}

static void
check_ssrcs (RtpCodec codec, guint n_pictures)
{
  const RtpReceiverConfig config = { codec, FALSE, 50 * MS, 16 };
  Bed bed;

  bed_init (&bed, &config, NULL);
  for (guint i = 0; i < 120; i++) {
    advance (&bed, i * 40 * MS);
    for (guint k = 0; k < 16; k++)
      push_picture (&bed, (gchar) ('a' + k), 1000 * k + i / n_pictures,
          i % n_pictures * 2, i * 3600);
  }
  rtp_receiver_end (bed.receiver);
  g_assert_cmpuint (bed.n_messages, ==, 1920);
  g_assert_cmpuint (get_counts (&bed).sources.streams, ==, 16);
  g_assert_cmpuint (get_counts (&bed).sources.no_place, ==, 0);
  g_assert_cmpuint (get_counts (&bed).sources.unproven, ==, 0);
  rtp_receiver_free (bed.receiver);
}

static void
test_rtpreceiver_ssrc_of_each_key_frame (void)
{
  check_ssrcs (RTP_CODEC_H264, 10);
  check_ssrcs (RTP_CODEC_H264, 1);
  check_ssrcs (RTP_CODEC_UNKNOWN, 10);
}

/* The same SSRC and port, and the same numbers and timestamps, or others */
static void
check_restart (guint64 silence, guint sequence, guint32 timestamp)
{
  Bed bed;

  g_test_message ("%" G_GUINT64_FORMAT " ms, %u, %u", silence / MS, sequence,
      timestamp);
  bed_init (&bed, &h264, NULL);
  for (guint i = 0; i < 120; i++) {
    advance (&bed, i * 40 * MS + (i >= 60 ? silence : 0));
    if (i < 60)
      push_picture (&bed, 'a', 7, 100 + 2 * i, i * 3600);
    else
      push_picture (&bed, 'a', 7, sequence + 2 * (i - 60),
          timestamp + (i - 60) * 3600);
  }
  rtp_receiver_end (bed.receiver);
  g_assert_cmpuint (bed.n_messages, ==, 120);
  g_assert_cmpuint (get_counts (&bed).totals.window.restarts, ==, 1);
  rtp_receiver_free (bed.receiver);
}

static void
test_rtpreceiver_restart (void)
{
  static const guint64 silences[] = { 300 * MS, 1500 * MS, 2000 * MS };

  for (guint i = 0; i < G_N_ELEMENTS (silences); i++) {
    check_restart (silences[i], 100, 0);
    check_restart (silences[i], 100, 123456789);
    check_restart (silences[i], 40000, 123456789);
  }
  /* Numbers that jump back in the middle of a stream */
  check_restart (0, 40000, 60 * 3600);
  check_restart (0, 50000, 1000);
}

static void
test_rtpreceiver_dead_sender (void)
{
  Bed bed;

  check (&h264_one, "a7/1@9 " SEI ("1") "; a7/2@9 " IDR "; 40; a8/1@9 "
      SEI ("2") "; a8/2@9 " IDR, "a7@9k: 1, a8@9k: 2");
  /* but that of another does not give its place */
  check (&h264_one, "a7/1@9 " SEI ("1") "; a7/2@9 " IDR "; 40; b8/1@9 "
      SEI ("2") "; b8/2@9 " IDR, "a7@9k: 1");

  bed_init (&bed, &h264_one, NULL);
  push_picture (&bed, 'a', 7, 1, 0);
  for (guint i = 0; i < 10; i++)
    push_picture (&bed, 'b', 8, 2 * i, i);
  g_assert_cmpuint (bed.n_messages, ==, 1);
  g_assert_cmpuint (get_counts (&bed).sources.refused, ==, 1);
  rtp_receiver_end (bed.receiver);
  g_assert_cmpuint (get_counts (&bed).sources.no_place, ==, 20);
  rtp_receiver_free (bed.receiver);
}

/* 21 times a second, each with the next number, and nothing in it */
static void
check_noise (guint n_senders)
{
  RtpReceiverConfig config = h264;
  Bed bed;

  config.max_streams = 64;
  bed_init (&bed, &config, NULL);
  for (guint i = 0; i < 240; i++) {
    advance (&bed, i * 48 * MS);
    for (guint k = 0; k < 64; k++)
      push_rtp (&bed, (gchar) ('b' + k % n_senders), 100 + k, i, i * 4320,
          "41 9a");
    push_picture (&bed, 'a', 7, 2 * i, i * 4320);
  }
  rtp_receiver_end (bed.receiver);
  g_assert_cmpuint (bed.n_messages, ==, 240);
  g_assert_cmpuint (get_counts (&bed).sources.streams, ==, 64);
  rtp_receiver_free (bed.receiver);
}

static void
test_rtpreceiver_noise (void)
{
  check_noise (1);
  check_noise (22);
}

static void
test_rtpreceiver_eviction (void)
{
  /* b has no message: it gives up its place, and ends soon */
  check (&h264_two, "0; a7/1@9 " SEI ("1") "; a7/2@9 " IDR "; b7/1@9 " IDR
      "; b7/2@10 " IDR "; c7/1@9 " SEI ("3") "; c7/2@9 " IDR "; 6100",
      "a7@9k: 1, c7@9k: 3, -b7");
  /* what an encoder writes for decoders is none: pic_timing */
  check (&h264_two, "0; a7/1@9 " SEI ("1") "; a7/2@9 " IDR "; b7/1@9 6 1 1 7 80"
      "; b7/2@9 " IDR "; c7/1@9 " SEI ("3") "; c7/2@9 " IDR "; 6100",
      "a7@9k: 1, b7@9k: 7, c7@9k: 3, -b7");
  /* both have: it waits until one has been silent */
  check (&h264_two, "a7/1@9 " SEI ("1") "; a7/2@9 " IDR "; 4000; b7/1@9 "
      SEI ("2") "; b7/2@9 " IDR "; c7/1@9 " SEI ("3") "; c7/2@9 " IDR
      "; 5000; c7/3@10 " SEI ("4") "; c7/4@10 " IDR,
      "a7@9k: 1, b7@9k: 2, -a7, c7@9k: 3, c7@10k: 4");
  /* silence ends a stream, after a minute */
  check (&at_once, "a7/1@9 " SEI ("1") "; a7/2@9 " IDR "; 59000; 62000",
      "a7@9k: 1, -a7");
}

/* --- time that passes -------------------------------------------------------- */

static void
test_rtpreceiver_order_and_due (void)
{
  g_autoptr (GString) log = g_string_new (NULL);
  Bed bed;

  bed_init (&bed, &h264, log);
  do_steps (&bed, "0; a7/1@9 " SEI ("1") "; a7/2@9 " IDR);
  /* Those before the first may still come */
  g_assert_cmpstr (log->str, ==, "");
  g_assert_cmpuint (rtp_receiver_get_due (bed.receiver), ==, 50 * MS);
  rtp_receiver_advance (bed.receiver, 49 * MS);
  g_assert_cmpstr (log->str, ==, "");
  rtp_receiver_advance (bed.receiver, 50 * MS);
  g_assert_cmpstr (log->str, ==, "a7@9k: 1");
  g_assert_cmpuint (rtp_receiver_get_due (bed.receiver), ==, 1000 * MS);

  /* What is next waits for nothing */
  do_steps (&bed, "100; a7/3@10 " SEI ("2") "; a7/4@10 " IDR);
  g_assert_cmpstr (log->str, ==, "a7@9k: 1, a7@10k: 2");

  /* Another order, of two streams: each is due by itself */
  g_string_truncate (log, 0);
  do_steps (&bed, "110; b7/1@3 " SEI ("5") "; b7/2@3 " IDR
      "; 130; a7/6@11 " IDR);
  g_assert_cmpuint (rtp_receiver_get_due (bed.receiver), ==, 160 * MS);
  do_steps (&bed, "179; a7/5@11 " SEI ("3"));
  g_assert_cmpstr (log->str, ==, "b7@3k: 5, a7@11k: 3");
  g_assert_cmpuint (get_counts (&bed).totals.window.reordered, ==, 1);
  g_assert_cmpuint (get_counts (&bed).totals.window.lost, ==, 0);

  /* What never comes, and what comes too late */
  g_string_truncate (log, 0);
  do_steps (&bed, "200; a7/8@12 " SEI ("4") "; a7/9@12 " IDR "; 249");
  g_assert_cmpstr (log->str, ==, "");
  do_steps (&bed, "250; a7/7@12 " SEI ("9") "; a7/10@13 " SEI ("5")
      "; a7/11@13 " IDR);
  g_assert_cmpstr (log->str, ==, "a7@12k!: 4, a7@13k: 5");
  g_assert_cmpuint (get_counts (&bed).totals.window.lost, ==, 1);
  g_assert_cmpuint (get_counts (&bed).totals.window.late, ==, 1);
  bed.log = NULL;
  rtp_receiver_free (bed.receiver);
}

static void
test_rtpreceiver_no_latency (void)
{
  check (&at_once, "a7/1@9 " SEI ("1") "; a7/2@9 " IDR "; a7/4@10 " IDR
      "; a7/3@10 " SEI ("2") "; a7/5@11 " SEI ("3") "; a7/6@11 " IDR,
      "a7@9k: 1, a7@11k!: 3");
}

static void
test_rtpreceiver_silence_ends_access_unit (void)
{
  /* No marker and nothing behind it: a second later it is complete */
  check (&h264_full, "0; a7/1@9 " SEI ("1") "; a7/2@9 " IDR "; 900; 2100",
      "a7@9k: 1");
  check (&h264_full, "0; a7/1@9 " SEI ("1") "; a7/2@9 " IDR "; 900", "");
  /* of every stream, also those that have had no message before */
  check (&at_once, "0; a7/1@9 67; a7/2@9 " SEI ("1") "; b7/1@9 67; b7/2@9 "
      SEI ("2") "; c7/1@9 67; c7/2@9 " SEI ("3") "; 2100",
      "a7@9: 1, b7@9: 2, c7@9: 3");
}

static void
test_rtpreceiver_end (void)
{
  g_autoptr (GString) log = g_string_new (NULL);
  RtpReceiverCounts counts;
  Bed bed;

  /* Nothing that has come is forgotten */
  check (&h264, "0; a7/1@9 67; a7/2@9 " SEI ("1") "; b7/1@9 67; b7/2@9 "
      SEI ("2") "; c7/1@9 67; c7/2@9 " SEI ("3") "; .",
      "a7@9: 1, b7@9: 2, c7@9: 3");
  check (&h264_full, "0; a7/1@9 " SEI ("1") "; a7/2@9m " IDR "; a7/4@10 "
      SEI ("2") "; a7/5@10 " IDR "; .", "a7@9k: 1, a7@10k!: 2");

  /* Totals are those of streams that have ended, too */
  bed_init (&bed, &h264_one, log);
  do_steps (&bed, "a7/1@9 " SEI ("1") "; a7/2@9 " IDR "; a7/4@10 " IDR
      "; a7/3@10 " IDR "; a7/4@10 " IDR "; a8/1@9 " SEI ("2") "; a8/2@9 " IDR
      "; 7000; b9/1@1 41 9a; .; .");
  g_assert_cmpstr (log->str, ==, "a7@9k: 1, a8@9k: 2, -a7");
  counts = get_counts (&bed);
  g_assert_cmpuint (counts.datagrams, ==, 8);
  g_assert_cmpuint (counts.totals.window.received, ==, 7);
  g_assert_cmpuint (counts.totals.window.lost, ==, 1);
  g_assert_cmpuint (counts.totals.window.late, ==, 1);
  g_assert_cmpuint (counts.totals.window.duplicates, ==, 1);
  g_assert_cmpuint (counts.totals.stream.access_units, ==, 3);
  g_assert_cmpuint (counts.totals.stream.sei_nal_units, ==, 2);
  g_assert_cmpuint (counts.sources.unproven, ==, 1);
  g_assert_cmpuint (counts.sources.streams, ==, 1);
  bed.log = NULL;
  rtp_receiver_free (bed.receiver);
  g_assert_cmpuint (bed.n_ended, ==, 2);
}

/* --- RTCP and times ---------------------------------------------------------- */

static void
test_rtpreceiver_reports (void)
{
  /* multiplexed, or at the port behind */
  check (&at_once, "a7/1@0 " IDR "; a7/2@0 " IDR "; sr a7@90000 1700000000"
      "; a7/3@180000m " SEI ("1"), "a7@180000: 1 =1700000001");
  check (&at_once, "a7/1@0 " IDR "; a7/2@0 " IDR "; sr+ a7@90000 1700000000"
      "; a7/3@180000m " SEI ("1"), "a7@180000: 1 =1700000001");
  /* one is of the stream with that SSRC, and of that sender */
  check (&at_once, "a7/1@0 " IDR "; a7/2@0 " IDR "; b7/1@0 " IDR "; b7/2@0 "
      IDR "; sr b7@0 1700000000; sr a8@0 1600000000; sr c7@0 1600000000"
      "; a7/3@9m " SEI ("1") "; b7/3@9m " SEI ("2"),
      "a7@9: 1, b7@9: 2 =1700000000");
  /* a sender without a clock */
  check (&at_once, "a7/1@0 " IDR "; a7/2@0 " IDR "; sr a7@0 5; a7/3@9m "
      SEI ("1"), "a7@9: 1");
}

static void
test_rtpreceiver_bye (void)
{
  check (&at_once, "0; a7/1@9 " SEI ("1") "; a7/2@9 " IDR "; bye a7; 6100",
      "a7@9k: 1, -a7");
  /* unless it goes on */
  check (&at_once, "0; a7/1@9 " SEI ("1") "; a7/2@9 " IDR "; bye a7; 3000"
      "; a7/3@10m " SEI ("2") "; 6100", "a7@9k: 1, a7@10: 2");
  check (&at_once, "0; a7/1@9 " SEI ("1") "; a7/2@9 " IDR
      "; bye b7; bye a8; 6100", "a7@9k: 1");
}

static void
test_rtpreceiver_time_of_each_packet (void)
{
  const guint64 second = (guint64) g_get_real_time () / G_USEC_PER_SEC - 5;
  Bed bed;

  /* RFC 6051 in a header extension of RFC 8285; ONVIF's */
  for (guint is_onvif = 0; is_onvif < 2; is_onvif++) {
    bed_init (&bed, &at_once, NULL);
    for (guint i = 0; i < 6; i++) {
      guint8 data[12 + 16 + 5];

      put_rtp (data, TRUE, 96, i, i * 90000, 7);
      data[0] |= 0x10;
      put (data + 12, 4, is_onvif ? 0xabac0003 : 0xbede0003);
      memset (data + 16, 0, 12);
      if (is_onvif) {
        put (data + 16, 8, to_ntp (second + i));
      } else {
        data[16] = 0x37;
        put (data + 17, 8, to_ntp (second + i));
      }
      memcpy (data + 28, "\6\5\1\1\x80", 5);
      bed.now = i * 1000 * MS;
      push (&bed, 'a', data, sizeof (data));
    }
    g_assert_cmpuint (bed.n_messages, ==, 6);
    g_assert_cmpint (bed.unix_ns, ==,
        (gint64) (second + 5) * G_GINT64_CONSTANT (1000000000));
    rtp_receiver_free (bed.receiver);
  }
}

/* Times that were not believed are counted, those of streams that have ended, too. */
static void
test_rtpreceiver_implausible_times (void)
{
  RtpReceiverCounts counts;
  Bed bed;

  bed_init (&bed, &at_once, NULL);
  do_steps (&bed, "0; a7/1@0 " IDR "; a7/2@0 " IDR "; sr a7@0 5"
      "; sr a7@0 1700000000; sr+ a7@0 4000000000");
  rtp_receiver_get_counts (bed.receiver, &counts);
  g_assert_cmpuint (counts.totals.implausible_times, ==, 2);
  do_steps (&bed, "bye a7; 6100");
  g_assert_cmpuint (bed.n_ended, ==, 1);
  rtp_receiver_get_counts (bed.receiver, &counts);
  g_assert_cmpuint (counts.totals.implausible_times, ==, 2);
  rtp_receiver_free (bed.receiver);
}

/* The time of arrival has no jitter. */
static void
test_rtpreceiver_arrival (void)
{
  static const guint64 jitter[] = { 0, 7 * MS, 3 * MS, 12 * MS };
  Bed bed;

  bed_init (&bed, &at_once, NULL);
  for (guint i = 0; i < 100; i++) {
    bed.now = i * 40 * MS + jitter[i % G_N_ELEMENTS (jitter)];
    push_picture (&bed, 'a', 7, 2 * i, i * 3600);
    if (i > 0)
      g_assert_cmpuint (bed.arrival, ==, i * 40 * MS);
  }
  rtp_receiver_free (bed.receiver);
}

/* --- few places, and much of everything ------------------------------------------ */

/* A new SSRC for every picture, and nothing says what they have: each is looked at
 * once it is silent. */
static void
test_rtpreceiver_short_streams (void)
{
  Bed bed;

  bed_init (&bed, &automatic, NULL);
  for (guint i = 0; i < 300; i++) {
    push_picture (&bed, 'a', i, 2 * i, 3000 * i);
    advance (&bed, bed.now + 33 * MS);
  }
  advance (&bed, bed.now + 2001 * MS);
  g_assert_cmpuint (bed.n_messages, ==, 300);
  g_assert_cmpuint (get_counts (&bed).totals.stream.undecided, ==, 0);
  rtp_receiver_free (bed.receiver);

  /* where they can be known as soon as the next begins, they are in order */
  check (&automatic, "a1/1@1 " SEI ("1") "; a1/2@1m " IDR "; a1/3@2m " IDR
      "; a2/1@3 " SPS "; a2/2@3 " PPS "; a2/3@3 " SEI ("2") "; a2/4@3 " IDR
      "; a2/5@3m " IDR "; 2000", "a1/1?, a1/2?, a1/3?, a1@1k: 1, -a1, a2/1?,"
      " a2/2?, a2/3?, a2/4?, a2@3k: 2, -a2");
}

/* Streams of three packets each from everywhere, while the first packets of a camera
 * wait for others: it is looked at before it loses its place. */
static void
test_rtpreceiver_flood_of_short_streams (void)
{
  const RtpReceiverConfig config = { RTP_CODEC_H264, FALSE, 50 * MS, 32 };
  g_autoptr (GString) log = g_string_new (NULL);
  RtpFlow flow = get_flow ('n');
  Bed bed;

  bed_init (&bed, &config, log);
  for (guint i = 0; i < 600; i++) {
    if (i % 100 == 0)
      push_picture (&bed, (gchar) ('a' + i / 100), 7, 1, 9);
    for (guint k = 0; k < 3; k++) {
      guint8 data[13] = { 0 };

      put_rtp (data, FALSE, 96, k, 0, i);
      flow.source.port = (guint16) (7000 + i);
      push_from (&bed, flow, FALSE, data, sizeof (data));
    }
    advance (&bed, bed.now + MS / 2);
  }
  g_assert_cmpuint (bed.n_messages, ==, 6);
  g_assert_nonnull (strstr (log->str, "-n"));
  for (gchar sender = 'a'; sender < 'a' + 6; sender++) {
    const gchar end[] = { '-', sender, '7', '\0' };

    g_assert_null (strstr (log->str, end));
  }
  rtp_receiver_free (bed.receiver);
}

/* What is evicted and goes on loses nothing by that: neither what waits behind a gap,
 * nor what may be a new start. */
static void
test_rtpreceiver_evicted_goes_on (void)
{
  const RtpReceiverConfig waiting = { RTP_CODEC_H264, FALSE, 50 * MS, 1 };

  check (&h264_one, "a7/1@1 " IDR "; a7/2@2 " IDR "; a7/9000@99 " SEI ("1")
      "; b8/1@1 " IDR "; b8/2@1 " IDR "; a7/9001@99 " IDR, "a7@99k!: 1");
  check (&waiting, "a7/1@1 " IDR "; a7/2@2 " IDR "; 100; a7/3@3 " IDR
      "; a7/5@5 " IDR "; b8/1@1 " IDR "; b8/2@1 " IDR "; a7/4@5 " SEI ("1"),
      "a7@5k: 1");
}

/* A fragment of a SEI NAL unit whose end never comes, with its header */
static void
push_fragment (Bed * bed, gchar sender, guint32 ssrc, guint sequence)
{
  static guint8 data[12 + 60000];

  put_rtp (data, FALSE, 96, sequence, 9, ssrc);
  data[12] = 28;
  data[13] = 6 | (sequence % 20 == 0 ? 0x80 : 0);
  push (bed, sender, data, sizeof (data));
}

/* Streams that fill all memory there may be lose what they have begun, and the others
 * nothing. */
static void
test_rtpreceiver_memory (void)
{
  const RtpReceiverConfig config = { RTP_CODEC_H264, FALSE, 0, 300 };
  const guint n_hostile = 200;
  Bed bed;

  bed_init (&bed, &config, NULL);
  push_picture (&bed, 'c', 1, 0, 0);
  push_rtp (&bed, 'c', 1, 2, 9, "7c 86 5 1");
  for (guint ssrc = 0; ssrc < n_hostile; ssrc++)
    for (guint sequence = 0; sequence < 2; sequence++)
      push_fragment (&bed, 'h', ssrc, sequence);
  for (guint sequence = 2; sequence < 17; sequence++)
    for (guint ssrc = 0; ssrc < n_hostile; ssrc++)
      push_fragment (&bed, 'h', ssrc, sequence);
  g_assert_cmpuint (get_counts (&bed).totals.stream.incomplete, >,
      n_hostile / 4);
  push_rtp (&bed, 'c', 1, 3, 9, "7c 46 2 80");
  push_rtp (&bed, 'c', 1, 4, 9, IDR);
  g_assert_cmpuint (bed.n_messages, ==, 2);
  rtp_receiver_free (bed.receiver);
}

/* Streams of which nothing will ever be known, and one with a large message */
static void
test_rtpreceiver_memory_of_others (void)
{
  const guint n_others = 300;
  const RtpReceiverConfig config = { RTP_CODEC_UNKNOWN, FALSE, 0, 301 };
  guint8 data[12 + 1000];
  Bed bed;

  bed_init (&bed, &config, NULL);
  memset (data, 0xff, sizeof (data));
  for (guint sequence = 0; sequence < 400; sequence++)
    for (guint ssrc = 0; ssrc < n_others; ssrc++) {
      put_rtp (data, FALSE, 0, sequence, sequence, ssrc);
      /* the first are nothing, all others might be SEI */
      data[12] = sequence < 2 ? 0xff : 6;
      push (&bed, 'o', data, sizeof (data));
    }
  push_rtp (&bed, 'c', 1, 17, 9, SPS);
  push_rtp (&bed, 'c', 1, 18, 9, IDR);
  push_rtp (&bed, 'c', 1, 19, 9, IDR);
  for (guint sequence = 20; sequence < 30; sequence++)
    push_fragment (&bed, 'c', 1, sequence);
  g_assert_cmpuint (get_counts (&bed).totals.stream.incomplete, ==, 0);
  rtp_receiver_free (bed.receiver);
}

/* --- what is seen ------------------------------------------------------------- */

/* A PES packet begins; 16 bytes of a universal label, and one of a length */
#define KLV "6 e 2b 34 2 b 1 1 e 1 3 1 1 0 0 0 0"

static void
test_rtpreceiver_codecs (void)
{
  check (&automatic, "a7/1@9 " SPS "; a7/2@9 " PPS "; a7/3@9 " SEI ("1")
      "; a7/4@9 " IDR "; a7/5@9m " IDR,
      "a7/1?, a7/2?, a7/3?, a7/4?, a7@9k: 1, -a7");
  /* also without a message */
  check (&automatic, "a7/1@9 " SPS "; a7/2@9 " PPS "; a7/3@9 " IDR "; a7/4@9 "
      IDR "; a7/5@9m " IDR "; a7/6@10m " IDR, "a7/1?, a7/2?, a7/3?, -a7");
  check (&automatic, "a7/1@9 " KLV "; a7/2@9 " KLV, "a7/1k, a7/2k");
}

static void
assert_seen (Bed * bed, const gchar * steps, const gchar * expected)
{
  g_autofree gchar *text = NULL;
  RtpSeen seen;

  do_steps (bed, steps);
  rtp_receiver_look (bed->receiver, &seen);
  text =
      g_strdup_printf
      ("packets %u, RTCP %u, no RTP %u, at RTCP %u, unproven %u, no place %u,"
      " SEI %u, behind %u, H.264 %u, H.265 %u, MP2T %u, KLV %u, unknown %u,"
      " without SEI %u", (guint) seen.packets, (guint) seen.rtcp,
      (guint) seen.no_rtp, (guint) seen.at_rtcp_port, (guint) seen.unproven,
      (guint) seen.no_place, (guint) seen.sei, (guint) seen.behind_slices,
      seen.h264, seen.h265, seen.mp2t, seen.klv, seen.unknown,
      seen.without_sei);
  g_assert_cmpstr (text, ==, expected);
}

#define NOTHING "packets 0, RTCP 0, no RTP 0, at RTCP 0, unproven 0, no place 0, SEI 0, behind 0," \
  " H.264 0, H.265 0, MP2T 0, KLV 0, unknown 0, without SEI 0"

static void
test_rtpreceiver_look (void)
{
  RtpReceiverConfig config = automatic;
  Bed bed;

  config.max_streams = 4;
  bed_init (&bed, &config, NULL);
  assert_seen (&bed, "0", NOTHING);
  assert_seen (&bed, "raw; raw 1; raw 47 45 54 20; raw+ 80 60 0 1 0 0 0 1 0 0 0"
      " 1; raw 80 c8 0 9; raw 80 60",
      "packets 0, RTCP 0, no RTP 5, at RTCP 1, unproven 0, no place 0,"
      " SEI 0, behind 0, H.264 0, H.265 0, MP2T 0, KLV 0, unknown 0, without SEI"
      " 0");
  assert_seen (&bed, "raw 81 cb 0 1 0 0 0 7",
      "packets 0, RTCP 1, no RTP 0, at RTCP 0, unproven 0, no place 0, SEI 0, behind 0,"
      " H.264 0, H.265 0, MP2T 0, KLV 0, unknown 0, without SEI 0");
  assert_seen (&bed, "a7/1@9 " SPS "; a7/2@9 " PPS "; a7/3@9 " SEI ("1")
      "; a7/4@9 " IDR "; a7/5@9m " IDR "; b7/1@9 " KLV "; b7/2@9 " KLV
      "; c7/1@9 ff ff" "; c7/2@9 ff ff; d7/1@9 " SPS "; d7/2@9 " PPS "; d7/3@9 "
      IDR "; d7/4@9m " IDR "; d7/5@10 " IDR "; d7/6@10 " SEI ("1")
      "; d7/7@10m 65 40",
      "packets 16, RTCP 0, no RTP 0, at RTCP 0, unproven 0, no place 0, SEI 1, behind 1, H.264 2,"
      " H.265 0, MP2T 0, KLV 1, unknown 1, without SEI 1");
  /* since then */
  assert_seen (&bed, "a7/6@10m " IDR,
      "packets 1, RTCP 0, no RTP 0, at RTCP 0, unproven 0, no place"
      " 0, SEI 0, behind 0, H.264 1, H.265 0, MP2T 0, KLV 0, unknown 0, without SEI"
      " 1");
  assert_seen (&bed, "a7/7@11m " SEI ("1"),
      "packets 1, RTCP 0, no RTP 0, at RTCP 0, unproven 0, no"
      " place 0, SEI 1, behind 0, H.264 1, H.265 0, MP2T 0, KLV 0, unknown 0, without"
      " SEI 0");
  assert_seen (&bed, "10", NOTHING);
  /* where there is nothing else, what waits for a second packet */
  assert_seen (&bed, "e1/5@1 " IDR "; f2/9@1 " IDR,
      "packets 2, RTCP 0, no RTP 0, at RTCP 0, unproven 2, no place 0, SEI 0, behind 0,"
      " H.264 0, H.265 0, MP2T 0, KLV 0, unknown 0, without SEI 0");
  rtp_receiver_free (bed.receiver);

  config.max_streams = 1;
  bed_init (&bed, &config, NULL);
  do_steps (&bed, "a7/1@9 " SPS "; a7/2@9 " PPS "; a7/3@9 " SEI ("1")
      "; a7/4@9 " IDR "; a7/5@9m " IDR);
  for (guint i = 0; i < 20; i++)
    push_rtp (&bed, 'b', 8, i, 0, IDR);
  assert_seen (&bed, "c9/4@1 " IDR "; 70000",
      "packets 26, RTCP 0, no RTP 0, at RTCP 0, unproven 1,"
      " no place 20, SEI 1, behind 0, H.264 0, H.265 0, MP2T 0, KLV 0, unknown 0,"
      " without SEI 0");
  rtp_receiver_free (bed.receiver);
}

/* Every byte of every datagram is anything. */
static void
test_rtpreceiver_hostile (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (14);
  RtpReceiverCounts counts;
  Bed bed;

  bed_init (&bed, &automatic, NULL);
  for (guint i = 0; i < 20000; i++) {
    guint8 data[64];
    const gsize size = (gsize) g_rand_int_range (rand, 0, sizeof (data) + 1);

    for (gsize k = 0; k < size; k++)
      data[k] = (guint8) g_rand_int (rand);
    if (i % 2 > 0 && size >= 12) {
      data[0] = (guint8) (0x80 | (data[0] & 0x3f));
      put (data + 2, 2, i / 8);
      put (data + 8, 4, i % 8);
    }
    push_from (&bed, get_flow ((gchar) ('a' + i % 4)), i % 32 == 0, data, size);
    if (i % 16 == 0)
      advance (&bed, i * MS);
  }
  rtp_receiver_end (bed.receiver);
  counts = get_counts (&bed);
  g_assert_cmpuint (counts.datagrams, ==, 20000);
  g_assert_cmpuint (counts.rtcp + counts.no_rtp + counts.at_rtcp_port
      + counts.sources.unproven
      + counts.sources.no_place + counts.totals.window.received, ==, 20000);
  rtp_receiver_free (bed.receiver);
}

/* Random bytes, random RTP, and streams of hostile fragments, from one sender or
 * several */
static void
push_flood (Bed * bed, GRand * rand, guint step)
{
  guint8 data[64];

  for (guint i = 0; i < 120; i++) {
    const gsize size = (gsize) g_rand_int_range (rand, 0, sizeof (data) + 1);

    for (gsize k = 0; k < size; k++)
      data[k] = (guint8) g_rand_int (rand);
    if (i % 3 > 0 && size >= 14) {
      put_rtp (data, FALSE, 96, g_rand_int (rand), g_rand_int (rand),
          g_rand_int (rand));
      /* in sequence: FU-A of a SEI NAL unit that begins and never ends */
      if (i % 3 == 2) {
        put_rtp (data, FALSE, 96, step, step, 1 + i);
        data[12] = 28;
        data[13] = step % 2 ? 0x86 : 0x06;
      }
    }
    push (bed, (gchar) ('x' + i % 2), data, size);
  }
}

/* Cameras begin after so many steps of it. */
static void
check_flood (guint first)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (14);
  RtpReceiverConfig config = h264;
  Bed bed;

  config.max_streams = 64;
  bed_init (&bed, &config, NULL);
  for (guint i = 0; i < 250; i++) {
    advance (&bed, i * 40 * MS);
    push_flood (&bed, rand, i);
    for (guint k = 0; i >= first && k < 50; k++)
      push_picture (&bed, (gchar) ('a' + k % 20), 7 + k, 2 * i, i * 3600);
  }
  rtp_receiver_end (bed.receiver);
  g_assert_cmpuint (bed.n_messages, ==, 50 * (250 - first));
  rtp_receiver_free (bed.receiver);
}

static void
test_rtpreceiver_flood (void)
{
  check_flood (0);
  check_flood (100);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name) \
  g_test_add_func ("/rtpreceiver/" #name, test_rtpreceiver_##name)
  ADD (two_cameras_one_ssrc);
  ADD (ssrc_of_each_key_frame);
  ADD (restart);
  ADD (dead_sender);
  ADD (noise);
  ADD (eviction);
  ADD (order_and_due);
  ADD (no_latency);
  ADD (silence_ends_access_unit);
  ADD (end);
  ADD (reports);
  ADD (bye);
  ADD (time_of_each_packet);
  ADD (implausible_times);
  ADD (arrival);
  ADD (short_streams);
  ADD (flood_of_short_streams);
  ADD (evicted_goes_on);
  ADD (memory);
  ADD (memory_of_others);
  ADD (codecs);
  ADD (look);
  ADD (hostile);
  ADD (flood);
  return g_test_run ();
}
