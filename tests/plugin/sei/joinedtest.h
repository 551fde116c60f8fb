/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef JOINED_TEST_H
#define JOINED_TEST_H

#include "seitest.h"

/* The request pad "metadata" of seiinject, as its peer sees it. Streams of video
 * are of test_h264: access unit n is presented from (n + 1) * 40 ms on for 40 ms,
 * and decoded 40 ms before that. */

/* A harness of seiinject */
GstHarness *test_video_harness (gboolean live);

/* A harness on the pad "metadata" of the element of @h, with a segment in TIME */
GstHarness *test_joined_harness (GstHarness * h, const gchar * caps,
    gboolean live);

/* Tears down both. */
void test_joined_teardown (GstHarness * h, GstHarness * m);

#define TEST_NO_MS -1

/* @ms: PTS in milliseconds, or TEST_NO_MS */
GstBuffer *test_payload (const gchar * text, gint ms);

/* Pushes one, which is GST_FLOW_OK */
void test_push_payload (GstHarness * m, const gchar * text, gint ms);

/* Pushes the event of a segment that is new but for these. */
void test_push_segment (GstHarness * h, GstFormat format, GstClockTime start,
    GstClockTime base);

/* Pushes an access unit, and takes what comes of it */
GstBuffer *test_push_frame (GstHarness * h, guint n);

/* That the next frame comes out with these payloads: the texts end with NULL */
#define test_assert_frame(h, n, ...) G_STMT_START { \
    GstBuffer *frame = test_push_frame (h, n); \
    test_assert_messages (test_h264, frame, __VA_ARGS__); \
    gst_buffer_unref (frame); \
} G_STMT_END

/* A push that may have to wait, in a thread of its own. Returns when the buffer is
 * about to arrive. Takes @buffer. */
typedef struct _TestPush TestPush;
TestPush *test_push_begin (GstHarness * h, GstBuffer * buffer);
GstFlowReturn test_push_end (TestPush * push);

#endif
