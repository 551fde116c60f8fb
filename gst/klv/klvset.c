/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "klvset.h"

#include "klvkey.h"

KlvSetReader
klv_set_reader (const KlvSet * set, BytesSpan bytes)
{
  const KlvSetReader reader = {
    .reader = klv_reader (bytes.data, bytes.size),
    .set = set,
    .start = bytes.data,
    .end = bytes.data + bytes.size,
    .has_tags = set->kind == KLV_LOCAL_SET && !set->has_number,
    .number_is_next = set->has_number
  };

  return reader;
}

static bool
is_zero (const KlvReader * reader)
{
  for (size_t i = 0; i < reader->left; i++)
    if (reader->next[i] != 0)
      return false;
  return true;
}

/* It is looked for once: what is no padding at the first tag 0 may well be some later, but
 * then to look each time could take for ever. */
static bool
is_padding (KlvSetReader * self)
{
  const KlvReader *reader = &self->reader;

  if (self->set->kind != KLV_LOCAL_SET || *reader->next != 0
      || self->is_no_padding)
    return false;
  self->is_no_padding = !is_zero (reader);
  return !self->is_no_padding;
}

/* The number at the start, as if it had a tag */
static void
read_number (KlvSetReader * self, KlvSetItem * item)
{
  const uint8_t *start = self->reader.next;

  klv_read_oid (&self->reader);
  item->tag = 0;
  item->key = NULL;
  item->value.data = start;
  item->value.size = self->reader.next - start;
  self->number_is_next = false;
  self->has_tags = true;
}

/* Most items have a tag and a length of a byte each. Returns: whether this one does, and is
 * whole. */
static bool
read_short_item (KlvSetReader * self, KlvSetItem * item)
{
  const uint8_t *next = self->reader.next;

  if (!self->has_tags || self->reader.left < 2 || next[0] == 0
      || (next[0] | next[1]) >= 0x80 || next[1] > self->reader.left - 2)
    return false;
  item->item = klv_set_find_tag (self->set, next[0]);
  item->tag = next[0];
  item->key = NULL;
  item->value.data = next + 2;
  item->value.size = next[1];
  self->start = next;
  self->reader.next = next + 2 + next[1];
  self->reader.left -= 2 + next[1];
  return true;
}

static void
read_item (KlvSetReader * self, KlvSetItem * item)
{
  if (self->set->kind == KLV_LOCAL_SET) {
    item->tag = klv_read_oid (&self->reader);
    item->key = NULL;
  } else {
    item->tag = 0;
    item->key = klv_read_bytes (&self->reader, KLV_KEY_SIZE).data;
  }
  item->value = klv_read_part (&self->reader);
}

bool
klv_set_next (KlvSetReader * self, KlvSetItem * item)
{
  KlvReader *reader = &self->reader;

  if (read_short_item (self, item))
    return true;
  if (reader->failed)
    return false;
  self->start = reader->next;
  if (reader->left == 0)
    return false;
  if (self->number_is_next) {
    read_number (self, item);
  } else if (is_padding (self)) {
    self->start = reader->next + reader->left;
    reader->left = 0;
    return false;
  } else {
    read_item (self, item);
  }
  if (reader->failed)
    return false;
  item->item = item->key != NULL ? klv_set_find_key (self->set, item->key)
      : klv_set_find_tag (self->set, item->tag);
  return true;
}

BytesSpan
klv_set_get_rest (const KlvSetReader * self)
{
  const BytesSpan rest = { self->start, self->end - self->start };

  return rest;
}
