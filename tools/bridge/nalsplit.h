/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef NAL_SPLIT_H
#define NAL_SPLIT_H

#include <gst/gst.h>

G_BEGIN_DECLS

/** Of a NAL unit, in bytes, start code included. A longer one is passed over. */
#define NAL_SPLIT_MAX_SIZE (16 * 1024 * 1024)

#define TYPE_NAL_SPLIT (nal_split_get_type ())
G_DECLARE_FINAL_TYPE (NalSplit, nal_split, NAL, SPLIT, GstElement)

/**
 * NalSplit:
 *
 * Element that divides a byte stream of H.264 or H.265 (Annex B) that comes in any
 * pieces into NAL units: each buffer has one, with its start code. h264parse and
 * h265parse do that, too, but drop every SEI before the first parameter sets.
 *
 * * No byte is dropped from the first start code on. A NAL unit begins with the
 *   zero_byte of its start code, if there is one; zeros before that are
 *   trailing_zero_8bits of the one before it. A start code that no NAL unit follows
 *   goes with the next one, or at the end with the one before.
 * * A NAL unit leaves when the header of the next one has come, because only then it
 *   is known whether it ends its access unit, which GST_BUFFER_FLAG_MARKER says. The
 *   last one leaves at EOS. Where caps say that buffers have whole NAL units or access
 *   units (alignment), it leaves with its buffer.
 * * The first NAL unit of an access unit has the times and metas of the buffer that
 *   its start code prefix began in, so an access unit that began in the middle of a
 *   buffer has the times of that, and two in one buffer have the same, as the two
 *   fields of a frame in a PES packet should. The others have none. In a segment that
 *   is not in TIME no buffer has times.
 * * A NAL unit that is not complete before GST_BUFFER_FLAG_DISCONT is dropped, and so
 *   is one of more than NAL_SPLIT_MAX_SIZE. The next one has that flag.
 */

G_END_DECLS

#endif
