/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "fuzzstream.h"

#include "gstseielements.h"

/* Of the configuration record just what says how long a length is */
#define AVCC(byte) "codec_data=(buffer)01010101" byte "01,"
#define HVCC(byte) "codec_data=(buffer)0101010101010101010101010101010101010101" \
    "01" byte "01,"

static const FuzzCaps all_caps[] = {
  {"video/x-h264,stream-format=byte-stream,alignment=au", {H26X_CODEC_H264, 0}},
  {"video/x-h265,stream-format=byte-stream,alignment=au", {H26X_CODEC_H265, 0}},
  {"video/x-h264,stream-format=avc," AVCC ("fc") "alignment=au",
      {H26X_CODEC_H264, 1}},
  {"video/x-h265,stream-format=hvc1," HVCC ("fc") "alignment=au",
      {H26X_CODEC_H265, 1}},
  {"video/x-h264,stream-format=avc3," AVCC ("fd") "alignment=au",
      {H26X_CODEC_H264, 2}},
  {"video/x-h265,stream-format=hev1," HVCC ("fd") "alignment=au",
      {H26X_CODEC_H265, 2}},
  {"video/x-h264,stream-format=avc," AVCC ("ff") "alignment=au",
      {H26X_CODEC_H264, 4}},
  {"video/x-h265,stream-format=hev1," HVCC ("ff") "alignment=au",
      {H26X_CODEC_H265, 4}},
  {"video/x-h264,stream-format=byte-stream,alignment=nal",
      {H26X_CODEC_H264, 0}, TRUE},
  {"video/x-h265,stream-format=byte-stream,alignment=nal",
      {H26X_CODEC_H265, 0}, TRUE},
  {"video/x-h264,stream-format=avc," AVCC ("ff") "alignment=nal",
      {H26X_CODEC_H264, 4}, TRUE},
  {"video/x-h265,stream-format=hvc1," HVCC ("fd") "alignment=nal",
      {H26X_CODEC_H265, 2}, TRUE},
  {"video/x-h264,stream-format=avc," AVCC ("fe") "alignment=au",
      {H26X_CODEC_H264, 0}, FALSE, TRUE},
  {"video/x-h265,stream-format=hvc1,codec_data=(buffer)01,alignment=au",
      {H26X_CODEC_H265, 0}, FALSE, TRUE},
  {"video/x-h264,stream-format=byte-stream", {H26X_CODEC_H264, 0}, FALSE, TRUE},
  {"video/x-h265,alignment=au", {H26X_CODEC_H265, 0}, FALSE, TRUE},
};

static GstCaps *caps_objects[G_N_ELEMENTS (all_caps)];

const guint8 fuzz_uuids[FUZZ_N_UUIDS][SEI_UUID_SIZE] = {
  {0xa4, 0xb0, 0x05, 0x12, 0xd7, 0x94, 0x56, 0x11,
      0x86, 0xb7, 0x17, 0x40, 0x6d, 0xe2, 0xf1, 0xde},
  {0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 3, 0, 0},
  {0xdc, 0x45, 0xe9, 0xbd, 0xe6, 0xd9, 0x48, 0xb7,
      0x96, 0x2c, 0xd8, 0x20, 0xd9, 0x23, 0xee, 0xef},
};

GBytes *
fuzz_payload (guint n)
{
  static const guint8 zeros[9];
  guint8 longer[300];

  switch (n % FUZZ_N_PAYLOADS) {
    case 0:
      return g_bytes_new_static ("hello", 5);
    case 1:
      return g_bytes_new_static ("{\"a\": 1}\n", 9);
    case 2:
      return g_bytes_new_static (zeros, sizeof (zeros));
    case 3:
      return g_bytes_new_static ("", 0);
    default:
      for (guint i = 0; i < sizeof (longer); i++)
        longer[i] = i % 7 == 6 ? 1 : 0;
      return g_bytes_new (longer, sizeof (longer));
  }
}

gboolean
fuzz_item_equal (const SeiItem * a, const SeiItem * b)
{
  return a->type == b->type && memcmp (a->uuid, b->uuid, SEI_UUID_SIZE) == 0
      && g_bytes_equal (a->payload, b->payload);
}

/* --- pads --------------------------------------------------------------- */

static void
append_bytes (GByteArray * all, GstBuffer * buffer)
{
  const gsize before = all->len;
  const gsize size = gst_buffer_get_size (buffer);

  g_byte_array_set_size (all, before + size);
  if (size > 0)
    gst_buffer_extract (buffer, 0, all->data + before, size);
}

static GstFlowReturn
take_buffer (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  FuzzStream *stream = gst_pad_get_element_private (pad);

  g_ptr_array_add (pad == stream->sinkpad ? stream->video : stream->metadata,
      buffer);
  if (pad == stream->sinkpad)
    append_bytes (stream->all_out, buffer);
  return GST_FLOW_OK;
}

static gboolean
take_event (GstPad * pad, GstObject * parent, GstEvent * event)
{
  gst_event_unref (event);
  return TRUE;
}

static gboolean
answer_query (GstPad * pad, GstObject * parent, GstQuery * query)
{
  FuzzStream *stream = gst_pad_get_element_private (pad);

  if (GST_QUERY_TYPE (query) == GST_QUERY_CAPS) {
    GstCaps *caps = pad == stream->metadata_pad && stream->json ?
        gst_caps_new_empty_simple ("application/x-json") : gst_caps_new_any ();

    gst_query_set_caps_result (query, caps);
    gst_caps_unref (caps);
    return TRUE;
  }
  if (GST_QUERY_TYPE (query) == GST_QUERY_ACCEPT_CAPS) {
    gst_query_set_accept_caps_result (query, TRUE);
    return TRUE;
  }
  return FALSE;
}

static GstPad *
add_sink (FuzzStream * stream, GstPad * from)
{
  GstPad *pad = gst_pad_new (NULL, GST_PAD_SINK);

  gst_pad_set_element_private (pad, stream);
  gst_pad_set_chain_function (pad, take_buffer);
  gst_pad_set_event_function (pad, take_event);
  gst_pad_set_query_function (pad, answer_query);
  CHECK (gst_pad_link (from, pad) == GST_PAD_LINK_OK);
  gst_object_unref (from);
  return pad;
}

void
fuzz_stream_init (FuzzStream * stream, const gchar * element)
{
  /* The elements are linked in: no plugin is looked for */
  g_setenv ("GST_REGISTRY_DISABLE", "yes", TRUE);
  gst_init (NULL, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL
      | G_LOG_LEVEL_WARNING);
  CHECK (GST_ELEMENT_REGISTER (seiinject, NULL));
  CHECK (GST_ELEMENT_REGISTER (seiextract, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (all_caps); i++) {
    caps_objects[i] = gst_caps_from_string (all_caps[i].text);
    CHECK (caps_objects[i] != NULL);
  }

  stream->element = gst_element_factory_make (element, NULL);
  CHECK (stream->element != NULL);
  gst_object_ref_sink (stream->element);
  stream->video =
      g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_unref);
  stream->metadata =
      g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_unref);
  stream->all_in = g_byte_array_new ();
  stream->all_out = g_byte_array_new ();

  GstPad *sink = gst_element_get_static_pad (stream->element, "sink");
  stream->srcpad = gst_pad_new (NULL, GST_PAD_SRC);
  CHECK (gst_pad_link (stream->srcpad, sink) == GST_PAD_LINK_OK);
  gst_object_unref (sink);
  stream->sinkpad = add_sink (stream,
      gst_element_get_static_pad (stream->element, "src"));
  if (strcmp (element, "seiextract") == 0)
    stream->metadata_pad = add_sink (stream,
        gst_element_request_pad_simple (stream->element, "metadata"));
}

static void
set_active (FuzzStream * stream, gboolean active)
{
  gst_pad_set_active (stream->sinkpad, active);
  if (stream->metadata_pad != NULL)
    gst_pad_set_active (stream->metadata_pad, active);
  gst_pad_set_active (stream->srcpad, active);
}

static void
forget_buffers (FuzzStream * stream)
{
  g_ptr_array_set_size (stream->video, 0);
  g_ptr_array_set_size (stream->metadata, 0);
}

void
fuzz_stream_begin (FuzzStream * stream, uint8_t caps)
{
  GstSegment segment;

  gst_element_set_state (stream->element, GST_STATE_READY);
  set_active (stream, FALSE);
  set_active (stream, TRUE);
  forget_buffers (stream);
  g_byte_array_set_size (stream->all_in, 0);
  g_byte_array_set_size (stream->all_out, 0);
  CHECK (gst_element_set_state (stream->element, GST_STATE_PLAYING)
      == GST_STATE_CHANGE_SUCCESS);

  gst_pad_push_event (stream->srcpad, gst_event_new_stream_start ("fuzz"));
  fuzz_stream_set_caps (stream, caps);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (stream->srcpad, gst_event_new_segment (&segment));
}

void
fuzz_stream_set_caps (FuzzStream * stream, uint8_t caps)
{
  const gsize i = caps % G_N_ELEMENTS (all_caps);
  GstCaps *template = gst_pad_get_pad_template_caps (GST_PAD_PEER
      (stream->srcpad));

  stream->caps = &all_caps[i];
  stream->accepted = !stream->caps->refused
      && gst_caps_can_intersect (template, caps_objects[i]);
  gst_caps_unref (template);
  gst_pad_push_event (stream->srcpad, gst_event_new_caps (caps_objects[i]));
}

gboolean
fuzz_stream_push (FuzzStream * stream, GstBuffer * buffer)
{
  forget_buffers (stream);
  if (stream->accepted)
    append_bytes (stream->all_in, buffer);
  CHECK (gst_pad_push (stream->srcpad, buffer)
      == (stream->accepted ? GST_FLOW_OK : GST_FLOW_NOT_NEGOTIATED));
  CHECK (stream->accepted || stream->video->len + stream->metadata->len == 0);
  return stream->accepted;
}

void
fuzz_stream_join (FuzzStream * stream)
{
  GstPad *sink = gst_element_request_pad_simple (stream->element, "metadata");
  GstCaps *caps = gst_caps_new_empty_simple ("application/x-ndjson");
  GstSegment segment;

  CHECK (sink != NULL);
  stream->joined_pad = gst_pad_new (NULL, GST_PAD_SRC);
  CHECK (gst_pad_link (stream->joined_pad, sink) == GST_PAD_LINK_OK);
  gst_object_unref (sink);
  gst_pad_set_active (stream->joined_pad, TRUE);
  gst_pad_push_event (stream->joined_pad, gst_event_new_stream_start ("lines"));
  gst_pad_push_event (stream->joined_pad, gst_event_new_caps (caps));
  gst_caps_unref (caps);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (stream->joined_pad, gst_event_new_segment (&segment));
}

void
fuzz_stream_push_joined (FuzzStream * stream, FuzzInput bytes, gboolean timed)
{
  GstBuffer *buffer = fuzz_buffer_new (bytes, FUZZ_ONE_PART,
      timed ? 0 : FUZZ_BUFFER_NO_PTS);

  CHECK (gst_pad_push (stream->joined_pad, buffer) == GST_FLOW_OK);
}

static void
end_joined (FuzzStream * stream)
{
  GstPad *sink = gst_pad_get_peer (stream->joined_pad);

  gst_pad_push_event (stream->joined_pad, gst_event_new_eos ());
  gst_element_release_request_pad (stream->element, sink);
  gst_object_unref (sink);
  gst_pad_set_active (stream->joined_pad, FALSE);
  g_clear_object (&stream->joined_pad);
}

void
fuzz_stream_end (FuzzStream * stream)
{
  forget_buffers (stream);
  gst_pad_push_event (stream->srcpad, gst_event_new_eos ());
  if (stream->joined_pad != NULL)
    end_joined (stream);
}

gboolean
fuzz_stream_has_same_video (const FuzzStream * stream)
{
  return stream->all_in->len == stream->all_out->len
      && (stream->all_in->len == 0 || memcmp (stream->all_in->data,
          stream->all_out->data, stream->all_in->len) == 0);
}

guint64
fuzz_stream_get_stat (FuzzStream * stream, const gchar * name)
{
  GstStructure *stats;
  guint64 value = 0;

  g_object_get (stream->element, "stats", &stats, NULL);
  CHECK (gst_structure_get_uint64 (stats, name, &value));
  gst_structure_free (stats);
  return value;
}

/* --- buffers ------------------------------------------------------------ */

GstBuffer *
fuzz_buffer_new (FuzzInput in, uint8_t division, guint flags)
{
  size_t ends[FUZZ_MAX_PARTS];
  const unsigned n = fuzz_divide (in.size, division, ends);
  GstBuffer *buffer = gst_buffer_new ();
  gsize begin = 0;

  for (unsigned i = 0; i < n; i++) {
    const gsize size = ends[i] - begin;
    guint8 *block = g_malloc (MAX (size, 1));

    if (size > 0)
      memcpy (block, in.data + begin, size);
    gst_buffer_append_memory (buffer,
        gst_memory_new_wrapped (flags & FUZZ_BUFFER_NO_SHARE ?
            GST_MEMORY_FLAG_NO_SHARE : 0, block, MAX (size, 1), 0, size, block,
            g_free));
    begin = ends[i];
  }
  if (flags & FUZZ_BUFFER_DELTA_UNIT)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  if (!(flags & FUZZ_BUFFER_NO_PTS)) {
    GST_BUFFER_PTS (buffer) = 2 * GST_SECOND;
    GST_BUFFER_DTS (buffer) = GST_SECOND;
    GST_BUFFER_DURATION (buffer) = 40 * GST_MSECOND;
  }
  return buffer;
}

SeiList *
fuzz_read (FuzzInput in, H26xFormat format, const SeiSelection * selection,
    SeiFindings * findings)
{
  const BytesSpan span = { in.data, in.size };
  SeiList *list = sei_list_new ();
  Bytes bytes;

  bytes_init (&bytes, &span, 1);
  sei_list_read (list, &bytes, format, selection, findings, NULL);
  return list;
}

GByteArray *
fuzz_join (GPtrArray * buffers)
{
  GByteArray *all = g_byte_array_new ();

  for (guint i = 0; i < buffers->len; i++)
    append_bytes (all, g_ptr_array_index (buffers, i));
  return all;
}
