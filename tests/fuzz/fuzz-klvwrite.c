/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* JSON as KLV: whatever the text is, nothing is read beyond it, what is not written does not
 * change how much it is, and what the unit is shown as becomes the same unit again.
 *
 * Input: the text */

#include "fuzz.h"

#include "jsontext.h"
#include "klvjson.h"
#include "klvwrite.h"

/* A list of the bit 1023 alone becomes 128 bytes. */
#define MAX_GROWTH 24
#define MAX_HEAD 128

typedef struct
{
  char *data;
  size_t size;
} Block;

static Block
write_unit (const char *json, size_t json_size, size_t *n_left_out)
{
  const KlvWriteSettings settings = { 19, 1231798102000000 };
  KlvWriteReport report, again;
  Block unit;

  unit.size = klv_write (json, json_size, &settings, &report, NULL, 0);
  unit.data = malloc (unit.size + 1);
  CHECK (unit.size <= MAX_HEAD + MAX_GROWTH * json_size);
  CHECK ((unit.size == 0) == (report.reason != NULL));
  CHECK (memchr (report.left_out, '\0', sizeof (report.left_out)) != NULL);
  CHECK ((report.left_out[0] != '\0') == (report.n_left_out > 0));

  const size_t half = unit.size / 2;
  unit.data[half] = '#';
  CHECK (klv_write (json, json_size, &settings, &again, (uint8_t *) unit.data,
          half) == unit.size);
  CHECK (unit.data[half] == '#');
  unit.data[unit.size] = '#';
  CHECK (klv_write (json, json_size, &settings, &again, (uint8_t *) unit.data,
          unit.size) == unit.size);
  CHECK (unit.data[unit.size] == '#');
  CHECK (memcmp (&report, &again, sizeof (report)) == 0);
  *n_left_out = report.n_left_out;
  return unit;
}

static Block
write_json (const Block * unit)
{
  const KlvJsonSettings settings = {.style = KLV_NAMES };
  const BytesSpan bytes = { (const uint8_t *) unit->data, unit->size };
  KlvJsonReport report;
  Block json;

  json.size = klv_json_write (bytes, &settings, &report, NULL, 0);
  json.data = malloc (json.size);
  klv_json_write (bytes, &settings, &report, json.data, json.size);
  CHECK (json_text_is_object (json.data, json.size));
  return json;
}

static void
check_same (const Block * a, const Block * b)
{
  CHECK (a->size == b->size && memcmp (a->data, b->data, a->size) == 0);
}

/* @is_raw: whether the bytes may be any, such as those of a wrong checksum, which no text
 *   brings back */
static void
check_unit (const Block * unit, bool is_raw)
{
  size_t n_left_out, n_later;
  const Block json = write_json (unit);
  const Block second = write_unit (json.data, json.size, &n_left_out);

  CHECK (is_raw || second.size > 0);
  if (second.size > 0) {
    const Block second_json = write_json (&second);
    const Block third =
        write_unit (second_json.data, second_json.size, &n_later);

    CHECK (n_later == 0);
    check_same (&second, &third);
    /* a code beyond the bounds, in a member errors, is shown, but not written */
    if (!is_raw && n_left_out == 0)
      check_same (&json, &second_json);
    free (third.data);
    free (second_json.data);
  }
  free (second.data);
  free (json.data);
}

int
LLVMFuzzerTestOneInput (const uint8_t * data, size_t size)
{
  size_t n_left_out;
  const Block unit = write_unit ((const char *) data, size, &n_left_out);
  JsonTextMember bytes[] = { {.name = "raw"}, {.name = "hex"} };

  if (unit.size > 0) {
    json_text_read_object ((const char *) data, size, bytes, 2);
    check_unit (&unit, bytes[0].found || bytes[1].found);
  }
  free (unit.data);
  return 0;
}
