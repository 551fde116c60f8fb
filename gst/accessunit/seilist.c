/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "seilist.h"

#include <string.h>

#include <gst/video/video-sei.h>

#include <gst/sei/sei.h>
#include "misptime.h"
#include "seitypes.h"
#include "seiuuid.h"

static void
item_clear (gpointer data)
{
  SeiItem *item = data;

  g_bytes_unref (item->payload);
}

SeiList *
sei_list_new (void)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (SeiItem));

  g_array_set_clear_func (list, item_clear);
  return list;
}

void
sei_list_append_full (SeiList * list, guint type, const guint8 * uuid,
    GBytes * payload)
{
  SeiItem item = {.type = type,.payload = g_bytes_ref (payload) };

  if (type == SEI_TYPE_USER_DATA_UNREGISTERED)
    memcpy (item.uuid, uuid, SEI_UUID_SIZE);
  g_array_append_val (list, item);
}

void
sei_list_append (SeiList * list, const guint8 * uuid, GBytes * payload)
{
  sei_list_append_full (list, SEI_TYPE_USER_DATA_UNREGISTERED, uuid, payload);
}

void
sei_list_append_list (SeiList * list, SeiList * other)
{
  for (guint i = 0; i < other->len; i++) {
    const SeiItem *item = sei_list_get (other, i);

    sei_list_append_full (list, item->type, item->uuid, item->payload);
  }
}

void
sei_list_move_payloads (SeiList * list, GArray * payloads)
{
  for (guint i = 0; i < list->len; i++) {
    const SeiItem *item = sei_list_get (list, i);
    const TimedPayload payload = {
      .bytes = item->payload,
      .sei_type = item->type != SEI_TYPE_USER_DATA_UNREGISTERED ?
          (gint64) item->type : TIMED_NO_SEI_TYPE
    };

    timed_payloads_add (payloads, &payload);
  }
  g_array_set_size (list, 0);
}

GArray *
sei_list_take_payloads (SeiList * list)
{
  GArray *payloads = list->len > 0 ? timed_payloads_new () : NULL;

  if (payloads)
    sei_list_move_payloads (list, payloads);
  return payloads;
}

static gboolean
is_banner (const SeiItem * item)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (item->payload, &size);

  return sei_uuid_is_banner (item->uuid, data, size);
}

/* @uuids: (nullable): as for sei_uuid_unwrap()
 * Returns: how much of the payload x265 has put in front of what it was given */
static gsize
get_wrapping (const SeiItem * item, GBytes * uuids)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (item->payload, &size);

  return item->type == SEI_TYPE_USER_DATA_UNREGISTERED ?
      sei_uuid_unwrap (item->uuid, data, size, uuids) : 0;
}

/* Makes what x265 was given of a message that x265 has written. */
static void
unwrap (SeiItem * item, GBytes * uuids)
{
  const gsize skip = get_wrapping (item, uuids);
  gsize size;
  const guint8 *data = g_bytes_get_data (item->payload, &size);

  if (skip > 0) {
    GBytes *payload = g_bytes_new_from_bytes (item->payload, skip, size - skip);

    memcpy (item->uuid, data + skip - SEI_UUID_SIZE, SEI_UUID_SIZE);
    g_bytes_unref (item->payload);
    item->payload = payload;
  }
}

/* Returns: (transfer full): the list itself if nothing in it is wrapped */
static SeiList *
get_unwrapped (SeiList * list)
{
  guint n = 0;

  while (n < list->len && get_wrapping (sei_list_get (list, n), NULL) == 0)
    n++;
  if (n == list->len)
    return g_array_ref (list);

  SeiList *copy = sei_list_new ();

  sei_list_append_list (copy, list);
  for (; n < copy->len; n++)
    unwrap (sei_list_get (copy, n), NULL);
  return copy;
}

static guint
item_hash (gconstpointer data)
{
  const SeiItem *item = data;

  return g_bytes_hash (item->payload) + item->type;
}

static gboolean
item_equal (gconstpointer a, gconstpointer b)
{
  const SeiItem *x = a;
  const SeiItem *y = b;

  return x->type == y->type && memcmp (x->uuid, y->uuid, SEI_UUID_SIZE) == 0
      && g_bytes_equal (x->payload, y->payload);
}

/* Up to so many pairs of messages, comparing them takes less time than hashing */
#define MAX_PAIRS 64

static gboolean
is_among (SeiList * list, guint n, const SeiItem * item)
{
  for (guint i = 0; i < n; i++) {
    if (item_equal (sei_list_get (list, i), item))
      return TRUE;
  }
  return FALSE;
}

/* Returns: (transfer full): which messages there are, and in which list; NULL if they
 * are few. A stream may have ten thousands in an access unit */
static GHashTable *
new_known (SeiList * list, SeiList * present)
{
  const guint64 n_pairs = list->len * ((guint64) list->len + present->len);
  GHashTable *known;

  if (n_pairs <= MAX_PAIRS)
    return NULL;
  known = g_hash_table_new (item_hash, item_equal);
  for (guint i = 0; i < present->len; i++)
    g_hash_table_insert (known, sei_list_get (present, i), present);
  return known;
}

/* Looks for the message with number @i in the messages before it, and in those that are
 * present.
 * @known: (nullable): these messages, if they are many; gets the message
 * Returns: the list that has it, or NULL */
static SeiList *
find_known (GHashTable * known, SeiList * list, guint i, SeiList * present)
{
  SeiItem *item = sei_list_get (list, i);
  SeiList *in;

  if (!known)
    return is_among (list, i, item) ? list :
        is_among (present, present->len, item) ? present : NULL;
  in = g_hash_table_lookup (known, item);
  g_hash_table_insert (known, item, list);
  return in;
}

void
sei_list_append_new (SeiList * result, SeiList * list, SeiList * present,
    guint * n_present, guint * n_repeated)
{
  g_autoptr (SeiList) keys = get_unwrapped (list);
  g_autoptr (SeiList) present_keys = get_unwrapped (present);
  g_autoptr (GHashTable) known = new_known (keys, present_keys);

  *n_present = *n_repeated = 0;
  for (guint i = 0; i < list->len; i++) {
    const SeiItem *item = sei_list_get (list, i);
    const SeiList *in = find_known (known, keys, i, present_keys);

    if (!in)
      sei_list_append_full (result, item->type, item->uuid, item->payload);
    else if (in == present_keys)
      (*n_present)++;
    else
      (*n_repeated)++;
  }
}

SeiList *
sei_list_get_new (SeiList * list, SeiList * present, guint * n_present,
    guint * n_repeated)
{
  SeiList *result = sei_list_new ();

  sei_list_append_new (result, list, present, n_present, n_repeated);
  return result;
}

/* --- metas --------------------------------------------------------------- */

gboolean
sei_list_has_metas (GstBuffer * buffer)
{
  return gst_buffer_get_meta (buffer, GST_SEI_META_API_TYPE)
      || gst_buffer_get_meta (buffer,
      GST_VIDEO_SEI_USER_DATA_UNREGISTERED_META_API_TYPE);
}

/* What the parser has read, as sei_list_read() would have */
static SeiItem
read_video_meta (const GstMeta * meta, GBytes * uuids)
{
  const GstVideoSEIUserDataUnregisteredMeta *sei =
      (const GstVideoSEIUserDataUnregisteredMeta *) meta;
  SeiItem item = {
    .type = SEI_TYPE_USER_DATA_UNREGISTERED,
    .payload = g_bytes_new (sei->data, sei->size)
  };

  memcpy (item.uuid, sei->uuid, SEI_UUID_SIZE);
  unwrap (&item, uuids);
  return item;
}

void
sei_list_append_metas (SeiList * list, GstBuffer * buffer)
{
  GstSeiMeta *meta;
  GstMeta *video_meta;
  gpointer state = NULL;

  while ((meta = gst_sei_buffer_iterate_meta (buffer, &state)))
    sei_list_append_full (list, meta->payload_type, meta->uuid, meta->payload);

  state = NULL;
  while ((video_meta = gst_buffer_iterate_meta_filtered (buffer, &state,
              GST_VIDEO_SEI_USER_DATA_UNREGISTERED_META_API_TYPE))) {
    SeiItem item = read_video_meta (video_meta, NULL);

    if (is_banner (&item))
      item_clear (&item);
    else
      g_array_append_val (list, item);
  }
}

static gboolean
remove_sei_meta (GstBuffer * buffer, GstMeta ** meta, gpointer user_data)
{
  if ((*meta)->info->api == GST_SEI_META_API_TYPE)
    *meta = NULL;
  return TRUE;
}

GstBuffer *
sei_list_set_metas (SeiList * list, GstBuffer * buffer)
{
  const guint n = list ? list->len : 0;
  const GstSeiMeta *old = buffer ? gst_sei_buffer_get_meta (buffer) : NULL;

  if (!buffer || (!old && n == 0))
    return buffer;

  buffer = gst_buffer_make_writable (buffer);
  if (!buffer)
    return NULL;
  if (old)
    gst_buffer_foreach_meta (buffer, remove_sei_meta, NULL);
  for (guint i = 0; i < n; i++) {
    const SeiItem *item = sei_list_get (list, i);

    gst_sei_buffer_add_meta_full (buffer, item->type, item->uuid,
        item->payload);
  }
  return buffer;
}

/* What goes */
typedef struct
{
  GHashTable *items;
  GBytes *uuids;                /* by which they were selected, or NULL */
} Removal;

static gboolean
remove_video_meta (GstBuffer * buffer, GstMeta ** meta, gpointer user_data)
{
  const Removal *removal = user_data;

  if ((*meta)->info->api != GST_VIDEO_SEI_USER_DATA_UNREGISTERED_META_API_TYPE)
    return TRUE;

  SeiItem item = read_video_meta (*meta, removal->uuids);

  if (g_hash_table_contains (removal->items, &item))
    *meta = NULL;
  item_clear (&item);
  return TRUE;
}

GstBuffer *
sei_list_remove_video_metas (SeiList * list, GBytes * uuids, GstBuffer * buffer)
{
  if (!buffer || list->len == 0 || !gst_buffer_get_meta (buffer,
          GST_VIDEO_SEI_USER_DATA_UNREGISTERED_META_API_TYPE))
    return buffer;

  g_autoptr (GHashTable) items = g_hash_table_new (item_hash, item_equal);
  Removal removal = { items, uuids };

  for (guint i = 0; i < list->len; i++)
    g_hash_table_add (items, sei_list_get (list, i));
  buffer = gst_buffer_make_writable (buffer);
  if (buffer)
    gst_buffer_foreach_meta (buffer, remove_video_meta, &removal);
  return buffer;
}

/* --- reading the bitstream ----------------------------------------------- */

/* Steps to the next SEI NAL unit. *in_tail: whether the slices are behind it */
static gboolean
next_sei (H26xNalIter * it, const Bytes * bytes, H26xFormat format,
    SeiScan scan, gboolean * in_tail, H26xNal * nal)
{
  while (h26x_nal_iter_peek (it, nal)) {
    if (nal->kind == H26X_NAL_SLICE && !*in_tail && scan == SEI_SCAN_HEAD
        && format.length_size == 0) {
      /* H.264 has no SEI behind the slices of a picture */
      if (format.codec == H26X_CODEC_H264)
        return FALSE;
      *in_tail = TRUE;
      if (bytes->size > SEI_SCAN_TAIL)
        h26x_nal_iter_skip_to (it, bytes->size - SEI_SCAN_TAIL);
      continue;
    }
    h26x_nal_iter_finish (it, nal);
    if (nal->kind == H26X_NAL_SEI || nal->kind == H26X_NAL_SEI_SUFFIX)
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_type_selected (const SeiSelection * selection, guint type)
{
  return selection->all_types || (selection->types ?
      sei_types_contain (selection->types, type) :
      type == SEI_TYPE_USER_DATA_UNREGISTERED);
}

static gboolean
is_named (const SeiSelection * selection, const SeiItem * item)
{
  return selection->uuids && sei_uuid_is_in_list (item->uuid, selection->uuids);
}

static gboolean
is_selected (const SeiSelection * selection, const SeiItem * item)
{
  if (item->type != SEI_TYPE_USER_DATA_UNREGISTERED || !selection->uuids)
    return TRUE;
  return g_bytes_get_size (selection->uuids) > 0 ?
      is_named (selection, item) : !is_banner (item);
}

gboolean
sei_selection_has_times (const SeiSelection * selection)
{
  return is_type_selected (selection, SEI_TYPE_USER_DATA_UNREGISTERED)
      && (!selection->uuids || g_bytes_get_size (selection->uuids) == 0);
}

/* Copies a message. A NUL follows that does not count, for users who take the payload
 * for a string. Returns FALSE if the message is too short for its UUID. */
static gboolean
read_item (const SeiMessage * message, GBytes * uuids, SeiItem * item)
{
  const gsize size = message->size;
  const gsize uuid_size =
      message->type == SEI_TYPE_USER_DATA_UNREGISTERED ? SEI_UUID_SIZE : 0;

  if (size < uuid_size)
    return FALSE;

  guint8 *data = g_malloc (size + 1);

  sei_message_copy (message, 0, data, size);
  data[size] = '\0';
  item->type = message->type;
  memset (item->uuid, 0, SEI_UUID_SIZE);
  memcpy (item->uuid, data, uuid_size);
  item->payload = g_bytes_new_with_free_func (data + uuid_size,
      size - uuid_size, g_free, data);
  unwrap (item, uuids);
  return TRUE;
}

static void
note_ignored (SeiFindings * findings, const SeiItem * item)
{
  findings->n_ignored++;
  if (findings->ignored && !is_banner (item))
    g_byte_array_append (findings->ignored, item->uuid, SEI_UUID_SIZE);
}

/* Returns whether it is a time. */
static gboolean
note_time (SeiFindings * findings, const SeiItem * item)
{
  gsize size;
  const guint8 *payload = g_bytes_get_data (item->payload, &size);
  guint64 unix_ns;

  if (!misp_time_read (item->uuid, payload, size, &unix_ns)) {
    findings->n_broken++;
    return FALSE;
  }
  sei_list_append (findings->times, item->uuid, item->payload);
  return TRUE;
}

/* Appends a message to the list, or to what else was found.
 * @has_type: whether messages of its type are selected
 * Returns: whether it is to be cut out */
static gboolean
take_item (SeiList * list, const SeiSelection * selection, gboolean has_type,
    const SeiItem * item, SeiFindings * findings)
{
  const gboolean is_time = findings->times && misp_time_is_uuid (item->uuid);
  const gboolean is_valid = is_time && note_time (findings, item);
  const gboolean selected = has_type && is_selected (selection, item);

  if (selected && (!is_time || is_named (selection, item))) {
    sei_list_append_full (list, item->type, item->uuid, item->payload);
    return TRUE;
  }
  if (has_type && !is_time)
    note_ignored (findings, item);
  return selected && is_valid;
}

/* Reads one SEI NAL unit.
 * @cuts: (nullable) (element-type SeiRange): gets the places of the messages that are
 *   cut out
 * Returns: whether it has nothing else; not known without @cuts */
static gboolean
read_nal (SeiReader * reader, const SeiSelection * selection, SeiList * list,
    SeiFindings * findings, GArray * cuts)
{
  SeiMessage message;
  guint n_messages = 0;

  for (; sei_reader_next (reader, &message); n_messages++) {
    const gboolean has_type = is_type_selected (selection, message.type);
    SeiItem item;

    if (!has_type && (!findings->times
            || message.type != SEI_TYPE_USER_DATA_UNREGISTERED))
      continue;
    if (!read_item (&message, selection->uuids, &item)) {
      findings->n_broken += has_type;
      continue;
    }
    if (take_item (list, selection, has_type, &item, findings) && cuts) {
      const SeiRange cut = { message.start, message.end };

      g_array_append_val (cuts, cut);
    }
    item_clear (&item);
  }
  if (reader->error)
    findings->n_broken++;

  return !reader->error && cuts && cuts->len == n_messages;
}

/* Appends the edit that cuts messages out of a NAL unit.
 * @all: whether nothing is left of it */
static void
append_edit (GArray * edits, const Bytes * bytes, H26xFormat format,
    const H26xNal * nal, GArray * cuts, gboolean all)
{
  const SeiRange *ranges = (const SeiRange *) cuts->data;
  TimedEdit edit = {.offset = nal->start };
  gsize size;

  if (!all) {
    if (sei_write_without (format, bytes, nal, ranges, cuts->len, NULL, 0,
            &size) != H26X_OK)
      return;

    guint8 *data = g_malloc (size);

    sei_write_without (format, bytes, nal, ranges, cuts->len, data, size,
        &size);
    edit.memory = gst_memory_new_wrapped (0, data, size, 0, size, data, g_free);
    /* The start code stays */
    if (format.length_size == 0)
      edit.offset = nal->offset;
  }
  edit.size = nal->offset + nal->size - edit.offset;
  g_array_append_val (edits, edit);
}

void
sei_list_read (SeiList * list, const Bytes * bytes, H26xFormat format,
    const SeiSelection * selection, SeiFindings * findings, GArray * edits)
{
  g_autoptr (GArray) cuts = NULL;
  SeiFindings unwanted = { 0 };
  gboolean in_tail = FALSE;
  H26xNalIter it;
  H26xNal nal;

  if (!findings)
    findings = &unwanted;
  h26x_nal_iter_init (&it, bytes, format);
  while (next_sei (&it, bytes, format, selection->scan, &in_tail, &nal)) {
    SeiReader reader;

    if (edits && !cuts)
      cuts = g_array_new (FALSE, FALSE, sizeof (SeiRange));
    if (cuts)
      g_array_set_size (cuts, 0);
    sei_reader_init (&reader, bytes, format, &nal);

    const gboolean all = read_nal (&reader, selection, list, findings, cuts);

    if (cuts && cuts->len > 0)
      append_edit (edits, bytes, format, &nal, cuts, all);
  }
  if (it.error)
    findings->n_broken++;
}

/* --- writing ------------------------------------------------------------- */

static H26xStatus
write_item (const SeiItem * item, H26xFormat format,
    const H26xInsertPoint * point, guint8 * dst, gsize capacity,
    gsize * written)
{
  gsize size;
  const guint8 *payload = g_bytes_get_data (item->payload, &size);

  return sei_write_message (format, point, item->type, item->uuid, payload,
      size, dst, capacity, written);
}

GstMemory *
sei_list_write (SeiList * list, H26xFormat format,
    const H26xInsertPoint * point)
{
  gsize size = 0, used = 0;
  gsize written;

  for (guint i = 0; i < list->len; i++) {
    const SeiItem *item = sei_list_get (list, i);

    size += sei_get_max_size (item->type, g_bytes_get_size (item->payload));
  }

  guint8 *data = g_malloc (size);

  for (guint i = 0; i < list->len;) {
    if (write_item (sei_list_get (list, i), format, point, data + used,
            size - used, &written) == H26X_OK) {
      used += written;
      i++;
    } else {
      g_array_remove_index (list, i);
    }
  }
  if (list->len == 0) {
    g_free (data);
    return NULL;
  }
  return gst_memory_new_wrapped (0, data, size, 0, used, data, g_free);
}
