/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "misptime.h"

#include <string.h>

/* ST 0604: the identifier in H.264 is ASCII text, which is no UUID by its version;
 * H.265 got real ones */
static const uint8_t micro_h264[SEI_UUID_SIZE] = {
  'M', 'I', 'S', 'P', 'm', 'i', 'c', 'r', 'o', 's', 'e', 'c', 't', 'i', 'm', 'e'
};

/* a8687dd4-d759-3758-a5ce-f0338b6545f1 */
static const uint8_t micro_h265[SEI_UUID_SIZE] = {
  0xa8, 0x68, 0x7d, 0xd4, 0xd7, 0x59, 0x37, 0x58,
  0xa5, 0xce, 0xf0, 0x33, 0x8b, 0x65, 0x45, 0xf1
};

/* cf848278-ee23-306c-9265-e8fef22fb8b8 */
static const uint8_t nano[SEI_UUID_SIZE] = {
  0xcf, 0x84, 0x82, 0x78, 0xee, 0x23, 0x30, 0x6c,
  0x92, 0x65, 0xe8, 0xfe, 0xf2, 0x2f, 0xb8, 0xb8
};

/* ST 0603, Time Status: bit 7, the clock may not be locked to an absolute reference;
 * bits 6 and 5, no discontinuity; bits 4 to 0, reserved, are 1 */
#define STATUS_NOT_LOCKED 0x9f

#define NS_PER_US 1000

const uint8_t *
misp_time_get_uuid (H26xCodec codec, MispTimeUnit unit)
{
  if (unit == MISP_TIME_NANOSECONDS)
    return nano;
  return codec == H26X_CODEC_H264 ? micro_h264 : micro_h265;
}

static bool
equals (const uint8_t * uuid, const uint8_t * other)
{
  return memcmp (uuid, other, SEI_UUID_SIZE) == 0;
}

bool
misp_time_is_uuid (const uint8_t * uuid)
{
  return equals (uuid, micro_h264) || equals (uuid, micro_h265)
      || equals (uuid, nano);
}

bool
misp_time_read (const uint8_t * uuid, const uint8_t * payload, size_t size,
    uint64_t * unix_ns)
{
  const uint64_t ns_per_unit = equals (uuid, nano) ? 1 : NS_PER_US;
  uint64_t time = 0;

  if (!misp_time_is_uuid (uuid) || size != MISP_TIME_SIZE)
    return false;

  for (size_t i = 1; i < size; i++) {
    if (i % 3 != 0)
      time = time << 8 | payload[i];
    else if (payload[i] != 0xff)
      return false;
  }
  if (time > INT64_MAX / ns_per_unit)
    return false;

  *unix_ns = time * ns_per_unit;
  return true;
}

void
misp_time_write (MispTimeUnit unit, uint64_t unix_ns, uint8_t * payload)
{
  uint64_t time = unit == MISP_TIME_NANOSECONDS ? unix_ns : unix_ns / NS_PER_US;

  payload[0] = STATUS_NOT_LOCKED;
  for (size_t i = MISP_TIME_SIZE - 1; i > 0; i--) {
    payload[i] = 0xff;
    if (i % 3 != 0) {
      payload[i] = (uint8_t) time;
      time >>= 8;
    }
  }
}
