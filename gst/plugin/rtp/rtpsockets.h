/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef RTP_SOCKETS_H
#define RTP_SOCKETS_H

#include <gio/gio.h>

#include "rtpaddress.h"

G_BEGIN_DECLS

/** What each socket asks the system for. It gives no more than net.core.rmem_max. */
#define RTP_SOCKETS_BUFFER_SIZE (8 * 1024 * 1024)

/** How many datagrams rtp_sockets_receive() gives at most. */
#define RTP_SOCKETS_BATCH 64

/**
 * RtpSockets:
 *
 * The UDP sockets of one element. One thread receives from all of them.
 */
typedef struct _RtpSockets RtpSockets;

/**
 * RtpDatagram:
 * @data: what came, never cut: there is room for the longest of all
 * @size: of @data; may be 0
 * @flow: where it comes from, and the local port that it came to
 * @is_at_rtcp_port: whether that port was opened for RTCP alone
 */
typedef struct {
  const guint8 *data;
  gsize size;
  RtpFlow flow;
  gboolean is_at_rtcp_port;
} RtpDatagram;

/**
 * Opens a socket for each port, and one for RTCP at the port behind each, if that is
 * free. No other program can open the same port meanwhile, unless it is that of a
 * multicast group. A port that is open for RTCP alone is lent: other RtpSockets, also of
 * other programs, can open it, and get what comes to it from then on.
 *
 * @address: (nullable): an IPv4 or IPv6 address of this computer, or of a multicast
 *   group, which is joined. NULL is IPv6 and IPv4 at once, and IPv4 alone where there
 *   is no IPv6.
 * @interface: (nullable): the network interface at which to join the group; NULL
 *   leaves the choice to the system
 * @ports: numbers and ranges, such as "5000,5002-5010"; 0 is any port that is free
 *
 * Returns: (transfer full) (nullable): NULL if there is a @error, which says what the
 *   user can do
 */
RtpSockets *rtp_sockets_open (const gchar * address, const gchar * interface,
    const gchar * ports, GError ** error);

/** No thread may be in rtp_sockets_receive() any more. */
void rtp_sockets_close (RtpSockets * sockets);

/** Returns: how many ports there are, without those for RTCP alone */
guint rtp_sockets_get_n_ports (RtpSockets * sockets);

/** Says where a port is open: "[::]:5000" as text if for IPv6 and IPv4 at once. */
void rtp_sockets_get_port (RtpSockets * sockets, guint i,
    RtpAddress * address);

/** Returns: how large the receive buffer of each port is; less than
 *   RTP_SOCKETS_BUFFER_SIZE if net.core.rmem_max is */
gsize rtp_sockets_get_buffer_size (RtpSockets * sockets);

/** Returns: how many datagrams the system has dropped so far, because a receive buffer
 *   was full or a checksum wrong. From any thread. */
guint64 rtp_sockets_get_dropped (RtpSockets * sockets);

/**
 * Waits until something comes to a socket, and gives what is there. In turn, no socket
 * keeps another from being read.
 *
 * @timeout_us: how long to wait, rounded up to milliseconds; negative is without end
 * @datagrams: (out) (transfer none): valid until the next call
 *
 * Returns: how many datagrams; 0 after the timeout, or rtp_sockets_interrupt()
 */
guint rtp_sockets_receive (RtpSockets * sockets, gint64 timeout_us,
    const RtpDatagram ** datagrams);

/** Makes rtp_sockets_receive() return, or its next call if there is none. From any
 * thread. */
void rtp_sockets_interrupt (RtpSockets * sockets);

/**
 * A socket that the system reports errors of is left alone for a second, and tried
 * again: the others go on.
 *
 * Returns: (transfer full) (nullable): of which port and why; NULL if none is left alone
 */
gchar *rtp_sockets_describe_failure (RtpSockets * sockets);

G_END_DECLS

#endif
