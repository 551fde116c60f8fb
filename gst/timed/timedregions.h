/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef TIMED_REGIONS_H
#define TIMED_REGIONS_H

#include <gst/gst.h>

G_BEGIN_DECLS

/* Regions of interest in a picture: each is a GstVideoRegionOfInterestMeta on its
 * buffer, or an object in a JSON text:
 *
 *   {"objects": [{"id": "obj-7", "label": "car", "confidence": 0.87,
 *       "bbox": {"x": 0.1, "y": 0.25, "w": 0.3, "h": 0.5}}]}
 *
 * The label is the meta's roi_type, and is absent if that is 0. The id has the meta's
 * id as its number. An id of another form has a hash as the meta's id, and is kept in a
 * param. The confidence is the first one in the params, and is absent if none is finite.
 * The box is in fractions of the picture, precise to a hundredth of a pixel, so the same
 * pixels come back. What else a meta says, such as parent_id, has no place in the text. */

/** Regions of a frame up to which objects are made into metas. */
#define TIMED_REGIONS_MAX 1000

/** Labels, for all of the process, that texts can add to those it has as roi_type. No
 * roi_type is ever freed. Others are kept in a param, and the roi_type is "object". */
#define TIMED_REGIONS_MAX_LABELS 1000

/** Bytes of the longest label that texts can add as roi_type. */
#define TIMED_REGIONS_MAX_LABEL_SIZE 200

/**
 * TimedPicture:
 *
 * The size of a picture in pixels; both are 0 if it is not known.
 */
typedef struct {
  guint width;
  guint height;
} TimedPicture;

/**
 * TimedRegions:
 * @n: regions so far, each once
 * @taken: whether timed_regions_take() was called
 *
 * The regions of a frame, which may be on several buffers. Equal ones, which are those
 * that have the same text, count once.
 */
typedef struct {
  guint n;
  gboolean taken;
  /*< private >*/
  GHashTable *known;
  GString *json;
} TimedRegions;

void timed_regions_init (TimedRegions * regions);

void timed_regions_clear (TimedRegions * regions);

/** Forgets the frame. Returns whether it had regions that were not taken. */
gboolean timed_regions_reset (TimedRegions * regions);

/** Whether timed_regions_add_metas() may find anything. */
gboolean timed_regions_has_metas (GstBuffer * buffer);

/** Adds the metas on @buffer. A box is clipped to the picture.
 * Returns: how many are left out because nothing of the box is in the picture, or the
 *   size of that is not known */
guint timed_regions_add_metas (TimedRegions * regions, GstBuffer * buffer,
    const TimedPicture * picture);

/** Gets all regions as a JSON object.
 * Returns: (transfer full) (nullable): NULL if there are none */
GBytes *timed_regions_take (TimedRegions * regions);

/** Adds the objects in @payload, and attaches those that are new to @buffer as metas. A
 * payload without `objects` has none.
 * @buffer: (transfer full) (nullable):
 * @n_dropped: (inout): is increased by the number of objects that were left out, because
 *   they have no box in the picture or there are too many, and of members that cannot
 *   be used
 * Returns: (transfer full) (nullable): NULL if @buffer is, or if others hold it and its
 *   memory cannot be copied */
GstBuffer *timed_regions_attach (TimedRegions * regions, GstBuffer * buffer,
    GBytes * payload, const TimedPicture * picture, guint * n_dropped);

G_END_DECLS

#endif
