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
  START_LATER,                  /* the broker or the topic is not there yet: try again */
  START_FORBIDDEN,              /* this user may not read the topic */
  START_FAILED                  /* why was said */
} StartResult;

/** Asks the broker for the topic's partitions and their offsets, and begins to read. Takes
 * some seconds at most.
 * @servers: the brokers, to say where something is wrong */
StartResult start_reading (rd_kafka_t * rk, const Options * options,
    const char *servers);

G_END_DECLS
#endif
