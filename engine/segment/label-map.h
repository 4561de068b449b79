#pragma once

#include <glib.h>

/* Gives the labels of a raster places 0 … n - 1 in ascending order, whatever
 * gaps their numbers have. */
typedef struct
{
  guint n;
  guint32 *labels;  /* owned: the label at each place */
  guint32 *places;  /* owned, (nullable): place by label, G_MAXUINT32 for none */
  guint32 max;      /* the highest label */
  GHashTable *hash; /* owned, (nullable): place by label where numbers are sparse */
} MgLabelMap;

void mg_label_map_init (MgLabelMap *map,
                        const guint32 *labels,
                        gsize n_pixels);
void mg_label_map_clear (MgLabelMap *map);

/* The place of a label that is in the raster and not 0. */
static inline guint32
mg_label_map_place (const MgLabelMap *map, guint32 label)
{
  if (map->places != NULL)
    return map->places[label];
  return GPOINTER_TO_UINT (g_hash_table_lookup (map->hash, GUINT_TO_POINTER (label)));
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MgLabelMap, mg_label_map_clear)
