/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "klvsplitter.h"

#include <string.h>

#include "klvcell.h"
#include "klvunit.h"

/* What becomes of the bytes that are kept */
typedef enum
{
  KEPT_READ,                    /* they have not been read yet */
  KEPT_UNIT,                    /* they begin a unit, which the next buffer goes on with */
  KEPT_FRAGMENTS                /* the next cell goes on with them */
} Kept;

struct _KlvSplitter
{
  gsize max_size;
  KlvSplitterCounts counts;

  /* the buffer at hand; NULL once all of it is read */
  GstBuffer *input;
  GstMapInfo map;
  gsize at;
  gboolean only_cells;          /* all of it is cells */
  gboolean has_cells;           /* there was one: a unit does not go on behind its end */
  gboolean gave;                /* something that began in it was given or kept */

  /* bytes of earlier buffers, or of fragments */
  Kept state;
  GByteArray *kept;
  gsize kept_at;
  gboolean ended;               /* nothing goes on with them */
  GstBuffer *times;             /* of the buffer in which they began; it has no bytes */
  KlvCell last_fragment;
};

KlvSplitter *
klv_splitter_new (gsize max_size)
{
  KlvSplitter *self = g_new0 (KlvSplitter, 1);

  self->max_size = max_size;
  self->kept = g_byte_array_new ();
  return self;
}

static void
forget_kept (KlvSplitter * self)
{
  g_byte_array_set_size (self->kept, 0);
  self->kept_at = 0;
  self->state = KEPT_READ;
  self->ended = FALSE;
  gst_clear_buffer (&self->times);
}

/* Returns: (transfer full): */
static GstBuffer *
take_input (KlvSplitter * self)
{
  gst_buffer_unmap (self->input, &self->map);
  return g_steal_pointer (&self->input);
}

void
klv_splitter_clear (KlvSplitter * self)
{
  forget_kept (self);
  if (self->input)
    gst_buffer_unref (take_input (self));
}

void
klv_splitter_free (KlvSplitter * self)
{
  klv_splitter_clear (self);
  g_byte_array_unref (self->kept);
  g_free (self);
}

const KlvSplitterCounts *
klv_splitter_get_counts (const KlvSplitter * self)
{
  return &self->counts;
}

/* --- bytes --------------------------------------------------------------- */

static BytesSpan
get_behind (const guint8 * data, gsize size, gsize at)
{
  const BytesSpan bytes = { data + at, size - at };

  return bytes;
}

static BytesSpan
get_input (const KlvSplitter * self)
{
  return get_behind (self->map.data, self->map.size, self->at);
}

static BytesSpan
get_kept (const KlvSplitter * self)
{
  return get_behind (self->kept->data, self->kept->len, self->kept_at);
}

static void
step_input (KlvSplitter * self, gsize size)
{
  self->at += size;
  if (self->at == self->map.size)
    gst_buffer_unref (take_input (self));
}

static void
step_kept (KlvSplitter * self, gsize size)
{
  self->kept_at += size;
  if (self->kept_at == self->kept->len)
    forget_kept (self);
}

static void
count_dropped (KlvSplitter * self, gsize size)
{
  self->counts.dropped_bytes += size;
  self->counts.errors++;
}

/* Gives a new buffer all that the input says of its bytes. */
static GstBuffer *
copy_times (KlvSplitter * self)
{
  GstBuffer *buffer = gst_buffer_new ();

  gst_buffer_copy_into (buffer, self->input, GST_BUFFER_COPY_METADATA, 0, -1);
  if (self->gave)
    GST_BUFFER_FLAG_UNSET (buffer, GST_BUFFER_FLAG_DISCONT);
  self->gave = TRUE;
  return buffer;
}

/* Keeps bytes at the front of the input, which begin something. */
static void
keep_input (KlvSplitter * self, BytesSpan bytes, Kept state)
{
  self->times = copy_times (self);
  self->ended = FALSE;
  g_byte_array_append (self->kept, bytes.data, bytes.size);
  self->state = state;
}

static gboolean
give (KlvSplitter * self, KlvPart * part, KlvPartKind kind, GstBuffer * buffer)
{
  self->counts.units += kind == KLV_PART_UNIT;
  part->kind = kind;
  part->buffer = buffer;
  return TRUE;
}

static gboolean
give_input (KlvSplitter * self, KlvPart * part, KlvPartKind kind, gsize size)
{
  if (self->at == 0 && size == self->map.size)
    return give (self, part, kind, take_input (self));

  GstBuffer *buffer = copy_times (self);

  gst_buffer_copy_into (buffer, self->input, GST_BUFFER_COPY_MEMORY, self->at,
      size);
  step_input (self, size);
  return give (self, part, kind, buffer);
}

static gboolean
give_kept (KlvSplitter * self, KlvPart * part, gsize size)
{
  GstBuffer *buffer = gst_buffer_new_memdup (get_kept (self).data, size);

  gst_buffer_copy_into (buffer, self->times, GST_BUFFER_COPY_METADATA, 0, -1);
  GST_BUFFER_FLAG_UNSET (self->times, GST_BUFFER_FLAG_DISCONT);
  step_kept (self, size);
  return give (self, part, KLV_PART_UNIT, buffer);
}

/* --- what is where ------------------------------------------------------- */

/* Bytes of a key that begins within a unit, and may be behind it */
#define LABEL_REST (KLV_KEY_SIZE - 1)

/* Looks at the front of some bytes.
 * Returns: what is there: KLV_UNIT_NONE also for a unit whose length is wrong
 * @size: (out): bytes of the unit; of KLV_UNIT_NONE bytes up to what may be one */
static KlvUnitState
look (const KlvSplitter * self, BytesSpan bytes, gsize * size)
{
  const KlvUnitState state = klv_unit_look (bytes.data, bytes.size,
      self->max_size, size);

  if (state == KLV_UNIT_WHOLE) {
    if (klv_unit_begins (bytes.data + *size, bytes.size - *size))
      return KLV_UNIT_WHOLE;

    const gsize same = klv_unit_find_same (bytes.data,
        MIN (bytes.size, *size + LABEL_REST));

    if (same >= *size)
      return KLV_UNIT_WHOLE;
    *size = same;
    return KLV_UNIT_NONE;
  }
  if (state == KLV_UNIT_NONE)
    *size = klv_unit_is_label (bytes.data, bytes.size) ?
        klv_unit_find_behind (bytes.data, bytes.size)
        : klv_unit_find (bytes.data, bytes.size);
  return state;
}

/* --- what is kept -------------------------------------------------------- */

/* As klv_unit_find_same() of what is kept, with up to @more bytes of the input behind it.
 * Does not copy them if it is found without, so that it takes no more time than the bytes
 * that are passed over. */
static gsize
find_same (KlvSplitter * self, gsize more)
{
  const BytesSpan kept = get_kept (self), next = get_input (self);
  gsize same = kept.size;

  if (kept.size >= KLV_KEY_SIZE)
    same = klv_unit_find_same (kept.data, kept.size);
  if (same + KLV_KEY_SIZE > kept.size) {
    const guint before = self->kept->len;

    g_byte_array_append (self->kept, next.data, MIN (more, next.size));
    same = klv_unit_find_same (get_kept (self).data, get_kept (self).size);
    g_byte_array_set_size (self->kept, before);
  }
  return same;
}

/* How many bytes of the input belong to the unit that is kept; 0 if none do, and it is
 * given up.
 * @same: (out): where a unit of the same key is in it; only if that is why */
static gsize
count_joining (KlvSplitter * self, gsize * same)
{
  const BytesSpan kept = get_kept (self), next = get_input (self);
  const gsize n_kept = MIN (kept.size, KLV_UNIT_MAX_HEAD);
  const gsize n_next = MIN (next.size, KLV_UNIT_MAX_HEAD - n_kept);
  guint8 head[KLV_UNIT_MAX_HEAD] = { 0 };
  gsize size;
  KlvCell cell;

  memcpy (head, kept.data, n_kept);
  memcpy (head + n_kept, next.data, n_next);
  if (klv_unit_look (head, n_kept + n_next, self->max_size, &size)
      == KLV_UNIT_NONE)
    return 0;

  /* All of the input, if even the length is not there yet */
  const gsize wanted = size == 0 ? next.size : size - kept.size;
  const gsize joining = MIN (wanted, next.size);
  const gboolean ends = size > 0 && joining == wanted;

  if (ends && klv_unit_begins (next.data + joining, next.size - joining))
    return joining;
  if (klv_cell_begins_unit (next.data, next.size, self->only_cells, &cell))
    return 0;
  if (next.size > sizeof (KLV_KEY_START)
      && klv_unit_is_label (next.data, next.size)
      && !klv_unit_may_hold (head, next.data, next.size))
    return 0;
  if (!ends)
    return joining;
  *same = MIN (find_same (self, joining + LABEL_REST), size);
  return *same == size ? joining : 0;
}

/* Makes room for more, in a time that does not depend on how often it is done. */
static void
forget_read (KlvSplitter * self)
{
  if (self->kept_at > get_kept (self).size) {
    g_byte_array_remove_range (self->kept, 0, self->kept_at);
    self->kept_at = 0;
  }
}

/* Reads the input on for the unit that is kept. */
static void
join_input (KlvSplitter * self)
{
  gsize same = 0;
  const gsize joining = count_joining (self, &same);

  self->state = KEPT_READ;
  if (joining > 0) {
    forget_read (self);
    g_byte_array_append (self->kept, get_input (self).data, joining);
    step_input (self, joining);
  } else {
    const BytesSpan kept = get_kept (self);
    const gsize size = same > 0 ? same
        : klv_unit_find_behind (kept.data, kept.size);

    count_dropped (self, size);
    if (size > kept.size)
      step_input (self, size - kept.size);
    step_kept (self, MIN (size, kept.size));
  }
}

/* Reads the next cell on for the fragments that are kept. */
static void
join_cell (KlvSplitter * self)
{
  const BytesSpan next = get_input (self);
  KlvCell cell;

  if (klv_cell_read (next.data, next.size, &cell)
      && klv_cell_continues (&cell, &self->last_fragment)
      && cell.payload.size <= self->max_size - self->kept->len) {
    g_byte_array_append (self->kept, cell.payload.data, cell.payload.size);
    self->counts.head_bytes += KLV_CELL_HEAD_SIZE;
    self->last_fragment = cell;
    step_input (self, KLV_CELL_HEAD_SIZE + cell.payload.size);
    if (cell.place == KLV_CELL_MIDDLE)
      return;
  }
  klv_splitter_end (self);
}

void
klv_splitter_end (KlvSplitter * self)
{
  self->state = KEPT_READ;
  self->ended = TRUE;
}

static gboolean
read_kept (KlvSplitter * self, KlvPart * part)
{
  const BytesSpan kept = get_kept (self);
  gsize size;
  KlvUnitState state = look (self, kept, &size);

  if (state == KLV_UNIT_WHOLE)
    return give_kept (self, part, size);
  if (state == KLV_UNIT_CUT && !self->ended) {
    self->state = KEPT_UNIT;
    return FALSE;
  }
  if (state == KLV_UNIT_CUT)
    size = klv_unit_find_behind (kept.data, kept.size);
  count_dropped (self, size);
  step_kept (self, size);
  return FALSE;
}

/* --- the buffer at hand -------------------------------------------------- */

/* Whether the buffer at hand, of which nothing is read yet, is no KLV */
static gboolean
is_other (const KlvSplitter * self, BytesSpan bytes)
{
  for (gsize at = 0; at < bytes.size; at++) {
    at += klv_unit_find (bytes.data + at, bytes.size - at);
    if (klv_unit_is_label (bytes.data + at, bytes.size - at))
      return FALSE;
  }
  return !self->only_cells;
}

/* Drops bytes of the input, but no head of a cell that the next unit may have. */
static void
drop_input (KlvSplitter * self, gsize size)
{
  const BytesSpan input = get_input (self);
  KlvCell cell;

  if (size > KLV_CELL_HEAD_SIZE && klv_cell_begins_unit (input.data + size
          - KLV_CELL_HEAD_SIZE, input.size - size + KLV_CELL_HEAD_SIZE,
          self->only_cells, &cell))
    size -= KLV_CELL_HEAD_SIZE;
  count_dropped (self, size);
  step_input (self, size);
}

static void
read_cell (KlvSplitter * self, const KlvCell * cell)
{
  self->counts.head_bytes += KLV_CELL_HEAD_SIZE;
  self->has_cells = TRUE;
  if (cell->place == KLV_CELL_WHOLE || cell->payload.size > self->max_size) {
    step_input (self, KLV_CELL_HEAD_SIZE);
  } else {
    keep_input (self, cell->payload, KEPT_FRAGMENTS);
    self->last_fragment = *cell;
    step_input (self, KLV_CELL_HEAD_SIZE + cell->payload.size);
  }
}

static gboolean
read_input (KlvSplitter * self, KlvPart * part)
{
  const BytesSpan input = get_input (self);
  gsize size;
  KlvCell cell;

  if (klv_cell_begins_unit (input.data, input.size, self->only_cells, &cell)) {
    read_cell (self, &cell);
    return FALSE;
  }

  const KlvUnitState state = look (self, input, &size);
  if (state == KLV_UNIT_WHOLE)
    return give_input (self, part, KLV_PART_UNIT, size);
  if (state == KLV_UNIT_CUT && !self->has_cells) {
    keep_input (self, input, KEPT_UNIT);
    step_input (self, input.size);
  } else if (state == KLV_UNIT_CUT) {
    drop_input (self, klv_unit_find_behind (input.data, input.size));
  } else if (self->at == 0 && is_other (self, input)) {
    return give_input (self, part, KLV_PART_OTHER, input.size);
  } else {
    drop_input (self, size);
  }
  return FALSE;
}

gboolean
klv_splitter_push (KlvSplitter * self, GstBuffer * buffer)
{
  g_return_val_if_fail (!self->input, FALSE);

  if (!gst_buffer_map (buffer, &self->map, GST_MAP_READ)) {
    gst_buffer_unref (buffer);
    return FALSE;
  }
  if (GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DISCONT))
    klv_splitter_end (self);
  self->input = buffer;
  self->at = 0;
  self->only_cells = klv_cells_fill (self->map.data, self->map.size);
  self->has_cells = FALSE;
  self->gave = FALSE;
  if (self->map.size == 0)
    gst_buffer_unref (take_input (self));
  return TRUE;
}

gboolean
klv_splitter_next (KlvSplitter * self, KlvPart * part)
{
  for (;;) {
    if (self->kept->len > 0 && self->state == KEPT_READ) {
      if (read_kept (self, part))
        return TRUE;
    } else if (!self->input) {
      return FALSE;
    } else if (self->kept->len == 0) {
      if (read_input (self, part))
        return TRUE;
    } else if (self->state == KEPT_UNIT) {
      join_input (self);
    } else {
      join_cell (self);
    }
  }
}
