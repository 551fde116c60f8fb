/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KAFKA_PRODUCER_PRIVATE_H
#define KAFKA_PRODUCER_PRIVATE_H

#include "kafkaworker.h"

G_BEGIN_DECLS

/* What the worker and the threads that call share. */
struct _KafkaProducer {
  gatomicrefcount ref_count;    /* the owner's and the worker's */
  KafkaWorker worker;

  /* Protects all below, and the worker's client. Innermost: nothing is called with
   * it held but kafka_worker_wake(). */
  GMutex lock;
  GCond cond;                   /* room, drained, interrupted, closed, done */
  KafkaRing ring;
  KafkaStats stats;
  GThread *thread;
  guint n_waiting;              /* threads that wait for the ring to shrink */
  guint n_draining;             /* of these, those that wait for it to be empty */
  guint asleep:1;               /* the worker waits for a record to send */
  guint in_event:1;             /* the worker is in an event function */
  guint owes_event:1;           /* a record was given up, and nobody knows */
  guint interrupted:1;
  guint failed:1;
  guint closed:1;
  guint done:1;                 /* the worker has ended */
};

G_END_DECLS
#endif
