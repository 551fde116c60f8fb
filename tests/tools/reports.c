/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What the bridge reports of losses and of the delivery */

#include "common.h"
#include "reports.h"

static void
test_losses (void)
{
  if (g_test_subprocess ()) {
    Reports reports = { FALSE };

    tool_output_init ("bridge", TOOL_OUTPUT_NEVER_BLOCK);
    reports_losses (&reports, NULL, FALSE);
    reports_losses (&reports, g_strdup ("1 packet"), FALSE);
    /* too soon, and no more than before */
    reports_losses (&reports, g_strdup ("2 packets"), FALSE);
    reports_losses (&reports, g_strdup ("1 packet"), TRUE);
    /* nothing, after all */
    reports_losses (&reports, NULL, TRUE);
    reports_losses (&reports, g_strdup ("3 packets"), TRUE);
    g_free (reports.losses);
    return;
  }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr ("bridge: lost since the start: 1 packet\n"
      "bridge: lost since the start: 3 packets\n");
}

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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/reports/losses", test_losses);
  g_test_add_func ("/reports/states", test_states);
  return g_test_run ();
}
