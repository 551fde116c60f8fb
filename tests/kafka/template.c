/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gst/check/gstcheck.h>

#include "kafkatemplate.h"

/* What the template gives for @json, which may be NULL. Returns whether nothing is
 * missing. */
static gboolean
expand (const char *text, const char *json, GString * result)
{
  KafkaTemplate *template = kafka_template_parse (text, NULL);
  GArray *wanted = g_array_new (FALSE, FALSE, sizeof (JsonTextMember));
  const JsonTextMember *members;
  gboolean is_whole;

  fail_unless (template != NULL, "%s", text);
  kafka_template_list_members (template, wanted);
  json_text_read_object (json, json ? strlen (json) : 0,
      (JsonTextMember *) wanted->data, wanted->len);
  members = (const JsonTextMember *) wanted->data;
  is_whole = kafka_template_expand (template, &members, result);
  fail_unless (members == (const JsonTextMember *) wanted->data + wanted->len);
  g_array_unref (wanted);
  g_ptr_array_unref (template);
  return is_whole;
}

/* @expected: with "<missing>" behind it where a member is missing */
static void
assert_expands (const char *text, const char *json, const char *expected)
{
  GString *result = g_string_new (NULL);

  if (!expand (text, json, result))
    g_string_append (result, "<missing>");
  fail_unless_equals_string (result->str, expected);
  g_string_free (result, TRUE);
}

GST_START_TEST (test_template_members_and_text)
{
  const char *json = "{\"a\":\"x\\u00e4\\n\",\"n\":1.50,\"o\":{\"a\":1},"
      "\"b\":true,\"z\":null,\"n\":2e0,\"e\":\"\"}";

  assert_expands ("{a}", json, "x\xc3\xa4\n");
  assert_expands ("{n}", json, "2e0");
  assert_expands ("{o}", json, "{\"a\":1}");
  assert_expands ("{b}{z}", json, "truenull");
  assert_expands ("cam-{n}/{missing}!", json, "cam-2e0/!<missing>");
  assert_expands ("{{{n}}}", json, "{2e0}");
  assert_expands ("{{}}", json, "{}");
  assert_expands ("plain", json, "plain");
  assert_expands ("{e}", json, "");
  assert_expands ("{missing}", json, "<missing>");
  assert_expands ("{missing}{n}", json, "2e0<missing>");
  assert_expands ("", json, "");
  assert_expands ("{a}", NULL, "<missing>");
  assert_expands ("x{a}", NULL, "x<missing>");
  assert_expands ("x{{a}}", NULL, "x{a}");
}

GST_END_TEST;

GST_START_TEST (test_template_braces_must_match)
{
  const char *const wrong[] =
      { "{", "}", "{a", "a}", "{a{b}}", "{{a}", "{a}}", "{a}}}}", "}{" };

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++) {
    GError *error = NULL;

    fail_unless (kafka_template_parse (wrong[i], &error) == NULL, "%s",
        wrong[i]);
    fail_unless (error != NULL && strstr (error->message, wrong[i]));
    g_clear_error (&error);
  }
}

GST_END_TEST;

GST_START_TEST (test_template_names_and_dots_are_of_one_member)
{
  const char *json = "{\"a\":{\"b\":1},\"a.b\":2,\"\":3,\"\\u0061b\":4}";

  assert_expands ("{a.b}", json, "2");
  assert_expands ("{}", json, "3");
  assert_expands ("{ab}", json, "4");
  assert_expands ("{a.c}", json, "<missing>");
}

GST_END_TEST;

GST_START_TEST (test_template_keeps_nul)
{
  GString *result = g_string_new (NULL);

  fail_unless (expand ("{a}{a}", "{\"a\":\"x\\u0000y\"}", result));
  fail_unless_equals_int (result->len, 6);
  fail_unless (memcmp (result->str, "x\0yx\0y", 6) == 0);
  g_string_free (result, TRUE);
}

GST_END_TEST;

GST_START_TEST (test_template_says_what_it_is)
{
  static const struct
  {
    const char *text;
    const char *constant;
    gboolean is_plain;
  } cases[] = {
    {"", "", TRUE},
    {"x", "x", TRUE},
    {"{{x}}", "{x}", TRUE},
    {"{x}", NULL, TRUE},
    {"{Az09_.-}/{b}", NULL, TRUE},
    {"{}", NULL, FALSE},
    {"{a}{}", NULL, FALSE},
    {"{a b}", NULL, FALSE},
    {"{\"a\":1}", NULL, FALSE},
    {"{a:1}", NULL, FALSE},
    {"{\xc3\xa4}", NULL, FALSE},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    KafkaTemplate *template = kafka_template_parse (cases[i].text, NULL);

    fail_unless_equals_string (kafka_template_get_constant (template),
        cases[i].constant);
    fail_unless_equals_int (kafka_template_has_plain_names (template),
        cases[i].is_plain);
    g_ptr_array_unref (template);
    template = kafka_template_new_constant (cases[i].text);
    fail_unless_equals_string (kafka_template_get_constant (template),
        cases[i].text);
    g_ptr_array_unref (template);
  }
}

GST_END_TEST;

static Suite *
kafkatemplate_suite (void)
{
  Suite *s = suite_create ("kafkatemplate");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_template_members_and_text);
  tcase_add_test (tc, test_template_braces_must_match);
  tcase_add_test (tc, test_template_names_and_dots_are_of_one_member);
  tcase_add_test (tc, test_template_keeps_nul);
  tcase_add_test (tc, test_template_says_what_it_is);
  return s;
}

GST_CHECK_MAIN (kafkatemplate);
