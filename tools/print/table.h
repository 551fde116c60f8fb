/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef TABLE_H
#define TABLE_H

#include <glib.h>

G_BEGIN_DECLS

/** Cells in columns, the first to the left, the others to the right. */
typedef struct _Table Table;

/** @columns: their names, the last followed by NULL */
Table *table_new (const char *const *columns);
void table_free (Table * table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Table, table_free)

/** Adds the next cell of the row. A row is as long as there are columns.
 * @cell: (transfer full): valid UTF-8 */
void table_take (Table * table, char *cell);

/** Appends the names of the columns, and the rows. */
void table_append (const Table * table, GString * text);

G_END_DECLS
#endif
