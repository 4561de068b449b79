/* Learning from noisy images alone: pixels to judge by, what is said of the noise,
 * a pixel's own value, patterns of single pixels. */

#include "dataset/augment.h"
#include "image/checkerboard.h"
#include "image/filter.h"
#include "image/posterior.h"
#include "nn/unet.h"
#include "recipe/blind-spot.h"
#include "recipe/noise-advice.h"
#include "train/card.h"

#include <math.h>
#include <string.h>

#define SIDE  128
#define PATCH 32

static MgImage *
take_image (float *pixels)
{
  MgImageInfo info = { .width = SIDE, .height = SIDE, .n_channels = 1, .n_z = 1, .n_t = 1, .type = MG_PIXEL_F32 };
  g_autoptr (GError) error = NULL;
  MgImage *image = mg_image_new_take (&info, pixels, g_free, &error);

  g_assert_no_error (error);
  return image;
}

static float *
make_noise (double sigma)
{
  float *values = g_new (float, SIDE *SIDE);
  MgRng rng;

  mg_rng_init (&rng, 7, 0);
  for (int i = 0; i < SIDE * SIDE; i++)
    values[i] = (float) (sigma * mg_rng_normal (&rng));
  return values;
}

static double
mean_square (const float *a, const float *b)
{
  double sum = 0;

  for (int i = 0; i < SIDE * SIDE; i++)
    sum += (double) (a[i] - b[i]) * (a[i] - b[i]);
  return sum / (SIDE * SIDE);
}

static void
test_share (void)
{
  const MgRecipe *recipe = mg_recipe_find ("n2v", NULL);
  MgTrainConfig config, other;
  int n_both = 0, n = 0;

  recipe->defaults (&config);
  config.blind_x = config.blind_y = 0;
  other = config;
  other.seed = 1;
  for (int y0 = -64; y0 < 64; y0 += 8)
    for (int x0 = -64; x0 < 64; x0 += 8, n++)
      {
        int found = 0;

        for (int i = 0; i < 64; i++)
          if (mg_blind_spot_is_held_out (&config, x0 + i % 8, y0 + i / 8))
            {
              found++;
              n_both += mg_blind_spot_is_held_out (&other, x0 + i % 8, y0 + i / 8);
            }
        g_assert_cmpint (found, ==, 1);
      }
  g_assert_cmpint (n_both, <, n / 8);
}

/* An image that shows where its pixels are, seen from all sides. */
static void
test_held_out (void)
{
  const MgRecipe *recipe = mg_recipe_find ("n2v", NULL);
  const MgAugment augment = { .flips = TRUE, .rotation = 90, .exact = TRUE };
  float target[PATCH * PATCH], weight[PATCH * PATCH], *pixels = g_new (float, SIDE *SIDE);
  MgTargetSet out = { .size = PATCH, .data = { target, weight } };
  MgItem item = { .low = { 0 }, .high = { 1 } };
  int n_learned = 0, n_judged = 0;
  MgTrainConfig config;
  MgPatch patch;
  MgRng rng;

  for (int i = 0; i < SIDE * SIDE; i++)
    pixels[i] = (float) i;
  g_autoptr (MgImage) image = take_image (pixels);
  item.image = image;
  recipe->defaults (&config);
  config.blind_x = config.blind_y = 0;
  mg_rng_init (&rng, 3, 0);
  g_assert_true (mg_patch_init (&patch, PATCH, 1, FALSE, FALSE, NULL));
  for (int k = 0; k < 100; k++)
    {
      MgPlace place;

      patch.judges = k % 4 == 3;
      mg_augment_place (&augment, &item, 1, PATCH, &rng, &place);
      g_assert_true (mg_patch_cut (&patch, &item, &place, NULL, NULL));
      g_assert_true (recipe->make_targets (&patch, &config, &rng, &out, NULL));
      for (int i = 0; i < PATCH * PATCH; i++)
        {
          int from = (int) lroundf (target[i]);
          gboolean held_out = mg_blind_spot_is_held_out (&config, from % SIDE, from / SIDE);

          if (patch.judges)
            g_assert_cmpint (weight[i] > 0, ==, held_out);
          else if (weight[i] > 0)
            g_assert_false (held_out);
          if (weight[i] > 0)
            g_assert_cmpint ((int) lroundf (patch.image[i]), !=, from);
          n_judged += patch.judges && weight[i] > 0;
          n_learned += !patch.judges && weight[i] > 0;
        }
    }
  g_assert_cmpint (n_judged, >, 25 * PATCH * PATCH / 64 / 2);
  g_assert_cmpint (n_learned, >, 75 * PATCH * PATCH / 8);
  mg_patch_clear (&patch);
}

/* Disks with sharp edges on a slope, counted light; what is foretold knows no
 * sharp edge. */
static void
test_posterior (void)
{
  g_autofree float *truth = g_new (float, SIDE *SIDE), *foretold = g_new (float, SIDE *SIDE);
  g_autofree float *noise = make_noise (1), *noisy = g_new (float, SIDE *SIDE), *out = g_new (float, SIDE *SIDE);
  double before, after;

  for (int i = 0; i < SIDE * SIDE; i++)
    {
      int x = i % SIDE % 32 - 16, y = i / SIDE % 32 - 16;

      truth[i] = (float) (20 + i / SIDE / 8.0 + (x * x + y * y < 80 ? 60 : 0));
      noisy[i] = truth[i] + 2 * sqrtf (truth[i]) * noise[i];
    }
  g_assert_true (mg_filter_gaussian (truth, SIDE, SIDE, 1, foretold, NULL));
  noisy[20 * SIDE + 50] = 1e5f;
  noisy[30 * SIDE + 50] = NAN;
  g_assert_true (mg_posterior_mean (noisy, foretold, SIDE, SIDE, out, NULL));
  g_assert_cmpfloat (fabsf (out[20 * SIDE + 50] - foretold[20 * SIDE + 50]), <, 60);
  g_assert_cmpfloat (out[30 * SIDE + 50], ==, foretold[30 * SIDE + 50]);
  before = mean_square (foretold, truth);
  after = mean_square (out, truth);
  g_assert_cmpfloat (after, <, 0.8 * before);
  /* nothing to weigh by: no noise, or too few pixels */
  g_assert_true (mg_posterior_mean (foretold, foretold, SIDE, SIDE, out, NULL));
  g_assert_cmpmem (out, SIDE * SIDE * sizeof (float), foretold, SIDE * SIDE * sizeof (float));
  g_assert_true (mg_posterior_mean (noisy, foretold, 16, 16, out, NULL));
  g_assert_cmpmem (out, 16 * 16 * sizeof (float), foretold, 16 * 16 * sizeof (float));
}

static void
assert_corrects_nothing (const MgGraph *graph)
{
  const MgTensor *tensor = mg_graph_get_tensor (graph, mg_graph_find (graph, "correction.weight"));
  g_autofree float *values = g_new (float, mg_tensor_n_values (tensor));

  mg_init_parameter (tensor, 0, values);
  for (gsize i = 0; i < mg_tensor_n_values (tensor); i++)
    g_assert_cmpfloat (values[i], ==, 0);
}

/* The network begins as the mean of a pixel's surroundings. */
static void
test_begins_as_mean (gconstpointer data)
{
  int reach = GPOINTER_TO_INT (data), side = 2 * MIN (reach, 1) + 5, inner = MIN (reach, 1);
  const MgRecipe *recipe = mg_recipe_find ("n2v", NULL);
  g_autoptr (MgGraph) graph = mg_graph_new ();
  g_autoptr (GError) error = NULL;
  MgTrainConfig config;
  const MgTensor *tensor;
  float values[7 * 7 * 4];
  double sums[4] = { 0 };

  recipe->defaults (&config);
  config.net.n_in = 2;
  config.blind_x = reach;
  config.blind_y = 0;
  g_assert_true (recipe->build (graph, &config, 1, 32, 32, FALSE, &error));
  g_assert_no_error (error);
  tensor = mg_graph_get_tensor (graph, mg_graph_find (graph, "image.surroundings"));
  g_assert_cmpuint (mg_tensor_n_values (tensor), ==, (gsize) (side * side * 4));
  mg_init_parameter (tensor, 0, values);
  for (int i = 0; i < side * side; i++)
    for (int c = 0; c < 4; c++)
      {
        gboolean middle = ABS (i % side - side / 2) <= inner && ABS (i / side - side / 2) <= inner;

        g_assert_cmpint (values[4 * i + c] > 0, ==, !middle && c % 3 == 0);
        sums[c] += values[4 * i + c];
      }
  g_assert_cmpfloat_with_epsilon (sums[0], 1, 1e-5);
  g_assert_cmpfloat_with_epsilon (sums[3], 1, 1e-5);
  assert_corrects_nothing (graph);
}

/* That of a recipe that may look at the pixel, as a Gaussian filter. */
static void
test_begins_as_filter (void)
{
  const MgRecipe *recipe = mg_recipe_find ("care", NULL);
  g_autoptr (MgGraph) graph = mg_graph_new (), before = mg_graph_new ();
  g_autoptr (GError) error = NULL;
  MgTrainConfig config;
  float values[5 * 5];
  double sum = 0;

  recipe->defaults (&config);
  g_assert_true (recipe->build (graph, &config, 1, 32, 32, FALSE, &error));
  mg_init_parameter (mg_graph_get_tensor (graph, mg_graph_find (graph, "image.smooth")), 0, values);
  for (int i = 0; i < 5 * 5; i++)
    {
      g_assert_cmpfloat (values[i], >, 0);
      g_assert_cmpfloat (values[i], <=, values[2 * 5 + 2]);
      g_assert_cmpfloat (values[i], ==, values[5 * 5 - 1 - i]);
      sum += values[i];
    }
  g_assert_cmpfloat_with_epsilon (sum, 1, 1e-5);
  assert_corrects_nothing (graph);
  /* a model from before there was a filter has its own head still */
  config.net.filter_output = FALSE;
  g_assert_true (recipe->build (before, &config, 1, 32, 32, FALSE, &error));
  g_assert_cmpint (mg_graph_find (before, "image.smooth"), ==, MG_TENSOR_NONE);
  g_assert_cmpint (mg_graph_find (before, "head.weight"), !=, MG_TENSOR_NONE);
}

static void
test_checkerboard (void)
{
  g_autofree float *noise = make_noise (1), *smooth = g_new (float, SIDE *SIDE);

  g_assert_cmpfloat_with_epsilon (mg_checkerboard (noise, SIDE, SIDE), 1, 0.1);
  g_assert_true (mg_filter_gaussian (noise, SIDE, SIDE, 1, smooth, NULL));
  g_assert_cmpfloat (mg_checkerboard (smooth, SIDE, SIDE), <, 0.5);
  for (int i = 0; i < SIDE * SIDE; i++)
    smooth[i] += (i % SIDE + i / SIDE) % 2 ? 0.1f : -0.1f;
  g_assert_cmpfloat (mg_checkerboard (smooth, SIDE, SIDE), >, 2);
  memset (smooth, 0, SIDE * SIDE * sizeof (float));
  g_assert_true (isnan (mg_checkerboard (smooth, SIDE, SIDE)));
  g_assert_true (isnan (mg_checkerboard (noise, 15, 15)));
}

static void
test_advice (void)
{
  float *white = make_noise (10), *lines = make_noise (10);
  MgNoiseAdvice advice;

  for (int i = 0; i + 1 < SIDE * SIDE; i++)
    lines[i] += lines[i + 1];
  g_autoptr (MgImage) even = take_image (g_new0 (float, SIDE *SIDE)), a = take_image (white), b = take_image (lines);

  mg_noise_advice (&a, 1, &advice);
  g_assert_cmpint (advice.blind_x + advice.blind_y, ==, 0);
  g_assert_false (advice.filter_may_do);
  g_assert_nonnull (strstr (advice.text, "noise of its own"));
  mg_noise_advice ((MgImage *[]){ a, b, b }, 3, &advice);
  g_assert_cmpuint (advice.n, ==, 3);
  g_assert_cmpint (advice.blind_x, ==, 2);
  g_assert_cmpint (advice.blind_y, ==, 0);
  g_assert_true (advice.filter_may_do);
  g_assert_nonnull (strstr (advice.text, "5 × 1 pixels"));
  mg_noise_advice (&even, 1, &advice);
  g_assert_cmpuint (advice.n, ==, 0);
  g_assert_nonnull (strstr (advice.text, "no flat place"));
}

/* The sums of a filter that foretells, by hand. */
static void
test_filter (void)
{
  g_autofree float *noise = make_noise (1), *hidden = g_new0 (float, SIDE *SIDE);
  double squares[MG_FILTER_N_GAUSSIANS] = { 0 };

  for (int i = 0; i < SIDE * SIDE; i += 37)
    hidden[i] = 1;
  g_assert_true (mg_filter_foretell (noise, SIDE, SIDE, hidden, 0, 0, squares, NULL));
  /* of white noise nothing can be foretold, best with the widest */
  for (int i = 0; i < MG_FILTER_N_GAUSSIANS; i++)
    g_assert_cmpfloat (squares[i] * 37 / (SIDE * SIDE), >, 0.9);
  g_assert_cmpfloat (squares[MG_FILTER_N_GAUSSIANS - 1], <, squares[0]);
  g_assert_cmpfloat_with_epsilon (squares[MG_FILTER_N_GAUSSIANS - 1] * 37 / (SIDE * SIDE), 1, 0.15);
  g_assert_null (mg_held_out_verdict (NAN, 1, FALSE));
  g_assert_nonnull (strstr (mg_held_out_verdict (20, 20.01, TRUE), "simple filter"));
  g_assert_null (strstr (mg_held_out_verdict (20.2, 20.01, FALSE), "compare"));
  g_assert_nonnull (strstr (mg_held_out_verdict (20.2, 20.01, TRUE), "compare"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/blind/held-out/share", test_share);
  g_test_add_func ("/blind/held-out/patches", test_held_out);
  g_test_add_func ("/blind/posterior", test_posterior);
  g_test_add_data_func ("/blind/begins-as-mean/pixel", GINT_TO_POINTER (0), test_begins_as_mean);
  g_test_add_data_func ("/blind/begins-as-mean/box", GINT_TO_POINTER (3), test_begins_as_mean);
  g_test_add_func ("/blind/begins-as-filter", test_begins_as_filter);
  g_test_add_func ("/blind/checkerboard", test_checkerboard);
  g_test_add_func ("/blind/advice", test_advice);
  g_test_add_func ("/blind/filter", test_filter);
  return g_test_run ();
}
