/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* seiextract: how much of an access unit is read, and input that is wrong */

#include "naltest.h"

#include <string.h>

static const TestMessage one[] = { TEST_MESSAGE (test_uuid, "one") };
static const TestMessage two[] = { TEST_MESSAGE (test_uuid, "two") };
static const TestMessage three[] = { TEST_MESSAGE (test_uuid, "three") };

static GstHarness *
scan_harness (const TestFormat * format, SeiScan scan, gboolean remove)
{
  GstHarness *h = test_harness ("seiextract", format);

  g_object_set (h->element, "scan", scan, "remove", remove, NULL);
  return h;
}

/* Slices, none of them the first of a picture, of more bytes than SEI_SCAN_TAIL */
static GstBuffer *
append_slices (const TestFormat * format, GstBuffer * buffer)
{
  guint8 slice[200];

  memset (slice, 0x55, sizeof (slice));
  slice[0] = format->format.codec == H26X_CODEC_H264 ? 0x65 : 0x26;
  slice[1] = 0x01;
  for (guint i = 0; i <= SEI_SCAN_TAIL / sizeof (slice); i++)
    buffer = test_append_nal (format, buffer, slice, sizeof (slice));

  return buffer;
}

/* A prefix SEI behind what there is */
static GstBuffer *
append_prefix (const TestFormat * format, GstBuffer * buffer,
    const TestMessage * message)
{
  GByteArray *nal = test_sei_nal (format, FALSE, message, 1);

  buffer = test_append_nal (format, buffer, nal->data, nal->len);
  g_byte_array_unref (nal);

  return buffer;
}

GST_START_TEST (test_seiextract_scan_head_reads_nothing_between_slices)
{
  const TestFormat *format = &test_formats[__i__];

  for (SeiScan scan = SEI_SCAN_HEAD; scan <= SEI_SCAN_FULL; scan++) {
    for (guint remove = 0; remove < 2; remove++) {
      const gboolean all = scan == SEI_SCAN_FULL
          || format->format.length_size > 0;
      GstHarness *h = scan_harness (format, scan, remove);
      GstBuffer *plain = test_access_unit (format, 0);
      GstBuffer *in = test_insert_sei (format, gst_buffer_copy (plain), one, 1);
      GstBuffer *expected;

      in = append_slices (format, append_prefix (format, in, two));
      if (remove) {
        if (!all)
          plain = append_prefix (format, plain, two);
        expected = append_slices (format, plain);
      } else {
        gst_buffer_unref (plain);
        expected = gst_buffer_ref (in);
      }
      GstBuffer *out = gst_harness_push_and_pull (h, in);

      test_assert_bytes (out, expected);
      if (all)
        test_assert_metas (out, "one", "two", NULL);
      else
        test_assert_metas (out, "one", NULL);
      assert_equals_uint64 (test_stat (h->element, "broken"), 0);
      gst_buffer_unref (out);
      gst_buffer_unref (expected);
      gst_harness_teardown (h);
    }
  }
}

GST_END_TEST;

/* H.264 has no suffix SEI, and what is last in an access unit is not read. */
GST_START_TEST (test_seiextract_scan_head_reads_no_end_of_h264)
{
  for (SeiScan scan = SEI_SCAN_HEAD; scan <= SEI_SCAN_FULL; scan++) {
    GstHarness *h = scan_harness (test_h264, scan, FALSE);
    GstBuffer *out = gst_harness_push_and_pull (h, append_prefix (test_h264,
            test_access_unit (test_h264, 0), one));

    test_assert_metas (out, scan == SEI_SCAN_FULL ? "one" : NULL, NULL);
    gst_buffer_unref (out);
    gst_harness_teardown (h);
  }
}

GST_END_TEST;

/* A suffix SEI, filler data of such a size that @distance bytes are from the start
 * code of that to the end, @distance being some hundreds at least */
static GstBuffer *
append_suffix_and_filler (GstBuffer * buffer, const TestMessage * message,
    gsize distance)
{
  const gsize before = gst_buffer_get_size (buffer);

  buffer = test_append_sei (test_h265, buffer, message, 1);
  const gsize size = distance - (gst_buffer_get_size (buffer) - before) - 4;
  guint8 *filler = g_malloc (size);

  memset (filler, 0xff, size);
  filler[0] = 38 << 1;          /* FD_NUT */
  filler[1] = 0x01;
  filler[size - 1] = 0x80;
  buffer = test_append_nal (test_h265, buffer, filler, size);
  g_free (filler);
  assert_equals_int (gst_buffer_get_size (buffer) - before, distance);

  return buffer;
}

GST_START_TEST (test_seiextract_scan_head_reads_suffix_in_tail)
{
  static const struct
  {
    gsize distance;
    gboolean read;
  } cases[] = {
    {SEI_SCAN_TAIL - 1000, TRUE}, {SEI_SCAN_TAIL - 1, TRUE},
    {SEI_SCAN_TAIL, TRUE}, {SEI_SCAN_TAIL + 2, FALSE},
    {SEI_SCAN_TAIL + 1000, FALSE}, {4 * SEI_SCAN_TAIL, FALSE},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    for (guint n_memories = 0; n_memories <= 16; n_memories += 4) {
      for (SeiScan scan = SEI_SCAN_HEAD; scan <= SEI_SCAN_FULL; scan++) {
        const gboolean read = cases[i].read || scan == SEI_SCAN_FULL;
        GstHarness *h = scan_harness (test_h265, scan, FALSE);
        GstBuffer *in = test_insert_sei (test_h265,
            test_access_unit (test_h265, 0), one, 1);

        in = append_suffix_and_filler (in, two, cases[i].distance);
        if (n_memories > 0)
          in = test_divide (in, n_memories);
        GstBuffer *out = gst_harness_push_and_pull (h, in);

        if (read)
          test_assert_metas (out, "one", "two", NULL);
        else
          test_assert_metas (out, "one", NULL);
        gst_buffer_unref (out);
        gst_harness_teardown (h);
      }
    }
  }
}

GST_END_TEST;

/* What is in the tail is read, what is between slices before it is not, and
 * removed is what is read. */
GST_START_TEST (test_seiextract_scan_head_removes_from_head_and_tail)
{
  GstHarness *h = scan_harness (test_h265, SEI_SCAN_HEAD, TRUE);
  GstBuffer *expected = test_access_unit (test_h265, 0);
  GstBuffer *in = test_insert_sei (test_h265, gst_buffer_copy (expected), one,
      1);

  in = append_slices (test_h265, append_prefix (test_h265, in, two));
  in = test_append_sei (test_h265, in, three, 1);
  expected = append_slices (test_h265, append_prefix (test_h265, expected,
          two));
  GstBuffer *out = gst_harness_push_and_pull (h, in);

  test_assert_bytes (out, expected);
  test_assert_metas (out, "one", "three", NULL);
  gst_buffer_unref (out);
  gst_buffer_unref (expected);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* Where the NAL unit of the message begins and ends, and whether one ends at @cut */
static H26xNal
find_message (const TestFormat * format, GstBuffer * whole, gsize cut,
    gboolean * ends)
{
  H26xNal found = { 0 };
  TimedBufferMap map;
  H26xNalIter it;
  H26xNal nal;

  *ends = cut == 0;
  fail_unless (timed_buffer_map (whole, &map));
  h26x_nal_iter_init (&it, &map.bytes, format->format);
  while (h26x_nal_iter_next (&it, &nal)) {
    *ends |= nal.offset + nal.size == cut;
    if (nal.kind == H26X_NAL_SEI)
      found = nal;
  }
  timed_buffer_unmap (&map);

  return found;
}

/* Cut at every byte. With length fields the NAL unit that is cut is broken, in a
 * byte stream the message, unless just trailing bits are missing. */
GST_START_TEST (test_seiextract_hostile_cut_is_counted_and_passes)
{
  const TestFormat *format = &test_formats[__i__ / 2];
  const gboolean remove = __i__ % 2;
  const gboolean lengths = format->format.length_size > 0;
  GstBuffer *whole = test_insert_sei (format, test_access_unit (format, 0), one,
      1);

  for (gsize cut = 0; cut <= gst_buffer_get_size (whole); cut++) {
    GstHarness *h = scan_harness (format, cut % 2, remove);
    GstBuffer *in = gst_buffer_copy_region (whole, GST_BUFFER_COPY_ALL, 0, cut);
    gboolean ends;
    const H26xNal nal = find_message (format, whole, cut, &ends);
    const gsize content = nal.offset + H26X_NAL_HEADER_SIZE
        (format->format.codec);
    const gsize end = nal.offset + nal.size;
    const gboolean complete = cut >= (lengths ? end : end - 1);
    GstBuffer *expected;

    if (cut % 3 == 1)
      in = test_divide (in, 1 + cut % 16);
    if (remove && complete)
      expected = gst_buffer_append (gst_buffer_copy_region (whole,
              GST_BUFFER_COPY_ALL, 0, nal.start),
          gst_buffer_copy_region (whole, GST_BUFFER_COPY_ALL, MIN (cut, end),
              cut - MIN (cut, end)));
    else
      expected = gst_buffer_ref (in);
    fail_unless_equals_int (gst_harness_push (h, in), GST_FLOW_OK);
    GstBuffer *out = gst_harness_pull (h);

    test_assert_bytes (out, expected);
    test_assert_metas (out, complete ? "one" : NULL, NULL);
    assert_equals_uint64 (test_stat (h->element, "broken"),
        lengths ? !ends : cut > content && cut < end - 1);
    gst_buffer_unref (out);
    gst_buffer_unref (expected);
    gst_harness_teardown (h);
  }
  gst_buffer_unref (whole);
}

GST_END_TEST;

/* Pushes it in both alignments and pulls the same bytes. Takes @in. */
static void
assert_passes (const TestFormat * format, GstBuffer * in, guint n_messages,
    guint n_broken)
{
  for (guint i = 0; i < 8; i++) {
    GstHarness *h = i & 4 ? test_nal_harness ("seiextract", format) :
        test_harness ("seiextract", format);

    g_object_set (h->element, "scan", i & 1, "remove", (i & 2) != 0, "uuid",
        i & 2 ? "0123456789abcdef" : "", NULL);
    fail_unless_equals_int (gst_harness_push (h, gst_buffer_ref (in)),
        GST_FLOW_OK);
    GstBuffer *out = gst_harness_pull (h);

    test_assert_bytes (out, in);
    assert_equals_uint64 (test_stat (h->element, i & 2 ? "ignored" :
            "messages"), n_messages);
    assert_equals_uint64 (test_stat (h->element, "broken"), n_broken);
    gst_buffer_unref (out);
    gst_harness_teardown (h);
  }
  gst_buffer_unref (in);
}

/* A length that exceeds what is left, of each NAL unit in turn: what is before it
 * is read */
GST_START_TEST (test_seiextract_hostile_long_lengths_pass)
{
  const TestFormat *format = &test_formats[__i__];
  const guint length_size = format->format.length_size;
  GstBuffer *whole = test_insert_sei (format, test_access_unit (format, 0), one,
      1);
  GstBufferList *nals = test_split (format, gst_buffer_copy (whole));
  gsize offset = 0;

  for (guint i = 0; length_size > 0 && i < gst_buffer_list_length (nals); i++) {
    const gsize size = gst_buffer_get_size (gst_buffer_list_get (nals, i));
    const gsize left = gst_buffer_get_size (whole) - offset - length_size;
    GstBuffer *in = gst_buffer_copy_deep (whole);

    gst_buffer_memset (in, offset, 0xff, length_size);
    /* 255 is no more than what is left of some */
    if (length_size > 1 || left < 255)
      assert_passes (format, in, i > 3, 1);
    else
      gst_buffer_unref (in);

    /* By one */
    if (left + 1 < 256) {
      in = gst_buffer_copy_deep (whole);
      gst_buffer_memset (in, offset, 0, length_size);
      gst_buffer_memset (in, offset + length_size - 1, (guint8) (left + 1), 1);
      assert_passes (format, in, i > 3, 1);
    }
    offset += size;
  }
  gst_buffer_list_unref (nals);
  gst_buffer_unref (whole);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_hostile_empty_nal_units_pass)
{
  const TestFormat *format = &test_formats[__i__];

  for (guint n = 1; n <= 3; n++) {
    GstBuffer *in = test_access_unit (format, n);

    /* Length fields of 0, or nothing between start codes */
    for (guint i = 0; i < n; i++)
      in = test_insert_nal (format, in, NULL, 0);
    in = test_insert_sei (format, in, one, 1);
    in = test_insert_nal (format, in, NULL, 0);
    assert_passes (format, test_append_nal (format, in, NULL, 0), 1, 0);

    /* And nothing else */
    in = gst_buffer_new ();
    for (guint i = 0; i < n; i++)
      in = test_append_nal (format, in, NULL, 0);
    assert_passes (format, in, 0, 0);
  }
}

GST_END_TEST;

GST_START_TEST (test_seiextract_hostile_nothing_in_it_passes)
{
  static const guint8 zeros[20] = { 0 };
  static const guint8 start_code[] = { 0, 0, 1 };
  static const guint8 no_start_code[] = { 0, 0, 2, 0x06, 0x05, 0x01, 0, 1 };
  const TestFormat *format = &test_formats[__i__];

  assert_passes (format, gst_buffer_new (), 0, 0);
  /* Memories of no bytes */
  assert_passes (format, test_divide (gst_buffer_new (), 3), 0, 0);
  assert_passes (format, test_divide (gst_buffer_new (), 16), 0, 0);
  assert_passes (format, test_insert_bytes (gst_buffer_new (), 0, zeros,
          sizeof (zeros)), 0, 0);
  if (format->format.length_size == 0) {
    assert_passes (format, test_insert_bytes (gst_buffer_new (), 0, start_code,
            sizeof (start_code)), 0, 0);
    assert_passes (format, test_insert_bytes (gst_buffer_new (), 0,
            no_start_code, sizeof (no_start_code)), 0, 0);
  }
}

GST_END_TEST;

/* SEI NAL units whose content is wrong, with a message behind them */
GST_START_TEST (test_seiextract_hostile_sei_is_counted_and_passes)
{
  static const struct
  {
    guint8 bytes[12];
    gsize size;
    guint n_broken;
  } cases[] = {
    /* Nothing, or trailing bits only */
    {{0}, 0, 0}, {{0x80}, 1, 0},
    /* payloadType, payloadSize without end; size of more than is there */
    {{0xff, 0xff, 0xff}, 3, 1}, {{0x05, 0xff, 0xff}, 3, 1}, {{0x05, 0x7f}, 2,
        1},
    {{0x04, 0x02, 0xb5}, 3, 1},
    /* Too short for a UUID, three times */
    {{0x05, 0x00, 0x05, 0x01, 0xff, 0x05, 0x02, 0xff, 0xff, 0x80}, 10, 3},
    /* Enough only if emulation prevention counted */
    {{0x04, 0x07, 0x00, 0x00, 0x03, 0x00, 0x00, 0x03, 0x00}, 9, 1},
  };
  const TestFormat *format = &test_formats[__i__];

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    GByteArray *nal = test_sei_nal (format, FALSE, NULL, 0);
    GstBuffer *in;

    g_byte_array_set_size (nal, nal->len - 1);
    g_byte_array_append (nal, cases[i].bytes, cases[i].size);
    in = test_insert_nal (format, test_access_unit (format, i), nal->data,
        nal->len);
    assert_passes (format, test_insert_sei (format, in, one, 1), 1,
        cases[i].n_broken);
    g_byte_array_unref (nal);
  }
}

GST_END_TEST;

static Suite *
seiextract_scan_suite (void)
{
  Suite *s = suite_create ("seiextract_scan");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc,
      test_seiextract_scan_head_reads_nothing_between_slices, 0,
      N_TEST_FORMATS);
  tcase_add_test (tc, test_seiextract_scan_head_reads_no_end_of_h264);
  tcase_add_test (tc, test_seiextract_scan_head_reads_suffix_in_tail);
  tcase_add_test (tc, test_seiextract_scan_head_removes_from_head_and_tail);
  tcase_add_loop_test (tc, test_seiextract_hostile_cut_is_counted_and_passes, 0,
      2 * N_TEST_FORMATS);
  tcase_add_loop_test (tc, test_seiextract_hostile_long_lengths_pass, 0,
      N_TEST_FORMATS);
  tcase_add_loop_test (tc, test_seiextract_hostile_empty_nal_units_pass, 0,
      N_TEST_FORMATS);
  tcase_add_loop_test (tc, test_seiextract_hostile_nothing_in_it_passes, 0,
      N_TEST_FORMATS);
  tcase_add_loop_test (tc, test_seiextract_hostile_sei_is_counted_and_passes, 0,
      N_TEST_FORMATS);

  return s;
}

GST_CHECK_MAIN (seiextract_scan);
