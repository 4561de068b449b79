/* Ignored pixels and training regions: kept in files beside the labels, and
 * without weight in training. */
#include "annotate/annotation-planes.h"
#include "dataset/augment.h"
#include "io/loader.h"
#include "project/labels.h"
#include "project/training-area.h"
#include "recipe/recipe.h"

#include <glib/gstdio.h>
#include <string.h>

#define W    200
#define H    150
#define SIZE 64

typedef struct
{
  char *folder;
  GFile *file;
} Place;

static void
place_init (Place *place)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;

  place->folder = g_dir_make_tmp ("mg-area-XXXXXX", &error);
  g_assert_no_error (error);
  path = g_build_filename (place->folder, "annotations", "cells.tif", NULL);
  place->file = g_file_new_for_path (path);
}

static char *
path_of (Place *place, const char *name)
{
  return g_build_filename (place->folder, "annotations", name, NULL);
}

static void
place_clear (Place *place)
{
  static const char *const names[] = { "ignored/cells.tif", "regions/cells.csv", "cells.tif", "ignored", "regions", "" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = path_of (place, names[i]);

      g_remove (path);
    }
  g_remove (place->folder);
  g_object_unref (place->file);
  g_free (place->folder);
}

/* A cell, ignored pixels beside it, and two regions. */
static MgAnnotation *
make_annotation (void)
{
  MgAnnotation *annotation = mg_annotation_new (W, H);

  mg_annotation_begin_stroke (annotation, &(MgStroke){ .tool = MG_TOOL_BRUSH, .radius = 9 }, 60, 70);
  mg_annotation_begin_stroke (annotation, &(MgStroke){ .tool = MG_TOOL_BRUSH, .radius = 9 }, 150, 40);
  mg_annotation_begin_stroke (annotation, &(MgStroke){ .tool = MG_TOOL_IGNORE, .radius = 8 }, 80, 70);
  mg_annotation_end_stroke (annotation);
  g_assert_true (mg_annotation_add_training_region (annotation, &(MgTrainingRegion){ { 40, 50, 70, 60 }, MG_EVERY_PLANE }));
  g_assert_true (mg_annotation_add_training_region (annotation, &(MgTrainingRegion){ { 10, 10, 20, 25 }, MG_EVERY_PLANE }));
  return annotation;
}

static MgMaskStack *
load (Place *place, GError **error)
{
  g_autoptr (GFile) folder = g_file_new_for_path (place->folder);
  g_autoptr (GFile) image = g_file_get_child (folder, "cells.tif");
  g_autoptr (MgProject) project = mg_project_new (folder);
  g_autoptr (MgProjectItem) item = NULL;
  g_autofree char *warning = NULL;
  const MgImageInfo info = { .width = W, .height = H, .n_channels = 1, .n_z = 1, .n_t = 1 };
  gboolean recovered;

  mg_project_add (project, image, NULL);
  item = g_list_model_get_item (G_LIST_MODEL (project), 0);
  return mg_project_item_load_labels (item, &info, &recovered, &warning, NULL, error);
}

static void
save (Place *place, MgAnnotation *annotation)
{
  const MgImageInfo info = { .width = W, .height = H, .n_channels = 1, .n_z = 1, .n_t = 1, .pixel_width = 0.5, .pixel_height = 0.5 };
  g_autoptr (MgMaskStack) stack = mg_annotation_snapshot (annotation);
  g_autoptr (GError) error = NULL;

  g_assert_true (mg_project_save_labels (place->file, stack, &info, NULL, &error));
  g_assert_no_error (error);
}

static void
test_round_trip (void)
{
  Place place;
  g_autoptr (MgAnnotation) annotation = make_annotation ();
  g_autoptr (MgAnnotation) back = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree guint32 *before = g_new (guint32, W * H), *after = g_new (guint32, W * H);
  g_autofree char *mask_path = NULL, *csv_path = NULL;
  g_autoptr (MgLabels) labels = NULL, mask = NULL;
  g_autoptr (GFile) mask_file = NULL;
  g_autofree char *text = NULL;
  const MgTrainingRegion *regions;
  guint n;

  place_init (&place);
  save (&place, annotation);
  mask_path = path_of (&place, "ignored/cells.tif");
  csv_path = path_of (&place, "regions/cells.csv");
  back = mg_annotation_new_take_stack (load (&place, &error));
  g_assert_no_error (error);
  mg_mask_read (mg_annotation_get_mask (annotation), &(MgRect){ 0, 0, W, H }, before, W * 4);
  mg_mask_read (mg_annotation_get_mask (back), &(MgRect){ 0, 0, W, H }, after, W * 4);
  g_assert_cmpmem (before, W * H * 4, after, W * H * 4);
  g_assert_cmpuint (mg_annotation_get_n_instances (back), ==, 2);
  regions = mg_annotation_get_training_regions (back, &n);
  g_assert_cmpuint (n, ==, 2);
  g_assert_cmpint (regions[0].rect.x, ==, 40);
  g_assert_cmpint (regions[1].rect.height, ==, 25);
  g_assert_cmpint (regions[1].plane, ==, MG_EVERY_PLANE);
  g_assert_true (g_file_get_contents (csv_path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "BX,BY,Width,Height\n40,50,70,60\n10,10,20,25\n");
  /* the label image holds cells and nothing else, the mask is one for Fiji */
  labels = mg_labels_load (place.file, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (mg_labels_get_max (labels), ==, 2);
  mask_file = g_file_new_for_path (mask_path);
  mask = mg_labels_load (mask_file, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (mg_labels_get_n (mask), ==, 1);
  g_assert_cmpuint (mg_labels_get_data (mask)[70 * W + 85], ==, 255);
  /* what says nothing any more goes */
  while (mg_annotation_undo (annotation))
    ;
  save (&place, annotation);
  g_assert_false (g_file_test (mask_path, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (csv_path, G_FILE_TEST_EXISTS));
  place_clear (&place);
}

/* A region of one plane is one after the file, and the planes without a region
 * take no part. */
static void
test_planes (void)
{
  const MgImageInfo info = { .width = W, .height = H, .n_channels = 1, .n_z = 4, .n_t = 1 };
  const MgTrainingRegion regions[] = { { { 10, 10, 20, 25 }, 2 }, { { 40, 50, 70, 60 }, MG_EVERY_PLANE }, { { 5, 5, 9, 9 }, 0 } };
  g_autoptr (MgMaskStack) stack = mg_mask_stack_new (W, H, 4, 1);
  g_autoptr (GArray) back = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *csv = NULL, *text = NULL;
  Place place;

  place_init (&place);
  csv = path_of (&place, "regions/cells.csv");
  g_assert_true (mg_training_regions_save (place.file, regions, G_N_ELEMENTS (regions), &error));
  g_assert_true (g_file_get_contents (csv, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "BX,BY,Width,Height,Page\n10,10,20,25,3\n40,50,70,60,0\n5,5,9,9,1\n");
  back = mg_training_regions_load (place.file, &info, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (back->data, back->len * sizeof *regions, regions, sizeof regions);
  for (guint all = 0; all <= 1; all++)
    for (int p = 0; p < 4; p++)
      {
        g_autoptr (GArray) rects = NULL;
        guint n = (p == 0) + (p == 2) + (all != 0);

        mg_mask_stack_set_regions (stack, &regions[all ? 0 : 2], all ? 3 : 1);
        if (all == 0)
          n = p == 0;
        g_assert_true (mg_mask_stack_takes_part (stack, p, &rects) == (n > 0));
        g_assert_cmpuint (rects->len, ==, n);
      }
  mg_mask_stack_set_regions (stack, NULL, 0);
  g_clear_pointer (&back, g_array_unref);
  g_assert_true (mg_mask_stack_takes_part (stack, 1, &back));
  g_assert_cmpuint (back->len, ==, 0);
  place_clear (&place);
}

static void
test_bad_files (void)
{
  static const char *const bad[] = { "", "x,y\n1,2,3,4\n", "BX,BY,Width,Height\n1,2,3\n", "BX,BY,Width,Height\n1,2,3,4,5\n",
                                     "BX,BY,Width,Height\n0,0,-5,5\n", "BX,BY,Width,Height\n500,500,5,5\n", "BX,BY,Width,Height\n1,a,3,4\n",
                                     "BX,BY,Width,Height,Page\n1,2,3,4\n", "BX,BY,Width,Height,Page\n1,2,3,4,2\n",
                                     "BX,BY,Width,Height,Page\n1,2,3,4,-1\n", "BX,BY,Width,Height,Page\n1,2,3,4,1,1\n",
                                     "BX,BY,Width,Height,Slice\n1,2,3,4,1\n" };
  Place place;
  g_autoptr (MgAnnotation) annotation = make_annotation ();
  g_autofree char *path = NULL, *mask = NULL;
  g_autoptr (GError) error = NULL;

  place_init (&place);
  save (&place, annotation);
  path = path_of (&place, "regions/cells.csv");
  mask = path_of (&place, "ignored/cells.tif");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_assert_true (g_file_set_contents (path, bad[i], -1, NULL));
      g_assert_null (load (&place, &error));
      g_assert_error (error, MG_ERROR, MG_ERROR_FORMAT);
      g_assert_nonnull (strstr (error->message, "cells.csv"));
      g_clear_error (&error);
    }
  g_remove (path);
  g_assert_true (g_file_set_contents (mask, "no TIFF", -1, NULL));
  g_assert_null (load (&place, &error));
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, mask));
  place_clear (&place);
}

static MgImage *
make_image (void)
{
  MgImageInfo info = { .width = W, .height = H, .n_channels = 1, .n_z = 1, .n_t = 1, .type = MG_PIXEL_U8 };
  guint8 *pixels = g_malloc (W * H);

  for (int i = 0; i < W * H; i++)
    pixels[i] = (guint8) (i * 7);
  return mg_image_new_take (&info, pixels, g_free, NULL);
}

/* The targets' weights of a patch that shows part of the image as it is. */
static void
make_weights (MgDataset *dataset, int x0, int y0, MgPatch *patch, MgTargetSet *targets)
{
  g_autoptr (GError) error = NULL;
  const MgRecipe *recipe = mg_recipe_find ("boundary", &error);
  MgTrainConfig config;
  MgPlace place;
  MgRng rng;

  g_assert_no_error (error);
  recipe->defaults (&config);
  mg_rng_init (&rng, 1, 0);
  mg_place_init (&place, x0 + SIZE / 2.0, y0 + SIZE / 2.0, 1);
  g_assert_true (mg_patch_init (patch, SIZE, 1, TRUE, FALSE, &error));
  g_assert_true (mg_patch_cut (patch, mg_dataset_get (dataset, 0), &place, NULL, &error));
  targets->size = SIZE;
  for (int i = 0; i < recipe->n_targets; i++)
    targets->data[i] = g_new (float, SIZE *SIZE);
  g_assert_true (recipe->make_targets (patch, &config, &rng, targets, &error));
  g_assert_no_error (error);
}

static MgDataset *
make_dataset (MgAnnotation *annotation)
{
  MgDataset *dataset = mg_dataset_new ();
  g_autoptr (MgImage) image = make_image ();
  g_autoptr (GError) error = NULL;
  g_autoptr (MgLabels) labels = mg_mask_to_training_labels (mg_annotation_get_mask (annotation), &error);
  g_autoptr (MgMaskStack) stack = mg_annotation_snapshot (annotation);
  g_autoptr (GArray) rects = NULL;

  g_assert_true (mg_dataset_add (dataset, "cells", image, labels, NULL, MG_ROLE_OF_TRAIN, &error));
  g_assert_true (mg_mask_stack_takes_part (stack, 0, &rects));
  mg_dataset_set_regions (dataset, (const MgRect *) rects->data, rects->len);
  g_assert_true (mg_dataset_prepare (dataset, 0, 1, NULL, NULL, &error));
  g_assert_no_error (error);
  return dataset;
}

/* Every weight of the loss is zero where pixels are ignored or lie outside of
 * the regions, and more than zero everywhere else; what is taught inside does
 * not change. */
static void
test_weights (void)
{
  g_autoptr (MgAnnotation) annotation = make_annotation ();
  MgMask *mask = mg_annotation_get_mask (annotation);
  MgDataset *dataset = make_dataset (annotation);
  MgTargetSet targets = { 0 };
  MgPatch patch;
  const int x0 = 30, y0 = 40;
  guint n_known = 0, n_ignored = 0;

  make_weights (dataset, x0, y0, &patch, &targets);
  for (int i = 0; i < SIZE * SIZE; i++)
    {
      int x = x0 + i % SIZE, y = y0 + i / SIZE;
      guint32 label = mg_mask_get (mask, x, y);
      gboolean known = x >= 40 && x < 110 && y >= 50 && y < 110 && label != MG_LABEL_IGNORED;

      for (int t = 1; t < 6; t += 2)
        {
          if (known)
            g_assert_cmpfloat (targets.data[t][i], >, 0);
          else
            g_assert_cmpfloat (targets.data[t][i], ==, 0);
        }
      g_assert_cmpfloat (targets.data[0][i], ==, label == 1);
      g_assert_cmpuint (patch.labels[i], ==, label == MG_LABEL_IGNORED ? 0 : label);
      n_known += known;
      n_ignored += label == MG_LABEL_IGNORED;
    }
  g_assert_cmpuint (n_known, >, 1000);
  g_assert_cmpuint (n_ignored, >, 100);
  for (int i = 0; i < 6; i++)
    g_free (targets.data[i]);
  mg_patch_clear (&patch);
  mg_dataset_free (dataset);
}

/* Cells outside of the regions are not learned from, and patches are placed
 * where there is something to learn. */
static void
test_sampling (void)
{
  g_autoptr (MgAnnotation) annotation = make_annotation ();
  MgDataset *dataset = make_dataset (annotation);
  const MgItem *item = mg_dataset_get (dataset, 0);
  const MgAugment augment = { .flips = TRUE };
  MgRng rng;

  g_assert_cmpuint (item->n_objects, ==, 1);
  g_assert_cmpfloat (item->centres[0], <, 70);
  mg_rng_init (&rng, 3, 0);
  for (int i = 0; i < 500; i++)
    {
      MgPlace place;
      MgRect square, common;
      gboolean any = FALSE;

      mg_augment_place (&augment, item, 1, SIZE, &rng, &place);
      square = (MgRect){ (int) place.x - SIZE / 2, (int) place.y - SIZE / 2, SIZE, SIZE };
      for (guint k = 0; k < item->regions->len; k++)
        any = any || mg_rect_intersect (&square, &g_array_index (item->regions, MgRect, k), &common);
      g_assert_true (any);
    }
  mg_dataset_free (dataset);
}

/* One image is parted along what takes part, and both parts have their regions. */
static void
test_split (void)
{
  g_autoptr (MgAnnotation) annotation = mg_annotation_new (W, H);
  MgDataset *dataset = mg_dataset_new ();
  g_autoptr (MgImage) image = make_image ();
  g_autoptr (MgLabels) labels = NULL;
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < 5; i++)
    mg_annotation_begin_stroke (annotation, &(MgStroke){ .tool = MG_TOOL_BRUSH, .radius = 6 }, 15 + 18 * i, 30);
  labels = mg_mask_to_training_labels (mg_annotation_get_mask (annotation), &error);
  g_assert_true (mg_dataset_add (dataset, "cells", image, labels, NULL, MG_ROLE_OF_TRAIN, &error));
  mg_dataset_set_regions (dataset, &(MgRect){ 0, 10, 100, 40 }, 1);
  g_assert_true (mg_dataset_prepare (dataset, 0.2, 1, NULL, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (mg_dataset_get_n (dataset), ==, 2);
  g_assert_cmpint (mg_image_get_info (mg_dataset_get (dataset, 0)->image)->width, ==, 75);
  g_assert_cmpint (g_array_index (mg_dataset_get (dataset, 0)->regions, MgRect, 0).width, ==, 75);
  g_assert_cmpint (g_array_index (mg_dataset_get (dataset, 1)->regions, MgRect, 0).width, ==, 25);
  g_assert_cmpint (g_array_index (mg_dataset_get (dataset, 1)->regions, MgRect, 0).x, ==, 0);
  g_assert_cmpuint (mg_dataset_get (dataset, 0)->n_objects, ==, 4);
  g_assert_cmpuint (mg_dataset_get (dataset, 1)->n_objects, ==, 1);
  mg_dataset_free (dataset);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/training-area/round-trip", test_round_trip);
  g_test_add_func ("/training-area/planes", test_planes);
  g_test_add_func ("/training-area/bad-files", test_bad_files);
  g_test_add_func ("/training-area/weights", test_weights);
  g_test_add_func ("/training-area/sampling", test_sampling);
  g_test_add_func ("/training-area/split", test_split);
  return g_test_run ();
}
