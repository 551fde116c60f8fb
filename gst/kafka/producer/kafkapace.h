/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KAFKA_PACE_H
#define KAFKA_PACE_H

#include <glib.h>

G_BEGIN_DECLS

/**
 * KafkaPace:
 * @batch_bytes: what a batch may hold now
 *
 * How large batches are, by how long the brokers take to answer them. A request that
 * has no answer within socket.timeout.ms is cut off and sent again, so a batch that
 * the link cannot carry in that time would be sent for ever. Batches begin small. They
 * grow while they are full, as long as twice the size could not take too long even if
 * all of the time was the size's; and shrink where an answer comes just in time.
 */
typedef struct {
  gsize batch_bytes;

  /*< private >*/
  gsize max_bytes;
  gint64 timeout_us;
} KafkaPace;

/** @max_bytes: of a batch at any pace
 * @timeout_us: for an answer */
void kafka_pace_init (KafkaPace * pace, gsize max_bytes, gint64 timeout_us);

/** A batch of @bytes was answered @duration_us after its last record could join it. */
void kafka_pace_answered (KafkaPace * pace, gsize bytes, gint64 duration_us);

/** No batch of this size gets an answer in time. */
void kafka_pace_cut (KafkaPace * pace);

/** Whether a batch can be made smaller. */
gboolean kafka_pace_can_shrink (const KafkaPace * pace);

/** Whether batches are as large as at the start, or larger. */
gboolean kafka_pace_is_well (const KafkaPace * pace);

G_END_DECLS
#endif
