/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KLV_BYTES_H
#define KLV_BYTES_H

#include <glib.h>
#include <string.h>

#include "klvcell.h"
#include "klvunit.h"

/* Bytes of KLV for tests. Each function appends to @bytes. */

/* The head of unit() */
#define KLV_BYTES_HEAD (KLV_KEY_SIZE + 3)

static inline void
put_bytes (GByteArray * bytes, const char *data, gsize size)
{
  g_byte_array_append (bytes, (const guint8 *) data, size);
}

/* The key of a local set, the UAS Datalink Local Set of ST 0601 */
#define KLV_BYTES_SET "\x06\x0e\x2b\x34\x02\x0b\x01\x01\x0e\x01\x03\x01\x01\0\0\0"

/* Key and length of a unit, whether or not that is its length */
static inline void
put_head (GByteArray * bytes, gsize length)
{
  const char ber[] = { (char) 0x82, length >> 8, length };

  put_bytes (bytes, KLV_BYTES_SET, KLV_KEY_SIZE);
  put_bytes (bytes, ber, sizeof (ber));
}

static inline void
put_letters (GByteArray * bytes, char name, gsize size)
{
  for (gsize i = 0; i < size; i++)
    put_bytes (bytes, &name, 1);
}

/* A unit whose value is so many letters */
static inline void
put_unit (GByteArray * bytes, char name, gsize size)
{
  put_head (bytes, size);
  put_letters (bytes, name, size);
}

/* The head of a cell for so many bytes, of service 0 */
static inline void
put_cell (GByteArray * bytes, guint8 sequence, KlvCellPlace place, gsize size)
{
  const char head[KLV_CELL_HEAD_SIZE] = {
    0, sequence, place << 6 | 0x1f, size >> 8, size
  };

  put_bytes (bytes, head, sizeof (head));
}

#endif
