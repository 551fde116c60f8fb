/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "seiuuid.h"

#include <string.h>

#include "jsontext.h"
#include "misptime.h"

gboolean
sei_uuid_parse (const gchar * text, guint8 * uuid)
{
  guint8 parsed[SEI_UUID_SIZE] = { 0 };
  guint n_digits = 0;

  if (strlen (text) == SEI_UUID_SIZE && g_str_is_ascii (text)) {
    memcpy (uuid, text, SEI_UUID_SIZE);
    return TRUE;
  }

  for (const gchar * c = text; *c != '\0'; c++) {
    if (*c == '-')
      continue;
    if (!g_ascii_isxdigit (*c) || n_digits == 2 * SEI_UUID_SIZE)
      return FALSE;
    parsed[n_digits / 2] =
        (guint8) (parsed[n_digits / 2] << 4 | g_ascii_xdigit_value (*c));
    n_digits++;
  }
  if (n_digits != 2 * SEI_UUID_SIZE)
    return FALSE;

  memcpy (uuid, parsed, SEI_UUID_SIZE);
  return TRUE;
}

GBytes *
sei_uuid_parse_list (const gchar * text)
{
  g_autoptr (GByteArray) uuids = g_byte_array_new ();
  g_auto (GStrv) parts = NULL;
  guint8 uuid[SEI_UUID_SIZE];

  /* 16 ASCII characters may have a comma among them */
  if (sei_uuid_parse (text, uuid))
    return g_bytes_new (uuid, SEI_UUID_SIZE);

  parts = g_strsplit (text, ",", -1);
  for (guint i = 0; parts[i]; i++) {
    if (!sei_uuid_parse (g_strstrip (parts[i]), uuid))
      return NULL;
    g_byte_array_append (uuids, uuid, SEI_UUID_SIZE);
  }
  return g_byte_array_free_to_bytes (g_steal_pointer (&uuids));
}

gchar *
sei_uuid_format (const guint8 * uuid)
{
  GString *text = g_string_sized_new (36);

  for (guint i = 0; i < SEI_UUID_SIZE; i++) {
    if (i == 4 || i == 6 || i == 8 || i == 10)
      g_string_append_c (text, '-');
    g_string_append_printf (text, "%02x", uuid[i]);
  }
  return g_string_free (text, FALSE);
}

gboolean
sei_uuid_is_in_list (const guint8 * uuid, GBytes * uuids)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (uuids, &size);

  for (gsize i = 0; i < size; i += SEI_UUID_SIZE) {
    if (memcmp (data + i, uuid, SEI_UUID_SIZE) == 0)
      return TRUE;
  }
  return FALSE;
}

/* dc45e9bd-e6d9-48b7-962c-d820d923eeef */
static const guint8 x264[SEI_UUID_SIZE] = {
  0xdc, 0x45, 0xe9, 0xbd, 0xe6, 0xd9, 0x48, 0xb7,
  0x96, 0x2c, 0xd8, 0x20, 0xd9, 0x23, 0xee, 0xef
};

/* 2ca2de09-b517-47db-bb55-a4fe7fc2fc4e */
static const guint8 x265[SEI_UUID_SIZE] = {
  0x2c, 0xa2, 0xde, 0x09, 0xb5, 0x17, 0x47, 0xdb,
  0xbb, 0x55, 0xa4, 0xfe, 0x7f, 0xc2, 0xfc, 0x4e
};

static gboolean
is_about_x265 (const guint8 * payload, gsize size)
{
  return size >= 4 && memcmp (payload, "x265", 4) == 0;
}

/* Looks at the first byte first, so that what has many UUIDs in front takes no more time
 * than what has one. */
static gboolean
is_object (const guint8 * payload, gsize size)
{
  const gchar *text = (const gchar *) payload;

  json_text_skip_mark (&text, &size);
  return size > 0 && (*text == '{' || g_ascii_isspace (*text))
      && json_text_is_object (text, json_text_trim (text, size));
}

static gboolean
is_printable (const guint8 * bytes, gsize size)
{
  while (size > 0 && g_ascii_isprint (bytes[size - 1]))
    size--;
  return size == 0;
}

static gboolean
is_wrapped (const guint8 * uuid, const guint8 * payload, gsize size,
    GBytes * uuids)
{
  if (memcmp (uuid, x265, SEI_UUID_SIZE) != 0 || size < SEI_UUID_SIZE
      || is_about_x265 (payload, size) || is_object (payload, size))
    return FALSE;
  return (uuids && sei_uuid_is_in_list (payload, uuids))
      || !is_printable (payload, SEI_UUID_SIZE) || misp_time_is_uuid (payload)
      || is_object (payload + SEI_UUID_SIZE, size - SEI_UUID_SIZE);
}

gsize
sei_uuid_unwrap (const guint8 * uuid, const guint8 * payload, gsize size,
    GBytes * uuids)
{
  gsize skip = 0;

  while (is_wrapped (uuid, payload + skip, size - skip, uuids)) {
    uuid = payload + skip;
    skip += SEI_UUID_SIZE;
  }
  return skip;
}

gboolean
sei_uuid_is_banner (const guint8 * uuid, const guint8 * payload, gsize size)
{
  if (memcmp (uuid, x265, SEI_UUID_SIZE) == 0)
    return is_about_x265 (payload, size);
  return memcmp (uuid, x264, SEI_UUID_SIZE) == 0;
}
