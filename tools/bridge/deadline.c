/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "deadline.h"

struct _Deadline
{
  gint64 when_us;
  void (*func) (gpointer data);
  gpointer data;
  GThread *thread;

  GMutex lock;
  GCond changed;
  gboolean is_over;
};

static gpointer
run (gpointer data)
{
  Deadline *self = data;
  gboolean is_over;

  g_mutex_lock (&self->lock);
  while (!self->is_over
      && g_cond_wait_until (&self->changed, &self->lock, self->when_us));
  is_over = self->is_over;
  g_mutex_unlock (&self->lock);
  if (!is_over)
    self->func (self->data);
  return NULL;
}

Deadline *
deadline_new (guint ms, void (*func) (gpointer data), gpointer data)
{
  Deadline *self = g_new0 (Deadline, 1);

  self->when_us = g_get_monotonic_time () + ms * G_TIME_SPAN_MILLISECOND;
  self->func = func;
  self->data = data;
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->thread = g_thread_new ("deadline", run, self);
  return self;
}

void
deadline_free (Deadline * self)
{
  g_mutex_lock (&self->lock);
  self->is_over = TRUE;
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->lock);
  g_thread_join (self->thread);
  g_cond_clear (&self->changed);
  g_mutex_clear (&self->lock);
  g_free (self);
}
