/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "jsonpad.h"

#include <string.h>

GstPad *
json_pad_new (const char *name, GstPad * in)
{
  GstPad *pad = gst_object_ref_sink (gst_pad_new (name, GST_PAD_SRC));
  g_autoptr (GstCaps) caps = gst_caps_new_empty_simple ("application/x-json");
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_set_active (pad, TRUE);
  gst_pad_link (pad, in);
  gst_pad_push_event (pad, gst_event_new_stream_start (name));
  gst_pad_push_event (pad, gst_event_new_caps (caps));
  gst_pad_push_event (pad, gst_event_new_segment (&segment));
  return pad;
}

void
json_pad_push (GstPad * pad, char *json, gint64 running)
{
  GstBuffer *buffer = gst_buffer_new_wrapped (json, strlen (json));

  GST_BUFFER_PTS (buffer) = MAX (running, 0);
  gst_pad_push (pad, buffer);
}

void
json_pad_free (GstPad * pad)
{
  if (!pad)
    return;
  gst_pad_set_active (pad, FALSE);
  gst_object_unref (pad);
}
