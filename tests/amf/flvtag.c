/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "amftest.h"
#include "flvtag.h"

#define HEADER "46 4c 56 01 05 00000009 00000000"

/* What came, a line each */
static void
append_event (GString * log, const FlvReader * reader, FlvEvent event)
{
  const FlvTag *tag = &reader->tag;

  if (event == FLV_TAG)
    g_string_append_printf (log, "%s%u %u bytes %u ms: ",
        tag->is_encrypted ? "encrypted " : "", tag->type, tag->size,
        tag->timestamp_ms);
  else if (event == FLV_BODY)
    for (gsize i = 0; i < reader->body.size; i++)
      g_string_append_printf (log, "%02x", reader->body.data[i]);
  else
    g_string_append (log, event == FLV_TAG_END ? "\n" : "broken\n");
}

/* Reads a stream in pieces of so many bytes, each in a block of its own. */
static char *
read_pieces (BytesSpan stream, gsize piece_size, gboolean * is_between)
{
  GString *log = g_string_new (NULL);
  FlvReader reader;

  flv_reader_init (&reader);
  for (gsize i = 0; i < stream.size; i += piece_size) {
    const gsize size = MIN (piece_size, stream.size - i);
    g_autofree guint8 *piece = g_memdup2 (stream.data + i, size);
    BytesSpan data = { piece, size };
    FlvEvent event;

    while ((event = flv_reader_next (&reader, &data)) != FLV_MORE)
      append_event (log, &reader, event);
    g_assert_cmpuint (data.size, ==, 0);
  }
  *is_between = flv_reader_is_between_tags (&reader);
  return g_string_free (log, FALSE);
}

static void
assert_reads (const char *text, const char *wanted, gboolean is_between)
{
  const BytesSpan stream = amf_bytes (text);

  for (gsize size = 1; size <= stream.size; size++) {
    gboolean between;
    g_autofree char *log = read_pieces (stream, size, &between);

    g_assert_cmpstr (log, ==, wanted);
    g_assert_cmpint (between, ==, is_between);
  }
  amf_bytes_free (stream);
}

static void
test_streams (void)
{
  static const struct
  {
    const char *stream, *wanted;
    gboolean is_between;
  } cases[] = {
    {HEADER, "", TRUE},
    {HEADER " 12 000002 000102 03 000000 aa bb 0000000d",
        "18 2 bytes 50331906 ms: aabb\n", TRUE},
    /* without what begins it, with it once more, and with wrong sizes behind tags */
    {"09 000000 000001 00 000000 ffffffff " HEADER
          " 08 000001 000002 00 000000 cc 00000000",
        "9 0 bytes 1 ms: \n8 1 bytes 2 ms: cc\n", TRUE},
    /* more in front of the first tag */
    {"46 4c 56 01 05 0000000b 5555 00000000 09 000000 000000 00 000000",
        "9 0 bytes 0 ms: \n", TRUE},
    {"32 000001 000000 00 000000 aa 0000000c",
        "encrypted 18 1 bytes 0 ms: aa\n", TRUE},
    /* a stream has an identifier, which is to be 0 */
    {"12 000001 000000 00 000001 aa 0000000c", "18 1 bytes 0 ms: aa\n", TRUE},
    {"1f 000001 000000 00 000000 aa 0000000c", "31 1 bytes 0 ms: aa\n", TRUE},
    /* nothing that follows is read */
    {"40 000001 000000 00 000000 aa 0000000c 08 000001 000000 00 000000 aa",
        "broken\n", TRUE},
    {"80 000001 000000 00 000000 aa", "broken\n", TRUE},
    {"46 4c 57 01 05 00000009 00000000", "broken\n", TRUE},
    {"46 4c 56 01 05 00000008 00000000", "broken\n", TRUE},
    {"46 4c 56 01 05 00010000 00000000", "broken\n", TRUE},
    /* cut */
    {HEADER " 12 000002", "", FALSE},
    {HEADER " 12 000002 000102 03 000000 aa", "18 2 bytes 50331906 ms: aa",
        FALSE},
    {"46 4c 56", "", FALSE}
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_reads (cases[i].stream, cases[i].wanted, cases[i].is_between);
}

static void
test_write (void)
{
  const FlvTag tags[] = {
    {.type = FLV_SCRIPT,.size = FLV_TAG_MAX_SIZE,.timestamp_ms = 0xfedcba98},
    {.type = FLV_VIDEO,.is_encrypted = true,.size = 1},
    {.type = FLV_AUDIO,.timestamp_ms = 0xffffff}
  };

  for (guint i = 0; i < G_N_ELEMENTS (tags); i++) {
    guint8 header[FLV_TAG_HEADER_SIZE], trailer[FLV_TAG_TRAILER_SIZE];
    BytesSpan data = { header, sizeof (header) };
    FlvReader reader;
    FlvTag tag;

    flv_tag_write_header (&tags[i], header);
    flv_tag_write_trailer (&tags[i], trailer);
    flv_reader_init (&reader);
    g_assert_cmpint (flv_reader_next (&reader, &data), ==, FLV_TAG);
    g_assert_cmpuint (flv_tag_look (header, &tag), ==,
        sizeof (header) + tags[i].size + sizeof (trailer));
    g_assert_cmpuint (trailer[0] << 24 | trailer[1] << 16 | trailer[2] << 8
        | trailer[3], ==, sizeof (header) + tags[i].size);
    for (guint n = 0; n < 2; n++) {
      const FlvTag *read = n == 0 ? &tag : &reader.tag;

      g_assert_cmpuint (read->type, ==, tags[i].type);
      g_assert_cmpint (read->is_encrypted, ==, tags[i].is_encrypted);
      g_assert_cmpuint (read->size, ==, tags[i].size);
      g_assert_cmpuint (read->timestamp_ms, ==, tags[i].timestamp_ms);
    }
  }
}

static void
test_look (void)
{
  static const struct
  {
    const char *data;
    gsize size;
    guint type;
  } cases[] = {
    {"46 4c 56 01 05 00000009 0000", 13, 0},
    {"46 4c 56 01 05 00000010 0000", 20, 0},
    {"46 4c 56 01 05 00000001 0000", 0, 0},
    {"46 4c 47 01 05 00000009 0000", 0, 0},
    {"12 000010 000000 00 000000", 31, FLV_SCRIPT},
    {"52 000010 000000 00 000000", 0, FLV_SCRIPT}
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const BytesSpan data = amf_bytes (cases[i].data);
    FlvTag tag;

    g_assert_cmpuint (flv_tag_look (data.data, &tag), ==, cases[i].size);
    g_assert_cmpuint (tag.type, ==, cases[i].type);
    amf_bytes_free (data);
  }
}

static void
test_frames (void)
{
  static const struct
  {
    const char *body;
    gboolean is_frame;
    gint32 composition_ms;
  } cases[] = {
    {"17 01 000021 00", TRUE, 33},      /* AVC: a packet of a frame */
    {"27 01 ffffdf 00", TRUE, -33},
    {"17 01", TRUE, 0},
    {"17 00 000000 01", FALSE, 0},      /* what decoders need first, and the end */
    {"17 02 000000", FALSE, 0},
    {"1c 01 000021 00", TRUE, 33},      /* HEVC, as it was before Enhanced RTMP */
    {"57 01", FALSE, 0},        /* a command */
    {"12 00", TRUE, 0},         /* H.263 */
    {"91 68766331 000021 00", TRUE, 33},        /* Enhanced RTMP */
    {"a1 68766331 000021 00", TRUE, 33},
    {"a1 61766331 ffffdf 00", TRUE, -33},
    {"a1 76766331 000021 00", TRUE, 33},
    {"a1 61763031 000021 00", TRUE, 0}, /* codecs without composition times */
    {"a1 76703038 000021 00", TRUE, 0},
    {"a1 76703039 000021 00", TRUE, 0},
    {"91 687663", TRUE, 0},     /* cut */
    {"91 68766331 0000", TRUE, 0},
    {"93 68766331 00", TRUE, 0},
    {"93 68766331 000021", TRUE, 0},
    {"90 61763031 01", FALSE, 0},
    {"90 68766331 01", FALSE, 0},
    {"92 68766331", FALSE, 0},
    {"84 68766331", FALSE, 0},
    {"d1 00", FALSE, 0},
    {"17", FALSE, 0}, {"", FALSE, 0}
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const BytesSpan body = amf_bytes (cases[i].body);
    gint32 composition_ms;

    g_assert_cmpint (flv_video_is_frame (body, &composition_ms), ==,
        cases[i].is_frame);
    g_assert_cmpint (composition_ms, ==, cases[i].composition_ms);
    amf_bytes_free (body);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/flvtag/streams", test_streams);
  g_test_add_func ("/flvtag/write", test_write);
  g_test_add_func ("/flvtag/look", test_look);
  g_test_add_func ("/flvtag/frames", test_frames);
  return g_test_run ();
}
