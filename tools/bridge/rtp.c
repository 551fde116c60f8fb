/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gio/gio.h>
#include <gst/app/gstappsrc.h>
#include <gst/rtp/gstrtpbuffer.h>
#include <linux/sock_diag.h>
#include <string.h>
#include <sys/socket.h>

#include "rtp.h"

#define MAX_STREAMS 64
#define MAX_CANDIDATES 64
#define SILENCE_US (60 * G_TIME_SPAN_SECOND)
/* when all places are taken, a stream that is silent for so long makes room */
#define YIELD_US (5 * G_TIME_SPAN_SECOND)
/* enough for a burst of key frames while a chain waits for a processor */
#define MAX_QUEUED_BYTES (16 * 1024 * 1024)

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
  [LOST_ON_THE_WAY] = "packets that are missing between others of their stream"
      " (check the network, unless they are among those before)",
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
  GstAppSrc *source;            /* takes packets before there is a chain, too */
  gint64 last_us;
  guint64 n_packets;            /* given to the source */

  /* the builder's thread; the chain also under the lock */
  gboolean is_built;
  GstElement *bin;              /* the chain */
  GstElement *jitter;           /* in it */
  GstPad *funnel_pad;
} Stream;

/* One packet of an SSRC that was not seen before. Noise has a new SSRC each time;
 * a stream follows with the next sequence number (RFC 3550 A.1). */
typedef struct
{
  guint32 ssrc;
  guint16 next_seq;
  GstBuffer *held;              /* NULL: free place */
} Candidate;

/* marks a chain's bin, also after it has gone */
#define STREAM_QUARK (g_quark_from_static_string ("bridge-stream"))

struct _BridgeStreams
{
  GstElement *pipeline;
  GstElement *udp;
  GstElement *funnel;
  GstCaps *caps;

  /* One thread, which builds and removes chains: no packet waits for that. */
  GThreadPool *builder;

  GMutex lock;
  GCond built;
  guint n_to_build;
  gboolean is_ending;
  GHashTable *streams;          /* SSRC -> Stream */
  Candidate candidates[MAX_CANDIDATES];
  guint next_candidate;         /* the one to be replaced */
  guint64 losses[N_LOSSES];     /* but for those that the chains know */
};

static void
stream_free (gpointer data)
{
  Stream *stream = data;

  gst_object_unref (stream->source);
  gst_clear_object (&stream->bin);
  gst_clear_object (&stream->jitter);
  gst_clear_object (&stream->funnel_pad);
  g_free (stream);
}

static void
build_chain (BridgeStreams * self, Stream * stream)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) json = NULL;
  GstElement *jitter;
  g_autoptr (GstPad) pad = NULL;
  GstElement *bin;
  GstPad *ghost;

  /* No parser: the access units are complete as they leave the depayloader, and
   * h264parse would drop the SEI of all that comes before the first SPS. */
  bin = gst_parse_bin_from_description ("rtpjitterbuffer name=jitter"
      " latency=200 ! rtph264depay !"
      " video/x-h264,stream-format=byte-stream,alignment=au !"
      " seiextract name=extract  extract.metadata ! capsfilter name=json"
      " caps=application/x-json", FALSE, &error);
  if (!bin) {
    g_warning ("%s", error->message);
    return;
  }
  jitter = gst_bin_get_by_name (GST_BIN (bin), "jitter");
  gst_bin_add (GST_BIN (bin), GST_ELEMENT (stream->source));
  gst_element_link (GST_ELEMENT (stream->source), jitter);
  json = gst_bin_get_by_name (GST_BIN (bin), "json");
  pad = gst_element_get_static_pad (json, "src");
  ghost = gst_ghost_pad_new ("src", pad);
  gst_pad_set_active (ghost, TRUE);
  gst_element_add_pad (bin, ghost);

  g_object_set_qdata (G_OBJECT (bin), STREAM_QUARK, GUINT_TO_POINTER (TRUE));
  g_mutex_lock (&self->lock);
  stream->bin = gst_object_ref (bin);
  stream->jitter = jitter;
  g_mutex_unlock (&self->lock);
  stream->funnel_pad = gst_element_request_pad_simple (self->funnel, "sink_%u");
  gst_bin_add (GST_BIN (self->pipeline), bin);
  gst_pad_link (ghost, stream->funnel_pad);
  gst_element_sync_state_with_parent (bin);
}

/* With the lock held. Adds what the jitter buffer missed and, of a chain that
 * @is_over, what it was given and never passed on. */
static void
add_losses (const Stream * stream, gboolean is_over, guint64 * losses)
{
  g_autoptr (GstStructure) stats = NULL;
  guint64 pushed, lost, late, duplicates;

  if (!stream->jitter)
    return;
  g_object_get (stream->jitter, "stats", &stats, NULL);
  gst_structure_get (stats, "num-pushed", G_TYPE_UINT64, &pushed,
      "num-lost", G_TYPE_UINT64, &lost, "num-late", G_TYPE_UINT64, &late,
      "num-duplicates", G_TYPE_UINT64, &duplicates, NULL);
  losses[LOST_ON_THE_WAY] += lost;
  if (is_over)
    losses[LOST_NO_H264] += stream->n_packets - pushed - late - duplicates;
}

static void
remove_chain (BridgeStreams * self, Stream * stream)
{
  if (!stream->bin)
    return;
  gst_element_set_locked_state (stream->bin, TRUE);
  gst_element_set_state (stream->bin, GST_STATE_NULL);
  gst_bin_remove (GST_BIN (self->pipeline), stream->bin);
  gst_element_release_request_pad (self->funnel, stream->funnel_pad);
  g_mutex_lock (&self->lock);
  add_losses (stream, TRUE, self->losses);
  g_mutex_unlock (&self->lock);
}

/* In the builder's thread, which is given a stream twice: when it is new, and when
 * nobody else knows it any more. */
static void
build_or_remove (gpointer data, gpointer user_data)
{
  BridgeStreams *self = user_data;
  Stream *stream = data;

  if (stream->is_built) {
    remove_chain (self, stream);
    stream_free (stream);
    return;
  }
  build_chain (self, stream);
  stream->is_built = TRUE;
  g_mutex_lock (&self->lock);
  self->n_to_build--;
  g_cond_signal (&self->built);
  g_mutex_unlock (&self->lock);
}

/* With the lock held. */
static Stream *
add_stream (BridgeStreams * self, guint32 ssrc)
{
  GstElement *source = gst_element_factory_make ("appsrc", NULL);
  Stream *stream = g_new0 (Stream, 1);

  g_object_set (source, "caps", self->caps, "is-live", TRUE,
      "format", GST_FORMAT_TIME, NULL);
  stream->ssrc = ssrc;
  stream->source = GST_APP_SRC (gst_object_ref_sink (source));
  g_hash_table_insert (self->streams, GUINT_TO_POINTER (ssrc), stream);
  self->n_to_build++;
  g_thread_pool_push (self->builder, stream, NULL);
  return stream;
}

/* With the lock held. */
static void
remove_stream (BridgeStreams * self, Stream * stream)
{
  g_hash_table_steal (self->streams, GUINT_TO_POINTER (stream->ssrc));
  g_thread_pool_push (self->builder, stream, NULL);
}

/* With the lock held. */
static gboolean
make_room (BridgeStreams * self)
{
  Stream *oldest = NULL, *stream;
  GHashTableIter iter;

  if (g_hash_table_size (self->streams) < MAX_STREAMS)
    return TRUE;
  g_hash_table_iter_init (&iter, self->streams);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) & stream))
    if (!oldest || stream->last_us < oldest->last_us)
      oldest = stream;
  if (oldest->last_us > g_get_monotonic_time () - YIELD_US)
    return FALSE;
  remove_stream (self, oldest);
  return TRUE;
}

/* With the lock held. */
static void
push (BridgeStreams * self, Stream * stream, GstBuffer * packet)
{
  if (gst_app_src_get_current_level_bytes (stream->source)
      + gst_buffer_get_size (packet) > MAX_QUEUED_BYTES) {
    self->losses[LOST_IN_QUEUE]++;
    gst_buffer_unref (packet);
  } else if (gst_app_src_push_buffer (stream->source, packet) == GST_FLOW_OK) {
    stream->n_packets++;
  } else {
    /* after an error, of which a message is on its way */
    self->losses[LOST_NO_H264]++;
  }
}

/* With the lock held. Keeps @packet until the next one of its stream proves that
 * there is a stream. Returns that stream, with the packets before the last one
 * already pushed, or NULL. */
static Stream *
prove (BridgeStreams * self, GstBuffer * packet, guint32 ssrc, guint16 seq)
{
  Candidate *candidate = NULL;
  Loss loss = LOST_NO_STREAM;

  for (guint i = 0; i < MAX_CANDIDATES; i++)
    if (self->candidates[i].held && self->candidates[i].ssrc == ssrc)
      candidate = &self->candidates[i];
  if (candidate && candidate->next_seq == seq) {
    if (make_room (self)) {
      Stream *stream = add_stream (self, ssrc);

      push (self, stream, g_steal_pointer (&candidate->held));
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

/* RTCP at the same port needs no care: what lies where RTP has SSRC and sequence
 * number never proves to be a stream. */
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
  BridgeStreams *self = data;
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
    self->losses[LOST_NO_RTP]++;
  } else {
    stream = g_hash_table_lookup (self->streams, GUINT_TO_POINTER (ssrc));
    if (!stream)
      stream = prove (self, packet, ssrc, seq);
    if (stream) {
      stream->last_us = g_get_monotonic_time ();
      push (self, stream, g_steal_pointer (&packet));
    }
  }
  g_mutex_unlock (&self->lock);
  return result;
}

BridgeStreams *
bridge_streams_new (GstElement * pipeline, GstElement * udp,
    GstAppSink * receiver, GstElement * funnel)
{
  GstAppSinkCallbacks callbacks = {.new_sample = on_packet };
  BridgeStreams *self = g_new0 (BridgeStreams, 1);

  g_mutex_init (&self->lock);
  g_cond_init (&self->built);
  self->builder = g_thread_pool_new (build_or_remove, self, 1, FALSE, NULL);
  self->pipeline = pipeline;
  self->udp = udp;
  self->funnel = funnel;
  self->streams = g_hash_table_new_full (NULL, NULL, NULL, stream_free);
  self->caps = gst_caps_from_string ("application/x-rtp, media=video,"
      " clock-rate=90000, encoding-name=H264");
  gst_app_sink_set_callbacks (receiver, &callbacks, self, NULL);
  return self;
}

/* With the lock held. The kernel has its count as long as the socket is open. */
static void
read_socket (BridgeStreams * self)
{
  g_autoptr (GSocket) s = NULL;
  guint32 info[SK_MEMINFO_VARS];
  socklen_t size = sizeof (info);

  g_object_get (self->udp, "used-socket", &s, NULL);
  if (s && getsockopt (g_socket_get_fd (s), SOL_SOCKET, SO_MEMINFO, info,
          &size) == 0)
    self->losses[LOST_IN_SOCKET] = info[SK_MEMINFO_DROPS];
}

void
bridge_streams_end (BridgeStreams * self)
{
  GHashTableIter iter;
  Stream *stream;

  g_mutex_lock (&self->lock);
  if (!self->is_ending)
    read_socket (self);
  self->is_ending = TRUE;
  while (self->n_to_build > 0)
    g_cond_wait (&self->built, &self->lock);
  g_hash_table_iter_init (&iter, self->streams);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) & stream))
    gst_app_src_end_of_stream (stream->source);
  g_mutex_unlock (&self->lock);
  /* a udpsrc that does not run does not stand it */
  if (GST_STATE (self->udp) == GST_STATE_PLAYING)
    gst_element_send_event (self->udp, gst_event_new_eos ());
}

void
bridge_streams_free (BridgeStreams * self)
{
  g_thread_pool_free (self->builder, FALSE, TRUE);
  for (guint i = 0; i < MAX_CANDIDATES; i++)
    gst_clear_buffer (&self->candidates[i].held);
  g_hash_table_unref (self->streams);
  gst_caps_unref (self->caps);
  g_cond_clear (&self->built);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* The chain that @object is in, or NULL. */
static GstObject *
find_bin (GstObject * object)
{
  while (object && !g_object_get_qdata (G_OBJECT (object), STREAM_QUARK))
    object = GST_OBJECT_PARENT (object);
  return object;
}

gboolean
bridge_streams_handle_message (BridgeStreams * self, GstMessage * message)
{
  GstObject *bin = find_bin (GST_MESSAGE_SRC (message));
  GHashTableIter iter;
  Stream *stream;

  if (!bin)
    return FALSE;
  g_mutex_lock (&self->lock);
  self->losses[LOST_NO_H264]++;
  g_hash_table_iter_init (&iter, self->streams);
  while (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR
      && g_hash_table_iter_next (&iter, NULL, (gpointer *) & stream)) {
    if (GST_OBJECT (stream->bin) == bin) {
      remove_stream (self, stream);
      break;
    }
  }
  g_mutex_unlock (&self->lock);
  return TRUE;
}

void
bridge_streams_expire (BridgeStreams * self)
{
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
}

char *
bridge_streams_describe_losses (BridgeStreams * self)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint64 losses[N_LOSSES];
  GHashTableIter iter;
  Stream *stream;

  g_mutex_lock (&self->lock);
  if (!self->is_ending)
    read_socket (self);
  memcpy (losses, self->losses, sizeof (losses));
  for (guint i = 0; self->is_ending && i < MAX_CANDIDATES; i++)
    losses[LOST_NO_STREAM] += self->candidates[i].held != NULL;
  g_hash_table_iter_init (&iter, self->streams);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) & stream))
    add_losses (stream, self->is_ending, losses);
  g_mutex_unlock (&self->lock);

  for (guint i = 0; i < N_LOSSES; i++)
    if (losses[i] > 0)
      g_string_append_printf (text, "%s%" G_GUINT64_FORMAT " %s",
          text->len > 0 ? "; " : "", losses[i], loss_texts[i]);
  return text->len > 0 ? g_strdup (text->str) : NULL;
}
