/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* KLV as JSON: whatever the bytes are, there is one object, nothing is read beyond them, what
 * is not written does not change what is said, and no unit becomes too much.
 *
 * Input: a byte: bit 0: tags, not names; bits 1-2: raw; bit 3: a stream ID; bits 4-6: the set
 *        whose value follows, or 7: a whole unit follows */

#include "fuzz.h"

#include "jsonflatten.h"
#include "jsontext.h"
#include "klvjson.h"
#include "klvkey.h"
#include "klvtables.h"

/* What an item of two bytes may become: an error with a tag and a reason */
#define MAX_GROWTH 100
#define MAX_HEAD 400

static void
check_flat (const char *json, size_t size)
{
  const size_t flat_size = json_text_flatten (json, size, NULL, 0);
  char *flat = malloc (flat_size);

  CHECK (json_text_flatten (json, size, flat, flat_size) == flat_size);
  CHECK (json_text_is_object (flat, flat_size));
  free (flat);
}

static void
check_unit (BytesSpan unit, const KlvJsonSettings * settings)
{
  KlvJsonReport report, again;
  const size_t size = klv_json_write (unit, settings, &report, NULL, 0);
  char *json = malloc (size + 1);
  const size_t half = size / 2;

  CHECK (size <= MAX_HEAD + MAX_GROWTH * unit.size);
  json[half] = '#';
  CHECK (klv_json_write (unit, settings, &again, json, half) == size);
  CHECK (json[half] == '#');
  json[size] = '#';
  CHECK (klv_json_write (unit, settings, &again, json, size) == size);
  CHECK (json[size] == '#');
  CHECK (memcmp (&report, &again, sizeof (report)) == 0);
  CHECK (json_text_is_object (json, size));
  check_flat (json, size);
  free (json);
}

/* A unit of the set, in a block of exactly its size */
static void
check_set (const KlvSet * set, FuzzInput input,
    const KlvJsonSettings * settings)
{
  const uint8_t length[] = { 0x84, input.size >> 24, input.size >> 16,
    input.size >> 8, input.size
  };
  const size_t size = KLV_KEY_SIZE + sizeof (length) + input.size;
  uint8_t *unit = malloc (size);

  memcpy (unit, set->ul, KLV_KEY_SIZE);
  memcpy (unit + KLV_KEY_SIZE, length, sizeof (length));
  if (input.size > 0)
    memcpy (unit + size - input.size, input.data, input.size);
  const BytesSpan bytes = { unit, size };
  check_unit (bytes, settings);
  free (unit);
}

int
LLVMFuzzerTestOneInput (const uint8_t * data, size_t size)
{
  FuzzInput input = { data, size };
  const uint8_t first = fuzz_take_byte (&input);
  const unsigned which = first >> 4 & 7;
  const KlvJsonSettings settings = {
    .stream_id =
        {(const uint8_t *) (first & 8 ? "a" : NULL), first & 8 ? 1 : 0},
    .style = first & 1,
    .raw = (first >> 1 & 3) % 3
  };
  const BytesSpan whole = { input.data, input.size };

  if (which < klv_n_sets)
    check_set (klv_sets[which], input, &settings);
  else
    check_unit (whole, &settings);
  return 0;
}
