/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef GST_FLV_ELEMENTS_H
#define GST_FLV_ELEMENTS_H

#include <gst/gst.h>

/* The elements are used by name, as any others. */

GST_ELEMENT_REGISTER_DECLARE (flvmetaextract);
GST_ELEMENT_REGISTER_DECLARE (flvmetainject);

#endif
