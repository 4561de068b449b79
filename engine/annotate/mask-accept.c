#include "annotate/mask-edit.h"
#include "annotate/mask-private.h"

/* What becomes of one instance of the source. */
typedef struct
{
  guint32 source_label;
  guint32 label;       /* given to it; 0 for not taken */
  gint64 area, hidden; /* pixels, and those of them where a cell is already */
} Accepted;

typedef void (*RunFunc) (MgMaskEdit *edit,
                         guint32 label,
                         int y,
                         int x0,
                         int x1,
                         gpointer data);

/* Calls func for each horizontal run of one label in the part of the source
 * that lies on the mask. */
static void
for_each_run (MgMaskEdit *edit,
              MgLabels *source,
              const MgRect *box,
              RunFunc func,
              gpointer data)
{
  int width = mg_labels_get_width (source);
  MgRect raster = { 0, 0, width, mg_labels_get_height (source) };
  MgRect mask = { 0, 0, edit->mask->width, edit->mask->height }, in;

  if (!mg_rect_intersect (box, &raster, &in) || !mg_rect_intersect (&in, &mask, &in))
    return;
  for (int y = in.y; y < in.y + in.height; y++)
    {
      const guint32 *row = mg_labels_get_data (source) + (gsize) y * width;

      for (int x = in.x; x < in.x + in.width;)
        {
          int x0 = x;

          for (; x < in.x + in.width && row[x] == row[x0]; x++)
            ;
          if (row[x0] != 0)
            func (edit, row[x0], y, x0, x, data);
        }
    }
}

static void
write_one (MgMaskEdit *edit,
           guint32 label,
           int y,
           int x0,
           int x1,
           gpointer data)
{
  if (label == *(guint32 *) data)
    mg_mask_edit_span (y, x0, x1, edit);
}

/**
 * mg_mask_edit_add_region:
 * @source: labels in the mask's coordinates
 * @source_label: the instance to copy
 * @box: where to look for it
 *
 * Copies one instance as a new one, onto background only.
 *
 * Returns: its label; 0 when no pixel of it was free
 */
guint32
mg_mask_edit_add_region (MgMaskEdit *edit,
                         MgLabels *source,
                         guint32 source_label,
                         const MgRect *box)
{
  guint32 label = mg_label_table_new_label (&edit->table);

  edit->rule = (MgMaskRule){ .value = label };
  for_each_run (edit, source, box, write_one, &source_label);
  return mg_label_table_find (&edit->table, label) == NULL ? 0 : label;
}

static void
count_run (MgMaskEdit *edit,
           guint32 label,
           int y,
           int x0,
           int x1,
           gpointer data)
{
  GHashTable *all = data;
  Accepted *accepted = g_hash_table_lookup (all, GUINT_TO_POINTER (label));

  if (accepted == NULL)
    {
      accepted = g_new0 (Accepted, 1);
      accepted->source_label = label;
      g_hash_table_insert (all, GUINT_TO_POINTER (label), accepted);
    }
  accepted->area += x1 - x0;
  for (int x = x0; x < x1; x++)
    accepted->hidden += mg_mask_get (edit->mask, x, y) != 0;
}

static void
write_accepted (MgMaskEdit *edit,
                guint32 label,
                int y,
                int x0,
                int x1,
                gpointer data)
{
  const Accepted *accepted = g_hash_table_lookup (data, GUINT_TO_POINTER (label));

  if (accepted->label == 0)
    return;
  edit->rule = (MgMaskRule){ .value = accepted->label };
  mg_mask_edit_span (y, x0, x1, edit);
}

static int
compare_source_labels (gconstpointer a,
                       gconstpointer b)
{
  guint32 x = (*(Accepted *const *) a)->source_label, y = (*(Accepted *const *) b)->source_label;

  return (x > y) - (x < y);
}

/**
 * mg_mask_edit_add_all:
 * @source: labels in the mask's coordinates
 *
 * Copies every instance as a new one, in the order of the source's numbers,
 * onto background only. One that lies with more than half of its pixels on
 * cells already there is taken for the same cell and left out: a rim of its
 * rest around the drawn cell would be a false instance.
 *
 * Returns: how many were added
 */
guint
mg_mask_edit_add_all (MgMaskEdit *edit,
                      MgLabels *source)
{
  MgRect whole = { 0, 0, edit->mask->width, edit->mask->height };
  g_autoptr (GHashTable) all = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  g_autoptr (GPtrArray) order = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer value;
  guint32 label = mg_label_table_new_label (&edit->table);
  guint n_added = 0;

  for_each_run (edit, source, &whole, count_run, all);
  g_hash_table_iter_init (&iter, all);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_ptr_array_add (order, value);
  g_ptr_array_sort (order, compare_source_labels);
  for (guint i = 0; i < order->len; i++)
    {
      Accepted *accepted = order->pdata[i];

      if (2 * accepted->hidden > accepted->area)
        continue;
      accepted->label = label;
      n_added++;
      do
        label++;
      while (label == 0 || mg_label_table_find (&edit->table, label) != NULL);
    }
  for_each_run (edit, source, &whole, write_accepted, all);
  return n_added;
}
