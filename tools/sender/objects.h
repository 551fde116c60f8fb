/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef OBJECTS_H
#define OBJECTS_H

#include <glib.h>

G_BEGIN_DECLS

/* JSON objects: those of test frames, and the member that says the session. */

/** The object of a test frame: as a detector would describe it, but with values that
 * follow from @seq, so that a receiver can check them.
 * @ts_ns: the frame's PTS
 * @session: (nullable)
 * Returns: (transfer full) */
char *objects_make (const char *stream_id, guint64 seq, guint64 ts_ns,
    const char *session);

/** The session that the option means: of "auto" 64 random bits as 16 digits.
 * Returns: (transfer full) */
char *objects_make_session (const char *option);

/** Appends the member session where there is none. All else stays as it was written.
 * @object: one JSON object, without white space behind it
 * Returns: (transfer full) */
char *objects_add_session (const char *object, gsize size, const char *session);

G_END_DECLS
#endif
