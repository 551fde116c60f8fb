/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KLV_TEXT_H
#define KLV_TEXT_H

#include <stdint.h>

#include "bytes.h"
#include "jsonoutput.h"

/* What KLV writes into JSON */

/** @string: needs no escapes; is written in quotes */
void klv_text_put_quoted_string (JsonOutput * text, const char *string);

/** Writes lower-case hexadecimal digits. */
void klv_text_put_hex (JsonOutput * text, BytesSpan bytes);

/** Writes them in quotes. */
void klv_text_put_quoted_hex (JsonOutput * text, BytesSpan bytes);

/** Writes base64 with padding (RFC 4648 4), in quotes. */
void klv_text_put_quoted_base64 (JsonOutput * text, BytesSpan bytes);

void klv_text_put_uint (JsonOutput * text, uint64_t value);
void klv_text_put_int (JsonOutput * text, int64_t value);

/** Writes 8-4-4-4-12 hexadecimal digits (RFC 4122 3). */
void klv_text_put_uuid (JsonOutput * text, const uint8_t * uuid);

/** Writes a date-time of RFC 3339 in UTC, with microseconds, in quotes.
 * @us: since 1970, before the year 10000 */
void klv_text_put_time (JsonOutput * text, uint64_t us);

#endif
