/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "portclash.h"

#include <gio/gio.h>
#include <stdlib.h>
#include <string.h>

/* One or more ports of an input */
typedef struct
{
  const InputSpec *spec;
  guint first, last;
  gboolean is_for_rtcp;
  GInetAddress *address;        /* NULL: a name */
  const char *host;             /* NULL: all addresses */
} Listener;

static void
clear (gpointer data)
{
  Listener *self = data;

  g_clear_object (&self->address);
}

/* --- all listeners --------------------------------------------------------------- */

/* @any: all addresses, where the host is none */
static GInetAddress *
make_address (const char *host, const char *any)
{
  const gsize size = host ? strlen (host) : 0;
  g_autofree char *plain = size > 1 && *host == '[' ?
      g_strndup (host + 1, size - 2) : g_strdup (size > 0 ? host : any);

  return g_inet_address_new_from_string (plain);
}

static void
add (GArray * all, const InputSpec * spec, guint first, guint last,
    gboolean is_for_rtcp)
{
  /* what SRT binds to where it is told nothing is IPv4's */
  const gboolean is_srt = spec->kind == INPUT_SRT;
  const char *host = is_srt ? spec->written->host : spec->host;
  const Listener listener = { spec, first, last, is_for_rtcp,
    make_address (host, is_srt ? "0.0.0.0" : "::"), host
  };

  g_array_append_val (all, listener);
}

/* @ports: such as 5000,5002-5009 */
static void
add_ports (GArray * all, const InputSpec * spec, const char *ports)
{
  g_auto (GStrv) ranges = g_strsplit (ports, ",", -1);

  for (char **range = ranges; *range; range++) {
    const char *dash = strchr (*range, '-');
    const guint first = (guint) atoi (*range);
    const guint last = dash ? (guint) atoi (dash + 1) : first;

    add (all, spec, first, last, FALSE);
    /* those behind the others of a range are ports of its own */
    if (spec->kind == INPUT_RTP && last < G_MAXUINT16)
      add (all, spec, last + 1, last + 1, TRUE);
  }
}

static void
add_spec (GArray * all, const InputSpec * spec)
{
  if (!spec->is_listener)
    return;
  if (spec->port)
    add_ports (all, spec, spec->port);
  else if (spec->written && spec->written->port)
    add_ports (all, spec, spec->written->port);
}

/* --- two of them ----------------------------------------------------------------- */

static gboolean
is_multicast (const Listener * self)
{
  return self->address && g_inet_address_get_is_multicast (self->address);
}

/* A socket of all IPv6 addresses is one of all IPv4 addresses, too. */
static gboolean
is_all_of (const Listener * self, const Listener * other)
{
  if (!self->address || !g_inet_address_get_is_any (self->address))
    return FALSE;
  return !other->address
      || g_inet_address_get_family (self->address) == G_SOCKET_FAMILY_IPV6
      || g_inet_address_get_family (other->address) == G_SOCKET_FAMILY_IPV4
      || g_inet_address_get_is_any (other->address);
}

static gboolean
have_one_address (const Listener * a, const Listener * b)
{
  if (is_all_of (a, b) || is_all_of (b, a))
    return TRUE;
  /* a name, or one with a network interface behind its % */
  if (!a->address || !b->address || strchr (a->host ? a->host : "", '%'))
    return g_strcmp0 (a->host, b->host) == 0;
  return g_inet_address_equal (a->address, b->address);
}

/* @self: has the port for RTCP */
static gboolean
lends_to (const Listener * self, const Listener * other)
{
  return other->is_for_rtcp
      || (other->spec->kind == INPUT_RTP && !is_multicast (self));
}

static gboolean
do_clash (const Listener * a, const Listener * b)
{
  if (a->last < b->first || b->last < a->first
      || (is_multicast (a) && is_multicast (b)) || !have_one_address (a, b))
    return FALSE;
  if (a->is_for_rtcp || b->is_for_rtcp)
    return a->is_for_rtcp ? !lends_to (a, b) : !lends_to (b, a);
  return TRUE;
}

/* @n: of the first listener of @spec */
static gboolean
find_clash (const GArray * all, guint n, const InputSpec * spec,
    PortClash * clash)
{
  for (guint i = 0; i < n; i++)
    for (guint j = n; j < all->len; j++) {
      const Listener *first = &g_array_index (all, Listener, i);
      const Listener *second = &g_array_index (all, Listener, j);

      if (!do_clash (first, second))
        continue;
      *clash = (PortClash) {
      MAX (first->first, second->first), first->spec, spec,
            first->is_for_rtcp, second->is_for_rtcp};
      return TRUE;
    }
  return FALSE;
}

GArray *
port_clashes_find (const GPtrArray * specs)
{
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (Listener));
  GArray *clashes = g_array_new (FALSE, FALSE, sizeof (PortClash));

  g_array_set_clear_func (all, clear);
  for (guint i = 0; i < specs->len; i++) {
    const guint n = all->len;
    PortClash clash;

    add_spec (all, specs->pdata[i]);
    if (find_clash (all, n, specs->pdata[i], &clash))
      g_array_append_val (clashes, clash);
  }
  return clashes;
}
