/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef RTP_SEQ_H
#define RTP_SEQ_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** How many sequence numbers a packet may be ahead of the newest (RFC 3550 A.1,
 * MAX_DROPOUT). */
#define RTP_SEQ_MAX_AHEAD 3000

/** How many it may be behind it. */
#define RTP_SEQ_MAX_BEHIND 127

/** After so many duplicates that go forward, and no newer packet between, the next is
 * of a sender that has started again with the same numbers. */
#define RTP_SEQ_MAX_REPEATED 8

typedef enum {
  RTP_SEQ_NEW,                  /* newer than all before */
  RTP_SEQ_LATE,                 /* older than the newest, and was missing */
  RTP_SEQ_DUPLICATE,            /* was there before */
  RTP_SEQ_JUMP,                 /* fits nothing: is noise, or the next proves it */
  RTP_SEQ_RESTART               /* follows a jump: the stream goes on from there */
} RtpSeqStatus;

/**
 * RtpSeq:
 *
 * The sequence numbers of one stream, in the order in which its packets arrive.
 */
typedef struct {
  /*< private >*/
  uint64_t newest;              /* extended; 0 before the first */
  uint64_t seen[2];             /* bit i: whether newest - i has come */
  uint32_t timestamps[RTP_SEQ_MAX_BEHIND + 1];  /* of those, by sequence number */
  uint32_t next_jump;           /* what would prove a jump; 65536: none */
  uint32_t jump_timestamp;
  uint32_t next_repeated;
  unsigned n_repeated;
  uint64_t repeated[2];         /* as seen, of those that go forward */
} RtpSeq;

void rtp_seq_init (RtpSeq * seq);

/**
 * Takes the next packet to arrive. The first is RTP_SEQ_NEW.
 *
 * Two packets in sequence that are far from all others prove that the stream goes on
 * there (RFC 3550 A.1): RTP_SEQ_JUMP, then RTP_SEQ_RESTART. Far is also what has a
 * number near those of before, and a timestamp that is minutes away; or the number of
 * one before, and another timestamp. A sender that starts again with the same numbers
 * and timestamps is recognised by RTP_SEQ_MAX_REPEATED duplicates; a caller that sees
 * silence before them knows it sooner, and calls rtp_seq_init().
 *
 * @extended: (out): a number that is congruent to @sequence modulo 65536, and grows
 *   with the order in which packets were sent, also beyond a restart; at least 65536.
 *   That of a packet that is RTP_SEQ_JUMP means nothing; it is the one before that
 *   of RTP_SEQ_RESTART, if that follows.
 */
RtpSeqStatus rtp_seq_push (RtpSeq * seq, uint16_t sequence, uint32_t timestamp,
    uint64_t * extended);

#ifdef __cplusplus
}
#endif
#endif
