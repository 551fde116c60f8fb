/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "accessunit.h"

#include "timedbuffer.h"

void
access_unit_clear (AccessUnit * unit)
{
  gst_clear_buffer (&unit->times);
  unit->has_slice = FALSE;
  unit->ended = FALSE;
  unit->has_markers = FALSE;
  unit->has_prefix = FALSE;
}

static gboolean
has_other_time (GstClockTime time, GstClockTime other)
{
  return GST_CLOCK_TIME_IS_VALID (time) && GST_CLOCK_TIME_IS_VALID (other)
      && time != other;
}

/* Whether a prefix NAL unit behind a slice begins an access unit. It stands before
 * every slice and does not say whether that is the first of a picture, so markers
 * and times must. In a stream that has neither, each counts as the first, and a
 * picture of several slices seems to be several pictures. */
static gboolean
prefix_begins (const AccessUnit * unit, GstBuffer * buffer)
{
  if (unit->has_markers || GST_BUFFER_PTS_IS_VALID (unit->times))
    return FALSE;
  return !GST_BUFFER_DTS_IS_VALID (unit->times)
      || has_other_time (GST_BUFFER_DTS (buffer), GST_BUFFER_DTS (unit->times));
}

static gboolean
begins (const AccessUnit * unit, GstBuffer * buffer, const H26xNal * nal,
    H26xFormat format)
{
  /* End of sequence and end of bitstream are the last in an access unit */
  if (!unit->times || (unit->ended && nal->kind != H26X_NAL_END))
    return TRUE;
  if (has_other_time (GST_BUFFER_PTS (buffer), GST_BUFFER_PTS (unit->times)))
    return TRUE;
  if (!unit->has_slice)
    return FALSE;
  if (nal->kind == H26X_NAL_SLICE_PREFIX)
    return prefix_begins (unit, buffer);
  /* A slice belongs where its prefix is, or messages would come between them */
  if (nal->kind == H26X_NAL_SLICE && (unit->has_markers || unit->has_prefix))
    return FALSE;
  return h26x_nal_begins_access_unit (format.codec, nal);
}

/* Looks at a buffer's first NAL unit. Returns whether it begins an access unit. */
static gboolean
take_first (AccessUnit * unit, GstBuffer * buffer, const H26xNal * nal,
    H26xFormat format)
{
  const gboolean is_new = begins (unit, buffer, nal, format);

  /* Until the first slice, a time may still come */
  if (is_new || (!unit->has_slice && !GST_BUFFER_PTS_IS_VALID (unit->times))) {
    gst_clear_buffer (&unit->times);
    unit->times = timed_buffer_copy_times (buffer);
  }
  if (is_new)
    unit->has_slice = FALSE;
  unit->ended = nal->kind == H26X_NAL_END;

  return is_new;
}

gboolean
access_unit_next (AccessUnit * unit, GstBuffer * buffer, const Bytes * bytes,
    H26xFormat format)
{
  gboolean is_new = FALSE;
  H26xNalIter it;
  H26xNal nal;

  h26x_nal_iter_init (&it, bytes, format);
  if (h26x_nal_iter_peek (&it, &nal)) {
    is_new = take_first (unit, buffer, &nal, format);
    unit->has_prefix = nal.kind == H26X_NAL_SLICE_PREFIX;
  }

  /* A buffer should have one NAL unit, but may have more */
  while (!unit->has_slice && h26x_nal_iter_peek (&it, &nal)) {
    unit->has_slice = nal.kind == H26X_NAL_SLICE;
    if (!unit->has_slice)
      h26x_nal_iter_finish (&it, &nal);
  }
  if (GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_MARKER)) {
    unit->ended = TRUE;
    unit->has_markers = TRUE;
  }

  return is_new;
}
