/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef TIMED_WARN_H
#define TIMED_WARN_H

#include <gst/gst.h>

/** Logs a warning at the 1st, 2nd, 4th, 8th, ... fault, so that a stream that is
 * wrong all along does not fill the log.
 * @n: faults that were counted just now
 * @total: faults so far, with these */
#define TIMED_WARN(element, n, total, ...)                               \
  TIMED_CAT_WARN (GST_CAT_DEFAULT, element, n, total, __VA_ARGS__)

/** The same, in the category of the element. */
#define TIMED_CAT_WARN(category, element, n, total, ...) G_STMT_START {  \
  if ((n) > 0 && ((total) == (n)                                         \
          || g_bit_storage (total) > g_bit_storage ((total) - (n))))     \
    GST_CAT_WARNING_OBJECT (category, element, __VA_ARGS__);             \
} G_STMT_END

#endif
