/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef INPUT_COUNTS_H
#define INPUT_COUNTS_H

#include "history.h"
#include "inputclass.h"
#include "status.h"

G_BEGIN_DECLS

/* What an input gives, over all attempts to read it. */

/* A count of what came in one attempt after the other; -1: nobody knows */
typedef struct
{
  gint64 before, now;
} InputTally;

/** Messages are counted in any thread; all else is for one. */
typedef struct
{
  /*< private > */
  InputTally frames, lost;
  Streams *streams;             /* NULL: nobody asks which of its streams gives what */
  guint64 n_all_messages, n_all_records, n_all_skipped; /* at the last look */
  gint64 record_us;             /* when the last record was seen; -1: there was none */
  History history;
  gint n_messages, n_records, n_skipped;        /* atomic; run over */
} InputCounts;

/** @has_streams: whether its streams are counted one by one, too
 * @now_us: monotonic, here and below */
void input_counts_init (InputCounts * counts, gboolean has_streams,
    gint64 now_us);
void input_counts_clear (InputCounts * counts);

/** A message has come. */
void input_counts_message (InputCounts * counts);

/** A message has become @record. */
void input_counts_record (InputCounts * counts, GstBuffer * record);

/** @message has come, and no record is made of it. */
void input_counts_skip (InputCounts * counts, GstBuffer * message);

/** Returns: how many messages have come, which runs over. In any thread */
gint input_counts_get_messages (const InputCounts * counts);

/** Takes note of what has been counted; to be called every second. */
void input_counts_look (InputCounts * counts, gint64 now_us);

/** Asks @source what it counts itself, which takes time. */
void input_counts_ask (InputCounts * counts, const InputClass * class,
    gpointer source, gint64 now_us);

/** The attempt is over: the next source counts from 0. */
void input_counts_end_attempt (InputCounts * counts);

/** Writes what input_counts_look() and input_counts_ask() have found into @camera, and the streams
 * into @status. */
void input_counts_get_status (InputCounts * counts, Status * status,
    StatusCamera * camera);

G_END_DECLS
#endif
