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

/* The instances of the source that are to be copied. */
typedef struct
{
  GHashTable *all;    /* owned: source label → Accepted */
  GHashTable *wanted; /* (nullable), borrowed: set of source labels */
} Choice;

static void
count_run (MgMaskEdit *edit,
           guint32 label,
           int y,
           int x0,
           int x1,
           gpointer data)
{
  Choice *choice = data;
  Accepted *accepted;

  if (choice->wanted != NULL && !g_hash_table_contains (choice->wanted, GUINT_TO_POINTER (label)))
    return;
  accepted = g_hash_table_lookup (choice->all, GUINT_TO_POINTER (label));
  if (accepted == NULL)
    {
      accepted = g_new0 (Accepted, 1);
      accepted->source_label = label;
      g_hash_table_insert (choice->all, GUINT_TO_POINTER (label), accepted);
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
  const Accepted *accepted = g_hash_table_lookup (((Choice *) data)->all, GUINT_TO_POINTER (label));

  if (accepted == NULL || accepted->label == 0)
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

/* Gives every instance with room for it a number, in the order of the source's. */
static guint
number_accepted (MgMaskEdit *edit,
                 GHashTable *all,
                 GArray *added)
{
  g_autoptr (GPtrArray) order = g_ptr_array_new ();
  guint32 label = mg_label_table_new_label (&edit->table);
  GHashTableIter iter;
  gpointer value;
  guint n = 0;

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
      if (added != NULL)
        g_array_append_val (added, label);
      n++;
      do
        label++;
      while (label == 0 || label == MG_LABEL_IGNORED || mg_label_table_find (&edit->table, label) != NULL);
    }
  return n;
}

/* The same by bands of tiles, each a part of the work between `from` and `to`. */
static gboolean
for_each_run_slowly (MgMaskEdit *edit,
                     MgLabels *source,
                     RunFunc func,
                     gpointer data,
                     double from,
                     MgProgress *progress,
                     GCancellable *cancellable,
                     GError **error)
{
  int width = mg_labels_get_width (source), height = mg_labels_get_height (source);

  for (int y = 0; y < height; y += MG_MASK_TILE_PX)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (progress != NULL)
        mg_progress_set (progress, "Adding cells", from + 0.5 * y / height, 1);
      for_each_run (edit, source, &(MgRect){ 0, y, width, MG_MASK_TILE_PX }, func, data);
    }
  return TRUE;
}

/**
 * mg_mask_edit_add_slowly:
 * @source: labels in the mask's coordinates
 * @n: (out): how many were added
 * @progress: (nullable)
 * @cancellable: (nullable)
 *
 * As mg_mask_edit_add_many() of all, for another thread than the main one.
 *
 * Returns: %FALSE with %G_IO_ERROR_CANCELLED; what was added by then stays
 */
gboolean
mg_mask_edit_add_slowly (MgMaskEdit *edit,
                         MgLabels *source,
                         guint *n,
                         MgProgress *progress,
                         GCancellable *cancellable,
                         GError **error)
{
  g_autoptr (GHashTable) all = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  Choice choice = { all, NULL };

  if (!for_each_run_slowly (edit, source, count_run, &choice, 0, progress, cancellable, error))
    return FALSE;
  *n = number_accepted (edit, all, NULL);
  return for_each_run_slowly (edit, source, write_accepted, &choice, 0.5, progress, cancellable, error);
}

/**
 * mg_mask_edit_add_many:
 * @source: labels in the mask's coordinates
 * @wanted: (nullable): set of the source's labels to copy; all when %NULL
 * @box: where to look for them
 * @added: (nullable): of guint32; the new labels are appended
 *
 * Copies instances as new ones, in the order of the source's numbers, onto
 * background only. One that lies with more than half of its pixels on cells
 * already there is taken for the same cell and left out: a rim of its rest
 * around the drawn cell would be a false instance.
 *
 * Returns: how many were added
 */
guint
mg_mask_edit_add_many (MgMaskEdit *edit,
                       MgLabels *source,
                       GHashTable *wanted,
                       const MgRect *box,
                       GArray *added)
{
  g_autoptr (GHashTable) all = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  Choice choice = { all, wanted };
  guint n;

  for_each_run (edit, source, box, count_run, &choice);
  n = number_accepted (edit, all, added);
  for_each_run (edit, source, box, write_accepted, &choice);
  return n;
}
