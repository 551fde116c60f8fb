/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A transport stream cut anywhere: what is rewritten are whole PMTs with KLV of type 15,
 * they are right before and after, nothing of them was settled, and cuts change nothing.
 *
 * Input: a byte: the division; a byte: bit 0: PMTs that are whole in a packet get a right
 *        CRC first; the stream */

#include "fuzz.h"

#include "klvcrc.h"
#include "klvts.h"

#define PACKET_SIZE 188

/* Gives a right CRC to the PMT at the start of a packet, or behind its pointer_field. */
static void
repair_packet (uint8_t * packet)
{
  const size_t start = 5 + packet[4];
  uint8_t *section = packet + start;

  if (packet[0] != 0x47 || start + KLV_PMT_HEAD_SIZE > PACKET_SIZE
      || !klv_pmt_is_head (section)
      || klv_pmt_section_size (section) > PACKET_SIZE - start)
    return;

  const size_t size = klv_pmt_section_size (section) - 4;
  const uint32_t crc = klv_crc32 (section, size);

  for (unsigned i = 0; i < 4; i++)
    section[size + i] = crc >> (24 - 8 * i);
}

/* Writes bytes, the first of which must not change. */
static void
write_bytes (uint8_t * out, const uint8_t * bytes, size_t size,
    uint64_t n_settled)
{
  for (size_t k = 0; k < size; k++) {
    CHECK (out[k] == bytes[k] || k >= n_settled);
    out[k] = bytes[k];
  }
}

/* Writes a section to where it was, in a stream that is there up to @end. */
static void
write_section (uint8_t * out, const KlvTsSection * section, uint64_t settled,
    uint64_t end)
{
  uint8_t before[KLV_PMT_MAX_SIZE];
  size_t n = 0;

  for (unsigned i = 0; i < section->n_runs; i++) {
    const KlvTsRun *run = &section->runs[i];

    CHECK (run->place <= end && run->size <= end - run->place);
    CHECK (run->size <= section->size - n);
    memcpy (before + n, out + run->place, run->size);
    write_bytes (out + run->place, section->bytes + n, run->size,
        settled > run->place ? settled - run->place : 0);
    if (run->twin > 0) {
      CHECK (run->twin <= end && run->size <= end - run->twin);
      CHECK (memcmp (before + n, out + run->twin, run->size) == 0);
      write_bytes (out + run->twin, section->bytes + n, run->size,
          settled > run->twin ? settled - run->twin : 0);
    }
    n += run->size;
  }
  CHECK (n == section->size);
  CHECK (klv_pmt_is_head (before) && klv_pmt_section_size (before) == n);
  CHECK (klv_crc32 (before, n) == 0);
  CHECK (klv_crc32 (section->bytes, n) == 0);
  CHECK (memcmp (before, section->bytes, n) != 0);
  CHECK (klv_pmt_find_metadata (before, n) < n);
}

/* Makes of the stream in @out what is to come out. */
static void
filter (uint8_t * out, const FuzzSpans * spans)
{
  KlvTs *ts = malloc (sizeof (*ts));
  uint64_t end = 0, settled = 0;

  klv_ts_init (ts);
  for (size_t i = 0; i < spans->bytes.n_spans; i++) {
    BytesSpan span = spans->spans[i];

    end += span.size;
    while (klv_ts_read (ts, &span))
      write_section (out, ts->rewritten, settled, end);
    CHECK (span.size == 0);

    const uint64_t now = klv_ts_get_settled (ts);
    CHECK (now >= settled && now <= end);
    settled = now;
  }
  CHECK (ts->n_rewritten <= ts->n_pmts);
  free (ts);
}

int
LLVMFuzzerTestOneInput (const uint8_t * data, size_t size)
{
  FuzzInput in = { data, size };
  const uint8_t division = fuzz_take_byte (&in);
  const uint8_t flags = fuzz_take_byte (&in);
  uint8_t *stream = malloc (in.size);
  uint8_t *whole = malloc (in.size);
  uint8_t *divided = malloc (in.size);
  FuzzSpans one, many;

  if (in.size > 0)
    memcpy (stream, in.data, in.size);
  for (size_t at = 0; flags & 1 && at + PACKET_SIZE <= in.size;
      at += PACKET_SIZE)
    repair_packet (stream + at);
  in.data = stream;
  if (in.size > 0) {
    memcpy (whole, stream, in.size);
    memcpy (divided, stream, in.size);
  }

  fuzz_spans_init (&one, in, FUZZ_ONE_PART);
  fuzz_spans_init (&many, in, division);
  filter (whole, &one);
  filter (divided, &many);
  CHECK (in.size == 0 || memcmp (whole, divided, in.size) == 0);

  fuzz_spans_clear (&many);
  fuzz_spans_clear (&one);
  free (divided);
  free (whole);
  free (stream);
  return 0;
}
