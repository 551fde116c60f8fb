/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "rtpclock.h"

#include "hex.h"

#define SECOND G_GINT64_CONSTANT (1000000000)

/* RFC 5905 6: from 1900 to 1970 */
#define NTP_TO_UNIX G_GINT64_CONSTANT (2208988800)

static guint64
to_ntp (gint64 unix_ns)
{
  return ((guint64) (unix_ns / SECOND + NTP_TO_UNIX) << 32)
      + ((guint64) (unix_ns % SECOND) << 32) / SECOND;
}

static void
put (GByteArray * bytes, guint n, guint64 value)
{
  while (n-- > 0) {
    const guint8 byte = (guint8) (value >> 8 * n);

    g_byte_array_append (bytes, &byte, 1);
  }
}

/* An element in the one-byte form: ntp-64, or ntp-56, or bytes of any kind */
static void
put_element (GByteArray * bytes, guint id, guint size, guint64 value)
{
  put (bytes, 1, id << 4 | (size - 1));
  put (bytes, MIN (size, 8), value);
  for (guint i = 8; i < size; i++)
    put (bytes, 1, i);
}

static void
push (RtpClock * clock, guint32 timestamp, guint16 profile,
    const GByteArray * extension)
{
  RtpPacket packet = {.timestamp = timestamp };

  if (extension != NULL) {
    packet.has_extension = TRUE;
    packet.extension_profile = profile;
    packet.extension = (BytesSpan) {
    extension->data, extension->len};
  }
  rtp_clock_push (clock, &packet, (guint64) timestamp * SECOND / 90000);
}

static void
push_elements (RtpClock * clock, guint32 timestamp, const guint * ids,
    const guint * sizes, const guint64 * values, guint n)
{
  g_autoptr (GByteArray) extension = g_byte_array_new ();

  for (guint i = 0; i < n; i++)
    put_element (extension, ids[i], sizes[i], values[i]);
  push (clock, timestamp, 0xbede, extension);
}

static void
push_time (RtpClock * clock, guint32 timestamp, guint id, guint size,
    guint64 ntp)
{
  push_elements (clock, timestamp, &id, &size, &ntp, 1);
}

static void
assert_unknown (const RtpClock * clock)
{
  gint64 unix_ns;

  g_assert_false (rtp_clock_get_unix (clock, 0, &unix_ns));
}

static void
assert_time (const RtpClock * clock, guint32 timestamp, gint64 expected)
{
  gint64 unix_ns;

  g_assert_true (rtp_clock_get_unix (clock, timestamp, &unix_ns));
  g_assert_cmpint (ABS (unix_ns - expected), <=, 1000);
}

static gint64
get_now (void)
{
  return g_get_real_time () * 1000;
}

static void
test_rtpclock_elements (void)
{
  /* ntp-64, ntp-56, and the absolute capture time, also with an offset */
  static const guint sizes[] = { 8, 7 };
  const gint64 now = get_now () - 10 * SECOND;

  for (guint s = 0; s < G_N_ELEMENTS (sizes); s++) {
    RtpClock clock;

    rtp_clock_init (&clock);
    for (guint i = 0; i < 5; i++) {
      if (i < RTP_CLOCK_PROOFS)
        assert_unknown (&clock);
      push_time (&clock, i * 45000, 3, sizes[s], to_ntp (now + i * SECOND / 2));
    }
    assert_time (&clock, 4 * 45000, now + 2 * SECOND);
    assert_time (&clock, 5 * 45000, now + 5 * SECOND / 2);
  }
}

static void
test_rtpclock_jitter (void)
{
  const gint64 now = get_now () - 10 * SECOND;
  RtpClock clock;

  /* The clock of the sender may be set by 200 ms, and not by 300 */
  rtp_clock_init (&clock);
  for (guint i = 0; i < 3; i++)
    push_time (&clock, i * 3600, 3, 8, to_ntp (now + i * SECOND / 25
            + i % 2 * SECOND / 5));
  assert_time (&clock, 2 * 3600, now + 2 * SECOND / 25);

  rtp_clock_init (&clock);
  for (guint i = 0; i < 10; i++)
    push_time (&clock, i * 3600, 3, 8, to_ntp (now + i * SECOND / 25
            + i % 2 * 3 * SECOND / 10));
  assert_unknown (&clock);
}

static void
test_rtpclock_other_elements (void)
{
  static const guint ids[] = { 1, 2, 3 };
  static const guint sizes[] = { 8, 3, 8 };
  const gint64 now = get_now () - 10 * SECOND;
  RtpClock clock;

  /* beside what is not the time */
  rtp_clock_init (&clock);
  for (guint i = 0; i < 4; i++) {
    const guint64 values[] = { 0x1122334455667788, 0x010203,
      to_ntp (now + i * SECOND / 25)
    };

    push_elements (&clock, i * 3600, ids, sizes, values, 3);
  }
  assert_time (&clock, 3 * 3600, now + 3 * SECOND / 25);

  /* The time is always the same, or days away, or in an element of another id each
   * time: that is not the time */
  rtp_clock_init (&clock);
  for (guint i = 0; i < 10; i++)
    push_time (&clock, i * 90000, 3, 8, to_ntp (now));
  assert_unknown (&clock);
  rtp_clock_init (&clock);
  for (guint i = 0; i < 10; i++)
    push_time (&clock, i * 3600, 3, 8, to_ntp (now - 2 * 86400 * SECOND
            + i * SECOND / 25));
  assert_unknown (&clock);
  rtp_clock_init (&clock);
  for (guint i = 0; i < 10; i++)
    push_time (&clock, i * 3600, 1 + i % 3, 8, to_ntp (now + i * SECOND / 25));
  assert_unknown (&clock);
}

static void
test_rtpclock_gaps (void)
{
  const gint64 now = get_now () - 10 * SECOND;
  RtpClock clock;

  /* Packets without an extension stand between */
  rtp_clock_init (&clock);
  for (guint i = 0; i < 3; i++) {
    push_time (&clock, 2 * i * 3600, 3, 8, to_ntp (now + 2 * i * SECOND / 25));
    push (&clock, (2 * i + 1) * 3600, 0, NULL);
  }
  assert_time (&clock, 4 * 3600, now + 4 * SECOND / 25);
}

static void
test_rtpclock_onvif (void)
{
  g_autoptr (GByteArray) extension = g_byte_array_new ();
  const gint64 recorded = G_GINT64_CONSTANT (1600000000) * SECOND;
  RtpClock clock;

  /* says it by itself, of any time */
  put (extension, 8, to_ntp (recorded));
  put (extension, 4, 0);
  rtp_clock_init (&clock);
  push (&clock, 9000, 0xabac, extension);
  assert_time (&clock, 9000, recorded);
  assert_time (&clock, 18000, recorded + SECOND / 10);
  /* too short: it is none */
  g_byte_array_set_size (extension, 7);
  rtp_clock_init (&clock);
  push (&clock, 9000, 0xabac, extension);
  assert_unknown (&clock);
}

static void
test_rtpclock_reports (void)
{
  const gint64 now = get_now ();
  RtpClock clock;

  rtp_clock_init (&clock);
  push (&clock, 90000, 0, NULL);
  g_assert_cmpuint (rtp_clock_get_arrival (&clock, 90000), ==, SECOND);
  assert_unknown (&clock);
  rtp_clock_set_ntp (&clock, 90000, 0);
  assert_unknown (&clock);
  rtp_clock_set_ntp (&clock, 90000, to_ntp (now));
  assert_time (&clock, 180000, now + SECOND);
  assert_time (&clock, 0, now - SECOND);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name) g_test_add_func ("/rtpclock/" #name, test_rtpclock_##name)
  ADD (elements);
  ADD (jitter);
  ADD (other_elements);
  ADD (gaps);
  ADD (onvif);
  ADD (reports);
  return g_test_run ();
}
