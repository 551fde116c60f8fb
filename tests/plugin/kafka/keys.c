/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Keys that faulty bring along */

#include <gst/sei/sei.h>

#include "bed.h"

#define BETWEEN " ! queue ! funnel ! capsfilter caps="

static GstStructure *
add_record_meta (GstBuffer * buffer)
{
  GstCustomMeta *meta =
      gst_buffer_add_custom_meta (buffer, "GstKafkaRecordMeta");

  fail_unless (meta != NULL);
  return gst_custom_meta_get_structure (meta);
}

static GstBuffer *
with_key (GstBuffer * buffer, const char *key)
{
  gst_structure_set (add_record_meta (buffer), "key", G_TYPE_STRING, key, NULL);
  return buffer;
}

static GstBuffer *
with_bytes (GstBuffer * buffer, const void *key, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (key, size);

  gst_structure_set (add_record_meta (buffer), "key", G_TYPE_BYTES, bytes,
      "other", G_TYPE_INT, 1, NULL);
  return buffer;
}

static void
assert_keys (Bed * bed, const char *const *keys, guint n)
{
  Record *records;

  bed_finish (bed);
  records = bed_consume (bed, n);
  for (guint i = 0; i < n; i++)
    fail_unless_equals_string (records[i].key, keys[i]);
  bed_free_records (records, n);
}

GST_START_TEST (test_kafkasink_key_comes_with_the_buffer)
{
  static const char *const keys[] =
      { "7", "k\xc3\xb6", "property", "bytes", NULL, NULL, "7" };
  Bed bed;
  GstBuffer *buffer;

  bed_open (&bed, "application/x-json" BETWEEN "application/x-json",
      "key={a} headers=\"h,x=(string)\\\"{a}\\\"\"");
  bed_play (&bed);
  bed_push (&bed, with_key (text_buffer ("{\"a\":\"property\"}"), "7"));
  bed_push (&bed, with_key (text_buffer ("no object"), "k\xc3\xb6"));
  bed_push_text (&bed, "{\"a\":\"property\"}");
  bed_push (&bed, with_bytes (gst_buffer_new (), "bytes", 5));
  /* an empty key is none, as that of the property */
  bed_push (&bed, with_key (text_buffer ("{\"a\":\"property\"}"), ""));
  bed_push (&bed, with_bytes (text_buffer ("{\"a\":\"property\"}"), NULL, 0));
  /* copies have it, too */
  buffer = with_key (text_buffer ("{}"), "7");
  bed_push (&bed, gst_buffer_copy (buffer));
  gst_buffer_unref (buffer);
  assert_keys (&bed, keys, G_N_ELEMENTS (keys));
  fail_unless (gst_bus_pop_filtered (bed.bus, GST_MESSAGE_WARNING) == NULL);
  bed_close (&bed);
}

GST_END_TEST;

GST_START_TEST (test_kafkasink_key_of_a_buffer_leaves_headers_and_time)
{
  const gint64 ms = g_get_real_time () / 1000 - 1000;
  g_autofree char *text =
      g_strdup_printf ("{\"a\":1,\"b\":2,\"t\":%" G_GINT64_FORMAT "}", ms);
  Bed bed;
  Record *records;

  bed_open (&bed, NULL, "timestamp-member=t key=\"{a}{b}{a}\" headers=\"h,"
      "x=(string)\\\"{b}{a}\\\"\"");
  bed_play (&bed);
  bed_push (&bed, with_bytes (text_buffer (text), "a\0b", 3));
  bed_push_text (&bed, text);
  bed_finish (&bed);
  records = bed_consume (&bed, 2);
  fail_unless_equals_int (records[0].key_size, 3);
  fail_unless (memcmp (records[0].key, "a\0b", 3) == 0);
  fail_unless_equals_string (records[1].key, "121");
  for (guint i = 0; i < 2; i++) {
    fail_unless_equals_int64 (records[i].timestamp_ms, ms);
    assert_header (&records[i], "x", "21");
  }
  bed_free_records (records, 2);
  bed_close (&bed);
}

GST_END_TEST;

GST_START_TEST (test_kafkasink_key_goes_for_all_messages_of_a_frame)
{
  static const char *const keys[] = { "frame", "frame", "property" };
  static const guint8 uuid[16] = { 1 };
  Bed bed;

  bed_open (&bed, "video/x-h264,stream-format=byte-stream,alignment=au",
      "key=property");
  bed_play (&bed);
  for (guint n = 2; n > 0; n--) {
    GstBuffer *frame = text_buffer ("video");
    g_autoptr (GBytes) payload = g_bytes_new ("{}", 2);

    for (guint i = 0; i < n; i++)
      gst_sei_buffer_add_meta (frame, uuid, payload);
    bed_push (&bed, n == 2 ? with_key (frame, "frame") : frame);
  }
  assert_keys (&bed, keys, G_N_ELEMENTS (keys));
  bed_close (&bed);
}

GST_END_TEST;

/* A line has the key of the buffer in which it begins, as it has its time */
GST_START_TEST (test_kafkasink_line_has_the_key_of_where_it_begins)
{
  static const char *const keys[] =
      { "first", "first", "second", "0", "third", "third" };
  Bed bed;

  bed_open (&bed, "application/x-ndjson" BETWEEN "application/x-ndjson",
      "key=0");
  bed_play (&bed);
  bed_push (&bed, with_key (text_buffer ("1\n2"), "first"));
  bed_push (&bed, with_bytes (text_buffer ("2\n3\n"), "second", 6));
  bed_push_text (&bed, "4\n");
  bed_push (&bed, with_key (text_buffer ("5\n6"), "third"));
  bed_push_text (&bed, "6");
  assert_keys (&bed, keys, G_N_ELEMENTS (keys));
  bed_close (&bed);
}

GST_END_TEST;

GST_START_TEST (test_kafkasink_key_of_another_type_is_told_once)
{
  static const char *const keys[] = { "1", "1", "1", "right" };
  static const char *const faults[] =
      { "type gint", "missing", "type gchararray" };
  GstBuffer *faulty[3];
  Bed bed;

  for (guint i = 0; i < G_N_ELEMENTS (faults); i++) {
    GstMessage *message;
    GError *error;

    bed_open (&bed, NULL, "key={a}");
    bed_play (&bed);
    for (guint k = 0; k < G_N_ELEMENTS (faulty); k++)
      faulty[k] = text_buffer ("{\"a\":1}");
    gst_structure_set (add_record_meta (faulty[0]), "key", G_TYPE_INT, 3, NULL);
    add_record_meta (faulty[1]);
    with_key (faulty[2], NULL);
    for (guint k = 0; k < G_N_ELEMENTS (faulty); k++)
      bed_push (&bed, faulty[(i + k) % G_N_ELEMENTS (faulty)]);
    bed_push (&bed, with_key (text_buffer ("{}"), "right"));
    message = bed_wait (&bed, GST_MESSAGE_WARNING, NULL);
    gst_message_parse_warning (message, &error, NULL);
    fail_unless (g_error_matches (error, GST_RESOURCE_ERROR,
            GST_RESOURCE_ERROR_SETTINGS));
    fail_unless (strstr (error->message, faults[i]) != NULL, "%s",
        error->message);
    g_error_free (error);
    gst_message_unref (message);
    assert_keys (&bed, keys, G_N_ELEMENTS (keys));
    fail_unless (gst_bus_pop_filtered (bed.bus, GST_MESSAGE_WARNING) == NULL);
    bed_close (&bed);
  }
}

GST_END_TEST;

static Suite *
keys_suite (void)
{
  Suite *s = suite_create ("keys");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_kafkasink_key_comes_with_the_buffer);
  tcase_add_test (tc, test_kafkasink_key_of_a_buffer_leaves_headers_and_time);
  tcase_add_test (tc, test_kafkasink_key_goes_for_all_messages_of_a_frame);
  tcase_add_test (tc, test_kafkasink_line_has_the_key_of_where_it_begins);
  tcase_add_test (tc, test_kafkasink_key_of_another_type_is_told_once);
  return s;
}

GST_CHECK_MAIN (keys);
