/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The messages that say the time of a frame, in a bitstream and as a meta */

#include <string.h>

#include "seitest.h"
#include "seitime.h"
#include "seitypes.h"
#include "seiuuid.h"

#define TIME G_GUINT64_CONSTANT (1795694400123456789)
#define TEXT "MISPmicrosectime"
#define NOBODY "00000000000000000000000000000001"

static void
append_time (SeiList * list, H26xCodec codec, MispTimeUnit unit, guint64 ns)
{
  SeiItem item;

  sei_time_init (&item, codec, unit, ns);
  sei_list_append_full (list, item.type, item.uuid, item.payload);
  g_bytes_unref (item.payload);
}

GST_START_TEST (test_seitime_mark_replaces_what_the_buffer_said)
{
  g_autoptr (SeiList) times = sei_list_new ();
  GstBuffer *buffer = gst_buffer_new ();
  GstBuffer *marked;

  test_add_reference (buffer, "timestamp/x-unix", 1);
  test_add_reference (buffer, "timestamp/x-ntp", 99);
  test_add_reference (buffer, "timestamp/x-unix", 2);

  /* no time: the buffer itself */
  fail_unless (sei_time_mark (times, NULL) == NULL);
  fail_unless (sei_time_mark (times, gst_buffer_ref (buffer)) == buffer);
  gst_buffer_unref (buffer);
  assert_equals_uint64 (gst_buffer_get_reference_timestamp_meta (buffer,
          NULL)->timestamp, 1);

  append_time (times, H26X_CODEC_H265, MISP_TIME_NANOSECONDS, TIME);
  append_time (times, H26X_CODEC_H265, MISP_TIME_NANOSECONDS, 5);
  fail_unless (sei_time_mark (times, NULL) == NULL);
  marked = sei_time_mark (times, gst_buffer_ref (buffer));
  fail_if (marked == buffer);
  test_assert_reference (marked, "timestamp/x-unix", TIME);
  test_assert_reference (marked, "timestamp/x-ntp", 99);

  /* it says so already: no copy, though others hold it */
  fail_unless (sei_time_mark (times, gst_buffer_ref (marked)) == marked);
  gst_buffer_unref (marked);
  gst_buffer_unref (marked);
  gst_buffer_unref (buffer);
}

GST_END_TEST;

GST_START_TEST (test_seitime_message_says_its_time)
{
  for (H26xCodec codec = H26X_CODEC_H264; codec <= H26X_CODEC_H265; codec++) {
    g_autoptr (SeiList) times = sei_list_new ();
    GstBuffer *buffer;

    append_time (times, codec, MISP_TIME_MICROSECONDS, TIME);
    fail_unless (memcmp (sei_list_get (times, 0)->uuid, TEXT, 16) == 0
        || codec == H26X_CODEC_H265);
    buffer = sei_time_mark (times, gst_buffer_new ());
    test_assert_reference (buffer, "timestamp/x-unix", TIME / 1000 * 1000);
    gst_buffer_unref (buffer);
  }
}

GST_END_TEST;

GST_START_TEST (test_seitime_is_found_among_others)
{
  g_autoptr (SeiList) list = sei_list_new ();
  g_autoptr (GBytes) wrong = g_bytes_new ("wrong", 5);

  fail_if (sei_time_is_in (list));
  sei_list_append (list, test_uuid, wrong);
  sei_list_append_full (list, 100, NULL, wrong);
  fail_if (sei_time_is_in (list));
  sei_list_append (list, (const guint8 *) TEXT, wrong);
  fail_unless (sei_time_is_in (list));
}

GST_END_TEST;

/* --- reading --------------------------------------------------------------- */

/* A text, a time, a time with a wrong marker, one that is too short, a type of its
 * own, a time */
static GstBuffer *
new_unit (const TestFormat * format)
{
  static const gchar bytes[] = "\0\5\xff\xa3\x55\xff\x15\x6d\xff\xb0\x9d";
  g_autoptr (SeiList) list = sei_list_new ();
  g_autoptr (GBytes) text = g_bytes_new ("text", 4);
  g_autofree gchar *wrong = g_strdup_printf ("\x1f%c%s", 1, "23456789ab");
  g_autoptr (GBytes) wrong_marker = g_bytes_new (wrong, 12);
  g_autoptr (GBytes) too_short = g_bytes_new_static (bytes, 11);
  GstBuffer *buffer = test_access_unit (format, 0);
  H26xInsertPoint point = { 0 };
  const guint8 *uuid = misp_time_get_uuid (format->format.codec,
      MISP_TIME_MICROSECONDS);

  sei_list_append (list, test_uuid, text);
  append_time (list, format->format.codec, MISP_TIME_MICROSECONDS, TIME);
  sei_list_append (list, uuid, wrong_marker);
  sei_list_append (list, uuid, too_short);
  sei_list_append_full (list, 100, NULL, text);
  append_time (list, format->format.codec, MISP_TIME_NANOSECONDS, 7);
  return timed_buffer_insert (buffer,
      gst_buffer_get_size (buffer) - TEST_SLICE_SIZE,
      sei_list_write (list, format->format, &point));
}

static const struct
{
  const gchar *uuids;           /* NULL for any */
  const gchar *types;
  guint n_messages, n_ignored, n_edits;
} selections[] = {
  /* two times and the text are cut out; the two that are wrong stay */
  {"", "5", 1, 0, 3},
  {SEI_UUID_DEFAULT, "5", 1, 0, 1},
  {NOBODY, "5", 0, 1, 0},
  /* by name: all of that name are messages, right or wrong */
  {TEXT ",a8687dd4-d759-3758-a5ce-f0338b6545f1", "5", 3, 1, 3},
  {"cf848278-ee23-306c-9265-e8fef22fb8b8", "5", 1, 1, 1},
  {"", "100", 1, 0, 1},
  {NULL, "5,100", 2, 0, 4},
};

GST_START_TEST (test_seitime_is_read_whatever_is_selected)
{
  const TestFormat *format = __i__ % 2 ? test_h265 : test_h264;
  const guint n = __i__ / 2;
  g_autoptr (SeiList) list = sei_list_new ();
  g_autoptr (SeiList) times = sei_list_new ();
  g_autoptr (GByteArray) ignored = g_byte_array_new ();
  g_autoptr (GArray) edits = g_array_new (FALSE, FALSE, sizeof (TimedEdit));
  SeiFindings found = {.ignored = ignored,.times = times };
  SeiSelection selection = {
    .uuids = selections[n].uuids ? sei_uuid_parse_list (selections[n].uuids) :
        NULL,
    .types = sei_types_parse (selections[n].types)
  };
  GstBuffer *buffer = new_unit (format);
  TimedBufferMap map;

  fail_unless (timed_buffer_map (buffer, &map));
  sei_list_read (list, &map.bytes, format->format, &selection, &found, edits);
  timed_buffer_unmap (&map);
  assert_equals_int (times->len, 2);
  gst_buffer_unref (buffer);
  buffer = sei_time_mark (times, gst_buffer_new ());
  test_assert_reference (buffer, "timestamp/x-unix", TIME / 1000 * 1000);
  assert_equals_int (found.n_broken, 2);
  assert_equals_int (list->len, selections[n].n_messages);
  assert_equals_int (found.n_ignored, selections[n].n_ignored);
  assert_equals_int (ignored->len, 16 * selections[n].n_ignored);
  assert_equals_int (edits->len, selections[n].n_edits);
  gst_buffer_unref (buffer);
  g_clear_pointer (&selection.uuids, g_bytes_unref);
  g_bytes_unref (selection.types);
}

GST_END_TEST;

/* Who has no use for times gets all messages. */
GST_START_TEST (test_seitime_is_a_message_where_no_times_are_wanted)
{
  g_autoptr (SeiList) list = NULL;
  GstBuffer *buffer = new_unit (test_h264);

  list = test_read (test_h264, buffer);
  assert_equals_int (list->len, 5);
  fail_unless (sei_time_is_in (list));
  gst_buffer_unref (buffer);
}

GST_END_TEST;

static Suite *
seitime_suite (void)
{
  Suite *s = suite_create ("seitime");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_seitime_mark_replaces_what_the_buffer_said);
  tcase_add_test (tc, test_seitime_message_says_its_time);
  tcase_add_test (tc, test_seitime_is_found_among_others);
  tcase_add_loop_test (tc, test_seitime_is_read_whatever_is_selected, 0,
      2 * G_N_ELEMENTS (selections));
  tcase_add_test (tc, test_seitime_is_a_message_where_no_times_are_wanted);

  return s;
}

GST_CHECK_MAIN (seitime);
