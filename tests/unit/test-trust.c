/* Whether a restored image can be trusted: what was taken away, and maps. Noise
 * of photons must not pass for structure, nor the other way round. */

#include "base/rng.h"
#include "image/filter.h"
#include "image/trust.h"

#include <math.h>
#include <string.h>

#define W 160
#define H 128
#define N (W * H)

#define N_CELLS 14
#define RADIUS  8.0f

typedef struct
{
  float x[N_CELLS], y[N_CELLS];
  float truth[N], noisy[N], restored[N], map[N];
} Trial;

static float
cell (const Trial *trial, int i, int x, int y)
{
  float distance = hypotf ((float) x - trial->x[i], (float) y - trial->y[i]);

  return 1 / (1 + expf (2 * (distance - RADIUS)));
}

/* Cells of `brightness` over a dim background; photons of which `gain` make one
 * grey value, and a little noise of reading. */
static Trial *
trial_new (double brightness, double gain, guint64 seed)
{
  Trial *trial = g_new0 (Trial, 1);
  MgRng rng;

  mg_rng_init (&rng, seed, 0);
  for (int i = 0; i < N_CELLS; i++)
    {
      trial->x[i] = (float) mg_rng_range (&rng, 0, W);
      trial->y[i] = (float) mg_rng_range (&rng, 0, H);
    }
  for (int y = 0; y < H; y++)
    for (int x = 0; x < W; x++)
      {
        float *truth = &trial->truth[y * W + x];

        *truth = 10;
        for (int i = 0; i < N_CELLS; i++)
          *truth += (float) brightness * cell (trial, i, x, y);
        trial->noisy[y * W + x] = (float) (mg_rng_poisson (&rng, *truth * gain) / gain + mg_rng_normal (&rng));
      }
  memcpy (trial->restored, trial->truth, sizeof trial->truth);
  return trial;
}

static MgRemoval
measure (Trial *trial)
{
  MgRemoval removal;
  g_autoptr (GError) error = NULL;

  g_assert_true (mg_removal_measure (trial->noisy, trial->restored, W, H, trial->map, &removal, NULL, &error));
  g_assert_no_error (error);
  return removal;
}

/* Photon noise is ten times stronger in a bright cell than beside it. */
static void
test_photon_noise (void)
{
  const double brightness[] = { 30, 200, 2000 }, gains[] = { 0.2, 1, 5 };

  for (guint i = 0; i < G_N_ELEMENTS (brightness); i++)
    for (guint k = 0; k < G_N_ELEMENTS (gains); k++)
      {
        g_autofree Trial *trial = trial_new (brightness[i], gains[k], 3 * i + k);
        MgRemoval removal = measure (trial);

        g_assert_cmpint (removal.verdict, ==, MG_REMOVAL_NOISE);
        g_assert_cmpfloat (removal.share, <, 0.002);
        g_assert_cmpfloat (fabs (removal.neighbours), <, 0.03);
        g_assert_cmpfloat (removal.sigma_after, <, 0.5 * removal.sigma_before);
        g_assert_cmpfloat (removal.along[0], ==, 1);
      }
}

static void
test_smoothed (void)
{
  const double brightness[] = { 60, 200, 2000 };

  for (guint i = 0; i < G_N_ELEMENTS (brightness); i++)
    {
      g_autofree Trial *trial = trial_new (brightness[i], 1, i);
      g_autofree char *sentence = NULL;
      MgRemoval removal;

      g_assert_true (mg_filter_gaussian (trial->noisy, W, H, 5, trial->restored, NULL));
      removal = measure (trial);
      g_assert_cmpint (removal.verdict, ==, MG_REMOVAL_STRUCTURE);
      g_assert_cmpfloat (removal.share, >, 0.1);
      g_assert_cmpfloat (removal.neighbours, >, 0.02);
      sentence = mg_removal_describe (&removal);
      g_assert_nonnull (strstr (sentence, "structure was removed"));
    }
}

/* One cell of many is taken away: the map says which. */
static void
test_place (void)
{
  g_autofree Trial *trial = trial_new (25, 1, 12);
  MgRemoval removal;
  int worst = 0, first = 0;

  while (trial->x[first] < 20 || trial->x[first] > W - 20 || trial->y[first] < 20 || trial->y[first] > H - 20)
    first++;
  for (int i = 0; i < N; i++)
    trial->restored[i] -= 25 * cell (trial, first, i % W, i / W);
  removal = measure (trial);
  g_assert_cmpint (removal.verdict, ==, MG_REMOVAL_STRUCTURE);
  for (int i = 0; i < N; i++)
    {
      if (trial->map[i] > trial->map[worst])
        worst = i;
      if (hypotf ((float) (i % W) - trial->x[first], (float) (i / W) - trial->y[first]) > 5 * RADIUS)
        g_assert_cmpfloat (trial->map[i], <, MG_REMOVAL_SIGNIFICANT);
    }
  g_assert_cmpfloat (hypotf ((float) (worst % W) - trial->x[first], (float) (worst / W) - trial->y[first]), <, RADIUS);
}

static void
test_scale (void)
{
  g_autofree Trial *trial = trial_new (200, 1, 4);
  MgRemoval removal;

  for (int i = 0; i < N; i++)
    trial->restored[i] = 3 * trial->truth[i] + 1000;
  removal = measure (trial);
  g_assert_cmpint (removal.verdict, ==, MG_REMOVAL_NOISE);
  g_assert_cmpfloat_with_epsilon (removal.gain, 1 / 3.0, 0.01);
}

/* Noise that neighbours share, as of an interpolating camera, is noise, too. */
static void
test_correlated_noise (void)
{
  g_autofree Trial *trial = trial_new (200, 1, 5);
  MgRng rng;
  float before = 0;
  MgRemoval removal;

  mg_rng_init (&rng, 8, 0);
  for (int i = 0; i < N; i++)
    {
      float fresh = (float) (9 * mg_rng_normal (&rng));

      trial->noisy[i] = trial->truth[i] + before + fresh;
      before = fresh;
    }
  removal = measure (trial);
  g_assert_cmpint (removal.verdict, ==, MG_REMOVAL_NOISE);
  g_assert_cmpfloat (removal.along[1], >, 0.4);
  g_assert_cmpfloat (fabs (removal.neighbours), <, 0.1);
}

static void
test_little (void)
{
  g_autofree Trial *trial = trial_new (200, 1, 6);
  MgRemoval planes[2], both;

  memcpy (trial->restored, trial->noisy, sizeof trial->noisy);
  planes[0] = measure (trial);
  g_assert_cmpint (planes[0].verdict, ==, MG_REMOVAL_NOTHING);
  /* no noise, and yet something is gone */
  memcpy (trial->noisy, trial->truth, sizeof trial->truth);
  g_assert_true (mg_filter_gaussian (trial->truth, W, H, 4, trial->restored, NULL));
  planes[1] = measure (trial);
  g_assert_cmpint (planes[1].verdict, ==, MG_REMOVAL_STRUCTURE);
  mg_removal_combine (planes, 2, &both);
  g_assert_cmpint (both.verdict, ==, MG_REMOVAL_STRUCTURE);
  g_assert_cmpfloat_with_epsilon (both.share, planes[1].share / 2, 1e-9);
  /* constants */
  for (int i = 0; i < N; i++)
    trial->noisy[i] = trial->restored[i] = 7;
  g_assert_cmpint (measure (trial).verdict, ==, MG_REMOVAL_NOTHING);
}

/* Of a few pixels nothing is certain, and rounding is no structure. */
static void
test_small (void)
{
  float noisy[64], restored[64], map[64];
  MgRemoval removal;
  MgRng rng;

  for (guint64 seed = 0; seed < 20; seed++)
    {
      mg_rng_init (&rng, seed, 0);
      for (int i = 0; i < 64; i++)
        noisy[i] = (restored[i] = 100 + i) + (float) mg_rng_normal (&rng);
      for (int side = 1; side <= 8; side++)
        {
          g_assert_true (mg_removal_measure (noisy, restored, side, side, map, &removal, NULL, NULL));
          g_assert_cmpint (removal.verdict, !=, MG_REMOVAL_STRUCTURE);
        }
    }
  for (int i = 0; i < 64; i++)
    noisy[i] = (restored[i] = i % 8 < 4 ? 1 : 200) * 1.000001f;
  g_assert_true (mg_removal_measure (noisy, restored, 8, 8, map, &removal, NULL, NULL));
  g_assert_cmpint (removal.verdict, ==, MG_REMOVAL_NOTHING);
}

static void
test_words (void)
{
  const MgRemoval much = { .verdict = MG_REMOVAL_STRUCTURE, .share = 1 }, little = { .verdict = MG_REMOVAL_STRUCTURE, .share = 0.031 };
  g_autofree char *all = mg_removal_describe (&much), *part = mg_removal_describe (&little);

  g_assert_nonnull (strstr (all, "in 100\u00a0% of"));
  g_assert_nonnull (strstr (part, "in 3.1\u00a0% of"));
}

static MgImage *
make_image (const float *values, const char *name)
{
  const MgImageInfo info = { .width = W, .height = H, .n_channels = 1, .n_z = 1, .n_t = 1, .type = MG_PIXEL_F32, .name = (char *) name, .pixel_width = 0.5, .pixel_height = 0.5 };

  return mg_image_new_take (&info, g_memdup2 (values, N * sizeof (float)), g_free, NULL);
}

static float
value_at (MgImage *image, int x, int y)
{
  float value;

  g_assert_true (mg_image_read_float (image, 0, 0, 0, &(MgRect){ x, y, 1, 1 }, &value, sizeof value, NULL, NULL));
  return value;
}

static void
test_maps (void)
{
  g_autofree Trial *trial = trial_new (200, 1, 7);
  g_autoptr (MgImage) clean = make_image (trial->truth, "clean"), noisy = make_image (trial->noisy, "noisy");
  g_autoptr (MgImage) restored = NULL;
  const MgRect part = { 40, 30, 64, 48 };
  const MgTrustPlane plane = { 0, 0, 0, NULL }, region = { 0, 0, 0, &part };
  g_auto (MgTrust) trust = { 0 }, of_part = { 0 };

  /* wrong at one place, on another scale everywhere */
  for (int i = 0; i < N; i++)
    trial->restored[i] = 2 * trial->truth[i] + (i == 64 * W + 80 ? 100 : 0);
  restored = make_image (trial->restored, "restored");
  g_assert_true (mg_trust_measure (restored, noisy, clean, &plane, TRUE, &trust, NULL, NULL));
  g_assert_true (trust.has_clean && trust.has_noisy);
  g_assert_cmpfloat_with_epsilon (value_at (trust.maps[MG_TRUST_ERROR], 80, 64), 50, 1);
  g_assert_cmpfloat (value_at (trust.maps[MG_TRUST_ERROR], 10, 10), <, 0.5);
  g_assert_cmpfloat (value_at (trust.maps[MG_TRUST_SSIM], 80, 64), <, 0.9);
  g_assert_cmpfloat (value_at (trust.maps[MG_TRUST_SSIM], 120, 100), >, 0.99);
  g_assert_cmpint (mg_image_get_info (trust.maps[MG_TRUST_REMOVED])->width, ==, W);
  g_assert_cmpfloat (mg_image_get_info (trust.maps[MG_TRUST_SSIM])->pixel_width, ==, 0.5);
  g_assert_cmpfloat (trust.restored.fitted.psnr, >, trust.noisy.fitted.psnr);
  g_assert_cmpfloat (trust.restored.raw.psnr, <, trust.noisy.raw.psnr);
  /* of a region alone */
  g_assert_true (mg_trust_measure (restored, NULL, clean, &region, TRUE, &of_part, NULL, NULL));
  g_assert_cmpint (mg_image_get_info (of_part.maps[MG_TRUST_ERROR])->height, ==, part.height);
  g_assert_cmpfloat_with_epsilon (value_at (of_part.maps[MG_TRUST_ERROR], 40, 34), 50, 1);
  g_assert_null (of_part.maps[MG_TRUST_REMOVED]);
}

/* An image that nobody looks at any more is not measured to the end. */
static void
test_cancelled (void)
{
  g_autofree Trial *trial = trial_new (200, 1, 7);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  MgRemoval removal;
  MgQuality quality;

  g_assert_true (mg_quality_compare (trial->noisy, trial->truth, W, H, 0, &quality, cancellable, &error));
  g_assert_true (mg_removal_measure (trial->noisy, trial->truth, W, H, NULL, &removal, cancellable, &error));
  g_cancellable_cancel (cancellable);
  g_assert_false (mg_quality_compare (trial->noisy, trial->truth, W, H, 0, &quality, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_false (mg_removal_measure (trial->noisy, trial->truth, W, H, NULL, &removal, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_refused (void)
{
  g_autofree Trial *trial = trial_new (200, 1, 7);
  g_autoptr (MgImage) clean = make_image (trial->truth, "clean.tif"), broken = NULL;
  const MgTrustPlane plane = { 0, 0, 0, NULL }, outside = { 0, 0, 0, &(const MgRect){ W, 0, 5, 5 } };
  g_autoptr (GError) error = NULL;
  MgTrust trust;

  trial->noisy[5] = NAN;
  broken = make_image (trial->noisy, "broken.tif");
  g_assert_false (mg_trust_measure (clean, broken, NULL, &plane, TRUE, &trust, NULL, &error));
  g_assert_error (error, MG_ERROR, MG_ERROR_DATA);
  g_assert_nonnull (strstr (error->message, "broken.tif"));
  g_clear_error (&error);
  g_assert_false (mg_trust_measure (clean, clean, clean, &outside, TRUE, &trust, NULL, &error));
  g_assert_error (error, MG_ERROR, MG_ERROR_USAGE);
}

static void
test_advice (void)
{
  g_autofree char *enough = mg_trust_advise (MG_FILTER_NLM, 30, 30.05), *more = mg_trust_advise (MG_FILTER_MEDIAN, 30, 31.5);

  g_assert_nonnull (strstr (enough, "the simple filter is enough"));
  g_assert_nonnull (strstr (enough, "nlm"));
  g_assert_nonnull (strstr (more, "1.50 dB better"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trust/photon-noise", test_photon_noise);
  g_test_add_func ("/trust/smoothed", test_smoothed);
  g_test_add_func ("/trust/place", test_place);
  g_test_add_func ("/trust/scale", test_scale);
  g_test_add_func ("/trust/correlated-noise", test_correlated_noise);
  g_test_add_func ("/trust/little", test_little);
  g_test_add_func ("/trust/small", test_small);
  g_test_add_func ("/trust/words", test_words);
  g_test_add_func ("/trust/maps", test_maps);
  g_test_add_func ("/trust/cancelled", test_cancelled);
  g_test_add_func ("/trust/refused", test_refused);
  g_test_add_func ("/trust/advice", test_advice);
  return g_test_run ();
}
