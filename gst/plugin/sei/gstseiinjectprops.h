/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef __GST_SEI_INJECT_PROPS_H__
#define __GST_SEI_INJECT_PROPS_H__

#include <gst/gst.h>

#include "sei.h"
#include "gstseistream.h"
#include "timedjoiner.h"

G_BEGIN_DECLS

/**
 * GstSeiInjectMode:
 * @GST_SEI_INJECT_EVERY_FRAME: into every access unit
 * @GST_SEI_INJECT_KEYFRAME: into every access unit that is a key frame
 * @GST_SEI_INJECT_ONCE: into one access unit for each time the value is set
 *
 * How often the value of #seiinject:metadata is injected.
 */
typedef enum
{
  GST_SEI_INJECT_EVERY_FRAME,
  GST_SEI_INJECT_KEYFRAME,
  GST_SEI_INJECT_ONCE
} GstSeiInjectMode;

/**
 * GstSeiInjectSettings:
 * @payload: (nullable): the value to inject
 * @serial: counts the times it was set
 * @uuid: of the value and of what comes in at the pad "metadata"
 * @max_payload: in bytes; 0 for any
 *
 * What the properties of seiinject say at one time.
 */
typedef struct
{
  GBytes *payload;
  guint serial;
  GBytes *uuid;
  GstSeiInjectMode mode;
  TimedWait wait_metadata;
  gsize max_payload;
} GstSeiInjectSettings;

/**
 * GstSeiInjectProps:
 *
 * The properties of seiinject, but for `stats`. For any thread: the lock is the
 * OBJECT_LOCK of the element.
 */
typedef struct
{
  /*< private > */
  GObject *element;
  GstSeiInjectSettings now;
  GstSeiUuids uuid;
} GstSeiInjectProps;

/** Installs the properties, from id 1 on. Returns the first free id. */
guint gst_sei_inject_props_install (GObjectClass * klass);

/** @element: (transfer none): whose properties these are */
void gst_sei_inject_props_init (GstSeiInjectProps * props, GObject * element);

void gst_sei_inject_props_clear (GstSeiInjectProps * props);

/** @param: one that gst_sei_inject_props_install() has installed */
void gst_sei_inject_props_set (GstSeiInjectProps * props,
    const GValue * value, GParamSpec * param);

void gst_sei_inject_props_get (GstSeiInjectProps * props, GValue * value,
    GParamSpec * param);

/** Gives what is to be used for one access unit; to be cleared. */
void gst_sei_inject_props_read (GstSeiInjectProps * props,
    GstSeiInjectSettings * settings);

void gst_sei_inject_settings_clear (GstSeiInjectSettings * settings);

G_END_DECLS

#endif
