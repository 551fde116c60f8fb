/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef __GST_SEI_H__
#define __GST_SEI_H__

#include <gst/sei/sei-prelude.h>
#include <gst/sei/gstseimeta.h>

#endif
