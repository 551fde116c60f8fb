/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "klvvalue.h"

#include <math.h>
#include <string.h>

#include "klvimapb.h"
#include "klvmap.h"
#include "jsonnumber.h"
#include "klvreader.h"

/* The fewest and the most bytes; those between them, too, if it is not one or the other */
typedef struct
{
  uint8_t least;
  uint8_t most;
  bool is_either;
} Sizes;

/* Of a type that is not here any number of bytes is right. */
static const Sizes sizes_of_types[KLV_SERIES + 1] = {
  [KLV_UINT] = {1, 8, false},
  [KLV_INT] = {1, 8, false},
  [KLV_TIME_US] = {1, 8, false},
  [KLV_IMAPB] = {1, 8, false},
  [KLV_FLOAT] = {4, 8, true},
  [KLV_ENUM] = {1, 8, false},
  [KLV_FLAGS] = {1, 8, false},
  [KLV_BITS] = {1, KLV_BITS_MAX_SIZE, false},
  [KLV_UUID] = {16, 16, false},
  [KLV_RGB] = {3, 3, false}
};

/* Returns: of @most 0: any */
static Sizes
get_sizes (const KlvItem * item, KlvType type)
{
  if (type == KLV_ULIN || type == KLV_ILIN)
    return (Sizes) {
    item->size, item->size, false};
  return sizes_of_types[type];
}

static bool
has_right_size (const KlvItem * item, KlvType type, size_t size)
{
  const Sizes sizes = get_sizes (item, type);

  if (sizes.most == 0 || size == sizes.least || size == sizes.most)
    return true;
  return !sizes.is_either && size > sizes.least && size < sizes.most;
}

void
klv_value_put_sizes (JsonOutput * text, const KlvItem * item)
{
  const Sizes sizes = get_sizes (item, item->type);

  json_output_put_uint (text, sizes.least);
  if (sizes.least == sizes.most)
    return;
  json_output_put_string (text, sizes.is_either ? " or " : " to ");
  json_output_put_uint (text, sizes.most);
}

static void
put_fixed (JsonOutput * text, double value, unsigned decimals)
{
  char number[JSON_NUMBER_MAX_SIZE];

  json_output_put (text, number, json_number_write_fixed (value, decimals,
          number));
}

static void
put_shortest (JsonOutput * text, double value, bool is_float)
{
  char number[JSON_NUMBER_MAX_SIZE];

  json_output_put (text, number,
      json_number_write_shortest (value, is_float, number));
}

static void
put_mapped (JsonOutput * text, const KlvItem * item, BytesSpan value,
    const char **special)
{
  const int64_t code = item->type == KLV_ULIN ? (int64_t) klv_get_uint (value)
      : klv_get_int (value);

  if (klv_map_is_special (item, code)) {
    *special = item->special;
    json_output_put_string (text, "null");
  } else {
    put_fixed (text, klv_map_decode (item, code), item->decimals);
  }
}

/* The fewest decimals with 10^-k <= 2^resolution / 2 */
static unsigned
get_decimals (int resolution)
{
  /* log10(2), rounded up so little that it shows with no power of two of a code */
  return resolution >= 1 ? 0 : ((1 - resolution) * 30103 + 99999) / 100000;
}

static bool
gives_code (const KlvItem * item, double value, BytesSpan code)
{
  uint8_t bytes[8];

  return klv_imapb_find_code (item->min, item->max, value, bytes, code.size)
      && memcmp (bytes, code.data, code.size) == 0;
}

/* ST 1201 encodes by rounding down, so a text that is below the number would give the code
 * before. It is rounded up, but where what looks like a fraction comes of binary numbers. */
static void
put_imapb_number (JsonOutput * text, const KlvItem * item, double number,
    BytesSpan code)
{
  const unsigned decimals = get_decimals (klv_imapb_resolution (item->min,
          item->max, code.size));
  const double power = json_number_power (decimals);
  const double candidates[] = { rint (number * power), ceil (number * power),
    ceil (number * power) + 1
  };

  /* what has more digits than a double */
  if (fabs (number) * power >= 4503599627370496) {
    put_shortest (text, number, false);
    return;
  }
  for (size_t i = fabs (candidates[0] - number * power) < 1e-6 ? 0 : 1; i < 3;
      i++) {
    if (gives_code (item, candidates[i] / power, code)) {
      put_fixed (text, candidates[i] / power, decimals);
      return;
    }
  }
  /* the last of all codes: what is above it has none */
  put_shortest (text, number, false);
}

static void
put_imapb (JsonOutput * text, const KlvItem * item, BytesSpan value,
    const char **special)
{
  double number;

  if (klv_imapb_decode (item->min, item->max, value.data, value.size, &number)) {
    put_imapb_number (text, item, number, value);
  } else {
    *special = klv_imapb_special (value.data[0]);
    json_output_put_string (text, "null");
  }
}

static void
put_float (JsonOutput * text, BytesSpan value, const char **special)
{
  const bool is_float = value.size == 4;
  const uint64_t bits = klv_get_uint (value);
  const uint32_t short_bits = (uint32_t) bits;
  float short_number;
  double number;

  memcpy (&number, &bits, sizeof (number));
  memcpy (&short_number, &short_bits, sizeof (short_number));
  if (is_float)
    number = short_number;
  if (isfinite (number)) {
    put_shortest (text, number, is_float);
    return;
  }
  *special = isnan (number) ? "nan"
      : number < 0 ? "negative_infinity" : "positive_infinity";
  json_output_put_string (text, "null");
}

/* Writers in C count the NUL at the end. */
static void
put_utf8 (JsonOutput * text, BytesSpan value)
{
  while (value.size > 0 && value.data[value.size - 1] == 0)
    value.size--;
  json_output_put_quoted (text, (const char *) value.data, value.size);
}

static uint32_t
read_utf16 (KlvReader * reader)
{
  const uint32_t unit = klv_read_uint (reader, 2);
  KlvReader ahead = *reader;

  if (unit >= 0xd800 && unit < 0xdc00) {
    const uint32_t low = klv_read_uint (&ahead, 2);

    if (low >= 0xdc00 && low < 0xe000) {
      *reader = ahead;
      return 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
    }
  }
  return unit >= 0xd800 && unit < 0xe000 ? 0xfffd : unit;
}

static size_t
put_character (uint8_t * dst, uint32_t c)
{
  const unsigned n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  static const uint8_t first[] = { 0, 0xc0, 0xe0, 0xf0 };

  for (unsigned i = n; i > 1; i--, c >>= 6)
    dst[i - 1] = 0x80 | (c & 0x3f);
  dst[0] = first[n - 1] | c;
  return n;
}

/* What is written at once: characters of up to 4 bytes, each of which takes up to 6 in JSON */
#define CHUNK 64

static void
put_utf16be (JsonOutput * text, BytesSpan value)
{
  KlvReader reader = klv_reader (value.data, value.size);

  json_output_put_char (text, '"');
  while (reader.left >= 2) {
    uint8_t bytes[CHUNK];
    char quoted[6 * CHUNK + 2];
    size_t n = 0;

    while (reader.left >= 2 && n + 4 <= CHUNK) {
      const uint32_t c = read_utf16 (&reader);

      /* the byte order mark is no character */
      if (c != 0xfeff)
        n += put_character (bytes + n, c);
    }
    JsonOutput chunk = { quoted, sizeof (quoted), 0 };
    json_output_put_quoted (&chunk, (const char *) bytes, n);
    json_output_put (text, quoted + 1, chunk.size - 2);
  }
  json_output_put_char (text, '"');
}

/* ST 0102 6.1.13: UTF-16, where letters of codes have 0 as their first byte; ASCII from
 * old writers */
static bool
is_utf16 (BytesSpan value)
{
  bool is_ascii = true;

  if (value.size % 2 != 0)
    return false;
  for (size_t i = 0; i < value.size; i++) {
    if (i % 2 == 0 && value.data[i] == 0)
      return true;
    is_ascii = is_ascii && value.data[i] < 0x80;
  }
  return !is_ascii;
}

static void
put_enum (JsonOutput * text, const KlvItem * item, BytesSpan value)
{
  const uint64_t number = klv_get_uint (value);
  const char *name = klv_labels_get (item->labels, number);

  if (name != NULL) {
    json_output_put_quoted_string (text, name);
    return;
  }
  json_output_put_char (text, '"');
  json_output_put_uint (text, number);
  json_output_put_char (text, '"');
}

/* Bits without a name are there if they are set, so that none is lost. */
static void
put_flags (JsonOutput * text, const KlvItem * item, BytesSpan value)
{
  const uint64_t bits = klv_get_uint (value);
  char separator = '{';

  for (unsigned i = 0; i < 8 * value.size; i++) {
    const char *name = klv_labels_get (item->labels, i);
    const bool is_set = bits >> i & 1;

    if (name == NULL && !is_set)
      continue;
    json_output_put_char (text, separator);
    json_output_put_string (text, name != NULL ? "\"" : "\"bit_");
    if (name != NULL)
      json_output_put_string (text, name);
    else
      json_output_put_uint (text, i);
    json_output_put_string (text, is_set ? "\":true" : "\":false");
    separator = ',';
  }
  json_output_put_char (text, '}');
}

static KlvFault
put_oids (JsonOutput * text, BytesSpan value)
{
  KlvReader reader = klv_reader (value.data, value.size);
  char separator = '[';

  while (reader.left > 0) {
    json_output_put_char (text, separator);
    json_output_put_uint (text, klv_read_oid (&reader));
    separator = ',';
  }
  json_output_put_char (text, ']');
  return reader.failed ? KLV_CUT : KLV_FINE;
}

/* ST 0601 8.139: the lowest bit of the first byte is 0. */
static void
put_bits (JsonOutput * text, BytesSpan value)
{
  bool is_first = true;

  json_output_put_char (text, '[');
  for (size_t i = 0; i < 8 * value.size; i++) {
    if ((value.data[i / 8] >> i % 8 & 1) == 0)
      continue;
    if (!is_first)
      json_output_put_char (text, ',');
    json_output_put_uint (text, i);
    is_first = false;
  }
  json_output_put_char (text, ']');
}

static void
put_rgb (JsonOutput * text, BytesSpan value)
{
  for (size_t i = 0; i < value.size; i++) {
    json_output_put_char (text, i == 0 ? '[' : ',');
    json_output_put_uint (text, value.data[i]);
  }
  json_output_put_char (text, ']');
}

/* ST 1204 7.2: a version, which identifiers there are, and these */
static KlvFault
put_miis (JsonOutput * text, BytesSpan value)
{
  static const struct
  {
    uint8_t mask;
    const char *name;
  } identifiers[] = {
    {0x60, ",\"sensor\":\""}, {0x18, ",\"platform\":\""},
    {0x04, ",\"window\":\""}, {0x02, ",\"minor\":\""}
  };
  KlvReader reader = klv_reader (value.data, value.size);

  json_output_put_string (text, "{\"version\":");
  json_output_put_uint (text, klv_read_uint (&reader, 1));
  const unsigned usage = klv_read_uint (&reader, 1);
  json_output_put_string (text, ",\"sensor_quality\":");
  json_output_put_uint (text, usage >> 5 & 3);
  json_output_put_string (text, ",\"platform_quality\":");
  json_output_put_uint (text, usage >> 3 & 3);
  for (size_t i = 0; i < sizeof (identifiers) / sizeof (*identifiers); i++) {
    if ((usage & identifiers[i].mask) == 0)
      continue;
    const BytesSpan uuid = klv_read_bytes (&reader, 16);
    if (uuid.size < 16)
      return KLV_CUT;
    json_output_put_string (text, identifiers[i].name);
    json_output_put_uuid (text, uuid.data);
    json_output_put_char (text, '"');
  }
  json_output_put_char (text, '}');
  return reader.failed ? KLV_CUT : reader.left > 0 ? KLV_SURPLUS : KLV_FINE;
}

static KlvFault
put_number (JsonOutput * text, BytesSpan value, uint64_t (*read) (KlvReader *))
{
  KlvReader reader = klv_reader (value.data, value.size);

  json_output_put_uint (text, read (&reader));
  return reader.failed ? KLV_CUT : reader.left > 0 ? KLV_SURPLUS : KLV_FINE;
}

KlvFault
klv_value_write (JsonOutput * text, const KlvItem * item, KlvType type,
    BytesSpan value, const char **special)
{
  if (!has_right_size (item, type, value.size))
    return KLV_WRONG_SIZE;
  switch (type) {
    case KLV_UINT:
    case KLV_TIME_US:
      json_output_put_uint (text, klv_get_uint (value));
      break;
    case KLV_INT:
      json_output_put_int (text, klv_get_int (value));
      break;
    case KLV_ULIN:
    case KLV_ILIN:
      put_mapped (text, item, value, special);
      break;
    case KLV_IMAPB:
      put_imapb (text, item, value, special);
      break;
    case KLV_FLOAT:
      put_float (text, value, special);
      break;
    case KLV_UTF16:
      if (is_utf16 (value)) {
        put_utf16be (text, value);
        break;
      }
      /* fall through */
    case KLV_TEXT:
      put_utf8 (text, value);
      break;
    case KLV_ENUM:
      put_enum (text, item, value);
      break;
    case KLV_FLAGS:
      put_flags (text, item, value);
      break;
    case KLV_OID:
      return put_number (text, value, klv_read_oid);
    case KLV_BER:
      return put_number (text, value, klv_read_ber);
    case KLV_OIDS:
      return put_oids (text, value);
    case KLV_BITS:
      put_bits (text, value);
      break;
    case KLV_RGB:
      put_rgb (text, value);
      break;
    case KLV_MIIS:
      return put_miis (text, value);
    case KLV_UUID:
      json_output_put_char (text, '"');
      json_output_put_uuid (text, value.data);
      json_output_put_char (text, '"');
      break;
    default:
      json_output_put_quoted_hex (text, value);
  }
  return KLV_FINE;
}
