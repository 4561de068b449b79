#include "recipe/boundary.h"

#include "base/mem.h"
#include "base/order.h"
#include "segment/distance.h"

#include <math.h>
#include <stdlib.h>

/* Weights found on held-out nuclei (see recipe-boundary.c): cells over
 * background, borders over everything, small cells over large ones. */
#define CELL_WEIGHT      2.0f
#define BORDER_WEIGHT    6.0f
#define MAX_SMALL_WEIGHT 3.0f

/* Arrays of one patch: instances numbered 1 … n in the order they appear. */
typedef struct
{
  int size;
  guint n;
  guint32 *index;    /* size × size, owned */
  float *distance;   /* size × size, owned: to the nearest pixel of something else */
  GArray *areas;     /* of guint, n + 1 */
  GArray *distances; /* of float, n + 1: the deepest point's */
} Instances;

static void
instances_clear (Instances *instances)
{
  mg_free_aligned (instances->index);
  mg_free_aligned (instances->distance);
  g_clear_pointer (&instances->areas, g_array_unref);
  g_clear_pointer (&instances->distances, g_array_unref);
}

static void
number_instances (Instances *instances, const guint32 *labels)
{
  g_autoptr (GHashTable) numbers = g_hash_table_new (NULL, NULL);
  gsize n = (gsize) instances->size * (gsize) instances->size;
  guint32 last_label = 0, last_number = 0;

  for (gsize i = 0; i < n; i++)
    {
      if (labels[i] == 0)
        {
          instances->index[i] = 0;
          continue;
        }
      if (labels[i] != last_label)
        {
          last_label = labels[i];
          last_number = GPOINTER_TO_UINT (g_hash_table_lookup (numbers, GUINT_TO_POINTER (last_label)));
          if (last_number == 0)
            {
              last_number = ++instances->n;
              g_hash_table_insert (numbers, GUINT_TO_POINTER (last_label), GUINT_TO_POINTER (last_number));
            }
        }
      instances->index[i] = last_number;
    }
}

static gboolean
instances_init (Instances *instances, const MgPatch *patch, GError **error)
{
  gsize n = (gsize) patch->size * (gsize) patch->size;

  *instances = (Instances){ .size = patch->size };
  instances->areas = g_array_new (FALSE, TRUE, sizeof (guint));
  instances->distances = g_array_new (FALSE, TRUE, sizeof (float));
  if ((instances->index = mg_try_alloc (n * sizeof (guint32), "the training targets", error)) == NULL ||
      (instances->distance = mg_try_alloc (n * sizeof (float), "the training targets", error)) == NULL)
    return FALSE;
  number_instances (instances, patch->labels);
  if (!mg_distance_in_label (instances->index, patch->size, patch->size, instances->distance, error))
    return FALSE;
  g_array_set_size (instances->areas, instances->n + 1);
  g_array_set_size (instances->distances, instances->n + 1);
  for (gsize i = 0; i < n; i++)
    {
      guint k = instances->index[i];
      float *deepest = &g_array_index (instances->distances, float, k);

      g_array_index (instances->areas, guint, k)++;
      *deepest = MAX (*deepest, instances->distance[i]);
    }
  return TRUE;
}

/* Small cells have few pixels to be heard with: √(median area / area), 1 to 3. */
static void
weigh_instances (const Instances *instances, float *weights)
{
  const guint *areas = (const guint *) instances->areas->data;
  g_autofree guint *sorted = g_memdup2 (areas, sizeof (guint) * ((gsize) instances->n + 1));
  float median;

  weights[0] = 1;
  if (instances->n == 0)
    return;
  qsort (sorted + 1, instances->n, sizeof (guint), mg_order_guint32s);
  median = (float) sorted[1 + instances->n / 2];
  for (guint k = 1; k <= instances->n; k++)
    weights[k] = CLAMP (sqrtf (median / (float) areas[k]), 1.0f, MAX_SMALL_WEIGHT);
}

/* Whether two different instances are among the 3 × 3 pixels around x, y. */
static inline gboolean
touches (const Instances *instances, int x, int y)
{
  int x0 = MAX (x - 1, 0), x1 = MIN (x + 1, instances->size - 1);
  int y0 = MAX (y - 1, 0), y1 = MIN (y + 1, instances->size - 1);
  guint32 seen = 0;

  for (int j = y0; j <= y1; j++)
    {
      const guint32 *row = instances->index + (gsize) j * (gsize) instances->size;

      for (int i = x0; i <= x1; i++)
        if (row[i] != 0 && row[i] != seen)
          {
            if (seen != 0)
              return TRUE;
            seen = row[i];
          }
    }
  return FALSE;
}

static void
fill (const Instances *instances, const float *small, const float *known, MgTargetSet *out)
{
  gsize i = 0;

  for (int y = 0; y < instances->size; y++)
    for (int x = 0; x < instances->size; x++, i++)
      {
        guint k = instances->index[i];
        float border = touches (instances, x, y), cell = k != 0 ? CELL_WEIGHT : 1.0f;
        float deepest = g_array_index (instances->distances, float, k);

        out->data[0][i] = k != 0;
        out->data[1][i] = known[i] * small[k];
        out->data[2][i] = border;
        out->data[3][i] = known[i] * (cell + BORDER_WEIGHT * border);
        out->data[4][i] = k != 0 ? instances->distance[i] / deepest : 0.0f;
        out->data[5][i] = known[i] * small[k] * cell;
      }
}

/**
 * mg_boundary_make_targets:
 * @patch: after augmentation, with labels
 * @config: unused
 * @rng: unused
 * @out: (inout): foreground, border, centre, each followed by its weight
 *
 * The targets of the recipe "boundary" (see boundary.h); pixels whose label is
 * not known have no weight. A few milliseconds for
 * 256 × 256. Any thread.
 *
 * Returns: FALSE with an error when memory runs out.
 */
gboolean
mg_boundary_make_targets (MgPatch *patch,
                          const MgTrainConfig *config,
                          MgRng *rng,
                          MgTargetSet *out,
                          GError **error)
{
  Instances instances;
  gboolean ok = instances_init (&instances, patch, error);

  if (ok)
    {
      g_autofree float *small = g_new (float, (gsize) instances.n + 1);

      weigh_instances (&instances, small);
      fill (&instances, small, patch->known, out);
    }
  instances_clear (&instances);
  return ok;
}
