/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "klvleftout.h"

#include <string.h>

#include "jsonoutput.h"

/* A name that is longer than all of ours gets dots in place of its end, so that there is room
 * for the first one, whatever it is. */
static void
put_short (JsonOutput * output, const char *name, size_t size)
{
  size_t shown = size <= KLV_MAX_NAME_SIZE ? size : KLV_MAX_NAME_SIZE;

  /* no character is cut */
  while (shown > 0 && shown < size && ((uint8_t) name[shown] & 0xc0) == 0x80)
    shown--;
  json_output_put (output, name, shown);
  if (shown < size)
    json_output_put_string (output, "...");
}

static void
put_path (JsonOutput * output, const KlvPath * path)
{
  if (path->parent != NULL) {
    put_path (output, path->parent);
    json_output_put_char (output, '.');
  }
  put_short (output, path->name, path->size);
}

/* What has no room is counted, and not named. */
void
klv_leave_out (KlvWriteReport * report, const KlvPath * path,
    const char *reason)
{
  const size_t before = strlen (report->left_out);
  JsonOutput output =
      { report->left_out, sizeof (report->left_out) - 1, before };

  if (report->n_left_out++ > 0)
    json_output_put_string (&output, ", ");
  put_path (&output, path);
  json_output_put_string (&output, " (");
  json_output_put_string (&output, reason);
  json_output_put_char (&output, ')');
  report->left_out[output.size <= output.capacity ? output.size : before] =
      '\0';
}
