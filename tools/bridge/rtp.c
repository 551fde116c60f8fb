/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* RTP at a UDP port: finds the streams (RFC 3550: one for each SSRC) in what arrives,
 * and gives each a chain of its own. What is not RTP, or not H.264, is dropped and
 * counted: it can neither stop the bridge nor disturb another stream. */

#include <gio/gio.h>
#include <gst/app/gstappsink.h>
#include <gst/rtp/gstrtcpbuffer.h>
#include <gst/rtp/gstrtpbuffer.h>
#include <linux/sock_diag.h>
#include <string.h>
#include <sys/socket.h>

#include "input.h"
#include "rtpchain.h"

#define MAX_STREAMS 64
#define MAX_CANDIDATES 64
#define SILENCE_US (60 * G_TIME_SPAN_SECOND)
/* when all places are taken, a stream that is silent for so long makes room */
#define YIELD_US (5 * G_TIME_SPAN_SECOND)

typedef enum
{
  LOST_IN_SOCKET,
  LOST_IN_QUEUE,
  LOST_ON_THE_WAY,
  LOST_NO_RTP,
  LOST_NO_STREAM,
  LOST_NO_ROOM,
  LOST_NO_H264,
  N_LOSSES
} Loss;

/* What was lost, and what the user can do about it. */
static const char *const loss_texts[N_LOSSES] = {
  [LOST_IN_SOCKET] = "datagrams because the socket's buffer was full (give the"
      " bridge more processor time, or raise net.core.rmem_max)",
  [LOST_IN_QUEUE] = "packets because the bridge was too slow (give it more"
      " processor time)",
  [LOST_ON_THE_WAY] = "packets missing from their streams, lost on the way or"
      " here (check the network)",
  [LOST_NO_RTP] = "datagrams that are not RTP (check what else sends to this"
      " port)",
  [LOST_NO_STREAM] = "RTP packets that belong to no stream (check what else"
      " sends to this port)",
  [LOST_NO_ROOM] = "packets of streams for which there was no room (let another"
      " bridge take some of the cameras)",
  [LOST_NO_H264] = "packets that are not H.264 (set the cameras to H.264, and"
      " check what else sends to this port)",
};

/* A stream that has proven to be one. */
typedef struct
{
  guint32 ssrc;
  RtpChain *chain;
  gint64 last_us;
  gboolean is_built;            /* or is being built */
} Stream;

/* One packet of an SSRC that was not seen before. Noise has a new SSRC each time;
 * a stream follows with the next sequence number (RFC 3550 A.1). */
typedef struct
{
  guint32 ssrc;
  guint16 next_seq;
  GstBuffer *held;              /* NULL: free place */
} Candidate;

typedef struct
{
  Input input;
  GstElement *pipeline;
  GstElement *udp;
  GstElement *funnel;
  guint port;
  guint expire_id;
  /* One thread, which builds and removes chains: no packet waits for that. */
  GThreadPool *builder;

  GMutex lock;
  GCond built;
  guint n_to_build;
  gboolean is_ending;
  GHashTable *streams;          /* SSRC -> Stream */
  Candidate candidates[MAX_CANDIDATES];
  guint next_candidate;         /* the one to be replaced */
  guint64 losses[N_LOSSES];     /* without those that the chains know */
} RtpInput;

static void
stream_free (gpointer data)
{
  Stream *stream = data;

  rtp_chain_free (stream->chain);
  g_free (stream);
}

/* With the lock held. What a chain that @is_over still holds is lost. */
static void
add_losses (const Stream * stream, gboolean is_over, guint64 * losses)
{
  guint64 missing, held;

  rtp_chain_count (stream->chain, &missing, &held);
  losses[LOST_ON_THE_WAY] += missing;
  if (is_over)
    losses[LOST_NO_H264] += held;
}

/* In the builder's thread, which is given a stream twice: when it is new, and when
 * nobody else knows it any more. */
static void
build_or_remove (gpointer data, gpointer user_data)
{
  RtpInput *self = user_data;
  Stream *stream = data;
  gboolean is_over;

  g_mutex_lock (&self->lock);
  is_over = stream->is_built;
  stream->is_built = TRUE;
  g_mutex_unlock (&self->lock);

  if (is_over)
    rtp_chain_remove (stream->chain);
  else
    rtp_chain_build (stream->chain);

  g_mutex_lock (&self->lock);
  if (is_over) {
    add_losses (stream, TRUE, self->losses);
  } else {
    self->n_to_build--;
    g_cond_signal (&self->built);
  }
  g_mutex_unlock (&self->lock);
  if (is_over)
    stream_free (stream);
}

/* With the lock held. */
static Stream *
add_stream (RtpInput * self, guint32 ssrc)
{
  Stream *stream = g_new0 (Stream, 1);

  stream->ssrc = ssrc;
  stream->chain = rtp_chain_new (self->pipeline, self->funnel);
  g_hash_table_insert (self->streams, GUINT_TO_POINTER (ssrc), stream);
  self->n_to_build++;
  g_thread_pool_push (self->builder, stream, NULL);
  return stream;
}

/* With the lock held. */
static void
remove_stream (RtpInput * self, Stream * stream)
{
  g_hash_table_steal (self->streams, GUINT_TO_POINTER (stream->ssrc));
  g_thread_pool_push (self->builder, stream, NULL);
}

/* With the lock held. */
static gboolean
make_room (RtpInput * self)
{
  Stream *oldest = NULL;
  GHashTableIter iter;
  gpointer stream;

  if (g_hash_table_size (self->streams) < MAX_STREAMS)
    return TRUE;
  g_hash_table_iter_init (&iter, self->streams);
  while (g_hash_table_iter_next (&iter, NULL, &stream))
    if (!oldest || ((Stream *) stream)->last_us < oldest->last_us)
      oldest = stream;
  if (oldest->last_us > g_get_monotonic_time () - YIELD_US)
    return FALSE;
  remove_stream (self, oldest);
  return TRUE;
}

/* With the lock held. Keeps @packet until the next one of its stream proves that
 * there is a stream. Returns that stream, with the packets before the last one
 * already pushed, or NULL. */
static Stream *
prove (RtpInput * self, GstBuffer * packet, guint32 ssrc, guint16 seq)
{
  Candidate *candidate = NULL;
  Loss loss = LOST_NO_STREAM;

  for (guint i = 0; i < MAX_CANDIDATES; i++)
    if (self->candidates[i].held && self->candidates[i].ssrc == ssrc)
      candidate = &self->candidates[i];
  if (candidate && candidate->next_seq == seq) {
    if (make_room (self)) {
      Stream *stream = add_stream (self, ssrc);

      rtp_chain_push (stream->chain, g_steal_pointer (&candidate->held));
      return stream;
    }
    loss = LOST_NO_ROOM;
  }
  if (!candidate) {
    candidate = &self->candidates[self->next_candidate];
    self->next_candidate = (self->next_candidate + 1) % MAX_CANDIDATES;
  }
  if (candidate->held)
    self->losses[loss]++;
  gst_buffer_replace (&candidate->held, packet);
  candidate->ssrc = ssrc;
  candidate->next_seq = seq + 1;
  return NULL;
}

static gboolean
read_header (GstBuffer * packet, guint32 * ssrc, guint16 * seq)
{
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;

  if (!gst_rtp_buffer_map (packet, GST_MAP_READ, &rtp))
    return FALSE;
  *ssrc = gst_rtp_buffer_get_ssrc (&rtp);
  *seq = gst_rtp_buffer_get_seq (&rtp);
  gst_rtp_buffer_unmap (&rtp);
  return TRUE;
}

static GstFlowReturn
on_packet (GstAppSink * sink, gpointer data)
{
  RtpInput *self = data;
  g_autoptr (GstSample) sample = gst_app_sink_pull_sample (sink);
  g_autoptr (GstBuffer) packet = NULL;
  GstFlowReturn result = GST_FLOW_OK;
  Stream *stream;
  guint32 ssrc;
  guint16 seq;

  if (!sample)
    return GST_FLOW_EOS;
  /* What the chains get is not from udpsrc's pool: where many threads give buffers
   * back at once, the pool of GStreamer 1.22 stops, and keeps them all busy. */
  packet = gst_buffer_copy_deep (gst_sample_get_buffer (sample));
  g_mutex_lock (&self->lock);
  if (self->is_ending) {
    result = GST_FLOW_EOS;
  } else if (!read_header (packet, &ssrc, &seq)) {
    /* RTCP may come to the same port */
    if (gst_buffer_get_size (packet) == 0 || !gst_rtcp_buffer_validate (packet))
      self->losses[LOST_NO_RTP]++;
  } else {
    stream = g_hash_table_lookup (self->streams, GUINT_TO_POINTER (ssrc));
    if (!stream)
      stream = prove (self, packet, ssrc, seq);
    if (stream) {
      stream->last_us = g_get_monotonic_time ();
      if (!rtp_chain_push (stream->chain, g_steal_pointer (&packet)))
        self->losses[LOST_IN_QUEUE]++;
    }
  }
  g_mutex_unlock (&self->lock);
  return result;
}

/* Removes the chains of streams that have been silent for long. */
static gboolean
expire (gpointer data)
{
  RtpInput *self = data;
  const gint64 oldest_us = g_get_monotonic_time () - SILENCE_US;
  g_autoptr (GList) all = NULL;

  g_mutex_lock (&self->lock);
  all = g_hash_table_get_values (self->streams);
  for (GList * l = all; l; l = l->next) {
    Stream *stream = l->data;

    if (stream->last_us < oldest_us)
      remove_stream (self, stream);
  }
  g_mutex_unlock (&self->lock);
  return G_SOURCE_CONTINUE;
}

static Input *
rtp_open (const GstUri * uri, GstElement * pipeline, GstElement * funnel,
    GError ** error)
{
  GstAppSinkCallbacks callbacks = {.new_sample = on_packet };
  g_autofree char *description = NULL;
  g_autoptr (GstElement) receiver = NULL;
  GstElement *bin;
  RtpInput *self;

  if (!rtp_chain_check (error))
    return NULL;
  description = g_strdup_printf ("udpsrc name=udp address=0.0.0.0 port=%u"
      " reuse=false buffer-size=8388608 ! appsink name=receiver sync=false"
      " async=false enable-last-sample=false", gst_uri_get_port (uri));
  bin = gst_parse_bin_from_description (description, FALSE, error);
  if (!bin)
    return NULL;
  gst_bin_add (GST_BIN (pipeline), bin);

  self = g_new0 (RtpInput, 1);
  g_mutex_init (&self->lock);
  g_cond_init (&self->built);
  self->builder = g_thread_pool_new (build_or_remove, self, 1, FALSE, NULL);
  self->pipeline = pipeline;
  self->udp = gst_bin_get_by_name (GST_BIN (bin), "udp");
  self->funnel = funnel;
  self->port = gst_uri_get_port (uri);
  self->streams = g_hash_table_new_full (NULL, NULL, NULL, stream_free);
  self->expire_id = g_timeout_add_seconds (1, expire, self);
  receiver = gst_bin_get_by_name (GST_BIN (bin), "receiver");
  gst_app_sink_set_callbacks (GST_APP_SINK (receiver), &callbacks, self, NULL);
  return &self->input;
}

/* With the lock held. The kernel has its count as long as the socket is open; what
 * comes after the end is not lost. */
static void
read_socket (RtpInput * self)
{
  g_autoptr (GSocket) s = NULL;
  guint32 info[SK_MEMINFO_VARS];
  socklen_t size = sizeof (info);

  if (self->is_ending)
    return;
  g_object_get (self->udp, "used-socket", &s, NULL);
  if (s && getsockopt (g_socket_get_fd (s), SOL_SOCKET, SO_MEMINFO, info,
          &size) == 0)
    self->losses[LOST_IN_SOCKET] = info[SK_MEMINFO_DROPS];
}

static void
rtp_end (Input * input)
{
  RtpInput *self = (RtpInput *) input;
  GHashTableIter iter;
  gpointer stream;

  g_mutex_lock (&self->lock);
  read_socket (self);
  self->is_ending = TRUE;
  while (self->n_to_build > 0)
    g_cond_wait (&self->built, &self->lock);
  g_hash_table_iter_init (&iter, self->streams);
  while (g_hash_table_iter_next (&iter, NULL, &stream))
    rtp_chain_end (((Stream *) stream)->chain);
  g_mutex_unlock (&self->lock);
  /* udpsrc takes events only while it runs */
  if (GST_STATE (self->udp) == GST_STATE_PLAYING)
    gst_element_send_event (self->udp, gst_event_new_eos ());
}

static void
rtp_close (Input * input)
{
  RtpInput *self = (RtpInput *) input;

  g_source_remove (self->expire_id);
  g_thread_pool_free (self->builder, FALSE, TRUE);
  for (guint i = 0; i < MAX_CANDIDATES; i++)
    gst_clear_buffer (&self->candidates[i].held);
  g_hash_table_unref (self->streams);
  gst_object_unref (self->udp);
  g_cond_clear (&self->built);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* Complaints of a chain are counted; with an error it goes. */
static gboolean
rtp_handle_message (Input * input, GstMessage * message, char **why)
{
  RtpInput *self = (RtpInput *) input;
  const gboolean is_error = GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR;
  GHashTableIter iter;
  gpointer stream;

  if (is_error && GST_MESSAGE_SRC (message) == GST_OBJECT (self->udp)) {
    g_autofree char *debug = NULL;

    /* udpsrc says why in its details alone, behind the line of the source */
    gst_message_parse_error (message, NULL, &debug);
    *why = g_strdup_printf ("Could not listen at UDP port %u (%s): end the"
        " program that uses it, or give another --port", self->port,
        debug ? debug + strcspn (debug, "\n") + (strchr (debug, '\n') != NULL)
        : "unknown reason");
    return TRUE;
  }
  if (!rtp_chain_is_part (GST_MESSAGE_SRC (message)))
    return FALSE;
  g_mutex_lock (&self->lock);
  self->losses[LOST_NO_H264]++;
  g_hash_table_iter_init (&iter, self->streams);
  while (is_error && g_hash_table_iter_next (&iter, NULL, &stream)) {
    if (rtp_chain_has (((Stream *) stream)->chain, GST_MESSAGE_SRC (message))) {
      remove_stream (self, stream);
      break;
    }
  }
  g_mutex_unlock (&self->lock);
  return TRUE;
}

static char *
rtp_describe (Input * input)
{
  return g_strdup_printf ("listening udp://0.0.0.0:%u",
      ((RtpInput *) input)->port);
}

static char *
rtp_describe_losses (Input * input, gboolean is_over)
{
  RtpInput *self = (RtpInput *) input;
  g_autoptr (GString) text = g_string_new (NULL);
  guint64 losses[N_LOSSES];
  GHashTableIter iter;
  gpointer stream;

  g_mutex_lock (&self->lock);
  read_socket (self);
  memcpy (losses, self->losses, sizeof (losses));
  for (guint i = 0; is_over && i < MAX_CANDIDATES; i++)
    losses[LOST_NO_STREAM] += self->candidates[i].held != NULL;
  g_hash_table_iter_init (&iter, self->streams);
  while (g_hash_table_iter_next (&iter, NULL, &stream))
    add_losses (stream, is_over, losses);
  g_mutex_unlock (&self->lock);

  for (guint i = 0; i < N_LOSSES; i++)
    if (losses[i] > 0)
      g_string_append_printf (text, "%s%" G_GUINT64_FORMAT " %s",
          text->len > 0 ? "; " : "", losses[i], loss_texts[i]);
  return text->len > 0 ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
}

const InputKind rtp_input = {
  .scheme = "rtp",
  .open = rtp_open,
  .describe = rtp_describe,
  .describe_losses = rtp_describe_losses,
  .handle_message = rtp_handle_message,
  .end = rtp_end,
  .close = rtp_close
};
