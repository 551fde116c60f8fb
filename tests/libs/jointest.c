/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "jointest.h"

#include <string.h>

const guint8 join_uuid[SEI_UUID_SIZE] = {
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
};

static gint64
to_ns (gint64 time)
{
  return time == NONE ? NONE : time * MS;
}

SeiJoin *
join_new (void)
{
  SeiJoin *join = sei_join_new ();

  sei_join_set_linked (join, TRUE);
  return join;
}

SeiJoinFrame
join_frame (gint64 start, gint64 end, gint64 oldest)
{
  const SeiJoinFrame frame = { to_ns (start), to_ns (end), to_ns (oldest) };

  return frame;
}

GstFlowReturn
join_try_push (SeiJoin * join, const gchar * text, gint64 time)
{
  GBytes *payload = text != NULL ? g_bytes_new (text, strlen (text)) : NULL;

  return sei_join_push (join, payload, to_ns (time), FALSE);
}

void
join_push (SeiJoin * join, const gchar * text, gint64 time)
{
  assert_equals_int (join_try_push (join, text, time), GST_FLOW_OK);
}

void
join_push_zeros (SeiJoin * join, gsize size, gint64 time)
{
  static guint8 zeros[SEI_JOIN_MAX_BYTES];
  GBytes *payload = g_bytes_new_static (zeros, size);

  fail_unless (size <= sizeof (zeros));
  assert_equals_int (sei_join_push (join, payload, to_ns (time), FALSE),
      GST_FLOW_OK);
}

gboolean
join_is_ready (SeiJoin * join, gint64 start, gint64 end, gint64 oldest)
{
  const SeiJoinFrame frame = join_frame (start, end, oldest);
  const SeiJoinWait result = sei_join_wait (join, &frame, 0);

  fail_if (result == SEI_JOIN_INTERRUPTED);
  return result == SEI_JOIN_READY;
}

void
join_assert_takes (SeiJoin * join, gint64 start, gint64 end, gint64 oldest,
    const gchar * expected)
{
  const SeiJoinFrame frame = join_frame (start, end, oldest);
  SeiList *list = sei_list_new ();
  GString *taken = g_string_new (NULL);
  guint n_refused = 99;

  sei_join_take (join, &frame, join_uuid, list, &n_refused);
  for (guint i = 0; i < list->len; i++) {
    gsize size;
    const gchar *data = g_bytes_get_data (sei_list_get (list, i)->payload,
        &size);

    g_string_append_printf (taken, "%s%.*s", taken->len > 0 ? " " : "",
        (int) size, data);
  }
  for (; n_refused > 0; n_refused--)
    g_string_append (taken, taken->len > 0 ? " refused" : "refused");

  fail_unless_equals_string (taken->str, expected);
  g_string_free (taken, TRUE);
  g_array_unref (list);
}

void
join_assert_stats (SeiJoin * join, guint64 received, guint64 dropped,
    guint64 unused)
{
  SeiJoinStats stats;

  sei_join_get_stats (join, &stats);
  assert_equals_uint64 (stats.received, received);
  assert_equals_uint64 (stats.dropped, dropped);
  assert_equals_uint64 (stats.unused, unused);
}
