/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef BRIDGE_RECORD_H
#define BRIDGE_RECORD_H

#include <glib.h>

G_BEGIN_DECLS

/**
 * BridgeRecord:
 * @value: @value_size bytes: the object, compact, with bridge_ts_ns and
 *   sender_ts_ns at its end
 * @has_seq: whether the member `seq` is a string or a number
 * @seq: what that says, without quotes and escapes, else "0"
 * @sender_ts_ns: what the member `ts_ns` says, or 0
 */
typedef struct {
  char *value;
  gsize value_size;
  gboolean has_seq;
  char *seq;
  gint64 sender_ts_ns;
} BridgeRecord;

/** Makes the record of a JSON object.
 * @json: @size bytes, of which json_text_is_object() holds
 * @bridge_ts_ns: the pipeline's clock */
void bridge_record_init (BridgeRecord * record, const char *json, gsize size,
    guint64 bridge_ts_ns);
void bridge_record_clear (BridgeRecord * record);

G_END_DECLS
#endif
