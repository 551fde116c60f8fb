/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "jsonoutput.h"

#include "jsontext.h"

static size_t
get_room (const JsonOutput * output)
{
  return output->size < output->capacity ? output->capacity - output->size : 0;
}

void
json_output_put_cut (JsonOutput * output, const char *text, size_t size)
{
  const size_t room = get_room (output);

  if (room > 0)
    memcpy (output->dst + output->size, text, size < room ? size : room);
}

void
json_output_put_quoted (JsonOutput * output, const char *bytes, size_t size)
{
  const size_t room = get_room (output);

  output->size += json_text_quote (bytes, size,
      room > 0 ? output->dst + output->size : NULL, room);
}
