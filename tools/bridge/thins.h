/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef THINS_H
#define THINS_H

#include <gst/gst.h>

#include "thin.h"

G_BEGIN_DECLS

/* A #Thin for each of the RTP streams that one stream of an input may have: none of them is
 * thinned out for the others. For one thread. */

typedef struct _Thins Thins;

/** @settings: outlives it
 * Returns: (transfer full) */
Thins *thins_new (const ThinSettings * settings);
void thins_free (Thins * thins);

/** Returns: (transfer none): that of the stream that @buffer is of, until the next call */
Thin *thins_get (Thins * thins, GstBuffer * buffer);

G_END_DECLS
#endif
