/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "rtptest.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "hex.h"
#include "rtpwrite.h"

#define GENEROUS_US (30 * G_TIME_SPAN_SECOND)

/* What comes out at one pad */
typedef struct
{
  RtpTest *test;
  gchar *name;
  GstPad *sink;
  GQueue items;                 /* of buffers and events */
  GstFlowReturn flow;
} Output;

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE ("sink",
    GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

static void
output_free (gpointer data)
{
  Output *output = data;
  GstMiniObject *item;

  while ((item = g_queue_pop_head (&output->items)))
    gst_mini_object_unref (item);
  gst_pad_set_active (output->sink, FALSE);
  gst_object_unref (output->sink);
  g_free (output->name);
  g_free (output);
}

/* item: (transfer full) */
static GstFlowReturn
keep (Output * output, GstMiniObject * item)
{
  RtpTest *test = output->test;
  GstFlowReturn flow;

  g_mutex_lock (&test->lock);
  g_queue_push_tail (&output->items, item);
  flow = output->flow;
  g_cond_signal (&test->changed);
  g_mutex_unlock (&test->lock);
  return flow;
}

static GstFlowReturn
chain (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  Output *output = gst_pad_get_element_private (pad);

  if (output->test->delay_us > 0)
    g_usleep (output->test->delay_us);
  return keep (output, GST_MINI_OBJECT (buffer));
}

static gboolean
event (GstPad * pad, GstObject * parent, GstEvent * event)
{
  keep (gst_pad_get_element_private (pad), GST_MINI_OBJECT (event));
  return TRUE;
}

void
rtp_test_link (RtpTest * test, GstPad * pad)
{
  Output *output = g_new0 (Output, 1);

  output->test = test;
  output->name = gst_pad_get_name (pad);
  output->sink = gst_pad_new_from_static_template (&sink_template, "sink");
  gst_pad_set_element_private (output->sink, output);
  gst_pad_set_chain_function (output->sink, chain);
  gst_pad_set_event_function (output->sink, event);
  g_mutex_lock (&test->lock);
  gst_pad_set_active (output->sink, !test->stops);
  g_ptr_array_add (test->outputs, output);
  g_mutex_unlock (&test->lock);
  fail_unless_equals_int (gst_pad_link (pad, output->sink), GST_PAD_LINK_OK);
}

static void
on_pad_added (GstElement * element, GstPad * pad, RtpTest * test)
{
  gboolean links;

  g_mutex_lock (&test->lock);
  links = test->links;
  g_mutex_unlock (&test->lock);
  if (links && gst_pad_get_direction (pad) == GST_PAD_SRC
      && !g_str_has_prefix (GST_PAD_NAME (pad), "rtp"))
    rtp_test_link (test, pad);
}

static GstBusSyncReply
on_message (GstBus * bus, GstMessage * message, gpointer data)
{
  RtpTest *test = data;

  g_mutex_lock (&test->lock);
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_STATE_CHANGED)
    gst_message_unref (message);
  else
    g_queue_push_tail (&test->messages, message);
  g_cond_signal (&test->changed);
  g_mutex_unlock (&test->lock);
  return GST_BUS_DROP;
}

RtpTest *
rtp_test_new (void)
{
  RtpTest *test = g_new0 (RtpTest, 1);
  g_autoptr (GstBus) bus = gst_bus_new ();
  g_autoptr (GstClock) clock = gst_system_clock_obtain ();

  g_mutex_init (&test->lock);
  g_cond_init (&test->changed);
  test->links = TRUE;
  test->outputs = g_ptr_array_new_with_free_func (output_free);
  test->element = gst_element_factory_make ("rtpseisrc", NULL);
  fail_unless (test->element);
  gst_object_ref_sink (test->element);
  gst_util_set_object_arg (G_OBJECT (test->element), "codec", "h264");
  g_object_set (test->element, "port", "0", "address", "127.0.0.1", NULL);
  g_signal_connect (test->element, "pad-added", G_CALLBACK (on_pad_added),
      test);
  gst_bus_set_sync_handler (bus, on_message, test, NULL);
  gst_element_set_bus (test->element, bus);
  gst_element_set_clock (test->element, clock);
  gst_element_set_base_time (test->element, gst_clock_get_time (clock));
  return test;
}

void
rtp_test_free (RtpTest * test)
{
  GstMessage *message;

  rtp_test_set_state (test, GST_STATE_NULL);
  gst_element_set_bus (test->element, NULL);
  gst_object_unref (test->element);
  g_ptr_array_unref (test->outputs);
  while ((message = g_queue_pop_head (&test->messages)))
    gst_message_unref (message);
  g_mutex_clear (&test->lock);
  g_cond_clear (&test->changed);
  g_free (test);
}

static void
set_stops (RtpTest * test, gboolean stops)
{
  g_autoptr (GPtrArray) sinks = g_ptr_array_new ();

  g_mutex_lock (&test->lock);
  test->stops = stops;
  for (guint i = 0; i < test->outputs->len; i++)
    g_ptr_array_add (sinks, ((Output *) test->outputs->pdata[i])->sink);
  g_mutex_unlock (&test->lock);
  for (guint i = 0; i < sinks->len; i++)
    gst_pad_set_active (sinks->pdata[i], !stops);
}

/* What is behind the element stops before it, as in a pipeline: else its thread may push into
 * a pad from which its events are just being taken. */
void
rtp_test_set_state (RtpTest * test, GstState state)
{
  const gboolean stops = state < GST_STATE_PAUSED;

  if (stops)
    set_stops (test, TRUE);
  fail_unless (gst_element_set_state (test->element, state)
      != GST_STATE_CHANGE_FAILURE);
  if (stops)
    set_stops (test, FALSE);
}

void
rtp_test_send_eos (RtpTest * test)
{
  fail_unless (gst_element_send_event (test->element, gst_event_new_eos ()));
}

guint16
rtp_test_get_port (RtpTest * test, guint i)
{
  g_auto (GStrv) uris = NULL;

  g_object_get (test->element, "listening", &uris, NULL);
  fail_unless (uris != NULL && g_strv_length (uris) > i);
  return (guint16) g_ascii_strtoull (strrchr (uris[i], ':') + 1, NULL, 10);
}

/* The newest of that name, with the lock held */
static Output *
find (RtpTest * test, const gchar * name)
{
  for (guint i = test->outputs->len; i-- > 0;) {
    Output *output = g_ptr_array_index (test->outputs, i);

    if (g_str_equal (output->name, name))
      return output;
  }
  return NULL;
}

void
rtp_test_set_flow (RtpTest * test, const gchar * pad, GstFlowReturn flow)
{
  g_mutex_lock (&test->lock);
  find (test, pad)->flow = flow;
  g_mutex_unlock (&test->lock);
}

static GstMiniObject *
pull_item (RtpTest * test, const gchar * pad)
{
  const gint64 deadline = g_get_monotonic_time () + GENEROUS_US;
  GstMiniObject *item = NULL;

  g_mutex_lock (&test->lock);
  for (;;) {
    Output *output = find (test, pad);

    if (output != NULL && (item = g_queue_pop_head (&output->items)))
      break;
    if (!g_cond_wait_until (&test->changed, &test->lock, deadline))
      break;
  }
  g_mutex_unlock (&test->lock);
  fail_unless (item, "nothing comes out at %s", pad);
  return item;
}

GstEvent *
rtp_test_pull_event (RtpTest * test, const gchar * pad, GstEventType type)
{
  GstMiniObject *item = pull_item (test, pad);

  fail_unless (GST_IS_EVENT (item), "a buffer in place of %s",
      gst_event_type_get_name (type));
  fail_unless_equals_string (GST_EVENT_TYPE_NAME (item),
      gst_event_type_get_name (type));
  return GST_EVENT (item);
}

GstBuffer *
rtp_test_pull (RtpTest * test, const gchar * pad)
{
  GstMiniObject *item = pull_item (test, pad);

  fail_unless (GST_IS_BUFFER (item), "%s in place of a buffer",
      GST_EVENT_TYPE_NAME (item));
  return GST_BUFFER (item);
}

void
rtp_test_pull_start (RtpTest * test, const gchar * pad, const gchar * text)
{
  g_autoptr (GstCaps) expected = gst_caps_from_string (text);
  GstStreamFlags flags;
  const GstSegment *segment;
  GstEvent *next;
  GstCaps *caps;
  guint group;

  next = rtp_test_pull_event (test, pad, GST_EVENT_STREAM_START);
  gst_event_parse_stream_flags (next, &flags);
  fail_unless_equals_int (flags, GST_STREAM_FLAG_SPARSE);
  fail_unless (gst_event_parse_group_id (next, &group));
  gst_event_unref (next);
  next = rtp_test_pull_event (test, pad, GST_EVENT_CAPS);
  gst_event_parse_caps (next, &caps);
  gst_check_caps_equal (caps, expected);
  gst_event_unref (next);
  next = rtp_test_pull_event (test, pad, GST_EVENT_SEGMENT);
  gst_event_parse_segment (next, &segment);
  fail_unless_equals_int (segment->format, GST_FORMAT_TIME);
  fail_unless_equals_uint64 (segment->start, 0);
  gst_event_unref (next);
}

void
rtp_test_pull_eos (RtpTest * test, const gchar * pad)
{
  gst_event_unref (rtp_test_pull_event (test, pad, GST_EVENT_EOS));
  g_mutex_lock (&test->lock);
  fail_unless_equals_int (find (test, pad)->items.length, 0);
  g_mutex_unlock (&test->lock);
}

static gboolean
is_limit_of_system (GstMessage * message)
{
  g_autoptr (GError) error = NULL;

  if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_WARNING)
    return FALSE;
  gst_message_parse_warning (message, &error, NULL);
  return g_str_has_prefix (error->message, "The system gives a receive buffer");
}

/* With the lock held */
static GstMessage *
pop_message (RtpTest * test, GstMessageType types)
{
  GstMessage *message;

  while ((message = g_queue_pop_head (&test->messages))) {
    if (GST_MESSAGE_TYPE (message) & types && !is_limit_of_system (message))
      return message;
    gst_message_unref (message);
  }
  return NULL;
}

GstMessage *
rtp_test_pull_message (RtpTest * test, GstMessageType type)
{
  const gint64 deadline = g_get_monotonic_time () + GENEROUS_US;
  GstMessage *message;

  g_mutex_lock (&test->lock);
  while ((message = pop_message (test, type)) == NULL)
    if (!g_cond_wait_until (&test->changed, &test->lock, deadline))
      break;
  g_mutex_unlock (&test->lock);
  fail_unless (message, "there is no %s", gst_message_type_get_name (type));
  return message;
}

gint
rtp_test_assert_told (RtpTest * test, GstMessageType type, const gchar * text)
{
  GstMessage *message = rtp_test_pull_message (test, type);
  g_autoptr (GError) error = NULL;

  if (type == GST_MESSAGE_ERROR)
    gst_message_parse_error (message, &error, NULL);
  else
    gst_message_parse_warning (message, &error, NULL);
  fail_unless (strstr (error->message, text), "%s", error->message);
  gst_message_unref (message);
  return error->code;
}

void
rtp_test_assert_not_told (RtpTest * test, GstMessageType type)
{
  GstMessage *message;

  g_mutex_lock (&test->lock);
  message = pop_message (test, type);
  g_mutex_unlock (&test->lock);
  if (message != NULL) {
    g_autofree gchar *text = gst_message_get_structure (message) ?
        gst_structure_to_string (gst_message_get_structure (message)) : NULL;

    fail ("%s: %s", GST_MESSAGE_TYPE_NAME (message), text);
  }
}

void
rtp_test_wait_stat (RtpTest * test, const gchar * name, guint64 value)
{
  const gint64 deadline = g_get_monotonic_time () + GENEROUS_US;

  while (test_stat (test->element, name) < value
      && g_get_monotonic_time () < deadline)
    g_usleep (1000);
  fail_unless_equals_uint64 (test_stat (test->element, name), value);
}

gint
rtp_test_open (const gchar * ip)
{
  struct sockaddr_in6 v6 = {.sin6_family = AF_INET6 };
  struct sockaddr_in v4 = {.sin_family = AF_INET };
  const gboolean is_v6 = inet_pton (AF_INET6, ip, &v6.sin6_addr) == 1;
  const gint fd = socket (is_v6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC,
      0);
  const struct sockaddr *address = is_v6 ? (struct sockaddr *) &v6
      : (struct sockaddr *) &v4;

  if (!is_v6)
    fail_unless_equals_int (inet_pton (AF_INET, ip, &v4.sin_addr), 1);
  if (fd >= 0 && bind (fd, address, is_v6 ? sizeof (v6) : sizeof (v4)) == 0)
    return fd;
  if (fd >= 0)
    close (fd);
  return -1;
}

void
rtp_test_send (gint fd, guint16 port, const guint8 * data, gsize size)
{
  struct sockaddr_storage to;
  socklen_t length = sizeof (to);

  /* to the address that it comes from */
  fail_unless_equals_int (getsockname (fd, (struct sockaddr *) &to, &length),
      0);
  if (to.ss_family == AF_INET6)
    ((struct sockaddr_in6 *) &to)->sin6_port = htons (port);
  else
    ((struct sockaddr_in *) &to)->sin_port = htons (port);
  fail_unless_equals_int (sendto (fd, data, size, 0, (struct sockaddr *) &to,
          length), (gint) size);
}

void
rtp_test_send_rtp (gint fd, guint16 port, guint32 ssrc, guint sequence,
    guint32 timestamp, const gchar * payload)
{
  const BytesSpan bytes = hex (payload);
  guint8 data[RTP_HEADER + 2048];

  put_rtp (data, FALSE, 96, sequence, timestamp, ssrc);
  memcpy (data + RTP_HEADER, bytes.data, bytes.size);
  rtp_test_send (fd, port, data, RTP_HEADER + bytes.size);
  hex_free (bytes);
}

/* No byte is 0, so none needs emulation prevention */
#define MESSAGE(n) \
  { 6, 5, 2, (guint8) (0x40 | (n) >> 6), (guint8) (0x40 | ((n) & 63)), 0x80 }
#define MESSAGE_SIZE 6

void
rtp_test_send_picture (gint fd, guint16 port, guint32 ssrc, guint n)
{
  const guint8 message[MESSAGE_SIZE] = MESSAGE (n);
  guint8 data[RTP_HEADER + MESSAGE_SIZE];

  put_rtp (data, FALSE, 96, 2 * n, 3600 * n, ssrc);
  memcpy (data + RTP_HEADER, message, MESSAGE_SIZE);
  rtp_test_send (fd, port, data, sizeof (data));
  put_rtp (data, TRUE, 96, 2 * n + 1, 3600 * n, ssrc);
  memcpy (data + RTP_HEADER, n % 2 == 0 ? "\x65\x88\x80" : "\x41\x9a\x80", 3);
  rtp_test_send (fd, port, data, RTP_HEADER + 3);
}

void
rtp_test_pull_picture (RtpTest * test, const gchar * pad, guint n)
{
  const guint8 message[MESSAGE_SIZE] = MESSAGE (n);
  GstBuffer *buffer = rtp_test_pull (test, pad);

  fail_unless_equals_uint64 (gst_buffer_get_size (buffer), 4 + MESSAGE_SIZE);
  fail_unless_equals_int (gst_buffer_memcmp (buffer, 0, "\0\0\0\1", 4), 0);
  if (gst_buffer_memcmp (buffer, 4, message, MESSAGE_SIZE) != 0) {
    gst_util_dump_buffer (buffer);
    fail ("not the message %u", n);
  }
  gst_buffer_unref (buffer);
}
