/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef PROGRESS_H
#define PROGRESS_H

#include "klvstream.h"
#include "metadata.h"

G_BEGIN_DECLS

/* A line on a terminal that is written anew twice a second. Elsewhere there is none. */

/** @klv: (nullable): if KLV is sent, too */
void progress_start (Metadata * metadata, KlvStream * klv);

/** Takes the line away, because another one follows. It comes back. */
void progress_clear (void);

/** Writes the last line, which stays. */
void progress_end (void);

G_END_DECLS
#endif
