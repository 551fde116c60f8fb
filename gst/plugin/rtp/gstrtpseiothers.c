/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "gstrtpseiothers.h"

/* So many packets of a stream are kept until it is known what is in it, */
#define MAX_HELD 256

/* and so many bytes of all. */
#define MAX_HELD_BYTES (4u << 20)

/* What is kept of a stream: its caller's data */
typedef struct
{
  GstPad *pad;
  GQueue held;                  /* of GstBuffer */
  gsize held_bytes;
  gboolean has_begun;           /* on its pad */
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

static guint
drop_held (GstRtpSeiOthers * self, Other * other)
{
  const guint n = other->held.length;
  GstBuffer *buffer;

  while ((buffer = g_queue_pop_head (&other->held)))
    gst_buffer_unref (buffer);
  self->held_bytes -= other->held_bytes;
  other->held_bytes = 0;
  return n;
}

static void
free_stream (GstRtpSeiOthers * self, Other * other)
{
  drop_held (self, other);
  self->streams = g_list_remove (self->streams, other);
  g_free (other);
}

void
gst_rtp_sei_others_end (GstRtpSeiOthers * self, RtpReception * stream)
{
  if (stream->data != NULL)
    free_stream (self, g_steal_pointer (&stream->data));
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

void
gst_rtp_sei_others_remove_pad (GstRtpSeiOthers * self, GstPad * pad)
{
  self->pads = g_list_remove (self->pads, pad);
  for (GList * l = self->streams; l != NULL; l = l->next) {
    Other *other = l->data;

    if (other->pad == pad) {
      other->pad = NULL;
      other->has_begun = FALSE;
    }
  }
}

static GstPad *
find_free_pad (const GstRtpSeiOthers * self)
{
  for (GList * l = self->pads; l != NULL; l = l->next) {
    gboolean is_free = TRUE;

    for (GList * k = self->streams; k != NULL; k = k->next)
      is_free = is_free && ((Other *) k->data)->pad != l->data;
    if (is_free)
      return l->data;
  }
  return NULL;
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

static void
hold (GstRtpSeiOthers * self, Other * other, GstBuffer * buffer)
{
  const gsize size = gst_buffer_get_size (buffer);

  g_queue_push_tail (&other->held, buffer);
  other->held_bytes += size;
  self->held_bytes += size;
}

/* Whether it is worth waiting for more packets to tell what is in the stream. */
static gboolean
is_undecided (const GstRtpSeiOthers * self, const Other * other, RtpCodec codec)
{
  return codec == RTP_CODEC_UNKNOWN && other->held.length < MAX_HELD
      && self->held_bytes < MAX_HELD_BYTES;
}

guint
gst_rtp_sei_others_push (GstRtpSeiOthers * self, RtpReception * stream,
    const RtpPacket * packet, GstBuffer * buffer, GArray * outputs)
{
  Other *other = get_stream (self, stream);
  GstPad *pad = other->pad != NULL ? other->pad : find_free_pad (self);

  hold (self, other, buffer);
  if (pad == NULL) {
    const guint n = drop_held (self, other);

    return stream->codec == RTP_CODEC_UNKNOWN ? 0 : n;
  }
  if (other->pad == NULL && is_undecided (self, other, stream->codec))
    return 0;

  other->pad = pad;
  while ((buffer = g_queue_pop_head (&other->held))) {
    const GstRtpSeiOutput output = {
      .pad = gst_object_ref (pad),
      .codec = stream->codec,
      .buffer = buffer,
      .caps = other->has_begun ? NULL : make_caps (stream->codec, packet)
    };

    g_array_append_val (outputs, output);
    other->has_begun = TRUE;
  }
  self->held_bytes -= other->held_bytes;
  other->held_bytes = 0;
  return 0;
}
