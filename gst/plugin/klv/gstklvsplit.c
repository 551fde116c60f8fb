/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "gstklvsplit.h"

#include <string.h>

#include "klvkey.h"
#include "klvsegment.h"
#include "klvsplitter.h"
#include "timedwarn.h"

/* That of the element, which has one of its name */
#define GST_CAT_DEFAULT (GST_KLV_SPLIT_GET_CLASS (self)->category)

enum
{
  PROP_MAX_SIZE = 1
};

typedef struct
{
  GstPad *sinkpad;
  GstPad *srcpad;

  /* streaming thread */
  KlvSplitter *splitter;        /* since PAUSED */
  GstKlvSplitStats others;      /* buffers that were no KLV */

  /* OBJECT_LOCK */
  guint max_size;
  GstKlvSplitStats stats;
} GstKlvSplitPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (GstKlvSplit, gst_klv_split,
    GST_TYPE_ELEMENT);

static GstKlvSplitPrivate *
get_private (GstKlvSplit * self)
{
  return gst_klv_split_get_instance_private (self);
}

void
gst_klv_split_get_stats (GstKlvSplit * self, GstKlvSplitStats * stats)
{
  GST_OBJECT_LOCK (self);
  *stats = get_private (self)->stats;
  GST_OBJECT_UNLOCK (self);
}

/* --- units --------------------------------------------------------------- */

static void
account (GstKlvSplit * self)
{
  GstKlvSplitPrivate *priv = get_private (self);
  const KlvSplitterCounts *counts = klv_splitter_get_counts (priv->splitter);
  const GstKlvSplitStats now = {
    .units = counts->units,
    .dropped_bytes = counts->dropped_bytes + priv->others.dropped_bytes,
    .errors = counts->errors + priv->others.errors
  };

  GST_OBJECT_LOCK (self);
  const guint64 n_errors = now.errors - priv->stats.errors;

  priv->stats = now;
  GST_OBJECT_UNLOCK (self);

  TIMED_WARN (self, n_errors, now.errors, "units that are not whole, or bytes "
      "that belong to none (%" G_GUINT64_FORMAT " times so far, %"
      G_GUINT64_FORMAT " bytes)", now.errors, now.dropped_bytes);
}

/* @other: (transfer full): no KLV */
static void
drop_other (GstKlvSplit * self, GstBuffer * other)
{
  GstKlvSplitPrivate *priv = get_private (self);

  GST_LOG_OBJECT (self, "no KLV: %" GST_PTR_FORMAT, other);
  priv->others.dropped_bytes += gst_buffer_get_size (other);
  priv->others.errors++;
  gst_buffer_unref (other);
}

/* Pushes what becomes of a part. */
static GstFlowReturn
push_part (GstKlvSplit * self, const KlvPart * part)
{
  GstKlvSplitClass *klass = GST_KLV_SPLIT_GET_CLASS (self);
  GstBuffer *(*handle) (GstKlvSplit *, GstBuffer *) =
      part->kind == KLV_PART_UNIT ? klass->handle_unit : klass->handle_other;
  GstBuffer *buffer;

  if (!handle) {
    drop_other (self, part->buffer);
    return GST_FLOW_OK;
  }
  buffer = handle (self, part->buffer);
  return buffer ? gst_pad_push (get_private (self)->srcpad, buffer)
      : GST_FLOW_ERROR;
}

/* Pushes what becomes of the units that are there. */
static GstFlowReturn
push_units (GstKlvSplit * self)
{
  GstKlvSplitPrivate *priv = get_private (self);
  GstFlowReturn ret = GST_FLOW_OK;
  KlvPart part;

  while (ret == GST_FLOW_OK && klv_splitter_next (priv->splitter, &part))
    ret = push_part (self, &part);
  if (ret != GST_FLOW_OK)
    klv_splitter_clear (priv->splitter);
  account (self);

  return ret;
}

static GstFlowReturn
gst_klv_split_chain (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  GstKlvSplit *self = GST_KLV_SPLIT (parent);

  if (!klv_splitter_push (get_private (self)->splitter, buffer)) {
    GST_ELEMENT_ERROR (self, RESOURCE, READ,
        ("A buffer of KLV could not be read by the CPU."), (NULL));
    return GST_FLOW_ERROR;
  }
  return push_units (self);
}

/* --- events -------------------------------------------------------------- */

/* @caps: of what comes in */
static gboolean
push_caps (GstKlvSplit * self, GstCaps * caps)
{
  g_autoptr (GstCaps) ours =
      GST_KLV_SPLIT_GET_CLASS (self)->get_caps (self, caps);

  return gst_pad_push_event (get_private (self)->srcpad,
      gst_event_new_caps (ours));
}

static gboolean
handle_caps (GstKlvSplit * self, GstEvent * event)
{
  GstCaps *caps;
  gboolean handled;

  gst_event_parse_caps (event, &caps);
  handled = push_caps (self, caps);
  gst_event_unref (event);
  return handled;
}

/* A file says nothing of what is in it. What comes out has caps all the same, and they come
 * before the segment. */
static void
ensure_caps (GstKlvSplit * self)
{
  GstKlvSplitPrivate *priv = get_private (self);
  g_autoptr (GstCaps) caps = NULL;

  if (gst_pad_has_current_caps (priv->srcpad))
    return;
  caps = gst_pad_get_pad_template_caps (priv->sinkpad);
  push_caps (self, caps);
}

static gboolean
gst_klv_split_sink_event (GstPad * pad, GstObject * parent, GstEvent * event)
{
  GstKlvSplit *self = GST_KLV_SPLIT (parent);
  GstKlvSplitPrivate *priv = get_private (self);

  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_CAPS:
      return handle_caps (self, event);
    case GST_EVENT_STREAM_START:
    case GST_EVENT_SEGMENT:
    case GST_EVENT_EOS:
      /* What comes behind is another stream, or none */
      klv_splitter_end (priv->splitter);
      push_units (self);
      if (GST_EVENT_TYPE (event) == GST_EVENT_SEGMENT) {
        ensure_caps (self);
        event = klv_segment_of_time (event);
      }
      break;
    case GST_EVENT_FLUSH_STOP:
      klv_splitter_clear (priv->splitter);
      break;
    default:
      break;
  }
  return gst_pad_event_default (pad, parent, event);
}

/* --- properties ---------------------------------------------------------- */

static void
gst_klv_split_set_property (GObject * object, guint id, const GValue * value,
    GParamSpec * pspec)
{
  GstKlvSplit *self = GST_KLV_SPLIT (object);

  GST_OBJECT_LOCK (self);
  get_private (self)->max_size = g_value_get_uint (value);
  GST_OBJECT_UNLOCK (self);
}

static void
gst_klv_split_get_property (GObject * object, guint id, GValue * value,
    GParamSpec * pspec)
{
  GstKlvSplit *self = GST_KLV_SPLIT (object);

  GST_OBJECT_LOCK (self);
  g_value_set_uint (value, get_private (self)->max_size);
  GST_OBJECT_UNLOCK (self);
}

/* --- life cycle ---------------------------------------------------------- */

/* Forgets the stream before. */
static void
start (GstKlvSplit * self)
{
  GstKlvSplitPrivate *priv = get_private (self);

  GST_OBJECT_LOCK (self);
  const guint max_size = priv->max_size;

  memset (&priv->stats, 0, sizeof (priv->stats));
  GST_OBJECT_UNLOCK (self);

  memset (&priv->others, 0, sizeof (priv->others));
  g_clear_pointer (&priv->splitter, klv_splitter_free);
  priv->splitter = klv_splitter_new (max_size);
  if (GST_KLV_SPLIT_GET_CLASS (self)->reset)
    GST_KLV_SPLIT_GET_CLASS (self)->reset (self);
}

static GstStateChangeReturn
gst_klv_split_change_state (GstElement * element, GstStateChange transition)
{
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED)
    start (GST_KLV_SPLIT (element));

  return GST_ELEMENT_CLASS (gst_klv_split_parent_class)->change_state (element,
      transition);
}

static GstPad *
add_pad (GstKlvSplit * self, const char *name)
{
  GstElementClass *klass = GST_ELEMENT_GET_CLASS (self);
  GstPad *pad =
      gst_pad_new_from_template (gst_element_class_get_pad_template (klass,
          name), name);

  gst_element_add_pad (GST_ELEMENT (self), pad);
  return pad;
}

/* The templates are those of the class that is made of this one. */
static void
gst_klv_split_constructed (GObject * object)
{
  GstKlvSplit *self = GST_KLV_SPLIT (object);
  GstKlvSplitPrivate *priv = get_private (self);

  G_OBJECT_CLASS (gst_klv_split_parent_class)->constructed (object);

  priv->sinkpad = add_pad (self, "sink");
  gst_pad_set_chain_function (priv->sinkpad, gst_klv_split_chain);
  gst_pad_set_event_function (priv->sinkpad, gst_klv_split_sink_event);
  priv->srcpad = add_pad (self, "src");
}

static void
gst_klv_split_finalize (GObject * object)
{
  GstKlvSplitPrivate *priv = get_private (GST_KLV_SPLIT (object));

  g_clear_pointer (&priv->splitter, klv_splitter_free);

  G_OBJECT_CLASS (gst_klv_split_parent_class)->finalize (object);
}

static void
gst_klv_split_class_init (GstKlvSplitClass * klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = gst_klv_split_set_property;
  object_class->get_property = gst_klv_split_get_property;
  object_class->constructed = gst_klv_split_constructed;
  object_class->finalize = gst_klv_split_finalize;
  GST_ELEMENT_CLASS (klass)->change_state = gst_klv_split_change_state;

  /**
   * GstKlvSplit:max-size:
   *
   * Bytes of the longest unit, with key and length. One that says it is longer is
   * dropped, so that a length that is wrong takes no memory.
   */
  g_object_class_install_property (object_class, PROP_MAX_SIZE,
      g_param_spec_uint ("max-size", "Maximum size",
          "Bytes of the longest unit; one that says it is longer is dropped",
          KLV_KEY_SIZE + 1, G_MAXINT, KLV_SPLITTER_MAX_SIZE,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS
          | GST_PARAM_MUTABLE_READY));

  gst_type_mark_as_plugin_api (GST_TYPE_KLV_SPLIT, 0);
}

static void
gst_klv_split_init (GstKlvSplit * self)
{
  get_private (self)->max_size = KLV_SPLITTER_MAX_SIZE;
}
