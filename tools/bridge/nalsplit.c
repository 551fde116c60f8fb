/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "nalsplit.h"

#include <string.h>

#include <gst/base/gstadapter.h>

#include "nal.h"

GST_DEBUG_CATEGORY_STATIC (nal_split_debug);
#define GST_CAT_DEFAULT nal_split_debug

typedef struct
{
  GstBuffer *bytes;             /* NULL until it is complete */
  GstBuffer *origin;            /* the input buffer that its start code began in */
  gboolean begins;              /* an access unit */
} Unit;

struct _NalSplit
{
  GstElement parent;

  GstPad *sinkpad;
  GstPad *srcpad;

  /* What the input is; streaming thread, as all below */
  H26xCodec codec;
  gboolean has_whole_units;     /* a NAL unit ends where its buffer ends, */
  gboolean has_whole_access_units;      /* and so does an access unit */
  gboolean has_times;

  /* The bytes that have not left, all of them searched. If synced is set, they begin
   * with the start code of the NAL unit at hand. */
  GstAdapter *adapter;
  gboolean synced;
  gsize zeros;                  /* that they end with, behind the last start code */
  GstBuffer *last[2];           /* the input buffers of the last two bytes */

  Unit unit;                    /* the one at hand */
  gsize head;                   /* offset of its header */
  gboolean is_described;        /* unit.begins is known, and what it means for others */

  /* Complete ones: the one before it, and the prefix NAL unit behind that if its
   * slice will say which access unit it belongs to */
  Unit waiting[2];
  guint n_waiting;
  gboolean has_undecided_prefix;        /* the last of these, or the one at hand */

  /* The access unit of the NAL unit that was described last */
  gboolean is_open;
  gboolean has_slice;
  gboolean has_ended;           /* with an end of sequence or of the bitstream */

  gboolean discont;             /* something is missing before what leaves next */
};

G_DEFINE_TYPE (NalSplit, nal_split, GST_TYPE_ELEMENT);

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE ("sink",
    GST_PAD_SINK, GST_PAD_ALWAYS,
    GST_STATIC_CAPS ("video/x-h264, stream-format=(string)byte-stream; "
        "video/x-h265, stream-format=(string)byte-stream"));

static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE ("src",
    GST_PAD_SRC, GST_PAD_ALWAYS,
    GST_STATIC_CAPS ("video/x-h264, stream-format=(string)byte-stream, "
        "alignment=(string)nal; "
        "video/x-h265, stream-format=(string)byte-stream, "
        "alignment=(string)nal"));

/* --- start codes --------------------------------------------------------- */

static gsize
count_zeros_before (const guint8 * begin, const guint8 * end)
{
  const guint8 *p = end;

  while (p > begin && p[-1] == 0)
    p--;
  return (gsize) (end - p);
}

/* Finds the next start code prefix, 00 00 01 (Annex B).
 *
 * zeros: (inout): those right before data; then those right before the 01, or, if
 *   there is none, before end
 * Returns: (nullable): the byte behind it */
static const guint8 *
find_prefix (const guint8 * data, const guint8 * end, gsize * zeros)
{
  const guint8 *p = data;
  gsize before;

  while (p < end && (p = memchr (p, 1, (gsize) (end - p)))) {
    /* Two looks decide about nearly every 01; the exact count comes after */
    if ((p == data || p[-1] == 0) && (p - data < 2 || p[-2] == 0)) {
      before = count_zeros_before (data, p);
      if (before == (gsize) (p - data))
        before += *zeros;
      if (before >= 2) {
        *zeros = before;
        return p + 1;
      }
    }
    /* Two zeros must come before another one */
    if (end - p <= 3)
      break;
    p += 3;
  }
  before = count_zeros_before (data, end);
  *zeros = before == (gsize) (end - data) ? *zeros + before : before;
  return NULL;
}

/* --- NAL units that leave ------------------------------------------------ */

static void
unit_clear (Unit * unit)
{
  gst_clear_buffer (&unit->bytes);
  gst_clear_buffer (&unit->origin);
  unit->begins = FALSE;
}

/* Takes the unit. */
static GstFlowReturn
push_unit (NalSplit * self, Unit * unit, gboolean marker)
{
  GstBuffer *buffer = gst_buffer_new ();

  /* Those of the bytes are of the buffer that they were cut out of */
  gst_buffer_copy_into (buffer, unit->bytes, GST_BUFFER_COPY_MEMORY, 0, -1);
  if (unit->begins && unit->origin) {
    gst_buffer_copy_into (buffer, unit->origin, GST_BUFFER_COPY_META, 0, -1);
    if (self->has_times) {
      GST_BUFFER_PTS (buffer) = GST_BUFFER_PTS (unit->origin);
      GST_BUFFER_DTS (buffer) = GST_BUFFER_DTS (unit->origin);
      GST_BUFFER_DURATION (buffer) = GST_BUFFER_DURATION (unit->origin);
    }
  }
  if (marker)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_MARKER);
  if (self->discont)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  self->discont = FALSE;
  unit_clear (unit);
  GST_LOG_OBJECT (self, "%" GST_PTR_FORMAT, buffer);
  return gst_pad_push (self->srcpad, buffer);
}

static void
forget_waiting (NalSplit * self)
{
  while (self->n_waiting > 0)
    unit_clear (&self->waiting[--self->n_waiting]);
  self->has_undecided_prefix = FALSE;
}

/* ends: the last of them ends its access unit */
static GstFlowReturn
push_waiting (NalSplit * self, gboolean ends)
{
  GstFlowReturn ret = GST_FLOW_OK;

  for (guint i = 0; i < self->n_waiting && ret == GST_FLOW_OK; i++) {
    const gboolean marker =
        i + 1 < self->n_waiting ? self->waiting[i + 1].begins : ends;

    ret = push_unit (self, &self->waiting[i], marker);
  }
  forget_waiting (self);
  return ret;
}

/* --- the NAL unit at hand ------------------------------------------------ */

/* Whether it begins an access unit. If it does, or is a slice of one that does, an
 * undecided prefix NAL unit that waits is told. */
static gboolean
decide (NalSplit * self, const H26xNal * nal)
{
  gboolean begins;

  if (!self->is_open || (self->has_ended && nal->kind != H26X_NAL_END))
    begins = TRUE;
  else
    begins = self->has_slice && nal->kind != H26X_NAL_SLICE_PREFIX
        && h26x_nal_begins_access_unit (self->codec, nal);

  if (self->has_undecided_prefix && begins && nal->kind == H26X_NAL_SLICE) {
    self->waiting[self->n_waiting - 1].begins = TRUE;
    self->has_slice = FALSE;
    begins = FALSE;
  }
  return begins;
}

/* Reads the header of the unit at hand, which lets those before it go. A prefix NAL
 * unit (H.264 14) behind a slice is of the same access unit as the slice that it
 * stands before (7.4.1), and keeps that before it back until that has come. */
static GstFlowReturn
describe (NalSplit * self)
{
  const gsize header = H26X_NAL_HEADER_SIZE (self->codec);
  const gsize left = gst_adapter_available (self->adapter) - self->head;
  guint8 bytes[3];
  H26xNal nal;

  gst_adapter_copy (self->adapter, bytes, self->head, MIN (left, header + 1));
  h26x_nal_describe (self->codec, bytes, left > header ? bytes[header] : -1,
      &nal);
  self->is_described = TRUE;

  if (nal.kind == H26X_NAL_SLICE_PREFIX && self->is_open && self->has_slice
      && !self->has_ended && !self->has_undecided_prefix) {
    self->unit.begins = FALSE;
    self->has_undecided_prefix = TRUE;
    return GST_FLOW_OK;
  }
  self->unit.begins = decide (self, &nal);
  if (self->unit.begins)
    self->has_slice = FALSE;
  self->is_open = TRUE;
  self->has_slice |= nal.kind == H26X_NAL_SLICE;
  self->has_ended = nal.kind == H26X_NAL_END;
  return push_waiting (self, self->unit.begins);
}

/* Whether the unit at hand has more than zeros, which may belong to the next start
 * code, behind the start code
 * content_end: offset of the zeros that it may end with */
static gboolean
has_header (NalSplit * self, gsize content_end)
{
  return content_end >= self->head + H26X_NAL_HEADER_SIZE (self->codec);
}

static void
pass_over (NalSplit * self)
{
  GST_WARNING_OBJECT (self, "a NAL unit of more than %u bytes is left out",
      NAL_SPLIT_MAX_SIZE);
  self->discont = TRUE;
}

/* The unit at hand, which has a header, has so many bytes. */
static GstFlowReturn
complete (NalSplit * self, gsize size)
{
  GstFlowReturn ret = self->is_described ? GST_FLOW_OK : describe (self);

  self->is_described = FALSE;
  if (ret != GST_FLOW_OK)
    return ret;
  if (size > NAL_SPLIT_MAX_SIZE) {
    pass_over (self);
    gst_adapter_flush (self->adapter, size);
    unit_clear (&self->unit);
    return self->has_undecided_prefix ? push_waiting (self, FALSE) : ret;
  }
  self->unit.bytes = gst_adapter_take_buffer (self->adapter, size);
  self->waiting[self->n_waiting++] = self->unit;
  self->unit = (Unit) {
  NULL};
  return GST_FLOW_OK;
}

/* A start code ends at an offset in the adapter, with self->zeros zeros and a 01. */
static GstFlowReturn
take_start_code (NalSplit * self, gsize end, GstBuffer * origin)
{
  const gsize size = self->zeros > 2 ? 4 : 3;
  GstFlowReturn ret = GST_FLOW_OK;

  if (self->synced && !has_header (self, end - 1 - self->zeros)) {
    /* A NAL unit of no bytes goes with the next one */
    self->head = end;
  } else {
    if (self->synced)
      ret = complete (self, end - size);
    else
      gst_adapter_flush (self->adapter, end - size);
    self->synced = TRUE;
    self->head = size;
  }
  gst_buffer_replace (&self->unit.origin, origin);
  return ret;
}

/* --- bytes --------------------------------------------------------------- */

/* Bytes of the input end, and no NAL unit goes on behind them. */
static void
forget_bytes (NalSplit * self)
{
  gst_adapter_clear (self->adapter);
  self->synced = FALSE;
  self->zeros = 0;
  gst_clear_buffer (&self->last[0]);
  gst_clear_buffer (&self->last[1]);
  unit_clear (&self->unit);
  self->is_described = FALSE;
}

static void
forget (NalSplit * self)
{
  forget_bytes (self);
  forget_waiting (self);
  self->is_open = FALSE;
  self->has_slice = FALSE;
  self->has_ended = FALSE;
  self->discont = TRUE;
}

/* The NAL unit at hand is complete. ends: and so is its access unit */
static GstFlowReturn
finish (NalSplit * self, gboolean ends)
{
  const gsize size = gst_adapter_available (self->adapter);
  GstFlowReturn ret = GST_FLOW_OK;

  if (self->synced && has_header (self, size - self->zeros)) {
    ret = complete (self, size);
  } else if (self->synced && self->n_waiting > 0) {
    /* A NAL unit of no bytes, and no next one that it could go with */
    Unit *unit = &self->waiting[self->n_waiting - 1];

    unit->bytes = gst_buffer_append (unit->bytes,
        gst_adapter_take_buffer (self->adapter, size));
  }
  if (ret == GST_FLOW_OK)
    ret = push_waiting (self, ends);
  forget_bytes (self);
  if (ends)
    self->is_open = FALSE;
  return ret;
}

/* The bytes that come next do not follow those that came last. */
static GstFlowReturn
lose (NalSplit * self)
{
  const GstFlowReturn ret = push_waiting (self, TRUE);

  if (self->synced)
    GST_DEBUG_OBJECT (self, "%" G_GSIZE_FORMAT " bytes of a NAL unit are left"
        " out, because what follows them is missing",
        gst_adapter_available (self->adapter));
  forget_bytes (self);
  self->is_open = FALSE;
  self->discont = TRUE;
  return ret;
}

/* The input buffer of a byte, which is one of its own or, if the offset is negative,
 * one of the last two before it */
static GstBuffer *
get_origin (NalSplit * self, GstBuffer * buffer, gssize offset)
{
  return offset >= 0 ? buffer : self->last[2 + offset];
}

static void
remember_last (NalSplit * self, GstBuffer * buffer, gsize size)
{
  if (size == 0)
    return;
  gst_buffer_replace (&self->last[0], size > 1 ? buffer : self->last[1]);
  gst_buffer_replace (&self->last[1], buffer);
}

/* Keeps of what has come what is needed, and lets go what has become known. */
static GstFlowReturn
settle (NalSplit * self)
{
  const gsize size = gst_adapter_available (self->adapter);
  const gsize header = H26X_NAL_HEADER_SIZE (self->codec);
  GstFlowReturn ret = GST_FLOW_OK;

  /* The byte behind the header says whether a slice is the first */
  if (self->synced && !self->is_described && size > self->head + header
      && has_header (self, size - self->zeros))
    ret = describe (self);
  /* A start code may have begun in the last 3 bytes */
  if (self->synced && size > NAL_SPLIT_MAX_SIZE + 3) {
    pass_over (self);
    self->synced = FALSE;
    self->is_described = FALSE;
    unit_clear (&self->unit);
    if (self->has_undecided_prefix && ret == GST_FLOW_OK)
      ret = push_waiting (self, FALSE);
  }
  if (!self->synced && size > 3)
    gst_adapter_flush (self->adapter, size - 3);
  return ret;
}

/* data: that of the buffer, which is the last in the adapter */
static GstFlowReturn
split (NalSplit * self, GstBuffer * buffer, const guint8 * data, gsize size)
{
  const guint8 *const end = data + size;
  const guint8 *begin = data, *behind;
  GstFlowReturn ret = GST_FLOW_OK;

  while (ret == GST_FLOW_OK
      && (behind = find_prefix (begin, end, &self->zeros))) {
    const gsize left = (gsize) (end - behind);

    ret = take_start_code (self,
        gst_adapter_available (self->adapter) - left,
        get_origin (self, buffer, behind - data - 3));
    self->zeros = 0;
    begin = behind;
  }
  remember_last (self, buffer, size);
  return ret == GST_FLOW_OK ? settle (self) : ret;
}

/* --- pads ---------------------------------------------------------------- */

static GstFlowReturn
nal_split_chain (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  NalSplit *self = NAL_SPLIT (parent);
  GstFlowReturn ret = GST_FLOW_OK;
  GstMapInfo map;

  if (!gst_pad_has_current_caps (self->srcpad)) {
    gst_buffer_unref (buffer);
    return GST_FLOW_NOT_NEGOTIATED;
  }
  if (GST_BUFFER_IS_DISCONT (buffer))
    ret = lose (self);
  if (!gst_buffer_map (buffer, &map, GST_MAP_READ)) {
    GST_ELEMENT_ERROR (self, RESOURCE, READ,
        ("A buffer of the video could not be read: convert it to memory that the"
            " CPU can read before %s.", GST_OBJECT_NAME (self)), (NULL));
    gst_buffer_unref (buffer);
    return GST_FLOW_ERROR;
  }
  gst_adapter_push (self->adapter, gst_buffer_ref (buffer));
  if (ret == GST_FLOW_OK)
    ret = split (self, buffer, map.data, map.size);
  gst_buffer_unmap (buffer, &map);
  if (ret == GST_FLOW_OK && self->has_whole_units)
    ret = finish (self, self->has_whole_access_units
        || GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_MARKER));
  gst_buffer_unref (buffer);
  if (ret != GST_FLOW_OK)
    forget (self);
  return ret;
}

/* Takes the event. */
static gboolean
take_caps (NalSplit * self, GstEvent * event)
{
  g_autoptr (GstCaps) out = NULL;
  GstStructure *structure;
  const gchar *alignment;
  GstCaps *caps;

  gst_event_parse_caps (event, &caps);
  structure = gst_caps_get_structure (caps, 0);
  alignment = gst_structure_get_string (structure, "alignment");
  self->codec = gst_structure_has_name (structure, "video/x-h265") ?
      H26X_CODEC_H265 : H26X_CODEC_H264;
  self->has_whole_access_units = g_strcmp0 (alignment, "au") == 0;
  self->has_whole_units = self->has_whole_access_units
      || g_strcmp0 (alignment, "nal") == 0;

  out = gst_caps_copy (caps);
  gst_caps_set_simple (out, "alignment", G_TYPE_STRING, "nal", NULL);
  gst_event_unref (event);
  return gst_pad_push_event (self->srcpad, gst_event_new_caps (out));
}

static gboolean
nal_split_sink_event (GstPad * pad, GstObject * parent, GstEvent * event)
{
  NalSplit *self = NAL_SPLIT (parent);
  const GstSegment *segment;

  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_STREAM_START:
    case GST_EVENT_SEGMENT_DONE:
    case GST_EVENT_EOS:
      finish (self, TRUE);
      break;
    case GST_EVENT_CAPS:
      finish (self, TRUE);
      return take_caps (self, event);
    case GST_EVENT_SEGMENT:
      finish (self, TRUE);
      gst_event_parse_segment (event, &segment);
      self->has_times = segment->format == GST_FORMAT_TIME;
      break;
    case GST_EVENT_FLUSH_STOP:
      forget (self);
      break;
    default:
      break;
  }
  return gst_pad_event_default (pad, parent, event);
}

/* --- life cycle ---------------------------------------------------------- */

static GstStateChangeReturn
nal_split_change_state (GstElement * element, GstStateChange transition)
{
  const GstStateChangeReturn ret =
      GST_ELEMENT_CLASS (nal_split_parent_class)->change_state (element,
      transition);

  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    forget (NAL_SPLIT (element));
  return ret;
}

static void
nal_split_finalize (GObject * object)
{
  NalSplit *self = NAL_SPLIT (object);

  forget (self);
  g_object_unref (self->adapter);
  G_OBJECT_CLASS (nal_split_parent_class)->finalize (object);
}

static void
nal_split_class_init (NalSplitClass * klass)
{
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  GST_DEBUG_CATEGORY_INIT (nal_split_debug, "nalsplit", 0,
      "byte streams of H.264 and H.265, divided into NAL units");
  G_OBJECT_CLASS (klass)->finalize = nal_split_finalize;
  element_class->change_state = nal_split_change_state;
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "NAL unit splitter",
      "Codec/Parser/Video",
      "Divides a byte stream of H.264 or H.265 into NAL units",
      "gst-metakafka");
}

static void
nal_split_init (NalSplit * self)
{
  self->sinkpad = gst_pad_new_from_static_template (&sink_template, "sink");
  gst_pad_set_chain_function (self->sinkpad, nal_split_chain);
  gst_pad_set_event_function (self->sinkpad, nal_split_sink_event);
  gst_element_add_pad (GST_ELEMENT (self), self->sinkpad);

  self->srcpad = gst_pad_new_from_static_template (&src_template, "src");
  gst_pad_use_fixed_caps (self->srcpad);
  gst_element_add_pad (GST_ELEMENT (self), self->srcpad);

  self->adapter = gst_adapter_new ();
  forget (self);
}
