/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef SPLITTER_TEST_H
#define SPLITTER_TEST_H

#include <gst/gst.h>

#include "klvbytes.h"
#include "klvsplitter.h"

/* Units are named by the letters of their values, and by the second of the buffer whose
 * times they have: "a@0 b@0". What is no KLV is in brackets. */

/* Bytes of the longest unit */
#define MAX_SIZE 5000

typedef struct
{
  KlvSplitter *splitter;
  GString *parts;
  guint n_buffers;
  gsize n_in;
  gsize n_out;
} Test;

static inline void
begin (Test * test)
{
  test->splitter = klv_splitter_new (MAX_SIZE);
  test->parts = g_string_new (NULL);
  test->n_buffers = 0;
  test->n_in = 0;
  test->n_out = 0;
}

/* A unit is whole, of one letter, and of no more than its length says. */
static inline void
note_unit (Test * test, const guint8 * data, gsize size)
{
  gsize unit_size;

  g_assert_cmpint (klv_unit_look (data, size, MAX_SIZE, &unit_size), ==,
      KLV_UNIT_WHOLE);
  g_assert_cmpuint (unit_size, ==, size);
  g_string_append_c (test->parts,
      size > KLV_BYTES_HEAD ? data[KLV_BYTES_HEAD] : '-');
}

static inline void
take (Test * test)
{
  KlvPart part;

  while (klv_splitter_next (test->splitter, &part)) {
    GstMapInfo map;

    g_assert_true (gst_buffer_map (part.buffer, &map, GST_MAP_READ));
    if (test->parts->len > 0)
      g_string_append_c (test->parts, ' ');
    if (part.kind == KLV_PART_UNIT)
      note_unit (test, map.data, map.size);
    else
      g_string_append_printf (test->parts, "[%.*s]", (int) map.size, map.data);
    g_string_append_printf (test->parts, "@%u",
        (guint) (GST_BUFFER_PTS (part.buffer) / GST_SECOND));
    test->n_out += map.size;
    gst_buffer_unmap (part.buffer, &map);
    gst_buffer_unref (part.buffer);
  }
}

static inline void
push_flags (Test * test, const guint8 * data, gsize size, guint flags)
{
  GstBuffer *buffer =
      size > 0 ? gst_buffer_new_memdup (data, size) : gst_buffer_new ();

  GST_BUFFER_PTS (buffer) = test->n_buffers++ * GST_SECOND;
  GST_BUFFER_FLAG_SET (buffer, flags);
  test->n_in += size;
  g_assert_true (klv_splitter_push (test->splitter, buffer));
  take (test);
}

/* @bytes: (transfer full): */
static inline void
push (Test * test, GByteArray * bytes)
{
  push_flags (test, bytes->data, bytes->len, 0);
  g_byte_array_unref (bytes);
}

/* Divides @bytes into buffers of this size. */
static inline void
push_in_pieces (Test * test, const GByteArray * bytes, gsize size)
{
  for (gsize at = 0; at < bytes->len; at += size)
    push_flags (test, bytes->data + at, MIN (size, bytes->len - at), 0);
}

static inline const KlvSplitterCounts *
counts (const Test * test)
{
  return klv_splitter_get_counts (test->splitter);
}

/* Cuts @bytes into two buffers. */
static inline void
push_cut (Test * test, const GByteArray * bytes, gsize cut)
{
  push_flags (test, bytes->data, cut, 0);
  push_flags (test, bytes->data + cut, bytes->len - cut, 0);
}

/* Ends the stream: these parts have come, all other bytes are counted, and errors were so
 * many. */
static inline void
end (Test * test, const char *parts, guint n_errors)
{
  klv_splitter_end (test->splitter);
  take (test);
  g_assert_cmpstr (test->parts->str, ==, parts);
  g_assert_cmpuint (counts (test)->errors, ==, n_errors);
  g_assert_cmpuint (test->n_in, ==, test->n_out + counts (test)->dropped_bytes
      + counts (test)->head_bytes);
  klv_splitter_free (test->splitter);
  g_string_free (test->parts, TRUE);
}

/* The same, whatever the units are called */
static inline void
end_count (Test * test, guint n_units, guint n_errors)
{
  klv_splitter_end (test->splitter);
  take (test);
  g_assert_cmpuint (counts (test)->units, ==, n_units);
  g_string_assign (test->parts, "");
  end (test, "", n_errors);
}

/* What a stream of one buffer gives. @bytes: (transfer full): */
static inline void
assert_parts (GByteArray * bytes, const char *parts, guint n_errors)
{
  Test test;

  begin (&test);
  push (&test, bytes);
  end (&test, parts, n_errors);
}

static inline GByteArray *
unit (char name, gsize size)
{
  GByteArray *bytes = g_byte_array_new ();

  put_unit (bytes, name, size);
  return bytes;
}

static inline GByteArray *
units (const char *names, gsize size)
{
  GByteArray *bytes = g_byte_array_new ();

  for (; *names; names++)
    put_unit (bytes, *names, size);
  return bytes;
}

/* A unit that says it has @more bytes than it has */
static inline GByteArray *
false_unit (char name, gsize size, gssize more)
{
  GByteArray *bytes = g_byte_array_new ();

  put_head (bytes, size + more);
  put_letters (bytes, name, size);
  return bytes;
}

static inline GByteArray *
join (GByteArray * a, GByteArray * b)
{
  g_byte_array_append (a, b->data, b->len);
  g_byte_array_unref (b);
  return a;
}

static inline GByteArray *
text (const char *characters)
{
  GByteArray *bytes = g_byte_array_new ();

  put_bytes (bytes, characters, strlen (characters));
  return bytes;
}

#endif
