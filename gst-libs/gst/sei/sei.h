/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef GST_SEI_H
#define GST_SEI_H

#include <gst/sei/sei-prelude.h>
#include <gst/sei/gstseimeta.h>

#endif
