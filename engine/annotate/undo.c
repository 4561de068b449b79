#include "annotate/undo.h"

#include "annotate/label-table.h"
#include "annotate/mask-private.h"
#include "annotate/tile-code.h"

/* Entries this near the present stay as tiles, ready to swap; older ones are
 * run-length coded, some tiles at each push so that no push takes long. */
#define N_FRESH         4
#define N_PACKED_A_PUSH 256
#define OVERHEAD_BYTES  128

/* The other state of one tile: pixels, or run lengths and labels in turn, or
 * neither for all background. */
typedef struct
{
  guint index;
  guint n_words;
  MgMaskTile *tile; /* shared, (nullable) */
  guint32 *packed;  /* owned, (nullable) */
} Change;

typedef struct
{
  GArray *changes; /* owned: Change */
  GArray *deltas;  /* owned: MgLabelDelta */
  GArray *regions; /* owned, (nullable): the training regions' other state */
  MgRect damage;
  guint64 state_before, state_after;
  int plane;
  guint group;    /* entries of one group are one edit; 0: alone */
  guint n_packed; /* the first so many changes need no more packing */
  gsize bytes;
} Entry;

struct _MgUndo
{
  GPtrArray *entries; /* owned Entry; [0, n_done) can be undone, the rest redone */
  guint n_done;
  gsize bytes, budget_bytes;
  guint64 state, next_state;
};

static void
change_clear (gpointer data)
{
  Change *change = data;

  mg_mask_tile_unref (change->tile);
  g_free (change->packed);
}

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_array_unref (entry->changes);
  g_array_unref (entry->deltas);
  g_clear_pointer (&entry->regions, g_array_unref);
  g_free (entry);
}

static gsize
change_bytes (const Change *change)
{
  return sizeof *change + mg_mask_tile_get_bytes (change->tile) +
         change->n_words * sizeof *change->packed;
}

static gsize
entry_bytes (const Entry *entry)
{
  gsize bytes = OVERHEAD_BYTES + entry->deltas->len * sizeof (MgLabelDelta) +
                (entry->regions != NULL ? entry->regions->len * g_array_get_element_size (entry->regions) : 0);

  for (guint i = 0; i < entry->changes->len; i++)
    bytes += change_bytes (&g_array_index (entry->changes, Change, i));
  return bytes;
}

/* One that would take more than half of its memory then stays as it is. */
static void
pack (Change *change)
{
  guint32 words[MG_TILE_PIXELS / 2];
  guint n;

  if (change->tile == NULL)
    return;
  n = mg_tile_pack (change->tile, words, (guint) (mg_mask_tile_get_bytes (change->tile) / sizeof *words / 2));
  if (n == 0)
    return;
  change->packed = g_memdup2 (words, n * sizeof *words);
  change->n_words = n;
  mg_mask_tile_unref (g_steal_pointer (&change->tile));
}

static void
unpack (Change *change)
{
  if (change->packed == NULL)
    return;
  change->tile = mg_tile_unpack (change->packed, change->n_words);
  g_clear_pointer (&change->packed, g_free);
  change->n_words = 0;
}

/* Packs up to @limit tiles of an entry; returns how many it looked at. */
static guint
pack_entry (MgUndo *undo,
            Entry *entry,
            guint limit)
{
  guint n = 0;

  for (; n < limit && entry->n_packed < entry->changes->len; n++)
    {
      Change *change = &g_array_index (entry->changes, Change, entry->n_packed++);
      gsize before = change_bytes (change), after;

      pack (change);
      after = change_bytes (change);
      entry->bytes += after - before;
      undo->bytes += after - before;
    }
  return n;
}

static void
drop_entry (MgUndo *undo,
            guint index)
{
  undo->bytes -= ((Entry *) undo->entries->pdata[index])->bytes;
  g_ptr_array_remove_index (undo->entries, index);
}

static gboolean
is_one_edit (MgUndo *undo,
             guint i,
             guint j)
{
  guint group = ((Entry *) undo->entries->pdata[i])->group;

  return group != 0 && group == ((Entry *) undo->entries->pdata[j])->group;
}

/* Keeps to the budget: first packs from the oldest on, then lets the oldest
 * go, then what is farthest in the future. The newest edit always stays. */
static void
trim (MgUndo *undo)
{
  guint left = N_PACKED_A_PUSH;

  for (guint i = 0; i + N_FRESH < undo->entries->len && left > 0; i++)
    left -= pack_entry (undo, undo->entries->pdata[i], left);
  for (guint i = 0; i < undo->entries->len && undo->bytes > undo->budget_bytes; i++)
    pack_entry (undo, undo->entries->pdata[i], G_MAXUINT);
  while (undo->bytes > undo->budget_bytes && undo->n_done > 1 && !is_one_edit (undo, 0, undo->n_done - 1))
    {
      gboolean whole;

      do
        {
          whole = !is_one_edit (undo, 0, 1);
          drop_entry (undo, 0);
          undo->n_done--;
        }
      while (!whole);
    }
  while (undo->bytes > undo->budget_bytes && undo->entries->len > undo->n_done + 1 &&
         !is_one_edit (undo, undo->n_done, undo->entries->len - 1))
    {
      gboolean whole;

      do
        {
          whole = !is_one_edit (undo, undo->entries->len - 2, undo->entries->len - 1);
          drop_entry (undo, undo->entries->len - 1);
        }
      while (!whole);
    }
}

/**
 * mg_undo_new:
 * @budget_bytes: what all entries together may take; the newest one stays
 *   even when it takes more
 *
 * Returns: (transfer full): an empty history
 */
MgUndo *
mg_undo_new (gsize budget_bytes)
{
  MgUndo *undo = g_new0 (MgUndo, 1);

  undo->entries = g_ptr_array_new_with_free_func (entry_free);
  undo->budget_bytes = budget_bytes;
  undo->next_state = 1;
  return undo;
}

/**
 * mg_undo_set_budget:
 * @budget_bytes: what all entries together may take from now on
 */
void
mg_undo_set_budget (MgUndo *undo,
                    gsize budget_bytes)
{
  undo->budget_bytes = budget_bytes;
  trim (undo);
}

void
mg_undo_free (MgUndo *undo)
{
  if (undo == NULL)
    return;
  g_ptr_array_unref (undo->entries);
  g_free (undo);
}

/**
 * mg_undo_push:
 * @changes: (transfer full): MgMaskChange, the tiles as they were
 * @deltas: (transfer full): MgLabelDelta, what the edit did to the areas
 * @regions: (transfer full) (nullable): the training regions as they were, where
 *   the edit replaced them
 * @damage: the pixels changed
 * @plane: which plane it belongs to
 * @group: the same for entries that are one edit, each of its own plane; 0 alone
 *
 * Adds an edit; what could be redone is gone.
 */
void
mg_undo_push (MgUndo *undo,
              GArray *changes,
              GArray *deltas,
              GArray *regions,
              const MgRect *damage,
              int plane,
              guint group)
{
  Entry *entry = g_new0 (Entry, 1);

  while (undo->entries->len > undo->n_done)
    drop_entry (undo, undo->entries->len - 1);
  entry->changes = g_array_sized_new (FALSE, FALSE, sizeof (Change), changes->len);
  g_array_set_clear_func (entry->changes, change_clear);
  for (guint i = 0; i < changes->len; i++)
    {
      MgMaskChange *from = &g_array_index (changes, MgMaskChange, i);
      Change change = { .index = from->index, .tile = g_steal_pointer (&from->before) };

      g_array_append_val (entry->changes, change);
    }
  g_array_unref (changes);
  entry->deltas = deltas;
  entry->regions = regions;
  entry->damage = *damage;
  entry->plane = plane;
  entry->group = group;
  entry->state_before = undo->state;
  entry->state_after = undo->state = undo->next_state++;
  entry->bytes = entry_bytes (entry);
  undo->bytes += entry->bytes;
  g_ptr_array_add (undo->entries, entry);
  undo->n_done++;
  trim (undo);
}

gboolean
mg_undo_can (MgUndo *undo,
             gboolean redo)
{
  return redo ? undo->n_done < undo->entries->len : undo->n_done > 0;
}

static Entry *
next_entry (MgUndo *undo,
            gboolean redo)
{
  return undo->entries->pdata[redo ? undo->n_done : undo->n_done - 1];
}

/**
 * mg_undo_peek:
 * @redo: forwards, not back
 * @plane: (out): whose mask mg_undo_step() wants
 * @group: (out): 0, or that of all entries that are one edit
 *
 * Returns: %FALSE when there is nothing to undo or redo
 */
gboolean
mg_undo_peek (MgUndo *undo,
              gboolean redo,
              int *plane,
              guint *group)
{
  if (!mg_undo_can (undo, redo))
    return FALSE;
  *plane = next_entry (undo, redo)->plane;
  *group = next_entry (undo, redo)->group;
  return TRUE;
}

/**
 * mg_undo_list_tiles:
 * @redo: forwards, not back
 * @tiles: (element-type guint): gets the tiles that mg_undo_step() will change
 */
void
mg_undo_list_tiles (MgUndo *undo,
                    gboolean redo,
                    GArray *tiles)
{
  const GArray *changes = next_entry (undo, redo)->changes;

  for (guint i = 0; i < changes->len; i++)
    g_array_append_val (tiles, g_array_index (changes, Change, i).index);
}

/**
 * mg_undo_step:
 * @mask: the mask the entries belong to
 * @regions: (inout): the training regions; exchanged where the edit replaced them
 * @redo: forwards, not back
 * @damage: (out): the pixels changed
 *
 * Returns: (transfer none) (nullable): what the edit had done to the areas, to
 *   be taken back or done again; %NULL when there is nothing to undo or redo
 */
const GArray *
mg_undo_step (MgUndo *undo,
              MgMask *mask,
              GArray **regions,
              gboolean redo,
              MgRect *damage)
{
  trim (undo);
  if (!mg_undo_can (undo, redo))
    return NULL;

  Entry *entry = next_entry (undo, redo);

  for (guint i = 0; i < entry->changes->len; i++)
    {
      Change *change = &g_array_index (entry->changes, Change, i);

      unpack (change);
      _mg_mask_swap_tile (mask, change->index, &change->tile);
    }
  if (entry->regions != NULL)
    {
      GArray *now = *regions;

      *regions = entry->regions;
      entry->regions = now;
    }
  undo->bytes -= entry->bytes;
  entry->n_packed = 0;
  entry->bytes = entry_bytes (entry);
  undo->bytes += entry->bytes;
  undo->state = redo ? entry->state_after : entry->state_before;
  undo->n_done += redo ? 1 : -1;
  *damage = entry->damage;
  return entry->deltas;
}

/**
 * mg_undo_get_state:
 *
 * Returns: a number for what the mask holds now: the same after an edit and
 *   its undo, another after every other edit
 */
guint64
mg_undo_get_state (MgUndo *undo)
{
  return undo->state;
}

/**
 * mg_undo_get_bytes:
 *
 * Returns: what the entries take
 */
gsize
mg_undo_get_bytes (MgUndo *undo)
{
  return undo->bytes;
}
