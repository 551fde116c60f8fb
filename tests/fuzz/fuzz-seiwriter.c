/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Messages written and read again.
 *
 * Input: format, layer, TemporalId, how often the rest is repeated, UUID,
 * payload. Bits 3 to 5 of the format say the type. */

#include "fuzz.h"

#define MAX_PAYLOAD 200000      /* more than a length field of 2 bytes can say */

/* The size of the NAL unit, without any cleverness */
static size_t
count_nal (H26xFormat format, const H26xInsertPoint * point,
    size_t type, const uint8_t * uuid, const uint8_t * payload,
    size_t payload_size)
{
  uint8_t *rbsp = malloc (payload_size + (payload_size + type) / 255 + 64);
  const size_t uuid_size = type == 5 ? SEI_UUID_SIZE : 0;
  size_t n = 0, size = uuid_size + payload_size;

  if (format.codec == H26X_CODEC_H265) {
    rbsp[n++] = (uint8_t) (39 << 1 | point->layer_id >> 5);
    rbsp[n++] =
        (uint8_t) ((point->layer_id & 31) << 3 | (point->temporal_id + 1));
  } else {
    rbsp[n++] = 6;
  }
  for (; type >= 255; type -= 255)
    rbsp[n++] = 255;
  rbsp[n++] = (uint8_t) type;
  for (; size >= 255; size -= 255)
    rbsp[n++] = 255;
  rbsp[n++] = (uint8_t) size;
  if (uuid_size > 0)
    memcpy (rbsp + n, uuid, uuid_size);
  n += uuid_size;
  if (payload_size > 0)
    memcpy (rbsp + n, payload, payload_size);
  n += payload_size;
  rbsp[n++] = 0x80;

  size_t escaped = 0;
  unsigned zeros = 0;
  for (size_t i = 0; i < n; i++) {
    if (zeros == 2 && rbsp[i] <= 3) {
      escaped++;
      zeros = 0;
    }
    zeros = rbsp[i] == 0 ? zeros + 1 : 0;
  }
  free (rbsp);
  return n + escaped;
}

/* 7.4.1: 00 00 00, 00 00 01 and 00 00 02 do not occur, and 03 only before what
 * would be one of them. With length fields neither. */
static void
check_emulation (const uint8_t * nal, size_t size)
{
  for (size_t i = 2; i < size; i++) {
    if (nal[i - 2] == 0 && nal[i - 1] == 0) {
      CHECK (nal[i] >= 3);
      CHECK (nal[i] > 3 || (i + 1 < size && nal[i + 1] <= 3));
    }
  }
  CHECK (nal[size - 1] == 0x80);
}

static void
check_read (const uint8_t * data, size_t size, H26xFormat format,
    const H26xInsertPoint * point, unsigned type, const uint8_t * uuid,
    const uint8_t * payload, size_t payload_size)
{
  const size_t uuid_size = type == 5 ? SEI_UUID_SIZE : 0;
  const BytesSpan span = { data, size };
  Bytes bytes;
  H26xNalIter it;
  H26xNal nal;
  SeiReader reader;
  SeiMessage message;

  bytes_init (&bytes, &span, 1);
  h26x_nal_iter_init (&it, &bytes, format);
  CHECK (h26x_nal_iter_next (&it, &nal));
  CHECK (nal.start == 0 && nal.offset + nal.size == size);
  CHECK (nal.kind == H26X_NAL_SEI);
  if (format.codec == H26X_CODEC_H265) {
    CHECK (nal.layer_id == point->layer_id);
    CHECK (nal.temporal_id == point->temporal_id);
  }
  check_emulation (data + nal.offset, nal.size);

  sei_reader_init (&reader, &bytes, format, &nal);
  CHECK (sei_reader_next (&reader, &message));
  CHECK (message.type == type);
  CHECK (message.size == uuid_size + payload_size);

  uint8_t *read = malloc (message.size + 1);
  CHECK (sei_message_copy (&message, 0, read, message.size) == message.size);
  CHECK (memcmp (read, uuid, uuid_size) == 0);
  CHECK (payload_size == 0
      || memcmp (read + uuid_size, payload, payload_size) == 0);
  free (read);

  CHECK (!sei_reader_next (&reader, &message) && reader.error == H26X_OK);
  CHECK (!h26x_nal_iter_next (&it, &nal) && it.error == H26X_OK);
}

int
LLVMFuzzerTestOneInput (const uint8_t * data, size_t size)
{
  static const unsigned types[8] = { 5, 0, 4, 100, 240, 255, 300, 65535 };
  FuzzInput in = { data, size };
  const uint8_t head = fuzz_take_byte (&in);
  const H26xFormat format = fuzz_format (head);
  const unsigned type = types[head >> 3 & 7];
  H26xInsertPoint point = { 0 };
  uint8_t uuid[SEI_UUID_SIZE] = { 0 };
  size_t written, again;

  if (format.codec == H26X_CODEC_H265) {
    point.layer_id = fuzz_take_byte (&in) & 63;
    point.temporal_id = fuzz_take_byte (&in) % 7;
  }
  size_t times = fuzz_take_byte (&in);
  const FuzzInput id = fuzz_take (&in, SEI_UUID_SIZE);
  if (id.size > 0)
    memcpy (uuid, id.data, id.size);

  /* Repeated a few times, or often enough to exceed a length field */
  times = times < 240 ? 1 : (times - 239) * 8;
  if (in.size * times > MAX_PAYLOAD)
    times = 1;
  const size_t payload_size = in.size * times;
  uint8_t *payload = malloc (payload_size);
  for (size_t i = 0; i < payload_size; i++)
    payload[i] = in.data[i % in.size];

  const size_t nal_size =
      count_nal (format, &point, type, uuid, payload, payload_size);
  const bool fits = format.length_size == 0 || format.length_size == 4
      || nal_size < (size_t) 1 << 8 * format.length_size;
  const H26xStatus status =
      sei_write_message (format, &point, type, uuid, payload,
      payload_size, NULL, 0, &written);

  CHECK (status == (fits ? H26X_OK : H26X_TOO_LARGE));
  if (fits) {
    uint8_t *dst = malloc (written);

    CHECK (written == nal_size + (format.length_size > 0 ?
            format.length_size : 4));
    memset (dst, 0xaa, written);
    CHECK (sei_write_message (format, &point, type, uuid, payload, payload_size,
            dst, written - 1, &again) == H26X_OK && again == written);
    for (size_t i = 0; i < written; i++)
      CHECK (dst[i] == 0xaa);
    CHECK (sei_write_message (format, &point, type, uuid, payload, payload_size,
            dst, written, &again) == H26X_OK && again == written);
    check_read (dst, written, format, &point, type, uuid, payload,
        payload_size);
    free (dst);
  } else {
    CHECK (written == 0);
  }
  free (payload);
  return 0;
}
