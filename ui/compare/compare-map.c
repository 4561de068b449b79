#include "compare/compare-map.h"

#include "image/derived.h"
#include "image/histogram.h"
#include "image/trust.h"
#include "io/loader.h"

#include <math.h>

/* Differences that this share of the pixels exceeds, percent, have the full colour. */
#define BEYOND 0.5

struct _MgCompareMapper
{
  MgCompareMapFunc func;
  gpointer data;
  GCancellable *cancellable; /* (nullable): of the map being made */
};

/* What a thread is given, and gives back. */
typedef struct
{
  MgCompareMapper *mapper; /* main thread's; gone when the task is cancelled */
  MgCompareMapKind kind;
  MgCompareMapSource source; /* with references */
  MgPyramid *map;            /* (nullable) out */
  MgChannelView view;
} Making;

static void
making_free (gpointer data)
{
  Making *making = data;

  mg_image_unref (making->source.left);
  mg_image_unref (making->source.right);
  mg_image_unref (making->source.noisy);
  g_clear_pointer (&making->source.clean, mg_image_unref);
  g_clear_object (&making->source.uncertainty);
  g_clear_pointer (&making->map, mg_pyramid_unref);
  g_free (making);
}

/* The histogram of the plane in view. */
static gboolean
count_values (Making *making,
              MgImage *map,
              MgHistogram *out,
              GCancellable *cancellable,
              GError **error)
{
  const MgImageInfo *info = mg_image_get_info (map);

  return mg_histogram_compute (map, MIN (making->source.c, info->n_channels - 1), MIN (making->source.z, info->n_z - 1),
                               MIN (making->source.t, info->n_t - 1), out, cancellable, error);
}

/* The map itself is made as it is read; its range is that of the plane in view. */
static gboolean
find_range (Making *making,
            MgImage *map,
            GCancellable *cancellable,
            GError **error)
{
  g_autofree MgHistogram *histogram = g_new (MgHistogram, 1);
  double range;

  if (!count_values (making, map, histogram, cancellable, error))
    return FALSE;
  range = MAX (fabs (mg_histogram_percentile (histogram, BEYOND)), fabs (mg_histogram_percentile (histogram, 100 - BEYOND)));
  making->view = (MgChannelView){ .visible = TRUE, .lut = MG_LUT_SIGNED, .gamma = 1 };
  making->view.max = range > 0 ? range : 1;
  making->view.min = -making->view.max;
  return TRUE;
}

static MgImage *
make_difference (Making *making,
                 GCancellable *cancellable,
                 GError **error)
{
  g_autoptr (MgImage) map = mg_image_difference (making->source.left, making->source.right, error);

  return map != NULL && find_range (making, map, cancellable, error) ? g_steal_pointer (&map) : NULL;
}

static const struct
{
  const char *title;
  MgTrustMap trust;
} kinds[] = {
  [MG_COMPARE_MAP_DIFFERENCE] = { "Left − right", 0 },
  [MG_COMPARE_MAP_SSIM] = { "Similarity with clean", MG_TRUST_SSIM },
  [MG_COMPARE_MAP_ERROR] = { "Error against clean", MG_TRUST_ERROR },
  [MG_COMPARE_MAP_REMOVED] = { "Structure removed", MG_TRUST_REMOVED },
  [MG_COMPARE_MAP_UNCERTAINTY] = { "Uncertainty", 0 },
};

/* Alike is bright in a similarity; an error is seen up to where nearly all lies. */
static gboolean
choose_view (Making *making,
             MgImage *map,
             GCancellable *cancellable,
             GError **error)
{
  g_autofree MgHistogram *histogram = g_new (MgHistogram, 1);

  making->view = (MgChannelView){ .visible = TRUE, .lut = MG_LUT_FIRE, .max = 1, .gamma = 1 };
  switch (making->kind)
    {
    case MG_COMPARE_MAP_SSIM:
      making->view.lut = MG_LUT_VIRIDIS;
      return TRUE;
    case MG_COMPARE_MAP_REMOVED:
      making->view.max = 2 * MG_REMOVAL_SIGNIFICANT;
      return TRUE;
    default:
      if (!count_values (making, map, histogram, cancellable, error))
        return FALSE;
      making->view.max = MAX (mg_histogram_percentile (histogram, 100 - BEYOND), 1e-12);
      return TRUE;
    }
}

static MgImage *
make_trust (Making *making,
            GCancellable *cancellable,
            GError **error)
{
  const MgCompareMapSource *source = &making->source;
  gboolean removed = making->kind == MG_COMPARE_MAP_REMOVED;
  MgTrustPlane plane = { source->c, source->z, source->t, NULL };
  MgTrustMap which = kinds[making->kind].trust;
  g_auto (MgTrust) trust = { 0 };

  if (!removed && source->clean == NULL)
    {
      g_set_error_literal (error, MG_ERROR, MG_ERROR_USAGE, "This map needs a clean image to compare with; add one, or look at the difference");
      return NULL;
    }
  if (!mg_trust_measure (source->right, removed ? source->noisy : NULL, removed ? NULL : source->clean, &plane, TRUE, &trust,
                         cancellable, error) ||
      !choose_view (making, trust.maps[which], cancellable, error))
    return NULL;
  return mg_image_ref (trust.maps[which]);
}

static MgImage *
load_uncertainty (Making *making,
                  GCancellable *cancellable,
                  GError **error)
{
  GFile *file = making->source.uncertainty;
  g_autoptr (MgImage) map = NULL;

  if (file == NULL || !g_file_query_exists (file, cancellable))
    {
      g_set_error_literal (error, MG_ERROR, MG_ERROR_USAGE, "The image at the right has no map of uncertainty: tick “Map of uncertainty” under Advanced, train with CARE and denoise");
      return NULL;
    }
  map = mg_image_load (file, cancellable, error);
  return map != NULL && choose_view (making, map, cancellable, error) ? g_steal_pointer (&map) : NULL;
}

static MgImage *
make_map (Making *making,
          GCancellable *cancellable,
          GError **error)
{
  switch (making->kind)
    {
    case MG_COMPARE_MAP_DIFFERENCE:
      return make_difference (making, cancellable, error);
    case MG_COMPARE_MAP_UNCERTAINTY:
      return load_uncertainty (making, cancellable, error);
    default:
      return make_trust (making, cancellable, error);
    }
}

static void
make_thread (GTask *task,
             gpointer source,
             gpointer task_data,
             GCancellable *cancellable)
{
  Making *making = task_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MgImage) map = make_map (making, cancellable, &error);

  if (map == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  making->map = mg_pyramid_new (map);
  g_task_return_boolean (task, TRUE);
}

static void
on_made (GObject *source,
         GAsyncResult *result,
         gpointer user_data)
{
  Making *making = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  if (g_cancellable_is_cancelled (g_task_get_cancellable (G_TASK (result))))
    return;
  g_task_propagate_boolean (G_TASK (result), &error);
  making->mapper->func (making->map, kinds[making->kind].title, &making->view, error, making->mapper->data);
}

/**
 * mg_compare_mapper_new:
 * @func: called with each map
 * @data: for @func
 *
 * Returns: (transfer full): makes nothing yet
 */
MgCompareMapper *
mg_compare_mapper_new (MgCompareMapFunc func,
                       gpointer data)
{
  MgCompareMapper *mapper = g_new0 (MgCompareMapper, 1);

  mapper->func = func;
  mapper->data = data;
  return mapper;
}

/**
 * mg_compare_mapper_free:
 * @mapper: its function is not called any more
 */
void
mg_compare_mapper_free (MgCompareMapper *mapper)
{
  mg_compare_mapper_stop (mapper);
  g_free (mapper);
}

/**
 * mg_compare_mapper_stop:
 * @mapper: makes nothing from now on
 */
void
mg_compare_mapper_stop (MgCompareMapper *mapper)
{
  if (mapper->cancellable != NULL)
    g_cancellable_cancel (mapper->cancellable);
  g_clear_object (&mapper->cancellable);
}

/**
 * mg_compare_mapper_make:
 * @mapper: a maker of maps
 * @kind: which
 * @source: of what
 */
void
mg_compare_mapper_make (MgCompareMapper *mapper,
                        MgCompareMapKind kind,
                        const MgCompareMapSource *source)
{
  Making *making = g_new0 (Making, 1);
  g_autoptr (GTask) task = NULL;

  mg_compare_mapper_stop (mapper);
  mapper->cancellable = g_cancellable_new ();
  *making = (Making){ .mapper = mapper, .kind = kind, .source = *source };
  mg_image_ref (source->left);
  mg_image_ref (source->right);
  mg_image_ref (source->noisy);
  if (source->clean != NULL)
    mg_image_ref (source->clean);
  if (source->uncertainty != NULL)
    g_object_ref (source->uncertainty);
  task = g_task_new (NULL, mapper->cancellable, on_made, NULL);
  g_task_set_task_data (task, making, making_free);
  g_task_run_in_thread (task, make_thread);
}
