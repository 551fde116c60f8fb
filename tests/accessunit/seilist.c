/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Lists of messages, and the metas they come from and go to */

#include <string.h>

#include <gst/video/video-sei.h>

#include "seitest.h"

static void
append (SeiList * list, const guint8 * uuid, const gchar * payload)
{
  GBytes *bytes = g_bytes_new (payload, strlen (payload));

  sei_list_append (list, uuid, bytes);
  g_bytes_unref (bytes);
}

static void
add_video_meta (GstBuffer * buffer, const guint8 * uuid, const gchar * payload)
{
  guint8 copy[16];

  memcpy (copy, uuid, sizeof (copy));
  gst_buffer_add_video_sei_user_data_unregistered_meta (buffer, copy,
      (guint8 *) payload, strlen (payload));
}

/* Whether the list has these payloads, with a blank behind each */
static void
assert_list (SeiList * list, const gchar * expected)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < list->len; i++) {
    gsize size;
    const gchar *data = g_bytes_get_data (sei_list_get (list, i)->payload,
        &size);

    g_string_append_len (text, data, size);
    g_string_append_c (text, ' ');
  }
  fail_unless_equals_string (text->str, expected);
  g_string_free (text, TRUE);
}

/* The same of what is on the buffer */
static void
assert_metas (GstBuffer * buffer, const gchar * expected)
{
  SeiList *list = sei_list_new ();

  sei_list_append_metas (list, buffer);
  assert_list (list, expected);
  g_array_unref (list);
}

GST_START_TEST (test_seilist_append_takes_a_reference)
{
  GBytes *payload = g_bytes_new ("one", 3);
  SeiList *list = sei_list_new ();
  SeiList *copy = sei_list_new ();

  append (copy, test_other_uuid, "zero");
  sei_list_append (list, test_uuid, payload);
  g_bytes_unref (payload);
  sei_list_append_list (copy, list);
  g_array_unref (list);

  assert_list (copy, "zero one ");
  fail_unless (sei_list_get (copy, 1)->payload == payload);
  fail_unless (memcmp (sei_list_get (copy, 0)->uuid, test_other_uuid, 16) == 0);
  fail_unless (memcmp (sei_list_get (copy, 1)->uuid, test_uuid, 16) == 0);
  g_array_unref (copy);
}

GST_END_TEST;

GST_START_TEST (test_seilist_metas_of_both_kinds_but_banners)
{
  GstBuffer *buffer = gst_buffer_new ();

  fail_if (sei_list_has_metas (buffer));
  assert_metas (buffer, "");
  add_video_meta (buffer, test_other_uuid, "two");
  fail_unless (sei_list_has_metas (buffer));
  add_video_meta (buffer, test_banner_uuid, "x264 - core 164");
  add_video_meta (buffer, test_uuid, "");
  test_add_meta (buffer, test_uuid, "one");
  fail_unless (sei_list_has_metas (buffer));
  assert_metas (buffer, "one two  ");
  gst_buffer_unref (buffer);
}

GST_END_TEST;

GST_START_TEST (test_seilist_new_are_each_once_and_not_present)
{
  SeiList *list = sei_list_new ();
  SeiList *present = sei_list_new ();
  guint n_present = 99, n_repeated = 99;

  append (list, test_uuid, "three");
  append (list, test_uuid, "one");
  append (list, test_uuid, "two");
  append (list, test_uuid, "one");
  append (list, test_uuid, "three");
  append (list, test_other_uuid, "one");
  append (list, test_uuid, "");
  append (present, test_uuid, "one");
  append (present, test_uuid, "four");
  append (present, test_other_uuid, "two");

  SeiList *result = sei_list_get_new (list, present, &n_present,
      &n_repeated);

  assert_list (result, "three two one  ");
  fail_unless (memcmp (sei_list_get (result, 2)->uuid, test_other_uuid,
          16) == 0);
  assert_equals_int (n_present, 1);
  assert_equals_int (n_repeated, 2);
  g_array_unref (result);
  g_array_unref (present);
  g_array_unref (list);
}

GST_END_TEST;

/* @n_others: messages that are present, too, and are equal to none */
static void
assert_new (const gchar * words, const gchar * present_words, guint n_others,
    const gchar * expected, guint n_present, guint n_repeated)
{
  g_autoptr (SeiList) list = sei_list_new ();
  g_autoptr (SeiList) present = sei_list_new ();
  guint found_present, found_repeated;

  for (; *words; words++)
    append (list, test_uuid, (gchar[]) {
        *words, '\0'}
  );
  for (; *present_words; present_words++)
    append (present, test_uuid, (gchar[]) {
        *present_words, '\0'}
  );
  for (guint i = 0; i < n_others; i++) {
    g_autofree gchar *other = g_strdup_printf ("%u", i);

    append (present, test_uuid, other);
  }

  g_autoptr (SeiList) result =
      sei_list_get_new (list, present, &found_present, &found_repeated);

  assert_list (result, expected);
  assert_equals_int (found_present, n_present);
  assert_equals_int (found_repeated, n_repeated);
}

/* Few are compared, many are hashed. */
GST_START_TEST (test_seilist_new_of_few_as_of_many)
{
  static const guint n_others[] = { 0, 1, 70, 10000 };

  for (guint i = 0; i < G_N_ELEMENTS (n_others); i++) {
    assert_new ("", "a", n_others[i], "", 0, 0);
    assert_new ("a", "", n_others[i], "a ", 0, 0);
    assert_new ("a", "a", n_others[i], "", 1, 0);
    assert_new ("aa", "", n_others[i], "a ", 0, 1);
    assert_new ("aaa", "aa", n_others[i], "", 1, 2);
    assert_new ("bab", "ca", n_others[i], "b ", 1, 1);
    assert_new ("dcba", "bd", n_others[i], "c a ", 2, 0);
  }
}

GST_END_TEST;

/* They have no UUID, whatever is given. */
GST_START_TEST (test_seilist_types_go_from_and_to_metas)
{
  static const guint types[] = { 100, 5, 240, 100 };
  static const guint8 zeros[16];
  GstBuffer *buffer = gst_buffer_new ();
  GBytes *payload = g_bytes_new ("x", 1);
  SeiList *list = sei_list_new ();
  SeiList *again = sei_list_new ();
  SeiList *present = sei_list_new ();
  guint n_present, n_repeated;

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    sei_list_append_full (list, types[i], test_uuid, payload);
  sei_list_append_full (present, 240, NULL, payload);
  buffer = sei_list_set_metas (list, buffer);
  sei_list_append_metas (again, buffer);
  assert_equals_int (again->len, G_N_ELEMENTS (types));
  for (guint i = 0; i < again->len; i++) {
    const SeiItem *item = sei_list_get (again, i);

    assert_equals_int (item->type, types[i]);
    fail_unless (memcmp (item->uuid, types[i] == 5 ? test_uuid : zeros,
            16) == 0);
  }

  SeiList *result = sei_list_get_new (again, present, &n_present,
      &n_repeated);

  assert_equals_int (n_present, 1);
  assert_equals_int (n_repeated, 1);
  assert_equals_int (result->len, 2);
  assert_equals_int (sei_list_get (result, 0)->type, 100);
  assert_equals_int (sei_list_get (result, 1)->type, 5);
  g_array_unref (result);
  g_array_unref (present);
  g_array_unref (again);
  g_array_unref (list);
  g_bytes_unref (payload);
  gst_buffer_unref (buffer);
}

GST_END_TEST;

GST_START_TEST (test_seilist_set_metas_replaces_those_there_were)
{
  GstBuffer *buffer = gst_buffer_new ();
  SeiList *list = sei_list_new ();
  GstBuffer *result;

  fail_unless (sei_list_set_metas (list, gst_buffer_ref (buffer)) == buffer);
  gst_buffer_unref (buffer);
  test_add_meta (buffer, test_uuid, "old");
  test_add_meta (buffer, test_uuid, "older");
  append (list, test_uuid, "one");
  append (list, test_uuid, "two");
  result = sei_list_set_metas (list, gst_buffer_ref (buffer));

  fail_if (result == buffer);
  test_assert_metas (buffer, "old", "older", NULL);
  test_assert_metas (result, "one", "two", NULL);
  gst_buffer_unref (buffer);

  g_array_set_size (list, 0);
  fail_unless (sei_list_set_metas (list, result) == result);
  test_assert_metas (result, NULL);
  g_array_unref (list);
  gst_buffer_unref (result);
}

GST_END_TEST;

GST_START_TEST (test_seilist_remove_video_metas_of_its_messages)
{
  GstBuffer *buffer = gst_buffer_new ();
  SeiList *list = sei_list_new ();
  GstBuffer *result;

  add_video_meta (buffer, test_uuid, "one");
  add_video_meta (buffer, test_uuid, "two");
  add_video_meta (buffer, test_other_uuid, "one");
  add_video_meta (buffer, test_uuid, "on");
  add_video_meta (buffer, test_uuid, "one");
  append (list, test_uuid, "one");
  append (list, test_uuid, "three");
  test_add_meta (buffer, test_uuid, "one");
  result = sei_list_remove_video_metas (list, NULL, gst_buffer_ref (buffer));

  fail_if (result == buffer);
  assert_metas (buffer, "one one two one on one ");
  gst_buffer_unref (buffer);
  assert_metas (result, "one two one on ");
  fail_unless (sei_list_remove_video_metas (list, NULL, result) == result);
  g_array_unref (list);
  gst_buffer_unref (result);
}

GST_END_TEST;

/* GStreamer cannot copy such a meta, but it can be there */
GST_START_TEST (test_seilist_remove_video_metas_without_payload)
{
  GstBuffer *buffer = gst_buffer_new ();
  SeiList *list = sei_list_new ();

  add_video_meta (buffer, test_uuid, "");
  add_video_meta (buffer, test_other_uuid, "");
  append (list, test_uuid, "");
  fail_unless (sei_list_remove_video_metas (list, NULL, buffer) == buffer);
  assert_metas (buffer, " ");
  g_array_unref (list);
  gst_buffer_unref (buffer);
}

GST_END_TEST;

GST_START_TEST (test_seilist_remove_video_metas_without_any_copies_nothing)
{
  GstBuffer *buffer = gst_buffer_new ();
  SeiList *list = sei_list_new ();

  gst_buffer_ref (buffer);
  append (list, test_uuid, "one");
  fail_unless (sei_list_remove_video_metas (list, NULL, buffer) == buffer);
  gst_buffer_unref (buffer);
  add_video_meta (buffer, test_uuid, "one");
  gst_buffer_ref (buffer);
  g_array_set_size (list, 0);
  fail_unless (sei_list_remove_video_metas (list, NULL, buffer) == buffer);
  assert_metas (buffer, "one ");
  g_array_unref (list);
  gst_buffer_unref (buffer);
  gst_buffer_unref (buffer);
}

GST_END_TEST;

GST_START_TEST (test_seilist_taken_payloads_leave_it_empty)
{
  g_autoptr (SeiList) list = sei_list_new ();
  g_autoptr (GBytes) one = g_bytes_new_static ("one", 3);
  g_autoptr (GBytes) two = g_bytes_new_static ("two", 3);

  fail_if (sei_list_take_payloads (list));
  sei_list_append (list, test_uuid, one);
  sei_list_append_full (list, 100, NULL, two);

  g_autoptr (GArray) payloads = sei_list_take_payloads (list);

  assert_equals_int (list->len, 0);
  assert_equals_int (payloads->len, 2);
  fail_unless (timed_payloads_get (payloads, 0)->bytes == one);
  assert_equals_int64 (timed_payloads_get (payloads, 0)->sei_type,
      TIMED_NO_SEI_TYPE);
  fail_unless (timed_payloads_get (payloads, 1)->bytes == two);
  assert_equals_int64 (timed_payloads_get (payloads, 1)->sei_type, 100);
}

GST_END_TEST;

static Suite *
seilist_suite (void)
{
  Suite *s = suite_create ("seilist");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_seilist_append_takes_a_reference);
  tcase_add_test (tc, test_seilist_metas_of_both_kinds_but_banners);
  tcase_add_test (tc, test_seilist_new_are_each_once_and_not_present);
  tcase_add_test (tc, test_seilist_new_of_few_as_of_many);
  tcase_add_test (tc, test_seilist_types_go_from_and_to_metas);
  tcase_add_test (tc, test_seilist_set_metas_replaces_those_there_were);
  tcase_add_test (tc, test_seilist_remove_video_metas_of_its_messages);
  tcase_add_test (tc, test_seilist_remove_video_metas_without_payload);
  tcase_add_test (tc,
      test_seilist_remove_video_metas_without_any_copies_nothing);
  tcase_add_test (tc, test_seilist_taken_payloads_leave_it_empty);

  return s;
}

GST_CHECK_MAIN (seilist);
