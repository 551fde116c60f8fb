/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* rtpseisrc ! seiextract gives the messages that GStreamer's ordinary elements give,
 * rtpjitterbuffer ! rtph264depay ! seiextract: byte for byte, in the same order, each
 * with the time of the same access unit. So it does where packets come in another
 * order, and twice. Where packets are missing it gives each message all of whose
 * packets came, and the ordinary elements give no other one. */

#include <gio/gio.h>
#include <gst/check/gstcheck.h>
#include <gst/sei/sei.h>

#include "paystream.h"
#include "rtppacket.h"
#include "rtpwrite.h"

#define TIMEOUT (60 * GST_SECOND)

#define MAX_BATCH 64

/* Neighbours prove a stream, and little is kept until they come (RTP_SOURCES_MAX_HELD):
 * so many packets come as they were sent */
#define IN_ORDER 4u

/* Every type that encoders write */
#define SEIEXTRACT "seiextract payload-types=0,1,2,3,4,5,6,19,45,47,56,128,129,130," \
    "131,132,133,134,135,136,137,144,147 "

typedef struct
{
  guint32 type;
  guint8 uuid[GST_SEI_UUID_SIZE];
  GBytes *payload;
  gint64 timestamp;             /* RTP, of its access unit; -1: not known */
} Message;

/* What has happened to the packets on their way */
typedef struct
{
  const gchar *name;
  guint block;                  /* packets are mixed among so many */
  guint n_times;                /* each is sent so often */
  gboolean is_lossy;            /* every 20th is missing */
  gboolean is_full;             /* scan=full */
  guint latency_ms;
} Way;

/* Those out of order wait for the end of the stream, and no longer if this machine is
 * slow */
static const Way ways[] = {
  {.name = "in order",.block = 1,.n_times = 1,.latency_ms = 50},
  {.name = "reordered",.block = 60,.n_times = 1,.is_full = TRUE,
      .latency_ms = 10000},
  {.name = "doubled",.block = 10,.n_times = 2,.latency_ms = 10000},
  {.name = "lost",.block = 5,.n_times = 1,.is_lossy = TRUE,.is_full = TRUE,
      .latency_ms = 10000},
};

enum
{
  HEAD,                         /* scan=head */
  FULL,                         /* scan=full */
  PARSED,                       /* behind h264parse or h265parse */
  N_READINGS
};

static const gchar *const names[] = { "head", "full", "parsed" };

/* Of the stream at hand, by the ordinary elements */
static GArray *expected[N_READINGS];

/* --- messages ---------------------------------------------------------------- */

static void
message_clear (gpointer data)
{
  g_bytes_unref (((Message *) data)->payload);
}

static GArray *
messages_new (void)
{
  GArray *messages = g_array_new (FALSE, FALSE, sizeof (Message));

  g_array_set_clear_func (messages, message_clear);
  return messages;
}

static void
add_messages (GArray * messages, GstBuffer * buffer, gint64 timestamp)
{
  gpointer state = NULL;
  const GstMeta *meta;

  while ((meta = gst_buffer_iterate_meta_filtered (buffer, &state,
              GST_SEI_META_API_TYPE))) {
    const GstSeiMeta *sei = (const GstSeiMeta *) meta;
    Message message = {.type = sei->payload_type,.payload =
          g_bytes_ref (sei->payload),.timestamp = timestamp
    };

    memcpy (message.uuid, sei->uuid, sizeof (message.uuid));
    g_array_append_val (messages, message);
  }
}

/* Reports are exact to a nanosecond, and so it may be before 0 */
static gint64
to_ticks (gint64 ns)
{
  return (gint64) gst_util_uint64_scale_round ((guint64) MAX (ns, 0), 90000,
      GST_SECOND);
}

/* The PTS of the ordinary elements begin somewhere, and go on as the timestamps do */
static void
on_ordinary (GstElement * identity, GstBuffer * buffer, gpointer data)
{
  const gint64 *offset = g_object_get_data (G_OBJECT (identity), "offset");

  add_messages (data, buffer,
      to_ticks ((gint64) GST_BUFFER_PTS (buffer)) + *offset);
}

/* The time is that which sender reports gave */
static void
on_received (GstElement * sink, GstBuffer * buffer, GstPad * pad, gpointer data)
{
  const gint64 *begin = g_object_get_data (G_OBJECT (sink), "begin");
  const GstReferenceTimestampMeta *meta =
      gst_buffer_get_reference_timestamp_meta (buffer, NULL);

  add_messages (data, buffer,
      meta == NULL ? -1 : to_ticks ((gint64) meta->timestamp - *begin));
}

static guint32
get_timestamp (GBytes * packet)
{
  const guint8 *p = g_bytes_get_data (packet, NULL);

  return (guint32) p[4] << 24 | (guint32) p[5] << 16 | (guint32) p[6] << 8
      | p[7];
}

/* Whether it came before there was a report */
static gboolean
is_early (gint64 timestamp, const GPtrArray * packets)
{
  for (guint i = 0; i < MIN (packets->len, IN_ORDER); i++)
    if (get_timestamp (packets->pdata[i]) == timestamp)
      return TRUE;
  return FALSE;
}

static gboolean
is_same (const Message * a, const Message * b)
{
  return a->type == b->type && g_bytes_equal (a->payload, b->payload)
      && memcmp (a->uuid, b->uuid, sizeof (a->uuid)) == 0;
}

static void
compare_messages (const GArray * found, const GArray * wanted,
    const gchar * where, const gchar * way)
{
  for (guint i = 0; i < MIN (found->len, wanted->len); i++) {
    const Message *a = &g_array_index (found, Message, i);
    const Message *b = &g_array_index (wanted, Message, i);

    fail_unless (is_same (a, b),
        "%s, %s: message %u of %u: %u, %" G_GSIZE_FORMAT " bytes, in place of"
        " %u, %" G_GSIZE_FORMAT " bytes", where, way, i, wanted->len, a->type,
        g_bytes_get_size (a->payload), b->type, g_bytes_get_size (b->payload));
  }
  fail_unless (found->len == wanted->len, "%s, %s: %u messages in place of %u",
      where, way, found->len, wanted->len);
}

static void
compare_times (const GArray * found, const GArray * wanted,
    const GPtrArray * packets, const gchar * where, const gchar * way)
{
  for (guint i = 0; i < wanted->len; i++) {
    const gint64 a = g_array_index (found, Message, i).timestamp;
    const gint64 b = g_array_index (wanted, Message, i).timestamp;

    fail_unless (a == b || (a == -1 && is_early (b, packets)),
        "%s, %s: message %u of %u: %" G_GINT64_FORMAT " in place of %"
        G_GINT64_FORMAT, where, way, i, wanted->len, a, b);
  }
}

/* --- the ordinary elements ---------------------------------------------------- */

static void
run_to_end (GstElement * pipeline, const gchar * where)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) message = gst_bus_timed_pop_filtered (bus, TIMEOUT,
      GST_MESSAGE_EOS | GST_MESSAGE_ERROR);

  fail_unless (message != NULL, "%s: no end", where);
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    g_autoptr (GError) error = NULL;
    g_autofree gchar *debug = NULL;

    gst_message_parse_error (message, &error, &debug);
    ck_abort_msg ("%s: %s (%s)", where, error->message, debug);
  }
  gst_element_set_state (pipeline, GST_STATE_NULL);
}

static void
push_buffer (GstElement * source, GstBuffer * buffer)
{
  GstFlowReturn flow;

  g_signal_emit_by_name (source, "push-buffer", buffer, &flow);
  gst_buffer_unref (buffer);
  fail_unless_equals_int (flow, GST_FLOW_OK);
}

/* list: (transfer full): of the caps, in order
 * behind: what follows the last seiextract
 * offset: from PTS to RTP timestamps
 * messages: one for each identity that is there */
static void
run_ordinary (const gchar * caps, const gchar * elements, const gchar * behind,
    GPtrArray * list, gint64 offset, GArray * messages[N_READINGS],
    const gchar * where)
{
  g_autofree gchar *line = g_strdup_printf ("appsrc name=in format=time"
      " caps=%s %s ! " SEIEXTRACT "! identity name=head ! " SEIEXTRACT
      " scan=full ! identity name=full %s ! fakesink sync=false async=false",
      caps, elements, behind);
  g_autoptr (GstElement) pipeline = gst_parse_launch (line, NULL);
  g_autoptr (GstElement) source = NULL;
  GstFlowReturn flow;

  fail_unless (pipeline != NULL, "%s", line);
  source = gst_bin_get_by_name (GST_BIN (pipeline), "in");
  for (guint i = 0; i < N_READINGS; i++) {
    g_autoptr (GstElement) identity =
        gst_bin_get_by_name (GST_BIN (pipeline), names[i]);

    messages[i] = messages_new ();
    if (identity == NULL)
      continue;
    g_object_set_data (G_OBJECT (identity), "offset", &offset);
    g_signal_connect (identity, "handoff", G_CALLBACK (on_ordinary),
        messages[i]);
  }
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  for (guint i = 0; i < list->len; i++)
    push_buffer (source, gst_buffer_ref (list->pdata[i]));
  g_signal_emit_by_name (source, "end-of-stream", &flow);
  run_to_end (pipeline, where);
  g_ptr_array_unref (list);
}

static void
forget (void)
{
  for (guint i = 0; i < N_READINGS; i++)
    g_clear_pointer (&expected[i], g_array_unref);
}

static gboolean
begins_with_sps (const PayStream * stream)
{
  const guint8 sps = stream->codec == H26X_CODEC_H265 ? 33 : 7;
  BytesSpan span;
  Bytes bytes;
  H26xNalIter it;
  H26xNal nal;

  span.data = g_bytes_get_data (stream->access_units->pdata[0], &span.size);
  bytes_init (&bytes, &span, 1);
  h26x_nal_iter_init (&it, &bytes, (H26xFormat) {
      stream->codec, 0});
  while (h26x_nal_iter_next (&it, &nal))
    if (nal.type == sps)
      return TRUE;
  return FALSE;
}

/* Packets are given in order, so that nothing is late. */
static void
run_packets (const PayStream * stream, const GPtrArray * packets,
    gboolean is_parsed, GArray * messages[N_READINGS], const gchar * where)
{
  const gchar codec = stream->codec == H26X_CODEC_H265 ? '5' : '4';
  g_autofree gchar *caps = g_strdup_printf ("application/x-rtp,media=video,"
      "clock-rate=90000,encoding-name=H26%c,payload=96", codec);
  g_autofree gchar *video = g_strdup_printf ("video/x-h26%c,"
      "stream-format=byte-stream,alignment=au", codec);
  g_autofree gchar *elements = g_strdup_printf ("! rtpjitterbuffer mode=none"
      " latency=0 ! rtph26%cdepay ! %s", codec, video);
  g_autofree gchar *parser = g_strdup_printf ("! h26%cparse ! %s ! " SEIEXTRACT
      "! identity name=parsed", codec, video);
  GPtrArray *list =
      g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_unref);

  for (guint i = 0; i < packets->len; i++) {
    GstBuffer *buffer = gst_buffer_new_wrapped_bytes (packets->pdata[i]);

    GST_BUFFER_PTS (buffer) = GST_BUFFER_DTS (buffer) = 0;
    g_ptr_array_add (list, buffer);
  }
  run_ordinary (caps, elements, is_parsed ? parser : "", list,
      get_timestamp (packets->pdata[0]), messages, where);
}

/* Parsers drop what is before the first SPS. Behind the slices of H.264 a SEI begins the
 * next access unit for them (7.4.1.2.3), where its packets have the timestamp of the one
 * before: so the messages are the same, and have other times. */
static void
expect_all (const PayStream * stream, const GPtrArray * packets,
    const gchar * where)
{
  const gboolean is_parsed = begins_with_sps (stream);

  forget ();
  run_packets (stream, packets, is_parsed, expected, where);
  if (is_parsed)
    compare_messages (expected[FULL], expected[PARSED], where, "parsed");
}

/* The ordinary elements give no message that is not there. In places they give fewer,
 * and with other times: their access unit ends with a marker, which may be missing. */
static void
check_ordinary_loss (const PayStream * stream, const GPtrArray * packets,
    const gboolean * is_lost, const GArray * there, const gchar * where)
{
  g_autoptr (GPtrArray) left = g_ptr_array_new ();
  GArray *messages[N_READINGS];
  guint k = 0;

  for (guint i = 0; i < packets->len; i++)
    if (!is_lost[i])
      g_ptr_array_add (left, packets->pdata[i]);
  if (left->len == 0)
    return;
  run_packets (stream, left, FALSE, messages, where);
  for (guint i = 0; i < messages[FULL]->len; i++) {
    while (k < there->len && !is_same (&g_array_index (messages[FULL], Message,
                i), &g_array_index (there, Message, k)))
      k++;
    fail_unless (k++ < there->len, "%s: message %u of %u is not there", where,
        i, messages[FULL]->len);
  }
  for (guint i = 0; i < N_READINGS; i++)
    g_array_unref (messages[i]);
}

/* --- what is there where packets are missing ------------------------------------ */

/* A reader as simple as can be: the NAL units in packets, and from one to the next a
 * fragmented one as far as it has come */
typedef struct
{
  const PayStream *stream;
  GPtrArray *access_units;      /* GstBuffer */
  guint32 timestamp;            /* of the last of them */
  GByteArray *nal;              /* NULL: no fragment, or one before it is missing */
  guint16 sequence;             /* of the packet before */
} Reader;

static void
add_nal (Reader * self, const guint8 * data, gsize size, guint32 timestamp)
{
  static const guint8 start_code[] = { 0, 0, 0, 1 };
  GstBuffer *buffer;

  if (self->access_units->len == 0 || timestamp != self->timestamp) {
    buffer = gst_buffer_new ();
    GST_BUFFER_PTS (buffer) =
        gst_util_uint64_scale (timestamp, GST_SECOND, 90000);
    g_ptr_array_add (self->access_units, buffer);
    self->timestamp = timestamp;
  }
  buffer = self->access_units->pdata[self->access_units->len - 1];
  gst_buffer_append (buffer, gst_buffer_new_memdup (start_code, 4));
  gst_buffer_append (buffer, gst_buffer_new_memdup (data, size));
}

/* skip: bytes in front of the content; more: bytes between size and NAL unit */
static void
read_aggregate (Reader * self, BytesSpan payload, gsize skip, gsize more,
    guint32 timestamp)
{
  for (gsize at = skip; at < payload.size;) {
    const guint8 *unit = payload.data + at;
    const gsize size = (gsize) (unit[0] << 8 | unit[1]);
    guint32 offset = 0;

    for (gsize i = 1; i < more; i++)
      offset = offset << 8 | unit[2 + i];
    add_nal (self, unit + 2 + more, size, timestamp + offset);
    at += 2 + more + size;
  }
}

static void
read_fragment (Reader * self, BytesSpan payload, gsize skip, guint8 marks,
    const guint8 * header, gsize header_size, guint32 timestamp)
{
  if (marks & 0x80) {
    g_clear_pointer (&self->nal, g_byte_array_unref);
    self->nal = g_byte_array_new ();
    g_byte_array_append (self->nal, header, (guint) header_size);
  }
  if (self->nal == NULL)
    return;
  g_byte_array_append (self->nal, payload.data + skip,
      (guint) (payload.size - skip));
  if (marks & 0x40) {
    add_nal (self, self->nal->data, self->nal->len, timestamp);
    g_clear_pointer (&self->nal, g_byte_array_unref);
  }
}

static void
read_packet (Reader * self, GBytes * bytes)
{
  RtpPacket packet;
  BytesSpan data;

  data.data = g_bytes_get_data (bytes, &data.size);
  fail_unless (rtp_packet_parse (&packet, data.data, data.size) == RTP_OK);
  const guint8 *p = packet.payload.data;

  if (packet.sequence != (guint16) (self->sequence + 1))
    g_clear_pointer (&self->nal, g_byte_array_unref);
  self->sequence = packet.sequence;
  if (self->stream->codec == H26X_CODEC_H265) {
    const guint type = p[0] >> 1 & 63;
    const guint8 header[] =
        { (guint8) ((p[0] & 0x81) | (p[2] & 63) << 1), p[1] };

    if (type == 48)
      read_aggregate (self, packet.payload, 2, 0, packet.timestamp);
    else if (type == 49)
      read_fragment (self, packet.payload, 3, p[2], header, 2,
          packet.timestamp);
    else
      add_nal (self, p, packet.payload.size, packet.timestamp);
  } else {
    const guint type = p[0] & 31;
    const guint8 header = (guint8) ((p[0] & 0xe0) | (p[1] & 31));

    if (type >= 28)
      read_fragment (self, packet.payload, type == 29 ? 4 : 2, p[1], &header,
          1, packet.timestamp);
    else if (type >= 24)
      read_aggregate (self, packet.payload, type == 24 ? 1 : 3,
          type == 26 ? 3 : type == 27 ? 4 : 0, packet.timestamp);
    else
      add_nal (self, p, packet.payload.size, packet.timestamp);
  }
}

/* Returns the messages all of whose packets are there, as seiextract reads them from
 * access units of all that is there */
static GArray *
expect_there (const PayStream * stream, const GPtrArray * packets,
    const gboolean * is_lost, const gchar * where)
{
  const gchar *caps = stream->codec == H26X_CODEC_H265 ?
      "video/x-h265,stream-format=byte-stream,alignment=au" :
      "video/x-h264,stream-format=byte-stream,alignment=au";
  GArray *messages[N_READINGS];
  Reader reader = {.stream = stream };

  reader.access_units =
      g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_unref);
  for (guint i = 0; i < packets->len; i++)
    if (!is_lost[i])
      read_packet (&reader, packets->pdata[i]);
  g_clear_pointer (&reader.nal, g_byte_array_unref);
  run_ordinary (caps, "", "", reader.access_units, 0, messages, where);
  g_array_unref (messages[HEAD]);
  g_array_unref (messages[PARSED]);
  return messages[FULL];
}

/* --- rtpseisrc ---------------------------------------------------------------- */

/* One element, and the socket that sends to it */
typedef struct
{
  const Way *way;
  GstElement *source;
  GSocket *socket;
  GPtrArray *batch;             /* GBytes that are to be sent */
  GArray *messages;
  guint64 n_sent;
  gsize in_flight;              /* what it may take of the receive buffer */
  gsize max_in_flight;
} Receiver;

static guint64
get_stat (GstElement * source, const gchar * name)
{
  g_autoptr (GstStructure) stats = NULL;
  guint64 n = 0;

  g_object_get (source, "stats", &stats, NULL);
  fail_unless (gst_structure_get_uint64 (stats, name, &n), "%s", name);
  return n;
}

/* Until all that was sent has been read */
static void
wait_for_reader (Receiver * self)
{
  const gint64 end = g_get_monotonic_time () + (gint64) (TIMEOUT / 1000);

  while (get_stat (self->source, "datagrams") < self->n_sent) {
    fail_unless (g_get_monotonic_time () < end, "%" G_GUINT64_FORMAT " of %"
        G_GUINT64_FORMAT " have come", get_stat (self->source, "datagrams"),
        self->n_sent);
    g_usleep (200);
  }
  self->in_flight = 0;
}

/* Many at once, so that the reader does not wake up for each */
static void
send_batch (Receiver * self)
{
  g_autoptr (GError) error = NULL;
  const guint n = self->batch->len;
  GOutputVector vectors[MAX_BATCH];
  GOutputMessage messages[MAX_BATCH];

  for (guint i = 0; i < n; i++) {
    vectors[i].buffer = g_bytes_get_data (self->batch->pdata[i],
        &vectors[i].size);
    messages[i] = (GOutputMessage) {
    .vectors = &vectors[i],.num_vectors = 1};
  }
  for (guint i = 0; i < n;) {
    const gint n_sent = g_socket_send_messages (self->socket, messages + i,
        n - i, 0, NULL, &error);

    fail_unless (n_sent > 0, "%s", error ? error->message : "nothing is sent");
    i += (guint) n_sent;
  }
  self->n_sent += n;
  g_ptr_array_set_size (self->batch, 0);
}

static void
send_datagram (Receiver * self, GBytes * datagram)
{
  const gsize in_flight = 2 * g_bytes_get_size (datagram) + 2048;

  if (self->in_flight + in_flight > self->max_in_flight) {
    send_batch (self);
    wait_for_reader (self);
  }
  g_ptr_array_add (self->batch, g_bytes_ref (datagram));
  self->in_flight += in_flight;
  if (self->batch->len == MAX_BATCH)
    send_batch (self);
}

/* RFC 3550 6.4.1: what time a timestamp is */
static void
send_report (Receiver * self, GBytes * packet, gint64 begin_s)
{
  const guint8 *data = g_bytes_get_data (packet, NULL);
  const guint32 timestamp = get_timestamp (packet);
  const guint64 ticks = timestamp % 90000;
  guint8 report[28] = { 0x80, 200, 0, 6 };
  g_autoptr (GBytes) bytes = NULL;

  memcpy (report + 4, data + 8, 4);
  put (report + 8, 8, to_ntp ((guint64) begin_s + timestamp / 90000)
      + (ticks << 32) / 90000);
  put (report + 16, 4, timestamp);
  bytes = g_bytes_new (report, sizeof (report));
  send_datagram (self, bytes);
}

/* Returns how many packets were sent. Reports go before the first packet with a newer
 * timestamp, but not before those that prove that there is a stream. */
static guint64
send_packets (Receiver * self, const GPtrArray * packets,
    const gboolean * is_lost, gint64 begin_s)
{
  const guint n = packets->len * self->way->n_times;
  g_autoptr (GRand) rand = g_rand_new_with_seed (n);
  g_autofree guint *order =
      pay_stream_shuffle (n, IN_ORDER, self->way->block, rand);
  gint64 reported = -1;
  guint64 n_sent = 0;

  for (guint i = 0; i < n; i++) {
    const guint k = order[i] / self->way->n_times;
    GBytes *packet = packets->pdata[k];
    const guint32 timestamp = get_timestamp (packet);

    if (self->way->is_lossy && is_lost[k])
      continue;
    if (timestamp > reported && i >= IN_ORDER) {
      send_report (self, packet, begin_s);
      reported = timestamp;
    }
    send_datagram (self, packet);
    n_sent++;
  }
  send_batch (self);
  wait_for_reader (self);
  return n_sent;
}

static void
connect_socket (Receiver * self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketAddress) address = NULL;
  g_auto (GStrv) listening = NULL;

  g_object_get (self->source, "listening", &listening, NULL);
  fail_unless (listening != NULL && listening[0] != NULL);
  address = g_inet_socket_address_new_from_string ("127.0.0.1",
      (guint) g_ascii_strtoull (strrchr (listening[0], ':') + 1, NULL, 10));
  self->socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM,
      G_SOCKET_PROTOCOL_UDP, &error);
  fail_unless (self->socket != NULL && g_socket_connect (self->socket, address,
          NULL, &error), "%s: %s", listening[0], error ? error->message : "");
  self->max_in_flight = get_stat (self->source, "receive-buffer") / 4;
}

static GstElement *
make_pipeline (const PayStream * stream, const GPtrArray * packets)
{
  const gchar *codec = stream->codec == H26X_CODEC_H265 ? "h265" : "h264";
  g_autoptr (GString) line = g_string_new (NULL);
  GstElement *pipeline;

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    /* A few packets do not tell what is in them */
    g_string_append_printf (line, "rtpseisrc name=source%u port=0"
        " address=127.0.0.1 latency=%u scan=%s codec=%s ! " SEIEXTRACT
        "scan=full ! fakesink name=sink%u signal-handoffs=true sync=false"
        " async=false ", i, ways[i].latency_ms,
        ways[i].is_full ? "full" : "head",
        packets->len < 300 || ways[i].is_lossy ? codec : "auto", i);
  pipeline = gst_parse_launch (line->str, NULL);
  fail_unless (pipeline != NULL, "%s", line->str);
  return pipeline;
}

static void
receiver_init (Receiver * self, GstElement * pipeline, guint i, gint64 * begin)
{
  g_autofree gchar *source = g_strdup_printf ("source%u", i);
  g_autofree gchar *name = g_strdup_printf ("sink%u", i);
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (pipeline), name);

  *self = (Receiver) {
  .way = &ways[i]};
  self->source = gst_bin_get_by_name (GST_BIN (pipeline), source);
  self->batch = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  self->messages = messages_new ();
  g_object_set_data (G_OBJECT (sink), "begin", begin);
  g_signal_connect (sink, "handoff", G_CALLBACK (on_received), self->messages);
}

static void
check_stats (const Receiver * self, guint64 n_packets, guint64 n_duplicates)
{
  fail_unless_equals_uint64 (get_stat (self->source, "dropped"), 0);
  fail_unless_equals_uint64 (get_stat (self->source, "packets"), n_packets);
  fail_unless_equals_uint64 (get_stat (self->source, "duplicates"),
      n_duplicates);
  fail_unless_equals_uint64 (get_stat (self->source, "late"), 0);
  fail_unless_equals_uint64 (get_stat (self->source, "restarts"), 0);
  fail_unless_equals_uint64 (get_stat (self->source, "malformed"), 0);
  fail_unless_equals_uint64 (get_stat (self->source, "no-rtp"), 0);
  if (self->way->is_lossy)
    return;
  fail_unless_equals_uint64 (get_stat (self->source, "lost"), 0);
  fail_unless_equals_uint64 (get_stat (self->source, "incomplete"), 0);
}

static void
check (const PayStream * stream, const GPtrArray * packets, const gchar * where)
{
  const gboolean is_ordinary = stream->mode < PAY_STREAM_OWN_MODE
      || stream->codec == H26X_CODEC_H265;
  gint64 begin_s = g_get_real_time () / G_USEC_PER_SEC;
  gint64 begin = begin_s * (gint64) GST_SECOND;
  g_autoptr (GstElement) pipeline = make_pipeline (stream, packets);
  g_autofree gboolean *is_lost = g_new0 (gboolean, packets->len);
  g_autoptr (GRand) rand = g_rand_new_with_seed (packets->len);
  guint64 n_packets[G_N_ELEMENTS (ways)];
  Receiver receivers[G_N_ELEMENTS (ways)];
  g_autoptr (GArray) there = NULL;

  /* One packet is no stream */
  if (packets->len < 2)
    return;
  for (guint i = 0; i < packets->len; i++)
    is_lost[i] = g_rand_int_range (rand, 0, 20) == 0;
  /* rtph264depay knows no STAP-B, MTAP or FU-B: what the packets of the same stream
   * before gave is what is in them */
  if (is_ordinary)
    expect_all (stream, packets, where);
  there = expect_there (stream, packets, is_lost, where);
  if (is_ordinary)
    check_ordinary_loss (stream, packets, is_lost, there, where);

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    receiver_init (&receivers[i], pipeline, i, &begin);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++) {
    connect_socket (&receivers[i]);
    n_packets[i] = send_packets (&receivers[i], packets, is_lost, begin_s);
  }
  gst_element_send_event (pipeline, gst_event_new_eos ());
  run_to_end (pipeline, where);

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++) {
    Receiver *self = &receivers[i];

    const GArray *wanted = self->way->is_lossy ? there :
        expected[self->way->is_full ? FULL : HEAD];

    compare_messages (self->messages, wanted, where, self->way->name);
    compare_times (self->messages, wanted, packets, where, self->way->name);
    check_stats (self, n_packets[i],
        n_packets[i] - n_packets[i] / self->way->n_times);
    gst_object_unref (self->source);
    g_object_unref (self->socket);
    g_ptr_array_unref (self->batch);
    g_array_unref (self->messages);
  }
}

GST_START_TEST (test_rtpseisrc_ordinary_h264)
{
  pay_stream_check_h264 (check);
  forget ();
}

GST_END_TEST;

GST_START_TEST (test_rtpseisrc_ordinary_h265)
{
  pay_stream_check_h265 (check);
  forget ();
}

GST_END_TEST;

GST_START_TEST (test_rtpseisrc_ordinary_vectors)
{
  pay_stream_check_vectors (check);
  forget ();
}

GST_END_TEST;

static Suite *
rtpseisrc_ordinary_suite (void)
{
  Suite *s = suite_create ("rtpseisrc_ordinary");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_set_timeout (tc, 600);
  tcase_add_test (tc, test_rtpseisrc_ordinary_h264);
  tcase_add_test (tc, test_rtpseisrc_ordinary_h265);
  tcase_add_test (tc, test_rtpseisrc_ordinary_vectors);
  return s;
}

GST_CHECK_MAIN (rtpseisrc_ordinary);
