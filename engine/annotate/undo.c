#include "annotate/undo.h"

#include "annotate/label-table.h"
#include "annotate/mask-private.h"
#include "annotate/tile-code.h"

/* The newest entries stay as they are; older ones are packed, on a thread of all
 * histories, so that no edit waits for that, however many tiles it has. */
#define N_FRESH        4
#define BATCH          64
#define OVERHEAD_BYTES 128

/* An entry of fewer tiles is freed where it is dropped. */
#define MAX_FREED_AT_ONCE 64

/* So many budgets are never exceeded, however far behind the packing is. */
#define HARD_LIMIT 4

typedef struct
{
  GArray *changes; /* owned: MgMaskChange, the other state of each tile */
  GArray *deltas;  /* owned: MgLabelDelta */
  GArray *regions; /* owned, (nullable): the training regions' other state */
  MgRect damage;
  guint64 state_before, state_after; /* the second is its own, and ascends */
  int plane;
  guint group;    /* entries of one group are one edit; 0: alone */
  guint n_packed; /* the first so many changes need no more packing */
  gsize bytes;
} Entry;

struct _MgUndo
{
  int refs;     /* atomic: of who made it, and of the thread while it works */
  GMutex lock;  /* of all that follows; nobody holds it for long */
  GCond rested; /* the thread has nothing more to do */
  gboolean working, closed;
  GPtrArray *entries; /* owned Entry; [0, n_done) can be undone, the rest redone */
  GPtrArray *dropped; /* owned Entry, to be freed by the thread */
  guint n_done;
  gsize bytes, budget_bytes;
  guint64 state, next_state;
};

/* A tile that is being packed while the history is not locked. */
typedef struct
{
  guint64 entry; /* its state_after */
  guint change;
  MgMaskTile *tile;   /* shared */
  MgMaskTile *packed; /* owned, (nullable) */
} Packing;

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
entry_bytes (const Entry *entry)
{
  gsize bytes = OVERHEAD_BYTES + entry->deltas->len * sizeof (MgLabelDelta) + entry->changes->len * sizeof (MgMaskChange) +
                (entry->regions != NULL ? entry->regions->len * g_array_get_element_size (entry->regions) : 0);

  for (guint i = 0; i < entry->changes->len; i++)
    bytes += mg_mask_tile_get_bytes (g_array_index (entry->changes, MgMaskChange, i).before);
  return bytes;
}

static Entry *
get_entry (MgUndo *undo,
           guint i)
{
  return undo->entries->pdata[i];
}

static void
drop_entry (MgUndo *undo,
            guint index)
{
  Entry *entry = g_ptr_array_steal_index (undo->entries, index);

  undo->bytes -= entry->bytes;
  if (entry->changes->len > MAX_FREED_AT_ONCE)
    g_ptr_array_add (undo->dropped, entry);
  else
    entry_free (entry);
}

static gboolean
is_one_edit (MgUndo *undo,
             guint i,
             guint j)
{
  guint group = get_entry (undo, i)->group;

  return group != 0 && group == get_entry (undo, j)->group;
}

/* Lets the oldest edits go, then what is farthest in the future. Those next to
 * the present always stay. */
static void
trim (MgUndo *undo,
      gsize limit)
{
  while (undo->bytes > limit && undo->n_done > 1 && !is_one_edit (undo, 0, undo->n_done - 1))
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
  while (undo->bytes > limit && undo->entries->len > undo->n_done + 1 &&
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

/* The entries of which tiles are to be packed now: all but the newest, and those
 * too while the budget is exceeded. */
static guint
n_to_pack (MgUndo *undo)
{
  return undo->bytes > undo->budget_bytes ? undo->entries->len : undo->entries->len - MIN (undo->entries->len, N_FRESH);
}

/* The next tiles to pack, of the oldest entries. */
static guint
choose_tiles (MgUndo *undo,
              Packing *batch)
{
  guint n = 0;

  for (guint i = 0; i < n_to_pack (undo) && n < BATCH; i++)
    {
      Entry *entry = get_entry (undo, i);

      for (; entry->n_packed < entry->changes->len && n < BATCH; entry->n_packed++)
        {
          MgMaskTile *tile = g_array_index (entry->changes, MgMaskChange, entry->n_packed).before;

          if (tile != NULL)
            batch[n++] = (Packing){ entry->state_after, entry->n_packed, mg_mask_tile_ref (tile), NULL };
        }
    }
  return n;
}

/* Where the tile is still there it is replaced; which one is let go of later. */
static void
put_packed (MgUndo *undo,
            Packing *packing)
{
  for (guint i = 0; packing->packed != NULL && i < undo->entries->len; i++)
    {
      Entry *entry = get_entry (undo, i);
      MgMaskChange *change;
      gsize less;

      if (entry->state_after != packing->entry)
        continue;
      change = &g_array_index (entry->changes, MgMaskChange, packing->change);
      if (change->before != packing->tile)
        return;
      less = MIN (mg_mask_tile_get_bytes (packing->tile) - mg_mask_tile_get_bytes (packing->packed), entry->bytes);
      change->before = g_steal_pointer (&packing->packed);
      packing->packed = packing->tile; /* the entry's reference */
      entry->bytes -= less;
      undo->bytes -= less;
      return;
    }
}

static void
pack_batch (MgUndo *undo,
            Packing *batch,
            guint n)
{
  g_mutex_unlock (&undo->lock);
  for (guint i = 0; i < n; i++)
    batch[i].packed = mg_mask_tile_new_packed (batch[i].tile);
  g_mutex_lock (&undo->lock);
  for (guint i = 0; i < n; i++)
    put_packed (undo, &batch[i]);
  g_mutex_unlock (&undo->lock);
  for (guint i = 0; i < n; i++)
    {
      mg_mask_tile_unref (batch[i].tile);
      mg_mask_tile_unref (batch[i].packed);
    }
  g_mutex_lock (&undo->lock);
}

static void
free_dropped (MgUndo *undo)
{
  g_autoptr (GPtrArray) dropped = g_steal_pointer (&undo->dropped);

  undo->dropped = g_ptr_array_new_with_free_func (entry_free);
  g_mutex_unlock (&undo->lock);
  g_clear_pointer (&dropped, g_ptr_array_unref);
  g_mutex_lock (&undo->lock);
}

static void
undo_unref (MgUndo *undo)
{
  if (!g_atomic_int_dec_and_test (&undo->refs))
    return;
  g_ptr_array_unref (undo->entries);
  g_ptr_array_unref (undo->dropped);
  g_mutex_clear (&undo->lock);
  g_cond_clear (&undo->rested);
  g_free (undo);
}

/* On the thread. */
static void
work (gpointer data,
      gpointer user_data)
{
  MgUndo *undo = data;
  gboolean rested = FALSE;

  g_mutex_lock (&undo->lock);
  while (!rested)
    {
      Packing batch[BATCH];
      guint n = undo->dropped->len == 0 && !undo->closed ? choose_tiles (undo, batch) : 0;

      if (n > 0)
        {
          pack_batch (undo, batch, n);
          continue;
        }
      if (!undo->closed)
        trim (undo, undo->budget_bytes);
      rested = undo->dropped->len == 0;
      if (!rested)
        free_dropped (undo);
    }
  undo->working = FALSE;
  g_cond_broadcast (&undo->rested);
  g_mutex_unlock (&undo->lock);
  undo_unref (undo);
}

/* Has the thread do what there is to do. */
static void
wake (MgUndo *undo)
{
  static GThreadPool *pool;
  guint n = n_to_pack (undo);

  if (undo->working || (undo->dropped->len == 0 && undo->bytes <= undo->budget_bytes &&
                        (n == 0 || get_entry (undo, n - 1)->n_packed == get_entry (undo, n - 1)->changes->len)))
    return;
  if (g_once_init_enter (&pool))
    g_once_init_leave (&pool, g_thread_pool_new (work, NULL, 1, FALSE, NULL));
  undo->working = TRUE;
  g_atomic_int_inc (&undo->refs);
  g_thread_pool_push (pool, undo, NULL);
}

/**
 * mg_undo_new:
 * @budget_bytes: what all entries together may take, once they are packed; the
 *   newest one stays even when it takes more
 *
 * Returns: (transfer full): an empty history
 */
MgUndo *
mg_undo_new (gsize budget_bytes)
{
  MgUndo *undo = g_new0 (MgUndo, 1);

  undo->refs = 1;
  g_mutex_init (&undo->lock);
  g_cond_init (&undo->rested);
  undo->entries = g_ptr_array_new_with_free_func (entry_free);
  undo->dropped = g_ptr_array_new_with_free_func (entry_free);
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
  g_mutex_lock (&undo->lock);
  undo->budget_bytes = budget_bytes;
  wake (undo);
  g_mutex_unlock (&undo->lock);
}

/**
 * mg_undo_settle:
 *
 * Waits until the history keeps to its budget.
 */
void
mg_undo_settle (MgUndo *undo)
{
  g_mutex_lock (&undo->lock);
  while (undo->working)
    g_cond_wait (&undo->rested, &undo->lock);
  g_mutex_unlock (&undo->lock);
}

/**
 * mg_undo_free:
 * @undo: (nullable): a history
 *
 * Large ones are given back to the system by the thread.
 */
void
mg_undo_free (MgUndo *undo)
{
  if (undo == NULL)
    return;
  g_mutex_lock (&undo->lock);
  undo->closed = TRUE;
  while (undo->entries->len > 0)
    drop_entry (undo, undo->entries->len - 1);
  undo->n_done = 0;
  wake (undo);
  g_mutex_unlock (&undo->lock);
  undo_unref (undo);
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

  g_mutex_lock (&undo->lock);
  while (undo->entries->len > undo->n_done)
    drop_entry (undo, undo->entries->len - 1);
  entry->changes = changes;
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
  trim (undo, HARD_LIMIT * undo->budget_bytes);
  wake (undo);
  g_mutex_unlock (&undo->lock);
}

static gboolean
can_step (MgUndo *undo,
          gboolean redo)
{
  return redo ? undo->n_done < undo->entries->len : undo->n_done > 0;
}

gboolean
mg_undo_can (MgUndo *undo,
             gboolean redo)
{
  gboolean can;

  g_mutex_lock (&undo->lock);
  can = can_step (undo, redo);
  g_mutex_unlock (&undo->lock);
  return can;
}

static Entry *
next_entry (MgUndo *undo,
            gboolean redo)
{
  return get_entry (undo, redo ? undo->n_done : undo->n_done - 1);
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
  gboolean can;

  g_mutex_lock (&undo->lock);
  can = can_step (undo, redo);
  if (can)
    {
      *plane = next_entry (undo, redo)->plane;
      *group = next_entry (undo, redo)->group;
    }
  g_mutex_unlock (&undo->lock);
  return can;
}

/**
 * mg_undo_step:
 * @mask: the mask the entries belong to
 * @regions: (inout): the training regions; exchanged where the edit replaced them
 * @redo: forwards, not back
 * @damage: (out): the pixels changed
 * @tiles: (element-type guint) (nullable): gets the tiles that changed
 *
 * Costs some pointers a tile.
 *
 * Returns: (transfer none) (nullable): what the edit had done to the areas, to
 *   be taken back or done again, until the next push or step; %NULL when there is
 *   nothing to undo or redo
 */
const GArray *
mg_undo_step (MgUndo *undo,
              MgMask *mask,
              GArray **regions,
              gboolean redo,
              MgRect *damage,
              GArray *tiles)
{
  Entry *entry = NULL;

  g_mutex_lock (&undo->lock);
  if (can_step (undo, redo))
    entry = next_entry (undo, redo);
  for (guint i = 0; entry != NULL && i < entry->changes->len; i++)
    {
      MgMaskChange *change = &g_array_index (entry->changes, MgMaskChange, i);

      _mg_mask_swap_tile (mask, change->index, &change->before);
      if (tiles != NULL)
        g_array_append_val (tiles, change->index);
    }
  if (entry != NULL)
    {
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
      wake (undo);
    }
  g_mutex_unlock (&undo->lock);
  return entry != NULL ? entry->deltas : NULL;
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
  return undo->state; /* the thread never changes it */
}

/**
 * mg_undo_get_bytes:
 *
 * Returns: what the entries take
 */
gsize
mg_undo_get_bytes (MgUndo *undo)
{
  gsize bytes;

  g_mutex_lock (&undo->lock);
  bytes = undo->bytes;
  g_mutex_unlock (&undo->lock);
  return bytes;
}
