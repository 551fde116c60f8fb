/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The streams of an input, as they come and go */

#include "content.h"

#include <gst/check/gstcheck.h>
#include <string.h>

#include "parse.h"

#define LINES "application/x-ndjson"
#define OTHER "audio/mpeg"
#define KLV "meta/x-klv, parsed=(boolean)true"
#define MPEG_TS "video/mpegts, systemstream=(boolean)true, packetsize=188"

/* The time stamp of ST 0601 alone */
#define KLV_UNIT "\x06\x0e\x2b\x34\x02\x0b\x01\x01\x0e\x01\x03\x01\x01\0\0\0" \
    "\x0a\x02\x08\0\x05\xd2\x4c\x31\x7c\x80\0"

/* Units of tests/klv/vectors */
#define N_UNITS 60

static const ContentSettings settings = {.scan = "head" };

static GstElement *pipeline, *bin, *sink;
static Content *content;
static GPtrArray *records;      /* what the sink has had, char * */
static GMutex lock;             /* of the records */

static void
on_record (GstElement * element, GstBuffer * buffer, GstPad * pad,
    gpointer data)
{
  GstMapInfo map;

  fail_unless (gst_buffer_map (buffer, &map, GST_MAP_READ));
  g_mutex_lock (&lock);
  g_ptr_array_add (records, g_strndup ((char *) map.data, map.size));
  g_mutex_unlock (&lock);
  gst_buffer_unmap (buffer, &map);
}

/* As the bridge does: an input may come again */
static GstPadProbeReturn
drop_end (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  return GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) == GST_EVENT_EOS ?
      GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
}

static void
open_bed (void)
{
  GstPad *src, *in;

  bridge_parse_register ();
  records = g_ptr_array_new_with_free_func (g_free);
  pipeline = gst_pipeline_new (NULL);
  bin = gst_bin_new (NULL);
  sink = gst_element_factory_make ("fakesink", NULL);
  g_object_set (sink, "async", FALSE, "signal-handoffs", TRUE, NULL);
  g_signal_connect (sink, "handoff", G_CALLBACK (on_record), NULL);
  content = content_new (GST_BIN (bin), &settings, "camera", FALSE);
  gst_bin_add_many (GST_BIN (pipeline), bin, sink, NULL);
  src = gst_element_get_static_pad (bin, "src");
  in = gst_element_get_static_pad (sink, "sink");
  gst_pad_add_probe (in, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, drop_end, NULL,
      NULL);
  fail_unless (gst_pad_link (src, in) == GST_PAD_LINK_OK);
  gst_object_unref (src);
  gst_object_unref (in);
}

static void
close_bed (void)
{
  gst_element_set_state (pipeline, GST_STATE_NULL);
  content_free (content);
  gst_object_unref (pipeline);
  g_ptr_array_unref (records);
}

static void
begin_stream (GstPad * pad, const char *media_type)
{
  GstSegment segment;
  GstCaps *caps = gst_caps_from_string (media_type);

  gst_segment_init (&segment, GST_FORMAT_BYTES);
  gst_pad_push_event (pad, gst_event_new_stream_start (media_type));
  gst_pad_push_event (pad, gst_event_new_caps (caps));
  gst_pad_push_event (pad, gst_event_new_segment (&segment));
  gst_caps_unref (caps);
}

/* A pad like one of a source's, which has said what it gives */
static GstPad *
new_pad (const char *media_type)
{
  GstPad *pad = gst_pad_new ("src", GST_PAD_SRC);

  gst_pad_set_active (pad, TRUE);
  begin_stream (pad, media_type);
  return pad;
}

static GstFlowReturn
push (GstPad * pad, const char *text)
{
  return gst_pad_push (pad, gst_buffer_new_memdup (text, strlen (text)));
}

/* Returns: how many elements there are for streams */
static guint
count_elements (void)
{
  return GST_BIN_NUMCHILDREN (bin) - 1;
}

static GstElement *
get_funnel (void)
{
  return GST_ELEMENT (g_list_last (GST_BIN_CHILDREN (bin))->data);
}

static gboolean
has_ended (void)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  GstMessage *message;
  gboolean found = FALSE;

  while ((message = gst_bus_pop_filtered (bus, GST_MESSAGE_ELEMENT))) {
    found |= gst_message_has_name (message, "content-ended");
    gst_message_unref (message);
  }
  return found;
}

/* A source that reads a file does so in a thread of its own, as soon as it is in PAUSED. */
GST_START_TEST (what_comes_before_the_bin_has_started_gets_through)
{
  GstElement *funnel = get_funnel ();
  GstPad *pad = new_pad (LINES);

  /* the last that the bin would come to */
  gst_element_set_locked_state (funnel, TRUE);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  gst_element_set_locked_state (funnel, FALSE);
  content_add_pad (content, pad, NULL);
  fail_unless_equals_int (push (pad, "{\"a\":1}\n"), GST_FLOW_OK);
  fail_unless_equals_int (records->len, 1);
  fail_unless_equals_string (records->pdata[0], "{\"a\":1}");
  gst_object_unref (pad);
}

GST_END_TEST;

GST_START_TEST (a_stream_that_goes_leaves_nothing_behind)
{
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  for (guint i = 1; i <= 3; i++) {
    GstPad *pad = new_pad (LINES);

    content_add_pad (content, pad, NULL);
    fail_unless_equals_int (count_elements (), 1);
    /* the end of the line is the end of the stream */
    fail_unless_equals_int (push (pad, "{\"a\":1}"), GST_FLOW_OK);
    fail_unless_equals_int (records->len, i - 1);
    fail_if (has_ended ());
    content_remove_pad (content, pad);
    fail_unless_equals_int (records->len, i);
    fail_unless_equals_int (count_elements (), 0);
    fail_unless_equals_int (get_funnel ()->numsinkpads, 0);
    fail_unless (has_ended ());
    /* once */
    content_remove_pad (content, pad);
    fail_if (has_ended ());
    gst_object_unref (pad);
  }
}

GST_END_TEST;

GST_START_TEST (the_end_is_that_of_all_streams)
{
  GstPad *lines = new_pad (LINES), *other = new_pad (OTHER), *gone =
      new_pad (OTHER);

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  content_add_pad (content, lines, NULL);
  content_add_pad (content, other, NULL);
  content_add_pad (content, gone, NULL);
  gst_pad_push_event (lines, gst_event_new_eos ());
  gst_pad_push_event (other, gst_event_new_eos ());
  fail_if (has_ended ());
  content_remove_pad (content, gone);
  fail_unless (has_ended ());
  content_remove_pad (content, lines);
  content_remove_pad (content, other);
  fail_if (has_ended ());
  gst_object_unref (lines);
  gst_object_unref (other);
  gst_object_unref (gone);
}

GST_END_TEST;

GST_START_TEST (buffers_are_counted_read_or_not)
{
  GstPad *lines = new_pad (LINES), *other = new_pad (OTHER);

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  content_add_pad (content, lines, NULL);
  content_add_pad (content, other, NULL);
  fail_unless_equals_int (content_get_n_buffers (content), 0);
  push (lines, "{");
  push (other, "x");
  push (other, "x");
  fail_unless_equals_int (content_get_n_buffers (content), 3);
  fail_unless_equals_int (records->len, 0);
  gst_object_unref (lines);
  gst_object_unref (other);
}

GST_END_TEST;

static GstFlowReturn
push_unit (GstPad * pad)
{
  return gst_pad_push (pad, gst_buffer_new_memdup (KLV_UNIT,
          sizeof (KLV_UNIT) - 1));
}

static void
assert_is_klv (const char *record)
{
  fail_unless (g_str_has_prefix (record, "{\"type\":\"klv\""), "%s", record);
}

/* As rtpseisrc does with its pads */
GST_START_TEST (a_pad_has_one_stream_after_another)
{
  GstPad *pad = new_pad (KLV);

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  for (guint i = 1; i <= 3; i++) {
    content_add_pad (content, pad, NULL);
    fail_unless_equals_int (push_unit (pad), GST_FLOW_OK);
    fail_unless_equals_int (content_get_n_buffers (content), i);
    fail_unless_equals_int (records->len, i);
    assert_is_klv (records->pdata[i - 1]);
    content_remove_pad (content, pad);
    fail_unless_equals_int (count_elements (), 0);
    fail_if (gst_pad_is_linked (pad));
    fail_unless (has_ended ());
    begin_stream (pad, KLV);
  }
  gst_object_unref (pad);
}

GST_END_TEST;

/* Returns: (transfer full) */
static GBytes *
read_vector (const char *name)
{
  g_autofree char *path = g_build_filename (g_getenv ("METAKAFKA_SRC"),
      "tests", "klv", "vectors", name, NULL);
  char *data;
  gsize size;

  fail_unless (g_file_get_contents (path, &data, &size, NULL));
  return g_bytes_new_take (data, size);
}

static void
push_vector (GstPad * pad)
{
  g_autoptr (GBytes) bytes = read_vector ("made_async06.ts");

  fail_unless_equals_int (gst_pad_push (pad, gst_buffer_new_wrapped_bytes
          (bytes)), GST_FLOW_OK);
}

GST_START_TEST (the_streams_in_a_transport_stream_are_taken)
{
  GstPad *pad = new_pad (MPEG_TS);

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  content_add_pad (content, pad, NULL);
  push_vector (pad);
  fail_if (has_ended ());
  gst_pad_push_event (pad, gst_event_new_eos ());
  fail_unless (has_ended ());
  fail_unless_equals_int (records->len, N_UNITS);
  for (guint i = 0; i < records->len; i++)
    assert_is_klv (records->pdata[i]);
  /* of these alone */
  fail_unless_equals_int (content_get_n_buffers (content), N_UNITS);
  gst_object_unref (pad);
}

GST_END_TEST;

GST_START_TEST (a_transport_stream_that_goes_leaves_nothing_behind)
{
  GstPad *pad = new_pad (MPEG_TS);

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  content_add_pad (content, pad, NULL);
  push_vector (pad);
  fail_if (has_ended ());
  content_remove_pad (content, pad);
  fail_unless (has_ended ());
  fail_unless_equals_int (records->len, N_UNITS);
  fail_unless_equals_int (count_elements (), 0);
  fail_unless_equals_int (get_funnel ()->numsinkpads, 0);
  gst_object_unref (pad);
}

GST_END_TEST;

/* It has an end, which is then that of all. */
GST_START_TEST (a_transport_stream_without_streams_ends)
{
  GstPad *pad = new_pad (MPEG_TS);

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  content_add_pad (content, pad, NULL);
  gst_pad_push_event (pad, gst_event_new_eos ());
  fail_unless (has_ended ());
  fail_unless_equals_int (content_get_n_buffers (content), 0);
  gst_object_unref (pad);
}

GST_END_TEST;

static Suite *
content_suite (void)
{
  Suite *suite = suite_create ("content");
  TCase *tc = tcase_create ("streams");

  suite_add_tcase (suite, tc);
  tcase_add_checked_fixture (tc, open_bed, close_bed);
  tcase_add_test (tc, what_comes_before_the_bin_has_started_gets_through);
  tcase_add_test (tc, a_stream_that_goes_leaves_nothing_behind);
  tcase_add_test (tc, the_end_is_that_of_all_streams);
  tcase_add_test (tc, buffers_are_counted_read_or_not);
  tcase_add_test (tc, a_pad_has_one_stream_after_another);
  tcase_add_test (tc, the_streams_in_a_transport_stream_are_taken);
  tcase_add_test (tc, a_transport_stream_that_goes_leaves_nothing_behind);
  tcase_add_test (tc, a_transport_stream_without_streams_ends);
  return suite;
}

GST_CHECK_MAIN (content);
