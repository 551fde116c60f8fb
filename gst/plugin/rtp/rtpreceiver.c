/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "rtpreceiver.h"

#include "rtcp.h"
#include "rtpclock.h"
#include "sei.h"

/* How often silent streams are looked for */
#define TICK G_GUINT64_CONSTANT (1000000000)

/* A stream that is silent for so long has no more of an access unit */
#define SILENCE G_GUINT64_CONSTANT (1000000000)

/* Bytes of packets that a stream may have, whatever the others have; and that all may
 * have at least. Streams that were replaced are as many again as there are places. */
#define FAIR_MEMORY (128u << 10)
#define MIN_MAX_MEMORY (64u << 20)

typedef struct
{
  RtpReception reception;
  RtpReceiver *receiver;
  RtpWindow window;
  RtpStream stream;
  RtpClock clock;
  gboolean has_messages;
  guint64 last;                 /* when a packet came */
  GList link;                   /* in waiting */
  gboolean is_waiting;
  gsize memory;

  /* at the last look */
  guint64 seen_packets;
  guint64 seen_sei;
} Stream;

struct _RtpReceiver
{
  RtpReceiverConfig config;
  const RtpReceiverCallbacks *callbacks;
  gpointer user_data;
  RtpSources *sources;
  GQueue waiting;               /* of Stream: packets wait in its window */
  guint64 due;                  /* of the first of them */
  gsize memory;                 /* of all streams */
  guint64 next_tick;
  guint64 now;
  RtpReceiverCounts counts;     /* totals are of those that have ended */
  RtpReceiverCounts seen;       /* at the last look */
};

/* --- what comes out -------------------------------------------------------- */

/* Brings it up to date. */
static RtpReception *
get_reception (Stream * self)
{
  self->reception.codec = self->stream.codec;
  return &self->reception;
}

/* Whether encoders write such messages by themselves, for the decoder: H.264 D.1,
 * H.265 D.2. buffering_period, pic_timing, recovery_point, active_parameter_sets,
 * decoding_unit_info and decoded_picture_hash. */
static gboolean
is_for_decoder (guint type)
{
  return type <= 1 || type == 6 || (type >= 129 && type <= 132);
}

/* Whether there is a message for users in it */
static gboolean
has_message (const RtpAccessUnit * unit)
{
  const H26xFormat format = {.codec = unit->codec };
  H26xNalIter it;
  H26xNal nal;
  Bytes bytes;

  bytes_init (&bytes, &unit->data, 1);
  h26x_nal_iter_init (&it, &bytes, format);
  while (h26x_nal_iter_next (&it, &nal)) {
    SeiReader reader;
    SeiMessage message;

    sei_reader_init (&reader, &bytes, format, &nal);
    while (sei_reader_next (&reader, &message))
      if (!is_for_decoder (message.type))
        return TRUE;
  }
  return FALSE;
}

static void
on_access_unit (const RtpAccessUnit * unit, gpointer user_data)
{
  Stream *self = user_data;
  RtpReceiver *receiver = self->receiver;
  gint64 unix_ns;

  if (!self->has_messages && has_message (unit)) {
    self->has_messages = TRUE;
    rtp_sources_note_message (receiver->sources,
        (RtpSource *) self->reception.source);
  }
  if (!rtp_clock_get_unix (&self->clock, unit->timestamp, &unix_ns))
    unix_ns = 0;
  receiver->callbacks->access_unit (get_reception (self), unit,
      rtp_clock_get_arrival (&self->clock, unit->timestamp), unix_ns,
      receiver->user_data);
}

/* Tells the caller if it turns out to be video. */
static void
tell_video (Stream * self, gboolean was_video)
{
  RtpReceiver *receiver = self->receiver;

  if (!was_video && rtp_stream_is_video (&self->stream)
      && receiver->callbacks->end)
    receiver->callbacks->end (get_reception (self), receiver->user_data);
}

static void
on_packet (const RtpPacket * packet, BytesSpan datagram, guint64 arrival,
    gboolean is_gap, gpointer user_data)
{
  Stream *self = user_data;
  RtpReceiver *receiver = self->receiver;
  const gboolean was_video = rtp_stream_is_video (&self->stream);

  rtp_clock_push (&self->clock, packet, arrival);
  rtp_stream_push (&self->stream, packet, is_gap);
  if (!rtp_stream_is_video (&self->stream) && receiver->callbacks->packet)
    receiver->callbacks->packet (get_reception (self), packet, datagram,
        arrival, receiver->user_data);
  tell_video (self, was_video);
}

/* --- streams ---------------------------------------------------------------- */

static void
on_begin (RtpSource * source, gpointer user_data)
{
  RtpReceiver *receiver = user_data;
  const RtpStreamConfig config = {
    .codec = receiver->config.codec,
    .is_full = receiver->config.is_full,
    .max_size = RTP_STREAM_MAX_SIZE
  };
  Stream *self = g_new0 (Stream, 1);

  self->reception.source = source;
  self->receiver = receiver;
  self->link.data = self;
  rtp_window_init (&self->window, receiver->config.latency, on_packet, self);
  rtp_stream_init (&self->stream, &config, on_access_unit, self);
  rtp_clock_init (&self->clock);
  source->stream = self;
}

static void
update_memory (RtpReceiver * receiver, Stream * stream)
{
  const gsize memory = rtp_window_get_memory (&stream->window)
      + rtp_stream_get_memory (&stream->stream);

  receiver->memory += memory - stream->memory;
  stream->memory = memory;
}

/* Whether all have more than they may have together, and the stream more than its share.
 * Of those, the next that gets a packet loses what it has begun. */
static gboolean
is_too_large (const RtpReceiver * receiver, const Stream * stream)
{
  return stream->memory > FAIR_MEMORY
      && receiver->memory > MAX (MIN_MAX_MEMORY,
      2 * (gsize) receiver->config.max_streams * FAIR_MEMORY);
}

/* Keeps the list of those that wait, and when the first is due */
static void
update_waiting (RtpReceiver * receiver, Stream * stream)
{
  const guint64 due = rtp_window_get_due (&stream->window);

  if (stream->is_waiting != (due != G_MAXUINT64)) {
    stream->is_waiting = !stream->is_waiting;
    if (stream->is_waiting)
      g_queue_push_tail_link (&receiver->waiting, &stream->link);
    else
      g_queue_unlink (&receiver->waiting, &stream->link);
  }
  receiver->due = MIN (receiver->due, due);
}

static void
push_packet (RtpReceiver * receiver, Stream * stream, const RtpPacket * packet,
    BytesSpan datagram, guint64 now)
{
  stream->last = now;
  rtp_window_push (&stream->window, packet, datagram, now);
  update_memory (receiver, stream);
  if (is_too_large (receiver, stream)) {
    rtp_window_pass (&stream->window);
    rtp_stream_give_up (&stream->stream);
    update_memory (receiver, stream);
  }
  update_waiting (receiver, stream);
}

static void
on_held_packet (RtpSource * source, const guint8 * data, gsize size,
    gint64 arrival_us, gpointer user_data)
{
  RtpPacket packet;

  if (rtp_packet_parse (&packet, data, size) == RTP_OK)
    push_packet (user_data, source->stream, &packet, (BytesSpan) {
        data, size}
      , (guint64) arrival_us * 1000);
}

static void
get_totals (const Stream * stream, RtpStreamTotals * totals)
{
  totals->window = stream->window.counts;
  rtp_stream_get_counts (&stream->stream, &totals->stream);
  totals->implausible_times = rtp_clock_get_implausible (&stream->clock);
}

static void
add_totals (RtpStreamTotals * sum, const RtpStreamTotals * totals)
{
  sum->window.received += totals->window.received;
  sum->window.lost += totals->window.lost;
  sum->window.late += totals->window.late;
  sum->window.duplicates += totals->window.duplicates;
  sum->window.reordered += totals->window.reordered;
  sum->window.restarts += totals->window.restarts;
  sum->stream.access_units += totals->stream.access_units;
  sum->stream.sei_nal_units += totals->stream.sei_nal_units;
  sum->stream.incomplete += totals->stream.incomplete;
  sum->stream.too_large += totals->stream.too_large;
  sum->stream.behind_slices += totals->stream.behind_slices;
  sum->stream.malformed += totals->stream.malformed;
  sum->stream.undecided += totals->stream.undecided;
  sum->stream.other += totals->stream.other;
  sum->implausible_times += totals->implausible_times;
}

/* What the sender goes on with is to come behind what it had before */
static void
on_replaced (RtpSource * source, gpointer user_data)
{
  Stream *stream = source->stream;
  const gboolean was_video = rtp_stream_is_video (&stream->stream);

  rtp_stream_hurry (&stream->stream);
  tell_video (stream, was_video);
  update_memory (user_data, stream);
}

static void
on_evict (RtpSource * source, gpointer user_data)
{
  Stream *stream = source->stream;

  rtp_window_begin (&stream->window);
  on_replaced (source, user_data);
  update_waiting (user_data, stream);
}

static void
on_end (RtpSource * source, gpointer user_data)
{
  RtpReceiver *receiver = user_data;
  Stream *stream = source->stream;
  RtpStreamTotals totals;

  receiver->memory -= stream->memory;
  rtp_window_flush (&stream->window);
  rtp_stream_flush (&stream->stream);
  if (stream->is_waiting)
    g_queue_unlink (&receiver->waiting, &stream->link);
  if (receiver->callbacks->end)
    receiver->callbacks->end (get_reception (stream), receiver->user_data);

  /* Both count what they still hold as lost */
  rtp_window_clear (&stream->window);
  rtp_stream_clear (&stream->stream);
  get_totals (stream, &totals);
  add_totals (&receiver->counts.totals, &totals);
  g_free (stream);
}

static const RtpSourcesCallbacks sources_callbacks = {
  .begin = on_begin,
  .packet = on_held_packet,
  .evict = on_evict,
  .replaced = on_replaced,
  .end = on_end
};

RtpReceiver *
rtp_receiver_new (const RtpReceiverConfig * config,
    const RtpReceiverCallbacks * callbacks, gpointer user_data)
{
  RtpReceiver *self = g_new0 (RtpReceiver, 1);

  self->config = *config;
  self->callbacks = callbacks;
  self->user_data = user_data;
  self->due = G_MAXUINT64;
  g_queue_init (&self->waiting);
  self->sources = rtp_sources_new (config->max_streams, &sources_callbacks,
      self);
  return self;
}

void
rtp_receiver_free (RtpReceiver * self)
{
  rtp_sources_free (self->sources);
  g_free (self);
}

/* --- what comes in ----------------------------------------------------------- */

static void
take_rtcp (RtpReceiver * self, const RtpDatagram * datagram, guint64 now)
{
  RtcpIter it;
  RtcpReport report;

  rtcp_iter_init (&it, datagram->data, datagram->size);
  while (rtcp_iter_next (&it, &report)) {
    RtpSource *source =
        rtp_sources_find (self->sources, &datagram->flow, report.ssrc);

    if (source == NULL)
      continue;
    if (report.kind == RTCP_BYE) {
      rtp_sources_bye (self->sources, source, (gint64) (now / 1000));
    } else {
      Stream *stream = source->stream;

      rtp_clock_set_ntp (&stream->clock, report.timestamp, report.ntp);
    }
  }
  if (it.error == RTP_OK)
    self->counts.rtcp++;
  else
    self->counts.no_rtp++;
}

static void
take_rtp (RtpReceiver * self, const RtpPacket * packet,
    const RtpDatagram * datagram, guint64 now)
{
  const RtpSource *source;
  Stream *stream;

  source = rtp_sources_push (self->sources, &datagram->flow, packet->ssrc,
      packet->sequence, datagram->data, datagram->size, (gint64) (now / 1000));
  if (source == NULL)
    return;
  stream = source->stream;
  push_packet (self, stream, packet, (BytesSpan) {
      datagram->data, datagram->size}
      , now);
}

void
rtp_receiver_push (RtpReceiver * self, const RtpDatagram * datagram,
    guint64 now)
{
  RtpPacket packet;

  self->counts.datagrams++;
  switch (rtp_packet_parse (&packet, datagram->data, datagram->size)) {
    case RTP_OK:
      if (datagram->is_at_rtcp_port)
        self->counts.at_rtcp_port++;
      else
        take_rtp (self, &packet, datagram, now);
      break;
    case RTP_IS_RTCP:
      take_rtcp (self, datagram, now);
      break;
    default:
      self->counts.no_rtp++;
      break;
  }
}

/* --- time that passes -------------------------------------------------------- */

guint64
rtp_receiver_get_due (RtpReceiver * self)
{
  return MIN (self->due, self->next_tick);
}

static void
end_access_unit (RtpSource * source, gpointer user_data)
{
  RtpReceiver *self = user_data;
  Stream *stream = source->stream;

  if (stream->last + SILENCE <= self->now && !stream->is_waiting)
    rtp_stream_flush (&stream->stream);
  update_memory (self, stream);
}

static void
advance_waiting (RtpReceiver * self)
{
  GList *next;

  self->due = G_MAXUINT64;
  for (GList * l = self->waiting.head; l != NULL; l = next) {
    Stream *stream = l->data;

    next = l->next;
    rtp_window_advance (&stream->window, self->now);
    update_memory (self, stream);
    update_waiting (self, stream);
  }
}

void
rtp_receiver_advance (RtpReceiver * self, guint64 now)
{
  self->now = now;
  if (now >= self->due)
    advance_waiting (self);
  if (now >= self->next_tick) {
    rtp_sources_foreach (self->sources, end_access_unit, self);
    rtp_sources_expire (self->sources, (gint64) (now / 1000));
    self->next_tick = now + TICK;
  }
}

static void
flush_stream (RtpSource * source, gpointer user_data)
{
  RtpReceiver *self = user_data;
  Stream *stream = source->stream;

  rtp_window_flush (&stream->window);
  rtp_stream_flush (&stream->stream);
  update_memory (self, stream);
  update_waiting (self, stream);
}

void
rtp_receiver_end (RtpReceiver * self)
{
  rtp_sources_foreach (self->sources, flush_stream, self);
  rtp_sources_forget_candidates (self->sources);
}

/* --- what there was ----------------------------------------------------------- */

static void
add_stream (RtpSource * source, gpointer user_data)
{
  RtpReceiverCounts *counts = user_data;
  RtpStreamTotals totals;

  get_totals (source->stream, &totals);
  add_totals (&counts->totals, &totals);
}

void
rtp_receiver_get_counts (RtpReceiver * self, RtpReceiverCounts * counts)
{
  *counts = self->counts;
  rtp_sources_get_counts (self->sources, &counts->sources);
  rtp_sources_foreach (self->sources, add_stream, counts);
}

static void
look_at (RtpSource * source, gpointer user_data)
{
  Stream *stream = source->stream;
  RtpSeen *seen = user_data;
  RtpStreamTotals totals;

  get_totals (stream, &totals);
  if (totals.window.received != stream->seen_packets) {
    guint *const counter[] = {
      [RTP_CODEC_UNKNOWN] = &seen->unknown,
      [RTP_CODEC_H264] = &seen->h264,
      [RTP_CODEC_H265] = &seen->h265,
      [RTP_CODEC_MP2T] = &seen->mp2t,
      [RTP_CODEC_KLV] = &seen->klv
    };
    const RtpCodec codec = rtp_stream_get_likely_codec (&stream->stream);

    (*counter[codec])++;
    if ((codec == RTP_CODEC_H264 || codec == RTP_CODEC_H265)
        && totals.stream.sei_nal_units == stream->seen_sei)
      seen->without_sei++;
  }
  stream->seen_packets = totals.window.received;
  stream->seen_sei = totals.stream.sei_nal_units;
}

void
rtp_receiver_look (RtpReceiver * self, RtpSeen * seen)
{
  const RtpReceiverCounts *before = &self->seen;
  RtpReceiverCounts counts;

  rtp_receiver_get_counts (self, &counts);
  *seen = (RtpSeen) {
  .rtcp = counts.rtcp - before->rtcp,.no_rtp =
        counts.no_rtp - before->no_rtp,.at_rtcp_port =
        counts.at_rtcp_port - before->at_rtcp_port,.unproven =
        counts.sources.unproven - before->sources.unproven,.no_place =
        counts.sources.no_place - before->sources.no_place,.sei =
        counts.totals.stream.sei_nal_units -
        before->totals.stream.sei_nal_units,.behind_slices =
        counts.totals.stream.behind_slices -
        before->totals.stream.behind_slices};
  seen->packets =
      counts.datagrams - before->datagrams - seen->no_rtp -
      seen->at_rtcp_port - seen->rtcp;
  rtp_sources_foreach (self->sources, look_at, seen);
  /* Where nothing else came, those that wait for a second packet count, too */
  if (counts.totals.window.received == before->totals.window.received
      && seen->no_place == 0)
    seen->unproven = seen->packets;
  self->seen = counts;
}

typedef struct
{
  void (*func) (const RtpReception * stream, const RtpStreamTotals * totals,
      gpointer user_data);
  gpointer user_data;
} Visit;

static void
visit (RtpSource * source, gpointer user_data)
{
  const Visit *self = user_data;
  Stream *stream = source->stream;
  RtpStreamTotals totals;

  get_totals (stream, &totals);
  self->func (get_reception (stream), &totals, self->user_data);
}

void
rtp_receiver_foreach (RtpReceiver * self,
    void (*func) (const RtpReception * stream, const RtpStreamTotals * totals,
        gpointer user_data), gpointer user_data)
{
  Visit visitor = { func, user_data };

  rtp_sources_foreach (self->sources, visit, &visitor);
}
