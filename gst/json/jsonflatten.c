/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "jsonflatten.h"

#include <string.h>

#include "jsonscan.h"

/* A name without its quotes, escaped as it was */
typedef struct
{
  const char *text;
  size_t size;
} Name;

typedef struct
{
  char *dst;
  size_t capacity;
  size_t size;
} Output;

static void
put (Output * output, const char *text, size_t size)
{
  if (output->size < output->capacity) {
    const size_t room = output->capacity - output->size;

    memcpy (output->dst + output->size, text, size < room ? size : room);
  }
  output->size += size;
}

static void
put_name (Output * output, const Name * names, unsigned n)
{
  put (output, output->size > 1 ? ",\"" : "\"", output->size > 1 ? 2 : 1);
  for (unsigned i = 0; i < n; i++) {
    if (i > 0)
      put (output, "_", 1);
    put (output, names[i].text, names[i].size);
  }
  put (output, "\":", 2);
}

/* Writes the array that the scan has opened, and reads to its end. */
static void
put_array (Output * output, JsonScan * scan)
{
  const char *start = scan->token;
  const unsigned depth = scan->depth;
  const size_t room =
      output->size < output->capacity ? output->capacity - output->size : 0;
  JsonToken token;

  do
    token = json_scan_next (scan);
  while (token != JSON_TOKEN_ERROR
      && !(token == JSON_TOKEN_CLOSE && scan->depth < depth));
  output->size += json_text_quote (start,
      scan->token + scan->token_size - start,
      room > 0 ? output->dst + output->size : NULL, room);
}

size_t
json_text_flatten (const char *text, size_t size, char *dst, size_t capacity)
{
  Output output = { dst, capacity, 0 };
  Name names[JSON_TEXT_MAX_DEPTH];
  JsonScan scan;
  JsonToken token;

  json_scan_init (&scan, text, size);
  json_scan_next (&scan);
  put (&output, "{", 1);
  while ((token = json_scan_next (&scan)) != JSON_TOKEN_END
      && token != JSON_TOKEN_ERROR) {
    if (token == JSON_TOKEN_NAME) {
      names[scan.depth - 1].text = scan.token + 1;
      names[scan.depth - 1].size = scan.token_size - 2;
    } else if (token == JSON_TOKEN_SCALAR) {
      put_name (&output, names, scan.depth);
      put (&output, scan.token, scan.token_size);
    } else if (token == JSON_TOKEN_OPEN && scan.type == JSON_TEXT_ARRAY) {
      put_name (&output, names, scan.depth - 1);
      put_array (&output, &scan);
    }
  }
  put (&output, "}", 1);
  return output.size;
}
