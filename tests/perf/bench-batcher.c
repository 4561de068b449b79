/* What a batch of the default size costs on one core, by the size of the cells
 * in the images; and how long decoding a plane takes.
 *
 *   bench-batcher */

#include "dataset/synth.h"
#include "train/batcher.h"

#include <stdio.h>

#define N_IMAGES  6
#define N_BATCHES 60

static MgDataset *
make_dataset (double diameter)
{
  MgDataset *dataset = mg_dataset_new ();
  MgSynthParams params;
  MgRng rng;

  mg_synth_defaults (&params, 512, FALSE);
  params.diameter = diameter;
  mg_rng_init (&rng, 1, 0);
  for (int i = 0; i < N_IMAGES; i++)
    {
      g_autoptr (MgImage) image = NULL;
      g_autoptr (MgLabels) labels = NULL;

      if (!mg_synth_cells (&params, &rng, &image, &labels, NULL, NULL) ||
          !mg_dataset_add (dataset, "cells", image, labels, NULL, MG_ROLE_OF_TRAIN, NULL))
        g_assert_not_reached ();
    }
  if (!mg_dataset_prepare (dataset, 0.2, 0, NULL, NULL, NULL))
    g_assert_not_reached ();
  return dataset;
}

static void
time_batches (double diameter)
{
  g_autoptr (MgDataset) dataset = make_dataset (diameter);
  const MgRecipe *recipe = mg_recipe_find ("boundary", NULL);
  MgTrainConfig config;
  gint64 begin;

  recipe->defaults (&config);
  recipe->adapt (&config, dataset);
  config.working_diameter = 18;

  g_autoptr (MgBatcher) batcher = mg_batcher_new (dataset, recipe, &config, 0);

  begin = g_get_monotonic_time ();
  for (int i = 0; i < N_BATCHES; i++)
    mg_batcher_release (batcher, mg_batcher_next (batcher, NULL, NULL));
  printf ("cells of %g px: %.1f ms a batch of %d x %d x %d\n", diameter,
          (double) (g_get_monotonic_time () - begin) / 1e3 / N_BATCHES, config.batch, config.patch, config.patch);
}

static void
time_decoding (int size)
{
  const MgRecipe *recipe = mg_recipe_find ("boundary", NULL);
  gsize n = (gsize) size * (gsize) size;
  g_autofree float *planes = g_new (float, 3 * n);
  g_auto (MgDecoded) decoded = { NULL };
  MgMaps maps = { size, size, 3, planes };
  MgTrainConfig config;
  MgDecodeParams params;
  gint64 begin;

  recipe->defaults (&config);
  recipe->decode_defaults (&params);
  for (gsize i = 0; i < n; i++)
    {
      gsize x = i % (gsize) size % 20, y = i / (gsize) size % 20;
      float u = ((float) x - 10) / 9, v = ((float) y - 10) / 9, depth = 1 - u * u - v * v;

      planes[i] = depth > 0 ? 0.95f : 0.05f;
      planes[n + i] = 0.05f;
      planes[2 * n + i] = MAX (depth, 0.0f);
    }
  begin = g_get_monotonic_time ();
  if (!recipe->decode (&maps, size, size, &config, &params, NULL, NULL, &decoded, NULL))
    g_assert_not_reached ();
  printf ("decoding %d x %d, %u cells: %.1f ms\n", size, size, mg_instances_get_n (decoded.instances),
          (double) (g_get_monotonic_time () - begin) / 1e3);
}

int
main (int argc, char *argv[])
{
  time_batches (9);
  time_batches (18);
  time_batches (50);
  time_decoding (512);
  time_decoding (4096);
  return 0;
}
