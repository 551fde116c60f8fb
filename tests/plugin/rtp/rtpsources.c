/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Which streams there are, by tables of packets. No test waits: times are numbers. */

#include "rtpsources.h"

#include <string.h>

#define MS G_TIME_SPAN_MILLISECOND

typedef struct
{
  RtpSources *sources;
  GString *log;                 /* NULL: just counts */
  guint n_begun;
  guint n_given;
  guint n_ended;
  gboolean has_messages;        /* every packet is one */
  guint32 waiting_ssrc;         /* streams of it have one that has not been looked at */
} Bed;

/* A small letter is a sender with an IP address of its own; the large one is of the
 * same IP address, at another port. */
static RtpFlow
get_flow (gchar sender)
{
  RtpFlow flow = { {.ip = {[10] = 0xff,[11] = 0xff,[12] = 10}}, 5004 };

  flow.source.ip[15] = (guint8) g_ascii_tolower (sender);
  flow.source.port = g_ascii_isupper (sender) ? 6000 : 5000;
  return flow;
}

static gchar
get_sender (const RtpSource * source)
{
  const gchar letter = (gchar) source->flow.source.ip[15];

  return source->flow.source.port == 6000 ? g_ascii_toupper (letter) : letter;
}

static void
log_source (Bed * bed, const gchar * prefix, const RtpSource * source)
{
  if (bed->log != NULL)
    g_string_append_printf (bed->log, "%s%s%c%u", bed->log->len > 0 ? " " : "",
        prefix, get_sender (source), source->ssrc);
}

static void
on_begin (RtpSource * source, gpointer data)
{
  Bed *bed = data;

  g_assert_null (source->stream);
  source->stream = g_strdup ("a stream");
  bed->n_begun++;
  log_source (bed, "+", source);
}

static void
give (Bed * bed, RtpSource * source, guint16 sequence)
{
  g_assert_cmpstr (source->stream, ==, "a stream");
  bed->n_given++;
  log_source (bed, "", source);
  if (bed->log != NULL)
    g_string_append_printf (bed->log, "/%u", sequence);
  if (bed->has_messages)
    rtp_sources_note_message (bed->sources, source);
}

static void
on_packet (RtpSource * source, const guint8 * data, gsize size,
    gint64 arrival_us, gpointer user_data)
{
  guint16 sequence;

  g_assert_cmpuint (size, ==, sizeof (sequence));
  memcpy (&sequence, data, sizeof (sequence));
  give (user_data, source, sequence);
}

static void
on_replaced (RtpSource * source, gpointer data)
{
  Bed *bed = data;

  if (source->ssrc == bed->waiting_ssrc)
    log_source (bed, "<", source);
}

static void
on_evict (RtpSource * source, gpointer data)
{
  Bed *bed = data;

  if (source->ssrc == bed->waiting_ssrc)
    rtp_sources_note_message (bed->sources, source);
}

static void
on_end (RtpSource * source, gpointer data)
{
  Bed *bed = data;

  g_free (source->stream);
  bed->n_ended++;
  log_source (bed, "-", source);
}

static const RtpSourcesCallbacks callbacks = { on_begin, on_packet, on_evict,
  on_replaced, on_end
};

static void
bed_init (Bed * bed, guint max_streams, GString * log)
{
  *bed = (Bed) {
  .log = log};
  bed->sources = rtp_sources_new (max_streams, &callbacks, bed);
}

static gboolean
push (Bed * bed, const RtpFlow * flow, guint32 ssrc, guint16 sequence,
    gint64 now_us)
{
  RtpSource *source = rtp_sources_push (bed->sources, flow, ssrc, sequence,
      (const guint8 *) &sequence, sizeof (sequence), now_us);

  if (source != NULL)
    give (bed, source, sequence);
  return source != NULL;
}

/* What a step does:
 *   120     from now on it is 120 ms
 *   a7/5    sender a, SSRC 7, sequence number 5
 *   !a7     that has given a message
 *   .a7     and says goodbye, from this address
 *   x       what has been silent for too long ends */
static void
do_step (Bed * bed, const gchar * step, gint64 * now_us)
{
  const gchar *name = step + (strchr ("!.", step[0]) != NULL);
  const RtpFlow flow = get_flow (name[0]);
  gchar *end;
  const guint32 ssrc = (guint32) g_ascii_strtoull (name + 1, &end, 10);
  RtpSource *source;

  if (g_ascii_isdigit (step[0])) {
    *now_us = g_ascii_strtoll (step, NULL, 10) * MS;
  } else if (step[0] == 'x') {
    rtp_sources_expire (bed->sources, *now_us);
  } else if (*end == '/') {
    push (bed, &flow, ssrc, (guint16) g_ascii_strtoull (end + 1, NULL, 10),
        *now_us);
  } else {
    source = rtp_sources_find (bed->sources, &flow, ssrc);
    g_assert_nonnull (source);
    if (step[0] == '!')
      rtp_sources_note_message (bed->sources, source);
    else
      rtp_sources_bye (bed->sources, source, *now_us);
  }
}

/* @log: "+a7" a stream begins, "a7/5" gets a packet, "<a7" is replaced if it is
 * SSRC 77, "-a7" ends; then the counts:
 * streams, replaced, refused, no place, unproven */
static void
check (guint max_streams, const gchar * steps, const gchar * log,
    const gchar * numbers)
{
  g_auto (GStrv) list = g_strsplit (steps, " ", -1);
  g_autoptr (GString) got = g_string_new (NULL);
  g_autofree gchar *got_numbers = NULL;
  RtpSourcesCounts counts;
  gint64 now_us = 0;
  Bed bed;

  bed_init (&bed, max_streams, got);
  bed.waiting_ssrc = 77;
  for (gchar ** step = list; *step != NULL; step++)
    do_step (&bed, *step, &now_us);
  g_assert_cmpstr (got->str, ==, log);
  rtp_sources_get_counts (bed.sources, &counts);
  got_numbers = g_strdup_printf ("%u %u %u %" G_GUINT64_FORMAT " %"
      G_GUINT64_FORMAT, counts.streams, counts.replaced, counts.refused,
      counts.no_place, counts.unproven);
  g_assert_cmpstr (got_numbers, ==, numbers);
  rtp_sources_free (bed.sources);
  g_assert_cmpuint (bed.n_begun, ==, bed.n_ended);
}

static void
test_rtpsources_two_in_sequence_begin_a_stream (void)
{
  check (9, "a7/5", "", "0 0 0 0 0");
  check (9, "a7/5 a7/6 a7/7 a7/20", "+a7 a7/5 a7/6 a7/7 a7/20", "1 0 0 0 0");
  check (9, "a7/65535 a7/0", "+a7 a7/65535 a7/0", "1 0 0 0 0");
  /* lost, reordered and doubled on the way */
  check (9, "a7/1 a7/3 a7/4", "+a7 a7/1 a7/3 a7/4", "1 0 0 0 0");
  check (9, "a7/2 a7/1 a7/3", "+a7 a7/2 a7/1 a7/3", "1 0 0 0 0");
  check (9, "a7/0 a7/65535", "+a7 a7/0 a7/65535", "1 0 0 0 0");
  check (9, "a7/1 a7/1 a7/2", "+a7 a7/1 a7/1 a7/2", "1 0 0 0 0");
  /* noise does not begin one, nor does it come with one */
  check (9, "a7/5 a8/6 b7/6 A7/6", "", "0 0 0 0 0");
  check (9, "a7/5 a7/900 a7/901", "+a7 a7/900 a7/901", "1 0 0 0 1");
  /* others may be between the two */
  check (9, "a7/1 a7/3 a7/5 a7/2", "+a7 a7/1 a7/3 a7/5 a7/2", "1 0 0 0 0");
  check (9, "a7/9 a7/6 a7/3 a7/8", "+a7 a7/9 a7/6 a7/3 a7/8", "1 0 0 0 0");
  /* of much that does not fit the first is forgotten */
  check (9, "a7/1 a7/3 a7/5 a7/7 a7/9 a7/11 a7/13 a7/15 a7/17 a7/19 a7/21"
      " a7/23 a7/25 a7/27 a7/29 a7/31 a7/33 a7/34", "+a7 a7/3 a7/5 a7/7 a7/9"
      " a7/11 a7/13 a7/15 a7/17 a7/19 a7/21 a7/23 a7/25 a7/27 a7/29 a7/31"
      " a7/33 a7/34", "1 0 0 0 1");
}

static void
test_rtpsources_senders_with_one_ssrc (void)
{
  check (9, "a7/5 b7/5 a7/6 b7/6 A7/9 A7/10",
      "+a7 a7/5 a7/6 +b7 b7/5 b7/6 +A7 A7/9 A7/10", "3 0 0 0 0");
}

/* One socket sends the same SSRC, and the same numbers, to two ports of ours. */
static void
test_rtpsources_local_ports (void)
{
  RtpFlow flows[2] = { get_flow ('a'), get_flow ('a') };
  Bed bed;

  flows[1].port += 2;
  bed_init (&bed, 9, NULL);
  for (guint16 sequence = 1; sequence < 30; sequence++)
    for (guint i = 0; i < 2; i++)
      push (&bed, &flows[i], 7, sequence, 0);
  g_assert_cmpuint (bed.n_begun, ==, 2);
  g_assert_cmpuint (bed.n_given, ==, 2 * 29);
  /* reports come from and to the ports of the streams, or those behind */
  for (guint i = 0; i < 2 * 4; i++) {
    RtpFlow flow = flows[i % 2];

    flow.source.port += i / 2 % 2;
    flow.port += i / 4 % 2;
    const RtpSource *source = rtp_sources_find (bed.sources, &flow, 7);
    g_assert_nonnull (source);
    g_assert_cmpuint (source->flow.port, ==, flows[i % 2].port);
  }
  flows[1].port += 2;
  g_assert_null (rtp_sources_find (bed.sources, &flows[1], 7));
  /* both ports behind, rather than one: also where there are streams at all ports */
  flows[1] = flows[0];
  flows[1].port++;
  for (guint16 sequence = 1; sequence < 3; sequence++)
    push (&bed, &flows[1], 7, sequence, 0);
  flows[1].source.port++;
  const RtpSource *source = rtp_sources_find (bed.sources, &flows[1], 7);
  g_assert_cmpuint (source->flow.port, ==, flows[0].port);
  rtp_sources_free (bed.sources);
}

static void
test_rtpsources_silence_ends_a_stream (void)
{
  check (9, "0 a7/5 a7/6 b1/1 59999 x", "+a7 a7/5 a7/6", "1 0 0 0 0");
  check (9, "0 a7/5 a7/6 b1/1 60000 x", "+a7 a7/5 a7/6 -a7", "0 0 0 0 1");
  check (9, "0 a7/5 a7/6 30000 a7/7 60000 x", "+a7 a7/5 a7/6 a7/7",
      "1 0 0 0 0");
  /* the same key after a restart is the same stream */
  check (9, "0 a7/5 a7/6 1500 a7/5 a7/6", "+a7 a7/5 a7/6 a7/5 a7/6",
      "1 0 0 0 0");
}

static void
test_rtpsources_new_ssrc_replaces_the_old (void)
{
  /* also where it has all places */
  check (1, "0 a1/1 a1/2 !a1 100 a2/1 a2/2 a2/3",
      "+a1 a1/1 a1/2 +a2 a2/1 a2/2 a2/3", "1 1 0 0 0");
  check (1, "0 a1/1 a1/2 !a1 100 a2/1 a2/2 5099 x 5100 x",
      "+a1 a1/1 a1/2 +a2 a2/1 a2/2 -a1", "1 0 0 0 0");
  /* the caller is told which */
  check (9, "b77/1 b77/2 a77/1 a77/2 a2/1 a2/2 a77/3",
      "+b77 b77/1 b77/2 +a77 a77/1 a77/2 <a77 +a2 a2/1 a2/2 a77/3",
      "3 0 0 0 0");
  /* a sender that has nothing but new ones */
  check (9, "a1/1 a1/2 a2/1 a2/2 a3/1 a3/2 a4/1 a4/2 a5/1 a5/2 a6/1 a6/2",
      "+a1 a1/1 a1/2 +a2 a2/1 a2/2 +a3 a3/1 a3/2 +a4 a4/1 a4/2 +a5 a5/1 a5/2"
      " +a6 a6/1 a6/2", "1 5 0 0 0");
  /* of too many goes one that is neither the first nor the last */
  check (3, "a1/1 a1/2 a2/1 a2/2 a3/1 a3/2 a4/1 a4/2 a5/1 a5/2 a6/1 a6/2",
      "+a1 a1/1 a1/2 +a2 a2/1 a2/2 +a3 a3/1 a3/2 +a4 a4/1 a4/2 -a3 +a5 a5/1"
      " a5/2 -a4 +a6 a6/1 a6/2", "1 3 0 0 0");
  /* and it is of the sender that has most of them */
  check (4, "b1/1 b1/2 b2/1 b2/2 a1/1 a1/2 a2/1 a2/2 a3/1 a3/2 a4/1 a4/2 a5/1"
      " a5/2", "+b1 b1/1 b1/2 +b2 b2/1 b2/2 +a1 a1/1 a1/2 +a2 a2/1 a2/2 +a3"
      " a3/1 a3/2 +a4 a4/1 a4/2 -a3 +a5 a5/1 a5/2", "2 4 0 0 0");
}

static void
test_rtpsources_overtaken_at_the_change (void)
{
  check (1, "0 a1/1 a1/2 !a1 100 a2/1 a1/3 a2/2 a2/3",
      "+a1 a1/1 a1/2 a1/3 +a2 a2/1 a2/2 a2/3", "1 1 0 0 0");
}

static void
test_rtpsources_several_of_one_sender (void)
{
  check (9, "0 a1/1 a1/2 a2/1 a1/3 a2/2",
      "+a1 a1/1 a1/2 a1/3 +a2 a2/1 a2/2", "2 0 0 0 0");
  check (9, "0 a1/1 a1/2 a2/1 a1/3 a2/2 a1/4 a2/3",
      "+a1 a1/1 a1/2 a1/3 +a2 a2/1 a2/2 a1/4 a2/3", "2 0 0 0 0");
  /* one that paused goes on as if nothing had been, and is not replaced any more */
  check (9, "0 a1/1 a1/2 a2/1 a2/2 4000 a1/3 a3/1 a3/2 x",
      "+a1 a1/1 a1/2 +a2 a2/1 a2/2 a1/3 +a3 a3/1 a3/2", "2 1 0 0 0");
  check (9, "0 a1/1 a1/2 a2/1 a2/2 4000 a1/3 8999 a3/1 a3/2",
      "+a1 a1/1 a1/2 +a2 a2/1 a2/2 a1/3 +a3 a3/1 a3/2", "2 1 0 0 0");
  check (9, "0 a1/1 a1/2 a2/1 a2/2 4000 a1/3 9000 a3/1 a3/2",
      "+a1 a1/1 a1/2 +a2 a2/1 a2/2 a1/3 +a3 a3/1 a3/2", "1 2 0 0 0");
  /* with one place, that with messages has it */
  check (1, "0 a1/1 a1/2 !a1 a2/1 a2/2 10 a1/3 a2/3 a1/4",
      "+a1 a1/1 a1/2 +a2 a2/1 a2/2 a1/3 a2/3 a1/4", "1 1 0 0 0");
  /* if both have, one late packet of that which was replaced takes no place */
  check (1, "0 a1/1 a1/2 !a1 a2/1 a2/2 !a2 10 a1/3 a2/3",
      "+a1 a1/1 a1/2 +a2 a2/1 a2/2 a1/3 a2/3", "1 1 0 0 0");
  /* but if it goes on it has its own again, and they do not change by turns */
  check (1, "0 a1/1 a1/2 !a1 a2/1 a2/2 !a2 10 a1/3 a2/3 a1/4 a2/4 a1/5 a2/5"
      " a1/6 a2/6 a1/7 a2/7",
      "+a1 a1/1 a1/2 +a2 a2/1 a2/2 a1/3 a2/3 a1/4 a2/4 a1/5 -a2 a1/6 a1/7",
      "1 0 1 0 0");
}

static void
test_rtpsources_bye (void)
{
  check (9, "0 a7/5 a7/6 .a7 x", "+a7 a7/5 a7/6", "0 1 0 0 0");
  check (9, "0 a7/5 a7/6 .a7 5000 x", "+a7 a7/5 a7/6 -a7", "0 0 0 0 0");
  /* what was under way; or it was not so */
  check (9, "0 a7/5 a7/6 .a7 a7/7 5000 x", "+a7 a7/5 a7/6 a7/7", "1 0 0 0 0");
  check (1, "0 a7/5 a7/6 !a7 .a7 10 b1/1 b1/2",
      "+a7 a7/5 a7/6 +b1 b1/1 b1/2", "1 1 0 0 0");
}

static void
test_rtpsources_find (void)
{
  RtpFlow flow = get_flow ('a');
  Bed bed;

  bed_init (&bed, 9, NULL);
  push (&bed, &flow, 7, 1, 0);
  g_assert_null (rtp_sources_find (bed.sources, &flow, 7));
  push (&bed, &flow, 7, 2, 0);
  for (guint i = 0; i < 2; i++) {
    const RtpSource *source = rtp_sources_find (bed.sources, &flow, 7);

    g_assert_nonnull (source);
    g_assert_cmpuint (source->flow.source.port, ==, 5000);
    flow.source.port++;
  }
  flow.source.port = 40000;
  g_assert_nonnull (rtp_sources_find (bed.sources, &flow, 7));
  g_assert_null (rtp_sources_find (bed.sources, &flow, 8));
  /* a second one of that IP address: which it is cannot be known */
  flow.source.port = 6000;
  push (&bed, &flow, 7, 1, 0);
  push (&bed, &flow, 7, 2, 0);
  flow.source.port = 40000;
  g_assert_null (rtp_sources_find (bed.sources, &flow, 7));
  flow.source.port = 6001;
  g_assert_cmpuint (rtp_sources_find (bed.sources, &flow,
          7)->flow.source.port, ==, 6000);
  flow.source.ip[15]++;
  g_assert_null (rtp_sources_find (bed.sources, &flow, 7));
  rtp_sources_free (bed.sources);
}

/* A datagram can have 15000 SSRCs in it. It would take hours if each of them were
 * compared with each stream. */
static void
test_rtpsources_find_among_many (void)
{
  const guint n_streams = 65536;
  RtpFlow flow = get_flow ('a');
  Bed bed;

  bed_init (&bed, n_streams, NULL);
  for (guint i = 0; i < n_streams; i++) {
    flow.source.port = (guint16) i;
    push (&bed, &flow, i % 1000, 1, 0);
    push (&bed, &flow, i % 1000, 2, 0);
  }
  g_assert_cmpuint (bed.n_begun, ==, n_streams);
  flow.source.ip[14]++;
  for (guint i = 0; i < 1000000; i++)
    g_assert_null (rtp_sources_find (bed.sources, &flow, i % 2000));
  flow.source.ip[14]--;
  for (guint i = 0; i < 1000000; i++)
    g_assert_null (rtp_sources_find (bed.sources, &flow, 1000 + i));
  /* 66 streams each, of which none is at this port or before it */
  flow.source.port = 500;
  for (guint i = 0; i < 1000000; i++)
    g_assert_null (rtp_sources_find (bed.sources, &flow, 1 + i % 400));
  g_assert_nonnull (rtp_sources_find (bed.sources, &flow, 499));
  g_assert_nonnull (rtp_sources_find (bed.sources, &flow, 500));
  rtp_sources_free (bed.sources);
}

static void
test_rtpsources_places (void)
{
  /* without a message: the longest silent goes, at once, and ends soon */
  check (2, "0 a1/1 a1/2 b1/1 b1/2 a1/3 c1/1 c1/2 5000 a1/4 c1/3 x",
      "+a1 a1/1 a1/2 +b1 b1/1 b1/2 a1/3 +c1 c1/1 c1/2 a1/4 c1/3 -b1",
      "2 0 0 0 0");
  check (2, "0 a1/1 a1/2 b1/1 b1/2 !a1 9 b1/3 c1/1 c1/2",
      "+a1 a1/1 a1/2 +b1 b1/1 b1/2 b1/3 +c1 c1/1 c1/2", "2 1 0 0 0");
  /* or goes on, until others have messages: so cameras that begin at once take turns */
  check (2, "0 a1/1 a1/2 b1/1 b1/2 c1/1 c1/2 a1/3 b1/3 c1/3 !c1 a1/4 !a1 b1/4"
      " a1/5 b1/5", "+a1 a1/1 a1/2 +b1 b1/1 b1/2 +c1 c1/1 c1/2 a1/3 b1/3 c1/3"
      " a1/4 b1/4 a1/5 -b1", "2 0 0 0 0");
  /* or is kept, because what it waits with is a message; and the next goes */
  check (2, "0 a77/1 a77/2 b1/1 b1/2 c1/1 c1/2 d1/1 d1/2 5000 x",
      "+a77 a77/1 a77/2 +b1 b1/1 b1/2 +c1 c1/1 c1/2 +d1 d1/1 d1/2 -b1 -c1",
      "2 0 0 0 0");
  check (2, "0 a77/1 a77/2 b77/1 b77/2 c1/1 c1/2",
      "+a77 a77/1 a77/2 +b77 b77/1 b77/2", "2 0 1 0 0");
  /* with: after 5 s of silence; what waits is there from then on, as far as it is
   * held */
  check (1, "0 a1/1 a1/2 !a1 b1/1 b1/2 b1/3", "+a1 a1/1 a1/2", "1 0 1 0 0");
  check (1, "0 a1/1 a1/2 !a1 b1/1 b1/2 4999 b1/3 5000 b1/4",
      "+a1 a1/1 a1/2 -a1 +b1 b1/1 b1/2 b1/3 b1/4", "1 0 0 0 0");
  check (1, "0 a1/1 a1/2 !a1 b1/1 b1/2 b1/3 b1/4 b1/5 b1/6 b1/7 b1/8 b1/9"
      " b1/10 b1/11 b1/12 b1/13 b1/14 b1/15 b1/16 b1/17 b1/18",
      "+a1 a1/1 a1/2", "1 0 1 2 0");
  check (1, "0 a1/1 a1/2 !a1 b1/1 b1/2 b1/3 1 a1/3 60000 x",
      "+a1 a1/1 a1/2 a1/3", "1 0 0 3 0");
  /* the same IP address at another port: a program that was started again */
  check (1, "0 a1/1 a1/2 !a1 1999 A2/1 A2/2 2000 A2/3",
      "+a1 a1/1 a1/2 -a1 +A2 A2/1 A2/2 A2/3", "1 0 0 0 0");
  check (2, "0 b1/1 b1/2 !b1 a1/1 a1/2 !a1 2000 A2/1 A2/2",
      "+b1 b1/1 b1/2 +a1 a1/1 a1/2 -a1 +A2 A2/1 A2/2", "2 0 0 0 0");
}

/* 16 cameras with a new SSRC every second, of 30 packets in the order of a network:
 * nothing is lost, and nothing grows */
static void
test_rtpsources_new_ssrc_every_second (void)
{
  const guint limits[] = { 16, RTP_SOURCES_DEFAULT_MAX };

  for (guint l = 0; l < G_N_ELEMENTS (limits); l++) {
    guint n_sent = 0;
    RtpSourcesCounts counts;
    Bed bed;

    bed_init (&bed, limits[l], NULL);
    bed.has_messages = TRUE;
    for (guint frame = 0; frame < 30 * 120; frame++) {
      const gint64 now_us = frame * 33 * MS;

      for (guint camera = 0; camera < 16; camera++, n_sent++) {
        const RtpFlow flow = get_flow ((gchar) ('a' + camera));

        push (&bed, &flow, 1000 * frame / 30000 + 16 * camera,
            (guint16) frame, now_us);
      }
      rtp_sources_expire (bed.sources, now_us);
      rtp_sources_get_counts (bed.sources, &counts);
      g_assert_cmpuint (counts.streams, <=, 16);
      g_assert_cmpuint (counts.replaced, <=, 16 * 6);
      g_assert_cmpuint (counts.replaced, <=, limits[l]);
    }
    g_assert_cmpuint (bed.n_begun, ==, 16 * 120);
    g_assert_cmpuint (bed.n_given, ==, n_sent);
    g_assert_cmpuint (counts.no_place + counts.unproven, ==, 0);
    rtp_sources_free (bed.sources);
  }
}

/* A frame of each of so many streams by turns, each of two packets, from one socket */
static void
push_frame (Bed * bed, guint n_streams, guint first_ssrc, guint frame,
    guint given[])
{
  const RtpFlow flow = get_flow ('a');

  for (guint i = 0; i < n_streams; i++) {
    const guint n_before = bed->n_given;

    for (guint16 sequence = 0; sequence < 2; sequence++)
      push (bed, &flow, first_ssrc + i, (guint16) (2 * frame + sequence),
          frame * 33 * MS);
    given[i] += bed->n_given - n_before;
  }
}

/* Nothing is lost, nor does any stream begin again, as far as there are places; what
 * there is none for is counted, and does not cost the others theirs */
static void
test_rtpsources_many_of_one_socket (void)
{
  const guint limits[] = { 1024, 50, 40, 26, 25, 16, 2, 1 };

  for (guint l = 0; l < G_N_ELEMENTS (limits); l++) {
    const guint n_places = MIN (limits[l], 50);
    guint given[50] = { 0 };
    guint n_whole = 0;
    RtpSourcesCounts counts;
    Bed bed;

    bed_init (&bed, limits[l], NULL);
    bed.has_messages = TRUE;
    for (guint frame = 0; frame < 300; frame++) {
      push_frame (&bed, 50, 0, frame, given);
      rtp_sources_expire (bed.sources, frame * 33 * MS);
    }
    for (guint i = 0; i < 50; i++)
      n_whole += given[i] == 600;
    rtp_sources_get_counts (bed.sources, &counts);
    g_test_message ("%u places: %u of 50 whole, %u begun", limits[l], n_whole,
        bed.n_begun);
    g_assert_cmpuint (n_whole, >=, n_places);
    g_assert_cmpuint (counts.streams, ==, n_places);
    g_assert_cmpuint (counts.refused, ==, 50 - n_places);
    g_assert_cmpuint (bed.n_given + counts.no_place + counts.unproven, >=,
        50 * 600 - 50 * RTP_SOURCES_MAX_HELD);
    g_assert_cmpuint (counts.unproven, <=, 100);
    rtp_sources_free (bed.sources);
  }
}

/* 16 cameras of one socket, with a new SSRC each every second */
static void
test_rtpsources_many_new_ssrcs_of_one_socket (void)
{
  guint given[16] = { 0 };
  RtpSourcesCounts counts;
  Bed bed;

  bed_init (&bed, RTP_SOURCES_DEFAULT_MAX, NULL);
  bed.has_messages = TRUE;
  for (guint frame = 0; frame < 30 * 120; frame++) {
    push_frame (&bed, 16, 100 * (frame / 30), frame, given);
    rtp_sources_expire (bed.sources, frame * 33 * MS);
    rtp_sources_get_counts (bed.sources, &counts);
    g_assert_cmpuint (counts.streams + counts.replaced, <=, 16 * 14);
  }
  g_assert_cmpuint (bed.n_begun, ==, 16 * 120);
  g_assert_cmpuint (bed.n_given, ==, 2 * 16 * 30 * 120);
  rtp_sources_free (bed.sources);
}

/* One socket that proves a random SSRC with each two packets, beside a camera that was
 * replaced: it goes on before its time is over. */
static void
test_rtpsources_flood_of_streams (void)
{
  const RtpFlow camera = get_flow ('c');
  const RtpFlow noise = get_flow ('n');
  g_autoptr (GRand) rand = g_rand_new_with_seed (15);
  RtpSourcesCounts counts;
  guint n_before;
  Bed bed;

  bed_init (&bed, 64, NULL);
  for (guint ssrc = 1; ssrc <= 2; ssrc++)
    for (guint16 sequence = 0; sequence < 2; sequence++)
      push (&bed, &camera, ssrc, sequence, 0);
  for (guint i = 0; i < 100000; i++) {
    const guint32 ssrc = g_rand_int (rand);

    for (guint16 sequence = 0; sequence < 2; sequence++)
      push (&bed, &noise, ssrc, sequence, 40 * i);
    rtp_sources_get_counts (bed.sources, &counts);
    g_assert_cmpuint (counts.streams + counts.replaced, <=, 128);
  }
  n_before = bed.n_begun;
  g_assert_true (push (&bed, &camera, 1, 2, 4000 * MS));
  g_assert_true (push (&bed, &camera, 2, 2, 4000 * MS));
  g_assert_cmpuint (bed.n_begun, ==, n_before);
  rtp_sources_free (bed.sources);
}

/* It would take minutes if each new stream were compared with all of its sender. */
static void
test_rtpsources_streams_beside_many (void)
{
  const guint n_streams = 65536;
  g_autofree guint *given = g_new0 (guint, n_streams);
  Bed bed;

  bed_init (&bed, 2 * n_streams, NULL);
  bed.has_messages = TRUE;
  for (guint frame = 0; frame < 3; frame++)
    push_frame (&bed, n_streams, 0, frame, given);
  push_frame (&bed, n_streams, n_streams, 3, given);
  g_assert_cmpuint (bed.n_given, ==, 8 * n_streams);
  rtp_sources_free (bed.sources);
}

/* A camera among more streams of noise than there are places, from one socket or
 * from many; the camera gives a message with each packet */
static void
check_noise (gboolean is_one_socket)
{
  const RtpFlow camera = get_flow ('c');
  guint n_given = 0;
  guint16 sequence = 0;
  RtpSourcesCounts counts;
  Bed bed;

  bed_init (&bed, 64, NULL);
  for (guint ms = 0; ms < 12000; ms++) {
    for (guint noise = 0; noise < 64; noise++) {
      RtpFlow flow = get_flow ('n');

      if (!is_one_socket)
        flow.source.port = (guint16) (7000 + noise);
      if ((ms + noise) % 47 == 0)
        push (&bed, &flow, 100 + noise, (guint16) ((ms + noise) / 47), ms * MS);
    }
    if (ms >= 2000 && ms % 33 == 0) {
      const guint n_before = bed.n_given;
      RtpSource *source;

      push (&bed, &camera, 7, sequence++, ms * MS);
      n_given += bed.n_given - n_before;
      source = rtp_sources_find (bed.sources, &camera, 7);
      if (source != NULL)
        rtp_sources_note_message (bed.sources, source);
    }
  }
  g_assert_cmpuint (n_given, ==, sequence);
  rtp_sources_get_counts (bed.sources, &counts);
  g_assert_cmpuint (counts.streams, ==, 64);
  rtp_sources_free (bed.sources);
}

static void
test_rtpsources_noise_in_sequence (void)
{
  check_noise (TRUE);
  check_noise (FALSE);
}

/* Random packets by the thousand between two of a camera: from one socket they do not
 * push it out; nor do they grow. */
static void
test_rtpsources_random_packets (void)
{
  const RtpFlow camera = get_flow ('c');
  g_autoptr (GRand) rand = g_rand_new_with_seed (14);
  RtpSourcesCounts counts;
  guint n_sent = 0;
  Bed bed;

  bed_init (&bed, 16, NULL);
  for (guint i = 0; i < 1000000; i++) {
    RtpFlow flow = get_flow ('n');

    /* half as many again from anywhere, now and then */
    if (i > 500000)
      flow.source.port = (guint16) g_rand_int (rand);
    push (&bed, &flow, g_rand_int (rand), (guint16) g_rand_int (rand), i);
    if (i < 500000 && i % 5000 == 4999) {
      /* a new stream each time */
      push (&bed, &camera, i / 10000, (guint16) n_sent++, i);
    }
  }
  g_assert_cmpuint (bed.n_given, ==, n_sent);
  rtp_sources_get_counts (bed.sources, &counts);
  g_assert_cmpuint (counts.streams + counts.replaced, <=, 32);
  g_assert_cmpuint (counts.unproven, ==, 1000000 - RTP_SOURCES_MAX_CANDIDATES);
  g_assert_cmpuint (counts.no_place, ==, 0);
  rtp_sources_free (bed.sources);
}

/* What is held is bounded by its size, too. */
static void
test_rtpsources_large_packets (void)
{
  static const guint8 zeros[65536];
  const RtpFlow flow = get_flow ('n');
  RtpSourcesCounts counts;
  Bed bed;

  bed_init (&bed, 16, NULL);
  for (guint i = 0; i < 1000; i++)
    g_assert_null (rtp_sources_push (bed.sources, &flow, i / 2,
            (guint16) (2 * i), zeros, sizeof (zeros), i));
  rtp_sources_get_counts (bed.sources, &counts);
  g_assert_cmpuint (counts.unproven, ==,
      1000 - RTP_SOURCES_MAX_HELD_BYTES / sizeof (zeros));
  rtp_sources_free (bed.sources);
}

/* Anything at all, with few keys, so that all states are met */
static void
test_rtpsources_anything (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  guint16 next[8][8] = { 0 };
  gint64 now_us = 0;
  RtpSourcesCounts counts;
  Bed bed;

  bed_init (&bed, 5, NULL);
  for (guint i = 0; i < 300000; i++) {
    const guint sender = (guint) g_rand_int_range (rand, 0, 8);
    const guint ssrc = (guint) g_rand_int_range (rand, 0, 8);
    const RtpFlow flow = get_flow ((sender < 4 ? "abcd" : "ABCD")[sender % 4]);
    RtpSource *source;

    next[sender][ssrc] += (guint16) g_rand_int_range (rand, 0, 3);
    push (&bed, &flow, ssrc, next[sender][ssrc], now_us);
    now_us += g_rand_int_range (rand, 0, 100) < 99 ? 1000 :
        g_rand_int_range (rand, 0, 10000000);
    source = rtp_sources_find (bed.sources, &flow, ssrc);
    if (source != NULL && g_rand_int_range (rand, 0, 10) == 0)
      rtp_sources_note_message (bed.sources, source);
    if (source != NULL && g_rand_int_range (rand, 0, 50) == 0)
      rtp_sources_bye (bed.sources, source, now_us);
    if (g_rand_int_range (rand, 0, 100) == 0)
      rtp_sources_expire (bed.sources, now_us);
    rtp_sources_get_counts (bed.sources, &counts);
    g_assert_cmpuint (counts.streams, <=, 5);
    g_assert_cmpuint (counts.replaced, <=, 5);
    g_assert_cmpuint (counts.streams + counts.replaced, ==,
        bed.n_begun - bed.n_ended);
  }
  rtp_sources_free (bed.sources);
  g_assert_cmpuint (bed.n_begun, ==, bed.n_ended);
}

/* What a packet costs, with 1000 streams by turns: printed, not judged */
static void
test_rtpsources_cost (void)
{
  const guint n_rounds = g_test_perf ()? 10000 : 100;
  gint64 begin_us = 0;
  RtpFlow flow = get_flow ('a');
  Bed bed;

  bed_init (&bed, 1000, NULL);
  for (guint round = 0; round < n_rounds + 2; round++) {
    if (round == 2)
      begin_us = g_get_monotonic_time ();
    for (guint i = 0; i < 1000; i++) {
      flow.source.ip[14] = (guint8) (i >> 8);
      flow.source.ip[15] = (guint8) i;
      rtp_sources_push (bed.sources, &flow, i * 0x9e3779b9u,
          (guint16) round, (const guint8 *) "..", 2, round);
    }
  }
  g_test_message ("%.1f ns per packet", 1.0
      * (g_get_monotonic_time () - begin_us) / n_rounds);
  g_assert_cmpuint (bed.n_begun, ==, 1000);
  rtp_sources_free (bed.sources);
}

static void
test_rtpaddress_text (void)
{
  static const struct
  {
    RtpAddress address;
    const gchar *text;
  } cases[] = {
    {{.ip = {[10] = 0xff,[11] = 0xff, 192, 0, 2, 7},.port = 5004},
        "192.0.2.7:5004"},
    {{.ip = {0x20, 0x01, 0x0d, 0xb8,[15] = 1},.port = 5004},
        "[2001:db8::1]:5004"},
    {{.ip = {[10] = 0xff,[11] = 0xff},.port = 5000}, "0.0.0.0:5000"},
    {{.port = 65535}, "[::]:65535"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *text = rtp_address_to_string (&cases[i].address);

    g_assert_cmpstr (text, ==, cases[i].text);
    g_assert_cmpint (rtp_address_is_ipv4 (&cases[i].address), ==,
        cases[i].text[0] != '[');
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name) g_test_add_func ("/rtpsources/" #name, test_rtpsources_##name)
  ADD (two_in_sequence_begin_a_stream);
  ADD (senders_with_one_ssrc);
  ADD (local_ports);
  ADD (silence_ends_a_stream);
  ADD (new_ssrc_replaces_the_old);
  ADD (overtaken_at_the_change);
  ADD (several_of_one_sender);
  ADD (bye);
  ADD (find);
  ADD (find_among_many);
  ADD (places);
  ADD (new_ssrc_every_second);
  ADD (many_of_one_socket);
  ADD (many_new_ssrcs_of_one_socket);
  ADD (flood_of_streams);
  ADD (streams_beside_many);
  ADD (noise_in_sequence);
  ADD (random_packets);
  ADD (large_packets);
  ADD (anything);
  ADD (cost);
  g_test_add_func ("/rtpaddress/text", test_rtpaddress_text);
  return g_test_run ();
}
