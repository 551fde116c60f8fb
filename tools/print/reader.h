/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef READER_H
#define READER_H

#include <librdkafka/rdkafka.h>

#include "options.h"

G_BEGIN_DECLS

/**
 * Reader:
 *
 * A consumer of Kafka that says on stderr how its brokers and its topic are. To be used by
 * one thread.
 */
typedef struct _Reader Reader;

/** Begins to connect; waits for nothing.
 * @options: stay while the reader does
 * @finish: writes what was taken and stores its offsets, before partitions go to another
 *   reader of the group; called from reader_poll() and reader_close()
 * @data: for @finish
 * @status: (out): what to exit with after a failure, which was said
 * Returns: (nullable): NULL after a failure; never freed: its threads run until the program exits */
Reader *reader_open (const Options * options, void (*finish) (gpointer data),
    gpointer data, int *status);

/** Returns: (transfer none): bootstrap.servers */
const char *reader_get_servers (const Reader * reader);

/** Takes the next record, or what comes in its place.
 * @timeout_ms: how long to wait for one
 * Returns: (transfer full) (nullable): for rd_kafka_message_destroy(); if it has an error, for
 *   reader_handle_error() before */
rd_kafka_message_t *reader_poll (Reader * reader, int timeout_ms);

/** Says what is wrong, if a user has to know it.
 * Returns: whether to go on */
gboolean reader_handle_error (Reader * reader,
    const rd_kafka_message_t * message);

/** Looks after brokers and topic. To be called now and then, between records.
 * @record_us: monotonic time of the last record, or of the start
 * Returns: whether to go on */
gboolean reader_look (Reader * reader, gint64 record_us);

/** Whether it has partitions: records would come. */
gboolean reader_has_partitions (Reader * reader);

/** Whether each partition was once read to its end: all of them together may never be, where
 * records keep coming. Needs the option --exit-at-end. */
gboolean reader_is_at_end (Reader * reader);

/** Commits what was shown, and leaves the group. Says so if Kafka does not answer. */
void reader_close (Reader * reader);

G_END_DECLS
#endif
