#include "image/tile-cache.h"

typedef struct
{
  guint64 group, index;
  GBytes *block;
  GList link;
} Entry;

struct _MgTileCache
{
  GMutex mutex;
  GHashTable *entries; /* Entry → itself */
  GQueue used;         /* most recently used first */
  gsize bytes, budget;
};

static guint
entry_hash (gconstpointer key)
{
  const Entry *entry = key;
  guint64 mixed = (entry->group * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15)) ^ entry->index;

  mixed *= G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  return (guint) (mixed >> 32);
}

static gboolean
entry_equal (gconstpointer a, gconstpointer b)
{
  const Entry *x = a, *y = b;

  return x->group == y->group && x->index == y->index;
}

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_bytes_unref (entry->block);
  g_free (entry);
}

/**
 * mg_tile_cache_new:
 * @budget_bytes: blocks beyond it are dropped, least recently used first
 *
 * Returns: (transfer full)
 */
MgTileCache *
mg_tile_cache_new (gsize budget_bytes)
{
  MgTileCache *cache = g_new0 (MgTileCache, 1);

  g_mutex_init (&cache->mutex);
  cache->entries = g_hash_table_new_full (entry_hash, entry_equal, NULL, entry_free);
  cache->budget = budget_bytes;
  return cache;
}

/**
 * mg_tile_cache_free:
 * @cache: (transfer full): no other thread may be using it
 */
void
mg_tile_cache_free (MgTileCache *cache)
{
  g_hash_table_destroy (cache->entries);
  g_mutex_clear (&cache->mutex);
  g_free (cache);
}

/**
 * mg_tile_cache_lookup:
 * @group: with @index, names a block
 *
 * Returns: (transfer full) (nullable): the block, if it is still there
 */
GBytes *
mg_tile_cache_lookup (MgTileCache *cache,
                      guint64 group,
                      guint64 index)
{
  const Entry key = { group, index };
  GBytes *block = NULL;
  Entry *entry;

  g_mutex_lock (&cache->mutex);
  entry = g_hash_table_lookup (cache->entries, &key);
  if (entry != NULL)
    {
      g_queue_unlink (&cache->used, &entry->link);
      g_queue_push_head_link (&cache->used, &entry->link);
      block = g_bytes_ref (entry->block);
    }
  g_mutex_unlock (&cache->mutex);
  return block;
}

static void
drop (MgTileCache *cache, Entry *entry)
{
  g_queue_unlink (&cache->used, &entry->link);
  cache->bytes -= g_bytes_get_size (entry->block);
  g_hash_table_remove (cache->entries, entry);
}

/**
 * mg_tile_cache_insert:
 * @block: (transfer none): takes the place of one of the same name
 *
 * A block larger than the budget is not kept.
 */
void
mg_tile_cache_insert (MgTileCache *cache,
                      guint64 group,
                      guint64 index,
                      GBytes *block)
{
  const Entry key = { group, index };
  gsize size = g_bytes_get_size (block);
  Entry *entry;

  if (size > cache->budget)
    return;
  g_mutex_lock (&cache->mutex);
  entry = g_hash_table_lookup (cache->entries, &key);
  if (entry != NULL)
    drop (cache, entry);
  while (cache->bytes > cache->budget - size)
    drop (cache, g_queue_peek_tail (&cache->used));
  entry = g_new0 (Entry, 1);
  *entry = (Entry){ group, index, g_bytes_ref (block), { entry, NULL, NULL } };
  cache->bytes += size;
  g_hash_table_add (cache->entries, entry);
  g_queue_push_head_link (&cache->used, &entry->link);
  g_mutex_unlock (&cache->mutex);
}
