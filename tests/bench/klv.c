/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What KLV costs per packet.
 *
 *     bench-klv FILE MILLISECONDS
 *
 * The packet in FILE goes through identity, klvparse, klvtojson, and through klvtojson and
 * jsontoklv; it becomes JSON without elements, too: bench_compete() says how, and what is
 * printed. */

#include "bench.h"

#include <stdlib.h>
#include <string.h>

#include "klvjson.h"

#define FRAME_NS (GST_SECOND / 30)

static GstMemory *packet;
static guint64 n_done;

static GstFlowReturn
count (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  n_done++;
  gst_buffer_unref (buffer);
  return GST_FLOW_OK;
}

/* Returns: (transfer full): where packets go in */
static GstPad *
make_bed (const char *launch)
{
  GstElement *bin = gst_parse_bin_from_description (launch, TRUE, NULL);
  GstPad *src, *sink = gst_pad_new (NULL, GST_PAD_SINK);

  if (!bin)
    bench_fail ("there is no %s: GST_PLUGIN_PATH is to name its folder",
        launch);
  src = gst_element_get_static_pad (bin, "src");
  gst_pad_set_chain_function (sink, count);
  gst_pad_set_active (sink, TRUE);
  gst_pad_link (src, sink);
  gst_object_unref (src);
  gst_element_set_state (bin, GST_STATE_PLAYING);
  return bench_feed (bin, "meta/x-klv, parsed=(boolean)true");
}

static void
push (gpointer feed)
{
  static GstClockTime pts = 0;
  const guint64 n_before = n_done;
  GstBuffer *buffer = gst_buffer_new ();

  gst_buffer_append_memory (buffer, gst_memory_ref (packet));
  GST_BUFFER_PTS (buffer) = pts += FRAME_NS;
  if (gst_pad_push (feed, buffer) != GST_FLOW_OK || n_done != n_before + 1)
    bench_fail ("a packet did not come through");
}

static void
write_json (gpointer map)
{
  static char json[65536];
  static const KlvJsonSettings settings;
  const GstMapInfo *info = map;
  const BytesSpan unit = { info->data, info->size };
  KlvJsonReport report;

  if (klv_json_write (unit, &settings, &report, json, sizeof (json)) == 0
      || report.n_items == 0)
    bench_fail ("the packet is no KLV");
}

int
main (int argc, char **argv)
{
  GstMapInfo map;
  char *data;
  gsize size;

  gst_init (&argc, &argv);
  if (argc != 3 || !g_file_get_contents (argv[1], &data, &size, NULL))
    bench_fail ("usage: bench-klv FILE MILLISECONDS");
  packet =
      gst_memory_new_wrapped (GST_MEMORY_FLAG_READONLY, data, size, 0, size,
      data, g_free);
  gst_memory_map (packet, &map, GST_MAP_READ);

  const BenchRival rivals[] = {
    {"identity", push, make_bed ("identity")},
    {"klvparse", push, make_bed ("klvparse")},
    {"klvtojson", push, make_bed ("klvtojson")},
    {"klvtojson-jsontoklv", push, make_bed ("klvtojson ! jsontoklv")},
    {"json", write_json, &map}
  };

  bench_compete (rivals, G_N_ELEMENTS (rivals), g_ascii_strtod (argv[2], NULL));
  return 0;
}
