/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef RECORDS_H
#define RECORDS_H

#include <gst/gst.h>

#include "kafkatemplate.h"

G_BEGIN_DECLS

/* Makes the records: of each JSON object that an input gives, the value, with members of
 * our own at its end, and the key. */

/** What the records of all inputs have in common. */
typedef struct
{
  gboolean is_verbose;          /* shows each one */
  gboolean key_is_seq;          /* the member seq, where there is one */
  const KafkaTemplate *key;     /* with members; NULL: none, or there is no key */
  gboolean needs_time;          /* whether it is the record's matters */
  gboolean has_time;            /* a member that says the time of the record */
  gboolean has_newline;         /* ends with LF: for a file of JSON lines */
} RecordsSettings;

typedef struct
{
  RecordsSettings settings;
  /*< private > */
  GstElement *element;
  guint n_made, n_unreadable, n_without_key, n_far_off, n_skipped;      /* atomic */
} Records;

/** @settings: copied; what it points at outlives @records
 * @element: whose clock and base time are those of the pipeline; outlives @records */
void records_init (Records * records, const RecordsSettings * settings,
    GstElement * element);

/** Makes a record. It has the members of @payload, and then these, which replace those
 * that have their names already:
 *
 * - "stream_id": @stream_id, unless the payload has a member of that name;
 * - "bridge_ts_ns": the clock now, in nanoseconds;
 * - "sender_ts_ns": the integer that the member ts_ns of the payload says, else 0;
 * - "time", with has_time: when it was captured, as timed_capture_ms() knows it, else when
 *   it came; in RFC 3339, UTC and milliseconds. A GstReferenceTimestampMeta of the record
 *   says the same, so that it is the time of the Kafka record, too. KLV keeps what it says
 *   itself.
 *
 * Where the key is found in the record, it brings it along for kafkasink.
 * Flags, times and metas are those of @payload. For any thread.
 * @stream_id: (nullable): UTF-8
 * @pad: (nullable): of a live source: the pad that @payload comes by, whose segment is its
 *   own; %NULL if the source is not live
 * @payload: (transfer full): for which json_text_is_object() holds
 * Returns: (transfer full) (nullable): %NULL, and counted, if @payload cannot be read */
GstBuffer *records_make (Records * records, const char *stream_id,
    GstPad * pad, GstBuffer * payload);

/** Counts a payload of which no record is to be made. For any thread. */
void records_skip (Records * records);

/** How many payloads were skipped; runs over. For any thread. */
guint records_get_n_skipped (Records * records);

/** How many payloads came, also those that could not be read; runs over. For any thread. */
guint records_get_n_made (Records * records);

/** How many payloads could not be read. For any thread. */
guint records_get_n_unreadable (Records * records);

/** How many records had nothing that the template of the key names. For any thread. */
guint records_get_n_without_key (Records * records);

/** How many records brought a time along that timed_is_near_now() was not, and so is not
 * theirs. For any thread. */
guint records_get_n_far_off (Records * records);

G_END_DECLS
#endif
