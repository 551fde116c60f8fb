/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef HTTP_ADDRESS_H
#define HTTP_ADDRESS_H

#include <gio/gio.h>

G_BEGIN_DECLS

/** Reads [ADDRESS:]PORT, the argument of --http: 127.0.0.1:9464, [::1]:9464, localhost:9464,
 * :9464 or 9464. Without an address it is 127.0.0.1; the port 0 is one that the system chooses.
 * Returns: (transfer full) (nullable): %NULL if it is none */
GSocketAddress *http_address_parse (const char *text);

G_END_DECLS
#endif
