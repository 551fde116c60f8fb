/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef READER_H
#define READER_H

#include <glib.h>

G_BEGIN_DECLS

/**
 * Reader:
 *
 * A consumer of all partitions of a topic, from their ends on, that knows how old records
 * are when they are there. In a thread of its own.
 */
typedef struct _Reader Reader;

/** @at: where in each payload there are 16 digits: the microseconds of
 *    g_get_monotonic_time() */
Reader *reader_new (const char *servers, const char *topic, gsize at);

/** Waits until @n records were read since the last time, and forgets how old they are. */
void reader_wait (Reader * reader, guint n);

/** Waits until @n records were read since reader_wait().
 * Returns: (transfer full): how old they were, in microseconds, sorted */
GArray *reader_finish (Reader * reader, guint n);

G_END_DECLS
#endif
