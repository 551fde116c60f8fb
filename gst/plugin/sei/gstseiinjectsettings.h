/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef GST_SEI_INJECT_SETTINGS_H
#define GST_SEI_INJECT_SETTINGS_H

#include <gst/gst.h>

#include "gstseitext.h"
#include "sei.h"
#include "timedjoinersettings.h"

G_BEGIN_DECLS

/**
 * GstSeiInjectMode:
 * @GST_SEI_INJECT_EVERY_FRAME: into every access unit
 * @GST_SEI_INJECT_KEYFRAME: into every access unit that is a key frame
 * @GST_SEI_INJECT_ONCE: into one access unit for each time the value is set
 *
 * How often the value of #seiinject:metadata is injected.
 */
typedef enum {
  GST_SEI_INJECT_EVERY_FRAME,
  GST_SEI_INJECT_KEYFRAME,
  GST_SEI_INJECT_ONCE
} GstSeiInjectMode;

/**
 * GstSeiInjectMispTime:
 * @GST_SEI_INJECT_MISP_TIME_NONE: no time
 * @GST_SEI_INJECT_MISP_TIME_MICRO: microseconds
 * @GST_SEI_INJECT_MISP_TIME_NANO: nanoseconds
 *
 * In which unit the time of a frame is injected.
 */
typedef enum {
  GST_SEI_INJECT_MISP_TIME_NONE,
  GST_SEI_INJECT_MISP_TIME_MICRO,
  GST_SEI_INJECT_MISP_TIME_NANO
} GstSeiInjectMispTime;

/**
 * GstSeiInjectSettings:
 * @payload: (nullable): the value to inject
 * @serial: counts the times it was set
 * @uuid: of the value and of the pad "metadata"
 *
 * What the properties of seiinject hold. Not thread-safe: its owner locks, and works
 * on a copy, with a reference to @payload, without the lock.
 */
typedef struct {
  GBytes *payload;
  guint serial;
  guint8 uuid[SEI_UUID_SIZE];
  GstSeiInjectMode mode;
  TimedJoinerSettings joiner;
  gsize max_payload;
  gboolean inject_roi;
  GstSeiInjectMispTime misp_time;
  /*< private >*/
  GstSeiText uuid_text;         /* as the property was set */
} GstSeiInjectSettings;

void gst_sei_inject_settings_init (GstSeiInjectSettings * settings);

void gst_sei_inject_settings_clear (GstSeiInjectSettings * settings);

/** Installs the properties, all but `stats`, from id 1 on. Returns the first free
 * id. */
guint gst_sei_inject_settings_install (GObjectClass * klass);

/** Sets a property of @object, whose lock it takes, in @settings.
 * Returns: whether it says how the pad "metadata" meets the video */
gboolean gst_sei_inject_settings_set (GstSeiInjectSettings * settings,
    GObject * object, guint id, const GValue * value, GParamSpec * pspec);

/** Reads a property of @object, whose lock it takes. */
void gst_sei_inject_settings_get (GstSeiInjectSettings * settings,
    GObject * object, guint id, GValue * value, GParamSpec * pspec);

/** Posts an error if a setting is wrong. Returns whether all are right. */
gboolean gst_sei_inject_settings_check (GstSeiInjectSettings * settings,
    GstElement * element);

G_END_DECLS

#endif
