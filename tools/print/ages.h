/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef AGES_H
#define AGES_H

#include <glib.h>

G_BEGIN_DECLS

/**
 * Ages:
 *
 * How many were how old, in memory that does not grow. A quantile is at most 1/32 too large.
 */
typedef struct _Ages Ages;

Ages *ages_new (void);
void ages_free (Ages * ages);

/** @age_ms: a negative one counts as 0: the clocks do not agree */
void ages_add (Ages * ages, gint64 age_ms);

/** Returns: the age in ms that a share of @quantile does not exceed, or -1 if there is
 * none.
 * @quantile: from 0 to 1; 1 for the greatest age */
gint64 ages_get (const Ages * ages, double quantile);

G_END_DECLS
#endif
