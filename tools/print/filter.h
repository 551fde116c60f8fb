/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef FILTER_H
#define FILTER_H

#include <glib.h>

#include "record.h"

G_BEGIN_DECLS

/**
 * Filter:
 *
 * What a record must have: a path, and perhaps an operator and a value:
 * - PATH: there is something;
 * - PATH=VALUE, PATH<VALUE, PATH<=VALUE, PATH>VALUE, PATH>=VALUE: one of what is there is
 *   equal, and so on. Numbers are compared as numbers, strings as text, byte by byte. Of an
 *   array, one element is enough;
 * - PATH!=VALUE: none of what is there is equal;
 * - PATH~REGEX: a string matches.
 */
typedef struct _Filter Filter;

/** @error: says what is wrong with @text, and what to write */
Filter *filter_new (const char *text, GError ** error);
void filter_free (Filter * filter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Filter, filter_free)

/** A record that is not JSON has nothing anywhere. */
gboolean filter_holds (Filter * filter, Record * record);

G_END_DECLS
#endif
