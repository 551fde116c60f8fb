/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KLV_WRITE_H
#define KLV_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One JSON object becomes a unit of KLV: the way back of klvjson.h. */

/** Room for the names of members that were left out */
#define KLV_WRITE_NAMES_SIZE 256

/**
 * KlvWriteSettings:
 * @version: of ST 0601, where the object has no uas_datalink_ls_version_number
 * @time_us: microseconds since 1970, of a unit of ST 0601 whose object says no time
 */
typedef struct {
  uint8_t version;
  uint64_t time_us;
} KlvWriteSettings;

/**
 * KlvWriteReport:
 * @reason: why there is no unit, for people; NULL: there is one
 * @n_items: that were written, in all sets
 * @n_left_out: members that were not
 * @left_out: the first of these and what else there is room for, as
 *   "NAME (REASON), NAME (REASON)", with a terminating NUL
 */
typedef struct {
  const char *reason;
  size_t n_items;
  size_t n_left_out;
  char left_out[KLV_WRITE_NAMES_SIZE];
} KlvWriteReport;

/** Writes a unit. Members that cannot be written are left out.
 * @json: @size bytes, anything
 * @report: (out): what became of it
 * @dst: gets at most @capacity bytes; may be NULL if that is 0
 * Returns: bytes that the unit takes; 0: there is none. Where they are more than @capacity,
 *   what was written is worth nothing */
size_t klv_write (const char *json, size_t size,
    const KlvWriteSettings * settings, KlvWriteReport * report, uint8_t * dst,
    size_t capacity);

#ifdef __cplusplus
}
#endif
#endif
