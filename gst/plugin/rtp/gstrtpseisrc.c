/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/**
 * SECTION:element-rtpseisrc
 * @title: rtpseisrc
 * @short_description: Receives the SEI of H.264 and H.265 streams over RTP
 * @see_also: seiextract, kafkasink
 *
 * Listens at UDP ports, and takes the SEI NAL units out of the RTP packets of any
 * number of cameras, without building a frame. Each buffer has those of one access
 * unit, as soon as they are complete, and nothing else of it: it is for #seiextract, not
 * for a decoder.
 *
 * A stream is what has one source address, source port and SSRC. It needs no session
 * description: whether it is H.264 or H.265 shows in its packets. The pads `h264` and
 * `h265` appear when the first such stream does. Streams that are no video, such as
 * MPEG-TS and KLV, leave on request pads `rtp_%u` as they come, in order, one on each;
 * where the stream of a pad ends, the next one takes its place.
 *
 * The PTS is when the access unit came, without the jitter of the network. Where the
 * sender says what time it is (RTCP sender reports at the same port or the next one,
 * RFC 6051, or ONVIF), buffers have a #GstReferenceTimestampMeta in `timestamp/x-unix`,
 * too.
 *
 * One thread reads all ports and pushes all buffers, so that its number does not grow
 * with the cameras. Whoever blocks it has packets pile up in the sockets: put a queue
 * or a sink that drops behind it if something does.
 *
 * The source is live. Its latency is the time for which a packet waits for those
 * before it. A pad that is not linked stops nothing: its buffers are counted, and a
 * warning tells of it. EOS goes out on all pads; if there is none by then, on that of
 * #rtpseisrc:codec, or `h264`.
 *
 * Every five seconds in which it sees something else than before, it posts an element
 * message `rtp-seen`: `seconds` (#guint) that it looked; `packets` of RTP, `rtcp`,
 * `no-rtp`, `at-rtcp-port`, `unproven`, `no-place`, `sei`, `behind-slices` (#guint64), as
 * in #rtpseisrc:stats; and how many streams there were of `h264`, `h265`, `mp2t`, `klv`
 * and `unknown`, and of video `without-sei` (#guint).
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 rtpseisrc port=5000 ! seiextract ! kafkasink bootstrap-servers=localhost:9092 topic=metadata
 * ]|
 */

#include "gstrtpseielements.h"

#include <stdio.h>
#include <string.h>

#include "gstrtpseiothers.h"
#include "gstrtpseioutputs.h"
#include "gstrtpseireports.h"
#include "gstrtpseisettings.h"
#include "gstrtpseistats.h"
#include "timedbuffer.h"
#include "timedreception.h"

GST_DEBUG_CATEGORY_STATIC (rtp_sei_src_debug);
#define GST_CAT_DEFAULT rtp_sei_src_debug

#define LOOK (GST_RTP_SEI_REPORTS_SECONDS * GST_SECOND)

/* For how long what is in the sockets is read at the end, where senders go on so fast
 * that they are never empty */
#define DRAIN (2 * GST_SECOND)

struct _GstRtpSeiSrc
{
  GstElement parent;

  GThread *thread;              /* from PAUSED on */

  /* streaming thread */
  GstRtpSeiOutputs outputs;     /* pushed after each batch */
  GstRtpSeiReports reports;
  gint64 offset;                /* from arrival to running time */
  gint64 earliest;              /* running time: what came in PAUSED is not older */
  gboolean has_paused;
  guint64 next_look;
  guint64 next_count;
  guint64 drained_by;           /* when to stop reading, after EOS was asked for */
  guint n_empty;                /* how often there was nothing to read since then */

  /* lock: the innermost but for OBJECT_LOCK; nothing is pushed or posted with it */
  GMutex lock;
  GCond changed;
  gboolean is_running;          /* from PAUSED on */
  gboolean is_playing;
  gboolean is_stopping;
  GstEvent *eos;                /* asked for */
  RtpSockets *sockets;          /* from READY on */
  RtpReceiver *receiver;        /* from PAUSED on, until it starts again */
  GstRtpSeiOthers *others;
  GstRtpSeiCounts counts;       /* as they were when they were looked at last */
  gchar **listening;

  /* OBJECT_LOCK */
  GstRtpSeiSettings settings;
  guint next_pad;
};

#define GST_TYPE_RTP_SEI_SRC (gst_rtp_sei_src_get_type ())
G_DECLARE_FINAL_TYPE (GstRtpSeiSrc, gst_rtp_sei_src, GST, RTP_SEI_SRC,
    GstElement);

static guint prop_stats;        /* the ids of the properties */
static guint prop_listening;

G_DEFINE_TYPE (GstRtpSeiSrc, gst_rtp_sei_src, GST_TYPE_ELEMENT);
GST_ELEMENT_REGISTER_DEFINE_WITH_CODE (rtpseisrc, "rtpseisrc", GST_RANK_NONE,
    GST_TYPE_RTP_SEI_SRC, GST_DEBUG_CATEGORY_INIT (rtp_sei_src_debug,
        "rtpseisrc", 0, "SEI of RTP streams"));

static guint64
get_now (void)
{
  return (guint64) g_get_monotonic_time () * 1000;
}

/* --- what is received, with the lock held -------------------------------------- */

static GstClockTime
get_pts (const GstRtpSeiSrc * self, guint64 arrival)
{
  if (self->offset == TIMED_NO_TIME)
    return GST_CLOCK_TIME_NONE;
  return (GstClockTime) MAX ((gint64) arrival + self->offset, self->earliest);
}

static void
set_reception (GstBuffer * buffer, const RtpReception * stream)
{
  const RtpSource *source = stream->source;
  TimedReception reception = {
    .port = source->flow.source.port,
    .local_port = source->flow.port,
    .ssrc = source->ssrc
  };

  memcpy (reception.ip, source->flow.source.ip, sizeof (reception.ip));
  timed_buffer_set_reception (buffer, &reception);
}

static void
on_access_unit (RtpReception * stream, const RtpAccessUnit * unit,
    guint64 arrival, gint64 unix_ns, gpointer user_data)
{
  static GstStaticCaps unix_time = GST_STATIC_CAPS ("timestamp/x-unix");
  GstRtpSeiSrc *self = user_data;
  GstRtpSeiOutput output = {.codec = stream->codec };

  output.buffer = gst_buffer_new_memdup (unit->data.data, unit->data.size);
  GST_BUFFER_PTS (output.buffer) = get_pts (self, arrival);
  set_reception (output.buffer, stream);
  if (!unit->is_key)
    GST_BUFFER_FLAG_SET (output.buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  if (unit->is_gap)
    GST_BUFFER_FLAG_SET (output.buffer, GST_BUFFER_FLAG_DISCONT);
  if (unix_ns > 0) {
    g_autoptr (GstCaps) caps = gst_static_caps_get (&unix_time);

    gst_buffer_add_reference_timestamp_meta (output.buffer, caps,
        (GstClockTime) unix_ns, GST_CLOCK_TIME_NONE);
  }
  g_array_append_val (self->outputs.waiting, output);
}

static void
on_packet (RtpReception * stream, const RtpPacket * packet,
    BytesSpan datagram, guint64 arrival, gpointer user_data)
{
  GstRtpSeiSrc *self = user_data;
  GstBuffer *buffer;

  if (!gst_rtp_sei_others_has_pads (self->others)) {
    self->counts.not_linked += stream->codec != RTP_CODEC_UNKNOWN;
    return;
  }
  buffer = gst_buffer_new_memdup (datagram.data, datagram.size);
  GST_BUFFER_PTS (buffer) = get_pts (self, arrival);
  set_reception (buffer, stream);
  self->counts.not_linked += gst_rtp_sei_others_push (self->others, stream,
      packet, buffer, arrival, self->outputs.waiting);
}

static void
on_end (RtpReception * stream, gpointer user_data)
{
  GstRtpSeiSrc *self = user_data;
  const guint n = gst_rtp_sei_others_end (self->others, stream);

  if (stream->codec == RTP_CODEC_MP2T || stream->codec == RTP_CODEC_KLV)
    self->counts.not_linked += n;
}

static const RtpReceiverCallbacks callbacks = {
  .access_unit = on_access_unit,
  .packet = on_packet,
  .end = on_end
};

/* Brings the counts up to date. */
static void
update_counts (GstRtpSeiSrc * self)
{
  if (self->receiver != NULL)
    rtp_receiver_get_counts (self->receiver, &self->counts.receiver);
  if (self->sockets != NULL) {
    self->counts.dropped = rtp_sockets_get_dropped (self->sockets);
    self->counts.buffer_size = rtp_sockets_get_buffer_size (self->sockets);
  }
}

/* Has the thread look at what has changed. */
static void
wake_up (GstRtpSeiSrc * self)
{
  g_cond_signal (&self->changed);
  if (self->sockets != NULL)
    rtp_sockets_interrupt (self->sockets);
}

/* --- what goes out ------------------------------------------------------------- */

static gboolean
src_query (GstPad * pad, GstObject * parent, GstQuery * query)
{
  GstRtpSeiSrc *self = GST_RTP_SEI_SRC (parent);

  if (GST_QUERY_TYPE (query) != GST_QUERY_LATENCY)
    return gst_pad_query_default (pad, parent, query);

  GST_OBJECT_LOCK (self);
  const GstClockTime latency = self->settings.latency_ms * GST_MSECOND;
  GST_OBJECT_UNLOCK (self);
  gst_query_set_latency (query, TRUE, latency, GST_CLOCK_TIME_NONE);
  return TRUE;
}

/* --- what is told -------------------------------------------------------------- */

static void
tell_losses (GstRtpSeiSrc * self, guint64 now)
{
  GstRtpSeiCounts counts;

  g_mutex_lock (&self->lock);
  update_counts (self);
  counts = self->counts;
  g_mutex_unlock (&self->lock);
  gst_rtp_sei_reports_tell_losses (&self->reports, GST_ELEMENT (self), &counts,
      now);
}

static void
tell (GstRtpSeiSrc * self, guint64 now)
{
  if (now >= self->next_look) {
    RtpSeen seen;

    g_mutex_lock (&self->lock);
    rtp_receiver_look (self->receiver, &seen);
    g_mutex_unlock (&self->lock);
    gst_rtp_sei_reports_post_seen (&self->reports, GST_ELEMENT (self), &seen);
    self->next_look = now + LOOK;
  }
  if (now >= self->next_count) {
    self->next_count = now + GST_SECOND;
    gst_rtp_sei_reports_tell_failure (&self->reports, GST_ELEMENT (self),
        rtp_sockets_describe_failure (self->sockets));
    if (gst_rtp_sei_reports_may_tell_losses (&self->reports, now))
      tell_losses (self, now);
  }
}

/* --- the thread ---------------------------------------------------------------- */

static GstFlowReturn
push_all (GstRtpSeiSrc * self)
{
  guint n_not_linked;
  const GstFlowReturn flow =
      gst_rtp_sei_outputs_push (&self->outputs, &n_not_linked);

  if (n_not_linked > 0) {
    g_mutex_lock (&self->lock);
    self->counts.not_linked += n_not_linked;
    g_mutex_unlock (&self->lock);
  }
  return flow;
}

/* @eos: (transfer full): */
static void
end_outputs (GstRtpSeiSrc * self, GstEvent * eos)
{
  RtpCodec codec;

  GST_OBJECT_LOCK (self);
  codec = self->settings.codec;
  GST_OBJECT_UNLOCK (self);
  gst_rtp_sei_outputs_end (&self->outputs, codec, eos);
}

/* Hands out what waits, and EOS.
 * @eos: (transfer full): */
static void
finish (GstRtpSeiSrc * self, GstEvent * eos)
{
  g_mutex_lock (&self->lock);
  rtp_receiver_end (self->receiver);
  g_mutex_unlock (&self->lock);
  push_all (self);
  tell_losses (self, get_now ());
  end_outputs (self, eos);
}

static void
stop (GstRtpSeiSrc * self, GstFlowReturn flow)
{
  GST_DEBUG_OBJECT (self, "stopping, %s", gst_flow_get_name (flow));
  if (flow < GST_FLOW_EOS)
    GST_ELEMENT_FLOW_ERROR (self, flow);
  end_outputs (self, gst_event_new_eos ());
}

/* Waits until packets may be read, or EOS is to be sent.
 * @eos: (out) (transfer full) (nullable):
 * @due: (out): when the receiver has something to do
 * Returns: whether packets may be read */
static gboolean
wait_until_playing (GstRtpSeiSrc * self, GstEvent ** eos, guint64 * due)
{
  gboolean is_playing;

  g_mutex_lock (&self->lock);
  while (!self->is_playing && !self->is_stopping && self->eos == NULL) {
    g_cond_wait (&self->changed, &self->lock);
    self->next_look = get_now () + LOOK;
    self->has_paused = TRUE;
  }
  is_playing = self->is_playing && !self->is_stopping;
  if (self->eos != NULL && !self->is_stopping)
    *eos = gst_event_ref (self->eos);
  *due = MIN (rtp_receiver_get_due (self->receiver), self->next_look);
  g_mutex_unlock (&self->lock);
  return is_playing;
}

static void
take (GstRtpSeiSrc * self, const RtpDatagram * datagrams, guint n, guint64 now)
{
  const gint64 running_time = timed_element_running_time (GST_ELEMENT (self));

  self->offset = running_time == TIMED_NO_TIME ? TIMED_NO_TIME
      : running_time - (gint64) now;
  if (self->has_paused)
    self->earliest = MAX (running_time, 0);
  self->has_paused = FALSE;
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < n; i++)
    rtp_receiver_push (self->receiver, &datagrams[i], now);
  rtp_receiver_advance (self->receiver, now);
  g_mutex_unlock (&self->lock);
}

/* At the end, what is in the sockets is read: until they are empty, or for a while. The
 * first time that nothing comes may be because of an interruption. */
static gboolean
is_drained (GstRtpSeiSrc * self, guint n, guint64 now)
{
  if (self->drained_by == 0)
    self->drained_by = now + DRAIN;
  self->n_empty = n == 0 ? self->n_empty + 1 : 0;
  return self->n_empty > 1 || now >= self->drained_by;
}

/* Reads what has come, or waits for it until @due.
 * Returns: how many datagrams */
static guint
receive (GstRtpSeiSrc * self, guint64 due)
{
  const guint64 now = get_now ();
  const RtpDatagram *datagrams;
  const guint n = rtp_sockets_receive (self->sockets,
      due > now ? (gint64) ((due - now) / 1000) : 0, &datagrams);

  take (self, datagrams, n, get_now ());
  return n;
}

/* Reads what has come, and pushes what comes of it.
 * Returns: whether to go on */
static gboolean
step (GstRtpSeiSrc * self)
{
  g_autoptr (GstEvent) eos = NULL;
  GstFlowReturn flow;
  guint64 due;
  guint n;

  if (!wait_until_playing (self, &eos, &due)) {
    if (eos != NULL)
      finish (self, g_steal_pointer (&eos));
    return FALSE;
  }
  n = receive (self, eos != NULL ? 0 : due);
  flow = push_all (self);
  if (flow != GST_FLOW_OK) {
    stop (self, flow);
    return FALSE;
  }
  if (eos != NULL && is_drained (self, n, get_now ())) {
    finish (self, g_steal_pointer (&eos));
    return FALSE;
  }
  tell (self, get_now ());
  return TRUE;
}

static gpointer
run (gpointer data)
{
  while (step (data));
  return NULL;
}

/* --- pads, events and queries --------------------------------------------------- */

static GstPad *
gst_rtp_sei_src_request_new_pad (GstElement * element,
    GstPadTemplate * templ, const gchar * name, const GstCaps * caps)
{
  GstRtpSeiSrc *self = GST_RTP_SEI_SRC (element);
  g_autofree gchar *free_name = NULL;
  guint n;
  GstPad *pad;

  GST_OBJECT_LOCK (self);
  if (name == NULL)
    free_name = g_strdup_printf ("rtp_%u", self->next_pad++);
  else if (sscanf (name, "rtp_%u", &n) == 1 && n < G_MAXUINT)
    self->next_pad = MAX (self->next_pad, n + 1);
  GST_OBJECT_UNLOCK (self);
  pad = gst_rtp_sei_outputs_request (&self->outputs, templ,
      name != NULL ? name : free_name);
  if (pad == NULL)
    return NULL;
  g_mutex_lock (&self->lock);
  gst_rtp_sei_others_add_pad (self->others, pad);
  g_mutex_unlock (&self->lock);
  return pad;
}

static void
gst_rtp_sei_src_release_pad (GstElement * element, GstPad * pad)
{
  GstRtpSeiSrc *self = GST_RTP_SEI_SRC (element);

  g_mutex_lock (&self->lock);
  gst_rtp_sei_others_remove_pad (self->others, pad);
  g_mutex_unlock (&self->lock);
  gst_pad_set_active (pad, FALSE);
  gst_element_remove_pad (element, pad);
}

static gboolean
gst_rtp_sei_src_send_event (GstElement * element, GstEvent * event)
{
  GstRtpSeiSrc *self = GST_RTP_SEI_SRC (element);
  gboolean is_running;

  if (GST_EVENT_TYPE (event) != GST_EVENT_EOS)
    return GST_ELEMENT_CLASS (gst_rtp_sei_src_parent_class)->send_event
        (element, event);

  g_mutex_lock (&self->lock);
  is_running = self->is_running;
  if (is_running) {
    gst_event_replace (&self->eos, event);
    wake_up (self);
  }
  g_mutex_unlock (&self->lock);
  gst_event_unref (event);
  return is_running;
}

/* --- properties ------------------------------------------------------------------ */

static void
gst_rtp_sei_src_set_property (GObject * object, guint id,
    const GValue * value, GParamSpec * pspec)
{
  gst_rtp_sei_settings_set_property (&GST_RTP_SEI_SRC (object)->settings,
      object, id, value, pspec);
}

static void
gst_rtp_sei_src_get_property (GObject * object, guint id, GValue * value,
    GParamSpec * pspec)
{
  GstRtpSeiSrc *self = GST_RTP_SEI_SRC (object);

  if (id == prop_stats) {
    g_mutex_lock (&self->lock);
    update_counts (self);
    g_value_take_boxed (value, gst_rtp_sei_stats_new (&self->counts,
            self->receiver));
    g_mutex_unlock (&self->lock);
  } else if (id == prop_listening) {
    g_mutex_lock (&self->lock);
    g_value_set_boxed (value, self->listening);
    g_mutex_unlock (&self->lock);
  } else {
    gst_rtp_sei_settings_get_property (&self->settings, object, id, value,
        pspec);
  }
}

/* --- life cycle ------------------------------------------------------------------ */

static gchar **
describe_sockets (RtpSockets * sockets)
{
  const guint n = rtp_sockets_get_n_ports (sockets);
  gchar **uris = g_new0 (gchar *, n + 1);

  for (guint i = 0; i < n; i++) {
    g_autofree gchar *where = NULL;
    RtpAddress address;

    rtp_sockets_get_port (sockets, i, &address);
    where = rtp_address_to_string (&address);
    uris[i] = g_strdup_printf ("udp://%s", where);
  }
  return uris;
}

static gboolean
open_sockets (GstRtpSeiSrc * self)
{
  g_autoptr (GError) error = NULL;
  GstRtpSeiSettings settings;
  RtpSockets *sockets;
  gsize buffer_size;

  GST_OBJECT_LOCK (self);
  gst_rtp_sei_settings_copy (&self->settings, &settings);
  GST_OBJECT_UNLOCK (self);
  sockets = rtp_sockets_open (settings.address, settings.interface,
      settings.ports, &error);
  gst_rtp_sei_settings_clear (&settings);
  if (sockets == NULL) {
    if (error->code == G_IO_ERROR_INVALID_ARGUMENT
        || error->code == G_IO_ERROR_NOT_FOUND)
      GST_ELEMENT_ERROR (self, RESOURCE, SETTINGS, ("%s", error->message),
          (NULL));
    else
      GST_ELEMENT_ERROR (self, RESOURCE, OPEN_READ, ("%s", error->message),
          (NULL));
    return FALSE;
  }

  g_mutex_lock (&self->lock);
  memset (&self->counts, 0, sizeof (self->counts));
  self->sockets = sockets;
  g_strfreev (self->listening);
  self->listening = describe_sockets (sockets);
  g_mutex_unlock (&self->lock);

  buffer_size = rtp_sockets_get_buffer_size (sockets);
  if (buffer_size < RTP_SOCKETS_BUFFER_SIZE)
    GST_ELEMENT_WARNING (self, RESOURCE, SETTINGS,
        ("The system gives a receive buffer of %" G_GSIZE_FORMAT
            " kB in place of"
            " %u kB: for many cameras, raise net.core.rmem_max to %u",
            buffer_size / 1024, RTP_SOCKETS_BUFFER_SIZE / 1024,
            RTP_SOCKETS_BUFFER_SIZE), (NULL));
  return TRUE;
}

static void
close_sockets (GstRtpSeiSrc * self)
{
  g_mutex_lock (&self->lock);
  update_counts (self);
  g_clear_pointer (&self->sockets, rtp_sockets_close);
  g_clear_pointer (&self->listening, g_strfreev);
  g_mutex_unlock (&self->lock);
}

static void
start (GstRtpSeiSrc * self)
{
  const guint64 now = get_now ();
  RtpReceiverConfig config;

  GST_OBJECT_LOCK (self);
  gst_rtp_sei_settings_get_config (&self->settings, &config);
  GST_OBJECT_UNLOCK (self);

  gst_rtp_sei_outputs_start (&self->outputs);
  gst_rtp_sei_reports_clear (&self->reports);
  self->next_look = now + LOOK;
  self->next_count = now + GST_SECOND;
  self->earliest = 0;
  self->drained_by = 0;
  self->n_empty = 0;

  g_mutex_lock (&self->lock);
  g_clear_pointer (&self->receiver, rtp_receiver_free);
  self->counts.not_linked = 0;
  self->receiver = rtp_receiver_new (&config, &callbacks, self);
  self->is_stopping = FALSE;
  self->is_running = TRUE;
  g_mutex_unlock (&self->lock);
  self->thread = g_thread_new ("rtpseisrc", run, self);
}

static void
set_playing (GstRtpSeiSrc * self, gboolean is_playing)
{
  g_mutex_lock (&self->lock);
  self->is_playing = is_playing;
  wake_up (self);
  g_mutex_unlock (&self->lock);
}

static void
interrupt (GstRtpSeiSrc * self)
{
  g_mutex_lock (&self->lock);
  self->is_stopping = TRUE;
  self->is_running = FALSE;
  wake_up (self);
  g_mutex_unlock (&self->lock);
}

/* What was received can be asked for until it starts again. */
static void
end (GstRtpSeiSrc * self)
{
  g_thread_join (g_steal_pointer (&self->thread));
  g_mutex_lock (&self->lock);
  rtp_receiver_end (self->receiver);
  gst_event_replace (&self->eos, NULL);
  g_mutex_unlock (&self->lock);
  gst_rtp_sei_outputs_stop (&self->outputs);
}

static GstStateChangeReturn
gst_rtp_sei_src_change_state (GstElement * element, GstStateChange transition)
{
  GstRtpSeiSrc *self = GST_RTP_SEI_SRC (element);
  GstStateChangeReturn result;

  if (transition == GST_STATE_CHANGE_NULL_TO_READY && !open_sockets (self))
    return GST_STATE_CHANGE_FAILURE;
  if (transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED)
    set_playing (self, FALSE);
  else if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    interrupt (self);

  result = GST_ELEMENT_CLASS (gst_rtp_sei_src_parent_class)->change_state
      (element, transition);
  if (result == GST_STATE_CHANGE_FAILURE)
    return result;

  switch (transition) {
    case GST_STATE_CHANGE_READY_TO_PAUSED:
      start (self);
      return GST_STATE_CHANGE_NO_PREROLL;
    case GST_STATE_CHANGE_PAUSED_TO_PLAYING:
      set_playing (self, TRUE);
      break;
    case GST_STATE_CHANGE_PLAYING_TO_PAUSED:
      return GST_STATE_CHANGE_NO_PREROLL;
    case GST_STATE_CHANGE_PAUSED_TO_READY:
      end (self);
      break;
    case GST_STATE_CHANGE_READY_TO_NULL:
      close_sockets (self);
      break;
    default:
      break;
  }
  return result;
}

static void
gst_rtp_sei_src_finalize (GObject * object)
{
  GstRtpSeiSrc *self = GST_RTP_SEI_SRC (object);

  g_clear_pointer (&self->receiver, rtp_receiver_free);
  gst_rtp_sei_others_free (self->others);
  gst_rtp_sei_outputs_clear (&self->outputs);
  gst_rtp_sei_reports_clear (&self->reports);
  g_strfreev (self->listening);
  g_cond_clear (&self->changed);
  g_mutex_clear (&self->lock);
  gst_rtp_sei_settings_clear (&self->settings);

  G_OBJECT_CLASS (gst_rtp_sei_src_parent_class)->finalize (object);
}

static void
gst_rtp_sei_src_class_init (GstRtpSeiSrcClass * klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  object_class->set_property = gst_rtp_sei_src_set_property;
  object_class->get_property = gst_rtp_sei_src_get_property;
  object_class->finalize = gst_rtp_sei_src_finalize;
  element_class->request_new_pad = gst_rtp_sei_src_request_new_pad;
  element_class->release_pad = gst_rtp_sei_src_release_pad;
  element_class->send_event = gst_rtp_sei_src_send_event;
  element_class->change_state = gst_rtp_sei_src_change_state;

  prop_stats = gst_rtp_sei_settings_install (object_class);
  prop_listening = prop_stats + 1;

  /**
   * GstRtpSeiSrc:stats:
   *
   * Counts since the element went to PAUSED, each a #guint64 unless said otherwise:
   *
   * * `datagrams`: all that came; `rtcp`: those that were RTCP; `no-rtp`: those that
   *   were neither RTP nor RTCP; `at-rtcp-port`: those that were RTP, at the port behind
   *   one, which is read for RTCP
   * * `unproven`: RTP packets of no stream; `no-place`: those of streams for which there
   *   was no place; `refused-streams` (#guint): such streams now
   * * `dropped`: datagrams that the system dropped since READY, because a receive buffer
   *   was full; `receive-buffer`: how many bytes it has
   * * `not-linked`: buffers, and packets of MPEG-TS and KLV, for which no pad is linked
   * * `packets`: those of streams; `lost`: those that never came; `late`: those that came
   *   after they had been given up; `duplicates`: those that came twice; `reordered`:
   *   those that came behind later ones, in time; `restarts`: how often senders have
   *   started again, or jumped
   * * `access-units`; `sei`: SEI NAL units in them; `incomplete`: those of which a part
   *   never came; `too-large`: those larger than 1 MiB; `behind-slices`: those that
   *   #GstRtpSeiSrc:scan=full would read
   * * `malformed`: packets that contradict their format; `other`: packets with something
   *   else than video
   * * `streams`: a #GstValueArray of structures, for each stream that is there `source`
   *   (address and port), `port` (#guint, the local one), `ssrc` (#guint), `codec`
   *   (`unknown`, `h264`, `h265`, `mp2t` or `klv`), and the same counts from `packets` to
   *   `other`
   */
  g_object_class_install_property (object_class, prop_stats,
      g_param_spec_boxed ("stats", "Statistics",
          "Counts since PAUSED, of all and of each stream", GST_TYPE_STRUCTURE,
          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));

  /**
   * GstRtpSeiSrc:listening:
   *
   * Where it listens, from READY on: a URI for each port, such as `udp://[::]:5000`
   * for IPv6 and IPv4.
   */
  g_object_class_install_property (object_class, prop_listening,
      g_param_spec_boxed ("listening", "Listening",
          "Where it listens, from READY on, such as udp://[::]:5000",
          G_TYPE_STRV, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));

  gst_rtp_sei_outputs_add_templates (element_class);
  gst_element_class_set_static_metadata (element_class,
      "RTP receiver for SEI", "Source/Network/RTP",
      "Receives the SEI of H.264 and H.265 streams over RTP",
      "The gst-metakafka authors");
}

static void
gst_rtp_sei_src_init (GstRtpSeiSrc * self)
{
  gst_rtp_sei_settings_init (&self->settings);
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  gst_rtp_sei_outputs_init (&self->outputs, GST_ELEMENT (self), src_query);
  self->others = gst_rtp_sei_others_new ();
  GST_OBJECT_FLAG_SET (self, GST_ELEMENT_FLAG_SOURCE);
}
