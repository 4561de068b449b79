#include "recipe/blind-spot.h"
#include "recipe/recipe-list.h"
#include "recipe/restore.h"

#include "base/mem.h"
#include "image/noise.h"

#include <stdlib.h>
#include <string.h>

/* Images whose noise is looked at. */
#define MAX_LOOKED_AT 16
#define MAX_SIDE_PX   1024

static const MgTargetSpec targets[] = {
  { "target.clean", 0 },
  { "weight.clean", 1 },
};

/* Network as in N2V's program (depth 2, 32 filters, no residual output); more
 * pixels hidden than there (0.2 to 1.5 %), because short runs then learn more from
 * each step. N2V2's median is a setting: without its other changes to the network
 * it was 0.2 dB behind (README.md). */
static void
n2v_defaults (MgTrainConfig *config)
{
  *config = (MgTrainConfig){
    .recipe = "n2v",
    .net = {
      .n_in = 1,
      .depth = 2,
      .base_filters = 32,
      .kernel = 3,
      .n_convs = 2,
      .norm = MG_NORM_NONE,
      .groups = 8,
    },
    .patch = 64,
    .batch = 16,
    .learning_rate = 1e-3,
    .weight_decay = 1e-4,
    .warmup = 0.02,
    .epochs = 100,
    .validation_share = 0.1,
    .flips = TRUE,
    .rotation = 90,
    .blind_fill = MG_BLIND_OTHER,
    .blind_share = 0.03,
    .blind_radius = 2,
    .blind_x = -1,
    .blind_y = -1,
    .working_scale = 1,
  };
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/* The middle of an image's first channel. */
static gboolean
measure_item (const MgItem *item, MgNoise *out)
{
  const MgImageInfo *info = mg_image_get_info (item->image);
  int width = MIN (info->width, MAX_SIDE_PX), height = MIN (info->height, MAX_SIDE_PX);
  const MgRect middle = { (info->width - width) / 2, (info->height - height) / 2, width, height };
  float *values = mg_try_alloc ((gsize) width * (gsize) height * sizeof (float), "measuring the noise", NULL);
  gboolean ok = values != NULL &&
                mg_image_read_float (item->image, 0, 0, 0, &middle, values, (gsize) width * sizeof (float), NULL, NULL) &&
                mg_noise_measure (values, width, height, out, NULL) && out->n_blocks > 0;

  mg_free_aligned (values);
  return ok;
}

/* Of the images: medians of the correlation with the next pixel, and the reach
 * of the one in the middle. */
static guint
measure_noise (MgDataset *dataset, double *along, double *down, int *reach_x, int *reach_y)
{
  guint n = mg_dataset_get_n (dataset), n_used = MIN (n, MAX_LOOKED_AT), k = 0;
  double a[MAX_LOOKED_AT], d[MAX_LOOKED_AT], x[MAX_LOOKED_AT], y[MAX_LOOKED_AT];
  MgNoise noise;

  for (guint i = 0; i < n_used; i++)
    if (measure_item (mg_dataset_get (dataset, i * n / n_used), &noise))
      {
        a[k] = noise.along[1];
        d[k] = noise.down[1];
        x[k] = noise.reach_x;
        y[k++] = noise.reach_y;
      }
  if (k == 0)
    return 0;
  qsort (a, k, sizeof *a, compare_doubles);
  qsort (d, k, sizeof *d, compare_doubles);
  qsort (x, k, sizeof *x, compare_doubles);
  qsort (y, k, sizeof *y, compare_doubles);
  *along = a[k / 2];
  *down = d[k / 2];
  *reach_x = (int) x[k / 2];
  *reach_y = (int) y[k / 2];
  return k;
}

/* Noise that is alike in neighbours can be foretold from them, and would be
 * learned as if it were image. */
static void
n2v_adapt (MgTrainConfig *config, MgDataset *dataset)
{
  gboolean measured = config->blind_x < 0 || config->blind_y < 0;
  double along = 0, down = 0;
  int reach_x = 0, reach_y = 0;

  mg_restore_adapt (config, dataset);
  if (measure_noise (dataset, &along, &down, &reach_x, &reach_y) == 0 && measured)
    mg_dataset_add_note (dataset, "The images have no flat place to see their noise in; it is taken as different in every pixel.");
  if (config->blind_x < 0)
    config->blind_x = reach_x;
  if (config->blind_y < 0)
    config->blind_y = reach_y;
  if (reach_x + reach_y == 0)
    return;
  if (config->blind_x < reach_x || config->blind_y < reach_y)
    mg_dataset_add_note (dataset, "The noise is alike in neighbouring pixels (correlation %.2f along rows, %.2f along columns), and "
                                  "the blind spots do not cover that: it will be taken for image.",
                         along, down);
  else
    mg_dataset_add_note (dataset, "The noise is alike in neighbouring pixels (correlation %.2f along rows, %.2f along columns): blind "
                                  "spots of %d × %d pixels are used. Compare with a Gaussian filter, which may do as well.",
                         along, down, 2 * config->blind_x + 1, 2 * config->blind_y + 1);
}

static gboolean
n2v_build (MgGraph *graph, const MgTrainConfig *config, int n, int height, int width, gboolean training, GError **error)
{
  return mg_restore_build (graph, config, MG_LOSS_MSE, n, height, width, training, error);
}

static gboolean
n2v_make_targets (MgPatch *patch, const MgTrainConfig *config, MgRng *rng, MgTargetSet *out, GError **error)
{
  gsize n = (gsize) patch->size * (gsize) patch->size;

  memcpy (out->data[0], patch->image, n * (gsize) patch->n_channels * sizeof (float));
  return mg_blind_spot_hide (patch, config, rng, out->data[1], error);
}

const MgRecipe mg_recipe_n2v = {
  .id = "n2v",
  .title = "Restoring without clean images",
  .description = "Learns from the noisy images alone, even from one: pixels are hidden and foretold from their "
                 "surroundings, which noise does not let itself be.",
  .source = "Noise2Void: Krull, Buchholz and Jug 2019 (CVPR); median as a setting: Höck et al. 2022 (N2V2); "
            "larger blind spots: Broaddus et al. 2020 (structN2V)",
  .task = MG_TASK_DENOISE,
  .self_supervised = TRUE,
  .n_targets = G_N_ELEMENTS (targets),
  .targets = targets,
  .defaults = n2v_defaults,
  .adapt = n2v_adapt,
  .decode_defaults = mg_restore_decode_defaults,
  .build = n2v_build,
  .make_targets = n2v_make_targets,
  .decode = mg_restore_decode,
};
