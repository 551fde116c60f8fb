/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KLV_KEY_H
#define KLV_KEY_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/** Bytes of a universal label (SMPTE ST 298), the key of a unit. */
#define KLV_KEY_SIZE 16

/** What every universal label of SMPTE begins with. */
static const uint8_t KLV_KEY_START[4] = { 0x06, 0x0e, 0x2b, 0x34 };

/** Whether two keys of KLV_KEY_SIZE bytes mean the same: byte 8, the version of the
 * registry, differs between streams that do. */
static inline bool
klv_key_equal (const uint8_t * a, const uint8_t * b)
{
  return memcmp (a, b, 7) == 0 && memcmp (a + 8, b + 8, 8) == 0;
}

#endif
