/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* NAL units of access units: their times and flags, when they leave, what is dropped */

#include "nalsplit.h"

#include <string.h>

#include "parse.h"
#include "splittest.h"

/* --- access units ------------------------------------------------------------ */

/* NAL units by letters, and their bytes behind a start code of 4 */
static const struct
{
  gchar letter;
  const gchar *h264;
  const gchar *h265;
} letters[] = {
  {'a', "\x09\xf0\x80\x80", "\x46\x01\x50\x80"},
  {'p', "\x67\x4d\x40\x1f", "\x42\x01\x01\x80"},
  {'e', "\x06\x05\x01\x20", "\x4e\x01\x05\x20"},
  {'S', "\x65\x88\x84\x80", "\x02\x01\xd0\x80"},        /* the first slice */
  {'s', "\x65\x48\x84\x80", "\x02\x01\x50\x80"},        /* another one */
  {'x', NULL, "\x50\x01\x84\x20"},      /* suffix SEI */
  {'l', NULL, "\x02\x09\xd0\x80"},      /* a first slice of layer 1 */
  {'f', "\x6e\x40\x80\x80", NULL},      /* prefix NAL unit */
  {'z', "\x0a\x80\x80\x80", "\x48\x01\x80\x80"},        /* end of sequence */
};

#define UNIT_SIZE 8u

static void
append_unit (GByteArray * array, H26xCodec codec, gchar letter)
{
  for (guint i = 0; i < G_N_ELEMENTS (letters); i++) {
    if (letters[i].letter == letter) {
      g_byte_array_append (array, (const guint8 *) "\0\0\0\1", 4);
      g_byte_array_append (array, (const guint8 *)
          (codec == H26X_CODEC_H265 ? letters[i].h265 : letters[i].h264), 4);
      return;
    }
  }
  fail ("no NAL unit '%c'", letter);
}

/* A buffer of NAL units by their letters: "aeS", with a PTS in ms and a DTS that is
 * 1 ms less "aeS@40", with a marker "S*", with a discontinuity "!aeS". Of "S3" the
 * first 3 bytes, of "S-3" the others. */
static GstBuffer *
parse_buffer (H26xCodec codec, const gchar * text)
{
  GByteArray *array = g_byte_array_new ();
  guint flags = 0, n = 0;
  gint pts = -1;
  GstBuffer *buffer;

  for (const gchar * c = text; *c != '\0'; c++) {
    if (*c == '!') {
      flags |= GST_BUFFER_FLAG_DISCONT;
    } else if (*c == '*') {
      flags |= GST_BUFFER_FLAG_MARKER;
    } else if (*c == '@') {
      pts = atoi (c + 1);
      break;
    } else if (*c == '-') {
      n = (guint) (*++c - '0');
      g_byte_array_remove_range (array, array->len - UNIT_SIZE, n);
    } else if (g_ascii_isdigit (*c)) {
      n = (guint) (*c - '0');
      g_byte_array_set_size (array, array->len - UNIT_SIZE + n);
    } else {
      append_unit (array, codec, *c);
    }
  }
  buffer = split_test_buffer (array->data, array->len);
  g_byte_array_unref (array);
  GST_BUFFER_FLAG_SET (buffer, flags);
  if (pts >= 0) {
    GST_BUFFER_PTS (buffer) = (guint) pts *GST_MSECOND;
    GST_BUFFER_DTS (buffer) = (guint) (pts - 1) * GST_MSECOND;
  }
  return buffer;
}

static gchar
find_letter (H26xCodec codec, GstBuffer * buffer)
{
  for (guint i = 0; i < G_N_ELEMENTS (letters); i++) {
    const gchar *bytes = codec == H26X_CODEC_H265 ? letters[i].h265 :
        letters[i].h264;

    if (bytes && gst_buffer_get_size (buffer) == UNIT_SIZE
        && gst_buffer_memcmp (buffer, 4, bytes, 4) == 0
        && gst_buffer_memcmp (buffer, 0, "\0\0\0\1", 4) == 0)
      return letters[i].letter;
  }
  return '?';
}

/* As parse_buffer() has it, with a space before each NAL unit that has a time */
static GString *
format_buffers (H26xCodec codec, GPtrArray * units)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < units->len; i++) {
    GstBuffer *buffer = units->pdata[i];

    if (GST_BUFFER_IS_DISCONT (buffer))
      g_string_append_c (text, '!');
    g_string_append_c (text, find_letter (codec, buffer));
    if (GST_BUFFER_PTS_IS_VALID (buffer)) {
      g_string_append_printf (text, "@%u ",
          (guint) (GST_BUFFER_PTS (buffer) / GST_MSECOND));
      fail_unless_equals_uint64 (GST_BUFFER_DTS (buffer),
          GST_BUFFER_PTS (buffer) - GST_MSECOND);
    }
    if (GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_MARKER))
      g_string_append (text, "* ");
  }
  if (text->len > 0 && text->str[text->len - 1] == ' ')
    g_string_truncate (text, text->len - 1);
  return text;
}

static void
push_texts (GstHarness * h, H26xCodec codec, const gchar * input)
{
  g_auto (GStrv) texts = g_strsplit (input, " ", -1);

  for (guint i = 0; texts[i]; i++)
    split_test_push (h, parse_buffer (codec, texts[i]));
}

static void
assert_gives (H26xCodec codec, const gchar * caps, const gchar * input,
    const gchar * expected)
{
  GstHarness *h = split_test_harness (codec, caps);
  g_autoptr (GPtrArray) units = NULL;
  g_autoptr (GString) result = NULL;

  push_texts (h, codec, input);
  units = split_test_end (h);
  result = format_buffers (codec, units);
  fail_unless (strcmp (result->str, expected) == 0, "'%s' gave '%s'", input,
      result->str);
}

static const struct
{
  const gchar *input;
  const gchar *expected;
} both[] = {
  /* an access unit for each buffer, with delimiters or without */
  {"apeS@40 aeS@80 aeS@120", "!a@40 peS* a@80 eS* a@120 eS*"},
  {"peSss@40 Sss@80 eSss@120", "!p@40 eSss* S@80 ss* e@120 Sss*"},
  {"aeS aeS", "!aeS* aeS*"},
  /* two in a buffer */
  {"aeSaeS@40 aeS@80", "!a@40 eS* a@40 eS* a@80 eS*"},
  /* one in several, of which the others have no times, or those of the next one */
  {"ae@40 S ss aeS@80", "!a@40 eSss* a@80 eS*"},
  {"ae@40 Sss@80 aeS@120", "!a@40 eSss* a@120 eS*"},
  {"aeSs@40 ssaeS@80 ssaeSa@120", "!a@40 eSsss* a@80 eSss* a@120 eS* a@120 *"},
  /* NAL units in several */
  {"aeS5@40 S-5aeS@80", "!a@40 eS* a@80 eS*"},
  {"ae5@40 e-5S6 S-6 aeS@80", "!a@40 eS* a@80 eS*"},
  {"ae1@40 e-1Sa7@80 a-7S@120", "!a@40 eS* a@80 S*"},
  /* start codes in several: that of an access unit begins in the first */
  {"aeSa3@40 a-3S@80 aS@120", "!a@40 eS* a@40 S* a@120 S*"},
  {"aeSa2@40 a-2S@80 aS@120", "!a@40 eS* a@40 S* a@120 S*"},
  /* its zero_byte alone does not count: it may be a trailing_zero_8bits */
  {"aeSa1@40 a-1S@80 aS@120", "!a@40 eS* a@80 S* a@120 S*"},
  /* some have no times */
  {"aeS@40 aeS aeS@120", "!a@40 eS* aeS* a@120 eS*"},
  {"aeS aeS@80", "!aeS* a@80 eS*"},
  /* a join in the middle of an access unit */
  {"S-6ssaeS@40", "!s@40 s* a@40 eS*"},
  {"ssaeS@40 aeS@80", "!s@40 s* a@40 eS* a@80 eS*"},
  /* ends of sequences */
  {"Sz@40 sS@80", "!S@40 z* s@80 * S@80 *"},
  {"aeSz@40 eS@80 zz eS@120", "!a@40 eSz* e@80 Szz* e@120 S*"},
  /* what is behind a discontinuity does not belong to what is before */
  {"aeS@40 !aeS@80", "!a@40 e!a@80 eS*"},
  {"aeS@40 ae5 !@80", "!a@40 eS* a*"},
  {"aeS@40 ae5 !e-5S@80 aeS@120", "!a@40 eS* a* !S@80 * a@120 eS*"},
  {"ae@40 !eS@80 aeS@120", "!a@40 !e@80 S* a@120 eS*"},
  {"aeSa2 !a-2S@80 aeS@120", "!ae!S@80 * a@120 eS*"},
  {"aeSa4 !a-4S@80 aeS@120", "!aeS* !S@80 * a@120 eS*"},
};

static const struct
{
  H26xCodec codec;
  const gchar *caps;
  const gchar *input;
  const gchar *expected;
} some[] = {
  /* a prefix NAL unit is where its slice is */
  {H26X_CODEC_H264, "", "fSfs@40 fSfs@80", "!f@40 Sfs* f@80 Sfs*"},
  {H26X_CODEC_H264, "", "aefS@40 aefSfs@80", "!a@40 efS* a@80 efSfs*"},
  {H26X_CODEC_H264, "", "fS@40 feS@80 ff fS@120",
      "!f@40 Sf* e@80 Sff* f@120 S*"},
  {H26X_CODEC_H264, "", "S@40 f !fS@80", "!S@40 * !f@80 S*"},
  {H26X_CODEC_H264, "", "Sf", "!Sf*"},
  /* suffix SEI, and layers */
  {H26X_CODEC_H265, "", "aeSx@40 eSsx@80", "!a@40 eSx* e@80 Ssx*"},
  {H26X_CODEC_H265, "", "Slx@40 Slx@80 Sl", "!S@40 lx* S@80 lx* Sl*"},
  /* buffers that have whole access units or NAL units need not wait */
  {H26X_CODEC_H264, ",alignment=au", "aeS@40 aeS !@60 !aS@80 s",
      "!a@40 eS* aeS* !a@80 S* s*"},
  {H26X_CODEC_H264, ",alignment=nal", "a@40 e@40 S@40 s*@40 a@80 S*@80 S",
      "!a@40 eSs* a@80 S* S"},
  {H26X_CODEC_H265, ",alignment=nal", "a@40 eS@40 s@40 a@80 e6 S@80 x@80",
      "!a@40 eSsa@80 ?Sx"},
};

GST_START_TEST (test_nalsplit_access_units_have_their_times_and_markers)
{
  const gchar *input = both[__i__].input;

  assert_gives (H26X_CODEC_H264, "", input, both[__i__].expected);
  assert_gives (H26X_CODEC_H265, "", input, both[__i__].expected);
}

GST_END_TEST;

GST_START_TEST (test_nalsplit_access_units_of_one_codec_have_markers)
{
  assert_gives (some[__i__].codec, some[__i__].caps, some[__i__].input,
      some[__i__].expected);
}

GST_END_TEST;

/* What has left after so many bytes of a delimiter, SEI, slice, and delimiter */
GST_START_TEST (test_nalsplit_units_leave_when_the_next_header_is_there)
{
  for (guint codec = 0; codec < 2; codec++) {
    const guint next = 4 + H26X_NAL_HEADER_SIZE (codec) + 1;
    GstHarness *h = split_test_harness (codec, "");
    g_autoptr (GstBuffer) all = parse_buffer (codec, "aeSa");
    g_autoptr (GPtrArray) units = NULL;

    for (guint i = 0; i < 4 * UNIT_SIZE; i++) {
      const guint n_begun = (i + 1 + UNIT_SIZE - next) / UNIT_SIZE;

      split_test_push (h, gst_buffer_copy_region (all, GST_BUFFER_COPY_ALL, i,
              1));
      fail_unless_equals_int (gst_harness_buffers_in_queue (h),
          n_begun > 0 ? n_begun - 1 : 0);
    }
    units = split_test_end (h);
    fail_unless_equals_int (units->len, 4);
  }
}

GST_END_TEST;

/* Each byte has a time of its own. That of the first zero of a prefix counts, behind
 * the zero_byte. */
GST_START_TEST (test_nalsplit_byte_by_byte_the_prefix_has_the_time)
{
  GstHarness *h = split_test_harness (H26X_CODEC_H264, "");
  g_autoptr (GstBuffer) all = parse_buffer (H26X_CODEC_H264, "aeSaS");
  g_autoptr (GPtrArray) units = NULL;
  g_autoptr (GString) result = NULL;

  for (guint i = 0; i < 5 * UNIT_SIZE; i++) {
    GstBuffer *buffer = gst_buffer_copy_region (all, GST_BUFFER_COPY_ALL, i, 1);

    GST_BUFFER_PTS (buffer) = (100 + i) * GST_MSECOND;
    GST_BUFFER_DTS (buffer) = (99 + i) * GST_MSECOND;
    split_test_push (h, buffer);
  }
  units = split_test_end (h);
  result = format_buffers (H26X_CODEC_H264, units);
  fail_unless_equals_string (result->str, "!a@101 eS* a@125 S*");
}

GST_END_TEST;

/* filesrc's first buffer has a time, which says nothing about video */
GST_START_TEST (test_nalsplit_segment_in_bytes_has_no_times)
{
  GstHarness *h = split_test_harness (H26X_CODEC_H264, "");
  g_autoptr (GPtrArray) units = NULL;
  g_autoptr (GString) result = NULL;
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_BYTES);
  push_texts (h, H26X_CODEC_H264, "aeS@40");
  fail_unless (gst_harness_push_event (h, gst_event_new_segment (&segment)));
  push_texts (h, H26X_CODEC_H264, "aeS@80 S@120");
  units = split_test_end (h);
  result = format_buffers (H26X_CODEC_H264, units);
  fail_unless_equals_string (result->str, "!a@40 eS* aeS* S*");
}

GST_END_TEST;

/* Capture times are in metas. */
GST_START_TEST (test_nalsplit_first_unit_has_the_metas)
{
  GstHarness *h = split_test_harness (H26X_CODEC_H264, "");
  g_autoptr (GstCaps) caps = gst_caps_new_empty_simple ("timestamp/x-unix");
  g_autoptr (GPtrArray) units = NULL;
  GstBuffer *buffer;

  for (guint i = 0; i < 2; i++) {
    buffer = parse_buffer (H26X_CODEC_H264, "aeS@40");
    gst_buffer_add_reference_timestamp_meta (buffer, caps, i,
        GST_CLOCK_TIME_NONE);
    split_test_push (h, buffer);
  }
  units = split_test_end (h);
  fail_unless_equals_int (units->len, 6);
  for (guint i = 0; i < 6; i++) {
    GstReferenceTimestampMeta *meta =
        gst_buffer_get_reference_timestamp_meta (units->pdata[i], caps);

    fail_unless ((meta != NULL) == (i % 3 == 0));
    fail_unless (meta == NULL || meta->timestamp == i / 3);
  }
}

GST_END_TEST;

/* The bytes are those of the input. */
GST_START_TEST (test_nalsplit_unit_within_a_buffer_is_not_copied)
{
  GstHarness *h = split_test_harness (H26X_CODEC_H264, "");
  g_autoptr (GPtrArray) units = NULL;
  GstBuffer *buffer = parse_buffer (H26X_CODEC_H264, "aeS");
  const guint8 *data;
  GstMapInfo map;

  fail_unless (gst_buffer_map (buffer, &map, GST_MAP_READ));
  data = map.data;
  gst_buffer_unmap (buffer, &map);
  split_test_push (h, buffer);
  units = split_test_end (h);
  fail_unless_equals_int (units->len, 3);
  for (guint i = 0; i < 3; i++) {
    fail_unless (gst_buffer_map (units->pdata[i], &map, GST_MAP_READ));
    fail_unless (map.data == data + i * UNIT_SIZE);
    gst_buffer_unmap (units->pdata[i], &map);
  }
}

GST_END_TEST;

GST_START_TEST (test_nalsplit_flush_forgets_what_is_left)
{
  GstHarness *h = split_test_harness (H26X_CODEC_H264, "");
  g_autoptr (GPtrArray) units = NULL;
  g_autoptr (GString) result = NULL;
  GstSegment segment;

  push_texts (h, H26X_CODEC_H264, "aeS@40 e5");
  gst_harness_push_event (h, gst_event_new_flush_start ());
  gst_harness_push_event (h, gst_event_new_flush_stop (TRUE));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_harness_push_event (h, gst_event_new_segment (&segment));
  push_texts (h, H26X_CODEC_H264, "e-5S@80 eS@120");
  units = split_test_end (h);
  result = format_buffers (H26X_CODEC_H264, units);
  fail_unless_equals_string (result->str, "!a@40 e!S@80 * e@120 S*");
}

GST_END_TEST;

/* New caps end the stream before them. */
GST_START_TEST (test_nalsplit_other_caps_in_the_stream_change_the_codec)
{
  GstHarness *h = split_test_harness (H26X_CODEC_H264, ",width=320");
  g_autoptr (GPtrArray) units = NULL;
  g_autoptr (GstCaps) caps = NULL;
  g_autoptr (GstCaps) other =
      gst_caps_from_string ("video/x-h265,stream-format=byte-stream");

  push_texts (h, H26X_CODEC_H264, "aeS@40");
  caps = gst_pad_get_current_caps (h->sinkpad);
  fail_unless_equals_string (gst_structure_get_string (gst_caps_get_structure
          (caps, 0), "alignment"), "nal");
  fail_unless (gst_structure_has_field (gst_caps_get_structure (caps, 0),
          "width"));
  fail_unless (gst_harness_push_event (h, gst_event_new_caps (other)));
  fail_unless_equals_int (gst_harness_buffers_in_queue (h), 3);
  push_texts (h, H26X_CODEC_H265, "aeSx@80 aS@120");
  units = split_test_end (h);
  fail_unless_equals_int (units->len, 9);
  fail_unless_equals_int (find_letter (H26X_CODEC_H264, units->pdata[2]), 'S');
  fail_unless (GST_BUFFER_FLAG_IS_SET (units->pdata[2],
          GST_BUFFER_FLAG_MARKER));
  fail_unless_equals_int (find_letter (H26X_CODEC_H265, units->pdata[6]), 'x');
  fail_unless (GST_BUFFER_FLAG_IS_SET (units->pdata[6],
          GST_BUFFER_FLAG_MARKER));
}

GST_END_TEST;

GST_START_TEST (test_nalsplit_starts_anew_after_ready)
{
  GstHarness *h = split_test_harness (H26X_CODEC_H264, "");
  g_autoptr (GPtrArray) units = NULL;
  g_autoptr (GString) result = NULL;
  GstSegment segment;

  push_texts (h, H26X_CODEC_H264, "aeS@40 e5");
  gst_element_set_state (h->element, GST_STATE_READY);
  gst_element_set_state (h->element, GST_STATE_PLAYING);
  gst_harness_push_event (h, gst_event_new_stream_start ("again"));
  gst_harness_set_src_caps_str (h, "video/x-h264,stream-format=byte-stream");
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_harness_push_event (h, gst_event_new_segment (&segment));
  push_texts (h, H26X_CODEC_H264, "e-5S@80 eS@120");
  units = split_test_end (h);
  result = format_buffers (H26X_CODEC_H264, units);
  fail_unless_equals_string (result->str, "!a@40 e!S@80 * e@120 S*");
}

GST_END_TEST;

/* Nothing of what was not taken comes later. */
GST_START_TEST (test_nalsplit_refused_buffer_ends_the_call)
{
  GstHarness *h = split_test_harness (H26X_CODEC_H264, "");
  g_autoptr (GPtrArray) units = NULL;
  g_autoptr (GString) result = NULL;

  GST_PAD_SET_FLUSHING (h->sinkpad);
  fail_unless_equals_int (gst_harness_push (h,
          parse_buffer (H26X_CODEC_H264, "aeSaeS5@40")), GST_FLOW_FLUSHING);
  GST_PAD_UNSET_FLUSHING (h->sinkpad);
  push_texts (h, H26X_CODEC_H264, "S-5eS@80");
  units = split_test_end (h);
  result = format_buffers (H26X_CODEC_H264, units);
  fail_unless_equals_string (result->str, "!e@80 S*");
}

GST_END_TEST;

GST_START_TEST (test_nalsplit_without_caps_refuses)
{
  GstHarness *h = gst_harness_new ("nalsplit");
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_harness_push_event (h, gst_event_new_stream_start ("none"));
  gst_harness_push_event (h, gst_event_new_segment (&segment));
  fail_unless_equals_int (gst_pad_push (h->srcpad,
          parse_buffer (H26X_CODEC_H264, "aeS")), GST_FLOW_NOT_NEGOTIATED);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* --- bounds ------------------------------------------------------------------ */

/* A slice of so many bytes between others, in pieces of a size that divides it */
static GPtrArray *
split_long (gsize size, gsize piece)
{
  GstHarness *h = split_test_harness (H26X_CODEC_H264, "");
  g_autofree guint8 *data = g_malloc (size);

  memset (data, 0x55, size);
  memcpy (data, "\0\0\0\1\x65\x88", 6);
  push_texts (h, H26X_CODEC_H264, "ae@40");
  for (gsize at = 0; at < size; at += piece)
    split_test_push (h, split_test_buffer (data + at, piece));
  push_texts (h, H26X_CODEC_H264, "aeS@80 aeS@120");
  return split_test_end (h);
}

GST_START_TEST (test_nalsplit_long_unit_is_passed_over)
{
  const gsize max = NAL_SPLIT_MAX_SIZE;
  const struct
  {
    gsize size, piece;
    const gchar *expected;
  } cases[] = {
    {max, max / 256, "!a@40 e?* a@80 eS* a@120 eS*"},
    {max, max, "!a@40 e?* a@80 eS* a@120 eS*"},
    {max + 1, max + 1, "!a@40 e!a@80 eS* a@120 eS*"},
    {max + 2, max / 2 + 1, "!a@40 e!a@80 eS* a@120 eS*"},
    {max + max / 256, max / 256, "!a@40 e!a@80 eS* a@120 eS*"},
    {2 * max, max / 256, "!a@40 e!a@80 eS* a@120 eS*"},
  };
  g_autoptr (GPtrArray) units =
      split_long (cases[__i__].size, cases[__i__].piece);
  g_autoptr (GString) result = format_buffers (H26X_CODEC_H264, units);

  fail_unless_equals_string (result->str, cases[__i__].expected);
}

GST_END_TEST;

/* Zeros and start codes without end are kept no more than others. */
GST_START_TEST (test_nalsplit_endless_start_codes_are_passed_over)
{
  static const gchar *const patterns[] = { "\0\0\0\0", "\0\0\0\1" };
  const gsize piece = 65536;
  GstHarness *h = split_test_harness (H26X_CODEC_H264, "");
  g_autofree guint8 *data = g_malloc (piece);
  g_autoptr (GPtrArray) units = NULL;

  for (gsize i = 0; i < piece; i++)
    data[i] = (guint8) patterns[__i__][i % 4];
  push_texts (h, H26X_CODEC_H264, "ae@40");
  split_test_push (h, split_test_buffer ((const guint8 *) "\0\0\0\1", 4));
  for (gsize at = 0; at < NAL_SPLIT_MAX_SIZE / 2 * 3; at += piece)
    split_test_push (h, split_test_buffer (data, piece));
  push_texts (h, H26X_CODEC_H264, "eS@80 aeS@120");
  units = split_test_end (h);
  fail_unless_equals_int (units->len, 7);
  for (guint i = 0; i < units->len; i++)
    fail_unless (gst_buffer_get_size (units->pdata[i]) <= NAL_SPLIT_MAX_SIZE);
}

GST_END_TEST;

static Suite *
nalsplit_units_suite (void)
{
  Suite *s = suite_create ("nalsplit_units");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_set_timeout (tc, 120);
  bridge_parse_register ();
  tcase_add_loop_test (tc,
      test_nalsplit_access_units_have_their_times_and_markers, 0,
      G_N_ELEMENTS (both));
  tcase_add_loop_test (tc, test_nalsplit_access_units_of_one_codec_have_markers,
      0, G_N_ELEMENTS (some));
  tcase_add_test (tc, test_nalsplit_units_leave_when_the_next_header_is_there);
  tcase_add_test (tc, test_nalsplit_byte_by_byte_the_prefix_has_the_time);
  tcase_add_test (tc, test_nalsplit_segment_in_bytes_has_no_times);
  tcase_add_test (tc, test_nalsplit_first_unit_has_the_metas);
  tcase_add_test (tc, test_nalsplit_unit_within_a_buffer_is_not_copied);
  tcase_add_test (tc, test_nalsplit_flush_forgets_what_is_left);
  tcase_add_test (tc, test_nalsplit_other_caps_in_the_stream_change_the_codec);
  tcase_add_test (tc, test_nalsplit_starts_anew_after_ready);
  tcase_add_test (tc, test_nalsplit_refused_buffer_ends_the_call);
  tcase_add_test (tc, test_nalsplit_without_caps_refuses);
  tcase_add_loop_test (tc, test_nalsplit_long_unit_is_passed_over, 0, 6);
  tcase_add_loop_test (tc, test_nalsplit_endless_start_codes_are_passed_over, 0,
      2);
  return s;
}

GST_CHECK_MAIN (nalsplit_units);
