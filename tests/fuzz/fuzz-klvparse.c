/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Buffers of KLV, or of what is none: each unit is whole and was in the input, each byte is
 * counted once, and where nothing is wrong it does not matter how the bytes are divided.
 *
 * Input: a byte: bits 0-6: bytes of each piece in which all is divided, too, less 1; bit 7: a
 *        unit may be no longer than 64 bytes; then buffers, each with three bytes before it:
 *        1 for DISCONT, and its size in two */

#include <gst/gst.h>

#include "fuzz.h"
#include "klvsplitter.h"
#include "klvunit.h"

#define SMALL 64

typedef struct
{
  KlvSplitter *splitter;
  size_t max_size;
  GByteArray *in;
  GByteArray *out;
  unsigned n_units;
  bool is_plain;                /* units alone, with no labels in them */
} Fuzz;

static void
begin (Fuzz * self, size_t max_size)
{
  *self = (Fuzz) {
  .max_size = max_size,.is_plain = true};
  self->splitter = klv_splitter_new (max_size);
  self->in = g_byte_array_new ();
  self->out = g_byte_array_new ();
}

static void
check_unit (Fuzz * self, const uint8_t * data, size_t size)
{
  size_t unit_size;

  CHECK (klv_unit_look (data, size, self->max_size, &unit_size)
      == KLV_UNIT_WHOLE);
  CHECK (unit_size == size);
  self->n_units++;
  if (klv_unit_find (data + 1, size - 1) < size - 1)
    self->is_plain = false;
}

static void
take (Fuzz * self)
{
  KlvPart part;

  while (klv_splitter_next (self->splitter, &part)) {
    GstMapInfo map;

    CHECK (gst_buffer_map (part.buffer, &map, GST_MAP_READ));
    CHECK (GST_BUFFER_PTS (part.buffer) == 7);
    if (part.kind == KLV_PART_UNIT)
      check_unit (self, map.data, map.size);
    else
      self->is_plain = false;
    g_byte_array_append (self->out, map.data, map.size);
    gst_buffer_unmap (part.buffer, &map);
    gst_buffer_unref (part.buffer);
  }
}

static void
push (Fuzz * self, FuzzInput bytes, bool discont)
{
  GstBuffer *buffer = bytes.size > 0 ?
      gst_buffer_new_memdup (bytes.data, bytes.size) : gst_buffer_new ();

  GST_BUFFER_PTS (buffer) = 7;
  if (discont)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  g_byte_array_append (self->in, bytes.data, bytes.size);
  CHECK (klv_splitter_push (self->splitter, buffer));
  take (self);
}

/* What comes out is what goes in, in order, with something left out. */
static void
check_order (const Fuzz * self)
{
  guint at = 0;

  for (guint i = 0; i < self->out->len; i++, at++) {
    while (at < self->in->len && self->in->data[at] != self->out->data[i])
      at++;
    CHECK (at < self->in->len);
  }
}

static void
end (Fuzz * self)
{
  const KlvSplitterCounts *counts = klv_splitter_get_counts (self->splitter);

  klv_splitter_end (self->splitter);
  take (self);
  CHECK (counts->units == self->n_units);
  CHECK (self->in->len == self->out->len + counts->dropped_bytes
      + counts->head_bytes);
  CHECK (counts->errors <= counts->dropped_bytes);
  CHECK ((counts->errors > 0) == (counts->dropped_bytes > 0));
  check_order (self);
  if (counts->errors > 0 || counts->head_bytes > 0)
    self->is_plain = false;
}

static void
clear (Fuzz * self)
{
  klv_splitter_free (self->splitter);
  g_byte_array_unref (self->in);
  g_byte_array_unref (self->out);
}

/* The same bytes in one buffer, and in pieces */
static void
check_pieces (const Fuzz * before, size_t piece)
{
  FuzzInput input = { before->in->data, before->in->len };
  Fuzz whole, pieces;

  begin (&whole, before->max_size);
  push (&whole, input, false);
  end (&whole);
  begin (&pieces, before->max_size);
  while (input.size > 0)
    push (&pieces, fuzz_take (&input, piece), false);
  end (&pieces);
  if (whole.is_plain)
    CHECK (pieces.n_units == whole.n_units
        && pieces.out->len == whole.out->len);
  clear (&pieces);
  clear (&whole);
}

int
LLVMFuzzerTestOneInput (const uint8_t * data, size_t size)
{
  FuzzInput input = { data, size };
  Fuzz self;

  /* No plugin is looked for */
  g_setenv ("GST_REGISTRY_DISABLE", "yes", TRUE);
  gst_init (NULL, NULL);

  const uint8_t first = fuzz_take_byte (&input);

  begin (&self, first & 128 ? SMALL : 1 << 20);
  while (input.size > 0) {
    const bool discont = fuzz_take_byte (&input) == 1;
    const size_t high = fuzz_take_byte (&input);
    const size_t length = high << 8 | fuzz_take_byte (&input);

    push (&self, fuzz_take (&input, length), discont);
  }
  end (&self);
  check_pieces (&self, (first & 127) + 1);
  clear (&self);
  return 0;
}
