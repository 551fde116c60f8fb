/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef TELEMETRY_H
#define TELEMETRY_H

#include <glib.h>

G_BEGIN_DECLS

/* What a drone would say of itself that flies a circle around a point, and whose camera
 * looks at that point. */

/** The members of MISB ST 0601 at one moment of the flight, for jsontoklv. Angles are in
 * degrees, lengths in m, speeds in m/s.
 * @unix_us: that moment, since 1970
 * @flown_ns: time since the drone was first in the north of the point
 * @tail_number: of the drone; of a long one the first 127 bytes count
 * Returns: (transfer full): a JSON object */
char *telemetry_make (gint64 unix_us, gint64 flown_ns, const char *tail_number);

G_END_DECLS
#endif
