/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef AMF0_H
#define AMF0_H

#include "amfreader.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The types that a value begins with (AMF0 2.1) */
typedef enum {
  AMF0_NUMBER = 0x00,
  AMF0_BOOLEAN = 0x01,
  AMF0_STRING = 0x02,
  AMF0_OBJECT = 0x03,
  AMF0_MOVIECLIP = 0x04,        /* reserved, without a value */
  AMF0_NULL = 0x05,
  AMF0_UNDEFINED = 0x06,
  AMF0_REFERENCE = 0x07,
  AMF0_ECMA_ARRAY = 0x08,
  AMF0_OBJECT_END = 0x09,
  AMF0_STRICT_ARRAY = 0x0a,
  AMF0_DATE = 0x0b,
  AMF0_LONG_STRING = 0x0c,
  AMF0_UNSUPPORTED = 0x0d,
  AMF0_RECORDSET = 0x0e,        /* reserved, without a value */
  AMF0_XML = 0x0f,
  AMF0_TYPED_OBJECT = 0x10,
  AMF0_AVMPLUS = 0x11           /* a value of AMF3 follows */
} Amf0Type;

/** Reads a value of AMF0 and writes it as JSON.
 * Returns: false, and @reader->status, if it cannot be */
bool amf0_read_value (AmfReader * reader);

/** Finds a string, which may be long.
 * Returns: bytes that it takes of @data, from its type on; 0 if it begins with none, or with one
 *   that is cut */
size_t amf0_find_string (BytesSpan data, BytesSpan * string);

#ifdef __cplusplus
}
#endif
#endif
