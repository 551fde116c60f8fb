/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef GST_SEI_PRELUDE_H
#define GST_SEI_PRELUDE_H

#include <gst/gst.h>

#ifndef GST_SEI_API
#ifdef BUILDING_GST_SEI
#define GST_SEI_API GST_API_EXPORT
#else
#define GST_SEI_API GST_API_IMPORT
#endif
#endif

#endif
