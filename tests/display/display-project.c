/* What tests of the window work on: images, projects, labels, trainings. */
#include "display.h"

#include "io/loader.h"
#include "io/tiff-write.h"

MgDocument *
display_get_document (Display *display)
{
  return mg_session_get_current (mg_window_get_session (display->window));
}

gboolean
display_is_ready (gpointer display)
{
  MgDocument *document = display_get_document (display);

  return document != NULL && mg_document_get_state (document) == MG_DOCUMENT_READY;
}

void
display_wait_ready (Display *display)
{
  g_assert_true (display_wait (display_is_ready, display, 120));
  display_settle ();
}

void
display_open_files (Display *display,
                    GFile **files,
                    guint n)
{
  gboolean another = display_get_document (display) != NULL;

  mg_window_open_files (display->window, files, n);
  /* what was in view until now would be taken for what is opened */
  if (another)
    display_settle ();
  display_wait_ready (display);
}

void
display_open_file (Display *display,
                   GFile *file)
{
  display_open_files (display, &file, 1);
}

GFile *
display_write_sample (Display *display,
                      const char *name,
                      const MgSampleOptions *options)
{
  g_autoptr (GFile) folder = g_file_new_build_filename (display->folder, name, NULL);
  g_autoptr (GError) error = NULL;

  mg_sample_write (folder, options, NULL, NULL, &error);
  g_assert_no_error (error);
  return g_steal_pointer (&folder);
}

GFile *
display_make_project (Display *display,
                      int n_images,
                      int size)
{
  return display_write_sample (display, "project", &(MgSampleOptions){ .n_images = n_images, .size = size, .seed = 3 });
}

MgDocument *
display_open_sample (Display *display)
{
  const MgSampleOptions options = { .n_images = 1, .size = 128, .seed = 3 };
  g_autoptr (GFile) folder = display_write_sample (display, "made", &options);
  g_autoptr (GFile) images = g_file_get_child (folder, "images");
  g_autoptr (GFile) file = g_file_new_build_filename (display->folder, "cells.tif", NULL);
  g_autoptr (GPtrArray) files = NULL;
  g_autoptr (GError) error = NULL;

  files = mg_list_images (images, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (files->len, ==, 1);
  g_file_move (files->pdata[0], file, G_FILE_COPY_NONE, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  display_open_file (display, file);
  return display_get_document (display);
}

GFile *
display_write_image (Display *display,
                     const char *name,
                     const MgImageInfo *info,
                     gpointer pixels)
{
  g_autoptr (GFile) file = g_file_new_build_filename (display->folder, name, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (MgImage) image = mg_image_new_take (info, pixels, g_free, &error);

  g_assert_no_error (error);
  mg_tiff_write_image (file, image, NULL, &error);
  g_assert_no_error (error);
  return g_steal_pointer (&file);
}

gboolean
display_is_written (gpointer file)
{
  return g_file_query_exists (file, NULL);
}

gboolean
display_is_saved (gpointer display)
{
  return mg_session_is_saved (mg_window_get_session (((Display *) display)->window));
}

void
display_save (Display *display)
{
  display_key ("ctrl+s");
  g_assert_true (display_wait (display_is_saved, display, 30));
}

guint32 *
display_read_labels (MgAnnotation *annotation,
                     gsize *size)
{
  MgMask *mask = mg_annotation_get_mask (annotation);
  int width = mg_mask_get_width (mask), height = mg_mask_get_height (mask);
  guint32 *labels = g_new (guint32, (gsize) width * height);

  *size = (gsize) width * height * sizeof *labels;
  mg_mask_read (mask, &(MgRect){ 0, 0, width, height }, labels, (gsize) width * sizeof *labels);
  return labels;
}

static void
check_file (Display *display,
            const char *folder,
            const guint32 *expected,
            gsize size)
{
  g_autofree char *name = g_strconcat (mg_document_get_name (display_get_document (display)), ".tif", NULL);
  g_autoptr (GFile) file = g_file_new_build_filename (display->folder, folder, name, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (MgLabels) saved = mg_labels_load (file, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (expected, size, mg_labels_get_data (saved),
                   (gsize) mg_labels_get_width (saved) * mg_labels_get_height (saved) * sizeof *expected);
}

void
display_check_saved (Display *display)
{
  gsize size;
  g_autofree guint32 *labels = display_read_labels (mg_document_get_annotation (display_get_document (display)), &size);
  g_autofree guint32 *ignored = g_malloc (size);
  gboolean any_ignored = FALSE;

  for (gsize i = 0; i < size / sizeof *labels; i++)
    {
      gboolean is_ignored = labels[i] == MG_LABEL_IGNORED;

      ignored[i] = is_ignored ? 255 : 0;
      labels[i] = is_ignored ? 0 : labels[i];
      any_ignored |= is_ignored;
    }
  display_save (display);
  check_file (display, "annotations", labels, size);
  if (any_ignored)
    check_file (display, "annotations/ignored", ignored, size);
}

void
display_show_prediction (Display *display,
                         const MgRect *cells,
                         guint n)
{
  MgDocument *document = display_get_document (display);
  const MgImageInfo *info = mg_image_get_info (mg_document_get_image (document));
  guint32 *data = g_new0 (guint32, (gsize) info->width * info->height);
  g_autoptr (MgLabels) labels = mg_labels_new_take (info->width, info->height, data, g_free);
  g_autoptr (MgInstances) instances = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < n; i++)
    for (int y = cells[i].y; y < cells[i].y + cells[i].height; y++)
      for (int x = cells[i].x; x < cells[i].x + cells[i].width; x++)
        data[y * info->width + x] = i + 1;
  instances = mg_instances_new (labels, NULL, &error);
  g_assert_no_error (error);
  mg_document_set_prediction (document, instances, &(MgRect){ 0, 0, info->width, info->height }, NULL, FALSE);
  display_settle ();
}

void
display_set_training (Display *display,
                      const char *method,
                      int epochs,
                      int steps_per_epoch)
{
  g_autoptr (GError) error = NULL;
  const MgRecipe *recipe = mg_recipe_find (method, &error);
  MgTrainConfig config;

  g_assert_no_error (error);
  recipe->defaults (&config);
  config.net.depth = 2;
  config.net.base_filters = 8;
  config.patch = 64;
  config.batch = 2;
  config.epochs = epochs;
  config.steps_per_epoch = steps_per_epoch;
  mg_window_set_train_config (display->window, &config);
  g_object_set (mg_window_get_session (display->window), "device", "cpu", NULL);
}

gboolean
display_training_runs (gpointer display)
{
  return mg_training_get_state (mg_window_get_training (((Display *) display)->window)) == MG_TRAINING_RUNNING;
}

gboolean
display_training_is_idle (gpointer display)
{
  return mg_training_get_state (mg_window_get_training (((Display *) display)->window)) == MG_TRAINING_IDLE;
}

gboolean
display_is_idle (gpointer display)
{
  return display_training_is_idle (display) &&
         !mg_prediction_is_running (mg_window_get_prediction (((Display *) display)->window));
}
