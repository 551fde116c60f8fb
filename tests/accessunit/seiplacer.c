/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Where messages go in a stream, and which are there already */

#include <string.h>

#include "seiplacer.h"
#include "seitime.h"
#include "nals.h"

/* A stream that messages are put into */
typedef struct
{
  const TestFormat *format;
  gboolean whole;
  gsize max_payload;
  const SeiItem *time;
  SeiPlacer placer;
  /* What became of the last buffer */
  SeiPlace place;
  SeiPlaceCounts counts;
  GstBuffer *buffer;
} Stream;

static void
stream_init (Stream * stream, const TestFormat * format, gboolean whole)
{
  memset (stream, 0, sizeof (*stream));
  stream->format = format;
  stream->whole = whole;
  stream->max_payload = G_MAXUINT;
  sei_placer_init (&stream->placer);
}

static void
stream_clear (Stream * stream)
{
  sei_placer_clear (&stream->placer);
  gst_clear_buffer (&stream->buffer);
}

/* Puts the metas of the access unit in where their place is. Takes @buffer. */
static void
stream_next (Stream * stream, GstBuffer * buffer)
{
  const H26xFormat format = stream->format->format;
  GstMemory *memory = NULL;
  TimedBufferMap map;

  memset (&stream->counts, 0, sizeof (stream->counts));
  gst_clear_buffer (&stream->buffer);
  fail_unless (timed_buffer_map (buffer, &map));
  sei_placer_next (&stream->placer, buffer, &map.bytes, format, stream->whole,
      &stream->place);
  if (stream->place.status == SEI_PLACE_HERE)
    memory = sei_placer_write (&stream->placer, &map.bytes, format,
        &stream->place, stream->time, stream->max_payload, &stream->counts);
  timed_buffer_unmap (&map);

  fail_unless ((memory != NULL) == (stream->counts.n_written > 0));
  stream->buffer = memory ?
      timed_buffer_insert (buffer, stream->place.point.offset, memory) : buffer;
}

static GstBuffer *
with_meta (GstBuffer * buffer, const gchar * payload)
{
  test_add_meta (buffer, test_uuid, payload);
  return buffer;
}

static void
stream_next_nal (Stream * stream, const gchar * text, const gchar * payload)
{
  GstBuffer *buffer = nal_buffer (stream->format, text);

  stream_next (stream, payload ? with_meta (buffer, payload) : buffer);
}

/* A NAL unit with a message */
static GstBuffer *
message_buffer (const TestFormat * format, const gchar * payload)
{
  const H26xInsertPoint point = { 0 };
  GBytes *bytes = g_bytes_new (payload, strlen (payload));
  GstBuffer *buffer = gst_buffer_new ();
  SeiList *list = sei_list_new ();

  sei_list_append (list, test_uuid, bytes);
  g_bytes_unref (bytes);
  gst_buffer_append_memory (buffer, sei_list_write (list, format->format,
          &point));
  g_array_unref (list);

  return buffer;
}

#define assert_status(stream, expected) \
  assert_equals_int ((stream)->place.status, expected)

static void
assert_counts (const Stream * stream, guint n_written, guint n_present,
    guint n_too_large)
{
  assert_equals_int (stream->counts.n_written, n_written);
  assert_equals_int (stream->counts.n_present, n_present);
  assert_equals_int (stream->counts.n_too_large, n_too_large);
}

/* Whether the last buffer has NAL units of these types */
static void
assert_types (const Stream * stream, const gchar * expected)
{
  GString *types = g_string_new (NULL);
  TimedBufferMap map;
  H26xNalIter it;
  H26xNal nal;

  fail_unless (timed_buffer_map (stream->buffer, &map));
  h26x_nal_iter_init (&it, &map.bytes, stream->format->format);
  while (h26x_nal_iter_next (&it, &nal))
    g_string_append_printf (types, "%s%u", types->len > 0 ? " " : "", nal.type);
  assert_equals_int (it.error, H26X_OK);
  timed_buffer_unmap (&map);

  fail_unless_equals_string (types->str, expected);
  g_string_free (types, TRUE);
}

GST_START_TEST (test_seiplacer_access_unit_has_it_before_the_slice)
{
  const TestFormat *format = &test_formats[__i__];
  Stream stream;

  stream_init (&stream, format, TRUE);
  for (guint i = 0; i < 2; i++) {
    stream_next (&stream, with_meta (test_access_unit (format, i), "one"));

    assert_status (&stream, SEI_PLACE_HERE);
    fail_unless (stream.place.begins);
    fail_if (stream.place.unplaced);
    assert_counts (&stream, 1, 0, 0);
    assert_types (&stream, format->format.codec == H26X_CODEC_H264 ?
        "9 7 8 6 5" : "35 33 34 39 19");
    test_assert_messages (format, stream.buffer, "one", NULL);
  }
  stream_clear (&stream);
}

GST_END_TEST;

GST_START_TEST (test_seiplacer_nal_stream_has_it_in_the_buffer_of_the_slice)
{
  const TestFormat *format = &test_formats[__i__];
  Stream stream;

  stream_init (&stream, format, FALSE);
  stream_next_nal (&stream, "aud", NULL);
  assert_status (&stream, SEI_PLACE_NONE);
  fail_unless (stream.place.begins);
  stream_next_nal (&stream, "sei", NULL);
  assert_status (&stream, SEI_PLACE_NONE);
  fail_if (stream.place.begins);
  stream_next_nal (&stream, "slice", "one");
  assert_status (&stream, SEI_PLACE_HERE);
  fail_if (stream.place.begins);
  assert_counts (&stream, 1, 0, 0);
  assert_equals_int (stream.place.point.offset, 0);
  test_assert_messages (format, stream.buffer, "one", NULL);
  stream_next_nal (&stream, "slice2", NULL);
  assert_status (&stream, SEI_PLACE_NONE);

  stream_next_nal (&stream, "slice", "two");
  assert_status (&stream, SEI_PLACE_HERE);
  fail_unless (stream.place.begins);
  test_assert_messages (format, stream.buffer, "two", NULL);
  stream_clear (&stream);
}

GST_END_TEST;

GST_START_TEST (test_seiplacer_place_is_before_the_prefix_of_the_slice)
{
  Stream stream;

  stream_init (&stream, test_h264, TRUE);
  stream_next_nal (&stream, "aud+prefix+slice+prefix+slice2", "one");
  assert_types (&stream, "9 6 14 5 14 5");
  stream_clear (&stream);

  stream_init (&stream, test_h264, FALSE);
  stream_next_nal (&stream, "aud", "one");
  stream_next_nal (&stream, "prefix", NULL);
  assert_status (&stream, SEI_PLACE_HERE);
  assert_types (&stream, "6 14");
  stream_next_nal (&stream, "slice", NULL);
  assert_status (&stream, SEI_PLACE_NONE);
  stream_next_nal (&stream, "prefix", "two");
  assert_status (&stream, SEI_PLACE_HERE);
  fail_unless (stream.place.begins);
  test_assert_messages (test_h264, stream.buffer, "two", NULL);
  stream_clear (&stream);
}

GST_END_TEST;

GST_START_TEST (test_seiplacer_ids_are_those_of_the_slice)
{
  /* nuh_layer_id 1, TemporalId 2 */
  static const guint8 slice[] = { 0x02, 0x0b, 0xd0 };

  for (guint whole = 0; whole < 2; whole++) {
    GstBuffer *buffer = gst_buffer_new ();
    Stream stream;

    stream_init (&stream, test_h265, whole);
    stream_next (&stream, test_append_nal (test_h265, buffer, slice,
            sizeof (slice)));
    assert_status (&stream, SEI_PLACE_HERE);
    assert_equals_int (stream.place.point.layer_id, 1);
    assert_equals_int (stream.place.point.temporal_id, 2);
    stream_clear (&stream);
  }
}

GST_END_TEST;

GST_START_TEST (test_seiplacer_metas_of_all_buffers_before_the_slice_go_in)
{
  Stream stream;

  stream_init (&stream, test_h264, FALSE);
  stream_next_nal (&stream, "aud", "one");
  stream_next_nal (&stream, "sps", "two");
  stream_next_nal (&stream, "slice", "three");

  assert_counts (&stream, 3, 0, 0);
  test_assert_messages (test_h264, stream.buffer, "one", "two", "three", NULL);
  stream_next_nal (&stream, "slice", NULL);
  assert_counts (&stream, 0, 0, 0);
  stream_clear (&stream);
}

GST_END_TEST;

GST_START_TEST (test_seiplacer_metas_behind_the_place_are_late)
{
  GstBuffer *buffer;
  Stream stream;

  stream_init (&stream, test_h264, FALSE);
  stream_next (&stream, message_buffer (test_h264, "here"));
  stream_next_nal (&stream, "slice", "one");
  assert_equals_int (stream.place.n_late, 0);

  /* What the access unit has is not late */
  stream_next_nal (&stream, "slice2", "one");
  assert_equals_int (stream.place.n_late, 0);
  stream_next_nal (&stream, "slice2", "here");
  assert_equals_int (stream.place.n_late, 0);
  buffer = with_meta (nal_buffer (test_h264, "slice2"), "two");
  buffer = with_meta (with_meta (with_meta (buffer, "one"), "two"), "three");
  stream_next (&stream, buffer);
  assert_equals_int (stream.place.n_late, 2);
  assert_status (&stream, SEI_PLACE_NONE);

  /* And does not go into the next one */
  stream_next_nal (&stream, "slice", NULL);
  assert_equals_int (stream.place.n_late, 0);
  fail_if (stream.place.unplaced);
  assert_counts (&stream, 0, 0, 0);
  stream_clear (&stream);
}

GST_END_TEST;

GST_START_TEST (test_seiplacer_metas_of_an_access_unit_without_slice_are_told)
{
  Stream stream;

  stream_init (&stream, test_h264, FALSE);
  stream_next_nal (&stream, "sps", "one");
  stream_next_nal (&stream, "pps*", NULL);
  fail_if (stream.place.unplaced);
  stream_next_nal (&stream, "slice*", "two");
  fail_unless (stream.place.unplaced);
  test_assert_messages (test_h264, stream.buffer, "two", NULL);
  stream_next_nal (&stream, "sps*", NULL);
  fail_if (stream.place.unplaced);
  stream_next_nal (&stream, "slice*", NULL);
  fail_if (stream.place.unplaced);
  assert_counts (&stream, 0, 0, 0);
  stream_clear (&stream);
}

GST_END_TEST;

GST_START_TEST (test_seiplacer_access_unit_without_slice_has_no_place)
{
  Stream stream;

  stream_init (&stream, test_h264, TRUE);
  stream_next_nal (&stream, "aud+sps+prefix", "one");
  assert_status (&stream, SEI_PLACE_NO_SLICE);
  assert_equals_int (stream.placer.messages->len, 0);
  stream_next_nal (&stream, "none", "one");
  assert_status (&stream, SEI_PLACE_NO_SLICE);
  stream_next_nal (&stream, "aud+slice", NULL);
  assert_status (&stream, SEI_PLACE_HERE);
  fail_if (stream.place.unplaced);
  assert_counts (&stream, 0, 0, 0);
  stream_clear (&stream);
}

GST_END_TEST;

GST_START_TEST (test_seiplacer_reset_tells_and_forgets)
{
  Stream stream;

  stream_init (&stream, test_h264, FALSE);
  fail_if (sei_placer_reset (&stream.placer));
  stream_next_nal (&stream, "sps", "one");
  fail_unless (sei_placer_reset (&stream.placer));
  fail_if (sei_placer_reset (&stream.placer));

  stream_next_nal (&stream, "slice", "two");
  fail_unless (stream.place.begins);
  fail_if (stream.place.unplaced);
  test_assert_messages (test_h264, stream.buffer, "two", NULL);
  fail_if (sei_placer_reset (&stream.placer));

  stream_next (&stream, message_buffer (test_h264, "three"));
  fail_if (sei_placer_reset (&stream.placer));
  stream_next_nal (&stream, "slice2", "three");
  assert_status (&stream, SEI_PLACE_HERE);
  test_assert_messages (test_h264, stream.buffer, "three", NULL);
  stream_clear (&stream);
}

GST_END_TEST;

GST_START_TEST (test_seiplacer_present_in_earlier_buffers_are_not_written)
{
  const TestFormat *format = &test_formats[__i__];
  Stream stream;

  stream_init (&stream, format, FALSE);
  stream_next (&stream, message_buffer (format, "one"));
  assert_status (&stream, SEI_PLACE_NONE);
  stream_next_nal (&stream, "sps", "one");
  stream_next (&stream, message_buffer (format, "three"));
  stream_next_nal (&stream, "slice", "two");
  assert_counts (&stream, 1, 1, 0);
  test_assert_messages (format, stream.buffer, "two", NULL);

  /* What one has, another does not */
  stream_next_nal (&stream, "slice", "one");
  assert_counts (&stream, 1, 0, 0);
  test_assert_messages (format, stream.buffer, "one", NULL);
  stream_clear (&stream);
}

GST_END_TEST;

GST_START_TEST (test_seiplacer_present_in_the_access_unit_are_not_written)
{
  const TestFormat *format = &test_formats[__i__];
  GstBuffer *buffer = test_access_unit (format, 0);
  Stream stream;

  stream_init (&stream, format, TRUE);
  buffer = test_insert_message (format, buffer, test_uuid, "one");
  buffer = test_insert_message (format, buffer, test_other_uuid, "two");
  buffer = with_meta (with_meta (with_meta (buffer, "one"), "two"), "three");
  stream_next (&stream, buffer);
  assert_counts (&stream, 2, 1, 0);

  SeiList *list = test_read (format, stream.buffer);

  assert_equals_int (list->len, 4);
  test_assert_payload (sei_list_get (list, 2)->payload, "two");
  fail_unless (memcmp (sei_list_get (list, 2)->uuid, test_uuid, 16) == 0);
  test_assert_payload (sei_list_get (list, 3)->payload, "three");
  g_array_unref (list);

  buffer = test_insert_message (format, test_access_unit (format, 1),
      test_uuid, "one");
  stream_next (&stream, with_meta (buffer, "one"));
  assert_counts (&stream, 0, 1, 0);
  test_assert_messages (format, stream.buffer, "one", NULL);
  stream_clear (&stream);
}

GST_END_TEST;

GST_START_TEST (test_seiplacer_each_message_is_written_once)
{
  GstBuffer *buffer = nal_buffer (test_h264, "slice");
  Stream stream;

  stream_init (&stream, test_h264, FALSE);
  stream_next_nal (&stream, "aud", "one");
  stream_next_nal (&stream, "sps", "one");
  buffer = with_meta (with_meta (with_meta (buffer, "two"), "one"), "two");
  stream_next (&stream, buffer);

  assert_counts (&stream, 2, 0, 0);
  test_assert_messages (test_h264, stream.buffer, "one", "two", NULL);
  stream_clear (&stream);
}

GST_END_TEST;

GST_START_TEST (test_seiplacer_larger_than_allowed_are_left_out)
{
  GstBuffer *buffer = test_access_unit (test_h264, 0);
  Stream stream;

  stream_init (&stream, test_h264, TRUE);
  stream.max_payload = 3;
  buffer = with_meta (with_meta (with_meta (buffer, "four"), "one"), "seven");
  buffer = with_meta (with_meta (buffer, ""), "four");
  stream_next (&stream, buffer);

  assert_counts (&stream, 2, 0, 2);
  test_assert_messages (test_h264, stream.buffer, "one", "", NULL);
  stream_next (&stream, with_meta (test_access_unit (test_h264, 1), "four"));
  assert_counts (&stream, 0, 0, 1);
  stream_clear (&stream);
}

GST_END_TEST;

GST_START_TEST (test_seiplacer_larger_than_length_fields_are_left_out)
{
  const TestFormat *avc2 = &test_formats[3];
  gchar *large = g_strnfill (0x10000, 'x');
  Stream stream;

  assert_equals_int (avc2->format.length_size, 2);
  stream_init (&stream, avc2, FALSE);
  stream_next_nal (&stream, "aud", large);
  stream_next_nal (&stream, "slice", "one");
  assert_counts (&stream, 1, 0, 1);
  test_assert_messages (avc2, stream.buffer, "one", NULL);
  g_free (large);
  stream_clear (&stream);
}

GST_END_TEST;

GST_START_TEST (test_seiplacer_wrong_lengths_are_broken)
{
  static const guint8 broken[] = { 0, 0, 0, 200, 0x65, 0x88 };
  const TestFormat *avc4 = &test_formats[2];

  for (guint whole = 0; whole < 2; whole++) {
    GstBuffer *buffer = gst_buffer_new_memdup (broken, sizeof (broken));
    Stream stream;

    assert_equals_int (avc4->format.length_size, 4);
    stream_init (&stream, avc4, whole);
    stream_next (&stream, nal_buffer (avc4, whole ? "slice" : "aud"));
    stream_next (&stream, with_meta (buffer, "one"));
    assert_status (&stream, SEI_PLACE_BROKEN);
    stream_next_nal (&stream, "slice", "two");
    assert_status (&stream, SEI_PLACE_HERE);
    fail_if (stream.place.unplaced);
    /* NAL by NAL it is the same access unit */
    if (whole)
      test_assert_messages (avc4, stream.buffer, "two", NULL);
    else
      test_assert_messages (avc4, stream.buffer, "one", "two", NULL);
    stream_clear (&stream);
  }
}

GST_END_TEST;

/* The texts under test_uuid, and "time" for each time, with a blank behind each */
static void
assert_order (const Stream * stream, const gchar * expected)
{
  g_autoptr (SeiList) list = test_read (stream->format, stream->buffer);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < list->len; i++) {
    const SeiItem *item = sei_list_get (list, i);
    gsize size;
    const gchar *data = g_bytes_get_data (item->payload, &size);

    if (memcmp (item->uuid, test_uuid, 16) != 0)
      g_string_append (text, "time ");
    else
      g_string_append_printf (text, "%.*s ", (gint) size, data);
  }
  fail_unless_equals_string (text->str, expected);
}

GST_START_TEST (test_seiplacer_time_is_first_and_written_once)
{
  const TestFormat *format = &test_formats[__i__];
  Stream stream;
  SeiItem time, other;
  GstBuffer *again;

  sei_time_init (&time, format->format.codec, MISP_TIME_MICROSECONDS, 1000);
  sei_time_init (&other, format->format.codec, MISP_TIME_NANOSECONDS, 5);
  stream_init (&stream, format, TRUE);
  stream.time = &time;
  stream_next (&stream, test_access_unit (format, 0));
  assert_counts (&stream, 1, 0, 0);
  assert_order (&stream, "time ");
  stream_next (&stream, with_meta (test_access_unit (format, 1), "one"));
  assert_counts (&stream, 2, 0, 0);
  assert_order (&stream, "time one ");

  /* There is one, which says another time in another unit; and the meta's message */
  stream.time = &other;
  again = gst_buffer_ref (stream.buffer);
  stream_next (&stream, again);
  assert_counts (&stream, 0, 2, 0);
  assert_order (&stream, "time one ");

  /* The metas have one */
  again = test_access_unit (format, 2);
  gst_sei_buffer_add_meta_full (again, time.type, time.uuid, time.payload);
  stream_next (&stream, again);
  assert_counts (&stream, 1, 0, 0);
  assert_equals_int (stream.counts.n_repeated, 1);
  assert_order (&stream, "time ");

  stream.max_payload = 11;
  stream_next (&stream, test_access_unit (format, 3));
  assert_counts (&stream, 0, 0, 1);
  stream_clear (&stream);
  g_bytes_unref (time.payload);
  g_bytes_unref (other.payload);
}

GST_END_TEST;

static Suite *
seiplacer_suite (void)
{
  Suite *s = suite_create ("seiplacer");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_seiplacer_access_unit_has_it_before_the_slice,
      0, N_TEST_FORMATS);
  tcase_add_loop_test (tc,
      test_seiplacer_nal_stream_has_it_in_the_buffer_of_the_slice, 0,
      N_TEST_FORMATS);
  tcase_add_test (tc, test_seiplacer_place_is_before_the_prefix_of_the_slice);
  tcase_add_test (tc, test_seiplacer_ids_are_those_of_the_slice);
  tcase_add_test (tc,
      test_seiplacer_metas_of_all_buffers_before_the_slice_go_in);
  tcase_add_test (tc, test_seiplacer_metas_behind_the_place_are_late);
  tcase_add_test (tc,
      test_seiplacer_metas_of_an_access_unit_without_slice_are_told);
  tcase_add_test (tc, test_seiplacer_access_unit_without_slice_has_no_place);
  tcase_add_test (tc, test_seiplacer_reset_tells_and_forgets);
  tcase_add_loop_test (tc,
      test_seiplacer_present_in_earlier_buffers_are_not_written, 0,
      N_TEST_FORMATS);
  tcase_add_loop_test (tc,
      test_seiplacer_present_in_the_access_unit_are_not_written, 0,
      N_TEST_FORMATS);
  tcase_add_test (tc, test_seiplacer_each_message_is_written_once);
  tcase_add_test (tc, test_seiplacer_larger_than_allowed_are_left_out);
  tcase_add_test (tc, test_seiplacer_larger_than_length_fields_are_left_out);
  tcase_add_test (tc, test_seiplacer_wrong_lengths_are_broken);
  tcase_add_loop_test (tc, test_seiplacer_time_is_first_and_written_once, 0,
      N_TEST_FORMATS);

  return s;
}

GST_CHECK_MAIN (seiplacer);
