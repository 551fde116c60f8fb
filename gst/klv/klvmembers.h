/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KLV_MEMBERS_H
#define KLV_MEMBERS_H

#include <stdbool.h>

#include "jsontext.h"
#include "klvtables.h"
#include "klvwrite.h"
#include "klvwriter.h"

/* How the members of objects become the items of sets and the fields of packs: the way back of
 * klvobject.h. What becomes of a whole unit, klvwrite.c knows. */

/**
 * KlvRoot:
 * @others: names of members that are no items, the last followed by NULL
 * @is_copy: whether the object seems to be of a unit that was read, so that numbers are written
 *   so that they are shown with the same digits again
 * @head_end: behind what the object has in front of its items in the order of klvjson.h: if it is a
 *   copy, its members have the order of the items; NULL, or an item comes before: by tag
 * @time: the member `precision_time_stamp` of an object that has none; @time.text NULL: none
 * @version: the member `uas_datalink_ls_version_number`, likewise
 *
 * What is said of the outermost object.
 */
typedef struct {
  const char *const *others;
  bool is_copy;
  const char *head_end;
  JsonTextValue time;
  JsonTextValue version;
} KlvRoot;

/** Writes the value of a set.
 * @object: a JSON_TEXT_OBJECT
 * @report: (inout): n_items, n_left_out and left_out are added to */
void klv_members_write (BytesWriter * writer, const KlvSet * set,
    const JsonTextValue * object, const KlvRoot * root,
    KlvWriteReport * report);

#endif
