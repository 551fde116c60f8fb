/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef AMF_TEST_H
#define AMF_TEST_H

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "eventjson.h"
#include "scripttag.h"

/* Bytes of hexadecimal digits, with spaces anywhere between bytes, in a block of exactly their
 * number, so that the address sanitizer sees a read that goes too far */
static inline BytesSpan
amf_bytes (const char *text)
{
  uint8_t *block = malloc (strlen (text));
  size_t n = 0;

  for (const char *c = text; *c != '\0'; c++)
    if (*c != ' ') {
      g_assert_true (g_ascii_isxdigit (c[0]) && g_ascii_isxdigit (c[1]));
      block[n++] = g_ascii_xdigit_value (c[0]) << 4
          | g_ascii_xdigit_value (c[1]);
      c++;
    }
  return (BytesSpan) { realloc (block, MAX (n, 1)), n };
}

static inline void
amf_bytes_free (BytesSpan bytes)
{
  free ((uint8_t *) bytes.data);
}

/* A string of AMF0 that names the event "e" */
#define E "02 0001 65 "

/* What was read of a body of script data */
typedef struct
{
  AmfStatus status;
  char *json;                   /* NULL if it could not be read */
  char *object;                 /* NULL if there is none */
} Read;

static inline Read
read_body (BytesSpan body)
{
  AmfReader *reader = g_new (AmfReader, 1);
  const gsize capacity = script_event_get_max_size (body);
  char *dst = g_malloc (capacity);
  ScriptEvent event;
  Read read = { script_event_read (reader, body, 7, &event, dst, capacity) };

  if (read.status == AMF_OK) {
    g_assert_true (is_event_json (dst, event.json_size));
    read.json = g_strndup (dst, event.json_size);
    if (event.object.data)
      read.object = g_strndup ((const char *) event.object.data,
          event.object.size);
  }
  g_free (dst);
  g_free (reader);
  return read;
}

static inline void
read_clear (Read * read)
{
  g_free (read->json);
  g_free (read->object);
}

/* @values: in hexadecimal digits, behind the name of the event
 * @wanted: the elements of the array of arguments; NULL: it cannot be read, and @status is
 *   why */
static inline void
assert_read (const char *values, AmfStatus status, const char *wanted)
{
  char *text = g_strconcat (E, values, NULL);
  const BytesSpan body = amf_bytes (text);
  Read read = read_body (body);

  g_assert_cmpint (read.status, ==, status);
  if (wanted) {
    char *all =
        g_strdup_printf
        ("{\"type\":\"flv\",\"event\":\"e\",\"timestamp_ms\":7,\"args\":[%s]}",
        wanted);

    g_assert_cmpstr (read.json, ==, all);
    g_free (all);
  }
  read_clear (&read);
  amf_bytes_free (body);
  g_free (text);
}

#endif
