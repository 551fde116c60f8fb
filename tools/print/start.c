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

/* Takes those that are to be read and are not yet. One without a leader cannot be: it
 * is @missing then. */
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
      rd_kafka_topic_partition_list_add (partitions, options->topic,
          partition->id);
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
  if (metadata->topic_cnt == 1 && !rd_kafka_assignment (rk, &assigned))
    result = choose_partitions (options, &metadata->topics[0], assigned,
        partitions, missing);
  rd_kafka_metadata_destroy (metadata);
  return result;
}

/* Asks for the first offset of a time, or of what stands for one: of all partitions at once,
 * whatever their number. */
static StartResult
ask_offsets (rd_kafka_t * rk, const Partitions * partitions, gint64 time_ms,
    const char *servers, Partitions ** offsets)
{
  rd_kafka_resp_err_t err;

  *offsets = rd_kafka_topic_partition_list_copy (partitions);
  for (int i = 0; i < partitions->cnt; i++)
    (*offsets)->elems[i].offset = time_ms;
  err = rd_kafka_offsets_for_times (rk, *offsets, TIMEOUT_MS);
  for (int i = 0; !err && i < partitions->cnt; i++)
    err = (*offsets)->elems[i].err;
  return judge (err, servers);
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
is_doubtful (const Partitions * low, const Partitions * high,
    const Partitions * of_time)
{
  for (int i = 0; i < low->cnt; i++)
    if (get_offset (of_time, low, i) < 0
        && get_offset (high, low, i) > get_offset (low, low, i))
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
check_times (rd_kafka_t * rk, const Partitions * low, const Partitions * high,
    const char *servers)
{
  g_autoptr (Partitions) of_1970 = NULL;
  const StartResult result = ask_offsets (rk, low, 0, servers, &of_1970);

  if (result)
    return result;
  return is_doubtful (low, high, of_1970) && !finds_any (of_1970) ?
      say_unsupported (servers, "it finds none at all") : START_DONE;
}

/* Sets the offsets of @partitions. */
static StartResult
find_offsets (rd_kafka_t * rk, const Position * position,
    Partitions * partitions, const char *servers)
{
  const gboolean by_time = position->type == POSITION_TIME;
  g_autoptr (Partitions) low = NULL;
  g_autoptr (Partitions) high = NULL;
  g_autoptr (Partitions) of_time = NULL;
  StartResult result = ask_offsets (rk, partitions, BEGINNING, servers, &low);

  if (!result)
    result = ask_offsets (rk, partitions, END, servers, &high);
  if (!result && by_time)
    result = ask_offsets (rk, partitions, position->value, servers, &of_time);
  if (!result && by_time && is_doubtful (low, high, of_time))
    result = check_times (rk, low, high, servers);
  for (int i = 0; !result && i < partitions->cnt; i++)
    partitions->elems[i].offset = position_get_offset (position,
        get_offset (low, partitions, i), get_offset (high, partitions, i),
        by_time ? get_offset (of_time, partitions, i) : -1);
  return result;
}

/* Reads from there, and sets the group's position if one is to follow. */
static rd_kafka_error_t *
assign (rd_kafka_t * rk, const Options * options, Partitions * partitions)
{
  rd_kafka_error_t *error = rd_kafka_incremental_assign (rk, partitions);

  /* without an offset, where the group left off */
  if (!error && options->has_position && options->is_committed)
    rd_kafka_offsets_store (rk, partitions);
  return error;
}

StartResult
start_reading (rd_kafka_t * rk, const Options * options, const char *servers,
    int *missing)
{
  g_autoptr (Partitions) partitions = rd_kafka_topic_partition_list_new (1);
  StartResult result;
  rd_kafka_error_t *error;

  *missing = START_NONE_MISSING;
  result = find_partitions (rk, options, partitions, missing);
  if (!result && partitions->cnt == 0)
    return *missing == START_NONE_MISSING ? START_DONE : START_LATER;
  if (!result && options->has_position)
    result = find_offsets (rk, &options->position, partitions, servers);
  if (result)
    return result;
  error = assign (rk, options, partitions);
  if (!error)
    return *missing == START_NONE_MISSING ? START_DONE : START_LATER;
  tool_warn ("%s: check --topic and --partition",
      rd_kafka_error_string (error));
  rd_kafka_error_destroy (error);
  return START_FAILED;
}
