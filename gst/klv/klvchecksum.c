/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "klvchecksum.h"

uint16_t
klv_checksum (const uint8_t * data, size_t size)
{
  uint16_t sum = 0;

  for (size_t i = 0; i < size; i++)
    sum += i % 2 == 0 ? data[i] << 8 : data[i];
  return sum;
}
