/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef FIELDS_H
#define FIELDS_H

#include <glib.h>

#include "record.h"

G_BEGIN_DECLS

/**
 * Fields:
 *
 * The members of a record that are shown. Names with dots between lead to members of members;
 * those of an array are those of each of its elements. Values stay as they came. What a
 * JSONPath finds is an array, in a member that has the name of the path.
 */
typedef struct _Fields Fields;

/** @text: paths with commas between
 * @error: says what is wrong with one, and what to write */
Fields *fields_new (const char *text, GError ** error);
void fields_free (Fields * fields);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fields, fields_free)

/** Appends an object with what @record has of them. */
void fields_append (const Fields * fields, Record * record, GString * text);

G_END_DECLS
#endif
