/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef METADATA_H
#define METADATA_H

#include <gst/gst.h>

#include "lines.h"
#include "options.h"

G_BEGIN_DECLS

/* What goes into each frame: a test object, or lines of JSON. */

typedef struct {
  const SenderOptions *options;
  char *session;                /* or NULL */
  Lines *lines;                 /* or NULL: test objects */
  GstElement *inject;
  guint64 n_frames;             /* with n_messages and n_bytes: under lock */
  guint64 n_messages;
  guint64 n_bytes;              /* of video */
  GMutex lock;
  /*< private >, of the streaming thread */
  GstPad *out;                  /* to the pad metadata of inject, or of what is in its place */
  GstSegment segment;
  GstClockTime duration;        /* of a frame */
  gboolean has_begun;           /* a frame of this pass was there */
  gint64 start;                 /* running time of that frame */
  gboolean has_base;            /* a line of this pass had a time */
  gint64 base;                  /* the time of a line that is due at start */
  gint64 due;                   /* running time of the line before */
  Line next;                    /* read, and not due as yet, if it has text */
  gint64 next_due;
} Metadata;

/** Opens --metadata.
 * Returns: FALSE with @error if it cannot be read */
gboolean metadata_init (Metadata * self, const SenderOptions * options,
    GError ** error);

void metadata_clear (Metadata * self);

/** Puts metadata into the frames that come to @inject, an element seiinject, or beside them.
 * @script: (nullable): the element flvmetainject that gets it in place of @inject */
void metadata_start (Metadata * self, GstElement * inject, GstElement * script);

/** Says what has become of lines, where there is something to say. */
void metadata_end (Metadata * self);

/** So far: frames, messages, bytes of video. From any thread. */
void metadata_count (Metadata * self, guint64 * n_frames, guint64 * n_messages,
    guint64 * n_bytes);

G_END_DECLS
#endif
