/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "colour.h"

#include <string.h>
#include <unistd.h>

#include "common.h"
#include "jsonscan.h"

gboolean
colour_is_wanted (void)
{
  const char *no_color = g_getenv ("NO_COLOR");
  const char *term = g_getenv ("TERM");

  return isatty (STDOUT_FILENO) && !(no_color && *no_color != '\0')
      && !(term && strcmp (term, "dumb") == 0);
}

static const char *
get_colour (JsonToken token, JsonTextType type)
{
  if (token == JSON_TOKEN_NAME)
    return COLOUR_BLUE;
  if (token != JSON_TOKEN_SCALAR)
    return NULL;
  return type == JSON_TEXT_STRING ? COLOUR_GREEN : COLOUR_YELLOW;
}

void
colour_append_json (GString * text, const char *json, gsize size)
{
  JsonToken token;
  JsonScan scan;

  json_scan_init (&scan, json, size);
  while ((token = json_scan_next (&scan)) < JSON_TOKEN_END) {
    const char *colour = get_colour (token, scan.type);

    if (colour)
      g_string_append (text, colour);
    tool_append_escaped (text, scan.token, scan.token_size);
    if (colour)
      g_string_append (text, COLOUR_NONE);
  }
}
