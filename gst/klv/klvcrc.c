/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "klvcrc.h"

/* What the 4 bits that leave the register at its top put into it */
static const uint32_t folded[16] = {
  0x00000000, 0x04c11db7, 0x09823b6e, 0x0d4326d9,
  0x130476dc, 0x17c56b6b, 0x1a864db2, 0x1e475005,
  0x2608edb8, 0x22c9f00f, 0x2f8ad6d6, 0x2b4bcb61,
  0x350c9b64, 0x31cd86d3, 0x3c8ea00a, 0x384fbdbd
};

uint32_t
klv_crc32 (const uint8_t * data, size_t size)
{
  uint32_t crc = 0xffffffff;

  for (size_t i = 0; i < size; i++) {
    crc ^= (uint32_t) data[i] << 24;
    crc = crc << 4 ^ folded[crc >> 28];
    crc = crc << 4 ^ folded[crc >> 28];
  }
  return crc;
}
