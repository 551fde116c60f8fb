/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "inputs.h"

#include "common.h"

struct _Inputs
{
  GPtrArray *all;               /* of Input */
};

Inputs *
inputs_new (GPtrArray * specs, const InputHost * host)
{
  Inputs *self = g_new0 (Inputs, 1);

  self->all = g_ptr_array_new_with_free_func ((GDestroyNotify) input_free);
  for (guint i = 0; i < specs->len; i++)
    g_ptr_array_add (self->all, input_new (specs->pdata[i], host));
  return self;
}

gboolean
inputs_open (Inputs * self, GError ** error)
{
  for (guint i = 0; i < self->all->len; i++)
    if (!input_open (self->all->pdata[i], error))
      return FALSE;
  return TRUE;
}

void
inputs_describe (Inputs * self)
{
  for (guint i = 0; i < self->all->len; i++) {
    g_autofree char *text = input_describe (self->all->pdata[i]);

    if (text)
      tool_say ("[Bridge] %s", text);
  }
}

Input *
inputs_find (Inputs * self, GstObject * object)
{
  for (guint i = 0; i < self->all->len; i++)
    if (input_has (self->all->pdata[i], object))
      return self->all->pdata[i];
  return NULL;
}

void
inputs_tick (Inputs * self)
{
  for (guint i = 0; i < self->all->len; i++)
    input_tick (self->all->pdata[i]);
}

void
inputs_end (Inputs * self)
{
  for (guint i = 0; i < self->all->len; i++)
    input_end (self->all->pdata[i]);
}

gboolean
inputs_are_over (Inputs * self)
{
  for (guint i = 0; i < self->all->len; i++)
    if (!input_is_over (self->all->pdata[i]))
      return FALSE;
  return TRUE;
}

gboolean
inputs_have_failed (Inputs * self)
{
  for (guint i = 0; i < self->all->len; i++)
    if (input_has_failed (self->all->pdata[i]))
      return TRUE;
  return FALSE;
}

void
inputs_free (Inputs * self)
{
  g_ptr_array_unref (self->all);
  g_free (self);
}
