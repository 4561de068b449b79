/* What comes of denoising, and goes again: the settings a network learns with,
 * what is kept beside it, results copied and deleted, a filter stopped. */
#include "display.h"

typedef struct
{
  Display *display;
  guint16 row[DISPLAY_PAIRS_SIDE];
} Row;

static void
read_row (Display *display,
          guint16 *row)
{
  MgImage *image = mg_rendition_get_image (display_get_right (display));

  g_assert_true (mg_image_read (image, 0, 0, 0, &(MgRect){ 0, 9, DISPLAY_PAIRS_SIDE, 1 }, row, DISPLAY_PAIRS_SIDE * sizeof *row, NULL, NULL));
}

static gboolean
can_predict (gpointer data)
{
  return display_is_idle (data) && g_action_group_get_action_enabled (G_ACTION_GROUP (((Display *) data)->window), "predict");
}

static gboolean
is_another (gpointer data)
{
  Row *before = data;
  guint16 now[DISPLAY_PAIRS_SIDE];

  if (!can_predict (before->display) || mg_rendition_get_image (display_get_right (before->display)) == NULL)
    return FALSE;
  read_row (before->display, now);
  return memcmp (before->row, now, sizeof now) != 0;
}

/* The mean of all orientations is not what one of them gives; there and back. */
static void
average (Display *display)
{
  for (int i = 0; i < 2; i++)
    {
      Row before = { .display = display };

      g_assert_true (display_wait (can_predict, display, 60));
      read_row (display, before.row);
      gtk_widget_activate_action (GTK_WIDGET (display->window), "win.average", NULL);
      gtk_widget_activate_action (GTK_WIDGET (display->window), "win.predict", NULL);
      g_assert_true (display_wait (is_another, &before, 60));
    }
}

/* What is set in the panel is what is learned with; where that is not what the
 * model was made with, the panel says so. */
static void
test_advanced (void)
{
  Display *display = display_open ();
  g_autoptr (GFile) folder = display_open_pairs (display);
  const MgTrainConfig *made;

  gtk_expander_set_expanded (GTK_EXPANDER (display_find (display, GTK_TYPE_EXPANDER, "Advanced")), TRUE);
  display_choose (display, "How Train learns", 2);
  display_check (display, "Another network, for results", TRUE);
  display_choose (display, "What is hidden from the network", 2);
  display_choose (display, "What becomes 0 and 1", 1);
  made = mg_model_get_config (display_learn (display, "n2v"));
  g_assert_cmpstr (made->recipe, ==, "n2v");
  g_assert_true (made->net.no_top_skip);
  g_assert_cmpint (made->blind_fill, ==, MG_BLIND_MEDIAN);
  g_assert_cmpint (made->blind_x, ==, 2);
  g_assert_cmpint (made->blind_y, ==, 0);
  g_assert_cmpint (made->normalisation, ==, 1);
  g_assert_true (display_says (display, "Training goes on from it"));
  average (display);
  display_check (display, "Another network, for results", FALSE);
  g_assert_true (display_says (display, "the advanced settings are other"));
  display_check (display, "Another network, for results", TRUE);
  g_assert_true (display_says (display, "Training goes on from it"));
  mg_window_set_train_config (display->window, NULL);
  display_choose (display, "How Train learns", 1);
  g_assert_true (display_says (display, "the method chosen is another"));
  display_close (display);
}

/* Saved in another folder, the project takes its results along. */
static void
test_save_in (void)
{
  Display *display = display_open ();
  g_autoptr (GFile) folder = display_open_pairs (display);
  g_autofree char *path = g_build_filename (display->folder, "elsewhere", NULL);
  g_autoptr (GFile) other = g_file_new_for_path (path);
  g_autoptr (GFile) copied = g_file_resolve_relative_path (other, "results/restored/gaussian/cells-001.tif");

  display_filter (display, folder);
  mg_window_save_in (display->window, other);
  g_assert_cmpstr (adw_window_title_get_subtitle (
                     ADW_WINDOW_TITLE (display_find_nth (GTK_WIDGET (display->window), ADW_TYPE_WINDOW_TITLE, 0))),
                   ==, "elsewhere");
  g_assert_true (display_wait (display_is_written, copied, 30));
  g_assert_true (display_wait (display_is_saved, display, 30));
  display_open_file (display, other);
  g_assert_true (display_wait (display_right_is_filtered, display, 30));
  g_assert_true (g_file_equal (mg_rendition_get_file (display_get_right (display)), copied));
  display_close (display);
}

/* Says yes to whatever is asked, and whether the result is gone. */
static gboolean
is_deleted (gpointer data)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *at = windows; at != NULL; at = at->next)
    if (ADW_IS_MESSAGE_DIALOG (at->data) && gtk_widget_get_mapped (at->data))
      {
        adw_message_dialog_response (at->data, "delete");
        gtk_window_destroy (at->data);
      }
  return display_right_is_clean (data);
}

/* A result that is deleted is gone from the list and the disk, and asked for first;
 * the image that was filtered stays. */
static void
test_delete (void)
{
  Display *display = display_open ();
  g_autoptr (GFile) folder = display_open_pairs (display);
  MgRenditions *renditions = mg_compare_page_get_renditions (mg_window_get_compare_page (display->window));
  GtkWidget *button = display_find (display, GTK_TYPE_BUTTON, "Delete the result shown at the right");
  g_autoptr (GFile) file = NULL;
  g_autoptr (GFile) version = NULL;

  g_assert_nonnull (button);
  g_assert_false (gtk_widget_get_visible (button));
  display_filter (display, folder);
  display_settle ();
  g_assert_true (gtk_widget_get_visible (button));
  file = display_dup_restored (display, folder);
  version = g_file_get_parent (file);
  gtk_widget_activate (button);
  display_settle ();
  g_assert_true (g_file_query_exists (file, NULL));
  g_assert_true (display_wait (is_deleted, display, 30));
  g_assert_false (g_file_query_exists (version, NULL));
  g_assert_null (mg_renditions_find (renditions, "gaussian", NULL));
  g_assert_false (gtk_widget_get_visible (button));
  display_close (display);
}

static gboolean
map_is_there (gpointer data)
{
  const MgChannelView *views;
  const char *title;
  int n_views;

  return mg_compare_page_get_map (mg_window_get_compare_page (data), &title, &views, &n_views) != NULL;
}

/* A network that learns how unsure it is leaves a map of it beside what it restored,
 * of which the brightest places are those of the view's full colour. */
static void
test_uncertainty (void)
{
  Display *display = display_open ();
  g_autoptr (GFile) folder = display_open_pairs (display);
  MgComparePage *page = mg_window_get_compare_page (display->window);
  MgDocument *document = display_get_document (display);
  const MgTrainConfig *made;
  const MgChannelView *views;
  const MgImageInfo *info;
  g_autofree char *path = NULL;
  g_autoptr (GFile) file = NULL;
  const char *title;
  int n_views;

  gtk_expander_set_expanded (GTK_EXPANDER (display_find (display, GTK_TYPE_EXPANDER, "Advanced")), TRUE);
  display_check (display, "Learns how unsure", TRUE);
  display_check (display, "Moves clean images that lie", TRUE);
  made = mg_model_get_config (display_learn (display, "care"));
  g_assert_true (made->probabilistic && made->align);
  path = g_strdup_printf ("results/restored/%s/uncertainty/%s_uncertainty.tif", mg_rendition_get_id (display_get_right (display)),
                          mg_document_get_name (document));
  file = g_file_resolve_relative_path (folder, path);
  g_assert_true (g_file_query_exists (file, NULL));
  display_key ("m");
  g_assert_true (display_wait (map_is_there, display->window, 60));
  display_choose (display, "What the map shows", MG_COMPARE_MAP_UNCERTAINTY);
  g_assert_false (map_is_there (display->window));
  g_assert_true (display_wait (map_is_there, display->window, 60));
  info = mg_image_get_info (mg_pyramid_get_image (mg_compare_page_get_map (page, &title, &views, &n_views)));
  g_assert_cmpstr (title, ==, "Uncertainty");
  g_assert_true (info->width == DISPLAY_PAIRS_SIDE && info->type == MG_PIXEL_F32);
  g_assert_cmpfloat (views[0].max, >, 0);
  display_close (display);
}

static gboolean
filters (gpointer data)
{
  return !g_action_group_get_action_enabled (G_ACTION_GROUP (data), "filter");
}

static gboolean
filters_no_more (gpointer data)
{
  return !filters (data);
}

/* The slowest filter stops soon, and leaves nothing behind. */
static void
test_stop (void)
{
  const MgSampleOptions options = { .n_images = 1, .size = 768, .seed = 3, .denoise = TRUE };
  Display *display = display_open ();
  g_autoptr (GFile) folder = display_write_sample (display, "large", &options);
  g_autoptr (GFile) results = g_file_get_child (folder, "results");
  gint64 start;

  display_open_file (display, folder);
  gtk_widget_activate_action (GTK_WIDGET (display->window), "win.filter", "s", "nlm");
  g_assert_true (display_wait (filters, display->window, 10));
  display_settle ();
  start = g_get_monotonic_time ();
  display_xdotool ("key Escape");
  g_assert_true (display_wait (filters_no_more, display->window, 30));
  g_test_message ("stopped after %.0f ms", (g_get_monotonic_time () - start) / 1000.0);
  g_assert_false (g_file_query_exists (results, NULL));
  display_close (display);
}

int
main (int argc,
      char **argv)
{
  display_test_init (&argc, &argv);
  g_test_add_func ("/results/advanced", test_advanced);
  g_test_add_func ("/results/uncertainty", test_uncertainty);
  g_test_add_func ("/results/delete", test_delete);
  g_test_add_func ("/results/save-in", test_save_in);
  g_test_add_func ("/results/stop", test_stop);
  return display_test_run ();
}
