/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef JSON_NUMBER_H
#define JSON_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Decimal numbers as JSON writes them, whatever the locale of the process is. */

/** Enough for each text that is written. */
#define JSON_NUMBER_MAX_SIZE 48

/** The most decimals of a fixed number. */
#define JSON_NUMBER_MAX_DECIMALS 22

/** Returns: 10^@decimals
 * @decimals: JSON_NUMBER_MAX_DECIMALS at most */
double json_number_power (unsigned decimals);

/** Writes the number with @decimals at most, rounded, without the zeros at its end.
 * @value: finite, below 2^53 / 10^@decimals
 * Returns: bytes written to @dst, of JSON_NUMBER_MAX_SIZE; no NUL is behind them */
size_t json_number_write_fixed (double value, unsigned decimals, char *dst);

/** Writes the shortest text that reads back as @value.
 * @value: finite
 * @is_float: it is enough if it reads back as the same float
 * Returns: bytes written to @dst, of JSON_NUMBER_MAX_SIZE; no NUL is behind them */
size_t json_number_write_shortest (double value, bool is_float, char *dst);

/** Reads a number as JSON has it, correctly rounded.
 * @text: @size bytes, a number of JSON
 * Returns: whether a double holds it; if not it is too large */
bool json_number_read (const char *text, size_t size, double *value);

#ifdef __cplusplus
}
#endif
#endif
