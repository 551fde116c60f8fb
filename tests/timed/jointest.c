/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "jointest.h"

#include <string.h>

static gint64
to_ns (gint64 time)
{
  return time == NONE ? NONE : time * MS;
}

TimedJoin *
join_new (void)
{
  TimedJoin *join = timed_join_new ();

  timed_join_set_linked (join, TRUE);
  return join;
}

TimedJoinFrame
join_frame (gint64 start, gint64 end, gint64 oldest)
{
  const TimedJoinFrame frame = { to_ns (start), to_ns (end), to_ns (oldest) };

  return frame;
}

GstFlowReturn
join_try_push_bytes (TimedJoin * join, gconstpointer data, gsize size,
    gint64 time)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  const TimedPayload payload = { bytes, TIMED_NO_SEI_TYPE };

  return timed_join_push (join, &payload, to_ns (time), NONE);
}

GstFlowReturn
join_try_push (TimedJoin * join, const gchar * text, gint64 time)
{
  static const TimedPayload refused = { NULL, TIMED_NO_SEI_TYPE };

  return text ? join_try_push_bytes (join, text, strlen (text), time) :
      timed_join_push (join, &refused, to_ns (time), NONE);
}

void
join_push (TimedJoin * join, const gchar * text, gint64 time)
{
  assert_equals_int (join_try_push (join, text, time), GST_FLOW_OK);
}

void
join_push_zeros (TimedJoin * join, gsize size, gint64 time)
{
  static guint8 zeros[TIMED_JOIN_MAX_BYTES];

  fail_unless (size <= sizeof (zeros));
  assert_equals_int (join_try_push_bytes (join, zeros, size, time),
      GST_FLOW_OK);
}

void
join_push_live (TimedJoin * join, const gchar * text, gint64 time, gint64 now)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  const TimedPayload payload = { bytes, TIMED_NO_SEI_TYPE };

  assert_equals_int (timed_join_push_live (join, &payload, to_ns (time),
          to_ns (now)), GST_FLOW_OK);
}

gboolean
join_is_ready (TimedJoin * join, gint64 start, gint64 end, gint64 oldest)
{
  const TimedJoinFrame frame = join_frame (start, end, oldest);
  const TimedJoinWait result = timed_join_wait (join, &frame, 0);

  fail_if (result == TIMED_JOIN_INTERRUPTED);
  return result == TIMED_JOIN_READY;
}

void
join_assert_takes (TimedJoin * join, gint64 start, gint64 end, gint64 oldest,
    const gchar * expected)
{
  join_assert_takes_behind (join, start, end, oldest, NULL, expected);
}

void
join_assert_takes_behind (TimedJoin * join, gint64 start, gint64 end,
    gint64 oldest, const TimedCover * before, const gchar * expected)
{
  const TimedJoinFrame frame = join_frame (start, end, oldest);
  GArray *payloads = timed_payloads_new ();
  GString *taken = g_string_new (NULL);
  TimedJoinTaken result;

  timed_join_take (join, &frame, before, payloads, &result);
  for (guint i = 0; i < payloads->len; i++) {
    gsize size;
    const gchar *data =
        g_bytes_get_data (timed_payloads_get (payloads, i)->bytes,
        &size);

    g_string_append_printf (taken, "%s%.*s", taken->len > 0 ? " " : "",
        (int) size, data);
  }
  for (; result.n_refused > 0; result.n_refused--)
    g_string_append (taken, taken->len > 0 ? " refused" : "refused");

  fail_unless_equals_string (taken->str, expected);
  g_string_free (taken, TRUE);
  g_array_unref (payloads);
}

void
join_assert_stats (TimedJoin * join, guint64 received, guint64 dropped,
    guint64 unused)
{
  TimedJoinStats stats;

  timed_join_get_stats (join, &stats);
  assert_equals_uint64 (stats.received, received);
  assert_equals_uint64 (stats.dropped, dropped);
  assert_equals_uint64 (stats.unused, unused);
}
