#pragma once

#include "base/error.h"

/* A table of numbers and texts with units, immutable once handed out;
 * reference counted. */
typedef struct _MgTable MgTable;

MgTable *mg_table_new (void);
void mg_table_free (MgTable *table);
guint mg_table_add_column (MgTable *table,
                           const char *name,
                           const char *unit,
                           gboolean is_text);
guint mg_table_find_column (MgTable *table,
                            const char *name,
                            const char *unit);
guint mg_table_add_row (MgTable *table);
void mg_table_set_number (MgTable *table,
                          guint row,
                          guint column,
                          double value);
void mg_table_set_text (MgTable *table,
                        guint row,
                        guint column,
                        const char *text);
guint mg_table_get_n_rows (MgTable *table);
guint mg_table_get_n_columns (MgTable *table);
double mg_table_get_number (MgTable *table,
                            guint row,
                            guint column);
const char *mg_table_get_text (MgTable *table,
                               guint row,
                               guint column);
const char *mg_table_get_name (MgTable *table,
                               guint column);
const char *mg_table_get_unit (MgTable *table,
                               guint column);
gboolean mg_table_is_text (MgTable *table,
                           guint column);
gboolean mg_table_write_csv (MgTable *table,
                             GFile *file,
                             GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MgTable, mg_table_free)
