/* Scores against the truth, noise, and plain filters. */

#include "base/rng.h"
#include "image/filter.h"
#include "image/noise.h"
#include "image/quality.h"

#include <math.h>
#include <string.h>

#define W 96
#define H 80
#define N (W * H)

/* Soft spots over a slope, in the units of an 8-bit camera. */
static void
make_truth (float *out)
{
  MgRng rng;
  float spots[7][3];

  mg_rng_init (&rng, 5, 0);
  for (int i = 0; i < 7; i++)
    {
      spots[i][0] = (float) mg_rng_range (&rng, 0, W);
      spots[i][1] = (float) mg_rng_range (&rng, 0, H);
      spots[i][2] = (float) mg_rng_range (&rng, 40, 120);
    }
  for (int y = 0; y < H; y++)
    for (int x = 0; x < W; x++)
      {
        float value = 20 + 0.2f * (float) x;

        for (int i = 0; i < 7; i++)
          {
            float dx = (float) x - spots[i][0], dy = (float) y - spots[i][1];

            value += spots[i][2] * expf (-(dx * dx + dy * dy) / 18);
          }
        out[y * W + x] = value;
      }
}

/* Noise of `along` neighbours in the row each. */
static void
add_noise (const float *truth, double sigma, int along, guint64 seed, float *out)
{
  MgRng rng;
  float noise[N + 8];

  mg_rng_init (&rng, seed, 1);
  for (int i = 0; i < N + 8; i++)
    noise[i] = (float) (sigma * mg_rng_normal (&rng) / sqrt (along));
  for (int i = 0; i < N; i++)
    {
      out[i] = truth[i];
      for (int k = 0; k < along; k++)
        out[i] += noise[i + k];
    }
}

static double
psnr (const float *image, const float *truth)
{
  MgQuality quality;

  g_assert_true (mg_quality_compare (image, truth, W, H, 255, &quality, NULL, NULL));
  return quality.raw.psnr;
}

/* Structural similarity of one place, written down as in the paper. */
static double
slow_ssim (const float *a, const float *b, int x, int y, double range)
{
  double ma = 0, mb = 0, aa = 0, bb = 0, ab = 0, total = 0, c1 = 1e-4 * range * range, c2 = 9e-4 * range * range;

  for (int pass = 0; pass < 2; pass++)
    for (int j = -5; j <= 5; j++)
      for (int i = -5; i <= 5; i++)
        {
          double w = exp (-(i * i + j * j) / 4.5), p = a[(y + j) * W + x + i], q = b[(y + j) * W + x + i];

          if (pass == 0)
            {
              total += w;
              ma += w * p;
              mb += w * q;
            }
          else
            {
              aa += w * (p - ma / total) * (p - ma / total) / total;
              bb += w * (q - mb / total) * (q - mb / total) / total;
              ab += w * (p - ma / total) * (q - mb / total) / total;
            }
        }
  ma /= total;
  mb /= total;
  return (2 * ma * mb + c1) * (2 * ab + c2) / ((ma * ma + mb * mb + c1) * (aa + bb + c2));
}

static void
test_scores (void)
{
  float truth[N], image[N], map[N];
  MgQuality quality;
  double low = INFINITY, high = -INFINITY, sum = 0;

  make_truth (truth);
  for (int i = 0; i < N; i++)
    {
      image[i] = truth[i] + (i % 2 ? 3 : -3);
      low = MIN (low, truth[i]);
      high = MAX (high, truth[i]);
    }
  g_assert_true (mg_quality_compare (image, truth, W, H, 255, &quality, NULL, NULL));
  g_assert_cmpfloat_with_epsilon (quality.raw.psnr, 20 * log10 (255.0 / 3), 1e-4);
  g_assert_cmpfloat_with_epsilon (quality.raw.nrmse, 3 / (high - low), 1e-6);
  g_assert_true (mg_ssim_map (image, truth, W, H, 255, map, NULL, NULL));
  for (int y = 5; y < H - 5; y++)
    for (int x = 5; x < W - 5; x++)
      {
        double expected = slow_ssim (image, truth, x, y, 255);

        g_assert_cmpfloat_with_epsilon (map[y * W + x], expected, 1e-5);
        sum += expected;
      }
  g_assert_cmpfloat_with_epsilon (quality.raw.ssim, sum / ((W - 10) * (H - 10)), 1e-5);
  g_assert_true (mg_quality_compare (truth, truth, W, H, 0, &quality, NULL, NULL));
  g_assert_cmpfloat_with_epsilon (quality.raw.ssim, 1, 1e-6);
  g_assert_cmpfloat_with_epsilon (quality.raw_range, high - low, 1e-6);
  g_assert_true (isinf (quality.raw.psnr));
}

static void
test_fit (void)
{
  float truth[N], image[N];
  MgQuality quality;

  make_truth (truth);
  add_noise (truth, 2, 1, 3, image);
  for (int i = 0; i < N; i++)
    image[i] = image[i] * 40 + 1000;
  g_assert_true (mg_quality_compare (image, truth, W, H, 255, &quality, NULL, NULL));
  g_assert_cmpfloat_with_epsilon (quality.gain, 1 / 40.0, 1e-3);
  g_assert_cmpfloat (quality.raw.psnr, <, 0);
  /* sigma 2 over the range that was reported */
  g_assert_cmpfloat_with_epsilon (quality.fitted.psnr, 20 * log10 (quality.fitted_range / 2), 0.3);
}

static void
test_refused (void)
{
  g_autoptr (GError) error = NULL;
  float truth[N] = { 0 }, image[N] = { 0 };
  MgQuality quality;

  g_assert_false (mg_quality_compare (image, truth, W, H, 255, &quality, NULL, &error));
  g_assert_error (error, MG_ERROR, MG_ERROR_DATA);
  g_clear_error (&error);
  make_truth (truth);
  image[77] = NAN;
  g_assert_false (mg_quality_compare (image, truth, W, H, 255, &quality, NULL, &error));
  g_assert_error (error, MG_ERROR, MG_ERROR_DATA);
}

static void
test_noise (void)
{
  float truth[N], image[N];
  MgNoise noise;

  /* so small and crowded an image has no flat places unless it is faint */
  make_truth (truth);
  for (int i = 0; i < N; i++)
    truth[i] *= 0.2f;
  for (double sigma = 6; sigma <= 24; sigma *= 2)
    {
      add_noise (truth, sigma, 1, 7, image);
      g_assert_true (mg_noise_measure (image, W, H, &noise, NULL));
      g_assert_cmpfloat_with_epsilon (noise.sigma, sigma, 0.12 * sigma);
      g_assert_cmpint (noise.reach_x, ==, 0);
      g_assert_cmpint (noise.reach_y, ==, 0);
    }
  add_noise (truth, 12, 3, 7, image);
  g_assert_true (mg_noise_measure (image, W, H, &noise, NULL));
  g_assert_cmpfloat_with_epsilon (noise.along[1], 2 / 3.0, 0.1);
  g_assert_cmpint (noise.reach_x, ==, 2);
  g_assert_cmpint (noise.reach_y, ==, 0);
  memset (image, 0, sizeof image);
  g_assert_true (mg_noise_measure (image, W, H, &noise, NULL));
  g_assert_cmpfloat (noise.sigma, ==, 0);
  g_assert_cmpuint (noise.n_blocks, ==, 0);
}

static void
test_filters (gconstpointer data)
{
  MgFilterKind kind = (MgFilterKind) GPOINTER_TO_INT (data), found;
  float truth[N], image[N], out[N];
  double before, strength, weak;

  g_assert_true (mg_filter_find (mg_filter_name (kind), &found, NULL));
  g_assert_cmpint (found, ==, kind);
  make_truth (truth);
  add_noise (truth, 12, 1, 11, image);
  before = psnr (image, truth);
  g_assert_true (mg_filter_auto (kind, image, W, H, out, &strength, NULL, NULL));
  g_assert_cmpfloat (psnr (out, truth), >, before + 5);
  g_assert_cmpfloat (strength, >, 0);
  /* less noise is filtered less */
  add_noise (truth, 5, 1, 11, image);
  before = psnr (image, truth);
  g_assert_true (mg_filter_auto (kind, image, W, H, out, &weak, NULL, NULL));
  if (kind != MG_FILTER_NLM)
    g_assert_cmpfloat (weak, <=, strength);
  g_assert_cmpfloat (psnr (out, truth), >, before);
}

static void
test_filter_limits (void)
{
  g_autoptr (GError) error = NULL;
  float image[N], out[N];
  MgFilterKind kind;
  double strength;

  /* a constant stays one, whatever is not a number does not spread */
  for (int k = MG_FILTER_GAUSSIAN; k <= MG_FILTER_NLM; k++)
    {
      for (int i = 0; i < N; i++)
        image[i] = 7;
      image[N / 2] = NAN;
      g_assert_true (mg_filter_auto ((MgFilterKind) k, image, W, H, out, &strength, NULL, NULL));
      for (int i = 0; i < N; i++)
        g_assert_cmpfloat_with_epsilon (out[i], 7, 1e-5);
    }
  make_truth (image);
  image[20 * W + 30] = 5000;
  g_assert_true (mg_filter_median (image, W, H, 1, out, NULL, NULL));
  for (int i = 0; i < N; i++)
    g_assert_cmpfloat (out[i], <, 500);
  /* smaller than any window */
  for (int k = MG_FILTER_GAUSSIAN; k <= MG_FILTER_NLM; k++)
    g_assert_true (mg_filter_auto ((MgFilterKind) k, (float[]){ 1, 2, 3 }, 3, 1, out, &strength, NULL, NULL));
  g_assert_false (mg_filter_median (image, W, H, 9, out, NULL, &error));
  g_assert_error (error, MG_ERROR, MG_ERROR_USAGE);
  g_clear_error (&error);
  g_assert_false (mg_filter_find ("wiener", &kind, &error));
  g_assert_error (error, MG_ERROR, MG_ERROR_USAGE);
}

/* Weights 1 for equal surroundings: two flat halves are averaged apart. */
static void
test_nlm_keeps_edges (void)
{
  float truth[N], image[N], out[N], blurred[N];

  for (int i = 0; i < N; i++)
    truth[i] = i % W < W / 2 ? 50 : 200;
  add_noise (truth, 10, 1, 13, image);
  g_assert_true (mg_filter_nlm (image, W, H, 0.7, 10, out, NULL, NULL));
  g_assert_true (mg_filter_gaussian (image, W, H, 2, blurred, NULL));
  g_assert_cmpfloat (psnr (out, truth), >, psnr (blurred, truth) + 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/quality/scores", test_scores);
  g_test_add_func ("/quality/fit", test_fit);
  g_test_add_func ("/quality/refused", test_refused);
  g_test_add_func ("/quality/noise", test_noise);
  g_test_add_data_func ("/quality/filter/gaussian", GINT_TO_POINTER (MG_FILTER_GAUSSIAN), test_filters);
  g_test_add_data_func ("/quality/filter/median", GINT_TO_POINTER (MG_FILTER_MEDIAN), test_filters);
  g_test_add_data_func ("/quality/filter/nlm", GINT_TO_POINTER (MG_FILTER_NLM), test_filters);
  g_test_add_func ("/quality/filter/limits", test_filter_limits);
  g_test_add_func ("/quality/filter/edges", test_nlm_keeps_edges);
  return g_test_run ();
}
