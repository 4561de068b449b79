#include "dataset/augment.h"
#include "dataset/sample.h"
#include "io/loader.h"

#include <math.h>
#include <string.h>

static MgImage *
image_of_floats (int width, int height, const float *values)
{
  MgImageInfo info = { .width = width, .height = height, .n_channels = 1, .n_z = 1, .n_t = 1, .type = MG_PIXEL_F32 };
  g_autoptr (GError) error = NULL;
  MgImage *image = mg_image_new_take (&info, g_memdup2 (values, sizeof (float) * (gsize) width * (gsize) height), g_free, &error);

  g_assert_no_error (error);
  return image;
}

/* A ramp over x and y with `n` square cells of 10 px; labels 7, 14, … */
static void
make_item (int width, int height, int n, MgImage **image, MgLabels **labels)
{
  g_autofree float *values = g_new (float, (gsize) width *(gsize) height);
  guint32 *data = g_new0 (guint32, (gsize) width * (gsize) height);

  for (int i = 0; i < width * height; i++)
    values[i] = (float) (i % width) + 0.5f * (float) (i / width);
  for (int k = 0; k < n; k++)
    for (int y = 10; y < 20; y++)
      for (int x = 0; x < 10; x++)
        data[y * width + 4 + 16 * k + x] = (guint32) (7 * k + 7);
  *image = image_of_floats (width, height, values);
  *labels = mg_labels_new_take (width, height, data, g_free);
}

static void
add_item (MgDataset *dataset, const char *name, int width, int height, int n)
{
  g_autoptr (MgImage) image = NULL;
  g_autoptr (MgLabels) labels = NULL;
  g_autoptr (GError) error = NULL;

  make_item (width, height, n, &image, &labels);
  mg_dataset_add (dataset, name, image, labels, NULL, MG_ROLE_OF_TRAIN, &error);
  g_assert_no_error (error);
}

static void
assert_message (const GError *error, const char *part)
{
  g_assert_nonnull (error);
  if (strstr (error->message, part) == NULL)
    g_error ("“%s” is not in “%s”", part, error->message);
}

static void
test_normalisation (void)
{
  g_autofree float *values = g_new (float, 1001 + 3);
  g_autoptr (GError) error = NULL;
  double low, high;

  for (int i = 0; i <= 1000; i++)
    values[i * 5 % 1001] = (float) i;
  values[1001] = NAN;
  values[1002] = INFINITY;
  values[1003] = -INFINITY;

  g_autoptr (MgImage) image = image_of_floats (4, 251, values);

  g_assert_true (mg_normalisation (MG_NORMALISE_PERCENTILES, image, 0, 0, 0, &low, &high, NULL, &error));
  g_assert_cmpfloat_with_epsilon (low, 10, 1e-6);
  g_assert_cmpfloat_with_epsilon (high, 998, 1e-6);
  mg_normalise (values, 1004, low, high);
  g_assert_cmpfloat (values[1001], ==, 0);
  g_assert_cmpfloat (values[1002], ==, 0);
  g_assert_cmpfloat_with_epsilon (values[998 * 5 % 1001], 1, 1e-6);
}

static void
test_normalisation_of_little (void)
{
  const float same[] = { 3, 3, 3, 3 }, none[] = { NAN, NAN, INFINITY, NAN };
  float spots[1024] = { 0 };
  g_autoptr (GError) error = NULL;
  double low, high;

  g_autoptr (MgImage) constant = image_of_floats (2, 2, same);
  g_autoptr (MgImage) empty = image_of_floats (2, 2, none);

  spots[77] = 5; /* less than 0.2 percent of the pixels */

  g_autoptr (MgImage) rare = image_of_floats (32, 32, spots);

  g_assert_true (mg_normalisation (MG_NORMALISE_PERCENTILES, constant, 0, 0, 0, &low, &high, NULL, &error));
  g_assert_cmpfloat (low, ==, 3);
  g_assert_cmpfloat (high, ==, 4);
  g_assert_true (mg_normalisation (MG_NORMALISE_PERCENTILES, empty, 0, 0, 0, &low, &high, NULL, &error));
  g_assert_cmpfloat (high, ==, low + 1);
  g_assert_true (mg_normalisation (MG_NORMALISE_PERCENTILES, rare, 0, 0, 0, &low, &high, NULL, &error));
  g_assert_cmpfloat (low, ==, 0);
  g_assert_cmpfloat (high, ==, 5);
}

static void
test_sizes_must_agree (void)
{
  g_autoptr (MgDataset) dataset = mg_dataset_new ();
  g_autoptr (MgImage) image = NULL, other = NULL;
  g_autoptr (MgLabels) labels = NULL, small = NULL;
  g_autoptr (GError) error = NULL;

  make_item (64, 48, 1, &image, &labels);
  make_item (32, 40, 1, &other, &small);
  g_assert_false (mg_dataset_add (dataset, "a.tif", image, small, NULL, MG_ROLE_OF_TRAIN, &error));
  g_assert_error (error, MG_ERROR, MG_ERROR_DATA);
  assert_message (error, "a.tif");
  assert_message (error, "64 × 48");
  assert_message (error, "32 × 40");
  g_clear_error (&error);
  g_assert_false (mg_dataset_add (dataset, "a.tif", image, NULL, other, MG_ROLE_OF_TRAIN, &error));
  g_assert_error (error, MG_ERROR, MG_ERROR_DATA);
  g_assert_cmpuint (mg_dataset_get_n (dataset), ==, 0);
}

static void
test_nothing_to_learn (void)
{
  g_autoptr (MgDataset) none = mg_dataset_new (), bare = mg_dataset_new (), flat = mg_dataset_new ();
  g_autoptr (GError) error = NULL;
  g_autofree float *zeros = g_new0 (float, 64 * 64);
  g_autoptr (MgImage) constant = image_of_floats (64, 64, zeros);
  g_autoptr (MgImage) image = NULL;
  g_autoptr (MgLabels) labels = NULL;

  g_assert_false (mg_dataset_prepare (none, 0.1, 0, NULL, NULL, &error));
  g_assert_error (error, MG_ERROR, MG_ERROR_DATA);
  g_clear_error (&error);

  add_item (bare, "empty-1.tif", 64, 64, 0);
  add_item (bare, "empty-2.tif", 64, 64, 0);
  g_assert_false (mg_dataset_prepare (bare, 0.1, 0, NULL, NULL, &error));
  g_assert_error (error, MG_ERROR, MG_ERROR_DATA);
  assert_message (error, "empty-1.tif");
  g_clear_error (&error);

  make_item (64, 64, 2, &image, &labels);
  g_assert_true (mg_dataset_add (flat, "flat.tif", constant, labels, NULL, MG_ROLE_OF_TRAIN, &error));
  g_assert_false (mg_dataset_prepare (flat, 0.1, 0, NULL, NULL, &error));
  g_assert_error (error, MG_ERROR, MG_ERROR_DATA);
  assert_message (error, "flat.tif");
}

static void
test_objects (void)
{
  g_autoptr (MgDataset) dataset = mg_dataset_new ();
  g_autoptr (GError) error = NULL;

  add_item (dataset, "a", 64, 64, 3);
  g_assert_true (mg_dataset_prepare (dataset, 0, 0, NULL, NULL, &error));

  const MgItem *item = mg_dataset_get (dataset, 0);

  g_assert_cmpuint (item->n_objects, ==, 3);
  g_assert_cmpfloat_with_epsilon (item->diameter, 2 * sqrt (100 / G_PI), 1e-6);
  g_assert_cmpfloat_with_epsilon (item->centres[0], 9, 1e-5);
  g_assert_cmpfloat_with_epsilon (item->centres[1], 15, 1e-5);
  g_assert_cmpfloat_with_epsilon (item->centres[4], 41, 1e-5);
}

static guint
count_role (MgDataset *dataset, MgItemRole role)
{
  guint n = 0;

  for (guint i = 0; i < mg_dataset_get_n (dataset); i++)
    n += mg_dataset_get (dataset, i)->role == role;
  return n;
}

static void
test_split_of_many (void)
{
  g_autoptr (MgDataset) a = mg_dataset_new (), b = mg_dataset_new (), c = mg_dataset_new ();
  MgDataset *all[] = { a, b, c };
  g_autoptr (GError) error = NULL;
  guint same = 0, other = 0;

  for (guint d = 0; d < 3; d++)
    {
      for (int i = 0; i < 40; i++)
        add_item (all[d], "x", 64, 64, i < 10 ? 0 : 2);
      g_assert_true (mg_dataset_prepare (all[d], 0.2, d == 2 ? 9 : 5, NULL, NULL, &error));
      g_assert_cmpuint (mg_dataset_get_n (all[d]), ==, 40);
      g_assert_cmpuint (count_role (all[d], MG_ROLE_OF_VALIDATION), ==, 8);
    }
  for (guint i = 0; i < 40; i++)
    {
      const MgItem *item = mg_dataset_get (a, i);

      g_assert_true (item->role == MG_ROLE_OF_TRAIN || item->n_objects > 0);
      same += item->role == mg_dataset_get (b, i)->role;
      other += item->role == mg_dataset_get (c, i)->role;
    }
  g_assert_cmpuint (same, ==, 40);
  g_assert_cmpuint (other, <, 40);
}

static void
test_split_of_one (void)
{
  g_autoptr (MgDataset) wide = mg_dataset_new (), tiny = mg_dataset_new ();
  g_autoptr (GError) error = NULL;

  add_item (wide, "one.tif", 200, 64, 12);
  g_assert_true (mg_dataset_prepare (wide, 0.1, 0, NULL, NULL, &error));
  g_assert_cmpuint (mg_dataset_get_n (wide), ==, 2);

  const MgItem *train = mg_dataset_get (wide, 0), *held = mg_dataset_get (wide, 1);
  float value;
  MgRect corner = { 0, 3, 1, 1 };

  g_assert_cmpint (train->role, ==, MG_ROLE_OF_TRAIN);
  g_assert_cmpint (held->role, ==, MG_ROLE_OF_VALIDATION);
  g_assert_cmpint (mg_image_get_info (train->image)->width, ==, 150);
  g_assert_cmpint (mg_image_get_info (held->image)->width, ==, 50);
  g_assert_true (mg_image_read_float (held->image, 0, 0, 0, &corner, &value, sizeof value, NULL, &error));
  g_assert_cmpfloat_with_epsilon (value, 150 + 1.5, 1e-5);
  g_assert_cmpuint (held->n_objects, >, 0);

  /* too small to part: seen in both roles */
  add_item (tiny, "tiny.tif", 40, 40, 1);
  g_assert_true (mg_dataset_prepare (tiny, 0.1, 0, NULL, NULL, &error));
  g_assert_cmpuint (count_role (tiny, MG_ROLE_OF_TRAIN), ==, 1);
  g_assert_cmpuint (count_role (tiny, MG_ROLE_OF_VALIDATION), ==, 1);
}

typedef struct
{
  MgDataset *dataset;
  const MgItem *item;
  MgPatch patch;
} Cut;

static void
cut_init (Cut *cut, int size)
{
  g_autoptr (GError) error = NULL;

  cut->dataset = mg_dataset_new ();
  add_item (cut->dataset, "a", 96, 80, 5);
  g_assert_true (mg_dataset_prepare (cut->dataset, 0, 0, NULL, NULL, &error));
  cut->item = mg_dataset_get (cut->dataset, 0);
  g_assert_true (mg_patch_init (&cut->patch, size, 1, TRUE, FALSE, &error));
}

static void
cut_clear (Cut *cut)
{
  mg_patch_clear (&cut->patch);
  mg_dataset_free (cut->dataset);
}

static double
ramp (const MgItem *item, double x, double y)
{
  return (x - 0.5 + 0.5 * (y - 0.5) - item->low[0]) / (item->high[0] - item->low[0]);
}

static void
test_patch_upright (void)
{
  Cut cut;
  MgPlace place;
  g_autoptr (GError) error = NULL;

  cut_init (&cut, 32);
  mg_place_init (&place, 40, 30, 1);
  g_assert_true (mg_patch_cut (&cut.patch, cut.item, &place, NULL, &error));
  for (int v = 0; v < 32; v++)
    for (int u = 0; u < 32; u++)
      {
        g_assert_cmpfloat_with_epsilon (cut.patch.image[v * 32 + u], ramp (cut.item, 24.5 + u, 14.5 + v), 1e-5);
        g_assert_cmpuint (cut.patch.labels[v * 32 + u], ==,
                          mg_labels_get_data (cut.item->labels)[(14 + v) * 96 + 24 + u]);
        g_assert_cmpfloat (cut.patch.valid[v * 32 + u], ==, 1);
      }
  /* a ramp stays one, whatever the scale */
  mg_place_init (&place, 48, 40, 0.5);
  g_assert_true (mg_patch_cut (&cut.patch, cut.item, &place, NULL, &error));
  for (int u = 0; u < 32; u++)
    g_assert_cmpfloat_with_epsilon (cut.patch.image[16 * 32 + u], ramp (cut.item, 48 + 2 * (u - 15.5), 41), 1e-5);
  cut_clear (&cut);
}

static void
test_patch_mirrored (void)
{
  Cut cut;
  MgPlace place;
  g_autoptr (GError) error = NULL;

  cut_init (&cut, 128);
  mg_place_init (&place, 48, 40, 1);
  g_assert_true (mg_patch_cut (&cut.patch, cut.item, &place, NULL, &error));
  /* the image begins at 16, 24 */
  for (int k = 0; k < 16; k++)
    {
      g_assert_cmpfloat_with_epsilon (cut.patch.image[50 * 128 + 15 - k], cut.patch.image[50 * 128 + 16 + k], 1e-5);
      g_assert_cmpuint (cut.patch.labels[40 * 128 + 15 - k], ==, cut.patch.labels[40 * 128 + 16 + k]);
      g_assert_cmpfloat (cut.patch.valid[50 * 128 + 15 - k], ==, 0);
      g_assert_cmpfloat (cut.patch.valid[50 * 128 + 16 + k], ==, 1);
    }
  cut_clear (&cut);
}

/* Turned, bent and scaled at random, labels and image still say the same. */
static void
test_patch_image_and_labels_agree (void)
{
  const MgAugment augment = { .flips = TRUE, .rotation = 180, .scale = 0.5, .elastic = 2 };
  g_autoptr (MgDataset) dataset = mg_dataset_new ();
  g_autoptr (GError) error = NULL;
  g_autofree float *values = g_new0 (float, 96 * 80);
  g_autoptr (MgImage) ramp_image = NULL;
  g_autoptr (MgLabels) labels = NULL;
  MgPatch patch;
  MgRng rng;
  guint wrong = 0, cells = 0;

  make_item (96, 80, 5, &ramp_image, &labels);
  for (int i = 0; i < 96 * 80; i++)
    values[i] = mg_labels_get_data (labels)[i] != 0;

  g_autoptr (MgImage) image = image_of_floats (96, 80, values);

  g_assert_true (mg_dataset_add (dataset, "a", image, labels, NULL, MG_ROLE_OF_TRAIN, &error));
  g_assert_true (mg_dataset_prepare (dataset, 0, 0, NULL, NULL, &error));
  g_assert_true (mg_patch_init (&patch, 64, 1, TRUE, FALSE, &error));
  mg_rng_init (&rng, 3, 0);
  for (int k = 0; k < 20; k++)
    {
      MgPlace place;

      mg_augment_place (&augment, mg_dataset_get (dataset, 0), 1, 64, &rng, &place);
      g_assert_true (mg_patch_cut (&patch, mg_dataset_get (dataset, 0), &place, NULL, &error));
      for (int i = 0; i < 64 * 64; i++)
        {
          cells += patch.labels[i] != 0;
          wrong += (patch.labels[i] != 0 && patch.image[i] < 0.2f) || (patch.labels[i] == 0 && patch.image[i] > 0.8f);
        }
    }
  g_assert_cmpuint (cells, >, 1000);
  g_assert_cmpuint (wrong, <, cells / 50);
  mg_patch_clear (&patch);
}

static void
test_intensity (void)
{
  const MgAugment augment = { .intensity = 1, .noise = 0.1, .blur = 1 };
  Cut cut;
  MgPlace place;
  g_autoptr (GError) error = NULL;
  guint changed = 0;

  cut_init (&cut, 32);
  mg_place_init (&place, 40, 30, 1);
  for (guint64 k = 0; k < 20; k++)
    {
      float once[32 * 32];
      MgRng rng;

      for (int again = 0; again < 2; again++)
        {
          mg_rng_init (&rng, 1, k);
          g_assert_true (mg_patch_cut (&cut.patch, cut.item, &place, NULL, &error));
          changed += again == 0 ? cut.patch.image[100] != 0 : 0;
          float before = cut.patch.image[100];

          mg_augment_intensity (&augment, &rng, &cut.patch);
          changed += again == 0 && cut.patch.image[100] != before ? 100 : 0;
          if (again == 0)
            memcpy (once, cut.patch.image, sizeof once);
        }
      g_assert_cmpmem (once, sizeof once, cut.patch.image, sizeof once);
      for (int i = 0; i < 32 * 32; i++)
        g_assert_true (isfinite (once[i]));
    }
  g_assert_cmpuint (changed / 100, >, 12);
  cut_clear (&cut);
}

static void
test_synth (void)
{
  MgSynthParams params;
  MgRng rng;
  g_autoptr (GError) error = NULL;
  g_autoptr (MgImage) image = NULL, again = NULL, clean = NULL;
  g_autoptr (MgLabels) labels = NULL, same = NULL;
  const MgRect all = { 0, 0, 200, 200 };
  g_autofree float *a = g_new (float, 40000), *b = g_new (float, 40000), *c = g_new (float, 40000);
  double inside = 0, outside = 0, difference = 0;
  guint covered = 0, contacts = 0;

  mg_synth_defaults (&params, 200, FALSE);
  mg_rng_init (&rng, 11, 2);
  g_assert_true (mg_synth_cells (&params, &rng, &image, &labels, &clean, &error));
  mg_rng_init (&rng, 11, 2);
  g_assert_true (mg_synth_cells (&params, &rng, &again, &same, NULL, &error));
  g_assert_true (mg_image_read_float (image, 0, 0, 0, &all, a, 800, NULL, &error));
  g_assert_true (mg_image_read_float (again, 0, 0, 0, &all, b, 800, NULL, &error));
  g_assert_true (mg_image_read_float (clean, 0, 0, 0, &all, c, 800, NULL, &error));
  g_assert_cmpmem (a, 160000, b, 160000);
  g_assert_cmpmem (mg_labels_get_data (labels), 160000, mg_labels_get_data (same), 160000);
  for (int i = 0; i < 40000; i++)
    {
      const guint32 *label = mg_labels_get_data (labels) + i;

      covered += *label != 0;
      inside += *label != 0 ? a[i] : 0;
      outside += *label == 0 ? a[i] : 0;
      difference += fabs (a[i] - c[i]);
      contacts += i % 200 < 199 && label[0] != 0 && label[1] != 0 && label[0] != label[1];
    }
  g_assert_cmpuint (mg_labels_get_n (labels), >, 20);
  g_assert_cmpuint (covered, >, 6000);
  g_assert_cmpuint (covered, <, 20000);
  g_assert_cmpuint (contacts, >, 40);
  g_assert_cmpfloat (inside / covered, >, 1.5 * outside / (40000 - covered));
  g_assert_cmpfloat (difference / 40000, >, 3);
  g_assert_cmpfloat (difference / 40000, <, 60);
}

static void
check_sample (gboolean denoise)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_dir_make_tmp ("mg-sample-XXXXXX", &error);
  g_autoptr (GFile) folder = g_file_new_for_path (path);
  const MgSampleOptions options = { .denoise = denoise, .n_images = 3, .size = 64, .seed = 4 };
  const char *const folders[] = { "images", denoise ? "clean" : "labels", "test/images", denoise ? "test/clean" : "test/labels" };
  MgSampleOptions bad = options;

  g_assert_true (mg_sample_write (folder, &options, NULL, NULL, &error));
  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_autoptr (GFile) child = g_file_resolve_relative_path (folder, folders[i]);
      g_autoptr (GPtrArray) files = mg_list_images (child, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (files->len, ==, i < 2 ? 3 : 1);
      for (guint k = 0; k < files->len; k++)
        {
          g_autoptr (MgImage) image = mg_image_load (files->pdata[k], NULL, &error);

          g_assert_no_error (error);
          g_assert_cmpint (mg_image_get_info (image)->width, ==, 64);
          g_assert_cmpfloat_with_epsilon (mg_image_get_info (image)->pixel_width, 0.325, 1e-4);
          g_assert_true (g_file_delete (files->pdata[k], NULL, &error));
        }
      g_assert_true (g_file_delete (child, NULL, &error) || i == 0);
      g_clear_error (&error);
    }
  g_autoptr (GFile) test = g_file_get_child (folder, "test");

  g_assert_true (g_file_delete (test, NULL, &error));
  g_assert_true (g_file_delete (folder, NULL, &error));
  bad.size = 3;
  g_assert_false (mg_sample_write (folder, &bad, NULL, NULL, &error));
  g_assert_error (error, MG_ERROR, MG_ERROR_USAGE);
}

static void
test_sample (void)
{
  check_sample (FALSE);
  check_sample (TRUE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dataset/normalisation", test_normalisation);
  g_test_add_func ("/dataset/normalisation-of-little", test_normalisation_of_little);
  g_test_add_func ("/dataset/sizes-must-agree", test_sizes_must_agree);
  g_test_add_func ("/dataset/nothing-to-learn", test_nothing_to_learn);
  g_test_add_func ("/dataset/objects", test_objects);
  g_test_add_func ("/dataset/split-of-many", test_split_of_many);
  g_test_add_func ("/dataset/split-of-one", test_split_of_one);
  g_test_add_func ("/dataset/patch-upright", test_patch_upright);
  g_test_add_func ("/dataset/patch-mirrored", test_patch_mirrored);
  g_test_add_func ("/dataset/patch-image-and-labels-agree", test_patch_image_and_labels_agree);
  g_test_add_func ("/dataset/intensity", test_intensity);
  g_test_add_func ("/dataset/synth", test_synth);
  g_test_add_func ("/dataset/sample", test_sample);
  return g_test_run ();
}
