/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef SEQS_H
#define SEQS_H

#include <glib.h>

G_BEGIN_DECLS

/**
 * Seqs:
 *
 * Which numbers of a sequence were there. They come in any order, because the records of a
 * stream may be in several partitions.
 */
typedef struct _Seqs Seqs;

Seqs *seqs_new (void);
void seqs_free (Seqs * seqs);

/** @seq: not negative */
void seqs_add (Seqs * seqs, gint64 seq);

/** Says what is known: nothing where there was no number, or where they lie so far apart that
 * they are no sequence.
 * @missing: (out): how many between the first and the last one were not there
 * @repeated: (out): how often one came that was there before */
gboolean seqs_get (const Seqs * seqs, guint64 * missing, guint64 * repeated);

G_END_DECLS
#endif
