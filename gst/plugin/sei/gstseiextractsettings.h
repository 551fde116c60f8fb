/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef GST_SEI_EXTRACT_SETTINGS_H
#define GST_SEI_EXTRACT_SETTINGS_H

#include <gst/gst.h>

#include "gstseitext.h"
#include "seilist.h"

G_BEGIN_DECLS

/**
 * GstSeiExtractSettings:
 * @selection: which messages are read; its UUIDs and types are those of the properties,
 *   without references of their own
 *
 * What the properties of seiextract hold. Not thread-safe: its owner locks, and works
 * on a copy, with references to what @selection points at, without the lock.
 */
typedef struct {
  SeiSelection selection;
  gboolean signal_new_metadata;
  gboolean post_messages;
  gboolean remove;
  gboolean extract_roi;
  /*< private >*/
  GstSeiText uuids;             /* as the properties were set */
  GstSeiText types;
} GstSeiExtractSettings;

void gst_sei_extract_settings_init (GstSeiExtractSettings * settings);

void gst_sei_extract_settings_clear (GstSeiExtractSettings * settings);

/** Installs the properties, all but `stats`, from id 1 on. Returns the first free
 * id. */
guint gst_sei_extract_settings_install (GObjectClass * klass);

/** Sets a property of @object, whose lock it takes, in @settings. */
void gst_sei_extract_settings_set (GstSeiExtractSettings * settings,
    GObject * object, guint id, const GValue * value, GParamSpec * pspec);

/** Reads a property of @object, whose lock it takes. */
void gst_sei_extract_settings_get (GstSeiExtractSettings * settings,
    GObject * object, guint id, GValue * value, GParamSpec * pspec);

/** Posts an error if a setting is wrong. Returns whether all are right. */
gboolean gst_sei_extract_settings_check (GstSeiExtractSettings * settings,
    GstElement * element);

G_END_DECLS

#endif
