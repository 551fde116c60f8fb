/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "klvchecksum.h"

uint16_t
klv_checksum (const uint8_t * data, size_t size)
{
  unsigned high = 0, low = 0;

  /* as bytes, of which the compiler adds several at a time */
  for (size_t i = 0; i + 1 < size; i += 2) {
    high += data[i];
    low += data[i + 1];
  }
  if (size % 2 != 0)
    high += data[size - 1];
  return (uint16_t) ((high << 8) + low);
}
