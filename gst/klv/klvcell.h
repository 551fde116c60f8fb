/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KLV_CELL_H
#define KLV_CELL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bytes.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Metadata access unit cells (ISO/IEC 13818-1, 2.12.4), which KLV is in where it is
 * synchronous to the video in MPEG-TS:
 *
 *     service id | sequence number | flags | length, 2 bytes | payload */

/** Bytes before the payload. */
#define KLV_CELL_HEAD_SIZE 5

/** The two highest bits of the flags, cell_fragmentation_indication: which part of its
 * access unit a cell has. */
typedef enum {
  KLV_CELL_MIDDLE,
  KLV_CELL_LAST,
  KLV_CELL_FIRST,
  KLV_CELL_WHOLE
} KlvCellPlace;

/**
 * KlvCell:
 * @service: metadata_service_id
 * @sequence: sequence_number, which goes up by 1 with each cell
 * @place: which part of its access unit is in it
 * @payload: in place
 */
typedef struct {
  uint8_t service;
  uint8_t sequence;
  KlvCellPlace place;
  BytesSpan payload;
} KlvCell;

/** Reads the bytes at the front as a cell.
 * Returns: whether all that its length counts is there. That alone does not make it one */
bool klv_cell_read (const uint8_t * data, size_t size, KlvCell * cell);

/** Whether bytes begin with a cell that begins a unit: it has a universal label behind
 * its head, and all of its payload is there. Neither KLV nor text looks like that.
 * @in_cells: whether they are of nothing but cells: a first fragment that ends within the
 *   label is known then
 * @cell: (out): valid if so */
bool klv_cell_begins_unit (const uint8_t * data, size_t size, bool in_cells,
    KlvCell * cell);

/** Whether a cell goes on with the access unit of the cell before. */
bool klv_cell_continues (const KlvCell * cell, const KlvCell * before);

/** Whether bytes are nothing but cells, whatever is in them: those of an access unit whose
 * beginning is lost, or without payload. */
bool klv_cells_fill (const uint8_t * data, size_t size);

#ifdef __cplusplus
}
#endif
#endif
