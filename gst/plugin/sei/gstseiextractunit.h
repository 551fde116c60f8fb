/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef __GST_SEI_EXTRACT_UNIT_H__
#define __GST_SEI_EXTRACT_UNIT_H__

#include "seilist.h"
#include "accessunit.h"
#include "gstseistream.h"
#include "timedoutput.h"

G_BEGIN_DECLS

/**
 * GstSeiExtractPart:
 * @begins: it is the first
 * @is_place: what was read so far is handed out with it
 * @is_behind: the place was before
 *
 * What a buffer has to do with its access unit.
 */
typedef struct
{
  gboolean begins;
  gboolean is_place;
  gboolean is_behind;
} GstSeiExtractPart;

/**
 * GstSeiExtractUnit:
 *
 * The access unit that seiextract is in, whose buffers leave as they come. In
 * alignment au each buffer is one. In alignment nal what was read waits for the
 * buffer of the first slice, and times and flags of buffers of which nothing is
 * left go to the next one.
 */
typedef struct
{
  /*< private > */
  const GstSeiStream *stream;
  TimedOutput *output;
  AccessUnit unit;                 /* in alignment nal */
  SeiList *pending;             /* its messages, until its first slice */
  GstBuffer *removed;           /* its first buffers, of which nothing is left */
} GstSeiExtractUnit;

/** @stream, @output: (transfer none): they must live longer */
void gst_sei_extract_unit_init (GstSeiExtractUnit * unit,
    const GstSeiStream * stream, TimedOutput * output);

void gst_sei_extract_unit_clear (GstSeiExtractUnit * unit);

/** Forgets the access unit and all that was read of it. */
void gst_sei_extract_unit_reset (GstSeiExtractUnit * unit);

/** Ends the access unit, after handing out what was read of it. */
void gst_sei_extract_unit_end (GstSeiExtractUnit * unit);

/** Looks at the next buffer; if it begins an access unit, the one before has ended.
 * @bytes: what is in @buffer
 * @part: (out): */
void gst_sei_extract_unit_next (GstSeiExtractUnit * unit, GstBuffer * buffer,
    const Bytes * bytes, GstSeiExtractPart * part);

/** The times of the access unit.
 * @buffer: the one that gst_sei_extract_unit_next() was called with
 * Returns: (transfer none): a buffer that has them */
GstBuffer *gst_sei_extract_unit_get_times (const GstSeiExtractUnit * unit,
    GstBuffer * buffer);

/** Pushes the buffer, and the payloads that have their place with it.
 * @buffer: (transfer full): without what is to be removed
 * @messages: (transfer full): what was read in it
 * @was_empty: whether nothing was in it when it came
 * @removes: whether messages are removed, and so their metas of other kinds */
GstFlowReturn gst_sei_extract_unit_push (GstSeiExtractUnit * unit,
    const GstSeiExtractPart * part, GstBuffer * buffer, SeiList * messages,
    gboolean was_empty, gboolean removes);

G_END_DECLS

#endif
