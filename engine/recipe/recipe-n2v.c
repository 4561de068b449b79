#include "recipe/blind-spot.h"
#include "recipe/recipe-list.h"
#include "recipe/restore.h"

#include "base/mem.h"
#include "image/posterior.h"
#include "recipe/noise-advice.h"

#include <string.h>

/* Half the filters of N2V's program, batches a quarter, a quarter of the pixels
 * hidden (there 0.2 to 1.5 %) and ten times the rate: many cheap steps with many
 * targets each are what a run of minutes learns most from (README.md). */
static void
n2v_defaults (MgTrainConfig *config)
{
  mg_restore_defaults (config, "n2v");
  config->net.depth = 2;
  config->net.base_filters = 16;
  config->learning_rate = 5e-3;
  config->blind_fill = MG_BLIND_OTHER;
  config->blind_share = 0.25;
  config->blind_radius = 2;
  config->blind_x = config->blind_y = -1;
  config->posterior = TRUE;
}

/* Noise that is alike in neighbours can be foretold from them, and would be
 * learned as if it were image. */
static void
n2v_adapt (MgTrainConfig *config, MgDataset *dataset)
{
  guint n = mg_dataset_get_n (dataset);
  g_autofree MgImage **images = g_new (MgImage *, n);
  gboolean chosen = config->blind_x >= 0 && config->blind_y >= 0;
  MgNoiseAdvice advice;

  mg_restore_adapt (config, dataset);
  for (guint i = 0; i < n; i++)
    images[i] = mg_dataset_get (dataset, i)->image;
  mg_noise_advice (images, n, &advice);
  if (config->blind_x < 0)
    config->blind_x = advice.blind_x;
  if (config->blind_y < 0)
    config->blind_y = advice.blind_y;
  if (config->blind_x < advice.blind_x || config->blind_y < advice.blind_y)
    mg_dataset_add_note (dataset, "The noise is alike in neighbouring pixels (correlation %.2f along rows, %.2f along columns), and "
                                  "the blind spots do not cover that: it will be taken for image.",
                         advice.along, advice.down);
  else if (!chosen && (advice.n == 0 || advice.filter_may_do))
    mg_dataset_add_note (dataset, "%s", advice.text);
}

static gboolean
n2v_make_targets (MgPatch *patch, const MgTrainConfig *config, MgRng *rng, MgTargetSet *out, GError **error)
{
  gsize n = (gsize) patch->size * (gsize) patch->size;

  memcpy (out->data[0], patch->image, n * (gsize) patch->n_channels * sizeof (float));
  return mg_blind_spot_hide (patch, config, rng, out->data[1], error);
}

/* Each channel by itself. */
static gboolean
n2v_decode (const MgMaps *maps, int width, int height, const MgTrainConfig *config, const MgDecodeParams *params,
            MgProgress *progress, GCancellable *cancellable, MgDecoded *out, GError **error)
{
  gsize n = (gsize) maps->width * (gsize) maps->height, size;
  MgMaps combined = *maps;
  gboolean ok;

  if (!config->posterior || config->probabilistic)
    return mg_restore_decode (maps, width, height, config, params, progress, cancellable, out, error);
  combined.n_channels = maps->n_channels / 2;
  if (!mg_size_mul (n, (gsize) combined.n_channels * sizeof (float), &size))
    size = G_MAXSIZE;
  combined.planes = mg_try_alloc (size, "the restored image", error);
  ok = combined.planes != NULL;
  for (int c = 0; ok && c < combined.n_channels; c++)
    ok = mg_posterior_mean (maps->planes + n * (gsize) (combined.n_channels + c), maps->planes + n * (gsize) c,
                            maps->width, maps->height, combined.planes + n * (gsize) c, error);
  ok = ok && mg_restore_decode (&combined, width, height, config, params, progress, cancellable, out, error);
  mg_free_aligned (combined.planes);
  return ok;
}

const MgRecipe mg_recipe_n2v = {
  .id = "n2v",
  .title = "Noise2Void (N2V)",
  .description = "Learns from the noisy images alone, even from one: pixels are hidden and foretold from their "
                 "surroundings, which noise does not let itself be.",
  .source = "Noise2Void: Krull, Buchholz and Jug 2019 (CVPR); median as a setting: Höck et al. 2022 (N2V2); "
            "larger blind spots: Broaddus et al. 2020 (structN2V); the pixel's own value: Laine et al. 2019",
  .task = MG_TASK_DENOISE,
  .self_supervised = TRUE,
  .n_targets = MG_RESTORE_N_TARGETS,
  .targets = mg_restore_targets,
  .defaults = n2v_defaults,
  .adapt = n2v_adapt,
  .decode_defaults = mg_restore_decode_defaults,
  .build = mg_restore_build,
  .make_targets = n2v_make_targets,
  .decode = n2v_decode,
};
