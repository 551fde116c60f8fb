/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What statistics of librdkafka say, and clocks that are wrong */

#include <string.h>

#include "kafkaclock.h"
#include "kafkaview.h"

static const char statistics[] = "{ \"name\": \"rdkafka#producer-1\", \"ts\":1,"
    " \"brokers\":{ \"boot:9092/bootstrap\": { \"name\":\"boot:9092/bootstrap\","
    " \"nodeid\":-1, \"nodename\":\"boot:9092\", \"state\":\"UP\","
    " \"stateage\":1, \"toppars\":{ } } , \"nohost:9093/7\": {"
    " \"name\":\"nohost:9093/7\", \"nodeid\":7, \"nodename\":\"nohost:9093\","
    " \"source\":\"learned\", \"state\":\"CONNECT\", \"stateage\":12000000,"
    " \"outbuf_cnt\":1, \"waitresp_cnt\":2, \"req_timeouts\":5,"
    " \"rxidle\":9000000, \"connects\":3, \"req\": { \"Produce\":1 },"
    " \"toppars\":{ \"t-1\": { \"topic\":\"t\", \"partition\":1} } } },"
    " \"topics\":{ \"t\": { \"topic\":\"t\", \"partitions\":{ \"0\": {"
    " \"partition\":0, \"broker\":-1, \"leader\":-1, \"txmsgs\":0,"
    " \"acked_msgid\": 0} , \"1\": { \"partition\":1, \"broker\":7,"
    " \"leader\":7, \"txmsgs\":12, \"acked_msgid\": 10} } } } }";

static KafkaView *
view_of (const char *topic, gint32 partition)
{
  return kafka_view_new (statistics, strlen (statistics), topic, partition);
}

static void
test_view_finds_the_leader (void)
{
  g_autoptr (KafkaView) view = view_of ("t", 1);

  g_assert_cmpint (view->leader->id, ==, 7);
  g_assert_cmpstr (view->leader->address, ==, "nohost:9093");
  g_assert_false (view->leader->is_up);
  g_assert_cmpint (view->leader->n_timeouts, ==, 5);
  g_assert_cmpint (view->leader->n_waiting, ==, 3);
  g_assert_cmpint (view->leader->silent_us, ==, 9000000);
  g_assert_true (view->was_sent_to);
}

static void
test_view_knows_that_there_is_none (void)
{
  g_autoptr (KafkaView) view = view_of ("t", 0);

  g_assert_null (view->leader);
  g_assert_false (view->was_sent_to);
  g_assert_null (view_of ("t", 2));
  g_assert_null (view_of ("u", 0));
}

static void
test_view_knows_all_leaders (void)
{
  g_autoptr (GArray) leaders = kafka_statistics_get_leaders (statistics,
      strlen (statistics), "t");
  g_autoptr (GArray) none = kafka_statistics_get_leaders (statistics,
      strlen (statistics), "u");

  g_assert_cmpuint (leaders->len, ==, 2);
  g_assert_cmpint (g_array_index (leaders, gint32, 0), ==, -1);
  g_assert_cmpint (g_array_index (leaders, gint32, 1), ==, 7);
  g_assert_cmpuint (none->len, ==, 0);
}

/* Whatever a later version writes: nothing is read beyond the text. */
static void
test_view_reads_any_part (void)
{
  for (gsize size = 0; size < strlen (statistics); size++) {
    g_autofree char *part = g_memdup2 (statistics, size);
    g_autoptr (KafkaView) view = kafka_view_new (part, size, "t", 1);

    g_assert_true (!view || !view->leader || view->leader->id == 7);
  }
}

/* --- Clocks -------------------------------------------------------------- */

static gint64 clock_offset_us;  /* of the wall clock; atomic enough for a test */

/* The one that kafkaclock.c is linked with */
gint64
g_get_real_time (void)
{
  return g_get_monotonic_time () + (gint64) __atomic_load_n (&clock_offset_us,
      __ATOMIC_SEQ_CST);
}

typedef struct
{
  GMutex lock;
  GCond cond;
  guint n_calls;
  gint64 step_us;
  gboolean is_set;
} Told;

static void
on_clock (gint64 step_us, gboolean is_set, gpointer data)
{
  Told *told = data;

  g_mutex_lock (&told->lock);
  told->n_calls++;
  told->step_us = step_us;
  told->is_set = is_set;
  g_cond_signal (&told->cond);
  g_mutex_unlock (&told->lock);
}

static void
wait_for_calls (Told * told, guint n)
{
  const gint64 deadline_us = g_get_monotonic_time () + 30 * G_TIME_SPAN_SECOND;

  g_mutex_lock (&told->lock);
  while (told->n_calls < n)
    g_assert_true (g_cond_wait_until (&told->cond, &told->lock, deadline_us));
  g_mutex_unlock (&told->lock);
}

static void
set_clock (gint64 s)
{
  __atomic_store_n (&clock_offset_us, s * G_TIME_SPAN_SECOND, __ATOMIC_SEQ_CST);
}

static void
test_clock_step_back_is_told (void)
{
  Told told = { 0 };
  gpointer watch;

  set_clock (1795723200);
  watch = kafka_clock_watch (on_clock, &told);
  wait_for_calls (&told, 1);
  g_assert_cmpint (told.step_us, ==, 0);
  g_assert_true (told.is_set);
  set_clock (1795723200 - 3600);
  wait_for_calls (&told, 2);
  g_assert_cmpint (ABS (told.step_us + 3600 * G_TIME_SPAN_SECOND), <,
      G_TIME_SPAN_SECOND);
  kafka_clock_unwatch (watch);
}

static void
test_clock_before_2020_is_told (void)
{
  Told told = { 0 };
  gpointer watch;

  set_clock (0);
  watch = kafka_clock_watch (on_clock, &told);
  wait_for_calls (&told, 1);
  g_assert_false (told.is_set);
  /* NTP comes to it: a step forward harms nobody */
  set_clock (1795723200);
  wait_for_calls (&told, 2);
  g_assert_true (told.is_set);
  g_assert_cmpint (told.step_us, ==, 0);
  kafka_clock_unwatch (watch);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/view/finds-the-leader", test_view_finds_the_leader);
  g_test_add_func ("/view/knows-that-there-is-none",
      test_view_knows_that_there_is_none);
  g_test_add_func ("/view/knows-all-leaders", test_view_knows_all_leaders);
  g_test_add_func ("/view/reads-any-part", test_view_reads_any_part);
  g_test_add_func ("/clock/step-back-is-told", test_clock_step_back_is_told);
  g_test_add_func ("/clock/before-2020-is-told",
      test_clock_before_2020_is_told);
  return g_test_run ();
}
