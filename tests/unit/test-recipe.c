#include "dataset/synth.h"
#include "segment/holes.h"
#include "recipe/scale.h"
#include "segment/match.h"
#include "train/batcher.h"

#include <math.h>
#include <string.h>

static const MgRecipe *
boundary (MgTrainConfig *config)
{
  g_autoptr (GError) error = NULL;
  const MgRecipe *recipe = mg_recipe_find ("boundary", &error);

  g_assert_no_error (error);
  recipe->defaults (config);
  return recipe;
}

static void
test_table (void)
{
  g_autoptr (GError) error = NULL;
  MgTrainConfig config;
  guint n;
  const MgRecipe *const *all = mg_recipe_list (&n);

  g_assert_cmpuint (n, >, 0);
  for (guint i = 0; i < n; i++)
    {
      g_assert_true (mg_recipe_find (all[i]->id, &error) == all[i]);
      all[i]->defaults (&config);
      g_assert_cmpstr (config.recipe, ==, all[i]->id);
      g_assert_true (mg_train_config_check (&config, &error));
      g_assert_cmpint (all[i]->n_targets, <=, MG_RECIPE_MAX_TARGETS);
    }
  g_assert_null (mg_recipe_find ("flying", &error));
  g_assert_error (error, MG_ERROR, MG_ERROR_USAGE);
  g_assert_nonnull (strstr (error->message, "boundary"));
}

static void
test_config_check (void)
{
  MgTrainConfig config;
  g_autoptr (GError) error = NULL;

  boundary (&config);
  config.patch = 100; /* not a multiple of 8 */
  g_assert_false (mg_train_config_check (&config, &error));
  g_assert_error (error, MG_ERROR, MG_ERROR_USAGE);
  g_clear_error (&error);
  boundary (&config);
  config.learning_rate = NAN;
  g_assert_false (mg_train_config_check (&config, &error));
  g_clear_error (&error);
  boundary (&config);
  config.epochs = 0;
  g_assert_false (mg_train_config_check (&config, &error));
}

static void
test_build (void)
{
  MgTrainConfig config;
  const MgRecipe *recipe = boundary (&config);
  g_autoptr (GError) error = NULL;
  g_autoptr (MgGraph) look = mg_graph_new (), learn = mg_graph_new ();
  guint n_losses = 0;

  g_assert_true (recipe->build (look, &config, 1, 64, 96, FALSE, &error));

  const MgTensor *maps = mg_graph_get_tensor (look, mg_graph_find (look, "maps"));

  g_assert_cmpint (maps->shape[MG_AXIS_H], ==, 64);
  g_assert_cmpint (maps->shape[MG_AXIS_W], ==, 96);
  g_assert_cmpint (maps->shape[MG_AXIS_C], ==, recipe->n_maps);
  g_assert_cmpint (maps->role, ==, MG_ROLE_OUTPUT);

  g_assert_true (recipe->build (learn, &config, 2, 64, 64, TRUE, &error));
  for (int i = 0; i < recipe->n_targets; i++)
    {
      const MgTensor *target = mg_graph_get_tensor (learn, mg_graph_find (learn, recipe->targets[i].name));

      g_assert_cmpint (target->role, ==, MG_ROLE_INPUT);
      g_assert_cmpint (target->shape[MG_AXIS_N], ==, 2);
      g_assert_cmpint (target->shape[MG_AXIS_C], ==, recipe->targets[i].n_channels);
    }
  for (guint id = 0; id < mg_graph_get_n_tensors (learn); id++)
    n_losses += g_str_has_prefix (mg_graph_get_tensor (learn, (int) id)->name, "loss.");
  g_assert_cmpuint (n_losses, ==, 4);
  g_assert_true (mg_graph_add_training (learn, &error));
  g_assert_no_error (error);
}

/* Targets of labels as they stand. */
static void
make_targets (const guint32 *labels, int size, MgTargetSet *out)
{
  MgTrainConfig config;
  const MgRecipe *recipe = boundary (&config);
  g_autoptr (GError) error = NULL;
  gsize n = (gsize) size * (gsize) size;
  MgPatch patch;
  MgRng rng;

  mg_rng_init (&rng, 0, 0);
  g_assert_true (mg_patch_init (&patch, size, 1, TRUE, FALSE, &error));
  memcpy (patch.labels, labels, n * sizeof (guint32));
  for (gsize i = 0; i < n; i++)
    patch.valid[i] = patch.known[i] = 1;
  out->size = size;
  for (int i = 0; i < recipe->n_targets; i++)
    out->data[i] = g_new (float, n);
  g_assert_true (recipe->make_targets (&patch, &config, &rng, out, &error));
  mg_patch_clear (&patch);
}

static void
clear_targets (MgTargetSet *targets)
{
  for (int i = 0; i < MG_RECIPE_MAX_TARGETS; i++)
    g_clear_pointer (&targets->data[i], g_free);
}

/* A 20-px and, touching it on the right, a 10-px square. */
static void
test_targets (void)
{
  guint32 labels[64 * 64] = { 0 };
  MgTargetSet t = { 0 };

  for (int y = 10; y < 30; y++)
    for (int x = 10; x < 30; x++)
      labels[y * 64 + x] = 900000;
  for (int y = 15; y < 25; y++)
    for (int x = 30; x < 40; x++)
      labels[y * 64 + x] = 3;
  make_targets (labels, 64, &t);
  for (int i = 0; i < 64 * 64; i++)
    {
      int x = i % 64, y = i / 64;
      gboolean border = (x == 29 || x == 30) && y >= 14 && y <= 25;

      g_assert_cmpfloat (t.data[0][i], ==, labels[i] != 0);
      g_assert_cmpfloat (t.data[2][i], ==, border);
      g_assert_cmpfloat (t.data[4][i], >=, 0);
      g_assert_cmpfloat (t.data[4][i], <=, 1);
      for (int k = 1; k < 6; k += 2)
        g_assert_cmpfloat (t.data[k][i], >=, 1);
    }
  /* the deepest point counts 1 in both; the small one is heard */
  g_assert_cmpfloat (t.data[4][20 * 64 + 20], ==, 1);
  g_assert_cmpfloat (t.data[4][20 * 64 + 34], ==, 1);
  g_assert_cmpfloat (t.data[4][20 * 64 + 10], <, 0.2);
  g_assert_cmpfloat (t.data[4][0], ==, 0);
  g_assert_cmpfloat (t.data[1][20 * 64 + 34], >, t.data[1][20 * 64 + 20]);
  g_assert_cmpfloat (t.data[3][20 * 64 + 30], >, t.data[3][20 * 64 + 34]);
  clear_targets (&t);
}

static MgLabels *
synthetic_labels (int size)
{
  MgSynthParams params;
  MgRng rng;
  MgLabels *labels = NULL;
  g_autoptr (MgImage) image = NULL;
  g_autoptr (GError) error = NULL;

  mg_synth_defaults (&params, size, FALSE);
  params.density = 0.5;
  mg_rng_init (&rng, 5, 1);
  g_assert_true (mg_synth_cells (&params, &rng, &image, &labels, NULL, &error));
  return labels;
}

/* What a perfect network would say, at map_size pixels for the same field. */
static void
perfect_maps (MgLabels *labels, int map_size, MgMaps *maps)
{
  int size = mg_labels_get_width (labels);
  gsize n = (gsize) map_size * (gsize) map_size;
  g_autofree guint32 *resized = g_new (guint32, n);
  MgTargetSet t = { 0 };

  mg_labels_resize (mg_labels_get_data (labels), size, size, resized, map_size, map_size);
  make_targets (resized, map_size, &t);
  *maps = (MgMaps){ map_size, map_size, 3, g_new (float, 3 * n) };
  for (int k = 0; k < 3; k++)
    memcpy (maps->planes + (gsize) k * n, t.data[2 * k], n * sizeof (float));
  clear_targets (&t);
}

static void
test_decode (gconstpointer data)
{
  int map_size = GPOINTER_TO_INT (data);
  MgTrainConfig config;
  MgDecodeParams params;
  const MgRecipe *recipe = boundary (&config);
  g_autoptr (MgLabels) truth = synthetic_labels (256);
  g_autoptr (GError) error = NULL;
  g_auto (MgDecoded) decoded = { NULL };
  MgMaps maps;
  MgMatch match;

  recipe->decode_defaults (&params);
  perfect_maps (truth, map_size, &maps);
  g_assert_true (recipe->decode (&maps, 256, 256, &config, &params, NULL, NULL, &decoded, &error));
  g_assert_no_error (error);
  g_assert_null (decoded.image);

  MgLabels *found = mg_instances_get_labels (decoded.instances);

  g_assert_cmpint (mg_labels_get_width (found), ==, 256);
  g_assert_true (mg_match_compute (truth, found, &match, &error));
  g_assert_cmpfloat (mg_match_ap (&match.at[0]), >, 0.93);
  for (guint i = 0; i < mg_instances_get_n (decoded.instances); i++)
    {
      g_assert_cmpfloat (mg_instances_get (decoded.instances, i)->score, >, 0.7);
      g_assert_cmpint (mg_instances_get (decoded.instances, i)->area, >=, 10);
    }
  g_free (maps.planes);
}

static void
test_decode_params (void)
{
  MgTrainConfig config;
  MgDecodeParams params;
  const MgRecipe *recipe = boundary (&config);
  g_autoptr (MgLabels) truth = synthetic_labels (256);
  g_autoptr (GError) error = NULL;
  g_auto (MgDecoded) inner = { NULL }, none = { NULL };
  MgMaps maps;

  recipe->decode_defaults (&params);
  perfect_maps (truth, 256, &maps);
  params.exclude_border = TRUE;
  g_assert_true (recipe->decode (&maps, 256, 256, &config, &params, NULL, NULL, &inner, &error));

  const guint32 *data = mg_labels_get_data (mg_instances_get_labels (inner.instances));

  for (int i = 0; i < 256; i++)
    g_assert_cmpuint (data[i] + data[255 * 256 + i] + data[256 * i] + data[256 * i + 255], ==, 0);
  g_assert_cmpuint (mg_instances_get_n (inner.instances), >, 10);

  params.min_area = 1e6;
  g_assert_true (recipe->decode (&maps, 256, 256, &config, &params, NULL, NULL, &none, &error));
  g_assert_cmpuint (mg_instances_get_n (none.instances), ==, 0);
  g_free (maps.planes);
}

static void
test_decode_cancelled (void)
{
  MgTrainConfig config;
  MgDecodeParams params;
  const MgRecipe *recipe = boundary (&config);
  g_autoptr (MgLabels) truth = synthetic_labels (64);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_auto (MgDecoded) decoded = { NULL };
  MgMaps maps;

  recipe->decode_defaults (&params);
  perfect_maps (truth, 64, &maps);
  g_cancellable_cancel (cancellable);
  g_assert_false (recipe->decode (&maps, 64, 64, &config, &params, NULL, cancellable, &decoded, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_free (maps.planes);
}

static void
test_rescale (void)
{
  MgTrainConfig config;
  MgDecodeParams params;
  const MgRecipe *recipe = boundary (&config);
  g_autoptr (MgLabels) truth = synthetic_labels (256);
  MgMaps maps;
  double scale;

  /* cells of about 20 px: wanted at 40, twice as large */
  recipe->decode_defaults (&params);
  perfect_maps (truth, 256, &maps);
  config.working_diameter = 40;
  scale = recipe->rescale (&maps, 1.5, &config, &params);
  g_assert_cmpfloat (scale, >, 2.4);
  g_assert_cmpfloat (scale, <, 3.6);
  config.working_diameter = 20.0 * 3 / scale;
  g_assert_cmpfloat (recipe->rescale (&maps, 1.5, &config, &params), ==, 1.5);
  memset (maps.planes, 0, sizeof (float) * 3 * 256 * 256);
  g_assert_cmpfloat (recipe->rescale (&maps, 1.5, &config, &params), ==, 1.5);
  g_free (maps.planes);
}

static void
test_holes (void)
{
  guint32 labels[12 * 12] = { 0 };
  g_autoptr (GError) error = NULL;

  for (int y = 1; y < 11; y++)
    for (int x = 1; x < 11; x++)
      labels[y * 12 + x] = x < 7 ? 1 : 2;
  labels[4 * 12 + 3] = labels[4 * 12 + 4] = 0; /* in 1 alone */
  labels[8 * 12 + 6] = labels[8 * 12 + 7] = 0; /* between the two */
  labels[5 * 12 + 10] = 0;                     /* open to the outside */
  g_assert_true (mg_labels_fill_holes (labels, 12, 12, &error));
  g_assert_cmpuint (labels[4 * 12 + 3], ==, 1);
  g_assert_cmpuint (labels[4 * 12 + 4], ==, 1);
  g_assert_cmpuint (labels[8 * 12 + 6], ==, 0);
  g_assert_cmpuint (labels[5 * 12 + 10], ==, 0);
  g_assert_cmpuint (labels[0], ==, 0);
}

/* Squares of `side` px, in n images. */
static void
add_squares (MgDataset *dataset, int n, int side)
{
  for (int k = 0; k < n; k++)
    {
      MgImageInfo info = { .width = 160, .height = 160, .n_channels = 1, .n_z = 1, .n_t = 1, .type = MG_PIXEL_F32 };
      float *pixels = g_new (float, 160 * 160);
      guint32 *labels = g_new0 (guint32, 160 * 160);
      g_autoptr (GError) error = NULL;

      for (int i = 0; i < 160 * 160; i++)
        {
          int x = i % 160, y = i / 160, u = x / (2 * side), v = y / (2 * side);

          if (x % (2 * side) < side && y % (2 * side) < side)
            labels[i] = (guint32) (1 + v * 160 + u);
          pixels[i] = (float) (labels[i] != 0) + 0.01f * (float) (i % 7);
        }

      g_autoptr (MgImage) image = mg_image_new_take (&info, pixels, g_free, &error);
      g_autoptr (MgLabels) truth = mg_labels_new_take (160, 160, labels, g_free);

      g_assert_true (mg_dataset_add (dataset, "squares", image, truth, NULL, MG_ROLE_OF_TRAIN, &error));
    }
}

static void
test_adapt (void)
{
  g_autoptr (MgDataset) alike = mg_dataset_new (), small = mg_dataset_new (), mixed = mg_dataset_new ();
  g_autoptr (GError) error = NULL;
  MgTrainConfig config;
  const MgRecipe *recipe = boundary (&config);

  add_squares (alike, 10, 20);
  g_assert_true (mg_dataset_prepare (alike, 0.2, 0, NULL, NULL, &error));
  recipe->adapt (&config, alike);
  g_assert_cmpfloat (config.working_scale, ==, 1);
  g_assert_cmpfloat (config.working_diameter, ==, 0);
  g_assert_cmpfloat_with_epsilon (config.object_diameter, 20 * 2 / sqrt (G_PI), 0.1);
  g_assert_cmpfloat (mg_item_working_scale (mg_dataset_get (alike, 0), &config), ==, 1);

  add_squares (small, 10, 8);
  g_assert_true (mg_dataset_prepare (small, 0.2, 0, NULL, NULL, &error));
  recipe->adapt (&config, small);
  g_assert_cmpfloat (config.working_scale, >, 1.5);
  g_assert_cmpfloat (config.working_diameter, ==, 0);

  add_squares (mixed, 5, 8);
  add_squares (mixed, 5, 40);
  g_assert_true (mg_dataset_prepare (mixed, 0.2, 0, NULL, NULL, &error));
  recipe->adapt (&config, mixed);
  g_assert_cmpfloat (config.working_diameter, >, 0);
  g_assert_cmpfloat_with_epsilon (mg_item_working_scale (mg_dataset_get (mixed, 0), &config),
                                  5 * mg_item_working_scale (mg_dataset_get (mixed, 9), &config), 1e-3);
}

static void
small_config (MgTrainConfig *config, const MgRecipe *recipe, MgDataset *dataset)
{
  recipe->adapt (config, dataset);
  config->patch = 64;
  config->batch = 2;
  config->elastic = 1;
  config->seed = 3;
}

static gboolean
same_batch (const MgBatch *a, const MgBatch *b)
{
  return memcmp (a->image, b->image, sizeof (float) * 2 * 64 * 64) == 0 &&
         memcmp (a->targets[4], b->targets[4], sizeof (float) * 2 * 64 * 64) == 0;
}

static void
test_batcher (void)
{
  g_autoptr (MgDataset) dataset = mg_dataset_new ();
  g_autoptr (GError) error = NULL;
  MgTrainConfig config;
  const MgRecipe *recipe = boundary (&config);
  double cells = 0;

  add_squares (dataset, 6, 12);
  g_assert_true (mg_dataset_prepare (dataset, 0.2, 0, NULL, NULL, &error));
  small_config (&config, recipe, dataset);

  g_autoptr (MgBatcher) whole = mg_batcher_new (dataset, recipe, &config, 0);
  g_autoptr (MgBatcher) later = mg_batcher_new (dataset, recipe, &config, 5);

  for (gint64 step = 0; step < 9; step++)
    {
      MgBatch *a = mg_batcher_next (whole, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpint (a->step, ==, step);
      for (int i = 0; i < 2 * 64 * 64; i++)
        {
          g_assert_true (isfinite (a->image[i]));
          cells += a->targets[0][i];
        }
      if (step >= 5)
        {
          MgBatch *b = mg_batcher_next (later, NULL, &error);

          g_assert_cmpint (b->step, ==, step);
          g_assert_true (same_batch (a, b));
          mg_batcher_release (later, b);
        }
      mg_batcher_release (whole, a);
    }
  g_assert_cmpfloat (cells, >, 0.1 * 9 * 2 * 64 * 64);
}

static void
test_batcher_validation (void)
{
  g_autoptr (MgDataset) dataset = mg_dataset_new ();
  g_autoptr (GError) error = NULL;
  MgTrainConfig config;
  const MgRecipe *recipe = boundary (&config);
  g_autofree float *values = g_new (float, 2 * 7 * 2 * 64 * 64);
  guint32 labels[2][2 * 64 * 64];
  MgBatch batch[2] = { 0 };

  add_squares (dataset, 6, 12);
  g_assert_true (mg_dataset_prepare (dataset, 0.2, 0, NULL, NULL, &error));
  small_config (&config, recipe, dataset);
  for (int k = 0; k < 2; k++)
    {
      g_autoptr (MgBatcher) batcher = mg_batcher_new (dataset, recipe, &config, k);

      batch[k].image = values + k * 7 * 2 * 64 * 64;
      for (int i = 0; i < 6; i++)
        batch[k].targets[i] = batch[k].image + (i + 1) * 2 * 64 * 64;
      batch[k].labels = labels[k];
      g_assert_cmpuint (mg_batcher_n_validation (batcher), >, 0);
      g_assert_true (mg_batcher_validation (batcher, 0, &batch[k], &error));
      for (int i = 0; i < 2 * 64 * 64; i++)
        g_assert_cmpfloat (batch[k].targets[0][i], ==, labels[k][i] != 0);
    }
  g_assert_true (same_batch (&batch[0], &batch[1]));
}

/* One cell in an image much smaller than a patch: mirrored copies are apart. */
static void
test_batcher_mirrored (void)
{
  MgImageInfo info = { .width = 24, .height = 24, .n_channels = 1, .n_z = 1, .n_t = 1, .type = MG_PIXEL_F32 };
  g_autoptr (MgDataset) dataset = mg_dataset_new ();
  g_autoptr (GError) error = NULL;
  float *pixels = g_new0 (float, 24 * 24);
  guint32 *data = g_new0 (guint32, 24 * 24), labels[64 * 64], max = 0;
  g_autofree float *values = g_new (float, 7 * 64 * 64);
  MgTrainConfig config;
  const MgRecipe *recipe = boundary (&config);
  MgBatch batch = { .image = values, .labels = labels };

  for (int y = 6; y < 18; y++)
    for (int x = 6; x < 18; x++)
      pixels[y * 24 + x] = (float) (data[y * 24 + x] = 5);

  g_autoptr (MgImage) image = mg_image_new_take (&info, pixels, g_free, &error);
  g_autoptr (MgLabels) truth = mg_labels_new_take (24, 24, data, g_free);

  g_assert_true (mg_dataset_add (dataset, "cell", image, truth, NULL, MG_ROLE_OF_TRAIN, &error));
  g_assert_true (mg_dataset_prepare (dataset, 0.2, 0, NULL, NULL, &error));
  config.patch = 64;
  config.batch = 1;
  for (int i = 0; i < 6; i++)
    batch.targets[i] = values + (i + 1) * 64 * 64;

  g_autoptr (MgBatcher) batcher = mg_batcher_new (dataset, recipe, &config, 0);

  g_assert_true (mg_batcher_validation (batcher, 0, &batch, &error));
  for (int i = 0; i < 64 * 64; i++)
    max = MAX (max, labels[i]);
  g_assert_cmpuint (max, ==, 9);
}

static void
test_batcher_cancel (void)
{
  g_autoptr (MgDataset) dataset = mg_dataset_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  MgTrainConfig config;
  const MgRecipe *recipe = boundary (&config);

  add_squares (dataset, 2, 12);
  g_assert_true (mg_dataset_prepare (dataset, 0.2, 0, NULL, NULL, &error));
  small_config (&config, recipe, dataset);

  g_autoptr (MgBatcher) batcher = mg_batcher_new (dataset, recipe, &config, 0);

  g_cancellable_cancel (cancellable);
  g_assert_null (mg_batcher_next (batcher, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/recipe/table", test_table);
  g_test_add_func ("/recipe/config-check", test_config_check);
  g_test_add_func ("/recipe/build", test_build);
  g_test_add_func ("/recipe/targets", test_targets);
  g_test_add_data_func ("/recipe/decode/same-scale", GINT_TO_POINTER (256), test_decode);
  g_test_add_data_func ("/recipe/decode/finer", GINT_TO_POINTER (400), test_decode);
  g_test_add_data_func ("/recipe/decode/coarser", GINT_TO_POINTER (200), test_decode);
  g_test_add_func ("/recipe/decode/params", test_decode_params);
  g_test_add_func ("/recipe/decode/cancelled", test_decode_cancelled);
  g_test_add_func ("/recipe/rescale", test_rescale);
  g_test_add_func ("/recipe/holes", test_holes);
  g_test_add_func ("/recipe/adapt", test_adapt);
  g_test_add_func ("/recipe/batcher/deterministic", test_batcher);
  g_test_add_func ("/recipe/batcher/validation", test_batcher_validation);
  g_test_add_func ("/recipe/batcher/mirrored", test_batcher_mirrored);
  g_test_add_func ("/recipe/batcher/cancel", test_batcher_cancel);
  return g_test_run ();
}
