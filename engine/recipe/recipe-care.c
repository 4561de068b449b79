#include "recipe/recipe-list.h"
#include "recipe/restore.h"

#include <string.h>

/* As CSBDeep sets it: 32 filters, no normalisation, residual output; but a level
 * deeper, squared differences for its absolute ones (PSNR is made of them, and so
 * noise of the clean images averages out), AdamW with cosine for its Adam with
 * plateaus, smaller patches in more steps and a linear filter to begin at, so that a
 * run of seconds is worth something and one of minutes more (README.md). */
static void
care_defaults (MgTrainConfig *config)
{
  mg_restore_defaults (config, "care");
  config->net.depth = 3;
  config->net.base_filters = 32;
  config->learning_rate = 2e-3;
}

static gboolean
care_make_targets (MgPatch *patch, const MgTrainConfig *config, MgRng *rng, MgTargetSet *out, GError **error)
{
  gsize n = (gsize) patch->size * (gsize) patch->size;

  memcpy (out->data[0], patch->clean, n * (gsize) patch->n_channels * sizeof (float));
  memcpy (out->data[1], patch->valid, n * sizeof (float));
  return TRUE;
}

const MgRecipe mg_recipe_care = {
  .id = "care",
  .title = "CARE",
  .description = "Learns from pairs of a noisy and a clean (or a second noisy) image of the same field how to take "
                 "the noise away.",
  .source = "CARE: Weigert et al. 2018 (Nature Methods 15:1090), settings of CSBDeep; from noisy pairs: "
            "Lehtinen et al. 2018 (Noise2Noise)",
  .task = MG_TASK_DENOISE,
  .n_targets = MG_RESTORE_N_TARGETS,
  .targets = mg_restore_targets,
  .defaults = care_defaults,
  .adapt = mg_restore_adapt,
  .decode_defaults = mg_restore_decode_defaults,
  .build = mg_restore_build,
  .make_targets = care_make_targets,
  .decode = mg_restore_decode,
};
