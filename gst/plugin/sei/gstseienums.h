/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef __GST_SEI_ENUMS_H__
#define __GST_SEI_ENUMS_H__

#include <gst/gst.h>

#include "seilist.h"

G_BEGIN_DECLS

/* What properties of seiinject and seiextract can be. */

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

#define GST_TYPE_SEI_INJECT_MODE (gst_sei_inject_mode_get_type ())
GType gst_sei_inject_mode_get_type (void);

/* GstSeiInjectWait: the values of TimedWait */
#define GST_TYPE_SEI_INJECT_WAIT (gst_sei_inject_wait_get_type ())
GType gst_sei_inject_wait_get_type (void);

/* GstSeiExtractScan: the values of SeiScan */
#define GST_TYPE_SEI_EXTRACT_SCAN (gst_sei_extract_scan_get_type ())
GType gst_sei_extract_scan_get_type (void);

G_END_DECLS

#endif
