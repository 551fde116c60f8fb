/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "shown.h"

#include <string.h>

#define KLV "{\"type\":\"klv\","

/* Members of the head, in this order; their values have no commas. */
static const char *const repeated[] = {
  "\"checksum\":", "\"precision_time_stamp\":"
};

/* The head has so many bytes at most. */
#define MAX_HEAD 300

/* Any bytes, with a NUL behind them */
static char *
dup_bytes (const char *bytes, gsize size)
{
  char *copy = g_malloc (size + 1);

  /* of an empty buffer it may be NULL */
  if (size > 0)
    memcpy (copy, bytes, size);
  copy[size] = '\0';
  return copy;
}

char *
shown_dup (const char *message, gsize * size)
{
  const char *const end = message + *size;
  const char *start = message;
  char *text;

  if (*size < strlen (KLV) || memcmp (message, KLV, strlen (KLV)) != 0)
    return dup_bytes (message, *size);
  for (guint i = 0; i < G_N_ELEMENTS (repeated); i++) {
    const char *member = g_strstr_len (start, MIN (end - start, MAX_HEAD),
        repeated[i]);
    const char *comma = member ? memchr (member, ',', end - member) : NULL;

    if (comma)
      start = comma + 1;
  }
  if (start == message)
    return dup_bytes (message, *size);
  text = g_strdup_printf (KLV "...,%.*s", (int) (end - start), start);
  *size = strlen (text);
  return text;
}
