/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "klvchecksum.h"

uint16_t
klv_checksum (const uint8_t * data, size_t size)
{
  uint16_t sum = 0;

  for (size_t i = 0; i + 1 < size; i += 2)
    sum += data[i] << 8 | data[i + 1];
  if (size % 2 != 0)
    sum += data[size - 1] << 8;
  return sum;
}
