/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KAFKA_FAULT_H
#define KAFKA_FAULT_H

#include <librdkafka/rdkafka.h>

#include "kafkastats.h"

G_BEGIN_DECLS

/** Whose fault an error is that the report of a record names. Only a record whose own
 * fault it is may be given up. */
typedef enum {
  KAFKA_FAULT_NONE,             /* there was no error */
  KAFKA_FAULT_PASSING,          /* brokers, network, topic: it can be mended there */
  KAFKA_FAULT_PERMISSION,       /* the user may not do that, for now */
  KAFKA_FAULT_COMPRESSION,      /* the broker cannot take these batches at all */
  KAFKA_FAULT_SIZE,             /* a batch is too large, or a record in it */
  KAFKA_FAULT_RECORD,           /* something in a record of the batch */
  KAFKA_FAULT_PATIENCE          /* the user's: message.timeout.ms is over */
} KafkaFault;

/** @failure: (out): how a record is counted that is given up for this error */
KafkaFault kafka_fault_of (rd_kafka_resp_err_t err, KafkaFailure * failure);

G_END_DECLS
#endif
