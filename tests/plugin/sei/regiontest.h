/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef REGION_TEST_H
#define REGION_TEST_H

#include <gst/video/video.h>

#include "naltest.h"

/* Regions of interest in pictures of 100x50 */

#define TEST_OBJECTS(objects) "{\"objects\": [" objects "]}"
#define TEST_CAR "{\"id\": \"obj-7\", \"label\": \"car\", \"bbox\": " \
    "{\"x\": 0.1, \"y\": 0.4, \"w\": 0.3, \"h\": 0.6}}"
#define TEST_DOG "{\"id\": \"obj-0\", \"label\": \"dog\", \"bbox\": " \
    "{\"x\": 0, \"y\": 0, \"w\": 1, \"h\": 1}}"

/* Attach what the texts above say */
void test_add_car (GstBuffer * buffer);
void test_add_dog (GstBuffer * buffer);

guint test_count_regions (GstBuffer * buffer);

/* A harness whose caps say the size of the picture
 * @whole: whether buffers are access units */
GstHarness *test_region_harness (const gchar * element,
    const TestFormat * format, gboolean whole);

/* Runs `videotestsrc ! identity name=raw ! @elements`, where the raw frames, which are
 * 96x64 and have 25/s, have a region each: frame n has "obj-n" of the label "frame",
 * which is 10 pixels large and n pixels from the left edge. Probes get the buffers that
 * come to the elements of these names.
 * @probe: gets @user_data */
#define TEST_N_FRAMES 40
void test_run_detector (const gchar * elements, const gchar * name,
    GstPadProbeCallback probe, gpointer user_data);

/* The number of the frame that a payload is about, which must be one object */
guint test_frame_of_payload (const gchar * text, gsize size);

#endif
