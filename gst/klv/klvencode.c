/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "klvencode.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "jsonparts.h"
#include "klvdigits.h"
#include "klvimapb.h"
#include "klvmap.h"
#include "jsonnumber.h"
#include "klvvalue.h"

/* Where the tables do not say in how many bytes */
#define IMAPB_SIZE 4

/* The highest bit that a list of bits may name: a number chooses how long the list is. */
#define MAX_BIT (8 * KLV_BITS_MAX_SIZE - 1)

/* KlvReader reads no longer ones. */
#define MAX_OID ((UINT64_C (1) << 35) - 1)

static BytesSpan
get_string (const JsonTextValue * value)
{
  const BytesSpan string = { (const uint8_t *) value->text + 1,
    value->size - 2
  };

  return string;
}

static bool
is_string (const JsonTextValue * value, const char *text)
{
  const BytesSpan string = get_string (value);

  return klv_is_name ((const char *) string.data, string.size, text);
}

/* A number, or what is one in a string */
static bool
get_number (const JsonTextValue * value, JsonTextValue * number)
{
  JsonScan scan;

  *number = *value;
  if (value->type != JSON_TEXT_STRING)
    return value->type == JSON_TEXT_NUMBER;
  number->type = JSON_TEXT_NUMBER;
  number->text++;
  number->size -= 2;
  json_scan_init (&scan, number->text, number->size);
  return json_scan_next (&scan) == JSON_TOKEN_SCALAR
      && scan.type == JSON_TEXT_NUMBER && scan.token_size == number->size;
}

/* Digits alone are exact; a fraction is rounded. */
static bool
read_magnitude (const JsonTextValue * number, uint64_t * magnitude)
{
  const char *text = number->text;
  const char *end = text + number->size;
  double value;

  *magnitude = 0;
  for (text += *text == '-'; text < end && *text >= '0' && *text <= '9'; text++) {
    const unsigned digit = *text - '0';

    if (*magnitude > (UINT64_MAX - digit) / 10)
      break;
    *magnitude = *magnitude * 10 + digit;
  }
  if (text == end)
    return true;
  if (!json_number_read (number->text, number->size, &value))
    return false;
  value = rint (fabs (value));
  if (value >= 0x1p64)
    return false;
  *magnitude = (uint64_t) value;
  return true;
}

static const char *
read_uint (const JsonTextValue * value, uint64_t max, uint64_t * result)
{
  JsonTextValue number;

  if (!get_number (value, &number))
    return KLV_WRONG_TYPE;
  if (!read_magnitude (&number, result) || *result > max
      || (*number.text == '-' && *result > 0))
    return KLV_OUT_OF_RANGE;
  return NULL;
}

static const char *
read_int (const JsonTextValue * value, int64_t * result)
{
  JsonTextValue number;
  uint64_t magnitude;

  if (!get_number (value, &number))
    return KLV_WRONG_TYPE;

  const bool is_negative = *number.text == '-';
  if (!read_magnitude (&number, &magnitude)
      || magnitude > (uint64_t) INT64_MAX + is_negative)
    return KLV_OUT_OF_RANGE;
  *result = (int64_t) (is_negative ? -magnitude : magnitude);
  return NULL;
}

static const char *
read_double (const JsonTextValue * value, double *result)
{
  JsonTextValue number;

  if (!get_number (value, &number))
    return KLV_WRONG_TYPE;
  return json_number_read (number.text, number.size, result) ? NULL
      : KLV_OUT_OF_RANGE;
}

/* @fewest: bytes that it takes */
static const char *
put_integer (BytesWriter * writer, const KlvItem * item, uint64_t value,
    KlvForm form, size_t fewest)
{
  size_t size = form.size > 0 ? form.size
      : item->write_size > 0 ? item->write_size : fewest;

  /* what was read may have had more bytes than the standard gives it */
  if (form.is_copy && form.size == 0 && fewest > size)
    size = fewest;
  if (fewest > size)
    return KLV_OUT_OF_RANGE;
  bytes_put_uint (writer, value, size);
  return NULL;
}

static bool
is_between_bounds (const KlvItem * item, uint64_t number)
{
  return item->max == 0 || (number >= item->min && number <= item->max);
}

static const char *
encode_uint (BytesWriter * writer, const KlvItem * item,
    const JsonTextValue * value, KlvForm form)
{
  uint64_t number;
  const char *fault = read_uint (value, UINT64_MAX, &number);

  if (fault)
    return fault;
  if (!form.is_copy && !is_between_bounds (item, number))
    return KLV_OUT_OF_RANGE;
  return put_integer (writer, item, number, form, klv_get_uint_size (number));
}

static const char *
encode_int (BytesWriter * writer, const KlvItem * item,
    const JsonTextValue * value, KlvForm form)
{
  int64_t number;
  const char *fault = read_int (value, &number);

  return fault ? fault : put_integer (writer, item, (uint64_t) number, form,
      klv_get_int_size (number));
}

static const char *
encode_mapped (BytesWriter * writer, const KlvItem * item,
    const JsonTextValue * value)
{
  double number;
  int64_t code;
  const char *fault = read_double (value, &number);

  if (fault)
    return fault;
  if (!klv_map_encode (item, number, &code))
    return KLV_OUT_OF_RANGE;
  bytes_put_uint (writer, (uint64_t) code, item->size);
  return NULL;
}

/* --- IMAPB --------------------------------------------------------------- */

/* Whether the number is shown with the same digits again */
static bool
comes_back (const KlvItem * item, double number, size_t size)
{
  uint8_t bytes[8];
  char dst[JSON_NUMBER_MAX_SIZE];
  JsonOutput text = { dst, sizeof (dst), 0 };
  const BytesSpan code = { bytes, size };
  const char *special = NULL;
  double shown;

  return klv_imapb_find_code (item->min, item->max, number, bytes, size)
      && klv_value_write (&text, item, KLV_IMAPB, code, &special) == KLV_FINE
      && special == NULL && json_number_read (dst, text.size, &shown)
      && shown == number;
}

static size_t
get_table_size (const KlvItem * item)
{
  return item->write_size > 0 ? item->write_size : IMAPB_SIZE;
}

static bool
all_come_back (const KlvItem * items, const JsonTextValue * values, size_t n,
    size_t size)
{
  double number;

  for (size_t i = 0; i < n; i++)
    if (values[i].text != NULL && read_double (&values[i], &number) == NULL
        && !comes_back (&items[i], number, size))
      return false;
  return true;
}

size_t
klv_encode_find_imapb_size (const KlvItem * items,
    const JsonTextValue * values, size_t n)
{
  const size_t table_size = get_table_size (items);

  if (all_come_back (items, values, n, table_size))
    return table_size;
  for (size_t size = 1; size <= 8; size++)
    if (all_come_back (items, values, n, size))
      return size;
  return table_size;
}

/* ST 1201 rounds down, so the lowest code may be shown as a little less than the lowest number. */
static const char *
encode_imapb (BytesWriter * writer, const KlvItem * item,
    const JsonTextValue * value, KlvForm form)
{
  uint8_t bytes[8];
  double number;
  const char *fault = read_double (value, &number);

  if (fault)
    return fault;
  const BytesSpan code = { bytes, form.size > 0 ? form.size
        : form.is_copy ? klv_encode_find_imapb_size (item, value, 1)
        : get_table_size (item)
  };
  if ((number > item->max && !form.is_copy)
      || !klv_imapb_find_code (item->min, item->max, number, bytes, code.size))
    return KLV_OUT_OF_RANGE;
  bytes_put (writer, code);
  return NULL;
}

/* --- floats -------------------------------------------------------------- */

static void
put_float (BytesWriter * writer, double value, size_t size)
{
  const float narrow = (float) value;
  uint64_t bits;
  uint32_t narrow_bits;

  memcpy (&bits, &value, sizeof (bits));
  memcpy (&narrow_bits, &narrow, sizeof (narrow_bits));
  bytes_put_uint (writer, size == 8 ? bits : narrow_bits, size);
}

static bool
is_shown_so (double value, bool is_float, const JsonTextValue * number)
{
  char text[JSON_NUMBER_MAX_SIZE];

  return json_number_write_shortest (value, is_float, text) == number->size
      && memcmp (text, number->text, number->size) == 0;
}

/* In the size in which it is shown with the same digits again; of both, in that of the tables,
 * or else in the smaller one */
static size_t
get_float_size (const KlvItem * item, const JsonTextValue * number,
    double value)
{
  const bool fits_float = fabs (value) <= FLT_MAX;
  const bool is_float = fits_float && is_shown_so ((float) value, true, number);
  const bool is_double = is_shown_so (value, false, number);

  if (is_float == is_double)
    return item->write_size == 8 || !is_float ? 8 : 4;
  return is_float ? 4 : 8;
}

static const char *
encode_float (BytesWriter * writer, const KlvItem * item,
    const JsonTextValue * value)
{
  JsonTextValue number;
  double result;

  if (!get_number (value, &number))
    return KLV_WRONG_TYPE;
  if (!json_number_read (number.text, number.size, &result))
    return KLV_OUT_OF_RANGE;
  put_float (writer, result, get_float_size (item, &number, result));
  return NULL;
}

/* --- text ---------------------------------------------------------------- */

static void
put_unquoted (BytesWriter * writer, const JsonTextValue * string)
{
  const size_t room = writer->size < writer->capacity
      ? writer->capacity - writer->size : 0;

  writer->size += json_text_unquote (string,
      room > 0 ? (char *) writer->dst + writer->size : NULL, room);
}

/* An item of no bytes is null, so an empty text is a NUL. */
static void
put_text (BytesWriter * writer, const JsonTextValue * string)
{
  const size_t begin = writer->size;

  put_unquoted (writer, string);
  if (writer->size == begin)
    bytes_put_uint (writer, 0, 1);
}

/* The first character of UTF-8 */
static uint32_t
read_utf8 (BytesSpan * text)
{
  const uint8_t first = text->data[0];
  const size_t n = json_scan_utf8 ((const char *) text->data, text->size);
  uint32_t c = n < 2 ? first : first & (0x7f >> n);

  for (size_t i = 1; i < n; i++)
    c = c << 6 | (text->data[i] & 0x3f);
  text->data += n > 0 ? n : 1;
  text->size -= n > 0 ? n : 1;
  return n > 0 ? c : 0xfffd;
}

static void
put_utf16 (BytesWriter * writer, BytesSpan text)
{
  while (text.size > 0) {
    const uint32_t c = read_utf8 (&text);

    if (c < 0x10000) {
      bytes_put_uint (writer, c, 2);
    } else {
      bytes_put_uint (writer, 0xd800 + ((c - 0x10000) >> 10), 2);
      bytes_put_uint (writer, 0xdc00 + (c & 0x3ff), 2);
    }
  }
}

/* More than the codes of all countries take */
#define MAX_UTF16_TEXT 4096

/* Whether one would take UTF-16 for the ASCII of old writers */
static bool
looks_like_ascii (BytesSpan text)
{
  while (text.size > 0) {
    const uint32_t c = read_utf8 (&text);

    if (c < 0x100 || c >= 0x8000 || (c & 0x80) != 0)
      return false;
  }
  return true;
}

static const char *
encode_utf16 (BytesWriter * writer, const JsonTextValue * value)
{
  char text[MAX_UTF16_TEXT];
  const size_t size = json_text_unquote (value, text, sizeof (text));
  const BytesSpan span = { (const uint8_t *) text, size };

  if (size > sizeof (text))
    return KLV_OUT_OF_RANGE;
  if (size == 0)
    bytes_put_uint (writer, 0, 1);
  else if (looks_like_ascii (span))
    bytes_put_uint (writer, 0xfeff, 2);
  put_utf16 (writer, span);
  return NULL;
}

/* --- labels -------------------------------------------------------------- */

static const char *
encode_enum (BytesWriter * writer, const KlvItem * item,
    const JsonTextValue * value, KlvForm form)
{
  uint8_t number;

  if (value->type == JSON_TEXT_STRING) {
    const BytesSpan label = get_string (value);

    if (klv_labels_find (item->labels, (const char *) label.data, label.size,
            &number))
      return put_integer (writer, item, number, form, 1);
  }

  const char *fault = encode_uint (writer, item, value, form);
  return fault && value->type == JSON_TEXT_STRING
      && strcmp (fault, KLV_WRONG_TYPE) == 0 ? KLV_NO_LABEL : fault;
}

/* Returns: the bit that is called so, or 64 */
static unsigned
find_bit (const KlvItem * item, const JsonTextValue * name)
{
  static const char prefix[] = "bit_";
  const size_t prefix_size = sizeof (prefix) - 1;
  BytesSpan label = get_string (name);
  unsigned bit = 0;
  uint8_t number;

  if (klv_labels_find (item->labels, (const char *) label.data, label.size,
          &number))
    return number;
  if (label.size <= prefix_size || label.size > prefix_size + 2
      || memcmp (label.data, prefix, prefix_size) != 0)
    return 64;
  for (size_t i = prefix_size; i < label.size; i++) {
    if (label.data[i] < '0' || label.data[i] > '9')
      return 64;
    bit = bit * 10 + (label.data[i] - '0');
  }
  return bit < 64 ? bit : 64;
}

static const char *
encode_flags (BytesWriter * writer, const KlvItem * item,
    const JsonTextValue * value, KlvForm form)
{
  JsonTextValue name, flag;
  JsonParts parts;
  uint64_t bits = 0;

  if (value->type != JSON_TEXT_OBJECT)
    return encode_uint (writer, item, value, form);
  json_parts_init (&parts, value);
  while (json_parts_next (&parts, &name, &flag)) {
    const unsigned bit = find_bit (item, &name);

    if (bit == 64)
      return KLV_NO_LABEL;
    if (flag.type != JSON_TEXT_TRUE && flag.type != JSON_TEXT_FALSE)
      return KLV_WRONG_TYPE;
    bits &= ~(UINT64_C (1) << bit);
    if (flag.type == JSON_TEXT_TRUE)
      bits |= UINT64_C (1) << bit;
  }
  return put_integer (writer, item, bits, form, klv_get_uint_size (bits));
}

/* --- lists --------------------------------------------------------------- */

/* A number that tells by itself where it ends */
static const char *
encode_number (BytesWriter * writer, const JsonTextValue * value, uint64_t max,
    void (*put) (BytesWriter *, uint64_t))
{
  uint64_t number;
  const char *fault = read_uint (value, max, &number);

  if (!fault)
    put (writer, number);
  return fault;
}

static const char *
encode_oids (BytesWriter * writer, const JsonTextValue * value)
{
  JsonTextValue name, part;
  JsonParts parts;
  const char *fault = NULL;

  json_parts_init (&parts, value);
  while (!fault && json_parts_next (&parts, &name, &part))
    fault = encode_number (writer, &part, MAX_OID, klv_put_oid);
  return fault;
}

/* At least one byte, as none is null */
static const char *
encode_bits (BytesWriter * writer, const JsonTextValue * value)
{
  const size_t begin = writer->size;
  JsonTextValue name, part;
  JsonParts parts;
  const char *fault;
  uint64_t bit;

  bytes_put_uint (writer, 0, 1);
  json_parts_init (&parts, value);
  while (json_parts_next (&parts, &name, &part)) {
    fault = read_uint (&part, MAX_BIT, &bit);
    if (fault)
      return fault;
    const size_t at = begin + bit / 8;
    while (writer->size <= at)
      bytes_put_uint (writer, 0, 1);
    if (at < writer->capacity)
      writer->dst[at] |= 1 << bit % 8;
  }
  return NULL;
}

static const char *
encode_rgb (BytesWriter * writer, const JsonTextValue * value)
{
  JsonTextValue name, part;
  JsonParts parts;
  const char *fault;
  uint64_t number;
  unsigned n = 0;

  json_parts_init (&parts, value);
  while (json_parts_next (&parts, &name, &part)) {
    fault = read_uint (&part, UINT8_MAX, &number);
    if (fault)
      return fault;
    bytes_put_uint (writer, number, 1);
    n++;
  }
  return n == 3 ? NULL : KLV_WRONG_TYPE;
}

static const char *
encode_list (BytesWriter * writer, KlvType type, const JsonTextValue * value)
{
  if (value->type != JSON_TEXT_ARRAY)
    return KLV_WRONG_TYPE;
  return type == KLV_OIDS ? encode_oids (writer, value)
      : type == KLV_BITS ? encode_bits (writer, value)
      : encode_rgb (writer, value);
}

/* ST 1204 7.2: a version, which identifiers there are, and these */
static const char *
encode_miis (BytesWriter * writer, const JsonTextValue * value)
{
  enum
  { VERSION, SENSOR_QUALITY, PLATFORM_QUALITY, SENSOR, PLATFORM, WINDOW, MINOR,
    N_MEMBERS
  };
  static const char *const names[] = { "version", "sensor_quality",
    "platform_quality", "sensor", "platform", "window", "minor"
  };
  JsonTextValue members[N_MEMBERS] = { {0} };
  uint64_t numbers[] = { 1, 0, 0 };
  static const uint8_t maximums[] = { UINT8_MAX, 3, 3 };
  JsonTextValue name, member;
  JsonParts parts;

  if (value->type != JSON_TEXT_OBJECT)
    return KLV_WRONG_TYPE;
  json_parts_init (&parts, value);
  while (json_parts_next (&parts, &name, &member))
    for (unsigned i = 0; i < N_MEMBERS; i++)
      if (is_string (&name, names[i]))
        members[i] = member;

  for (unsigned i = VERSION; i <= PLATFORM_QUALITY; i++) {
    const char *fault = members[i].text == NULL ? NULL
        : read_uint (&members[i], maximums[i], &numbers[i]);

    if (fault)
      return fault;
  }
  if ((numbers[SENSOR_QUALITY] > 0) != (members[SENSOR].text != NULL)
      || (numbers[PLATFORM_QUALITY] > 0) != (members[PLATFORM].text != NULL))
    return KLV_MISSING;

  bytes_put_uint (writer, numbers[VERSION], 1);
  bytes_put_uint (writer, numbers[SENSOR_QUALITY] << 5
      | numbers[PLATFORM_QUALITY] << 3
      | (members[WINDOW].text != NULL ? 1 << 2 : 0)
      | (members[MINOR].text != NULL ? 1 << 1 : 0), 1);
  for (unsigned i = SENSOR; i <= MINOR; i++)
    if (members[i].text != NULL && !klv_put_uuid (writer, &members[i]))
      return KLV_NO_HEX;
  return NULL;
}

/* ------------------------------------------------------------------------- */

static const char *
encode (BytesWriter * writer, const KlvItem * item, KlvType type,
    const JsonTextValue * value, KlvForm form)
{
  switch (type) {
    case KLV_UINT:
    case KLV_TIME_US:
      return encode_uint (writer, item, value, form);
    case KLV_INT:
      return encode_int (writer, item, value, form);
    case KLV_ULIN:
    case KLV_ILIN:
      return encode_mapped (writer, item, value);
    case KLV_IMAPB:
      return encode_imapb (writer, item, value, form);
    case KLV_FLOAT:
      return encode_float (writer, item, value);
    case KLV_ENUM:
      return encode_enum (writer, item, value, form);
    case KLV_FLAGS:
      return encode_flags (writer, item, value, form);
    case KLV_OID:
      return encode_number (writer, value, MAX_OID, klv_put_oid);
    case KLV_BER:
      return encode_number (writer, value, UINT64_MAX, klv_put_ber);
    case KLV_OIDS:
    case KLV_BITS:
    case KLV_RGB:
      return encode_list (writer, type, value);
    case KLV_MIIS:
      return encode_miis (writer, value);
    default:
      break;
  }
  if (value->type != JSON_TEXT_STRING)
    return KLV_WRONG_TYPE;
  switch (type) {
    case KLV_TEXT:
      put_text (writer, value);
      return NULL;
    case KLV_UTF16:
      return encode_utf16 (writer, value);
    case KLV_UUID:
      return klv_put_uuid (writer, value) ? NULL : KLV_NO_HEX;
    default:
      return klv_put_hex (writer, value) ? NULL : KLV_NO_HEX;
  }
}

const char *
klv_encode (BytesWriter * writer, const KlvItem * item, KlvType type,
    const JsonTextValue * value, KlvForm form)
{
  const size_t begin = writer->size;
  const char *fault = encode (writer, item, type, value, form);

  if (fault == NULL && !form.is_copy && item->max_size > 0
      && writer->size - begin > item->max_size)
    return KLV_OUT_OF_RANGE;
  return fault;
}

static const char *
encode_special_float (BytesWriter * writer, const KlvItem * item,
    const JsonTextValue * meaning)
{
  const double value = is_string (meaning, "nan") ? NAN
      : is_string (meaning, "positive_infinity") ? INFINITY
      : is_string (meaning, "negative_infinity") ? -INFINITY : 0;

  if (value == 0)
    return KLV_NO_LABEL;
  put_float (writer, value, item->write_size == 8 ? 8 : 4);
  return NULL;
}

static const char *
encode_special_imapb (BytesWriter * writer, const KlvItem * item,
    const JsonTextValue * meaning, size_t size)
{
  const BytesSpan name = get_string (meaning);
  const uint8_t first = klv_imapb_special_code ((const char *) name.data,
      name.size);

  if (first == 0)
    return KLV_NO_LABEL;
  size = size > 0 ? size : get_table_size (item);
  bytes_put_uint (writer, first, 1);
  for (size_t i = 1; i < size; i++)
    bytes_put_uint (writer, 0, 1);
  return NULL;
}

const char *
klv_encode_special (BytesWriter * writer, const KlvItem * item,
    const JsonTextValue * meaning, size_t size)
{
  if (meaning->type != JSON_TEXT_STRING)
    return KLV_WRONG_TYPE;
  switch (item->type) {
    case KLV_ILIN:
      if (!is_string (meaning, item->special))
        return KLV_NO_LABEL;
      bytes_put_uint (writer, UINT64_C (1) << (8 * item->size - 1), item->size);
      return NULL;
    case KLV_IMAPB:
      return encode_special_imapb (writer, item, meaning, size);
    case KLV_FLOAT:
      return encode_special_float (writer, item, meaning);
    default:
      return KLV_WRONG_TYPE;
  }
}
