/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "paystream.h"

#include <gst/check/gstharness.h>

#include "sei.h"

#define MAX_ACCESS_UNITS 60

static const guint mtus[] = { 200, 501, 1400, 9000 };

static void
on_handoff (GstElement * sink, GstBuffer * buffer, GstPad * pad, gpointer data)
{
  GPtrArray *access_units = data;
  GstMapInfo map;

  if (access_units->len >= MAX_ACCESS_UNITS)
    return;
  fail_unless (gst_buffer_map (buffer, &map, GST_MAP_READ));
  g_ptr_array_add (access_units, g_bytes_new (map.data, map.size));
  gst_buffer_unmap (buffer, &map);
}

static GPtrArray *
run (const gchar * source, H26xCodec codec)
{
  GPtrArray *access_units =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  const gchar *name = codec == H26X_CODEC_H265 ? "h265" : "h264";
  g_autofree gchar *line = g_strdup_printf ("%s ! %sparse !"
      " video/x-%s,stream-format=byte-stream,alignment=au ! fakesink name=sink"
      " signal-handoffs=true sync=false async=false", source, name, name);
  g_autoptr (GstElement) pipeline = gst_parse_launch (line, NULL);
  g_autoptr (GstElement) sink = NULL;
  g_autoptr (GstBus) bus = NULL;
  g_autoptr (GstMessage) message = NULL;

  fail_unless (pipeline != NULL, "%s", line);
  sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  g_signal_connect (sink, "handoff", G_CALLBACK (on_handoff), access_units);
  bus = gst_element_get_bus (pipeline);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  /* Some vectors are damaged: what came before the error is good enough */
  message = gst_bus_timed_pop_filtered (bus, 60 * GST_SECOND,
      GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  fail_unless (message != NULL, "%s", line);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  return access_units;
}

/* Adds a message of any size in front of the slices */
static GBytes *
add_message (GBytes * access_unit, H26xCodec codec, guint i)
{
  static const guint sizes[] =
      { 0, 1, 30, 170, 180, 190, 400, 1380, 1500, 9500 };
  static const uint8_t uuid[SEI_UUID_SIZE] =
      { 0xa4, 0xb0, 0, 0, 1, 0, 0, 0, 9 };
  const H26xFormat format = { codec, 0 };
  const guint size = sizes[i % G_N_ELEMENTS (sizes)];
  g_autofree guint8 *payload = g_malloc (size + 1);
  g_autofree guint8 *nal = g_malloc (2 * size + 100);
  GByteArray *array = g_byte_array_new ();
  H26xInsertPoint point;
  gsize n, written;
  const guint8 *data = g_bytes_get_data (access_unit, &n);
  const BytesSpan span = { data, n };
  Bytes bytes;

  for (guint k = 0; k < size; k++)
    payload[k] = (guint8) (i % 2 == 0 ? k : k % 3);
  bytes_init (&bytes, &span, 1);
  if (h26x_find_insert_point (&bytes, format, &point) != H26X_OK)
    point = (H26xInsertPoint) {
    n, 0, 0};
  fail_unless (sei_write_message (format, &point, 5, uuid, payload, size, nal,
          2 * size + 100, &written) == H26X_OK);
  g_byte_array_append (array, data, (guint) point.offset);
  g_byte_array_append (array, nal, (guint) written);
  g_byte_array_append (array, data + point.offset, (guint) (n - point.offset));
  g_bytes_unref (access_unit);
  return g_byte_array_free_to_bytes (array);
}

static guint
count_nals (GBytes * access_unit, H26xCodec codec)
{
  BytesSpan span;
  Bytes bytes;
  H26xNalIter it;
  H26xNal nal;
  guint n = 0;

  span.data = g_bytes_get_data (access_unit, &span.size);
  bytes_init (&bytes, &span, 1);
  h26x_nal_iter_init (&it, &bytes, (H26xFormat) {
      codec, 0});
  while (h26x_nal_iter_next (&it, &nal))
    n++;
  return n;
}

/* Of the source's access units, those with up to max_nals NAL units, with a message
 * added to each, and what there is to find in them */
static void
stream_init (PayStream * stream, const gchar * source, H26xCodec codec,
    guint max_nals)
{
  stream->codec = codec;
  stream->access_units = run (source, codec);
  stream->seis = g_ptr_array_new_with_free_func ((GDestroyNotify)
      g_bytes_unref);
  stream->seis_at = g_array_new (FALSE, FALSE, sizeof (guint));
  stream->n_pictures = 0;

  for (guint i = 0; i < stream->access_units->len;) {
    if (count_nals (stream->access_units->pdata[i], codec) < max_nals)
      i++;
    else
      g_ptr_array_remove_index (stream->access_units, i);
  }
  for (guint i = 0; i < stream->access_units->len; i++) {
    gpointer *access_unit = &stream->access_units->pdata[i];
    BytesSpan span;
    Bytes bytes;
    H26xNalIter it;
    H26xNal nal;

    *access_unit = add_message (*access_unit, codec, i);
    span.data = g_bytes_get_data (*access_unit, &span.size);
    bytes_init (&bytes, &span, 1);
    h26x_nal_iter_init (&it, &bytes, (H26xFormat) {
        codec, 0}
    );
    while (h26x_nal_iter_next (&it, &nal)) {
      stream->n_pictures += nal.first_in_picture;
      if (nal.kind != H26X_NAL_SEI && nal.kind != H26X_NAL_SEI_SUFFIX)
        continue;
      g_ptr_array_add (stream->seis, g_bytes_new (span.data + nal.offset,
              nal.size));
      g_array_append_val (stream->seis_at, i);
    }
  }
}

static void
stream_clear (PayStream * stream)
{
  g_ptr_array_unref (stream->access_units);
  g_ptr_array_unref (stream->seis);
  g_array_unref (stream->seis_at);
}

/* Returns the packets, GBytes, in blocks of exactly their sizes */
static GPtrArray *
packetise (const PayStream * stream, guint mtu, guint mode)
{
  const gboolean is_h265 = stream->codec == H26X_CODEC_H265;
  g_autofree gchar *line = g_strdup_printf ("rtph26%cpay mtu=%u"
      " aggregate-mode=%u timestamp-offset=0 seqnum-offset=%u",
      is_h265 ? '5' : '4', mtu, mode, 65000 + mtu / 100);
  g_autofree gchar *caps = g_strdup_printf ("video/x-h26%c,"
      "stream-format=byte-stream,alignment=au,framerate=10/1",
      is_h265 ? '5' : '4');
  GPtrArray *packets =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  GstHarness *h = gst_harness_new_parse (line);
  GstBuffer *buffer;

  gst_harness_set_src_caps_str (h, caps);
  for (guint i = 0; i < stream->access_units->len; i++) {
    buffer = gst_buffer_new_wrapped_bytes (stream->access_units->pdata[i]);
    GST_BUFFER_PTS (buffer) = i * (GST_SECOND / 10);
    GST_BUFFER_DTS (buffer) = GST_BUFFER_PTS (buffer);
    fail_unless_equals_int (gst_harness_push (h, buffer), GST_FLOW_OK);
  }
  gst_harness_push_event (h, gst_event_new_eos ());
  while ((buffer = gst_harness_try_pull (h))) {
    GstMapInfo map;

    fail_unless (gst_buffer_map (buffer, &map, GST_MAP_READ));
    fail_unless (map.size <= mtu);
    g_ptr_array_add (packets, g_bytes_new (map.data, map.size));
    gst_buffer_unmap (buffer, &map);
    gst_buffer_unref (buffer);
  }
  gst_harness_teardown (h);
  return packets;
}

static void
check_modes (const gchar * source, H26xCodec codec, guint max_nals,
    guint first_mode, guint last_mode, PayStreamFunc func)
{
  PayStream stream;

  stream_init (&stream, source, codec, max_nals);
  fail_unless (stream.access_units->len > 0 || max_nals < G_MAXUINT, "%s",
      source);
  for (guint i = 0; i < G_N_ELEMENTS (mtus); i++) {
    for (guint mode = first_mode; mode <= last_mode; mode++) {
      g_autoptr (GPtrArray) packets = packetise (&stream, mtus[i], mode);
      g_autofree gchar *where = g_strdup_printf ("%s: mtu %u, mode %u, %u"
          " packets", source, mtus[i], mode, packets->len);

      GST_INFO ("%s", where);
      func (&stream, packets, where);
    }
  }
  stream_clear (&stream);
}

/* rtph265pay 1.22 uses memory that it has freed where it puts 8 NAL units into one
 * packet */
static void
check_stream (const gchar * source, H26xCodec codec, PayStreamFunc func)
{
  if (codec == H26X_CODEC_H264) {
    check_modes (source, codec, G_MAXUINT, 0, 2, func);
  } else {
    check_modes (source, codec, G_MAXUINT, 0, 0, func);
    check_modes (source, codec, 7, 1, 2, func);
  }
}

void
pay_stream_check_h264 (PayStreamFunc func)
{
  check_stream ("videotestsrc num-buffers=30 pattern=snow !"
      " video/x-raw,width=320,height=240,framerate=10/1 !"
      " x264enc key-int-max=10 bitrate=400 speed-preset=ultrafast aud=true"
      " threads=1", H26X_CODEC_H264, func);
  check_stream ("videotestsrc num-buffers=30 !"
      " video/x-raw,width=320,height=240,framerate=10/1 !"
      " openh264enc gop-size=10", H26X_CODEC_H264, func);
}

void
pay_stream_check_h265 (PayStreamFunc func)
{
  check_stream ("videotestsrc num-buffers=30 pattern=snow !"
      " video/x-raw,width=320,height=240,framerate=10/1 !"
      " x265enc key-int-max=10 bitrate=400 speed-preset=ultrafast"
      " option-string=pools=1:aud=1", H26X_CODEC_H265, func);
}

void
pay_stream_check_vectors (PayStreamFunc func)
{
  static const struct
  {
    const gchar *suffix, *demux;
    H26xCodec codec;
  } kinds[] = {
    {".264", "", H26X_CODEC_H264},
    {".avc", "", H26X_CODEC_H264},
    {".h265", "", H26X_CODEC_H265},
    {".mp4", " ! qtdemux", H26X_CODEC_H264},
    {".ts", " ! tsdemux", H26X_CODEC_H264}
  };
  const gchar *folder = g_getenv ("METAKAFKA_VECTORS");
  g_autoptr (GDir) dir = folder ? g_dir_open (folder, 0, NULL) : NULL;
  const gchar *name;

  if (!dir) {
    g_print ("skipped: METAKAFKA_VECTORS is not set\n");
    return;
  }
  while ((name = g_dir_read_name (dir))) {
    for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
      g_autofree gchar *source = NULL;

      if (!g_str_has_suffix (name, kinds[i].suffix))
        continue;
      source = g_strdup_printf ("filesrc location=%s/%s%s", folder, name,
          kinds[i].demux);
      check_stream (source, kinds[i].codec, func);
    }
  }
}
