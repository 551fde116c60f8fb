/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KAFKA_TEMPLATE_H
#define KAFKA_TEMPLATE_H

#include <glib.h>

#include "jsontext.h"

G_BEGIN_DECLS

/**
 * KafkaTemplate:
 *
 * A template for a record's key, or a header: text and {name}, which stands for the
 * top-level member of that name in the record's JSON; {{ and }} are braces.
 * Immutable, and counted by g_ptr_array_ref() and g_ptr_array_unref().
 */
typedef GPtrArray KafkaTemplate;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KafkaTemplate, g_ptr_array_unref)

/** Returns %NULL with @error set if the braces do not match. */
KafkaTemplate *kafka_template_parse (const char *text, GError ** error);

/** A template of @text as it is, braces and all. */
KafkaTemplate *kafka_template_new_constant (const char *text);

/** What stands for itself in every record, or %NULL if there are members in it. */
const char *kafka_template_get_constant (const KafkaTemplate * template);

/** Whether the names of all members are made of letters, digits, '_', '.' and '-'
 * alone, as those are that somebody means by {name}. */
gboolean kafka_template_has_plain_names (const KafkaTemplate * template);

/** Appends a JsonTextMember for each {name}, to be found in the record. */
void kafka_template_list_members (const KafkaTemplate * template,
    GArray * members);

/** Fills the template in. A string stands for its characters, without quotes and
 * escapes, any other value for its text, a missing member for nothing.
 * @members: (inout): those that kafka_template_list_members() appended; afterwards
 *   those behind them
 * @result: gets the text behind what it has
 * Returns: whether no member was missing */
gboolean kafka_template_expand (const KafkaTemplate * template,
    const JsonTextMember ** members, GString * result);

G_END_DECLS
#endif
