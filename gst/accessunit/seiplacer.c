/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "seiplacer.h"

#include <string.h>

#include "seitime.h"

void
sei_placer_init (SeiPlacer * placer)
{
  memset (placer, 0, sizeof (*placer));
  placer->messages = sei_list_new ();
  placer->present = sei_list_new ();
  placer->fresh = sei_list_new ();
}

void
sei_placer_clear (SeiPlacer * placer)
{
  access_unit_clear (&placer->unit);
  g_clear_pointer (&placer->messages, g_array_unref);
  g_clear_pointer (&placer->present, g_array_unref);
  g_clear_pointer (&placer->fresh, g_array_unref);
}

/* Ends the access unit. Returns whether it had metas, but no place for them. */
static gboolean
end_unit (SeiPlacer * placer)
{
  const gboolean unplaced = !placer->placed && placer->messages->len > 0;

  g_array_set_size (placer->messages, 0);
  g_array_set_size (placer->present, 0);
  placer->placed = FALSE;

  return unplaced;
}

gboolean
sei_placer_reset (SeiPlacer * placer)
{
  access_unit_clear (&placer->unit);
  return end_unit (placer);
}

/* Of any type: in alignment nal, metas may still come behind the messages that are
 * there */
static void
append_present (SeiList * present, const Bytes * bytes, H26xFormat format)
{
  const SeiSelection all = {.scan = SEI_SCAN_HEAD,.all_types = TRUE };

  sei_list_read (present, bytes, format, &all, NULL, NULL);
}

/* Counts the metas that neither came before nor are in the bitstream. */
static guint
count_late (SeiPlacer * placer, GstBuffer * buffer)
{
  guint n_known;

  if (!sei_list_has_metas (buffer))
    return 0;

  g_autoptr (SeiList) here = sei_list_new ();
  g_autoptr (SeiList) known = sei_list_new ();

  sei_list_append_metas (here, buffer);
  sei_list_append_list (known, placer->messages);
  sei_list_append_list (known, placer->present);

  g_autoptr (SeiList) late = sei_list_get_new (here, known, &n_known, &n_known);

  return late->len;
}

/* The place in an access unit that comes NAL by NAL: before its first slice, or
 * before the prefix NAL unit that belongs to that and is in a buffer of its own */
static H26xStatus
find_point (const Bytes * bytes, H26xFormat format, SeiPlace * place)
{
  H26xInsertPoint *point = &place->point;
  const H26xStatus status = h26x_find_insert_point (bytes, format, point);
  H26xNalIter it;
  H26xNal nal;

  if (status != H26X_NO_SLICE)
    return status;
  h26x_nal_iter_init (&it, bytes, format);
  if (!h26x_nal_iter_peek (&it, &nal) || nal.kind != H26X_NAL_SLICE_PREFIX)
    return status;

  point->offset = nal.start;
  point->layer_id = 0;
  point->temporal_id = 0;
  place->prefix_of_idr = nal.prefix_of_idr;
  return H26X_OK;
}

void
sei_placer_next (SeiPlacer * placer, GstBuffer * buffer, const Bytes * bytes,
    H26xFormat format, gboolean whole, SeiPlace * place)
{
  memset (place, 0, sizeof (*place));
  place->begins = whole
      || access_unit_next (&placer->unit, buffer, bytes, format);
  if (place->begins)
    place->unplaced = end_unit (placer);

  if (placer->placed) {
    place->n_late = count_late (placer, buffer);
    return;
  }

  sei_list_append_metas (placer->messages, buffer);

  const H26xStatus status = whole ?
      h26x_find_insert_point (bytes, format, &place->point) :
      find_point (bytes, format, place);

  if (status == H26X_OK) {
    placer->placed = TRUE;
    place->status = SEI_PLACE_HERE;
  } else if (status != H26X_NO_SLICE) {
    place->status = SEI_PLACE_BROKEN;
  } else if (whole) {
    place->status = SEI_PLACE_NO_SLICE;
  } else {
    append_present (placer->present, bytes, format);
  }
  /* A whole access unit that has no place was dealt with */
  if (whole && !placer->placed)
    g_array_set_size (placer->messages, 0);
}

/* Returns how many messages it has removed. */
static guint
remove_larger (SeiList * messages, gsize max_payload)
{
  guint n = 0;

  if (max_payload == 0)
    return 0;
  for (guint i = messages->len; i > 0; i--) {
    if (g_bytes_get_size (sei_list_get (messages, i - 1)->payload) >
        max_payload) {
      g_array_remove_index (messages, i - 1);
      n++;
    }
  }
  return n;
}

/* Puts the time before the messages, unless there is one already. Those who keep one
 * message of an access unit alone, as h264parse of GStreamer 1.22 keeps the last, keep
 * one of the others. */
static void
prepend_time (SeiPlacer * placer, SeiList * list, const SeiItem * time,
    SeiPlaceCounts * counts)
{
  if (sei_time_is_in (placer->present)) {
    counts->n_present++;
  } else if (sei_time_is_in (list)) {
    counts->n_repeated++;
  } else {
    const SeiItem item = *time;

    g_bytes_ref (item.payload);
    g_array_prepend_val (list, item);
  }
}

GstMemory *
sei_placer_write (SeiPlacer * placer, const Bytes * bytes, H26xFormat format,
    const SeiPlace * place, const SeiItem * time, gsize max_payload,
    SeiPlaceCounts * counts)
{
  SeiList *list = placer->fresh;

  append_present (placer->present, bytes, format);
  sei_list_append_new (list, placer->messages, placer->present,
      &counts->n_present, &counts->n_repeated);
  if (time)
    prepend_time (placer, list, time, counts);
  counts->n_too_large = remove_larger (list, max_payload);

  const guint n_left = list->len;
  GstMemory *memory = sei_list_write (list, format, &place->point);

  counts->n_written = list->len;
  counts->n_too_large += n_left - list->len;
  g_array_set_size (list, 0);

  return memory;
}
