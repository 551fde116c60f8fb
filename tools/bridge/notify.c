/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "notify.h"

#ifdef HAVE_SYSTEMD

#include "common.h"

#include <systemd/sd-daemon.h>

static gboolean
on_watchdog (gpointer data)
{
  sd_notify (0, "WATCHDOG=1");
  return G_SOURCE_CONTINUE;
}

/* Twice in the time that systemd waits, as sd_watchdog_enabled(3) has it */
static void
feed_watchdog (void)
{
  static gboolean is_fed = FALSE;
  guint64 timeout_us;

  if (is_fed || sd_watchdog_enabled (0, &timeout_us) <= 0)
    return;
  is_fed = TRUE;
  on_watchdog (NULL);
  g_timeout_add (MAX (timeout_us / 2000, 1), on_watchdog, NULL);
}

void
notify_ready (void)
{
  sd_notify (0, "READY=1");
  feed_watchdog ();
}

void
notify_reloading (void)
{
  sd_notifyf (0, "RELOADING=1\nMONOTONIC_USEC=%" G_GINT64_FORMAT,
      g_get_monotonic_time ());
}

void
notify_stopping (void)
{
  sd_notify (0, "STOPPING=1");
}

void
notify_status (const char *text)
{
  /* a line break would begin another message */
  g_autofree char *escaped = tool_escape (text, -1);

  sd_notifyf (0, "STATUS=%s", escaped);
}

#else

void
notify_ready (void)
{
}

void
notify_reloading (void)
{
}

void
notify_stopping (void)
{
}

void
notify_status (const char *text)
{
}

#endif
