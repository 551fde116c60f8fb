/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The table of --inspect */

#include "common.h"
#include "inspect.h"

/* However they came, the streams of an input are together, and one behind the other;
 * inputs stand as they were seen. */
static void
test_order (void)
{
  static const char *const streams[][2] = {
    {"b", "2"}, {"a", "[::1]:5 0f 1"}, {"b", "10"}, {"b", "1"},
    {"a", "[::1]:5 0f"}, {"a", "[::1]:10 0e"}
  };

  if (g_test_subprocess ()) {
    Inspect *inspect = inspect_new ();

    tool_output_init ("bridge", TOOL_OUTPUT_NEVER_BLOCK);
    for (guint i = 0; i < G_N_ELEMENTS (streams); i++)
      inspect_stream (inspect, streams[i][0], streams[i][1], "KLV", -1, -1);
    inspect_print (inspect);
    inspect_free (inspect);
    return;
  }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stdout ("*INPUT*\nb *1 *KLV*\nb *2 *KLV*\nb *10 *KLV*\n"
      "a *[::1]:5 0f *KLV*\na *[::1]:5 0f 1 *KLV*\na *[::1]:10 0e *KLV*\n" "*");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/inspect/order", test_order);
  return g_test_run ();
}
