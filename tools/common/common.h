/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef COMMON_H
#define COMMON_H

#include <glib.h>

#include "output.h"

G_BEGIN_DECLS

/* What the programs share: start, options, signals. */

/** Exit status. */
typedef enum {
  TOOL_DONE = 0,
  TOOL_FAILED = 1,
  TOOL_USAGE = 2,
  TOOL_UNDELIVERED = 3          /* ended with records undelivered */
} ToolStatus;

/** The first thing a program calls. Sets up locale, signals and output, and reads
 * the command line.
 * @name: of the program
 * @summary: one sentence for --help
 * @group: (nullable) (transfer full): options of a library
 * @status: (out): what to exit with
 * Returns: whether to go on */
gboolean tool_start (int *argc, char ***argv, const char *name,
    const char *summary, const GOptionEntry * entries, GOptionGroup * group,
    ToolOutput output, int *status);

/** Says what is wrong with the command line, without what may be passwords.
 * Returns: TOOL_USAGE */
int tool_usage (const char *format, ...) G_GNUC_PRINTF (1, 2);

/** Whether @port is from 1 to 65535. */
gboolean tool_check_port (int port);

/** Calls @func in the main loop for the first SIGINT, SIGTERM or SIGHUP; another
 * one ends the program at once, whatever the main loop does. Once only: not together with
 * tool_catch_signals(). */
void tool_on_signals (void (*func) (gpointer data), gpointer data);

/** From now on SIGHUP ends nothing, and calls @func in the main loop. Before
 * tool_on_signals(). */
void tool_on_reload (void (*func) (gpointer data), gpointer data);

/** For programs without a main loop: from now on the first of these signals only
 * makes tool_interrupted() true, and another one ends the program at once. */
void tool_catch_signals (void);
gboolean tool_interrupted (void);

G_END_DECLS
#endif
