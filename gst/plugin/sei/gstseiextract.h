/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef __GST_SEI_EXTRACT_H__
#define __GST_SEI_EXTRACT_H__

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_SEI_EXTRACT (gst_sei_extract_get_type ())
G_DECLARE_FINAL_TYPE (GstSeiExtract, gst_sei_extract, GST, SEI_EXTRACT,
    GstElement)

GST_ELEMENT_REGISTER_DECLARE (seiextract);

G_END_DECLS

#endif
