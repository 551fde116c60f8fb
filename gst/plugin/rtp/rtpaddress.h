/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef RTP_ADDRESS_H
#define RTP_ADDRESS_H

#include <glib.h>

G_BEGIN_DECLS

/**
 * RtpAddress:
 * @ip: an IPv6 address, or an IPv4 address as ::ffff:a.b.c.d (RFC 4291 2.5.5.2)
 * @port: the UDP port
 *
 * One end of UDP. It has no padding: memcmp() compares two.
 */
typedef struct {
  guint8 ip[16];
  guint16 port;
} RtpAddress;

G_STATIC_ASSERT (sizeof (RtpAddress) == 18);

/**
 * RtpFlow:
 * @source: where the datagrams come from
 * @port: the local UDP port that they come to
 *
 * What one socket of a sender sends to one port here. It has no padding either.
 */
typedef struct {
  RtpAddress source;
  guint16 port;
} RtpFlow;

G_STATIC_ASSERT (sizeof (RtpFlow) == 20);

/** Whether it is of IPv4. */
gboolean rtp_address_is_ipv4 (const RtpAddress * address);

/** Returns: (transfer full): "192.0.2.7:5004" or "[2001:db8::1]:5004" */
gchar *rtp_address_to_string (const RtpAddress * address);

G_END_DECLS

#endif
