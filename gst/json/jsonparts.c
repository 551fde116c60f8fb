/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "jsonparts.h"

void
json_parts_init (JsonParts * parts, const JsonTextValue * value)
{
  json_scan_init (&parts->scan, value->text, value->size);
  json_scan_next (&parts->scan);
}

bool
json_parts_next (JsonParts * parts, JsonTextValue * name, JsonTextValue * value)
{
  JsonScan *scan = &parts->scan;
  JsonToken token = json_scan_next (scan);

  if (token == JSON_TOKEN_COMMA)
    token = json_scan_next (scan);
  if (token == JSON_TOKEN_NAME) {
    name->type = JSON_TEXT_STRING;
    name->text = scan->token;
    name->size = scan->token_size;
    json_scan_next (scan);      /* the colon */
    token = json_scan_next (scan);
  }
  if (token != JSON_TOKEN_OPEN && token != JSON_TOKEN_SCALAR)
    return false;

  value->type = scan->type;
  value->text = scan->token;
  while (scan->depth > 1)
    if (json_scan_next (scan) == JSON_TOKEN_ERROR)
      return false;
  value->size = scan->token + scan->token_size - value->text;
  return true;
}
