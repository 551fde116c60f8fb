/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "klvsegment.h"

GstEvent *
klv_segment_of_time (GstEvent * event)
{
  const GstSegment *segment;
  GstSegment times;
  GstEvent *new_event;

  gst_event_parse_segment (event, &segment);
  if (segment->format == GST_FORMAT_TIME)
    return event;
  gst_segment_init (&times, GST_FORMAT_TIME);
  new_event = gst_event_new_segment (&times);
  gst_event_set_seqnum (new_event, gst_event_get_seqnum (event));
  gst_event_unref (event);
  return new_event;
}
