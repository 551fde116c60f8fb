/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "table.h"

#define GAP 2

struct _Table
{
  guint n_columns;
  GPtrArray *cells;             /* row by row */
};

Table *
table_new (const char *const *columns)
{
  Table *table = g_new (Table, 1);

  table->n_columns = g_strv_length ((char **) columns);
  table->cells = g_ptr_array_new_with_free_func (g_free);
  for (; *columns; columns++)
    table_take (table, g_strdup (*columns));
  return table;
}

void
table_free (Table * table)
{
  g_ptr_array_unref (table->cells);
  g_free (table);
}

void
table_take (Table * table, char *cell)
{
  g_ptr_array_add (table->cells, cell);
}

static glong
get_width (const Table * table, guint column)
{
  glong width = 0;

  for (guint i = column; i < table->cells->len; i += table->n_columns)
    width = MAX (width, g_utf8_strlen (table->cells->pdata[i], -1));
  return width;
}

static void
append_spaces (GString * text, glong n)
{
  g_string_append_printf (text, "%*s", (int) n, "");
}

void
table_append (const Table * table, GString * text)
{
  g_autofree glong *widths = g_new (glong, table->n_columns);

  for (guint column = 0; column < table->n_columns; column++)
    widths[column] = get_width (table, column);
  for (guint i = 0; i < table->cells->len; i++) {
    const char *cell = table->cells->pdata[i];
    const guint column = i % table->n_columns;
    const glong missing = widths[column] - g_utf8_strlen (cell, -1);

    if (column > 0)
      append_spaces (text, missing + GAP);
    g_string_append (text, cell);
    if (column == 0)
      append_spaces (text, missing);
    if (column + 1 == table->n_columns)
      g_string_append_c (text, '\n');
  }
}
