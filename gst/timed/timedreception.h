/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef TIMED_RECEPTION_H
#define TIMED_RECEPTION_H

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * TimedReception:
 * @ip: the sender's IPv6 address, or its IPv4 address as ::ffff:a.b.c.d (RFC 4291
 *   2.5.5.2)
 * @port: the sender's UDP port
 * @local_port: the UDP port that it came to
 * @ssrc: of RTP
 *
 * Which stream a buffer came from, where several come to one element.
 */
typedef struct {
  guint8 ip[16];
  guint16 port;
  guint16 local_port;
  guint32 ssrc;
} TimedReception;

/** Makes a writable buffer say where it came from, in a meta (GstReceptionMeta) of the
 * plugin's own. Copies of the buffer, of a part of it, and buffers that elements make
 * of it have the meta, too. What the buffer said before is replaced. */
void timed_buffer_set_reception (GstBuffer * buffer,
    const TimedReception * reception);

/** Returns: (transfer none) (nullable): where the buffer came from, if it says so */
const TimedReception *timed_buffer_get_reception (GstBuffer * buffer);

/** For a #GHashTable of receptions. */
guint timed_reception_hash (gconstpointer reception);
gboolean timed_reception_equal (gconstpointer a, gconstpointer b);

G_END_DECLS

#endif
