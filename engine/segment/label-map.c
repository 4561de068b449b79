#include "segment/label-map.h"

#include "base/order.h"

#include <string.h>

#define DENSE_SLACK 65536

/* Few numbers spread wide (ids made by hashing): collect, sort, look up. */
static void
init_sparse (MgLabelMap *map,
             const guint32 *labels,
             gsize n_pixels)
{
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint32 last = 0;

  map->hash = g_hash_table_new (NULL, NULL);
  for (gsize i = 0; i < n_pixels; i++)
    if (labels[i] != last && (last = labels[i]) != 0 &&
        g_hash_table_add (map->hash, GUINT_TO_POINTER (last)))
      g_array_append_val (found, last);
  g_array_sort (found, mg_order_guint32s);
  map->n = found->len;
  map->labels = g_memdup2 (found->data, found->len * sizeof (guint32));
  for (guint i = 0; i < map->n; i++)
    g_hash_table_insert (map->hash, GUINT_TO_POINTER (map->labels[i]), GUINT_TO_POINTER (i));
}

static void
init_dense (MgLabelMap *map,
            const guint32 *labels,
            gsize n_pixels)
{
  map->places = g_new0 (guint32, (gsize) map->max + 1);
  for (gsize i = 0; i < n_pixels; i++)
    map->places[labels[i]] = 1;
  map->places[0] = 0;
  for (gsize i = 1; i <= map->max; i++)
    map->n += map->places[i];
  map->labels = g_new (guint32, MAX (map->n, 1));
  for (gsize i = 0, place = 0; i <= map->max; i++)
    if (map->places[i] == 0)
      map->places[i] = G_MAXUINT32;
    else
      {
        map->labels[place] = (guint32) i;
        map->places[i] = (guint32) place++;
      }
}

/**
 * mg_label_map_init:
 * @labels: a label raster
 * @n_pixels: its pixels
 *
 * Takes no more memory than the raster. Clear with mg_label_map_clear().
 */
void
mg_label_map_init (MgLabelMap *map,
                   const guint32 *labels,
                   gsize n_pixels)
{
  memset (map, 0, sizeof *map);
  for (gsize i = 0; i < n_pixels; i++)
    map->max = MAX (map->max, labels[i]);
  if (map->max <= n_pixels + DENSE_SLACK)
    init_dense (map, labels, n_pixels);
  else
    init_sparse (map, labels, n_pixels);
}

void
mg_label_map_clear (MgLabelMap *map)
{
  g_clear_pointer (&map->labels, g_free);
  g_clear_pointer (&map->places, g_free);
  g_clear_pointer (&map->hash, g_hash_table_unref);
}
