/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef LIVE_TEST_H
#define LIVE_TEST_H

#include <gst/check/gsttestclock.h>

#include "joinedtest.h"

#define JSON "application/x-json"

/* Live video and live metadata, with the latency that upstream has and the one that is
 * added. The clock of a harness is a GstTestClock that begins at 0. */
void test_live_begin (GstHarness ** h, GstHarness ** m, guint upstream_ms,
    guint latency_ms);

void test_live_set_time (GstHarness * h, guint ms);

/* Waits until the frame waits for the clock, and asserts until when. */
void test_live_assert_waits_until (GstHarness * h, guint ms);

/* The clock comes to the time that the frame waits for. */
void test_live_crank (GstHarness * h);

/* That the frame comes out with this payload, or with none */
void test_live_assert_pulls (GstHarness * h, TestPush * push,
    const gchar * text);

#endif
