/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "hostname.h"

#include <gio/gio.h>

#define PATIENCE_MS 1000

/* A resolver that needs time is asked for a thirtieth of it at most, however many cameras there
 * are. One that answers at once, from this computer, can be asked again. */
#define REST_FACTOR 30
#define AT_ONCE_US (20 * G_TIME_SPAN_MILLISECOND)

typedef struct
{
  GCancellable *cancellable;
  gboolean is_over;
  gboolean is_known;
} Lookup;

/* DNS took its time, and is not asked until then. */
static gint64 rest_until_us;

static void
on_found (GObject * resolver, GAsyncResult * result, gpointer data)
{
  Lookup *lookup = data;
  GList *addresses = g_resolver_lookup_by_name_finish (G_RESOLVER (resolver),
      result, NULL);

  lookup->is_over = TRUE;
  lookup->is_known = addresses != NULL;
  g_resolver_free_addresses (addresses);
}

static gboolean
on_impatient (gpointer data)
{
  Lookup *lookup = data;

  g_cancellable_cancel (lookup->cancellable);
  return G_SOURCE_REMOVE;
}

/* In a main context of its own: nothing else of the program goes on meanwhile. */
static gboolean
look_up (const char *host)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GResolver) resolver = g_resolver_get_default ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GSource) timer = g_timeout_source_new (PATIENCE_MS);
  Lookup lookup = {.cancellable = cancellable };
  const gint64 begun_us = g_get_monotonic_time ();
  gint64 now_us;

  g_main_context_push_thread_default (context);
  g_source_set_callback (timer, on_impatient, &lookup, NULL);
  g_source_attach (timer, context);
  g_resolver_lookup_by_name_async (resolver, host, cancellable, on_found,
      &lookup);
  while (!lookup.is_over)
    g_main_context_iteration (context, TRUE);
  g_source_destroy (timer);
  g_main_context_pop_thread_default (context);
  now_us = g_get_monotonic_time ();
  if (now_us - begun_us > AT_ONCE_US)
    rest_until_us = now_us + REST_FACTOR * (now_us - begun_us);
  return lookup.is_known;
}

gboolean
hostname_is_unknown (const char *host)
{
  if (g_hostname_is_ip_address (host)
      || g_get_monotonic_time () < rest_until_us)
    return FALSE;
  return !look_up (host);
}
