/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "jsonflatten.h"

#include "jsonoutput.h"
#include "jsonscan.h"

/* A name without its quotes, escaped as it was */
typedef struct
{
  const char *text;
  size_t size;
} Name;

static void
put_name (JsonOutput * output, const Name * names, unsigned n)
{
  json_output_put (output, output->size > 1 ? ",\"" : "\"",
      output->size > 1 ? 2 : 1);
  for (unsigned i = 0; i < n; i++) {
    if (i > 0)
      json_output_put (output, "_", 1);
    json_output_put (output, names[i].text, names[i].size);
  }
  json_output_put (output, "\":", 2);
}

/* Writes the array that the scan has opened, and reads to its end. */
static void
put_array (JsonOutput * output, JsonScan * scan)
{
  const char *start = scan->token;
  const unsigned depth = scan->depth;
  JsonToken token;

  do
    token = json_scan_next (scan);
  while (token != JSON_TOKEN_ERROR
      && !(token == JSON_TOKEN_CLOSE && scan->depth < depth));
  json_output_put_quoted (output, start,
      scan->token + scan->token_size - start);
}

size_t
json_text_flatten (const char *text, size_t size, char *dst, size_t capacity)
{
  JsonOutput output = { dst, capacity, 0 };
  Name names[JSON_TEXT_MAX_DEPTH];
  JsonScan scan;
  JsonToken token;

  json_scan_init (&scan, text, size);
  json_scan_next (&scan);
  json_output_put (&output, "{", 1);
  while ((token = json_scan_next (&scan)) != JSON_TOKEN_END
      && token != JSON_TOKEN_ERROR) {
    if (token == JSON_TOKEN_NAME) {
      names[scan.depth - 1].text = scan.token + 1;
      names[scan.depth - 1].size = scan.token_size - 2;
    } else if (token == JSON_TOKEN_SCALAR) {
      put_name (&output, names, scan.depth);
      json_output_put (&output, scan.token, scan.token_size);
    } else if (token == JSON_TOKEN_OPEN && scan.type == JSON_TEXT_ARRAY) {
      put_name (&output, names, scan.depth - 1);
      put_array (&output, &scan);
    }
  }
  json_output_put (&output, "}", 1);
  return output.size;
}
