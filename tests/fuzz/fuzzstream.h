/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef FUZZ_STREAM_H
#define FUZZ_STREAM_H

#include <gst/gst.h>

#include "fuzz.h"
#include "seilist.h"

/* Caps that an element gets, and what they mean */
typedef struct {
  const gchar *text;
  H26xFormat format;
  gboolean nal;                 /* alignment=nal */
  gboolean refused;             /* by every element, as they are incomplete */
} FuzzCaps;

/* An element between pads. It is made once; each input is a stream of its own,
 * for which the element comes up from READY. */
typedef struct {
  GstElement *element;
  GstPad *srcpad;
  GstPad *sinkpad;
  GstPad *metadata_pad;         /* of seiextract: a sink */
  GstPad *joined_pad;           /* of seiinject: a source, while it is there */
  gboolean json;                /* it takes nothing but application/x-json */
  const FuzzCaps *caps;
  gboolean accepted;            /* the element takes these caps */
  GPtrArray *video;             /* buffers that came, since they were removed */
  GPtrArray *metadata;
  GByteArray *all_in;           /* video of the whole stream */
  GByteArray *all_out;
} FuzzStream;

/* Makes "seiinject" or "seiextract", with all pads linked, but for the pad
 * "metadata" of the former. */
void fuzz_stream_init (FuzzStream * stream, const gchar * element);

/* Restarts the element and sends what precedes buffers. */
void fuzz_stream_begin (FuzzStream * stream, uint8_t caps);

/* Sends other caps. */
void fuzz_stream_set_caps (FuzzStream * stream, uint8_t caps);

/* Forgets the buffers that came and pushes another. CHECKs the flow. Takes
 * @buffer. Returns whether the element took it. */
gboolean fuzz_stream_push (FuzzStream * stream, GstBuffer * buffer);

/* Puts a stream of lines on the pad "metadata" of seiinject, until the end of the
 * stream of video. */
void fuzz_stream_join (FuzzStream * stream);

/* Pushes bytes there, with the time that buffers of video have or none. */
void fuzz_stream_push_joined (FuzzStream * stream, FuzzInput bytes,
    gboolean timed);

/* Forgets the buffers that came and sends EOS. Compare all_in and all_out after
 * this. */
void fuzz_stream_end (FuzzStream * stream);

/* Whether all_in and all_out are equal */
gboolean fuzz_stream_has_same_video (const FuzzStream * stream);

guint64 fuzz_stream_get_stat (FuzzStream * stream, const gchar * name);

#define FUZZ_BUFFER_NO_SHARE 1  /* memories that cannot be shared */
#define FUZZ_BUFFER_DELTA_UNIT 2
#define FUZZ_BUFFER_NO_PTS 4

/* A buffer of a few memories, each of exactly the size needed */
GstBuffer *fuzz_buffer_new (FuzzInput in, uint8_t division, guint flags);

/* The messages in bytes that lie in one piece */
SeiList *fuzz_read (FuzzInput in, H26xFormat format,
    const SeiSelection * selection, SeiFindings * findings);

/* All bytes of buffers */
GByteArray *fuzz_join (GPtrArray * buffers);

gboolean fuzz_item_equal (const SeiItem * a, const SeiItem * b);

/* Our UUID, another one with many zeros, and x264's banner */
#define FUZZ_N_UUIDS 3
extern const guint8 fuzz_uuids[FUZZ_N_UUIDS][SEI_UUID_SIZE];

/* Payloads that seeds have as well: text, JSON, zeros, none, long */
#define FUZZ_N_PAYLOADS 5
GBytes *fuzz_payload (guint n);

#endif
