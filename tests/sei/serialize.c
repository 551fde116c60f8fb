/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* GstSeiMeta as bytes, which it can be since GStreamer 1.24 */

#include <string.h>

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <gst/check/check.h>
#include <gst/check/gstharness.h>

#include <gst/sei/sei.h>

static const guint8 uuid[GST_SEI_UUID_SIZE] = "0123456789abcdef";
static const guint8 other_uuid[GST_SEI_UUID_SIZE] = { 0, 0, 1, 0, 0, 3 };

static void
add (GstBuffer * buffer, const guint8 * id, gconstpointer data, gsize size)
{
  GBytes *payload = g_bytes_new (data, size);

  fail_unless (gst_sei_buffer_add_meta (buffer, id, payload) != NULL);
  g_bytes_unref (payload);
}

static void
add_type (GstBuffer * buffer, guint32 type)
{
  GBytes *payload = g_bytes_new_static ("x", 1);

  fail_unless (gst_sei_buffer_add_meta_full (buffer, type, NULL, payload));
  g_bytes_unref (payload);
}

/* Text, zeros, nothing and much, and other types */
static void
add_all (GstBuffer * buffer)
{
  guint8 *large = g_malloc (70000);

  memset (large, 0xa5, 70000);
  add (buffer, uuid, "{\"a\":1}", 7);
  add (buffer, other_uuid, "\0\0\0", 3);
  add (buffer, uuid, "", 0);
  add (buffer, other_uuid, large, 70000);
  g_free (large);
  add_type (buffer, 100);
  add_type (buffer, 65535);
}

static void
assert_same_metas (GstBuffer * a, GstBuffer * b)
{
  gpointer state_a = NULL, state_b = NULL;
  GstSeiMeta *meta_a;

  while ((meta_a = gst_sei_buffer_iterate_meta (a, &state_a))) {
    GstSeiMeta *meta_b = gst_sei_buffer_iterate_meta (b, &state_b);

    fail_unless (meta_b != NULL);
    assert_equals_uint64 (meta_a->payload_type, meta_b->payload_type);
    fail_unless (memcmp (meta_a->uuid, meta_b->uuid, GST_SEI_UUID_SIZE) == 0);
    fail_unless (g_bytes_equal (meta_a->payload, meta_b->payload));
  }
  fail_unless (gst_sei_buffer_iterate_meta (b, &state_b) == NULL);
}

GST_START_TEST (test_serialize_reads_back)
{
  GstBuffer *buffer = gst_buffer_new ();
  GstBuffer *copy = gst_buffer_new ();
  gpointer state = NULL;
  GstSeiMeta *meta;

  add_all (buffer);
  while ((meta = gst_sei_buffer_iterate_meta (buffer, &state))) {
    GByteArray *data = g_byte_array_new ();
    guint32 consumed;

    fail_unless (gst_meta_serialize_simple ((GstMeta *) meta, data));
    fail_unless (gst_meta_deserialize (copy, data->data, data->len,
            &consumed) != NULL);
    assert_equals_int (consumed, data->len);
    g_byte_array_unref (data);
  }
  assert_same_metas (buffer, copy);
  gst_buffer_unref (buffer);
  gst_buffer_unref (copy);
}

GST_END_TEST;

/* What a process with an older library sends */
GST_START_TEST (test_serialize_reads_version_0)
{
  const GstMetaInfo *info = gst_sei_meta_get_info ();
  GstBuffer *buffer = gst_buffer_new ();
  const GstSeiMeta *meta;

  fail_unless (info->deserialize_func (info, buffer,
          (const guint8 *) "0123456789abcdefxyz", 19, 0) != NULL);
  meta = gst_sei_buffer_get_meta (buffer);
  assert_equals_int (meta->payload_type, 5);
  fail_unless (memcmp (meta->uuid, uuid, GST_SEI_UUID_SIZE) == 0);
  assert_equals_int (g_bytes_get_size (meta->payload), 3);
  gst_buffer_unref (buffer);
}

GST_END_TEST;

GST_START_TEST (test_serialize_refuses_what_it_does_not_know)
{
  static const gsize smallest[] = { GST_SEI_UUID_SIZE, 4 + GST_SEI_UUID_SIZE };
  const GstMetaInfo *info = gst_sei_meta_get_info ();
  GstBuffer *buffer = gst_buffer_new ();
  guint8 data[24] = "0123456789abcdefxyz";

  for (guint8 version = 0; version < 2; version++) {
    for (gsize size = 0; size < smallest[version]; size++)
      fail_unless (info->deserialize_func (info, buffer, data, size,
              version) == NULL);
  }
  fail_unless (info->deserialize_func (info, buffer, data, 24, 2) == NULL);
  fail_if (gst_sei_buffer_get_meta (buffer) != NULL);
  for (guint8 version = 0; version < 2; version++)
    fail_unless (info->deserialize_func (info, buffer, data, smallest[version],
            version) != NULL);
  gst_buffer_unref (buffer);
}

GST_END_TEST;

/* The sink sends to those who are there: what is pushed before that is lost. */
GST_START_TEST (test_serialize_crosses_a_socket)
{
  gchar *folder = g_dir_make_tmp ("metakafka-XXXXXX", NULL);
  gchar *path = g_build_filename (folder, "socket", NULL);
  gchar *sink = g_strdup_printf ("unixfdsink socket-path=%s async=false", path);
  gchar *src = g_strdup_printf ("unixfdsrc socket-path=%s", path);
  GstHarness *in = gst_harness_new_parse (sink);
  GstBuffer *buffer;
  GstBuffer *received = NULL;
  GstHarness *out;

  gst_harness_set_src_caps_str (in, "video/x-h264, stream-format=byte-stream");
  gst_harness_play (in);
  /* It wants memory of its own kind, which has a file descriptor */
  buffer = gst_harness_create_buffer (in, 64);
  add_all (buffer);
  fail_unless_equals_int (gst_harness_push (in, gst_buffer_copy (buffer)),
      GST_FLOW_OK);
  out = gst_harness_new_parse (src);
  gst_harness_play (out);
  for (guint i = 0; i < 1000 && received == NULL; i++) {
    fail_unless_equals_int (gst_harness_push (in, gst_buffer_copy (buffer)),
        GST_FLOW_OK);
    received = gst_harness_try_pull (out);
    g_thread_yield ();
  }
  if (received == NULL)
    received = gst_harness_pull (out);

  fail_unless (received != NULL);
  assert_same_metas (buffer, received);
  gst_buffer_unref (received);
  gst_buffer_unref (buffer);
  gst_harness_teardown (out);
  gst_harness_teardown (in);
  g_unlink (path);
  g_rmdir (folder);
  g_free (src);
  g_free (sink);
  g_free (path);
  g_free (folder);
}

GST_END_TEST;

static Suite *
serialize_suite (void)
{
  Suite *suite = suite_create ("serialize");
  TCase *tc = tcase_create ("general");
  GstElementFactory *factory = gst_element_factory_find ("unixfdsrc");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_serialize_reads_back);
  tcase_add_test (tc, test_serialize_reads_version_0);
  tcase_add_test (tc, test_serialize_refuses_what_it_does_not_know);
  if (factory != NULL) {
    tcase_add_test (tc, test_serialize_crosses_a_socket);
    gst_object_unref (factory);
  } else {
    g_print ("skipped: there is no unixfdsrc\n");
  }
  return suite;
}

GST_CHECK_MAIN (serialize);
