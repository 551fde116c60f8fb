/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KLV_TEST_H
#define KLV_TEST_H

#include <glib.h>
#include <string.h>

#include "klvjson.h"
#include "klvwrite.h"

#define PLAIN_SETTINGS ((KlvJsonSettings) { .style = KLV_NAMES })
#define WRITE_SETTINGS ((KlvWriteSettings) { .version = 19, .time_us = 1000000 })

/* The text of a unit, which lies in a block of exactly its size, so that a read that goes too
 * far is seen. */
static inline char *
unit_to_json (const guint8 * unit, gsize size, KlvJsonReport * report)
{
  g_autofree guint8 *block = g_memdup2 (unit, size);
  const BytesSpan bytes = { block, size };
  const gsize text_size =
      klv_json_write (bytes, &PLAIN_SETTINGS, report, NULL, 0);
  char *json = g_malloc (text_size + 1);

  klv_json_write (bytes, &PLAIN_SETTINGS, report, json, text_size);
  json[text_size] = '\0';
  return json;
}

/* The unit of a text, likewise. */
static inline GByteArray *
json_to_unit (const char *json, KlvWriteReport * report)
{
  const gsize json_size = strlen (json);
  g_autofree char *block = g_memdup2 (json, json_size);
  const gsize size =
      klv_write (block, json_size, &WRITE_SETTINGS, report, NULL, 0);
  GByteArray *unit = g_byte_array_sized_new (size);

  g_byte_array_set_size (unit, size);
  g_assert_cmpuint (klv_write (block, json_size, &WRITE_SETTINGS, report,
          unit->data, size), ==, size);
  return unit;
}

/* A file in the folder vectors */
static inline GBytes *
read_vector (const char *name)
{
  g_autofree char *path = g_build_filename (g_getenv ("METAKAFKA_SRC"), "tests",
      "klv", "vectors", name, NULL);
  GError *error = NULL;
  char *data;
  gsize size;

  g_file_get_contents (path, &data, &size, &error);
  g_assert_no_error (error);
  return g_bytes_new_take (data, size);
}

#endif
