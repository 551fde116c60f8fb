/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The element flvmetainject: nothing but its tags is added, each in front of a frame, and it does
 * not matter how the stream is divided.
 *
 * Input: a byte: bits 0-4: bytes of each piece, less 1, 31: all; bits 5-6: what is injected; bit 7:
 *        style=amf; then a stream */

#include <gst/gst.h>

#include "flvtag.h"
#include "fuzz.h"
#include "gstflvelements.h"

/* The tag of an object for which the event has this name */
#define EVENT "\2\0\4fuzz"
#define EVENT_SIZE 7

static const char *const objects[] = {
  "{\"a\":1}", "{\"text\":\"\xc3\xa4\",\"b\":[{},null,-0.5e3]}", "{}", "[1]"
};

static GstFlowReturn
take_buffer (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  GByteArray *out = gst_pad_get_element_private (pad);
  GstMapInfo map;

  CHECK (gst_buffer_map (buffer, &map, GST_MAP_READ));
  g_byte_array_append (out, map.data, map.size);
  gst_buffer_unmap (buffer, &map);
  gst_buffer_unref (buffer);
  return GST_FLOW_OK;
}

/* Returns: (transfer full): a pad that is linked to that of the element */
static GstPad *
link_pad (GstElement * element, const gchar * name, GstPadDirection direction)
{
  GstPad *pad = gst_pad_new (NULL, direction);
  GstPad *peer = gst_element_get_static_pad (element, name);

  gst_pad_set_active (pad, TRUE);
  CHECK (direction == GST_PAD_SRC ? gst_pad_link (pad, peer) == GST_PAD_LINK_OK
      : gst_pad_link (peer, pad) == GST_PAD_LINK_OK);
  gst_object_unref (peer);
  return pad;
}

static void
begin (GstPad * src)
{
  GstCaps *caps = gst_caps_new_empty_simple ("video/x-flv");
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_BYTES);
  gst_pad_push_event (src, gst_event_new_stream_start ("fuzz"));
  gst_pad_push_event (src, gst_event_new_caps (caps));
  gst_pad_push_event (src, gst_event_new_segment (&segment));
  gst_caps_unref (caps);
}

/* Returns: how many were injected */
static guint64
inject (FuzzInput input, size_t piece, uint8_t options, GByteArray * out)
{
  GstElement *element = gst_element_factory_make ("flvmetainject", NULL);
  GstPad *src = link_pad (element, "sink", GST_PAD_SRC);
  GstPad *sink = link_pad (element, "src", GST_PAD_SINK);
  GstStructure *stats;
  guint64 n;

  g_object_set (element, "metadata", objects[options >> 5 & 3], "event",
      "fuzz", "style", options >> 7, NULL);
  gst_pad_set_element_private (sink, out);
  gst_pad_set_chain_function (sink, take_buffer);
  gst_element_set_state (element, GST_STATE_PLAYING);
  begin (src);
  while (input.size > 0) {
    const FuzzInput part = fuzz_take (&input, piece);

    CHECK (gst_pad_push (src, gst_buffer_new_memdup (part.data,
                part.size)) == GST_FLOW_OK);
  }
  gst_pad_push_event (src, gst_event_new_eos ());
  g_object_get (element, "stats", &stats, NULL);
  CHECK (gst_structure_get_uint64 (stats, "injected", &n));
  gst_structure_free (stats);
  gst_element_set_state (element, GST_STATE_NULL);
  gst_object_unref (element);
  gst_object_unref (src);
  gst_object_unref (sink);
  return n;
}

static gboolean
is_ours (const guint8 * data, size_t size)
{
  return size > FLV_TAG_HEADER_SIZE + EVENT_SIZE && data[0] == FLV_SCRIPT
      && memcmp (data + FLV_TAG_HEADER_SIZE, EVENT, EVENT_SIZE) == 0;
}

/* Takes what was injected out again. Returns: how many there were */
static guint64
remove_ours (GByteArray * out)
{
  guint64 n = 0;

  for (guint at = 0; at < out->len; at++)
    while (is_ours (out->data + at, out->len - at)) {
      const guint8 *size = out->data + at + 1;

      g_byte_array_remove_range (out, at, FLV_TAG_HEADER_SIZE +
          (size[0] << 16 | size[1] << 8 | size[2]) + FLV_TAG_TRAILER_SIZE);
      CHECK (at < out->len && (out->data[at] & 0x1f) == FLV_VIDEO);
      n++;
    }
  return n;
}

static gboolean
has_event (FuzzInput input)
{
  for (size_t i = 0; i + EVENT_SIZE <= input.size; i++)
    if (memcmp (input.data + i, EVENT, EVENT_SIZE) == 0)
      return TRUE;
  return FALSE;
}

int
LLVMFuzzerTestOneInput (const uint8_t * data, size_t size)
{
  FuzzInput input = { data, size };
  const uint8_t options = fuzz_take_byte (&input);
  const size_t piece =
      (options & 31) == 31 ? input.size : (size_t) (options & 31) + 1;
  g_autoptr (GByteArray) whole = g_byte_array_new ();
  g_autoptr (GByteArray) pieces = g_byte_array_new ();
  static gsize once = 0;

  if (g_once_init_enter (&once)) {
    /* The element is linked in: no plugin is looked for. Those of a whole machine have more
     * names than GLib's first block of quarks, which it leaks then. */
    g_setenv ("GST_REGISTRY_DISABLE", "yes", TRUE);
    gst_init (NULL, NULL);
    GST_ELEMENT_REGISTER (flvmetainject, NULL);
    g_once_init_leave (&once, 1);
  }
  /* which would be taken for ours */
  if (has_event (input))
    return 0;

  const guint64 n = inject (input, input.size, options, whole);

  CHECK (inject (input, piece, options, pieces) == n);
  CHECK (whole->len == pieces->len
      && (whole->len == 0 || memcmp (whole->data, pieces->data,
              whole->len) == 0));
  CHECK (remove_ours (whole) == n);
  CHECK (whole->len == input.size
      && (input.size == 0 || memcmp (whole->data, input.data,
              input.size) == 0));
  return 0;
}
