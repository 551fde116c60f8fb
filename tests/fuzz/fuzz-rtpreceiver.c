/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Datagrams of several senders, and time that passes: whatever comes, all of it is
 * counted once, and nothing comes out that has not come in.
 *
 * Input: settings (3: the codec; 4: full; 24: latency; 96: how many streams there may
 * be); then datagrams, each with three bytes before it: what it is (3: the sender; 4:
 * at a port for RTCP; 248: how long after the one before), and its size in two */

#include "fuzz.h"
#include "rtpreceiver.h"

#define MS G_GUINT64_CONSTANT (1000000)

#define N_SENDERS 4

typedef struct
{
  guint64 n_bytes_in;
  guint64 n_bytes_out;
  guint64 n_packets;
  guint n_streams;              /* that have given something, and have not ended */
} Fuzz;

static void
note_stream (Fuzz * self, RtpReception * stream)
{
  CHECK (stream->source != NULL);
  self->n_streams += stream->data == NULL;
  stream->data = self;
}

static void
on_access_unit (RtpReception * stream, const RtpAccessUnit * unit,
    guint64 arrival, gint64 unix_ns, gpointer user_data)
{
  Fuzz *self = user_data;
  const uint8_t *p = unit->data.data;

  note_stream (self, stream);
  CHECK (stream->codec == (unit->codec == H26X_CODEC_H265 ? RTP_CODEC_H265 :
          RTP_CODEC_H264));
  CHECK (unit->data.size > 4);
  CHECK (memcmp (p, "\0\0\0\1", 4) == 0);
  if (unit->codec == H26X_CODEC_H265)
    CHECK ((p[4] >> 1 & 63) == 39 || (p[4] >> 1 & 63) == 40);
  else
    CHECK ((p[4] & 31) == 6);
  self->n_bytes_out += unit->data.size;
}

static void
on_packet (RtpReception * stream, const RtpPacket * packet,
    BytesSpan datagram, guint64 arrival, gpointer user_data)
{
  Fuzz *self = user_data;

  note_stream (self, stream);
  CHECK (stream->codec != RTP_CODEC_H264 && stream->codec != RTP_CODEC_H265);
  CHECK (datagram.size >= 12);
  CHECK (packet->payload.size <= datagram.size - 12);
  self->n_packets++;
}

static void
on_end (RtpReception * stream, gpointer user_data)
{
  Fuzz *self = user_data;

  self->n_streams -= stream->data != NULL;
  stream->data = NULL;
}

static const RtpReceiverCallbacks callbacks = {
  .access_unit = on_access_unit,
  .packet = on_packet,
  .end = on_end
};

static void
count_stream (const RtpReception * stream, const RtpStreamTotals * totals,
    gpointer user_data)
{
  RtpStreamTotals *left = user_data;

  CHECK (totals->window.received > 0);
  CHECK (left->window.received >= totals->window.received);
  left->window.received -= totals->window.received;
  CHECK (left->stream.sei_nal_units >= totals->stream.sei_nal_units);
  left->stream.sei_nal_units -= totals->stream.sei_nal_units;
}

/* is_all: nothing is held any more */
static void
check_counts (const Fuzz * self, RtpReceiver * receiver,
    const RtpReceiverConfig * config, gboolean is_all)
{
  RtpReceiverCounts counts;
  guint64 n_counted;

  rtp_receiver_get_counts (receiver, &counts);
  n_counted = counts.rtcp + counts.no_rtp + counts.at_rtcp_port
      + counts.sources.unproven
      + counts.sources.no_place + counts.totals.window.received;
  CHECK (n_counted <= counts.datagrams);
  CHECK (counts.datagrams - n_counted <=
      (guint64) RTP_SOURCES_MAX_CANDIDATES * RTP_SOURCES_MAX_HELD);
  CHECK (!is_all || n_counted == counts.datagrams);

  const RtpWindowCounts *window = &counts.totals.window;
  CHECK (window->late + window->duplicates + window->reordered
      <= window->received);
  CHECK (self->n_packets <= window->received);
  CHECK (counts.sources.streams <= config->max_streams);
  CHECK (counts.sources.replaced <= MAX (config->max_streams, 2));
  CHECK (self->n_streams <= counts.sources.streams + counts.sources.replaced);

  /* A start code of four bytes goes before each, and fragments have a header of up to
   * three for one of two. No packet is read twice. */
  CHECK (self->n_bytes_out <= self->n_bytes_in
      + 4 * counts.totals.stream.sei_nal_units);

  rtp_receiver_foreach (receiver, count_stream, &counts.totals);
}

static guint64
get_delay (unsigned n)
{
  return n < 8 ? n * MS : MIN (10 * MS << (n - 8), 100000 * MS);
}

int
LLVMFuzzerTestOneInput (const uint8_t * data, size_t size)
{
  static const RtpAddress senders[N_SENDERS] = {
    {{0x20, 0x01, 0x0d, 0xb8}, 5004},
    {{0x20, 0x01, 0x0d, 0xb8}, 5005},
    {{0x20, 0x01, 0x0d, 0xb9}, 5004},
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1}, 5004},
  };
  static const guint64 latencies[] = { 0, 10 * MS, 50 * MS, 2000 * MS };
  static const guint places[] = { 1, 2, 3, RTP_SOURCES_DEFAULT_MAX };
  FuzzInput in = { data, size };
  const uint8_t settings = fuzz_take_byte (&in);
  const RtpReceiverConfig config = {
    .codec = (RtpCodec) ((settings & 3) % 3),
    .is_full = settings & 4,
    .latency = latencies[settings >> 3 & 3],
    .max_streams = places[settings >> 5 & 3]
  };
  Fuzz fuzz = { 0 };
  RtpReceiver *receiver = rtp_receiver_new (&config, &callbacks, &fuzz);
  guint64 now = 1000 * MS, n_datagrams = 0;
  RtpSeen seen;

  while (in.size > 0) {
    const uint8_t what = fuzz_take_byte (&in);
    const unsigned high = fuzz_take_byte (&in);
    const FuzzInput datagram =
        fuzz_take (&in, high << 8 | fuzz_take_byte (&in));
    const RtpDatagram received = {
      .data = datagram.data,
      .size = datagram.size,
      .flow = {senders[what & 3], 5000},
      .is_at_rtcp_port = what >> 2 & 1
    };

    now += get_delay (what >> 3);
    fuzz.n_bytes_in += datagram.size;
    n_datagrams++;
    rtp_receiver_push (receiver, &received, now);
    rtp_receiver_advance (receiver, now);
    CHECK (rtp_receiver_get_due (receiver) > now);
    check_counts (&fuzz, receiver, &config, FALSE);
  }
  rtp_receiver_look (receiver, &seen);
  CHECK (seen.packets + seen.no_rtp + seen.at_rtcp_port <= n_datagrams);
  rtp_receiver_end (receiver);
  check_counts (&fuzz, receiver, &config, TRUE);
  rtp_receiver_free (receiver);
  CHECK (fuzz.n_streams == 0);
  return 0;
}
