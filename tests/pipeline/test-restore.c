/* Whole runs of the recipes that restore images. */

#include "pipeline/fixture.h"

#include "base/mem.h"
#include "dataset/synth.h"
#include "image/quality.h"
#include "predict/predictor.h"

#include <math.h>

#define SIDE 128

/* Few photons: simulated nuclei as a camera sees them, and what is behind. */
static void
make_pair (guint64 stream, MgImage **noisy, MgImage **clean)
{
  g_autoptr (GError) error = NULL;
  MgSynthParams params;
  MgRng rng;

  mg_rng_init (&rng, 4, stream);
  mg_synth_defaults (&params, SIDE, TRUE);
  g_assert_true (mg_synth_cells (&params, &rng, noisy, NULL, clean, &error));
}

static MgModel *
train (const char *recipe, gboolean with_clean, guint n_images, gint64 steps)
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
  fixture_prepare (&config, dataset);
  loop = fixture_loop (&config, dataset, "cpu", history, NULL);
  fixture_run (loop, G_MAXINT64);
  return mg_model_ref (mg_train_loop_get_best (loop));
}

typedef struct
{
  MgImage *in;
  MgImage *out; /* (nullable) until done */
} Work;

static gboolean
load (guint index, MgImage **image, GError **error, gpointer data)
{
  *image = mg_image_ref (((Work *) data)->in);
  return TRUE;
}

static gboolean
done (guint index, MgImage *image, MgMaps *maps, MgDecoded *decoded, GError **error, gpointer data)
{
  ((Work *) data)->out = g_steal_pointer (&decoded->image);
  return TRUE;
}

static MgImage *
restore (MgModel *model, MgImage *image, int tile, gboolean as_float)
{
  const MgPredictOptions options = { .device = "cpu", .tile = tile, .as_float = as_float };
  Work work = { .in = image };
  const MgPredictSink sink = { load, done, &work, NULL };
  g_autoptr (MgJob) job = mg_predict_job_new (model, &options, NULL, 1, &sink, MG_PRIORITY_NORMAL);
  g_autoptr (GError) error = NULL;

  g_assert_true (mg_job_run (job, &error));
  g_assert_no_error (error);
  g_assert_nonnull (work.out);
  return work.out;
}

static float *
read_plane (MgImage *image, int z, int t)
{
  const MgImageInfo *info = mg_image_get_info (image);
  const MgRect all = { 0, 0, info->width, info->height };
  float *values = g_new (float, info->width * info->height);

  g_assert_true (mg_image_read_float (image, 0, z, t, &all, values, sizeof (float) * (gsize) info->width, NULL, NULL));
  return values;
}

static double
psnr (MgImage *image, MgImage *truth)
{
  g_autofree float *a = read_plane (image, 0, 0), *b = read_plane (truth, 0, 0);
  const MgImageInfo *info = mg_image_get_info (truth);
  MgQuality quality;

  g_assert_true (mg_quality_compare (a, b, info->width, info->height, 0, &quality, NULL));
  return quality.raw.psnr;
}

static void
test_learns (const char *recipe, gboolean with_clean, guint n_images, double gain)
{
  g_autoptr (MgModel) model = train (recipe, with_clean, n_images, 150);
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
  test_learns ("care", TRUE, 5, 5);
}

static void
test_n2v (void)
{
  test_learns ("n2v", FALSE, 5, 4);
}

static void
test_n2v_one_image (void)
{
  test_learns ("n2v", FALSE, 1, 4);
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

/* No seams: what tiles leave of the whole is rounding only. */
static void
test_tiles (void)
{
  g_autoptr (MgModel) model = train ("care", TRUE, 5, 20);
  g_autoptr (MgImage) noisy = NULL;
  g_autoptr (MgImage) clean = NULL;
  g_autoptr (MgImage) whole = NULL;
  g_autoptr (MgImage) tiled = NULL;
  g_autofree float *a = NULL, *b = NULL;
  float low = INFINITY, high = -INFINITY, largest = 0;

  make_pair (7, &noisy, &clean);
  whole = restore (model, noisy, 256, TRUE);
  tiled = restore (model, noisy, 96, TRUE);
  g_assert_cmpint (mg_image_get_info (whole)->type, ==, MG_PIXEL_F32);
  a = read_plane (whole, 0, 0);
  b = read_plane (tiled, 0, 0);
  for (int i = 0; i < SIDE * SIDE; i++)
    {
      low = MIN (low, a[i]);
      high = MAX (high, a[i]);
      largest = MAX (largest, fabsf (a[i] - b[i]));
    }
  g_assert_cmpfloat (largest, <, 1e-5f * (high - low));
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
  g_test_add_func ("/pipeline/restore/model-file", test_model_file);
  return g_test_run ();
}
