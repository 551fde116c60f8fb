/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef SEI_TEST_H
#define SEI_TEST_H

#include <gst/check/check.h>
#include <gst/check/gstharness.h>

#include "timedbuffer.h"
#include "seilist.h"
#include <gst/sei/sei.h>

/* A stream format that both elements take */
typedef struct {
  const gchar *name;
  H26xFormat format;
} TestFormat;

#define N_TEST_FORMATS 11
extern const TestFormat test_formats[N_TEST_FORMATS];
extern const TestFormat *const test_h264;       /* byte-stream */
extern const TestFormat *const test_h265;       /* byte-stream */

extern const guint8 test_uuid[16];      /* of our own payloads */
extern const guint8 test_other_uuid[16];
extern const guint8 test_banner_uuid[16];       /* x264's */

/* Its caps, as text; fields are appended to them */
gchar *test_caps (const TestFormat * format);

/* The same in alignment nal */
gchar *test_nal_caps (const TestFormat * format);

/* A harness that has the former on both sides */
GstHarness *test_harness (const gchar * element, const TestFormat * format);

/* Takes its element through NULL and begins a stream of @format again. */
void test_restart (GstHarness * h, const TestFormat * format);

/* An access unit of delimiter, parameter sets and one slice; a key frame with
 * PTS, DTS and duration. @n makes it different from others. */
GstBuffer *test_access_unit (const TestFormat * format, guint n);

/* Bytes of its slice, start code or length field included: the last in it. A
 * length field of one byte can say it. */
#define TEST_SLICE_SIZE 224

/* Puts a NAL unit before the slice, or at the end. @nal has neither start code
 * nor length field. Takes @buffer. */
GstBuffer *test_insert_nal (const TestFormat * format, GstBuffer * buffer,
    const guint8 * nal, gsize size);
GstBuffer *test_append_nal (const TestFormat * format, GstBuffer * buffer,
    const guint8 * nal, gsize size);

/* Puts bytes there as they are. Takes @buffer. */
GstBuffer *test_insert_bytes (GstBuffer * buffer, gsize offset,
    const guint8 * bytes, gsize size);

/* Puts a message before the slice. Takes @buffer. */
GstBuffer *test_insert_message (const TestFormat * format, GstBuffer * buffer,
    const guint8 * uuid, const gchar * payload);

/* Makes a buffer of as many memories, of about the same size each, that hold its
 * bytes. Takes @buffer. */
GstBuffer *test_divide (GstBuffer * buffer, guint n_memories);

/* Every message in the bitstream of @buffer */
SeiList *test_read (const TestFormat * format, GstBuffer * buffer);

/* Whether both have the same bytes */
void test_assert_bytes (GstBuffer * buffer, GstBuffer * expected);

/* Whether the bitstream has these payloads under test_uuid and no other message:
 * the texts end with NULL */
void test_assert_messages (const TestFormat * format, GstBuffer * buffer, ...)
    G_GNUC_NULL_TERMINATED;

/* Whether the metas have these payloads under test_uuid, and no others */
void test_assert_metas (GstBuffer * buffer, ...) G_GNUC_NULL_TERMINATED;

void test_assert_payload (GBytes * payload, const gchar * text);

void test_add_meta (GstBuffer * buffer, const guint8 * uuid,
    const gchar * payload);

/* A GstReferenceTimestampMeta, such as of timestamp/x-unix */
void test_add_reference (GstBuffer * buffer, const gchar * name,
    guint64 timestamp);

/* That the buffer has one of these, which says this; GST_CLOCK_TIME_NONE for none */
void test_assert_reference (GstBuffer * buffer, const gchar * name,
    guint64 timestamp);

/* The UUID of a message of MISB ST 0604, whose text is 12 bytes with these 8 */
extern const guint8 test_micro_h264_uuid[16];
extern const guint8 test_micro_h265_uuid[16];
extern const guint8 test_nano_uuid[16];
void test_write_time (guint8 status, guint64 time, gchar text[12]);

/* A field of the property "stats" */
guint64 test_stat (GstElement * element, const gchar * name);

/* That there is one warning on the bus, with @text in it */
void test_assert_warns_once (GstBus * bus, const gchar * text);

#endif
