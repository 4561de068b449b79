/* Prediction by tiles, of parts, at other scales. */

#include "pipeline/fixture.h"

#include "base/mem.h"
#include "dataset/patch.h"
#include "predict/predictor.h"
#include "predict/sampler.h"
#include "predict/tiler.h"

#include <math.h>

static void
test_weights_add_up (void)
{
  static const struct
  {
    int size, before, after, tile, multiple, halo;
  } cases[] = {
    { 100, 0, 0, 64, 8, 10 },
    { 1000, 0, 0, 256, 16, 100 },
    { 1000, 51, 20, 128, 8, 51 },
    { 5, 0, 0, 8, 8, 51 },
    { 333, 3, 0, 16, 16, 4 },
    { 64, 0, 0, 64, 8, 30 },
    { 65, 0, 0, 64, 8, 30 },
  };

  for (guint k = 0; k < G_N_ELEMENTS (cases); k++)
    {
      int length = cases[k].before + cases[k].size + cases[k].after;
      int tile = mg_tile_extent (length, cases[k].tile, cases[k].multiple);
      g_autofree double *sums = g_new0 (double, cases[k].size);
      MgTileAxis axis;

      mg_tile_axis_init (&axis, cases[k].size, cases[k].before, cases[k].after, tile, cases[k].multiple, cases[k].halo);
      for (int i = 0; i < axis.n; i++)
        {
          g_assert_cmpint ((axis.starts[i] + cases[k].before) % cases[k].multiple, ==, 0);
          for (int u = 0; u < tile; u++)
            {
              int at = axis.starts[i] + u;
              float weight = axis.weights[i * tile + u];

              g_assert_cmpfloat (weight, >=, 0);
              if (at >= 0 && at < cases[k].size)
                sums[at] += weight;
              else
                g_assert_cmpfloat (weight, ==, 0);
            }
        }
      for (int u = 0; u < cases[k].size; u++)
        g_assert_cmpfloat_with_epsilon (sums[u], 1, 1e-5);
      mg_tile_axis_clear (&axis);
    }
}

/* How many pixels nearest to an inner edge the middle tile of three or more does
 * not answer for. */
static int
measure_halo (int tile, int halo, int multiple)
{
  MgTileAxis axis;
  int u = 0;

  mg_tile_axis_init (&axis, 20 * tile, 0, 0, tile, multiple, halo);
  g_assert_cmpint (axis.n, >, 2);
  while (u < tile && axis.weights[tile + u] <= 0)
    u++;
  mg_tile_axis_clear (&axis);
  return u;
}

static void
test_smallest_tile_holds_the_halo (void)
{
  for (int depth = 1; depth <= 6; depth++)
    {
      const MgNetConfig config = { .depth = depth, .n_convs = 2, .kernel = 3 };
      int halo = mg_unet_receptive_field (&config), multiple = mg_unet_multiple (&config);
      int good = mg_tile_smallest (halo, halo, multiple), least = mg_tile_smallest (halo, multiple, multiple);
      MgTileAxis axis;

      g_assert_cmpint (measure_halo (good, halo, multiple), >=, halo);
      g_assert_cmpint (measure_halo (least, halo, multiple), >=, halo);
      g_assert_cmpint (measure_halo (least - multiple, halo, multiple), <, halo);
      mg_tile_axis_init (&axis, 20 * good, 0, 0, good, multiple, halo);
      g_assert_cmpint (axis.starts[1] - axis.starts[0], >=, halo);
      mg_tile_axis_clear (&axis);
    }
}

static MgImage *
make_image (int width, int height)
{
  MgImageInfo info = { .width = width, .height = height, .n_channels = 1, .n_z = 1, .n_t = 1, .type = MG_PIXEL_F32 };
  float *pixels = g_new (float, (gsize) width *(gsize) height);
  MgRng rng;

  mg_rng_init (&rng, 9, 0);
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      pixels[y * width + x] = (float) (sin (x * 0.21) * cos (y * 0.13) + 0.3 * mg_rng_normal (&rng));
  return mg_image_new_take (&info, pixels, g_free, NULL);
}

/* Training and prediction must see the same pixels. */
static void
test_sampler_sees_what_training_saw (void)
{
  const double scales[] = { 1, 0.41, 0.77, 1.9 };
  g_autoptr (MgImage) image = make_image (150, 130);

  for (guint k = 0; k < G_N_ELEMENTS (scales); k++)
    {
      const int size = 48;
      g_autofree float *out = g_new (float, size *size);
      MgItem item = { .image = image, .low = { -1 }, .high = { 2 } };
      MgSampler sampler = { .image = image, .n_channels = 1, .step_x = 1 / scales[k], .step_y = 1 / scales[k], .low = { -1 }, .high = { 2 } };
      MgRect rect = { -7, 5, size, size };
      MgPatch patch;
      MgPlace place;

      g_assert_true (mg_patch_init (&patch, size, 1, FALSE, FALSE, NULL));
      mg_place_init (&place, (rect.x + size / 2) / scales[k], (rect.y + size / 2) / scales[k], scales[k]);
      g_assert_true (mg_patch_cut (&patch, &item, &place, NULL, NULL));
      g_assert_true (mg_sampler_read (&sampler, &rect, out, NULL, NULL));
      for (int i = 0; i < size * size; i++)
        g_assert_cmpfloat_with_epsilon (out[i], patch.image[i], 2e-5);
      mg_patch_clear (&patch);
    }
}

/* Group norm looks at a whole tile, so equality is asked without it. */
static MgModel *
make_model (MgNormKind norm, double working_scale)
{
  g_autoptr (MgDataset) dataset = fixture_dataset (4, 96, 1);
  g_autoptr (MgHistory) history = mg_history_new ();
  g_autoptr (MgTrainLoop) loop = NULL;
  MgTrainConfig config;

  fixture_config (&config, 2);
  config.net.norm = norm;
  fixture_prepare (&config, dataset);
  config.working_scale = working_scale;
  config.working_diameter = 0;
  loop = fixture_loop (&config, dataset, "cpu", history, NULL);
  fixture_run (loop, G_MAXINT64);
  return mg_model_ref (mg_train_loop_get_best (loop));
}

static void
predict (MgModel *model, MgImage *image, int tile, const MgRect *rect, MgMaps *maps)
{
  const MgPredictOptions options = { .device = "cpu", .tile = tile };
  g_autoptr (GError) error = NULL;
  g_autoptr (MgPredictor) predictor = mg_predictor_new (model, &options, &error);

  g_assert_no_error (error);
  mg_predictor_run (predictor, image, 0, 0, rect, maps, NULL, &error);
  g_assert_no_error (error);
}

static double
largest_difference (const MgMaps *a, const MgMaps *b)
{
  gsize n = (gsize) a->width * (gsize) a->height * (gsize) a->n_channels;
  double largest = 0;

  g_assert_cmpint (a->width, ==, b->width);
  g_assert_cmpint (a->height, ==, b->height);
  for (gsize i = 0; i < n; i++)
    largest = MAX (largest, fabs ((double) a->planes[i] - b->planes[i]));
  return largest;
}

static void
test_tiles_equal_the_whole (void)
{
  const double scales[] = { 1, 0.6 };
  g_autoptr (MgImage) image = make_image (301, 233);

  for (guint k = 0; k < G_N_ELEMENTS (scales); k++)
    {
      g_autoptr (MgModel) model = make_model (MG_NORM_NONE, scales[k]);
      MgMaps whole, tiled;

      predict (model, image, 512, NULL, &whole);
      predict (model, image, 112, NULL, &tiled);
      g_assert_cmpint (whole.width, ==, (int) round (301 * scales[k]));
      g_assert_cmpfloat (largest_difference (&whole, &tiled), <, 1e-5);
      mg_free_aligned (whole.planes);
      mg_free_aligned (tiled.planes);
    }
}

static void
test_part_equals_the_whole (void)
{
  const MgRect rect = { 97, 62, 80, 90 };
  g_autoptr (MgImage) image = make_image (301, 233);
  g_autoptr (MgModel) model = make_model (MG_NORM_NONE, 1);
  MgMaps whole, part;
  double largest = 0;

  predict (model, image, 512, NULL, &whole);
  predict (model, image, 0, &rect, &part);
  g_assert_cmpint (part.width, ==, rect.width);
  g_assert_cmpint (part.height, ==, rect.height);
  for (int c = 0; c < part.n_channels; c++)
    for (int y = 0; y < part.height; y++)
      for (int x = 0; x < part.width; x++)
        {
          double a = whole.planes[(c * whole.height + rect.y + y) * whole.width + rect.x + x];
          double b = part.planes[(c * part.height + y) * part.width + x];

          largest = MAX (largest, fabs (a - b));
        }
  g_assert_cmpfloat (largest, <, 1e-5);
  mg_free_aligned (whole.planes);
  mg_free_aligned (part.planes);
}

static void
test_any_size (void)
{
  const int sizes[][2] = { { 1, 1 }, { 3, 200 }, { 17, 5 }, { 64, 64 } };
  g_autoptr (MgModel) model = make_model (MG_NORM_GROUP, 1);

  for (guint k = 0; k < G_N_ELEMENTS (sizes); k++)
    {
      g_autoptr (MgImage) image = make_image (sizes[k][0], sizes[k][1]);
      g_autoptr (GError) error = NULL;
      MgDecoded decoded;
      MgMaps maps;

      predict (model, image, 0, NULL, &maps);
      for (int i = 0; i < maps.width * maps.height * maps.n_channels; i++)
        g_assert_true (isfinite (maps.planes[i]));
      g_assert_true (mg_predictor_decode (model, &maps, sizes[k][0], sizes[k][1], NULL, NULL, NULL, &decoded, &error));
      g_assert_cmpint (mg_labels_get_width (mg_instances_get_labels (decoded.instances)), ==, sizes[k][0]);
      g_assert_cmpint (mg_labels_get_height (mg_instances_get_labels (decoded.instances)), ==, sizes[k][1]);
      mg_decoded_clear (&decoded);
      mg_free_aligned (maps.planes);
    }
}

static void
test_memory_bounds_the_tile (void)
{
  g_autoptr (MgImage) image = make_image (600, 600);
  g_autoptr (MgModel) model = make_model (MG_NORM_NONE, 1);
  const MgPredictOptions little = { .device = "cpu", .memory_bytes = 3 << 20 };
  const MgPredictOptions nothing = { .device = "cpu", .memory_bytes = 1000 };
  g_autoptr (GError) error = NULL;
  g_autoptr (MgPredictor) predictor = mg_predictor_new (model, &little, &error);
  g_autoptr (MgPredictor) impossible = mg_predictor_new (model, &nothing, &error);
  MgMaps whole, bounded, none;

  predict (model, image, 600, NULL, &whole);
  g_assert_true (mg_predictor_run (predictor, image, 0, 0, NULL, &bounded, NULL, &error));
  g_assert_cmpfloat (largest_difference (&whole, &bounded), <, 1e-5);
  g_assert_false (mg_predictor_run (impossible, image, 0, 0, NULL, &none, NULL, &error));
  g_assert_error (error, MG_ERROR, MG_ERROR_NO_MEMORY);
  mg_free_aligned (whole.planes);
  mg_free_aligned (bounded.planes);
}

static void
test_wrong_images (void)
{
  g_autoptr (MgModel) model = make_model (MG_NORM_GROUP, 1);
  MgImageInfo info = { .width = 8, .height = 8, .n_channels = 2, .n_z = 1, .n_t = 1, .type = MG_PIXEL_U8 };
  g_autoptr (MgImage) two = mg_image_new_take (&info, g_malloc0 (128), g_free, NULL);
  g_autoptr (MgImage) one = make_image (32, 32);
  const MgPredictOptions options = { .device = "cpu" };
  const MgRect outside = { 30, 0, 4, 4 };
  g_autoptr (GError) error = NULL;
  g_autoptr (MgPredictor) predictor = mg_predictor_new (model, &options, &error);
  MgMaps maps;

  g_assert_false (mg_predictor_run (predictor, two, 0, 0, NULL, &maps, NULL, &error));
  g_assert_error (error, MG_ERROR, MG_ERROR_SHAPE);
  g_clear_error (&error);
  g_assert_false (mg_predictor_run (predictor, one, 0, 0, &outside, &maps, NULL, &error));
  g_assert_error (error, MG_ERROR, MG_ERROR_USAGE);
}

/* Three images: a stack of slices and time points, one that cannot be read, a flat one. */
typedef struct
{
  MgImage *images[3];
  GPtrArray *found; /* of MgInstances */
  guint failed;     /* number of it and 1 */
  GString *places;  /* what was said of where it is */
  MgJob *job;       /* borrowed */
} Stacks;

static gboolean
load_stack (guint index, MgImage **image, GCancellable *cancellable, GError **error, gpointer data)
{
  Stacks *stacks = data;

  if (stacks->images[index] != NULL)
    *image = mg_image_ref (stacks->images[index]);
  else
    g_set_error_literal (error, MG_ERROR, MG_ERROR_FORMAT, "this is no image");
  return stacks->images[index] != NULL;
}

static gboolean
take_plane (const MgPredicted *result, GCancellable *cancellable, GError **error, gpointer data)
{
  Stacks *stacks = data;
  MgProgressInfo info;

  mg_progress_get (mg_job_get_progress (stacks->job), &info);
  g_string_append_printf (stacks->places, "%s;", info.place);
  g_assert_cmpint (result->n_planes, ==, result->index == 0 ? 6 : 1);
  g_assert_cmpint (result->plane, ==, result->index == 0 ? (int) stacks->found->len : 0);
  g_ptr_array_add (stacks->found, mg_instances_ref (result->decoded->instances));
  return TRUE;
}

static void
note_failure (guint index, const GError *error, gpointer data)
{
  g_assert_error (error, MG_ERROR, MG_ERROR_FORMAT);
  ((Stacks *) data)->failed = index + 1;
}

static MgImage *
make_stack (void)
{
  const MgImageInfo info = { .width = 64, .height = 48, .n_channels = 1, .n_z = 3, .n_t = 2, .type = MG_PIXEL_F32 };
  float *pixels = g_new (float, 6 * 64 * 48);

  for (int p = 0; p < 6; p++)
    for (int i = 0; i < 64 * 48; i++)
      pixels[p * 64 * 48 + i] = (float) sin (i % 64 * (0.1 + 0.05 * p)) * (float) cos (i / 64 * 0.2);
  return mg_image_new_take (&info, pixels, g_free, NULL);
}

static void
test_every_plane (void)
{
  g_autoptr (MgModel) model = make_model (MG_NORM_GROUP, 1);
  g_autoptr (MgImage) stack = make_stack (), flat = make_image (64, 48);
  Stacks stacks = { .images = { stack, NULL, flat }, .found = g_ptr_array_new_with_free_func ((GDestroyNotify) mg_instances_unref), .places = g_string_new (NULL) };
  const MgPredictSink sink = { .load = load_stack, .done = take_plane, .failed = note_failure, .data = &stacks };
  const MgPredictSink strict = { .load = load_stack, .done = take_plane, .data = &stacks };
  const MgPredictOptions options = { .device = "cpu" };
  g_autoptr (MgJob) job = stacks.job = mg_predict_job_new (model, &options, NULL, 3, &sink, MG_PRIORITY_NORMAL);
  g_autoptr (MgJob) ends = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (mg_job_run (job, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (stacks.failed, ==, 2);
  g_assert_cmpuint (stacks.found->len, ==, 7);
  g_assert_cmpstr (stacks.places->str, ==,
                   "image 1 of 3, slice 1 of 3, time point 1 of 2;image 1 of 3, slice 2 of 3, time point 1 of 2;"
                   "image 1 of 3, slice 3 of 3, time point 1 of 2;image 1 of 3, slice 1 of 3, time point 2 of 2;"
                   "image 1 of 3, slice 2 of 3, time point 2 of 2;image 1 of 3, slice 3 of 3, time point 2 of 2;"
                   "image 3 of 3;");
  /* each as if it were alone */
  for (int p = 0; p < 6; p++)
    {
      MgLabels *labels = mg_instances_get_labels (stacks.found->pdata[p]);
      g_autoptr (MgPredictor) predictor = mg_predictor_new (model, &options, &error);
      MgDecoded decoded;
      MgMaps maps;

      g_assert_true (mg_predictor_run (predictor, stack, p % 3, p / 3, NULL, &maps, NULL, &error));
      g_assert_true (mg_predictor_decode (model, &maps, 64, 48, NULL, NULL, NULL, &decoded, &error));
      g_assert_cmpmem (mg_labels_get_data (labels), 64 * 48 * 4, mg_labels_get_data (mg_instances_get_labels (decoded.instances)), 64 * 48 * 4);
      mg_decoded_clear (&decoded);
      mg_free_aligned (maps.planes);
    }
  /* nobody to tell of a failure: the job ends with it */
  g_ptr_array_set_size (stacks.found, 0);
  ends = stacks.job = mg_predict_job_new (model, &options, NULL, 3, &strict, MG_PRIORITY_NORMAL);
  g_assert_false (mg_job_run (ends, &error));
  g_assert_error (error, MG_ERROR, MG_ERROR_FORMAT);
  g_assert_cmpuint (stacks.found->len, ==, 6);
  g_ptr_array_unref (stacks.found);
  g_string_free (stacks.places, TRUE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pipeline/predict/weights-add-up", test_weights_add_up);
  g_test_add_func ("/pipeline/predict/smallest-tile-holds-the-halo", test_smallest_tile_holds_the_halo);
  g_test_add_func ("/pipeline/predict/sampler-sees-what-training-saw", test_sampler_sees_what_training_saw);
  g_test_add_func ("/pipeline/predict/tiles-equal-the-whole", test_tiles_equal_the_whole);
  g_test_add_func ("/pipeline/predict/part-equals-the-whole", test_part_equals_the_whole);
  g_test_add_func ("/pipeline/predict/any-size", test_any_size);
  g_test_add_func ("/pipeline/predict/memory-bounds-the-tile", test_memory_bounds_the_tile);
  g_test_add_func ("/pipeline/predict/wrong-images", test_wrong_images);
  g_test_add_func ("/pipeline/predict/every-plane", test_every_plane);
  return g_test_run ();
}
