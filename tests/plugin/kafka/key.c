/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gst/check/gstcheck.h>

#include "kafkakey.h"

static void
assert_expands (const char *template, const char *json, const char *expected)
{
  KafkaKey *key = kafka_key_parse (template, NULL);
  gsize size;
  g_autofree char *text = NULL;

  fail_unless (key != NULL, "%s", template);
  text = kafka_key_expand (key, json, json ? strlen (json) : 0, &size);
  if (expected) {
    g_autofree char *copy = g_strndup (text, size);

    fail_unless_equals_string (copy, expected);
  } else {
    fail_unless (text == NULL && size == 0);
  }
  g_ptr_array_unref (key);
}

GST_START_TEST (test_key_members_and_text)
{
  const char *json = "{\"a\":\"x\\u00e4\\n\",\"n\":1.50,\"o\":{\"a\":1},"
      "\"b\":true,\"z\":null,\"n\":2e0,\"e\":\"\"}";

  assert_expands ("{a}", json, "x\xc3\xa4\n");
  assert_expands ("{n}", json, "2e0");
  assert_expands ("{o}", json, "{\"a\":1}");
  assert_expands ("{b}{z}", json, "truenull");
  assert_expands ("cam-{n}/{missing}!", json, "cam-2e0/!");
  assert_expands ("{{{n}}}", json, "{2e0}");
  assert_expands ("{{}}", json, "{}");
  assert_expands ("plain", json, "plain");
  assert_expands ("{e}", json, NULL);
  assert_expands ("{missing}", json, NULL);
  assert_expands ("", json, NULL);
  assert_expands ("{a}", NULL, NULL);
  assert_expands ("x{a}", NULL, "x");
}

GST_END_TEST;

GST_START_TEST (test_key_braces_must_match)
{
  const char *const wrong[] =
      { "{", "}", "{a", "a}", "{a{b}}", "{{a}", "{a}}" };

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++) {
    GError *error = NULL;

    fail_unless (kafka_key_parse (wrong[i], &error) == NULL, "%s", wrong[i]);
    fail_unless (error != NULL && strstr (error->message, wrong[i]));
    g_clear_error (&error);
  }
}

GST_END_TEST;

static Suite *
kafkakey_suite (void)
{
  Suite *s = suite_create ("kafkakey");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_key_members_and_text);
  tcase_add_test (tc, test_key_braces_must_match);
  return s;
}

GST_CHECK_MAIN (kafkakey);
