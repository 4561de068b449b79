#include "segment/instances.h"

#include "base/mem.h"
#include "segment/label-map.h"

struct _MgInstances
{
  gatomicrefcount refs;
  MgLabels *labels; /* shared */
  guint n;
  MgInstance *items; /* owned */
};

/* The raster under the numbers 1 … n. */
static MgLabels *
renumber (MgLabels *labels,
          const MgLabelMap *map,
          GError **error)
{
  const guint32 *src = mg_labels_get_data (labels);
  int width = mg_labels_get_width (labels), height = mg_labels_get_height (labels);
  gsize n_pixels = (gsize) width * height;
  guint32 *data = mg_try_alloc (n_pixels * sizeof *data, "the instances", error);

  if (data == NULL)
    return NULL;
  for (gsize i = 0; i < n_pixels; i++)
    data[i] = src[i] == 0 ? 0 : mg_label_map_place (map, src[i]) + 1;
  return mg_labels_new_take (width, height, data, mg_free_aligned);
}

static void
measure_boxes (MgInstances *self)
{
  const guint32 *data = mg_labels_get_data (self->labels);
  int width = mg_labels_get_width (self->labels), height = mg_labels_get_height (self->labels);

  for (int y = 0; y < height; y++, data += width)
    for (int x = 0, x0 = 0; x < width; x0 = x)
      {
        guint32 label = data[x];

        while (x < width && data[x] == label)
          x++;
        if (label != 0)
          {
            MgInstance *item = &self->items[label - 1];
            MgRect run = { x0, y, x - x0, 1 };

            mg_rect_union (&item->box, &run, &item->box);
            item->area += run.width;
          }
      }
}

/**
 * mg_instances_new:
 * @labels: a label raster; numbers may have gaps
 * @scores: (nullable): one an instance, in ascending order of the numbers in
 *   @labels; 1 for all when %NULL
 *
 * Where the raster's numbers have gaps, the instances have a raster of their
 * own, numbered anew in the same order.
 *
 * Returns: (transfer full): the instances; %NULL with %MG_ERROR_NO_MEMORY
 */
MgInstances *
mg_instances_new (MgLabels *labels,
                  const float *scores,
                  GError **error)
{
  g_auto (MgLabelMap) map = { 0 };
  MgInstances *self;
  MgLabels *dense;

  mg_label_map_init (&map, mg_labels_get_data (labels),
                     (gsize) mg_labels_get_width (labels) * mg_labels_get_height (labels));
  dense = map.n == map.max ? mg_labels_ref (labels) : renumber (labels, &map, error);
  if (dense == NULL)
    return NULL;
  self = g_new0 (MgInstances, 1);
  g_atomic_ref_count_init (&self->refs);
  self->labels = dense;
  self->n = map.n;
  self->items = g_new0 (MgInstance, MAX (map.n, 1));
  for (guint i = 0; i < map.n; i++)
    {
      self->items[i].label = i + 1;
      self->items[i].score = scores == NULL ? 1 : scores[i];
    }
  measure_boxes (self);
  return self;
}

/**
 * mg_instances_ref:
 *
 * Returns: (transfer full): the same instances
 */
MgInstances *
mg_instances_ref (MgInstances *instances)
{
  g_atomic_ref_count_inc (&instances->refs);
  return instances;
}

/**
 * mg_instances_unref:
 * @instances: (nullable): the instances
 */
void
mg_instances_unref (MgInstances *instances)
{
  if (instances == NULL || !g_atomic_ref_count_dec (&instances->refs))
    return;
  mg_labels_unref (instances->labels);
  g_free (instances->items);
  g_free (instances);
}

/**
 * mg_instances_get_labels:
 *
 * Returns: (transfer none): the raster, numbered from 1 without gaps
 */
MgLabels *
mg_instances_get_labels (MgInstances *instances)
{
  return instances->labels;
}

/**
 * mg_instances_get_n:
 *
 * Returns: how many there are
 */
guint
mg_instances_get_n (MgInstances *instances)
{
  return instances->n;
}

/**
 * mg_instances_get:
 * @index: from 0; the instance labelled @index + 1
 *
 * Returns: (transfer none): it
 */
const MgInstance *
mg_instances_get (MgInstances *instances,
                  guint index)
{
  g_return_val_if_fail (index < instances->n, NULL);

  return &instances->items[index];
}
