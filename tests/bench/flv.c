/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What script data in FLV costs.
 *
 *     bench-flv FILE MILLISECONDS
 *
 * The stream in FILE goes through identity and flvmetaextract, in buffers as filesrc makes them;
 * bench_compete() says how, and what is printed: of a whole pass. */

#include "bench.h"

#include <stdlib.h>

#define BLOCK_SIZE 4096

static GstMemory *stream;
static gsize n_bytes;
static guint n_events;

static GstFlowReturn
count (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  n_bytes += gst_buffer_get_size (buffer);
  gst_buffer_unref (buffer);
  return GST_FLOW_OK;
}

static GstFlowReturn
count_event (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  n_events++;
  gst_buffer_unref (buffer);
  return GST_FLOW_OK;
}

/* @src: (transfer full) (nullable): */
static void
link_counter (GstPad * src, GstPadChainFunction chain)
{
  GstPad *sink = gst_pad_new (NULL, GST_PAD_SINK);

  gst_pad_set_chain_function (sink, chain);
  gst_pad_set_active (sink, TRUE);
  gst_pad_link (src, sink);
  gst_object_unref (src);
}

/* Returns: (transfer full): where the stream goes in */
static GstPad *
make_bed (const char *factory)
{
  GstElement *element = gst_element_factory_make (factory, NULL);
  GstPad *metadata;

  if (!element)
    bench_fail ("there is no %s: GST_PLUGIN_PATH is to name its folder",
        factory);
  link_counter (gst_element_get_static_pad (element, "src"), count);
  metadata = gst_element_request_pad_simple (element, "metadata");
  if (metadata)
    link_counter (metadata, count_event);
  gst_element_set_state (element, GST_STATE_PLAYING);
  return bench_feed (element, "video/x-flv");
}

static void
pass (gpointer feed)
{
  const gsize size = gst_memory_get_sizes (stream, NULL, NULL);

  n_bytes = 0;
  for (gsize at = 0; at < size; at += BLOCK_SIZE) {
    GstBuffer *buffer = gst_buffer_new ();

    gst_buffer_append_memory (buffer, gst_memory_share (stream, at,
            MIN (BLOCK_SIZE, size - at)));
    if (gst_pad_push (feed, buffer) != GST_FLOW_OK)
      bench_fail ("a buffer did not come through");
  }
  if (n_bytes != size)
    bench_fail ("the stream did not come through");
}

static void
pass_events (gpointer feed)
{
  n_events = 0;
  pass (feed);
  if (n_events == 0)
    bench_fail ("no event came out");
}

int
main (int argc, char **argv)
{
  char *data;
  gsize size;

  gst_init (&argc, &argv);
  if (argc != 3 || !g_file_get_contents (argv[1], &data, &size, NULL))
    bench_fail ("usage: bench-flv FILE MILLISECONDS");
  stream =
      gst_memory_new_wrapped (GST_MEMORY_FLAG_READONLY, data, size, 0, size,
      data, g_free);

  const BenchRival rivals[] = {
    {"identity", pass, make_bed ("identity")},
    {"flvmetaextract", pass_events, make_bed ("flvmetaextract")}
  };

  bench_compete (rivals, G_N_ELEMENTS (rivals), g_ascii_strtod (argv[2], NULL));
  return 0;
}
