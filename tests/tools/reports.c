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
    " one camera are spread over them: give --kafka-key '{stream_id}' to keep" \
    " each camera's records in order in one\n"

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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/reports/states", test_states);
  g_test_add_func ("/reports/partitions", test_partitions);
  return g_test_run ();
}
