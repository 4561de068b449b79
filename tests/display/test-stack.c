/* Predictions of a stack: every slice of it, kept, read again when it comes into
 * view, accepted as one step. */
#include "display.h"

#include "io/tiff-write.h"
#include "project/results.h"

#define SIZE 96
#define N_Z  4

static gboolean
is_ready (gpointer data)
{
  MgDocument *document = mg_session_get_current (data);

  return document != NULL && mg_document_get_state (document) == MG_DOCUMENT_READY;
}

static gboolean
is_predicted (gpointer data)
{
  return mg_document_get_prediction (data) != NULL;
}

static gboolean
is_all_accepted (gpointer data)
{
  return mg_document_get_n_predicted_planes (data) == 0;
}

static gboolean
is_gone (gpointer data)
{
  return !g_file_query_exists (data, NULL);
}

static gboolean
is_saved (gpointer data)
{
  return mg_session_is_saved (data);
}

static gboolean
prediction_is_idle (gpointer data)
{
  return !mg_prediction_is_running (mg_window_get_prediction (data));
}

static gboolean
has_model (gpointer data)
{
  return mg_session_get_model (data) != NULL;
}

static gboolean
shows_many (gpointer data)
{
  return is_ready (data) && g_str_equal (mg_document_get_name (mg_session_get_current (data)), "many");
}

static GFile *
write_stack (Display *display,
             const char *name,
             int n_z)
{
  const MgImageInfo info = { .width = SIZE, .height = SIZE, .n_channels = 1, .n_z = n_z, .n_t = 1, .type = MG_PIXEL_U8 };
  g_autofree char *path = g_build_filename (display->folder, name, NULL);
  GFile *file = g_file_new_for_path (path);
  guint8 *pixels = g_malloc (SIZE * SIZE * n_z);
  g_autoptr (MgImage) image = NULL;
  g_autoptr (GError) error = NULL;

  for (int z = 0; z < n_z; z++)
    for (int y = 0; y < SIZE; y++)
      for (int x = 0; x < SIZE; x++)
        pixels[(z * SIZE + y) * SIZE + x] = (guint8) ((x / 16 + y / 16) % 2 * 150 + (x * 7 + y * 13 + z * 5) % 40);
  image = mg_image_new_take (&info, pixels, g_free, &error);
  g_assert_no_error (error);
  g_assert_true (mg_tiff_write_image (file, image, NULL, &error));
  return file;
}

/* z and one more cells in slice z. */
static void
write_results (Display *display,
               GFile *file)
{
  const MgImageInfo info = { .width = SIZE, .height = SIZE };
  g_autoptr (GFile) folder = g_file_new_for_path (display->folder);
  g_autoptr (MgProject) project = mg_project_new (folder);
  g_autoptr (MgProjectItem) item = g_list_model_get_item (G_LIST_MODEL (project), mg_project_add (project, file, NULL));

  for (int z = 0; z < N_Z; z++)
    {
      guint32 *data = g_new0 (guint32, SIZE * SIZE);
      g_autoptr (MgLabels) labels = mg_labels_new_take (SIZE, SIZE, data, g_free);
      g_autoptr (MgInstances) instances = NULL;
      g_autoptr (GError) error = NULL;

      for (int i = 0; i <= z; i++)
        for (int y = 0; y < 10; y++)
          for (int x = 0; x < 10; x++)
            data[(10 + y) * SIZE + 10 + 20 * i + x] = (guint32) i + 1;
      if (z == 1)
        continue; /* nothing was predicted in it */
      instances = mg_instances_new (labels, NULL, &error);
      g_assert_true (mg_project_item_save_result (item, z, instances, &info, NULL, &error));
    }
}

static MgDocument *
open_file (Display *display,
           GFile *file)
{
  mg_window_open_files (display->window, &file, 1);
  g_assert_true (display_wait (is_ready, mg_window_get_session (display->window), 30));
  display_settle ();
  return mg_session_get_current (mg_window_get_session (display->window));
}

static void
assert_predicted (MgDocument *document,
                  guint n)
{
  g_assert_true (display_wait (is_predicted, document, 30));
  g_assert_cmpuint (mg_instances_get_n (mg_document_get_prediction (document)), ==, n);
}

/* What was predicted before the window was opened comes into view with its
 * slice; accepting all slices is one step, and what was accepted or discarded
 * does not come back. */
static void
test_read_back (void)
{
  Display *display = display_open ();
  g_autoptr (GFile) file = write_stack (display, "stack.tif", N_Z);
  g_autofree char *path = g_build_filename (display->folder, "results", "stack-plane-004.tif", NULL);
  g_autoptr (GFile) last = g_file_new_for_path (path);
  MgAnnotation *annotation;
  MgDocument *document;

  write_results (display, file);
  document = open_file (display, file);
  annotation = mg_document_get_annotation (document);
  assert_predicted (document, 1);
  g_assert_cmpuint (mg_document_get_n_predicted_planes (document), ==, 3);
  g_assert_true (display_says (display, "All slices: 3 of 4 predicted"));
  display_key ("Page_Down");
  g_assert_null (mg_document_get_prediction (document));
  display_key ("Page_Down");
  assert_predicted (document, 3);
  display_key ("Page_Down");
  assert_predicted (document, 4);
  display_key ("Page_Up");
  assert_predicted (document, 3);

  display_key ("ctrl+shift+Return");
  g_assert_true (display_wait (is_all_accepted, document, 30));
  display_settle ();
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), ==, 1 + 3 + 4);
  g_assert_cmpint (mg_document_get_plane (document), ==, 2);
  g_assert_null (mg_document_get_prediction (document));
  display_key ("ctrl+z");
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), ==, 0);
  display_key ("ctrl+shift+z");
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), ==, 8);
  g_assert_true (display_wait (is_gone, last, 30));
  display_key ("ctrl+s");
  g_assert_true (display_wait (is_saved, mg_window_get_session (display->window), 30));

  display_reopen (display);
  document = open_file (display, file);
  g_assert_cmpuint (mg_document_get_n_predicted_planes (document), ==, 0);
  g_assert_cmpuint (mg_annotation_get_n_instances (mg_document_get_annotation (document)), ==, 8);
  display_close (display);
}

static gboolean
has_three (gpointer data)
{
  return mg_document_get_n_predicted_planes (data) == 3;
}

static gboolean
is_there (gpointer data)
{
  return g_file_query_exists (data, NULL);
}

/* Saved in another folder, predictions come along. */
static void
test_save_in (void)
{
  Display *display = display_open ();
  g_autoptr (GFile) file = write_stack (display, "stack.tif", N_Z);
  g_autofree char *path = g_build_filename (display->folder, "other", NULL);
  g_autoptr (GFile) folder = g_file_new_for_path (path);
  g_autoptr (GFile) copied = g_file_resolve_relative_path (folder, "results/stack-plane-004.tif");
  MgDocument *document;

  write_results (display, file);
  document = open_file (display, file);
  assert_predicted (document, 1);
  mg_window_save_in (display->window, folder);
  g_assert_true (display_wait (is_there, copied, 30));
  display_settle ();
  g_assert_true (display_wait (has_three, document, 30));
  display_key ("Page_Down Page_Down");
  assert_predicted (document, 3);
  display_close (display);
}

/* Discarding takes away one slice's, or all. */
static void
test_discard (void)
{
  Display *display = display_open ();
  g_autoptr (GFile) file = write_stack (display, "stack.tif", N_Z);
  MgDocument *document;

  write_results (display, file);
  document = open_file (display, file);
  assert_predicted (document, 1);
  gtk_widget_activate_action (GTK_WIDGET (display->window), "win.discard-prediction", NULL);
  display_settle ();
  g_assert_null (mg_document_get_prediction (document));
  g_assert_cmpuint (mg_document_get_n_predicted_planes (document), ==, 2);
  display_key ("Page_Down Page_Down Page_Up Page_Up");
  display_settle ();
  g_assert_null (mg_document_get_prediction (document));
  gtk_widget_activate_action (GTK_WIDGET (display->window), "win.discard-slices", NULL);
  g_assert_cmpuint (mg_document_get_n_predicted_planes (document), ==, 0);
  display_close (display);
}

static void
train (Display *display)
{
  MgSession *session = mg_window_get_session (display->window);
  g_autoptr (GError) error = NULL;
  MgTrainConfig config;

  mg_recipe_find ("boundary", &error)->defaults (&config);
  g_assert_no_error (error);
  config.net.depth = 1;
  config.net.base_filters = 8;
  config.patch = 64;
  config.batch = 2;
  config.epochs = 1;
  config.steps_per_epoch = 4;
  mg_window_set_train_config (display->window, &config);
  g_object_set (session, "device", "cpu", NULL);
  display_key ("b");
  display_circle (display, 40, 40, 14);
  display_key ("ctrl+t");
  g_assert_true (display_wait (has_model, session, 300));
}

static void
assert_kept (Display *display,
             const char *name,
             int n_z)
{
  for (int z = 0; z < n_z; z++)
    {
      g_autofree char *file = z == 0 ? g_strdup_printf ("%s.tif", name) : g_strdup_printf ("%s-plane-%03d.tif", name, z + 1);
      g_autofree char *path = g_build_filename (display->folder, "results", file, NULL);

      g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
    }
}

static void
on_message (MgSession *session,
            const char *text,
            char **said)
{
  g_free (*said);
  *said = g_strdup (text);
}

static gboolean
has_begun (gpointer data)
{
  return mg_document_get_n_predicted_planes (data) >= 2;
}

/* Predict All takes every slice of every image, open or not, and leaves out what
 * cannot be read; stopped, it keeps what is done. */
static void
test_predict_all (void)
{
  Display *display = display_open ();
  MgSession *session = mg_window_get_session (display->window);
  g_autoptr (GFile) a = write_stack (display, "a.tif", N_Z), b = write_stack (display, "b.tif", 3), broken = NULL;
  g_autofree char *path = g_build_filename (display->folder, "broken.tif", NULL);
  GFile *files[] = { a, b, NULL, NULL };
  g_autoptr (GFile) many = NULL;
  g_autoptr (MgDocument) other = NULL;
  g_autofree char *said = NULL;
  MgDocument *document;
  gint64 start;

  g_assert_true (g_file_set_contents (path, "this is no TIFF", -1, NULL));
  files[2] = broken = g_file_new_for_path (path);
  mg_window_open_files (display->window, files, 3);
  g_assert_true (display_wait (is_ready, session, 30));
  display_settle ();
  train (display);
  g_assert_true (display_wait (prediction_is_idle, display->window, 60));
  g_signal_connect (session, "message", G_CALLBACK (on_message), &said);
  display_key ("ctrl+shift+r");
  g_assert_true (display_wait (prediction_is_idle, display->window, 120));
  display_settle ();
  assert_kept (display, "a", N_Z);
  assert_kept (display, "b", 3);
  document = mg_session_get_current (session);
  other = g_list_model_get_item (mg_session_get_documents (session), 1);
  g_assert_cmpuint (mg_document_get_n_predicted_planes (document), ==, N_Z);
  g_assert_cmpuint (mg_document_get_n_predicted_planes (other), ==, 3);
  g_assert_null (mg_document_get_image (other));
  g_assert_nonnull (said);
  g_assert_true (g_str_has_prefix (said, "1 image was left out: "));
  g_assert_nonnull (strstr (said, "broken.tif"));
  g_signal_handlers_disconnect_by_data (session, &said);
  display_key ("d"); /* in view, it is read again */
  g_assert_true (display_wait (is_predicted, other, 30));

  many = write_stack (display, "many.tif", 400);
  mg_session_add (session, &many, 1);
  g_assert_true (display_wait (shows_many, session, 30));
  display_settle ();
  document = mg_session_get_current (session);
  gtk_widget_activate_action (GTK_WIDGET (display->window), "win.predict-slices", NULL);
  g_assert_true (display_wait (has_begun, document, 60));
  start = g_get_monotonic_time ();
  gtk_widget_activate_action (GTK_WIDGET (display->window), "win.stop", NULL);
  g_assert_true (display_wait (prediction_is_idle, display->window, 30));
  g_test_message ("stopped after %.0f ms, %u slices", (g_get_monotonic_time () - start) / 1000.0, mg_document_get_n_predicted_planes (document));
  display_settle ();
  g_assert_cmpuint (mg_document_get_n_predicted_planes (document), <, 400);
  assert_kept (display, "many", (int) mg_document_get_n_predicted_planes (document));
  display_close (display);
}

int
main (int argc,
      char **argv)
{
  int result;

  if (!display_start ())
    return 77;
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/stack/read-back", test_read_back);
  g_test_add_func ("/stack/save-in", test_save_in);
  g_test_add_func ("/stack/discard", test_discard);
  g_test_add_func ("/stack/predict-all", test_predict_all);
  result = g_test_run ();
  display_stop ();
  return result;
}
