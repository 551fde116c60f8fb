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

#endif
