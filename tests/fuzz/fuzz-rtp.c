/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The packets of a stream: headers, NAL units and SEI put together, compared with
 * what a simple reader finds.
 *
 * Input: flags (1: H.265, 2: with decoding order numbers), capacity of the buffer;
 * then packets, each with its size before it in two bytes */

#include "fuzz.h"
#include "rtpcodec.h"
#include "rtpsei.h"
#include "rtpseq.h"

static unsigned
read_number (const uint8_t * p, unsigned n)
{
  unsigned value = 0;

  while (n-- > 0)
    value = value * 256 + *p++;
  return value;
}

/* RFC 3550 A.2: packets of the types of RTCP that fill the datagram */
static bool
is_compound (FuzzInput in)
{
  size_t left = in.size;

  for (const uint8_t * p = in.data; left > 0;) {
    if (left < 4 || p[0] < 0x80 || p[0] > 0xbf || (p[1] & 0xe0) != 0xc0)
      return false;

    const size_t length = 4 + 4 * (size_t) read_number (p + 2, 2);

    if (length > left)
      return false;
    p += length;
    left -= length;
  }
  return in.size > 0;
}

/* RFC 3550 5.1, from one field to the next */
static void
check_header (FuzzInput in, RtpStatus status, const RtpPacket * packet)
{
  const bool is_rtp = in.size >= 12 && in.data[0] >> 6 == 2
      && !is_compound (in);
  size_t at = 12, end = in.size;

  CHECK ((status == RTP_IS_RTCP) == is_compound (in));
  if (!is_rtp) {
    CHECK (status != RTP_OK);
    return;
  }
  at += 4 * (in.data[0] & 15u);
  if (in.data[0] & 0x10 && at + 4 <= end)
    at += 4 + 4 * read_number (in.data + at + 2, 2);
  else if (in.data[0] & 0x10)
    at = end + 1;
  if (in.data[0] & 0x20)
    end = in.data[in.size - 1] > end ? 0 : end - in.data[in.size - 1];
  CHECK ((status == RTP_OK) == (at <= end));
  if (status != RTP_OK) {
    CHECK (status == RTP_TRUNCATED);
    return;
  }

  CHECK (packet->payload.data == in.data + at);
  CHECK (packet->payload.size == end - at);
  CHECK (packet->padding == in.size - end);
  CHECK (packet->payload_type + 128u * packet->marker == in.data[1]);
  CHECK (packet->sequence == read_number (in.data + 2, 2));
  CHECK (packet->timestamp == read_number (in.data + 4, 4));
  CHECK (packet->ssrc == read_number (in.data + 8, 4));
  for (unsigned i = 0; i < packet->n_csrcs; i++)
    CHECK (rtp_packet_get_csrc (packet, i)
        == read_number (in.data + 12 + 4 * i, 4));
  CHECK (packet->has_extension == (in.data[0] >> 4 & 1));
  CHECK (!packet->has_extension
      || packet->extension.data + packet->extension.size == in.data + at);
}

/* Elements lie one behind the other, with nothing but zeros between */
static void
check_extension (const RtpPacket * packet)
{
  const uint8_t *at = packet->extension.data;
  size_t left = packet->extension.size;
  const unsigned header_size = packet->extension_profile == 0xbede ? 1 : 2;
  RtpExtensionIter it;
  RtpExtension element;
  uint64_t ntp;

  rtp_extension_iter_init (&it, packet);
  while (rtp_extension_iter_next (&it, &element)) {
    for (; left > 0 && *at == 0; left--)
      at++;
    CHECK (left >= header_size + element.data.size);
    CHECK (element.data.data == at + header_size && element.id > 0);
    if (header_size == 1)
      CHECK (*at == element.id * 16 + element.data.size - 1);
    else
      CHECK (at[0] == element.id && at[1] == element.data.size);
    at += header_size + element.data.size;
    left -= header_size + element.data.size;
    if (rtp_extension_get_ntp (&element, (uint64_t) 1 << 63, &ntp)) {
      CHECK (element.data.size == 7 || element.data.size == 8);
      CHECK ((uint32_t) ntp
          == read_number (element.data.data + element.data.size - 4, 4));
    }
  }
  CHECK (!rtp_extension_iter_next (&it, &element));
  CHECK (rtp_packet_get_onvif_time (packet, &ntp)
      <= (packet->extension_profile == 0xabac));
}

#define MAX_NALS 4096

/* A NAL unit, or a part of one, and the packet that it is in */
typedef struct
{
  uint8_t header[2];
  bool begins, ends, has_header;
  BytesSpan data;
  uint32_t offset;              /* of its timestamp */
  int don;                      /* -1: has none */
  uint16_t sequence;
  uint32_t timestamp;
} Part;

typedef struct
{
  Part parts[MAX_NALS];
  size_t n;
  bool is_broken;               /* the payload that was read last */
} Parts;

static Part *
add_part (Parts * parts, const uint8_t * header, unsigned header_size,
    BytesSpan data)
{
  Part *part;

  if (parts->n == MAX_NALS)
    return NULL;
  part = &parts->parts[parts->n++];
  *part = (Part) {
  .begins = true,.ends = true,.data = data,.don = -1};
  memcpy (part->header, header, header_size);
  part->has_header = data.data == header;
  return part;
}

/* The aggregation units at p, of which each has a size of two bytes, then extra
 * bytes, then a NAL unit. Returns false if there is no room for more. */
static bool
read_units (Parts * parts, const uint8_t * p, const uint8_t * end,
    unsigned header_size, unsigned extra, int don, bool is_h265)
{
  bool is_first = true;

  while (p < end) {
    const unsigned dond = is_h265 && don >= 0 && !is_first ? 1 : 0;
    Part *part;

    if ((size_t) (end - p) < dond + 2 + extra
        || (size_t) (end - p) - dond - 2 - extra < read_number (p + dond, 2)) {
      parts->is_broken = true;
      return true;
    }
    if (dond > 0)
      don = (don + *p + 1) & 0xffff;
    p += dond;

    const BytesSpan data = { p + 2 + extra, read_number (p, 2) };
    if (data.size >= header_size) {
      part = add_part (parts, data.data, header_size, data);
      if (part == NULL)
        return false;
      part->don = don;
      if (extra > 0) {
        part->don = (don + p[2]) & 0xffff;
        part->offset = read_number (p + 3, extra - 1);
      }
    }
    if (!is_h265 && extra == 0 && don >= 0)
      don = (don + 1) & 0xffff;
    p = data.data + data.size;
    is_first = false;
  }
  return true;
}

/* RFC 6184 5.6 to 5.8 */
static bool
read_h264 (Parts * parts, const uint8_t * p, size_t size)
{
  const unsigned type = p[0] & 31u;
  const bool has_don = type == 25 || type == 26 || type == 27 || type == 29;
  const unsigned skip = (type < 28 ? 1 : 2) + (has_don ? 2 : 0);
  Part *part;

  if (type == 0 || type > 29) {
    parts->is_broken = true;
    return true;
  }
  if (type < 24)
    return add_part (parts, p, 1, (BytesSpan) {
        p, size}
  ) != NULL;
  if (size < skip || (type == 29 && !(p[1] & 0x80))) {
    parts->is_broken = true;
    return true;
  }
  if (type < 28)
    return read_units (parts, p + skip, p + size, 1,
        type == 26 ? 3 : type == 27 ? 4 : 0,
        has_don ? (int) read_number (p + 1, 2) : -1, false);

  const uint8_t header = (p[0] & 0xe0) | (p[1] & 0x1f);
  part = add_part (parts, &header, 1, (BytesSpan) {
      p + skip, size - skip});
  if (part == NULL)
    return false;
  part->begins = p[1] & 0x80;
  part->ends = p[1] & 0x40;
  part->don = has_don ? (int) read_number (p + 2, 2) : -1;
  return true;
}

/* RFC 7798 4.4 */
static bool
read_h265 (Parts * parts, const uint8_t * p, size_t size, bool has_donl)
{
  const unsigned type = p[0] >> 1 & 63u;
  const bool begins = type != 49 || (size > 2 && p[2] & 0x80);
  const unsigned fixed = type == 49 ? 3 : 2;
  const unsigned skip = fixed + (has_donl && begins ? 2 : 0);
  Part *part;

  if (type == 50)
    return true;
  if (size < skip) {
    parts->is_broken = true;
    return true;
  }

  const int don = skip > fixed ? (int) read_number (p + fixed, 2) : -1;
  if (type == 48)
    return read_units (parts, p + skip, p + size, 2, 0, don, true);
  if (type != 49) {
    part = add_part (parts, p, 2, (BytesSpan) {
        has_donl ? p + 4 : p, has_donl ? size - 4 : size}
    );
    if (part != NULL)
      part->don = don;
    return part != NULL;
  }

  const uint8_t header[2] =
      { (uint8_t) ((p[0] & 0x81) + (p[2] & 63) * 2), p[1] };
  part = add_part (parts, header, 2, (BytesSpan) {
      p + skip, size - skip});
  if (part == NULL)
    return false;
  part->begins = p[2] & 0x80;
  part->ends = p[2] & 0x40;
  part->don = don;
  return true;
}

static void
check_nal (H26xCodec codec, const RtpNal * nal, const Part * part)
{
  const size_t header_size = H26X_NAL_HEADER_SIZE (codec);
  const uint8_t *content = part->data.data
      + (part->has_header ? header_size : 0);
  const size_t size = part->data.size - (part->has_header ? header_size : 0);
  H26xNal described;

  CHECK (memcmp (nal->header, part->header, header_size) == 0);
  CHECK (nal->begins == part->begins && nal->ends == part->ends);
  CHECK (nal->has_header == part->has_header);
  CHECK (nal->data.data == part->data.data);
  CHECK (nal->data.size == part->data.size);
  CHECK (nal->timestamp == part->offset);
  CHECK (nal->has_don == (part->don >= 0));
  CHECK (!nal->has_don || nal->don == part->don);
  h26x_nal_describe (codec, part->header,
      part->begins && size > 0 ? content[0] : -1, &described);
  CHECK (nal->nal.type == described.type && nal->nal.kind == described.kind);
  CHECK (nal->nal.layer_id == described.layer_id);
  CHECK (nal->nal.temporal_id == described.temporal_id);
  CHECK (nal->nal.first_in_picture == described.first_in_picture);
  CHECK (nal->nal.prefix_of_idr == described.prefix_of_idr);
  CHECK (nal->nal.size == nal->data.size);
}

static unsigned
type_of (H26xCodec codec, const Part * part)
{
  return codec == H26X_CODEC_H265 ? part->header[0] >> 1 & 63u :
      part->header[0] & 31u;
}

/* Looks back from the last part to where its NAL unit begins. Returns whether it is
 * a SEI of which all is there and fits. */
static bool
is_complete (H26xCodec codec, const Parts * parts, size_t capacity,
    size_t *first)
{
  const Part *last = &parts->parts[parts->n - 1];
  const unsigned type = type_of (codec, last);
  size_t size = H26X_NAL_HEADER_SIZE (codec);

  *first = parts->n - 1;
  if (!last->ends || (codec == H26X_CODEC_H265 ? type != 39 && type != 40 :
          type != 6))
    return false;
  if (last->has_header)
    return true;
  for (;; (*first)--) {
    const Part *part = &parts->parts[*first];

    size += part->data.size;
    if (part->begins)
      return size <= capacity;
    if (*first == 0 || part[-1].ends || part[-1].has_header
        || type_of (codec, part - 1) != type
        || part[-1].timestamp != part->timestamp
        || (uint16_t) (part[-1].sequence + 1) != part->sequence)
      return false;
  }
}

static void
check_found (H26xCodec codec, const Parts * parts, size_t first,
    BytesSpan found)
{
  const size_t header_size = H26X_NAL_HEADER_SIZE (codec);
  size_t at = 0;

  if (!parts->parts[first].has_header) {
    CHECK (found.size >= header_size);
    CHECK (memcmp (found.data, parts->parts[first].header, header_size) == 0);
    at = header_size;
  }
  for (size_t i = first; i < parts->n; i++) {
    const BytesSpan data = parts->parts[i].data;

    CHECK (found.size - at >= data.size);
    CHECK (data.size == 0 || memcmp (found.data + at, data.data,
            data.size) == 0);
    at += data.size;
  }
  CHECK (at == found.size);
}

/* What comes out is true of the number that went in */
static void
check_sequence (RtpSeq * seq, const RtpPacket * packet, uint64_t * newest)
{
  uint64_t extended;
  const RtpSeqStatus status = rtp_seq_push (seq, packet->sequence,
      packet->timestamp, &extended);

  if (status == RTP_SEQ_JUMP)
    return;
  CHECK ((uint16_t) extended == packet->sequence);
  if (status == RTP_SEQ_NEW || status == RTP_SEQ_RESTART) {
    CHECK (extended > *newest);
    CHECK (status == RTP_SEQ_RESTART || *newest == 0
        || extended - *newest <= RTP_SEQ_MAX_AHEAD);
    *newest = extended;
  } else {
    CHECK (extended <= *newest && *newest - extended <= RTP_SEQ_MAX_BEHIND);
    CHECK (extended < *newest || status == RTP_SEQ_DUPLICATE);
  }
}

int
LLVMFuzzerTestOneInput (const uint8_t * data, size_t size)
{
  static Parts parts;
  FuzzInput in = { data, size };
  const uint8_t flags = fuzz_take_byte (&in);
  const RtpFormat format =
      { flags & 1 ? H26X_CODEC_H265 : H26X_CODEC_H264, flags & 2 };
  const size_t capacity = fuzz_take_byte (&in);
  uint8_t *buffer = malloc (capacity);
  uint64_t newest = 0, n_parts = 0;
  RtpCodec codec = RTP_CODEC_UNKNOWN;
  RtpCodecDetector detector;
  RtpSeq seq;
  RtpSei sei;

  parts.n = 0;
  rtp_codec_init (&detector);
  rtp_seq_init (&seq);
  rtp_sei_init (&sei, format.codec, buffer, capacity);
  while (in.size > 0) {
    const unsigned high = fuzz_take_byte (&in);
    const FuzzInput packet_in =
        fuzz_take (&in, high << 8 | fuzz_take_byte (&in));
    RtpPacket packet;
    const RtpStatus status =
        rtp_packet_parse (&packet, packet_in.data, packet_in.size);

    check_header (packet_in, status, &packet);
    if (status != RTP_OK)
      continue;
    check_extension (&packet);
    check_sequence (&seq, &packet, &newest);
    const RtpCodec now = rtp_codec_push (&detector, packet.payload);
    CHECK (codec == RTP_CODEC_UNKNOWN || now == codec);
    codec = now;

    const size_t before = parts.n;
    parts.is_broken = false;
    if (packet.payload.size > 0 && !(format.codec == H26X_CODEC_H265 ?
            read_h265 (&parts, packet.payload.data, packet.payload.size,
                format.has_donl) : read_h264 (&parts, packet.payload.data,
                packet.payload.size)))
      break;
    for (size_t i = before; i < parts.n; i++) {
      parts.parts[i].sequence = packet.sequence;
      parts.parts[i].timestamp = packet.timestamp;
    }

    const size_t n = parts.n;
    RtpNalIter it;
    RtpNal nal;
    rtp_nal_iter_init (&it, format, packet.payload);
    for (parts.n = before; rtp_nal_iter_next (&it, &nal);) {
      BytesSpan found;
      size_t first;

      CHECK (parts.n < n);
      check_nal (format.codec, &nal, &parts.parts[parts.n++]);
      n_parts++;
      const bool is_found = rtp_sei_push (&sei, &packet, &nal, &found);
      CHECK (is_found == is_complete (format.codec, &parts, capacity, &first));
      if (is_found)
        check_found (format.codec, &parts, first, found);
    }
    CHECK (parts.n == n);
    CHECK ((it.error != RTP_OK) == parts.is_broken);
    CHECK (!rtp_nal_iter_next (&it, &nal));
  }
  rtp_sei_flush (&sei);
  CHECK (sei.n_incomplete + sei.n_too_large <= n_parts);
  free (buffer);
  return 0;
}
