/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Templates in headers and keys, and what is wrong with them. */

#include "bed.h"

/* The message of the next warning or error on the bus, which the caller frees. */
static char *
wait_text (Bed * bed, GstMessageType type)
{
  GstMessage *message = bed_wait (bed, type, NULL);
  GError *error;
  char *text;

  if (type == GST_MESSAGE_ERROR)
    gst_message_parse_error (message, &error, NULL);
  else
    gst_message_parse_warning (message, &error, NULL);
  fail_unless (g_error_matches (error, GST_RESOURCE_ERROR,
          GST_RESOURCE_ERROR_SETTINGS));
  text = g_strdup (error->message);
  g_error_free (error);
  gst_message_unref (message);
  return text;
}

static void
assert_tells (Bed * bed, GstMessageType type, const char *part)
{
  g_autofree char *text = wait_text (bed, type);

  fail_unless (strstr (text, part) != NULL, "%s: %s", part, text);
}

static void
assert_no_warning (Bed * bed)
{
  GstMessage *message = gst_bus_pop_filtered (bed->bus, GST_MESSAGE_WARNING);

  fail_unless (message == NULL);
}

static void
set_headers (Bed * bed, const char *text)
{
  GstStructure *s = gst_structure_from_string (text, NULL);

  fail_unless (s != NULL);
  g_object_set (bed->sink, "headers", s, NULL);
  gst_structure_free (s);
}

GST_START_TEST (test_kafkasink_headers_are_templates)
{
  const char *const payloads[] = {
    "{\"stream_id\":\"n\\u00f6rd\\n\",\"seq\":1.50,\"a.b\":null,\"seq\":2e0}",
    "{\"stream_id\":\"\",\"seq\":{\"a\":[1]}}",
    "{\"seq\":3}", "[{\"stream_id\":1,\"seq\":2}]", "\xff{seq}", "{}"
  };
  const guint n = G_N_ELEMENTS (payloads);
  Bed bed;
  Record *records;

  bed_open (&bed, NULL, "headers=\"h,ce_id=(string)\\\"{stream_id}/{seq}\\\","
      "id=(string)\\\"{stream_id}\\\",dot=\\\"{a.b}\\\",braces=\\\"{{seq}}\\\","
      "empty=(string)\\\"\\\",n=(int)7,d=(double)0.5,hot=true\"");
  bed_play (&bed);
  for (guint i = 0; i < n; i++)
    bed_push_text (&bed, payloads[i]);
  bed_push (&bed, gst_buffer_new ());
  bed_finish (&bed);
  assert_no_warning (&bed);
  records = bed_consume (&bed, n + 1);
  assert_header (&records[0], "ce_id", "n\xc3\xb6rd\n/2e0");
  assert_header (&records[0], "id", "n\xc3\xb6rd\n");
  assert_header (&records[0], "dot", "null");
  assert_header (&records[1], "ce_id", "/{\"a\":[1]}");
  /* there, and empty */
  assert_header (&records[1], "id", "");
  assert_header (&records[1], "dot", NULL);
  for (guint i = 2; i < n + 1; i++) {
    assert_header (&records[i], "ce_id", NULL);
    assert_header (&records[i], "id", NULL);
  }
  for (guint i = 0; i < n + 1; i++) {
    assert_header (&records[i], "braces", "{seq}");
    assert_header (&records[i], "empty", "");
    assert_header (&records[i], "n", "7");
    assert_header (&records[i], "d", "0.5");
    assert_header (&records[i], "hot", "true");
  }
  bed_free_records (records, n + 1);
  bed_close (&bed);
}

GST_END_TEST;

/* Time, key and headers want members, one of them the same, and in another order than
 * they have in the record */
GST_START_TEST (test_kafkasink_time_key_and_headers_find_their_members)
{
  const gint64 ms = g_get_real_time () / 1000 - 1000;
  g_autofree char *whole = g_strdup_printf ("{\"c\":[1,{\"a\":0}],\"b\":\"B\","
      "\"a\":1,\"t\":%" G_GINT64_FORMAT ",\"a\":2}", ms);
  Bed bed;
  Record *records;

  bed_open (&bed, NULL, "timestamp-member=t key=\"{a}-{b}\" headers=\"h,"
      "x=(string)\\\"{b}{c}\\\",y=(string)\\\"{missing}{a}\\\",n=(int)7,"
      "z=(string)\\\"{a}\\\"\"");
  bed_play (&bed);
  bed_push_text (&bed, whole);
  bed_push_text (&bed, "{\"b\":3}");
  bed_finish (&bed);
  records = bed_consume (&bed, 2);
  fail_unless_equals_string (records[0].key, "2-B");
  fail_unless_equals_int64 (records[0].timestamp_ms, ms);
  assert_header (&records[0], "x", "B[1,{\"a\":0}]");
  assert_header (&records[0], "y", NULL);
  assert_header (&records[0], "n", "7");
  assert_header (&records[0], "z", "2");
  fail_unless_equals_string (records[1].key, "-3");
  assert_header (&records[1], "x", NULL);
  assert_header (&records[1], "z", NULL);
  fail_unless_equals_int (bed_stat (&bed, "timestamp-replaced"), 1);
  bed_free_records (records, 2);
  bed_close (&bed);
}

GST_END_TEST;

GST_START_TEST (test_kafkasink_header_keeps_nul)
{
  Bed bed;
  Record *records;
  const void *value;
  size_t size;

  bed_open (&bed, NULL, "headers=\"h,id=(string)\\\"{id}!\\\"\"");
  bed_play (&bed);
  bed_push_text (&bed, "{\"id\":\"a\\u0000b\"}");
  bed_finish (&bed);
  records = bed_consume (&bed, 1);
  fail_unless (rd_kafka_header_get_last (records[0].headers, "id", &value,
          &size) == 0);
  fail_unless_equals_int (size, 4);
  fail_unless (memcmp (value, "a\0b!", 4) == 0);
  bed_free_records (records, 1);
  bed_close (&bed);
}

GST_END_TEST;

/* No template: sent as before there were templates */
static const char *const no_templates[][2] = {
  {"{\"a\":1}", "{{\"a\":1}}"},
  {"{", "{{"},
  {"a}b", "a}}b"},
  {"{}", "{{}}"},
  {"{a b}", "{{a b}}"},
  {"{{a}", "{{{{a}}"},
  {"{a{b}}", "{{a{{b}}}}"},
  {"{a}/{\xc3\xa4}", "{{a}}/{{\xc3\xa4}}"},
};

GST_START_TEST (test_kafkasink_header_with_other_braces_is_warned_of_once)
{
  const char *value = no_templates[__i__][0];
  GstStructure *s = gst_structure_new ("h", "x", G_TYPE_STRING, value, NULL);
  GstStructure *found;
  g_autofree char *right =
      g_strdup_printf ("write %s ", no_templates[__i__][1]);
  Bed bed;
  Record *records;

  bed_open (&bed, NULL, "");
  g_object_set (bed.sink, "headers", s, NULL);
  assert_no_warning (&bed);
  bed_play (&bed);
  assert_tells (&bed, GST_MESSAGE_WARNING, right);
  bed_push_text (&bed, "{\"a\":1}");
  bed_push_text (&bed, "x");
  bed_finish (&bed);
  assert_no_warning (&bed);
  g_object_get (bed.sink, "headers", &found, NULL);
  fail_unless (gst_structure_is_equal (found, s));
  records = bed_consume (&bed, 2);
  for (guint i = 0; i < 2; i++)
    assert_header (&records[i], "x", value);
  bed_free_records (records, 2);
  bed_close (&bed);
  gst_structure_free (found);
  gst_structure_free (s);
}

GST_END_TEST;

GST_START_TEST (test_kafkasink_one_warning_names_all_headers_with_braces)
{
  g_autofree char *text = NULL;
  Bed bed;

  bed_open (&bed, NULL, "headers=\"h,x=\\\"{\\\",y=\\\"{id}\\\",z=\\\"}\\\"\"");
  gst_element_set_state (bed.sink, GST_STATE_READY);
  text = wait_text (&bed, GST_MESSAGE_WARNING);
  fail_unless (strstr (text, "'x'") && strstr (text, "'z'"), "%s", text);
  fail_if (strstr (text, "'y'"));
  assert_no_warning (&bed);
  bed_close (&bed);
}

GST_END_TEST;

static const char *const lists[][2] = {
  {"h,ce_id={seq}", "ce_id=(string)\"{seq}\""},
  {"h,ce_id={ a.b }", "ce_id=(string)\"{a.b}\""},
  {"h,ce_id=(string){seq,id}", "ce_id=(string)\"{seq}\""},
  {"h,ce_id=(int){1,2}", "ce_id=(string)\"{name}\""},
  {"h,ce_id=(string){\"a b\"}", "ce_id=(string)\"{name}\""},
  {"h,a=1,ce_id={}", "ce_id=(string)\"{name}\""},
};

GST_START_TEST (test_kafkasink_header_list_is_refused)
{
  Bed bed;

  bed_open (&bed, NULL, "");
  set_headers (&bed, lists[__i__][0]);
  fail_unless_equals_int (gst_element_set_state (bed.sink, GST_STATE_READY),
      GST_STATE_CHANGE_FAILURE);
  assert_tells (&bed, GST_MESSAGE_ERROR, lists[__i__][1]);
  gst_element_set_state (bed.sink, GST_STATE_NULL);

  /* set later, the change to PAUSED is what fails */
  set_headers (&bed, "h,a=1");
  fail_if (gst_element_set_state (bed.sink, GST_STATE_READY) ==
      GST_STATE_CHANGE_FAILURE);
  set_headers (&bed, lists[__i__][0]);
  assert_no_warning (&bed);
  fail_unless_equals_int (gst_element_set_state (bed.sink, GST_STATE_PAUSED),
      GST_STATE_CHANGE_FAILURE);
  assert_tells (&bed, GST_MESSAGE_ERROR, lists[__i__][1]);
  set_headers (&bed, "h,a=1");
  fail_if (gst_element_set_state (bed.sink, GST_STATE_PAUSED) ==
      GST_STATE_CHANGE_FAILURE);
  bed_close (&bed);
}

GST_END_TEST;

GST_START_TEST (test_kafkasink_faults_set_while_playing_are_told_once)
{
  Bed bed;
  Record *records;

  bed_open (&bed, NULL, "key=\"{id}\"");
  bed_play (&bed);
  /* whatever is set before it comes to the sink, it is sent with */
  bed_push_text (&bed, "{\"id\":1}");
  while (bed_stat (&bed, "enqueued") < 1)
    g_thread_yield ();
  for (guint i = 0; i < 3; i++) {
    set_headers (&bed, "h,x=\"{\"");
    set_headers (&bed, "h,a={id},b=\"{id}\"");
    g_object_set (bed.sink, "key", "{id", NULL);
  }
  assert_tells (&bed, GST_MESSAGE_WARNING, "write {{ ");
  assert_tells (&bed, GST_MESSAGE_WARNING, "a=(string)\"{id}\"");
  assert_tells (&bed, GST_MESSAGE_WARNING, "{id");
  assert_no_warning (&bed);
  bed_push_text (&bed, "{\"id\":2}");
  bed_finish (&bed);
  assert_no_warning (&bed);
  records = bed_consume (&bed, 2);
  fail_unless_equals_string (records[0].key, "1");
  fail_unless (records[1].key == NULL);
  assert_header (&records[1], "a", NULL);
  assert_header (&records[1], "b", "2");
  bed_free_records (records, 2);
  bed_close (&bed);
}

GST_END_TEST;

typedef struct
{
  Bed bed;
  gint done;
} Setting;

static gpointer
set_in_turns (gpointer data)
{
  Setting *setting = data;

  for (guint i = 0; !g_atomic_int_get (&setting->done); i++)
    set_headers (&setting->bed, i % 2 ? "h,a=(string)\"{id}-x\",b=x" :
        "h,a=(string)\"{id}-y\",b=y");
  return NULL;
}

GST_START_TEST (test_kafkasink_headers_change_while_records_pass)
{
  const guint n = 300;
  Setting setting = {.done = FALSE };
  GThread *thread;
  Record *records;

  bed_open (&setting.bed, NULL, "headers=\"h,a=(string)\\\"{id}-x\\\",b=x\"");
  bed_play (&setting.bed);
  thread = g_thread_new ("headers", set_in_turns, &setting);
  for (guint i = 0; i < n; i++)
    bed_push_text (&setting.bed, "{\"id\":7}");
  bed_finish (&setting.bed);
  g_atomic_int_set (&setting.done, TRUE);
  g_thread_join (thread);
  records = bed_consume (&setting.bed, n);
  for (guint i = 0; i < n; i++) {
    const void *b;
    size_t size;
    char a[] = "7-?";

    fail_unless (rd_kafka_header_get_last (records[i].headers, "b", &b,
            &size) == 0);
    a[2] = *(const char *) b;
    assert_header (&records[i], "a", a);
  }
  bed_free_records (records, n);
  bed_close (&setting.bed);
}

GST_END_TEST;

static Suite *
headers_suite (void)
{
  Suite *s = suite_create ("headers");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_kafkasink_headers_are_templates);
  tcase_add_test (tc, test_kafkasink_time_key_and_headers_find_their_members);
  tcase_add_test (tc, test_kafkasink_header_keeps_nul);
  tcase_add_loop_test (tc,
      test_kafkasink_header_with_other_braces_is_warned_of_once, 0,
      G_N_ELEMENTS (no_templates));
  tcase_add_test (tc, test_kafkasink_one_warning_names_all_headers_with_braces);
  tcase_add_loop_test (tc, test_kafkasink_header_list_is_refused, 0,
      G_N_ELEMENTS (lists));
  tcase_add_test (tc, test_kafkasink_faults_set_while_playing_are_told_once);
  tcase_add_test (tc, test_kafkasink_headers_change_while_records_pass);
  return s;
}

GST_CHECK_MAIN (headers);
