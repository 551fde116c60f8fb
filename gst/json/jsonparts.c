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

  if (!json_scan_part (scan, name) || !json_scan_value (scan, NULL))
    return false;
  value->type = scan->type;
  value->text = scan->token;
  value->size = scan->token_size;
  return true;
}
