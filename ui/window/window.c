#include "window/window-private.h"

#include "canvas/frame-trace.h"

G_DEFINE_FINAL_TYPE (MgWindow, mg_window, ADW_TYPE_APPLICATION_WINDOW)

/* The image in view, its project's folder, and whether it is saved there. */
void
_mg_window_update_title (MgWindow *self)
{
  MgProject *project = mg_session_get_project (self->session);
  g_autofree char *folder = project != NULL ? g_file_get_basename (mg_project_get_folder (project)) : NULL;
  g_autofree char *subtitle = NULL;

  if (self->document != NULL)
    subtitle = g_strconcat (mg_document_has_failed_to_save (self->document) ? "Not saved · " : "", folder, NULL);
  adw_window_title_set_title (self->title, self->document != NULL ? mg_document_get_name (self->document)
                                                                  : "Micrographia");
  adw_window_title_set_subtitle (self->title, subtitle != NULL ? subtitle : "");
  gtk_window_set_title (GTK_WINDOW (self), adw_window_title_get_title (self->title));
}

static void
on_annotation_changed (MgWindow *self)
{
  _mg_window_update_actions (self);
  _mg_window_update_title (self);
}

static void
follow_annotation (MgWindow *self,
                   MgAnnotation *annotation)
{
  if (self->annotation != NULL)
    g_signal_handlers_disconnect_by_data (self->annotation, self);
  g_set_object (&self->annotation, annotation);
  if (annotation == NULL)
    return;
  g_signal_connect_data (annotation, "changed", G_CALLBACK (on_annotation_changed), self, NULL,
                         G_CONNECT_AFTER | G_CONNECT_SWAPPED);
  g_signal_connect_swapped (annotation, "notify", G_CALLBACK (on_annotation_changed), self);
  g_signal_connect_swapped (annotation, "notify::plane", G_CALLBACK (_mg_window_follow_plane), self);
}

static void
show_prediction (MgWindow *self)
{
  MgInstances *instances = self->document != NULL ? mg_document_get_prediction (self->document) : NULL;
  gboolean ready = self->document != NULL && mg_document_get_image (self->document) != NULL;

  mg_canvas_set_prediction (self->canvas,
                            instances != NULL && ready ? mg_instances_get_labels (instances) : NULL,
                            instances != NULL ? mg_document_get_prediction_rect (self->document) : NULL);
  self->candidate = 0;
  _mg_window_update_actions (self);
}

/* What previews of a training are made of. */
void
_mg_window_update_view (MgWindow *self)
{
  MgImage *image = self->document != NULL ? mg_document_get_image (self->document) : NULL;
  MgRect rect;

  if (image != NULL && !_mg_window_denoises (self))
    image = mg_document_get_plane_image (self->document);
  mg_image_view_visible_rect (_mg_window_get_view (self), &rect);
  mg_training_set_view (self->training, image, &rect);
}

static void
update_busy (MgWindow *self)
{
  gboolean opening;

  g_object_get (self->session, "busy", &opening, NULL);
  gtk_spinner_set_spinning (self->busy, opening || (self->document != NULL && mg_document_get_state (self->document) == MG_DOCUMENT_LOADING));
}

/* The document in view was loaded, failed, or there is another. */
static void
show_document (MgWindow *self)
{
  MgDocumentState state = self->document != NULL ? mg_document_get_state (self->document) : MG_DOCUMENT_CLOSED;
  gboolean ready = state == MG_DOCUMENT_READY;

  follow_annotation (self, ready ? mg_document_get_annotation (self->document) : NULL);
  _mg_window_view_document (self, ready);
  if (ready)
    {
      mg_canvas_set_image (self->canvas, mg_document_get_pyramid (self->document), self->annotation);
      _mg_window_set_up_planes (self);
      _mg_window_restore_place (self);
      _mg_window_show_channels (self);
      gtk_widget_grab_focus (GTK_WIDGET (self->canvas));
    }
  else
    mg_canvas_set_image (self->canvas, NULL, NULL);
  /* not another image's histogram */
  gtk_widget_set_visible (GTK_WIDGET (self->display_panel), state != MG_DOCUMENT_FAILED);
  if (state == MG_DOCUMENT_FAILED)
    _mg_window_show_failure (self);
  _mg_window_show_canvas (self);
  show_prediction (self);
  _mg_window_update_view (self);
  _mg_window_update_title (self);
  update_busy (self);
}

static void
on_document_state (MgDocument *document,
                   GParamSpec *pspec,
                   MgWindow *self)
{
  if (mg_document_get_state (document) != MG_DOCUMENT_CLOSED)
    show_document (self);
}

static void
on_current (MgSession *session,
            GParamSpec *pspec,
            MgWindow *self)
{
  MgDocument *document = mg_session_get_current (session);

  if (self->document != NULL)
    g_signal_handlers_disconnect_by_data (self->document, self);
  g_set_object (&self->document, document);
  if (document != NULL)
    {
      g_signal_connect (document, "notify::state", G_CALLBACK (on_document_state), self);
      g_signal_connect_swapped (document, "journaled", G_CALLBACK (_mg_window_update_title), self);
      g_signal_connect_swapped (document, "channels-changed", G_CALLBACK (_mg_window_show_channels), self);
      g_signal_connect_swapped (document, "prediction-changed", G_CALLBACK (show_prediction), self);
      g_signal_connect_swapped (document, "notify::predicted", G_CALLBACK (_mg_window_update_planes), self);
    }
  mg_result_panel_set_document (self->result_panel, document);
  mg_compare_page_set_document (self->compare_page, _mg_window_denoises (self) ? document : NULL);
  show_document (self);
}

static void
on_opened (MgSession *session,
           MgWindow *self)
{
  gtk_widget_set_visible (self->history_box, !_mg_window_denoises (self));
  gtk_widget_set_visible (self->mode_box, TRUE);
  gtk_widget_set_visible (self->work_box, TRUE);
  gtk_stack_set_visible_child_name (self->stack, "work");
}

static void
on_message (MgSession *session,
            const char *text,
            MgWindow *self)
{
  _mg_window_toast (self, text);
}

/* Some of these outlive the window for a moment: its actions hold on to the
 * canvas. */
static void
unfollow_all (MgWindow *self)
{
  gpointer followed[] = { self->session, self->training, self->prediction, self->document, self->canvas,
                          self->display_panel, self->image_panel, self->result_panel, self->z_adjustment, self->t_adjustment };

  for (gsize i = 0; i < G_N_ELEMENTS (followed); i++)
    if (followed[i] != NULL)
      g_signal_handlers_disconnect_by_data (followed[i], self);
}

static void
mg_window_realize (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (mg_window_parent_class)->realize (widget);
  mg_frame_trace_watch (gtk_widget_get_frame_clock (widget));
}

static void
mg_window_dispose (GObject *object)
{
  MgWindow *self = MG_WINDOW (object);

  _mg_window_stop_saving (self);
  _mg_window_stop_view (self);
  unfollow_all (self);
  follow_annotation (self, NULL);
  g_clear_object (&self->document);
  g_clear_object (&self->state);
  g_clear_weak_pointer (&self->last_toast);
  g_clear_weak_pointer (&self->missing_toast);
  gtk_widget_dispose_template (GTK_WIDGET (self), MG_TYPE_WINDOW);
  g_clear_object (&self->train_project);
  g_clear_object (&self->training);
  g_clear_object (&self->prediction);
  g_clear_object (&self->filtering);
  g_clear_object (&self->session);
  mg_project_place_clear (&self->place);
  if (self->settings != NULL)
    mg_settings_flush (self->settings);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (mg_window_parent_class)->dispose (object);
}

static void
ensure_types (void)
{
  g_type_ensure (MG_TYPE_CANVAS);
  g_type_ensure (MG_TYPE_COMPARE_PAGE);
  g_type_ensure (MG_TYPE_COMPARE_PANEL);
  g_type_ensure (MG_TYPE_METHOD_PANEL);
  g_type_ensure (MG_TYPE_IMAGE_LIST);
  g_type_ensure (MG_TYPE_DISPLAY_PANEL);
  g_type_ensure (MG_TYPE_IMAGE_PANEL);
  g_type_ensure (MG_TYPE_LABELS_PANEL);
  g_type_ensure (MG_TYPE_TRAIN_PANEL);
  g_type_ensure (MG_TYPE_RESULT_PANEL);
  g_type_ensure (MG_TYPE_STATUS_BAR);
  g_type_ensure (MG_TYPE_TOOL_BAR);
  g_type_ensure (MG_TYPE_TOOL_OPTIONS);
}

#define BIND(member) gtk_widget_class_bind_template_child (widget_class, MgWindow, member)

static void
mg_window_class_init (MgWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mg_window_dispose;
  widget_class->realize = mg_window_realize;
  GTK_WINDOW_CLASS (klass)->close_request = _mg_window_close_request;
  ensure_types ();
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/micrographia/Micrographia/ui/window.ui");
  BIND (title);
  BIND (save_bar);
  BIND (save_text);
  BIND (save_button);
  BIND (toasts);
  BIND (stack);
  BIND (canvas_stack);
  BIND (failure);
  BIND (failure_find);
  BIND (open_button);
  BIND (menu_button);
  BIND (mode_box);
  BIND (filter_button);
  BIND (predict_button);
  BIND (train_button);
  BIND (predict_menu);
  BIND (predict_stack_menu);
  BIND (denoise_menu);
  BIND (tool_strip);
  BIND (tool_options);
  BIND (segment_panels);
  BIND (compare_page);
  BIND (compare_panel);
  BIND (method_panel);
  BIND (right_paned);
  BIND (left_paned);
  BIND (recent_menu);
  BIND (recent_box);
  BIND (recent_list);
  BIND (history_box);
  BIND (work_box);
  BIND (busy);
  BIND (image_list);
  BIND (canvas);
  BIND (inspector);
  BIND (plane_bar);
  BIND (z_scale);
  BIND (z_label);
  BIND (z_adjustment);
  BIND (t_scale);
  BIND (play_button);
  BIND (t_label);
  BIND (t_adjustment);
  BIND (display_panel);
  BIND (image_panel);
  BIND (labels_panel);
  BIND (train_panel);
  BIND (result_panel);
  BIND (status_bar);
  _mg_window_install_keys (widget_class);
}

static void
mg_window_init (MgWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
connect_parts (MgWindow *self)
{
  mg_image_list_set_session (self->image_list, self->session);
  mg_labels_panel_set_canvas (self->labels_panel, self->canvas);
  mg_status_bar_set_session (self->status_bar, self->session, self->canvas);
  mg_train_panel_set_training (self->train_panel, self->session, self->training);
  g_signal_connect (self->session, "notify::current", G_CALLBACK (on_current), self);
  g_signal_connect (self->session, "opened", G_CALLBACK (on_opened), self);
  g_signal_connect (self->session, "message", G_CALLBACK (on_message), self);
  g_signal_connect_swapped (self->session, "notify::busy", G_CALLBACK (update_busy), self);
  g_signal_connect_swapped (self->canvas, "viewport-changed", G_CALLBACK (_mg_window_update_view), self);
}

/**
 * mg_window_new:
 * @app: the application
 * @scheduler: the compute thread
 * @settings: what the person has set
 *
 * Returns: (transfer none): a window without images
 */
MgWindow *
mg_window_new (GtkApplication *app,
               MgScheduler *scheduler,
               MgSettings *settings)
{
  MgWindow *self = g_object_new (MG_TYPE_WINDOW, "application", app, NULL);

  self->settings = g_object_ref (settings);

  self->session = mg_session_new (scheduler);
  self->training = mg_training_new (self->session);
  self->prediction = mg_prediction_new (self->session);
  self->filtering = mg_filtering_new (self->session);
  connect_parts (self);
  _mg_window_install_actions (self);
  _mg_window_install_tools (self);
  _mg_window_install_drop (self);
  _mg_window_install_save (self);
  _mg_window_install_jobs (self);
  _mg_window_install_interchange (self);
  _mg_window_install_compare (self);
  _mg_window_install_results (self);
  _mg_window_install_planes (self);
  _mg_window_install_files (self);
  _mg_window_install_state (self);
  _mg_window_install_view (self);
  _mg_window_update_actions (self);
  return self;
}

/**
 * mg_window_open_files:
 * @self: a window
 * @files: (array length=n_files): images, or a folder
 *
 * Opens them in place of what is open.
 */
void
mg_window_open_files (MgWindow *self,
                      GFile **files,
                      int n_files)
{
  mg_session_open (self->session, files, (guint) n_files);
}

/**
 * mg_window_get_session:
 * @self: a window
 *
 * Returns: (transfer none): what it works on
 */
MgSession *
mg_window_get_session (MgWindow *self)
{
  return self->session;
}

/**
 * mg_window_get_training:
 * @self: a window
 *
 * Returns: (transfer none): its training
 */
MgTraining *
mg_window_get_training (MgWindow *self)
{
  return self->training;
}

/**
 * mg_window_get_prediction:
 * @self: a window
 *
 * Returns: (transfer none): its prediction
 */
MgPrediction *
mg_window_get_prediction (MgWindow *self)
{
  return self->prediction;
}

/**
 * mg_window_get_canvas:
 * @self: a window
 *
 * Returns: (transfer none): its canvas
 */
GtkWidget *
mg_window_get_canvas (MgWindow *self)
{
  return GTK_WIDGET (self->canvas);
}
