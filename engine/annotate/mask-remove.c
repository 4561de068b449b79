#include "annotate/mask-edit.h"
#include "annotate/mask-private.h"

#define TILE MG_MASK_TILE_PX

/* So many instances are better looked for in their own boxes. */
#define FEW 16

/* Labels below are told by a bit each. */
#define N_BITS (1u << 26)

/* Which labels go. */
typedef struct
{
  MgMaskEdit *edit;
  guint8 *bits;    /* owned */
  GHashTable *far; /* owned: set of those that have no bit */
  MgRect box;      /* holds all of them */
} Removal;

static void
removal_clear (Removal *removal)
{
  g_clear_pointer (&removal->bits, g_free);
  g_clear_pointer (&removal->far, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Removal, removal_clear)

static gboolean
does_go (const Removal *removal,
         guint32 label)
{
  if (label < N_BITS)
    return (removal->bits[label / 8] >> label % 8 & 1) != 0;
  return g_hash_table_contains (removal->far, GUINT_TO_POINTER (label));
}

static void
note_label (Removal *removal,
            guint32 label)
{
  const MgLabelInfo *info = label != 0 ? mg_label_table_find (&removal->edit->table, label) : NULL;

  if (info == NULL || info->area == 0 || does_go (removal, label))
    return;
  if (label < N_BITS)
    removal->bits[label / 8] |= (guint8) (1u << label % 8);
  else
    g_hash_table_add (removal->far, GUINT_TO_POINTER (label));
  mg_rect_union (&removal->box, &info->box, &removal->box);
}

/* Of a tile that may keep some labels. */
static void
clear_runs (const Removal *removal,
            guint index)
{
  MgMask *mask = removal->edit->mask;

  for (guint at = 0, n; at < MG_TILE_PIXELS; at += n)
    {
      guint32 label;

      n = mg_mask_tile_run (mask->tiles[index], at, MG_TILE_PIXELS - at, &label);
      if (does_go (removal, label))
        mg_mask_tile_fill (_mg_mask_write_tile (mask, index), at, n, 0);
    }
}

static void
clear_tile (const Removal *removal,
            guint index)
{
  const MgMaskTile *tile = removal->edit->mask->tiles[index];
  guint n, n_going = 0, n_staying = 0;
  const guint32 *labels = mg_mask_tile_get_labels (tile, &n);

  for (guint i = 0; i < n; i++)
    {
      gboolean goes = does_go (removal, labels[i]);

      n_going += goes;
      n_staying += !goes && labels[i] != 0;
    }
  if (labels == NULL || (n_going > 0 && n_staying > 0))
    clear_runs (removal, index);
  else if (n_going > 0)
    _mg_mask_set_tile (removal->edit->mask, index, NULL);
}

/**
 * mg_mask_edit_remove:
 * @labels: (array length=n): instances
 *
 * They become background. Of very many, tiles that have no others are let go
 * without a look at their pixels.
 */
void
mg_mask_edit_remove (MgMaskEdit *edit,
                     const guint32 *labels,
                     guint n)
{
  g_auto (Removal) removal = { .edit = edit };
  const MgRect *box = &removal.box;

  if (n <= FEW)
    {
      for (guint i = 0; i < n; i++)
        mg_mask_edit_relabel (edit, labels[i], 0);
      return;
    }
  removal.bits = g_malloc0 (N_BITS / 8); /* zero pages, until one is written */
  removal.far = g_hash_table_new (NULL, NULL);
  for (guint i = 0; i < n; i++)
    note_label (&removal, labels[i]);
  if (mg_rect_is_empty (box))
    return;
  for (int y = box->y / TILE; y <= (box->y + box->height - 1) / TILE; y++)
    for (int x = box->x / TILE; x <= (box->x + box->width - 1) / TILE; x++)
      if (edit->mask->tiles[y * edit->mask->tiles_x + x] != NULL)
        clear_tile (&removal, (guint) (y * edit->mask->tiles_x + x));
  for (guint i = 0; i < edit->table.n; i++)
    if (edit->table.infos[i].area > 0 && does_go (&removal, edit->table.infos[i].label))
      mg_label_table_add (&edit->table, edit->table.infos[i].label, -edit->table.infos[i].area, box);
  mg_rect_union (&edit->damage, box, &edit->damage);
}
