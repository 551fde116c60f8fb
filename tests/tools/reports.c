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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/reports/states", test_states);
  return g_test_run ();
}
