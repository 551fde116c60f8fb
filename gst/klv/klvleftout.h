/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KLV_LEFT_OUT_H
#define KLV_LEFT_OUT_H

#include <stddef.h>

#include "klvwrite.h"

/* What is said of members of which there is no item. */

/** Longer than the name of any item */
#define KLV_MAX_NAME_SIZE 64

/**
 * KlvPath:
 * @parent: the names before it; NULL: it is of the outermost object
 * @name: as JSON has it, without quotes
 * @size: its bytes
 *
 * Where a member is.
 */
typedef struct _KlvPath KlvPath;

struct _KlvPath {
  const KlvPath *parent;
  const char *name;
  size_t size;
};

/** Adds a member to those that were left out.
 * @report: (inout): n_left_out and left_out are added to */
void klv_leave_out (KlvWriteReport * report, const KlvPath * path,
    const char *reason);

#endif
