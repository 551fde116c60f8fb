/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "rtpseq.h"

#include <string.h>

#define NONE 65536u

/* A minute of the fastest usual clock: more than any picture is reordered by */
#define MAX_TIMESTAMP_DISTANCE (60u * 90000u)

void
rtp_seq_init (RtpSeq * seq)
{
  *seq = (RtpSeq) {
  .next_jump = NONE,.next_repeated = NONE};
}

static bool
is_seen (const RtpSeq * seq, unsigned behind)
{
  return seq->seen[behind / 64] >> behind % 64 & 1;
}

static uint32_t *
timestamp_of (RtpSeq * seq, uint64_t sequence)
{
  return &seq->timestamps[sequence % (RTP_SEQ_MAX_BEHIND + 1)];
}

/* Another packet has come, so many numbers ahead of the one before */
static void
advance (uint64_t seen[2], unsigned ahead)
{
  for (; ahead >= 64; ahead -= 64) {
    seen[1] = seen[0];
    seen[0] = 0;
  }
  if (ahead > 0) {
    seen[1] = seen[1] << ahead | seen[0] >> (64 - ahead);
    seen[0] <<= ahead;
  }
  seen[0] |= 1;
}

/* Begins at a number, of which that is known to be newer than all before. All that
 * was missing stays so. */
static void
begin_at (RtpSeq * seq, uint64_t extended, uint32_t timestamp)
{
  seq->newest = extended;
  seq->seen[0] = 1;
  seq->seen[1] = 0;
  *timestamp_of (seq, extended) = timestamp;
  seq->next_jump = NONE;
  seq->next_repeated = NONE;
}

static RtpSeqStatus
restart (RtpSeq * seq, uint16_t sequence, uint32_t timestamp,
    uint64_t * extended)
{
  /* Two rounds further, so that nothing before is taken for its past */
  *extended = (((seq->newest >> 16) + 2) << 16) + sequence;
  begin_at (seq, *extended, timestamp);
  return RTP_SEQ_RESTART;
}

/* A packet that fits nothing, or the second in sequence of that kind */
static RtpSeqStatus
jump (RtpSeq * seq, uint16_t sequence, uint32_t timestamp, uint64_t * extended)
{
  if (sequence != seq->next_jump) {
    seq->next_jump = (uint16_t) (sequence + 1);
    seq->jump_timestamp = timestamp;
    return RTP_SEQ_JUMP;
  }
  restart (seq, sequence, timestamp, extended);
  /* So did the packet before it come */
  seq->seen[0] |= 2;
  *timestamp_of (seq, *extended - 1) = seq->jump_timestamp;
  return RTP_SEQ_RESTART;
}

/* Counts duplicates that go forward, with no newer packet between. Some are the first
 * of their number, where what they repeat was lost. */
static bool
is_repetition (RtpSeq * seq, uint16_t sequence, bool is_duplicate)
{
  uint16_t skipped = (uint16_t) (sequence - seq->next_repeated);

  if (seq->next_repeated == NONE || skipped > RTP_SEQ_MAX_BEHIND) {
    seq->n_repeated = 0;
    seq->repeated[0] = seq->repeated[1] = 0;
    skipped = 0;
  }
  advance (seq->repeated, skipped + 1u);
  seq->n_repeated += is_duplicate;
  seq->next_repeated = (uint16_t) (sequence + 1);
  return seq->n_repeated > RTP_SEQ_MAX_REPEATED;
}

RtpSeqStatus
rtp_seq_push (RtpSeq * seq, uint16_t sequence, uint32_t timestamp,
    uint64_t * extended)
{
  *extended = NONE + sequence;
  if (seq->newest == 0) {
    begin_at (seq, *extended, timestamp);
    return RTP_SEQ_NEW;
  }

  const uint16_t ahead = (uint16_t) (sequence - seq->newest);
  const uint16_t behind = (uint16_t) (seq->newest - sequence);
  const uint32_t later = timestamp - *timestamp_of (seq, seq->newest);

  /* A jump back to the newest number, of which the next is no newer one */
  if (ahead == 1 && sequence == seq->next_jump
      && timestamp == seq->jump_timestamp)
    return jump (seq, sequence, timestamp, extended);
  if (ahead > 0 && ahead <= RTP_SEQ_MAX_AHEAD) {
    advance (seq->seen, ahead);
    *extended = seq->newest += ahead;
    *timestamp_of (seq, sequence) = timestamp;
    seq->next_jump = NONE;
    seq->next_repeated = NONE;
    return RTP_SEQ_NEW;
  }
  if (behind > RTP_SEQ_MAX_BEHIND || (later > MAX_TIMESTAMP_DISTANCE
          && later < -MAX_TIMESTAMP_DISTANCE))
    return jump (seq, sequence, timestamp, extended);

  const bool is_duplicate = is_seen (seq, behind);
  if (is_duplicate ? *timestamp_of (seq, sequence) != timestamp :
      sequence == seq->next_jump && behind < RTP_SEQ_MAX_BEHIND
      && is_seen (seq, behind + 1))
    return jump (seq, sequence, timestamp, extended);
  *extended = seq->newest - behind;
  if (is_repetition (seq, sequence, is_duplicate)) {
    restart (seq, sequence, timestamp, extended);
    memcpy (seq->seen, seq->repeated, sizeof (seq->seen));
    return RTP_SEQ_RESTART;
  }
  seq->seen[behind / 64] |= (uint64_t) 1 << behind % 64;
  *timestamp_of (seq, sequence) = timestamp;
  return is_duplicate ? RTP_SEQ_DUPLICATE : RTP_SEQ_LATE;
}
