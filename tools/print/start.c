/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "start.h"

#include "common.h"

#define TIMEOUT_MS 1000

/* As rd_kafka_offsets_for_times() has it: times that stand for something else */
#define BEGINNING RD_KAFKA_OFFSET_BEGINNING
#define END RD_KAFKA_OFFSET_END

typedef rd_kafka_topic_partition_list_t Partitions;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Partitions,
    rd_kafka_topic_partition_list_destroy)
     static gboolean is_forbidden (rd_kafka_resp_err_t err)
{
  return err == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED;
}

/* Whether brokers (before 0.11, or with records that are older) say that they do not know
 * the times of records. */
static gboolean
is_unsupported (rd_kafka_resp_err_t err)
{
  return err == RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION
      || err == RD_KAFKA_RESP_ERR_UNSUPPORTED_FOR_MESSAGE_FORMAT
      || err == RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE;
}

static StartResult
say_unsupported (const char *servers, const char *why)
{
  tool_warn ("Kafka at %s does not find records by their time (%s): give"
      " --offset -N or another place to begin", servers, why);
  return START_FAILED;
}

static StartResult
judge (rd_kafka_resp_err_t err, const char *servers)
{
  if (is_forbidden (err))
    return START_FORBIDDEN;
  if (is_unsupported (err))
    return say_unsupported (servers, rd_kafka_err2str (err));
  return err ? START_LATER : START_DONE;
}

static StartResult
say_no_partition (const Options * options,
    const rd_kafka_metadata_topic_t * topic)
{
  tool_warn ("Topic '%s' has no partition %d: give --partition from 0 to %d",
      options->topic, options->partition, topic->partition_cnt - 1);
  return START_FAILED;
}

static void
add (Partitions * partitions, const char *topic, int id, int leader,
    gint64 offset)
{
  rd_kafka_topic_partition_t *added =
      rd_kafka_topic_partition_list_add (partitions, topic, id);

  added->opaque = GINT_TO_POINTER (leader);
  added->offset = offset;
}

/* Takes those that are to be read and are not yet, with their leaders. One without a leader
 * cannot be: it is @missing then. */
static StartResult
choose_partitions (const Options * options,
    const rd_kafka_metadata_topic_t * topic, const Partitions * assigned,
    Partitions * partitions, int *missing)
{
  gboolean found = FALSE;

  if (topic->err || topic->partition_cnt == 0)
    return is_forbidden (topic->err) ? START_FORBIDDEN : START_LATER;
  for (int i = 0; i < topic->partition_cnt; i++) {
    const rd_kafka_metadata_partition_t *partition = &topic->partitions[i];

    if (options->partition != OPTIONS_ALL_PARTITIONS
        && options->partition != partition->id)
      continue;
    found = TRUE;
    if (rd_kafka_topic_partition_list_find ((Partitions *) assigned,
            options->topic, partition->id))
      continue;
    if (partition->leader < 0)
      *missing = partition->id;
    else
      add (partitions, options->topic, partition->id, partition->leader,
          RD_KAFKA_OFFSET_INVALID);
  }
  return found ? START_DONE : say_no_partition (options, topic);
}

static StartResult
find_partitions (rd_kafka_t * rk, const Options * options,
    Partitions * partitions, int *missing)
{
  g_autoptr (Partitions) assigned = NULL;
  rd_kafka_topic_t *topic = rd_kafka_topic_new (rk, options->topic, NULL);
  const struct rd_kafka_metadata *metadata;
  const rd_kafka_resp_err_t err =
      rd_kafka_metadata (rk, 0, topic, &metadata, TIMEOUT_MS);
  StartResult result = START_LATER;

  rd_kafka_topic_destroy (topic);
  if (err)
    return START_LATER;
  *missing = START_NONE_MISSING;
  if (metadata->topic_cnt == 1 && !rd_kafka_assignment (rk, &assigned))
    result = choose_partitions (options, &metadata->topics[0], assigned,
        partitions, missing);
  rd_kafka_metadata_destroy (metadata);
  return result;
}

static rd_kafka_resp_err_t
ask (rd_kafka_t * rk, const Partitions * partitions, gint64 time_ms,
    Partitions ** offsets)
{
  rd_kafka_resp_err_t err;

  *offsets = rd_kafka_topic_partition_list_copy (partitions);
  for (int i = 0; i < partitions->cnt; i++)
    (*offsets)->elems[i].offset = time_ms;
  err = rd_kafka_offsets_for_times (rk, *offsets, TIMEOUT_MS);
  for (int i = 0; !err && i < partitions->cnt; i++)
    err = (*offsets)->elems[i].err;
  return err;
}

static gboolean
has_one_leader (const Partitions * partitions)
{
  for (int i = 1; i < partitions->cnt; i++)
    if (partitions->elems[i].opaque != partitions->elems[0].opaque)
      return FALSE;
  return TRUE;
}

/* Moves those of one leader. */
static Partitions *
take_of_one_leader (Partitions * partitions)
{
  Partitions *taken = rd_kafka_topic_partition_list_new (1);
  const gpointer leader = partitions->elems[0].opaque;

  for (int i = partitions->cnt - 1; i >= 0; i--) {
    const rd_kafka_topic_partition_t *partition = &partitions->elems[i];

    if (partition->opaque != leader)
      continue;
    add (taken, partition->topic, partition->partition,
        GPOINTER_TO_INT (leader), partition->offset);
    rd_kafka_topic_partition_list_del_by_idx (partitions, i);
  }
  return taken;
}

static void
remove_all (Partitions * partitions, const Partitions * removed)
{
  for (int i = 0; i < removed->cnt; i++)
    rd_kafka_topic_partition_list_del (partitions, removed->elems[i].topic,
        removed->elems[i].partition);
}

static void
add_all (Partitions * partitions, const Partitions * added)
{
  for (int i = 0; i < added->cnt; i++)
    add (partitions, added->elems[i].topic, added->elems[i].partition, 0,
        added->elems[i].offset);
}

/* One broker that does not answer takes the time of all others, so each is asked by
 * itself. */
static StartResult
ask_each_leader (rd_kafka_t * rk, Partitions * partitions, gint64 time_ms,
    const char *servers, Partitions * offsets, int *missing)
{
  g_autoptr (Partitions) rest = rd_kafka_topic_partition_list_copy (partitions);
  StartResult result = START_DONE;

  while (!result && rest->cnt > 0) {
    g_autoptr (Partitions) asked = take_of_one_leader (rest);
    g_autoptr (Partitions) found = NULL;

    result = judge (ask (rk, asked, time_ms, &found), servers);
    if (result == START_DONE) {
      add_all (offsets, found);
    } else if (result == START_LATER) {
      *missing = asked->elems[0].partition;
      remove_all (partitions, asked);
      result = START_DONE;
    }
  }
  return result;
}

/* Asks for the first offset of a time, or of what stands for one: of all partitions at once,
 * whatever their number. Those whose broker does not answer are left out of @partitions;
 * one of them is @missing then. */
static StartResult
ask_offsets (rd_kafka_t * rk, Partitions * partitions, gint64 time_ms,
    const char *servers, Partitions ** offsets, int *missing)
{
  StartResult result;

  *offsets = rd_kafka_topic_partition_list_new (1);
  if (partitions->cnt == 0)
    return START_DONE;
  if (!has_one_leader (partitions)) {
    g_autoptr (Partitions) found = NULL;

    result = judge (ask (rk, partitions, time_ms, &found), servers);
    if (result == START_DONE)
      add_all (*offsets, found);
    if (result != START_LATER)
      return result;
  }
  return ask_each_leader (rk, partitions, time_ms, servers, *offsets, missing);
}

static gint64
get_offset (const Partitions * offsets, const Partitions * partitions, int i)
{
  const rd_kafka_topic_partition_t *partition = &partitions->elems[i];

  return rd_kafka_topic_partition_list_find ((Partitions *) offsets,
      partition->topic, partition->partition)->offset;
}

/* Whether something is in a partition, and nothing is said to be as young as it should be */
static gboolean
is_doubtful (const Partitions * partitions, const Partitions * low,
    const Partitions * high, const Partitions * of_time)
{
  for (int i = 0; i < partitions->cnt; i++)
    if (get_offset (of_time, partitions, i) < 0
        && get_offset (high, partitions, i) > get_offset (low, partitions, i))
      return TRUE;
  return FALSE;
}

static gboolean
finds_any (const Partitions * of_time)
{
  for (int i = 0; i < of_time->cnt; i++)
    if (of_time->elems[i].offset >= 0)
      return TRUE;
  return FALSE;
}

/* A broker that finds nothing from 1970 on in any partition does not look (librdkafka's mock
 * cluster). One that finds something does, and where it finds nothing, records have no
 * time. */
static StartResult
check_times (rd_kafka_t * rk, Partitions * partitions, const Partitions * low,
    const Partitions * high, const char *servers, int *missing)
{
  g_autoptr (Partitions) of_1970 = NULL;
  const StartResult result =
      ask_offsets (rk, partitions, 0, servers, &of_1970, missing);

  if (result)
    return result;
  return is_doubtful (partitions, low, high, of_1970) && !finds_any (of_1970) ?
      say_unsupported (servers, "it finds none at all") : START_DONE;
}

/* Sets the offsets of @partitions, and leaves those out whose broker does not answer. */
static StartResult
find_offsets (rd_kafka_t * rk, const Position * position,
    Partitions * partitions, const char *servers, int *missing)
{
  const gboolean by_time = position->type == POSITION_TIME;
  g_autoptr (Partitions) low = NULL;
  g_autoptr (Partitions) high = NULL;
  g_autoptr (Partitions) of_time = NULL;
  StartResult result =
      ask_offsets (rk, partitions, BEGINNING, servers, &low, missing);

  if (!result)
    result = ask_offsets (rk, partitions, END, servers, &high, missing);
  if (!result && by_time)
    result = ask_offsets (rk, partitions, position->value, servers, &of_time,
        missing);
  if (!result && by_time && is_doubtful (partitions, low, high, of_time))
    result = check_times (rk, partitions, low, high, servers, missing);
  for (int i = 0; !result && i < partitions->cnt; i++)
    partitions->elems[i].offset = position_get_offset (position,
        get_offset (low, partitions, i), get_offset (high, partitions, i),
        by_time ? get_offset (of_time, partitions, i) : -1);
  return result;
}

StartResult
start_find (rd_kafka_t * rk, const Options * options, const char *servers,
    Partitions ** partitions, int *missing)
{
  StartResult result;

  *partitions = rd_kafka_topic_partition_list_new (1);
  result = find_partitions (rk, options, *partitions, missing);
  if (!result && options->has_position)
    result = find_offsets (rk, &options->position, *partitions, servers,
        missing);
  return result;
}

StartResult
start_reading (rd_kafka_t * rk, const Options * options,
    Partitions * partitions)
{
  rd_kafka_error_t *error;

  if (partitions->cnt == 0)
    return START_DONE;
  error = rd_kafka_incremental_assign (rk, partitions);
  if (error) {
    tool_warn ("%s: check --topic and --partition",
        rd_kafka_error_string (error));
    rd_kafka_error_destroy (error);
    return START_FAILED;
  }
  /* without an offset, where the group left off */
  if (options->has_position && options->is_committed)
    rd_kafka_offsets_store (rk, partitions);
  return START_DONE;
}
