/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef __GST_SEI_INJECT_H__
#define __GST_SEI_INJECT_H__

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_SEI_INJECT (gst_sei_inject_get_type ())
G_DECLARE_FINAL_TYPE (GstSeiInject, gst_sei_inject, GST, SEI_INJECT, GstElement)

GST_ELEMENT_REGISTER_DECLARE (seiinject);

G_END_DECLS

#endif
