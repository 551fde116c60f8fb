/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef HOSTNAME_H
#define HOSTNAME_H

#include <glib.h>

G_BEGIN_DECLS

/** Looks up a host. Sources that failed do not say whether it was for its name.
 * Waits for a second at most, and then not again for thirty times as long, because DNS that is
 * slow, or does not answer, keeps all who ask. From the main thread.
 * @host: a name; an address is known
 * Returns: whether nobody knows it, or nobody answers */
gboolean hostname_is_unknown (const char *host);

G_END_DECLS
#endif
