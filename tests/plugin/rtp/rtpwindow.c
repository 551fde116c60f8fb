/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "rtpwindow.h"

#include "hex.h"

#define MS G_GUINT64_CONSTANT (1000000)

/* A packet of one byte. Returns its size. */
static gsize
write_packet (guint8 * data, guint16 sequence, guint32 timestamp, guint8 mark)
{
  memset (data, 0, 13);
  data[0] = 0x80;
  data[1] = 96;
  data[2] = (guint8) (sequence >> 8);
  data[3] = (guint8) sequence;
  for (guint i = 0; i < 4; i++)
    data[4 + i] = (guint8) (timestamp >> (24 - 8 * i));
  data[12] = mark;
  return 13;
}

static void
push (RtpWindow * window, guint16 sequence, guint32 timestamp, guint8 mark,
    guint64 now)
{
  BytesSpan block = hex ("0 0 0 0 0 0 0 0 0 0 0 0 0");
  RtpPacket packet;

  write_packet ((guint8 *) block.data, sequence, timestamp, mark);
  g_assert_cmpint (rtp_packet_parse (&packet, block.data, block.size), ==,
      RTP_OK);
  rtp_window_push (window, &packet, block, now);
  hex_free (block);
}

static void
on_packet (const RtpPacket * packet, BytesSpan datagram, guint64 arrival,
    gboolean is_gap, gpointer user_data)
{
  GString *out = user_data;

  g_assert_cmpuint (datagram.size, ==, 13);
  g_assert_true (packet->payload.data == datagram.data + 12);
  if (out->len > 0)
    g_string_append_c (out, ' ');
  g_string_append_printf (out, "%s%u", is_gap ? "!" : "", packet->sequence);
  if (packet->payload.data[0] != 0)
    g_string_append_c (out, (gchar) packet->payload.data[0]);
}

/* steps: with spaces between: a sequence number, which a letter may follow that tells
 *   packets of the same number apart; a range A-B of them; +MS, with which time
 *   passes; "." for the end
 * expected: what is passed on by then, with "!" behind a gap
 * counts: received, lost, late, duplicates, reordered, restarts */
static void
check (guint latency, const gchar * steps, const gchar * expected,
    const gchar * counts)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_auto (GStrv) words = g_strsplit (steps, " ", -1);
  g_autofree gchar *counted = NULL;
  guint64 now = 7;
  RtpWindow window;

  g_test_message ("%s", steps);
  rtp_window_init (&window, latency * MS, on_packet, out);
  for (gchar ** word = words; *word != NULL; word++) {
    gchar *end = *word + 1;

    if (**word == '+') {
      const guint64 until = now + g_ascii_strtoull (end, NULL, 10) * MS;

      for (; rtp_window_get_due (&window) <= until;
          rtp_window_advance (&window, now))
        now = rtp_window_get_due (&window);
      now = until;
    } else if (**word == '.') {
      rtp_window_flush (&window);
    } else {
      const guint64 first = g_ascii_strtoull (*word, &end, 10);
      const guint64 last = *end == '-' ?
          g_ascii_strtoull (end + 1, &end, 10) : first;

      for (guint64 i = first; i <= last; i++)
        push (&window, (guint16) i, 1000, (guint8) * end, now);
    }
  }
  g_assert_cmpstr (out->str, ==, expected);
  counted = g_strdup_printf ("%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT
      " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT
      " %" G_GUINT64_FORMAT, window.counts.received, window.counts.lost,
      window.counts.late, window.counts.duplicates, window.counts.reordered,
      window.counts.restarts);
  g_assert_cmpstr (counted, ==, counts);
  rtp_window_clear (&window);
  rtp_window_clear (&window);
}

static void
test_rtpwindow_order (void)
{
  check (50, "5 6 7", "", "3 0 0 0 0 0");
  check (50, "5 6 7 +49", "", "3 0 0 0 0 0");
  check (50, "5 6 7 +50", "5 6 7", "3 0 0 0 0 0");
  check (50, "5 6 7 .", "5 6 7", "3 0 0 0 0 0");
  check (50, "5 +50 6 7", "5 6 7", "3 0 0 0 0 0");
  check (50, "65534 +50 65535-65537", "65534 65535 0 1", "4 0 0 0 0 0");
  check (0, "5 6 7", "5 6 7", "3 0 0 0 0 0");
  check (0, "65535-65537", "65535 0 1", "3 0 0 0 0 0");
}

static void
test_rtpwindow_reordered (void)
{
  check (50, "6 5 7 +50", "5 6 7", "3 0 0 0 1 0");
  check (50, "1 0 65535 2 +50", "65535 0 1 2", "4 0 0 0 2 0");
  check (50, "5 +50 7 6 8", "5 6 7 8", "4 0 0 0 1 0");
  check (50, "5 +50 7 +49 6 8", "5 6 7 8", "4 0 0 0 1 0");
  check (50, "65535 +50 2 1 65536", "65535 0 1 2", "4 0 0 0 2 0");
  check (50, "5 +50 9 8 7 6 10", "5 6 7 8 9 10", "6 0 0 0 3 0");
  check (50, "5 +50 9 7 +20 11 6", "5 6 7", "5 0 0 0 2 0");
  /* too late for one, in time for the other */
  check (50, "5 +50 7 +49 9 +1 6 8 .", "5 !7 8 9", "5 1 1 0 1 0");
  check (0, "5 7 6 8", "5 !7 8", "4 1 1 0 0 0");
}

static void
test_rtpwindow_lost (void)
{
  check (50, "5 +50 7 +49", "5", "2 0 0 0 0 0");
  check (50, "5 +50 7 +50", "5 !7", "2 1 0 0 0 0");
  check (50, "5 +50 7 +20 8 9 +30 10", "5 !7 8 9 10", "5 1 0 0 0 0");
  check (50, "5 +50 7 .", "5 !7", "2 1 0 0 0 0");
  /* each gap has a time of its own */
  check (50, "5 +50 7 +20 9 +30", "5 !7", "3 1 0 0 0 0");
  check (50, "5 +50 7 +20 9 +30 8", "5 !7 8 9", "4 1 0 0 1 0");
  check (50, "5 +50 7 +20 9 +50", "5 !7 !9", "3 2 0 0 0 0");
  check (50, "5 +50 9 +20 7 +30", "5 !7 !9", "3 2 0 0 1 0");
  /* and what came after all */
  check (50, "5 +50 7 +50 6 8", "5 !7 8", "4 1 1 0 0 0");
  /* more than can wait */
  check (50, "5 +50 7-8 200 .", "5 !7 8 !200", "4 192 0 0 0 0");
  check (50, "5 +50 2000 1990 +50", "5 !1990 !2000", "3 1993 0 0 1 0");
  check (0, "5 1000 1001", "5 !1000 1001", "3 994 0 0 0 0");
}

static void
test_rtpwindow_duplicates (void)
{
  check (50, "5 5 +50 6 6 7 7 8", "5 6 7 8", "7 0 0 3 0 0");
  check (50, "5 +50 7a 7b 6 8", "5 6 7a 8", "5 0 0 1 1 0");
  check (50, "5-9 +50 5-9 10", "5 6 7 8 9 10", "11 0 0 5 0 0");
  check (0, "5 5 5 5 5 5 5 5 5 5 5 5 5 .", "5", "13 0 0 12 0 0");
}

static void
test_rtpwindow_restart (void)
{
  /* far away: the first is held until the next proves it */
  check (50, "5-6 +50 20000", "5 6", "3 0 0 0 0 0");
  check (50, "5-6 +50 20000 20001", "5 6 !20000 20001", "4 0 0 0 0 1");
  check (50, "5-6 +50 20000 7 20001 8 .", "5 6 7 8", "6 0 2 0 0 0");
  check (50, "5-6 +50 20000 7 20001 20002 7 .", "5 6 7 !20001 20002",
      "7 0 2 0 0 1");
  check (50, "20000 +50 5 6 7", "20000 !5 6 7", "4 0 0 0 0 1");
  check (50, "20000 +50 20002 5 6 7", "20000 !20002 !5 6 7", "5 1 0 0 0 1");
  check (0, "20000 5 6 7", "20000 !5 6 7", "4 0 0 0 0 1");
  /* the same numbers, at once: they are new with the ninth */
  check (50, "5-24a +50 5-12b", "5a 6a 7a 8a 9a 10a 11a 12a 13a 14a 15a 16a"
      " 17a 18a 19a 20a 21a 22a 23a 24a", "28 0 0 0 0 0");
  check (50, "5-14a +50 5-13b 14-16b", "5a 6a 7a 8a 9a 10a 11a 12a 13a 14a"
      " !5b 6b 7b 8b 9b 10b 11b 12b 13b 14b 15b 16b", "22 0 0 0 0 1");
  /* some of which are lost, or were so before */
  check (50, "5-8a 10-16a +50 5b 7-15b", "5a 6a 7a 8a !10a 11a 12a 13a 14a"
      " 15a 16a !5b !7b 8b 9b 10b 11b 12b 13b 14b 15b", "21 2 0 0 0 1");
}

static void
test_rtpwindow_silence (void)
{
  /* the same numbers, behind a silence, at once */
  check (50, "5-7a +1100 5-7b +50 8b", "5a 6a 7a !5b 6b 7b 8b", "7 0 0 0 0 1");
  check (0, "5-7a +1100 6b 7b", "5a 6a 7a !6b 7b", "5 0 0 0 0 1");
  check (0, "5-7a +1100 5b 6b +1100 6c", "5a 6a 7a !5b 6b !6c", "6 0 0 0 0 2");
  check (50, "65535-65537a +1100 65535-65537b +50", "65535a 0a 1a !65535b 0b"
      " 1b", "6 0 0 0 0 1");
  /* a silence of a stream that goes on */
  check (0, "5-7 +5000 8 10", "5 6 7 8 !10", "5 1 0 0 0 0");
  check (0, "5-7a +900 7b 8", "5a 6a 7a 8", "5 0 0 1 0 0");
  /* a packet that is waited for for longer */
  check (5000, "5 6 8 +1200 7 9 10 .", "5 6 7 8 9 10", "6 0 0 0 1 0");
  check (5000, "5-7a +5000 9a +4900 8b .", "5a 6a 7a 8b 9a", "5 0 0 0 1 0");
  check (5000, "5-7a +5100 5-7b .", "5a 6a 7a !5b 6b 7b", "6 0 0 0 0 1");
}

static void
on_arrival (const RtpPacket * packet, BytesSpan datagram, guint64 arrival,
    gboolean is_gap, gpointer user_data)
{
  g_string_append_printf (user_data, "%u@%u ", packet->sequence,
      (guint) arrival);
}

/* With each packet comes the time at which it came, however long it has waited */
static void
test_rtpwindow_arrival (void)
{
  static const guint16 order[] = { 5, 6, 8, 9, 7, 20000, 20001, 20001 };
  g_autoptr (GString) out = g_string_new (NULL);
  RtpWindow window;

  rtp_window_init (&window, 4, on_arrival, out);
  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    push (&window, order[i], 1000, 0, i);
  g_assert_cmpstr (out->str, ==, "5@0 6@1 7@4 8@2 9@3 20000@5 20001@6 ");
  rtp_window_clear (&window);

  /* any packet says that time has passed */
  g_string_truncate (out, 0);
  rtp_window_init (&window, 4, on_arrival, out);
  push (&window, 5, 1000, 0, 0);
  push (&window, 5, 1000, 0, 4);
  g_assert_cmpstr (out->str, ==, "5@0 ");
  rtp_window_clear (&window);
}

static void
on_large (const RtpPacket * packet, BytesSpan datagram, guint64 arrival,
    gboolean is_gap, gpointer user_data)
{
  *(guint *) user_data += 1;
}

/* All that waits is bounded, whatever comes */
static void
test_rtpwindow_bytes (void)
{
  g_autofree guint8 *data = g_malloc0 (60000);
  RtpWindow window;
  guint n_passed = 0;

  rtp_window_init (&window, G_MAXUINT32, on_large, &n_passed);
  for (guint i = 0; i < 100; i++) {
    RtpPacket packet;

    write_packet (data, (guint16) (1000 + i + (i > 0)), 1000, 0);
    g_assert_cmpint (rtp_packet_parse (&packet, data, 60000), ==, RTP_OK);
    rtp_window_push (&window, &packet, (BytesSpan) {
        data, 60000}
        , 0);
    g_assert_cmpuint (window.n_bytes, <=, RTP_WINDOW_MAX_BYTES);
    g_assert_cmpuint (window.n_bytes, ==, 60000 * window.n_held);
    if (i == 33)
      g_assert_cmpuint (n_passed, ==, 0);
  }
  /* the gap behind the first was passed over, and nothing waits since */
  g_assert_cmpuint (n_passed, ==, 100);
  g_assert_cmpuint (window.counts.lost, ==, 1);
  rtp_window_clear (&window);
}

/* Whatever order packets come in, none further from its place than may be: they are
 * in order behind the window, each once */
static void
test_rtpwindow_shuffled (void)
{
  for (guint seed = 0; seed < 200; seed++) {
    g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
    g_autoptr (GString) out = g_string_new (NULL);
    g_autoptr (GString) expected = g_string_new (NULL);
    const guint16 first = (guint16) g_rand_int (rand);
    const guint block = 1 + seed % 60;
    guint64 now = 0, n_lost = 0, n_missing = 0;
    gboolean is_gap = FALSE;
    RtpWindow window;

    rtp_window_init (&window, 50 * MS, on_packet, out);
    for (guint i = 0; i < 600; i += block) {
      guint order[60];

      for (guint k = 0; k < block; k++) {
        const guint other = (guint) g_rand_int_range (rand, 0, (gint) k + 1);

        order[k] = order[other];
        order[other] = i + k;
      }
      for (guint k = 0; k < block; k++, now += MS / 10) {
        /* one in 20, but not the first, of which nobody knows then */
        if ((order[k] * 2654435761u + seed) % 20 == 0 && order[k] >= block)
          continue;
        for (guint n = 1 + (guint) g_rand_int_range (rand, 0, 2); n > 0; n--)
          push (&window, (guint16) (first + order[k]), 1000, 0, now);
      }
      for (guint k = i; k < i + block; k++) {
        if ((k * 2654435761u + seed) % 20 == 0 && k >= block) {
          is_gap = TRUE;
          n_missing++;
          continue;
        }
        n_lost += n_missing;
        n_missing = 0;
        g_string_append_printf (expected, "%s%s%u", expected->len ? " " : "",
            is_gap ? "!" : "", (guint16) (first + k));
        is_gap = FALSE;
      }
      g_assert_cmpuint (window.n_held, <=, RTP_WINDOW_MAX_PACKETS);
    }
    rtp_window_flush (&window);
    g_assert_cmpstr (out->str, ==, expected->str);
    g_assert_cmpuint (window.counts.lost, ==, n_lost);
    g_assert_cmpuint (window.counts.late, ==, 0);
    rtp_window_clear (&window);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add_func ("/rtpwindow/" path, func)
  ADD ("order", test_rtpwindow_order);
  ADD ("reordered", test_rtpwindow_reordered);
  ADD ("lost", test_rtpwindow_lost);
  ADD ("duplicates", test_rtpwindow_duplicates);
  ADD ("restart", test_rtpwindow_restart);
  ADD ("silence", test_rtpwindow_silence);
  ADD ("arrival", test_rtpwindow_arrival);
  ADD ("bytes", test_rtpwindow_bytes);
  ADD ("shuffled", test_rtpwindow_shuffled);
  return g_test_run ();
}
