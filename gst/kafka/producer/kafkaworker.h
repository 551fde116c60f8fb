/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KAFKA_WORKER_H
#define KAFKA_WORKER_H

#include "kafkaclient.h"
#include "kafkaproducer.h"

G_BEGIN_DECLS

typedef enum {
  KAFKA_WORKER_ASKING,          /* for the topic; hands nothing to librdkafka */
  KAFKA_WORKER_SENDING,
  KAFKA_WORKER_SETTLING,        /* waits for answers before it begins again */
  KAFKA_WORKER_PAUSING,         /* without client, before it makes a new one */
  KAFKA_WORKER_STOPPED          /* after KAFKA_EVENT_ERROR */
} KafkaWorkerState;

/* Records that were given up for one reason since the last event for it */
typedef struct {
  gint64 posted_us;
  guint64 count;
  char *key;                    /* of the last of them */
  gsize key_size;
  gsize size;
  const char *why;              /* what is wrong with it; NULL: as for most */
} KafkaFailures;

/**
 * KafkaWorker:
 *
 * The producer's thread: the only one that sends and polls, that makes and frees
 * clients, and that calls the event function. It takes records from the producer's
 * ring, with the producer's lock, and settles them there.
 *
 * No other thread touches what is in it, except @client, @failures and @n_owed, which
 * the producer's lock protects.
 */
typedef struct {
  /* constant */
  KafkaProducer *producer;
  KafkaConf *conf;
  char *topic;
  char *servers;
  KafkaEventFunc func;
  gpointer data;

  KafkaClient *client;

  KafkaWorkerState state;
  gint64 until_us;              /* end of SETTLING or PAUSING */
  gint64 next_check_us;         /* when to look whether a broker is back */
  int ask_wait_ms;              /* between two questions for the topic */
  gboolean restart;             /* asked for by a report or an error */
  gboolean planned;             /* no failure: no pause, no event */
  gboolean refused;             /* a batch was: no pause, Kafka is well */
  char *reason;                 /* for the restart */
  int pause_s;                  /* of the next restart after a failure */

  KafkaBatch batch;             /* what the topic's limit was found to allow */
  KafkaBatch batch_before;      /* before the present suspects were refused */
  gboolean single;              /* next: one by one until no suspect is left */
  gboolean sends_singly;        /* now: the client is KAFKA_BATCH_SINGLE */
  guint n_suspects;

  KafkaStates states;           /* of brokers and topic */
  gboolean in_doubt;            /* librdkafka says all brokers are down */
  gboolean was_accepted;        /* a broker answered since the start */
  guint n_refused_logins;

  GQueue events;                /* of KafkaEvent, not delivered yet */
  KafkaFailures failures[KAFKA_N_FAILURES];
  guint64 n_owed;               /* records in these */
} KafkaWorker;

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

/** Checks all settings and makes the first client. */
gboolean kafka_worker_init (KafkaWorker * worker, KafkaProducer * producer,
    const KafkaConf * conf, const char *topic, KafkaEventFunc func,
    gpointer data, GError ** error);
void kafka_worker_clear (KafkaWorker * worker);

/** The thread. Takes over a reference to the producer. */
gpointer kafka_worker_run (gpointer worker);

/** Ends every wait of the worker; with the producer's lock held. */
void kafka_worker_wake (KafkaWorker * worker);

/* kafkaworker-events.c: what users learn; in the worker's thread, and without the
 * producer's lock held */

/** Posts one sentence. */
void kafka_worker_post (KafkaWorker * worker, KafkaEventType type,
    const char *format, ...) G_GNUC_PRINTF (3, 4);

/** Posts that nothing is sent any more, and why, in @text, which it takes over. */
void kafka_worker_stop (KafkaWorker * worker, KafkaError code, char *text);
void kafka_worker_set_reachable (KafkaWorker * worker, gboolean reachable);
void kafka_worker_set_topic (KafkaWorker * worker, KafkaTopic state);

/** A record was given up. In any thread, with the producer's lock held.
 * @key: (nullable): its key, copied
 * @size: of its payload
 * @why: (nullable): static text for the user; NULL for what mostly holds */
void kafka_worker_note_failure (KafkaWorker * worker, KafkaFailure failure,
    const char *key, gsize key_size, gsize size, const char *why);

/** Calls the event function with all that was posted, and with failures that are due:
 * all where a thread waits for the last. */
void kafka_worker_deliver_events (KafkaWorker * worker);

void kafka_event_free (KafkaEvent * event);

G_END_DECLS
#endif
