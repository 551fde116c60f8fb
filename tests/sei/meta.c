/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* libgstsei-1.0: GstSeiMeta on buffers */

#include <string.h>

#include <gst/check/check.h>
#include <gst/sei/sei.h>

static const guint8 uuid[GST_SEI_UUID_SIZE] = {
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
};

static GstSeiMeta *
add (GstBuffer * buffer, const gchar * text)
{
  GBytes *payload = g_bytes_new (text, strlen (text));
  GstSeiMeta *meta = gst_sei_buffer_add_meta (buffer, uuid, payload);

  g_bytes_unref (payload);
  return meta;
}

static void
assert_payload (const GstSeiMeta * meta, const gchar * text)
{
  GBytes *payload = gst_sei_meta_get_payload (meta);

  fail_unless (memcmp (gst_sei_meta_get_uuid (meta), uuid, sizeof (uuid)) == 0);
  assert_equals_int (g_bytes_get_size (payload), strlen (text));
  if (*text != '\0')
    fail_unless (memcmp (g_bytes_get_data (payload, NULL), text,
            strlen (text)) == 0);
}

GST_START_TEST (test_meta_has_name_and_no_tags)
{
  fail_unless_equals_string (g_type_name (GST_SEI_META_API_TYPE),
      "GstSeiMetaAPI");
  fail_unless (gst_meta_api_type_get_tags (GST_SEI_META_API_TYPE) == NULL);
  fail_unless (GST_SEI_META_INFO->api == GST_SEI_META_API_TYPE);
  fail_unless (gst_meta_get_info ("GstSeiMeta") == GST_SEI_META_INFO);
}

GST_END_TEST;

GST_START_TEST (test_meta_several_are_in_order)
{
  static const gchar *const texts[] = { "first", "second", "third" };
  GstBuffer *buffer = gst_buffer_new ();
  gpointer state = NULL;
  GstSeiMeta *meta;
  GBytes *payload;

  fail_unless (gst_sei_buffer_get_meta (buffer) == NULL);
  fail_unless (gst_sei_buffer_get_meta_bytes (buffer) == NULL);
  fail_unless (gst_sei_buffer_iterate_meta (buffer, &state) == NULL);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    assert_payload (add (buffer, texts[i]), texts[i]);
  assert_payload (gst_sei_buffer_get_meta (buffer), "first");
  payload = gst_sei_buffer_get_meta_bytes (buffer);
  fail_unless (payload == gst_sei_buffer_get_meta (buffer)->payload);
  g_bytes_unref (payload);

  state = NULL;
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    meta = gst_sei_buffer_iterate_meta (buffer, &state);
    assert_payload (meta, texts[i]);
  }
  fail_unless (gst_sei_buffer_iterate_meta (buffer, &state) == NULL);
  gst_buffer_unref (buffer);
}

GST_END_TEST;

static void
count_freed (gpointer n)
{
  (*(guint *) n)++;
}

GST_START_TEST (test_meta_payloads_are_all_in_order)
{
  static const gchar *const texts[] = { "first", "", "first" };
  GstBuffer *buffer = gst_buffer_new ();
  guint n_freed = 0, i;
  GList *payloads;

  fail_unless (gst_sei_buffer_get_payloads (buffer) == NULL);
  for (i = 0; i < G_N_ELEMENTS (texts); i++) {
    GBytes *payload = g_bytes_new_with_free_func (texts[i], strlen (texts[i]),
        count_freed, &n_freed);

    gst_sei_buffer_add_meta (buffer, uuid, payload);
    g_bytes_unref (payload);
  }
  payloads = gst_sei_buffer_get_payloads (buffer);
  gst_buffer_unref (buffer);

  /* They outlive the buffer */
  assert_equals_int (n_freed, 0);
  assert_equals_int (g_list_length (payloads), G_N_ELEMENTS (texts));
  i = 0;
  for (GList * item = payloads; item; item = item->next, i++) {
    gsize size;
    const gchar *text = g_bytes_get_data (item->data, &size);

    fail_unless (text == texts[i] || size == 0);
    assert_equals_int (size, strlen (texts[i]));
  }
  g_list_free_full (payloads, (GDestroyNotify) g_bytes_unref);
  assert_equals_int (n_freed, G_N_ELEMENTS (texts));
}

GST_END_TEST;

GST_START_TEST (test_meta_copy_shares_payload)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, 100, NULL);
  GstBuffer *copies[4];
  GBytes *payload;

  add (buffer, "payload");
  payload = gst_sei_buffer_get_meta_bytes (buffer);
  copies[0] = gst_buffer_copy (buffer);
  copies[1] = gst_buffer_copy_deep (buffer);
  copies[2] = gst_buffer_copy_region (buffer, GST_BUFFER_COPY_ALL, 10, 20);
  copies[3] = gst_buffer_new ();
  gst_buffer_copy_into (copies[3], buffer, GST_BUFFER_COPY_METADATA, 0, -1);
  gst_buffer_unref (buffer);

  for (guint i = 0; i < G_N_ELEMENTS (copies); i++) {
    fail_unless (gst_sei_buffer_get_meta (copies[i])->payload == payload);
    assert_payload (gst_sei_buffer_get_meta (copies[i]), "payload");
    gst_buffer_unref (copies[i]);
  }
  g_bytes_unref (payload);
}

GST_END_TEST;

GST_START_TEST (test_meta_has_type_of_its_own)
{
  static const guint8 zeros[GST_SEI_UUID_SIZE];
  GstBuffer *buffer = gst_buffer_new ();
  GBytes *payload = g_bytes_new_static ("x", 1);
  gpointer state = NULL;
  GstBuffer *copy;

  assert_equals_int (add (buffer, "x")->payload_type, 5);
  fail_unless (gst_sei_buffer_add_meta_full (buffer, 5, uuid, payload));
  fail_unless (gst_sei_buffer_add_meta_full (buffer, 100, uuid, payload));
  fail_unless (gst_sei_buffer_add_meta_full (buffer, G_MAXUINT32, NULL,
          payload));
  copy = gst_buffer_copy (buffer);
  gst_buffer_unref (buffer);

  for (guint i = 0; i < 4; i++) {
    static const guint32 types[] = { 5, 5, 100, G_MAXUINT32 };
    const GstSeiMeta *meta = gst_sei_buffer_iterate_meta (copy, &state);

    assert_equals_uint64 (meta->payload_type, types[i]);
    fail_unless (memcmp (meta->uuid, i < 2 ? uuid : zeros, 16) == 0);
    fail_unless (g_bytes_equal (meta->payload, payload));
  }
  gst_buffer_unref (copy);
  g_bytes_unref (payload);
}

GST_END_TEST;

GST_START_TEST (test_meta_empty_payload_is_a_message)
{
  GstBuffer *buffer = gst_buffer_new ();
  GBytes *payload;

  add (buffer, "");
  payload = gst_sei_buffer_get_meta_bytes (buffer);
  fail_unless (payload != NULL);
  assert_equals_int (g_bytes_get_size (payload), 0);
  g_bytes_unref (payload);
  gst_buffer_unref (buffer);
}

GST_END_TEST;

static void
count_critical (const gchar * domain, GLogLevelFlags level,
    const gchar * message, gpointer count)
{
  (*(guint *) count)++;
}

GST_START_TEST (test_meta_misuse_is_refused)
{
  GBytes *payload = g_bytes_new_static ("x", 1);
  GstBuffer *buffer = gst_buffer_new ();
  GstBuffer *other = gst_buffer_ref (buffer);
  GstPadProbeInfo info = {.type = GST_PAD_PROBE_TYPE_BUFFER,.data = buffer };
  guint count = 0;
  const guint handler = g_log_set_handler (G_LOG_DOMAIN, G_LOG_LEVEL_CRITICAL,
      count_critical, &count);
  const GLogLevelFlags fatal = g_log_set_always_fatal (G_LOG_FATAL_MASK);

  fail_if (gst_sei_buffer_add_meta (buffer, uuid, payload));
  gst_buffer_unref (other);
  fail_if (gst_sei_buffer_add_meta (buffer, NULL, payload));
  fail_if (gst_sei_buffer_add_meta (buffer, uuid, NULL));
  fail_if (gst_sei_buffer_add_meta_full (buffer, 5, NULL, payload));
  fail_if (gst_sei_buffer_add_meta_full (buffer, 100, NULL, NULL));
  fail_if (gst_sei_pad_probe_info_add_meta (NULL, uuid, payload));
  fail_if (gst_sei_pad_probe_info_add_meta_full (&info, 5, NULL, payload));
  fail_if (gst_sei_pad_probe_info_add_meta_full (&info, 100, NULL, NULL));
  assert_equals_int (count, 8);
  fail_if (gst_sei_buffer_get_meta (buffer));

  g_log_set_always_fatal (fatal);
  g_log_remove_handler (G_LOG_DOMAIN, handler);
  gst_buffer_unref (buffer);
  g_bytes_unref (payload);
}

GST_END_TEST;

GST_START_TEST (test_meta_probe_makes_buffer_writable)
{
  GBytes *payload = g_bytes_new_static ("x", 1);
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, 10, NULL);
  GstPadProbeInfo info = {.type = GST_PAD_PROBE_TYPE_BUFFER };

  /* Nobody else holds it: no copy */
  info.data = buffer;
  fail_unless (gst_sei_pad_probe_info_add_meta (&info, uuid, payload));
  fail_unless (info.data == buffer);
  fail_unless (gst_sei_pad_probe_info_add_meta_full (&info, 240, NULL,
          payload)->payload_type == 240);

  /* Somebody else does: the copy shares the memory */
  gst_buffer_ref (buffer);
  fail_unless (gst_sei_pad_probe_info_add_meta (&info, uuid, payload));
  fail_unless (info.data != buffer);
  fail_unless (gst_buffer_peek_memory (info.data, 0) ==
      gst_buffer_peek_memory (buffer, 0));
  assert_equals_int (gst_buffer_get_n_meta (info.data, GST_SEI_META_API_TYPE),
      3);
  assert_equals_int (gst_buffer_get_n_meta (buffer, GST_SEI_META_API_TYPE), 2);
  gst_buffer_unref (info.data);
  gst_buffer_unref (buffer);
  g_bytes_unref (payload);
}

GST_END_TEST;

GST_START_TEST (test_meta_probe_on_list_takes_first_buffer)
{
  GBytes *payload = g_bytes_new_static ("x", 1);
  GstBufferList *list = gst_buffer_list_new ();
  GstPadProbeInfo info = {.type = GST_PAD_PROBE_TYPE_BUFFER_LIST };

  info.data = list;
  fail_unless (gst_sei_pad_probe_info_add_meta (&info, uuid, payload) == NULL);
  gst_buffer_list_add (list, gst_buffer_new ());
  gst_buffer_list_add (list, gst_buffer_new ());

  gst_buffer_list_ref (list);
  fail_unless (gst_sei_pad_probe_info_add_meta (&info, uuid, payload));
  fail_unless (info.data != list);
  fail_unless (gst_sei_buffer_get_meta (gst_buffer_list_get (info.data, 0)));
  fail_if (gst_sei_buffer_get_meta (gst_buffer_list_get (info.data, 1)));
  fail_if (gst_sei_buffer_get_meta (gst_buffer_list_get (list, 0)));
  gst_buffer_list_unref (info.data);
  gst_buffer_list_unref (list);
  g_bytes_unref (payload);
}

GST_END_TEST;

GST_START_TEST (test_meta_probe_without_buffer_gives_null)
{
  GBytes *payload = g_bytes_new_static ("x", 1);
  GstPadProbeInfo info = {.type = GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM };

  fail_unless (gst_sei_pad_probe_info_add_meta (&info, uuid, payload) == NULL);
  info.data = gst_event_new_eos ();
  fail_unless (gst_sei_pad_probe_info_add_meta (&info, uuid, payload) == NULL);
  gst_event_unref (info.data);
  info.type = GST_PAD_PROBE_TYPE_BUFFER;
  info.data = NULL;
  fail_unless (gst_sei_pad_probe_info_add_meta (&info, uuid, payload) == NULL);
  g_bytes_unref (payload);
}

GST_END_TEST;

static Suite *
meta_suite (void)
{
  Suite *s = suite_create ("meta");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_meta_has_name_and_no_tags);
  tcase_add_test (tc, test_meta_several_are_in_order);
  tcase_add_test (tc, test_meta_payloads_are_all_in_order);
  tcase_add_test (tc, test_meta_copy_shares_payload);
  tcase_add_test (tc, test_meta_has_type_of_its_own);
  tcase_add_test (tc, test_meta_empty_payload_is_a_message);
  tcase_add_test (tc, test_meta_misuse_is_refused);
  tcase_add_test (tc, test_meta_probe_makes_buffer_writable);
  tcase_add_test (tc, test_meta_probe_on_list_takes_first_buffer);
  tcase_add_test (tc, test_meta_probe_without_buffer_gives_null);

  return s;
}

GST_CHECK_MAIN (meta);
