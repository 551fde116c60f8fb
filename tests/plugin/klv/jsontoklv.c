/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The element, through GstHarness */

#include "klvtest.h"

#include "klvbytes.h"
#include "klvchecksum.h"

#define UNIX_TIME "timestamp/x-unix"
#define TIME "\"precision_time_stamp\":1231798102000000"
#define TIME_ITEM "\x02\x08\x00\x04\x60\x50\x58\x4e\x01\x80"
#define VERSION_19 "\x41\x01\x13"

static GstHarness *
harness (void)
{
  GstHarness *h = gst_harness_new ("jsontoklv");

  gst_harness_set_src_caps_str (h, "application/x-json");
  return h;
}

static GstBuffer *
json (const gchar * text)
{
  return gst_buffer_new_memdup (text, strlen (text));
}

static void
push_nothing (GstHarness * h, GstBuffer * buffer)
{
  push (h, buffer);
  fail_unless (gst_harness_try_pull (h) == NULL);
}

/* The items of a unit of ST 0601, with its checksum behind them */
static void
assert_items (GstBuffer * buffer, const gchar * items, gsize size)
{
  GByteArray *bytes = g_byte_array_new ();
  guint8 length = size + 4, sum[2];

  put_bytes (bytes, KLV_BYTES_SET, KLV_KEY_SIZE);
  g_byte_array_append (bytes, &length, 1);
  put_bytes (bytes, items, size);
  put_bytes (bytes, "\1\2", 2);
  GST_WRITE_UINT16_BE (sum, klv_checksum (bytes->data, bytes->len));
  g_byte_array_append (bytes, sum, 2);
  gst_check_buffer_data (buffer, bytes->data, bytes->len);
  g_byte_array_unref (bytes);
}

#define ASSERT_ITEMS(buffer, items) \
    assert_items (buffer, items, sizeof (items) - 1)

static void
push_and_check (GstHarness * h, const gchar * text, const gchar * items,
    gsize size)
{
  GstBuffer *buffer;

  push (h, json (text));
  buffer = pull (h);
  assert_items (buffer, items, size);
  gst_buffer_unref (buffer);
}

#define PUSH_AND_CHECK(h, text, items) \
    push_and_check (h, text, items, sizeof (items) - 1)

GST_START_TEST (test_jsontoklv_each_object_is_a_unit)
{
  GstHarness *h = harness ();
  g_autoptr (GstCaps) wanted =
      gst_caps_from_string ("meta/x-klv, parsed=(boolean)true");
  GstCaps *caps;

  PUSH_AND_CHECK (h, "{\"weapon_load\":45," TIME "}",
      TIME_ITEM "\x3c\x02\x00\x2d" VERSION_19);
  PUSH_AND_CHECK (h, "{\"ts_ns\":1231798102000000999}", TIME_ITEM VERSION_19);
  caps = gst_pad_get_current_caps (h->sinkpad);
  fail_unless (gst_caps_is_equal (caps, wanted));
  gst_caps_unref (caps);
  assert_equals_uint64 (get_stat (h->element, "units"), 2);
  assert_equals_uint64 (get_stat (h->element, "items"), 5);
  assert_equals_uint64 (get_stat (h->element, "left-out"), 0);
  assert_equals_uint64 (get_stat (h->element, "errors"), 0);
  assert_equals_uint64 (gst_harness_query_latency (h), 0);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_jsontoklv_keeps_times_flags_and_metas)
{
  GstHarness *h = harness ();
  GstBuffer *buffer = json ("{" TIME "}");
  GstCaps *unix_time = gst_caps_from_string (UNIX_TIME);

  GST_BUFFER_PTS (buffer) = 5 * GST_SECOND;
  GST_BUFFER_DTS (buffer) = 4 * GST_SECOND;
  GST_BUFFER_DURATION (buffer) = GST_SECOND;
  GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_MARKER);
  gst_buffer_add_reference_timestamp_meta (buffer, unix_time, 77,
      GST_CLOCK_TIME_NONE);
  push (h, buffer);
  buffer = pull (h);
  /* the object's own time comes before that of the buffer */
  ASSERT_ITEMS (buffer, TIME_ITEM VERSION_19);
  assert_equals_uint64 (GST_BUFFER_PTS (buffer), 5 * GST_SECOND);
  assert_equals_uint64 (GST_BUFFER_DTS (buffer), 4 * GST_SECOND);
  assert_equals_uint64 (GST_BUFFER_DURATION (buffer), GST_SECOND);
  fail_unless (GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_MARKER));
  fail_unless (gst_buffer_get_reference_timestamp_meta (buffer, unix_time));
  gst_buffer_unref (buffer);

  /* a buffer without PTS gets none */
  push (h, json ("{}"));
  buffer = pull (h);
  fail_if (GST_BUFFER_PTS_IS_VALID (buffer));
  gst_buffer_unref (buffer);
  gst_caps_unref (unix_time);
  gst_harness_teardown (h);
}

GST_END_TEST;

static guint64
get_item_2 (GstBuffer * buffer)
{
  guint8 head[2];
  guint64 value;

  assert_equals_uint64 (gst_buffer_extract (buffer, KLV_KEY_SIZE + 1, head,
          sizeof (head)), sizeof (head));
  assert_equals_int (head[0], 2);
  assert_equals_int (head[1], 8);
  assert_equals_uint64 (gst_buffer_extract (buffer, KLV_KEY_SIZE + 3, &value,
          sizeof (value)), sizeof (value));
  return GUINT64_FROM_BE (value);
}

/* Where the object says no time, it is that of its buffer, or else now. */
GST_START_TEST (test_jsontoklv_time)
{
  GstHarness *h = harness ();
  GstBuffer *buffer = json ("{}");
  GstCaps *unix_time = gst_caps_from_string (UNIX_TIME);

  gst_buffer_add_reference_timestamp_meta (buffer, unix_time,
      G_GUINT64_CONSTANT (1231798102000000999), GST_CLOCK_TIME_NONE);
  push (h, buffer);
  buffer = pull (h);
  ASSERT_ITEMS (buffer, TIME_ITEM VERSION_19);
  gst_buffer_unref (buffer);

  const guint64 before = g_get_real_time ();
  push (h, json ("{}"));
  const guint64 after = g_get_real_time ();
  buffer = pull (h);
  fail_unless (get_item_2 (buffer) >= before && get_item_2 (buffer) <= after);
  gst_buffer_unref (buffer);
  gst_caps_unref (unix_time);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_jsontoklv_version)
{
  GstHarness *h = harness ();
  guint version;

  g_object_get (h->element, "version", &version, NULL);
  assert_equals_int (version, 19);
  g_object_set (h->element, "version", 17, NULL);
  g_object_get (h->element, "version", &version, NULL);
  assert_equals_int (version, 17);
  PUSH_AND_CHECK (h, "{" TIME "}", TIME_ITEM "\x41\x01\x11");
  PUSH_AND_CHECK (h, "{" TIME ",\"uas_datalink_ls_version_number\":6}",
      TIME_ITEM "\x41\x01\x06");
  gst_harness_teardown (h);
}

GST_END_TEST;

/* What cannot be written does not stop what can. */
GST_START_TEST (test_jsontoklv_counts_what_is_left_out)
{
  GstHarness *h = harness ();
  GstBuffer *many[] = { json ("[1]"), json ("{"), gst_buffer_new (),
    json ("{\"type\":\"text\",\"text\":\"hello\"}"),
    json ("{\"standard\":\"ST 9999\"}")
  };

  PUSH_AND_CHECK (h, "{\"sensor_latitude\":91,\"frame\":7,\"weapon_load\":45,"
      "\"security_local_set\":{\"version\":-1}," TIME "}",
      TIME_ITEM "\x3c\x02\x00\x2d" VERSION_19);
  assert_equals_uint64 (get_stat (h->element, "left-out"), 3);
  for (guint i = 0; i < G_N_ELEMENTS (many); i++)
    push_nothing (h, many[i]);
  assert_equals_uint64 (get_stat (h->element, "errors"), G_N_ELEMENTS (many));
  PUSH_AND_CHECK (h, "{" TIME "}", TIME_ITEM VERSION_19);
  assert_equals_uint64 (get_stat (h->element, "units"), 2);
  assert_equals_uint64 (get_stat (h->element, "left-out"), 3);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* A member that is left out takes nothing with it. */
GST_START_TEST (test_jsontoklv_nothing_known_is_a_unit_of_its_time)
{
  static const gchar *const objects[] =
      { "{" TIME "}", "{\"frame\":7," TIME "}",
    "{\"raw\":\"00\"," TIME "}", "{\"stream_id\":\"a\",\"seq\":14," TIME "}",
    "{\"ts_ns\":null,\"standard\":null," TIME "}"
  };
  GstHarness *h = harness ();

  for (guint i = 0; i < G_N_ELEMENTS (objects); i++)
    PUSH_AND_CHECK (h, objects[i], TIME_ITEM VERSION_19);
  assert_equals_uint64 (get_stat (h->element, "errors"), 0);
  assert_equals_uint64 (get_stat (h->element, "units"), G_N_ELEMENTS (objects));
  assert_equals_uint64 (get_stat (h->element, "left-out"), 3);
  gst_harness_teardown (h);
}

GST_END_TEST;

static void
assert_told (GstBus * bus, const gchar * text)
{
  GstMessage *message = gst_bus_pop_filtered (bus, GST_MESSAGE_WARNING);
  GError *warning = NULL;

  fail_unless ((message != NULL) == (text != NULL));
  if (!message)
    return;
  gst_message_parse_warning (message, &warning, NULL);
  fail_unless (strstr (warning->message, text) != NULL, "%s", warning->message);
  g_error_free (warning);
  gst_message_unref (message);
}

/* The first fault since PAUSED is seen by whoever runs the pipeline. */
GST_START_TEST (test_jsontoklv_tells_the_first_fault)
{
  static const gchar *const faults[][2] = {
    {"hello", "it is no JSON object"},
    {"{\"weapon_load\":45,\"frame\":7,\"sensor_latitude\":91}",
        "lacks 2 of the members of its JSON object: frame (unknown name), "
          "sensor_latitude (out of range). "},
    {"{\"frame\":7}", "lacks 1 of the members of its JSON object: frame "
          "(unknown name). "}
  };
  GstHarness *h = harness ();
  GstBus *bus = gst_bus_new ();

  gst_element_set_bus (h->element, bus);
  for (guint i = 0; i < G_N_ELEMENTS (faults); i++) {
    PUSH_AND_CHECK (h, "{" TIME "}", TIME_ITEM VERSION_19);
    assert_told (bus, NULL);
    push (h, json (faults[i][0]));
    assert_told (bus, faults[i][1]);
    for (guint n = 0; n < G_N_ELEMENTS (faults); n++)
      push (h, json (faults[n][0]));
    assert_told (bus, NULL);
    gst_element_set_state (h->element, GST_STATE_READY);
    gst_harness_play (h);
    gst_harness_set_src_caps_str (h, "application/x-json");
    while (gst_harness_buffers_in_queue (h) > 0)
      gst_buffer_unref (pull (h));
  }
  gst_element_set_bus (h->element, NULL);
  gst_object_unref (bus);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_jsontoklv_segment_of_a_file)
{
  GstHarness *h = harness ();

  push_segment_of_file (h);
  gst_harness_teardown (h);
}

GST_END_TEST;

static void
count_warning (GstDebugCategory * category, GstDebugLevel level,
    const gchar * file, const gchar * function, gint line, GObject * object,
    GstDebugMessage * message, gpointer data)
{
  GPtrArray *warnings = data;

  const gchar *text = gst_debug_message_get (message);

  /* not what is logged of the message to the application */
  if (level == GST_LEVEL_WARNING && !g_str_has_prefix (text, "warning: ")
      && g_str_equal (gst_debug_category_get_name (category), "jsontoklv"))
    g_ptr_array_add (warnings, g_strdup (text));
}

/* The 1st, 2nd, 4th, 8th, ... of each kind, with the names */
GST_START_TEST (test_jsontoklv_warns_at_powers_of_two)
{
  GPtrArray *warnings = g_ptr_array_new_with_free_func (g_free);
  GstHarness *h = harness ();

  gst_debug_set_threshold_for_name ("jsontoklv", GST_LEVEL_WARNING);
  gst_debug_add_log_function (count_warning, warnings, NULL);
  for (guint i = 0; i < 9; i++) {
    push (h, json ("{\"frame\":7,\"weapon_load\":45}"));
    gst_buffer_unref (pull (h));
    push_nothing (h, json ("hello"));
  }
  gst_debug_remove_log_function (count_warning);
  assert_equals_int (warnings->len, 8);
  fail_unless (strstr (warnings->pdata[0], "frame (unknown name)") != NULL);
  fail_unless (strstr (warnings->pdata[1], "it is no JSON object") != NULL);
  g_ptr_array_unref (warnings);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* Room is made for what is longer than all before, and what comes then is not longer. */
GST_START_TEST (test_jsontoklv_long_units)
{
  GstHarness *h = harness ();
  g_autofree gchar *digits = g_strnfill (2 * 70000, 'a');
  g_autofree gchar *text =
      g_strdup_printf ("{\"sar_motion_imagery_local_set\":\"%s\"}", digits);
  GstBuffer *buffer;

  PUSH_AND_CHECK (h, "{" TIME "}", TIME_ITEM VERSION_19);
  push (h, json (text));
  buffer = pull (h);
  assert_equals_uint64 (gst_buffer_get_size (buffer), KLV_KEY_SIZE + 4 + 10
      + 5 + 70000 + 3 + 4);
  gst_buffer_unref (buffer);
  PUSH_AND_CHECK (h, "{" TIME "}", TIME_ITEM VERSION_19);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* An object in several memories is one all the same. */
GST_START_TEST (test_jsontoklv_two_memories)
{
  GstHarness *h = harness ();
  GstBuffer *buffer = gst_buffer_append (json ("{\"weapon_l"),
      json ("oad\":45," TIME "}"));

  push (h, buffer);
  buffer = pull (h);
  ASSERT_ITEMS (buffer, TIME_ITEM "\x3c\x02\x00\x2d" VERSION_19);
  gst_buffer_unref (buffer);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_jsontoklv_events_and_reuse)
{
  GstHarness *h = harness ();
  GstEvent *event;

  PUSH_AND_CHECK (h, "{" TIME "}", TIME_ITEM VERSION_19);
  while ((event = gst_harness_try_pull_event (h)))
    gst_event_unref (event);
  fail_unless (gst_harness_push_event (h, gst_event_new_gap (0, GST_SECOND)));
  event = gst_harness_pull_event (h);
  assert_equals_int (GST_EVENT_TYPE (event), GST_EVENT_GAP);
  gst_event_unref (event);
  push_flush (h);
  gst_harness_set_src_caps_str (h, "application/x-json, other=(int)1");
  PUSH_AND_CHECK (h, "{" TIME "}", TIME_ITEM VERSION_19);
  assert_equals_uint64 (get_stat (h->element, "units"), 2);
  fail_unless (gst_element_set_state (h->element, GST_STATE_READY)
      == GST_STATE_CHANGE_SUCCESS);
  gst_harness_play (h);
  assert_equals_uint64 (get_stat (h->element, "units"), 0);
  fail_unless (gst_harness_push_event (h, gst_event_new_eos ()));
  gst_harness_teardown (h);
}

GST_END_TEST;

/* Those that take KLV take what comes out. */
GST_START_TEST (test_jsontoklv_in_pipelines)
{
  static const gchar *const ways[] = {
    "mpegtsmux ! tsdemux ! meta/x-klv", "rtpklvpay mtu=50 ! rtpklvdepay"
  };
  g_autofree gchar *launch = g_strdup_printf ("appsrc name=src format=time "
      "caps=application/x-json ! jsontoklv ! %s ! appsink name=sink sync=false",
      ways[__i__]);
  GstElement *pipeline = gst_parse_launch (launch, NULL);
  GstElement *src = gst_bin_get_by_name (GST_BIN (pipeline), "src");
  GstElement *sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  GstFlowReturn ret;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  for (guint i = 0; i < 3; i++) {
    GstBuffer *buffer = json ("{\"weapon_load\":45," TIME "}");

    GST_BUFFER_PTS (buffer) = i * GST_SECOND;
    g_signal_emit_by_name (src, "push-buffer", buffer, &ret);
    assert_equals_int (ret, GST_FLOW_OK);
    gst_buffer_unref (buffer);
  }
  g_signal_emit_by_name (src, "end-of-stream", &ret);
  for (guint i = 0; i < 4; i++) {
    GstSample *sample;

    g_signal_emit_by_name (sink, "pull-sample", &sample);
    fail_unless ((sample != NULL) == (i < 3));
    if (!sample)
      break;
    ASSERT_ITEMS (gst_sample_get_buffer (sample),
        TIME_ITEM "\x3c\x02\x00\x2d" VERSION_19);
    gst_sample_unref (sample);
  }
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (src);
  gst_object_unref (sink);
  gst_object_unref (pipeline);
}

GST_END_TEST;

static GstHarness *
harness_of_lines (void)
{
  GstHarness *h = gst_harness_new ("jsontoklv");

  gst_harness_set_src_caps_str (h, "application/x-ndjson");
  return h;
}

static void
assert_speed (GstHarness * h, guint speed, GstClockTime pts)
{
  GstBuffer *buffer = pull (h);
  gchar items[] = TIME_ITEM "\x08\x01\x00" VERSION_19;

  items[sizeof (TIME_ITEM) + 1] = speed;
  ASSERT_ITEMS (buffer, items);
  assert_equals_uint64 (GST_BUFFER_PTS (buffer), pts);
  gst_buffer_unref (buffer);
}

#define LINE(speed) "{" TIME ",\"platform_true_airspeed\":" speed "}"

/* Lines in any pieces; the last one without an end */
GST_START_TEST (test_jsontoklv_lines)
{
  static const gchar text[] = LINE ("1") "\n\n" LINE ("2") "\r\n" LINE ("3");

  for (gsize size = 1; size <= sizeof (text); size++) {
    GstHarness *h = harness_of_lines ();

    for (gsize at = 0; at < sizeof (text) - 1; at += size)
      push (h, gst_buffer_new_memdup (text + at,
              MIN (size, sizeof (text) - 1 - at)));
    assert_speed (h, 1, GST_CLOCK_TIME_NONE);
    assert_speed (h, 2, GST_CLOCK_TIME_NONE);
    fail_unless (gst_harness_try_pull (h) == NULL);
    fail_unless (gst_harness_push_event (h, gst_event_new_eos ()));
    assert_speed (h, 3, GST_CLOCK_TIME_NONE);
    assert_equals_uint64 (get_stat (h->element, "units"), 3);
    assert_equals_uint64 (get_stat (h->element, "errors"), 0);
    gst_harness_teardown (h);
  }
}

GST_END_TEST;

/* A unit has the time of the buffer in which its line ended. */
GST_START_TEST (test_jsontoklv_times_of_lines)
{
  GstHarness *h = harness_of_lines ();
  GstBuffer *buffer = json (LINE ("1") "\n" LINE ("2"));

  GST_BUFFER_PTS (buffer) = GST_SECOND;
  push (h, buffer);
  buffer = json ("\n" LINE ("3") "\nno object\n");
  GST_BUFFER_PTS (buffer) = 2 * GST_SECOND;
  push (h, buffer);
  assert_speed (h, 1, GST_SECOND);
  assert_speed (h, 2, 2 * GST_SECOND);
  assert_speed (h, 3, 2 * GST_SECOND);
  assert_equals_uint64 (get_stat (h->element, "errors"), 1);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* A line that has no end when the caps change is one all the same. */
GST_START_TEST (test_jsontoklv_caps_change_within_a_line)
{
  GstHarness *h = harness_of_lines ();

  push_nothing (h, json (LINE ("1")));
  gst_harness_set_src_caps_str (h, "application/x-json");
  assert_speed (h, 1, GST_CLOCK_TIME_NONE);
  push (h, json (LINE ("2")));
  assert_speed (h, 2, GST_CLOCK_TIME_NONE);
  assert_equals_uint64 (get_stat (h->element, "errors"), 0);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* What was begun before a flush is no part of what comes behind it. */
GST_START_TEST (test_jsontoklv_flush_between_lines)
{
  GstHarness *h = harness_of_lines ();
  GstSegment segment;

  push_nothing (h, json ("{\"platform"));
  push_flush (h);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  fail_unless (gst_harness_push_event (h, gst_event_new_segment (&segment)));
  push (h, json (LINE ("7") "\n"));
  assert_speed (h, 7, GST_CLOCK_TIME_NONE);
  assert_equals_uint64 (get_stat (h->element, "errors"), 0);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* A line without an end takes no memory for ever, and costs itself alone. */
GST_START_TEST (test_jsontoklv_line_too_long)
{
  GstHarness *h = harness_of_lines ();
  g_autofree gchar *blanks = g_strnfill (100000, ' ');

  push_nothing (h, json ("{\"a\":"));
  for (guint i = 0; i < 11; i++)
    push_nothing (h, json (blanks));
  push (h, json ("1}\n" LINE ("5") "\n"));
  assert_speed (h, 5, GST_CLOCK_TIME_NONE);
  assert_equals_uint64 (get_stat (h->element, "units"), 1);
  assert_equals_uint64 (get_stat (h->element, "errors"), 1);
  gst_harness_teardown (h);
}

GST_END_TEST;

static Suite *
jsontoklv_suite (void)
{
  Suite *s = suite_create ("jsontoklv");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_jsontoklv_each_object_is_a_unit);
  tcase_add_test (tc, test_jsontoklv_keeps_times_flags_and_metas);
  tcase_add_test (tc, test_jsontoklv_time);
  tcase_add_test (tc, test_jsontoklv_version);
  tcase_add_test (tc, test_jsontoklv_counts_what_is_left_out);
  tcase_add_test (tc, test_jsontoklv_nothing_known_is_a_unit_of_its_time);
  tcase_add_test (tc, test_jsontoklv_tells_the_first_fault);
  tcase_add_test (tc, test_jsontoklv_segment_of_a_file);
  tcase_add_test (tc, test_jsontoklv_warns_at_powers_of_two);
  tcase_add_test (tc, test_jsontoklv_long_units);
  tcase_add_test (tc, test_jsontoklv_two_memories);
  tcase_add_test (tc, test_jsontoklv_events_and_reuse);
  tcase_add_loop_test (tc, test_jsontoklv_in_pipelines, 0, 2);
  tcase_add_test (tc, test_jsontoklv_lines);
  tcase_add_test (tc, test_jsontoklv_times_of_lines);
  tcase_add_test (tc, test_jsontoklv_caps_change_within_a_line);
  tcase_add_test (tc, test_jsontoklv_flush_between_lines);
  tcase_add_test (tc, test_jsontoklv_line_too_long);

  return s;
}

GST_CHECK_MAIN (jsontoklv);
