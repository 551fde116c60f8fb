/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "rtptimes.h"

#define MS G_GINT64_CONSTANT (1000000)
#define SECOND (1000 * MS)
#define START (3600 * SECOND)
#define FRAME 3000u             /* of 30 in a second */

/* 2024-01-01 00:00:00 UTC */
#define UNIX (G_GINT64_CONSTANT (1704067200) * SECOND)

#define NTP(seconds, fraction) \
  ((guint64) ((seconds) + G_GINT64_CONSTANT (2208988800)) << 32 | (fraction))

#define assert_near(a, b, tolerance) \
  g_assert_cmpint (ABS ((gint64) (a) - (gint64) (b)), <=, (tolerance))

/* Pictures of a sender whose clock is fast by parts per million, that arrive between
 * 0 and max_jitter later. Behind the first seconds the times have lost the jitter. */
static void
check (guint32 first, gint ppm, gint64 max_jitter, gint64 tolerance)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed ((guint32) (ppm + max_jitter));
  guint64 before = 0;
  RtpTimes times;

  rtp_times_init (&times);
  for (guint i = 0; i < 30 * 120; i++) {
    const guint32 timestamp = first + i * FRAME;
    const gint64 sent = START + i * SECOND / 30
        - (gint64) i * SECOND / 30 * ppm / 1000000;
    const gint64 jitter = max_jitter > 0 ?
        (gint64) (g_rand_double (rand) * (gdouble) max_jitter) : 0;

    g_assert_false (rtp_times_push (&times, timestamp,
            (guint64) (sent + jitter)));
    /* the other packets of the picture */
    g_assert_false (rtp_times_push (&times, timestamp,
            (guint64) (sent + jitter + 20 * MS)));

    const guint64 now = rtp_times_get_arrival (&times, timestamp);
    if (i > 0)
      assert_near (now - before, SECOND / 30, 11 * MS);
    if (i > 60)
      assert_near (now, sent, tolerance);
    before = now;
  }
}

static void
test_rtptimes_arrival (void)
{
  check (0, 0, 0, 0);
  check (1000, 0, 0, 1000);
  check (1000, 0, 30 * MS, 8 * MS);
  check (G_MAXUINT32 - 45000, 0, 0, 1000);
  check (G_MAXUINT32 - 45000, 100, 5 * MS, 2 * MS);
  check (G_MAXINT32 - 45000, -100, 5 * MS, 2 * MS);
  check (5, 500, 0, 2 * MS);
  check (5, -500, 0, 2 * MS);
}

/* Pictures that were reordered by the encoder keep their distances */
static void
test_rtptimes_reordered (void)
{
  static const guint order[] = { 0, 4, 2, 1, 3 };
  RtpTimes times;

  rtp_times_init (&times);
  for (guint i = 0; i < 300; i++) {
    const guint32 timestamp = 77 + (i / 5 * 5 + order[i % 5]) * FRAME;

    g_assert_false (rtp_times_push (&times, timestamp,
            (guint64) (START + i * SECOND / 30)));
    assert_near (rtp_times_get_arrival (&times, timestamp + FRAME)
        - rtp_times_get_arrival (&times, timestamp), SECOND / 30, 1);
  }
  /* of a picture that was sent early */
  assert_near (rtp_times_get_arrival (&times, 77 + 299 * FRAME),
      START + 296 * SECOND / 30, MS);
}

static void
test_rtptimes_route (void)
{
  guint64 before = 0;
  RtpTimes times;

  /* The network becomes slower by 80 ms, and fast again: no step is large */
  rtp_times_init (&times);
  for (guint i = 0; i < 900; i++) {
    const gint64 delay = i >= 300 && i < 600 ? 80 * MS : 0;

    g_assert_false (rtp_times_push (&times, i * FRAME,
            (guint64) (START + i * SECOND / 30 + delay)));

    const guint64 now = rtp_times_get_arrival (&times, i * FRAME);
    if (i > 0)
      assert_near (now - before, SECOND / 30, 10 * MS + 1);
    if (i == 599 || i == 899)
      assert_near (now, START + i * SECOND / 30 + delay, MS);
    before = now;
  }
}

static void
test_rtptimes_reset (void)
{
  RtpTimes times;

  rtp_times_init (&times);
  g_assert_false (rtp_times_push (&times, 1000, START));
  g_assert_false (rtp_times_push (&times, 1000 + 90000, START + SECOND));
  /* another beginning */
  g_assert_true (rtp_times_push (&times, 4000000000u, START + 2 * SECOND));
  g_assert_cmpuint (rtp_times_get_arrival (&times, 4000000000u), ==,
      START + 2 * SECOND);
  /* a silence that the timestamps know */
  g_assert_false (rtp_times_push (&times, 4000000000u + 90 * 90000,
          START + 92 * SECOND));
  g_assert_cmpuint (rtp_times_get_arrival (&times, 4000000000u + 90 * 90000),
      ==, START + 92 * SECOND);
  /* and one that they do not */
  g_assert_true (rtp_times_push (&times, 4000000000u + 91 * 90000,
          START + 120 * SECOND));
  g_assert_cmpuint (rtp_times_get_arrival (&times, 4000000000u + 91 * 90000),
      ==, START + 120 * SECOND);
  /* before the clock began */
  g_assert_cmpuint (rtp_times_get_arrival (&times, 4000000000u
          - 8000u * 90000u), ==, 0);
}

/* Behind a silence the jitter is known as well as before */
static void
test_rtptimes_silence (void)
{
  RtpTimes times;

  rtp_times_init (&times);
  for (guint i = 0; i < 300; i++) {
    /* one picture in a second is in time */
    const gint64 jitter = i % 30 > 0 ? 5 * MS : 0;
    const gint64 sent = START + i * SECOND / 30 + (i < 150 ? 0 : 100 * SECOND);
    const guint32 timestamp = i * FRAME + (i < 150 ? 0 : 100 * 90000);

    g_assert_false (rtp_times_push (&times, timestamp,
            (guint64) (sent + jitter)));
    assert_near (rtp_times_get_arrival (&times, timestamp), sent, 1);
  }
}

static void
test_rtptimes_unix (void)
{
  gint64 ns;
  RtpTimes times;

  rtp_times_init (&times);
  g_assert_false (rtp_times_get_unix (&times, 5, &ns));
  /* before the first packet */
  g_assert_true (rtp_times_set_ntp (&times, G_MAXUINT32 - 44999,
          NTP (1704067200, 0x80000000u), UNIX));
  g_assert_false (rtp_times_push (&times, G_MAXUINT32 - 44999, START));
  g_assert_true (rtp_times_get_unix (&times, G_MAXUINT32 - 44999, &ns));
  g_assert_cmpint (ns, ==, UNIX + SECOND / 2);
  /* behind the wraparound */
  g_assert_true (rtp_times_get_unix (&times, 45000, &ns));
  g_assert_cmpint (ns, ==, UNIX + SECOND * 3 / 2);
  for (guint i = 1; i < 4 * 3600; i++)
    g_assert_false (rtp_times_push (&times, G_MAXUINT32 - 44999 + i * 90000,
            (guint64) (START + i * SECOND)));
  /* which is too long for what a report says */
  g_assert_false (rtp_times_get_unix (&times, 5, &ns));
  g_assert_true (rtp_times_set_ntp (&times, 5, NTP (1704067200, 0), UNIX));
  g_assert_true (rtp_times_get_unix (&times, 5 - 90000, &ns));
  g_assert_cmpint (ns, ==, UNIX - SECOND);
  g_assert_cmpuint (times.n_implausible, ==, 0);
}

/* A report is not of timestamps that begin anew, unless it came just before */
static void
test_rtptimes_unix_reset (void)
{
  gint64 ns;
  RtpTimes times;

  rtp_times_init (&times);
  rtp_times_push (&times, 1000, START);
  rtp_times_set_ntp (&times, 1000, NTP (1704067200, 0), UNIX);
  rtp_times_push (&times, 1000 + 90000, START + SECOND);
  g_assert_true (rtp_times_push (&times, 3000000000u, START + 2 * SECOND));
  g_assert_false (rtp_times_get_unix (&times, 3000000000u, &ns));

  rtp_times_set_ntp (&times, 7, NTP (1704067200, 0), UNIX);
  g_assert_true (rtp_times_push (&times, 90007, START + 3 * SECOND));
  g_assert_true (rtp_times_get_unix (&times, 90007, &ns));
  g_assert_cmpint (ns, ==, UNIX + SECOND);
}

static void
test_rtptimes_implausible (void)
{
  static const struct
  {
    guint64 ntp;
    gboolean is_plausible;
  } cases[] = {
    {0, FALSE},
    {NTP (0, 0), FALSE},
    {NTP (1577836799, 0xffffffffu), FALSE},
    {NTP (1577836800, 0), TRUE},
    {NTP (1704067200 + 86400, 0), TRUE},
    {NTP (1704067200 + 86401, 0), FALSE},
    {1, FALSE},
    {G_GUINT64_CONSTANT (1) << 32, FALSE},
    {G_MAXUINT64, FALSE}
  };
  guint64 n_implausible = 0;
  gint64 ns;
  RtpTimes times;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    rtp_times_init (&times);
    g_assert_cmpint (rtp_times_set_ntp (&times, 9, cases[i].ntp, UNIX), ==,
        cases[i].is_plausible);
    g_assert_cmpint (rtp_times_get_unix (&times, 9, &ns), ==,
        cases[i].is_plausible);
    n_implausible += times.n_implausible;
  }
  g_assert_cmpuint (n_implausible, ==, 7);

  /* what is known stays; in 2036 the seconds begin at 0 */
  g_assert_true (rtp_times_set_ntp (&times, 9, NTP (1704067200, 0), UNIX));
  g_assert_false (rtp_times_set_ntp (&times, 99, 0, UNIX));
  g_assert_true (rtp_times_get_unix (&times, 9, &ns));
  g_assert_cmpint (ns, ==, UNIX);
  g_assert_true (rtp_times_set_ntp (&times, 9, G_GUINT64_CONSTANT (5) << 32,
          G_GINT64_CONSTANT (2085978496) * SECOND));
  g_assert_true (rtp_times_get_unix (&times, 9, &ns));
  g_assert_cmpint (ns, ==, G_GINT64_CONSTANT (2085978501) * SECOND);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add_func ("/rtptimes/" path, func)
  ADD ("arrival", test_rtptimes_arrival);
  ADD ("reordered", test_rtptimes_reordered);
  ADD ("route", test_rtptimes_route);
  ADD ("reset", test_rtptimes_reset);
  ADD ("silence", test_rtptimes_silence);
  ADD ("unix", test_rtptimes_unix);
  ADD ("unix-reset", test_rtptimes_unix_reset);
  ADD ("implausible", test_rtptimes_implausible);
  return g_test_run ();
}
