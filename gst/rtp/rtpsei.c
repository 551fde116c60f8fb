/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "rtpsei.h"

#include <string.h>

/* What is known of the NAL unit of which the last part came */
enum
{
  NOTHING,
  PARTS,                        /* all up to now */
  GIVEN_UP                      /* it is counted, its other parts are not */
};

void
rtp_sei_init (RtpSei * sei, H26xCodec codec, uint8_t * buffer, size_t capacity)
{
  *sei = (RtpSei) {
  .codec = codec,.buffer = buffer,.capacity = capacity};
}

void
rtp_sei_flush (RtpSei * sei)
{
  if (sei->state == PARTS)
    sei->n_incomplete++;
  sei->state = NOTHING;
}

/* Appends to what is in the buffer. Gives up if that is too large. */
static void
append (RtpSei * sei, const uint8_t * data, size_t size)
{
  if (sei->state != PARTS)
    return;
  if (size > sei->capacity - sei->size) {
    sei->n_too_large++;
    sei->state = GIVEN_UP;
    return;
  }
  if (size > 0)
    memcpy (sei->buffer + sei->size, data, size);
  sei->size += size;
}

/* Takes note of a part that is no beginning, before it is appended. Parts follow one
 * another in sequence (RFC 6184 5.8, RFC 7798 4.4.3). */
static void
check_part (RtpSei * sei, const RtpPacket * packet, const RtpNal * nal)
{
  const bool is_same = sei->state != NOTHING && sei->type == nal->nal.type
      && sei->timestamp == packet->timestamp;

  if (is_same && (sei->state == GIVEN_UP
          || (uint16_t) (sei->sequence + 1) == packet->sequence))
    return;
  /* Of this NAL unit the beginning is missing, or parts before this one */
  if (!is_same)
    rtp_sei_flush (sei);
  sei->n_incomplete++;
  sei->state = GIVEN_UP;
}

static bool
is_sei (const RtpNal * nal)
{
  return nal->nal.kind == H26X_NAL_SEI || nal->nal.kind == H26X_NAL_SEI_SUFFIX;
}

size_t
rtp_sei_get_size (const RtpSei * sei)
{
  return sei->state == PARTS ? sei->size : 0;
}

size_t
rtp_sei_get_need (const RtpSei * sei, const RtpNal * nal)
{
  if (!is_sei (nal) || nal->has_header)
    return 0;
  if (nal->begins)
    return H26X_NAL_HEADER_SIZE (sei->codec) + nal->data.size;
  return sei->state == PARTS ? sei->size + nal->data.size : 0;
}

void
rtp_sei_set_buffer (RtpSei * sei, uint8_t * buffer, size_t capacity)
{
  sei->buffer = buffer;
  sei->capacity = capacity;
}

bool
rtp_sei_push (RtpSei * sei, const RtpPacket * packet, const RtpNal * nal,
    BytesSpan * found)
{
  if (!is_sei (nal) || nal->has_header) {
    rtp_sei_flush (sei);
    *found = nal->data;
    return is_sei (nal);
  }

  if (nal->begins) {
    rtp_sei_flush (sei);
    sei->state = PARTS;
    sei->size = 0;
    append (sei, nal->header, H26X_NAL_HEADER_SIZE (sei->codec));
  } else {
    check_part (sei, packet, nal);
  }
  append (sei, nal->data.data, nal->data.size);
  sei->type = (uint8_t) nal->nal.type;
  sei->sequence = packet->sequence;
  sei->timestamp = packet->timestamp;
  if (!nal->ends)
    return false;

  const bool is_complete = sei->state == PARTS;
  sei->state = NOTHING;
  *found = (BytesSpan) {
  sei->buffer, sei->size};
  return is_complete;
}
