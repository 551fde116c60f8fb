/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef CLOSING_H
#define CLOSING_H

#include <gst/gst.h>

#include "inputclass.h"

G_BEGIN_DECLS

/* An attempt at an input that is being closed, in a thread of its own: threads of a source
 * may wait for what takes the records, and the main loop is not to wait for them. */

typedef struct _Closing Closing;

/** Begins to close it.
 * @bin: (transfer full): of no pipeline any more
 * @content: (transfer full): of the bin
 * @source: (transfer full) (nullable): that of @klass; NULL: it could not be opened
 * Returns: (transfer full) */
Closing *closing_new (const InputClass * klass, GstElement * bin,
    Content * content, gpointer source);

/** Returns: whether it is closed, and what it used is free */
gboolean closing_is_over (Closing * closing);

/** Waits until it is over. */
void closing_free (Closing * closing);

G_END_DECLS
#endif
