#include "base/rng.h"
#include "image/quality.h"

#include <math.h>

static void
make_pair (float *truth, float *restored, int n, double gain, double offset, double noise)
{
  MgRng rng;

  mg_rng_init (&rng, 4, 0);
  for (int i = 0; i < n; i++)
    {
      truth[i] = (float) (100 + 50 * sin (i * 0.13) + 10 * mg_rng_normal (&rng));
      restored[i] = (float) (gain * truth[i] + offset + noise * mg_rng_normal (&rng));
    }
}

static void
test_equal (void)
{
  float truth[20 * 16], restored[20 * 16];
  MgQuality raw, fitted;

  make_pair (truth, restored, G_N_ELEMENTS (truth), 1, 0, 0);
  g_assert_true (mg_quality_compare (truth, restored, 20, 16, &raw, &fitted, NULL));
  g_assert_cmpfloat_with_epsilon (raw.ssim, 1, 1e-9);
  g_assert_cmpfloat (raw.nrmse, ==, 0);
  g_assert_true (isinf (raw.psnr) && raw.psnr > 0);
}

static void
test_fit_undoes_gain_and_offset (void)
{
  float truth[20 * 16], restored[20 * 16];
  MgQuality raw, fitted;

  make_pair (truth, restored, G_N_ELEMENTS (truth), 3, -70, 0);
  g_assert_true (mg_quality_compare (truth, restored, 20, 16, &raw, &fitted, NULL));
  g_assert_cmpfloat (raw.nrmse, >, 0.5);
  g_assert_cmpfloat (fitted.nrmse, <, 1e-5);
  g_assert_cmpfloat (fitted.ssim, >, 0.9999);
}

/* A difference of a known size in a picture of a known range. */
static void
test_known_numbers (void)
{
  float truth[64 * 64], restored[64 * 64];
  MgQuality raw, fitted;

  for (int i = 0; i < 64 * 64; i++)
    {
      truth[i] = (float) (i % 2 == 0 ? 10 : 30);
      restored[i] = truth[i] + (i % 4 < 2 ? 2.0f : -2.0f);
    }
  g_assert_true (mg_quality_compare (truth, restored, 64, 64, &raw, &fitted, NULL));
  g_assert_cmpfloat_with_epsilon (raw.nrmse, 0.1, 1e-6);
  g_assert_cmpfloat_with_epsilon (raw.psnr, 20, 1e-4);
}

/* The definition, written down directly, at every place of the window. */
static double
direct_ssim (const float *a, const float *b, int width, int height)
{
  double total = 0, n = 0;

  for (int y = 5; y + 5 < height; y++)
    for (int x = 5; x + 5 < width; x++)
      {
        double w_sum = 0, ma = 0, mb = 0, va = 0, vb = 0, vab = 0;

        for (int pass = 0; pass < 2; pass++)
          for (int j = -5; j <= 5; j++)
            for (int i = -5; i <= 5; i++)
              {
                double w = exp (-(i * i + j * j) / (2 * 1.5 * 1.5));
                double p = a[(y + j) * width + x + i], q = b[(y + j) * width + x + i];

                if (pass == 0)
                  {
                    w_sum += w;
                    ma += w * p;
                    mb += w * q;
                  }
                else
                  {
                    va += w / w_sum * (p - ma / w_sum) * (p - ma / w_sum);
                    vb += w / w_sum * (q - mb / w_sum) * (q - mb / w_sum);
                    vab += w / w_sum * (p - ma / w_sum) * (q - mb / w_sum);
                  }
              }
        ma /= w_sum;
        mb /= w_sum;
        total += (2 * ma * mb + 1e-4) * (2 * vab + 9e-4) / ((ma * ma + mb * mb + 1e-4) * (va + vb + 9e-4));
        n++;
      }
  return total / n;
}

static void
test_ssim_as_defined (void)
{
  float truth[24 * 19], restored[24 * 19], a[24 * 19], b[24 * 19];
  MgQuality raw, fitted;
  MgRng rng;

  mg_rng_init (&rng, 8, 0);
  for (int i = 0; i < 24 * 19; i++)
    {
      truth[i] = (float) (i % 24 < 2 ? 0 : i % 24 > 21 ? 1
                                                       : mg_rng_uniform (&rng));
      restored[i] = (float) (0.8 * truth[i] + 0.2 * mg_rng_uniform (&rng));
      a[i] = truth[i];
      b[i] = restored[i];
    }
  /* the percentiles of this picture are 0 and 1 */
  g_assert_true (mg_quality_compare (truth, restored, 24, 19, &raw, &fitted, NULL));
  g_assert_cmpfloat_with_epsilon (raw.ssim, direct_ssim (a, b, 24, 19), 1e-6);
}

static void
test_small_and_broken (void)
{
  float truth[9] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 }, restored[9] = { 1, 2, 3, 4, 5, 6, 7, 8, NAN };
  g_autoptr (GError) error = NULL;
  MgQuality raw, fitted;

  g_assert_false (mg_quality_compare (truth, restored, 3, 3, &raw, &fitted, &error));
  g_assert_error (error, MG_ERROR, MG_ERROR_DATA);
  restored[8] = 8;
  g_assert_true (mg_quality_compare (truth, restored, 3, 3, &raw, &fitted, NULL));
  g_assert_true (isnan (raw.ssim));
  g_assert_true (isfinite (raw.psnr));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/quality/equal", test_equal);
  g_test_add_func ("/quality/fit-undoes-gain-and-offset", test_fit_undoes_gain_and_offset);
  g_test_add_func ("/quality/known-numbers", test_known_numbers);
  g_test_add_func ("/quality/ssim-as-defined", test_ssim_as_defined);
  g_test_add_func ("/quality/small-and-broken", test_small_and_broken);
  return g_test_run ();
}
