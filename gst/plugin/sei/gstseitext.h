/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef GST_SEI_TEXT_H
#define GST_SEI_TEXT_H

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * GstSeiText:
 * @value: what the last text that was right says
 * @text: what was set last
 *
 * The value of a property that is a text of a certain form. Whoever uses it holds
 * OBJECT_LOCK.
 */
typedef struct {
  GBytes *value;
  gchar *text;
  /*< private >*/
  gboolean is_wrong;            /* @text is */
} GstSeiText;

/** @text: what a user wrote
 * @value: (transfer full) (nullable): what it says; NULL if it is wrong */
void gst_sei_text_set (GstSeiText * self, const gchar * text, GBytes * value);

void gst_sei_text_clear (GstSeiText * self);

/** Posts an error if the text that was set last is wrong. Takes OBJECT_LOCK.
 * @form: a sentence without an end that says what is right
 * Returns: whether it is right */
gboolean gst_sei_text_check (GstSeiText * self, GstElement * element,
    const gchar * form);

G_END_DECLS

#endif
