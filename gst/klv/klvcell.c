/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "klvcell.h"

#include "klvunit.h"

/* The lowest bits of the flags, which are reserved and set */
#define RESERVED 0x0f

bool
klv_cell_read (const uint8_t * data, size_t size, KlvCell * cell)
{
  if (size < KLV_CELL_HEAD_SIZE)
    return false;
  cell->service = data[0];
  cell->sequence = data[1];
  cell->place = data[2] >> 6;
  cell->payload.data = data + KLV_CELL_HEAD_SIZE;
  cell->payload.size = data[3] << 8 | data[4];
  return cell->payload.size <= size - KLV_CELL_HEAD_SIZE;
}

bool
klv_cell_begins_unit (const uint8_t * data, size_t size, bool in_cells,
    KlvCell * cell)
{
  if (!klv_cell_read (data, size, cell))
    return false;

  const BytesSpan payload = cell->payload;
  if (in_cells && cell->place == KLV_CELL_FIRST)
    return payload.size > 0 && klv_unit_begins (payload.data, payload.size);
  return (cell->place == KLV_CELL_WHOLE || cell->place == KLV_CELL_FIRST)
      && klv_unit_is_label (payload.data, payload.size);
}

bool
klv_cell_continues (const KlvCell * cell, const KlvCell * before)
{
  return (cell->place == KLV_CELL_MIDDLE || cell->place == KLV_CELL_LAST)
      && cell->service == before->service
      && cell->sequence == (uint8_t) (before->sequence + 1);
}

bool
klv_cells_fill (const uint8_t * data, size_t size)
{
  KlvCell cell;

  if (size == 0)
    return false;
  for (size_t at = 0; at < size; at += KLV_CELL_HEAD_SIZE + cell.payload.size) {
    if (!klv_cell_read (data + at, size - at, &cell)
        || (data[at + 2] & RESERVED) != RESERVED)
      return false;
  }
  return true;
}
