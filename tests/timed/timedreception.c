/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Buffers that say which stream they came from */

#include <gst/check/gstcheck.h>

#include "timedbuffer.h"
#include "timedreception.h"

/* 192.0.2.7 */
static const TimedReception camera = {
  .ip = {[10] = 0xff, 0xff, 192, 0, 2, 7},.port = 40000,.local_port = 5004,
  .ssrc = 0xdeadbeef
};

static void
assert_camera (GstBuffer * buffer)
{
  const TimedReception *reception = timed_buffer_get_reception (buffer);

  fail_unless (reception);
  fail_unless (memcmp (reception->ip, camera.ip, sizeof (camera.ip)) == 0);
  assert_equals_int (reception->port, camera.port);
  assert_equals_int (reception->local_port, camera.local_port);
  fail_unless_equals_int64 (reception->ssrc, camera.ssrc);
}

static guint
count_metas (GstBuffer * buffer)
{
  gpointer state = NULL;
  guint n = 0;

  while (gst_buffer_iterate_meta (buffer, &state))
    n++;
  return n;
}

static GstBuffer *
received (void)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, 100, NULL);

  timed_buffer_set_reception (buffer, &camera);
  return buffer;
}

GST_START_TEST (test_reception_is_what_was_set_last)
{
  GstBuffer *buffer = gst_buffer_new ();
  TimedReception other = camera;

  fail_if (timed_buffer_get_reception (buffer));
  other.ssrc = 1;
  timed_buffer_set_reception (buffer, &other);
  fail_unless_equals_int64 (timed_buffer_get_reception (buffer)->ssrc, 1);
  timed_buffer_set_reception (buffer, &camera);
  assert_camera (buffer);
  assert_equals_int (count_metas (buffer), 1);
  gst_buffer_unref (buffer);
}

GST_END_TEST;

GST_START_TEST (test_reception_goes_with_copies)
{
  GstBuffer *buffer = received ();
  GstBuffer *copies[] = {
    gst_buffer_copy (buffer), gst_buffer_copy_deep (buffer),
    gst_buffer_copy_region (buffer, GST_BUFFER_COPY_ALL, 10, 20),
    gst_buffer_make_writable (gst_buffer_ref (buffer)),
    timed_buffer_copy_times (buffer), received ()
  };

  /* onto one that says so already */
  gst_buffer_copy_into (copies[5], buffer, GST_BUFFER_COPY_METADATA, 0, -1);
  for (guint i = 0; i < G_N_ELEMENTS (copies); i++) {
    assert_camera (copies[i]);
    assert_equals_int (count_metas (copies[i]), 1);
    gst_buffer_unref (copies[i]);
  }
  gst_buffer_unref (buffer);
}

GST_END_TEST;

GST_START_TEST (test_reception_has_no_tag)
{
  GstBuffer *buffer = received ();
  gpointer state = NULL;
  const GstMeta *meta = gst_buffer_iterate_meta (buffer, &state);
  const gchar *const *tags = gst_meta_api_type_get_tags (meta->info->api);

  fail_unless_equals_string (g_type_name (meta->info->type),
      "GstReceptionMeta");
  /* for which elements would drop it */
  fail_unless (!tags || !tags[0]);
  gst_buffer_unref (buffer);
}

GST_END_TEST;

GST_START_TEST (test_reception_is_not_invented)
{
  GstBuffer *buffer = gst_buffer_new ();
  GstBuffer *times = timed_buffer_copy_times (buffer);

  fail_if (timed_buffer_get_reception (times));
  gst_buffer_unref (times);
  gst_buffer_unref (buffer);
}

GST_END_TEST;

static Suite *
timedreception_suite (void)
{
  Suite *s = suite_create ("timedreception");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_reception_is_what_was_set_last);
  tcase_add_test (tc, test_reception_goes_with_copies);
  tcase_add_test (tc, test_reception_has_no_tag);
  tcase_add_test (tc, test_reception_is_not_invented);

  return s;
}

GST_CHECK_MAIN (timedreception);
