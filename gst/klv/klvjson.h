/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KLV_JSON_H
#define KLV_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bytes.h"

#ifdef __cplusplus
extern "C" {
#endif

/** So many unknown items of different tags are shown by tag in each set; of more, each is an error. */
#define KLV_MAX_UNKNOWN 256

/** Bytes of text that the items of a unit may take, far more than those of 64 KiB ever do. The bytes of
 * a unit whose text would be longer are its text: what is read chooses no memory. */
#define KLV_JSON_MAX_ITEMS_SIZE (8 << 20)

typedef enum {
  KLV_NAMES,                    /* {"sensor_latitude":60.17682297} */
  KLV_TAGS                      /* {"13":60.17682297} */
} KlvStyle;

typedef enum {
  KLV_RAW_NONE,
  KLV_RAW_HEX,
  KLV_RAW_BASE64
} KlvRaw;

/**
 * KlvJsonSettings:
 * @stream_id: the first member `stream_id`; @stream_id.data NULL: none
 * @style: what members are called
 * @raw: how a member `raw` shows the whole unit
 */
typedef struct {
  BytesSpan stream_id;
  KlvStyle style;
  KlvRaw raw;
} KlvJsonSettings;

/**
 * KlvJsonReport:
 * @n_items: that were written, in all sets
 * @n_unknown_items: that the tables do not know
 * @n_errors: of what cannot be
 * @has_wrong_checksum: whether there is a checksum, and it is wrong
 * @has_time: whether the unit says its time,
 * @time_us: in microseconds since 1970
 */
typedef struct {
  size_t n_items;
  size_t n_unknown_items;
  size_t n_errors;
  bool has_wrong_checksum;
  bool has_time;
  uint64_t time_us;
} KlvJsonReport;

/** Writes a unit of KLV as one JSON object. Whatever is no unit becomes one, too: text if it is
 * UTF-8, else hexadecimal digits. So all takes no more than six times the bytes of @unit or
 * KLV_JSON_MAX_ITEMS_SIZE, whichever is more, the head, and what @settings add.
 * @unit: a key, its length, the value, and nothing else
 * @report: (out): what was in it
 * @dst: gets at most @capacity bytes, without a terminating NUL; may be NULL if that is 0
 * Returns: bytes that the whole object takes */
size_t klv_json_write (BytesSpan unit, const KlvJsonSettings * settings,
    KlvJsonReport * report, char *dst, size_t capacity);

#ifdef __cplusplus
}
#endif
#endif
