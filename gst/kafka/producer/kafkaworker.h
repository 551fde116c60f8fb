/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KAFKA_WORKER_H
#define KAFKA_WORKER_H

#include "kafkaclient.h"
#include "kafkafault.h"
#include "kafkaproducer.h"
#include "kafkaview.h"

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
  gint64 timestamp_ms;
  const char *why;              /* what is wrong with it; NULL: as for most */
} KafkaFailures;

/* Whether records move, and what is known of those that do not */
typedef struct {
  gint64 next_us;               /* when to look again */
  gint64 since_us;              /* since when the oldest record is the oldest */
  gint32 partition;             /* that it goes to, or -1 */
  gint64 told_us;               /* since_us of the stall that users know of, or 0 */
  char *cause;                  /* that they know of, */
  gboolean is_curable;          /* perhaps, by a new client */
  guint64 n_acknowledged;       /* when it began */
  gint64 found_us;              /* when it was looked for */
  gint64 restart_us;            /* when a new client is due */
  gint64 restart_gap_us;        /* until the one after it */
  KafkaView *view;              /* of the partition, by this client; or NULL, */
  gint64 blind_us;              /* and since when */
  guint n_cut;                  /* times that its batch was sent in vain */
  gint64 throttled_us;          /* when a broker last named a quota, */
  int throttle_ms;              /* and for how long it held back its answer */
} KafkaStall;

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
  int socket_timeout_ms;        /* of the first client */
  gboolean may_expire;          /* message.timeout.ms is set */
  gboolean waits_for_replicas;  /* acks is all */
  gint64 stall_us;              /* see kafka_producer_new() */
  int view_ms;                  /* between two views */
  KafkaEventFunc func;
  gpointer data;

  KafkaClient *client;

  KafkaWorkerState state;
  gboolean has_sent;            /* since the last flush */
  gint64 until_us;              /* end of SETTLING or PAUSING */
  gint64 next_check_us;         /* when to look whether a broker is back */
  int ask_wait_ms;              /* between two questions for the topic */
  gboolean restart;             /* asked for by a report or an error */
  gboolean planned;             /* no failure: no pause, no event */
  gboolean refused;             /* a batch was: no pause, Kafka is well */
  gboolean cut;                 /* a batch was cut off too often: no pause */
  char *reason;                 /* for the restart */
  int pause_s;                  /* of the next restart after a failure */
  gint64 restart_posted_us;

  KafkaBatch batch;             /* what the topic's limit was found to allow */
  KafkaBatch batch_before;      /* before the present suspects were refused */
  gboolean single;              /* next: one by one until no suspect is left */
  gboolean sends_singly;        /* now: the client is KAFKA_BATCH_SINGLE */
  guint n_suspects;
  guint n_accepted;             /* in a row, since it sends singly; */
  guint n_enough;               /* and so many end that */
  gint64 together_us;           /* when that was */
  gboolean uncompressed;        /* no broker took what was compressed, */
  gboolean format_refused;      /* nor what was not */
  KafkaPace pace;               /* of the client before */
  gboolean has_pace;
  guint patience;               /* times socket.timeout.ms */
  gint64 renewed_us;            /* when the client was made */

  KafkaStates states;           /* of brokers and topic */
  guint n_partitions;           /* of the topic, that users know of; 0: of none */
  gboolean in_doubt;            /* librdkafka says all brokers are down */
  gboolean was_written;         /* it acknowledged a record */

  KafkaStall stall;

  gint64 asked_limits_us;       /* when, or 0 */
  GStrv limits;                 /* of the topic, to the times of records; or NULL */
  guint64 n_dropped;            /* that were told */
  gint64 dropped_posted_us;

  GQueue events;                /* of KafkaEvent, not delivered yet */
  KafkaFailures failures[KAFKA_N_FAILURES];
  guint64 n_owed;               /* records in these */
} KafkaWorker;

/* What the worker and the threads that call share. */
struct _KafkaProducer {
  gatomicrefcount ref_count;    /* the owner's and the worker's */
  KafkaWorker worker;

  /* Protects all below, and the worker's client. Innermost: nothing is called with
   * it held but kafka_worker_wake() and kafka_client_wake(). */
  GMutex lock;
  GCond cond;                   /* room, drained, interrupted, closed, done */
  KafkaRing ring;
  KafkaStats stats;
  GThread *thread;
  guint n_waiting;              /* threads that wait for the ring to shrink */
  guint n_draining;             /* of these, those that wait for it to be empty */
  guint wake_at;                /* so many new records wake the worker; 0: it is awake */
  guint in_event:1;             /* the worker is in an event function */
  guint owes_event:1;           /* a record was given up, and nobody knows */
  guint interrupted:1;
  guint failed:1;
  guint closed:1;
  guint done:1;                 /* the worker has ended */
  guint clock_changed:1;        /* one of the next two */
  guint clock_unset:1;          /* the wall clock shows a time before 2020 */
  gint64 clock_step_us;         /* it went back */
};

/** Checks all settings and makes the first client. */
gboolean kafka_worker_init (KafkaWorker * worker, KafkaProducer * producer,
    const KafkaConf * conf, const char *topic, int stall_ms,
    KafkaEventFunc func, gpointer data, GError ** error);
void kafka_worker_clear (KafkaWorker * worker);

/** The thread. Takes over a reference to the producer. */
gpointer kafka_worker_run (gpointer worker);

/** Ends every wait of the worker; with the producer's lock held. */
void kafka_worker_wake (KafkaWorker * worker);

/** Wakes the threads that wait for the ring; once for all reports of a poll. */
void kafka_worker_wake_waiting (KafkaWorker * worker);

/* How long the thread waits for an answer that it needs */
#define KAFKA_ASK_TIMEOUT_MS 1000

/** Begins a restart in order as soon as that is possible. @reason: the first one
 * counts, the others follow from it */
void kafka_worker_want_restart (KafkaWorker * worker, const char *reason);

/** The next client sends one record at a time, until enough were accepted. */
void kafka_worker_send_singly (KafkaWorker * worker);

/* kafkaworker-send.c: records on their way to librdkafka */

/** Moves records from the ring to librdkafka, as far as they are due, and serves it; or waits until
 * there is something to do. */
void kafka_worker_send (KafkaWorker * worker);

/* kafkaworker-reports.c: what librdkafka says of records, brokers and quotas */

extern const KafkaClientCallbacks kafka_worker_callbacks;

/** Decides where @record goes after its report. @alone: nothing else was refused
 * together with it. */
void kafka_worker_settle (KafkaWorker * worker, KafkaRecord * record,
    rd_kafka_resp_err_t err, rd_kafka_msg_status_t status, gboolean alone);

/* kafkaworker-stall.c: the watchdog over the oldest record */

/** Looks whether records move, at most a few times a second. Says so where they do
 * not, with the cause, and wants a restart where a new client can help. */
void kafka_worker_watch (KafkaWorker * worker);

/** There are statistics, @size bytes of @json. */
void kafka_worker_take_view (KafkaWorker * worker, const char *json,
    gsize size);
void kafka_worker_forget_view (KafkaWorker * worker);

/* kafkaworker-events.c: what users learn; in the worker's thread, and without the
 * producer's lock held */

/** Posts one sentence. */
void kafka_worker_post (KafkaWorker * worker, KafkaEventType type,
    const char *format, ...) G_GNUC_PRINTF (3, 4);

/** Posts that nothing is sent any more, and why, in @text, which it takes over. */
void kafka_worker_stop (KafkaWorker * worker, KafkaError code, char *text);
void kafka_worker_set_reachable (KafkaWorker * worker, gboolean reachable);
void kafka_worker_set_topic (KafkaWorker * worker, KafkaTopic state);

/** Posts %KAFKA_EVENT_PARTITIONS if the topic has another number of them than users know
 * of. */
void kafka_worker_watch_partitions (KafkaWorker * worker);

/** A record was given up. In any thread, with the producer's lock held.
 * @record: (nullable): %NULL if it was never made
 * @size: of its payload
 * @why: (nullable): static text for the user; NULL for what mostly holds */
void kafka_worker_note_failure (KafkaWorker * worker, KafkaFailure failure,
    const KafkaRecord * record, gsize size, const char *why);

/** Posts that a restart is under way; at most once a minute. */
void kafka_worker_post_restart (KafkaWorker * worker, int pause_s);

/** Posts that the oldest record has waited for @waited_us, or does no longer.
 * @broker: (nullable): its address */
void kafka_worker_post_stall (KafkaWorker * worker, KafkaEventType type,
    const char *cause, const char *broker, gint64 waited_us, char *text);

/** Asks a broker once what times the topic takes, if it has refused one. */
void kafka_worker_ask_limits (KafkaWorker * worker);

/** Calls the event function with all that was posted, and with failures that are due:
 * all where a thread waits for the last. */
void kafka_worker_deliver_events (KafkaWorker * worker);

void kafka_event_free (KafkaEvent * event);

G_END_DECLS
#endif
