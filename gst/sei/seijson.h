/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef SEI_JSON_H
#define SEI_JSON_H

#include <glib.h>

G_BEGIN_DECLS

/** Makes a JSON object of any payload: one that is an object loses the NULs and
 * white space that it ends with, everything else becomes {"raw":"..."}.
 * @payload: (transfer none):
 * Returns: (transfer full): shares the bytes of @payload if it is an object */
GBytes *sei_payload_to_json (GBytes * payload);

G_END_DECLS

#endif
