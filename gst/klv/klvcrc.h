/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KLV_CRC_H
#define KLV_CRC_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** CRC-32 of MPEG-2 (ISO/IEC 13818-1 Annex A): polynomial 04C11DB7, from FFFFFFFF,
 * neither reflected nor inverted. Of bytes with their own CRC behind them it is 0. */
uint32_t klv_crc32 (const uint8_t * data, size_t size);

#ifdef __cplusplus
}
#endif
#endif
