/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef FLV_TAG_H
#define FLV_TAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bytes.h"

#ifdef __cplusplus
extern "C" {
#endif

/* FLV as Adobe's "Video File Format Specification" 10.1, annex E, has it. */

#define FLV_TAG_HEADER_SIZE 11
/** PreviousTagSize, which each tag ends with (E.3) */
#define FLV_TAG_TRAILER_SIZE 4
/** The most bytes that a tag has between the two (UI24) */
#define FLV_TAG_MAX_SIZE 0xffffff

typedef enum {
  FLV_AUDIO = 8,
  FLV_VIDEO = 9,
  FLV_SCRIPT = 18
} FlvTagType;

/**
 * FlvTag:
 * @type: a FlvTagType, or another number below 32
 * @is_encrypted: what follows is filtered (E.4.1), and nothing that could be read
 * @size: bytes of the body, between header and trailer
 * @timestamp_ms: of 32 bits; begins anew at 0 after 49.7 days
 *
 * What the header of a tag says (E.4.1).
 */
typedef struct {
  uint8_t type;
  bool is_encrypted;
  uint32_t size;
  uint32_t timestamp_ms;
} FlvTag;

typedef enum {
  FLV_MORE,                     /* all was read */
  FLV_TAG,                      /* a tag begins */
  FLV_BODY,                     /* bytes of its body */
  FLV_TAG_END,                  /* its body is whole */
  FLV_BROKEN                    /* what has come is no FLV, and neither is what follows */
} FlvEvent;

/**
 * FlvReader:
 * @tag: the tag at hand
 * @body: what FLV_BODY has found, within the data that it was found in
 *
 * Reads a stream of FLV that is cut anywhere. What begins it may be missing, as it is where
 * somebody joins a stream, and may come again, as it does where streams follow each other.
 */
typedef struct {
  FlvTag tag;
  BytesSpan body;
  /*< private >*/
  unsigned state;
  uint8_t header[FLV_TAG_HEADER_SIZE];
  size_t n_header;
  size_t left;                  /* of what is read or skipped */
} FlvReader;

/** A stream begins. */
void flv_reader_init (FlvReader * reader);

/** Reads on, up to the next event.
 * @data: (inout): what the stream goes on with; gets shorter from the front */
FlvEvent flv_reader_next (FlvReader * reader, BytesSpan * data);

/** Whether the stream may end here, between two tags. */
bool flv_reader_is_between_tags (const FlvReader * reader);

/** Looks into the body of a tag of video (E.4.3; Enhanced RTMP 2023).
 * @body: its first bytes: 8, or all of them if they are fewer
 * @composition_ms: (out): from the tag's time to when the frame is presented
 * Returns: whether it is a frame, and not what a decoder needs before the first one */
bool flv_video_is_frame (BytesSpan body, int32_t * composition_ms);

/** Looks at what a stream goes on with.
 * @data: FLV_TAG_HEADER_SIZE bytes
 * @tag: (out): of type 0 if it is the header of a file
 * Returns: bytes up to the next tag; 0 if this is no FLV */
size_t flv_tag_look (const uint8_t * data, FlvTag * tag);

/** Writes the header of a tag.
 * @dst: gets FLV_TAG_HEADER_SIZE bytes */
void flv_tag_write_header (const FlvTag * tag, uint8_t * dst);

/** Writes what a tag ends with.
 * @dst: gets FLV_TAG_TRAILER_SIZE bytes */
void flv_tag_write_trailer (const FlvTag * tag, uint8_t * dst);

#ifdef __cplusplus
}
#endif
#endif
