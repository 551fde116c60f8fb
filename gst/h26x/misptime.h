/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef H26X_MISP_TIME_H
#define H26X_MISP_TIME_H

#include "sei.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The time of a frame in an SEI message of type user_data_unregistered, as MISB
 * ST 0604 has it. The time is a MISP Precision Time Stamp (ST 0603): what has passed
 * since 1970, without leap seconds, as Unix counts it. */

/** Bytes behind the UUID: Time Status, and 8 bytes of time with an FF behind the
 * 2nd, 4th and 6th. */
#define MISP_TIME_SIZE 12

/** What the time counts. */
typedef enum {
  MISP_TIME_MICROSECONDS,
  MISP_TIME_NANOSECONDS
} MispTimeUnit;

/** Returns: the UUID of the messages of a codec, SEI_UUID_SIZE bytes. ST 0604 has
 *   nanoseconds for H.265 alone; the UUID is the same for H.264 */
const uint8_t *misp_time_get_uuid (H26xCodec codec, MispTimeUnit unit);

/** Whether messages of this UUID have a time, in whichever codec they are. */
bool misp_time_is_uuid (const uint8_t * uuid);

/** Reads the time of a message.
 * @uuid: any
 * @payload: @size bytes behind the UUID
 * @unix_ns: (out): nanoseconds since 1970, INT64_MAX at most
 * Returns: false if it is another message, or contradicts the standard, or has a
 *   time that is too large (behind the year 2262) */
bool misp_time_read (const uint8_t * uuid, const uint8_t * payload,
    size_t size, uint64_t * unix_ns);

/** Writes the time of a message.
 * @unix_ns: nanoseconds since 1970
 * @payload: (out): MISP_TIME_SIZE bytes that follow the UUID. Their Time Status says
 *   that nobody knows whether the clock is right */
void misp_time_write (MispTimeUnit unit, uint64_t unix_ns, uint8_t * payload);

#ifdef __cplusplus
}
#endif
#endif
