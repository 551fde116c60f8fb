/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef ACCESS_UNIT_H
#define ACCESS_UNIT_H

#include <gst/gst.h>

#include "nal.h"

G_BEGIN_DECLS

/**
 * AccessUnit:
 * @times: (nullable): an empty buffer with the times of the first buffer of the
 *   access unit; NULL before the first
 * @has_slice: whether a slice of it has come
 *
 * The access unit that a stream of buffers is in. In alignment au every buffer is
 * one. In alignment nal one begins
 *
 * * behind a buffer with GST_BUFFER_FLAG_MARKER, which ends one;
 * * at a buffer with another PTS: either only the first NAL unit of an access unit
 *   has one, or all have the same;
 * * behind a slice, at a NAL unit that belongs before the next picture
 *   (h26x_nal_begins_access_unit()). The first slice of a picture counts only in a
 *   stream without markers, because it may be one of a redundant picture. A prefix
 *   NAL unit (H.264 14) counts only in a stream without markers and times, because
 *   it stands before later slices, too.
 */
typedef struct {
  GstBuffer *times;
  gboolean has_slice;
  /*< private >*/
  gboolean ended;
  gboolean has_markers;
  gboolean has_prefix;          /* and its slice is next */
} AccessUnit;

/** Forgets the stream. An AccessUnit of zeros needs no other initialization. */
void access_unit_clear (AccessUnit * unit);

/** Looks at the next buffer of a stream in alignment nal. Returns whether it
 * begins an access unit; @unit is about it from then on.
 * @bytes: what is in @buffer */
gboolean access_unit_next (AccessUnit * unit, GstBuffer * buffer,
    const Bytes * bytes, H26xFormat format);

G_END_DECLS

#endif
