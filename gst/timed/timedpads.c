/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "timedpads.h"

/* The default would link sink with every source pad and each of those with every
 * sink pad, and caps and latency of one would then be answered with those of
 * another. */
GstIterator *
timed_pad_iterate_internal_links (GstPad * pad, GstObject * parent)
{
  g_autoptr (GstPad) other = gst_element_get_static_pad (GST_ELEMENT (parent),
      GST_PAD_IS_SINK (pad) ? "src" : "sink");
  g_auto (GValue) value = G_VALUE_INIT;

  if (!other)
    return NULL;
  g_value_init (&value, GST_TYPE_PAD);
  g_value_set_object (&value, other);
  return gst_iterator_new_single (GST_TYPE_PAD, &value);
}

/* An answer to timed_pad_is_live(); above are counted those that were forgotten */
enum
{
  ANSWER_KNOWN = 1,
  ANSWER_LIVE = 2,
  ANSWER_COUNT = 4
};

gboolean
timed_pad_is_live (GstPad * pad, gboolean streams, gint * answer)
{
  const gint before = g_atomic_int_get (answer);
  g_autoptr (GstQuery) query = NULL;
  gboolean live = FALSE;

  if (before & ANSWER_KNOWN)
    return (before & ANSWER_LIVE) != 0;
  query = gst_query_new_latency ();
  if (gst_pad_peer_query (pad, query))
    gst_query_parse_latency (query, &live, NULL, NULL);
  else if (!streams)
    return FALSE;
  /* unless it was forgotten meanwhile */
  g_atomic_int_compare_and_exchange (answer, before,
      before | ANSWER_KNOWN | (live ? ANSWER_LIVE : 0));
  return live;
}

void
timed_pad_forget_live (gint * answer)
{
  g_atomic_int_add (answer, ANSWER_COUNT);
  g_atomic_int_and ((guint *) answer, ~(ANSWER_KNOWN | ANSWER_LIVE));
}

GstPad *
timed_request_pad_ref (TimedRequestPad * request)
{
  GST_OBJECT_LOCK (request->element);
  GstPad *pad = request->pad ? gst_object_ref (request->pad) : NULL;

  GST_OBJECT_UNLOCK (request->element);
  return pad;
}

GstPad *
timed_request_pad_add (TimedRequestPad * request, GstPad * pad)
{
  g_autoptr (GstPad) taken = timed_request_pad_ref (request);

  if (taken) {
    GST_WARNING_OBJECT (request->element, "there is only one pad \"metadata\"");
    gst_object_unref (gst_object_ref_sink (pad));
    return NULL;
  }
  /* fails if another thread has added one meanwhile */
  if (!gst_element_add_pad (request->element, pad))
    return NULL;
  GST_OBJECT_LOCK (request->element);
  request->pad = pad;
  GST_OBJECT_UNLOCK (request->element);
  return pad;
}

void
timed_request_pad_remove (TimedRequestPad * request, GstPad * pad)
{
  g_autoptr (GstPad) peer = NULL;

  GST_OBJECT_LOCK (request->element);
  request->pad = NULL;
  GST_OBJECT_UNLOCK (request->element);
  /* First of all: deactivating takes the segment from a source pad, and a push that
   * is under way must not come to the peer without one */
  peer = gst_pad_get_peer (pad);
  if (peer && GST_PAD_IS_SRC (pad))
    gst_pad_unlink (pad, peer);
  gst_pad_set_active (pad, FALSE);
  gst_element_remove_pad (request->element, pad);
}
