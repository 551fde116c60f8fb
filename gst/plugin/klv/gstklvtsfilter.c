/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/**
 * SECTION:element-klvtsfilter
 * @title: klvtsfilter
 * @short_description: Lets every tsdemux find KLV in MPEG transport streams
 * @see_also: klvparse
 *
 * KLV comes in MPEG-TS as private data (stream_type 0x06) or, synchronous to the video, as
 * metadata in PES packets (stream_type 0x15). GStreamer 1.22 does not know the latter, and
 * in 1.26 one malformed metadata cell ends the pipeline. klvtsfilter makes the former of
 * the latter: it writes stream_type 0x06 and the registration "KLVA" into each PMT that has
 * KLV of stream_type 0x15, in place, with a new CRC. Every other byte of the stream stays,
 * and so do sizes, times and flags of the buffers.
 *
 * The cells stay in the payload: klvparse behind tsdemux takes them off.
 *
 * The packets lie 188, 192 or 204 bytes apart, which klvtsfilter finds out by itself, and
 * buffers may cut them anywhere. A buffer is copied only if a byte of it has to be
 * changed. No buffer waits, unless a section that has a stream of type 0x15 is cut at its
 * end, or packets are being looked for, because there was none where one had to be. No
 * latency is reported for that.
 *
 * ## Example launch lines
 * |[
 * gst-launch-1.0 filesrc location=flight.ts ! klvtsfilter ! tsdemux ! meta/x-klv ! fakesink dump=true
 * ]|
 */

#include "gstklvelements.h"

#include "klvts.h"

GST_DEBUG_CATEGORY_STATIC (klv_ts_filter_debug);
#define GST_CAT_DEFAULT klv_ts_filter_debug

enum
{
  PROP_0,
  PROP_STATS
};

typedef struct
{
  guint64 packets;
  guint64 pmts;
  guint64 pmts_rewritten;
  guint64 sync_losses;
} Stats;

struct _GstKlvTsFilter
{
  GstElement parent;

  GstPad *sinkpad;
  GstPad *srcpad;

  /* streaming thread */
  KlvTs ts;
  GQueue waiting;               /* buffers, and the serialized events between them */
  guint64 place;                /* of the first of these buffers, in the stream */

  /* OBJECT_LOCK */
  Stats stats;
};

#define GST_TYPE_KLV_TS_FILTER (gst_klv_ts_filter_get_type ())
G_DECLARE_FINAL_TYPE (GstKlvTsFilter, gst_klv_ts_filter, GST, KLV_TS_FILTER,
    GstElement);

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE ("sink",
    GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS ("video/mpegts"));

static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE ("src",
    GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS ("video/mpegts"));

G_DEFINE_TYPE (GstKlvTsFilter, gst_klv_ts_filter, GST_TYPE_ELEMENT);
GST_ELEMENT_REGISTER_DEFINE_WITH_CODE (klvtsfilter, "klvtsfilter",
    GST_RANK_NONE, GST_TYPE_KLV_TS_FILTER,
    GST_DEBUG_CATEGORY_INIT (klv_ts_filter_debug, "klvtsfilter", 0,
        "KLV in MPEG-TS"));

/* --- what waits ---------------------------------------------------------- */

/* Pushes what waits, up to the first buffer with a byte that is not settled. */
static GstFlowReturn
push_settled (GstKlvTsFilter * self, guint64 settled)
{
  GstFlowReturn flow = GST_FLOW_OK;

  while (flow == GST_FLOW_OK && !g_queue_is_empty (&self->waiting)) {
    GstMiniObject *object = g_queue_peek_head (&self->waiting);

    if (GST_IS_EVENT (object)) {
      g_queue_pop_head (&self->waiting);
      gst_pad_push_event (self->srcpad, GST_EVENT (object));
      continue;
    }

    const gsize size = gst_buffer_get_size (GST_BUFFER (object));

    if (settled - self->place < size)
      break;
    g_queue_pop_head (&self->waiting);
    self->place += size;
    flow = gst_pad_push (self->srcpad, GST_BUFFER (object));
  }
  return flow;
}

/* There is none where a buffer could not be made writable. */
static void
unref_waiting (gpointer object)
{
  if (object)
    gst_mini_object_unref (object);
}

static void
forget_stream (GstKlvTsFilter * self)
{
  g_queue_clear_full (&self->waiting, unref_waiting);
  klv_ts_restart (&self->ts);
  self->place = 0;
}

/* Drops what waits, but for events that stick. */
static void
flush_stream (GstKlvTsFilter * self)
{
  for (GList * link = self->waiting.head; link; link = link->next) {
    if (GST_IS_EVENT (link->data) && GST_EVENT_IS_STICKY (link->data)
        && GST_EVENT_TYPE (link->data) != GST_EVENT_SEGMENT)
      gst_pad_store_sticky_event (self->srcpad, link->data);
  }
  forget_stream (self);
}

/* The stream ends, or goes on elsewhere: nothing is waited for any more. */
static GstFlowReturn
end_stream (GstKlvTsFilter * self)
{
  const GstFlowReturn flow = push_settled (self, G_MAXUINT64);

  flush_stream (self);
  return flow;
}

/* --- what is rewritten --------------------------------------------------- */

/* Writes bytes of a section to where they belong. Those of a buffer that has been pushed
 * already have not changed. Returns FALSE if a buffer cannot be written to. */
static gboolean
write_bytes (GstKlvTsFilter * self, guint64 place, const guint8 * bytes,
    gsize size)
{
  guint64 begin = self->place;

  for (GList * link = self->waiting.head; link; link = link->next) {
    if (!GST_IS_BUFFER (link->data))
      continue;

    const guint64 end = begin + gst_buffer_get_size (link->data);
    const guint64 from = MAX (begin, place);
    const guint64 to = MIN (end, place + size);
    const guint8 *part = bytes + (from - place);

    if (from < to
        && gst_buffer_memcmp (link->data, from - begin, part, to - from) != 0) {
      link->data = gst_buffer_make_writable (link->data);
      if (!link->data
          || gst_buffer_fill (link->data, from - begin, part, to - from)
          != to - from)
        return FALSE;
    }
    begin = end;
  }
  return TRUE;
}

static gboolean
write_section (GstKlvTsFilter * self, const KlvTsSection * section)
{
  const guint8 *bytes = section->bytes;

  for (guint i = 0; i < section->n_runs; i++) {
    const KlvTsRun *run = &section->runs[i];

    if (!write_bytes (self, run->place, bytes, run->size)
        || (run->twin > 0 && !write_bytes (self, run->twin, bytes, run->size)))
      return FALSE;
    bytes += run->size;
  }
  GST_CAT_LEVEL_LOG (GST_CAT_DEFAULT,
      self->ts.n_rewritten == 1 ? GST_LEVEL_INFO : GST_LEVEL_LOG, self,
      "KLV is of stream_type 0x06 now in the PMT of PID 0x%04x", section->pid);
  return TRUE;
}

/* Reads a memory of the buffer that came last. Returns FALSE if it cannot be read, or one
 * that waits not be written to. */
static gboolean
read_memory (GstKlvTsFilter * self, guint i)
{
  gsize offset = 0;
  gboolean stopped;

  do {
    GstBuffer *buffer = g_queue_peek_tail (&self->waiting);
    GstMemory *memory = gst_buffer_peek_memory (buffer, i);
    GstMapInfo map;

    if (!gst_memory_map (memory, &map, GST_MAP_READ))
      return FALSE;

    BytesSpan data = { map.data + offset, map.size - offset };
    stopped = klv_ts_read (&self->ts, &data);
    offset = map.size - data.size;
    /* before anything is written: memory that is mapped would be copied */
    gst_memory_unmap (memory, &map);
    if (stopped && !write_section (self, self->ts.rewritten))
      return FALSE;
  } while (stopped);
  return TRUE;
}

/* gst_buffer_map() would merge the memories. */
static gboolean
read_last (GstKlvTsFilter * self)
{
  const guint n = gst_buffer_n_memory (g_queue_peek_tail (&self->waiting));

  for (guint i = 0; i < n; i++) {
    if (!read_memory (self, i))
      return FALSE;
  }
  return TRUE;
}

static void
account (GstKlvTsFilter * self)
{
  GST_OBJECT_LOCK (self);
  self->stats.packets = self->ts.n_packets;
  self->stats.pmts = self->ts.n_pmts;
  self->stats.pmts_rewritten = self->ts.n_rewritten;
  self->stats.sync_losses = self->ts.n_sync_losses;
  GST_OBJECT_UNLOCK (self);
}

/* --- pads ---------------------------------------------------------------- */

static GstFlowReturn
gst_klv_ts_filter_chain (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  GstKlvTsFilter *self = GST_KLV_TS_FILTER (parent);

  if (GST_BUFFER_IS_DISCONT (buffer)) {
    const GstFlowReturn flow = end_stream (self);

    if (flow != GST_FLOW_OK) {
      gst_buffer_unref (buffer);
      return flow;
    }
  }

  g_queue_push_tail (&self->waiting, buffer);
  if (!read_last (self)) {
    forget_stream (self);
    GST_ELEMENT_ERROR (self, RESOURCE, READ,
        ("A buffer of the transport stream could not be read, or not be written to:"
            " convert it to memory that the CPU can read before %s.",
            GST_OBJECT_NAME (self)), (NULL));
    return GST_FLOW_ERROR;
  }
  account (self);
  return push_settled (self, klv_ts_get_settled (&self->ts));
}

static gboolean
gst_klv_ts_filter_sink_event (GstPad * pad, GstObject * parent,
    GstEvent * event)
{
  GstKlvTsFilter *self = GST_KLV_TS_FILTER (parent);

  if (GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_STOP)
    flush_stream (self);
  else if (GST_EVENT_TYPE (event) == GST_EVENT_EOS
      || GST_EVENT_TYPE (event) == GST_EVENT_STREAM_START)
    end_stream (self);

  /* An event keeps its place among the buffers */
  if (GST_EVENT_IS_SERIALIZED (event) && !g_queue_is_empty (&self->waiting)) {
    g_queue_push_tail (&self->waiting, event);
    return TRUE;
  }
  return gst_pad_event_default (pad, parent, event);
}

/* --- the element --------------------------------------------------------- */

static GstStateChangeReturn
gst_klv_ts_filter_change_state (GstElement * element, GstStateChange transition)
{
  GstKlvTsFilter *self = GST_KLV_TS_FILTER (element);

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED) {
    klv_ts_init (&self->ts);
    account (self);
  }

  const GstStateChangeReturn result =
      GST_ELEMENT_CLASS (gst_klv_ts_filter_parent_class)->change_state (element,
      transition);

  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    forget_stream (self);
  return result;
}

static void
gst_klv_ts_filter_get_property (GObject * object, guint id, GValue * value,
    GParamSpec * pspec)
{
  GstKlvTsFilter *self = GST_KLV_TS_FILTER (object);

  if (id != PROP_STATS) {
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    return;
  }
  GST_OBJECT_LOCK (self);
  const Stats stats = self->stats;
  GST_OBJECT_UNLOCK (self);

  g_value_take_boxed (value, gst_structure_new ("klvtsfilter-stats",
          "packets", G_TYPE_UINT64, stats.packets,
          "pmts", G_TYPE_UINT64, stats.pmts,
          "pmts-rewritten", G_TYPE_UINT64, stats.pmts_rewritten,
          "sync-losses", G_TYPE_UINT64, stats.sync_losses, NULL));
}

static void
gst_klv_ts_filter_class_init (GstKlvTsFilterClass * klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  object_class->get_property = gst_klv_ts_filter_get_property;
  element_class->change_state = gst_klv_ts_filter_change_state;

  /**
   * GstKlvTsFilter:stats:
   *
   * What was counted since PAUSED: `packets`, `pmts` (whole, with a right CRC),
   * `pmts-rewritten` and `sync-losses` (there was no packet where one had to be), each a
   * #guint64.
   */
  g_object_class_install_property (object_class, PROP_STATS,
      g_param_spec_boxed ("stats", "Statistics",
          "Counts since PAUSED: packets, pmts, pmts-rewritten and sync-losses",
          GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "KLV in MPEG-TS",
      "Filter/Metadata",
      "Lets every demuxer of MPEG-TS find KLV of stream_type 0x15",
      "gst-metakafka");
}

static void
gst_klv_ts_filter_init (GstKlvTsFilter * self)
{
  self->sinkpad = gst_pad_new_from_static_template (&sink_template, "sink");
  gst_pad_set_chain_function (self->sinkpad, gst_klv_ts_filter_chain);
  gst_pad_set_event_function (self->sinkpad, gst_klv_ts_filter_sink_event);
  GST_PAD_SET_PROXY_CAPS (self->sinkpad);
  gst_element_add_pad (GST_ELEMENT (self), self->sinkpad);

  self->srcpad = gst_pad_new_from_static_template (&src_template, "src");
  GST_PAD_SET_PROXY_CAPS (self->srcpad);
  gst_element_add_pad (GST_ELEMENT (self), self->srcpad);

  g_queue_init (&self->waiting);
  klv_ts_init (&self->ts);
}
