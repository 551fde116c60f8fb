/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "jsonname.h"

#include "jsondup.h"

char *
json_name_dup (const JsonTextValue * value)
{
  gsize size;
  char *name = json_dup_unquoted (value, &size);

  for (gsize i = 0; i < size; i++)
    if (name[i] == '\0')
      name[i] = '\377';
  return name;
}
