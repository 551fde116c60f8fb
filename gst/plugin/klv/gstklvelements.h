/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef GST_KLV_ELEMENTS_H
#define GST_KLV_ELEMENTS_H

#include <gst/gst.h>

/* The elements are used by name, as any others. */

GST_ELEMENT_REGISTER_DECLARE (klvparse);
GST_ELEMENT_REGISTER_DECLARE (klvtsfilter);
GST_ELEMENT_REGISTER_DECLARE (klvtojson);
GST_ELEMENT_REGISTER_DECLARE (jsontoklv);

#endif
