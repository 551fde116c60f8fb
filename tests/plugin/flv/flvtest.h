/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef FLV_TEST_H
#define FLV_TEST_H

#include <string.h>

#include <gst/check/check.h>
#include <gst/check/gstharness.h>

#include "flvtag.h"
#include "scripttag.h"

/* FLV for tests: each function appends to @bytes. */

static inline void
put_data (GByteArray * bytes, const char *data, gsize size)
{
  g_byte_array_append (bytes, (const guint8 *) data, size);
}

static inline void
put_file_header (GByteArray * bytes)
{
  put_data (bytes, "FLV\1\5\0\0\0\11\0\0\0\0", 13);
}

static inline void
put_tag (GByteArray * bytes, guint8 type, guint32 timestamp_ms,
    const char *body, gsize size)
{
  const FlvTag tag = {.type = type,.size = size,.timestamp_ms = timestamp_ms };
  guint8 header[FLV_TAG_HEADER_SIZE], trailer[FLV_TAG_TRAILER_SIZE];

  flv_tag_write_header (&tag, header);
  flv_tag_write_trailer (&tag, trailer);
  g_byte_array_append (bytes, header, sizeof (header));
  put_data (bytes, body, size);
  g_byte_array_append (bytes, trailer, sizeof (trailer));
}

/* A packet of AVC that is a frame */
static inline void
put_frame (GByteArray * bytes, guint32 timestamp_ms)
{
  put_tag (bytes, FLV_VIDEO, timestamp_ms, "\27\1\0\0\0abc", 8);
}

/* One that is shown later than it is decoded */
static inline void
put_delayed_frame (GByteArray * bytes, guint32 timestamp_ms, guint delay_ms)
{
  const char body[] = { 0x27, 1, delay_ms >> 16, delay_ms >> 8, delay_ms, 'b' };

  put_tag (bytes, FLV_VIDEO, timestamp_ms, body, sizeof (body));
}

/* What a decoder needs before it */
static inline void
put_codec_data (GByteArray * bytes)
{
  put_tag (bytes, FLV_VIDEO, 0, "\27\0\0\0\0abc", 8);
}

/* An event that carries an object as a string */
static inline void
put_text (GByteArray * bytes, guint32 timestamp_ms, const char *event,
    const char *object)
{
  guint8 body[1024];
  BytesWriter writer = { body, sizeof (body), 0 };

  script_event_write_text (&writer, (BytesSpan) {
      (const guint8 *) event, strlen (event)}, (BytesSpan) {
      (const guint8 *) object, strlen (object)});
  fail_unless (writer.size <= sizeof (body));
  put_tag (bytes, FLV_SCRIPT, timestamp_ms, (const char *) body, writer.size);
}

/* An event with the members of an object as values, behind what names it */
static inline void
put_named_values (GByteArray * bytes, guint32 timestamp_ms, BytesSpan naming,
    const char *event, const char *object)
{
  guint8 body[1024];
  BytesWriter writer = { body, sizeof (body), 0 };

  bytes_put (&writer, naming);
  script_event_write_members (&writer, (BytesSpan) {
      (const guint8 *) event, strlen (event)}, (BytesSpan) {
      (const guint8 *) object, strlen (object)});
  fail_unless (writer.size <= sizeof (body));
  put_tag (bytes, FLV_SCRIPT, timestamp_ms, (const char *) body, writer.size);
}

static inline void
put_values (GByteArray * bytes, guint32 timestamp_ms, const char *event,
    const char *object)
{
  put_named_values (bytes, timestamp_ms, (BytesSpan) {
      NULL, 0}
      , event, object);
}

/* The same as a publisher sends it */
static inline void
put_data_frame (GByteArray * bytes, guint32 timestamp_ms, const char *event,
    const char *object)
{
  static const guint8 naming[] = "\2\0\15@setDataFrame";

  put_named_values (bytes, timestamp_ms, (BytesSpan) {
      naming, sizeof (naming) - 1}
      , event, object);
}

/* Returns: (transfer full): takes what is in @bytes, and leaves it empty */
static inline GstBuffer *
take_bytes (GByteArray * bytes)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, bytes->len, NULL);

  gst_buffer_fill (buffer, 0, bytes->data, bytes->len);
  g_byte_array_set_size (bytes, 0);
  return buffer;
}

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

/* @buffer: (transfer full): */
static inline void
assert_buffer (GstBuffer * buffer, const guint8 * data, gsize size)
{
  fail_unless (buffer != NULL, "nothing came out");
  assert_equals_uint64 (gst_buffer_get_size (buffer), size);
  fail_unless (gst_buffer_memcmp (buffer, 0, data, size) == 0);
  gst_buffer_unref (buffer);
}

/* A warning, with this text in it, and no more; NULL: none */
static inline void
assert_warns (GstBus * bus, const gchar * text)
{
  GstMessage *message = gst_bus_pop_filtered (bus, GST_MESSAGE_WARNING);
  GError *warning = NULL;

  fail_unless ((message != NULL) == (text != NULL));
  if (!message || !text)
    return;
  gst_message_parse_warning (message, &warning, NULL);
  fail_unless (strstr (warning->message, text) != NULL, "%s", warning->message);
  g_error_free (warning);
  gst_message_unref (message);
  fail_unless (gst_bus_pop_filtered (bus, GST_MESSAGE_WARNING) == NULL);
}

#endif
