/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef STARTER_H
#define STARTER_H

#include "start.h"

G_BEGIN_DECLS

/**
 * Starter:
 *
 * Tries to read until all is read, in a thread of its own: a broker that does not answer takes
 * a second each time, in which records of the others come, and a signal may.
 */
typedef struct _Starter Starter;

/** @rk, @options, @servers: stay until the program exits
 * Returns: never freed: its thread may wait for a broker when the program exits */
Starter *starter_new (rd_kafka_t * rk, const Options * options,
    const char *servers);

/** To be called when a record has come, before anything is done with it: the position of its
 * group was set then, and is not set back behind it. Waits for no broker. */
void starter_wait (Starter * starter);

/** How far it is; does not wait.
 * @missing: (out): as start_find() has it
 * Returns: START_LATER as long as there is something left to be done */
StartResult starter_get_result (Starter * starter, int *missing);

G_END_DECLS
#endif
