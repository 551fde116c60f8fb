/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef FLV_ON_METADATA_H
#define FLV_ON_METADATA_H

#include <glib.h>

#include "bytes.h"

G_BEGIN_DECLS

/* What a muxer's onMetaData says that matters to one who adds tags. @tag is a whole tag of script
 * data. */

gboolean flv_on_metadata_is (BytesSpan tag);

/** Returns: whether it says how large the file is, or where in it frames are */
gboolean flv_on_metadata_has_places (BytesSpan tag);

/** Returns: how long a frame is shown by its frame rate, in milliseconds; 0: it says nothing that
 *   can be */
gint64 flv_on_metadata_get_frame_duration (BytesSpan tag);

G_END_DECLS

#endif
