/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KAFKA_CHECK_H
#define KAFKA_CHECK_H

#include "kafkaconf.h"

G_BEGIN_DECLS

/* Settings that librdkafka takes, and that nobody can deliver anything with */

/** Whether @servers is a list of HOST[:PORT] with commas between; an address of IPv6 as
 * HOST is in brackets. */
gboolean kafka_check_bootstrap_servers (const char *servers, GError ** error);

/** Whether @topic is a name that Kafka accepts: 1 to 249 of ASCII letters,
 * digits, dot, underscore and dash; neither "." nor "..". */
gboolean kafka_check_topic (const char *topic, GError ** error);

/** Whether anything can be delivered with these settings: there are brokers, no
 * transactions, and what TLS and logins need is complete. librdkafka itself would
 * hang, or complain of something else.
 * @error: names the setting */
gboolean kafka_check_settings (const rd_kafka_conf_t * conf, GError ** error);

G_END_DECLS
#endif
