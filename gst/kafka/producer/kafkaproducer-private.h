/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KAFKA_PRODUCER_PRIVATE_H
#define KAFKA_PRODUCER_PRIVATE_H

#include "kafkaclient.h"
#include "kafkaproducer.h"

G_BEGIN_DECLS

/* What the worker does. */
typedef enum {
  WORKER_ASKING,                /* for the topic; hands nothing to librdkafka */
  WORKER_SENDING,
  WORKER_SETTLING,              /* waits for answers before it begins again */
  WORKER_PAUSING,               /* without client, before it makes a new one */
  WORKER_STOPPED                /* after KAFKA_EVENT_ERROR */
} WorkerState;

/* What only the worker's thread touches. */
typedef struct {
  WorkerState state;
  gint64 until_us;              /* end of SETTLING or PAUSING */
  gint64 next_check_us;         /* when to look whether a broker is back */
  int ask_wait_ms;              /* between two questions for the topic */
  gboolean restart;             /* asked for by a report or an error */
  gboolean planned;             /* no failure: no pause, no event */
  gboolean refused;             /* a batch was: no pause, Kafka is well */
  char *reason;                 /* for the restart */
  int pause_s;                  /* of the next restart after a failure */

  KafkaBatch batch;             /* what the topic's limit was found to allow */
  KafkaBatch batch_before;      /* before the suspects of now were refused */
  gboolean single;              /* next: one by one until no suspect is left */
  gboolean sends_singly;        /* now: the client is KAFKA_BATCH_SINGLE */
  guint n_suspects;

  gboolean reachability_known;
  gboolean reachable;
  gboolean in_doubt;            /* librdkafka says all brokers are down */
  gboolean was_accepted;        /* a broker answered since the start */
  guint n_refused_logins;
  KafkaTopic topic_state;
  char *last_error;             /* of a connection */

  struct {
    gint64 told_us;
    guint64 untold;
    char *key;                  /* of the last untold record */
    gsize key_size;
    gsize size;
  } failures[KAFKA_N_FAILURES];
} Worker;

struct _KafkaProducer {
  gatomicrefcount ref_count;    /* the owner's and the worker's */

  /* constant */
  KafkaConf *conf;
  char *topic;
  char *servers;
  KafkaEventFunc func;
  gpointer data;

  Worker worker;

  /* Protects all below. Innermost: nothing is called with it held but
   * kafka_client_wake(). */
  GMutex lock;
  GCond cond;                   /* room, drained, interrupted, closed, done */
  KafkaRing ring;
  KafkaStats stats;
  KafkaClient *client;          /* made and freed by the worker alone */
  GThread *thread;
  GQueue events;                /* of KafkaEvent, not told yet */
  guint n_waiting;              /* threads that wait for the ring to shrink */
  guint n_draining;             /* of these, those that wait for it to be empty */
  guint asleep:1;               /* the worker waits for a record to send */
  guint telling:1;              /* the worker is in an event function */
  guint untold:1;               /* a record was given up, and nobody was told */
  guint interrupted:1;
  guint failed:1;
  guint closed:1;
  guint done:1;                 /* the worker has ended */
};

/* kafkaworker-events.c, in the worker's thread and without the lock held: */

/** Tells one sentence. */
void kafka_worker_tell (KafkaProducer * producer, KafkaEventType type,
    const char *format, ...) G_GNUC_PRINTF (3, 4);

/** Says why, and that nothing is sent any more. Takes over @text. */
void kafka_worker_stop (KafkaProducer * producer, KafkaError code, char *text);
void kafka_worker_set_reachable (KafkaProducer * producer, gboolean reachable);
void kafka_worker_set_topic (KafkaProducer * producer, KafkaTopic state);
void kafka_worker_note_failure (KafkaProducer * producer, KafkaFailure failure,
    const KafkaRecord * record);

/** @urgent: now, however short the last time is ago */
void kafka_worker_tell_failures (KafkaProducer * producer, gboolean urgent);

/** Calls the event function with all that was told. */
void kafka_worker_deliver_events (KafkaProducer * producer);

/* kafkaworker-reports.c: */

/** Decides where @record goes after its report. @alone: nothing else was refused
 * together with it. */
void kafka_worker_settle (KafkaProducer * producer, KafkaRecord * record,
    rd_kafka_resp_err_t err, rd_kafka_msg_status_t status, gboolean alone);

/* kafkaworker.c: */

/** The worker's thread. Owns a reference. */
gpointer kafka_worker_run (gpointer producer);

/** The callbacks that every client of @producer gets. */
extern const KafkaClientCallbacks kafka_worker_callbacks;

/** Ends every wait of the worker; with the lock held. */
void kafka_producer_wake_worker (KafkaProducer * producer);
void kafka_producer_unref (KafkaProducer * producer);

void kafka_event_free (KafkaEvent * event);

G_END_DECLS
#endif
