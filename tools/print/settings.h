/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef SETTINGS_H
#define SETTINGS_H

#include <librdkafka/rdkafka.h>

#include "options.h"

G_BEGIN_DECLS

/** Makes librdkafka's settings: the program's own, over them those of the user.
 * Returns: (transfer full) (nullable): NULL after saying what is wrong */
rd_kafka_conf_t *settings_read (const Options * options);

G_END_DECLS
#endif
