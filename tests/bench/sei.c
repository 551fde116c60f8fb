/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What seiinject and seiextract cost per access unit.
 *
 *     bench-sei h264|h265 byte-stream|avc|hvc1 SIZE SLICES MILLISECONDS
 *
 * One access unit of SIZE bytes, in so many slices and with one message, goes through
 * identity, seiinject, which gets it without that message, and seiextract, whose pad
 * "metadata" is linked: bench_compete() says how, and what is printed. */

#include "bench.h"

#include <stdlib.h>
#include <string.h>

#define PAYLOAD_SIZE 200
#define FRAME_NS (GST_SECOND / 30)

typedef struct
{
  const char *name;
  GstPad *feed;
  GstMemory *unit;
} Bed;

static guint64 n_bytes, n_records;

static GstFlowReturn
count_bytes (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  n_bytes += gst_buffer_get_size (buffer);
  gst_buffer_unref (buffer);
  return GST_FLOW_OK;
}

static GstFlowReturn
count_records (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  n_records++;
  gst_buffer_unref (buffer);
  return GST_FLOW_OK;
}

static void
sink_add (GstPad * src, GstPadChainFunction chain)
{
  GstPad *sink = gst_pad_new (NULL, GST_PAD_SINK);

  gst_pad_set_chain_function (sink, chain);
  gst_pad_set_active (sink, TRUE);
  if (gst_pad_link (src, sink) != GST_PAD_LINK_OK)
    bench_fail ("cannot link a sink");
  gst_object_unref (src);
}

static char *
make_payload (void)
{
  char *text = g_strnfill (PAYLOAD_SIZE, 'a');
  static const char head[] = "{\"seq\":1,\"text\":\"";

  memcpy (text, head, strlen (head));
  memcpy (text + PAYLOAD_SIZE - 2, "\"}", 2);
  return text;
}

static void
append_nal (GByteArray * unit, gboolean has_length, const void *nal, gsize size)
{
  guint8 head[4] = { 0, 0, 0, 1 };

  if (has_length)
    GST_WRITE_UINT32_BE (head, size);
  g_byte_array_append (unit, head, sizeof (head));
  g_byte_array_append (unit, nal, size);
}

/* Appends slices of equal size, up to @size. */
static void
append_slices (GByteArray * unit, gboolean is_h265, gboolean has_length,
    gsize size, guint n)
{
  const guint8 *head = (const guint8 *) (is_h265 ? "\x26\x01" : "\x65\x88");
  const gsize left = size - unit->len;
  guint8 *slice = g_malloc (left);

  /* no zero byte, as in most of a slice */
  for (gsize i = 0; i < left; i++)
    slice[i] = 1 + i * 7 % 251;
  memcpy (slice, head, 2);
  for (guint i = 0; i < n; i++)
    append_nal (unit, has_length, slice,
        (i + 1 < n ? left / n : size - unit->len) - 4);
  g_free (slice);
}

/* Parameter sets, a SEI message if there is a payload, and slices */
static GstMemory *
make_unit (gboolean is_h265, gboolean has_length, gsize size, guint n_slices,
    const char *payload)
{
  static const char *const sets264[] = { "\x67\x4d\x40\x1f\xe9\x81",
    "\x68\xef\x38\x80", NULL
  };
  static const char *const sets265[] = { "\x40\x01\x0c\x01",
    "\x42\x01\x01\x04\x08", "\x44\x01\xc1\x72", NULL
  };
  static const guint8 uuid[16] = { 0xa4, 0xb0, 0x05, 0x12, 0xd7, 0x94, 0x56,
    0x11, 0x86, 0xb7, 0x17, 0x40, 0x6d, 0xe2, 0xf1, 0xde
  };
  const char *const *sets = is_h265 ? sets265 : sets264;
  GByteArray *unit = g_byte_array_new ();

  for (guint i = 0; sets[i]; i++)
    append_nal (unit, has_length, sets[i], strlen (sets[i]));
  if (payload) {
    GByteArray *sei = g_byte_array_new ();
    const guint8 sizes[] = { 5, sizeof (uuid) + PAYLOAD_SIZE };

    g_byte_array_append (sei, (const guint8 *) (is_h265 ? "\x4e\x01" : "\x06"),
        is_h265 ? 2 : 1);
    g_byte_array_append (sei, sizes, sizeof (sizes));
    g_byte_array_append (sei, uuid, sizeof (uuid));
    g_byte_array_append (sei, (const guint8 *) payload, PAYLOAD_SIZE);
    g_byte_array_append (sei, (const guint8 *) "\x80", 1);
    append_nal (unit, has_length, sei->data, sei->len);
    g_byte_array_unref (sei);
  }
  if (n_slices == 0 || size < unit->len + 16 * n_slices)
    bench_fail ("such an access unit has at least %u bytes",
        unit->len + 16 * MAX (n_slices, 1));
  append_slices (unit, is_h265, has_length, size, n_slices);
  return gst_memory_new_wrapped (GST_MEMORY_FLAG_READONLY, unit->data,
      unit->len, 0, unit->len, unit, (GDestroyNotify) g_byte_array_unref);
}

static char *
make_caps (const char *codec, const char *format)
{
  const gboolean is_h265 = g_str_equal (codec, "h265");
  GString *caps = g_string_new (NULL);

  g_string_printf (caps, "video/x-%s,stream-format=%s,alignment=au,"
      "framerate=30/1", codec, format);
  if (!g_str_equal (format, "byte-stream")) {
    /* of the configuration record just what says that a length has 4 bytes */
    g_string_append (caps, ",codec_data=(buffer)");
    for (int i = 0; i < (is_h265 ? 21 : 4); i++)
      g_string_append (caps, "01");
    g_string_append (caps, "ff01");
  }
  return g_string_free (caps, FALSE);
}

static void
bed_init (Bed * bed, const char *name, const char *caps, GstMemory * unit)
{
  GstElement *element = gst_element_factory_make (name, NULL);

  if (!element)
    bench_fail ("there is no %s: GST_PLUGIN_PATH is to name its folder", name);
  if (g_str_equal (name, "seiinject")) {
    g_autofree char *payload = make_payload ();

    g_object_set (element, "metadata", payload, NULL);
  }
  sink_add (gst_element_get_static_pad (element, "src"), count_bytes);
  if (g_str_equal (name, "seiextract"))
    sink_add (gst_element_request_pad_simple (element, "metadata"),
        count_records);
  gst_element_set_state (element, GST_STATE_PLAYING);
  bed->name = name;
  bed->feed = bench_feed (element, caps);
  bed->unit = unit;
}

/* Pushes an access unit. */
static void
bed_push (gpointer data)
{
  static GstClockTime pts = 0;
  const Bed *bed = data;
  GstBuffer *buffer = gst_buffer_new ();

  gst_buffer_append_memory (buffer, gst_memory_ref (bed->unit));
  GST_BUFFER_PTS (buffer) = GST_BUFFER_DTS (buffer) = pts;
  GST_BUFFER_DURATION (buffer) = FRAME_NS;
  pts += FRAME_NS;
  if (gst_pad_push (bed->feed, buffer) != GST_FLOW_OK)
    bench_fail ("%s did not take the access unit", bed->name);
}

/* That the element did what is measured. */
static void
bed_check (Bed * bed)
{
  const gsize size = gst_memory_get_sizes (bed->unit, NULL, NULL);
  const gboolean injects = g_str_equal (bed->name, "seiinject");

  n_bytes = n_records = 0;
  bed_push (bed);
  if (injects ? n_bytes <= size : n_bytes != size)
    bench_fail ("%s made %" G_GUINT64_FORMAT " bytes of %" G_GSIZE_FORMAT,
        bed->name, n_bytes, size);
  if (n_records != g_str_equal (bed->name, "seiextract"))
    bench_fail ("%s found %" G_GUINT64_FORMAT " payloads", bed->name,
        n_records);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  if (argc != 6)
    bench_fail ("usage: bench-sei h264|h265 byte-stream|avc|hvc1 SIZE SLICES"
        " MILLISECONDS");

  const gboolean is_h265 = g_str_equal (argv[1], "h265");
  const gboolean has_length = !g_str_equal (argv[2], "byte-stream");
  const gsize size = g_ascii_strtoull (argv[3], NULL, 10);
  const guint n_slices = (guint) g_ascii_strtoull (argv[4], NULL, 10);
  g_autofree char *caps = make_caps (argv[1], argv[2]);
  g_autofree char *payload = make_payload ();
  GstMemory *with = make_unit (is_h265, has_length, size, n_slices, payload);
  GstMemory *without = make_unit (is_h265, has_length, size, n_slices, NULL);
  BenchRival rivals[3];
  Bed beds[3];

  bed_init (&beds[0], "identity", caps, with);
  bed_init (&beds[1], "seiinject", caps, without);
  bed_init (&beds[2], "seiextract", caps, with);
  for (guint i = 0; i < G_N_ELEMENTS (beds); i++) {
    bed_check (&beds[i]);
    rivals[i] = (BenchRival) {
    beds[i].name, bed_push, &beds[i]};
  }
  bench_compete (rivals, G_N_ELEMENTS (rivals), g_ascii_strtod (argv[5], NULL));
  return 0;
}
