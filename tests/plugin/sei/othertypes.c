/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* SEI messages of other payload types than user data, through both elements */

#include <string.h>

#include "joinedtest.h"
#include "naltest.h"
#include "padtest.h"

/* Zeros that need emulation prevention, also behind a type or size that ends with
 * zero; a message of no bytes; one whose size takes two bytes */
static const gchar zeros[] = "\0\0\1\0\0\0\0\0\3\0\0";
static const gchar longer[] =
    "longer than 255 bytes .................................................."
    "........................................................................"
    "........................................................................"
    "........................................................................";

#define BINARY(type, bytes) { type, NULL, bytes, sizeof (bytes) - 1 }

static const TestMessage messages[] = {
  BINARY (4, "\xb5\0\x31GA94"), TEST_OURS, BINARY (100, "{\"agora\":1}"),
  BINARY (240, zeros), BINARY (245, "\0\0"), BINARY (255, ""),
  BINARY (300, longer), {5, test_other_uuid, zeros, sizeof (zeros) - 1},
  BINARY (510, zeros), BINARY (0, "\0"), BINARY (65535, "x")
};

#define N_MESSAGES G_N_ELEMENTS (messages)

static void
add_meta (GstBuffer * buffer, const TestMessage * message)
{
  GBytes *payload = g_bytes_new (message->content, message->size);

  gst_sei_buffer_add_meta_full (buffer, message->type, message->uuid, payload);
  g_bytes_unref (payload);
}

/* Whether the stream can hold a NAL unit of it. */
static gboolean
fits (const TestFormat * format, const TestMessage * message)
{
  GByteArray *nal = test_sei_nal (format, FALSE, message, 1);
  const guint length_size = format->format.length_size;
  const gboolean ok = length_size == 0 || length_size == 4
      || nal->len >> (8 * length_size) == 0;

  g_byte_array_unref (nal);
  return ok;
}

/* Each message in a NAL unit of its own, if it fits. Takes @buffer. */
static GstBuffer *
insert_all (const TestFormat * format, GstBuffer * buffer)
{
  for (guint i = 0; i < N_MESSAGES; i++) {
    if (fits (format, &messages[i]))
      buffer = test_insert_sei (format, buffer, &messages[i], 1);
  }
  return buffer;
}

/* What comes out, in one buffer, in either alignment. Takes @in. */
static GstBuffer *
push_and_join (GstHarness * h, const TestFormat * format, gboolean nal,
    GstBuffer * in)
{
  if (!nal)
    return gst_harness_push_and_pull (h, in);
  test_push_nals (h, test_split (format, in));
  return test_join (test_pull_nals (h));
}

static GstHarness *
new_harness (const gchar * element, const TestFormat * format, gboolean nal)
{
  return nal ? test_nal_harness (element, format) :
      test_harness (element, format);
}

/* --- seiinject ----------------------------------------------------------- */

GST_START_TEST (test_othertypes_inject_each_meta_with_its_type)
{
  const TestFormat *format = &test_formats[__i__ / 2];
  GstHarness *h = new_harness ("seiinject", format, __i__ % 2);
  GstBuffer *in = test_access_unit (format, 0);
  GstBuffer *expected = insert_all (format, gst_buffer_copy (in));
  guint n_fit = 0;

  for (guint i = 0; i < N_MESSAGES; i++) {
    add_meta (in, &messages[i]);
    n_fit += fits (format, &messages[i]);
  }
  GstBuffer *out = push_and_join (h, format, __i__ % 2, in);

  test_assert_bytes (out, expected);
  assert_equals_uint64 (test_stat (h->element, "injected"), n_fit);
  assert_equals_uint64 (test_stat (h->element, "too-large"),
      N_MESSAGES - n_fit);
  gst_buffer_unref (expected);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* The same bytes under another type are another message. */
GST_START_TEST (test_othertypes_inject_what_is_not_there)
{
  static const TestMessage there[] = {
    BINARY (100, "x"), BINARY (1, "y"), BINARY (245, "")
  };
  static const TestMessage metas[] = {
    BINARY (245, ""), BINARY (240, "x"), BINARY (100, "x"), BINARY (100, "y"),
    BINARY (240, "x"), TEST_MESSAGE (test_uuid, "x")
  };
  static const TestMessage expected_behind[] = {
    BINARY (240, "x"), BINARY (100, "y"), TEST_MESSAGE (test_uuid, "x")
  };
  const TestFormat *format = &test_formats[__i__ / 2];
  GstHarness *h = new_harness ("seiinject", format, __i__ % 2);
  GstBuffer *in = test_insert_sei (format, test_access_unit (format, 0), there,
      G_N_ELEMENTS (there));
  GstBuffer *expected = gst_buffer_copy (in);

  for (guint i = 0; i < G_N_ELEMENTS (expected_behind); i++)
    expected = test_insert_sei (format, expected, &expected_behind[i], 1);
  for (guint i = 0; i < G_N_ELEMENTS (metas); i++)
    add_meta (in, &metas[i]);
  GstBuffer *out = push_and_join (h, format, __i__ % 2, in);

  test_assert_bytes (out, expected);
  assert_equals_uint64 (test_stat (h->element, "present"), 2);
  gst_buffer_unref (expected);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* In alignment nal the meta comes behind the message that it is. */
GST_START_TEST (test_othertypes_inject_meta_behind_its_message)
{
  static const TestMessage there = BINARY (100, "x");
  GstHarness *h = test_nal_harness ("seiinject", test_h264);
  GstBufferList *in = test_split (test_h264, test_insert_sei (test_h264,
          test_access_unit (test_h264, 0), &there, 1));
  const guint n = gst_buffer_list_length (in);

  add_meta (gst_buffer_list_get_writable (in, n - 1), &there);
  test_push_nals (h, in);
  GstBufferList *out = test_pull_nals (h);

  assert_equals_int (gst_buffer_list_length (out), n);
  assert_equals_uint64 (test_stat (h->element, "present"), 1);
  gst_buffer_list_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_othertypes_inject_bounds_hold_for_all)
{
  static const TestMessage metas[] = {
    BINARY (100, "12345"), BINARY (100, "1234"), BINARY (65536, "x"),
    BINARY (G_MAXUINT32, "x")
  };
  GstHarness *h = test_harness ("seiinject", test_h264);
  GstBuffer *in = test_access_unit (test_h264, 0);
  GstBuffer *expected = test_insert_sei (test_h264, gst_buffer_copy (in),
      &metas[1], 1);

  g_object_set (h->element, "max-payload", 4, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (metas); i++)
    add_meta (in, &metas[i]);
  GstBuffer *out = gst_harness_push_and_pull (h, in);

  test_assert_bytes (out, expected);
  assert_equals_uint64 (test_stat (h->element, "too-large"), 3);
  gst_buffer_unref (expected);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* --- seiextract ---------------------------------------------------------- */

#define ALL_TYPES "0,4,5,100,240,245,255,300,510,65535"

/* Whether the metas on @buffer are those messages. */
static void
assert_metas (GstBuffer * buffer, const TestFormat * format,
    const TestMessage * expected, guint n)
{
  static const guint8 zero_uuid[16];
  gpointer state = NULL;
  const GstSeiMeta *meta;

  for (guint i = 0; i < n; i++) {
    if (!fits (format, &expected[i]))
      continue;
    meta = gst_sei_buffer_iterate_meta (buffer, &state);
    fail_unless (meta != NULL);
    assert_equals_uint64 (meta->payload_type, expected[i].type);
    fail_unless (memcmp (meta->uuid, expected[i].uuid ? expected[i].uuid :
            zero_uuid, 16) == 0);
    assert_equals_int (g_bytes_get_size (meta->payload), expected[i].size);
    fail_unless (expected[i].size == 0
        || memcmp (g_bytes_get_data (meta->payload, NULL), expected[i].content,
            expected[i].size) == 0);
  }
  fail_if (gst_sei_buffer_iterate_meta (buffer, &state));
}

/* The buffer with the metas, which is the last: there is one slice */
static GstBuffer *
push_and_pull_slice (GstHarness * h, const TestFormat * format, gboolean nal,
    GstBuffer * in, GstBuffer * expected)
{
  GstBufferList *out;

  if (nal)
    test_push_nals (h, test_split (format, in));
  else
    gst_harness_push (h, in);
  out = test_pull_nals (h);

  const guint n = gst_buffer_list_length (out);
  GstBuffer *slice = gst_buffer_ref (gst_buffer_list_get (out, n - 1));
  GstBuffer *joined = test_join (out);

  test_assert_bytes (joined, expected);
  gst_buffer_unref (joined);
  gst_buffer_unref (expected);
  return slice;
}

GST_START_TEST (test_othertypes_extract_reads_those_listed)
{
  const TestFormat *format = &test_formats[__i__ / 4];
  const gboolean nal = __i__ & 1;
  const gboolean remove = !!(__i__ & 2);
  GstHarness *h = new_harness ("seiextract", format, nal);
  GstBuffer *plain = test_access_unit (format, 0);
  GstBuffer *in = insert_all (format, gst_buffer_copy (plain));
  GstBuffer *out;

  g_object_set (h->element, "payload-types", ALL_TYPES, "remove", remove, NULL);
  out = push_and_pull_slice (h, format, nal, gst_buffer_ref (in),
      gst_buffer_ref (remove ? plain : in));
  assert_metas (out, format, messages, N_MESSAGES);
  gst_buffer_unref (out);

  /* the others stay */
  g_object_set (h->element, "payload-types", "65534,7", NULL);
  out = push_and_pull_slice (h, format, nal, in, gst_buffer_ref (in));
  assert_metas (out, format, NULL, 0);
  gst_buffer_unref (out);
  gst_buffer_unref (plain);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* What is injected and removed again leaves no trace. */
GST_START_TEST (test_othertypes_remove_undoes_seiinject)
{
  const TestFormat *format = &test_formats[__i__ / 2];
  const gboolean nal = __i__ & 1;
  GstHarness *h = gst_harness_new_parse ("seiinject ! seiextract remove=true "
      "payload-types=" ALL_TYPES);
  gchar *caps = nal ? test_nal_caps (format) : test_caps (format);
  GstBuffer *in = test_access_unit (format, 0);
  GstBuffer *expected = gst_buffer_copy (in);

  gst_harness_set_src_caps_str (h, caps);
  for (guint i = 0; i < N_MESSAGES; i++)
    add_meta (in, &messages[i]);
  GstBuffer *out = push_and_pull_slice (h, format, nal, in, expected);

  assert_metas (out, format, messages, N_MESSAGES);
  gst_buffer_unref (out);
  g_free (caps);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* Every NAL unit of three messages */
GST_START_TEST (test_othertypes_remove_any_message_of_nal_unit)
{
  static const TestMessage kinds[4] = {
    TEST_OURS, BINARY (100, zeros), BINARY (240, "x\0\0"), BINARY (3, "\0\0\3")
  };
  static const gchar *const lists[] =
      { "100", "100,240", "5,240", "3,5,100,240" };
  static const guint listed[] = { 2, 6, 5, 15 };        /* bits of kinds */
  const TestFormat *format = &test_formats[__i__];

  for (guint k = 0; k < G_N_ELEMENTS (lists); k++) {
    GstHarness *h = test_remove_harness (format, "");

    g_object_set (h->element, "payload-types", lists[k], NULL);
    for (guint combination = 0; combination < 4 * 4 * 4; combination++) {
      const guint chosen[3] = {
        combination % 4, combination / 4 % 4, combination / 16
      };
      GstBuffer *in = test_access_unit (format, combination);
      GstBuffer *expected = gst_buffer_copy (in);
      TestMessage all[3], read[3], left[3];
      guint n_read = 0, n_left = 0;

      for (guint i = 0; i < 3; i++) {
        all[i] = kinds[chosen[i]];
        if (listed[k] >> chosen[i] & 1)
          read[n_read++] = all[i];
        else
          left[n_left++] = all[i];
      }
      in = test_insert_sei (format, in, all, 3);
      expected = test_insert_sei (format, expected, left, n_left);
      GstBuffer *out = gst_harness_push_and_pull (h, in);

      test_assert_bytes (out, expected);
      assert_metas (out, format, read, n_read);
      gst_buffer_unref (out);
      gst_buffer_unref (expected);
    }
    gst_harness_teardown (h);
  }
}

GST_END_TEST;

/* A message of type 5 that is too short for a UUID is broken if it is to be read. */
GST_START_TEST (test_othertypes_uuid_is_of_type_5_alone)
{
  static const TestMessage mixed[] = {
    BINARY (5, "short"), TEST_OURS, BINARY (100, "short"), TEST_OTHER,
    BINARY (100, ""), TEST_BANNER
  };
  static const TestMessage of_100[] = {
    BINARY (100, "short"), BINARY (100, "")
  };
  static const TestMessage of_both[] = {
    TEST_OURS, BINARY (100, "short"), BINARY (100, "")
  };
  GstHarness *h = test_harness ("seiextract", test_h264);
  GstBuffer *in = test_insert_sei (test_h264, test_access_unit (test_h264, 0),
      mixed, G_N_ELEMENTS (mixed));
  GstBuffer *out;

  g_object_set (h->element, "payload-types", "100", "uuid",
      "a4b00512d794561186b717406de2f1de", NULL);
  out = gst_harness_push_and_pull (h, gst_buffer_ref (in));
  assert_metas (out, test_h264, of_100, 2);
  assert_equals_uint64 (test_stat (h->element, "messages"), 2);
  assert_equals_uint64 (test_stat (h->element, "ignored"), 0);
  assert_equals_uint64 (test_stat (h->element, "broken"), 0);
  gst_buffer_unref (out);

  g_object_set (h->element, "payload-types", "5, 100", NULL);
  out = gst_harness_push_and_pull (h, in);
  assert_metas (out, test_h264, of_both, 3);
  assert_equals_uint64 (test_stat (h->element, "messages"), 5);
  assert_equals_uint64 (test_stat (h->element, "ignored"), 2);
  assert_equals_uint64 (test_stat (h->element, "broken"), 1);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_othertypes_message_on_the_bus_says_the_type)
{
  static const TestMessage two[] = { BINARY (240, "x"), TEST_OURS };
  static const gchar *const uuids[] = {
    "00000000-0000-0000-0000-000000000000",
    "a4b00512-d794-5611-86b7-17406de2f1de"
  };
  GstHarness *h = test_harness ("seiextract", test_h264);
  GstBus *bus = gst_bus_new ();

  gst_element_set_bus (h->element, bus);
  g_object_set (h->element, "post-messages", TRUE, "payload-types", "5,240",
      NULL);
  gst_buffer_unref (gst_harness_push_and_pull (h, test_insert_sei (test_h264,
              test_access_unit (test_h264, 0), two, 2)));
  for (guint i = 0; i < 2; i++) {
    GstMessage *message = gst_bus_pop_filtered (bus, GST_MESSAGE_ELEMENT);
    const GstStructure *s = gst_message_get_structure (message);
    guint type;

    fail_unless (gst_structure_get_uint (s, "payload-type", &type));
    assert_equals_int (type, two[i].type);
    fail_unless_equals_string (gst_structure_get_string (s, "uuid"), uuids[i]);
    gst_message_unref (message);
  }
  gst_element_set_bus (h->element, NULL);
  gst_object_unref (bus);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_othertypes_metadata_pad_says_the_type)
{
  static const TestMessage three[] = {
    BINARY (240, "{\"dji\":1}"), TEST_OURS, BINARY (100, "")
  };
  GstStaticPadTemplate *const templates[] = {
    &test_any_template, &test_json_template
  };
  GstHarness *h = test_harness ("seiextract", test_h264);
  GstHarness *m = test_pad_harness (h, templates[__i__]);

  g_object_set (h->element, "payload-types", "5,100,240", NULL);
  gst_buffer_unref (gst_harness_push_and_pull (h, test_insert_sei (test_h264,
              test_access_unit (test_h264, 0), three, 3)));
  for (guint i = 0; i < 3; i++) {
    GstBuffer *buffer = gst_harness_pull (m);
    const GstSeiMeta *meta = gst_sei_buffer_get_meta (buffer);

    assert_equals_uint64 (GST_BUFFER_PTS (buffer), 40 * GST_MSECOND);
    if (three[i].uuid)
      fail_if (meta);
    else
      assert_metas (buffer, test_h264, &three[i], 1);
    gst_buffer_unref (buffer);
  }
  test_pad_release (h, m);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_othertypes_bad_list_does_not_start)
{
  static const gchar *const lists[] = { "", "5,", "all", "65536", "-1", NULL };
  GstElement *element = gst_element_factory_make ("seiextract", NULL);
  GstBus *bus = gst_bus_new ();

  gst_element_set_bus (element, bus);
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++) {
    GstMessage *message;

    g_object_set (element, "payload-types", lists[i], NULL);
    fail_unless_equals_int (gst_element_set_state (element, GST_STATE_PAUSED),
        GST_STATE_CHANGE_FAILURE);
    message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
    fail_unless (message);
    gst_message_unref (message);
  }
  g_object_set (element, "payload-types", " 5 , 100 ", NULL);
  fail_if (gst_element_set_state (element, GST_STATE_PAUSED) ==
      GST_STATE_CHANGE_FAILURE);
  gst_element_set_state (element, GST_STATE_NULL);
  gst_element_set_bus (element, NULL);
  gst_object_unref (bus);
  gst_object_unref (element);
}

GST_END_TEST;

GST_START_TEST (test_othertypes_bad_list_while_running_changes_nothing)
{
  static const TestMessage two[] = { BINARY (240, "x"), TEST_OURS };
  GstHarness *h = test_harness ("seiextract", test_h264);
  gchar *text;

  g_object_get (h->element, "payload-types", &text, NULL);
  fail_unless_equals_string (text, "5");
  g_free (text);
  g_object_set (h->element, "payload-types", "240", NULL);
  g_object_set (h->element, "payload-types", "5;240", NULL);
  g_object_get (h->element, "payload-types", &text, NULL);
  fail_unless_equals_string (text, "5;240");
  g_free (text);
  GstBuffer *out = gst_harness_push_and_pull (h, test_insert_sei (test_h264,
          test_access_unit (test_h264, 0), two, 2));

  assert_metas (out, test_h264, two, 1);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* As from the pad "metadata" of seiextract. A line has the type of the buffer that it
 * begins in. */
GST_START_TEST (test_othertypes_metadata_pad_keeps_the_type)
{
  static const TestMessage message = BINARY (240, "{\"dji\":1}");
  GstHarness *h = test_video_harness (FALSE);
  GstHarness *m = test_joined_harness (h, __i__ == 0 ? "meta/x-sei" :
      "application/x-ndjson", FALSE);
  GstBuffer *payload = test_payload (__i__ == 0 ? "{\"dji\":1}" : "{\"dji", 40);

  add_meta (payload, &message);
  fail_unless_equals_int (gst_harness_push (m, payload), GST_FLOW_OK);
  if (__i__ == 1)
    test_push_payload (m, "\":1}\n", 40);
  gst_harness_push_event (m, gst_event_new_eos ());

  GstBuffer *in = test_access_unit (test_h264, 0);
  GstBuffer *expected =
      test_insert_sei (test_h264, gst_buffer_copy (in), &message, 1);
  GstBuffer *out = gst_harness_push_and_pull (h, in);

  test_assert_bytes (out, expected);
  gst_buffer_unref (expected);
  gst_buffer_unref (out);
  test_joined_teardown (h, m);
}

GST_END_TEST;

static Suite *
othertypes_suite (void)
{
  Suite *s = suite_create ("othertypes");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_othertypes_inject_each_meta_with_its_type, 0,
      2 * N_TEST_FORMATS);
  tcase_add_loop_test (tc, test_othertypes_inject_what_is_not_there, 0,
      2 * N_TEST_FORMATS);
  tcase_add_test (tc, test_othertypes_inject_meta_behind_its_message);
  tcase_add_test (tc, test_othertypes_inject_bounds_hold_for_all);
  tcase_add_loop_test (tc, test_othertypes_extract_reads_those_listed, 0,
      4 * N_TEST_FORMATS);
  tcase_add_loop_test (tc, test_othertypes_remove_undoes_seiinject, 0,
      2 * N_TEST_FORMATS);
  tcase_add_loop_test (tc, test_othertypes_remove_any_message_of_nal_unit, 0,
      N_TEST_FORMATS);
  tcase_add_test (tc, test_othertypes_uuid_is_of_type_5_alone);
  tcase_add_test (tc, test_othertypes_message_on_the_bus_says_the_type);
  tcase_add_loop_test (tc, test_othertypes_metadata_pad_says_the_type, 0, 2);
  tcase_add_loop_test (tc, test_othertypes_metadata_pad_keeps_the_type, 0, 2);
  tcase_add_test (tc, test_othertypes_bad_list_does_not_start);
  tcase_add_test (tc, test_othertypes_bad_list_while_running_changes_nothing);

  return s;
}

GST_CHECK_MAIN (othertypes);
