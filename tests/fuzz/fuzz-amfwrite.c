/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* JSON as script data: what is written can be read. A string comes back byte for byte, and what
 * is read of values is the same when it is written again.
 *
 * Input: a byte: bit 0: as values; bit 1: onMetaData; then a JSON object */

#include "amfreader.h"
#include "fuzz.h"
#include "jsontext.h"
#include "scripttag.h"

static AmfReader *reader;

/* Returns: false if AMF cannot say it */
static bool
write_body (BytesSpan name, BytesSpan object, bool is_values, uint8_t ** body,
    size_t *size)
{
  *body = NULL;
  *size = 0;
  for (unsigned i = 0; i < 2; i++) {
    BytesWriter writer = { *body, *size, 0 };

    if (!is_values)
      script_event_write_text (&writer, name, object);
    else if (!script_event_write_members (&writer, name, object))
      return false;
    CHECK (i == 0 || writer.size == *size);
    *size = writer.size;
    if (i == 0)
      *body = malloc (writer.size);
  }
  return true;
}

static void
read_body (const uint8_t * body, size_t size, ScriptEvent * event, char **json)
{
  const BytesSpan span = { body, size };
  const size_t capacity = script_event_get_max_size (span);

  *json = malloc (capacity);
  CHECK (script_event_read (reader, span, 7, event, *json, capacity) == AMF_OK);
}

/* The only argument, as it was read */
static BytesSpan
get_argument (const ScriptEvent * event, const char *json)
{
  const char *start = strstr (json, "\"args\":[") + strlen ("\"args\":[");

  return (BytesSpan) {
  (const uint8_t *) start, json + event->json_size - strlen ("]}") - start};
}

static void
check_values (BytesSpan name, BytesSpan object)
{
  ScriptEvent first, second;
  uint8_t *body, *again;
  char *json, *same;
  size_t size;

  if (!write_body (name, object, true, &body, &size)) {
    free (body);
    return;
  }
  read_body (body, size, &first, &json);
  CHECK (write_body (name, get_argument (&first, json), true, &again, &size));
  read_body (again, size, &second, &same);
  CHECK (first.json_size == second.json_size
      && memcmp (json, same, first.json_size) == 0);
  free (json);
  free (same);
  free (body);
  free (again);
}

static void
check_text (BytesSpan name, BytesSpan object)
{
  ScriptEvent event;
  uint8_t *body;
  char *json;
  size_t size;

  write_body (name, object, false, &body, &size);
  read_body (body, size, &event, &json);
  CHECK (event.object.size == object.size
      && memcmp (event.object.data, object.data, object.size) == 0);
  free (json);
  free (body);
}

int
LLVMFuzzerTestOneInput (const uint8_t * data, size_t size)
{
  FuzzInput input = { data, size };
  const uint8_t first = fuzz_take_byte (&input);
  const char *event = first & 2 ? "onMetaData" : "onTextData";
  const BytesSpan name = { (const uint8_t *) event, strlen (event) };
  const BytesSpan object = { input.data, input.size };

  if (!json_text_is_object ((const char *) input.data, input.size))
    return 0;
  if (!reader)
    reader = malloc (sizeof (*reader));
  if (first & 1)
    check_values (name, object);
  else
    check_text (name, object);
  return 0;
}
