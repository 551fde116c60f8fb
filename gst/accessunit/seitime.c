/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "seitime.h"

#include <string.h>

#include "timedclock.h"

void
sei_time_init (SeiItem * item, H26xCodec codec, MispTimeUnit unit,
    guint64 unix_ns)
{
  guint8 payload[MISP_TIME_SIZE];

  misp_time_write (unit, unix_ns, payload);
  item->type = SEI_TYPE_USER_DATA_UNREGISTERED;
  memcpy (item->uuid, misp_time_get_uuid (codec, unit), SEI_UUID_SIZE);
  item->payload = g_bytes_new (payload, sizeof (payload));
}

gboolean
sei_time_is_in (SeiList * list)
{
  for (guint i = 0; i < list->len; i++) {
    if (misp_time_is_uuid (sei_list_get (list, i)->uuid))
      return TRUE;
  }
  return FALSE;
}

GstBuffer *
sei_time_mark (SeiList * times, GstBuffer * buffer)
{
  gsize size;
  guint64 unix_ns;

  if (times->len == 0)
    return buffer;

  const SeiItem *first = sei_list_get (times, 0);
  const guint8 *payload = g_bytes_get_data (first->payload, &size);

  return misp_time_read (first->uuid, payload, size, &unix_ns) ?
      timed_set_capture_ns (buffer, unix_ns) : buffer;
}
