#include "window/window-private.h"

#include "compare/figure-dialog.h"
#include "compare/figure-export.h"
#include "dialogs/file-dialog.h"
#include "io/loader.h"

static gboolean
denoises (MgWindow *self)
{
  return mg_session_get_task (self->session) == MG_TASK_DENOISE;
}

/* While a network learns there is nothing to choose, and its curve to be seen. */
static void
show_method (MgWindow *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->method_panel),
                          denoises (self) && mg_training_get_state (self->training) == MG_TRAINING_IDLE);
}

/* What is only of use for one of the tasks is seen with that one only. */
static void
show_task (MgWindow *self)
{
  gboolean denoise = denoises (self);

  g_simple_action_set_state (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self), "mode")),
                             g_variant_new_string (denoise ? "denoise" : "segment"));
  gtk_widget_set_visible (self->history_box, !denoise);
  gtk_widget_set_visible (self->tool_strip, !denoise);
  gtk_widget_set_visible (self->segment_panels, !denoise);
  gtk_widget_set_visible (GTK_WIDGET (self->compare_panel), denoise);
  show_method (self);
  gtk_widget_set_visible (self->filter_button, denoise);
  adw_split_button_set_label (self->predict_button, denoise ? "_Denoise" : "_Predict");
  _mg_window_show_predict_menu (self);
  gtk_widget_set_tooltip_text (self->train_button, denoise ? "Learn from the noisy images, and the clean ones where there are (Ctrl+T)"
                                                           : "Learn from what is painted (Ctrl+T)");
  mg_compare_page_set_document (self->compare_page, denoise ? self->document : NULL);
  _mg_window_update_plan (self);
  _mg_window_show_canvas (self);
  _mg_window_update_view (self);
  _mg_window_update_actions (self);
}

/* Where the image is seen: painted on, compared, or said to be unreadable. */
void
_mg_window_show_canvas (MgWindow *self)
{
  gboolean failed = self->document != NULL && mg_document_get_state (self->document) == MG_DOCUMENT_FAILED;
  gboolean denoise = denoises (self);

  gtk_stack_set_visible_child_name (self->canvas_stack, failed ? "failed" : denoise ? "compare"
                                                                                    : "canvas");
  if (self->document != NULL && !failed)
    gtk_widget_grab_focus (denoise ? GTK_WIDGET (mg_compare_page_get_view (self->compare_page)) : GTK_WIDGET (self->canvas));
}

static void
on_mode (GSimpleAction *action,
         GVariant *value,
         gpointer data)
{
  MgWindow *self = data;
  gboolean denoise = g_str_equal (g_variant_get_string (value, NULL), "denoise");

  mg_session_set_task (self->session, denoise ? MG_TASK_DENOISE : MG_TASK_SEGMENT);
}

static void
on_cycle (GSimpleAction *action,
          GVariant *parameter,
          gpointer data)
{
  mg_compare_page_cycle (((MgWindow *) data)->compare_page);
}

static MgCompareView *
get_view (gpointer data)
{
  return mg_compare_page_get_view (((MgWindow *) data)->compare_page);
}

static void
on_toggle_roi (GSimpleAction *action,
               GVariant *parameter,
               gpointer data)
{
  mg_compare_view_toggle_roi (get_view (data));
}

static void
on_move_roi (GSimpleAction *action,
             GVariant *parameter,
             gpointer data)
{
  int dx, dy;

  g_variant_get (parameter, "(ii)", &dx, &dy);
  mg_compare_view_move_roi (get_view (data), dx, dy);
}

static void
on_zoom_roi (GSimpleAction *action,
             GVariant *parameter,
             gpointer data)
{
  mg_compare_view_zoom_roi (get_view (data), g_variant_get_double (parameter));
}

static void
start_filter (MgWindow *self,
              const char *name,
              GPtrArray *documents)
{
  g_autoptr (GError) error = NULL;
  MgFilterKind kind;

  if (mg_filtering_is_running (self->filtering))
    return;
  if (!mg_filter_find (name, &kind, &error))
    {
      mg_session_fail (self->session, error);
      return;
    }
  mg_filtering_start (self->filtering, kind, documents);
  if (mg_filtering_is_running (self->filtering))
    mg_status_bar_add_job (self->status_bar, mg_filtering_get_job (self->filtering));
}

static void
on_filter (GSimpleAction *action,
           GVariant *parameter,
           gpointer data)
{
  MgWindow *self = data;
  g_autoptr (GPtrArray) documents = g_ptr_array_new ();

  g_ptr_array_add (documents, self->document);
  start_filter (self, g_variant_get_string (parameter, NULL), documents);
}

static void
on_filter_all (GSimpleAction *action,
               GVariant *parameter,
               gpointer data)
{
  MgWindow *self = data;
  g_autoptr (GPtrArray) documents = _mg_window_dup_documents (self);

  start_filter (self, g_variant_get_string (parameter, NULL), documents);
}

static void
on_filtered (MgFiltering *filtering,
             guint n_images,
             const GError *error,
             MgWindow *self)
{
  g_autofree char *text = NULL;

  if (error != NULL)
    mg_session_fail (self->session, error);
  else if (n_images > 1)
    {
      text = g_strdup_printf ("%u images filtered", n_images);
      _mg_window_toast (self, text);
    }
  _mg_window_update_actions (self);
}

/* Other clean images: what is shown and learned from them is asked for anew. */
static void
take_clean (MgWindow *self,
            GPtrArray *files)
{
  MgProject *project = mg_session_get_project (self->session);
  g_autoptr (GPtrArray) documents = NULL;
  g_autofree char *text = NULL;
  guint n;

  if (project == NULL)
    return;
  n = mg_project_match_clean (project, files);
  text = g_strdup_printf (n == 0   ? "None of these files is named as one of the images is; clean images go by the same name"
                          : n == 1 ? "1 image has got a clean one"
                                   : "%u images have got a clean one",
                          n);
  _mg_window_toast (self, text);
  if (n == 0)
    return;
  mg_session_project_changed (self->session);
  mg_method_panel_update (self->method_panel);
  documents = _mg_window_dup_documents (self);
  for (guint i = 0; i < documents->len; i++)
    g_object_notify (documents->pdata[i], "name"); /* rows tell of clean images */
  mg_compare_page_set_document (self->compare_page, NULL);
  mg_compare_page_set_document (self->compare_page, denoises (self) ? self->document : NULL);
}

static void
list_thread (GTask *task,
             gpointer source,
             gpointer task_data,
             GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *files = mg_list_images (task_data, cancellable, &error);

  if (files != NULL)
    g_task_return_pointer (task, files, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
on_listed (GObject *source,
           GAsyncResult *result,
           gpointer user_data)
{
  MgWindow *self = MG_WINDOW (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) files = g_task_propagate_pointer (G_TASK (result), &error);

  if (self->session == NULL)
    return;
  if (files != NULL)
    take_clean (self, files);
  else
    mg_session_fail (self->session, error);
}

static void
on_clean_folder (GFile **files,
                 guint n_files,
                 gpointer data)
{
  g_autoptr (GTask) task = g_task_new (data, NULL, on_listed, NULL);

  g_task_set_task_data (task, g_object_ref (files[0]), g_object_unref);
  g_task_run_in_thread (task, list_thread);
}

static void
on_clean_files (GFile **files,
                guint n_files,
                gpointer data)
{
  g_autoptr (GPtrArray) chosen = g_ptr_array_new ();

  for (guint i = 0; i < n_files; i++)
    g_ptr_array_add (chosen, files[i]);
  take_clean (data, chosen);
}

static void
on_add_clean_folder (GSimpleAction *action,
                     GVariant *parameter,
                     gpointer data)
{
  mg_file_dialog_open (data, MG_FILES_FOLDER, "Folder of Clean Images", on_clean_folder, data);
}

static void
on_add_clean (GSimpleAction *action,
              GVariant *parameter,
              gpointer data)
{
  mg_file_dialog_open (data, MG_FILES_IMAGES, "Clean Images", on_clean_files, data);
}

static void
on_exported (GObject *source,
             GAsyncResult *result,
             gpointer user_data)
{
  g_autoptr (MgWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = mg_figure_export_finish (result, &error);

  if (self->session == NULL)
    return;
  if (file != NULL)
    _mg_window_toast_saved (self, "Figure", file);
  else
    mg_session_fail (self->session, error);
}

/**
 * mg_window_export_comparison:
 * @self: a window
 * @options: how the figure is drawn
 * @file: the picture to write; a message tells when it is there
 */
void
mg_window_export_comparison (MgWindow *self,
                             const MgFigureOptions *options,
                             GFile *file)
{
  mg_figure_export_async (self->compare_page, options, file, NULL, on_exported, g_object_ref (self));
}

static void
on_export (MgFigureDialog *dialog,
           const MgFigureOptions *options,
           GFile *file,
           MgWindow *self)
{
  mg_window_export_comparison (self, options, file);
}

static void
on_export_comparison (GSimpleAction *action,
                      GVariant *parameter,
                      gpointer data)
{
  MgWindow *self = data;
  MgFigureDialog *dialog = mg_figure_dialog_new (GTK_WINDOW (self), self->compare_page, mg_document_get_name (self->document),
                                                 self->settings);

  g_signal_connect_object (dialog, "export", G_CALLBACK (on_export), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void describe (MgWindow *self);

static void
on_described (GObject *source,
              GAsyncResult *result,
              gpointer data)
{
  g_autoptr (MgWindow) self = data;
  g_autofree char *text = mg_compare_page_describe_finish (MG_COMPARE_PAGE (source), result);

  self->describing = FALSE;
  if (self->session == NULL)
    return; /* closed meanwhile */
  if (self->over_pair)
    mg_status_bar_set_place (self->status_bar, text);
  if (self->describe_again)
    describe (self);
}

/* One at a time; the pointer's last place is what counts. */
static void
describe (MgWindow *self)
{
  self->describe_again = self->describing;
  if (self->describing || !self->over_pair)
    return;
  self->describing = TRUE;
  mg_compare_page_describe_async (self->compare_page, self->compared_x, self->compared_y, on_described, g_object_ref (self));
}

/* Also of the images that lie beside the one in view. */
static void
on_hover (MgCompareView *view,
          double x,
          double y,
          gboolean inside,
          MgWindow *self)
{
  self->over_pair = inside;
  self->compared_x = (int) x;
  self->compared_y = (int) y;
  if (inside)
    describe (self);
  else
    mg_status_bar_set_place (self->status_bar, NULL);
}

static void
on_zoom (MgCompareView *view,
         GParamSpec *pspec,
         MgWindow *self)
{
  double zoom;

  g_object_get (view, "zoom", &zoom, NULL);
  if (denoises (self))
    mg_status_bar_set_zoom (self->status_bar, zoom);
}

gboolean
_mg_window_denoises (MgWindow *self)
{
  return denoises (self);
}

/* Where the image in view is seen. */
MgImageView *
_mg_window_get_view (MgWindow *self)
{
  return denoises (self) ? MG_IMAGE_VIEW (mg_compare_page_get_view (self->compare_page)) : MG_IMAGE_VIEW (self->canvas);
}

void
_mg_window_update_compare_actions (MgWindow *self)
{
  gboolean ready = self->document != NULL && mg_document_get_image (self->document) != NULL;
  gboolean idle = !mg_filtering_is_running (self->filtering);
  static const char *const painting[] = { "undo", "redo", "delete", "clear-labels", "accept-all", "discard-prediction",
                                          "accept-slices", "discard-slices", "clear-slices", "delete-in-slices" };

  /* what cannot be seen is not changed */
  for (gsize i = 0; denoises (self) && i < G_N_ELEMENTS (painting); i++)
    _mg_window_set_enabled (self, painting[i], FALSE);

  if (!idle)
    _mg_window_set_enabled (self, "stop", TRUE);
  _mg_window_set_enabled (self, "filter", ready && idle);
  _mg_window_set_enabled (self, "filter-all", self->document != NULL && idle);
  _mg_window_set_enabled (self, "delete-result", self->copying == NULL);
  _mg_window_set_enabled (self, "add-clean", self->document != NULL);
  _mg_window_set_enabled (self, "add-clean-folder", self->document != NULL);
  _mg_window_set_enabled (self, "export-comparison", denoises (self) && ready);
  _mg_window_set_enabled (self, "cycle-view", denoises (self) && ready);
  _mg_window_set_enabled (self, "toggle-roi", denoises (self) && ready);
  _mg_window_set_enabled (self, "move-roi", denoises (self) && ready);
  _mg_window_set_enabled (self, "zoom-roi", denoises (self) && ready);
}

static void
on_open_noisy_sample (GSimpleAction *action,
                      GVariant *parameter,
                      gpointer data)
{
  mg_session_open_sample (((MgWindow *) data)->session, MG_TASK_DENOISE);
}

static void
on_average (MgMethodPanel *panel,
            GParamSpec *pspec,
            MgWindow *self)
{
  gboolean average;

  g_object_get (panel, "average", &average, NULL);
  mg_prediction_set_augment (self->prediction, average);
}

static const GActionEntry entries[] = {
  { "open-noisy-sample", on_open_noisy_sample },
  { "mode", NULL, "s", "'segment'", on_mode },
  { "cycle-view", on_cycle },
  { "toggle-roi", on_toggle_roi },
  { "move-roi", on_move_roi, "(ii)" },
  { "zoom-roi", on_zoom_roi, "d" },
  { "filter", on_filter, "s" },
  { "filter-all", on_filter_all, "s" },
  { "add-clean", on_add_clean },
  { "add-clean-folder", on_add_clean_folder },
  { "export-comparison", on_export_comparison },
};

/* Letters that mean a tool while cells are painted. Taken before them, but not
 * from an entry. */
static gboolean
on_key (GtkEventControllerKey *controller,
        guint keyval,
        guint keycode,
        GdkModifierType state,
        MgWindow *self)
{
  static const struct
  {
    guint key;
    const char *action, *parameter;
  } keys[] = {
    { GDK_KEY_r, "toggle-roi", NULL },
    { GDK_KEY_f, "compare-view", "'flicker'" },
    { GDK_KEY_m, "compare-view", "'map'" },
    { GDK_KEY_bracketleft, "zoom-roi", "0.87" },
    { GDK_KEY_bracketright, "zoom-roi", "1.15" },
  };
  const GdkModifierType modifiers = GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SHIFT_MASK | GDK_SUPER_MASK;

  if (!denoises (self) || (state & modifiers) != 0 || GTK_IS_EDITABLE (gtk_window_get_focus (GTK_WINDOW (self))))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    if (keys[i].key == keyval)
      {
        g_action_group_activate_action (G_ACTION_GROUP (self), keys[i].action,
                                        keys[i].parameter != NULL ? g_variant_new_parsed (keys[i].parameter) : NULL);
        return TRUE;
      }
  return FALSE;
}

static void
add_keys (MgWindow *self)
{
  GtkEventController *key = gtk_event_controller_key_new ();

  gtk_event_controller_set_propagation_phase (key, GTK_PHASE_CAPTURE);
  g_signal_connect (key, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), key);
}

void
_mg_window_install_compare (MgWindow *self)
{
  MgCompareView *view = get_view (self);

  add_keys (self);
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  _mg_window_add_property (self, "compare-view", view, "mode");
  _mg_window_add_property (self, "average", self->method_panel, "average");
  _mg_window_add_property (self, "link-contrast", self->compare_page, "linked");
  mg_compare_page_set_session (self->compare_page, self->session);
  mg_method_panel_set_session (self->method_panel, self->session);
  mg_compare_panel_set_page (self->compare_panel, self->compare_page);
  g_signal_connect_object (self->method_panel, "notify::average", G_CALLBACK (on_average), self, 0);
  g_signal_connect_object (self->method_panel, "changed", G_CALLBACK (_mg_window_update_plan), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "notify::task", G_CALLBACK (show_task), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->training, "changed", G_CALLBACK (show_method), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->training, "finished", G_CALLBACK (show_method), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->filtering, "changed", G_CALLBACK (_mg_window_update_actions), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->filtering, "finished", G_CALLBACK (on_filtered), self, 0);
  g_signal_connect_object (view, "viewport-changed", G_CALLBACK (_mg_window_update_view), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (view, "hover", G_CALLBACK (on_hover), self, 0);
  g_signal_connect_object (view, "notify::zoom", G_CALLBACK (on_zoom), self, 0);
}

/**
 * mg_window_get_compare_page:
 * @self: a window
 *
 * Returns: (transfer none): its comparison
 */
MgComparePage *
mg_window_get_compare_page (MgWindow *self)
{
  return self->compare_page;
}
