/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef FORMAT_H
#define FORMAT_H

#include <glib.h>

#include "fields.h"
#include "record.h"

G_BEGIN_DECLS

typedef enum {
  FORMAT_TEXT,                  /* for people: [Kafka] and the value as JSON */
  FORMAT_JSON,                  /* an object with all that a record has */
  FORMAT_RAW                    /* the bytes of the value */
} FormatType;

/**
 * Format:
 * @type: what a line is
 * @has_time, @has_key, @has_headers: of FORMAT_TEXT: columns before the value
 * @has_colour: of FORMAT_TEXT
 * @is_escaped: of FORMAT_JSON: for a terminal, as tool_append_escaped(); FORMAT_TEXT always
 *   is, FORMAT_RAW never
 * @fields: (nullable): what is shown of the value; NULL for all of it
 *
 * How records are shown.
 */
typedef struct {
  FormatType type;
  gboolean has_time, has_key, has_headers;
  gboolean has_colour;
  gboolean is_escaped;
  Fields *fields;
} Format;

/** Appends the line of a record, with its end. */
void format_append (const Format * format, Record * record, GString * text);

G_END_DECLS
#endif
