/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef JSON_TIME_H
#define JSON_TIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The time that a member of a JSON object says, in milliseconds since 1970:
 * - a Unix time, as a JSON number is written: below 10^11 in seconds, below 10^14 in
 *   milliseconds, below 10^17 in microseconds, else in nanoseconds. So each unit
 *   reaches from 1973 to 5138, nanoseconds to 2262;
 * - a date-time of RFC 3339 (5.6), with T, t or a space before the time.
 * What is finer than a millisecond is cut off.
 * @text: @size bytes: a number as it is written, or a string without quotes and
 *   escapes
 * Returns: false, and 0 in @ms, if the text says no time */
bool json_time_to_ms (const char *text, size_t size, int64_t * ms);

#endif
