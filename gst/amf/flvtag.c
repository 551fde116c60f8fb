/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "flvtag.h"

#include <string.h>

/* E.2: signature, version, flags, and the size of all that */
#define FILE_HEADER_SIZE 9
/* Nobody has more to say there. */
#define MAX_FILE_HEADER_SIZE 0xffff

enum
{
  AT_HEADER,                    /* of a tag, or of a file */
  IN_FILE_HEADER,
  IN_BODY,
  IN_SKIPPED,                   /* the rest of a file's header, or what tags end with */
  IS_BROKEN
};

static uint32_t
read_be (const uint8_t * bytes, size_t size)
{
  uint32_t value = 0;

  for (size_t i = 0; i < size; i++)
    value = value << 8 | bytes[i];
  return value;
}

static void
write_be (uint32_t value, uint8_t * bytes, size_t size)
{
  for (size_t i = size; i > 0; i--, value >>= 8)
    bytes[i - 1] = value & 0xff;
}

void
flv_reader_init (FlvReader * reader)
{
  *reader = (FlvReader) {
  .state = AT_HEADER};
}

static void
enter (FlvReader * reader, unsigned state, size_t size)
{
  reader->state = state;
  reader->n_header = 0;
  reader->left = size;
}

static BytesSpan
take (BytesSpan * data, size_t wanted)
{
  const size_t n = wanted < data->size ? wanted : data->size;
  const BytesSpan taken = { data->data, n };

  data->data += n;
  data->size -= n;
  return taken;
}

/* Returns whether there are @size bytes of a header. */
static bool
fill_header (FlvReader * reader, BytesSpan * data, size_t size)
{
  if (reader->n_header < size) {
    const BytesSpan taken = take (data, size - reader->n_header);

    if (taken.size > 0)
      memcpy (reader->header + reader->n_header, taken.data, taken.size);
    reader->n_header += taken.size;
  }
  return reader->n_header >= size;
}

/* E.4.1: a reserved bit or two, a filter, 5 bits of type
 * Returns: whether it can be one */
static bool
read_tag (const uint8_t * header, FlvTag * tag)
{
  *tag = (FlvTag) {
    .type = header[0] & 0x1f,.is_encrypted = (header[0] & 0x20) != 0,.size =
        read_be (header + 1, 3),.timestamp_ms =
        (uint32_t) header[7] << 24 | read_be (header + 4, 3)
  };
  return (header[0] & 0xc0) == 0;
}

/* E.2: what begins a file, up to its first tag
 * Returns: its size; 0: it is none */
static size_t
read_file_header (const uint8_t * header)
{
  const size_t size = read_be (header + 5, 4);

  return memcmp (header, "FLV", 3) == 0 && size >= FILE_HEADER_SIZE
      && size <= MAX_FILE_HEADER_SIZE ? size + FLV_TAG_TRAILER_SIZE : 0;
}

size_t
flv_tag_look (const uint8_t * data, FlvTag * tag)
{
  if (data[0] != 'F')
    return read_tag (data, tag) ?
        FLV_TAG_HEADER_SIZE + tag->size + FLV_TAG_TRAILER_SIZE : 0;
  *tag = (FlvTag) {
  .type = 0};
  return read_file_header (data);
}

static FlvEvent
give_up (FlvReader * reader)
{
  enter (reader, IS_BROKEN, 0);
  return FLV_BROKEN;
}

FlvEvent
flv_reader_next (FlvReader * reader, BytesSpan * data)
{
  size_t size;

  while (true) {
    switch (reader->state) {
      case AT_HEADER:
        if (!fill_header (reader, data, 1))
          return FLV_MORE;
        if (reader->header[0] == 'F')
          reader->state = IN_FILE_HEADER;
        else if (!fill_header (reader, data, FLV_TAG_HEADER_SIZE))
          return FLV_MORE;
        else if (!read_tag (reader->header, &reader->tag))
          return give_up (reader);
        else {
          enter (reader, IN_BODY, reader->tag.size);
          return FLV_TAG;
        }
        break;
      case IN_FILE_HEADER:
        if (!fill_header (reader, data, FILE_HEADER_SIZE))
          return FLV_MORE;
        size = read_file_header (reader->header);
        if (size == 0)
          return give_up (reader);
        enter (reader, IN_SKIPPED, size - FILE_HEADER_SIZE);
        break;
      case IN_BODY:
        if (reader->left == 0) {
          enter (reader, IN_SKIPPED, FLV_TAG_TRAILER_SIZE);
          return FLV_TAG_END;
        }
        reader->body = take (data, reader->left);
        reader->left -= reader->body.size;
        return reader->body.size > 0 ? FLV_BODY : FLV_MORE;
      case IN_SKIPPED:
        reader->left -= take (data, reader->left).size;
        if (reader->left > 0)
          return FLV_MORE;
        enter (reader, AT_HEADER, 0);
        break;
      default:
        take (data, data->size);
        return FLV_MORE;
    }
  }
}

bool
flv_reader_is_between_tags (const FlvReader * reader)
{
  return reader->state == IN_SKIPPED || reader->state == IS_BROKEN
      || (reader->state == AT_HEADER && reader->n_header == 0);
}

/* Whether frames of a codec of Enhanced RTMP are presented in another order than they come */
static bool
has_composition_time (const uint8_t * fourcc)
{
  return memcmp (fourcc, "avc1", 4) == 0 || memcmp (fourcc, "hvc1", 4) == 0
      || memcmp (fourcc, "vvc1", 4) == 0;
}

/* E.4.3.1: of AVC (and of HEVC, where people write it the same way) a packet of type 1 is a
 * frame. Enhanced RTMP has that type in the first byte: 3, or 1, which has a composition time if
 * the codec has one. */
bool
flv_video_is_frame (BytesSpan body, int32_t * composition_ms)
{
  const uint8_t *data = body.data;
  const bool is_enhanced = body.size > 0 && (data[0] & 0x80) != 0;
  const bool has_packets = is_enhanced || (body.size > 0
      && ((data[0] & 0xf) == 7 || (data[0] & 0xf) == 12));
  const size_t time = is_enhanced ? 5 : 2;

  *composition_ms = 0;
  /* 5: a command */
  if (body.size < 2 || (data[0] >> 4 & 7) == 5)
    return false;
  if (!has_packets)
    return true;

  const unsigned packet = is_enhanced ? data[0] & 0xf : data[1];

  if (packet == 1 && body.size >= time + 3
      && (!is_enhanced || has_composition_time (data + 1)))
    *composition_ms = (int32_t) (read_be (data + time, 3) << 8) / 256;
  return packet == 1 || (is_enhanced && packet == 3);
}

void
flv_tag_write_header (const FlvTag * tag, uint8_t * dst)
{
  dst[0] = tag->type | (tag->is_encrypted ? 0x20 : 0);
  write_be (tag->size, dst + 1, 3);
  write_be (tag->timestamp_ms, dst + 4, 3);
  dst[7] = tag->timestamp_ms >> 24;
  write_be (0, dst + 8, 3);
}

void
flv_tag_write_trailer (const FlvTag * tag, uint8_t * dst)
{
  write_be (FLV_TAG_HEADER_SIZE + tag->size, dst, FLV_TAG_TRAILER_SIZE);
}
