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

/** Asks the broker for the topic's partitions and their offsets, and begins to read those
 * whose leader answers and that are not read yet. Takes some seconds at most.
 * @servers: the brokers, to say where something is wrong
 * @missing: (inout): a partition that has no leader or whose leader does not answer, or
 *   START_NONE_MISSING; stays as it is while nobody knows */
StartResult start_reading (rd_kafka_t * rk, const Options * options,
    const char *servers, int *missing);

G_END_DECLS
#endif
