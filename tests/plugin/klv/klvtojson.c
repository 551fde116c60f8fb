/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The element, through GstHarness */

#include "klvtest.h"

#include "forgetful.h"
#include "klvbytes.h"

#define UNIX_TIME "timestamp/x-unix"
#define TIME_US G_GUINT64_CONSTANT (1231798102000000)

/* Item 2, and item 8 of 5 m/s */
#define ITEMS "\x02\x08\x00\x04\x60\x50\x58\x4e\x01\x80" "\x08\x01\x05"
#define HEAD "\"type\":\"klv\",\"standard\":\"ST 0601\"," \
    "\"ul\":\"060e2b34020b01010e01030101000000\""
#define JSON "{" HEAD ",\"ts_ns\":1231798102000000000," \
    "\"time\":\"2009-01-12T22:08:22.000000Z\",\"checksum\":\"missing\"," \
    "\"precision_time_stamp\":1231798102000000,\"platform_true_airspeed\":5}"

/* More bytes than put_head() counts */
static GstBuffer *
large_unit (const GByteArray * items)
{
  const guint8 ber[] = { 0x83, items->len >> 16, items->len >> 8, items->len };
  GByteArray *bytes = g_byte_array_new ();
  GstBuffer *buffer;

  put_bytes (bytes, KLV_BYTES_SET, KLV_KEY_SIZE);
  g_byte_array_append (bytes, ber, sizeof (ber));
  g_byte_array_append (bytes, items->data, items->len);
  buffer = gst_buffer_new_memdup (bytes->data, bytes->len);
  g_byte_array_unref (bytes);
  return buffer;
}

/* A unit of ST 0601 with these items */
static GstBuffer *
unit (const gchar * items, gsize size)
{
  GByteArray *bytes = g_byte_array_new ();
  GstBuffer *buffer;

  put_head (bytes, size);
  put_bytes (bytes, items, size);
  buffer = gst_buffer_new_memdup (bytes->data, bytes->len);
  g_byte_array_unref (bytes);
  return buffer;
}

#define UNIT(items) unit (items, sizeof (items) - 1)

static GstHarness *
harness (const gchar * settings)
{
  g_autofree gchar *launch = g_strdup_printf ("klvtojson %s", settings);
  GstHarness *h = gst_harness_new_parse (launch);

  gst_harness_set_src_caps_str (h, "meta/x-klv, parsed=(boolean)true");
  return h;
}

static GstElement *
find_element (GstHarness * h)
{
  g_autoptr (GstIterator) elements =
      gst_bin_iterate_elements (GST_BIN (h->element));
  GValue item = G_VALUE_INIT;
  GstElement *element;

  fail_unless (gst_iterator_next (elements, &item) == GST_ITERATOR_OK);
  element = g_value_get_object (&item);
  g_value_unset (&item);
  return element;
}

static void
assert_text (GstBuffer * buffer, const gchar * text)
{
  GstMapInfo map;
  g_autofree gchar *copy = NULL;

  fail_unless (gst_buffer_map (buffer, &map, GST_MAP_READ));
  copy = g_strndup ((const gchar *) map.data, map.size);
  gst_buffer_unmap (buffer, &map);
  assert_equals_string (copy, text);
}

static void
assert_object (GstHarness * h, const gchar * text)
{
  GstBuffer *buffer = pull (h);

  assert_text (buffer, text);
  gst_buffer_unref (buffer);
}

/* What a setting makes of a unit that has all that settings concern */
static void
assert_setting (const gchar * settings, const gchar * json)
{
  GstHarness *h = harness (settings);

  push (h, UNIT ("\x22\x01\x02" "\x30\x03\x01\x01\x01" "\x79\x02\x15\x03"
          "\x06\x02\x80\x00"));
  assert_object (h, json);
  gst_harness_teardown (h);
}

GST_START_TEST (test_klvtojson_each_unit_is_an_object)
{
  GstHarness *h = harness ("");
  GstCaps *caps;

  push (h, gst_buffer_append (UNIT (ITEMS), UNIT ("\x08\x01\x06")));
  assert_object (h, JSON);
  assert_object (h, "{" HEAD ",\"checksum\":\"missing\","
      "\"platform_true_airspeed\":6}");
  fail_unless (gst_harness_try_pull (h) == NULL);
  caps = gst_pad_get_current_caps (h->sinkpad);
  fail_unless (gst_structure_has_name (gst_caps_get_structure (caps, 0),
          "application/x-json"));
  gst_caps_unref (caps);
  assert_equals_uint64 (get_stat (find_element (h), "units"), 2);
  assert_equals_uint64 (get_stat (find_element (h), "items"), 3);
  assert_equals_uint64 (gst_harness_query_latency (h), 0);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* Times, flags and metas of the buffer in which the unit began, and the drone's time */
GST_START_TEST (test_klvtojson_has_the_time_of_the_unit)
{
  GstHarness *h = harness ("");
  GstBuffer *whole = UNIT (ITEMS), *object;
  GstBuffer *begin = gst_buffer_copy_region (whole, GST_BUFFER_COPY_MEMORY, 0,
      20);
  GstBuffer *rest = gst_buffer_copy_region (whole, GST_BUFFER_COPY_MEMORY, 20,
      -1);
  GstCaps *unix_time = gst_caps_from_string (UNIX_TIME);
  GstReferenceTimestampMeta *meta;
  gpointer state = NULL;
  guint n = 0;

  gst_buffer_unref (whole);
  GST_BUFFER_PTS (begin) = 5 * GST_SECOND;
  GST_BUFFER_PTS (rest) = 6 * GST_SECOND;
  GST_BUFFER_FLAG_SET (begin, GST_BUFFER_FLAG_MARKER);
  /* that of a camera's RTCP goes: the drone knows better */
  gst_buffer_add_reference_timestamp_meta (begin, unix_time, 77,
      GST_CLOCK_TIME_NONE);
  push (h, begin);
  fail_unless (gst_harness_try_pull (h) == NULL);
  push (h, rest);
  object = pull (h);
  assert_equals_uint64 (GST_BUFFER_PTS (object), 5 * GST_SECOND);
  fail_unless (GST_BUFFER_FLAG_IS_SET (object, GST_BUFFER_FLAG_MARKER));
  meta = gst_buffer_get_reference_timestamp_meta (object, unix_time);
  fail_unless (meta != NULL);
  assert_equals_uint64 (meta->timestamp, TIME_US * 1000);
  while (gst_buffer_iterate_meta_filtered (object, &state,
          GST_REFERENCE_TIMESTAMP_META_API_TYPE))
    n++;
  assert_equals_int (n, 1);
  gst_buffer_unref (object);

  /* without a time there is none, and a buffer without PTS gets none */
  push (h, UNIT ("\x08\x01\x06"));
  object = pull (h);
  fail_unless (gst_buffer_get_reference_timestamp_meta (object, NULL) == NULL);
  fail_if (GST_BUFFER_PTS_IS_VALID (object));
  gst_buffer_unref (object);
  gst_caps_unref (unix_time);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_klvtojson_settings)
{
#define REST ",\"checksum\":\"missing\",\"icing_detected\":\"icing_detected\"," \
    "\"security_local_set\":{\"security_classification\":\"unclassified\"}," \
    "\"active_wavelength_list\":[21,3],\"platform_pitch_angle\":null," \
    "\"special\":{\"platform_pitch_angle\":\"out_of_range\"}"
  assert_setting ("", "{" HEAD REST "}");
  assert_setting ("stream-id=\"a\\\"b\"", "{\"stream_id\":\"a\\\"b\"," HEAD REST
      "}");
  assert_setting ("raw=hex",
      "{" HEAD REST ",\"raw\":\"060e2b34020b01010e01030101"
      "00000082001022010230030101017902150306028000\"}");
  assert_setting ("raw=base64",
      "{" HEAD REST ",\"raw\":\"Bg4rNAILAQEOAQMBAQAAA"
      "IIAECIBAjADAQEBeQIVAwYCgAA=\"}");
  assert_setting ("style=tags",
      "{" HEAD ",\"checksum\":\"missing\","
      "\"34\":\"icing_detected\",\"48\":{\"1\":\"unclassified\"},"
      "\"121\":[21,3],\"6\":null,\"special\":{\"6\":\"out_of_range\"}}");
  assert_setting ("flatten=true",
      "{" HEAD ",\"checksum\":\"missing\","
      "\"icing_detected\":\"icing_detected\","
      "\"security_local_set_security_classification\":\"unclassified\","
      "\"active_wavelength_list\":\"[21,3]\",\"platform_pitch_angle\":null,"
      "\"special_platform_pitch_angle\":\"out_of_range\"}");
}

GST_END_TEST;

GST_START_TEST (test_klvtojson_settings_change_while_playing)
{
  GstHarness *h = harness ("");
  gchar *stream_id;

  push (h, UNIT (ITEMS));
  assert_object (h, JSON);
  g_object_set (find_element (h), "stream-id", "pod", NULL);
  push (h, UNIT (ITEMS));
  assert_object (h, "{\"stream_id\":\"pod\"," HEAD
      ",\"ts_ns\":1231798102000000000,"
      "\"time\":\"2009-01-12T22:08:22.000000Z\",\"checksum\":\"missing\","
      "\"precision_time_stamp\":1231798102000000,\"platform_true_airspeed\":5}");
  g_object_get (find_element (h), "stream-id", &stream_id, NULL);
  assert_equals_string (stream_id, "pod");
  g_free (stream_id);
  g_object_set (find_element (h), "stream-id", NULL, NULL);
  push (h, UNIT (ITEMS));
  assert_object (h, JSON);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_klvtojson_lines)
{
  GstHarness *h = gst_harness_new ("klvtojson");
  GstCaps *caps;

  gst_harness_set_sink_caps_str (h, "text/plain; application/x-ndjson");
  gst_harness_set_src_caps_str (h, "meta/x-klv");
  push (h, gst_buffer_append (UNIT (ITEMS), UNIT (ITEMS)));
  assert_object (h, JSON "\n");
  assert_object (h, JSON "\n");
  gst_harness_teardown (h);

  /* of several, the first that the peer names */
  h = gst_harness_new ("klvtojson");
  gst_harness_set_sink_caps_str (h, "application/x-ndjson; application/x-json");
  gst_harness_set_src_caps_str (h, "meta/x-klv");
  caps = gst_pad_get_current_caps (h->sinkpad);
  fail_unless (gst_structure_has_name (gst_caps_get_structure (caps, 0),
          "application/x-ndjson"));
  gst_caps_unref (caps);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* A file has no caps. */
GST_START_TEST (test_klvtojson_lines_of_what_has_no_caps)
{
  GstHarness *h = gst_harness_new ("klvtojson");

  gst_harness_set_sink_caps_str (h, "application/x-ndjson");
  gst_harness_play (h);
  fail_unless (gst_harness_push_event (h, gst_event_new_stream_start ("file")));
  push_segment_of_file (h);
  push (h, UNIT (ITEMS));
  assert_object (h, JSON "\n");
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_klvtojson_counts)
{
  GstHarness *h = harness ("");
  GstBuffer *buffer;

  push (h, UNIT ("\x08\x01\x05" "\x05\x01\x00" "\x30\x03\x01\x01\x01"
          "\x81\x16\x01\xaa" "\x01\x02\x12\x34"));
  gst_buffer_unref (pull (h));
  assert_equals_uint64 (get_stat (find_element (h), "units"), 1);
  /* 8, 48 and what is in it */
  assert_equals_uint64 (get_stat (find_element (h), "items"), 3);
  assert_equals_uint64 (get_stat (find_element (h), "unknown-items"), 1);
  assert_equals_uint64 (get_stat (find_element (h), "wrong-checksums"), 1);
  assert_equals_uint64 (get_stat (find_element (h), "errors"), 1);

  /* half a unit at the end */
  buffer = UNIT (ITEMS);
  gst_buffer_resize (buffer, 0, 25);
  push (h, buffer);
  fail_unless (gst_harness_push_event (h, gst_event_new_eos ()));
  fail_unless (gst_harness_try_pull (h) == NULL);
  assert_equals_uint64 (get_stat (find_element (h), "dropped-bytes"), 25);
  assert_equals_uint64 (get_stat (find_element (h), "errors"), 2);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_klvtojson_what_is_no_klv)
{
  GstHarness *h = harness ("stream-id=a");

  push (h, gst_buffer_new_memdup ("Hello \"you\"", 11));
  push (h, gst_buffer_new_memdup ("\xff\x00", 2));
  push (h, UNIT (ITEMS));
  assert_object (h, "{\"stream_id\":\"a\",\"type\":\"text\","
      "\"text\":\"Hello \\\"you\\\"\"}");
  assert_object (h, "{\"stream_id\":\"a\",\"type\":\"data\",\"hex\":\"ff00\"}");
  gst_buffer_unref (pull (h));
  assert_equals_uint64 (get_stat (find_element (h), "units"), 1);
  assert_equals_uint64 (get_stat (find_element (h), "errors"), 0);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* The text grows to what the unit needs, and a small one after it is not longer. */
GST_START_TEST (test_klvtojson_long_units)
{
  GstHarness *h = harness ("flatten=true raw=hex");
  GByteArray *items = g_byte_array_new ();
  GstBuffer *buffer;

  for (guint i = 0; i < 500; i++)
    put_bytes (items, "\x73\x03\x05\x01\x41", 5);
  push (h, unit ((const gchar *) items->data, items->len));
  buffer = pull (h);
  fail_unless (gst_buffer_get_size (buffer) > 15000);
  gst_buffer_unref (buffer);
  push (h, UNIT ("\x08\x01\x05"));
  assert_object (h, "{" HEAD ",\"checksum\":\"missing\","
      "\"platform_true_airspeed\":5,"
      "\"raw\":\"060e2b34020b01010e01030101000000820003080105\"}");
  g_byte_array_unref (items);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* Texts that grow and shrink, in whatever room there is for them */
GST_START_TEST (test_klvtojson_sizes)
{
  static const gchar *const settings[] = { "", "flatten=true",
    "! capsfilter caps=application/x-ndjson"
  };
  static const gsize sizes[] = { 1, 100, 10, 300000, 2, 50 };
  GstHarness *h = harness (settings[__i__]);

  for (guint i = 0; i < 600; i++) {
    const gsize size = i < G_N_ELEMENTS (sizes) ? sizes[i] : i % 97;
    GByteArray *bytes = g_byte_array_new ();
    g_autoptr (GString) json = g_string_new ("{\"type\":\"text\",\"text\":\"t");

    put_bytes (bytes, "t", 1);
    put_letters (bytes, 'x', size);
    for (gsize n = 0; n < size; n++)
      g_string_append_c (json, 'x');
    g_string_append (json, __i__ == 2 ? "\"}\n" : "\"}");
    push (h, gst_buffer_new_memdup (bytes->data, bytes->len));
    assert_object (h, json->str);
    g_byte_array_unref (bytes);
  }
  gst_harness_teardown (h);
}

GST_END_TEST;

/* A large text takes no room for ever. */
GST_START_TEST (test_klvtojson_room_is_bounded)
{
  GstHarness *h = harness (__i__ == 0 ? "raw=hex" : "flatten=true raw=hex");
  GByteArray *items = g_byte_array_new ();

  for (guint i = 0; i < 10; i++) {
    put_bytes (items, "\x03\x82\xff\xff", 4);
    put_letters (items, 'a', 65535);
  }
  for (guint i = 0; i < 100; i++) {
    GstBuffer *buffer = gst_buffer_new ();
    gsize room;

    if (i == 0)
      buffer = gst_buffer_append (buffer, large_unit (items));
    else
      buffer = gst_buffer_append (buffer, UNIT (ITEMS));
    push (h, buffer);
    buffer = pull (h);
    fail_unless (gst_buffer_get_size (buffer) > (i == 0 ? 1900000 : 100));
    gst_buffer_get_sizes (buffer, NULL, &room);
    fail_unless (i == 0 || room <= (1 << 20) + 1);
    fail_unless (i < 99 || room < 10000);
    gst_buffer_unref (buffer);
  }
  g_byte_array_unref (items);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_klvtojson_unreadable_is_an_error)
{
  GstHarness *h = harness ("");
  GstAllocator *allocator = forgetful_new ();
  GstBuffer *buffer = gst_buffer_new ();
  GByteArray *bytes = g_byte_array_new ();

  put_unit (bytes, 'a', 5);
  gst_buffer_append_memory (buffer, forgetful_memory (allocator, 0,
          bytes->data, bytes->len));
  /* once, to find the unit */
  forgetful_set_maps (allocator, 1);
  push_unreadable (h, find_element (h), buffer);
  g_byte_array_unref (bytes);
  gst_object_unref (allocator);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_klvtojson_flush_and_reuse)
{
  GstHarness *h = harness ("");
  GstBuffer *half = UNIT (ITEMS);

  gst_buffer_resize (half, 0, 25);
  push (h, half);
  push_flush (h);
  gst_harness_set_src_caps_str (h, "meta/x-klv");
  push (h, UNIT (ITEMS));
  assert_object (h, JSON);
  assert_equals_uint64 (get_stat (find_element (h), "dropped-bytes"), 0);
  fail_unless (gst_element_set_state (h->element, GST_STATE_READY)
      == GST_STATE_CHANGE_SUCCESS);
  gst_harness_play (h);
  assert_equals_uint64 (get_stat (find_element (h), "units"), 0);
  assert_equals_uint64 (get_stat (find_element (h), "items"), 0);
  gst_harness_teardown (h);
}

GST_END_TEST;

static Suite *
klvtojson_suite (void)
{
  Suite *s = suite_create ("klvtojson");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_klvtojson_each_unit_is_an_object);
  tcase_add_test (tc, test_klvtojson_has_the_time_of_the_unit);
  tcase_add_test (tc, test_klvtojson_settings);
  tcase_add_test (tc, test_klvtojson_settings_change_while_playing);
  tcase_add_test (tc, test_klvtojson_lines);
  tcase_add_test (tc, test_klvtojson_lines_of_what_has_no_caps);
  tcase_add_test (tc, test_klvtojson_counts);
  tcase_add_test (tc, test_klvtojson_what_is_no_klv);
  tcase_add_test (tc, test_klvtojson_long_units);
  tcase_add_loop_test (tc, test_klvtojson_sizes, 0, 3);
  tcase_add_loop_test (tc, test_klvtojson_room_is_bounded, 0, 2);
  tcase_add_test (tc, test_klvtojson_unreadable_is_an_error);
  tcase_add_test (tc, test_klvtojson_flush_and_reuse);
  return s;
}

GST_CHECK_MAIN (klvtojson);
