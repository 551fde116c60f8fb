/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef TIMED_PADS_H
#define TIMED_PADS_H

#include <gst/gst.h>

G_BEGIN_DECLS

/* What elements have in common that pass video from the pad "sink" to the pad "src"
 * and have a pad "metadata" beside them. */

/** GstPadIterIntLinkFunction: links "sink" with "src" and nothing else, and any
 * other source pad with "sink", which answers its queries. */
GstIterator *timed_pad_iterate_internal_links (GstPad * pad,
    GstObject * parent);

/** Asks the peer of a sink pad whether what comes from there is live.
 * @live: (out): FALSE if nobody can say
 * Returns: whether the peer could say */
gboolean timed_pad_query_live (GstPad * pad, gboolean * live);

/**
 * TimedRequestPad:
 * @element: (transfer none): whose pad it is
 *
 * The one request pad "metadata" of an element. For any thread: the lock is the
 * OBJECT_LOCK of the element.
 */
typedef struct {
  GstElement *element;
  /*< private >*/
  GstPad *pad;
} TimedRequestPad;

/** Returns: (transfer full) (nullable): the pad, or NULL if there is none */
GstPad *timed_request_pad_ref (TimedRequestPad * request);

/** Gives the element its pad, unless it has one.
 * @pad: (transfer floating):
 * Returns: (transfer none) (nullable): @pad, or NULL if it was not taken */
GstPad *timed_request_pad_add (TimedRequestPad * request, GstPad * pad);

/** Takes the pad from the element again. */
void timed_request_pad_remove (TimedRequestPad * request, GstPad * pad);

G_END_DECLS

#endif
