#include "annotate/label-table.h"

void
mg_label_table_init (MgLabelTable *table)
{
  *table = (MgLabelTable){ 0 };
  table->infos = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  table->touched = g_ptr_array_new ();
}

void
mg_label_table_clear (MgLabelTable *table)
{
  g_clear_pointer (&table->infos, g_hash_table_unref);
  g_clear_pointer (&table->touched, g_ptr_array_unref);
  table->last = NULL;
}

/* The record of a label, or NULL for one never seen. */
MgLabelInfo *
mg_label_table_find (MgLabelTable *table,
                     guint32 label)
{
  if (table->last == NULL || table->last->label != label)
    {
      MgLabelInfo *info = g_hash_table_lookup (table->infos, GUINT_TO_POINTER (label));

      if (info == NULL)
        return NULL;
      table->last = info;
    }
  return table->last;
}

static void
change_area (MgLabelTable *table,
             MgLabelInfo *info,
             gint64 n)
{
  gboolean was = info->area > 0;

  info->area += n;
  g_assert (info->area >= 0);
  if (info->label != MG_LABEL_IGNORED)
    table->n_instances += (info->area > 0) - was;
}

/* Notes that a label gained n pixels (lost, when negative) inside `where`. */
void
mg_label_table_add (MgLabelTable *table,
                    guint32 label,
                    gint64 n,
                    const MgRect *where)
{
  MgLabelInfo *info = mg_label_table_find (table, label);

  if (label == 0 || n == 0)
    return;
  if (info == NULL)
    {
      info = g_new0 (MgLabelInfo, 1);
      info->label = label;
      g_hash_table_insert (table->infos, GUINT_TO_POINTER (label), info);
      table->last = info;
      if (label != MG_LABEL_IGNORED)
        table->max = MAX (table->max, label);
    }
  if (n > 0)
    mg_rect_union (&info->box, where, &info->box);
  if (!info->touched)
    {
      info->touched = TRUE;
      g_ptr_array_add (table->touched, info);
    }
  info->delta += n;
  change_area (table, info, n);
}

/* A number no instance has or has had (while there are any left), so that
 * an id named in a note or a table never comes to mean another cell. */
guint32
mg_label_table_new_label (MgLabelTable *table)
{
  guint32 label = 1;

  if (table->max < MG_LABEL_IGNORED - 1)
    return table->max + 1;
  while (label < MG_LABEL_IGNORED - 1 && g_hash_table_contains (table->infos, GUINT_TO_POINTER (label)))
    label++;
  return label;
}

/* Takes back the last number given, after an edit that came to nothing. */
void
mg_label_table_forget (MgLabelTable *table,
                       guint32 label)
{
  const MgLabelInfo *info = mg_label_table_find (table, label);

  if (info == NULL || info->area > 0 || info->touched || label != table->max)
    return;
  table->last = NULL;
  g_hash_table_remove (table->infos, GUINT_TO_POINTER (label));
  table->max = label - 1;
}

/* Ends an edit: returns (transfer full) how it changed the areas. */
GArray *
mg_label_table_end (MgLabelTable *table)
{
  GArray *deltas = g_array_new (FALSE, FALSE, sizeof (MgLabelDelta));

  for (guint i = 0; i < table->touched->len; i++)
    {
      MgLabelInfo *info = table->touched->pdata[i];
      MgLabelDelta delta = { info->label, info->delta };

      if (delta.delta != 0)
        g_array_append_val (deltas, delta);
      info->delta = 0;
      info->touched = FALSE;
    }
  g_ptr_array_set_size (table->touched, 0);
  return deltas;
}

/* Repeats (sign 1) or takes back (sign -1) what an edit did to the areas. */
void
mg_label_table_apply (MgLabelTable *table,
                      const GArray *deltas,
                      int sign)
{
  for (guint i = 0; i < deltas->len; i++)
    {
      const MgLabelDelta *delta = &g_array_index (deltas, MgLabelDelta, i);

      change_area (table, mg_label_table_find (table, delta->label), sign * delta->delta);
    }
}
