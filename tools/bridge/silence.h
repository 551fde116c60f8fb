/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef SILENCE_H
#define SILENCE_H

#include <glib.h>

G_BEGIN_DECLS

/* For how long an input has given no records, and what is said about it, once until
 * it changes. What an input sees is the affair of each kind of input. */

/** So long an input gives no record before it is explained. */
#define SILENCE_SECONDS 5

/** The first look at an input comes with its first report, not a second later. */
#define SILENCE_TOLERANCE_US (G_TIME_SPAN_SECOND / 2)

/** For how long there was no record. */
typedef struct
{
  guint64 n_records;
  gint64 since_us;              /* when the last record came */
  guint64 told;                 /* what the last explanation was made of */
  gint64 told_us;
} Silence;

/** An explanation in the making */
typedef struct
{
  GString *text;
  guint64 kinds;                /* of what it is made of */
} Explanation;

void silence_init (Silence * silence, gint64 now_us);

/** Notes how many records there were so far.
 * Returns: whether they end a silence that was spoken of */
gboolean silence_take_records (Silence * silence, guint64 n_records,
    gint64 now_us);

/** Returns: whether it is time to explain why there are no more records */
gboolean silence_is_due (const Silence * silence, gint64 now_us);

/** Makes a sentence of an explanation.
 * @where: the inputs, as the user knows them
 * Returns: (transfer full) (nullable): NULL if the last one was made of the same */
char *silence_tell (Silence * silence, const Explanation * explanation,
    const char *const *where, gint64 now_us);

/** Makes a sentence of the end of a silence.
 * Returns: (transfer full) */
char *silence_tell_end (const char *const *where);

void explanation_init (Explanation * explanation);
void explanation_clear (Explanation * explanation);

/** Adds what is seen, and what the user can do. */
void explanation_add (Explanation * explanation, const char *format, ...)
    G_GNUC_PRINTF (2, 3);

/** Whether there is any of a kind. Which kinds there are makes an explanation another
 * one; how many of each does not. So every kind is asked for. */
gboolean explanation_note (Explanation * explanation, guint64 n);

G_END_DECLS
#endif
