/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KLV_TEST_H
#define KLV_TEST_H

#include <gst/check/check.h>
#include <gst/check/gstharness.h>

/* What the tests of all elements of KLV do. */

/* A count in the property `stats` */
static inline guint64
get_stat (GstElement * element, const gchar * name)
{
  GstStructure *stats = NULL;
  guint64 value = G_MAXUINT64;

  g_object_get (element, "stats", &stats, NULL);
  fail_unless (gst_structure_get_uint64 (stats, name, &value));
  gst_structure_free (stats);
  return value;
}

static inline void
push (GstHarness * h, GstBuffer * buffer)
{
  assert_equals_int (gst_harness_push (h, buffer), GST_FLOW_OK);
}

/* Returns: (transfer full): what has come out, at once */
static inline GstBuffer *
pull (GstHarness * h)
{
  GstBuffer *buffer = gst_harness_try_pull (h);

  fail_unless (buffer != NULL, "nothing came out");
  return buffer;
}

static inline void
push_flush (GstHarness * h)
{
  fail_unless (gst_harness_push_event (h, gst_event_new_flush_start ()));
  fail_unless (gst_harness_push_event (h, gst_event_new_flush_stop (TRUE)));
}

/* What comes out has no places in a file. */
static inline void
push_segment_of_file (GstHarness * h)
{
  GstSegment segment;
  const GstSegment *out;
  GstEvent *event;

  gst_segment_init (&segment, GST_FORMAT_BYTES);
  fail_unless (gst_harness_push_event (h, gst_event_new_segment (&segment)));
  event = gst_pad_get_sticky_event (h->sinkpad, GST_EVENT_SEGMENT, 0);
  gst_event_parse_segment (event, &out);
  assert_equals_int (out->format, GST_FORMAT_TIME);
  gst_event_unref (event);
}

/* An element posts an error about a buffer that it cannot read. */
static inline void
push_unreadable (GstHarness * h, GstElement * element, GstBuffer * buffer)
{
  GstBus *bus = gst_bus_new ();
  GstMessage *message;
  GError *error = NULL;

  gst_element_set_bus (element, bus);
  assert_equals_int (gst_harness_push (h, buffer), GST_FLOW_ERROR);
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  fail_unless (message != NULL);
  gst_message_parse_error (message, &error, NULL);
  fail_unless (g_error_matches (error, GST_RESOURCE_ERROR,
          GST_RESOURCE_ERROR_READ));
  g_error_free (error);
  gst_message_unref (message);
  gst_element_set_bus (element, NULL);
  gst_object_unref (bus);
}

#endif
