/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sei.h"

#include <string.h>

/* Writes, or only counts if dst is NULL. */
typedef struct
{
  uint8_t *dst;
  size_t size;                  /* bytes so far */
  unsigned zeros;               /* zero bytes that they end with */
} NalWriter;

static void
put_raw (NalWriter * writer, const uint8_t * data, size_t size)
{
  if (writer->dst)
    memcpy (writer->dst + writer->size, data, size);
  writer->size += size;
}

static const uint8_t emulation_prevention_three_byte = 3;

/* 7.4.1: 03 is inserted after any 00 00 that a byte <= 3 would follow */
static void
put_rbsp (NalWriter * writer, const uint8_t * data, size_t size)
{
  while (size > 0) {
    size_t n = 1;

    if (writer->zeros == 0) {
      /* Nothing happens before the first zero byte: copy up to it */
      const uint8_t *zero = memchr (data, 0, size);
      n = zero ? (size_t) (zero - data) + 1 : size;
    } else if (writer->zeros == 2 && *data <= 3) {
      put_raw (writer, &emulation_prevention_three_byte, 1);
      writer->zeros = 0;
    }
    put_raw (writer, data, n);
    writer->zeros = data[n - 1] == 0 ? writer->zeros + 1 : 0;
    data += n;
    size -= n;
  }
}

/* Puts payloadType or payloadSize: an FF byte for each 255, then the remainder
 * (7.3.2.3.1, in H.265 7.3.5) */
static void
put_sum (NalWriter * writer, size_t sum)
{
  uint8_t byte = 0xff;

  for (; sum >= 255; sum -= 255)
    put_rbsp (writer, &byte, 1);
  byte = (uint8_t) sum;
  put_rbsp (writer, &byte, 1);
}

/* Returns the size of the NAL unit, which goes to dst unless that is NULL */
static size_t
put_nal (uint8_t * dst, H26xCodec codec, const H26xInsertPoint * point,
    unsigned type, const uint8_t * uuid, const uint8_t * payload,
    size_t payload_size)
{
  static const uint8_t trailing_bits = 0x80;
  NalWriter writer = { dst, 0, 0 };

  if (codec == H26X_CODEC_H265) {
    /* H.265 7.3.1.2: type 39, PREFIX_SEI_NUT */
    const uint8_t header[2] = {
      (uint8_t) (39 << 1 | (point->layer_id >> 5 & 1)),
      (uint8_t) ((point->layer_id & 31) << 3 | ((point->temporal_id + 1) & 7))
    };
    put_rbsp (&writer, header, sizeof (header));
  } else {
    /* H.264 7.4.1: nal_ref_idc of a SEI is 0 */
    const uint8_t header = 6;
    put_rbsp (&writer, &header, 1);
  }

  const size_t uuid_size =
      type == SEI_TYPE_USER_DATA_UNREGISTERED ? SEI_UUID_SIZE : 0;

  put_sum (&writer, type);
  put_sum (&writer, uuid_size + payload_size);
  put_rbsp (&writer, uuid, uuid_size);
  put_rbsp (&writer, payload, payload_size);
  put_rbsp (&writer, &trailing_bits, 1);
  return writer.size;
}

/* Bytes of a NAL unit that its length field, or size_t, can hold. Returns 0 for a
 * format that does not exist. */
static size_t
max_nal_size (H26xFormat format)
{
  switch (format.length_size) {
    case 0:
      /* The NAL unit is less than twice its payload and some: fits size_t */
      return SIZE_MAX / 4;
    case 1:
      return UINT8_MAX;
    case 2:
      return UINT16_MAX;
    case 4:
      return UINT32_MAX < SIZE_MAX / 4 ? UINT32_MAX : SIZE_MAX / 4;
    default:
      return 0;
  }
}

static void
write_number (size_t number, uint8_t * dst, size_t size)
{
  for (size_t i = 0; i < size; i++)
    dst[i] = (uint8_t) (number >> (8 * (size - 1 - i)));
}

/* Largest start code or length field */
#define MAX_PREFIX_SIZE 4u

size_t
sei_get_max_size (unsigned type, size_t payload_size)
{
  if (type > SEI_MAX_TYPE || payload_size > SIZE_MAX / 4)
    return 0;

  const size_t content_size = SEI_UUID_SIZE + payload_size;
  /* header, payloadType, payloadSize, content, trailing bits: as put_nal() */
  const size_t nal_size = H26X_NAL_HEADER_SIZE (H26X_CODEC_H265)
      + type / 255 + 1 + content_size / 255 + 1 + content_size + 1;

  /* 7.4.1: no two bytes have more than one 03 behind them */
  return MAX_PREFIX_SIZE + nal_size + nal_size / 2;
}

H26xStatus
sei_write_message (H26xFormat format, const H26xInsertPoint * point,
    unsigned type, const uint8_t * uuid, const uint8_t * payload,
    size_t payload_size, uint8_t * dst, size_t capacity, size_t *written)
{
  const size_t prefix_size = format.length_size > 0 ? format.length_size : 4;
  const size_t max_size = max_nal_size (format);

  *written = 0;
  if (max_size == 0 || type > SEI_MAX_TYPE)
    return H26X_INVALID;
  if (payload_size > max_size)
    return H26X_TOO_LARGE;

  const size_t most = sei_get_max_size (type, payload_size);
  size_t nal_size;

  /* Measures first only where it might not fit */
  if (!dst || most > capacity || most > max_size) {
    nal_size =
        put_nal (NULL, format.codec, point, type, uuid, payload, payload_size);
    if (nal_size > max_size)
      return H26X_TOO_LARGE;
    *written = prefix_size + nal_size;
    if (!dst || *written > capacity)
      return H26X_OK;
  }

  nal_size = put_nal (dst + prefix_size, format.codec, point, type, uuid,
      payload, payload_size);
  write_number (format.length_size > 0 ? nal_size : 1, dst, prefix_size);
  *written = prefix_size + nal_size;
  return H26X_OK;
}

/* Returns the size of what is left of the NAL unit, which goes to dst unless that
 * is NULL */
static size_t
put_without (uint8_t * dst, H26xCodec codec, const Bytes * bytes,
    const H26xNal * nal, const SeiRange * cuts, size_t n_cuts)
{
  NalWriter writer = { dst, 0, 0 };
  uint8_t header[2];
  const size_t header_size = H26X_NAL_HEADER_SIZE (codec);
  H26xRbsp rbsp;

  bytes_copy (bytes, nal->offset, header, header_size);
  put_raw (&writer, header, header_size);
  h26x_rbsp_init (&rbsp, bytes, nal->offset, nal->size, header_size);
  for (size_t i = 0; i <= n_cuts; i++) {
    const size_t stop = i < n_cuts ? cuts[i].start : SIZE_MAX;
    uint8_t content[256];
    size_t n = 0;

    do {
      put_rbsp (&writer, content, n);
      n = stop - rbsp.offset;
      n = h26x_rbsp_read (&rbsp, content,
          n < sizeof (content) ? n : sizeof (content));
    } while (n > 0);
    if (i < n_cuts)
      h26x_rbsp_read (&rbsp, NULL, cuts[i].end - cuts[i].start);
  }
  /* 7.4.1: nor does a NAL unit end with 00, which a byte stream would lose */
  if (writer.zeros == 2)
    put_raw (&writer, &emulation_prevention_three_byte, 1);
  return writer.size;
}

H26xStatus
sei_write_without (H26xFormat format, const Bytes * bytes,
    const H26xNal * nal, const SeiRange * cuts, size_t n_cuts, uint8_t * dst,
    size_t capacity, size_t *written)
{
  const size_t max_size = max_nal_size (format);

  *written = 0;
  if (max_size == 0)
    return H26X_INVALID;

  const size_t nal_size =
      put_without (NULL, format.codec, bytes, nal, cuts, n_cuts);
  if (nal_size > max_size)
    return H26X_TOO_LARGE;

  *written = format.length_size + nal_size;
  if (!dst || *written > capacity)
    return H26X_OK;

  write_number (nal_size, dst, format.length_size);
  put_without (dst + format.length_size, format.codec, bytes, nal, cuts,
      n_cuts);
  return H26X_OK;
}
