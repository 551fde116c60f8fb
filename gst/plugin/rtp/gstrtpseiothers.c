/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "gstrtpseiothers.h"

/* So many packets of a stream are kept until it is known what is in it, and has a pad, */
#define MAX_HELD 256

/* and so many bytes of all. */
#define MAX_HELD_BYTES (4u << 20)

/* A stream that is silent for so long, and for four times as long as it usually is, does
 * not keep its pad from another. */
#define SILENCE (500 * GST_MSECOND)

/* What is kept of a stream: its caller's data */
typedef struct
{
  GstPad *pad;
  GQueue held;                  /* of GstBuffer */
  gboolean has_begun;           /* on its pad */
  guint64 last;                 /* when its last packet came */
  guint64 interval;             /* from packet to packet, the longest of late */
} Other;

struct _GstRtpSeiOthers
{
  GList *pads;
  GList *streams;               /* of Other */
  gsize held_bytes;             /* of all */
};

GstRtpSeiOthers *
gst_rtp_sei_others_new (void)
{
  return g_new0 (GstRtpSeiOthers, 1);
}

static GstBuffer *
pop_held (GstRtpSeiOthers * self, Other * other)
{
  GstBuffer *buffer = g_queue_pop_head (&other->held);
  const gsize size = gst_buffer_get_size (buffer);

  self->held_bytes -= size;
  return buffer;
}

/* Returns: how many packets it still had */
static guint
free_stream (GstRtpSeiOthers * self, Other * other)
{
  const guint n = other->held.length;

  while (other->held.length > 0)
    gst_buffer_unref (pop_held (self, other));
  self->streams = g_list_remove (self->streams, other);
  g_free (other);
  return n;
}

guint
gst_rtp_sei_others_end (GstRtpSeiOthers * self, RtpReception * stream)
{
  if (stream->data == NULL)
    return 0;
  return free_stream (self, g_steal_pointer (&stream->data));
}

void
gst_rtp_sei_others_free (GstRtpSeiOthers * self)
{
  while (self->streams != NULL)
    free_stream (self, self->streams->data);
  g_list_free (self->pads);
  g_free (self);
}

void
gst_rtp_sei_others_add_pad (GstRtpSeiOthers * self, GstPad * pad)
{
  self->pads = g_list_append (self->pads, pad);
}

static void
lose_pad (Other * other)
{
  other->pad = NULL;
  other->has_begun = FALSE;
}

void
gst_rtp_sei_others_remove_pad (GstRtpSeiOthers * self, GstPad * pad)
{
  self->pads = g_list_remove (self->pads, pad);
  for (GList * l = self->streams; l != NULL; l = l->next) {
    Other *other = l->data;

    if (other->pad == pad)
      lose_pad (other);
  }
}

static Other *
find_stream (const GstRtpSeiOthers * self, const GstPad * pad)
{
  for (GList * l = self->streams; l != NULL; l = l->next)
    if (((Other *) l->data)->pad == pad)
      return l->data;
  return NULL;
}

static gboolean
is_silent (const Other * other, guint64 now)
{
  return now >= other->last + MAX (SILENCE, 4 * other->interval);
}

/* Finds a pad that is free, or takes that of the stream which is silent for longest. */
static GstPad *
find_pad (const GstRtpSeiOthers * self, guint64 now)
{
  Other *most_silent = NULL;
  GstPad *pad;

  for (GList * l = self->pads; l != NULL; l = l->next) {
    Other *other = find_stream (self, l->data);

    if (other == NULL)
      return l->data;
    if (is_silent (other, now)
        && (most_silent == NULL || other->last < most_silent->last))
      most_silent = other;
  }
  if (most_silent == NULL)
    return NULL;
  pad = most_silent->pad;
  lose_pad (most_silent);
  return pad;
}

/* RFC 3551 6, RFC 2250 2, RFC 6597 4. Of the others only the session description
 * would know. */
static GstCaps *
make_caps (RtpCodec codec, const RtpPacket * packet)
{
  GstCaps *caps = gst_caps_new_simple ("application/x-rtp",
      "payload", G_TYPE_INT, (gint) packet->payload_type,
      "ssrc", G_TYPE_UINT, packet->ssrc, NULL);

  if (codec == RTP_CODEC_MP2T)
    gst_caps_set_simple (caps, "media", G_TYPE_STRING, "video",
        "clock-rate", G_TYPE_INT, 90000,
        "encoding-name", G_TYPE_STRING, "MP2T", NULL);
  else if (codec == RTP_CODEC_KLV)
    gst_caps_set_simple (caps, "media", G_TYPE_STRING, "application",
        "clock-rate", G_TYPE_INT, 90000,
        "encoding-name", G_TYPE_STRING, "SMPTE336M", NULL);
  return caps;
}

static Other *
get_stream (GstRtpSeiOthers * self, RtpReception * stream)
{
  if (stream->data == NULL) {
    Other *other = g_new0 (Other, 1);

    g_queue_init (&other->held);
    self->streams = g_list_prepend (self->streams, other);
    stream->data = other;
  }
  return stream->data;
}

gboolean
gst_rtp_sei_others_has_pads (const GstRtpSeiOthers * self)
{
  return self->pads != NULL;
}

static gboolean
is_full (const GstRtpSeiOthers * self, const Other * other)
{
  return other->held.length >= MAX_HELD || self->held_bytes >= MAX_HELD_BYTES;
}

/* Returns: how many packets were dropped to make room */
static guint
hold (GstRtpSeiOthers * self, Other * other, GstBuffer * buffer)
{
  guint n = 0;

  while (other->held.length > 0 && is_full (self, other)) {
    gst_buffer_unref (pop_held (self, other));
    n++;
  }
  g_queue_push_tail (&other->held, buffer);
  self->held_bytes += gst_buffer_get_size (buffer);
  return n;
}

guint
gst_rtp_sei_others_push (GstRtpSeiOthers * self, RtpReception * stream,
    const RtpPacket * packet, GstBuffer * buffer, guint64 now, GArray * outputs)
{
  const gboolean is_known = stream->codec != RTP_CODEC_UNKNOWN;
  Other *other = get_stream (self, stream);
  const guint n_dropped = hold (self, other, buffer);

  if (other->last > 0)
    other->interval = MAX (now - other->last, other->interval / 8 * 7);
  other->last = now;
  if (other->pad == NULL && (is_known || is_full (self, other)))
    other->pad = find_pad (self, now);

  while (other->pad != NULL && other->held.length > 0) {
    const GstRtpSeiOutput output = {
      .pad = gst_object_ref (other->pad),
      .codec = stream->codec,
      .buffer = pop_held (self, other),
      .caps = other->has_begun ? NULL : make_caps (stream->codec, packet)
    };

    g_array_append_val (outputs, output);
    other->has_begun = TRUE;
  }
  return is_known ? n_dropped : 0;
}
