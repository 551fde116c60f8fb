/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef READER_H
#define READER_H

#include <glib.h>

G_BEGIN_DECLS

/** A record that came: its number, and how old it was then */
typedef struct
{
  guint number;
  gint64 age_us;
} ReaderRecord;

/**
 * Reader:
 *
 * A consumer of all partitions of a topic, from their ends on, that knows how old records
 * are when they are there. In a thread of its own.
 */
typedef struct _Reader Reader;

/** @number_at, @time_at: where in each payload there are 10 digits, its number, and 16:
 *    the microseconds of g_get_monotonic_time() */
Reader *reader_new (const char *servers, const char *topic, gsize number_at,
    gsize time_at);

/** Waits until @n records were read since the last time.
 * Returns: (transfer full): they, by their numbers */
GArray *reader_take (Reader * reader, guint n);

void reader_free (Reader * reader);

G_END_DECLS
#endif
