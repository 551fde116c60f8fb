/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KLV_SEGMENT_H
#define KLV_SEGMENT_H

#include <gst/gst.h>

G_BEGIN_DECLS

/** What comes out of the elements has times, or none: it has no places in a file.
 * @event: (transfer full): a SEGMENT
 * Returns: (transfer full): @event, or one that begins at 0 in its place, if it does not
 *   count time */
GstEvent *klv_segment_of_time (GstEvent * event);

G_END_DECLS

#endif
