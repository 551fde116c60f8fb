/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef __GST_SEI_JOINER_H__
#define __GST_SEI_JOINER_H__

#include "gst/sei/seicover.h"
#include "gst/sei/seijoin.h"
#include "gstseienums.h"
#include "gstseistream.h"

G_BEGIN_DECLS

/**
 * GstSeiJoiner:
 *
 * The request pad "metadata" of seiinject, and how what comes in there finds its
 * access units in the video.
 */
typedef struct
{
  /*< private > */
  GstSeiStream *stream;
  SeiJoin *join;
  GstPad *pad;                  /* OBJECT_LOCK of the element */
  gint is_used;                 /* atomic */

  /* streaming thread of the video */
  SeiCover cover;
  gboolean is_live;             /* the video */
  gboolean knows_live;
} GstSeiJoiner;

/** @stream: (transfer none): the video; it is to be initialized first and must
 *   live longer */
void gst_sei_joiner_init (GstSeiJoiner * joiner, GstSeiStream * stream);

void gst_sei_joiner_clear (GstSeiJoiner * joiner);

/** Forgets everything that came. */
void gst_sei_joiner_reset (GstSeiJoiner * joiner);

/** GstElementClass.request_new_pad() and release_pad() */
GstPad *gst_sei_joiner_request_pad (GstSeiJoiner * joiner,
    GstPadTemplate * templ);
void gst_sei_joiner_release_pad (GstSeiJoiner * joiner, GstPad * pad);

/** Whether anything may have come: there is a pad, or was one, whose payloads go
 * into their access units all the same. */
gboolean gst_sei_joiner_is_used (GstSeiJoiner * joiner);

/** Appends to @list what has come for an access unit. Waits first for what must
 * still come, as @wait says, and says so on the bus if that takes long.
 * @times: those of the access unit
 * @uuid: to be that of the messages
 * @n_refused: (out): payloads of this access unit that were refused
 * Returns: FALSE if waiting was interrupted */
gboolean gst_sei_joiner_append (GstSeiJoiner * joiner, GstBuffer * times,
    const guint8 * uuid, GstSeiInjectWait wait, SeiList * list,
    guint * n_refused);

/** Ends waiting until gst_sei_joiner_reset(). */
void gst_sei_joiner_interrupt (GstSeiJoiner * joiner);

/** Does what an event of the video means for what waits; the event stays the
 * caller's.
 * @event: (transfer none): */
void gst_sei_joiner_note_event (GstSeiJoiner * joiner, GstEvent * event);

/** Sends an event from downstream to where the metadata comes from, if it concerns
 * that as well.
 * @event: (transfer none): */
void gst_sei_joiner_send_upstream (GstSeiJoiner * joiner, GstEvent * event);

/** The peer of sei_join_get_stats() */
void gst_sei_joiner_get_stats (GstSeiJoiner * joiner, SeiJoinStats * stats);

G_END_DECLS

#endif
