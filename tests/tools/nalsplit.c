/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Byte streams in any pieces, divided into NAL units */

#include "splittest.h"

#include <string.h>

#include "parse.h"

/* --- bytes ------------------------------------------------------------------- */

/* What is in the buffers, and where they end and access units end */
static GString *
describe (GPtrArray * units)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < units->len; i++) {
    GstMapInfo map;

    fail_unless (gst_buffer_map (units->pdata[i], &map, GST_MAP_READ));
    for (gsize k = 0; k < map.size; k++)
      g_string_append_printf (text, "%02x", map.data[k]);
    gst_buffer_unmap (units->pdata[i], &map);
    g_string_append (text, GST_BUFFER_FLAG_IS_SET (units->pdata[i],
            GST_BUFFER_FLAG_MARKER) ? "*" : "");
    g_string_append_c (text, '\n');
  }
  return text;
}

static GString *
split_blocks (H26xCodec codec, const guint8 * data, gsize size, gsize block)
{
  g_autoptr (GPtrArray) units = NULL;
  GstHarness *h = split_test_harness (codec, "");

  for (gsize at = 0; at < size; at += block)
    split_test_push (h, split_test_buffer (data + at, MIN (block, size - at)));
  units = split_test_end (h);
  return describe (units);
}

static H26xNalIter
begin_nals (H26xCodec codec, BytesSpan * span, Bytes * bytes)
{
  H26xNalIter it;

  bytes_init (bytes, span, 1);
  h26x_nal_iter_init (&it, bytes, (H26xFormat) {
      codec, 0}
  );
  return it;
}

/* Offset of the first start code, with its zero_byte */
static gsize
find_first (const guint8 * data, gsize size)
{
  for (gsize i = 0; i + 3 <= size; i++)
    if (data[i] == 0 && data[i + 1] == 0
        && (data[i + 2] == 1 || (i + 4 <= size && data[i + 2] == 0
                && data[i + 3] == 1)))
      return i;
  return size;
}

/* Each buffer has one NAL unit, and all of them are what came, from the first start
 * code on; a stream without any NAL unit gives nothing. */
static void
assert_all_there (H26xCodec codec, const guint8 * data, gsize size)
{
  GstHarness *h = split_test_harness (codec, "");
  g_autoptr (GByteArray) joined = g_byte_array_new ();
  g_autoptr (GPtrArray) units = NULL;
  gsize start = find_first (data, size);

  split_test_push (h, split_test_buffer (data, size));
  units = split_test_end (h);
  for (guint i = 0; i < units->len; i++) {
    GstMapInfo map;
    BytesSpan span;
    Bytes bytes;
    H26xNalIter it;
    H26xNal nal;

    fail_unless (gst_buffer_map (units->pdata[i], &map, GST_MAP_READ));
    span = (BytesSpan) {
    map.data, map.size};
    it = begin_nals (codec, &span, &bytes);
    fail_unless (h26x_nal_iter_next (&it, &nal));
    fail_if (h26x_nal_iter_next (&it, &nal));
    g_byte_array_append (joined, map.data, (guint) map.size);
    gst_buffer_unmap (units->pdata[i], &map);
  }
  if (units->len > 0) {
    fail_unless_equals_int (joined->len, size - start);
    fail_unless (memcmp (joined->data, data + start, joined->len) == 0);
  } else {
    BytesSpan span = { data, size };
    Bytes bytes;
    H26xNalIter it = begin_nals (codec, &span, &bytes);
    H26xNal nal;

    fail_if (h26x_nal_iter_next (&it, &nal));
  }
}

/* The same, wherever it is cut */
static void
assert_cut_anywhere (H26xCodec codec, const guint8 * data, gsize size)
{
  g_autoptr (GString) whole = split_blocks (codec, data, size, MAX (size, 1));
  g_autoptr (GString) bytewise = split_blocks (codec, data, size, 1);

  assert_all_there (codec, data, size);
  fail_unless_equals_string (bytewise->str, whole->str);
  for (gsize one = 0; one <= size; one++)
    for (gsize two = one; two <= MIN (size, one + 9); two++) {
      GstHarness *h = split_test_harness (codec, "");
      g_autoptr (GPtrArray) units = NULL;
      g_autoptr (GString) result = NULL;

      split_test_push (h, split_test_buffer (data, one));
      split_test_push (h, split_test_buffer (data + one, two - one));
      split_test_push (h, split_test_buffer (data + two, size - two));
      units = split_test_end (h);
      result = describe (units);
      fail_unless (strcmp (result->str, whole->str) == 0,
          "cut at %" G_GSIZE_FORMAT " and %" G_GSIZE_FORMAT ":\n%s", one,
          two, result->str);
    }
}

#define STREAM(bytes) { (const guint8 *) bytes, sizeof (bytes) - 1 }

static const struct
{
  const guint8 *data;
  gsize size;
} streams[] = {
  STREAM (""),
  STREAM ("\x00\x00"),
  STREAM ("no start code"),
  STREAM ("\x00\x00\x01"),
  STREAM ("\x00\x00\x01\x00\x00\x01\x00\x00\x00\x01"),
  STREAM ("\x00\x00\x00\x00\x00\x00\x00\x00"),
  STREAM ("\x00\x00\x01\x09"),
  /* a join in the middle of a NAL unit, and leading zeros */
  STREAM ("\x12\x00\x01\x00\x00\x00\x00\x00\x01\x09\x01\xf0\x00\x00\x01\x06"
      "\x05\x01"),
  /* trailing zeros, start codes of 3 and 4 bytes, an end without a NAL unit */
  STREAM ("\x00\x00\x01\x67\x01\x42\x00\x00\x00\x00\x00\x01\x68\x01\x01\x00\x00"
      "\x01\x65\x01\x88\x00\x00\x00\x00\x01\x41\x01\x9a\x00\x00\x00\x00\x01"),
  /* NAL units of no bytes, and of one */
  STREAM ("\x00\x00\x01\x00\x00\x01\x06\x05\x00\x00\x00\x01\x00\x00\x00\x01\x07"
      "\x00\x00\x01\x01\x00\x00\x01\x01\x80\x00\x00\x01\x41\x00\x00\x01"),
  /* headers of zeros that are none, and that are one */
  STREAM ("\x00\x00\x01\x67\x01\x42\x00\x00\x01\x00\x00\x00\x00\x00\x02\x05\x00"
      "\x00\x01\x00\x00\x00\x00\x01\x65\x01\x88\x00\x00\x01\x00\x05\x00\x00"),
  /* 01 upon 01 */
  STREAM ("\x00\x00\x01\x01\x01\x01\x00\x01\x00\x00\x01\x01\x00\x00\x00\x01\x01"
      "\x00\x00\x01\x01\x01"),
  /* delimiter, SEI, slices, prefix NAL units (H.264), and the next pictures */
  STREAM ("\x00\x00\x00\x01\x09\xf0\x00\x00\x01\x06\x05\x01\x20\x80\x00\x00\x01"
      "\x65\x88\x84\x00\x00\x01\x65\x48\x84\x00\x00\x01\x6e\x40\x80\x00\x00\x01"
      "\x61\x48\x84\x00\x00\x01\x6e\x40\x80\x00\x00\x01\x61\x88\x84\x00\x00\x01"
      "\x0a\x00\x00\x01\x61\x88"),
  /* the same in H.265 */
  STREAM ("\x00\x00\x00\x01\x46\x01\x50\x00\x00\x01\x4e\x01\x01\x01\x20\x80\x00"
      "\x00\x01\x02\x01\xd0\x00\x00\x01\x02\x01\x50\x00\x00\x01\x50\x01\x84\x01"
      "\x20\x80\x00\x00\x01\x02\x09\xd0\x00\x00\x01\x02\x01\xd0\x00\x00\x01\x48"
      "\x01\x00\x00\x01\x02\x01"),
};

GST_START_TEST (test_nalsplit_cut_anywhere_gives_the_same_units)
{
  assert_cut_anywhere (H26X_CODEC_H264, streams[__i__].data,
      streams[__i__].size);
  assert_cut_anywhere (H26X_CODEC_H265, streams[__i__].data,
      streams[__i__].size);
}

GST_END_TEST;

/* Bytes of which start codes and headers are made, at random */
GST_START_TEST (test_nalsplit_random_bytes_give_the_same_units_by_any_cut)
{
  static const guint8 likely[] =
      { 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 6, 0x65, 0x6e, 9, 0x02, 0x4e, 0x88,
    0xff
  };
  g_autoptr (GRand) rand = g_rand_new_with_seed (15);

  for (guint i = 0; i < 20; i++) {
    guint8 data[40];

    for (guint k = 0; k < sizeof (data); k++)
      data[k] = likely[g_rand_int_range (rand, 0, sizeof (likely))];
    assert_cut_anywhere (i % 2, data, sizeof (data));
  }
}

GST_END_TEST;

/* All types and header bytes, forbidden ones, too */
GST_START_TEST (test_nalsplit_every_header_is_a_unit_of_its_own)
{
  for (guint codec = 0; codec < 2; codec++)
    for (guint header = 0; header < 256; header++) {
      const guint8 data[] = { 0, 0, 1, 9, 1, 0xf0, 0, 0, 1, (guint8) header, 1,
        0x80, 0x55, 0, 0, 0, 1, 0x4e, 1, 5
      };
      g_autoptr (GString) whole = split_blocks (codec, data, sizeof (data),
          sizeof (data));
      g_autoptr (GString) bytewise = split_blocks (codec, data, sizeof (data),
          1);
      g_auto (GStrv) lines = g_strsplit (whole->str, "\n", -1);

      fail_unless_equals_int (g_strv_length (lines), 3 + 1);
      fail_unless_equals_string (whole->str, bytewise->str);
      assert_all_there (codec, data, sizeof (data));
    }
}

GST_END_TEST;

/* --- streams ----------------------------------------------------------------- */

/* Access units are counted by their first slices, as manifest.tsv has them, too; all
 * of these have some but one, which ends */
static void
assert_vector (const gchar * path, H26xCodec codec)
{
  static const gsize blocks[] = { 1, 7, 188, 4096 };
  g_autofree gchar *contents = NULL;
  g_autoptr (GString) whole = NULL;
  const guint8 *data;
  guint n_pictures = 0, n_marked = 0;
  BytesSpan span;
  Bytes bytes;
  H26xNalIter it;
  H26xNal nal;
  gsize size;

  fail_unless (g_file_get_contents (path, &contents, &size, NULL));
  data = (const guint8 *) contents;
  whole = split_blocks (codec, data, size, size);
  assert_all_there (codec, data, size);
  for (guint i = 0; i < G_N_ELEMENTS (blocks); i++) {
    g_autoptr (GString) result = split_blocks (codec, data, size, blocks[i]);

    fail_unless (g_string_equal (result, whole), "%s in %" G_GSIZE_FORMAT,
        path, blocks[i]);
  }
  span = (BytesSpan) {
  data, size};
  it = begin_nals (codec, &span, &bytes);
  while (h26x_nal_iter_next (&it, &nal))
    n_pictures += nal.first_in_picture && nal.layer_id == 0;
  for (gsize i = 0; i < whole->len; i++)
    n_marked += whole->str[i] == '*';
  fail_unless (n_marked == MAX (n_pictures, 1), "%s: %u access units, not %u",
      path, n_marked, n_pictures);
}

GST_START_TEST (test_nalsplit_vectors_in_blocks_of_any_size_give_all_units)
{
  static const struct
  {
    const gchar *suffix;
    H26xCodec codec;
  } kinds[] = {
    {".264", H26X_CODEC_H264},
    {".avc", H26X_CODEC_H264},
    {".h264", H26X_CODEC_H264},
    {".h265", H26X_CODEC_H265},
  };
  const gchar *folder = g_getenv ("METAKAFKA_VECTORS");
  g_autoptr (GDir) dir = folder ? g_dir_open (folder, 0, NULL) : NULL;
  const gchar *name;

  if (!dir) {
    g_print ("skipped: METAKAFKA_VECTORS is not set\n");
    return;
  }
  while ((name = g_dir_read_name (dir)))
    for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
      g_autofree gchar *path = g_build_filename (folder, name, NULL);

      if (g_str_has_suffix (name, kinds[i].suffix))
        assert_vector (path, kinds[i].codec);
    }
}

GST_END_TEST;

static Suite *
nalsplit_suite (void)
{
  Suite *s = suite_create ("nalsplit");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_set_timeout (tc, 120);
  bridge_parse_register ();
  tcase_add_loop_test (tc, test_nalsplit_cut_anywhere_gives_the_same_units, 0,
      G_N_ELEMENTS (streams));
  tcase_add_test (tc,
      test_nalsplit_random_bytes_give_the_same_units_by_any_cut);
  tcase_add_test (tc, test_nalsplit_every_header_is_a_unit_of_its_own);
  tcase_add_test (tc,
      test_nalsplit_vectors_in_blocks_of_any_size_give_all_units);
  return s;
}

GST_CHECK_MAIN (nalsplit);
