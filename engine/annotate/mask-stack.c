#include "annotate/mask-stack.h"

#include "annotate/mask-private.h"

struct _MgMaskStack
{
  int width, height, n_z, n_t;
  MgMask **planes; /* owned, each (nullable): all background */
  GArray *regions; /* owned, of MgRect */
};

/**
 * mg_mask_stack_new:
 * @width: pixels of a plane, positive
 * @height: pixels of a plane, positive
 * @n_z: slices, positive
 * @n_t: time points, positive
 *
 * Returns: (transfer full): planes without any label
 */
MgMaskStack *
mg_mask_stack_new (int width,
                   int height,
                   int n_z,
                   int n_t)
{
  MgMaskStack *stack = g_new0 (MgMaskStack, 1);

  stack->width = width;
  stack->height = height;
  stack->n_z = n_z;
  stack->n_t = n_t;
  stack->planes = g_new0 (MgMask *, (gsize) n_z * n_t);
  stack->regions = g_array_new (FALSE, FALSE, sizeof (MgTrainingRegion));
  return stack;
}

/**
 * mg_mask_stack_free:
 * @stack: (nullable): a stack
 */
void
mg_mask_stack_free (MgMaskStack *stack)
{
  if (stack == NULL)
    return;
  for (int i = 0; i < mg_mask_stack_get_n_planes (stack); i++)
    mg_mask_free (stack->planes[i]);
  g_free (stack->planes);
  g_array_unref (stack->regions);
  g_free (stack);
}

/**
 * mg_mask_stack_get_width:
 *
 * Returns: pixels of a plane
 */
int
mg_mask_stack_get_width (MgMaskStack *stack)
{
  return stack->width;
}

/**
 * mg_mask_stack_get_height:
 *
 * Returns: pixels of a plane
 */
int
mg_mask_stack_get_height (MgMaskStack *stack)
{
  return stack->height;
}

/**
 * mg_mask_stack_get_n_z:
 *
 * Returns: slices
 */
int
mg_mask_stack_get_n_z (MgMaskStack *stack)
{
  return stack->n_z;
}

/**
 * mg_mask_stack_get_n_t:
 *
 * Returns: time points
 */
int
mg_mask_stack_get_n_t (MgMaskStack *stack)
{
  return stack->n_t;
}

/**
 * mg_mask_stack_get_n_planes:
 *
 * Returns: slices times time points
 */
int
mg_mask_stack_get_n_planes (MgMaskStack *stack)
{
  return stack->n_z * stack->n_t;
}

/**
 * mg_mask_stack_get_n_tiles:
 *
 * Returns: tiles of one plane
 */
guint
mg_mask_stack_get_n_tiles (MgMaskStack *stack)
{
  const guint px = MG_MASK_TILE_PX;

  return (((guint) stack->width + px - 1) / px) * (((guint) stack->height + px - 1) / px);
}

/**
 * mg_mask_stack_get:
 * @plane: which
 *
 * Returns: (transfer none) (nullable): its labels, %NULL where there are none
 */
MgMask *
mg_mask_stack_get (MgMaskStack *stack,
                   int plane)
{
  return stack->planes[plane];
}

/**
 * mg_mask_stack_steal:
 * @plane: which
 *
 * Returns: (transfer full) (nullable): its labels; the stack has none there any more
 */
MgMask *
mg_mask_stack_steal (MgMaskStack *stack,
                     int plane)
{
  return g_steal_pointer (&stack->planes[plane]);
}

/**
 * mg_mask_stack_take:
 * @plane: which
 * @mask: (transfer full) (nullable): its labels from now on, of the stack's size
 */
void
mg_mask_stack_take (MgMaskStack *stack,
                    int plane,
                    MgMask *mask)
{
  mg_mask_free (stack->planes[plane]);
  stack->planes[plane] = mask;
}

static MgMask *
ensure_plane (MgMaskStack *stack,
              int plane)
{
  if (stack->planes[plane] == NULL)
    stack->planes[plane] = mg_mask_new (stack->width, stack->height);
  return stack->planes[plane];
}

/**
 * mg_mask_stack_set_band:
 * @plane: which
 * @tile_row: counted in tiles
 * @rows: the labels of all rows of these tiles that the plane has, without gaps
 *
 * Fills part of a plane that had no labels.
 *
 * Returns: %FALSE with %MG_ERROR_NO_MEMORY
 */
gboolean
mg_mask_stack_set_band (MgMaskStack *stack,
                        int plane,
                        int tile_row,
                        const guint32 *rows,
                        GError **error)
{
  gsize n = (gsize) stack->width * MIN (MG_MASK_TILE_PX, stack->height - tile_row * MG_MASK_TILE_PX);

  for (gsize i = 0; i < n; i++)
    if (rows[i] != 0)
      return _mg_mask_fill_band (ensure_plane (stack, plane), tile_row, rows, error);
  return TRUE;
}

/**
 * mg_mask_stack_set_tile:
 * @plane: which
 * @index: which tile, row by row
 * @tile: (transfer full) (nullable): its labels
 */
void
mg_mask_stack_set_tile (MgMaskStack *stack,
                        int plane,
                        guint index,
                        MgMaskTile *tile)
{
  MgMask *mask = ensure_plane (stack, plane);

  mg_mask_tile_unref (mask->tiles[index]);
  mask->tiles[index] = tile;
}

/* Calls func for every run of one label in a stack's tiles. */
static void
each_label (MgMaskStack *stack,
            void (*func) (guint32 label, gpointer data),
            gpointer data)
{
  for (int p = 0; p < mg_mask_stack_get_n_planes (stack); p++)
    for (guint i = 0; stack->planes[p] != NULL && i < mg_mask_stack_get_n_tiles (stack); i++)
      {
        const MgMaskTile *tile = stack->planes[p]->tiles[i];
        guint32 label;

        for (guint k = 0; tile != NULL && k < MG_TILE_PIXELS;)
          {
            k += mg_mask_tile_run (tile, k, MG_TILE_PIXELS - k, &label);
            func (label, data);
          }
      }
}

static void
note_max (guint32 label,
          gpointer data)
{
  guint32 *max = data;

  *max = label == MG_LABEL_IGNORED ? *max : MAX (*max, label);
}

static void
note_ignored (guint32 label,
              gpointer data)
{
  gboolean *found = data;

  *found = *found || label == MG_LABEL_IGNORED;
}

/**
 * mg_mask_stack_has_ignored:
 *
 * Returns: whether any pixel is ignored
 */
gboolean
mg_mask_stack_has_ignored (MgMaskStack *stack)
{
  gboolean found = FALSE;

  each_label (stack, note_ignored, &found);
  return found;
}

/**
 * mg_mask_stack_get_regions:
 * @n: (out): how many there are
 *
 * Returns: (array length=n) (transfer none): the training regions; with none,
 *   everything is trained on
 */
const MgTrainingRegion *
mg_mask_stack_get_regions (MgMaskStack *stack,
                           guint *n)
{
  *n = stack->regions->len;
  return (const MgTrainingRegion *) stack->regions->data;
}

/**
 * mg_mask_stack_set_regions:
 * @regions: (array length=n): the training regions from now on
 */
void
mg_mask_stack_set_regions (MgMaskStack *stack,
                           const MgTrainingRegion *regions,
                           guint n)
{
  g_array_set_size (stack->regions, 0);
  if (n > 0)
    g_array_append_vals (stack->regions, regions, n);
}

/**
 * mg_mask_stack_takes_part:
 * @plane: which
 * @rects: (out) (transfer full) (element-type MgRect): the training regions that
 *   hold for it; none where all of the plane is trained on
 *
 * Returns: %FALSE for a plane without a region where others have one: training
 *   does not look at it
 */
gboolean
mg_mask_stack_takes_part (MgMaskStack *stack,
                          int plane,
                          GArray **rects)
{
  *rects = g_array_new (FALSE, FALSE, sizeof (MgRect));
  for (guint i = 0; i < stack->regions->len; i++)
    {
      const MgTrainingRegion *region = &g_array_index (stack->regions, MgTrainingRegion, i);

      if (mg_training_region_holds (region, plane))
        g_array_append_val (*rects, region->rect);
    }
  return (*rects)->len > 0 || stack->regions->len == 0;
}

/**
 * mg_mask_stack_get_max:
 *
 * Returns: the highest instance's label of all planes
 */
guint32
mg_mask_stack_get_max (MgMaskStack *stack)
{
  guint32 max = 0;

  each_label (stack, note_max, &max);
  return max;
}

static void
note_label (guint32 label,
            gpointer data)
{
  if (label != 0 && label != MG_LABEL_IGNORED)
    g_hash_table_add (data, GUINT_TO_POINTER (label));
}

/**
 * mg_mask_stack_count:
 *
 * Returns: how many instances there are; one in several planes counts once
 */
guint
mg_mask_stack_count (MgMaskStack *stack)
{
  g_autoptr (GHashTable) labels = g_hash_table_new (NULL, NULL);

  each_label (stack, note_label, labels);
  return g_hash_table_size (labels);
}
