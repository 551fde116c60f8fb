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

char *
shown_dup (const char *message, gsize * size)
{
  const char *const end = message + *size;
  const char *start = message;
  char *text;

  if (*size < strlen (KLV) || memcmp (message, KLV, strlen (KLV)) != 0)
    /* of an empty buffer it may be NULL */
    return g_strndup (*size > 0 ? message : "", *size);
  for (guint i = 0; i < G_N_ELEMENTS (repeated); i++) {
    const char *member = g_strstr_len (start, MIN (end - start, MAX_HEAD),
        repeated[i]);
    const char *comma = member ? memchr (member, ',', end - member) : NULL;

    if (comma)
      start = comma + 1;
  }
  if (start == message)
    return g_strndup (message, *size);
  text = g_strdup_printf (KLV "...,%.*s", (int) (end - start), start);
  *size = strlen (text);
  return text;
}
