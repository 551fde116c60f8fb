/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "gstseistream.h"

#include <string.h>

#include "timedpads.h"

/* --- pads --------------------------------------------------------------- */

gboolean
gst_sei_stream_query (GstPad * pad, GstObject * parent, GstQuery * query)
{
  if (GST_QUERY_TYPE (query) == GST_QUERY_CAPS)
    return gst_pad_proxy_query_caps (pad, query);

  return gst_pad_query_default (pad, parent, query);
}

static GstPad *
add_pad (GstElement * element, const gchar * name)
{
  GstPadTemplate *templ = gst_element_get_pad_template (element, name);
  GstPad *pad = gst_pad_new_from_template (templ, name);

  gst_pad_set_query_function (pad, gst_sei_stream_query);
  gst_pad_set_iterate_internal_links_function (pad,
      timed_pad_iterate_internal_links);

  return pad;
}

void
gst_sei_stream_init (GstSeiStream * stream, GstElement * element,
    GstPadChainFunction chain, GstPadEventFunction event)
{
  stream->element = element;

  stream->sinkpad = add_pad (element, "sink");
  gst_pad_set_chain_function (stream->sinkpad, chain);
  gst_pad_set_event_function (stream->sinkpad, event);
  /* Caps without alignment are no subset of the template, but must come in an event
   * all the same, so that the error can name the parser that is missing */
  GST_PAD_SET_ACCEPT_INTERSECT (stream->sinkpad);
  GST_PAD_SET_ACCEPT_TEMPLATE (stream->sinkpad);
  gst_element_add_pad (element, stream->sinkpad);

  stream->srcpad = add_pad (element, "src");
  gst_element_add_pad (element, stream->srcpad);

  gst_sei_stream_reset (stream);
}

/* --- caps --------------------------------------------------------------- */

/* lengthSizeMinusOne of the AVC or HEVC decoder configuration record
 * (ISO/IEC 14496-15, 5.3.3.1.2 and 8.3.3.1.2). Returns 0 if there is no record, or
 * if its length is not one that the standard allows. */
static guint
read_length_size (const GstStructure * structure, H26xCodec codec,
    gboolean whole)
{
  const gsize offset = codec == H26X_CODEC_H264 ? 4 : 21;
  const GValue *value = gst_structure_get_value (structure, "codec_data");
  GstBuffer *record = NULL;
  guint8 byte;

  /* With single NAL units h264parse and h265parse give no record, and always write
   * lengths of 4 bytes */
  if (!value && !whole)
    return 4;
  if (value && GST_VALUE_HOLDS_BUFFER (value))
    record = gst_value_get_buffer (value);
  if (!record || gst_buffer_extract (record, offset, &byte, 1) != 1)
    return 0;

  const guint length_size = (byte & 3) + 1;

  return length_size != 3 ? length_size : 0;
}

static GstClockTime
read_frame_duration (const GstStructure * structure)
{
  gint n, d;

  if (!gst_structure_get_fraction (structure, "framerate", &n, &d) || n <= 0)
    return GST_CLOCK_TIME_NONE;
  return gst_util_uint64_scale (GST_SECOND, d, n);
}

static TimedPicture
read_picture (const GstStructure * structure)
{
  gint width, height;

  if (!gst_structure_get_int (structure, "width", &width)
      || !gst_structure_get_int (structure, "height", &height)
      || width <= 0 || height <= 0)
    return (TimedPicture) {
    0, 0};
  return (TimedPicture) {
  width, height};
}

/* Posts an error; an event that was refused comes again with every buffer, and one
 * error is enough. Returns FALSE. */
static gboolean
refuse (GstSeiStream * stream, const gchar * what_it_does, const gchar * parser)
{
  const gchar *name =
      GST_OBJECT_NAME (gst_element_get_factory (stream->element));

  if (!stream->refused)
    GST_ELEMENT_ERROR (stream->element, STREAM, FORMAT,
        ("The input of %s %s: insert %s before %s.", name, what_it_does,
            parser, name), (NULL));
  stream->refused = TRUE;
  return FALSE;
}

/* Returns whether @caps can be used; posts an error if they cannot. */
static gboolean
set_caps (GstSeiStream * stream, GstCaps * caps)
{
  const GstStructure *structure = gst_caps_get_structure (caps, 0);
  const gboolean h264 = gst_structure_has_name (structure, "video/x-h264");
  const gchar *parser = h264 ? "h264parse" : "h265parse";
  const gchar *alignment = gst_structure_get_string (structure, "alignment");
  const gchar *stream_format =
      gst_structure_get_string (structure, "stream-format");

  stream->whole = g_strcmp0 (alignment, "au") == 0;
  stream->picture = read_picture (structure);
  stream->frame_duration = read_frame_duration (structure);
  if ((!stream->whole && g_strcmp0 (alignment, "nal") != 0)
      || !stream_format)
    return refuse (stream, "is not divided into access units or NAL units",
        parser);

  stream->format.codec = h264 ? H26X_CODEC_H264 : H26X_CODEC_H265;
  stream->format.length_size = 0;
  if (strcmp (stream_format, "byte-stream") != 0) {
    stream->format.length_size =
        read_length_size (structure, stream->format.codec, stream->whole);
    if (stream->format.length_size == 0)
      return refuse (stream,
          "has no codec_data that says how long its length fields are", parser);
  }
  GST_INFO_OBJECT (stream->element, "%s, %s, alignment %s, length fields of %u "
      "bytes", h264 ? "H.264" : "H.265", stream_format, alignment,
      stream->format.length_size);

  return TRUE;
}

void
gst_sei_stream_reset (GstSeiStream * stream)
{
  stream->negotiated = FALSE;
  stream->refused = FALSE;
  stream->warned_of_size = FALSE;
  gst_segment_init (&stream->segment, GST_FORMAT_UNDEFINED);
}

void
gst_sei_stream_note_event (GstSeiStream * stream, GstEvent * event)
{
  if (GST_EVENT_TYPE (event) == GST_EVENT_SEGMENT)
    gst_event_copy_segment (event, &stream->segment);
  else if (GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_STOP)
    gst_segment_init (&stream->segment, GST_FORMAT_UNDEFINED);
}

gboolean
gst_sei_stream_handle_caps (GstSeiStream * stream, GstEvent * event,
    gboolean * is_other)
{
  const H26xFormat format = stream->format;
  const gboolean whole = stream->whole;
  GstCaps *caps;

  gst_event_parse_caps (event, &caps);
  stream->negotiated = set_caps (stream, caps);
  *is_other = stream->whole != whole || stream->format.codec != format.codec
      || stream->format.length_size != format.length_size;
  if (!stream->negotiated) {
    gst_event_unref (event);
    return FALSE;
  }
  stream->refused = FALSE;
  return gst_pad_push_event (stream->srcpad, event);
}

gboolean
gst_sei_stream_check_negotiated (GstSeiStream * stream)
{
  return stream->negotiated
      || refuse (stream, "has no caps", "h264parse or h265parse");
}

void
gst_sei_stream_post_unreadable (const GstSeiStream * stream)
{
  GST_ELEMENT_ERROR (stream->element, RESOURCE, READ,
      ("A buffer of the video could not be read: convert it to memory that the"
          " CPU can read before %s.", GST_OBJECT_NAME (stream->element)),
      (NULL));
}

void
gst_sei_stream_check_size (GstSeiStream * stream, guint n_dropped)
{
  const gchar *name = GST_OBJECT_NAME (stream->element);

  if (n_dropped == 0 || stream->picture.width > 0 || stream->warned_of_size)
    return;
  GST_ELEMENT_WARNING (stream->element, STREAM, FORMAT,
      ("Regions of interest are left out, because the caps of the video before %s do "
          "not say its width and height: insert a parser before %s.", name,
          name), (NULL));
  stream->warned_of_size = TRUE;
}
