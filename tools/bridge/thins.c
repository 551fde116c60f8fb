/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "thins.h"

#include "timedreception.h"

/* Cameras that come anew have new numbers, for months. What is forgotten begins anew. */
#define MAX_THINS 4096

struct _Thins
{
  const ThinSettings *settings;
  Thin alone;                   /* of buffers that do not say which stream they are of */
  GHashTable *all;              /* TimedReception to Thin */
};

Thins *
thins_new (const ThinSettings * settings)
{
  Thins *self = g_new0 (Thins, 1);

  self->settings = settings;
  thin_init (&self->alone, settings);
  self->all = g_hash_table_new_full (timed_reception_hash,
      timed_reception_equal, g_free, g_free);
  return self;
}

void
thins_free (Thins * self)
{
  g_hash_table_unref (self->all);
  g_free (self);
}

Thin *
thins_get (Thins * self, GstBuffer * buffer)
{
  const TimedReception *reception = timed_buffer_get_reception (buffer);
  Thin *thin;

  if (!reception)
    return &self->alone;
  thin = g_hash_table_lookup (self->all, reception);
  if (thin)
    return thin;
  if (g_hash_table_size (self->all) >= MAX_THINS)
    g_hash_table_remove_all (self->all);
  thin = g_new (Thin, 1);
  thin_init (thin, self->settings);
  g_hash_table_insert (self->all, g_memdup2 (reception, sizeof (*reception)),
      thin);
  return thin;
}
