/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef PAD_TEST_H
#define PAD_TEST_H

#include "seitest.h"

/* The request pad "metadata" of seiextract, as its peer sees it. Streams are of
 * test_h264. */

extern GstStaticPadTemplate test_json_template;
extern GstStaticPadTemplate test_lines_template;
extern GstStaticPadTemplate test_both_template;
extern GstStaticPadTemplate test_any_template;

/* A harness on the pad "metadata" of the element of @h */
GstHarness *test_pad_harness (GstHarness * h, GstStaticPadTemplate * templ);

/* Releases the pad, too */
void test_pad_release (GstHarness * h, GstHarness * m);

/* @payload: NULL for an access unit without message */
GstBuffer *test_pad_access_unit (guint n, const gchar * payload);

/* Takes @buffer. */
void test_assert_buffer (GstBuffer * buffer, const gchar * text);

/* That this is the next buffer, with this PTS */
void test_assert_payload_at (GstHarness * m, const gchar * text,
    GstClockTime pts);

/* That this is the next event. Returns: (transfer full): */
GstEvent *test_assert_event (GstHarness * m, GstEventType type);

/* That the next are stream-start (sparse, with an id of its own), caps, segment */
void test_assert_first_events (GstHarness * m);

#endif
