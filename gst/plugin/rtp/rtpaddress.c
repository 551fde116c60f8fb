/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "rtpaddress.h"

#include <arpa/inet.h>
#include <string.h>

gboolean
rtp_address_is_ipv4 (const RtpAddress * address)
{
  static const guint8 mapped[12] = {[10] = 0xff,[11] = 0xff };

  return memcmp (address->ip, mapped, sizeof (mapped)) == 0;
}

gchar *
rtp_address_to_string (const RtpAddress * address)
{
  gchar text[INET6_ADDRSTRLEN];

  if (rtp_address_is_ipv4 (address)) {
    inet_ntop (AF_INET, address->ip + 12, text, sizeof (text));
    return g_strdup_printf ("%s:%u", text, address->port);
  }
  inet_ntop (AF_INET6, address->ip, text, sizeof (text));
  return g_strdup_printf ("[%s]:%u", text, address->port);
}
