/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KLV_CHECKSUM_H
#define KLV_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/** Returns: the checksum of ST 0601 6.5 and ST 0903: the sum of all 16-bit numbers, from the
 * first byte of the key to the length of the checksum itself. */
uint16_t klv_checksum (const uint8_t * data, size_t size);

#endif
