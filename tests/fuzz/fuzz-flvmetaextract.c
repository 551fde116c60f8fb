/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A stream of FLV: it does not matter how it is divided, each payload is an object, and no more
 * is kept than the largest tag that is read.
 *
 * Input: a byte: bits 0-5: bytes of each piece, less 1; bit 6: events do not become what they
 *        carry; bit 7: small tags only; then a stream */

#include <glib.h>

#include "flvscripts.h"
#include "fuzz.h"
#include "jsontext.h"

#define SMALL 64

static void
read_stream (FlvScripts * scripts, FuzzInput input, size_t piece,
    const FlvScriptsRules * rules, GArray * found)
{
  while (input.size > 0) {
    const FuzzInput part = fuzz_take (&input, piece);
    /* in a block of its own */
    uint8_t *copy = malloc (part.size);

    memcpy (copy, part.data, part.size);
    flv_scripts_read (scripts, (BytesSpan) {
        copy, part.size}
        , rules, found);
    free (copy);
  }
  flv_scripts_finish (scripts);
}

static void
check_script (const FlvScript * script, const FlvScript * same)
{
  size_t size;
  const char *json = g_bytes_get_data (script->payload, &size);

  CHECK (g_utf8_validate (script->event, -1, NULL));
  /* what is deep is no more than the scanner takes in objects of somebody */
  CHECK (size > 1 && json[0] != '\0' && json[size - 1] != '\0');
  CHECK (script->time_ms == same->time_ms);
  CHECK (g_str_equal (script->event, same->event));
  CHECK (g_bytes_equal (script->payload, same->payload));
}

int
LLVMFuzzerTestOneInput (const uint8_t * data, size_t size)
{
  FuzzInput input = { data, size };
  const uint8_t first = fuzz_take_byte (&input);
  char *events[] = { (char *) "*", NULL };
  const FlvScriptsRules rules = {
    .events = events,
    .suppress_duplicates = true,
    .unwrap = !(first & 64),
    .max_size = first & 128 ? SMALL : 1 << 20
  };
  FlvScripts *whole = flv_scripts_new (), *pieces = flv_scripts_new ();
  GArray *found = flv_scripts_new_array (), *same = flv_scripts_new_array ();

  read_stream (whole, input, input.size, &rules, found);
  read_stream (pieces, input, (first & 63) + 1, &rules, same);
  CHECK (found->len == same->len);
  CHECK (memcmp (flv_scripts_get_stats (whole), flv_scripts_get_stats (pieces),
          sizeof (FlvScriptsStats)) == 0);
  CHECK (flv_scripts_get_stats (whole)->events == found->len);
  for (guint i = 0; i < found->len; i++)
    check_script (&g_array_index (found, FlvScript, i),
        &g_array_index (same, FlvScript, i));
  g_array_unref (found);
  g_array_unref (same);
  flv_scripts_free (whole);
  flv_scripts_free (pieces);
  return 0;
}
