/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "misptime.h"

#include <string.h>

#include <glib.h>

static const uint8_t text[] = "MISPmicrosectime";

static const uint8_t micro[] = {
  0xa8, 0x68, 0x7d, 0xd4, 0xd7, 0x59, 0x37, 0x58,
  0xa5, 0xce, 0xf0, 0x33, 0x8b, 0x65, 0x45, 0xf1
};

static const uint8_t nano[] = {
  0xcf, 0x84, 0x82, 0x78, 0xee, 0x23, 0x30, 0x6c,
  0x92, 0x65, 0xe8, 0xfe, 0xf2, 0x2f, 0xb8, 0xb8
};

static const uint8_t *const uuids[] = { text, micro, nano };

static const uint64_t times[] = {
  0, 1, 999, 1000, 1795694400123456789, INT64_MAX - 1, INT64_MAX
};

/* A message of a camera: 15 April 2020, from VLC's tests */
static const uint8_t recorded[MISP_TIME_SIZE] = {
  0x1f, 0x00, 0x05, 0xff, 0xa3, 0x55, 0xff, 0x15, 0x6d, 0xff, 0xb0, 0x9d
};

static void
assert_reads (const uint8_t * uuid, const uint8_t * payload, uint64_t expected)
{
  uint64_t ns = 1;

  g_assert_true (misp_time_read (uuid, payload, MISP_TIME_SIZE, &ns));
  g_assert_cmpuint (ns, ==, expected);
}

static void
test_misptime_uuids (void)
{
  uint8_t other[SEI_UUID_SIZE];

  g_assert_cmpmem (misp_time_get_uuid (H26X_CODEC_H264,
          MISP_TIME_MICROSECONDS), SEI_UUID_SIZE, text, SEI_UUID_SIZE);
  g_assert_cmpmem (misp_time_get_uuid (H26X_CODEC_H265,
          MISP_TIME_MICROSECONDS), SEI_UUID_SIZE, micro, SEI_UUID_SIZE);
  for (H26xCodec codec = H26X_CODEC_H264; codec <= H26X_CODEC_H265; codec++)
    g_assert_cmpmem (misp_time_get_uuid (codec, MISP_TIME_NANOSECONDS),
        SEI_UUID_SIZE, nano, SEI_UUID_SIZE);

  for (size_t i = 0; i < G_N_ELEMENTS (uuids); i++) {
    g_assert_true (misp_time_is_uuid (uuids[i]));
    for (size_t bit = 0; bit < 8 * SEI_UUID_SIZE; bit++) {
      uint64_t ns = 7;

      memcpy (other, uuids[i], SEI_UUID_SIZE);
      other[bit / 8] ^= (uint8_t) (1 << bit % 8);
      g_assert_false (misp_time_is_uuid (other));
      g_assert_false (misp_time_read (other, recorded, sizeof (recorded), &ns));
      g_assert_cmpuint (ns, ==, 7);
    }
  }
}

static void
test_misptime_recorded (void)
{
  assert_reads (text, recorded, 0x0005a355156db09d * 1000);
  assert_reads (micro, recorded, 0x0005a355156db09d * 1000);
  assert_reads (nano, recorded, 0x0005a355156db09d);
}

/* Byte for byte as ST 0604 says it */
static void
test_misptime_written (void)
{
  static const uint8_t expected[MISP_TIME_SIZE] = {
    0x9f, 0x01, 0x02, 0xff, 0x03, 0x04, 0xff, 0x05, 0x06, 0xff, 0x07, 0x08
  };
  uint8_t payload[MISP_TIME_SIZE + 1];

  payload[MISP_TIME_SIZE] = 0x55;
  misp_time_write (MISP_TIME_NANOSECONDS, 0x0102030405060708, payload);
  g_assert_cmpmem (payload, MISP_TIME_SIZE, expected, MISP_TIME_SIZE);

  /* what is finer than a microsecond is cut off */
  misp_time_write (MISP_TIME_MICROSECONDS, 0x0005a355156db09d * 1000 + 999,
      payload);
  g_assert_cmpmem (payload + 1, MISP_TIME_SIZE - 1, recorded + 1,
      MISP_TIME_SIZE - 1);
  g_assert_cmpint (payload[MISP_TIME_SIZE], ==, 0x55);
}

static void
test_misptime_written_is_read (void)
{
  uint8_t payload[MISP_TIME_SIZE];

  for (size_t i = 0; i < G_N_ELEMENTS (times); i++) {
    misp_time_write (MISP_TIME_NANOSECONDS, times[i], payload);
    assert_reads (nano, payload, times[i]);
    misp_time_write (MISP_TIME_MICROSECONDS, times[i], payload);
    assert_reads (text, payload, times[i] / 1000 * 1000);
    assert_reads (micro, payload, times[i] / 1000 * 1000);
  }
}

/* Zero, so that nothing else is wrong with it */
static void
test_misptime_every_cut_is_no_time (void)
{
  uint64_t ns = 7;

  for (size_t size = 1; size < 64; size++) {
    uint8_t *payload = g_malloc (size);

    /* all of it may be read: as good as it is */
    memset (payload, 0xff, size);
    for (size_t i = 1; i < size; i++)
      payload[i] = i % 3 == 0 ? 0xff : 0;
    for (size_t i = 0; i < G_N_ELEMENTS (uuids); i++)
      g_assert_true (misp_time_read (uuids[i], payload, size, &ns) ==
          (size == MISP_TIME_SIZE));
    g_free (payload);
  }
  for (size_t i = 0; i < G_N_ELEMENTS (uuids); i++)
    g_assert_false (misp_time_read (uuids[i], NULL, 0, &ns));
}

/* Every value of each byte: a marker is FF, everything else may be anything */
static void
test_misptime_markers (void)
{
  for (size_t at = 0; at < MISP_TIME_SIZE; at++) {
    for (unsigned value = 0; value < 256; value++) {
      uint8_t payload[MISP_TIME_SIZE];
      uint64_t ns = 7;

      memcpy (payload, recorded, sizeof (payload));
      payload[at] = (uint8_t) value;

      const bool is_marker = at > 0 && at % 3 == 0;
      const bool is_large = at == 1 && value > 127;

      g_assert_true (misp_time_read (nano, payload, sizeof (payload), &ns) ==
          (is_marker ? value == 0xff : !is_large));
    }
  }
}

static void
test_misptime_too_large (void)
{
  const uint64_t most_us = INT64_MAX / 1000;
  uint8_t payload[MISP_TIME_SIZE];
  uint64_t ns;

  misp_time_write (MISP_TIME_NANOSECONDS, most_us, payload);
  assert_reads (micro, payload, most_us * 1000);
  misp_time_write (MISP_TIME_NANOSECONDS, most_us + 1, payload);
  g_assert_false (misp_time_read (micro, payload, sizeof (payload), &ns));
  misp_time_write (MISP_TIME_NANOSECONDS, (uint64_t) INT64_MAX + 1, payload);
  g_assert_false (misp_time_read (nano, payload, sizeof (payload), &ns));
  misp_time_write (MISP_TIME_NANOSECONDS, UINT64_MAX, payload);
  for (size_t i = 0; i < G_N_ELEMENTS (uuids); i++)
    g_assert_false (misp_time_read (uuids[i], payload, sizeof (payload), &ns));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/misptime/uuids", test_misptime_uuids);
  g_test_add_func ("/misptime/recorded", test_misptime_recorded);
  g_test_add_func ("/misptime/written", test_misptime_written);
  g_test_add_func ("/misptime/written-is-read", test_misptime_written_is_read);
  g_test_add_func ("/misptime/every-cut-is-no-time",
      test_misptime_every_cut_is_no_time);
  g_test_add_func ("/misptime/markers", test_misptime_markers);
  g_test_add_func ("/misptime/too-large", test_misptime_too_large);
  return g_test_run ();
}
