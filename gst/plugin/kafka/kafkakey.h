/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KAFKA_KEY_H
#define KAFKA_KEY_H

#include <glib.h>

G_BEGIN_DECLS

/**
 * KafkaKey:
 *
 * A template for record keys: text and {name}, which stands for the top-level
 * member of that name in the record's JSON; {{ and }} are braces. Immutable, and
 * counted by g_ptr_array_ref() and g_ptr_array_unref().
 */
typedef GPtrArray KafkaKey;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KafkaKey, g_ptr_array_unref)

/** Returns %NULL with @error set if the braces do not match. */
KafkaKey *kafka_key_parse (const char *text, GError ** error);

/** Fills the template in. A string stands for its characters, without quotes and
 * escapes, any other value for its text, a missing member for nothing.
 * @json: @size bytes for which json_text_is_object() holds, or %NULL
 * @key_size: (out): bytes of the key
 * Returns: (nullable) (transfer full): the key, or %NULL if it is empty */
char *kafka_key_expand (const KafkaKey * key, const char *json, gsize size,
    gsize * key_size);

G_END_DECLS
#endif
