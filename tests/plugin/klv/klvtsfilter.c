/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* klvtsfilter, through GstHarness */

#include "klvtest.h"

#include "forgetful.h"
#include "tstest.h"

#define CAPS "video/mpegts, systemstream=(boolean)true, packetsize=(int)188"

static GstHarness *
harness (void)
{
  GstHarness *h = gst_harness_new ("klvtsfilter");

  gst_harness_set_src_caps_str (h, CAPS);
  return h;
}

/* Video, a PMT with @n_before bytes before KLV, and video */
static GByteArray *
make_stream (gsize n_before, gboolean rewritten)
{
  g_autoptr (GByteArray) pmt = test_pmt_klv (0, n_before, rewritten);
  GByteArray *ts = g_byte_array_new ();
  TestPids pids = { 0 };

  test_ts_add_video (ts, &pids, 3);
  test_ts_add_sections (ts, &pids, TEST_PMT_PID, pmt, 184);
  test_ts_add_video (ts, &pids, 4);
  return ts;
}

/* The element, a stream, and what is to come of it */
typedef struct
{
  GstHarness *h;
  GByteArray *ts;
  GByteArray *expected;
} Bed;

/* @n_before: as make_stream() */
static Bed
begin (gsize n_before)
{
  const Bed bed = {
    .h = harness (),
    .ts = make_stream (n_before, FALSE),
    .expected = make_stream (n_before, TRUE)
  };

  return bed;
}

static void
end (Bed bed)
{
  gst_harness_teardown (bed.h);
  g_byte_array_unref (bed.ts);
  g_byte_array_unref (bed.expected);
}

/* Where its PMT is */
#define PMT_AT (3 * TEST_PACKET_SIZE)

/* One that is cut behind the type, with what comes behind that in the next packet */
#define CUT_STREAM 150
#define CUT_AT (PMT_AT + TEST_PACKET_SIZE)

/* A part of the stream, with times and flags that tell it from others */
static GstBuffer *
part (const GByteArray * ts, gsize from, gsize to)
{
  GstBuffer *buffer = gst_buffer_new_memdup (ts->data + from, to - from);

  GST_BUFFER_PTS (buffer) = from * GST_MSECOND;
  GST_BUFFER_DTS (buffer) = (1 + from) * GST_MSECOND;
  GST_BUFFER_DURATION (buffer) = to - from;
  GST_BUFFER_OFFSET (buffer) = from;
  GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  return buffer;
}

static void
push_part (GstHarness * h, const GByteArray * ts, gsize from, gsize to)
{
  push (h, part (ts, from, to));
}

/* Takes what has come out, which is this part of the stream in one buffer. */
static void
assert_part (GstHarness * h, const GByteArray * ts, gsize from, gsize to)
{
  GstBuffer *buffer = gst_harness_try_pull (h);

  fail_unless (buffer != NULL);
  assert_equals_uint64 (gst_buffer_get_size (buffer), to - from);
  assert_equals_int (gst_buffer_memcmp (buffer, 0, ts->data + from, to - from),
      0);
  assert_equals_uint64 (GST_BUFFER_PTS (buffer), from * GST_MSECOND);
  assert_equals_uint64 (GST_BUFFER_DTS (buffer), (1 + from) * GST_MSECOND);
  assert_equals_uint64 (GST_BUFFER_DURATION (buffer), to - from);
  assert_equals_uint64 (GST_BUFFER_OFFSET (buffer), from);
  assert_equals_int (GST_BUFFER_FLAGS (buffer) & ~GST_BUFFER_FLAG_TAG_MEMORY,
      GST_BUFFER_FLAG_DELTA_UNIT);
  gst_buffer_unref (buffer);
}

static void
assert_nothing (GstHarness * h)
{
  assert_equals_int (gst_harness_buffers_in_queue (h), 0);
}

/* --- what is changed ----------------------------------------------------- */

/* Without type 15 each buffer leaves as it is, at once, wherever it is cut. */
GST_START_TEST (test_klvtsfilter_others_pass_same_buffer)
{
  GstHarness *h = harness ();
  g_autoptr (GByteArray) ts = make_stream (400, TRUE);

  for (gsize at = 0; at < ts->len; at += 50) {
    GstBuffer *in = part (ts, at, MIN (at + 50, ts->len));
    GstMemory *memory = gst_buffer_peek_memory (in, 0);

    gst_buffer_ref (in);
    push (h, in);
    GstBuffer *out = gst_harness_try_pull (h);

    fail_unless (out == in);
    fail_unless (gst_buffer_peek_memory (out, 0) == memory);
    gst_buffer_unref (in);
    gst_buffer_unref (out);
  }
  assert_equals_uint64 (get_stat (h->element, "pmts"), 1);
  assert_equals_uint64 (get_stat (h->element, "pmts-rewritten"), 0);
  assert_equals_uint64 (get_stat (h->element, "packets"),
      ts->len / TEST_PACKET_SIZE);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* Somebody else's buffer is copied, and only that of the PMT. */
GST_START_TEST (test_klvtsfilter_copies_buffer_with_pmt_only)
{
  const Bed bed = begin (0);

  for (gsize at = 0; at < bed.ts->len; at += TEST_PACKET_SIZE) {
    const gsize to = at + TEST_PACKET_SIZE;
    GstBuffer *in = part (bed.ts, at, to);

    gst_buffer_ref (in);
    push (bed.h, in);
    fail_unless ((gst_harness_buffers_received (bed.h) ==
            1 + at / TEST_PACKET_SIZE));
    GstBuffer *out = gst_harness_try_pull (bed.h);

    fail_unless ((out == in) == (at != PMT_AT));
    assert_equals_int (gst_buffer_memcmp (in, 0, bed.ts->data + at, to - at),
        0);
    assert_equals_int (gst_buffer_memcmp (out, 0, bed.expected->data + at,
            to - at), 0);
    gst_buffer_unref (in);
    gst_buffer_unref (out);
  }
  assert_equals_uint64 (get_stat (bed.h->element, "pmts-rewritten"), 1);
  end (bed);
}

GST_END_TEST;

/* A buffer that nobody else has is changed in place. */
GST_START_TEST (test_klvtsfilter_changes_in_place)
{
  const Bed bed = begin (0);
  GstBuffer *in = part (bed.ts, 0, bed.ts->len);
  GstMemory *memory = gst_buffer_peek_memory (in, 0);

  push (bed.h, in);
  GstBuffer *out = gst_harness_try_pull (bed.h);
  fail_unless (out == in);
  fail_unless (gst_buffer_peek_memory (out, 0) == memory);
  assert_equals_int (gst_buffer_memcmp (out, 0, bed.expected->data,
          bed.ts->len), 0);
  gst_buffer_unref (out);
  end (bed);
}

GST_END_TEST;

/* Of several memories those behind the section are not copied. */
GST_START_TEST (test_klvtsfilter_several_memories)
{
  const Bed bed = begin (0);
  const gsize ends[] = { 100, PMT_AT + 30, PMT_AT + 80, bed.ts->len };
  GstBuffer *in = gst_buffer_new ();

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++) {
    const gsize from = i > 0 ? ends[i - 1] : 0;

    GstBuffer *piece = part (bed.ts, from, ends[i]);

    gst_buffer_append_memory (in, gst_buffer_get_memory (piece, 0));
    gst_buffer_unref (piece);
  }
  gst_buffer_ref (in);
  push (bed.h, in);
  GstBuffer *out = gst_harness_try_pull (bed.h);
  fail_unless (out != in);
  assert_equals_int (gst_buffer_memcmp (out, 0, bed.expected->data,
          bed.ts->len), 0);
  assert_equals_int (gst_buffer_memcmp (in, 0, bed.ts->data, bed.ts->len), 0);
  assert_equals_int (gst_buffer_n_memory (out), G_N_ELEMENTS (ends));
  fail_unless (gst_buffer_peek_memory (out, 3) ==
      gst_buffer_peek_memory (in, 3));
  gst_buffer_unref (in);
  gst_buffer_unref (out);
  end (bed);
}

GST_END_TEST;

/* The packets of M2TS, and some that are cut anywhere */
GST_START_TEST (test_klvtsfilter_packets_of_192_bytes)
{
  g_autoptr (GByteArray) in = make_stream (0, FALSE);
  g_autoptr (GByteArray) out = make_stream (0, TRUE);
  g_autoptr (GByteArray) ts = test_ts_space (in, 192);
  g_autoptr (GByteArray) expected = test_ts_space (out, 192);

  for (gsize size = 1; size < 500; size++) {
    GstHarness *h = harness ();

    for (gsize at = 0; at < ts->len; at += size)
      push_part (h, ts, at, MIN (at + size, ts->len));
    fail_unless (gst_harness_push_event (h, gst_event_new_eos ()));
    for (gsize at = 0; at < ts->len; at += size)
      assert_part (h, expected, at, MIN (at + size, ts->len));
    assert_nothing (h);
    gst_harness_teardown (h);
  }
}

GST_END_TEST;

/* A stream whose cut section has its first packet twice */
static GByteArray *
make_duplicate (gboolean rewritten)
{
  g_autoptr (GByteArray) once = make_stream (CUT_STREAM, rewritten);
  GByteArray *ts = g_byte_array_new ();

  g_byte_array_append (ts, once->data, CUT_AT);
  g_byte_array_append (ts, once->data + PMT_AT, once->len - PMT_AT);
  return ts;
}

GST_START_TEST (test_klvtsfilter_changes_duplicate)
{
  GstHarness *h = harness ();
  g_autoptr (GByteArray) ts = make_duplicate (FALSE);
  g_autoptr (GByteArray) expected = make_duplicate (TRUE);

  for (gsize at = 0; at < ts->len; at += TEST_PACKET_SIZE)
    push_part (h, ts, at, at + TEST_PACKET_SIZE);
  for (gsize at = 0; at < ts->len; at += TEST_PACKET_SIZE)
    assert_part (h, expected, at, at + TEST_PACKET_SIZE);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* Memory that cannot be read, or cannot be copied to be written to, is an error that
 * says so, once. */
GST_START_TEST (test_klvtsfilter_unusable_memory_is_an_error)
{
  const Bed bed = begin (0);
  GstBus *bus = gst_bus_new ();
  GstAllocator *allocator = forgetful_new ();
  GstBuffer *buffer = gst_buffer_new ();
  GstMessage *message;

  gst_element_set_bus (bed.h->element, bus);
  gst_buffer_append_memory (buffer, forgetful_memory (allocator,
          GST_MEMORY_FLAG_NO_SHARE, bed.ts->data, bed.ts->len));
  /* to read it and to compare it, and none to copy it */
  forgetful_set_maps (allocator, 2 * __i__);
  gst_buffer_ref (buffer);
  fail_unless_equals_int (gst_harness_push (bed.h, buffer), GST_FLOW_ERROR);
  gst_buffer_unref (buffer);
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  fail_unless (message != NULL);
  gst_message_unref (message);
  fail_unless (gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR) == NULL);
  fail_unless (gst_harness_push_event (bed.h, gst_event_new_eos ()));
  assert_nothing (bed.h);
  gst_element_set_bus (bed.h->element, NULL);
  end (bed);
  gst_object_unref (allocator);
  gst_object_unref (bus);
}

GST_END_TEST;

/* --- what waits ---------------------------------------------------------- */

/* Pushes a stream up to what waits for the end of a section: a buffer before the type, one
 * from there on, and one with a part of the next packet. */
static void
push_cut (GstHarness * h, const GByteArray * ts)
{
  push_part (h, ts, 0, PMT_AT + 20);
  assert_part (h, ts, 0, PMT_AT + 20);
  push_part (h, ts, PMT_AT + 20, CUT_AT);
  push_part (h, ts, CUT_AT, CUT_AT + 1);
  assert_nothing (h);
}

static void
assert_cut (GstHarness * h, const GByteArray * ts)
{
  assert_part (h, ts, PMT_AT + 20, CUT_AT);
  assert_part (h, ts, CUT_AT, CUT_AT + 1);
}

/* From the type to the end of the section, and no longer */
GST_START_TEST (test_klvtsfilter_waits_for_end_of_section)
{
  const Bed bed = begin (CUT_STREAM);

  push_cut (bed.h, bed.ts);
  push_part (bed.h, bed.ts, CUT_AT + 1, CUT_AT + 50);
  assert_cut (bed.h, bed.expected);
  assert_part (bed.h, bed.expected, CUT_AT + 1, CUT_AT + 50);
  push_part (bed.h, bed.ts, CUT_AT + 50, bed.ts->len);
  assert_part (bed.h, bed.expected, CUT_AT + 50, bed.ts->len);
  assert_equals_uint64 (get_stat (bed.h->element, "pmts-rewritten"), 1);
  end (bed);
}

GST_END_TEST;

static GstPadProbeReturn
note_tag (GstPad * pad, GstPadProbeInfo * info, gpointer n)
{
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);
  GstHarness *h = g_object_get_data (G_OBJECT (pad), "harness");

  if (GST_EVENT_TYPE (event) == GST_EVENT_TAG)
    *(guint *) n = gst_harness_buffers_received (h);
  return GST_PAD_PROBE_OK;
}

static gboolean
push_tag (GstHarness * h)
{
  return gst_harness_push_event (h, gst_event_new_tag (gst_tag_list_new
          (GST_TAG_TITLE, "x", NULL)));
}

/* An event keeps its place among buffers that wait, and does not wait by itself. */
GST_START_TEST (test_klvtsfilter_events_keep_their_place)
{
  const Bed bed = begin (CUT_STREAM);
  guint n = G_MAXUINT;

  g_object_set_data (G_OBJECT (bed.h->sinkpad), "harness", bed.h);
  gst_pad_add_probe (bed.h->sinkpad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM,
      note_tag, &n, NULL);
  fail_unless (push_tag (bed.h));
  assert_equals_int (n, 0);
  push_part (bed.h, bed.ts, 0, CUT_AT - 1);
  fail_unless (push_tag (bed.h));
  assert_equals_int (n, 0);
  push_part (bed.h, bed.ts, CUT_AT - 1, CUT_AT + 50);
  assert_equals_int (n, 1);
  end (bed);
}

GST_END_TEST;

/* At the end, where the stream goes on elsewhere, and where another one begins, all that
 * waits leaves as it came. */
GST_START_TEST (test_klvtsfilter_end_of_stream)
{
  const Bed bed = begin (CUT_STREAM);
  GstBuffer *buffer = part (bed.ts, 0, bed.ts->len);

  push_cut (bed.h, bed.ts);
  GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  if (__i__ == 1) {
    fail_unless (gst_harness_push_event (bed.h,
            gst_event_new_stream_start ("other")));
    GST_BUFFER_FLAG_UNSET (buffer, GST_BUFFER_FLAG_DISCONT);
  }
  if (__i__ == 2)
    fail_unless (gst_harness_push_event (bed.h, gst_event_new_eos ()));
  if (__i__ < 2)
    push (bed.h, buffer);
  else
    gst_buffer_unref (buffer);
  assert_cut (bed.h, bed.ts);
  if (__i__ < 2) {
    buffer = gst_harness_try_pull (bed.h);
    assert_equals_int (gst_buffer_memcmp (buffer, 0, bed.expected->data,
            bed.expected->len), 0);
    gst_buffer_unref (buffer);
  }
  assert_nothing (bed.h);
  end (bed);
}

GST_END_TEST;

/* Junk that waits to be known as such leaves at the end. */
GST_START_TEST (test_klvtsfilter_end_of_junk)
{
  GstHarness *h = harness ();
  g_autoptr (GByteArray) ts = g_byte_array_new ();

  g_byte_array_append (ts, (const guint8 *) "no TS: \x47...", 11);
  push_part (h, ts, 0, ts->len);
  assert_nothing (h);
  fail_unless (gst_harness_push_event (h, gst_event_new_eos ()));
  assert_part (h, ts, 0, ts->len);
  assert_equals_uint64 (get_stat (h->element, "packets"), 0);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* A flush drops what waits, and keeps what sticks. */
GST_START_TEST (test_klvtsfilter_flush)
{
  const Bed bed = begin (CUT_STREAM);
  GstSegment segment;
  GstEvent *tag;

  push_cut (bed.h, bed.ts);
  fail_unless (push_tag (bed.h));
  gst_segment_init (&segment, GST_FORMAT_BYTES);
  push_flush (bed.h);
  fail_unless (gst_harness_push_event (bed.h,
          gst_event_new_segment (&segment)));
  push_part (bed.h, bed.ts, 0, bed.ts->len);
  assert_part (bed.h, bed.expected, 0, bed.ts->len);
  assert_nothing (bed.h);
  tag = gst_pad_get_sticky_event (bed.h->sinkpad, GST_EVENT_TAG, 0);
  fail_unless (tag != NULL);
  gst_event_unref (tag);
  end (bed);
}

GST_END_TEST;

/* What the peer returns is returned, and after it the end still gets there. */
GST_START_TEST (test_klvtsfilter_flow)
{
  const Bed bed = begin (CUT_STREAM);
  GstEvent *eos;

  push_cut (bed.h, bed.ts);
  gst_pad_set_active (bed.h->sinkpad, FALSE);
  fail_unless_equals_int (gst_harness_push (bed.h, part (bed.ts, CUT_AT + 1,
              CUT_AT + 50)), GST_FLOW_FLUSHING);
  gst_pad_set_active (bed.h->sinkpad, TRUE);
  fail_unless (gst_harness_push_event (bed.h, gst_event_new_eos ()));
  eos = gst_pad_get_sticky_event (bed.h->sinkpad, GST_EVENT_EOS, 0);
  fail_unless (eos != NULL);
  gst_event_unref (eos);
  end (bed);
}

GST_END_TEST;

/* --- the rest of its life ------------------------------------------------ */

/* NULL frees what waits, and PAUSED begins anew. */
GST_START_TEST (test_klvtsfilter_after_null)
{
  const Bed bed = begin (CUT_STREAM);
  GstSegment segment;

  push_cut (bed.h, bed.ts);
  gst_element_set_state (bed.h->element, GST_STATE_NULL);
  assert_nothing (bed.h);
  gst_element_set_state (bed.h->element, GST_STATE_PLAYING);
  assert_equals_uint64 (get_stat (bed.h->element, "packets"), 0);
  gst_segment_init (&segment, GST_FORMAT_BYTES);
  fail_unless (gst_harness_push_event (bed.h,
          gst_event_new_stream_start ("again")));
  gst_harness_set_src_caps_str (bed.h, CAPS);
  push_part (bed.h, bed.ts, 0, bed.ts->len);
  assert_part (bed.h, bed.expected, 0, bed.ts->len);
  assert_equals_uint64 (get_stat (bed.h->element, "pmts-rewritten"), 1);
  end (bed);
}

GST_END_TEST;

GST_START_TEST (test_klvtsfilter_caps_pass)
{
  const Bed bed = begin (0);
  GstCaps *wanted = gst_caps_from_string (CAPS);
  GstCaps *caps;

  push_part (bed.h, bed.ts, 0, bed.ts->len);
  caps = gst_pad_get_current_caps (bed.h->sinkpad);
  fail_unless (gst_caps_is_equal (caps, wanted));
  gst_caps_unref (caps);
  gst_caps_unref (wanted);
  end (bed);
}

GST_END_TEST;

GST_START_TEST (test_klvtsfilter_adds_no_latency)
{
  GstHarness *h = harness ();

  gst_harness_set_upstream_latency (h, 7 * GST_MSECOND);
  assert_equals_uint64 (gst_harness_query_latency (h), 7 * GST_MSECOND);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_klvtsfilter_buffer_list)
{
  const Bed bed = begin (CUT_STREAM);
  GstBufferList *list = gst_buffer_list_new ();

  for (gsize at = 0; at < bed.ts->len; at += TEST_PACKET_SIZE)
    gst_buffer_list_add (list, part (bed.ts, at, at + TEST_PACKET_SIZE));
  fail_unless_equals_int (gst_pad_push_list (bed.h->srcpad, list), GST_FLOW_OK);
  for (gsize at = 0; at < bed.ts->len; at += TEST_PACKET_SIZE)
    assert_part (bed.h, bed.expected, at, at + TEST_PACKET_SIZE);
  end (bed);
}

GST_END_TEST;

/* GAP and empty buffers are nothing to wait for. */
GST_START_TEST (test_klvtsfilter_gap_and_empty_buffer)
{
  GstHarness *h = harness ();
  GstEvent *event;
  gboolean has_gap = FALSE;

  fail_unless (gst_harness_push_event (h, gst_event_new_gap (0, GST_SECOND)));
  while ((event = gst_harness_try_pull_event (h))) {
    has_gap |= GST_EVENT_TYPE (event) == GST_EVENT_GAP;
    gst_event_unref (event);
  }
  fail_unless (has_gap);
  gst_buffer_unref (gst_harness_push_and_pull (h, gst_buffer_new ()));
  gst_harness_teardown (h);
}

GST_END_TEST;

/* What one knows of its stream, the other does not. */
GST_START_TEST (test_klvtsfilter_two_instances)
{
  GstHarness *one = harness ();
  GstHarness *other = harness ();
  g_autoptr (GByteArray) ts = make_stream (CUT_STREAM, FALSE);
  g_autoptr (GByteArray) expected = make_stream (CUT_STREAM, TRUE);

  push_cut (one, ts);
  push_part (other, ts, 0, ts->len);
  assert_part (other, expected, 0, ts->len);
  assert_nothing (one);
  gst_harness_teardown (one);
  gst_harness_teardown (other);
}

GST_END_TEST;

static Suite *
klvtsfilter_suite (void)
{
  Suite *s = suite_create ("klvtsfilter");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_klvtsfilter_others_pass_same_buffer);
  tcase_add_test (tc, test_klvtsfilter_copies_buffer_with_pmt_only);
  tcase_add_test (tc, test_klvtsfilter_changes_in_place);
  tcase_add_test (tc, test_klvtsfilter_several_memories);
  tcase_add_test (tc, test_klvtsfilter_packets_of_192_bytes);
  tcase_add_test (tc, test_klvtsfilter_changes_duplicate);
  tcase_add_loop_test (tc, test_klvtsfilter_unusable_memory_is_an_error, 0, 2);
  tcase_add_test (tc, test_klvtsfilter_waits_for_end_of_section);
  tcase_add_test (tc, test_klvtsfilter_events_keep_their_place);
  tcase_add_loop_test (tc, test_klvtsfilter_end_of_stream, 0, 3);
  tcase_add_test (tc, test_klvtsfilter_end_of_junk);
  tcase_add_test (tc, test_klvtsfilter_flush);
  tcase_add_test (tc, test_klvtsfilter_flow);
  tcase_add_test (tc, test_klvtsfilter_after_null);
  tcase_add_test (tc, test_klvtsfilter_caps_pass);
  tcase_add_test (tc, test_klvtsfilter_adds_no_latency);
  tcase_add_test (tc, test_klvtsfilter_buffer_list);
  tcase_add_test (tc, test_klvtsfilter_gap_and_empty_buffer);
  tcase_add_test (tc, test_klvtsfilter_two_instances);

  return s;
}

GST_CHECK_MAIN (klvtsfilter);
