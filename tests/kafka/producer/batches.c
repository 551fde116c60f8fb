/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* KafkaBatches against a model that knows only the rules: whatever comes in whatever
 * order, each record comes out once, in the order of its partition, and nothing is
 * forgotten. --seed repeats a run. */

#include "kafkabatches.h"
#include "records.h"

#define MAX_PARTITIONS 12
#define MAX_LEADERS 3
#define N_SLOTS 5
#define MS G_TIME_SPAN_MILLISECOND

/* A record, and what the model knows of it; record->link.data is this. */
typedef struct
{
  KafkaRecord *record;
  gint32 key;                   /* or -1 */
  gint32 partition;             /* that holds it, or had it last */
  guint batch;                  /* while it is out */
} Item;

typedef struct
{
  GQueue held;                  /* of Item */
  guint n_out[N_SLOTS];         /* of each batch */
  gboolean may_be_proven;       /* something was acknowledged, and nothing failed since */
  gint32 leader;
} Partition;

typedef struct
{
  KafkaBatches *batches;
  KafkaBatchLimits limits;
  gint64 now_us;
  gint32 n;
  gint32 sticky;
  Partition partitions[MAX_PARTITIONS];
  GPtrArray *out;               /* of Item */
  guint n_held;
  gboolean is_simple;           /* neither leaders nor partitions change */
  gboolean is_quick;            /* nothing that was taken is late */
} Model;

static gint32
pick (gint32 n)
{
  return g_test_rand_int_range (0, n);
}

static gboolean
happens (gint32 one_in)
{
  return pick (one_in) == 0;
}

static void
model_init (Model * model)
{
  const gsize max_bytes = happens (4) ? 1 : happens (2) ? 3000 : 100000;
  const KafkaPace pace = {
    .batch_bytes = MIN (max_bytes, 16384),
    .max_bytes = max_bytes,
    .timeout_us = 60000 * MS
  };

  memset (model, 0, sizeof (*model));
  model->limits.gather_us = happens (3) ? 0 : (1 + pick (50)) * MS;
  model->limits.hand_over_us = happens (2) ? 500 : 10 * MS;
  model->limits.max_records = happens (4) ? 1 : 1 + pick (20);
  model->limits.max_requests = 2 + pick (5);
  if (model->limits.max_records > 1)
    model->limits.is_pipelined = happens (2);
  model->now_us = G_TIME_SPAN_DAY;
  model->sticky = -1;
  model->out = g_ptr_array_new ();
  model->is_simple = happens (2);
  for (guint i = 0; i < MAX_PARTITIONS; i++)
    model->partitions[i].leader = -1;
  model->batches = kafka_batches_new (&model->limits, &pace);
}

static void
add (Model * model, gint32 i, Item * item)
{
  item->partition = i;
  g_queue_push_tail (&model->partitions[i].held, item);
  model->n_held++;
  kafka_batches_add (model->batches, i, item->record, model->now_us);
  g_assert_cmpint (item->record->partition, ==, -1);
}

/* As KafkaPartitions does */
static gint32
choose (const Model * model, const Item * item)
{
  return (item->key >= 0 ? item->key : item->partition) % model->n;
}

static void
set_count (Model * model, gint32 n)
{
  GQueue held = G_QUEUE_INIT, items = G_QUEUE_INIT;
  Item *item;
  GList *link;

  kafka_batches_set_count (model->batches, n, &held, model->now_us);
  model->n = n;
  model->sticky = -1;
  for (guint i = 0; i < MAX_PARTITIONS; i++) {
    Partition *partition = &model->partitions[i];

    partition->may_be_proven = FALSE;
    while ((item = g_queue_pop_head (&partition->held))) {
      link = g_queue_pop_head_link (&held);
      g_assert_nonnull (link);
      g_assert_true (link->data == item->record);
      g_assert_cmpint (item->record->partition, ==, (gint32) i);
      g_queue_push_tail (&items, item);
      model->n_held--;
    }
  }
  g_assert_true (g_queue_is_empty (&held));
  while ((item = g_queue_pop_head (&items)))
    add (model, choose (model, item), item);
}

static void
set_leader (Model * model, gint32 i, gint32 leader)
{
  model->partitions[i].leader = leader;
  kafka_batches_set_leader (model->batches, i, leader, model->now_us);
}

static void
push (Model * model)
{
  Item *item = g_new0 (Item, 1);
  gint32 i;

  item->key = happens (3) ? -1 : pick (2 * MAX_PARTITIONS);
  item->record = record_with (pick (happens (10) ? 20000 : 1000), NULL);
  item->record->link.data = item;
  item->record->partition = -1;
  item->record->enqueued_us = model->now_us - (happens (10) ? pick (MS) : 0);
  if (item->key >= 0) {
    add (model, item->key % model->n, item);
    return;
  }
  i = kafka_batches_find_room (model->batches, model->sticky, item->record,
      model->now_us);
  model->sticky = happens (5) ? -1 : i;
  if (i >= 0) {
    g_assert_cmpint (i, <, model->n);
    add (model, i, item);
    return;
  }
  kafka_record_free (item->record);
  g_free (item);
}

static guint
count_batches (const Partition * partition)
{
  guint n = 0;

  for (guint i = 0; i < N_SLOTS; i++)
    n += partition->n_out[i] > 0;
  return n;
}

static void
assert_may_go (const Model * model, const Item * item)
{
  const Partition *partition = &model->partitions[item->partition];
  guint n_others = count_batches (partition), n_of_leader = 0;

  if (partition->n_out[item->batch] > 0)
    n_others--;
  if (!model->limits.is_pipelined)
    g_assert_cmpuint (n_others, ==, 0);
  if (!partition->may_be_proven) {
    g_assert_cmpuint (n_others, ==, 0);
    g_assert_cmpuint (partition->n_out[item->batch], ==, 0);
  }
  g_assert_cmpuint (partition->n_out[item->batch], <,
      model->limits.max_records);
  for (guint i = 0; i < MAX_PARTITIONS; i++)
    if (model->partitions[i].leader == partition->leader)
      n_of_leader += count_batches (&model->partitions[i]);
  if (partition->n_out[item->batch] == 0)
    n_of_leader++;
  if (model->is_simple && partition->leader >= 0)
    g_assert_cmpuint (n_of_leader, <=, model->limits.max_requests);
}

static void
go_out (Model * model, Item * item)
{
  item->partition = item->record->partition;
  item->batch = item->record->batch;
  model->partitions[item->partition].n_out[item->batch]++;
  g_ptr_array_add (model->out, item);
}

static void
part (Model * model, Item * item)
{
  g_assert_true (g_ptr_array_remove_fast (model->out, item));
  model->partitions[item->partition].n_out[item->batch]--;
}

static void
come_back (Model * model, Item * item, gboolean acknowledged)
{
  part (model, item);
  model->partitions[item->partition].may_be_proven = acknowledged;
  kafka_batches_leave (model->batches, item->record, acknowledged,
      model->now_us);
  g_assert_cmpint (item->record->partition, ==, -1);
}

static void
settle (Model * model, Item * item, gboolean acknowledged)
{
  come_back (model, item, acknowledged);
  kafka_record_free (item->record);
  g_free (item);
}

/* Gives the last one of @items back, of which librdkafka has none. */
static void
untake (Model * model, GPtrArray * items)
{
  Item *item = g_ptr_array_index (items, items->len - 1);
  const gint32 chosen = choose (model, item);

  g_ptr_array_set_size (items, items->len - 1);
  part (model, item);
  item->partition = chosen;
  g_queue_push_head (&model->partitions[chosen].held, item);
  model->n_held++;
  kafka_batches_untake (model->batches, chosen, item->record, model->now_us);
  g_assert_cmpint (item->record->partition, ==, -1);
}

/* The last of those that were taken are late, or librdkafka shows another number of partitions.
 * Returns: whether some go back */
static gboolean
untake_some (Model * model, GPtrArray * items)
{
  if (items->len == 0 || model->is_quick || !happens (4))
    return FALSE;
  if (!model->is_simple && happens (10))
    set_count (model, 1 + pick (MAX_PARTITIONS));
  for (gint32 n = 1 + pick (items->len); n > 0; n--)
    untake (model, items);
  return TRUE;
}

/* Returns: whether that is all that goes now */
static gboolean
take (Model * model, guint n)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new ();

  for (guint i = 0; i < n; i++) {
    KafkaRecord *record = kafka_batches_take (model->batches, model->now_us);
    gint64 due_us;
    Item *item;

    if (!record) {
      due_us = kafka_batches_get_due (model->batches, model->now_us);
      g_assert_cmpint (due_us, >, model->now_us);
      if (model->out->len == 0 && model->n_held > 0)
        g_assert_cmpint (due_us, <, G_MAXINT64);
      else if (model->n_held == 0 && due_us < G_MAXINT64)
        g_assert_cmpint (due_us, <=, model->now_us + model->limits.gather_us);
      return !untake_some (model, items);
    }
    item = record->link.data;
    item->batch = record->batch;
    g_assert_cmpint (record->partition, ==, item->partition);
    g_assert_true (g_queue_pop_head (&model->partitions[item->partition].held)
        == item);
    model->n_held--;
    assert_may_go (model, item);
    go_out (model, item);
    g_ptr_array_add (items, item);
    if (happens (20))
      model->now_us += pick (2000);
  }
  untake_some (model, items);
  return FALSE;
}

static void
report (Model * model)
{
  const gboolean acknowledged = !happens (20);
  guint n = happens (3) ? 1 : model->out->len;
  const gint32 of = happens (2) ? -1 : pick (MAX_PARTITIONS);
  const gboolean in_order = happens (2);

  for (guint i = 0; n > 0 && i < model->out->len; n--) {
    const guint index = in_order ? i : (guint) pick (model->out->len);
    Item *item = g_ptr_array_index (model->out, index);

    if (of >= 0 && item->partition != of)
      i++;
    else
      settle (model, item, acknowledged);
  }
}

/* librdkafka asks again, in a thread of its own. */
static void
move_one (Model * model)
{
  Item *item;

  if (model->out->len == 0)
    return;
  item = g_ptr_array_index (model->out, pick (model->out->len));
  come_back (model, item, FALSE);
  kafka_batches_join (model->batches, pick (model->n), item->record,
      model->now_us);
  go_out (model, item);
}

static void
step (Model * model)
{
  gint64 due_us;

  switch (pick (12)) {
    case 0:
    case 1:
    case 2:
      for (gint32 i = pick (40); i > 0; i--)
        push (model);
      break;
    case 3:
    case 4:
    case 5:
      take (model, 1 + pick (100));
      break;
    case 6:
    case 7:
      report (model);
      break;
    case 8:
      model->now_us += pick (100) * MS;
      break;
    case 9:
      due_us = kafka_batches_get_due (model->batches, model->now_us);
      if (due_us < G_MAXINT64)
        model->now_us = MAX (due_us, model->now_us);
      break;
    case 10:
      if (happens (3))
        kafka_batches_hurry (model->batches, model->now_us);
      kafka_batches_take_way (model->batches);
      break;
    case 11:
      if (model->is_simple)
        break;
      if (happens (10))
        set_count (model, 1 + pick (MAX_PARTITIONS));
      else if (happens (4))
        move_one (model);
      else
        set_leader (model, pick (model->n), pick (MAX_LEADERS + 1) - 1);
      break;
  }
}

static void
acknowledge_all (Model * model)
{
  while (model->out->len > 0)
    settle (model, g_ptr_array_index (model->out, 0), TRUE);
}

/* All goes, in time, if all is answered. */
static void
drain (Model * model)
{
  for (guint n = 0; model->n_held > 0 || model->out->len > 0; n++) {
    g_assert_cmpuint (n, <, 100000);
    while (!take (model, G_MAXUINT));
    acknowledge_all (model);
    if (model->n_held > 0) {
      const gint64 due_us =
          kafka_batches_get_due (model->batches, model->now_us);

      g_assert_cmpint (due_us, <, G_MAXINT64);
      model->now_us = MAX (due_us, model->now_us);
    }
  }
}

/* Each leader takes as many requests as at the start. */
static void
assert_all_is_free (Model * model)
{
  model->is_simple = model->is_quick = TRUE;
  set_count (model, MAX_PARTITIONS);
  for (gint32 id = -1; id < MAX_LEADERS; id++) {
    const guint n = id < 0 ? MAX_PARTITIONS :
        MIN (model->limits.max_requests, MAX_PARTITIONS);

    for (gint32 i = 0; i < model->n; i++)
      set_leader (model, i, id);
    for (gint32 i = 0; i < model->n; i++) {
      Item *item = g_new0 (Item, 1);

      item->key = i;
      item->record = record_with (1, NULL);
      item->record->link.data = item;
      item->record->enqueued_us = model->now_us;
      add (model, i, item);
    }
    kafka_batches_hurry (model->batches, model->now_us);
    take (model, G_MAXUINT);
    g_assert_cmpuint (model->out->len, ==, n);
    drain (model);
  }
}

static void
test_batches_against_the_model (void)
{
  const guint n_runs = g_test_slow ()? 100000 : 200;

  for (guint run = 0; run < n_runs; run++) {
    Model model;

    model_init (&model);
    set_count (&model, 1 + pick (MAX_PARTITIONS));
    for (gint32 i = 0; i < model.n; i++)
      set_leader (&model, i, pick (MAX_LEADERS + 1) - 1);
    for (guint i = 0; i < 300; i++)
      step (&model);
    drain (&model);
    assert_all_is_free (&model);
    kafka_batches_free (model.batches);
    g_ptr_array_unref (model.out);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/batches/against-the-model",
      test_batches_against_the_model);
  return g_test_run ();
}
