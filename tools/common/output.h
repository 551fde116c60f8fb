/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef OUTPUT_H
#define OUTPUT_H

#include <glib.h>

G_BEGIN_DECLS

/* Lines for people: whole, in UTF-8 whatever the locale, and never in the way of
 * what the program is for. */

/** What happens when nobody takes the lines. */
typedef enum {
  TOOL_OUTPUT_NEVER_BLOCK,      /* full: the line is lost; closed: go on mute */
  TOOL_OUTPUT_BLOCK             /* full: wait; closed: tool_output_closed() */
} ToolOutput;

/** To be called before anything opens a file.
 * @name: begins every line on stderr */
void tool_output_init (const char *name, ToolOutput policy);

/** From now on each line is a JSON object of one line, for programs that collect logs:
 *
 *     {"time":"2026-11-28T18:03:30.123Z","level":"warning","text":"..."}
 *
 * "info" is what stands on stdout otherwise, "warning" what stands on stderr. */
void tool_output_set_json (void);

/** A line on stdout, with tool_escape().
 * Returns: whether all of it was written. If not, errno says why; it is EINTR
 * if tool_interrupted() while waiting, EAGAIN if it is full and must not be
 * waited for. */
gboolean tool_say (const char *format, ...) G_GNUC_PRINTF (1, 2);

/** Whole lines on stdout, which are escaped already, in as few writes as leave each
 * line whole.
 * A line that was begun is finished after tool_interrupted() if it is read within 2 s.
 * @written: (out): how many bytes of @text were
 * Returns: as tool_say() */
gboolean tool_write (const char *text, gsize size, gsize * written);

/** A line on stderr, "NAME: …", with tool_escape(). Never blocks. */
void tool_warn (const char *format, ...) G_GNUC_PRINTF (1, 2);

/** The same, where there may be nothing to say.
 * @line: (transfer full) (nullable) */
void tool_warn_take (char *line);

/** Whole lines on stderr, which are escaped already.
 * @policy: whether to wait where it is full; not beyond tool_interrupted() */
void tool_write_error (const char *text, gsize size, ToolOutput policy);

/** How many lines tool_warn() has written, for what redraws its own on a terminal. */
guint tool_warnings (void);

/** Whether nobody reads stdout any more. */
gboolean tool_output_closed (void);

/** How many lines on stdout were lost because it was full. */
guint64 tool_output_lost (void);

/** Makes text from outside fit for a terminal: C0, DEL and C1 controls, line
 * separators and bidirectional controls become \uXXXX, bytes that are no UTF-8
 * U+FFFD. Valid JSON stays the same JSON, and what is escaped already stays as
 * it is.
 * @size: in bytes, or -1 if @text ends with NUL */
char *tool_escape (const char *text, gssize size);

/** Appends @size bytes of text from outside, as tool_escape() makes them. */
void tool_append_escaped (GString * text, const char *piece, gsize size);

G_END_DECLS
#endif
