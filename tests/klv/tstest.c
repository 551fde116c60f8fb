/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "tstest.h"

#include <string.h>

#include "klvcrc.h"
#include "klvpmt.h"

static void
add_bytes (GByteArray * array, const guint8 * bytes, gsize size)
{
  if (size > 0)
    g_byte_array_append (array, bytes, size);
}

static void
add_16 (GByteArray * array, guint16 value)
{
  const guint8 bytes[] = { value >> 8, value };

  g_byte_array_append (array, bytes, sizeof (bytes));
}

/* --- sections ------------------------------------------------------------ */

GByteArray *
test_pmt_new (guint16 program, guint version, const guint8 * descriptors,
    gsize size)
{
  const guint8 head[] = { 0x02, 0xb0, 0 };
  const guint8 flags[] = { 0xc1 | version << 1, 0, 0 };
  GByteArray *pmt = g_byte_array_new ();

  g_byte_array_append (pmt, head, sizeof (head));
  add_16 (pmt, program);
  g_byte_array_append (pmt, flags, sizeof (flags));
  add_16 (pmt, 0xe100);
  add_16 (pmt, 0xf000 | size);
  add_bytes (pmt, descriptors, size);
  return pmt;
}

void
test_pmt_add (GByteArray * pmt, guint8 type, guint16 pid,
    const guint8 * descriptors, gsize size)
{
  g_byte_array_append (pmt, &type, 1);
  add_16 (pmt, 0xe000 | pid);
  add_16 (pmt, 0xf000 | size);
  add_bytes (pmt, descriptors, size);
}

GByteArray *
test_pmt_finish (GByteArray * pmt)
{
  const guint length = pmt->len + 4 - 3;

  pmt->data[1] |= length >> 8;
  pmt->data[2] = length;

  const guint32 crc = klv_crc32 (pmt->data, pmt->len);
  add_16 (pmt, crc >> 16);
  add_16 (pmt, crc);
  return pmt;
}

GByteArray *
test_pmt_klv (guint version, gsize n_before, gboolean rewritten)
{
  static const guint8 metadata[] =
      { 0x26, 9, 1, 0, 0xff, 'K', 'L', 'V', 'A', 0, 0x0f };
  static const guint8 registered[] =
      { 0x05, 4, 'K', 'L', 'V', 'A', 0xf0, 3, 'A', 0, 0x0f };
  GByteArray *pmt = test_pmt_new (1, version, NULL, 0);
  g_autofree guint8 *before = g_malloc0 (n_before);

  for (gsize i = 0; i < n_before; i += 4)
    memcpy (before + i, "\xf1\x02xy", MIN (4, n_before - i));
  test_pmt_add (pmt, 0x1b, 0x100, before, n_before);
  test_pmt_add (pmt, rewritten ? 0x06 : 0x15, 0x101,
      rewritten ? registered : metadata, sizeof (metadata));
  return test_pmt_finish (pmt);
}

/* --- packets ------------------------------------------------------------- */

void
test_ts_add (GByteArray * ts, TestPids * pids, guint16 pid, gboolean starts,
    guint n_adaptation, const guint8 * payload, gsize size)
{
  const gsize room = TEST_PACKET_SIZE - 4 - n_adaptation;
  const gsize n = MIN (size, room);
  guint8 packet[TEST_PACKET_SIZE];

  memset (packet, 0xff, sizeof (packet));
  packet[0] = 0x47;
  packet[1] = (starts ? 0x40 : 0) | pid >> 8;
  packet[2] = pid;
  packet[3] = 0x10 | (n_adaptation > 0 ? 0x20 : 0) | pids->counters[pid];
  if (n_adaptation > 0)
    packet[4] = n_adaptation - 1;
  if (n_adaptation > 1)
    packet[5] = 0;
  memcpy (packet + 4 + n_adaptation, payload, n);
  pids->counters[pid] = (pids->counters[pid] + 1) & 0x0f;
  g_byte_array_append (ts, packet, sizeof (packet));
}

void
test_ts_add_sections (GByteArray * ts, TestPids * pids, guint16 pid,
    const GByteArray * sections, gsize room)
{
  gsize at = 0, start = 0;

  while (at < sections->len) {
    guint8 payload[184];
    gsize n_pointer = 0;

    /* the first section that does not start in a packet before */
    while (start < at)
      start += klv_pmt_section_size (sections->data + start);
    if (start < sections->len && start - at < room - 1)
      payload[n_pointer++] = start - at;

    const gsize size = MIN (room - n_pointer, sections->len - at);
    memcpy (payload + n_pointer, sections->data + at, size);
    test_ts_add (ts, pids, pid, n_pointer > 0, sizeof (payload) - room,
        payload, n_pointer + size);
    at += size;
  }
}

void
test_ts_add_video (GByteArray * ts, TestPids * pids, guint n)
{
  guint8 payload[184] = { 0, 0, 1, 0xe0, 0, 0, 0x80, 0, 0 };

  /* Among the rest there are sync bytes, and what looks like a PMT */
  for (guint i = 9; i < sizeof (payload); i++)
    payload[i] = i % 11 ? i * 37 : i % 2 ? 0x47 : 0x02;
  for (guint i = 0; i < n; i++)
    test_ts_add (ts, pids, 0x100, i % 3 == 0, 0, payload, sizeof (payload));
}

GByteArray *
test_ts_space (const GByteArray * ts, gsize spacing)
{
  GByteArray *spaced = g_byte_array_new ();

  for (guint i = 0; i < ts->len; i += TEST_PACKET_SIZE) {
    guint8 between[16];

    /* a sync byte here and there, but not at the same place in three packets */
    for (guint k = 0; k < sizeof (between); k++)
      between[k] = (i / TEST_PACKET_SIZE + k) % 5 == 1 ? 0x47 : k;
    if (spacing == 192)
      g_byte_array_append (spaced, between, 4);
    g_byte_array_append (spaced, ts->data + i, TEST_PACKET_SIZE);
    if (spacing == 204)
      g_byte_array_append (spaced, between, 16);
  }
  return spaced;
}
