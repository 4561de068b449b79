#include "train/validate.h"

#include "base/mem.h"
#include "image/filter.h"
#include "recipe/restore.h"
#include "segment/match.h"

#include <math.h>
#include <string.h>

/* Bins of the differences over their scales, 32 an octave from 2^-16 to 2^16. */
#define BINS_PER_OCTAVE 32
#define N_RATIO_BINS    (32 * BINS_PER_OCTAVE)

struct _MgValidator
{
  MgBatch batch; /* owns its arrays */
  float *maps;   /* owned: patch × patch × maps, channels last */
  float *planes; /* owned: one patch of them, planar */
  guint next, n_patches;
  /* sums of this pass */
  double loss, psnr;
  guint n_psnr;
  MgMatch match;
  /* what Gaussian filters make of the held-out pixels, summed up in the first pass */
  gboolean filtered;
  double squares[MG_FILTER_N_GAUSSIANS], n_hidden;
  /* of this pass, where scales are learned */
  guint64 ratios[N_RATIO_BINS], n_ratios;
  MgTrainSetup *setup; /* borrowed */
  MgBatcher *batcher;  /* borrowed */
};

static gpointer
allocate (gsize n_patches, gsize patch, gsize channels, GError **error)
{
  gsize size;

  if (!mg_size_mul (patch, patch, &size) || !mg_size_mul (size, n_patches, &size) ||
      !mg_size_mul (size, channels * sizeof (float), &size))
    size = G_MAXSIZE;
  return mg_try_alloc (size, "the validation", error);
}

static gboolean
allocate_arrays (MgValidator *v, GError **error)
{
  const MgTrainConfig *config = &v->setup->config;
  const MgRecipe *recipe = v->setup->recipe;
  gsize n = (gsize) config->batch, patch = (gsize) config->patch;

  v->batch.n = config->batch;
  v->batch.image = allocate (n, patch, (gsize) config->net.n_in, error);
  v->batch.labels = v->batch.image == NULL ? NULL : allocate (n, patch, 1, error);
  v->batch.clean = v->batch.labels == NULL ? NULL : allocate (n, patch, (gsize) config->net.n_in, error);
  v->batch.valid = v->batch.clean == NULL ? NULL : allocate (n, patch, 1, error);
  v->batch.known = v->batch.valid == NULL ? NULL : allocate (n, patch, 1, error);
  if (v->batch.known == NULL)
    return FALSE;
  for (int i = 0; i < recipe->n_targets; i++)
    {
      v->batch.targets[i] = allocate (n, patch, (gsize) mg_recipe_n_target_channels (recipe, i, config), error);
      if (v->batch.targets[i] == NULL)
        return FALSE;
    }
  v->maps = allocate (1, patch, (gsize) mg_recipe_n_maps (recipe, config), error);
  v->planes = v->maps == NULL ? NULL : allocate (1, patch, (gsize) mg_recipe_n_maps (recipe, config), error);
  return v->planes != NULL;
}

/**
 * mg_validator_new:
 * @setup: borrowed; recompiling it ends the validator's use
 * @batcher: borrowed
 *
 * Returns: (transfer full): a validator, no pass begun
 */
MgValidator *
mg_validator_new (MgTrainSetup *setup,
                  MgBatcher *batcher,
                  GError **error)
{
  g_autoptr (MgValidator) validator = g_new0 (MgValidator, 1);

  validator->setup = setup;
  validator->batcher = batcher;
  validator->n_patches = mg_batcher_n_validation (batcher) * (guint) setup->config.batch;
  if (!allocate_arrays (validator, error))
    return NULL;
  return g_steal_pointer (&validator);
}

/**
 * mg_validator_free:
 * @validator: (nullable): the validator
 */
void
mg_validator_free (MgValidator *validator)
{
  if (validator == NULL)
    return;
  mg_free_aligned (validator->batch.image);
  mg_free_aligned (validator->batch.labels);
  mg_free_aligned (validator->batch.clean);
  mg_free_aligned (validator->batch.valid);
  mg_free_aligned (validator->batch.known);
  for (int i = 0; i < MG_RECIPE_MAX_TARGETS; i++)
    mg_free_aligned (validator->batch.targets[i]);
  mg_free_aligned (validator->maps);
  mg_free_aligned (validator->planes);
  g_free (validator);
}

/**
 * mg_validator_begin:
 *
 * Starts a pass over all validation patches.
 */
void
mg_validator_begin (MgValidator *validator)
{
  validator->next = 0;
  validator->loss = validator->psnr = 0;
  validator->n_psnr = 0;
  validator->match = (MgMatch){ 0 };
  memset (validator->ratios, 0, sizeof validator->ratios);
  validator->n_ratios = 0;
}

/**
 * mg_validator_is_done:
 *
 * Returns: whether the pass has seen all patches
 */
gboolean
mg_validator_is_done (MgValidator *validator)
{
  return validator->next >= validator->n_patches;
}

/* One patch of the batch; the program takes one, to need little memory beside
 * the training's. */
static gboolean
run_patch (MgValidator *v, int index, GCancellable *cancellable, GError **error)
{
  MgProgram *program = v->setup->validation;
  const MgRecipe *recipe = v->setup->recipe;
  gsize pixels = (gsize) v->setup->config.patch * (gsize) v->setup->config.patch;
  gsize n = pixels * (gsize) v->setup->config.net.n_in;

  if (!mg_program_write (program, mg_program_find (program, "image"), v->batch.image + n * (gsize) index, n, error))
    return FALSE;
  for (int i = 0; i < recipe->n_targets; i++)
    {
      n = pixels * (gsize) mg_recipe_n_target_channels (recipe, i, &v->setup->config);
      if (!mg_program_write (program, mg_program_find (program, recipe->targets[i].name),
                             v->batch.targets[i] + n * (gsize) index, n, error))
        return FALSE;
    }
  return mg_program_run (program, cancellable, error) &&
         mg_program_read (program, mg_program_find (program, "maps"), v->maps,
                          pixels * (gsize) mg_recipe_n_maps (recipe, &v->setup->config), error);
}

/* The part of a patch that is image and not its mirror image, where one cell
 * may seem to be two. */
static MgRect
find_valid (MgValidator *v, int index)
{
  int patch = v->setup->config.patch, x0 = patch, y0 = patch, x1 = 0, y1 = 0;
  const float *valid = v->batch.valid + (gsize) index * (gsize) patch * (gsize) patch;

  for (int y = 0; y < patch; y++)
    for (int x = 0; x < patch; x++)
      if (*valid++ > 0)
        {
          x0 = MIN (x0, x);
          y0 = MIN (y0, y);
          x1 = MAX (x1, x + 1);
          y1 = MAX (y1, y + 1);
        }
  return (MgRect){ x0, y0, x1 - x0, y1 - y0 };
}

/* Instances, true or found, of which less than half is known are neither right
 * nor wrong. */
static void
drop_unknown (guint32 *labels, const guint8 *known, gsize n)
{
  g_autoptr (GHashTable) balance = g_hash_table_new (NULL, NULL);

  for (gsize i = 0; i < n; i++)
    {
      gpointer key = GUINT_TO_POINTER (labels[i]);

      if (labels[i] != 0)
        g_hash_table_insert (balance, key, GINT_TO_POINTER (GPOINTER_TO_INT (g_hash_table_lookup (balance, key)) + (known[i] ? 1 : -1)));
    }
  for (gsize i = 0; i < n; i++)
    if (labels[i] != 0 && GPOINTER_TO_INT (g_hash_table_lookup (balance, GUINT_TO_POINTER (labels[i]))) < 0)
      labels[i] = 0;
}

static gboolean
add_match (MgValidator *v, int index, const MgRect *rect, MgInstances *instances, GError **error)
{
  gsize patch = (gsize) v->setup->config.patch, width = (gsize) rect->width, n = width * (gsize) rect->height;
  gsize corner = patch * patch * (gsize) index + (gsize) rect->y * patch + (gsize) rect->x;
  guint32 *labels = g_new (guint32, n);
  g_autofree guint8 *known = g_malloc (n);
  g_autoptr (MgLabels) found = mg_labels_ref (mg_instances_get_labels (instances));
  g_autoptr (MgLabels) truth = NULL;
  gboolean all_known = TRUE;
  MgMatch match;

  for (gsize y = 0; y < (gsize) rect->height; y++)
    {
      memcpy (labels + y * width, v->batch.labels + corner + y * patch, width * sizeof (guint32));
      for (gsize x = 0; x < width; x++)
        {
          known[y * width + x] = v->batch.known[corner + y * patch + x] > 0;
          all_known = all_known && known[y * width + x];
        }
    }
  if (!all_known)
    {
      guint32 *rest = g_memdup2 (mg_labels_get_data (found), n * sizeof *rest);

      drop_unknown (labels, known, n);
      drop_unknown (rest, known, n);
      mg_labels_unref (found);
      found = mg_labels_new_take (rect->width, rect->height, rest, g_free);
    }
  truth = mg_labels_new_take (rect->width, rect->height, labels, g_free);
  if (!mg_match_compute (truth, found, &match, error))
    return FALSE;
  mg_match_add (&v->match, &match);
  return TRUE;
}

/* Peak signal to noise ratio, range 1, as images are normalised, from the mean of squared differences. */
static double
to_psnr (double square)
{
  return -10 * log10 (MAX (square, 1e-12));
}

/* How far a value is from the truth, counted in the scale that it was given. */
static void
add_ratio (MgValidator *v, double difference, float scale)
{
  double octave = log2 (MAX (fabs (difference) / (double) mg_restore_scale (scale), 1e-9));
  int bin = (int) floor ((octave + 16) * BINS_PER_OCTAVE);

  v->ratios[CLAMP (bin, 0, N_RATIO_BINS - 1)]++;
  v->n_ratios++;
}

static void
add_psnr (MgValidator *v, int index, const MgRect *rect)
{
  gsize patch = (gsize) v->setup->config.patch, n_in = (gsize) v->setup->config.net.n_in;
  gsize n_maps = (gsize) mg_recipe_n_maps (v->setup->recipe, &v->setup->config), channels = MIN (n_in, n_maps);
  const float *clean = v->batch.clean + patch * patch * n_in * (gsize) index;
  double square = 0, n = (double) rect->width * rect->height * (double) channels;

  for (int y = rect->y; y < rect->y + rect->height; y++)
    for (int x = rect->x; x < rect->x + rect->width; x++)
      for (gsize c = 0; c < channels; c++)
        {
          gsize at = (gsize) y * patch + (gsize) x;
          double difference = (double) v->maps[at * n_maps + c] - clean[at * n_in + c];

          square += difference * difference;
          if (v->setup->config.probabilistic)
            add_ratio (v, difference, v->maps[at * n_maps + channels + c]);
        }
  v->psnr += to_psnr (square / n);
  v->n_psnr++;
}

/* A self-supervised recipe's targets are the image and the weight of each pixel. */
static gboolean
try_filters (MgValidator *v, int index, GError **error)
{
  const MgTrainConfig *config = &v->setup->config;
  gsize pixels = (gsize) config->patch * (gsize) config->patch, n_in = (gsize) config->net.n_in;
  const float *target = v->batch.targets[0] + pixels * n_in * (gsize) index;
  const float *weight = v->batch.targets[1] + pixels * (gsize) index;

  for (gsize c = 0; c < n_in; c++)
    {
      for (gsize i = 0; i < pixels; i++)
        v->planes[i] = target[i * n_in + c];
      if (!mg_filter_foretell (v->planes, config->patch, config->patch, weight, MAX (config->blind_x, 0),
                               MAX (config->blind_y, 0), v->squares, error))
        return FALSE;
    }
  for (gsize i = 0; i < pixels; i++)
    v->n_hidden += weight[i] > 0 ? (double) n_in : 0;
  return TRUE;
}

static void
cut_planes (MgValidator *v, const MgRect *rect)
{
  gsize patch = (gsize) v->setup->config.patch, n_maps = (gsize) mg_recipe_n_maps (v->setup->recipe, &v->setup->config);
  gsize width = (gsize) rect->width, plane = width * (gsize) rect->height;

  for (int y = 0; y < rect->height; y++)
    for (int x = 0; x < rect->width; x++)
      for (gsize c = 0; c < n_maps; c++)
        v->planes[c * plane + (gsize) y * width + (gsize) x] =
          v->maps[((gsize) (rect->y + y) * patch + (gsize) (rect->x + x)) * n_maps + c];
}

static gboolean
score_patch (MgValidator *v, int index, GCancellable *cancellable, GError **error)
{
  const MgRecipe *recipe = v->setup->recipe;
  MgTrainConfig config = v->setup->config;
  MgRect rect = find_valid (v, index);
  MgMaps maps = {
    .width = rect.width,
    .height = rect.height,
    .n_channels = mg_recipe_n_maps (recipe, &config),
    .planes = v->planes,
  };
  MgDecoded decoded = { 0 };
  MgDecodeParams params;
  gboolean ok;

  if (mg_rect_is_empty (&rect))
    return TRUE;
  if (recipe->task == MG_TASK_DENOISE)
    {
      if (recipe->self_supervised)
        return v->filtered || try_filters (v, index, error);
      add_psnr (v, index, &rect);
      return TRUE;
    }
  cut_planes (v, &rect);
  /* the patch is already at the network's scale, and so is the truth */
  config.working_scale = 1;
  recipe->decode_defaults (&params);
  ok = recipe->decode (&maps, rect.width, rect.height, &config, &params, NULL, cancellable, &decoded, error) &&
       add_match (v, index, &rect, decoded.instances, error);
  mg_decoded_clear (&decoded);
  return ok;
}

/**
 * mg_validator_step:
 *
 * Runs, decodes and scores the next patch.
 *
 * Returns: FALSE with an error
 */
gboolean
mg_validator_step (MgValidator *validator,
                   GCancellable *cancellable,
                   GError **error)
{
  guint batch = (guint) validator->setup->config.batch;
  int index = (int) (validator->next % batch);
  GError *local = NULL;

  g_return_val_if_fail (!mg_validator_is_done (validator), FALSE);
  if (index == 0 &&
      !mg_batcher_validation (validator->batcher, validator->next / batch, &validator->batch, error))
    return FALSE;
  if (!run_patch (validator, index, cancellable, error))
    return FALSE;
  validator->loss += mg_train_setup_read_loss (validator->setup->validation, &local);
  if (local != NULL)
    {
      g_propagate_error (error, local);
      return FALSE;
    }
  if (!score_patch (validator, index, cancellable, error))
    return FALSE;
  validator->next++;
  validator->filtered = validator->filtered || mg_validator_is_done (validator);
  return TRUE;
}

/**
 * mg_validator_get_loss:
 *
 * Returns: mean of the pass, NaN when there was nothing to validate with
 */
double
mg_validator_get_loss (MgValidator *validator)
{
  return validator->next == 0 ? NAN : validator->loss / validator->next;
}

/**
 * mg_validator_get_score:
 *
 * Returns: average precision at IoU 0.5 of all instances (segment), mean PSNR
 *   (denoise), against the noisy image at held-out pixels where there is no clean
 *   one; NaN when there was nothing to validate with
 */
double
mg_validator_get_score (MgValidator *validator)
{
  if (validator->next == 0)
    return NAN;
  if (validator->setup->recipe->self_supervised)
    return to_psnr (mg_validator_get_loss (validator));
  if (validator->setup->recipe->task == MG_TASK_DENOISE)
    return validator->n_psnr == 0 ? NAN : validator->psnr / validator->n_psnr;
  return mg_match_ap (&validator->match.at[0]);
}

/**
 * mg_validator_get_filter_score:
 *
 * Returns: the score that the best of some Gaussian filters has at the same
 *   held-out pixels, NaN before a whole pass and for recipes that learn from more
 *   than the noisy images
 */
double
mg_validator_get_filter_score (MgValidator *validator)
{
  double least = INFINITY;

  if (!validator->filtered || validator->n_hidden <= 0)
    return NAN;
  for (guint i = 0; i < MG_FILTER_N_GAUSSIANS; i++)
    least = MIN (least, validator->squares[i]);
  return to_psnr (least / validator->n_hidden);
}

/**
 * mg_validator_get_margin:
 *
 * Where results of two networks differ by a third of the noise's sigma, as they do
 * within a run, their scores at n noisy values differ by chance with a standard
 * deviation of 10 / ln 10 · 2 / 3 / √n = 2.9 / √n dB. A little more is chance.
 *
 * Returns: dB by which held-out scores differ by chance; 0 where there is a truth to
 *   score against
 */
double
mg_validator_get_margin (MgValidator *validator)
{
  return validator->n_hidden > 0 ? 4 / sqrt (validator->n_hidden) : 0;
}

/**
 * mg_validator_get_uncertainty_scale:
 *
 * Scales of images that a network has learned from are too small for others. One
 * factor for all (Laves et al. 2020, "Well-calibrated regression uncertainty in
 * medical imaging with deep learning"; Levi et al. 2022), here the one with which
 * half of the true values lie within b · ln 2 of the restored ones, as they do in a
 * Laplace distribution: the median, because few pixels are far off.
 *
 * Returns: what the scales b are to be multiplied by; 1 where none were learned or
 *   nothing was validated
 */
double
mg_validator_get_uncertainty_scale (MgValidator *validator)
{
  guint64 below = 0;

  for (guint i = 0; i < N_RATIO_BINS; i++)
    {
      guint64 here = validator->ratios[i];

      if (here > 0 && 2 * (below + here) >= validator->n_ratios)
        {
          double inside = ((double) validator->n_ratios / 2 - (double) below) / (double) here;

          return exp2 ((i + inside) / BINS_PER_OCTAVE - 16) / G_LN2;
        }
      below += here;
    }
  return 1;
}
