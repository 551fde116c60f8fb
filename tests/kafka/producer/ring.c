/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <glib.h>
#include <string.h>

#include "kafkaring.h"
#include "kafkastats.h"
#include "records.h"

static KafkaRecord *
record_of (gsize size)
{
  return record_with (size, NULL);
}

static gboolean
has_room (const KafkaRing * ring, gsize size)
{
  g_autoptr (KafkaRecord) record = record_of (size);

  return kafka_ring_has_room (ring, record);
}

static void
test_ring_is_bounded_by_records_and_memory (void)
{
  KafkaRing ring;
  KafkaRecord *first = record_of (60);
  const gsize none = kafka_record_get_memory (first) - 60;

  kafka_ring_init (&ring, 3, 100 + 2 * none);
  g_assert_true (has_room (&ring, 1000));
  kafka_ring_append (&ring, first);
  g_assert_true (has_room (&ring, 40));
  g_assert_false (has_room (&ring, 41));
  ring.max_memory += 100;
  kafka_ring_append (&ring, record_of (1));
  kafka_ring_append (&ring, record_of (1));
  ring.max_memory += 10000;
  g_assert_false (has_room (&ring, 1));
  g_assert_cmpuint (ring.bytes, ==, 62);
  g_assert_cmpuint (ring.memory, ==, 62 + 3 * none);

  g_assert_true (kafka_ring_take (&ring) == first);
  kafka_ring_remove (&ring, first);
  kafka_record_free (first);
  g_assert_cmpuint (ring.bytes, ==, 2);
  g_assert_true (has_room (&ring, 98));
  kafka_ring_clear (&ring);
  g_assert_cmpuint (ring.memory, ==, 0);
}

static void
test_ring_larger_than_the_bound_passes_alone (void)
{
  KafkaRing ring;

  kafka_ring_init (&ring, 3, 100);
  kafka_ring_append (&ring, record_of (500));
  g_assert_false (has_room (&ring, 0));
  kafka_ring_clear (&ring);
  g_assert_cmpuint (ring.bytes, ==, 0);
}

/* What a user is shown is the data; what bounds the queue is what it costs. */
static void
test_ring_headers_count_as_memory_alone (void)
{
  const KafkaHeader headers[] = {
    {"content-type", "application/json", 16}, {"pts", "1234567890", 10}
  };
  g_autoptr (KafkaRecord) bare = record_with (300, NULL);
  g_autoptr (KafkaRecord) keyed = record_with (300, "cam-1");
  KafkaContent content = keyed->content;
  g_autoptr (KafkaRecord) record = NULL;
  rd_kafka_headers_t *made;

  g_assert_null (kafka_record_make_headers (keyed));
  g_assert_cmpuint (kafka_record_get_size (keyed), ==, 305);
  g_assert_cmpuint (kafka_record_get_memory (keyed), ==,
      kafka_record_get_memory (bare) + 5);
  content.headers = headers;
  content.n_headers = 2;
  record = kafka_record_new (&content, NULL);
  g_assert_cmpuint (kafka_record_get_size (record), ==, 305);
  made = kafka_record_make_headers (record);
  g_assert_cmpuint (rd_kafka_header_cnt (made), ==, 2);
  rd_kafka_headers_destroy (made);
  /* as measured where librdkafka has it: librdkafka 2.0.2, glibc 2.36 */
  g_assert_cmpuint (kafka_record_get_memory (record), >, 760);
  g_assert_cmpuint (kafka_record_get_memory (record), <, 800);
}

static void
test_ring_rewind_keeps_the_order (void)
{
  KafkaRing ring;
  KafkaRecord *records[6];

  kafka_ring_init (&ring, 100, 100000);
  for (guint i = 0; i < 6; i++)
    kafka_ring_append (&ring, records[i] = record_of (1));
  for (guint i = 0; i < 5; i++)
    g_assert_true (kafka_ring_take (&ring) == records[i]);
  g_assert_cmpuint (ring.n_new, ==, 1);
  for (guint i = 0; i < 5; i++)
    kafka_ring_sent (&ring, records[i]);

  /* 1 is acknowledged, 3 comes back unsent, 2 comes back unknown, 0 and 4 get no
   * report */
  kafka_ring_remove (&ring, records[1]);
  kafka_record_free (records[1]);
  kafka_ring_reported (&ring, records[3]);
  kafka_ring_reported (&ring, records[2]);
  records[2]->fate_unknown = TRUE;
  g_assert_cmpuint (ring.n_out, ==, 2);

  g_assert_cmpuint (kafka_ring_rewind (&ring), ==, 3);
  g_assert_cmpuint (ring.n_out, ==, 0);
  g_assert_cmpuint (ring.n_new, ==, 5);
  for (guint i = 0; i < 6; i++)
    if (i != 1)
      g_assert_true (kafka_ring_take (&ring) == records[i]);
  g_assert_null (kafka_ring_take (&ring));
  kafka_ring_untake (&ring, records[5]);
  g_assert_true (kafka_ring_take (&ring) == records[5]);
  kafka_ring_clear (&ring);
}

static void
test_stats_latency_is_exact_to_an_eighth (void)
{
  KafkaStats stats = { 0 };

  g_assert_cmpuint (kafka_stats_get_latency (&stats, 50), ==, 0);
  for (guint us = 1; us <= 100000; us++)
    kafka_stats_add_latency (&stats, us);
  for (guint percent = 1; percent < 100; percent++) {
    const guint64 exact = percent * 1000;
    const guint64 said = kafka_stats_get_latency (&stats, percent);

    g_assert_cmpuint (said, >=, exact);
    g_assert_cmpuint (said, <=, exact + exact / 7);
  }
  g_assert_cmpuint (kafka_stats_get_latency (&stats, 100), ==, 100000);
  kafka_stats_add_latency (&stats, G_MAXINT64);
  kafka_stats_add_latency (&stats, -1);
  g_assert_cmpuint (kafka_stats_get_latency (&stats, 100), ==, G_MAXINT64);
}

static void
test_stats_latency_is_counted_exactly_below_powers_of_two (void)
{
  KafkaStats stats = { 0 };

  for (guint us = 0; us < 5000; us++)
    kafka_stats_add_latency (&stats, us);
  for (guint64 us = 8; us <= 4096; us *= 2)
    g_assert_cmpuint (kafka_stats_count_faster (&stats, us), ==, us);
  g_assert_cmpuint (kafka_stats_count_faster (&stats, 8192), ==, 5000);
  kafka_stats_add_latency (&stats, G_MAXINT64 / 2);
  g_assert_cmpuint (kafka_stats_count_faster (&stats, 1 << 26), ==, 5000);
  g_assert_cmpuint (kafka_stats_count_faster (&stats, G_MAXUINT64), ==, 5001);
  g_assert_cmpuint (stats.latency_sum_us, ==, 5000 * 4999 / 2 + G_MAXINT64 / 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ring/is-bounded-by-records-and-memory",
      test_ring_is_bounded_by_records_and_memory);
  g_test_add_func ("/ring/headers-count-as-memory-alone",
      test_ring_headers_count_as_memory_alone);
  g_test_add_func ("/ring/larger-than-the-bound-passes-alone",
      test_ring_larger_than_the_bound_passes_alone);
  g_test_add_func ("/ring/rewind-keeps-the-order",
      test_ring_rewind_keeps_the_order);
  g_test_add_func ("/stats/latency-is-exact-to-an-eighth",
      test_stats_latency_is_exact_to_an_eighth);
  g_test_add_func ("/stats/latency-is-counted-exactly-below-powers-of-two",
      test_stats_latency_is_counted_exactly_below_powers_of_two);
  return g_test_run ();
}
