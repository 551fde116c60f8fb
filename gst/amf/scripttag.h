/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef SCRIPT_TAG_H
#define SCRIPT_TAG_H

#include "amfreader.h"
#include "byteswriter.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The body of a tag of script data (FLV, E.4.4.1): the name of an event, and its arguments. */

/**
 * ScriptEvent:
 * @name: of it
 * @json_size: bytes of the JSON that shows it
 * @object: the JSON object that it carries as a string: as the member `metakafka` or else `text`
 *   of an object that is the only argument, behind the event that @setDataFrame names; or
 *   @object.data NULL
 */
typedef struct {
  BytesSpan name;
  size_t json_size;
  BytesSpan object;
} ScriptEvent;

/** Finds the name of the event: of a body that is cut, too.
 * Returns: whether there is one */
bool script_event_get_name (BytesSpan body, BytesSpan * name);

/** Returns: room that the JSON of a body never takes, but where references repeat much */
size_t script_event_get_max_size (BytesSpan body);

/** Reads a body and writes what it says as a JSON object.
 * @reader: for its own use
 * @event: (out): points into @body
 * @dst, @capacity: as script_event_get_max_size() says
 * Returns: AMF_OK, or why it cannot be read */
AmfStatus script_event_read (AmfReader * reader, BytesSpan body,
    uint32_t timestamp_ms, ScriptEvent * event, char *dst, size_t capacity);

/** Writes a body that carries a JSON object as a string, for script_event_read() to find.
 * In onMetaData that is the member `metakafka`, in all others `text`. */
void script_event_write_text (BytesWriter * writer, BytesSpan name,
    BytesSpan object);

/** Writes a body with the members of a JSON object as values of AMF0.
 * Returns: false if AMF0 cannot say them; see amf_put_value() */
bool script_event_write_members (BytesWriter * writer, BytesSpan name,
    BytesSpan object);

#ifdef __cplusplus
}
#endif
#endif
