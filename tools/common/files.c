/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "files.h"

#include <glib/gstdio.h>

gboolean
tool_is_same_file (const char *path, const char *other)
{
  GStatBuf a, b;

  return g_stat (path, &a) == 0 && g_stat (other, &b) == 0
      && S_ISREG (a.st_mode) && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}
