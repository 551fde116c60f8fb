/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef GST_SEI_ELEMENTS_H
#define GST_SEI_ELEMENTS_H

#include <gst/gst.h>

/* The elements are used by name, as any others. */

GST_ELEMENT_REGISTER_DECLARE (seiinject);
GST_ELEMENT_REGISTER_DECLARE (seiextract);

#endif
