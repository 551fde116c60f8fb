/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "httpaddress.h"

#include <string.h>

#define DEFAULT_ADDRESS "127.0.0.1"

/* Returns: (transfer full): the address in what stands before the port; "" is none */
static char *
read_address (const char *text, gsize size)
{
  if (size == 0 || (size == strlen ("localhost")
          && g_ascii_strncasecmp (text, "localhost", size) == 0))
    return g_strdup (DEFAULT_ADDRESS);
  if (size > 2 && text[0] == '[' && text[size - 1] == ']')
    return g_strndup (text + 1, size - 2);
  /* one of IPv6 without brackets has its last group for the port */
  return memchr (text, ':', size) ? g_strdup ("") : g_strndup (text, size);
}

GSocketAddress *
http_address_parse (const char *text)
{
  const char *colon = strrchr (text, ':');
  g_autofree char *address = read_address (text, colon ? colon - text : 0);
  guint64 port;

  if (!g_ascii_string_to_unsigned (colon ? colon + 1 : text, 10, 0, G_MAXUINT16,
          &port, NULL))
    return NULL;
  return g_inet_socket_address_new_from_string (address, port);
}
