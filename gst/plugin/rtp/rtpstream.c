/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "rtpstream.h"

#include <string.h>

#include "rtpnal.h"

/* Memory of more than that is freed after use */
#define MAX_IDLE_SIZE 65536u

/* So many packets in a row of another payload type are a new stream */
#define MAX_FOREIGN 32

/* What is kept of the payload of a packet that has no SEI. It tells the kind of the
 * NAL unit, and whether a picture begins. */
#define KEPT_PAYLOAD 8u

/* How many packets are enough to guess the codec, where there is a hurry; or the stream
 * is over, for all that is known */
#define VOTES_IN_HURRY 2
#define VOTES_AT_END 1

static const guint8 start_code[] = { 0, 0, 0, 1 };

/* A packet that waits for the codec to be known */
typedef struct
{
  RtpPacket packet;
  gboolean is_gap;
  gboolean may_have_sei[RTP_CODEC_H265 + 1];
  gsize size;
  guint8 payload[];
} Undecided;

static H26xCodec
get_h26x (RtpCodec codec)
{
  return codec == RTP_CODEC_H265 ? H26X_CODEC_H265 : H26X_CODEC_H264;
}

RtpCodec
rtp_stream_get_likely_codec (const RtpStream * stream)
{
  return stream->codec != RTP_CODEC_UNKNOWN ? stream->codec :
      rtp_codec_guess (&stream->detector, VOTES_AT_END);
}

gboolean
rtp_stream_is_video (const RtpStream * stream)
{
  return stream->codec == RTP_CODEC_H264 || stream->codec == RTP_CODEC_H265;
}

static void
set_codec (RtpStream * stream, RtpCodec codec)
{
  stream->counts.incomplete += stream->sei.n_incomplete;
  stream->counts.too_large += stream->sei.n_too_large;
  stream->codec = codec;
  rtp_sei_init (&stream->sei, get_h26x (codec), stream->buffer,
      stream->buffer_size);
}

void
rtp_stream_init (RtpStream * stream, const RtpStreamConfig * config,
    RtpStreamFunc func, gpointer user_data)
{
  *stream = (RtpStream) {
  .config = *config,.func = func,.user_data = user_data,.payload_type = -1};
  rtp_codec_init (&stream->detector);
  g_queue_init (&stream->undecided);
  set_codec (stream, config->codec);
}

static void
forget_dropped (RtpStream * stream)
{
  memset (stream->n_dropped, 0, sizeof (stream->n_dropped));
}

static void
drop_oldest (RtpStream * stream)
{
  Undecided *oldest = g_queue_pop_head (&stream->undecided);

  stream->undecided_size -= sizeof (*oldest) + oldest->size;
  stream->counts.other++;
  if (oldest->packet.payload_type == (guint) stream->payload_type)
    for (guint i = RTP_CODEC_H264; i <= RTP_CODEC_H265; i++)
      stream->n_dropped[i] += oldest->may_have_sei[i];
  g_free (oldest);
  oldest = g_queue_peek_head (&stream->undecided);
  if (oldest != NULL)
    oldest->is_gap = TRUE;
}

static void
drop_undecided (RtpStream * stream)
{
  while (stream->undecided.length > 0)
    drop_oldest (stream);
}

void
rtp_stream_clear (RtpStream * stream)
{
  drop_undecided (stream);
  g_clear_pointer (&stream->buffer, g_free);
  g_clear_pointer (&stream->pending, g_byte_array_unref);
}

void
rtp_stream_get_counts (const RtpStream * stream, RtpStreamCounts * counts)
{
  *counts = stream->counts;
  counts->incomplete += stream->sei.n_incomplete;
  counts->too_large += stream->sei.n_too_large;
}

/* --- memory --------------------------------------------------------------- */

/* Frees the buffer if it is large, and no NAL unit in parts is in it. */
static void
shrink (RtpStream * stream)
{
  if (stream->buffer_size <= MAX_IDLE_SIZE
      || rtp_sei_get_size (&stream->sei) > 0)
    return;
  g_clear_pointer (&stream->buffer, g_free);
  stream->buffer_size = 0;
  rtp_sei_set_buffer (&stream->sei, NULL, 0);
}

static void
clear_pending (RtpStream * stream)
{
  stream->n_pending = 0;
  if (stream->pending == NULL)
    return;
  if (stream->pending->len > MAX_IDLE_SIZE)
    g_clear_pointer (&stream->pending, g_byte_array_unref);
  else
    g_byte_array_set_size (stream->pending, 0);
}

/* --- access units --------------------------------------------------------- */

static void
hand_out (RtpStream * stream)
{
  if (stream->n_pending == 0)
    return;

  const RtpAccessUnit unit = {
    .codec = get_h26x (stream->codec),
    .data = {stream->pending->data, stream->pending->len},
    .timestamp = stream->timestamp,
    .is_key = stream->is_key,
    .is_gap = stream->is_gap
  };

  stream->counts.sei_nal_units += stream->n_pending;
  stream->is_gap = FALSE;
  stream->func (&unit, stream->user_data);
  clear_pending (stream);
}

/* Whether no valid stream has what is pending: SEI behind the slices of a picture */
static gboolean
is_misplaced (const RtpStream * stream)
{
  return stream->has_slice && !stream->gap_behind && !stream->config.is_full
      && stream->codec == RTP_CODEC_H264;
}

static void
end_picture (RtpStream * stream)
{
  if (is_misplaced (stream)) {
    stream->counts.behind_slices += stream->n_pending;
    clear_pending (stream);
  }
  hand_out (stream);
  stream->has_slice = FALSE;
  stream->is_key = FALSE;
  stream->gap_behind = FALSE;
}

/* H.264 table 7-1: IDR, also where the slice of another layer says so. H.265: IRAP. */
static gboolean
is_of_key_picture (const RtpStream * stream, const H26xNal * nal)
{
  if (stream->codec == RTP_CODEC_H265)
    return nal->type >= 16 && nal->type <= 23;
  return nal->type == 5;
}

static void
take_slice (RtpStream * stream, const H26xNal * nal)
{
  if (stream->n_pending > 0 && stream->has_slice) {
    /* The SEI belong to the picture that begins here, such as the second field, or
     * are between slices. Where packets are missing, nothing speaks against the
     * former. */
    if (nal->first_in_picture || stream->gap_behind)
      stream->has_slice = FALSE;
    else if (is_misplaced (stream))
      end_picture (stream);
  }
  if (!stream->has_slice)
    stream->is_key = is_of_key_picture (stream, nal);
  if (!stream->has_slice && !stream->config.is_full)
    hand_out (stream);
  stream->has_slice = TRUE;
  stream->gap_behind = FALSE;
}

static void
append (RtpStream * stream, BytesSpan found)
{
  const gsize used = stream->pending != NULL ? stream->pending->len : 0;

  if (found.size > stream->config.max_size
      || used > stream->config.max_size - found.size) {
    stream->counts.too_large++;
    return;
  }
  if (stream->pending == NULL)
    stream->pending = g_byte_array_new ();
  g_byte_array_append (stream->pending, start_code, sizeof (start_code));
  g_byte_array_append (stream->pending, found.data, (guint) found.size);
  stream->n_pending++;
}

/* --- NAL units ------------------------------------------------------------- */

static void
make_room (RtpStream * stream, const RtpNal * nal)
{
  const gsize need = rtp_sei_get_need (&stream->sei, nal);

  if (need <= stream->buffer_size || need > stream->config.max_size)
    return;
  stream->buffer_size = MIN (MAX (2 * need, 4096u), stream->config.max_size);
  stream->buffer = g_realloc (stream->buffer, stream->buffer_size);
  rtp_sei_set_buffer (&stream->sei, stream->buffer, stream->buffer_size);
}

static void
take_nal (RtpStream * stream, const RtpPacket * packet, const RtpNal * nal)
{
  const guint32 timestamp = packet->timestamp + nal->timestamp;
  BytesSpan found;

  if (!stream->has_begun || timestamp != stream->timestamp) {
    end_picture (stream);
    stream->has_begun = TRUE;
    stream->timestamp = timestamp;
    stream->counts.access_units++;
  }

  if (nal->nal.kind == H26X_NAL_SLICE)
    take_slice (stream, &nal->nal);
  make_room (stream, nal);
  if (rtp_sei_push (&stream->sei, packet, nal, &found))
    append (stream, found);
  shrink (stream);
}

static void
take_gap (RtpStream * stream, gboolean is_gap)
{
  stream->is_gap |= is_gap;
  stream->gap_behind |= is_gap;
}

static void
take_packet (RtpStream * stream, const RtpPacket * packet, gboolean is_gap)
{
  const RtpFormat format = {.codec = get_h26x (stream->codec) };
  RtpNalIter it;
  RtpNal nal;

  take_gap (stream, is_gap);
  rtp_nal_iter_init (&it, format, packet->payload);
  while (rtp_nal_iter_next (&it, &nal))
    take_nal (stream, packet, &nal);
  if (it.error != RTP_OK)
    stream->counts.malformed++;
  /* More may come with the same timestamp: another field, or another slice where a
   * sender marks each */
  if (packet->marker && packet->payload.size > 0)
    end_picture (stream);
}

/* --- the codec ------------------------------------------------------------- */

/* Whether a packet is kept whole, because it may have SEI if it is of a codec, or has
 * NAL units inside */
static gboolean
is_kept_whole (H26xCodec codec, const RtpPacket * packet)
{
  const RtpFormat format = {.codec = codec };
  RtpNalIter it;
  RtpNal nal;

  rtp_nal_iter_init (&it, format, packet->payload);
  return rtp_nal_iter_next (&it, &nal) && (nal.nal.kind == H26X_NAL_SEI
      || nal.nal.kind == H26X_NAL_SEI_SUFFIX || (nal.has_header
          && nal.data.data != packet->payload.data));
}

static void
keep (RtpStream * stream, const RtpPacket * packet, gboolean is_gap)
{
  const gboolean may_be_h264 = is_kept_whole (H26X_CODEC_H264, packet);
  const gboolean may_be_h265 = is_kept_whole (H26X_CODEC_H265, packet);
  const gsize size = may_be_h264 || may_be_h265 ? packet->payload.size :
      MIN (packet->payload.size, KEPT_PAYLOAD);

  Undecided *kept = g_malloc (sizeof (*kept) + size);

  kept->packet = *packet;
  kept->packet.csrcs = NULL;
  kept->packet.extension = (BytesSpan) {
  NULL, 0};
  kept->packet.payload = (BytesSpan) {
  kept->payload, size};
  kept->is_gap = is_gap;
  kept->may_have_sei[RTP_CODEC_H264] = may_be_h264;
  kept->may_have_sei[RTP_CODEC_H265] = may_be_h265;
  kept->size = size;
  memcpy (kept->payload, packet->payload.data, size);
  g_queue_push_tail (&stream->undecided, kept);
  stream->undecided_size += sizeof (*kept) + size;
  while (stream->undecided_size >
      (rtp_codec_may_be_video (&stream->detector) ? RTP_STREAM_MAX_UNDECIDED :
          RTP_STREAM_MAX_DOUBTFUL))
    drop_oldest (stream);
}

/* Reads what was kept of the codec */
static void
replay (RtpStream * stream)
{
  GQueue foreign = G_QUEUE_INIT;
  Undecided *kept;

  /* Those had no room, and it turns out to have been video */
  stream->counts.undecided += stream->n_dropped[stream->codec];
  stream->counts.other -= stream->n_dropped[stream->codec];
  forget_dropped (stream);
  while ((kept = g_queue_pop_head (&stream->undecided))) {
    if (kept->packet.payload_type != (guint) stream->payload_type) {
      g_queue_push_tail (&foreign, kept);
      continue;
    }
    take_packet (stream, &kept->packet, kept->is_gap);
    stream->undecided_size -= sizeof (*kept) + kept->size;
    g_free (kept);
  }
  stream->undecided = foreign;
}

/* Whether the packet is of the payload type that is looked at. That is another one
 * where no more video comes, or most packets are of others, which may be for error
 * correction. */
static gboolean
check_payload_type (RtpStream * stream, guint payload_type)
{
  if (stream->payload_type == (gint) payload_type) {
    if (rtp_stream_is_video (stream))
      stream->n_foreign = 0;
    else if (stream->n_foreign > 0)
      stream->n_foreign--;
    return TRUE;
  }
  if (stream->payload_type >= 0 && ++stream->n_foreign < MAX_FOREIGN)
    return FALSE;

  if (stream->payload_type >= 0) {
    rtp_stream_flush (stream);
    rtp_codec_init (&stream->detector);
    set_codec (stream, stream->config.codec);
    stream->is_in_hurry = FALSE;
    forget_dropped (stream);
  }
  stream->payload_type = (gint) payload_type;
  stream->n_foreign = 0;
  return TRUE;
}

/* Reads what was kept, if the codec is known by now */
static void
decide (RtpStream * stream)
{
  set_codec (stream, rtp_codec_guess (&stream->detector,
          stream->is_in_hurry ? VOTES_IN_HURRY : G_MAXINT));
  if (rtp_stream_is_video (stream))
    replay (stream);
  if (stream->codec != RTP_CODEC_UNKNOWN)
    drop_undecided (stream);
}

void
rtp_stream_hurry (RtpStream * stream)
{
  stream->is_in_hurry = TRUE;
  if (stream->codec == RTP_CODEC_UNKNOWN)
    decide (stream);
}

void
rtp_stream_push (RtpStream * stream, const RtpPacket * packet, gboolean is_gap)
{
  const gboolean is_own = check_payload_type (stream, packet->payload_type);

  if (is_own && rtp_stream_is_video (stream)) {
    take_packet (stream, packet, is_gap);
  } else if (stream->codec == RTP_CODEC_UNKNOWN) {
    keep (stream, packet, is_gap);
    if (!is_own)
      return;
    rtp_codec_push (&stream->detector, packet->payload);
    decide (stream);
  } else {
    take_gap (stream, is_gap);
    stream->counts.other++;
  }
}

static void
end_access_unit (RtpStream * stream)
{
  rtp_sei_flush (&stream->sei);
  shrink (stream);
  end_picture (stream);
  stream->has_begun = FALSE;
}

/* A stream can be too short for its codec to be known for sure. If it goes on, it is
 * found out as before. */
static void
read_by_guess (RtpStream * stream)
{
  set_codec (stream, rtp_codec_guess (&stream->detector, VOTES_AT_END));
  if (rtp_stream_is_video (stream)) {
    replay (stream);
    end_access_unit (stream);
  }
  set_codec (stream, RTP_CODEC_UNKNOWN);
}

void
rtp_stream_flush (RtpStream * stream)
{
  if (stream->undecided.length > 0)
    read_by_guess (stream);
  else
    end_access_unit (stream);
}

void
rtp_stream_give_up (RtpStream * stream)
{
  rtp_stream_flush (stream);
  drop_undecided (stream);
  take_gap (stream, TRUE);
}

gsize
rtp_stream_get_memory (const RtpStream * stream)
{
  return stream->undecided_size + stream->buffer_size
      + (stream->pending != NULL ? stream->pending->len : 0);
}
