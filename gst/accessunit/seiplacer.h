/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef SEI_PLACER_H
#define SEI_PLACER_H

#include "seilist.h"
#include "accessunit.h"

G_BEGIN_DECLS

/**
 * SeiPlacer:
 * @unit: the access unit at hand
 * @messages: those that go into it: from the metas on its buffers, and others that
 *   are appended before sei_placer_write()
 *
 * Finds the place for messages in a stream of access units, and knows which messages
 * an access unit has already: in one buffer in alignment au, in several in alignment
 * nal.
 */
typedef struct {
  AccessUnit unit;
  SeiList *messages;
  /*< private >*/
  SeiList *present;             /* in buffers before the place */
  SeiList *fresh;               /* empty but in sei_placer_write() */
  gboolean placed;              /* the place was found */
} SeiPlacer;

/**
 * SeiPlaceStatus:
 * @SEI_PLACE_NONE: the access unit's place is in another buffer
 * @SEI_PLACE_HERE: it is in this one
 * @SEI_PLACE_NO_SLICE: the whole access unit has no slice, and so no place
 * @SEI_PLACE_BROKEN: the lengths of NAL units are wrong
 */
typedef enum {
  SEI_PLACE_NONE,
  SEI_PLACE_HERE,
  SEI_PLACE_NO_SLICE,
  SEI_PLACE_BROKEN
} SeiPlaceStatus;

/**
 * SeiPlace:
 * @status: whether messages go here
 * @begins: whether the buffer begins an access unit
 * @unplaced: whether the access unit before had metas, but no place for them
 * @n_late: metas that came behind the place of their access unit
 * @prefix_of_idr: whether the place is before a prefix NAL unit of an IDR picture,
 *   in a buffer of its own. Parsers flag that as a delta unit, whatever follows.
 * @point: the place, if messages go here
 */
typedef struct {
  SeiPlaceStatus status;
  gboolean begins;
  gboolean unplaced;
  guint n_late;
  gboolean prefix_of_idr;
  H26xInsertPoint point;
} SeiPlace;

void sei_placer_init (SeiPlacer * placer);

void sei_placer_clear (SeiPlacer * placer);

/** Forgets the stream. Returns whether the last access unit had metas, but no place
 * for them. */
gboolean sei_placer_reset (SeiPlacer * placer);

/** Looks at the next buffer, whose bytes are @bytes.
 * @whole: whether buffers are access units */
void sei_placer_next (SeiPlacer * placer, GstBuffer * buffer,
    const Bytes * bytes, H26xFormat format, gboolean whole, SeiPlace * place);

/** What became of messages. */
typedef struct {
  guint n_written;
  guint n_present;
  guint n_repeated;
  guint n_too_large;
} SeiPlaceCounts;

/** Writes the messages that the access unit does not have yet, each once, for the
 * place that sei_placer_next() has found.
 * @bytes: as for sei_placer_next()
 * @time: (nullable): one that says the time of the frame; it is written if neither
 *   the access unit nor the messages have one
 * @max_payload: larger payloads are left out; 0 for any size
 * Returns: (transfer full) (nullable): NULL if there is nothing to write */
GstMemory *sei_placer_write (SeiPlacer * placer, const Bytes * bytes,
    H26xFormat format, const SeiPlace * place, const SeiItem * time,
    gsize max_payload, SeiPlaceCounts * counts);

G_END_DECLS

#endif
