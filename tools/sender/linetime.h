/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef LINE_TIME_H
#define LINE_TIME_H

#include <glib.h>

G_BEGIN_DECLS

/** The time that a member of a JSON object says, in ns: a number in the unit that the
 * end of @member names (_ns, _us, _ms), else in seconds, or, from 10^11 on, in ms, from
 * 10^14 on in µs, from 10^17 on in ns; or a date-time of RFC 3339, since 1970.
 * Returns: FALSE if there is none */
gboolean line_time_find (const char *object, gsize size, const char *member,
    gint64 * time);

G_END_DECLS
#endif
