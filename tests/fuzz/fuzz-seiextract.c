/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The element seiextract: the video stays, and what is read comes out.
 *
 * Input: caps, options; then for each buffer two bytes of length, division, flags,
 * and its bytes */

#include "fuzzstream.h"

#include "jsontext.h"
#include <gst/sei/sei.h>
#include "seitypes.h"
#include "seiuuid.h"

#define FLAG_NEW_CAPS 8         /* for flags; bits 4 to 7 say which */

typedef struct
{
  SeiSelection selection;
  gboolean remove;
  guint n_announced;            /* signals for the buffer at hand */
} Expected;

/* The metas of all buffers */
static SeiList *
list_metas (GPtrArray * buffers)
{
  SeiList *list = sei_list_new ();

  for (guint i = 0; i < buffers->len; i++) {
    gpointer state = NULL;
    GstSeiMeta *meta;

    while ((meta = gst_sei_buffer_iterate_meta (g_ptr_array_index (buffers, i),
                &state)))
      sei_list_append_full (list, meta->payload_type, meta->uuid,
          meta->payload);
  }
  return list;
}

static void
check_lists_equal (SeiList * a, SeiList * b)
{
  CHECK (a->len == b->len);
  for (guint i = 0; i < a->len; i++)
    CHECK (fuzz_item_equal (sei_list_get (a, i), sei_list_get (b, i)));
}

/* The pad "metadata" has each payload, as it is or as a JSON object. */
static void
check_metadata (FuzzStream * stream, SeiList * metas)
{
  CHECK (stream->metadata->len == metas->len);
  for (guint i = 0; i < metas->len; i++) {
    GstMapInfo map;
    gsize size;
    const guint8 *data =
        g_bytes_get_data (sei_list_get (metas, i)->payload, &size);

    CHECK (gst_buffer_map (g_ptr_array_index (stream->metadata, i), &map,
            GST_MAP_READ));
    if (stream->json)
      CHECK (json_text_is_object ((const char *) map.data, map.size));
    else
      CHECK (map.size == size && (size == 0
              || memcmp (map.data, data, size) == 0));
    gst_buffer_unmap (g_ptr_array_index (stream->metadata, i), &map);
  }
}

/* What is left of a NAL unit is written again, with the emulation prevention that
 * it may have been without: a byte behind every two. */
static gsize
longest (gsize size)
{
  return size + size / 2;
}

/* What came of one access unit */
static void
check_access_unit (FuzzStream * stream, FuzzInput in, const Expected * expected)
{
  const H26xFormat format = stream->caps->format;
  GByteArray *out = fuzz_join (stream->video);
  SeiFindings found = {.times = sei_list_new () };
  SeiList *before = fuzz_read (in, format, &expected->selection, &found);
  SeiList *metas = list_metas (stream->video);

  if (stream->video->len > 0)
    check_lists_equal (metas, before);
  CHECK (expected->n_announced == before->len);
  check_metadata (stream, before);

  if (!expected->remove) {
    CHECK (stream->video->len == 1);
    CHECK (out->len == in.size
        && (in.size == 0 || memcmp (out->data, in.data, in.size) == 0));
  } else {
    CHECK (out->len <= longest (in.size));
    /* Where a length field is short, emulation prevention that was missing may
     * make a NAL unit too large to be written again */
    if (found.n_broken == 0 && (format.length_size == 0
            || format.length_size == 4)) {
      const FuzzInput again = { out->data, out->len };
      SeiList *after = fuzz_read (again, format, &expected->selection, &found);

      CHECK (after->len == 0);
      /* A NAL unit whose content ends with a single zero byte loses that in a
       * byte stream */
      CHECK (found.n_broken == 0 || format.length_size == 0);
      g_array_unref (after);
    }
  }
  g_array_unref (metas);
  g_array_unref (before);
  g_array_unref (found.times);
  g_byte_array_unref (out);
}

static void
on_new_metadata (GstElement * element, guint size, const guint8 * data,
    Expected * expected)
{
  CHECK (data[size] == 0);
  expected->n_announced++;
}

/* Bits 0 and 1: UUIDs; 2: JSON; 3: messages on the bus; 4: remove; 5: scan=full; 6 and
 * 7: payload types */
static void
set_properties (FuzzStream * stream, uint8_t options, Expected * expected)
{
  static const gchar *const uuids[4] = {
    "", SEI_UUID_DEFAULT, "00000100-0000-0000-0000-020000030000",
    SEI_UUID_DEFAULT ",dc45e9bde6d948b7962cd820d923eeef"
  };

  static const gchar *const types[4] = {
    "5", "5,100,300", "0,1,3,4,6", "100,5,4,255,0,65535,6"
  };

  expected->selection.types = sei_types_parse (types[options >> 6]);
  expected->selection.uuids = sei_uuid_parse_list (uuids[options & 3]);
  stream->json = !!(options & 4);
  expected->remove = !!(options & 16);
  expected->selection.scan = options & 32 ? SEI_SCAN_FULL : SEI_SCAN_HEAD;
  g_object_set (stream->element, "uuid", uuids[options & 3],
      "payload-types", types[options >> 6],
      "signal-new-metadata", TRUE, "post-messages", !!(options & 8),
      "remove", expected->remove, "scan", expected->selection.scan, NULL);
}

int
LLVMFuzzerTestOneInput (const uint8_t * data, size_t size)
{
  static FuzzStream stream;
  FuzzInput in = { data, size };
  Expected expected = { 0 };

  if (stream.element == NULL)
    fuzz_stream_init (&stream, "seiextract");

  const uint8_t caps = fuzz_take_byte (&in);
  set_properties (&stream, fuzz_take_byte (&in), &expected);
  const gulong handler = g_signal_connect (stream.element, "new-metadata",
      G_CALLBACK (on_new_metadata), &expected);

  fuzz_stream_begin (&stream, caps);
  while (in.size > 0) {
    const size_t high = fuzz_take_byte (&in);
    const size_t length = high << 8 | fuzz_take_byte (&in);
    const uint8_t division = fuzz_take_byte (&in);
    const uint8_t flags = fuzz_take_byte (&in);

    if (flags & FLAG_NEW_CAPS)
      fuzz_stream_set_caps (&stream, flags >> 4);
    const FuzzInput bytes = fuzz_take (&in, length);
    expected.n_announced = 0;
    if (fuzz_stream_push (&stream, fuzz_buffer_new (bytes, division, flags))
        && !stream.caps->nal)
      check_access_unit (&stream, bytes, &expected);
  }
  fuzz_stream_end (&stream);
  CHECK (stream.all_out->len <= longest (stream.all_in->len));
  if (!expected.remove)
    CHECK (fuzz_stream_has_same_video (&stream));
  g_signal_handler_disconnect (stream.element, handler);
  g_bytes_unref (expected.selection.types);
  g_bytes_unref (expected.selection.uuids);
  return 0;
}
