/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "kafkafault.h"

/* The errors that brokers give to Produce and InitProducerId (Kafka's Errors.java, up
 * to 4.1), and librdkafka's own that end up in reports. What is not here is nobody's
 * fault, as everything that librdkafka tries again by itself: a record is never given
 * up for an error that nobody has thought of. */
static const struct
{
  rd_kafka_resp_err_t err;
  KafkaFault fault;
  KafkaFailure failure;
} table[] = {
  {RD_KAFKA_RESP_ERR_NO_ERROR, KAFKA_FAULT_NONE, KAFKA_FAILURE_REFUSED},

  {RD_KAFKA_RESP_ERR__MSG_TIMED_OUT, KAFKA_FAULT_PATIENCE,
      KAFKA_FAILURE_TIMED_OUT},

  {RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, KAFKA_FAULT_SIZE,
      KAFKA_FAILURE_TOO_LARGE},
  {RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE, KAFKA_FAULT_SIZE,
      KAFKA_FAILURE_TOO_LARGE},

  /* its time, against the topic's limits; or the clock of this host */
  {RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP, KAFKA_FAULT_RECORD,
      KAFKA_FAILURE_TIMESTAMP},
  /* no key in a compacted topic; before Kafka 2.4 with the second one, which is
   * also a batch that was damaged on its way */
  {RD_KAFKA_RESP_ERR_INVALID_RECORD, KAFKA_FAULT_RECORD, KAFKA_FAILURE_REFUSED},
  {RD_KAFKA_RESP_ERR_INVALID_MSG, KAFKA_FAULT_RECORD, KAFKA_FAILURE_REFUSED},
  {RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE, KAFKA_FAULT_RECORD,
      KAFKA_FAILURE_REFUSED},
  /* a policy plugged into the broker */
  {RD_KAFKA_RESP_ERR_POLICY_VIOLATION, KAFKA_FAULT_RECORD,
      KAFKA_FAILURE_REFUSED},

  /* what Azure Event Hubs answers to lz4; and a topic whose message format is older
   * than headers and idempotence */
  {RD_KAFKA_RESP_ERR_UNSUPPORTED_FOR_MESSAGE_FORMAT, KAFKA_FAULT_COMPRESSION,
      KAFKA_FAILURE_REFUSED},
  {RD_KAFKA_RESP_ERR_UNSUPPORTED_COMPRESSION_TYPE, KAFKA_FAULT_COMPRESSION,
      KAFKA_FAILURE_REFUSED},

  {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, KAFKA_FAULT_PERMISSION,
      KAFKA_FAILURE_REFUSED},
  {RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED, KAFKA_FAULT_PERMISSION,
      KAFKA_FAILURE_REFUSED},
  {RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
      KAFKA_FAULT_PERMISSION, KAFKA_FAILURE_REFUSED},
};

KafkaFault
kafka_fault_of (rd_kafka_resp_err_t err, KafkaFailure * failure)
{
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++) {
    if (table[i].err == err) {
      *failure = table[i].failure;
      return table[i].fault;
    }
  }
  *failure = KAFKA_FAILURE_REFUSED;
  return KAFKA_FAULT_PASSING;
}
