/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "rtpstream.h"
#include "rtpwindow.h"

#include "hex.h"

static void
on_unit (const RtpAccessUnit * unit, gpointer user_data)
{
  GString *out = user_data;
  const guint8 *p = unit->data.data;

  if (out->len > 0)
    g_string_append (out, ", ");
  g_string_append_printf (out, "%u%s%s", unit->timestamp,
      unit->is_key ? "k" : "", unit->is_gap ? "!" : "");
  for (gsize i = 0; i < unit->data.size; i++) {
    if (i + 4 <= unit->data.size && memcmp (p + i, "\0\0\0\1", 4) == 0) {
      g_string_append (out, i > 0 ? " |" : ":");
      i += 3;
    } else {
      g_string_append_printf (out, " %x", p[i]);
    }
  }
}

static void
on_large (const RtpAccessUnit * unit, gpointer user_data)
{
  *(gsize *) user_data += unit->data.size;
}

/* steps: packets, separated by "; ": "SEQUENCE@TIMESTAMP PAYLOAD", with "!" in front
 *   of one behind a gap, "m" behind the timestamp of one with a marker, "pN" behind
 *   that of one of another payload type; "." for the end
 * expected: "TIMESTAMP: NAL | NAL", separated by ", ", with "k" behind the timestamp of
 *   a key picture, and "!" where packets are missing before it
 * counts: access units, SEI NAL units, incomplete, too large, behind slices,
 *   malformed, other */
static void
check (const RtpStreamConfig * config, const gchar * steps,
    const gchar * expected, const gchar * counts)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_autofree gchar *counted = NULL;
  g_auto (GStrv) words = g_strsplit (steps, "; ", -1);
  RtpStreamCounts n;
  RtpStream stream;

  g_test_message ("%s", steps);
  rtp_stream_init (&stream, config, on_unit, out);
  for (gchar ** word = words; *word != NULL; word++) {
    const gboolean is_gap = **word == '!';
    RtpPacket packet = {.payload_type = 96 };
    gchar *end;

    if (**word == '.') {
      rtp_stream_flush (&stream);
      continue;
    }
    packet.sequence = (guint16) g_ascii_strtoull (*word + is_gap, &end, 10);
    packet.timestamp = (guint32) g_ascii_strtoull (end + 1, &end, 10);
    if ((packet.marker = *end == 'm'))
      end++;
    if (*end == 'p')
      packet.payload_type = (guint) g_ascii_strtoull (end + 1, &end, 10);
    end += strspn (end, " ");
    packet.payload = hex (end);
    rtp_stream_push (&stream, &packet, is_gap);
    hex_free (packet.payload);
  }
  g_assert_cmpstr (out->str, ==, expected);
  rtp_stream_get_counts (&stream, &n);
  counted = g_strdup_printf ("%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT
      " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT
      " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT, n.access_units,
      n.sei_nal_units, n.incomplete, n.too_large, n.behind_slices, n.malformed,
      n.other);
  g_assert_cmpstr (counted, ==, counts);
  rtp_stream_clear (&stream);
  rtp_stream_clear (&stream);
}

static const RtpStreamConfig h264 = { RTP_CODEC_H264, FALSE, 1000 };
static const RtpStreamConfig h264_large = { RTP_CODEC_H264, FALSE, 2000 };
static const RtpStreamConfig h264_full = { RTP_CODEC_H264, TRUE, 1000 };
static const RtpStreamConfig h265 = { RTP_CODEC_H265, FALSE, 1000 };
static const RtpStreamConfig h265_full = { RTP_CODEC_H265, TRUE, 1000 };
static const RtpStreamConfig h264_small = { RTP_CODEC_H264, FALSE, 5 };

static const RtpStreamConfig unknown = { RTP_CODEC_UNKNOWN, FALSE, 1000 };

static void
test_rtpstream_head (void)
{
  /* complete with the first slice */
  check (&h264, "1@9 67 1; 2@9 6 5; 3@9 6 7", "", "1 0 0 0 0 0 0");
  check (&h264, "1@9 67 1; 2@9 6 5; 3@9 6 7; 4@9 65 88", "9k: 6 5 | 6 7",
      "1 2 0 0 0 0 0");
  check (&h264, "1@9 6 5; 2@9 7c 85 88", "9k: 6 5", "1 1 0 0 0 0 0");
  check (&h264, "1@9 18 0 2 6 5 0 2 61 88", "9: 6 5", "1 1 0 0 0 0 0");
  check (&h265, "1@9 4e 1 5; 2@9 26 1 80", "9k: 4e 1 5", "1 1 0 0 0 0 0");
  check (&h265, "1@9 4e 1 5; 2@9 2 1 80", "9: 4e 1 5", "1 1 0 0 0 0 0");
  /* or with the marker, or with the next timestamp, or at the end */
  check (&h264, "1@9m 6 5", "9: 6 5", "1 1 0 0 0 0 0");
  check (&h264, "1@9 6 5; 2@10 6 7", "9: 6 5", "2 1 0 0 0 0 0");
  check (&h264, "1@9 6 5; .", "9: 6 5", "1 1 0 0 0 0 0");
  /* a timestamp of 0 is one like others */
  check (&h264, "1@0 6 5; 2@0 65 88; 3@4294967295 6 1; 4@0 6 2; .",
      "0k: 6 5, 4294967295: 6 1, 0: 6 2", "3 3 0 0 0 0 0");
  /* nothing to hand out */
  check (&h264, "1@0 65 88; 2@0m 65 40; 3@1m 61 88; .", "", "2 0 0 0 0 0 0");
  /* a packet of nothing says nothing */
  check (&h264, "1@9 6 5; 2@9m; 3@9m 65 88", "9k: 6 5", "1 1 0 0 0 0 0");
}

static void
test_rtpstream_behind (void)
{
  /* H.264 has no SEI there */
  check (&h264, "1@9 6 5; 2@9 65 88; 3@9 6 7; 4@9m 65 40", "9k: 6 5",
      "1 1 0 0 1 0 0");
  check (&h264, "1@9 65 88; 2@9 6 7; 3@10 61 88", "", "2 0 0 0 1 0 0");
  check (&h264, "1@9 65 88; 2@9m 18 0 2 6 7 0 2 6 8", "", "1 0 0 0 2 0 0");
  check (&h264_full, "1@9 6 5; 2@9 65 88; 3@9 6 7; 4@9m 65 40",
      "9k: 6 5 | 6 7", "1 2 0 0 0 0 0");
  check (&h264_full, "1@9 6 5; 2@9 65 88; 3@9 6 7; 4@10 61 88",
      "9k: 6 5 | 6 7", "2 2 0 0 0 0 0");
  /* but that of a second field is before its slices */
  check (&h264, "1@9 6 5; 2@9 65 88; 3@9 6 7; 4@9 61 88; 5@9m 61 40",
      "9k: 6 5, 9: 6 7", "1 2 0 0 0 0 0");
  check (&h264, "1@9 6 5; 2@9m 65 88; 3@9 6 7; 4@9m 61 88",
      "9k: 6 5, 9: 6 7", "1 2 0 0 0 0 0");
  /* also where its first slice, or what else was between, is lost */
  check (&h264, "1@9 65 88; 2@9 6 7; !4@9m 61 40", "9!: 6 7", "1 1 0 0 0 0 0");
  check (&h264, "1@9 65 88; !3@9 6 7; 4@9 61 40", "9!: 6 7", "1 1 0 0 0 0 0");
  check (&h264, "1@9 65 88; !3@9 65 40; 4@9 6 7; 5@9 65 20; .", "",
      "1 0 0 0 1 0 0");
  /* H.265 has, and they come at the end */
  check (&h265, "1@9 4e 1 5; 2@9 26 1 80; 3@9 50 1 6; 4@9 26 1 0; 5@9 50 1 7;"
      " 6@10 2 1 80", "9k: 4e 1 5, 9k: 50 1 6 | 50 1 7", "2 3 0 0 0 0 0");
  check (&h265, "1@9 26 1 80; 2@9m 50 1 6", "9k: 50 1 6", "1 1 0 0 0 0 0");
  check (&h265_full, "1@9 4e 1 5; 2@9 26 1 80; 3@9m 50 1 6",
      "9k: 4e 1 5 | 50 1 6", "1 2 0 0 0 0 0");
}

static void
test_rtpstream_fragments (void)
{
  check (&h264, "1@9 1c 86 5; 2@9 1c 46 6; 3@9 65 88", "9k: 6 5 6",
      "1 1 0 0 0 0 0");
  check (&h264, "1@9 1c 86 5; !3@9 1c 46 6; 4@9 6 7; 5@9 65 88", "9k!: 6 7",
      "1 1 1 0 0 0 0");
  check (&h264, "1@9 6 1; 2@9 1c 86 5; 3@9 1c 6 6; .; 4@9 1c 46 6; .",
      "9: 6 1", "2 1 2 0 0 0 0");
  check (&h265, "1@9 62 1 a7 5; 2@9 62 1 67 6; 3@9 26 1 80", "9k: 4e 1 5 6",
      "1 1 0 0 0 0 0");
  /* too large: one, and all together */
  check (&h264_small, "1@9 6 1 2 3 4 5; 2@9 6 1; 3@9 1c 86 5 6 7; 4@9 1c 6 8;"
      " 5@9 1c 46 9; 6@9 6 2; 7@10 1c 86 3; 8@10 1c 46 1 2 3; .",
      "9: 6 1, 10: 6 3 1 2 3", "2 2 0 3 0 0 0");
}

static void
test_rtpstream_gaps (void)
{
  check (&h264, "1@9 6 5; 2@9 65 88; !4@10m 61 88; 5@11 6 6; 6@11 61 88;"
      " 7@12m 6 7", "9k: 6 5, 11!: 6 6, 12: 6 7", "4 3 0 0 0 0 0");
  /* the slice is lost, the marker is lost */
  check (&h264, "1@9 6 5; !3@9m 65 40; 4@10 6 6; !6@11m 6 7",
      "9k!: 6 5, 10!: 6 6, 11: 6 7", "3 3 0 0 0 0 0");
}

static void
test_rtpstream_timestamps (void)
{
  /* MTAP16: each has its own */
  check (&h264, "1@9 1a 0 0 0 2 0 0 0 6 5 0 3 0 0 3 6 6 7; .",
      "9: 6 5, 12: 6 6 7", "2 2 0 0 0 0 0");
}

static void
test_rtpstream_malformed (void)
{
  check (&h264, "1@9 1f 0; 2@9 6 5; 3@9 18 0 9 6; 4@9m 18 0 2 6 7 0 9 6",
      "9: 6 5 | 6 7", "1 2 0 0 0 3 0");
}

/* Nothing that came before the codec is known is lost */
static void
test_rtpstream_codec (void)
{
  static const struct
  {
    const gchar *slice, *sei;
  } cases[] = {
    {"41 9a 21 6c 1 2 3 4 5 6 7 8", "6 5 1"},
    {"18 0 a 41 9a 21 6c 1 2 3 4 5 6", "6 5 1"},
    {"2 1 d0 9 9 9 9 9 9 9 9 9 9", "4e 1 5 1"},
    {"62 1 81 d0 9 9 9 9 9 9 9 9 9", "4e 1 5 1"}
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GString) steps = g_string_new (NULL);
    g_autoptr (GString) expected = g_string_new (NULL);

    for (guint k = 0; k < 20; k++) {
      g_string_append_printf (steps, "%u@%u %s %x 80; %u@%um %s; ", 2 * k, k,
          cases[i].sei, k, 2 * k + 1, k, cases[i].slice);
      g_string_append_printf (expected, "%s%u: %s %x 80", k > 0 ? ", " : "", k,
          cases[i].sei, k);
    }
    g_string_append (steps, ".");
    check (&unknown, steps->str, expected->str, "20 20 0 0 0 0 0");
  }
  /* a slice before them is known to be one, whatever it was in */
  check (&unknown, "1@1 18 0 a 41 9a 21 6c 1 2 3 4 5 6; 2@1m 6 5 1 7 80;"
      " 3@2 67 4d 40 1f e9 81; 4@2 68 ef 38 80; 5@2 6 5 1 8 80; 6@2 65 88 84 0",
      "2k: 6 5 1 8 80", "2 1 0 0 1 0 0");
}

/* A stream that ends, or is silent, before that */
static void
test_rtpstream_codec_by_guess (void)
{
  g_autoptr (GString) steps = g_string_new (NULL);
  g_autoptr (GString) expected = g_string_new (NULL);

  check (&unknown, "1@1 6 5 1 7 80; 2@1m 65 88 84 0; .", "1k: 6 5 1 7 80",
      "1 1 0 0 0 0 0");
  check (&unknown, "1@1 4e 1 5 1 7 80; 2@1 2 1 d0 9; 3@2 4e 1 5 1 8 80; .",
      "1: 4e 1 5 1 7 80, 2: 4e 1 5 1 8 80", "2 2 0 0 0 0 0");
  /* and goes on; then it is something else, for all that is known */
  check (&unknown, "1@1 6 5 1 7 80; 2@1m 65 88 84 0; .; 3@2 6 5 1 8 80;"
      " 4@2 ff; .; 5@3 6 5 1 9 80", "1k: 6 5 1 7 80", "1 1 0 0 0 0 0");
  check (&unknown, "1@1 6 5 1 7 80; .", "", "0 0 0 0 0 0 0");
  /* what is kept of another payload type is not looked at, and stays */
  g_string_assign (steps, "1@1 6 5 1 7 80; 2@1m 65 88 84 0");
  for (guint i = 0; i < 60; i++)
    g_string_append_printf (steps, "; %u@%up97 %s%s", i + 3, i / 3 + 2,
        i % 3 == 0 ? "6 5 1 9 80" : i % 3 ==
        1 ? "67 4d 40 1f e9 81" : "65 88 84 0", i == 20 ? "; ." : "");
  g_string_append (steps, "; .");
  g_string_assign (expected, "1k: 6 5 1 7 80");
  for (guint i = 0; i < 20; i++)
    g_string_append_printf (expected, ", %uk: 6 5 1 9 80", i + 2);
  check (&unknown, steps->str, expected->str, "21 21 0 0 0 0 0");
}

/* The first message of all is as large as can be, and nothing before it decides. */
static void
test_rtpstream_large_before_decided (void)
{
  const RtpStreamConfig config = { RTP_CODEC_UNKNOWN, FALSE,
    RTP_STREAM_MAX_SIZE
  };
  const guint n_fragments = RTP_STREAM_MAX_SIZE / 1398;
  guint8 fragment[1400] = { 0x62, 1, 0x80 | 39, 5 };
  const RtpPacket slice = {.timestamp = 2,.payload = hex ("26 1 80 1") };
  gsize n_bytes = 0;
  RtpStreamCounts n;
  RtpStream stream;

  rtp_stream_init (&stream, &config, on_large, &n_bytes);
  for (guint i = 0; i < n_fragments; i++) {
    const RtpPacket packet = {.sequence = (guint16) i,.timestamp = 1,
      .payload = {fragment, sizeof (fragment)}
    };

    fragment[2] = (guint8) (39 | (i == 0 ? 0x80 : 0)
        | (i == n_fragments - 1 ? 0x40 : 0));
    rtp_stream_push (&stream, &packet, FALSE);
  }
  g_assert_cmpint (stream.codec, ==, RTP_CODEC_UNKNOWN);
  for (guint i = 0; i < 10; i++)
    rtp_stream_push (&stream, &slice, FALSE);
  rtp_stream_get_counts (&stream, &n);
  g_assert_cmpuint (n.sei_nal_units, ==, 1);
  g_assert_cmpuint (n_bytes, >, RTP_STREAM_MAX_SIZE - 2 * sizeof (fragment));
  g_assert_cmpuint (n.undecided, ==, 0);
  hex_free (slice.payload);
  rtp_stream_clear (&stream);
}

static void
test_rtpstream_other (void)
{
  check (&unknown, "1@1 6 e 2b 34 2 b 1 1 e 1 3 1 1 0 0 0 5; 2@1 6 5 1; 3@2m",
      "", "0 0 0 0 0 0 3");
}

/* A stream of which nothing can be said does not grow */
static void
test_rtpstream_undecided (void)
{
  const guint8 noise[1000] = { 0xff };
  g_autoptr (GString) out = g_string_new (NULL);
  RtpStreamCounts n;
  RtpStream stream;

  rtp_stream_init (&stream, &unknown, on_unit, out);
  for (guint i = 0; i < 2000; i++) {
    const RtpPacket packet = {.sequence = (guint16) i,.payload = {noise,
        sizeof (noise)}
    };

    rtp_stream_push (&stream, &packet, FALSE);
    g_assert_cmpuint (stream.undecided_size, <=, RTP_STREAM_MAX_DOUBTFUL);
  }
  rtp_stream_get_counts (&stream, &n);
  g_assert_cmpuint (n.undecided, ==, 0);
  g_assert_cmpuint (n.other + stream.undecided.length, ==, 2000);
  g_assert_cmpstr (out->str, ==, "");

  /* until something can; and then there is a gap before it */
  static const gchar *const payloads[] = {
    "40 1 c 1 ff ff 1 60 0 0 3 0", "4e 1 5 1 9 80", "26 1 80"
  };
  for (guint i = 0; i < G_N_ELEMENTS (payloads); i++) {
    const RtpPacket packet = {.sequence = (guint16) (2000 + i),.timestamp =
          7,.payload = hex (payloads[i])
    };

    rtp_stream_push (&stream, &packet, FALSE);
    hex_free (packet.payload);
  }
  g_assert_cmpstr (out->str, ==, "7k!: 4e 1 5 1 9 80");
  rtp_stream_clear (&stream);
}

/* SEI for which there was no room are counted once the stream turns out to be video. */
static void
test_rtpstream_too_long_undecided (void)
{
  static const gchar *const payloads[] = {
    "40 1 c 1 ff ff 1 60 0 0 3 0", "26 1 80"
  };
  guint8 sei[1000] = { 0x4e, 1, 5 };
  gsize n_bytes = 0;
  guint n_kept;
  RtpStreamCounts n;
  RtpStream stream;

  memset (sei + 3, 0xff, sizeof (sei) - 3);
  rtp_stream_init (&stream, &unknown, on_large, &n_bytes);
  for (guint i = 0; i < 3000; i++) {
    const RtpPacket packet = {.sequence = (guint16) i,.timestamp = i,
      .payload = {sei, sizeof (sei)}
    };

    rtp_stream_push (&stream, &packet, FALSE);
  }
  g_assert_cmpint (stream.codec, ==, RTP_CODEC_UNKNOWN);
  n_kept = stream.undecided.length;
  rtp_stream_get_counts (&stream, &n);
  g_assert_cmpuint (n.undecided, ==, 0);
  g_assert_cmpuint (n.other, ==, 3000 - n_kept);
  for (guint i = 0; i < G_N_ELEMENTS (payloads); i++) {
    const RtpPacket packet = {.sequence = (guint16) (3000 + i),.timestamp =
          3000,.payload = hex (payloads[i])
    };

    rtp_stream_push (&stream, &packet, FALSE);
    hex_free (packet.payload);
  }
  rtp_stream_get_counts (&stream, &n);
  g_assert_cmpuint (n.undecided + n.sei_nal_units, ==, 3000);
  g_assert_cmpuint (n.undecided, >, 0);
  g_assert_cmpuint (n.other, ==, 0);
  rtp_stream_clear (&stream);
}

/* Packets of other payload types are not taken for video, until no others come */
static void
test_rtpstream_payload_types (void)
{
  g_autoptr (GString) steps = g_string_new ("0@0 6 5; 1@0m 65 88");

  check (&h264, "1@9 6 5; 2@9p97 6 7; 3@9 65 88", "9k: 6 5", "1 1 0 0 0 0 1");
  check (&h264, "1@9 6 5; !3@9p97 6 7; 4@9 65 88", "9k!: 6 5", "1 1 0 0 0 0 1");
  for (guint i = 1; i <= 40; i++)
    g_string_append_printf (steps, "; %u@%up97 6 %x", i + 1, i, i);
  g_string_append (steps, "; .");
  check (&h264, steps->str, "0k: 6 5, 32: 6 20, 33: 6 21, 34: 6 22, 35: 6 23,"
      " 36: 6 24, 37: 6 25, 38: 6 26, 39: 6 27, 40: 6 28", "10 10 0 0 0 0 31");

  /* video that is known by most packets only */
  g_string_assign (steps, "0@0p97 ff");
  for (guint i = 1; i <= 60; i++)
    g_string_append_printf (steps, "; %u@%u%s", i, i, i % 6 == 0 ? "p97 ff" :
        i % 6 == 1 ? " 6 5 1 9 80" : " 41 9a 21 6c");
  check (&unknown, steps->str, "1: 6 5 1 9 80, 7: 6 5 1 9 80, 13: 6 5 1 9 80,"
      " 19: 6 5 1 9 80, 25: 6 5 1 9 80, 31: 6 5 1 9 80, 37: 6 5 1 9 80,"
      " 43: 6 5 1 9 80, 49: 6 5 1 9 80, 55: 6 5 1 9 80", "50 10 0 0 0 0 11");
}

/* Pushes SEI in n parts of 60000 bytes, which begins and does not end. */
static void
push_parts (RtpStream * stream, guint16 sequence, guint n)
{
  g_autofree guint8 *data = g_malloc (60000);
  const RtpPacket packet = {.payload = {data, 60000} };

  memset (data, 1, 60000);
  data[0] = 0x1c;
  for (guint i = 0; i < n; i++) {
    RtpPacket part = packet;

    part.sequence = (guint16) (sequence + i);
    data[1] = i == 0 ? 0x86 : 6;
    rtp_stream_push (stream, &part, FALSE);
  }
  g_assert_cmpuint (stream->buffer_size, >, 500000);
}

/* payload: the next; NULL for the stream's silence */
static void
assert_shrinks (const RtpStreamConfig * config, const gchar * before,
    guint16 sequence, const gchar * payload)
{
  g_autoptr (GString) out = g_string_new (NULL);
  RtpPacket packet = {.payload = hex (before) };
  RtpStream stream;

  rtp_stream_init (&stream, config, on_unit, out);
  rtp_stream_push (&stream, &packet, FALSE);
  hex_free (packet.payload);
  push_parts (&stream, 1, 10);
  if (payload != NULL) {
    packet = (RtpPacket) {
    .sequence = sequence,.payload = hex (payload)};
    rtp_stream_push (&stream, &packet, sequence != 11);
    hex_free (packet.payload);
  } else {
    rtp_stream_flush (&stream);
  }
  g_assert_cmpuint (stream.buffer_size, <=, 65536);
  rtp_stream_flush (&stream);
  g_assert_null (stream.pending);
  rtp_stream_clear (&stream);
}

/* Memory of SEI that are large is given back, also where their end never comes. */
static void
test_rtpstream_memory (void)
{
  static const RtpStreamConfig config =
      { RTP_CODEC_H264, FALSE, RTP_STREAM_MAX_SIZE };

  assert_shrinks (&config, "", 11, NULL);
  assert_shrinks (&config, "", 11, "65 88");
  assert_shrinks (&config, "", 13, "1c 6 1");
  assert_shrinks (&config, "", 11, "1c 46 1");
  /* behind a slice, so that nobody gets it */
  assert_shrinks (&config, "65 88", 11, "1c 46 1");
}

static void
on_packet (const RtpPacket * packet, BytesSpan datagram, guint64 arrival,
    gboolean is_gap, gpointer user_data)
{
  rtp_stream_push (user_data, packet, is_gap);
}

/* With -m perf: how long a packet takes from its parsing on */
static void
test_rtpstream_speed (void)
{
  static const guint8 payloads[][4] = {
    {6, 5, 1, 9}, {0x7c, 0x85, 0x88}, {0x7c, 5, 1}, {0x7c, 0x45, 1}
  };
  const guint n = 30000000;
  guint8 data[1400] = { 0x80, 96 };
  gsize n_bytes = 0;
  RtpStream stream;
  RtpWindow window;

  rtp_stream_init (&stream, &h264_large, on_large, &n_bytes);
  rtp_window_init (&window, 50000000, on_packet, &stream);
  const gint64 start = g_get_monotonic_time ();
  for (guint i = 0; i < n; i++) {
    /* 14 packets in a picture, and one with SEI */
    const guint k = i % 15;
    RtpPacket packet;

    memcpy (data + 12, payloads[k < 2 ? k : k < 14 ? 2 : 3], 4);
    data[1] = k == 14 ? 0x80 | 96 : 96;
    data[2] = (guint8) (i >> 8);
    data[3] = (guint8) i;
    data[7] = (guint8) (i / 15);
    rtp_packet_parse (&packet, data, sizeof (data));
    rtp_window_push (&window, &packet, (BytesSpan) {
        data, sizeof (data)}
        , (guint64) i * 100000);
  }
  const gdouble ns = (gdouble) (g_get_monotonic_time () - start) * 1000 / n;

  g_test_minimized_result (ns, "%.1f ns for a packet", ns);
  g_assert_cmpuint (n_bytes, ==, (n + 14) / 15 * (4 + sizeof (data) - 12));
  rtp_window_clear (&window);
  rtp_stream_clear (&stream);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add_func ("/rtpstream/" path, func)
  ADD ("head", test_rtpstream_head);
  ADD ("behind", test_rtpstream_behind);
  ADD ("fragments", test_rtpstream_fragments);
  ADD ("gaps", test_rtpstream_gaps);
  ADD ("timestamps", test_rtpstream_timestamps);
  ADD ("malformed", test_rtpstream_malformed);
  ADD ("codec", test_rtpstream_codec);
  ADD ("codec-by-guess", test_rtpstream_codec_by_guess);
  ADD ("large-before-decided", test_rtpstream_large_before_decided);
  ADD ("other", test_rtpstream_other);
  ADD ("undecided", test_rtpstream_undecided);
  ADD ("too-long-undecided", test_rtpstream_too_long_undecided);
  ADD ("memory", test_rtpstream_memory);
  ADD ("payload-types", test_rtpstream_payload_types);
  if (g_test_perf ())
    ADD ("speed", test_rtpstream_speed);
  return g_test_run ();
}
