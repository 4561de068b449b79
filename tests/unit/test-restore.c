/* Learning to restore: pairs, patches without resampling, blind spots. */

#include "dataset/augment.h"
#include "image/builder.h"
#include "image/convert.h"
#include "image/registration.h"
#include "recipe/blind-spot.h"
#include "recipe/recipe.h"

#include <math.h>
#include <string.h>

#define SIDE 64

static MgImage *
take_image (int width, int height, int n_z, int n_t, MgPixelType type, gpointer pixels)
{
  MgImageInfo info = { .width = width, .height = height, .n_channels = 1, .n_z = n_z, .n_t = n_t, .type = type, .name = (char *) "made.tif" };
  g_autoptr (GError) error = NULL;
  MgImage *image = mg_image_new_take (&info, pixels, g_free, &error);

  g_assert_no_error (error);
  return image;
}

/* A soft scene at (x, y), alike wherever it is looked at from. */
static float
scene (double x, double y)
{
  double value = 100;

  for (int i = 0; i < 40; i++)
    {
      double dx = x - (i * 37 % 101) * 2.1, dy = y - (i * 53 % 97) * 2.2;

      value += (20 + i) * exp (-(dx * dx + dy * dy) / 20);
    }
  return (float) value;
}

/* gain · scene + offset + noise, `right` and `down` the scene's shift. */
static MgImage *
make_image (int side, double gain, double offset, double sigma, double right, double down, guint64 seed)
{
  float *pixels = g_new (float, side *side);
  MgRng rng;

  mg_rng_init (&rng, seed, 0);
  for (int i = 0; i < side * side; i++)
    pixels[i] = (float) (gain * scene (i % side - right, i / side - down) + offset + sigma * mg_rng_normal (&rng));
  return take_image (side, side, 1, 1, MG_PIXEL_F32, pixels);
}

static void
read_all (MgImage *image, float *out)
{
  const MgImageInfo *info = mg_image_get_info (image);
  const MgRect all = { 0, 0, info->width, info->height };

  g_assert_true (mg_image_read_float (image, 0, 0, 0, &all, out, sizeof (float) * (gsize) info->width, NULL, NULL));
}

static void
test_shift (void)
{
  static const double shifts[][2] = { { 0, 0 }, { 5, -3 }, { -17, 9 }, { 0.5, 1.25 } };
  g_autofree float *a = g_new (float, 200 * 200), *b = g_new (float, 200 * 200);
  g_autoptr (MgImage) first = make_image (200, 1, 0, 5, 0, 0, 1);
  double x, y;
  gboolean found;

  read_all (first, a);
  for (guint i = 0; i < G_N_ELEMENTS (shifts); i++)
    {
      g_autoptr (MgImage) second = make_image (200, 30, 500, 10, shifts[i][0], shifts[i][1], 2);

      read_all (second, b);
      g_assert_true (mg_find_shift (a, b, 200, 200, &x, &y, &found, NULL));
      g_assert_true (found);
      g_assert_cmpfloat_with_epsilon (x, shifts[i][0], 0.45);
      g_assert_cmpfloat_with_epsilon (y, shifts[i][1], 0.45);
    }
  /* two images of nothing but noise have no shift */
  g_autoptr (MgImage) noise = make_image (200, 0, 0, 5, 0, 0, 3);
  g_autoptr (MgImage) other = make_image (200, 0, 0, 5, 0, 0, 4);

  read_all (noise, a);
  read_all (other, b);
  g_assert_true (mg_find_shift (a, b, 200, 200, &x, &y, &found, NULL));
  g_assert_false (found);
}

/* One pair, prepared; the caller frees the set. */
static MgDataset *
prepare (MgImage *noisy, MgImage *clean, gboolean align, GError **error)
{
  MgDataset *dataset = mg_dataset_new ();

  mg_dataset_set_align (dataset, align);
  if (!mg_dataset_add (dataset, "made.tif", noisy, NULL, clean, MG_ROLE_OF_TRAIN, error))
    return dataset;
  mg_dataset_prepare (dataset, 0, 0, NULL, NULL, error);
  return dataset;
}

static gboolean
has_note (MgDataset *dataset, const char *part)
{
  for (const char *const *note = mg_dataset_get_notes (dataset); *note != NULL; note++)
    if (strstr (*note, part) != NULL && strstr (*note, "made.tif") != NULL)
      return TRUE;
  return FALSE;
}

/* What is 0 and 1 of the clean image is the same light as of the noisy one. */
static void
test_scales (void)
{
  static const double exposures[][2] = { { 1, 0 }, { 1.2, 0 }, { 1, 40 }, { 100, 0 }, { 0.01, 3 }, { 5, -200 } };

  for (guint i = 0; i < G_N_ELEMENTS (exposures); i++)
    {
      double gain = exposures[i][0], offset = exposures[i][1];
      g_autoptr (GError) error = NULL;
      g_autoptr (MgImage) noisy = make_image (128, 1, 0, 10, 0, 0, 1);
      g_autoptr (MgImage) clean = make_image (128, gain, offset, 0, 0, 0, 1);
      g_autoptr (MgDataset) dataset = prepare (noisy, clean, FALSE, &error);
      const MgItem *item = mg_dataset_get (dataset, 0);
      double range = item->high[0] - item->low[0];

      g_assert_no_error (error);
      g_assert_cmpfloat_with_epsilon ((item->clean_low[0] - offset) / gain, item->low[0], 0.05 * range);
      g_assert_cmpfloat_with_epsilon ((item->clean_high[0] - offset) / gain, item->high[0], 0.05 * range);
      g_assert_cmpint (has_note (dataset, "the scale of noisy"), ==, gain > 2 || gain < 0.5);
    }
}

/* A second noisy image stands for the same light, however noisy both are. */
static void
test_noisy_scales (void)
{
  static const double gains[] = { 1, 1.5, 20 };

  for (guint i = 0; i < G_N_ELEMENTS (gains); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MgImage) noisy = make_image (200, 1, 0, 15, 0, 0, 1);
      g_autoptr (MgImage) other = make_image (200, gains[i], 0, 15 * gains[i], 0, 0, 2);
      g_autoptr (MgDataset) dataset = prepare (noisy, other, FALSE, &error);
      const MgItem *item = mg_dataset_get (dataset, 0);
      double range = item->high[0] - item->low[0];

      g_assert_no_error (error);
      g_assert_cmpfloat_with_epsilon ((item->clean_high[0] - item->clean_low[0]) / gains[i], range, 0.08 * range);
    }
}

/* Single pixels that no light made become their neighbours' mean. */
static void
test_outliers (void)
{
  float values[8 * 6];

  for (int i = 0; i < 8 * 6; i++)
    values[i] = (float) (i % 8);
  values[2 * 8 + 3] = 50;
  values[0] = -40;                            /* in a corner */
  values[5 * 8 + 6] = values[5 * 8 + 7] = 30; /* two beside each other may be a thing */
  values[4 * 8 + 1] = NAN;
  g_assert_cmpuint (mg_replace_outliers (values, 8, 6, 4), ==, 2);
  g_assert_cmpfloat_with_epsilon (values[2 * 8 + 3], 3, 1e-6);
  g_assert_cmpfloat_with_epsilon (values[0], 2.0f / 3, 1e-6);
  g_assert_cmpfloat (values[5 * 8 + 6], ==, 30);
  g_assert_true (isnan (values[4 * 8 + 1]));
  g_assert_cmpfloat (values[3 * 8 + 3], ==, 3);
}

static void
test_align (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MgImage) noisy = make_image (160, 1, 0, 2, 0, 0, 1);
  g_autoptr (MgImage) clean = make_image (160, 1, 0, 0, 6, -4, 1);
  g_autoptr (MgDataset) told = prepare (noisy, clean, FALSE, &error);
  g_autoptr (MgDataset) moved = prepare (noisy, clean, TRUE, &error);
  g_autofree float *a = g_new (float, 160 * 160), *b = g_new (float, 160 * 160);
  const MgItem *item = mg_dataset_get (moved, 0);
  const MgImageInfo *info = mg_image_get_info (item->image);

  g_assert_no_error (error);
  g_assert_true (has_note (told, "is shifted by"));
  g_assert_cmpint (mg_image_get_info (mg_dataset_get (told, 0)->image)->width, ==, 160);
  g_assert_true (has_note (moved, "was aligned"));
  g_assert_cmpint (info->width, ==, 154);
  g_assert_cmpint (info->height, ==, 156);
  read_all (item->image, a);
  read_all (item->clean, b);
  for (int i = 0; i < info->width * info->height; i++)
    g_assert_cmpfloat (fabsf (a[i] - b[i]), <, 15);
}

static void
expect_refused (MgImage *noisy, MgImage *clean, const char *part)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MgDataset) dataset = prepare (noisy, clean, FALSE, &error);

  g_assert_error (error, MG_ERROR, MG_ERROR_DATA);
  g_assert_nonnull (strstr (error->message, "made.tif"));
  g_assert_nonnull (strstr (error->message, part));
}

static void
test_bad_pairs (void)
{
  g_autoptr (MgImage) noisy = make_image (96, 1, 0, 4, 0, 0, 1);
  g_autoptr (MgImage) clean = make_image (96, 1, 0, 0, 0, 0, 1);
  g_autoptr (MgImage) small = make_image (95, 1, 0, 0, 0, 0, 1);
  g_autoptr (MgImage) constant = make_image (96, 0, 7, 0, 0, 0, 1);
  g_autoptr (MgImage) unrelated = make_image (96, 0, 0, 9, 0, 0, 8);
  g_autoptr (GError) error = NULL;
  guint8 *bytes = g_malloc (96 * 96);
  float *holes = g_new (float, 96 * 96);

  expect_refused (noisy, small, "95");
  expect_refused (noisy, constant, "clean image has the same value");
  expect_refused (constant, clean, "same value");
  expect_refused (constant, NULL, "same value");
  g_autoptr (MgDataset) strangers = prepare (noisy, unrelated, FALSE, &error);

  g_assert_no_error (error);
  g_assert_true (has_note (strangers, "little in common"));
  for (int i = 0; i < 96 * 96; i++)
    bytes[i] = (guint8) MIN (255, 2 * scene (i % 96, i / 96));
  g_autoptr (MgImage) saturated = take_image (96, 96, 1, 1, MG_PIXEL_U8, bytes);
  g_autoptr (MgDataset) dataset = prepare (saturated, NULL, FALSE, &error);

  g_assert_no_error (error);
  g_assert_true (has_note (dataset, "saturated"));
  read_all (noisy, holes);
  holes[5] = NAN;
  holes[7] = INFINITY;
  g_autoptr (MgImage) torn = take_image (96, 96, 1, 1, MG_PIXEL_F32, holes);
  g_autoptr (MgDataset) other = prepare (torn, clean, FALSE, &error);

  g_assert_no_error (error);
  g_assert_true (has_note (other, "2 pixels of the image are not numbers"));
}

/* A stack is learned from slice by slice; its partner must be as deep. */
static void
test_stack (void)
{
  guint16 *pixels = g_new (guint16, 6 * SIDE * SIDE), *others;
  g_autoptr (MgDataset) dataset = mg_dataset_new ();
  g_autoptr (GError) error = NULL;
  float plane[SIDE * SIDE];

  for (int i = 0; i < 6 * SIDE * SIDE; i++)
    pixels[i] = (guint16) (i % 97 + 1000 * (i / (SIDE * SIDE)));
  others = g_memdup2 (pixels, SIDE * SIDE * 6 * sizeof (guint16));
  g_autoptr (MgImage) stack = take_image (SIDE, SIDE, 3, 2, MG_PIXEL_U16, pixels);
  g_autoptr (MgImage) flat = take_image (SIDE, SIDE, 2, 1, MG_PIXEL_U16, others);

  g_assert_true (mg_dataset_add (dataset, "made.tif", stack, NULL, NULL, MG_ROLE_OF_TRAIN, &error));
  g_assert_cmpuint (mg_dataset_get_n (dataset), ==, 6);
  for (guint i = 0; i < 6; i++)
    {
      read_all (mg_dataset_get (dataset, i)->image, plane);
      g_assert_cmpint ((int) plane[0] / 1000, ==, i);
    }
  g_assert_false (mg_dataset_add (dataset, "made.tif", stack, NULL, flat, MG_ROLE_OF_TRAIN, &error));
  g_assert_error (error, MG_ERROR, MG_ERROR_DATA);
  g_assert_nonnull (strstr (error->message, "3 slices"));
}

/* Every pixel of a patch is one of the image's, and the two sides agree. */
static void
test_exact_patches (void)
{
  const MgAugment augment = { .flips = TRUE, .rotation = 90, .scale = 0.5, .elastic = 2, .exact = TRUE };
  float *pixels = g_new (float, 70 * 90), *doubled = g_new (float, 70 * 90);
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  g_autoptr (GError) error = NULL;
  MgItem item = { .low = { 0 }, .high = { 1 }, .clean_low = { 0 }, .clean_high = { 2 } };
  guint turns = 0;
  MgPatch patch;
  MgRng rng;

  for (int i = 0; i < 70 * 90; i++)
    doubled[i] = 2 * (pixels[i] = (float) i);
  item.image = take_image (70, 90, 1, 1, MG_PIXEL_F32, pixels);
  item.clean = take_image (70, 90, 1, 1, MG_PIXEL_F32, doubled);
  g_assert_true (mg_patch_init (&patch, 32, 1, FALSE, TRUE, &error));
  mg_rng_init (&rng, 3, 0);
  for (int k = 0; k < 200; k++)
    {
      MgPlace place;
      int step;

      mg_augment_place (&augment, &item, 1, 32, &rng, &place);
      g_assert_true (mg_patch_cut (&patch, &item, &place, NULL, &error));
      for (int i = 0; i < 32 * 32; i++)
        {
          g_assert_cmpfloat (patch.image[i], ==, rintf (patch.image[i]));
          g_assert_cmpfloat (patch.image[i], ==, patch.clean[i]);
        }
      step = (int) (patch.image[1] - patch.image[0]);
      g_assert_true (ABS (step) == 1 || ABS (step) == 70);
      step = 1000 * step + (int) (patch.image[32] - patch.image[0]);
      turns += g_hash_table_add (seen, GINT_TO_POINTER (step));
    }
  g_assert_cmpuint (turns, ==, 8);
  mg_patch_clear (&patch);
  mg_image_unref (item.image);
  mg_image_unref (item.clean);
}

/* Values tell where they come from. */
static void
make_patch (MgPatch *patch)
{
  g_assert_true (mg_patch_init (patch, SIDE, 2, FALSE, FALSE, NULL));
  mg_place_init (&patch->place, SIDE / 2, SIDE / 2, 1);
  for (int i = 0; i < SIDE * SIDE; i++)
    {
      patch->valid[i] = i >= SIDE;
      patch->image[2 * i] = (float) i;
      patch->image[2 * i + 1] = (float) -i;
    }
}

/* Whether no other hidden pixel is so near in the row that its box covers this one. */
static gboolean
is_alone (const float *weight, int x, int y, int reach)
{
  for (int u = MAX (x - reach, 0); u <= MIN (x + reach, SIDE - 1); u++)
    if (u != x && weight[y * SIDE + u] > 0)
      return FALSE;
  return TRUE;
}

static void
test_blind_spots (gconstpointer data)
{
  const MgRecipe *recipe = mg_recipe_find ("n2v", NULL);
  float target[2 * SIDE * SIDE], weight[SIDE * SIDE];
  MgTargetSet out = { .size = SIDE, .data = { target, weight } };
  int reach = GPOINTER_TO_INT (data), n_hidden = 0, n_same = 0;
  g_autoptr (GError) error = NULL;
  MgTrainConfig config;
  MgPatch patch;
  MgRng rng;

  recipe->defaults (&config);
  config.net.n_in = 2;
  config.blind_fill = MG_BLIND_OTHER;
  config.blind_x = reach;
  config.blind_y = 0;
  config.blind_radius = 3;
  config.blind_share = 0.03;
  mg_rng_init (&rng, 1, 0);
  make_patch (&patch);
  g_assert_true (recipe->make_targets (&patch, &config, &rng, &out, &error));
  for (int i = 0; i < SIDE * SIDE; i++)
    {
      int x = i % SIDE, y = i / SIDE, from = (int) patch.image[2 * i], u = from % SIDE, v = from / SIDE;

      g_assert_cmpfloat (target[2 * i], ==, i);
      g_assert_cmpfloat (target[2 * i + 1], ==, -i);
      g_assert_cmpfloat (patch.image[2 * i + 1], ==, -patch.image[2 * i]);
      if (weight[i] == 0)
        {
          n_same += from == i;
          continue;
        }
      n_hidden++;
      g_assert_cmpint (y, >, 0);
      if (is_alone (weight, x, y, reach))
        {
          g_assert_true (ABS (u - x) > reach || v != y);
          g_assert_cmpint (ABS (u - x), <=, MAX (3, reach + 1));
          g_assert_cmpint (ABS (v - y), <=, 3);
        }
      /* the rest of the box, as far as it lies in the patch */
      for (int k = MAX (x - reach, 0); k <= MIN (x + reach, SIDE - 1); k++)
        g_assert_cmpint ((int) patch.image[2 * (y * SIDE + k)], !=, y * SIDE + k);
    }
  g_assert_cmpint (n_hidden, >, 0.01 * SIDE * SIDE);
  g_assert_cmpint (n_hidden, <, 0.05 * SIDE * SIDE);
  g_assert_cmpint (n_same, >, 0.7 * SIDE * SIDE);
  mg_patch_clear (&patch);
}

static void
test_median (void)
{
  const MgRecipe *recipe = mg_recipe_find ("n2v", NULL);
  g_autofree float *weight = g_new (float, SIDE *SIDE);
  MgTrainConfig config;
  MgPatch patch;
  MgRng rng;

  recipe->defaults (&config);
  config.blind_fill = MG_BLIND_MEDIAN;
  config.blind_x = config.blind_y = 0;
  mg_rng_init (&rng, 1, 0);
  make_patch (&patch);
  g_assert_true (mg_blind_spot_hide (&patch, &config, &rng, weight, NULL));
  /* away from the edges the median of an even ramp's surroundings is itself */
  for (int i = 0; i < SIDE * SIDE; i++)
    if (i % SIDE > 1 && i % SIDE < SIDE - 2 && i / SIDE > 1 && i / SIDE < SIDE - 2)
      g_assert_cmpfloat (patch.image[2 * i], ==, i);
  patch.image[2 * (20 * SIDE + 20)] = 1e6f;
  for (int k = 0; k < 200; k++)
    {
      float before = patch.image[2 * (20 * SIDE + 20)];

      g_assert_true (mg_blind_spot_hide (&patch, &config, &rng, weight, NULL));
      if (weight[20 * SIDE + 20] > 0)
        {
          g_assert_cmpfloat (before, ==, 1e6f);
          g_assert_cmpfloat_with_epsilon (patch.image[2 * (20 * SIDE + 20)], 20 * SIDE + 20, 2 * SIDE);
          break;
        }
      g_assert_cmpint (k, <, 199);
    }
  mg_patch_clear (&patch);
}

static void
test_noise_is_seen (void)
{
  const MgRecipe *recipe = mg_recipe_find ("n2v", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (MgImage) white = make_image (256, 0.2, 0, 6, 0, 0, 1);
  g_autoptr (MgDataset) dataset = prepare (white, NULL, FALSE, &error);
  float *pixels = g_new (float, 256 * 256);
  MgTrainConfig config;

  recipe->defaults (&config);
  recipe->adapt (&config, dataset);
  g_assert_cmpint (config.blind_x, ==, 0);
  g_assert_cmpint (config.blind_y, ==, 0);
  g_assert_null (mg_dataset_get_notes (dataset)[0]);
  read_all (white, pixels);
  for (int i = 0; i + 1 < 256 * 256; i++)
    pixels[i] += pixels[i + 1];
  g_autoptr (MgImage) lines = take_image (256, 256, 1, 1, MG_PIXEL_F32, pixels);
  g_autoptr (MgDataset) other = prepare (lines, NULL, FALSE, &error);

  recipe->defaults (&config);
  recipe->adapt (&config, other);
  g_assert_no_error (error);
  g_assert_cmpint (config.blind_x, ==, 2);
  g_assert_cmpint (config.blind_y, ==, 0);
  g_assert_nonnull (strstr (mg_dataset_get_notes (other)[0], "5 × 1 pixels"));
}

static void
test_builder (void)
{
  const MgImageInfo info = { .width = 2, .height = 1, .n_channels = 1, .n_z = 1, .n_t = 2, .type = MG_PIXEL_U16, .bits = 12, .pixel_width = 0.5, .unit = (char *) "µm" };
  const float first[] = { -3, 1.6f }, second[] = { 5000, NAN };
  g_autoptr (GError) error = NULL;
  guint16 values[2];
  const MgRect all = { 0, 0, 2, 1 };
  g_autoptr (MgImageBuilder) builder = mg_image_builder_new (&info, FALSE, &error);
  g_autoptr (MgImage) image = NULL;
  gint8 low;
  guint64 high;

  mg_image_builder_put (builder, 0, 0, 0, first);
  mg_image_builder_put (builder, 0, 0, 1, second);
  image = mg_image_builder_finish (builder, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (mg_image_get_info (image)->pixel_width, ==, 0.5);
  g_assert_cmpstr (mg_image_get_info (image)->unit, ==, "µm");
  g_assert_true (mg_image_read (image, 0, 0, 0, &all, values, sizeof values, NULL, &error));
  g_assert_cmpuint (values[0], ==, 0);
  g_assert_cmpuint (values[1], ==, 2);
  g_assert_true (mg_image_read (image, 0, 0, 1, &all, values, sizeof values, NULL, &error));
  g_assert_cmpuint (values[0], ==, 4095);
  g_assert_cmpuint (values[1], ==, 0);
  mg_convert_from_float (MG_PIXEL_I8, 0, (float[]){ -1000 }, &low, 1);
  g_assert_cmpint (low, ==, -128);
  mg_convert_from_float (MG_PIXEL_U64, 0, (float[]){ 1e30f }, &high, 1);
  g_assert_cmpuint (high, >, G_MAXUINT64 / 2);
}

static void
test_decode (void)
{
  const MgRecipe *recipe = mg_recipe_find ("care", NULL);
  float planes[] = { 0, 0.5f, 1, -1, 2, 0 }, out[3];
  MgMaps maps = { .width = 3, .height = 1, .n_channels = 2, .planes = planes, .low = { 100, 0 }, .high = { 300, 10 } };
  const MgRect all = { 0, 0, 3, 1 };
  MgDecoded decoded = { 0 };
  MgTrainConfig config;
  MgDecodeParams params;

  recipe->defaults (&config);
  recipe->decode_defaults (&params);
  g_assert_true (recipe->decode (&maps, 3, 1, &config, &params, NULL, NULL, &decoded, NULL));
  g_assert_true (mg_image_read_float (decoded.image, 0, 0, 0, &all, out, sizeof out, NULL, NULL));
  g_assert_cmpfloat (out[1], ==, 200);
  g_assert_true (mg_image_read_float (decoded.image, 1, 0, 0, &all, out, sizeof out, NULL, NULL));
  g_assert_cmpfloat (out[0], ==, -10);
  g_assert_cmpfloat (out[1], ==, 20);
  mg_decoded_clear (&decoded);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/restore/shift", test_shift);
  g_test_add_func ("/restore/scales", test_scales);
  g_test_add_func ("/restore/noisy-scales", test_noisy_scales);
  g_test_add_func ("/restore/outliers", test_outliers);
  g_test_add_func ("/restore/align", test_align);
  g_test_add_func ("/restore/bad-pairs", test_bad_pairs);
  g_test_add_func ("/restore/stack", test_stack);
  g_test_add_func ("/restore/exact-patches", test_exact_patches);
  g_test_add_data_func ("/restore/blind-spots/pixel", GINT_TO_POINTER (0), test_blind_spots);
  g_test_add_data_func ("/restore/blind-spots/line", GINT_TO_POINTER (3), test_blind_spots);
  g_test_add_func ("/restore/median", test_median);
  g_test_add_func ("/restore/noise-is-seen", test_noise_is_seen);
  g_test_add_func ("/restore/builder", test_builder);
  g_test_add_func ("/restore/decode", test_decode);
  return g_test_run ();
}
