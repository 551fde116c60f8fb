/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "deadline.h"

struct _Deadline
{
  gpointer data;
  GThread *thread;

  GMutex lock;
  GCond changed;
  DeadlineFunc func;            /* NULL: there is none to call */
  gint64 when_us;
  gboolean is_over;
};

/* With the lock. Returns: what to call now; NULL: it is over */
static DeadlineFunc
wait_for_func (Deadline * self)
{
  DeadlineFunc func;

  while (!self->is_over) {
    if (!self->func)
      g_cond_wait (&self->changed, &self->lock);
    else if (g_get_monotonic_time () < self->when_us)
      g_cond_wait_until (&self->changed, &self->lock, self->when_us);
    else
      break;
  }
  func = self->is_over ? NULL : self->func;
  self->func = NULL;
  return func;
}

static gpointer
run (gpointer data)
{
  Deadline *self = data;
  DeadlineFunc func;

  g_mutex_lock (&self->lock);
  while ((func = wait_for_func (self))) {
    g_mutex_unlock (&self->lock);
    func (self->data);
    g_mutex_lock (&self->lock);
  }
  g_mutex_unlock (&self->lock);
  return NULL;
}

Deadline *
deadline_new (gpointer data)
{
  Deadline *self = g_new0 (Deadline, 1);

  self->data = data;
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->thread = g_thread_new ("deadline", run, self);
  return self;
}

void
deadline_set (Deadline * self, guint ms, DeadlineFunc func)
{
  g_mutex_lock (&self->lock);
  if (!self->func || g_thread_self () != self->thread) {
    self->func = func;
    self->when_us = g_get_monotonic_time () + ms * G_TIME_SPAN_MILLISECOND;
    g_cond_signal (&self->changed);
  }
  g_mutex_unlock (&self->lock);
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
