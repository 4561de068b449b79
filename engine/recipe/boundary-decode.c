#include "recipe/boundary.h"

#include "base/mem.h"
#include "dataset/blur.h"
#include "dataset/objects.h"
#include "segment/basins.h"
#include "segment/holes.h"
#include "recipe/scale.h"
#include "segment/components.h"

#include <math.h>
#include <string.h>

/* Chosen on held-out nuclei of the 2018 Data Science Bowl: average precision at
 * IoU 0.5 0.768 with seeds by threshold, 0.814 with dynamics, 0.822 without
 * faint cells. */
#define EVIDENCE_BLUR_PX 1.0
#define MIN_DROP         0.2
/* A first look only measures sizes: better too few hills than parts of cells. */
#define MIN_DROP_FIRST_LOOK 0.3
/* What a cell's mean foreground must exceed, from the threshold to 1. */
#define MIN_SCORE_SHARE 0.4

/* Working arrays of one decoding, all width × height; owned. */
typedef struct
{
  int width, height;
  float *foreground;
  float *evidence; /* of a centre: deep in a cell and not between two */
  guint8 *mask;
  guint32 *labels;
} Field;

static void
field_clear (Field *field)
{
  mg_free_aligned (field->foreground);
  mg_free_aligned (field->evidence);
  mg_free_aligned (field->mask);
  mg_free_aligned (field->labels);
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
         (field->labels = mg_try_alloc (n * sizeof (guint32), what, error)) != NULL;
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
  if (ok)
    mg_blur (scratch, maps->width, maps->height, 1, EVIDENCE_BLUR_PX);
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

static gboolean
find_cells (Field *field, const MgDecodeParams *params, double min_drop, GCancellable *cancellable, GError **error)
{
  gsize n = (gsize) field->width * (gsize) field->height;
  float threshold = (float) params->threshold;
  guint32 n_cells;

  for (gsize i = 0; i < n; i++)
    field->mask[i] = field->foreground[i] > threshold;
  return mg_basins (field->evidence, field->mask, field->width, field->height,
                    params->seed_threshold, min_drop, field->labels, &n_cells, cancellable, error);
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

/* Cells that are hardly more foreground than the threshold asks for are noise. */
static void
remove_faint (const Field *field, guint32 *labels, int width, int height, guint32 n_cells, double threshold)
{
  g_autofree float *scores = score (field, labels, width, height, n_cells);
  float least = (float) (threshold + MIN_SCORE_SHARE * (1 - threshold));
  gsize n = (gsize) width * (gsize) height;

  for (gsize i = 0; i < n; i++)
    if (labels[i] != 0 && scores[labels[i] - 1] < least)
      labels[i] = 0;
}

/* From labels on the field's grid to instances on the image's. */
static MgInstances *
finish (const Field *field, int width, int height, const MgDecodeParams *params, GError **error)
{
  gint64 min_area = (gint64) ceil (params->min_area);
  gsize n;
  guint32 *labels = NULL, n_cells;

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
  n_cells = mg_labels_remove_small (labels, width, height, min_area);
  remove_faint (field, labels, width, height, n_cells, params->threshold);
  n_cells = mg_labels_remove_small (labels, width, height, min_area);

  g_autofree float *scores = score (field, labels, width, height, n_cells);
  g_autoptr (MgLabels) raster = mg_labels_new_take (width, height, labels, mg_free_aligned);

  return mg_instances_new (raster, scores, error);
}

static MgInstances *
decode (const MgMaps *maps, int width, int height, const MgDecodeParams *params, double min_drop,
        MgProgress *progress, GCancellable *cancellable, GError **error)
{
  Field field;
  MgInstances *instances = NULL;
  gboolean finer = maps->width >= width && maps->height >= height;

  if (progress)
    mg_progress_set (progress, "Finding the cells", 0, 2);
  if (field_alloc (&field, finer ? maps->width : width, finer ? maps->height : height, error) &&
      load_maps (&field, maps, error) &&
      find_cells (&field, params, min_drop, cancellable, error))
    {
      if (progress)
        mg_progress_set (progress, "Finding the cells", 1, 2);
      instances = finish (&field, width, height, params, error);
    }
  field_clear (&field);
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
 * The evidence of a cell, depth outside borders, is a landscape of hills; those
 * high enough and parted by deep enough valleys are cells, and a watershed over
 * the foreground draws their lines (mg_basins()). Cells are filled, and small
 * and faint ones left out. Any thread.
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
  *out = (MgDecoded){ decode (maps, width, height, params, MIN_DROP, progress, cancellable, error), NULL };
  return out->instances != NULL;
}

/* A first look at a scale this near to the right one is good enough. */
#define NEAR_ENOUGH 1.2
/* Of fewer cells the median says little. */
#define MIN_CELLS 3

static double
typical_diameter (MgInstances *instances)
{
  guint n = mg_instances_get_n (instances);
  g_autofree double *areas = g_new (double, MAX (1, n));

  for (guint i = 0; i < n; i++)
    areas[i] = (double) mg_instances_get (instances, i)->area;
  return n >= MIN_CELLS ? mg_typical_diameter (areas, n) : 0;
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
  g_autoptr (MgInstances) instances = decode (maps, maps->width, maps->height, params, MIN_DROP_FIRST_LOOK, NULL, NULL, NULL);
  double diameter = instances ? typical_diameter (instances) : 0, factor;

  if (diameter <= 0)
    return scale;
  factor = config->working_diameter / diameter;
  if (factor < NEAR_ENOUGH && factor > 1 / NEAR_ENOUGH)
    return scale;
  return CLAMP (scale * factor, MG_MIN_WORKING_SCALE, MG_MAX_WORKING_SCALE);
}
