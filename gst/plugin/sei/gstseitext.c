/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "gstseitext.h"

void
gst_sei_text_set (GstSeiText * self, const gchar * text, GBytes * value)
{
  g_free (self->text);
  self->text = g_strdup (text);
  self->is_wrong = !value;
  if (value) {
    g_clear_pointer (&self->value, g_bytes_unref);
    self->value = value;
  }
}

void
gst_sei_text_clear (GstSeiText * self)
{
  g_clear_pointer (&self->value, g_bytes_unref);
  g_clear_pointer (&self->text, g_free);
}

gboolean
gst_sei_text_check (GstSeiText * self, GstElement * element, const gchar * form)
{
  GST_OBJECT_LOCK (element);
  g_autofree gchar *wrong = self->is_wrong ? g_strdup (self->text) : NULL;

  GST_OBJECT_UNLOCK (element);
  if (wrong)
    GST_ELEMENT_ERROR (element, RESOURCE, SETTINGS,
        ("%s, not \"%s\"", form, wrong), (NULL));
  return !wrong;
}
