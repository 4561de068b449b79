#include "train/batcher.h"

#include "base/mem.h"
#include "dataset/augment.h"
#include "recipe/scale.h"
#include "segment/components.h"

#include <math.h>
#include <string.h>

/* Batches made ahead: enough to ride out a slow one, few enough for memory. */
#define N_AHEAD 3
/* Validation stays a small part of the run whatever the data. */
#define MAX_VALIDATION_PATCHES 64
/* Images without any cell teach background only; they come up this often. */
#define EMPTY_ITEM_WEIGHT 0.25
/* Between each image alike (0) and each pixel for the network alike (1): large
 * images have more to show, but must not crowd out the others. */
#define AREA_POWER 0.7

/* Where a validation patch lies. */
typedef struct
{
  guint item;
  MgPlace place;
} Fixed;

struct _MgBatcher
{
  const MgRecipe *recipe;
  MgTrainConfig config;
  MgAugment augment;
  int n_channels;

  GArray *train;       /* of guint: indices of items */
  GArray *cumulative;  /* of double: their weights summed up */
  GArray *fixed;       /* of Fixed */
  MgPatch patch;       /* the batcher thread's */
  MgPatch fixed_patch; /* the caller's, in validation */
  GThread *thread;     /* owned */
  GCancellable *stop;  /* owned */

  GMutex mutex; /* for all below */
  GCond ready, room;
  GQueue filled; /* of MgBatch, in the order of steps; owned */
  GQueue spare;  /* of MgBatch, owned */
  gint64 next_step;
  GError *error; /* why the thread ended; owned */

  MgDataset *dataset; /* borrowed */
};

static void
batch_free (gpointer data)
{
  MgBatch *batch = data;

  if (batch == NULL)
    return;
  mg_free_aligned (batch->image);
  for (int i = 0; i < MG_RECIPE_MAX_TARGETS; i++)
    mg_free_aligned (batch->targets[i]);
  g_free (batch);
}

static MgBatch *
batch_new (const MgBatcher *batcher, GError **error)
{
  MgBatch *batch = g_new0 (MgBatch, 1);
  gsize pixels = (gsize) batcher->config.patch * (gsize) batcher->config.patch, values;

  batch->n = batcher->config.batch;
  if (!mg_size_mul (pixels * sizeof (float), (gsize) batch->n, &values) ||
      (batch->image = mg_try_alloc (values * (gsize) batcher->n_channels, "a training batch", error)) == NULL)
    goto fail;
  for (int i = 0; i < batcher->recipe->n_targets; i++)
    if ((batch->targets[i] = mg_try_alloc (values * (gsize) mg_recipe_n_target_channels (batcher->recipe, i, &batcher->config),
                                           "a training batch", error)) == NULL)
      goto fail;
  return batch;

fail:
  batch_free (batch);
  return NULL;
}

/* A mirrored image shows its cells several times under one number; each is an
 * instance of its own here, for the targets as for the score. */
static gboolean
part_mirrored (MgPatch *patch, GError **error)
{
  gsize n = (gsize) patch->size * (gsize) patch->size;
  guint32 *parts;
  gboolean mirrored = FALSE;

  for (gsize i = 0; i < n && !mirrored; i++)
    mirrored = patch->valid[i] == 0;
  if (!mirrored || patch->labels == NULL)
    return TRUE;
  if ((parts = mg_try_alloc (n * sizeof (guint32), "the training patches", error)) == NULL)
    return FALSE;
  mg_components_split (patch->labels, patch->size, patch->size, FALSE, parts);
  mg_free_aligned (patch->labels);
  patch->labels = parts;
  return TRUE;
}

/* Puts the patch and its targets into place `index` of the batch. */
static gboolean
store (const MgBatcher *batcher, MgPatch *patch, int index, MgRng *rng, MgBatch *batch, GError **error)
{
  gsize pixels = (gsize) patch->size * (gsize) patch->size, channels = (gsize) patch->n_channels;
  MgTargetSet targets = { .size = patch->size };

  for (int i = 0; i < batcher->recipe->n_targets; i++)
    targets.data[i] = batch->targets[i] +
                      (gsize) index * pixels * (gsize) mg_recipe_n_target_channels (batcher->recipe, i, &batcher->config);
  if (!batcher->recipe->make_targets (patch, &batcher->config, rng, &targets, error))
    return FALSE;
  memcpy (batch->image + (gsize) index * pixels * channels, patch->image, pixels * channels * sizeof (float));
  return TRUE;
}

static guint
choose_item (const MgBatcher *batcher, MgRng *rng)
{
  const double *sums = (const double *) batcher->cumulative->data;
  guint low = 0, high = batcher->cumulative->len - 1;
  double wanted = mg_rng_uniform (rng) * sums[high];

  while (low < high)
    {
      guint middle = (low + high) / 2;

      if (sums[middle] > wanted)
        high = middle;
      else
        low = middle + 1;
    }
  return g_array_index (batcher->train, guint, low);
}

/* Everything drawn comes from the stream of the step's number. */
static gboolean
make_batch (MgBatcher *batcher, gint64 step, MgBatch *batch, GError **error)
{
  MgRng rng;

  mg_rng_init (&rng, batcher->config.seed, (guint64) step);
  batch->step = step;
  for (int i = 0; i < batch->n; i++)
    {
      const MgItem *item = mg_dataset_get (batcher->dataset, choose_item (batcher, &rng));
      double scale = mg_item_working_scale (item, &batcher->config);
      MgPlace place;

      mg_augment_place (&batcher->augment, item, scale, batcher->config.patch, &rng, &place);
      if (!mg_patch_cut (&batcher->patch, item, &place, batcher->stop, error))
        {
          g_prefix_error (error, "%s: ", item->name);
          return FALSE;
        }
      mg_augment_intensity (&batcher->augment, &rng, &batcher->patch);
      if (!part_mirrored (&batcher->patch, error) ||
          !store (batcher, &batcher->patch, i, &rng, batch, error))
        return FALSE;
    }
  return TRUE;
}

/* A batch to fill, as soon as there is room for one; NULL when asked to stop. */
static MgBatch *
wait_for_room (MgBatcher *batcher, GError **error)
{
  MgBatch *batch;

  g_mutex_lock (&batcher->mutex);
  while (g_queue_get_length (&batcher->filled) >= N_AHEAD && !g_cancellable_is_cancelled (batcher->stop))
    g_cond_wait (&batcher->room, &batcher->mutex);
  batch = g_queue_pop_head (&batcher->spare);
  g_mutex_unlock (&batcher->mutex);
  if (g_cancellable_is_cancelled (batcher->stop))
    g_clear_pointer (&batch, batch_free);
  else if (batch == NULL)
    batch = batch_new (batcher, error);
  return batch;
}

static gpointer
batcher_main (gpointer data)
{
  MgBatcher *batcher = data;
  GError *error = NULL;
  MgBatch *batch;

  while ((batch = wait_for_room (batcher, &error)) != NULL)
    {
      gint64 step = batcher->next_step;
      gboolean ok = make_batch (batcher, step, batch, &error);

      g_mutex_lock (&batcher->mutex);
      batcher->next_step++;
      if (ok)
        g_queue_push_tail (&batcher->filled, batch);
      g_cond_broadcast (&batcher->ready);
      g_mutex_unlock (&batcher->mutex);
      if (!ok)
        {
          batch_free (batch);
          break;
        }
    }
  g_mutex_lock (&batcher->mutex);
  batcher->error = error ? error : g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Stopped.");
  g_cond_broadcast (&batcher->ready);
  g_mutex_unlock (&batcher->mutex);
  return NULL;
}

static void
weigh_items (MgBatcher *batcher)
{
  double sum = 0;

  for (guint i = 0; i < mg_dataset_get_n (batcher->dataset); i++)
    {
      const MgItem *item = mg_dataset_get (batcher->dataset, i);
      const MgImageInfo *info = mg_image_get_info (item->image);

      if (item->role != MG_ROLE_OF_TRAIN)
        continue;
      double scale = mg_item_working_scale (item, &batcher->config);

      sum += pow (scale * scale * info->width * info->height, AREA_POWER) *
             (item->labels && item->n_objects == 0 ? EMPTY_ITEM_WEIGHT : 1);
      g_array_append_val (batcher->train, i);
      g_array_append_val (batcher->cumulative, sum);
    }
}

/* Whether a square of the image has anything to say. */
static gboolean
is_known_around (const MgItem *item, double x, double y, double side)
{
  MgRect square = { (int) floor (x - side / 2), (int) floor (y - side / 2), (int) ceil (side), (int) ceil (side) }, common;

  for (guint i = 0; item->regions != NULL && i < item->regions->len; i++)
    if (mg_rect_intersect (&square, &g_array_index (item->regions, MgRect, i), &common))
      return TRUE;
  return item->regions == NULL;
}

/* Regular tiles over every validation image, centred; of more than enough of
 * them a regular choice. */
static void
place_fixed (MgBatcher *batcher)
{
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (Fixed));
  int patch = batcher->config.patch;

  for (guint i = 0; i < mg_dataset_get_n (batcher->dataset); i++)
    {
      const MgItem *item = mg_dataset_get (batcher->dataset, i);
      const MgImageInfo *info = mg_image_get_info (item->image);
      double scale = mg_item_working_scale (item, &batcher->config), step = patch / scale;
      int columns = MAX (1, (int) (info->width / step + 0.5)), rows = MAX (1, (int) (info->height / step + 0.5));

      if (item->role != MG_ROLE_OF_VALIDATION)
        continue;
      for (int j = 0; j < rows; j++)
        for (int k = 0; k < columns; k++)
          {
            Fixed fixed = { .item = i };

            if (batcher->augment.exact)
              mg_place_init (&fixed.place, round (info->width / 2.0 + (k - (columns - 1) / 2.0) * step),
                             round (info->height / 2.0 + (j - (rows - 1) / 2.0) * step), scale);
            else
              mg_place_init (&fixed.place, info->width / 2.0 + (k - (columns - 1) / 2.0) * step,
                             info->height / 2.0 + (j - (rows - 1) / 2.0) * step, scale);
            if (is_known_around (item, fixed.place.x, fixed.place.y, step))
              g_array_append_val (all, fixed);
          }
    }
  guint n = MIN (all->len, MAX_VALIDATION_PATCHES);

  for (guint i = 0; i < n; i++)
    g_array_append_val (batcher->fixed, g_array_index (all, Fixed, (gsize) i * all->len / n));
}

/**
 * mg_batcher_new:
 * @dataset: prepared; used until the batcher is freed
 * @recipe: makes the targets
 * @config: adapted to the data; copied
 * @first_step: the number of the first batch, 0 in a new run
 *
 * Starts the batcher's thread, at the nice level of the caller. What is in a
 * batch depends on the seed and its step's number only.
 *
 * Returns: (transfer full): the batcher; what goes wrong in it comes out of
 *   mg_batcher_next()
 */
MgBatcher *
mg_batcher_new (MgDataset *dataset,
                const MgRecipe *recipe,
                const MgTrainConfig *config,
                gint64 first_step)
{
  MgBatcher *batcher = g_new0 (MgBatcher, 1);

  batcher->dataset = dataset;
  batcher->recipe = recipe;
  batcher->config = *config;
  batcher->augment = (MgAugment){
    config->flips, config->rotation, config->scale, config->elastic, config->intensity, config->noise, config->blur,
    .exact = recipe->task == MG_TASK_DENOISE
  };
  batcher->n_channels = config->net.n_in;
  batcher->next_step = first_step;
  batcher->train = g_array_new (FALSE, FALSE, sizeof (guint));
  batcher->cumulative = g_array_new (FALSE, FALSE, sizeof (double));
  batcher->fixed = g_array_new (FALSE, FALSE, sizeof (Fixed));
  batcher->stop = g_cancellable_new ();
  g_mutex_init (&batcher->mutex);
  g_cond_init (&batcher->ready);
  g_cond_init (&batcher->room);
  weigh_items (batcher);
  place_fixed (batcher);
  if (batcher->train->len == 0)
    g_set_error_literal (&batcher->error, MG_ERROR, MG_ERROR_DATA,
                         "All images are marked for validation; at least one is needed to learn from.");
  else if (mg_patch_init (&batcher->patch, config->patch, batcher->n_channels, recipe->task == MG_TASK_SEGMENT,
                          recipe->task == MG_TASK_DENOISE, &batcher->error))
    batcher->thread = g_thread_new ("mg-batcher", batcher_main, batcher);
  return batcher;
}

/**
 * mg_batcher_free:
 * @batcher: (nullable) (transfer full): stopped and freed with its batches
 */
void
mg_batcher_free (MgBatcher *batcher)
{
  if (batcher == NULL)
    return;
  g_mutex_lock (&batcher->mutex);
  g_cancellable_cancel (batcher->stop);
  g_cond_broadcast (&batcher->room);
  g_mutex_unlock (&batcher->mutex);
  if (batcher->thread)
    g_thread_join (batcher->thread);
  g_queue_clear_full (&batcher->filled, batch_free);
  g_queue_clear_full (&batcher->spare, batch_free);
  mg_patch_clear (&batcher->patch);
  mg_patch_clear (&batcher->fixed_patch);
  g_array_unref (batcher->train);
  g_array_unref (batcher->cumulative);
  g_array_unref (batcher->fixed);
  g_object_unref (batcher->stop);
  g_clear_error (&batcher->error);
  g_mutex_clear (&batcher->mutex);
  g_cond_clear (&batcher->ready);
  g_cond_clear (&batcher->room);
  g_free (batcher);
}

static void
wake (GCancellable *cancellable, gpointer data)
{
  MgBatcher *batcher = data;

  g_mutex_lock (&batcher->mutex);
  g_cond_broadcast (&batcher->ready);
  g_mutex_unlock (&batcher->mutex);
}

/**
 * mg_batcher_next:
 * @cancellable: (nullable): ends the wait
 *
 * Returns: (transfer full): the batch of the next step, to be given back with
 *   mg_batcher_release(); NULL with an error
 */
MgBatch *
mg_batcher_next (MgBatcher *batcher,
                 GCancellable *cancellable,
                 GError **error)
{
  MgBatch *batch = NULL;
  gulong handler = cancellable ? g_cancellable_connect (cancellable, G_CALLBACK (wake), batcher, NULL) : 0;

  g_mutex_lock (&batcher->mutex);
  while (g_queue_is_empty (&batcher->filled) && batcher->error == NULL && !g_cancellable_is_cancelled (cancellable))
    g_cond_wait (&batcher->ready, &batcher->mutex);
  if (!g_cancellable_is_cancelled (cancellable))
    batch = g_queue_pop_head (&batcher->filled);
  if (batch)
    g_cond_broadcast (&batcher->room);
  else if (!g_cancellable_set_error_if_cancelled (cancellable, error) && error)
    *error = g_error_copy (batcher->error);
  g_mutex_unlock (&batcher->mutex);
  g_cancellable_disconnect (cancellable, handler);
  return batch;
}

/**
 * mg_batcher_release:
 * @batch: (transfer full) (nullable): from mg_batcher_next(); used again
 */
void
mg_batcher_release (MgBatcher *batcher,
                    MgBatch *batch)
{
  if (batch == NULL)
    return;
  g_mutex_lock (&batcher->mutex);
  g_queue_push_tail (&batcher->spare, batch);
  g_mutex_unlock (&batcher->mutex);
}

/**
 * mg_batcher_n_validation:
 *
 * Returns: how many validation batches there are; 0 without validation images
 */
guint
mg_batcher_n_validation (MgBatcher *batcher)
{
  guint batch = (guint) batcher->config.batch;

  return (batcher->fixed->len + batch - 1) / batch;
}

static void
store_truth (const MgPatch *patch, int index, MgBatch *out)
{
  gsize pixels = (gsize) patch->size * (gsize) patch->size, values = pixels * (gsize) patch->n_channels;

  if (out->labels && patch->labels)
    memcpy (out->labels + (gsize) index * pixels, patch->labels, pixels * sizeof (guint32));
  else if (out->labels)
    memset (out->labels + (gsize) index * pixels, 0, pixels * sizeof (guint32));
  if (out->clean && patch->clean)
    memcpy (out->clean + (gsize) index * values, patch->clean, values * sizeof (float));
  else if (out->clean)
    memset (out->clean + (gsize) index * values, 0, values * sizeof (float));
  if (out->valid)
    memcpy (out->valid + (gsize) index * pixels, patch->valid, pixels * sizeof (float));
  if (out->known)
    memcpy (out->known + (gsize) index * pixels, patch->known, pixels * sizeof (float));
}

/**
 * mg_batcher_validation:
 * @index: below mg_batcher_n_validation()
 * @out: (inout): arrays of the caller; labels, clean, valid and known may be NULL. The last
 *   batch is filled up with patches from the beginning
 *
 * Makes a validation batch: regular tiles of the validation images, nothing
 * varied. The caller's thread, one at a time; the same index gives the same.
 *
 * Returns: FALSE with an error when an image cannot be read.
 */
gboolean
mg_batcher_validation (MgBatcher *batcher,
                       guint index,
                       MgBatch *out,
                       GError **error)
{
  MgPatch *patch = &batcher->fixed_patch;
  gboolean denoise = batcher->recipe->task == MG_TASK_DENOISE;

  g_return_val_if_fail (index < mg_batcher_n_validation (batcher), FALSE);

  if (patch->image == NULL &&
      !mg_patch_init (patch, batcher->config.patch, batcher->n_channels, !denoise, denoise, error))
    return FALSE;
  patch->judges = TRUE;
  out->n = batcher->config.batch;
  for (int i = 0; i < out->n; i++)
    {
      guint k = (index * (guint) out->n + (guint) i) % batcher->fixed->len;
      const Fixed *fixed = &g_array_index (batcher->fixed, Fixed, k);
      MgRng rng;

      mg_rng_init (&rng, batcher->config.seed, G_MAXUINT64 - 1 - k);
      if (!mg_patch_cut (patch, mg_dataset_get (batcher->dataset, fixed->item), &fixed->place, NULL, error) ||
          !part_mirrored (patch, error) ||
          !store (batcher, patch, i, &rng, out, error))
        return FALSE;
      store_truth (patch, i, out);
    }
  return TRUE;
}
