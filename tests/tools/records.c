/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The records that the bridge makes, byte for byte */

#include "records.h"

#include <gst/check/gstcheck.h>
#include <gst/check/gsttestclock.h>
#include <string.h>

#include "forgetful.h"
#include "jsontext.h"
#include "jsontime.h"

#define NOW "4000000000"
#define ADDED "\"bridge_ts_ns\":" NOW ",\"sender_ts_ns\":0"
#define RECORD_META "GstKafkaRecordMeta"

static GstElement *element;     /* its clock stands still at NOW */

static void
open_bed (void)
{
  static const char *tags[] = { NULL };
  g_autoptr (GstClock) clock = gst_test_clock_new_with_start_time (4 *
      GST_SECOND);

  if (!gst_meta_get_info (RECORD_META))
    gst_meta_register_custom (RECORD_META, tags, NULL, NULL, NULL);
  element = gst_bin_new (NULL);
  gst_element_set_state (element, GST_STATE_PLAYING);
  gst_element_set_clock (element, clock);
  gst_element_set_base_time (element, 1 * GST_SECOND);
}

static void
close_bed (void)
{
  gst_element_set_state (element, GST_STATE_NULL);
  g_clear_pointer (&element, gst_object_unref);
}

/* A buffer whose bytes have nothing behind them */
static GstBuffer *
payload_new (const char *json)
{
  return gst_buffer_new_memdup (json, strlen (json));
}

/* Returns: (transfer full): what the record has, which it takes over */
static char *
read_text (GstBuffer * record)
{
  gsize size;
  char *text;

  fail_unless (record != NULL);
  size = gst_buffer_get_size (record);
  text = g_malloc0 (size + 1);
  gst_buffer_extract (record, 0, text, size);
  fail_unless_equals_uint64 (strlen (text), size);
  gst_buffer_unref (record);
  return text;
}

static void
assert_makes (RecordsSettings settings, const char *stream_id,
    const char *json, const char *expected)
{
  g_autofree char *text = NULL;
  Records records;

  records_init (&records, &settings, element);
  text = read_text (records_make (&records, stream_id, NULL,
          payload_new (json)));
  fail_unless_equals_string (text, expected);
  fail_unless_equals_int (records_get_n_unreadable (&records), 0);
}

static void
assert_named (const char *json, const char *expected)
{
  assert_makes ((RecordsSettings) {
      FALSE}, "cam 1", json, expected);
}

GST_START_TEST (test_records_get_what_they_lack)
{
  assert_makes ((RecordsSettings) {
      FALSE}, NULL, "{}", "{" ADDED "}");
  assert_makes ((RecordsSettings) {
      FALSE}, NULL, " { \"a\" : [ 1, 2.50 ] }\n", "{\"a\":[1,2.50]," ADDED "}");
  assert_makes ((RecordsSettings) {
      FALSE}, NULL,
      "{\"bridge_ts_ns\":1,\"ts_ns\":\"-7\",\"sender_ts_ns\":{},\"time\":3}",
      "{\"ts_ns\":\"-7\",\"time\":3,\"bridge_ts_ns\":" NOW
      ",\"sender_ts_ns\":-7}");
  assert_makes ((RecordsSettings) {
      .has_newline = TRUE}, NULL, "{\"a\":1}", "{\"a\":1," ADDED "}\n");
  /* the longest numbers that there are */
  assert_makes ((RecordsSettings) {
      .has_newline = TRUE}, "c",
      "{\"ts_ns\":-9223372036854775808}", "{\"ts_ns\":-9223372036854775808,"
      "\"stream_id\":\"c\",\"bridge_ts_ns\":" NOW
      ",\"sender_ts_ns\":-9223372036854775808}\n");
}

GST_END_TEST;

GST_START_TEST (test_records_get_the_name_of_their_input)
{
  assert_named ("{}", "{\"stream_id\":\"cam 1\"," ADDED "}");
  assert_named ("{\"a\":1}", "{\"a\":1,\"stream_id\":\"cam 1\"," ADDED "}");
  assert_named ("{\"raw\":\"x\\ufffd\"}",
      "{\"raw\":\"x\\ufffd\",\"stream_id\":\"cam 1\"," ADDED "}");
  /* what is only removed */
  assert_named ("{\"bridge_ts_ns\":1}", "{\"stream_id\":\"cam 1\"," ADDED "}");
  /* has one */
  assert_named ("{\"stream_id\":\"b\"}", "{\"stream_id\":\"b\"," ADDED "}");
  assert_named ("{\"stream_id\":7}", "{\"stream_id\":7," ADDED "}");
  assert_named ("{\"stream_id\":null,\"a\":1}",
      "{\"stream_id\":null,\"a\":1," ADDED "}");
  assert_named ("{\"str\\u0065am_id\":\"b\"}",
      "{\"str\\u0065am_id\":\"b\"," ADDED "}");
  /* has none */
  assert_named ("{\"a\":{\"stream_id\":\"b\"}}",
      "{\"a\":{\"stream_id\":\"b\"},\"stream_id\":\"cam 1\"," ADDED "}");
  assert_named ("{\"a\":\"stream_id\"}",
      "{\"a\":\"stream_id\",\"stream_id\":\"cam 1\"," ADDED "}");
}

GST_END_TEST;

GST_START_TEST (test_records_escape_the_name)
{
  g_autofree char *control = g_strnfill (255, '\001');
  g_autoptr (GString) escaped = g_string_new (NULL);
  g_autofree char *expected = NULL;

  assert_makes ((RecordsSettings) {
      FALSE}, "a\"\\\303\251", "{}",
      "{\"stream_id\":\"a\\\"\\\\\303\251\"," ADDED "}");
  for (guint i = 0; i < 255; i++)
    g_string_append (escaped, "\\u0001");
  expected = g_strdup_printf ("{\"stream_id\":\"%s\"," ADDED "}", escaped->str);
  assert_makes ((RecordsSettings) {
      FALSE}
      , control, "{}", expected);
}

GST_END_TEST;

static void
add_reference (GstBuffer * buffer, const char *caps_text, guint64 ns)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (caps_text);

  gst_buffer_add_reference_timestamp_meta (buffer, caps, ns,
      GST_CLOCK_TIME_NONE);
}

/* Returns: what the record says in Unix time, in ns; 0 if it says nothing */
static guint64
get_reference (GstBuffer * record)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string ("timestamp/x-unix");
  GstReferenceTimestampMeta *meta =
      gst_buffer_get_reference_timestamp_meta (record, caps);

  return meta ? meta->timestamp : 0;
}

/* Makes a record with its time, and asserts that time and meta say the same.
 * @payload: (transfer full): {"time":0,"a":1}
 * Returns: milliseconds since 1970 */
static gint64
make_timed (GstPad * pad, GstBuffer * payload)
{
  static const char start[] =
      "{\"a\":1,\"stream_id\":\"c\"," ADDED ",\"time\":\"";
  const RecordsSettings settings = {.has_time = TRUE };
  g_autofree char *text = NULL;
  JsonTextValue value;
  Records records;
  GstBuffer *record;
  guint64 reference;
  gint64 ms;

  records_init (&records, &settings, element);
  record = records_make (&records, "c", pad, payload);
  reference = get_reference (record);
  text = read_text (record);
  fail_unless (g_str_has_prefix (text, start), "%s", text);
  fail_unless_equals_uint64 (strlen (text),
      strlen (start) + strlen ("1970-01-01T00:00:00.000Z\"}"));
  fail_unless (json_text_find (text, strlen (text), "time", &value));
  fail_unless (json_time_to_ms (value.text + 1, value.size - 2, &ms));
  fail_unless (reference / GST_MSECOND == (guint64) ms);
  return ms;
}

static GstBuffer *
timed_payload (void)
{
  return payload_new ("{\"time\":0,\"a\":1}");
}

GST_START_TEST (test_records_have_the_time_of_their_capture)
{
  static const guint64 ntp_ns = G_GUINT64_CONSTANT (2208988800) * GST_SECOND;
  const gint64 now_ms = g_get_real_time () / 1000;
  const gint64 times[] = { now_ms, now_ms - 3600 * 1000, now_ms + 60 * 1000,
    now_ms / 1000 * 1000, now_ms / 1000 * 1000 - 1
  };

  for (guint i = 0; i < G_N_ELEMENTS (times); i++) {
    const guint64 ns = times[i] * GST_MSECOND + 999999;
    GstBuffer *payload = timed_payload ();

    add_reference (payload, "timestamp/x-unix", ns);
    fail_unless_equals_int64 (make_timed (NULL, payload), times[i]);
    payload = timed_payload ();
    add_reference (payload, "timestamp/x-ntp", ns + ntp_ns);
    fail_unless_equals_int64 (make_timed (NULL, payload), times[i]);
  }
}

GST_END_TEST;

GST_START_TEST (test_records_keep_a_finer_reference)
{
  const guint64 ns = g_get_real_time () * GST_USECOND + 123;
  const RecordsSettings settings = {.has_time = TRUE };
  GstBuffer *record = timed_payload ();
  Records records;

  add_reference (record, "timestamp/x-unix", ns);
  records_init (&records, &settings, element);
  record = records_make (&records, NULL, NULL, record);
  fail_unless_equals_uint64 (get_reference (record), ns);
  fail_unless_equals_int (gst_buffer_get_n_meta (record,
          GST_REFERENCE_TIMESTAMP_META_API_TYPE), 1);
  gst_buffer_unref (record);
}

GST_END_TEST;

/* What no broker would take: years from 1970 on, up to the last one that there is */
GST_START_TEST (test_records_have_no_implausible_time)
{
  static const guint64 s[] = { 0, 1, 253402300799, G_MAXUINT64 / GST_SECOND };
  const gint64 before_ms = g_get_real_time () / 1000;

  for (guint i = 0; i < G_N_ELEMENTS (s); i++) {
    GstBuffer *payload = timed_payload ();
    gint64 ms;

    add_reference (payload, "timestamp/x-unix", s[i] * GST_SECOND);
    ms = make_timed (NULL, payload);
    fail_unless (ms >= before_ms && ms <= g_get_real_time () / 1000);
  }
}

GST_END_TEST;

GST_START_TEST (test_records_have_the_time_of_their_arrival)
{
  g_autoptr (GstPad) pad = gst_pad_new (NULL, GST_PAD_SRC);
  gint64 before_ms = g_get_real_time () / 1000;
  GstSegment segment;
  GstBuffer *payload;
  gint64 ms;

  /* no live source: now */
  payload = timed_payload ();
  GST_BUFFER_PTS (payload) = 2 * GST_SECOND;
  ms = make_timed (NULL, payload);
  fail_unless (ms >= before_ms && ms <= g_get_real_time () / 1000);

  /* a live one: at running time 0.5 s of 3 s */
  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.start = 1500 * GST_MSECOND;
  gst_pad_set_active (pad, TRUE);
  fail_unless (gst_pad_push_event (pad, gst_event_new_stream_start ("s")));
  fail_unless (gst_pad_push_event (pad, gst_event_new_segment (&segment)));
  payload = timed_payload ();
  GST_BUFFER_PTS (payload) = 2 * GST_SECOND;
  before_ms = g_get_real_time () / 1000;
  ms = make_timed (pad, payload) + 2500;
  fail_unless (ms >= before_ms - 1 && ms <= g_get_real_time () / 1000 + 1,
      "%" G_GINT64_FORMAT, ms - before_ms);

  /* without a time of its own: now */
  before_ms = g_get_real_time () / 1000;
  ms = make_timed (pad, timed_payload ());
  fail_unless (ms >= before_ms && ms <= g_get_real_time () / 1000);
}

GST_END_TEST;

/* Returns: (transfer full) (nullable): the text of the key that it brings along */
static char *
get_key (GstBuffer * record)
{
  GstCustomMeta *meta = gst_buffer_get_custom_meta (record, RECORD_META);
  const GValue *value;
  gsize size;
  const char *text;

  if (!meta)
    return NULL;
  value = gst_structure_get_value (gst_custom_meta_get_structure (meta), "key");
  text = g_bytes_get_data (g_value_get_boxed (value), &size);
  return g_strndup (text, size);
}

static void
assert_key (gboolean key_is_seq, const char *json, const char *expected)
{
  const RecordsSettings settings = {.key_is_seq = key_is_seq };
  g_autofree char *key = NULL;
  Records records;
  GstBuffer *record;

  records_init (&records, &settings, element);
  record = records_make (&records, NULL, NULL, payload_new (json));
  key = get_key (record);
  fail_unless_equals_string (key, expected);
  gst_buffer_unref (record);
}

GST_START_TEST (test_records_have_a_time_before_there_is_a_clock)
{
  const GstClockTime before = gst_util_get_timestamp ();
  g_autofree char *text = NULL;
  Records records;

  gst_element_set_clock (element, NULL);
  records_init (&records, &(RecordsSettings) {
      FALSE}, element);
  text = read_text (records_make (&records, NULL, NULL, payload_new ("{}")));
  fail_unless (g_str_has_prefix (text, "{\"bridge_ts_ns\":"));
  fail_unless (g_ascii_strtoull (text + strlen ("{\"bridge_ts_ns\":"), NULL, 10)
      >= before);
}

GST_END_TEST;

GST_START_TEST (test_records_have_seq_as_their_key)
{
  assert_key (TRUE, "{\"seq\":1.50}", "1.50");
  assert_key (TRUE, "{\"seq\":\"a\\u0062\"}", "ab");
  assert_key (TRUE, "{\"seq\":null}", NULL);
  assert_key (TRUE, "{\"a\":{\"seq\":1}}", NULL);
  assert_key (FALSE, "{\"seq\":1}", NULL);
}

GST_END_TEST;

static void
assert_expands (const char *template, const char *json, const char *expected)
{
  g_autoptr (KafkaTemplate) parsed = kafka_template_parse (template, NULL);
  const RecordsSettings settings = {.key = parsed };
  g_autofree char *key = NULL;
  Records records;
  GstBuffer *record;

  records_init (&records, &settings, element);
  record = records_make (&records, "cam 1", NULL, payload_new (json));
  key = get_key (record);
  fail_unless_equals_string (key, expected);
  fail_unless_equals_int (records_get_n_without_key (&records),
      expected == NULL);
  gst_buffer_unref (record);
}

GST_START_TEST (test_records_have_a_key_of_all_of_their_members)
{
  assert_expands ("{a}/{b}", "{\"b\":\"x\",\"a\":1.50}", "1.50/x");
  /* ours, too */
  assert_expands ("{stream_id}-{sender_ts_ns}", "{\"ts_ns\":7}", "cam 1-7");
  assert_expands ("{stream_id}", "{\"stream_id\":\"b\"}", "b");
  assert_expands ("x{a}", "{}", "x");
  /* in NULL's place there is what all others have that lack it */
  assert_expands ("{a}", "{\"b\":{\"a\":1}}", NULL);
  assert_expands ("{a}{b}", "{\"a\":\"\"}", NULL);
}

GST_END_TEST;

/* Those that are counted have a time of their own, and cannot keep it. */
GST_START_TEST (test_records_count_times_that_are_far_off)
{
  const guint64 now_ns = g_get_real_time () * GST_USECOND;
  const struct
  {
    gboolean needs_time;
    guint64 ns;                 /* 0: none */
    guint n;
  } cases[] = {
    {TRUE, now_ns - 25 * 3600 * GST_SECOND, 1},
    {TRUE, now_ns + 700 * GST_SECOND, 1},
    {TRUE, 1, 1},
    {TRUE, now_ns - 23 * 3600 * GST_SECOND, 0},
    {TRUE, now_ns, 0},
    {TRUE, 0, 0},
    {FALSE, 1, 0},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const RecordsSettings settings = {.needs_time = cases[i].needs_time };
    GstBuffer *payload = payload_new ("{}");
    Records records;

    if (cases[i].ns > 0)
      add_reference (payload, "timestamp/x-unix", cases[i].ns);
    records_init (&records, &settings, element);
    gst_buffer_unref (records_make (&records, NULL, NULL, payload));
    fail_unless_equals_int (records_get_n_far_off (&records), cases[i].n);
  }
}

GST_END_TEST;

/* What a drone says of the time is not replaced by what we know of it. */
GST_START_TEST (test_records_of_klv_keep_their_time)
{
  const RecordsSettings settings = {.has_time = TRUE };
  static const char *const kept[] = {
    "{\"type\":\"klv\",\"time\":\"2009-01-12T22:08:22.000001Z\",\"a\":1}",
    "{\"time\":null,\"type\":\"klv\"}",
  };
  static const char *const replaced[] = {
    "{\"type\":\"klv\"}", "{\"time\":3}", "{\"type\":\"text\",\"time\":3}",
    "{\"a\":{\"type\":\"klv\"},\"time\":3}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (kept); i++) {
    g_autofree char *expected = g_strdup_printf ("%.*s," ADDED "}",
        (int) strlen (kept[i]) - 1, kept[i]);

    assert_makes (settings, NULL, kept[i], expected);
  }
  for (guint i = 0; i < G_N_ELEMENTS (replaced); i++) {
    g_autofree char *text = NULL;
    Records records;

    records_init (&records, &settings, element);
    text = read_text (records_make (&records, NULL, NULL,
            payload_new (replaced[i])));
    fail_unless (strstr (text, ADDED ",\"time\":\"20"), "%s", text);
    fail_if (strstr (text, "\"time\":3"), "%s", text);
  }
}

GST_END_TEST;

GST_START_TEST (test_records_keep_what_the_payload_says_of_itself)
{
  const RecordsSettings settings = {.key_is_seq = TRUE };
  GstBuffer *payload = payload_new ("{\"seq\":1}");
  Records records;
  GstBuffer *record;

  GST_BUFFER_PTS (payload) = 5;
  GST_BUFFER_DTS (payload) = 4;
  GST_BUFFER_DURATION (payload) = 3;
  GST_BUFFER_FLAG_SET (payload, GST_BUFFER_FLAG_MARKER);
  add_reference (payload, "timestamp/x-unix", 7);
  records_init (&records, &settings, element);
  record = records_make (&records, "c", NULL, payload);
  fail_unless_equals_uint64 (GST_BUFFER_PTS (record), 5);
  fail_unless_equals_uint64 (GST_BUFFER_DTS (record), 4);
  fail_unless_equals_uint64 (GST_BUFFER_DURATION (record), 3);
  fail_unless (GST_BUFFER_FLAG_IS_SET (record, GST_BUFFER_FLAG_MARKER));
  fail_unless_equals_uint64 (get_reference (record), 7);
  gst_buffer_unref (record);
}

GST_END_TEST;

/* A buffer whose memory nobody can read */
static GstBuffer *
unreadable_payload (void)
{
  g_autoptr (GstAllocator) allocator = forgetful_new ();
  GstBuffer *payload = forgetful_buffer (allocator, 1);

  forgetful_set_maps (allocator, 0);
  return payload;
}

GST_START_TEST (test_records_count_what_cannot_be_read)
{
  const RecordsSettings settings = { FALSE };
  Records records;

  records_init (&records, &settings, element);
  for (guint i = 1; i <= 2; i++) {
    fail_if (records_make (&records, "c", NULL, unreadable_payload ()));
    fail_unless_equals_int (records_get_n_unreadable (&records), i);
  }
}

GST_END_TEST;

#define N_RECORDS 10000
#define N_UNREADABLE 20         /* for each of these */

typedef struct
{
  Records *records;
  const char *stream_id;
} Input;

static gpointer
make_many (gpointer data)
{
  const Input *input = data;
  g_autofree char *expected = g_strdup_printf ("{\"a\":1,\"stream_id\":\"%s\","
      ADDED "}", input->stream_id);

  for (guint i = 0; i < N_RECORDS; i++) {
    g_autofree char *text = read_text (records_make (input->records,
            input->stream_id, NULL, payload_new ("{\"a\":1}")));

    fail_unless_equals_string (text, expected);
    for (guint j = 0; j < N_UNREADABLE; j++)
      fail_if (records_make (input->records, input->stream_id, NULL,
              gst_buffer_ref (g_object_get_data (G_OBJECT (element), "no"))));
  }
  return NULL;
}

GST_START_TEST (test_records_come_from_several_threads)
{
  const RecordsSettings settings = { FALSE };
  Records records;
  const Input inputs[] = { {&records, "one"}, {&records, "two"} };
  GThread *threads[G_N_ELEMENTS (inputs)];

  records_init (&records, &settings, element);
  g_object_set_data_full (G_OBJECT (element), "no", unreadable_payload (),
      (GDestroyNotify) gst_buffer_unref);
  for (guint i = 0; i < G_N_ELEMENTS (inputs); i++)
    threads[i] = g_thread_new (inputs[i].stream_id, make_many,
        (gpointer) & inputs[i]);
  for (guint i = 0; i < G_N_ELEMENTS (inputs); i++)
    g_thread_join (threads[i]);
  fail_unless_equals_int (records_get_n_unreadable (&records),
      2 * N_RECORDS * N_UNREADABLE);
}

GST_END_TEST;

static Suite *
records_suite (void)
{
  Suite *s = suite_create ("records");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_set_timeout (tc, 120);
  tcase_add_checked_fixture (tc, open_bed, close_bed);
  tcase_add_test (tc, test_records_get_what_they_lack);
  tcase_add_test (tc, test_records_get_the_name_of_their_input);
  tcase_add_test (tc, test_records_escape_the_name);
  tcase_add_test (tc, test_records_have_the_time_of_their_capture);
  tcase_add_test (tc, test_records_keep_a_finer_reference);
  tcase_add_test (tc, test_records_have_no_implausible_time);
  tcase_add_test (tc, test_records_have_the_time_of_their_arrival);
  tcase_add_test (tc, test_records_have_a_time_before_there_is_a_clock);
  tcase_add_test (tc, test_records_have_seq_as_their_key);
  tcase_add_test (tc, test_records_have_a_key_of_all_of_their_members);
  tcase_add_test (tc, test_records_count_times_that_are_far_off);
  tcase_add_test (tc, test_records_of_klv_keep_their_time);
  tcase_add_test (tc, test_records_keep_what_the_payload_says_of_itself);
  tcase_add_test (tc, test_records_count_what_cannot_be_read);
  tcase_add_test (tc, test_records_come_from_several_threads);
  return s;
}

GST_CHECK_MAIN (records);
