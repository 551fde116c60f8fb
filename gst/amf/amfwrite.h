/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef AMF_WRITE_H
#define AMF_WRITE_H

#include <stdbool.h>
#include <stddef.h>

#include "byteswriter.h"
#include "jsontext.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Writes a string of AMF0, of the long type from 65536 bytes on. */
void amf_put_string (BytesWriter * writer, BytesSpan string);

/** Begins an object (AMF0 2.5), whose members follow: names and values. */
void amf_put_object (BytesWriter * writer);

/** Writes the name of a member.
 * @name: of at most 65535 bytes */
void amf_put_name (BytesWriter * writer, BytesSpan name);

void amf_put_object_end (BytesWriter * writer);

/** Writes a value of JSON as AMF0. Numbers become doubles, so integers above 2^53 are
 * rounded.
 * @value: within a text for which json_text_is_value() holds
 * Returns: false, and nothing that is of use, if a name or a number is too large */
bool amf_put_value (BytesWriter * writer, const JsonTextValue * value);

#ifdef __cplusplus
}
#endif
#endif
