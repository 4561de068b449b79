#include "measure/table.h"

#include <math.h>
#include <string.h>

#include "io/atomic-file.h"

#define FLUSH_BYTES 65536

typedef struct
{
  char *name; /* owned */
  char *unit; /* owned, (nullable) */
  gboolean is_text;
  GArray *numbers;  /* owned, (nullable): double */
  GPtrArray *texts; /* owned, (nullable): owned (nullable) strings */
} Column;

struct _MgTable
{
  guint n_rows;
  GPtrArray *columns; /* owned Column */
};

static void
column_free (gpointer data)
{
  Column *column = data;

  g_free (column->name);
  g_free (column->unit);
  g_clear_pointer (&column->numbers, g_array_unref);
  g_clear_pointer (&column->texts, g_ptr_array_unref);
  g_free (column);
}

/**
 * mg_table_new:
 *
 * Returns: (transfer full): a table without columns and rows; it belongs to
 *   one thread while it is filled
 */
MgTable *
mg_table_new (void)
{
  MgTable *table = g_new0 (MgTable, 1);

  table->columns = g_ptr_array_new_with_free_func (column_free);
  return table;
}

/**
 * mg_table_free:
 * @table: (nullable): the table
 */
void
mg_table_free (MgTable *table)
{
  if (table == NULL)
    return;
  g_ptr_array_unref (table->columns);
  g_free (table);
}

static void
column_resize (Column *column,
               guint n_rows)
{
  if (column->is_text)
    {
      g_ptr_array_set_size (column->texts, (int) n_rows);
      return;
    }
  for (guint row = column->numbers->len; row < n_rows; row++)
    {
      double nothing = NAN;

      g_array_append_val (column->numbers, nothing);
    }
}

/**
 * mg_table_add_column:
 * @name: for the header
 * @unit: (nullable): for the header; plain ASCII ("um^2"), which every
 *   spreadsheet reads
 * @is_text: holds texts, not numbers
 *
 * Rows there already are empty in it.
 *
 * Returns: its index
 */
guint
mg_table_add_column (MgTable *table,
                     const char *name,
                     const char *unit,
                     gboolean is_text)
{
  Column *column = g_new0 (Column, 1);

  column->name = g_strdup (name);
  column->unit = g_strdup (unit);
  column->is_text = is_text;
  if (is_text)
    column->texts = g_ptr_array_new_with_free_func (g_free);
  else
    column->numbers = g_array_new (FALSE, FALSE, sizeof (double));
  column_resize (column, table->n_rows);
  g_ptr_array_add (table->columns, column);
  return table->columns->len - 1;
}

/**
 * mg_table_find_column:
 * @name: its name
 * @unit: (nullable): its unit
 *
 * Returns: the index of the column of that name and unit; %G_MAXUINT when
 *   there is none
 */
guint
mg_table_find_column (MgTable *table,
                      const char *name,
                      const char *unit)
{
  for (guint i = 0; i < table->columns->len; i++)
    {
      const Column *column = table->columns->pdata[i];

      if (g_str_equal (column->name, name) && g_strcmp0 (column->unit, unit) == 0)
        return i;
    }
  return G_MAXUINT;
}

/**
 * mg_table_add_row:
 *
 * Returns: the index of a new, empty row
 */
guint
mg_table_add_row (MgTable *table)
{
  table->n_rows++;
  for (guint i = 0; i < table->columns->len; i++)
    column_resize (table->columns->pdata[i], table->n_rows);
  return table->n_rows - 1;
}

static Column *
get_column (MgTable *table,
            guint row,
            guint column,
            gboolean is_text)
{
  g_return_val_if_fail (column < table->columns->len && row < table->n_rows, NULL);

  Column *found = table->columns->pdata[column];

  g_return_val_if_fail (found->is_text == is_text, NULL);
  return found;
}

/**
 * mg_table_set_number:
 * @value: NaN leaves the cell empty
 */
void
mg_table_set_number (MgTable *table,
                     guint row,
                     guint column,
                     double value)
{
  Column *found = get_column (table, row, column, FALSE);

  if (found != NULL)
    g_array_index (found->numbers, double, row) = value;
}

/**
 * mg_table_set_text:
 * @text: (nullable): copied
 */
void
mg_table_set_text (MgTable *table,
                   guint row,
                   guint column,
                   const char *text)
{
  Column *found = get_column (table, row, column, TRUE);

  if (found == NULL)
    return;
  g_free (found->texts->pdata[row]);
  found->texts->pdata[row] = g_strdup (text);
}

/**
 * mg_table_get_n_rows:
 *
 * Returns: rows, the header not counted
 */
guint
mg_table_get_n_rows (MgTable *table)
{
  return table->n_rows;
}

/**
 * mg_table_get_n_columns:
 *
 * Returns: columns
 */
guint
mg_table_get_n_columns (MgTable *table)
{
  return table->columns->len;
}

/**
 * mg_table_get_number:
 *
 * Returns: the number in a cell of a number column; NaN for an empty one
 */
double
mg_table_get_number (MgTable *table,
                     guint row,
                     guint column)
{
  Column *found = get_column (table, row, column, FALSE);

  return found == NULL ? NAN : g_array_index (found->numbers, double, row);
}

/**
 * mg_table_get_text:
 *
 * Returns: (transfer none) (nullable): the text in a cell of a text column
 */
const char *
mg_table_get_text (MgTable *table,
                   guint row,
                   guint column)
{
  Column *found = get_column (table, row, column, TRUE);

  return found == NULL ? NULL : found->texts->pdata[row];
}

/**
 * mg_table_get_name:
 *
 * Returns: (transfer none): a column's name
 */
const char *
mg_table_get_name (MgTable *table,
                   guint column)
{
  g_return_val_if_fail (column < table->columns->len, NULL);

  return ((Column *) table->columns->pdata[column])->name;
}

/**
 * mg_table_get_unit:
 *
 * Returns: (transfer none) (nullable): a column's unit
 */
const char *
mg_table_get_unit (MgTable *table,
                   guint column)
{
  g_return_val_if_fail (column < table->columns->len, NULL);

  return ((Column *) table->columns->pdata[column])->unit;
}

/**
 * mg_table_is_text:
 *
 * Returns: whether a column holds texts
 */
gboolean
mg_table_is_text (MgTable *table,
                  guint column)
{
  g_return_val_if_fail (column < table->columns->len, FALSE);

  return ((Column *) table->columns->pdata[column])->is_text;
}

static void
append_quoted (GString *out,
               const char *text)
{
  g_string_append_c (out, '"');
  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p == '"')
        g_string_append_c (out, '"');
      g_string_append_c (out, *p);
    }
  g_string_append_c (out, '"');
}

/* With a point whatever the locale; whole numbers (labels) in full. */
static void
append_number (GString *out,
               double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  if (isnan (value))
    return;
  g_ascii_formatd (text, sizeof text, value == floor (value) && fabs (value) < 1e15 ? "%.0f" : "%.9g", value);
  g_string_append (out, text);
}

static void
append_header (GString *out,
               const Column *column)
{
  g_autofree char *text = column->unit == NULL ? g_strdup (column->name) : g_strdup_printf ("%s (%s)", column->name, column->unit);

  if (strpbrk (text, "\",\r\n") != NULL)
    append_quoted (out, text);
  else
    g_string_append (out, text);
}

static void
append_cell (GString *out,
             const Column *column,
             guint row)
{
  if (!column->is_text)
    append_number (out, g_array_index (column->numbers, double, row));
  else if (column->texts->pdata[row] != NULL)
    append_quoted (out, column->texts->pdata[row]);
}

/**
 * mg_table_write_csv:
 * @file: replaced as a whole, or left as it was
 *
 * Comma-separated values in UTF-8: one header with the units in parentheses,
 * decimal points whatever the locale, texts quoted, nothing in empty cells.
 *
 * Returns: FALSE with an error naming the file
 */
gboolean
mg_table_write_csv (MgTable *table,
                    GFile *file,
                    GError **error)
{
  g_autoptr (MgAtomicFile) atomic = mg_atomic_file_new (file, error);
  g_autoptr (GString) out = g_string_new (NULL);

  if (atomic == NULL)
    return FALSE;
  for (guint row = 0; row <= table->n_rows; row++)
    {
      for (guint i = 0; i < table->columns->len; i++)
        {
          if (i > 0)
            g_string_append_c (out, ',');
          if (row == 0)
            append_header (out, table->columns->pdata[i]);
          else
            append_cell (out, table->columns->pdata[i], row - 1);
        }
      g_string_append_c (out, '\n');
      if (out->len < FLUSH_BYTES && row < table->n_rows)
        continue;
      if (!mg_atomic_file_write (atomic, out->str, out->len, error))
        return FALSE;
      g_string_truncate (out, 0);
    }
  return mg_atomic_file_commit (atomic, error);
}
