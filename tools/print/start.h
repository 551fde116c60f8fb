/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef START_H
#define START_H

#include <librdkafka/rdkafka.h>

#include "options.h"

G_BEGIN_DECLS

/* Where partitions are read from that are not shared out in a group */

typedef enum {
  START_DONE,                   /* the partitions are being read */
  START_LATER,                  /* the broker, the topic or partitions are not there yet: try again */
  START_FORBIDDEN,              /* this user may not read the topic */
  START_FAILED                  /* why was said */
} StartResult;

#define START_NONE_MISSING -1

/** Asks the broker for the topic's partitions and their offsets: for those whose leader answers
 * and that are not read yet. Takes a second for each broker that does not answer.
 * @servers: the brokers, to say where something is wrong
 * @partitions: (out) (transfer full): those to read, with offsets if the options say where
 * @missing: (inout): a partition that has no leader or whose leader does not answer, or
 *   START_NONE_MISSING; stays as it is while nobody knows */
StartResult start_find (rd_kafka_t * rk, const Options * options,
    const char *servers, rd_kafka_topic_partition_list_t ** partitions,
    int *missing);

/** Begins to read there, and sets the group's position if one is to follow. Waits for
 * nothing. */
StartResult start_reading (rd_kafka_t * rk, const Options * options,
    rd_kafka_topic_partition_list_t * partitions);

G_END_DECLS
#endif
