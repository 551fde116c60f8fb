/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef NAL_TEST_H
#define NAL_TEST_H

#include "seitest.h"

/* SEI NAL units of any messages, and access units NAL by NAL */

/* An SEI message */
typedef struct
{
  guint type;
  const guint8 *uuid;           /* of type 5 */
  const gchar *content;         /* behind the UUID */
  gsize size;                   /* of content */
} TestMessage;

/* One of type 5 */
#define TEST_MESSAGE(uuid, text) { 5, uuid, text, sizeof (text) - 1 }

#define TEST_OURS TEST_MESSAGE (test_uuid, "ours")
#define TEST_OTHER TEST_MESSAGE (test_other_uuid, "other")
#define TEST_BANNER TEST_MESSAGE (test_banner_uuid, "x264 - core 164")
/* user_data_registered_itu_t_t35, as captions have it, and recovery_point */
#define TEST_REGISTERED { 4, NULL, "\xb5\0\x31GA94", 7 }
#define TEST_RECOVERY_POINT { 6, NULL, "\x84", 1 }

/* A NAL unit of these, without start code or length field, written by other code
 * than that under test. Returns: (transfer full): */
GByteArray *test_sei_nal (const TestFormat * format, gboolean suffix,
    const TestMessage * messages, guint n_messages);

/* Puts such a NAL unit before the slice, or a suffix SEI at the end; nothing if
 * there are no messages. Takes @buffer. */
GstBuffer *test_insert_sei (const TestFormat * format, GstBuffer * buffer,
    const TestMessage * messages, guint n_messages);
GstBuffer *test_append_sei (const TestFormat * format, GstBuffer * buffer,
    const TestMessage * messages, guint n_messages);

/* A harness of seiextract with remove=true */
GstHarness *test_remove_harness (const TestFormat * format, const gchar * uuid);

/* A harness that has the caps of @format in alignment nal on both sides */
GstHarness *test_nal_harness (const gchar * element, const TestFormat * format);

/* Takes its element through NULL and begins such a stream again, without a flush
 * that would make it forget anything. */
void test_nal_restart (GstHarness * h, const TestFormat * format);

/* The NAL units of an access unit, each in a buffer as parsers make them: the
 * first has the times and flags, the last the flag MARKER. Takes @buffer. */
GstBufferList *test_split (const TestFormat * format, GstBuffer * buffer);

/* The first @n of them. Takes @list. */
GstBufferList *test_first_nals (GstBufferList * list, guint n);

/* Pushes each buffer. Takes @list. */
void test_push_nals (GstHarness * h, GstBufferList * list);

/* All buffers that have come, in a list */
GstBufferList *test_pull_nals (GstHarness * h);

/* What is in all buffers, in one with the metadata of the first. Takes @list. */
GstBuffer *test_join (GstBufferList * list);

#endif
