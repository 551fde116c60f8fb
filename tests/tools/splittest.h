/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef SPLIT_TEST_H
#define SPLIT_TEST_H

#include <gst/check/check.h>
#include <gst/check/gstharness.h>

#include "nal.h"

/* A harness of nalsplit. more: fields of the caps, with a comma in front */
GstHarness *split_test_harness (H26xCodec codec, const gchar * more);

/* A copy of the bytes */
GstBuffer *split_test_buffer (const guint8 * data, gsize size);

/* Takes the buffer, which must be accepted. */
void split_test_push (GstHarness * h, GstBuffer * buffer);

/* Ends the stream and the harness. Returns: (transfer full): the buffers that have
 * come, GstBuffers */
GPtrArray *split_test_end (GstHarness * h);

#endif
