/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef PORT_CLASH_H
#define PORT_CLASH_H

#include "inputspec.h"

G_BEGIN_DECLS

/* Inputs that listen at one UDP port, of which only one can have it. */

/**
 * PortClash:
 * @port: the UDP port
 * @first: has it
 * @second: would have it, too, behind @first in the list
 * @is_first_rtcp: @first has it for RTCP, behind its own
 * @is_second_rtcp: and @second would; never both
 */
typedef struct {
  guint port;
  const InputSpec *first, *second;
  gboolean is_first_rtcp, is_second_rtcp;
} PortClash;

/** Finds, of each input of @specs, the first one before it that takes a port from it.
 * Multicast groups can share a port, and RTP lends the one behind its own to other RTP.
 * @specs: (element-type InputSpec): the clashes live no longer
 * Returns: (transfer full) (element-type PortClash) */
GArray *port_clashes_find (const GPtrArray * specs);

G_END_DECLS
#endif
