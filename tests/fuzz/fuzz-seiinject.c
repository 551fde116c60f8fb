/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The element seiinject: nothing but the messages is added, and they are there.
 *
 * Input: caps, what is injected, mode and UUID; then for each buffer, if lines are
 * joined, one byte of length and time and as many bytes of lines; two bytes of
 * length, division, flags, metas, and its bytes */

#include "fuzzstream.h"

#include <gst/video/video-sei.h>

#include "timedjoiner.h"
#include <gst/sei/sei.h>
#include "seiuuid.h"

#define OPTION_JOIN 128
#define FLAG_NEW_CAPS 8         /* for flags; bits 4 to 7 say which */

/* What the buffers get: bits 0 and 1: how many; 2 to 4: from which payload on;
 * 5: as GstVideoSEIUserDataUnregisteredMeta; 6 and 7: from which UUID on, or, with 3,
 * metas of another type. Returns what is to be injected. */
static SeiList *
add_metas (GstBuffer * buffer, uint8_t metas)
{
  static const guint32 other_types[8] = {
    0, 1, 4, 100, 255, 300, 65535, 65536
  };
  SeiList *list = sei_list_new ();

  for (guint i = 0; i < (metas & 3); i++) {
    const guint8 *uuid = fuzz_uuids[((metas >> 6) + i) % FUZZ_N_UUIDS];
    GBytes *payload = fuzz_payload ((metas >> 2 & 7) + i);
    gsize size;
    const guint8 *data = g_bytes_get_data (payload, &size);

    if (!(metas & 32))
      gst_sei_buffer_add_meta_full (buffer,
          metas >> 6 == 3 ? other_types[metas >> 2 & 7] : 5, uuid, payload);
    /* A meta of no bytes cannot be copied */
    else if (size > 0)
      gst_buffer_add_video_sei_user_data_unregistered_meta (buffer,
          (guint8 *) uuid, (guint8 *) data, size);
    g_bytes_unref (payload);
  }
  sei_list_append_metas (list, buffer);
  return list;
}

/* Whether every message of a is in b */
static gboolean
contains_all (SeiList * a, SeiList * b)
{
  for (guint i = 0; i < a->len; i++) {
    guint j = 0;

    while (j < b->len
        && !fuzz_item_equal (sei_list_get (a, i), sei_list_get (b, j)))
      j++;
    if (j == b->len)
      return FALSE;
  }
  return TRUE;
}

/* out is in with `injected` messages where they belong */
static void
check_output (FuzzInput in, FuzzInput out, H26xFormat format, guint64 injected,
    gboolean too_large, SeiList * wanted)
{
  const BytesSpan span = { in.data, in.size };
  Bytes bytes;
  H26xInsertPoint point;
  SeiFindings before = { 0 }, after = { 0 };
  const SeiSelection all = {.scan = SEI_SCAN_FULL,.all_types = TRUE };
  SeiList *in_list = fuzz_read (in, format, &all, &before);
  SeiList *out_list = fuzz_read (out, format, &all, &after);

  bytes_init (&bytes, &span, 1);
  const H26xStatus status = h26x_find_insert_point (&bytes, format, &point);

  CHECK (out.size >= in.size);
  if (injected == 0) {
    CHECK (out.size == in.size);
  } else {
    const gsize rest = in.size - point.offset;

    CHECK (status == H26X_OK);
    CHECK (memcmp (out.data, in.data, point.offset) == 0);
    CHECK (memcmp (out.data + out.size - rest, in.data + point.offset,
            rest) == 0);
  }
  CHECK (out_list->len == in_list->len + injected);
  CHECK (after.n_broken == before.n_broken);
  if (status == H26X_OK)
    CHECK (too_large || contains_all (wanted, out_list));
  g_array_unref (out_list);
  g_array_unref (in_list);
}

static void
push (FuzzStream * stream, FuzzInput in, uint8_t division, guint flags,
    uint8_t metas)
{
  GstBuffer *buffer = fuzz_buffer_new (in, division, flags);
  SeiList *wanted = add_metas (buffer, metas);
  const guint64 before = fuzz_stream_get_stat (stream, "injected");
  const guint64 too_large = fuzz_stream_get_stat (stream, "too-large");
  const GstClockTime pts = GST_BUFFER_PTS (buffer);
  const gpointer address = buffer;

  if (fuzz_stream_push (stream, buffer)) {
    const guint64 injected = fuzz_stream_get_stat (stream, "injected") - before;
    GByteArray *bytes = fuzz_join (stream->video);
    const FuzzInput out = { bytes->data, bytes->len };

    if (!stream->caps->nal) {
      CHECK (stream->video->len == 1);
      buffer = g_ptr_array_index (stream->video, 0);
      CHECK (GST_BUFFER_PTS (buffer) == pts);
      CHECK (GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT)
          == !!(flags & FUZZ_BUFFER_DELTA_UNIT));
      CHECK (injected > 0 || (gpointer) buffer == address);
      check_output (in, out, stream->caps->format, injected,
          fuzz_stream_get_stat (stream, "too-large") > too_large, wanted);
    }
    g_byte_array_unref (bytes);
  }
  g_array_unref (wanted);
}

/* Bits 0 to 2: payload, or none; 3 and 4: mode; 5 and 6: UUID; 5, 6 and then 3: the
 * time, too; 7: lines are joined */
static void
set_properties (FuzzStream * stream, uint8_t options)
{
  GBytes *payload = (options & 7) < FUZZ_N_PAYLOADS ?
      fuzz_payload (options & 7) : NULL;
  const guint misp_time = (options & 0x60) == 0x60 ? 1 + (options >> 3 & 1) : 0;
  gchar *uuid = sei_uuid_format (fuzz_uuids[(options >> 5 & 3) % FUZZ_N_UUIDS]);

  g_object_set (stream->element, "mode", (options >> 3 & 3) % 3, "uuid", uuid,
      "metadata-bytes", payload, "wait-metadata", TIMED_WAIT_NEVER,
      "misp-time", misp_time, NULL);
  g_free (uuid);
  g_clear_pointer (&payload, g_bytes_unref);
}

/* Before a buffer: bits 0 to 6 of the first byte: size; 7: with a time */
static void
push_lines (FuzzStream * stream, FuzzInput * in)
{
  const uint8_t head = fuzz_take_byte (in);

  fuzz_stream_push_joined (stream, fuzz_take (in, head & 127), head >> 7);
}

int
LLVMFuzzerTestOneInput (const uint8_t * data, size_t size)
{
  static FuzzStream stream;
  FuzzInput in = { data, size };

  if (stream.element == NULL)
    fuzz_stream_init (&stream, "seiinject");

  const uint8_t caps = fuzz_take_byte (&in);
  const uint8_t options = fuzz_take_byte (&in);

  set_properties (&stream, options);
  fuzz_stream_begin (&stream, caps);
  if (options & OPTION_JOIN)
    fuzz_stream_join (&stream);
  while (in.size > 0) {
    if (options & OPTION_JOIN)
      push_lines (&stream, &in);
    const size_t high = fuzz_take_byte (&in);
    const size_t length = high << 8 | fuzz_take_byte (&in);
    const uint8_t division = fuzz_take_byte (&in);
    const uint8_t flags = fuzz_take_byte (&in);
    const uint8_t metas = fuzz_take_byte (&in);

    if (flags & FLAG_NEW_CAPS)
      fuzz_stream_set_caps (&stream, flags >> 4);
    push (&stream, fuzz_take (&in, length), division, flags, metas);
  }
  fuzz_stream_end (&stream);
  CHECK (stream.all_out->len >= stream.all_in->len);
  if (fuzz_stream_get_stat (&stream, "injected") == 0)
    CHECK (fuzz_stream_has_same_video (&stream));
  return 0;
}
