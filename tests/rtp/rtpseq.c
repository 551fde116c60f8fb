/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "rtpseq.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

/* steps: "SEQUENCE STATUS EXTENDED" with spaces between, where STATUS is one of
 * N L D J R, and EXTENDED is - for a jump. A timestamp is that of before + 3000 for
 * each sequence number, or what @ says: "SEQUENCE@TIMESTAMP". */
static void
check (const char *steps)
{
  static const char letters[] = "NLDJR";
  g_auto (GStrv) words = g_strsplit (steps, " ", -1);
  RtpSeq seq;

  rtp_seq_init (&seq);
  for (char **word = words; *word != NULL; word += 3) {
    char *end;
    const uint16_t sequence = (uint16_t) g_ascii_strtoull (*word, &end, 10);
    const uint32_t timestamp = *end == '@' ?
        (uint32_t) g_ascii_strtoull (end + 1, NULL, 10) : 3000u * sequence;
    uint64_t extended;
    const RtpSeqStatus status =
        rtp_seq_push (&seq, sequence, timestamp, &extended);

    if (letters[status] != word[1][0])
      g_error ("%s: %c in \"%s\"", *word, letters[status], steps);
    if (word[2][0] != '-')
      g_assert_cmpuint (extended, ==, g_ascii_strtoull (word[2], NULL, 10));
  }
}

static void
test_rtpseq_in_order (void)
{
  check ("5 N 65541 6 N 65542 7 N 65543");
  check ("0 N 65536 1 N 65537");
  check ("65535 N 131071 0@1 N 131072 1@2 N 131073");
}

static void
test_rtpseq_late_and_duplicate (void)
{
  check ("5 N 65541 7 N 65543 6 L 65542 6 D 65542 7 D 65543 8 N 65544");
  check ("5 N 65541 3 L 65539 4 L 65540 3 D 65539");
  /* across the wrap */
  check ("65534@0 N 131070 1@9 N 131073 65535@3 L 131071 0@6 L 131072 0@6 D"
      " 131072 65534@0 D 131070");
  /* those before the first of all */
  check ("0@9 N 65536 65535@6 L 65535 1@9 N 65537");
}

static void
test_rtpseq_history (void)
{
  RtpSeq seq;
  uint64_t extended;

  rtp_seq_init (&seq);
  rtp_seq_push (&seq, 1000, 0, &extended);
  for (unsigned i = 1001; i <= 1200; i++)
    if (i % 3 != 0)
      rtp_seq_push (&seq, (uint16_t) i, 0, &extended);
  for (unsigned i = 1073; i < 1200; i += 2) {
    g_assert_cmpint (rtp_seq_push (&seq, (uint16_t) i, 0, &extended), ==,
        i % 3 != 0 ? RTP_SEQ_DUPLICATE : RTP_SEQ_LATE);
    g_assert_cmpuint (extended, ==, 65536 + i);
    /* no repetition */
    rtp_seq_push (&seq, (uint16_t) (i - 1), 0, &extended);
  }
  g_assert_cmpint (rtp_seq_push (&seq, 1072 - 1, 0, &extended), ==,
      RTP_SEQ_JUMP);
}

static void
test_rtpseq_gap (void)
{
  check ("5 N 65541 3005 N 68541 3004 L 68540");
  check ("5 N 65541 69 N 65605 68 L 65604 5 D 65541 4 L 65540");
  check ("5 N 65541 133 N 65669 5@0 J - 6 L 65542 4@0 J -");
  check ("5 N 65541 3006 J - 6 N 65542");
}

static void
test_rtpseq_two_in_sequence_prove_a_jump (void)
{
  check ("5 N 65541 30000 J - 30001 R 226609 30002 N 226610 30000 D 226608");
  /* back, and across the wrap */
  check ("30000 N 95536 5 J - 6 R 196614 30000 J -");
  check ("30000 N 95536 65535@1 J - 0 R 196608 65535@1 D 196607 1 N 196609");
  /* noise proves nothing */
  check
      ("5 N 65541 30000 J - 20000 J - 30001 J - 6 N 65542 30002 J - 7 N 65543");
}

static void
test_rtpseq_restart_nearby_is_told_by_its_timestamps (void)
{
  check ("5@0 N 65541 6@0 N 65542 7@3000 N 65543 5@900000000 J - 6@900000000 R"
      " 196614");
  check ("5@900000000 N 65541 6@900000000 N 65542 5@7 J - 6@3000 R 196614");
  /* a few numbers back: two that have other timestamps than before */
  check ("5@0 N 65541 6@3000 N 65542 7@6000 N 65543 6@9000 J - 7@12000 R 196615"
      " 8@15000 N 196616 7@12000 D 196615 6@9000 D 196614");
  check ("5@0 N 65541 7@6000 N 65543 8@6000 N 65544 5@9000 J - 6@12000 R 196614"
      " 7@15000 N 196615");
  /* one number back, where the next has the same timestamp */
  check ("1@9 N 65537 2@9 N 65538 3@9 N 65539 3@3000 J - 4@3000 R 196612");
  check ("1@9 N 65537 2@9 N 65538 3@9 N 65539 3@3000 J - 4@9 N 65540");
  /* one of them is noise */
  check ("5@0 N 65541 6@3000 N 65542 7@6000 N 65543 6@9000 J - 8@9000 N 65544"
      " 7@6000 D 65543");
  /* pictures that are sent out of order */
  check ("5@9000 N 65541 7@3000 N 65543 6@18000 L 65542");
}

static void
test_rtpseq_restart_with_the_same_numbers_is_told_by_repetition (void)
{
  check ("5 N 65541 6 N 65542 7 N 65543 8 N 65544 9 N 65545 10 N 65546"
      " 11 N 65547 12 N 65548 13 N 65549 14 N 65550"
      " 5 D 65541 6 D 65542 7 D 65543 8 D 65544 9 D 65545 10 D 65546"
      " 11 D 65547 12 D 65548 13 R 196621 14 N 196622");
  /* with what was lost the first time, and what is the second time */
  check ("5 N 65541 6 N 65542 7 N 65543 9 N 65545 10 N 65546"
      " 11 N 65547 12 N 65548 13 N 65549 14 N 65550 15 N 65551"
      " 5 D 65541 6 D 65542 7 D 65543 8 L 65544 9 D 65545 10 D 65546"
      " 12 D 65548 13 D 65549 14 D 65550 15 R 196623");
  /* and once more, where all that came the second time counts */
  check ("5 N 65541 6 N 65542 7 N 65543 8 N 65544 9 N 65545 10 N 65546"
      " 11 N 65547 12 N 65548 13 N 65549 14 N 65550"
      " 5 D 65541 6 D 65542 8 D 65544 9 D 65545 10 D 65546 11 D 65547"
      " 12 D 65548 13 D 65549 14 R 196622 7 L 196615 15 N 196623"
      " 5 D 196613 6 D 196614 7 D 196615 8 D 196616 9 D 196617 10 D 196618"
      " 11 D 196619 12 D 196620 13 R 327693");
  /* each twice, as some networks send them */
  check ("1 N 65537 1 D 65537 2 N 65538 2 D 65538 3 N 65539 3 D 65539"
      " 4 N 65540 4 D 65540 5 N 65541 5 D 65541 6 N 65542 6 D 65542"
      " 7 N 65543 7 D 65543 8 N 65544 8 D 65544 9 N 65545 9 D 65545"
      " 10 N 65546 10 D 65546");
}

/* All that a network does within bounds: each number comes to its own */
static void
test_rtpseq_any_order (void)
{
  GRand *rand = g_rand_new_with_seed (1);
  RtpSeq seq;

  rtp_seq_init (&seq);
  for (unsigned base = 1000; base < 300000; base += 20) {
    unsigned order[20];

    for (unsigned i = 0; i < 20; i++) {
      const unsigned k = (unsigned) g_rand_int_range (rand, 0, (int) i + 1);

      order[i] = order[k];
      order[k] = i;
    }
    for (unsigned i = 0; i < 20; i++) {
      const unsigned number = base + order[i];
      uint64_t extended;

      if (g_rand_int_range (rand, 0, 10) == 0)
        continue;
      g_assert_cmpint (rtp_seq_push (&seq, (uint16_t) number, 0, &extended), <=,
          RTP_SEQ_LATE);
      g_assert_cmpuint (extended, ==, 65536 + number);
    }
  }
  g_rand_free (rand);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add_func ("/rtpseq/" path, func)
  ADD ("in-order", test_rtpseq_in_order);
  ADD ("late", test_rtpseq_late_and_duplicate);
  ADD ("history", test_rtpseq_history);
  ADD ("gap", test_rtpseq_gap);
  ADD ("jump", test_rtpseq_two_in_sequence_prove_a_jump);
  ADD ("restart-timestamps",
      test_rtpseq_restart_nearby_is_told_by_its_timestamps);
  ADD ("restart-repetition",
      test_rtpseq_restart_with_the_same_numbers_is_told_by_repetition);
  ADD ("any-order", test_rtpseq_any_order);
  return g_test_run ();
}
