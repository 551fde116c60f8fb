/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef STATUS_H
#define STATUS_H

#include <gst/gst.h>

#include "broker.h"
#include "history.h"

G_BEGIN_DECLS

/* What the bridge does at one moment: plain data for those who ask over HTTP. Whoever made
 * one fills it in; then it does not change, and any thread can read it. */

/** So long a bridge may show nothing new */
#define STATUS_MAX_AGE_S 10

/** The worst first */
typedef enum {
  STATUS_FAILED,                /* an error has ended it */
  STATUS_DOWN,                  /* is opened again until it gives data */
  STATUS_SILENT,                /* gives no records */
  STATUS_STARTING,              /* gives none yet */
  STATUS_UP,
  STATUS_ENDED,                 /* a file that was read */
  STATUS_N_STATES
} StatusState;

/** Returns: a word, as in "silent" */
const char *status_state_get_name (StatusState state);

/** Returns: whether something is to be done about it */
gboolean status_state_is_bad (StatusState state);

/**
 * StatusCamera:
 * @name: as users call it, unlike all others; of a stream that of its input
 * @stream: (nullable): which one of an input it is; %NULL: it is an input
 * @uri: without secrets
 * @trouble: (nullable): a sentence without its subject and end: what is wrong, and what to do
 * @n_opened: how often it was opened
 * @n_frames: of video; -1: it has none
 * @n_messages: that were found: each became a record, or was skipped, or could not be read
 * @n_skipped: messages of which no record was to be made
 * @n_lost: packets; -1: nobody can know
 * @record_us: monotonic, when the last record came; -1: there was none
 * @history: of history_read()
 *
 * An input, or one of the RTP streams of an input.
 */
typedef struct {
  char *name;
  char *stream;
  char *uri;
  StatusState state;
  char *trouble;
  guint n_opened;
  gint64 n_frames;
  guint64 n_messages, n_records, n_skipped;
  gint64 n_lost;
  gint64 record_us;
  guint history[HISTORY_SLOTS];
  guint n_history;
} StatusCamera;

/**
 * Status:
 * @taken_us: monotonic
 * @taken_real_us: the same, since 1970
 * @started_real_us: when the bridge began
 * @kafka_version: of librdkafka
 * @target: where the records go, for users
 * @is_ending: the bridge ends
 * @n_unreadable: messages that could not be read
 * @delivery: (nullable): the property stats of kafkasink; NULL: the records go elsewhere, and
 *   what follows is not set
 * @max_records, @max_bytes: what its queue takes
 * @broker_text: (nullable): what is wrong
 * @output: (nullable): what --output names; NULL: the records go elsewhere
 * @n_waiting: records that it has not taken
 * @stalled_s: for so long it has taken none of them; 0: it does
 * @cameras: (element-type StatusCamera): the inputs
 * @streams: (element-type StatusCamera): those of inputs that have several
 */
typedef struct {
  gint64 taken_us, taken_real_us, started_real_us;
  const char *kafka_version;
  char *target;
  gboolean is_ending;
  guint64 n_unreadable;
  GstStructure *delivery;
  guint64 max_records, max_bytes;
  BrokerState broker;
  char *broker_text;
  const char *output;
  guint n_waiting, stalled_s;
  GPtrArray *cameras, *streams;

  /*< private >*/
  gint n_refs;                  /* atomic */
} Status;

/** Returns: (transfer full): one of this moment, with nothing in it */
Status *status_new (void);
Status *status_ref (const Status * status);
void status_unref (Status * status);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Status, status_unref)

/** Adds a camera, of which nothing is known.
 * @name: gets a number behind it where it is taken
 * Returns: (transfer none) */
StatusCamera *status_add_camera (Status * status, const char *name,
    const char *uri);

/** Adds a stream, of which nothing is known.
 * @name: of its input
 * @stream: unlike all others of it
 * Returns: (transfer none) */
StatusCamera *status_add_stream (Status * status, const char *name,
    const char *stream, const char *uri);

/** Returns: (transfer full) (nullable): what is wrong with @output, a sentence without its end;
 * NULL: nothing */
char *status_explain_output (const Status * status);

/** Returns: (transfer full) (nullable): why the bridge is not to be relied on, a sentence
 * without its end; NULL: it is
 * @now_us: monotonic */
char *status_explain (const Status * status, gint64 now_us);

/** Returns: that counter of @delivery */
guint64 status_get_count (const Status * status, const char *field);

/** Returns: for how long there was no record of it, in milliseconds; -1: there was none */
gint64 status_get_age_ms (const Status * status, const StatusCamera * camera);

/** Returns: its records in a second, in the last ten seconds; -1: it is not known yet */
double status_get_rate (const StatusCamera * camera);

/* What latency-histogram counts up to, as docs/kafkasink.md has it */
#define STATUS_N_BOUNDS 19

/** Returns: below how many microseconds the n-th of them is */
guint64 status_get_bound_us (guint n);

/** Returns: the n-th of them; of STATUS_N_BOUNDS: how many there are in all */
guint64 status_get_latency (const Status * status, guint n);

G_END_DECLS
#endif
