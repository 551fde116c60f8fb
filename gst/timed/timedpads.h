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

/** Whether what comes to a sink pad is live. Its peer, and through it all of the
 * pipeline, is asked once. For any thread.
 * @streams: whether data comes, so that a peer that cannot say is not live; before, it
 *   is asked again
 * @answer: (inout): the answer that is known; 0 at first */
gboolean timed_pad_is_live (GstPad * pad, gboolean streams, gint * answer);

/** What comes to the pad is something else from now on.
 * @answer: as in timed_pad_is_live() */
void timed_pad_forget_live (gint * answer);

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
