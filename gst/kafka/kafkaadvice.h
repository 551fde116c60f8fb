/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KAFKA_ADVICE_H
#define KAFKA_ADVICE_H

#include <glib.h>

G_BEGIN_DECLS

/** What a user can do about a broker that cannot be used.
 * @reason: (nullable): what librdkafka says of it
 * Returns: (nullable): part of a sentence, or NULL if @reason says nothing that
 *   there is an advice for */
const char *kafka_advice_get (const char *reason);

G_END_DECLS
#endif
