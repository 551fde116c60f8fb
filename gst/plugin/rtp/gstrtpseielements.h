/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef GST_RTP_SEI_ELEMENTS_H
#define GST_RTP_SEI_ELEMENTS_H

#include <gst/gst.h>

/* The element is used by name, as any other. */

GST_ELEMENT_REGISTER_DECLARE (rtpseisrc);

#endif
