/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef SEI_PAYLOAD_H
#define SEI_PAYLOAD_H

#include <gst/gst.h>

G_BEGIN_DECLS

/* The payload of a message in the other forms that it is wanted in. None of them
 * copies more than its form needs. */

/** Makes a JSON object of any payload: one that is an object loses the NULs and
 * white space that it ends with, everything else becomes {"raw":"..."}.
 * @payload: (transfer none):
 * Returns: (transfer full): shares the bytes of @payload if it is an object */
GBytes *sei_payload_to_json (GBytes * payload);

/** Appends the bytes to a buffer.
 * @payload: (transfer none): */
void sei_payload_append_to_buffer (GBytes * payload, GstBuffer * buffer);

/** Reads a value of type string, GByteArray or GBytes.
 * Returns: (transfer full) (nullable): NULL if there is nothing in it */
GBytes *sei_payload_from_value (const GValue * value);

/** Writes a value of type string, GByteArray or GBytes; a string stays NULL where
 * the bytes are no text.
 * @payload: (transfer none) (nullable): */
void sei_payload_to_value (GBytes * payload, GValue * value);

G_END_DECLS

#endif
