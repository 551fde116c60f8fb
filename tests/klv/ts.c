/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <glib.h>
#include <string.h>

#include "klvts.h"
#include "tstest.h"

/* Writes what has changed. Nothing of that was settled. */
static void
write_bytes (GByteArray * out, guint64 place, const guint8 * bytes, gsize size,
    guint64 settled)
{
  for (gsize k = 0; k < size; k++) {
    g_assert_cmpuint (place + k, <, out->len);
    if (out->data[place + k] == bytes[k])
      continue;
    g_assert_cmpuint (place + k, >=, settled);
    out->data[place + k] = bytes[k];
  }
}

static void
write_section (GByteArray * out, const KlvTsSection * section, guint64 settled)
{
  const guint8 *bytes = section->bytes;

  for (guint i = 0; i < section->n_runs; i++) {
    const KlvTsRun *run = &section->runs[i];

    write_bytes (out, run->place, bytes, run->size, settled);
    if (run->twin > 0)
      write_bytes (out, run->twin, bytes, run->size, settled);
    bytes += run->size;
  }
  g_assert_true (bytes == section->bytes + section->size);
}

/* Reads on, in a block of exactly the size. Returns what is settled then. */
static guint64
push (KlvTs * ts, GByteArray * out, const guint8 * data, gsize size)
{
  g_autofree guint8 *block = g_memdup2 (data, size);
  BytesSpan span = { block, size };
  const guint64 before = klv_ts_get_settled (ts);

  if (size > 0)
    g_byte_array_append (out, data, size);
  while (klv_ts_read (ts, &span))
    write_section (out, ts->rewritten, before);
  g_assert_cmpuint (span.size, ==, 0);

  const guint64 settled = klv_ts_get_settled (ts);

  g_assert_cmpuint (settled, >=, before);
  g_assert_cmpuint (settled, <=, out->len);
  return settled;
}

/* What comes out if it comes in pieces of @first bytes, then of @size */
static GByteArray *
filter (KlvTs * ts, const GByteArray * in, gsize first, gsize size)
{
  GByteArray *out = g_byte_array_new ();

  klv_ts_init (ts);
  for (gsize at = 0; at < in->len;) {
    const gsize n = MIN (at == 0 ? first : size, in->len - at);

    push (ts, out, in->data + at, n);
    at += n;
  }
  return out;
}

static void
assert_filtered (const GByteArray * in, const GByteArray * expected,
    gsize first, gsize size)
{
  KlvTs ts;
  g_autoptr (GByteArray) out = filter (&ts, in, first, size);

  g_assert_cmpmem (out->data, out->len, expected->data, expected->len);
}

/* --- streams ------------------------------------------------------------- */

/* Adds the packets of a stream, as it is or as it is to be. */
typedef void (*Build) (GByteArray * ts, TestPids * pids, gboolean rewritten);

static void
add_pmt (GByteArray * ts, TestPids * pids, guint version, gsize n_before,
    gsize room, gboolean rewritten)
{
  g_autoptr (GByteArray) pmt = test_pmt_klv (version, n_before, rewritten);

  test_ts_add_sections (ts, pids, TEST_PMT_PID, pmt, room);
}

static void
build_one_packet (GByteArray * ts, TestPids * pids, gboolean rewritten)
{
  add_pmt (ts, pids, 0, 0, 184, rewritten);
  test_ts_add_video (ts, pids, 4);
  add_pmt (ts, pids, 0, 0, 184, rewritten);
  add_pmt (ts, pids, 1, 8, 184, rewritten);
}

static void
build_many_packets (GByteArray * ts, TestPids * pids, gboolean rewritten)
{
  add_pmt (ts, pids, 0, 900, 184, rewritten);
  add_pmt (ts, pids, 0, 24, 3, rewritten);
}

/* Adaptation fields of all sizes, the head of the section cut in all ways */
static void
build_small_packets (GByteArray * ts, TestPids * pids, gboolean rewritten)
{
  for (gsize room = 2; room < 64; room++)
    add_pmt (ts, pids, 0, 0, room, rewritten);
}

/* The packets of two PMTs take turns, with video between. */
static void
build_interleaved (GByteArray * ts, TestPids * pids, gboolean rewritten)
{
  g_autoptr (GByteArray) one = test_pmt_klv (0, 400, rewritten);
  g_autoptr (GByteArray) other = test_pmt_klv (3, 500, rewritten);
  gsize at = 0;

  g_byte_array_prepend (one, (const guint8 *) "", 1);
  g_byte_array_prepend (other, (const guint8 *) "", 1);
  while (at < one->len || at < other->len) {
    if (at < one->len)
      test_ts_add (ts, pids, TEST_PMT_PID, at == 0, 34, one->data + at,
          one->len - at);
    if (at < other->len)
      test_ts_add (ts, pids, 0x20, at == 0, 34, other->data + at,
          other->len - at);
    test_ts_add_video (ts, pids, 2);
    at += 150;
  }
}

/* Half of a PMT that takes two packets */
static void
add_half (GByteArray * ts, TestPids * pids, guint16 pid, guint half,
    gboolean rewritten)
{
  g_autoptr (GByteArray) pmt = test_pmt_klv (0, 150, rewritten);

  g_byte_array_prepend (pmt, (const guint8 *) "", 1);
  test_ts_add (ts, pids, pid, half == 0, 0, pmt->data + half * 184,
      pmt->len - half * 184);
}

/* More PMTs at a time than there is room for: of those that are unfinished then, that
 * which began first is left alone. */
static void
build_too_many_at_a_time (GByteArray * ts, TestPids * pids, gboolean rewritten)
{
  add_half (ts, pids, 0x1f, 0, rewritten);
  add_half (ts, pids, 0x20, 0, FALSE);
  add_half (ts, pids, 0x1f, 1, rewritten);
  for (guint i = 1; i <= KLV_TS_MAX_SECTIONS; i++)
    add_half (ts, pids, 0x20 + i, 0, rewritten);
  add_half (ts, pids, 0x20, 1, FALSE);
  for (guint i = 1; i <= KLV_TS_MAX_SECTIONS; i++)
    add_half (ts, pids, 0x20 + i, 1, rewritten);
}

/* Sections of other tables and of PMTs, one behind the other */
static GByteArray *
join_sections (gboolean rewritten)
{
  static const guint8 other[] = { 0xfc, 0x30, 5, 1, 2, 3, 4, 5 };
  static const guint8 bad_head[] = { 0x02, 0x30, 0 };
  GByteArray *sections = g_byte_array_new ();

  for (guint i = 0; i < 4; i++) {
    g_autoptr (GByteArray) pmt = test_pmt_klv (i, 40 * i, rewritten);

    g_byte_array_append (sections, other, sizeof (other));
    if (i % 2)
      g_byte_array_append (sections, pmt->data, pmt->len);
    g_byte_array_append (sections, bad_head, sizeof (bad_head));
    g_byte_array_append (sections, pmt->data, pmt->len);
  }
  return sections;
}

static void
build_several_sections (GByteArray * ts, TestPids * pids, gboolean rewritten)
{
  g_autoptr (GByteArray) sections = join_sections (rewritten);

  test_ts_add_sections (ts, pids, TEST_PMT_PID, sections, 184);
  test_ts_add_sections (ts, pids, TEST_PMT_PID, sections, 50);
}

/* A duplicate (13818-1 2.4.3.3) of each packet is rewritten, too, but for that of the last
 * packet of a section. That comes too late, and every reader drops it. */
static void
build_duplicates (GByteArray * ts, TestPids * pids, gboolean rewritten)
{
  for (gsize n_before = 0; n_before <= 400; n_before += 400) {
    g_autoptr (GByteArray) first = g_byte_array_new ();
    g_autoptr (GByteArray) last = g_byte_array_new ();
    TestPids same = *pids;

    add_pmt (first, pids, 0, n_before, 184, rewritten);
    add_pmt (last, &same, 0, n_before, 184, rewritten && n_before == 0);
    for (guint i = 0; i < first->len; i += TEST_PACKET_SIZE) {
      const GByteArray *second =
          i + TEST_PACKET_SIZE < first->len ? first : last;

      g_byte_array_append (ts, first->data + i, TEST_PACKET_SIZE);
      test_ts_add_video (ts, pids, 1);
      g_byte_array_append (ts, second->data + i, TEST_PACKET_SIZE);
    }
  }
}

/* Packets of the same counter that are not equal: nobody knows which to believe. */
static void
build_no_duplicates (GByteArray * ts, TestPids * pids, gboolean rewritten)
{
  for (guint i = 0; i < 2; i++) {
    const guint offset = ts->len;

    add_half (ts, pids, TEST_PMT_PID, 0, FALSE);
    add_half (ts, pids, TEST_PMT_PID, 0, FALSE);
    ts->data[offset + TEST_PACKET_SIZE + 3] = ts->data[offset + 3];
    ts->data[offset + TEST_PACKET_SIZE + (i == 0 ? 5 : 187)] ^= 1;
    pids->counters[TEST_PMT_PID]--;
    add_half (ts, pids, TEST_PMT_PID, 1, FALSE);
  }
  add_pmt (ts, pids, 0, 0, 184, rewritten);
}

/* Three of the same counter are no duplicates: the section begins anew. */
static void
build_triplicates (GByteArray * ts, TestPids * pids, gboolean rewritten)
{
  for (guint i = 0; i < 3; i++) {
    pids->counters[TEST_PMT_PID] = 5;
    add_half (ts, pids, TEST_PMT_PID, 0, rewritten && i == 2);
  }
  add_half (ts, pids, TEST_PMT_PID, 1, rewritten);
}

/* A section that does not begin where the one before has ended, but where the
 * pointer_field says */
static void
build_pointer (GByteArray * ts, TestPids * pids, gboolean rewritten)
{
  g_autoptr (GByteArray) first = test_pmt_klv (0, 150, rewritten);
  g_autoptr (GByteArray) second = test_pmt_klv (1, 20, rewritten);
  guint8 payload[184];

  memset (payload, 0xff, sizeof (payload));
  payload[0] = first->len - 183 + 5;
  memcpy (payload + 1, first->data + 183, first->len - 183);
  memcpy (payload + 1 + payload[0], second->data, second->len);
  add_half (ts, pids, TEST_PMT_PID, 0, rewritten);
  test_ts_add (ts, pids, TEST_PMT_PID, TRUE, 0, payload, sizeof (payload));
}

/* What is not to be believed, or cannot be put together, stays. */
static void
build_broken (GByteArray * ts, TestPids * pids, gboolean rewritten)
{
  static const struct
  {
    guint at;
    guint8 flip;
  } bad[] = {
    {1, 0x80},                  /* transport_error_indicator */
    {3, 0x80},                  /* scrambled */
    {3, 0x10},                  /* no payload */
    {3, 0x30},                  /* the adaptation field is longer than the packet */
    {4, 0x80},                  /* pointer_field */
    {5 + 1, 0x80},              /* section_syntax_indicator */
    {5 + 2, 0x01},              /* section_length */
    {5 + 6, 0x02},              /* a bit that the CRC finds */
    {TEST_PACKET_SIZE + 1, 0x80},
    {TEST_PACKET_SIZE + 3, 0x0f},       /* lost packets */
    {TEST_PACKET_SIZE + 2, 0x01}        /* another PID */
  };
  g_autoptr (GByteArray) pmt = test_pmt_klv (0, 0, FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    const guint offset = ts->len;

    add_pmt (ts, pids, 0, bad[i].at < TEST_PACKET_SIZE ? 0 : 180, 184, FALSE);
    ts->data[offset + bad[i].at] ^= bad[i].flip;
  }
  test_ts_add_sections (ts, pids, 0x0000, pmt, 184);
  test_ts_add_sections (ts, pids, 0x1fff, pmt, 184);
  /* and does no harm to what follows */
  add_pmt (ts, pids, 0, 0, 184, rewritten);
}

/* Sections that end too early, or never, and no adaptation field but that */
static void
build_unfinished (GByteArray * ts, TestPids * pids, gboolean rewritten)
{
  g_autoptr (GByteArray) pmt = test_pmt_klv (0, 700, FALSE);
  guint8 nothing[184] = { 0 };

  g_byte_array_prepend (pmt, (const guint8 *) "", 1);
  test_ts_add (ts, pids, TEST_PMT_PID, TRUE, 0, pmt->data, pmt->len);
  add_pmt (ts, pids, 0, 0, 184, rewritten);
  test_ts_add (ts, pids, TEST_PMT_PID, TRUE, 0, pmt->data, pmt->len);
  add_pmt (ts, pids, 0, 300, 184, rewritten);
  test_ts_add (ts, pids, TEST_PMT_PID, TRUE, 0, pmt->data, pmt->len);
  test_ts_add (ts, pids, TEST_PMT_PID, FALSE, 184, nothing, 0);
  test_ts_add (ts, pids, TEST_PMT_PID, TRUE, 0, nothing, sizeof (nothing));
  add_pmt (ts, pids, 0, 0, 184, rewritten);
}

/* No KLV, or KLV that needs nothing */
static void
build_others (GByteArray * ts, TestPids * pids, gboolean rewritten)
{
  add_pmt (ts, pids, 0, 0, 184, TRUE);
  add_pmt (ts, pids, 0, 700, 184, TRUE);
  test_ts_add_video (ts, pids, 10);
}

static const struct
{
  const gchar *name;
  Build build;
  guint n_pmts;                 /* whole ones */
  guint n_rewritten;
} streams[] = {
  {"one-packet", build_one_packet, 3, 3},
  {"many-packets", build_many_packets, 2, 2},
  {"small-packets", build_small_packets, 62, 62},
  {"interleaved", build_interleaved, 2, 2},
  {"too-many-at-a-time", build_too_many_at_a_time, 9, 9},
  {"several-sections", build_several_sections, 12, 12},
  {"duplicates", build_duplicates, 3, 3},
  {"no-duplicates", build_no_duplicates, 1, 1},
  {"triplicates", build_triplicates, 1, 1},
  {"pointer", build_pointer, 2, 2},
  {"broken", build_broken, 1, 1},
  {"unfinished", build_unfinished, 3, 3},
  {"others", build_others, 2, 0},
};

static GByteArray *
make_stream (Build build, gboolean rewritten)
{
  GByteArray *ts = g_byte_array_new ();
  TestPids pids = { 0 };

  build (ts, &pids, rewritten);
  /* enough to find the packets by, where something else comes first */
  test_ts_add_video (ts, &pids, 4);
  return ts;
}

/* Every stream, at every distance of packets, cut everywhere, the long ones here and
 * there */
static void
test_stream (gconstpointer data)
{
  const guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GByteArray) in = make_stream (streams[i].build, FALSE);
  g_autoptr (GByteArray) out = make_stream (streams[i].build, TRUE);
  const guint step = 1 + in->len / 1500;

  for (gsize first = 1; first <= in->len; first += step)
    assert_filtered (in, out, first, G_MAXSIZE);
  for (guint k = 0; k < 3; k++) {
    const gsize spacing = (const gsize[]) { 188, 192, 204 }[k];
    g_autoptr (GByteArray) spaced_in = test_ts_space (in, spacing);
    g_autoptr (GByteArray) spaced_out = test_ts_space (out, spacing);
    KlvTs ts;

    for (gsize size = 1; size < 2 * spacing; size += step)
      assert_filtered (spaced_in, spaced_out, size, size);
    g_byte_array_unref (filter (&ts, spaced_in, G_MAXSIZE, 1));
    g_assert_cmpuint (ts.n_pmts, ==, streams[i].n_pmts);
    g_assert_cmpuint (ts.n_rewritten, ==, streams[i].n_rewritten);
    g_assert_cmpuint (ts.n_packets, ==, in->len / TEST_PACKET_SIZE);
  }
}

/* --- synchronisation ----------------------------------------------------- */

/* Bytes of something else, in which there are sync bytes */
static void
add_junk (GByteArray * ts, gsize size)
{
  for (gsize i = 0; i < size; i++) {
    const guint8 byte = i % 50 == 3 ? 0x47 : i;

    g_byte_array_append (ts, &byte, 1);
  }
}

static void
test_junk_first (void)
{
  g_autoptr (GByteArray) plain_in = make_stream (build_one_packet, FALSE);
  g_autoptr (GByteArray) plain_out = make_stream (build_one_packet, TRUE);

  for (gsize spacing = 188; spacing <= 204; spacing += spacing == 188 ? 4 : 12) {
    g_autoptr (GByteArray) spaced_in = test_ts_space (plain_in, spacing);
    g_autoptr (GByteArray) spaced_out = test_ts_space (plain_out, spacing);

    for (gsize n = 5; n < 500; n++) {
      g_autoptr (GByteArray) in = g_byte_array_new ();
      g_autoptr (GByteArray) out = g_byte_array_new ();

      add_junk (in, n);
      add_junk (out, n);
      g_byte_array_append (in, spaced_in->data, spaced_in->len);
      g_byte_array_append (out, spaced_out->data, spaced_out->len);
      assert_filtered (in, out, G_MAXSIZE, 1);
      assert_filtered (in, out, 1 + n % 7, 1 + n);
    }
  }
}

/* Packets that are cut, or with bytes between, cost what is in them, and no more. */
static void
test_lost_packets (void)
{
  KlvTs ts;

  for (gsize n = 1; n < 400; n++) {
    g_autoptr (GByteArray) in = make_stream (build_one_packet, FALSE);
    g_autoptr (GByteArray) out = make_stream (build_one_packet, TRUE);
    g_autoptr (GByteArray) second_in = make_stream (build_interleaved, FALSE);
    g_autoptr (GByteArray) second_out = make_stream (build_interleaved, TRUE);
    const gsize junk = n < 200 ? n : 0;
    const gsize cut = n < 200 ? 0 : n - 200;

    if ((junk + cut) % TEST_PACKET_SIZE == 0)
      continue;
    add_junk (in, junk);
    add_junk (out, junk);
    g_byte_array_set_size (in, in->len - cut);
    g_byte_array_set_size (out, out->len - cut);
    g_byte_array_append (in, second_in->data, second_in->len);
    g_byte_array_append (out, second_out->data, second_out->len);
    g_byte_array_unref (filter (&ts, in, n, 100));
    g_assert_cmpuint (ts.n_sync_losses, >=, 1);
    g_assert_cmpuint (ts.n_rewritten, >=, 3);
    if (cut == 0)
      assert_filtered (in, out, n, 100);
  }
}

/* One byte that is wrong loses one packet. */
static void
test_wrong_sync_byte (void)
{
  g_autoptr (GByteArray) in = make_stream (build_interleaved, FALSE);
  g_autoptr (GByteArray) out = make_stream (build_interleaved, TRUE);
  const guint at = 2 * TEST_PACKET_SIZE;        /* of video */
  KlvTs ts;

  in->data[at] = out->data[at] = 0;
  assert_filtered (in, out, 1, 1);
  assert_filtered (in, out, G_MAXSIZE, 1);
  g_byte_array_unref (filter (&ts, in, 500, 500));
  g_assert_cmpuint (ts.n_sync_losses, ==, 1);
  g_assert_cmpuint (ts.n_packets, ==, in->len / TEST_PACKET_SIZE - 1);
}

/* --- what is settled ----------------------------------------------------- */

/* Without type 15 everything is settled at once, however it is cut. */
static void
test_settled_at_once (void)
{
  g_autoptr (GByteArray) in = make_stream (build_others, TRUE);
  g_autoptr (GByteArray) out = g_byte_array_new ();
  KlvTs ts;

  klv_ts_init (&ts);
  for (guint i = 0; i < in->len; i++)
    g_assert_cmpuint (push (&ts, out, in->data + i, 1), ==, i + 1);
}

/* Where a byte of a section is that begins the stream */
static guint64
find_place (gsize offset)
{
  return (offset + 1) / 184 * TEST_PACKET_SIZE + 4 + (offset + 1) % 184;
}

/* With it, all up to the type, and all again behind the section */
static void
test_settled_up_to_type (void)
{
  g_autoptr (GByteArray) in = make_stream (build_many_packets, FALSE);
  g_autoptr (GByteArray) out = g_byte_array_new ();
  const guint64 type = find_place (12 + 5 + 900);
  const guint64 last = find_place (12 + 5 + 900 + 5 + 11 + 3);
  KlvTs ts;

  g_assert_cmphex (in->data[type], ==, 0x15);
  klv_ts_init (&ts);
  for (guint64 i = 0; i < last + 20; i++)
    g_assert_cmpuint (push (&ts, out, in->data + i, 1), ==,
        i < type || i >= last ? i + 1 : type);
}

/* A section whose end does not come is waited for up to a bound, with packets behind it
 * and without. */
static void
test_settled_without_end (gconstpointer data)
{
  const gboolean is_junk = GPOINTER_TO_INT (data);
  g_autoptr (GByteArray) in = make_stream (build_many_packets, FALSE);
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autoptr (GByteArray) more = g_byte_array_new ();
  TestPids pids = { 0 };
  KlvTs ts;

  klv_ts_init (&ts);
  g_assert_cmpuint (push (&ts, out, in->data, 5 * TEST_PACKET_SIZE), ==,
      find_place (12 + 5 + 900));
  if (is_junk)
    add_junk (more, 18800);
  else
    test_ts_add_video (more, &pids, 100);

  const guint64 held = klv_ts_get_settled (&ts);

  while (out->len + more->len <= KLV_TS_MAX_SPREAD)
    g_assert_cmpuint (push (&ts, out, more->data, more->len), ==, held);
  push (&ts, out, more->data, more->len);
  g_assert_cmpuint (push (&ts, out, more->data, more->len) + KLV_TS_WINDOW_SIZE,
      >, out->len);
}

/* Junk is not held for longer than it takes to see that it is none. */
static void
test_settled_junk (void)
{
  g_autoptr (GByteArray) in = g_byte_array_new ();
  g_autoptr (GByteArray) out = g_byte_array_new ();
  KlvTs ts;

  add_junk (in, 5000);
  klv_ts_init (&ts);
  for (guint i = 0; i < in->len; i++)
    g_assert_cmpuint (push (&ts, out, in->data + i, 1) + KLV_TS_WINDOW_SIZE, >,
        out->len);
}

/* A restart forgets the section, the packet and the window, and not the counts. */
static void
test_restart (void)
{
  g_autoptr (GByteArray) in = make_stream (build_many_packets, FALSE);
  g_autoptr (GByteArray) out = g_byte_array_new ();
  KlvTs ts;

  for (guint n = 0; n < in->len; n += 31) {
    g_autoptr (GByteArray) again = g_byte_array_new ();

    klv_ts_init (&ts);
    push (&ts, again, in->data, n);

    const guint64 n_packets = ts.n_packets;

    klv_ts_restart (&ts);
    g_assert_cmpuint (klv_ts_get_settled (&ts), ==, 0);
    g_byte_array_set_size (again, 0);
    push (&ts, again, in->data, in->len);
    g_assert_cmpuint (ts.n_packets, ==, n_packets + in->len / TEST_PACKET_SIZE);
    g_byte_array_set_size (out, 0);
    klv_ts_init (&ts);
    push (&ts, out, in->data, in->len);
    g_assert_cmpmem (again->data, again->len, out->data, out->len);
  }
}

/* Whatever a bit says, nothing is read elsewhere, and all sections are right. */
static void
test_every_bit (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (streams); i++) {
    g_autoptr (GByteArray) in = make_stream (streams[i].build, FALSE);

    for (guint bit = 0; bit < 8 * in->len; bit += 1 + in->len / 100) {
      KlvTs ts;

      in->data[bit / 8] ^= 1 << bit % 8;

      g_autoptr (GByteArray) whole = filter (&ts, in, G_MAXSIZE, 1);
      g_autoptr (GByteArray) cut = filter (&ts, in, 1 + bit / 8, 300);

      g_assert_cmpmem (whole->data, whole->len, cut->data, cut->len);
      in->data[bit / 8] ^= 1 << bit % 8;
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (streams); i++) {
    g_autofree gchar *path = g_strconcat ("/klv/ts/", streams[i].name, NULL);

    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_stream);
  }
  g_test_add_func ("/klv/ts/junk-first", test_junk_first);
  g_test_add_func ("/klv/ts/lost-packets", test_lost_packets);
  g_test_add_func ("/klv/ts/wrong-sync-byte", test_wrong_sync_byte);
  g_test_add_func ("/klv/ts/settled/at-once", test_settled_at_once);
  g_test_add_func ("/klv/ts/settled/up-to-type", test_settled_up_to_type);
  g_test_add_data_func ("/klv/ts/settled/without-end/packets",
      GINT_TO_POINTER (FALSE), test_settled_without_end);
  g_test_add_data_func ("/klv/ts/settled/without-end/junk",
      GINT_TO_POINTER (TRUE), test_settled_without_end);
  g_test_add_func ("/klv/ts/settled/junk", test_settled_junk);
  g_test_add_func ("/klv/ts/restart", test_restart);
  g_test_add_func ("/klv/ts/every-bit", test_every_bit);
  return g_test_run ();
}
