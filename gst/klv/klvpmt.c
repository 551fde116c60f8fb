/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "klvpmt.h"

#include <string.h>

#include "klvcrc.h"
#include "klvreader.h"

#define CRC_SIZE 4

/* Before the length of the program's descriptors */
#define FIXED_SIZE 10

/* Fixed bytes, that length, and the CRC */
#define MIN_SIZE (FIXED_SIZE + 2 + CRC_SIZE)

/* 13818-1 Table 2-34 */
#define STREAM_PRIVATE 0x06u
#define STREAM_METADATA 0x15u

/* 13818-1 Table 2-45. 40 to FE are private; F0 is no tag of DVB, ATSC, ARIB or SCTE. */
#define TAG_REGISTRATION 0x05u
#define TAG_METADATA 0x26u
#define TAG_PRIVATE 0xf0u

/* 13818-1 Tables 2-84 and 2-85: what it is stands in 4 bytes behind this number */
#define APPLICATION_BY_IDENTIFIER 0xffffu
#define FORMAT_BY_IDENTIFIER 0xffu

static const uint8_t registration[] =
    { TAG_REGISTRATION, 4, 'K', 'L', 'V', 'A' };

size_t
klv_pmt_section_size (const uint8_t * head)
{
  return KLV_PMT_HEAD_SIZE + ((head[1] & 0x0fu) << 8 | head[2]);
}

bool
klv_pmt_is_head (const uint8_t * head)
{
  const size_t size = klv_pmt_section_size (head);

  /* section_syntax_indicator, and the 0 behind it */
  return head[0] == KLV_PMT_TABLE_ID && (head[1] & 0xc0) == 0x80
      && size >= MIN_SIZE && size <= KLV_PMT_MAX_SIZE;
}

/* A reader of the streams in @size bytes from the start of a section */
static KlvReader
read_streams (const uint8_t * section, size_t size)
{
  KlvReader reader = klv_reader (section, size);

  klv_read_bytes (&reader, FIXED_SIZE);
  klv_read_bytes (&reader, klv_read_uint (&reader, 2) & 0x0fff);
  return reader;
}

/* Reads stream_type, PID and descriptors. Returns where the type is. */
static const uint8_t *
read_stream (KlvReader * reader, BytesSpan * descriptors)
{
  const uint8_t *type = reader->next;

  klv_read_bytes (reader, 3);
  *descriptors = klv_read_bytes (reader, klv_read_uint (reader, 2) & 0x0fff);
  return type;
}

size_t
klv_pmt_find_metadata (const uint8_t * section, size_t size)
{
  KlvReader reader = read_streams (section, size);
  BytesSpan descriptors;

  while (reader.left > 0) {
    const uint8_t *type = read_stream (&reader, &descriptors);

    if (*type == STREAM_METADATA)
      return type - section;
  }
  return size;
}

static bool
is_klva (KlvReader * reader)
{
  const BytesSpan identifier = klv_read_bytes (reader, 4);

  return identifier.size == 4 && memcmp (identifier.data, "KLVA", 4) == 0;
}

/* 13818-1 2.6.60: application format, format */
static bool
is_klva_metadata (KlvReader * reader)
{
  if (klv_read_uint (reader, 2) == APPLICATION_BY_IDENTIFIER)
    klv_read_bytes (reader, 4);
  return klv_read_uint (reader, 1) == FORMAT_BY_IDENTIFIER && is_klva (reader);
}

/* Makes the registration, and a private descriptor of what is left, of the metadata
 * descriptor at @offset. That has 9 bytes at least, because it names the format. */
static void
register_klva (uint8_t * descriptors, size_t offset)
{
  uint8_t *rest = descriptors + offset + sizeof (registration);
  const uint8_t size = descriptors[offset + 1];

  memmove (descriptors + sizeof (registration), descriptors, offset);
  memcpy (descriptors, registration, sizeof (registration));
  rest[0] = TAG_PRIVATE;
  rest[1] = size - sizeof (registration);
}

/* Returns whether the stream with these descriptors is KLV, and now has the
 * registration. */
static bool
ensure_registration (uint8_t * descriptors, size_t size)
{
  KlvReader reader = klv_reader (descriptors, size);
  size_t offset = size;

  while (reader.left > 0) {
    const uint8_t *descriptor = reader.next;
    const uint8_t tag = klv_read_uint (&reader, 1);
    const BytesSpan part = klv_read_bytes (&reader, klv_read_uint (&reader, 1));
    KlvReader content = klv_reader (part.data, part.size);

    if (tag == TAG_REGISTRATION && is_klva (&content))
      return true;
    if (tag == TAG_METADATA && offset == size && is_klva_metadata (&content))
      offset = descriptor - descriptors;
  }
  if (offset < size)
    register_klva (descriptors, offset);
  return offset < size;
}

static void
write_crc (uint8_t * section, size_t size)
{
  const uint32_t crc = klv_crc32 (section, size - CRC_SIZE);

  for (unsigned i = 0; i < CRC_SIZE; i++)
    section[size - CRC_SIZE + i] = crc >> (24 - 8 * i);
}

bool
klv_pmt_rewrite (uint8_t * section, size_t size)
{
  KlvReader reader = read_streams (section, size - CRC_SIZE);
  bool changed = false;

  while (reader.left > 0) {
    BytesSpan descriptors;
    uint8_t *type = section + (read_stream (&reader, &descriptors) - section);

    if (!reader.failed && *type == STREAM_METADATA
        && ensure_registration (type + 5, descriptors.size)) {
      *type = STREAM_PRIVATE;
      changed = true;
    }
  }
  if (changed)
    write_crc (section, size);
  return changed;
}
