/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef OPTIONS_H
#define OPTIONS_H

#include <glib.h>

#include "position.h"
#include "show.h"

G_BEGIN_DECLS

#define OPTIONS_ALL_PARTITIONS (-1)

/**
 * Options:
 * @is_assigned: the partitions are read by themselves, and not shared out in the group
 * @is_committed: what is shown counts as read in the group
 * @has_position: reading begins at @position; else where the group left off
 * @partition: the only one that is read, or OPTIONS_ALL_PARTITIONS
 * @max_shown: end after so many
 * @idle_us: end after so long without a record, or G_MAXINT64
 * @ends_at_end: end when all partitions are read
 *
 * What the command line says.
 */
typedef struct {
  const char *bootstrap, *topic, *group;
  gboolean is_assigned, is_committed;
  gboolean has_position;
  Position position;
  int partition;
  gint64 max_shown;
  gint64 idle_us;
  gboolean ends_at_end;
} Options;

/** Starts the program, and reads the command line.
 * @show: (inout): gets the formats, the filters and the statistics
 * @status: (out): what to exit with
 * Returns: whether to go on; if not, what is wrong was said */
gboolean options_read (int *argc, char ***argv, Options * options, Show * show,
    int *status);

G_END_DECLS
#endif
