/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef PASSES_H
#define PASSES_H

#include <gst/gst.h>

G_BEGIN_DECLS

/* The times of a file that is sent several times: one time line, without gaps, that
 * begins at 1000 hours as that of x264enc does, so that no decoding time is negative. */

/* How far frames may be out of order where the file has no decoding times */
#define PASSES_REORDER 4

#define PASSES_START (3600 * 1000 * GST_SECOND)

typedef struct {
  guint64 n_passes;             /* that have begun */
  /*< private >*/
  GstSegment segment;           /* of this pass */
  gboolean has_origin;
  gint64 origin;                /* running time of the first frame of this pass */
  gint64 start;                 /* what it becomes */
  gint64 next;                  /* that of a frame behind all so far */
  gint64 duration;              /* of a frame */
  gboolean is_encoded;
  gint64 window[PASSES_REORDER + 1];    /* the latest times of this pass, in order */
  guint n_window;
} Passes;

/** @is_encoded: whether frames may come in decoding order */
void passes_init (Passes * self, gboolean is_encoded);

/** Forgets the segment: what comes next is the first frame again. */
void passes_begin (Passes * self);

/** The frame rate of the caps says how long a frame lasts that does not say it. */
void passes_set_rate (Passes * self, int fps_n, int fps_d);

void passes_set_segment (Passes * self, const GstSegment * segment);

/** The segment of the whole time line */
void passes_get_segment (const Passes * self, GstSegment * segment);

/** Gives a frame its times in the whole time line. A frame without any gets those
 * behind the frame before. Encoded frames without a decoding time, as Matroska has
 * them, get one.
 * Returns: (transfer full): @frame (transfer full), written to */
GstBuffer *passes_set_times (Passes * self, GstBuffer * frame);

G_END_DECLS
#endif
