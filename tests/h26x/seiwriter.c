/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sei.h"

#include "split.h"

static const H26xFormat formats[] = {
  {H26X_CODEC_H264, 0}, {H26X_CODEC_H264, 1},
  {H26X_CODEC_H264, 2}, {H26X_CODEC_H264, 4},
  {H26X_CODEC_H265, 0}, {H26X_CODEC_H265, 1},
  {H26X_CODEC_H265, 2}, {H26X_CODEC_H265, 4}
};

static const size_t payload_sizes[] = {
  0, 1, 15, 16, 238, 239, 240, 254, 255, 256, 494, 510, 4017, 60000
};

static const uint8_t our_uuid[SEI_UUID_SIZE] = {
  0xa4, 0xb0, 0x05, 0x12, 0xd7, 0x94, 0x56, 0x11,
  0x86, 0xb7, 0x17, 0x40, 0x6d, 0xe2, 0xf1, 0xde
};

/* The NAL unit as 7.3.1, 7.3.2.3 and 7.4.1 say it, the slow way */
static GByteArray *
slow_nal (H26xCodec codec, const H26xInsertPoint * point, unsigned type,
    const uint8_t * uuid, const uint8_t * payload, size_t payload_size)
{
  GByteArray *rbsp = g_byte_array_new ();
  GByteArray *nal = g_byte_array_new ();
  const size_t uuid_size = type == 5 ? SEI_UUID_SIZE : 0;
  size_t left = uuid_size + payload_size;
  const uint8_t ff = 0xff, trailing = 0x80, three = 3;

  for (; type >= 255; type -= 255)
    g_byte_array_append (rbsp, &ff, 1);
  const uint8_t last_of_type = (uint8_t) type;
  g_byte_array_append (rbsp, &last_of_type, 1);
  for (; left >= 255; left -= 255)
    g_byte_array_append (rbsp, &ff, 1);
  const uint8_t last = (uint8_t) left;
  g_byte_array_append (rbsp, &last, 1);
  if (uuid_size > 0)
    g_byte_array_append (rbsp, uuid, SEI_UUID_SIZE);
  if (payload_size > 0)
    g_byte_array_append (rbsp, payload, (guint) payload_size);
  g_byte_array_append (rbsp, &trailing, 1);

  const unsigned h265 = 39u << 9 | point->layer_id << 3
      | (point->temporal_id + 1);
  const uint8_t h265_header[2] = { (uint8_t) (h265 >> 8), (uint8_t) h265 };
  const uint8_t h264_header = 6;
  if (codec == H26X_CODEC_H265)
    g_byte_array_append (nal, h265_header, 2);
  else
    g_byte_array_append (nal, &h264_header, 1);

  unsigned zeros = 0;
  for (guint i = 0; i < rbsp->len; i++) {
    if (zeros == 2 && rbsp->data[i] <= 3) {
      g_byte_array_append (nal, &three, 1);
      zeros = 0;
    }
    g_byte_array_append (nal, rbsp->data + i, 1);
    zeros = rbsp->data[i] == 0 ? zeros + 1 : 0;
  }
  g_byte_array_unref (rbsp);
  return nal;
}

/* What 7.4.1 says that a NAL unit shall not contain */
static void
check_no_emulation (const uint8_t * nal, size_t size)
{
  for (size_t i = 2; i < size; i++) {
    if (nal[i - 2] != 0 || nal[i - 1] != 0)
      continue;
    g_assert_cmpuint (nal[i], >, 2);
    if (nal[i] == 3 && i + 1 < size)
      g_assert_cmpuint (nal[i + 1], <=, 3);
  }
  g_assert_cmpuint (nal[size - 1], !=, 0);
}

static void
check_read_back (const Bytes * bytes, H26xFormat format,
    const H26xInsertPoint * point, unsigned type, const uint8_t * uuid,
    const uint8_t * payload, size_t payload_size)
{
  const size_t uuid_size = type == 5 ? SEI_UUID_SIZE : 0;
  const size_t size = uuid_size + payload_size;
  H26xNalIter it;
  H26xNal nal, none;
  SeiReader reader;
  SeiMessage message;

  h26x_nal_iter_init (&it, bytes, format);
  g_assert_true (h26x_nal_iter_next (&it, &nal));
  g_assert_cmpint (nal.kind, ==, H26X_NAL_SEI);
  g_assert_cmpuint (nal.start, ==, 0);
  g_assert_cmpuint (nal.offset + nal.size, ==, bytes->size);
  if (format.codec == H26X_CODEC_H265) {
    g_assert_cmpuint (nal.layer_id, ==, point->layer_id);
    g_assert_cmpuint (nal.temporal_id, ==, point->temporal_id);
  }
  g_assert_false (h26x_nal_iter_next (&it, &none));

  sei_reader_init (&reader, bytes, format, &nal);
  g_assert_true (sei_reader_next (&reader, &message));
  g_assert_cmpuint (message.type, ==, type);
  g_assert_cmpuint (message.size, ==, size);
  uint8_t *read = malloc (size + 1);
  g_assert_cmpuint (sei_message_copy (&message, 0, read, size), ==, size);
  if (uuid_size > 0)
    g_assert_cmpint (memcmp (read, uuid, uuid_size), ==, 0);
  if (payload_size > 0)
    g_assert_cmpint (memcmp (read + uuid_size, payload, payload_size), ==, 0);
  free (read);
  g_assert_false (sei_reader_next (&reader, &message));
  g_assert_cmpint (reader.error, ==, H26X_OK);
}

static void
check_write (H26xFormat format, const H26xInsertPoint * point,
    unsigned type, const uint8_t * uuid, const uint8_t * payload,
    size_t payload_size)
{
  GByteArray *slow =
      slow_nal (format.codec, point, type, uuid, payload, payload_size);
  const size_t prefix_size = format.length_size > 0 ? format.length_size : 4;
  const size_t size = prefix_size + slow->len;
  size_t written = 1;

  if (format.length_size > 0 && format.length_size < 4
      && slow->len >> (8 * format.length_size) != 0) {
    g_assert_cmpint (sei_write_message (format, point, type, uuid, payload,
            payload_size, NULL, 0, &written), ==, H26X_TOO_LARGE);
    g_assert_cmpuint (written, ==, 0);
    g_byte_array_unref (slow);
    return;
  }

  g_assert_cmpint (sei_write_message (format, point, type, uuid, payload,
          payload_size, NULL, SIZE_MAX, &written), ==, H26X_OK);
  g_assert_cmpuint (written, ==, size);

  uint8_t *dst = malloc (size);
  memset (dst, 0x5a, size);
  written = 1;
  g_assert_cmpint (sei_write_message (format, point, type, uuid, payload,
          payload_size, dst, size - 1, &written), ==, H26X_OK);
  g_assert_cmpuint (written, ==, size);
  for (size_t i = 0; i < size; i++)
    g_assert_cmpuint (dst[i], ==, 0x5a);

  written = 1;
  g_assert_cmpint (sei_write_message (format, point, type, uuid, payload,
          payload_size, dst, size, &written), ==, H26X_OK);
  g_assert_cmpuint (written, ==, size);
  uint64_t prefix = 0;
  for (size_t i = 0; i < prefix_size; i++)
    prefix = prefix << 8 | dst[i];
  g_assert_cmpuint (prefix, ==, format.length_size > 0 ? slow->len : 1);
  g_assert_cmpint (memcmp (dst + prefix_size, slow->data, slow->len), ==, 0);
  check_no_emulation (dst + prefix_size, slow->len);

  /* Small ones in two parts cut everywhere, large ones near both ends */
  for (size_t cut = 0; cut <= size; cut += cut < 40 || cut + 8 > size ? 1 :
      size < 600 ? 7 : size / 5) {
    Split split;

    split_init (&split, dst, size, cut / 2, cut);
    check_read_back (&split.bytes, format, point, type, uuid, payload,
        payload_size);
    split_clear (&split);
  }
  free (dst);
  g_byte_array_unref (slow);
}

/* pattern 0: counts up; 1 to 6: full of 00 00 0x; 7: nasty; 8: text */
static uint8_t *
make_payload (unsigned pattern, size_t size)
{
  uint8_t *payload = malloc (size);
  GRand *rand = g_rand_new_with_seed (pattern);

  for (size_t i = 0; i < size; i++) {
    if (pattern == 0)
      payload[i] = (uint8_t) i;
    else if (pattern <= 6)
      payload[i] = i % 3 == 2 ? (uint8_t) (pattern - 1) : 0;
    else
      payload[i] = (uint8_t) ("{\"seq\": 1}"[i % 10]);
  }
  if (pattern == 7)
    fill_nasty (rand, payload, size);
  g_rand_free (rand);
  return payload;
}

static void
test_seiwriter_round_trip (gconstpointer data)
{
  const H26xFormat format = *(const H26xFormat *) data;
  const H26xInsertPoint points[] = { {0, 0, 0}, {9, 1, 2}, {9, 63, 6} };

  for (unsigned i = 0; i < G_N_ELEMENTS (payload_sizes); i++) {
    for (unsigned pattern = 0; pattern <= 8; pattern++) {
      uint8_t *payload = make_payload (pattern, payload_sizes[i]);
      uint8_t uuid[SEI_UUID_SIZE];

      memcpy (uuid, our_uuid, SEI_UUID_SIZE);
      for (unsigned k = 0; pattern >= 1 && pattern <= 6 && k < 16; k++)
        uuid[k] = k % 3 == 2 ? (uint8_t) (pattern - 1) : 0;
      check_write (format, &points[i % 3], 5, uuid, payload, payload_sizes[i]);
      free (payload);
    }
  }
}

/* 00 in payloadSize (255, 510, ...) and in a UUID that follows make 00 00 03 */
static void
test_seiwriter_prevents_emulation_in_size_and_uuid (void)
{
  static const uint8_t zeros[SEI_UUID_SIZE] = { 0 };
  uint8_t payload[255 - SEI_UUID_SIZE] = { 0 };
  const H26xInsertPoint point = { 0, 0, 0 };
  const uint8_t begin[] = { 0, 0, 0, 1, 6, 5, 0xff, 0, 0, 3, 0, 0, 3, 0, 0, 3 };
  uint8_t dst[600];
  size_t written;

  g_assert_cmpint (sei_write_message (formats[0], &point, 5, zeros, payload,
          sizeof (payload), dst, sizeof (dst), &written), ==, H26X_OK);
  g_assert_cmpmem (dst, sizeof (begin), begin, sizeof (begin));
  check_no_emulation (dst + 4, written - 4);
}

static void
test_seiwriter_no_payload_may_be_null (void)
{
  for (unsigned i = 0; i < G_N_ELEMENTS (formats); i++)
    check_write (formats[i], &(H26xInsertPoint) {
        0, 2, 1}, 5, our_uuid, NULL, 0);
}

/* A UUID in type 5 alone; types of several bytes; zeros in type and size */
static void
test_seiwriter_types (void)
{
  static const unsigned types[] = {
    0, 1, 3, 4, 5, 6, 100, 128, 240, 245, 254, 255, 256, 300, 510, SEI_MAX_TYPE
  };
  static const size_t sizes[] = { 0, 1, 16, 255, 300 };

  for (unsigned i = 0; i < G_N_ELEMENTS (formats); i++) {
    for (unsigned k = 0; k < G_N_ELEMENTS (types); k++) {
      for (unsigned n = 0; n < G_N_ELEMENTS (sizes); n++) {
        uint8_t *payload = make_payload (n % 2 + 1, sizes[n]);

        check_write (formats[i], &(H26xInsertPoint) {
            0, 2, 1}, types[k], types[k] == 5 ? our_uuid : NULL, payload,
            sizes[n]);
        free (payload);
      }
    }
  }
}

static void
test_seiwriter_type_too_large_is_invalid (void)
{
  const H26xInsertPoint point = { 0, 0, 0 };
  size_t written = 1;

  g_assert_cmpint (sei_write_message (formats[0], &point, SEI_MAX_TYPE + 1,
          NULL, NULL, 0, NULL, 0, &written), ==, H26X_INVALID);
  g_assert_cmpuint (written, ==, 0);
}

/* Nothing of the payload is read where its size alone is too large */
static void
test_seiwriter_too_large (void)
{
  static const uint8_t zeros[SEI_UUID_SIZE] = { 0 };
  const H26xInsertPoint point = { 0, 0, 0 };
  const struct
  {
    H26xFormat format;
    size_t largest;             /* of a payload without zeros */
  } cases[] = {
    /* 255 - header - type - size - UUID - trailing bits */
    {{H26X_CODEC_H264, 1}, 255 - 1 - 1 - 1 - 16 - 1},
    {{H26X_CODEC_H265, 1}, 255 - 2 - 1 - 1 - 16 - 1},
    /* the size 65261 takes 256 bytes */
    {{H26X_CODEC_H264, 2}, 65535 - 1 - 1 - 256 - 16 - 1},
    {{H26X_CODEC_H265, 2}, 65535 - 2 - 1 - 256 - 16 - 1}
  };
  uint8_t *payload = malloc (70000);
  uint8_t *dst = malloc (70000);

  memset (payload, 'x', 70000);
  for (unsigned i = 0; i < G_N_ELEMENTS (cases); i++) {
    const H26xFormat format = cases[i].format;
    const size_t largest = cases[i].largest;
    const size_t max = format.length_size == 1 ? 255 : 65535;
    size_t written;

    g_assert_cmpint (sei_write_message (format, &point, 5, our_uuid, payload,
            largest, dst, 70000, &written), ==, H26X_OK);
    g_assert_cmpuint (written, ==, format.length_size + max);
    check_write (format, &point, 5, our_uuid, payload, largest);
    memset (dst, 0x5a, 70000);
    g_assert_cmpint (sei_write_message (format, &point, 5, our_uuid, payload,
            largest + 1, dst, 70000, &written), ==, H26X_TOO_LARGE);
    g_assert_cmpuint (written, ==, 0);
    /* It is the bytes with emulation prevention that must fit */
    g_assert_cmpint (sei_write_message (format, &point, 5, zeros, payload,
            largest, dst, 70000, &written), ==, H26X_TOO_LARGE);
    for (size_t k = 0; k < 70000; k++)
      g_assert_cmpuint (dst[k], ==, 0x5a);
    g_assert_cmpint (sei_write_message (format, &point, 5, our_uuid, payload,
            SIZE_MAX, dst, 70000, &written), ==, H26X_TOO_LARGE);
  }
  for (unsigned i = 0; i < G_N_ELEMENTS (formats); i++) {
    size_t written = 1;

    for (unsigned k = 0; k < 20; k++) {
      g_assert_cmpint (sei_write_message (formats[i], &point, 5, our_uuid,
              payload, SIZE_MAX - k, NULL, 0, &written), ==, H26X_TOO_LARGE);
      g_assert_cmpuint (written, ==, 0);
    }
  }
  free (dst);
  free (payload);
}

static void
test_seiwriter_length_size_of_no_standard_is_invalid (void)
{
  const H26xFormat format = { H26X_CODEC_H264, 3 };
  const H26xInsertPoint point = { 0, 0, 0 };
  size_t written = 1;

  g_assert_cmpint (sei_write_message (format, &point, 5, our_uuid, NULL, 0,
          NULL, 0, &written), ==, H26X_INVALID);
  g_assert_cmpuint (written, ==, 0);
}

/* With room for the most, it is written at once */
static void
test_seiwriter_writes_the_same_into_more_room (void)
{
  static const unsigned types[] = { 0, 5, 254, 255, 510, SEI_MAX_TYPE };
  static const uint8_t zeros[SEI_UUID_SIZE];
  const H26xInsertPoint point = { 0, 63, 6 };
  uint8_t *payload = calloc (60000, 1);

  for (unsigned i = 0; i < G_N_ELEMENTS (formats) * G_N_ELEMENTS (types); i++) {
    const H26xFormat format = formats[i % G_N_ELEMENTS (formats)];
    const unsigned type = types[i / G_N_ELEMENTS (formats)];

    for (unsigned k = 0; k < G_N_ELEMENTS (payload_sizes); k++) {
      const size_t most = sei_get_max_size (type, payload_sizes[k]);
      uint8_t *dst = malloc (most + 1);
      uint8_t *exact = malloc (most);
      size_t size, written;

      const H26xStatus status = sei_write_message (format, &point, type, zeros,
          payload, payload_sizes[k], NULL, 0, &size);
      memset (dst, 0x5a, most + 1);
      g_assert_cmpint (sei_write_message (format, &point, type, zeros, payload,
              payload_sizes[k], dst, most, &written), ==, status);
      g_assert_cmpuint (written, ==, size);
      g_assert_cmpuint (written, <=, most);
      sei_write_message (format, &point, type, zeros, payload,
          payload_sizes[k], exact, size, &written);
      g_assert_cmpint (memcmp (dst, exact, size), ==, 0);
      for (size_t j = size; j <= most; j++)
        g_assert_cmpuint (dst[j], ==, 0x5a);
      free (exact);
      free (dst);
    }
  }
  g_assert_cmpuint (sei_get_max_size (SEI_MAX_TYPE + 1, 0), ==, 0);
  g_assert_cmpuint (sei_get_max_size (5, SIZE_MAX), ==, 0);
  free (payload);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (unsigned i = 0; i < G_N_ELEMENTS (formats); i++) {
    gchar *path = g_strdup_printf ("/seiwriter/round-trip/%s-length-%u",
        formats[i].codec == H26X_CODEC_H264 ? "h264" : "h265",
        formats[i].length_size);
    g_test_add_data_func (path, &formats[i], test_seiwriter_round_trip);
    g_free (path);
  }
#define ADD(path, func) g_test_add_func ("/seiwriter/" path, func)
  ADD ("emulation", test_seiwriter_prevents_emulation_in_size_and_uuid);
  ADD ("no-payload", test_seiwriter_no_payload_may_be_null);
  ADD ("types", test_seiwriter_types);
  ADD ("type-too-large", test_seiwriter_type_too_large_is_invalid);
  ADD ("too-large", test_seiwriter_too_large);
  ADD ("more-room", test_seiwriter_writes_the_same_into_more_room);
  ADD ("length-size-invalid",
      test_seiwriter_length_size_of_no_standard_is_invalid);
  return g_test_run ();
}
