/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "timedreception.h"

#include <string.h>

#define API_NAME "GstReceptionMetaAPI"
#define META_NAME "GstReceptionMeta"

typedef struct
{
  GstMeta meta;

  TimedReception reception;
} ReceptionMeta;

static gboolean
reception_meta_init (GstMeta * meta, gpointer params, GstBuffer * buffer)
{
  memset (&((ReceptionMeta *) meta)->reception, 0, sizeof (TimedReception));
  return TRUE;
}

/* Whatever becomes of the bytes, they came from there. */
static gboolean
reception_meta_transform (GstBuffer * dest, GstMeta * meta, GstBuffer * buffer,
    GQuark type, gpointer data)
{
  timed_buffer_set_reception (dest, &((ReceptionMeta *) meta)->reception);
  return TRUE;
}

/* A program that has a copy of this code may load the plugin, which has another one:
 * who comes first registers. */
static GType
get_api (void)
{
  static gsize type = 0;

  if (g_once_init_enter (&type)) {
    static const gchar *tags[] = { NULL };
    const GType known = g_type_from_name (API_NAME);

    g_once_init_leave (&type,
        known ? known : gst_meta_api_type_register (API_NAME, tags));
  }
  return type;
}

static const GstMetaInfo *
get_info (void)
{
  static const GstMetaInfo *info = NULL;

  if (g_once_init_enter (&info)) {
    const GstMetaInfo *known = gst_meta_get_info (META_NAME);

    if (!known)
      known = gst_meta_register (get_api (), META_NAME, sizeof (ReceptionMeta),
          reception_meta_init, NULL, reception_meta_transform);
    g_once_init_leave (&info, known);
  }
  return info;
}

static ReceptionMeta *
get_meta (GstBuffer * buffer)
{
  return (ReceptionMeta *) gst_buffer_get_meta (buffer, get_api ());
}

void
timed_buffer_set_reception (GstBuffer * buffer,
    const TimedReception * reception)
{
  ReceptionMeta *meta = get_meta (buffer);

  if (!meta)
    meta = (ReceptionMeta *) gst_buffer_add_meta (buffer, get_info (), NULL);
  meta->reception = *reception;
}

const TimedReception *
timed_buffer_get_reception (GstBuffer * buffer)
{
  const ReceptionMeta *meta = get_meta (buffer);

  return meta ? &meta->reception : NULL;
}

guint
timed_reception_hash (gconstpointer data)
{
  const TimedReception *reception = data;

  return reception->ssrc ^ (guint) reception->port << 16
      ^ reception->local_port;
}

gboolean
timed_reception_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (TimedReception)) == 0;
}
