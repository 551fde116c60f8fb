/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef NOTIFY_H
#define NOTIFY_H

#include <glib.h>

G_BEGIN_DECLS

/* What the bridge tells systemd, or whoever else reads NOTIFY_SOCKET (sd_notify(3)). Where
 * nobody does, or without libsystemd, none of it does anything. */

/** It has begun, or has begun with another configuration. The watchdog, if it is on, is
 * fed by the main loop from now on. */
void notify_ready (void);

/** It reads its configuration again; notify_ready() follows. */
void notify_reloading (void);

/** It ends. */
void notify_stopping (void);

/** What it does, for systemctl status. */
void notify_status (const char *text);

G_END_DECLS
#endif
