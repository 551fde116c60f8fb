/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* status-sample FORM N: what a bridge of N cameras shows, one of which is bad, as page,
 * metrics or json; nothing of it is real, and it is always the same. That of N = 1 has names and
 * texts that are special in each form, one of N = 2 has streams. */

#include <stdio.h>
#include <stdlib.h>

#include "metrics.h"
#include "statusjson.h"
#include "statuspage.h"

#define START_US (G_GINT64_CONSTANT (1795845600) * G_USEC_PER_SEC)

#define NASTY "<b>\"a\\\n&'\xe2\x80\xae\x1b[31m"

/* Numbers that look like those of a network */
static guint
draw (guint * state)
{
  *state = *state * 1103515245 + 12345;
  return *state >> 16 & 0x7fff;
}

static void
fill_history (StatusCamera * camera, guint rate, guint n, guint * state)
{
  camera->n_history = n;
  for (guint i = 0; i < n; i++)
    camera->history[i] = rate * HISTORY_SLOT_S - draw (state) % (rate + 1);
  for (guint i = 0; i < n; i++)
    camera->n_records += camera->history[i];
  camera->n_records += 40 * 3600 * rate;
}

static void
add_good (Status * status, guint i, guint * state)
{
  static const char *const places[] =
      { "gate", "yard", "hall", "dock", "roof" };
  g_autofree char *name =
      i <
      G_N_ELEMENTS (places) ? g_strdup (places[i]) : g_strdup_printf ("%s-%02u",
      places[i % G_N_ELEMENTS (places)],
      i / (guint) G_N_ELEMENTS (places));
  g_autofree char *uri = g_strdup_printf ("rtsp://10.0.%u.%u/stream1", i / 200,
      10 + i % 200);
  StatusCamera *camera = status_add_camera (status, name, uri);

  camera->state = STATUS_UP;
  camera->n_opened = 1 + draw (state) % 3;
  fill_history (camera, 10 + 5 * (draw (state) % 5), HISTORY_SLOTS - 1, state);
  camera->n_messages = camera->n_records;
  camera->n_frames = camera->n_records + draw (state) % 1000;
  camera->n_lost = draw (state) % 7 == 0 ? draw (state) % 300 : 0;
  camera->record_us = status->taken_us - draw (state) % 1000 * 1000;
}

static void
add_streams (Status * status, const StatusCamera * camera)
{
  static const struct
  {
    const char *name;
    StatusState state;
  } streams[] = {
    {"10.0.0.8:35295 45781a12", STATUS_UP},
    {"10.0.0.9:40001 00c0ffee", STATUS_SILENT}
  };

  for (guint i = 0; i < G_N_ELEMENTS (streams); i++) {
    StatusCamera *stream = status_add_stream (status, camera->name,
        streams[i].name, camera->uri);

    stream->state = streams[i].state;
    stream->n_records = stream->n_messages = stream->n_frames = 100;
    stream->n_lost = 0;
    stream->record_us = status->taken_us;
  }
}

static void
make_bad (const Status * status, StatusCamera * camera)
{
  camera->state = STATUS_DOWN;
  camera->trouble = g_strdup ("does not answer: check that it runs, its address"
      " and port, and the network");
  camera->n_opened = 87;
  for (guint i = HISTORY_SLOTS - 21; i < camera->n_history; i++)
    camera->history[i] = 0;
  camera->n_lost += 1204;
  camera->record_us = status->taken_us - 203 * G_TIME_SPAN_SECOND;
}

/* Returns: (transfer full): of @n records, evenly spread over the bounds */
static GstStructure *
make_histogram (guint64 n)
{
  GstStructure *histogram = gst_structure_new_empty ("latency-histogram");

  for (guint i = 0; i <= STATUS_N_BOUNDS; i++) {
    g_autofree char *name = i < STATUS_N_BOUNDS ?
        g_strdup_printf ("below-%" G_GUINT64_FORMAT "us",
        status_get_bound_us (i)) : g_strdup ("all");

    gst_structure_set (histogram, name, G_TYPE_UINT64, n / STATUS_N_BOUNDS * i,
        NULL);
  }
  return histogram;
}

static void
add_delivery (Status * status)
{
  g_autoptr (GstStructure) histogram = NULL;
  guint64 n = 0;

  for (guint i = 0; i < status->cameras->len; i++)
    n += ((StatusCamera *) status->cameras->pdata[i])->n_records;
  histogram = make_histogram (n - 31);
  status->delivery = gst_structure_new ("stats",
      "enqueued", G_TYPE_UINT64, n, "acknowledged", G_TYPE_UINT64, n - 31,
      "in-flight", G_TYPE_UINT64, (guint64) 31,
      "in-flight-bytes", G_TYPE_UINT64, (guint64) 9176,
      "bytes", G_TYPE_UINT64, n * 296,
      "latency-p50", G_TYPE_UINT64, (guint64) 3967000,
      "latency-p99", G_TYPE_UINT64, (guint64) 11263000,
      "latency-max", G_TYPE_UINT64, (guint64) 2310771000,
      "latency-sum", G_TYPE_UINT64, n * 4200000,
      "latency-histogram", GST_TYPE_STRUCTURE, histogram, NULL);
  status->max_records = 100000;
  status->max_bytes = 268435456;
  status->broker = BROKER_REACHABLE;
}

static Status *
make_sample (guint n)
{
  Status *status = status_new ();
  guint state = 7;

  status->started_real_us = START_US;
  status->taken_real_us = START_US + 40 * G_TIME_SPAN_HOUR;
  status->kafka_version = "2.0.2";
  status->target = g_strdup ("Kafka -> kafka1:9092,kafka2:9092"
      " topic=video.metadata");
  if (n == 1) {
    status_add_camera (status, NASTY, NASTY)->trouble = g_strdup (NASTY);
    status->output = NASTY;
    status->n_waiting = 3;
    status->stalled_s = 7;
    return status;
  }
  for (guint i = 0; i < n; i++)
    add_good (status, i, &state);
  if (n == 2)
    add_streams (status, status->cameras->pdata[0]);
  make_bad (status, status->cameras->pdata[n * 2 / 3]);
  add_delivery (status);
  return status;
}

int
main (int argc, char **argv)
{
  g_autofree char *text = NULL;
  g_autoptr (Status) status = NULL;

  gst_init (&argc, &argv);
  if (argc != 3)
    return 2;
  status = make_sample (atoi (argv[2]));
  if (g_str_equal (argv[1], "page"))
    text = status_page_make (status, status->taken_us);
  else if (g_str_equal (argv[1], "metrics"))
    text = metrics_make (status, status->taken_us);
  else
    text = status_json_make (status, status->taken_us);
  fputs (text, stdout);
  return 0;
}
