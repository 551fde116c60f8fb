/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What libraries say by GLib's log, as lines of the program */

#define G_LOG_USE_STRUCTURED
#undef G_LOG_DOMAIN
#define G_LOG_DOMAIN "Lib"

#include <string.h>

#include "common.h"
#include "gliblog.h"

static void
take (void)
{
  g_unsetenv ("G_DEBUG");
  tool_output_init ("bridge", TOOL_OUTPUT_NEVER_BLOCK);
  glib_log_take ();
  /* that is of g_test_init() */
  g_log_set_always_fatal (G_LOG_FATAL_MASK);
}

static void
test_lines (void)
{
  if (g_test_subprocess ()) {
    take ();
    g_warning ("of %s", "one API");
    g_log ("Old", G_LOG_LEVEL_CRITICAL, "of the %s", "other");
    g_message ("\033[31m");
    g_debug ("nobody wants to know");
    g_info ("nor this");
    return;
  }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr
      ("bridge: a library, Lib, says: of one API; report it"
      " if anything else is wrong\n"
      "bridge: a library, Old, says: of the other; report it if anything else is"
      " wrong\n"
      "bridge: a library, Lib, says: \\u001b[31m; report it if anything else is"
      " wrong\n");
}

static void
test_json (void)
{
  if (g_test_subprocess ()) {
    take ();
    tool_output_set_json ();
    g_warning ("\"x\"");
    return;
  }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr ("{\"time\":\"*Z\",\"level\":\"warning\",\"text\":"
      "\"a library, Lib, says: \\\"x\\\"; report it if anything else is wrong\"}\n");
}

static void
test_what_comes_again_is_not_said_again (void)
{
  if (g_test_subprocess ()) {
    take ();
    /* numbers make no kind */
    for (int i = 0; i < 100; i++)
      g_warning ("value %d of -%d", i, i * i);
    /* and kinds are no way to fill a disk */
    for (int i = 0; i < 2000; i++) {
      const char text[] = { 'a' + i % 26, 'a' + i / 26 % 26, 'a' + i / 676, 0 };

      g_warning ("%s", text);
    }
    glib_log_tick ();
    return;
  }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr ("*value 5 of -25;*");
  g_test_trap_assert_stderr_unmatched ("*value 6 of*");
  g_test_trap_assert_stderr ("*says: aaa;*");
  g_test_trap_assert_stderr_unmatched ("*says: zzb;*");
}

static void
test_what_is_fatal_is_said_and_ends_it (void)
{
  if (g_test_subprocess ()) {
    take ();
    g_error ("that is the end");
  }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("bridge: a library, Lib, says: that is the end;*");
}

static void
test_who_debugs_glib_has_what_glib_has (void)
{
  if (g_test_subprocess ()) {
    g_setenv ("G_DEBUG", "fatal-warnings", TRUE);
    glib_log_take ();
    g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_WARNING);
    g_warning ("here");
    return;
  }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*Lib-WARNING*here*");
  g_test_trap_assert_stderr_unmatched ("*a library*");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gliblog/lines", test_lines);
  g_test_add_func ("/gliblog/json", test_json);
  g_test_add_func ("/gliblog/again", test_what_comes_again_is_not_said_again);
  g_test_add_func ("/gliblog/fatal", test_what_is_fatal_is_said_and_ends_it);
  g_test_add_func ("/gliblog/debug", test_who_debugs_glib_has_what_glib_has);
  return g_test_run ();
}
