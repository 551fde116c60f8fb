/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef RTP_READ_H
#define RTP_READ_H

#include <stdint.h>

/* Numbers in network byte order */
static inline uint16_t
rtp_read_16 (const uint8_t * p)
{
  return (uint16_t) (p[0] << 8 | p[1]);
}

static inline uint32_t
rtp_read_32 (const uint8_t * p)
{
  return (uint32_t) rtp_read_16 (p) << 16 | rtp_read_16 (p + 2);
}

static inline uint64_t
rtp_read_64 (const uint8_t * p)
{
  return (uint64_t) rtp_read_32 (p) << 32 | rtp_read_32 (p + 4);
}

#endif
