/* What tests of denoising share: pairs to compare, what is shown at the right, and
 * how it comes about. */
#include "display.h"

#include "io/loader.h"

GFile *
display_open_pairs (Display *display)
{
  const MgSampleOptions options = { .n_images = 2, .size = DISPLAY_PAIRS_SIDE, .seed = 3, .denoise = TRUE };
  GFile *folder = display_write_sample (display, "pairs", &options);

  display_open_file (display, folder);
  g_assert_true (display_wait (display_right_is_clean, display, 30));
  display_settle ();
  return folder;
}

MgRendition *
display_get_right (Display *display)
{
  return mg_compare_page_get_right (mg_window_get_compare_page (display->window));
}

static gboolean
right_is (Display *display,
          MgRenditionKind kind)
{
  MgRendition *right = display_get_right (display);

  return right != NULL && mg_rendition_get_image (right) != NULL && mg_rendition_get_kind (right) == kind;
}

gboolean
display_right_is_clean (gpointer display)
{
  return right_is (display, MG_RENDITION_CLEAN);
}

gboolean
display_right_is_filtered (gpointer display)
{
  return right_is (display, MG_RENDITION_FILTER);
}

gboolean
display_right_is_learned (gpointer display)
{
  return right_is (display, MG_RENDITION_MODEL);
}

GFile *
display_dup_restored (Display *display,
                      GFile *folder)
{
  g_autofree char *path = g_strdup_printf ("results/restored/%s/%s.tif", mg_rendition_get_id (display_get_right (display)),
                                           mg_document_get_name (display_get_document (display)));

  return g_file_resolve_relative_path (folder, path);
}

void
display_check_kept (Display *display,
                    GFile *folder)
{
  g_autoptr (GFile) file = display_dup_restored (display, folder);
  const MgImageInfo *noisy = mg_image_get_info (mg_document_get_image (display_get_document (display))), *info;
  g_autoptr (GError) error = NULL;
  g_autoptr (MgImage) image = mg_image_load (file, NULL, &error);

  g_assert_no_error (error);
  info = mg_image_get_info (image);
  g_assert_cmpint (info->width, ==, noisy->width);
  g_assert_cmpint (info->height, ==, noisy->height);
  g_assert_cmpint (info->type, ==, noisy->type);
  g_assert_cmpfloat_with_epsilon (info->pixel_width, noisy->pixel_width, 1e-6);
}

void
display_filter (Display *display,
                GFile *folder)
{
  g_autoptr (GFile) file = NULL;

  g_assert_true (display_right_is_clean (display));
  gtk_widget_activate_action (GTK_WIDGET (display->window), "win.filter", "s", "gaussian");
  g_assert_true (display_wait (display_right_is_filtered, display, 60));
  file = display_dup_restored (display, folder);
  g_assert_true (g_str_has_suffix (g_file_peek_path (file), "gaussian/cells-001.tif"));
  display_check_kept (display, folder);
}

MgModel *
display_learn (Display *display,
               const char *method)
{
  MgModel *model;

  display_set_training (display, method, 2, 4);
  display_xdotool ("key ctrl+t");
  g_assert_true (display_wait (display_training_runs, display, 60));
  g_assert_true (display_wait (display_is_idle, display, 300));
  model = mg_session_get_model (mg_window_get_session (display->window));
  g_assert_nonnull (model);
  g_assert_true (display_wait (display_right_is_learned, display, 120));
  return model;
}
