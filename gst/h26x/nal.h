/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef NAL_H
#define NAL_H

#include <stdbool.h>

#include "bytes.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The standards: ITU-T H.264 and H.265. */
typedef enum {
  H26X_CODEC_H264,
  H26X_CODEC_H265
} H26xCodec;

/** Bytes of a NAL unit's header. */
#define H26X_NAL_HEADER_SIZE(codec) ((codec) == H26X_CODEC_H265 ? 2u : 1u)

/** What functions of this floor answer. */
typedef enum {
  H26X_OK,
  H26X_TRUNCATED,                /* a length field or header exceeds the input */
  H26X_INVALID,                  /* the bytes contradict the syntax */
  H26X_TOO_LARGE,                /* does not fit the NAL length field */
  H26X_NO_SLICE                  /* the access unit has no VCL NAL unit */
} H26xStatus;

/**
 * H26xFormat:
 * @codec: the standard
 * @length_size: 0 where start codes separate NAL units (Annex B, caps
 *   stream-format=byte-stream); else the bytes of the length field before
 *   each one: 1, 2 or 4 (ISO/IEC 14496-15, lengthSizeMinusOne + 1)
 */
typedef struct {
  H26xCodec codec;
  unsigned length_size;
} H26xFormat;

/** What a NAL unit is, as far as SEI needs to know (H.264 table 7-1,
 * H.265 table 7-1). */
typedef enum {
  H26X_NAL_OTHER,                /* parameter sets, delimiters, filler, ... */
  H26X_NAL_SEI,                  /* H.264 6; H.265 39, prefix SEI */
  H26X_NAL_SEI_SUFFIX,           /* H.265 40 */
  H26X_NAL_SLICE_PREFIX,         /* H.264 14: belongs to the slice after it */
  H26X_NAL_SLICE,                /* VCL: H.264 1 to 5; H.265 0 to 31 */
  H26X_NAL_END                   /* end of sequence or bitstream: H.264 10, 11;
                                   H.265 36, 37 */
} H26xNalKind;

/**
 * H26xNal:
 * @start: offset of its start code (with the zero_byte that makes four bytes
 *   of it, Annex B) or length field
 * @offset: offset of its header
 * @size: bytes from the header on, without trailing_zero_8bits; never 0
 * @kind: what it is
 * @type: nal_unit_type
 * @layer_id: nuh_layer_id; 0 in H.264
 * @temporal_id: nuh_temporal_id_plus1 - 1; 0 in H.264
 * @first_in_picture: whether it is a slice that begins a picture: one whose
 *   first_mb_in_slice is 0 (H.264 7.3.3, types 1, 2 and 5) or that has
 *   first_slice_segment_in_pic_flag (H.265 7.3.6.1)
 * @prefix_of_idr: whether it is a H26X_NAL_SLICE_PREFIX whose slice is of an IDR
 *   picture (H.264 7.3.1: idr_flag of SVC, G.7.3.1.1, or non_idr_flag of MVC,
 *   H.7.3.1.1)
 *
 * One NAL unit of an access unit.
 */
typedef struct {
  size_t start;
  size_t offset;
  size_t size;
  H26xNalKind kind;
  unsigned type;
  unsigned layer_id;
  unsigned temporal_id;
  bool first_in_picture;
  bool prefix_of_idr;
} H26xNal;

/** Fills in all of @nal but where it is and its size.
 *
 * @header: H26X_NAL_HEADER_SIZE bytes
 * @next: the byte behind them, or -1 if there is none
 */
void h26x_nal_describe (H26xCodec codec, const uint8_t * header, int next,
    H26xNal * nal);

/** Whether a NAL unit that follows the slices of a picture begins the next access
 * unit (H.264 7.4.1.2.3, H.265 7.4.2.4.4). A slice does if it is
 * @nal->first_in_picture, so a redundant picture (H.264) is taken for another access
 * unit. A H26X_NAL_SLICE_PREFIX may also follow slices of the same picture; this
 * function does not decide about that. */
bool h26x_nal_begins_access_unit (H26xCodec codec, const H26xNal * nal);

/**
 * H26xNalIter:
 * @error: H26X_OK until something is wrong, then what; the iteration ends there
 *
 * Walks the NAL units of an access unit in order:
 *
 *     h26x_nal_iter_init (&it, &bytes, format);
 *     while (h26x_nal_iter_next (&it, &nal))
 *       use (&nal);
 *     if (it.error) ...
 *
 * A byte stream has no errors: bytes before the first start code are passed
 * over, and so are NAL units of no bytes. In H.265 a NAL unit of one byte is
 * passed over, too. With length fields a length of 0 is passed over, and one
 * that exceeds what is left is H26X_TRUNCATED. A length_size other than 0, 1, 2
 * and 4 is H26X_INVALID.
 */
typedef struct {
  H26xStatus error;
  /*< private >*/
  H26xFormat format;
  BytesCursor cursor;
  size_t next_start;
} H26xNalIter;

void h26x_nal_iter_init (H26xNalIter * it, const Bytes * bytes,
    H26xFormat format);

/** Finds the next NAL unit. In a byte stream this reads up to the start code
 * after it. Returns false at the end or at an error. */
bool h26x_nal_iter_next (H26xNalIter * it, H26xNal * nal);

/** As h26x_nal_iter_next(), but in a byte stream it stops after the header:
 * @nal->size is 0 unless the format has length fields. What a reader that wants
 * nothing behind the first slice calls, so that its cost does not grow with the
 * slice: if @nal->kind is not H26X_NAL_SLICE, follow with
 * h26x_nal_iter_finish(). Without that the next call gives the same NAL unit. */
bool h26x_nal_iter_peek (H26xNalIter * it, H26xNal * nal);

/** Reads to the end of the NAL unit that h26x_nal_iter_peek() gave and fills in
 * @nal->size. */
void h26x_nal_iter_finish (H26xNalIter * it, H26xNal * nal);

/** In a byte stream, goes on with the first start code at @offset or behind it.
 * Does nothing with length fields, or if it is there already. */
void h26x_nal_iter_skip_to (H26xNalIter * it, size_t offset);

/**
 * H26xInsertPoint:
 * @offset: where a prefix SEI NAL unit of its own goes
 * @layer_id: nuh_layer_id it must have
 * @temporal_id: TemporalId it must have
 */
typedef struct {
  size_t offset;
  unsigned layer_id;
  unsigned temporal_id;
} H26xInsertPoint;

/**
 * Finds the place for another SEI NAL unit in an access unit: after all that
 * precedes the first VCL NAL unit (so that a buffering period SEI stays first,
 * H.264 and H.265 7.4.1.2.3 / 7.4.2.4.4), but before the prefix NAL units 14
 * that belong to it (H.264 7.4.1: they must be adjacent to their slice). In
 * H.265 the ids are those of the first VCL NAL unit.
 *
 * Returns: H26X_OK; H26X_NO_SLICE if the access unit has no VCL NAL unit;
 *   H26X_TRUNCATED if a length field is wrong before one is found; H26X_INVALID
 *   if @format is
 */
H26xStatus h26x_find_insert_point (const Bytes * bytes, H26xFormat format,
    H26xInsertPoint * point);

#ifdef __cplusplus
}
#endif
#endif
