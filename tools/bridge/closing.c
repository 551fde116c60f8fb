/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "closing.h"

struct _Closing
{
  const InputClass *klass;
  GstElement *bin;
  Content *content;
  gpointer source;
  GThread *thread;
  gint is_over;                 /* atomic */
};

static gpointer
run (gpointer data)
{
  Closing *self = data;

  gst_element_set_state (self->bin, GST_STATE_NULL);
  if (self->source)
    self->klass->close (self->source);
  content_free (self->content);
  gst_object_unref (self->bin);
  g_atomic_int_set (&self->is_over, TRUE);
  return NULL;
}

Closing *
closing_new (const InputClass * klass, GstElement * bin, Content * content,
    gpointer source)
{
  Closing *self = g_new0 (Closing, 1);

  *self = (Closing) {
  klass, bin, content, source};
  self->thread = g_thread_new ("close", run, self);
  return self;
}

gboolean
closing_is_over (Closing * self)
{
  return g_atomic_int_get (&self->is_over);
}

void
closing_free (Closing * self)
{
  g_thread_join (self->thread);
  g_free (self);
}
