/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef SEI_LIST_H
#define SEI_LIST_H

#include "sei.h"
#include "timedbuffer.h"

G_BEGIN_DECLS

/* The SEI messages of an access unit: from and to the metas on its buffers, from and
 * to its bitstream. */

/**
 * SeiItem:
 * @type: payloadType
 * @uuid: the UUID that names the payload's format; all zero if @type is not
 *   SEI_TYPE_USER_DATA_UNREGISTERED
 * @payload: the bytes behind it, or the whole message
 *
 * One message, apart from any bitstream.
 */
typedef struct {
  guint type;
  guint8 uuid[SEI_UUID_SIZE];
  GBytes *payload;
} SeiItem;

/**
 * SeiList:
 * @len: number of messages
 *
 * Messages in order: a #GArray of #SeiItem.
 */
typedef GArray SeiList;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SeiList, g_array_unref)

#define sei_list_get(list, i) (&g_array_index (list, SeiItem, i))

/** Returns: (transfer full): to be freed with g_array_unref() */
SeiList *sei_list_new (void);

/** Appends a user_data_unregistered message; takes a reference to @payload. */
void sei_list_append (SeiList * list, const guint8 * uuid, GBytes * payload);

/** Appends a message of any type.
 * @uuid: (nullable): not used if @type is not SEI_TYPE_USER_DATA_UNREGISTERED */
void sei_list_append_full (SeiList * list, guint type, const guint8 * uuid,
    GBytes * payload);

/** Appends copies of all in @other. */
void sei_list_append_list (SeiList * list, SeiList * other);

/** Empties the list.
 * @payloads: (element-type TimedPayload): gets what was in it */
void sei_list_move_payloads (SeiList * list, GArray * payloads);

/** Empties the list.
 * Returns: (transfer full) (nullable) (element-type TimedPayload): what was in it; NULL
 *   if nothing was */
GArray *sei_list_take_payloads (SeiList * list);

/** Appends to @result the messages of @list that are not in @present, each once, in
 * order. A message that x265 was given (sei_uuid_unwrap()) is the same as the one that
 * x265 has written.
 * @n_present: (out): how many are in @present
 * @n_repeated: (out): how many more are equal to one before them */
void sei_list_append_new (SeiList * result, SeiList * list, SeiList * present,
    guint * n_present, guint * n_repeated);

/** Returns: (transfer full): what sei_list_append_new() appends */
SeiList *sei_list_get_new (SeiList * list, SeiList * present,
    guint * n_present, guint * n_repeated);

/* --- metas --- */

/** Whether sei_list_append_metas() may find anything. */
gboolean sei_list_has_metas (GstBuffer * buffer);

/** Appends every GstSeiMeta, and every GstVideoSEIUserDataUnregisteredMeta except
 * the banners of encoders. */
void sei_list_append_metas (SeiList * list, GstBuffer * buffer);

/** Replaces the GstSeiMetas of a buffer by those of the list. Copies the buffer
 * only where there is something to change.
 * @list: (nullable): NULL for no messages
 * @buffer: (transfer full) (nullable):
 * Returns: (transfer full) (nullable): NULL if @buffer is, or if others hold it and its
 *   memory cannot be copied */
GstBuffer *sei_list_set_metas (SeiList * list, GstBuffer * buffer);

/** Removes every GstVideoSEIUserDataUnregisteredMeta of a message in the list.
 * @uuids: (nullable): as in the SeiSelection with which the list was read
 * @buffer: (transfer full) (nullable):
 * Returns: (transfer full) (nullable): NULL if @buffer is, or if others hold it and its
 *   memory cannot be copied */
GstBuffer *sei_list_remove_video_metas (SeiList * list, GBytes * uuids,
    GstBuffer * buffer);

/* --- the bitstream --- */

/** Bytes at the end of a byte stream's access unit that SEI_SCAN_HEAD reads. */
#define SEI_SCAN_TAIL 16384

/**
 * SeiScan:
 * @SEI_SCAN_HEAD: what is before the first slice and, in H.265, the SEI_SCAN_TAIL
 *   bytes at the end, where suffix SEI are
 * @SEI_SCAN_FULL: all of it
 *
 * Which part of an access unit in a byte stream is searched. With length fields it
 * is always all of it, because that costs nothing.
 */
typedef enum {
  SEI_SCAN_HEAD,
  SEI_SCAN_FULL
} SeiScan;

/**
 * SeiSelection:
 * @scan: where to look
 * @uuids: (nullable): of the user_data_unregistered messages selects those whose UUID
 *   is in this list (sei_uuid_parse_list()); an empty list all but the banners of
 *   encoders; NULL all
 * @types: (nullable): selects messages of these types (sei_types_parse()); NULL
 *   user_data_unregistered alone
 * @all_types: selects messages of any type, whatever @types says
 */
typedef struct {
  SeiScan scan;
  GBytes *uuids;
  GBytes *types;
  gboolean all_types;
} SeiSelection;

/** Whether messages that say the time of a frame, and that nobody has named, are
 * selected to be cut out. */
gboolean sei_selection_has_times (const SeiSelection * selection);

/**
 * SeiFindings:
 * @n_ignored: user_data_unregistered messages that @uuids of the SeiSelection left out
 * @n_broken: messages, SEI NAL units and length fields that contradict the syntax
 * @ignored: (nullable): gets the UUIDs, one behind the other, of the messages that
 *   @n_ignored counts, but those of the banners of encoders
 * @times: (nullable): gets the messages that say the time of the frame
 *   (misp_time_read()), whatever is selected. They are in the list of the others only
 *   if @uuids of the SeiSelection has their UUID, and are never ignored. One that is
 *   meant to say a time, and does not, is broken
 *
 * What comes of reading besides the messages. The lists are the caller's; without
 * @times, such messages are like any other.
 */
typedef struct {
  guint n_ignored;
  guint n_broken;
  GByteArray *ignored;
  SeiList *times;
} SeiFindings;

/** Appends the messages in @bytes, including those behind broken ones. Those that x265
 * was given to write are appended as they were given (sei_uuid_unwrap()).
 * @findings: (inout) (optional): what was found is added to it
 * @edits: (optional) (element-type TimedEdit): gets the edits that cut these
 *   messages out, and the times that @selection does not leave out; other messages, and
 *   broken ones, stay */
void sei_list_read (SeiList * list, const Bytes * bytes, H26xFormat format,
    const SeiSelection * selection, SeiFindings * findings, GArray * edits);

/** Writes each message as a NAL unit of its own, one behind the other. Removes
 * messages that do not fit the length field, or whose type is larger than
 * SEI_MAX_TYPE, from the list.
 * Returns: (transfer full) (nullable): NULL if none is left */
GstMemory *sei_list_write (SeiList * list, H26xFormat format,
    const H26xInsertPoint * point);

G_END_DECLS

#endif
