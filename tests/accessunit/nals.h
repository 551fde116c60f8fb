/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef NALS_H
#define NALS_H

#include "seitest.h"

/* Makes a buffer of NAL units by their names (see nals.c), such as "slice",
 * "aud+sps+slice", "slice*" with a marker or "slice@40" with a PTS of 40 ms. One
 * without any is "none". */
GstBuffer *nal_buffer (const TestFormat * format, const gchar * text);

#endif
