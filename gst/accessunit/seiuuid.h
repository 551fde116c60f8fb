/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef SEI_UUID_H
#define SEI_UUID_H

#include <glib.h>

#include "sei.h"

G_BEGIN_DECLS

/** The UUID of our own payloads, as text. */
#define SEI_UUID_DEFAULT "a4b00512-d794-5611-86b7-17406de2f1de"

/** What sei_uuid_parse() takes, as the beginning of an error sentence. */
#define SEI_UUID_FORM "A UUID is 32 hexadecimal digits, with or without dashes, or " \
    "exactly 16 ASCII characters"

/** Reads a UUID: 32 hexadecimal digits, with or without dashes, or exactly 16
 * ASCII characters. For any other text returns FALSE and leaves @uuid as it is. */
gboolean sei_uuid_parse (const gchar * text, guint8 * uuid);

/** Reads any number of UUIDs with commas between.
 * Returns: (transfer full) (nullable): the UUIDs one behind the other, empty for the
 *   empty text; NULL if one of them is no UUID */
GBytes *sei_uuid_parse_list (const gchar * text);

/** Writes a UUID as 32 hexadecimal digits with dashes. */
gchar *sei_uuid_format (const guint8 * uuid);

/** Whether @uuid is one of @uuids, as sei_uuid_parse_list() returns them. */
gboolean sei_uuid_is_in_list (const guint8 * uuid, GBytes * uuids);

/** Finds the UUID and payload of a message that x265 was given to write: FFmpeg with
 * libx265 and -udu_sei hands it UUID and payload as one, and x265 puts its own UUID in
 * front. What was transcoded several times has several in front. A message with x265's
 * UUID is such a one unless its payload is what x265 writes of itself ("x265 ..."), or a
 * JSON object, or text that is neither the UUID of a time (misp_time_is_uuid()) nor a
 * UUID of text with a JSON object behind it.
 * @uuids: (nullable): UUIDs that are known, as sei_uuid_parse_list() returns them: behind
 *   one of these there may be anything
 * Returns: how many bytes of @payload precede the one that was given, the last 16 of
 *   which are its UUID; 0 if this is no such message */
gsize sei_uuid_unwrap (const guint8 * uuid, const guint8 * payload, gsize size,
    GBytes * uuids);

/** Whether a message, to which sei_uuid_unwrap() was applied, is the banner that x264 or
 * x265 writes about itself into every stream, which nobody means by metadata. Under
 * x265's UUID there are others, too, so there the payload decides.
 * @payload: at least the first 4 of its bytes, if it has so many */
gboolean sei_uuid_is_banner (const guint8 * uuid, const guint8 * payload,
    gsize size);

G_END_DECLS

#endif
