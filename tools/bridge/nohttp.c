/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A build without libsoup and json-glib, whose --http is refused */

#include "http.h"

gboolean
http_is_built (void)
{
  return FALSE;
}

Http *
http_new (GSocketAddress * address, GError ** error)
{
  g_return_val_if_reached (NULL);
}

const char *
http_get_uri (Http * self)
{
  return NULL;
}

void
http_take_status (Http * self, Status * status)
{
  status_unref (status);
}

void
http_free (Http * self)
{
}
