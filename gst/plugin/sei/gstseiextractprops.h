/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef __GST_SEI_EXTRACT_PROPS_H__
#define __GST_SEI_EXTRACT_PROPS_H__

#include <gst/gst.h>

#include "gstseistream.h"
#include "seilist.h"

G_BEGIN_DECLS

/**
 * GstSeiExtractSettings:
 * @selection: what is read, and where
 * @signal_new_metadata: whether the signal is emitted
 * @post_messages: whether messages are posted on the bus
 * @remove: whether what is read is cut out of the video
 *
 * What the properties of seiextract say at one time.
 */
typedef struct
{
  SeiSelection selection;
  gboolean signal_new_metadata;
  gboolean post_messages;
  gboolean remove;
} GstSeiExtractSettings;

/**
 * GstSeiExtractProps:
 *
 * The properties of seiextract, but for `stats`. For any thread: the lock is the
 * OBJECT_LOCK of the element.
 */
typedef struct
{
  /*< private > */
  GObject *element;
  GstSeiExtractSettings now;
  GstSeiUuids uuids;
} GstSeiExtractProps;

/** Installs the properties, from id 1 on. Returns the first free id. */
guint gst_sei_extract_props_install (GObjectClass * klass);

/** @element: (transfer none): whose properties these are */
void gst_sei_extract_props_init (GstSeiExtractProps * props,
    GObject * element);

void gst_sei_extract_props_clear (GstSeiExtractProps * props);

/** @param: one that gst_sei_extract_props_install() has installed */
void gst_sei_extract_props_set (GstSeiExtractProps * props,
    const GValue * value, GParamSpec * param);

void gst_sei_extract_props_get (GstSeiExtractProps * props, GValue * value,
    GParamSpec * param);

/** Gives what is to be used for one buffer; to be cleared. */
void gst_sei_extract_props_read (GstSeiExtractProps * props,
    GstSeiExtractSettings * settings);

void gst_sei_extract_settings_clear (GstSeiExtractSettings * settings);

G_END_DECLS

#endif
