/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What the bridge reports of the delivery */

#include "common.h"
#include "reports.h"

static void
report (const char *name)
{
  g_autoptr (GstStructure) state = gst_structure_new (name, "text",
      G_TYPE_STRING, name, NULL);
  static Reports reports = { FALSE };

  reports_state (&reports, state);
}

static void
test_states (void)
{
  if (g_test_subprocess ()) {
    tool_output_init ("bridge", TOOL_OUTPUT_NEVER_BLOCK);
    report ("broker-reachable");
    report ("broker-unreachable");
    report ("broker-reachable");
    report ("topic-missing");
    report ("record-failed");
    /* no camera sent */
    report ("no-metadata");
    report ("delivery-summary");
    return;
  }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr ("bridge: broker-unreachable\n"
      "bridge: broker-reachable\nbridge: topic-missing\n"
      "bridge: record-failed\n");
}

#define FAR_OFF(n) "bridge: records whose own time is more than a day ago, or" \
    " more than ten minutes ahead, have the time when they came: " n "\n"

static void
report_partitions (Reports * reports, const char *name, guint n)
{
  g_autoptr (GstStructure) state = gst_structure_new (name, "text",
      G_TYPE_STRING, name, "topic", G_TYPE_STRING, "t", NULL);

  if (n > 0)
    gst_structure_set (state, "partitions", G_TYPE_UINT, n, NULL);
  reports_state (reports, state);
}

#define SPREAD(n) "bridge: topic 't' has " n " partitions, and the records of" \
    " one camera are spread over them: give --kafka-key '{stream_id}', and" \
    " each --input a NAME, to keep each camera's records in order in one\n"

static void
test_partitions (void)
{
  if (g_test_subprocess ()) {
    Reports reports = { FALSE };
    Reports keyed = {.has_key = TRUE };

    tool_output_init ("bridge", TOOL_OUTPUT_NEVER_BLOCK);
    report_partitions (&reports, "broker-reachable", 0);
    report_partitions (&reports, "broker-reachable", 1);
    report_partitions (&keyed, "broker-reachable", 6);
    report_partitions (&reports, "broker-reachable", 6);
    report_partitions (&reports, "broker-unreachable", 0);
    report_partitions (&reports, "broker-reachable", 6);
    /* made anew */
    report_partitions (&reports, "topic-available", 12);
    return;
  }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr (SPREAD ("6") "bridge: broker-unreachable\n"
      "bridge: broker-reachable\nbridge: topic-available\n" SPREAD ("12"));
}

static void
test_records (void)
{
  if (g_test_subprocess ()) {
    Reports reports = { FALSE }, late = { FALSE };

    tool_output_init ("bridge", TOOL_OUTPUT_NEVER_BLOCK);
    reports_keyless (&reports, 0, "{a}");
    reports_keyless (&reports, 7, "{a}");
    reports_keyless (&reports, 8, "{a}");
    reports_far_off (&reports, 0, FALSE);
    reports_far_off (&reports, 1, FALSE);
    reports_far_off (&reports, 2, FALSE);
    reports_far_off (&reports, 2, TRUE);
    reports_far_off (&late, 0, TRUE);
    reports_far_off (&late, 5, TRUE);
    return;
  }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr ("bridge: records without anything that"
      " --kafka-key '{a}' names have the key 0, *\n" FAR_OFF ("1 so far")
      FAR_OFF ("2 in all") FAR_OFF ("5 in all"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/reports/states", test_states);
  g_test_add_func ("/reports/partitions", test_partitions);
  g_test_add_func ("/reports/records", test_records);
  return g_test_run ();
}
