/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef GST_KLV_SPLIT_H
#define GST_KLV_SPLIT_H

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * GstKlvSplit:
 *
 * What the elements that read KLV have in common: buffers come in that hold units in any
 * way, and the element gets them one by one. It has the pads `sink` and `src` of the
 * templates of its class, and the property `max-size`.
 */
#define GST_TYPE_KLV_SPLIT (gst_klv_split_get_type ())
G_DECLARE_DERIVABLE_TYPE (GstKlvSplit, gst_klv_split, GST, KLV_SPLIT, GstElement);

struct _GstKlvSplitClass
{
  GstElementClass parent_class;

  GstDebugCategory *category;   /* where it logs */

  /** Returns: (transfer full): the caps of what goes out
   * @caps: (transfer none): of what comes in */
  GstCaps *(*get_caps) (GstKlvSplit * self, GstCaps * caps);

  /** Makes of a unit what goes out.
   * @unit: (transfer full):
   * Returns: (transfer full) (nullable): what is pushed; NULL: it cannot be read, which is
   *   an error that was posted */
  GstBuffer *(*handle_unit) (GstKlvSplit * self, GstBuffer * unit);

  /** As handle_unit(), of a buffer that is no KLV. NULL: it is dropped, and counted so. */
  GstBuffer *(*handle_other) (GstKlvSplit * self, GstBuffer * other);

  /** PAUSED begins. NULL: nothing is to be done. */
  void (*reset) (GstKlvSplit * self);
};

/**
 * GstKlvSplitStats:
 * @units: that were handed out
 * @dropped_bytes: bytes that belong to no unit
 * @errors: units that were given up, and runs of bytes that belong to none
 *
 * Counts since the element went to PAUSED.
 */
typedef struct {
  guint64 units;
  guint64 dropped_bytes;
  guint64 errors;
} GstKlvSplitStats;

/** In any thread, without OBJECT_LOCK. */
void gst_klv_split_get_stats (GstKlvSplit * self, GstKlvSplitStats * stats);

G_END_DECLS

#endif
