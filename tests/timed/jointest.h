/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef JOIN_TEST_H
#define JOIN_TEST_H

#include <gst/check/check.h>

#include "timedjoin.h"

/* Times are in milliseconds, or NONE */
#define NONE TIMED_NO_TIME
#define MS ((gint64) GST_MSECOND)

/* One that is linked */
TimedJoin *join_new (void);

TimedJoinFrame join_frame (gint64 start, gint64 end, gint64 oldest);

/* Pushes a payload; @text is NULL for a refused one. */
GstFlowReturn join_try_push (TimedJoin * join, const gchar * text, gint64 time);

/* Pushes these bytes. */
GstFlowReturn join_try_push_bytes (TimedJoin * join, gconstpointer data,
    gsize size, gint64 time);

/* The same with a text, and that is GST_FLOW_OK */
void join_push (TimedJoin * join, const gchar * text, gint64 time);

/* Pushes a payload of so many bytes */
void join_push_zeros (TimedJoin * join, gsize size, gint64 time);

/* Pushes a live payload that comes at @now. */
void join_push_live (TimedJoin * join, const gchar * text, gint64 time,
    gint64 now);

gboolean join_is_ready (TimedJoin * join, gint64 start, gint64 end,
    gint64 oldest);

/* Whether a frame takes these payloads, with blanks between. Behind them is
 * "refused" for each that was. */
void join_assert_takes (TimedJoin * join, gint64 start, gint64 end,
    gint64 oldest, const gchar * expected);

/* The same behind access units that have covered @before */
void join_assert_takes_behind (TimedJoin * join, gint64 start, gint64 end,
    gint64 oldest, const TimedCover * before, const gchar * expected);

void join_assert_stats (TimedJoin * join, guint64 received, guint64 dropped,
    guint64 unused);

#endif
