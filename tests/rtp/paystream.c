/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "paystream.h"

#include <gst/check/gstharness.h>

#include "sei.h"

#define MAX_ACCESS_UNITS 60

/* Of aggregation packets that are made here; DOND has 8 bits (RFC 6184 5.7.2) */
#define MAX_UNITS 100

#define RTP_HEADER 12u

static const guint mtus[] = { 200, 576, 1400, 9000 };

static GByteArray *
append_bytes (GByteArray * array, gconstpointer data, gsize size)
{
  return g_byte_array_append (array, data, (guint) size);
}

static void
append_number (GByteArray * array, guint number, guint n_bytes)
{
  while (n_bytes-- > 0) {
    const guint8 byte = (guint8) (number >> 8 * n_bytes);

    append_bytes (array, &byte, 1);
  }
}

/* --- streams ----------------------------------------------------------------- */

static void
on_handoff (GstElement * sink, GstBuffer * buffer, GstPad * pad, gpointer data)
{
  GPtrArray *frames = data;

  if (frames->len < MAX_ACCESS_UNITS)
    g_ptr_array_add (frames, gst_buffer_ref (buffer));
}

/* Returns access units, GstBuffers */
static GPtrArray *
run (const gchar * source, H26xCodec codec)
{
  GPtrArray *frames =
      g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_unref);
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
  g_signal_connect (sink, "handoff", G_CALLBACK (on_handoff), frames);
  bus = gst_element_get_bus (pipeline);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  /* Some vectors are damaged: what came before the error is good enough */
  message = gst_bus_timed_pop_filtered (bus, 60 * GST_SECOND,
      GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  fail_unless (message != NULL, "%s", line);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  return frames;
}

/* Writes a message of any size */
static GBytes *
write_message (H26xCodec codec, const H26xInsertPoint * point, guint i)
{
  static const guint sizes[] =
      { 0, 1, 30, 170, 180, 190, 400, 1380, 1500, 9500, 30000 };
  static const uint8_t uuid[SEI_UUID_SIZE] =
      { 0xa4, 0xb0, 0, 0, 1, 0, 0, 0, 9 };
  const H26xFormat format = { codec, 0 };
  const guint size = sizes[i % G_N_ELEMENTS (sizes)];
  g_autofree guint8 *payload = g_malloc (size + 1);
  g_autofree guint8 *nal = g_malloc (2 * size + 100);
  gsize written;

  for (guint k = 0; k < size; k++)
    payload[k] = (guint8) (i % 2 == 0 ? k : k % 3);
  fail_unless (sei_write_message (format, point, 5, uuid, payload, size, nal,
          2 * size + 100, &written) == H26X_OK);
  return g_bytes_new (nal, written);
}

static void
append_message (GByteArray * array, H26xCodec codec,
    const H26xInsertPoint * point, guint i)
{
  g_autoptr (GBytes) nal = write_message (codec, point, i);
  gsize size;
  const guint8 *data = g_bytes_get_data (nal, &size);

  append_bytes (array, data, size);
}

/* last_kind: (out): of the last NAL unit */
static guint
count_nals (GBytes * access_unit, H26xCodec codec, H26xNalKind * last_kind)
{
  BytesSpan span;
  Bytes bytes;
  H26xNalIter it;
  H26xNal nal;
  guint n = 0;

  *last_kind = H26X_NAL_OTHER;
  span.data = g_bytes_get_data (access_unit, &span.size);
  bytes_init (&bytes, &span, 1);
  h26x_nal_iter_init (&it, &bytes, (H26xFormat) {
      codec, 0});
  while (h26x_nal_iter_next (&it, &nal)) {
    *last_kind = nal.kind;
    n++;
  }
  return n;
}

/* Adds messages: one in front of the slices, or in some access units two more; in
 * some one behind them, where H.265 has suffix SEI, and H.264 nothing */
static GBytes *
add_messages (GBytes * access_unit, H26xCodec codec, guint i)
{
  const H26xFormat format = { codec, 0 };
  const guint n_before = i % 5 == 3 ? 3 : 1;
  GByteArray *array = g_byte_array_new ();
  H26xInsertPoint point;
  H26xNalKind last_kind;
  BytesSpan span;
  Bytes bytes;

  count_nals (access_unit, codec, &last_kind);
  span.data = g_bytes_get_data (access_unit, &span.size);
  bytes_init (&bytes, &span, 1);
  if (h26x_find_insert_point (&bytes, format, &point) != H26X_OK)
    point = (H26xInsertPoint) {
    span.size, 0, 0};
  append_bytes (array, span.data, point.offset);
  for (guint k = 0; k < n_before; k++)
    append_message (array, codec, &point, i + k);
  append_bytes (array, span.data + point.offset, span.size - point.offset);
  if (i % 7 == 4 && last_kind == H26X_NAL_SLICE) {
    const guint begin = array->len;

    append_message (array, codec, &point, (i + n_before) % 10);
    if (codec == H26X_CODEC_H265)
      array->data[begin + 4] = 40 << 1; /* SUFFIX_SEI_NUT */
  }
  g_bytes_unref (access_unit);
  return g_byte_array_free_to_bytes (array);
}

/* RTP timestamps in the order of the PTS, if each access unit has one of its own, and
 * none that of one before the first, which rtpjitterbuffer would change */
static GArray *
make_timestamps (const GPtrArray * frames)
{
  GArray *timestamps = g_array_new (FALSE, FALSE, sizeof (guint32));
  gboolean is_known = TRUE;

  for (guint i = 0; i < frames->len; i++) {
    guint32 timestamp = 0;

    for (guint k = 0; k < frames->len; k++) {
      const GstClockTime pts = GST_BUFFER_PTS (frames->pdata[i]);
      const GstClockTime other = GST_BUFFER_PTS (frames->pdata[k]);

      is_known = is_known && GST_CLOCK_TIME_IS_VALID (pts)
          && (i == k || pts != other);
      timestamp += other < pts ? PAY_STREAM_TICKS : 0;
    }
    g_array_append_val (timestamps, timestamp);
  }
  is_known = is_known && frames->len > 0
      && g_array_index (timestamps, guint32, 0) == 0;
  for (guint i = 0; i < frames->len && !is_known; i++)
    g_array_index (timestamps, guint32, i) = i * PAY_STREAM_TICKS;
  return timestamps;
}

/* Of the source's access units, those with up to max_nals NAL units, with messages
 * added to each, and what there is to find in them */
static void
stream_init (PayStream * stream, const gchar * source, H26xCodec codec,
    guint max_nals)
{
  g_autoptr (GPtrArray) frames = run (source, codec);

  stream->codec = codec;
  stream->access_units = g_ptr_array_new_with_free_func ((GDestroyNotify)
      g_bytes_unref);
  stream->seis = g_ptr_array_new_with_free_func ((GDestroyNotify)
      g_bytes_unref);
  stream->seis_at = g_array_new (FALSE, FALSE, sizeof (guint));
  stream->n_pictures = 0;

  for (guint i = 0; i < frames->len;) {
    H26xNalKind last_kind;
    GstMapInfo map;
    GBytes *bytes;

    fail_unless (gst_buffer_map (frames->pdata[i], &map, GST_MAP_READ));
    bytes = g_bytes_new (map.data, map.size);
    gst_buffer_unmap (frames->pdata[i], &map);
    bytes = add_messages (bytes, codec, i);
    if (count_nals (bytes, codec, &last_kind) <= max_nals) {
      g_ptr_array_add (stream->access_units, bytes);
      i++;
    } else {
      g_bytes_unref (bytes);
      g_ptr_array_remove_index (frames, i);
    }
  }
  stream->timestamps = make_timestamps (frames);
  for (guint i = 0; i < stream->access_units->len; i++) {
    BytesSpan span;
    Bytes bytes;
    H26xNalIter it;
    H26xNal nal;

    span.data = g_bytes_get_data (stream->access_units->pdata[i], &span.size);
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
  g_array_unref (stream->timestamps);
  g_ptr_array_unref (stream->seis);
  g_array_unref (stream->seis_at);
}

/* --- packets ----------------------------------------------------------------- */

/* Packets as payloaders make them */
static void
payload (const PayStream * stream, guint mtu, GPtrArray * packets)
{
  const gboolean is_h265 = stream->codec == H26X_CODEC_H265;
  g_autofree gchar *line = g_strdup_printf ("rtph26%cpay mtu=%u"
      " aggregate-mode=%u timestamp-offset=0 seqnum-offset=%u",
      is_h265 ? '5' : '4', mtu, stream->mode, 65000 + mtu / 100);
  g_autofree gchar *caps = g_strdup_printf ("video/x-h26%c,"
      "stream-format=byte-stream,alignment=au,framerate=10/1",
      is_h265 ? '5' : '4');
  GstHarness *h = gst_harness_new_parse (line);
  GstBuffer *buffer;

  gst_harness_set_src_caps_str (h, caps);
  for (guint i = 0; i < stream->access_units->len; i++) {
    buffer = gst_buffer_new_wrapped_bytes (stream->access_units->pdata[i]);
    GST_BUFFER_PTS (buffer) =
        gst_util_uint64_scale (PAY_STREAM_TIMESTAMP (stream, i), GST_SECOND,
        90000);
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
}

/* A packet that NAL units are being put into */
typedef struct
{
  H26xCodec codec;
  guint type;
  guint offset_size;            /* of MTAP */
  guint mtu;
  GPtrArray *packets;
  GByteArray *packet;           /* NULL: none has begun */
  guint16 sequence;
  guint16 don;                  /* of the next NAL unit */
  guint32 timestamp;
  guint n_units;
  gboolean is_last;             /* the last unit ends an access unit */
} Packer;

static void
begin_packet (Packer * self, guint32 timestamp)
{
  self->packet = g_byte_array_new ();
  append_number (self->packet, 0x8060, 2);
  append_number (self->packet, self->sequence++, 2);
  append_number (self->packet, timestamp, 4);
  append_number (self->packet, 0x5ee15ee1, 4);
  self->timestamp = timestamp;
  self->n_units = 0;
}

static void
end_packet (Packer * self)
{
  if (self->packet == NULL)
    return;
  fail_unless (self->packet->len <= self->mtu);
  if (self->is_last)
    self->packet->data[1] |= 0x80;
  g_ptr_array_add (self->packets,
      g_byte_array_free_to_bytes (g_steal_pointer (&self->packet)));
}

/* RFC 6184 5.8: FU-B, then FU-A. RFC 7798 4.4.3 */
static void
append_fragments (Packer * self, BytesSpan nal, guint32 timestamp,
    gboolean is_last)
{
  const gboolean is_h265 = self->codec == H26X_CODEC_H265;
  const guint header = H26X_NAL_HEADER_SIZE (self->codec);
  const gsize room = self->mtu - RTP_HEADER - header - 3;

  end_packet (self);
  for (gsize at = header; at < nal.size;) {
    const gboolean begins = at == header;
    /* Two at least */
    const gsize size = MIN (begins ? MIN (room, nal.size / 2) : room,
        nal.size - at);
    const guint marks = (guint) begins << 7 | (at + size == nal.size) << 6;

    begin_packet (self, timestamp);
    if (is_h265) {
      append_number (self->packet, (nal.data[0] & 0x81) | 49 << 1, 1);
      append_number (self->packet, nal.data[1], 1);
      append_number (self->packet, marks | (nal.data[0] >> 1 & 63), 1);
    } else {
      append_number (self->packet, (nal.data[0] & 0xe0) | (begins ? 29 : 28),
          1);
      append_number (self->packet, marks | (nal.data[0] & 31), 1);
      if (begins)
        append_number (self->packet, self->don, 2);
    }
    append_bytes (self->packet, nal.data + at, size);
    at += size;
    self->is_last = is_last && at == nal.size;
    end_packet (self);
  }
  self->don++;
}

/* RFC 6184 5.7, RFC 7798 4.4.2 */
static void
append_unit (Packer * self, BytesSpan nal, guint32 timestamp, gboolean is_last)
{
  const gboolean is_h265 = self->codec == H26X_CODEC_H265;
  const guint head = RTP_HEADER + (is_h265 ? 2 : 3);
  const guint more = self->offset_size > 0 ? 3 + self->offset_size : 2;

  if (head + more + nal.size > self->mtu) {
    append_fragments (self, nal, timestamp, is_last);
    return;
  }
  if (self->packet != NULL && (self->packet->len + more + nal.size > self->mtu
          || self->n_units == MAX_UNITS || timestamp < self->timestamp
          || (self->offset_size == 0 && timestamp != self->timestamp)))
    end_packet (self);
  if (self->packet == NULL) {
    begin_packet (self, timestamp);
    if (is_h265) {
      append_number (self->packet, self->type << 9 | 1, 2);
    } else {
      append_number (self->packet, self->type, 1);
      append_number (self->packet, self->don, 2);
    }
  }
  append_number (self->packet, (guint) nal.size, 2);
  if (self->offset_size > 0) {
    append_number (self->packet, self->n_units, 1);
    append_number (self->packet, timestamp - self->timestamp,
        self->offset_size);
  }
  append_bytes (self->packet, nal.data, nal.size);
  if (!is_h265)
    self->packet->data[RTP_HEADER] |= 0x60;
  self->don++;
  self->n_units++;
  self->is_last = is_last;
}

/* Packets as no payloader of GStreamer makes them */
static void
pack (const PayStream * stream, guint mtu, GPtrArray * packets)
{
  static const guint types[] = { 25, 26, 27 };  /* STAP-B, MTAP16, MTAP24 */
  const guint mode = stream->mode - PAY_STREAM_OWN_MODE;
  Packer packer = {.codec = stream->codec,.mtu = mtu,.packets = packets,
    .sequence = 65500,.don = 65500
  };

  packer.type = stream->codec == H26X_CODEC_H265 ? 48 : types[mode];
  packer.offset_size = mode > 0 ? mode + 1 : 0;
  for (guint i = 0; i < stream->access_units->len; i++) {
    H26xNalKind last_kind;
    guint n = count_nals (stream->access_units->pdata[i], stream->codec,
        &last_kind);
    BytesSpan span;
    Bytes bytes;
    H26xNalIter it;
    H26xNal nal;

    span.data = g_bytes_get_data (stream->access_units->pdata[i], &span.size);
    bytes_init (&bytes, &span, 1);
    h26x_nal_iter_init (&it, &bytes, (H26xFormat) {
        stream->codec, 0}
    );
    while (h26x_nal_iter_next (&it, &nal))
      append_unit (&packer, (BytesSpan) {
          span.data + nal.offset, nal.size}
        , PAY_STREAM_TIMESTAMP (stream, i), --n == 0);
  }
  end_packet (&packer);
}

static void
check_mode (PayStream * stream, const gchar * source, guint mtu, guint mode,
    PayStreamFunc func)
{
  g_autoptr (GPtrArray) packets =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autofree gchar *where = NULL;

  stream->mode = mode;
  if (mode < PAY_STREAM_OWN_MODE)
    payload (stream, mtu, packets);
  else
    pack (stream, mtu, packets);
  where = g_strdup_printf ("%s: mtu %u, mode %u, %u packets", source, mtu,
      mode, packets->len);
  GST_INFO ("%s", where);
  func (stream, packets, where);
}

/* modes: their numbers, in order */
static void
check_modes (const gchar * source, H26xCodec codec, guint max_nals,
    const gchar * modes, PayStreamFunc func)
{
  PayStream stream;

  stream_init (&stream, source, codec, max_nals);
  fail_unless (stream.access_units->len > 0 || max_nals < G_MAXUINT, "%s",
      source);
  for (guint i = 0; i < G_N_ELEMENTS (mtus); i++)
    for (const gchar * mode = modes; *mode != '\0'; mode++)
      check_mode (&stream, source, mtus[i], (guint) (*mode - '0'), func);
  stream_clear (&stream);
}

/* rtph265pay 1.22 uses memory that it has freed where it puts 8 NAL units into one
 * packet */
static void
check_stream (const gchar * source, H26xCodec codec, PayStreamFunc func)
{
  if (codec == H26X_CODEC_H264) {
    check_modes (source, codec, G_MAXUINT, "012345", func);
  } else {
    check_modes (source, codec, G_MAXUINT, "03", func);
    check_modes (source, codec, 7, "12", func);
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
  check_stream ("videotestsrc num-buffers=30 pattern=ball !"
      " video/x-raw,width=320,height=240,framerate=10/1 !"
      " x264enc key-int-max=10 bitrate=400 bframes=3 b-adapt=false threads=1"
      " option-string=slices=4:open-gop=1", H26X_CODEC_H264, func);
}

void
pay_stream_check_h265 (PayStreamFunc func)
{
  check_stream ("videotestsrc num-buffers=30 pattern=snow !"
      " video/x-raw,width=320,height=240,framerate=10/1 !"
      " x265enc key-int-max=10 bitrate=400 speed-preset=ultrafast"
      " option-string=pools=1:aud=1", H26X_CODEC_H265, func);
  check_stream ("videotestsrc num-buffers=30 pattern=ball !"
      " video/x-raw,width=320,height=240,framerate=10/1 !"
      " x265enc key-int-max=10 bitrate=400 speed-preset=superfast"
      " option-string=pools=1:slices=3:bframes=3:b-adapt=0:open-gop=1:hash=1:"
      "hrd=1:vbv-bufsize=400:vbv-maxrate=400", H26X_CODEC_H265, func);
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

guint *
pay_stream_shuffle (guint n, guint begin, guint block, GRand * rand)
{
  guint *order = g_new (guint, n);

  for (guint i = 0; i < n; i++) {
    const guint first = i < begin ? i : MAX (i - i % block, begin);
    const guint other = (guint) g_rand_int_range (rand, (gint32) first,
        (gint32) i + 1);

    order[i] = order[other];
    order[other] = i;
  }
  return order;
}
