/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "flvonmetadata.h"

#include <string.h>

/* Frames a second that it may speak of */
#define MIN_RATE 0.1
#define MAX_RATE 1000

/* Returns: (nullable): what is behind @wanted, of @n bytes; at least @rest bytes */
static const guint8 *
find_bytes (BytesSpan tag, const char *wanted, gsize n, gsize rest)
{
  for (gsize i = 0; i + n + rest <= tag.size; i++)
    if (memcmp (tag.data + i, wanted, n) == 0)
      return tag.data + i + n;
  return NULL;
}

/* With the name of AMF that is a string literal */
#define FIND(tag, name, rest) find_bytes (tag, name, sizeof (name) - 1, rest)

gboolean
flv_on_metadata_is (BytesSpan tag)
{
  return FIND (tag, "\2\0\12onMetaData", 0) != NULL;
}

gboolean
flv_on_metadata_has_places (BytesSpan tag)
{
  return FIND (tag, "\0\10filesize", 0) || FIND (tag, "\0\11keyframes", 0);
}

gint64
flv_on_metadata_get_frame_duration (BytesSpan tag)
{
  const guint8 *number = FIND (tag, "\0\11framerate\0", sizeof (guint64));
  gdouble rate = 0;
  guint64 bits;

  if (number) {
    memcpy (&bits, number, sizeof (bits));
    bits = GUINT64_FROM_BE (bits);
    memcpy (&rate, &bits, sizeof (rate));
  }
  return rate >= MIN_RATE && rate <= MAX_RATE ? (gint64) (1000 / rate) : 0;
}
