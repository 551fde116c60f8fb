/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KLV_OBJECT_H
#define KLV_OBJECT_H

#include "klvjson.h"
#include "klvtables.h"
#include "jsonoutput.h"

/* How sets and packs become objects. What becomes of a whole unit, klvjson.c knows. */

/**
 * KlvObject:
 *
 * An object that is being written.
 */
typedef struct {
  JsonOutput *text;
  bool has_members;
} KlvObject;

/** Writes the brace. */
KlvObject klv_object_begin (JsonOutput * text);

/** Writes the name of a member, with what is before and behind it. */
void klv_object_put_name (KlvObject * object, const char *name);

/** Writes a member. @value: needs no escapes */
void klv_object_put_string (KlvObject * object, const char *name,
    const char *value);

/** Writes a member that is a string of hexadecimal digits. */
void klv_object_put_hex (KlvObject * object, const char *name,
    BytesSpan bytes);

/** Writes the brace. */
void klv_object_end (KlvObject * object);

/**
 * KlvSurvey:
 * @counts: by number of the item, how often it is there; checksums do not count
 * @n_wanted: the sum of @counts
 * @time: the value of the first `precision_time_stamp` that can be one, at most 8 bytes; of no bytes:
 *   there is none
 * @checksum: the item that is a checksum, the last one if there are several; NULL: there is none
 * @sum: its value
 * @user_type: what a KLV_USER_DATA is, as the last item 1 says
 *
 * What is in a set.
 */
typedef struct {
  uint32_t counts[KLV_MAX_ITEMS];
  size_t n_wanted;
  BytesSpan time;
  const KlvItem *checksum;
  BytesSpan sum;
  KlvType user_type;
} KlvSurvey;

/** @bytes: the value of the set */
void klv_survey (KlvSurvey * survey, const KlvSet * set, BytesSpan bytes);

/** Adds the items of a set as members.
 * @bytes: its value
 * @survey: of it; is used up
 * @report: (inout): n_items, n_unknown_items and n_errors are added to */
void klv_object_put_items (KlvObject * object, const KlvSet * set,
    BytesSpan bytes, KlvSurvey * survey, KlvStyle style,
    KlvJsonReport * report);

#endif
