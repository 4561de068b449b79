#include "recipe/boundary.h"

#include "base/mem.h"
#include "recipe/holes.h"
#include "recipe/scale.h"
#include "segment/components.h"
#include "segment/watershed.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Working arrays of one decoding, all width × height; owned. */
typedef struct
{
  int width, height;
  float *foreground;
  float *evidence; /* of a centre: deep in a cell and not between two */
  guint8 *mask;
  guint32 *labels;
  guint32 *parts;
} Field;

static void
field_clear (Field *field)
{
  mg_free_aligned (field->foreground);
  mg_free_aligned (field->evidence);
  mg_free_aligned (field->mask);
  mg_free_aligned (field->labels);
  mg_free_aligned (field->parts);
}

static gboolean
field_alloc (Field *field, int width, int height, GError **error)
{
  const char *what = "finding the cells";
  gsize n;

  *field = (Field){ .width = width, .height = height };
  if (!mg_size_mul ((gsize) width, (gsize) height, &n) || n > G_MAXSIZE / sizeof (float))
    {
      g_set_error (error, MG_ERROR, MG_ERROR_TOO_LARGE, "%d × %d pixels are too many to look for cells in.", width, height);
      return FALSE;
    }
  return (field->foreground = mg_try_alloc (n * sizeof (float), what, error)) != NULL &&
         (field->evidence = mg_try_alloc (n * sizeof (float), what, error)) != NULL &&
         (field->mask = mg_try_alloc (n, what, error)) != NULL &&
         (field->labels = mg_try_alloc (n * sizeof (guint32), what, error)) != NULL &&
         (field->parts = mg_try_alloc (n * sizeof (guint32), what, error)) != NULL;
}

/* Maps of a coarser grid are brought to the image's own, so that outlines are
 * smooth; those of a finer one keep it, so that small cells stay apart. */
static gboolean
load_maps (Field *field, const MgMaps *maps, GError **error)
{
  gsize n_map = (gsize) maps->width * (gsize) maps->height, n = (gsize) field->width * (gsize) field->height;
  const float *foreground = maps->planes + MG_BOUNDARY_FOREGROUND * n_map;
  const float *border = maps->planes + MG_BOUNDARY_BORDER * n_map;
  const float *centre = maps->planes + MG_BOUNDARY_CENTRE * n_map;
  float *scratch = mg_try_alloc (n_map * sizeof (float), "finding the cells", error);
  gboolean ok = scratch != NULL;

  for (gsize i = 0; ok && i < n_map; i++)
    scratch[i] = centre[i] * (1 - border[i]);
  if (ok && field->width == maps->width && field->height == maps->height)
    {
      memcpy (field->foreground, foreground, n * sizeof (float));
      memcpy (field->evidence, scratch, n * sizeof (float));
    }
  else
    ok = ok && mg_plane_resize (foreground, maps->width, maps->height, field->foreground, field->width, field->height, error) &&
         mg_plane_resize (scratch, maps->width, maps->height, field->evidence, field->width, field->height, error);
  mg_free_aligned (scratch);
  return ok;
}

/* Parts of the foreground that hold no seed are cells of their own. */
static void
label_rest (Field *field, guint32 n_seeds)
{
  gsize n = (gsize) field->width * (gsize) field->height;

  for (gsize i = 0; i < n; i++)
    field->mask[i] = field->mask[i] && field->labels[i] == 0;
  if (mg_components_label (field->mask, field->width, field->height, FALSE, field->parts) == 0)
    return;
  for (gsize i = 0; i < n; i++)
    if (field->parts[i] != 0)
      field->labels[i] = n_seeds + field->parts[i];
}

static gboolean
find_cells (Field *field, const MgDecodeParams *params, GCancellable *cancellable, GError **error)
{
  gsize n = (gsize) field->width * (gsize) field->height;
  float threshold = (float) params->threshold, seed = (float) params->seed_threshold;
  guint32 n_seeds;

  for (gsize i = 0; i < n; i++)
    field->mask[i] = field->foreground[i] > threshold && field->evidence[i] > seed;
  n_seeds = mg_components_label (field->mask, field->width, field->height, FALSE, field->labels);
  for (gsize i = 0; i < n; i++)
    {
      field->mask[i] = field->foreground[i] > threshold;
      field->evidence[i] = -field->evidence[i];
    }
  if (!mg_watershed (field->evidence, field->mask, field->width, field->height, field->labels, cancellable, error))
    return FALSE;
  label_rest (field, n_seeds);
  return TRUE;
}

/* Mean foreground of each instance, numbered 1 … n. Instances lie on the
 * image's grid, the foreground on the field's. */
static float *
score (const Field *field, const guint32 *labels, int width, int height, guint32 n_instances)
{
  g_autofree double *sums = g_new0 (double, (gsize) n_instances + 1);
  g_autofree gint64 *areas = g_new0 (gint64, (gsize) n_instances + 1);
  float *scores = g_new (float, MAX (1, n_instances));

  for (int y = 0; y < height; y++)
    {
      const float *row = field->foreground + (gsize) ((2 * (gint64) y + 1) * field->height / (2 * (gint64) height)) * (gsize) field->width;

      for (int x = 0; x < width; x++, labels++)
        {
          sums[*labels] += row[(2 * (gint64) x + 1) * field->width / (2 * (gint64) width)];
          areas[*labels]++;
        }
    }
  for (guint32 k = 1; k <= n_instances; k++)
    scores[k - 1] = areas[k] ? (float) (sums[k] / (double) areas[k]) : 0.0f;
  return scores;
}

static void
remove_at_border (guint32 *labels, int width, int height)
{
  g_autoptr (GHashTable) outside = g_hash_table_new (NULL, NULL);
  gsize n = (gsize) width * (gsize) height;

  for (gsize i = 0; i < n; i++)
    {
      gsize x = i % (gsize) width, y = i / (gsize) width;

      if (labels[i] != 0 && (x == 0 || y == 0 || x + 1 == (gsize) width || y + 1 == (gsize) height))
        g_hash_table_add (outside, GUINT_TO_POINTER (labels[i]));
    }
  for (gsize i = 0; i < n && g_hash_table_size (outside) > 0; i++)
    if (labels[i] != 0 && g_hash_table_contains (outside, GUINT_TO_POINTER (labels[i])))
      labels[i] = 0;
}

/* From labels on the field's grid to instances on the image's. */
static MgInstances *
finish (const Field *field, int width, int height, const MgDecodeParams *params, GError **error)
{
  gsize n;
  guint32 *labels = NULL, n_instances;
  MgInstances *instances = NULL;

  if (!mg_size_mul ((gsize) width, (gsize) height, &n) || !mg_size_mul (n, sizeof (guint32), &n) ||
      (labels = mg_try_alloc (n, "the cells found", error)) == NULL)
    return NULL;
  mg_labels_resize (field->labels, field->width, field->height, labels, width, height);
  if (!mg_labels_fill_holes (labels, width, height, error))
    {
      mg_free_aligned (labels);
      return NULL;
    }
  if (params->exclude_border)
    remove_at_border (labels, width, height);
  n_instances = mg_labels_remove_small (labels, width, height, (gint64) ceil (params->min_area));

  g_autofree float *scores = score (field, labels, width, height, n_instances);
  g_autoptr (MgLabels) raster = mg_labels_new_take (width, height, labels, mg_free_aligned);

  instances = mg_instances_new (raster, scores, error);
  return instances;
}

/**
 * mg_boundary_decode:
 * @maps: foreground, border, centre
 * @width: of the image
 * @height: of the image
 * @params: what is seen as cell and as centre
 * @progress: (nullable): told about the stages
 * @cancellable: (nullable): looked at while flooding
 * @out: (out): instances
 *
 * Centres are the connected parts of the foreground where the evidence, centre
 * without border, exceeds the seed threshold; a watershed over the evidence
 * grows them over the foreground (Meyer 1991). Parts of the foreground without
 * a centre are cells of their own. Any thread.
 *
 * Returns: FALSE with an error
 */
gboolean
mg_boundary_decode (const MgMaps *maps,
                    int width,
                    int height,
                    const MgTrainConfig *config,
                    const MgDecodeParams *params,
                    MgProgress *progress,
                    GCancellable *cancellable,
                    MgDecoded *out,
                    GError **error)
{
  Field field;
  gboolean finer = maps->width >= width && maps->height >= height;

  *out = (MgDecoded){ NULL };
  if (progress)
    mg_progress_set (progress, "Finding the cells", 0, 2);
  if (field_alloc (&field, finer ? maps->width : width, finer ? maps->height : height, error) &&
      load_maps (&field, maps, error) &&
      find_cells (&field, params, cancellable, error))
    {
      if (progress)
        mg_progress_set (progress, "Finding the cells", 1, 2);
      out->instances = finish (&field, width, height, params, error);
    }
  field_clear (&field);
  return out->instances != NULL;
}

/* A first look at a scale this near to the right one is good enough. */
#define NEAR_ENOUGH 1.2
/* Of fewer cells the median says little. */
#define MIN_CELLS 3

static int
compare_areas (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;

  return (x > y) - (x < y);
}

static double
median_diameter (MgInstances *instances)
{
  guint n = mg_instances_get_n (instances);
  g_autofree gint64 *areas = g_new (gint64, MAX (1, n));

  for (guint i = 0; i < n; i++)
    areas[i] = mg_instances_get (instances, i)->area;
  qsort (areas, n, sizeof (gint64), compare_areas);
  return n >= MIN_CELLS ? 2 * sqrt ((double) areas[n / 2] / G_PI) : 0;
}

/**
 * mg_boundary_rescale:
 * @maps: of a first look at a whole image
 * @scale: map pixels an image pixel
 * @config: its working_diameter is what cells should have on the map
 *
 * Decodes the maps as they are and measures the cells found, as Cellpose does
 * to learn an image's diameter (Stringer et al. 2021).
 *
 * Returns: the scale to look again at; @scale when it is right, or too few
 *   cells were found to tell
 */
double
mg_boundary_rescale (const MgMaps *maps,
                     double scale,
                     const MgTrainConfig *config,
                     const MgDecodeParams *params)
{
  g_auto (MgDecoded) decoded = { NULL };
  double diameter, factor;

  if (!mg_boundary_decode (maps, maps->width, maps->height, config, params, NULL, NULL, &decoded, NULL))
    return scale;
  diameter = median_diameter (decoded.instances);
  if (diameter <= 0)
    return scale;
  factor = config->working_diameter / diameter;
  if (factor < NEAR_ENOUGH && factor > 1 / NEAR_ENOUGH)
    return scale;
  return CLAMP (scale * factor, MG_MIN_WORKING_SCALE, MG_MAX_WORKING_SCALE);
}
