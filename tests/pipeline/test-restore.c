/* Whole runs of the recipes that restore images. */

#include "pipeline/fixture.h"

#include "dataset/synth.h"
#include "image/quality.h"
#include "predict/predictor.h"

#include <math.h>
#include <string.h>

#define SIDE 128

/* Few photons: simulated nuclei as a camera sees them, and what is behind. */
static void
make_pair_of (int side, guint64 stream, MgImage **noisy, MgImage **clean)
{
  g_autoptr (GError) error = NULL;
  MgSynthParams params;
  MgRng rng;

  mg_rng_init (&rng, 4, stream);
  mg_synth_defaults (&params, side, TRUE);
  g_assert_true (mg_synth_cells (&params, &rng, noisy, NULL, clean, &error));
}

static void
make_pair (guint64 stream, MgImage **noisy, MgImage **clean)
{
  make_pair_of (SIDE, stream, noisy, clean);
}

typedef void (*Change) (MgTrainConfig *config);

/* change: (nullable): other settings */
static MgModel *
train_changed (const char *recipe, gboolean with_clean, guint n_images, gint64 steps, Change change)
{
  g_autoptr (MgDataset) dataset = mg_dataset_new ();
  g_autoptr (MgHistory) history = mg_history_new ();
  g_autoptr (MgTrainLoop) loop = NULL;
  g_autoptr (GError) error = NULL;
  MgTrainConfig config;

  for (guint i = 0; i < n_images; i++)
    {
      g_autoptr (MgImage) noisy = NULL;
      g_autoptr (MgImage) clean = NULL;

      make_pair (i, &noisy, &clean);
      g_assert_true (mg_dataset_add (dataset, "made", noisy, NULL, with_clean ? clean : NULL, MG_ROLE_OF_TRAIN, &error));
    }
  mg_recipe_find (recipe, NULL)->defaults (&config);
  config.net.base_filters = 8;
  config.patch = 64;
  config.batch = 4;
  config.learning_rate = 3e-3;
  config.epochs = 0;
  config.steps = steps;
  if (change != NULL)
    change (&config);
  mg_dataset_set_normalisation (dataset, (MgNormalisation) config.normalisation);
  fixture_prepare (&config, dataset);
  loop = fixture_loop (&config, dataset, "cpu", history, NULL);
  fixture_run (loop, G_MAXINT64);
  return mg_model_ref (mg_train_loop_get_best (loop));
}

static MgModel *
train (const char *recipe, gboolean with_clean, guint n_images, gint64 steps)
{
  return train_changed (recipe, with_clean, n_images, steps, NULL);
}

typedef struct
{
  MgImage *in;
  MgImage *out;         /* (nullable) until done */
  MgImage *uncertainty; /* (nullable) */
} Work;

static gboolean
load (guint index, MgImage **image, GCancellable *cancellable, GError **error, gpointer data)
{
  *image = mg_image_ref (((Work *) data)->in);
  return TRUE;
}

static gboolean
done (const MgPredicted *result, GCancellable *cancellable, GError **error, gpointer data)
{
  ((Work *) data)->out = g_steal_pointer (&result->decoded->image);
  ((Work *) data)->uncertainty = g_steal_pointer (&result->decoded->uncertainty);
  return TRUE;
}

static MgImage *
restore_with (MgModel *model, MgImage *image, const MgPredictOptions *options, MgImage **uncertainty)
{
  Work work = { .in = image };
  const MgPredictSink sink = { .load = load, .done = done, .data = &work };
  g_autoptr (MgJob) job = mg_predict_job_new (model, options, NULL, 1, &sink, MG_PRIORITY_NORMAL);
  g_autoptr (GError) error = NULL;

  g_assert_true (mg_job_run (job, &error));
  g_assert_no_error (error);
  g_assert_nonnull (work.out);
  g_assert_true ((work.uncertainty != NULL) == mg_model_get_config (model)->probabilistic);
  if (uncertainty != NULL)
    *uncertainty = g_steal_pointer (&work.uncertainty);
  g_clear_pointer (&work.uncertainty, mg_image_unref);
  return work.out;
}

static MgImage *
restore (MgModel *model, MgImage *image, int tile, gboolean as_float)
{
  const MgPredictOptions options = { .device = "cpu", .tile = tile, .as_float = as_float };

  return restore_with (model, image, &options, NULL);
}

static float *
read_channel (MgImage *image, int c, int z, int t)
{
  const MgImageInfo *info = mg_image_get_info (image);
  const MgRect all = { 0, 0, info->width, info->height };
  float *values = g_new (float, info->width * info->height);

  g_assert_true (mg_image_read_float (image, c, z, t, &all, values, sizeof (float) * (gsize) info->width, NULL, NULL));
  return values;
}

static float *
read_plane (MgImage *image, int z, int t)
{
  return read_channel (image, 0, z, t);
}

static double
psnr (MgImage *image, MgImage *truth)
{
  g_autofree float *a = read_plane (image, 0, 0), *b = read_plane (truth, 0, 0);
  const MgImageInfo *info = mg_image_get_info (truth);
  MgQuality quality;

  g_assert_true (mg_quality_compare (a, b, info->width, info->height, 0, &quality, NULL, NULL));
  return quality.raw.psnr;
}

static void
test_learns (const char *recipe, gboolean with_clean, guint n_images, gint64 steps, double gain)
{
  g_autoptr (MgModel) model = train (recipe, with_clean, n_images, steps);
  g_autoptr (MgImage) noisy = NULL;
  g_autoptr (MgImage) clean = NULL;
  g_autoptr (MgImage) restored = NULL;
  const MgImageInfo *info, *like;

  /* from one image: that one, else one not seen */
  make_pair (n_images == 1 ? 0 : 100, &noisy, &clean);
  restored = restore (model, noisy, 0, FALSE);
  info = mg_image_get_info (restored);
  like = mg_image_get_info (noisy);
  g_assert_cmpint (info->type, ==, like->type);
  g_assert_cmpint (info->bits, ==, like->bits);
  g_assert_cmpfloat (info->pixel_width, ==, like->pixel_width);
  g_assert_cmpstr (info->unit, ==, like->unit);
  g_test_message ("%s: %.2f dB noisy, %.2f dB restored", recipe, psnr (noisy, clean), psnr (restored, clean));
  g_assert_cmpfloat (psnr (restored, clean), >, psnr (noisy, clean) + gain);
}

static void
test_care (void)
{
  test_learns ("care", TRUE, 5, 150, 5);
}

static void
test_n2v (void)
{
  test_learns ("n2v", FALSE, 5, 150, 4);
}

static void
test_n2v_one_image (void)
{
  test_learns ("n2v", FALSE, 1, 150, 4);
}

/* Every plane of a stack is restored, with its own place and type kept. */
static void
test_stack (void)
{
  g_autoptr (MgModel) model = train ("n2v", FALSE, 5, 20);
  g_autoptr (MgImage) stack = NULL;
  g_autoptr (MgImage) restored = NULL;
  MgImageInfo info = { .width = 40, .height = 33, .n_channels = 1, .n_z = 2, .n_t = 3, .type = MG_PIXEL_U16, .pixel_depth = 0.7 };
  guint16 *pixels = g_new (guint16, 40 * 33 * 6);
  MgRng rng;

  mg_rng_init (&rng, 1, 1);
  for (int i = 0; i < 40 * 33 * 6; i++)
    pixels[i] = (guint16) (2000 * (1 + i / (40 * 33)) + 100 * mg_rng_normal (&rng));
  stack = mg_image_new_take (&info, pixels, g_free, NULL);
  restored = restore (model, stack, 0, FALSE);
  g_assert_cmpint (mg_image_get_info (restored)->n_z, ==, 2);
  g_assert_cmpint (mg_image_get_info (restored)->n_t, ==, 3);
  g_assert_cmpint (mg_image_get_info (restored)->type, ==, MG_PIXEL_U16);
  g_assert_cmpfloat (mg_image_get_info (restored)->pixel_depth, ==, 0.7);
  for (int plane = 0; plane < 6; plane++)
    {
      g_autofree float *values = read_plane (restored, plane % 2, plane / 2);
      double mean = 0;

      for (int i = 0; i < 40 * 33; i++)
        mean += values[i] / (40 * 33);
      g_assert_cmpfloat_with_epsilon (mean, 2000 * (1 + plane), 300);
    }
}

/* No seams: what tiles leave of the whole is rounding only, however small they are
 * asked for. */
static void
test_tiles (void)
{
  const int side = 296; /* more than one of the smallest that hold what the network sees */
  g_autoptr (MgModel) model = train ("care", TRUE, 5, 20);
  g_autoptr (MgImage) noisy = NULL;
  g_autoptr (MgImage) clean = NULL;
  g_autoptr (MgImage) whole = NULL;
  g_autoptr (MgImage) tiled = NULL;
  g_autofree float *a = NULL, *b = NULL;
  float low = INFINITY, high = -INFINITY, largest = 0;

  make_pair_of (side, 7, &noisy, &clean);
  whole = restore (model, noisy, side, TRUE);
  tiled = restore (model, noisy, 96, TRUE);
  g_assert_cmpint (mg_image_get_info (whole)->type, ==, MG_PIXEL_F32);
  a = read_plane (whole, 0, 0);
  b = read_plane (tiled, 0, 0);
  for (int i = 0; i < side * side; i++)
    {
      low = MIN (low, a[i]);
      high = MAX (high, a[i]);
      largest = MAX (largest, fabsf (a[i] - b[i]));
    }
  g_assert_cmpfloat (largest, <, 1e-5f * (high - low));
}

/* A part of the image whose sides differ, turned a quarter or not; the pixels' sides
 * are equal or not. */
static MgImage *
take_part (MgImage *image, gboolean turned, double pixel_height)
{
  const int width = 100, height = 72;
  g_autofree float *all = read_plane (image, 0, 0);
  float *pixels = g_new (float, width *height);
  MgImageInfo info = {
    .width = turned ? height : width,
    .height = turned ? width : height,
    .n_channels = 1,
    .n_z = 1,
    .n_t = 1,
    .type = MG_PIXEL_F32,
    .pixel_width = 1,
    .pixel_height = pixel_height,
  };

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      pixels[turned ? x * height + height - 1 - y : y * width + x] = all[y * SIDE + x];
  return mg_image_new_take (&info, pixels, g_free, NULL);
}

/* Largest difference between what becomes of an image and of the same one turned,
 * over the range. */
static double
compare_turned (MgModel *model, MgImage *image, gboolean augment, double pixel_height)
{
  const MgPredictOptions options = { .device = "cpu", .tile = 64, .as_float = TRUE, .augment = augment };
  g_autoptr (MgImage) upright = take_part (image, FALSE, pixel_height);
  g_autoptr (MgImage) turned = take_part (image, TRUE, pixel_height);
  g_autoptr (MgImage) first = restore_with (model, upright, &options, NULL);
  g_autoptr (MgImage) second = restore_with (model, turned, &options, NULL);
  g_autofree float *a = read_plane (first, 0, 0), *b = read_plane (second, 0, 0);
  float low = INFINITY, high = -INFINITY, largest = 0;

  for (int y = 0; y < 72; y++)
    for (int x = 0; x < 100; x++)
      {
        low = MIN (low, a[y * 100 + x]);
        high = MAX (high, a[y * 100 + x]);
        largest = MAX (largest, fabsf (a[y * 100 + x] - b[x * 72 + 72 - 1 - y]));
      }
  return (double) (largest / (high - low));
}

/* A network that sees so little that small tiles stay small. */
static void
set_shallow (MgTrainConfig *config)
{
  config->net.depth = 1;
}

/* Over all orientations, no direction is another; where pixels are not square, only
 * mirror images count. */
static void
test_augment (void)
{
  g_autoptr (MgModel) model = train_changed ("care", TRUE, 5, 20, set_shallow);
  g_autoptr (MgImage) noisy = NULL;
  g_autoptr (MgImage) clean = NULL;

  make_pair (7, &noisy, &clean);
  g_assert_cmpfloat (compare_turned (model, noisy, FALSE, 1), >, 1e-3);
  g_assert_cmpfloat (compare_turned (model, noisy, TRUE, 1), <, 1e-5);
  g_assert_cmpfloat (compare_turned (model, noisy, TRUE, 3), >, 1e-3);
}

static void
set_probabilistic (MgTrainConfig *config)
{
  config->probabilistic = TRUE;
}

/* About half of the true values lie within b · ln 2 of the mean. */
static void
test_probabilistic (void)
{
  g_autoptr (MgModel) model = train_changed ("care", TRUE, 5, 400, set_probabilistic);
  const MgPredictOptions options = { .device = "cpu", .as_float = TRUE };
  g_autoptr (MgImage) noisy = NULL;
  g_autoptr (MgImage) clean = NULL;
  g_autoptr (MgImage) restored = NULL;
  g_autoptr (MgImage) uncertainty = NULL;
  g_autofree float *mean = NULL, *scale = NULL, *truth = NULL;
  int n_within = 0;

  make_pair (100, &noisy, &clean);
  restored = restore_with (model, noisy, &options, &uncertainty);
  g_test_message ("%.2f dB noisy, %.2f dB restored", psnr (noisy, clean), psnr (restored, clean));
  g_assert_cmpfloat (psnr (restored, clean), >, psnr (noisy, clean) + 3);
  g_assert_cmpint (mg_image_get_info (uncertainty)->type, ==, MG_PIXEL_F32);
  g_assert_cmpfloat (mg_image_get_info (uncertainty)->pixel_width, ==, mg_image_get_info (noisy)->pixel_width);
  mean = read_plane (restored, 0, 0);
  scale = read_plane (uncertainty, 0, 0);
  truth = read_plane (clean, 0, 0);
  for (int i = 0; i < SIDE * SIDE; i++)
    {
      g_assert_cmpfloat (scale[i], >, 0);
      n_within += (double) fabsf (mean[i] - truth[i]) < (double) scale[i] * G_LN2;
    }
  g_test_message ("%.1f %% of the true values within b ln 2", 100.0 * n_within / (SIDE * SIDE));
  g_assert_cmpint (n_within, >, SIDE * SIDE * 3 / 10);
  g_assert_cmpint (n_within, <, SIDE * SIDE * 7 / 10);
}

static void
set_each_channel (MgTrainConfig *config)
{
  set_shallow (config);
  config->each_channel = TRUE;
}

/* Channels one by one: each as if it were alone. */
static void
test_each_channel (void)
{
  g_autoptr (MgModel) model = train_changed ("care", TRUE, 5, 20, set_each_channel);
  const MgPredictOptions options = { .device = "cpu", .tile = 64, .as_float = TRUE, .augment = TRUE };
  MgImageInfo info = { .width = SIDE, .height = SIDE, .n_channels = 3, .n_z = 1, .n_t = 1, .type = MG_PIXEL_F32 };
  float *pixels = g_new (float, 3 * SIDE * SIDE);
  MgImage *single[3];
  g_autoptr (MgImage) all = NULL;
  g_autoptr (MgImage) restored = NULL;

  for (int c = 0; c < 3; c++)
    {
      g_autoptr (MgImage) clean = NULL;
      g_autofree float *values = NULL;

      make_pair (20 + (guint64) c, &single[c], &clean);
      values = read_plane (single[c], 0, 0);
      memcpy (pixels + c * SIDE * SIDE, values, SIDE * SIDE * sizeof (float));
    }
  all = mg_image_new_take (&info, pixels, g_free, NULL);
  restored = restore_with (model, all, &options, NULL);
  g_assert_cmpint (mg_image_get_info (restored)->n_channels, ==, 3);
  for (int c = 0; c < 3; c++)
    {
      g_autoptr (MgImage) alone = restore_with (model, single[c], &options, NULL);
      g_autofree float *a = read_channel (restored, c, 0, 0), *b = read_plane (alone, 0, 0);

      for (int i = 0; i < SIDE * SIDE; i++)
        g_assert_cmpfloat_with_epsilon (a[i], b[i], 1e-3);
      mg_image_unref (single[c]);
    }
}

static void
set_mean_std (MgTrainConfig *config)
{
  config->normalisation = MG_NORMALISE_MEAN_STD;
}

/* The model knows how its images were normalised. */
static void
test_mean_std (void)
{
  g_autoptr (MgModel) model = train_changed ("care", TRUE, 5, 200, set_mean_std);
  g_autoptr (GFile) file = fixture_temp_file ("mean.safetensors");
  g_autoptr (MgModel) read = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (MgImage) noisy = NULL;
  g_autoptr (MgImage) clean = NULL;
  g_autoptr (MgImage) restored = NULL;

  g_assert_true (mg_model_save (model, file, &error));
  read = mg_model_load (file, &error);
  g_assert_no_error (error);
  g_assert_cmpint (mg_model_get_config (read)->normalisation, ==, MG_NORMALISE_MEAN_STD);
  make_pair (100, &noisy, &clean);
  restored = restore (read, noisy, 0, FALSE);
  g_assert_cmpfloat (psnr (restored, clean), >, psnr (noisy, clean) + 2);
  g_file_delete (file, NULL, NULL);
}

/* A model file keeps how pixels were hidden. */
static void
test_model_file (void)
{
  g_autoptr (MgModel) model = train ("n2v", FALSE, 5, 2);
  g_autoptr (GFile) file = fixture_temp_file ("n2v.safetensors");
  g_autoptr (MgModel) read = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (mg_model_save (model, file, &error));
  read = mg_model_load (file, &error);
  g_assert_no_error (error);
  g_assert_cmpint (mg_model_get_config (read)->blind_fill, ==, mg_model_get_config (model)->blind_fill);
  g_assert_cmpint (mg_model_get_config (read)->blind_x, ==, mg_model_get_config (model)->blind_x);
  g_assert_cmpfloat (mg_model_get_config (read)->blind_share, ==, mg_model_get_config (model)->blind_share);
  g_file_delete (file, NULL, NULL);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pipeline/restore/care", test_care);
  g_test_add_func ("/pipeline/restore/n2v", test_n2v);
  g_test_add_func ("/pipeline/restore/n2v-one-image", test_n2v_one_image);
  g_test_add_func ("/pipeline/restore/stack", test_stack);
  g_test_add_func ("/pipeline/restore/tiles", test_tiles);
  g_test_add_func ("/pipeline/restore/augment", test_augment);
  g_test_add_func ("/pipeline/restore/probabilistic", test_probabilistic);
  g_test_add_func ("/pipeline/restore/each-channel", test_each_channel);
  g_test_add_func ("/pipeline/restore/mean-std", test_mean_std);
  g_test_add_func ("/pipeline/restore/model-file", test_model_file);
  return g_test_run ();
}
