/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Script data as JSON: whatever the bytes are, nothing is read beyond them or written beyond the
 * room, and what comes is one object. What it carries is in the bytes.
 *
 * Input: a byte: bit 0: half of the room; then a body */

#include "../amf/eventjson.h"
#include "amfreader.h"
#include "fuzz.h"
#include "scripttag.h"

static AmfReader *reader;

static bool
is_within (BytesSpan part, FuzzInput whole)
{
  return part.data >= whole.data
      && part.size <= whole.size - (size_t) (part.data - whole.data);
}

int
LLVMFuzzerTestOneInput (const uint8_t * data, size_t size)
{
  FuzzInput input = { data, size };
  const bool is_half = fuzz_take_byte (&input) & 1;
  const BytesSpan body = { input.data, input.size };
  const size_t capacity = script_event_get_max_size (body) / (is_half ? 2 : 1);
  char *json = malloc (capacity + 1);
  ScriptEvent event;
  BytesSpan name;

  if (!reader)
    reader = malloc (sizeof (*reader));
  json[capacity] = '#';
  const AmfStatus status =
      script_event_read (reader, body, 7, &event, json, capacity);

  CHECK (json[capacity] == '#');
  CHECK (script_event_get_name (body, &name) == (status != AMF_NO_NAME));
  if (status == AMF_OK) {
    CHECK (event.json_size <= capacity);
    CHECK (is_event_json (json, event.json_size));
    CHECK (is_within (event.name, input));
    if (event.object.data)
      CHECK (is_within (event.object, input)
          && json_text_is_object ((const char *) event.object.data,
              event.object.size));
  }
  free (json);
  return 0;
}
