/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "flvtest.h"

/* The element with both pads, a stream for it, and its bus */
typedef struct
{
  GstHarness *video;
  GstHarness *metadata;
  GByteArray *bytes;
  GstBus *bus;
} Bed;

static void
bed_open (Bed * bed, const char *media_type)
{
  bed->video = gst_harness_new_with_padnames ("flvmetaextract", "sink", "src");
  bed->metadata =
      gst_harness_new_with_element (bed->video->element, NULL, "metadata");
  gst_harness_set_sink_caps_str (bed->metadata, media_type);
  gst_harness_set_src_caps_str (bed->video, "video/x-flv");
  bed->bytes = g_byte_array_new ();
  bed->bus = gst_bus_new ();
  gst_element_set_bus (bed->video->element, bed->bus);
}

/* and with messages */
static void
bed_open_loud (Bed * bed)
{
  bed_open (bed, "application/x-json");
  g_object_set (bed->video->element, "post-messages", TRUE, NULL);
}

static void
on_log (GstDebugCategory * category, GstDebugLevel level, const gchar * file,
    const gchar * function, gint line, GObject * object,
    GstDebugMessage * message, gpointer lines)
{
  if (level == GST_LEVEL_WARNING && object && GST_IS_ELEMENT (object))
    g_string_append_printf (lines, "%s\n", gst_debug_message_get (message));
}

static void
bed_close (Bed * bed)
{
  gst_element_set_bus (bed->video->element, NULL);
  gst_object_unref (bed->bus);
  g_byte_array_unref (bed->bytes);
  gst_harness_teardown (bed->metadata);
  gst_harness_teardown (bed->video);
}

/* Pushes what is in the bytes; it comes out as it is, the same buffer. */
static void
bed_push (Bed * bed)
{
  GstBuffer *buffer = take_bytes (bed->bytes);
  GstBuffer *out;

  gst_buffer_ref (buffer);
  assert_equals_int (gst_harness_push (bed->video, buffer), GST_FLOW_OK);
  out = gst_harness_try_pull (bed->video);
  fail_unless (out == buffer);
  gst_buffer_unref (out);
  gst_buffer_unref (buffer);
}

static void
assert_object (Bed * bed, const char *text, GstClockTime pts)
{
  GstBuffer *buffer = gst_harness_try_pull (bed->metadata);

  fail_unless (buffer != NULL, "no %s", text);
  assert_equals_uint64 (GST_BUFFER_PTS (buffer), pts);
  fail_if (GST_BUFFER_DTS_IS_VALID (buffer));
  assert_buffer (buffer, (const guint8 *) text, strlen (text));
}

static void
assert_nothing (Bed * bed)
{
  fail_unless (gst_harness_try_pull (bed->metadata) == NULL);
}

static void
count_metadata (GstElement * element, guint size, gpointer bytes, GString * all)
{
  g_string_append_len (all, bytes, size);
}

static void
count_payload (GstElement * element, GBytes * payload, const gchar * event,
    GString * all)
{
  assert_equals_string (event, "e");
  g_string_append_len (all, g_bytes_get_data (payload, NULL),
      g_bytes_get_size (payload));
}

GST_START_TEST (test_flvmetaextract_hands_out_each_event)
{
  Bed bed;

  bed_open (&bed, "application/x-json");
  put_file_header (bed.bytes);
  put_values (bed.bytes, 0, "onMetaData", "{\"width\":320}");
  put_codec_data (bed.bytes);
  put_text (bed.bytes, 40, "onTextData", "{\"seq\": 1}");
  put_frame (bed.bytes, 40);
  put_values (bed.bytes, 80, "onSensor", "{\"lat\":9.93}");
  bed_push (&bed);
  assert_object (&bed, "{\"type\":\"flv\",\"event\":\"onMetaData\","
      "\"timestamp_ms\":0,\"args\":[{\"width\":320}]}", 0);
  assert_object (&bed, "{\"seq\": 1}", 40 * GST_MSECOND);
  assert_object (&bed, "{\"type\":\"flv\",\"event\":\"onSensor\","
      "\"timestamp_ms\":80,\"args\":[{\"lat\":9.93}]}", 80 * GST_MSECOND);
  assert_nothing (&bed);
  assert_equals_uint64 (get_stat (bed.video->element, "tags"), 5);
  assert_equals_uint64 (get_stat (bed.video->element, "events"), 3);
  assert_warns (bed.bus, NULL);
  bed_close (&bed);
}

GST_END_TEST;

/* The stream is cut anywhere. */
GST_START_TEST (test_flvmetaextract_any_pieces)
{
  g_autoptr (GByteArray) whole = g_byte_array_new ();

  put_file_header (whole);
  put_frame (whole, 0);
  put_text (whole, 7, "onTextData", "{\"seq\":1}");
  put_frame (whole, 7);
  for (gsize cut = 0; cut <= whole->len; cut++) {
    Bed bed;

    bed_open (&bed, "application/x-json");
    g_byte_array_append (bed.bytes, whole->data, cut);
    bed_push (&bed);
    g_byte_array_append (bed.bytes, whole->data + cut, whole->len - cut);
    bed_push (&bed);
    assert_object (&bed, "{\"seq\":1}", 7 * GST_MSECOND);
    assert_nothing (&bed);
    gst_harness_push_event (bed.video, gst_event_new_eos ());
    assert_equals_uint64 (get_stat (bed.video->element, "broken"), 0);
    bed_close (&bed);
  }
}

GST_END_TEST;

GST_START_TEST (test_flvmetaextract_lines)
{
  Bed bed;

  bed_open (&bed, "application/x-ndjson");
  put_text (bed.bytes, 0, "onTextData", "{\"seq\":\n1}");
  bed_push (&bed);
  assert_object (&bed, "{\"seq\": 1}\n", 0);
  bed_close (&bed);
}

GST_END_TEST;

GST_START_TEST (test_flvmetaextract_events)
{
  static const struct
  {
    const char *events;
    guint n;
  } cases[] = {
    {"*", 3}, {"a", 1}, {" a , b", 2}, {"", 0}, {"c", 0},
    {"|RtmpSampleAccess", 1}, {"*,|RtmpSampleAccess", 4}
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    Bed bed;

    bed_open (&bed, "application/x-json");
    g_object_set (bed.video->element, "events", cases[i].events, NULL);
    put_values (bed.bytes, 0, "|RtmpSampleAccess", "{}");
    put_values (bed.bytes, 0, "a", "{}");
    put_values (bed.bytes, 0, "b", "{}");
    put_values (bed.bytes, 0, "B", "{}");
    bed_push (&bed);
    assert_equals_int (gst_harness_buffers_in_queue (bed.metadata), cases[i].n);
    assert_equals_uint64 (get_stat (bed.video->element, "ignored"),
        4 - cases[i].n);
    bed_close (&bed);
  }
}

GST_END_TEST;

/* Muxers repeat what they know; nobody's object is lost for that. */
GST_START_TEST (test_flvmetaextract_duplicates)
{
  for (guint suppress = 0; suppress < 2; suppress++) {
    Bed bed;

    bed_open (&bed, "application/x-json");
    g_object_set (bed.video->element, "suppress-duplicates", suppress, NULL);
    put_values (bed.bytes, 0, "onMetaData", "{\"a\":1}");
    put_text (bed.bytes, 0, "onMetaData", "{\"seq\":1}");
    put_text (bed.bytes, 1, "onMetaData", "{\"seq\":1}");
    put_values (bed.bytes, 1, "onMetaData", "{\"a\":1}");
    put_values (bed.bytes, 2, "onMetaData", "{\"a\":2}");
    put_values (bed.bytes, 3, "onMetaData", "{\"a\":1}");
    put_values (bed.bytes, 3, "onMetaData",
        "{\"creationdate\":\"12:00:00\",\"a\":1}");
    put_values (bed.bytes, 4, "onMetaData",
        "{\"creationdate\":\"12:00:01\",\"a\":1}");
    put_values (bed.bytes, 5, "onMetaData",
        "{\"creationdate\":\"12:00:01\",\"a\":2}");
    put_values (bed.bytes, 3, "onOther", "{\"a\":1}");
    put_values (bed.bytes, 3, "onOther", "{\"a\":1}");
    bed_push (&bed);
    assert_equals_int (gst_harness_buffers_in_queue (bed.metadata),
        11 - 2 * suppress);
    assert_equals_uint64 (get_stat (bed.video->element, "duplicates"),
        2 * suppress);
    bed_close (&bed);
  }
}

GST_END_TEST;

/* It counts as the event that it names. */
GST_START_TEST (test_flvmetaextract_set_data_frame)
{
  g_autoptr (GString) all = g_string_new (NULL);
  Bed bed;

  bed_open (&bed, "application/x-json");
  g_object_set (bed.video->element, "events", "onMetaData,e", NULL);
  put_data_frame (bed.bytes, 0, "onMetaData", "{\"a\":1}");
  put_values (bed.bytes, 0, "onMetaData", "{\"a\":1}");
  put_data_frame (bed.bytes, 0, "onMetaData", "{\"a\":1}");
  put_data_frame (bed.bytes, 0, "other", "{\"a\":1}");
  put_data_frame (bed.bytes, 0, "onMetaData",
      "{\"metakafka\":\"{\\\"seq\\\":1}\"}");
  bed_push (&bed);
  assert_object (&bed, "{\"type\":\"flv\",\"event\":\"@setDataFrame\","
      "\"timestamp_ms\":0,\"args\":[\"onMetaData\",{\"a\":1}]}", 0);
  assert_object (&bed, "{\"seq\":1}", 0);
  assert_nothing (&bed);
  assert_equals_uint64 (get_stat (bed.video->element, "duplicates"), 2);
  assert_equals_uint64 (get_stat (bed.video->element, "ignored"), 1);
  g_signal_connect (bed.video->element, "new-payload",
      G_CALLBACK (count_payload), all);
  put_data_frame (bed.bytes, 0, "e", "{\"text\":\"{}\"}");
  bed_push (&bed);
  assert_equals_string (all->str, "{}");
  bed_close (&bed);
}

GST_END_TEST;

GST_START_TEST (test_flvmetaextract_unwrap_false)
{
  Bed bed;

  bed_open (&bed, "application/x-json");
  g_object_set (bed.video->element, "unwrap", FALSE, NULL);
  put_text (bed.bytes, 0, "onTextData", "{\"seq\":1}");
  bed_push (&bed);
  assert_object (&bed, "{\"type\":\"flv\",\"event\":\"onTextData\","
      "\"timestamp_ms\":0,\"args\":[{\"text\":\"{\\\"seq\\\":1}\","
      "\"language\":\"json\"}]}", 0);
  bed_close (&bed);
}

GST_END_TEST;

/* What is broken is counted; what follows comes. */
GST_START_TEST (test_flvmetaextract_broken)
{
  static const struct
  {
    const char *body;
    gsize size;
  } bodies[] = {
    {"", 0}, {"\5", 1}, {"\2\0\1e\22", 5}, {"\2\0\1e\3\0\1a", 8}, {"\2\0\5e", 4}
  };
  Bed bed;

  bed_open (&bed, "application/x-json");
  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    put_tag (bed.bytes, FLV_SCRIPT, i, bodies[i].body, bodies[i].size);
  put_text (bed.bytes, 9, "onTextData", "{\"seq\":1}");
  bed_push (&bed);
  assert_object (&bed, "{\"seq\":1}", 9 * GST_MSECOND);
  assert_nothing (&bed);
  assert_equals_uint64 (get_stat (bed.video->element, "broken"),
      G_N_ELEMENTS (bodies));
  bed_close (&bed);
}

GST_END_TEST;

/* However many tags are in a buffer, and with the reason */
GST_START_TEST (test_flvmetaextract_tells_of_broken)
{
  const guint steps[] = { 1, 23, 100000 };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++) {
    GString *lines = g_string_new (NULL);
    Bed bed;

    bed_open (&bed, "application/x-json");
    for (guint n = 0; n < 9; n++)
      put_tag (bed.bytes, FLV_SCRIPT, n, n % 2 == 0 ? "\5" : "\2\0\1e\22",
          n % 2 == 0 ? 1 : 5);
    gst_debug_set_threshold_for_name ("flvmetaextract", GST_LEVEL_WARNING);
    gst_debug_add_log_function (on_log, lines, NULL);
    for (guint at = 0; at < bed.bytes->len; at += steps[i])
      gst_harness_push (bed.video, gst_buffer_new_memdup (bed.bytes->data + at,
              MIN (steps[i], bed.bytes->len - at)));
    gst_debug_remove_log_function (on_log);
    gst_debug_unset_threshold_for_name ("flvmetaextract");
    assert_equals_string (lines->str,
        "the tag of script data at 0 ms cannot be read: it has no name (1 so far)\n"
        "the tag of script data at 1 ms cannot be read: it has a value of an unknown type (2 so far)\n"
        "the tag of script data at 3 ms cannot be read: it has a value of an unknown type (4 so far)\n"
        "the tag of script data at 7 ms cannot be read: it has a value of an unknown type (8 so far)\n");
    g_string_free (lines, TRUE);
    bed_close (&bed);
  }
}

GST_END_TEST;

/* Values may be as deep as JSON here may be; what stands around them is none of them. And what
 * is carried comes as it was sent, with the white space around it. */
GST_START_TEST (test_flvmetaextract_objects_pass_as_they_are)
{
  GString *object = g_string_new (NULL);
  g_autofree gchar *event = NULL;
  Bed bed;

  for (guint i = 1; i < 64; i++)
    g_string_append (object, "{\"a\":");
  g_string_append (object, "{}");
  for (guint i = 1; i < 64; i++)
    g_string_append (object, "}");
  event =
      g_strdup_printf ("{\"type\":\"flv\",\"event\":\"e\",\"timestamp_ms\":7,"
      "\"args\":[%s]}", object->str);
  bed_open (&bed, "application/x-json");
  put_values (bed.bytes, 7, "e", object->str);
  put_text (bed.bytes, 8, "e", " {\"a\" : 1}\n ");
  bed_push (&bed);
  assert_object (&bed, event, 7 * GST_MSECOND);
  assert_object (&bed, " {\"a\" : 1}\n ", 8 * GST_MSECOND);
  assert_nothing (&bed);
  bed_close (&bed);

  bed_open (&bed, "application/x-ndjson");
  put_text (bed.bytes, 8, "e", " {\"a\" : 1}\n ");
  bed_push (&bed);
  assert_object (&bed, " {\"a\" : 1}  \n", 8 * GST_MSECOND);
  bed_close (&bed);
  g_string_free (object, TRUE);
}

GST_END_TEST;

/* A stream that ends within a tag has lost an event only if the tag is one, or may be. */
GST_START_TEST (test_flvmetaextract_cut)
{
  for (guint is_script = 0; is_script < 2; is_script++) {
    const guint body = is_script ? 5 : 8;

    for (guint size = 0; size <= FLV_TAG_HEADER_SIZE + body; size++) {
      Bed bed;
      GstBuffer *buffer;

      bed_open (&bed, "application/x-json");
      if (is_script)
        put_tag (bed.bytes, FLV_SCRIPT, 0, "\2\0\1e\5", body);
      else
        put_frame (bed.bytes, 0);
      buffer = take_bytes (bed.bytes);
      gst_buffer_resize (buffer, 0, size);
      gst_harness_push (bed.video, buffer);
      gst_harness_push_event (bed.video, gst_event_new_eos ());
      assert_equals_uint64 (get_stat (bed.video->element, "broken"),
          size > 0 && size < FLV_TAG_HEADER_SIZE + (is_script ? body : 0));
      bed_close (&bed);
    }
  }
}

GST_END_TEST;

GST_START_TEST (test_flvmetaextract_max_size)
{
  Bed bed;

  bed_open (&bed, "application/x-json");
  put_text (bed.bytes, 0, "e", "{\"a\":1}");

  const guint size =
      bed.bytes->len - FLV_TAG_HEADER_SIZE - FLV_TAG_TRAILER_SIZE;

  g_object_set (bed.video->element, "max-size", size, NULL);
  put_text (bed.bytes, 0, "e", "{\"a\":12}");
  put_text (bed.bytes, 0, "e", "{\"a\":2}");
  bed_push (&bed);
  assert_object (&bed, "{\"a\":1}", 0);
  assert_object (&bed, "{\"a\":2}", 0);
  assert_nothing (&bed);
  assert_equals_uint64 (get_stat (bed.video->element, "too-large"), 1);
  bed_close (&bed);
}

GST_END_TEST;

/* What is no FLV passes, and is told of once. */
GST_START_TEST (test_flvmetaextract_no_flv)
{
  Bed bed;

  bed_open (&bed, "application/x-json");
  put_text (bed.bytes, 0, "e", "{\"a\":1}");
  put_data (bed.bytes, "Gabcdefghij", 11);
  put_text (bed.bytes, 0, "e", "{\"a\":2}");
  bed_push (&bed);
  assert_object (&bed, "{\"a\":1}", 0);
  assert_nothing (&bed);
  assert_warns (bed.bus, "is no FLV");
  put_text (bed.bytes, 0, "e", "{\"a\":3}");
  bed_push (&bed);
  assert_nothing (&bed);
  assert_warns (bed.bus, NULL);
  /* another stream */
  gst_harness_push_event (bed.video, gst_event_new_stream_start ("other"));
  gst_harness_set_src_caps_str (bed.video, "video/x-flv");
  put_text (bed.bytes, 0, "e", "{\"a\":4}");
  bed_push (&bed);
  assert_object (&bed, "{\"a\":4}", 0);
  bed_close (&bed);
}

GST_END_TEST;

/* Times go on where 32 bits begin anew. There is none before 0: servers begin with that, and go on
 * however late it is. */
GST_START_TEST (test_flvmetaextract_times)
{
  const GstClockTime round = (G_GUINT64_CONSTANT (1) << 32) * GST_MSECOND;
  Bed bed;

  bed_open (&bed, "application/x-json");
  put_text (bed.bytes, 0xfffffff0, "e", "{\"a\":1}");
  put_text (bed.bytes, 0x00000010, "e", "{\"a\":2}");
  put_text (bed.bytes, 0xfffffff8, "e", "{\"a\":3}");
  bed_push (&bed);
  assert_object (&bed, "{\"a\":1}", round - 16 * GST_MSECOND);
  assert_object (&bed, "{\"a\":2}", round + 16 * GST_MSECOND);
  assert_object (&bed, "{\"a\":3}", round - 8 * GST_MSECOND);
  bed_close (&bed);

  bed_open (&bed, "application/x-json");
  put_text (bed.bytes, 0, "e", "{\"a\":1}");
  put_text (bed.bytes, 0xf0000000, "e", "{\"a\":2}");
  put_text (bed.bytes, 0xf0000028, "e", "{\"a\":3}");
  bed_push (&bed);
  assert_object (&bed, "{\"a\":1}", 0);
  assert_object (&bed, "{\"a\":2}", 0xf0000000 * GST_MSECOND);
  assert_object (&bed, "{\"a\":3}", 0xf0000028 * GST_MSECOND);
  bed_close (&bed);

  /* nor is there an end that sums of times get to */
  bed_open (&bed, "application/x-json");
  for (guint i = 0; i < 5000; i++)
    put_tag (bed.bytes, FLV_AUDIO, i * 0x7fffffff, "", 0);
  put_text (bed.bytes, 5000u * 0x7fffffff, "e", "{\"a\":1}");
  bed_push (&bed);

  GstBuffer *buffer = gst_harness_pull (bed.metadata);

  fail_unless (GST_BUFFER_PTS (buffer) < G_MAXINT64 / 4);
  gst_buffer_unref (buffer);
  bed_close (&bed);
}

GST_END_TEST;

static GstSegment
get_segment (GstHarness * h)
{
  GstEvent *event = gst_pad_get_sticky_event (h->sinkpad, GST_EVENT_SEGMENT, 0);
  GstSegment segment;

  fail_unless (event != NULL);
  gst_event_copy_segment (event, &segment);
  gst_event_unref (event);
  return segment;
}

/* The running time of an object is that of the stream that it was in. */
GST_START_TEST (test_flvmetaextract_segment)
{
  GstSegment segment;
  GstBuffer *buffer;
  Bed bed;

  bed_open (&bed, "application/x-json");
  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.start = 100 * GST_SECOND;
  gst_harness_push_event (bed.video, gst_event_new_segment (&segment));
  put_frame (bed.bytes, 60000);
  buffer = take_bytes (bed.bytes);
  GST_BUFFER_PTS (buffer) = 105 * GST_SECOND;
  gst_harness_push (bed.video, buffer);
  put_text (bed.bytes, 60040, "e", "{\"a\":1}");
  gst_harness_push (bed.video, take_bytes (bed.bytes));
  assert_object (&bed, "{\"a\":1}", 60040 * GST_MSECOND);
  segment = get_segment (bed.metadata);
  assert_equals_uint64 (gst_segment_to_running_time (&segment, GST_FORMAT_TIME,
          60040 * GST_MSECOND), 5040 * GST_MSECOND);
  bed_close (&bed);

  /* a file has none, and begins at 0 */
  bed_open (&bed, "application/x-json");
  gst_harness_set_live (bed.video, FALSE);
  gst_segment_init (&segment, GST_FORMAT_BYTES);
  gst_harness_push_event (bed.video, gst_event_new_segment (&segment));
  put_text (bed.bytes, 40, "e", "{\"a\":1}");
  bed_push (&bed);
  assert_object (&bed, "{\"a\":1}", 40 * GST_MSECOND);
  segment = get_segment (bed.metadata);
  assert_equals_int (segment.format, GST_FORMAT_TIME);
  assert_equals_uint64 (gst_segment_to_running_time (&segment, GST_FORMAT_TIME,
          40 * GST_MSECOND), 40 * GST_MSECOND);
  assert_equals_int (get_segment (bed.video).format, GST_FORMAT_BYTES);
  bed_close (&bed);
}

GST_END_TEST;

/* An object has come, and a message about it says that it has this running time. */
static void
assert_message (Bed * bed, guint64 ms)
{
  GstMessage *message = gst_bus_pop_filtered (bed->bus, GST_MESSAGE_ELEMENT);
  guint64 time;

  fail_unless (message != NULL);
  fail_unless (gst_structure_get_uint64 (gst_message_get_structure (message),
          "running-time", &time));
  assert_equals_uint64 (time, ms * GST_MSECOND);
  gst_message_unref (message);
}

/* So does the buffer, which is the last one. */
static void
assert_running_time (Bed * bed, guint64 ms)
{
  GstSegment segment;
  GstBuffer *buffer = gst_harness_pull (bed->metadata);

  assert_message (bed, ms);
  segment = get_segment (bed->metadata);
  assert_equals_int64 (gst_segment_to_running_time (&segment,
          GST_FORMAT_TIME, GST_BUFFER_PTS (buffer)), ms * GST_MSECOND);
  gst_buffer_unref (buffer);
}

/* Pushes what is in the bytes, in a buffer with this time. */
static void
push_at (Bed * bed, guint64 pts_ms)
{
  GstBuffer *buffer = take_bytes (bed->bytes);

  GST_BUFFER_PTS (buffer) = pts_ms * GST_MSECOND;
  assert_equals_int (gst_harness_push (bed->video, buffer), GST_FLOW_OK);
  gst_buffer_unref (gst_harness_pull (bed->video));
}

static void
push_segment (Bed * bed, guint64 start_ms, guint64 base_ms)
{
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.start = segment.time = start_ms * GST_MSECOND;
  segment.base = base_ms * GST_MSECOND;
  gst_harness_push_event (bed->video, gst_event_new_segment (&segment));
}

/* What comes in another segment has its running times. */
GST_START_TEST (test_flvmetaextract_next_segment)
{
  Bed bed;

  bed_open_loud (&bed);
  push_segment (&bed, 0, 0);
  put_text (bed.bytes, 0, "e", "{\"a\":1}");
  push_at (&bed, 0);
  assert_running_time (&bed, 0);
  push_segment (&bed, 100000, 10000);
  put_text (bed.bytes, 100000, "e", "{\"a\":2}");
  push_at (&bed, 100000);
  assert_running_time (&bed, 10000);
  bed_close (&bed);
}

GST_END_TEST;

/* Of several tags in a buffer the first one has its time. Interleaved ones may be before that. */
GST_START_TEST (test_flvmetaextract_tags_in_a_buffer)
{
  Bed bed;

  bed_open_loud (&bed);
  push_segment (&bed, 0, 0);
  put_frame (bed.bytes, 100);
  for (guint i = 0; i < 3; i++)
    put_text (bed.bytes, 80 + 40 * i, "e", "{}");
  push_at (&bed, 5000);
  for (guint i = 0; i < 3; i++)
    assert_running_time (&bed, 4980 + 40 * i);
  bed_close (&bed);

  /* nothing is before the pipeline has begun, where sinks drop it */
  bed_open_loud (&bed);
  push_segment (&bed, 0, 0);
  put_frame (bed.bytes, 100);
  put_text (bed.bytes, 80, "e", "{}");
  push_at (&bed, 0);
  assert_running_time (&bed, 0);
  bed_close (&bed);
}

GST_END_TEST;

/* A publisher that comes again begins anew, without another stream. */
GST_START_TEST (test_flvmetaextract_publisher_begins_anew)
{
  static const guint32 tags_ms[] = { 3600000, 3600040, 0, 40, 5040 };
  Bed bed;

  bed_open_loud (&bed);
  push_segment (&bed, 0, 0);
  for (guint i = 0; i < G_N_ELEMENTS (tags_ms); i++) {
    put_text (bed.bytes, tags_ms[i], "e", "{}");
    push_at (&bed, 40 * i);
    /* the last one is 5 s ahead, where nothing of a live stream can be */
    assert_running_time (&bed, 40 * i);
  }
  bed_close (&bed);
}

GST_END_TEST;

/* A stream that is late for a while keeps its times. */
GST_START_TEST (test_flvmetaextract_late)
{
  Bed bed;

  bed_open_loud (&bed);
  push_segment (&bed, 0, 0);
  for (guint i = 0; i < 3; i++) {
    put_text (bed.bytes, 1000 + 40 * i, "e", "{}");
    push_at (&bed, i == 1 ? 5000 : 0);
    assert_running_time (&bed, 40 * i);
  }
  bed_close (&bed);
}

GST_END_TEST;

/* Who joins late gets from servers what the stream began with, of time 0, and then what is now,
 * from a live source without times: in one buffer or in several. */
GST_START_TEST (test_flvmetaextract_late_joiner)
{
  for (guint pieces = 1; pieces <= 2; pieces++) {
    GstTestClock *clock;
    GstSegment segment;
    Bed bed;

    bed_open_loud (&bed);
    gst_harness_use_testclock (bed.video);
    clock = gst_harness_get_testclock (bed.video);
    gst_test_clock_set_time (clock, 7 * GST_SECOND);
    gst_segment_init (&segment, GST_FORMAT_BYTES);
    gst_harness_push_event (bed.video, gst_event_new_segment (&segment));
    put_text (bed.bytes, 0, "e", "{\"a\":0}");
    if (pieces == 2)
      bed_push (&bed);
    put_text (bed.bytes, 20000, "e", "{\"a\":1}");
    put_text (bed.bytes, 20040, "e", "{\"a\":2}");
    bed_push (&bed);
    gst_test_clock_set_time (clock, 8 * GST_SECOND);
    put_text (bed.bytes, 20990, "e", "{\"a\":3}");
    bed_push (&bed);
    assert_message (&bed, 7000);
    assert_message (&bed, 7000);
    assert_message (&bed, 7040);
    assert_message (&bed, 7990);
    segment = get_segment (bed.metadata);
    assert_equals_int64 (gst_segment_to_running_time (&segment,
            GST_FORMAT_TIME, 20990 * GST_MSECOND), 7990 * GST_MSECOND);
    gst_object_unref (clock);
    bed_close (&bed);
  }
}

GST_END_TEST;

/* A buffer that has no event says up to when there is none. */
GST_START_TEST (test_flvmetaextract_gap)
{
  GstEvent *event;
  gboolean found = FALSE;
  Bed bed;

  bed_open (&bed, "application/x-json");
  put_frame (bed.bytes, 40);
  bed_push (&bed);
  while ((event = gst_harness_try_pull_event (bed.metadata))) {
    GstClockTime time;

    if (GST_EVENT_TYPE (event) == GST_EVENT_GAP) {
      gst_event_parse_gap (event, &time, NULL);
      assert_equals_uint64 (time, 40 * GST_MSECOND);
      found = TRUE;
    }
    gst_event_unref (event);
  }
  fail_unless (found);
  bed_close (&bed);
}

GST_END_TEST;

GST_START_TEST (test_flvmetaextract_flush)
{
  GstSegment segment;
  Bed bed;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  bed_open (&bed, "application/x-json");
  put_data (bed.bytes, "\22\0\0", 3);
  bed_push (&bed);
  gst_harness_push_event (bed.video, gst_event_new_flush_start ());
  gst_harness_push_event (bed.video, gst_event_new_flush_stop (TRUE));
  gst_harness_push_event (bed.video, gst_event_new_segment (&segment));
  put_text (bed.bytes, 5, "e", "{\"a\":1}");
  bed_push (&bed);
  assert_object (&bed, "{\"a\":1}", 5 * GST_MSECOND);
  assert_equals_uint64 (get_stat (bed.video->element, "broken"), 0);
  bed_close (&bed);
}

GST_END_TEST;

GST_START_TEST (test_flvmetaextract_signals_and_messages)
{
  g_autoptr (GString) all = g_string_new (NULL);
  const GstStructure *structure;
  GstMessage *message;
  guint64 time;
  Bed bed;

  bed_open (&bed, "application/x-json");
  g_signal_connect (bed.video->element, "new-metadata",
      G_CALLBACK (count_metadata), all);
  put_text (bed.bytes, 5, "e", "{\"a\":1}");
  bed_push (&bed);
  assert_equals_string (all->str, "");
  g_object_set (bed.video->element, "signal-new-metadata", TRUE,
      "post-messages", TRUE, NULL);
  g_signal_connect (bed.video->element, "new-payload",
      G_CALLBACK (count_payload), all);
  put_text (bed.bytes, 5, "e", "{\"a\":2}");
  bed_push (&bed);
  assert_equals_string (all->str, "{\"a\":2}{\"a\":2}");
  message = gst_bus_pop_filtered (bed.bus, GST_MESSAGE_ELEMENT);
  fail_unless (message != NULL);
  structure = gst_message_get_structure (message);
  fail_unless (gst_structure_has_name (structure, "flv-metadata"));
  assert_equals_string (gst_structure_get_string (structure, "event"), "e");
  fail_unless (gst_structure_has_field_typed (structure, "payload",
          G_TYPE_BYTES));
  fail_unless (gst_structure_get_uint64 (structure, "timestamp", &time));
  assert_equals_uint64 (time, 5 * GST_MSECOND);
  gst_message_unref (message);
  bed_close (&bed);
}

GST_END_TEST;

/* Either pad may stay unlinked, and both where somebody hears. */
GST_START_TEST (test_flvmetaextract_unlinked)
{
  GstHarness *h =
      gst_harness_new_with_padnames ("flvmetaextract", "sink", NULL);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GString) all = g_string_new (NULL);
  GstHarness *metadata;

  gst_harness_set_src_caps_str (h, "video/x-flv");
  put_text (bytes, 0, "e", "{}");
  assert_equals_int (gst_harness_push (h, take_bytes (bytes)),
      GST_FLOW_NOT_LINKED);
  g_signal_connect (h->element, "new-payload", G_CALLBACK (count_payload), all);
  put_text (bytes, 0, "e", "{\"a\":1}");
  assert_equals_int (gst_harness_push (h, take_bytes (bytes)), GST_FLOW_OK);
  assert_equals_string (all->str, "{\"a\":1}");
  metadata = gst_harness_new_with_element (h->element, NULL, "metadata");
  gst_harness_set_sink_caps_str (metadata, "application/x-json");
  put_text (bytes, 0, "e", "{\"a\":2}");
  assert_equals_int (gst_harness_push (h, take_bytes (bytes)), GST_FLOW_OK);
  assert_equals_int (gst_harness_buffers_in_queue (metadata), 1);
  gst_harness_teardown (metadata);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* As new after READY */
GST_START_TEST (test_flvmetaextract_again)
{
  Bed bed;

  bed_open (&bed, "application/x-json");
  put_data (bed.bytes, "\22\0\0", 3);
  bed_push (&bed);
  gst_element_set_state (bed.video->element, GST_STATE_READY);
  gst_harness_play (bed.video);
  gst_harness_set_src_caps_str (bed.video, "video/x-flv");
  put_text (bed.bytes, 5, "e", "{\"a\":1}");
  bed_push (&bed);
  assert_object (&bed, "{\"a\":1}", 5 * GST_MSECOND);
  assert_equals_uint64 (get_stat (bed.video->element, "tags"), 1);
  bed_close (&bed);
}

GST_END_TEST;

static Suite *
flvmetaextract_suite (void)
{
  Suite *s = suite_create ("flvmetaextract");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_flvmetaextract_hands_out_each_event);
  tcase_add_test (tc, test_flvmetaextract_any_pieces);
  tcase_add_test (tc, test_flvmetaextract_lines);
  tcase_add_test (tc, test_flvmetaextract_events);
  tcase_add_test (tc, test_flvmetaextract_duplicates);
  tcase_add_test (tc, test_flvmetaextract_set_data_frame);
  tcase_add_test (tc, test_flvmetaextract_unwrap_false);
  tcase_add_test (tc, test_flvmetaextract_broken);
  tcase_add_test (tc, test_flvmetaextract_tells_of_broken);
  tcase_add_test (tc, test_flvmetaextract_objects_pass_as_they_are);
  tcase_add_test (tc, test_flvmetaextract_cut);
  tcase_add_test (tc, test_flvmetaextract_max_size);
  tcase_add_test (tc, test_flvmetaextract_no_flv);
  tcase_add_test (tc, test_flvmetaextract_times);
  tcase_add_test (tc, test_flvmetaextract_segment);
  tcase_add_test (tc, test_flvmetaextract_next_segment);
  tcase_add_test (tc, test_flvmetaextract_tags_in_a_buffer);
  tcase_add_test (tc, test_flvmetaextract_publisher_begins_anew);
  tcase_add_test (tc, test_flvmetaextract_late);
  tcase_add_test (tc, test_flvmetaextract_late_joiner);
  tcase_add_test (tc, test_flvmetaextract_gap);
  tcase_add_test (tc, test_flvmetaextract_flush);
  tcase_add_test (tc, test_flvmetaextract_signals_and_messages);
  tcase_add_test (tc, test_flvmetaextract_unlinked);
  tcase_add_test (tc, test_flvmetaextract_again);

  return s;
}

GST_CHECK_MAIN (flvmetaextract);
