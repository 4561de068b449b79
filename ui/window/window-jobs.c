#include "window/window-private.h"

#include <math.h>

/* How cells are found. */
#define DEFAULT_RECIPE "boundary"

/* Of a project: foreground and centre in thousandths, smallest area in pixels. */
#define THRESHOLDS "thresholds"

static const char *
choose_recipe (MgWindow *self)
{
  return _mg_window_denoises (self) ? mg_method_panel_get_recipe (self->method_panel) : DEFAULT_RECIPE;
}

/* What Train does at this moment. */
static gboolean
get_train_config (MgWindow *self,
                  MgTrainConfig *config,
                  GError **error)
{
  const MgRecipe *recipe = mg_recipe_find (choose_recipe (self), error);

  if (recipe == NULL)
    return FALSE;
  if (self->config_set)
    *config = self->config;
  else
    recipe->defaults (config);
  mg_method_panel_apply (self->method_panel, config);
  mg_train_options_apply (mg_train_panel_get_options (self->train_panel), config);
  return TRUE;
}

void
_mg_window_run_job (MgWindow *self,
                    MgJob *job,
                    void (*finished) (MgJob *job, MgWindow *self))
{
  g_signal_connect_object (job, "finished", G_CALLBACK (finished), self, 0);
  mg_status_bar_add_job (self->status_bar, job);
  mg_job_run_in_thread (job);
  _mg_window_update_actions (self);
}

void
_mg_window_update_plan (MgWindow *self)
{
  MgTrainConfig config;

  if (get_train_config (self, &config, NULL))
    mg_train_panel_set_config (self->train_panel, &config);
}

void
_mg_window_train (GSimpleAction *action,
                  GVariant *parameter,
                  gpointer data)
{
  MgWindow *self = data;
  g_autoptr (GError) error = NULL;
  MgTrainConfig config;

  if (!get_train_config (self, &config, &error))
    {
      mg_session_fail (self->session, error);
      return;
    }
  _mg_window_update_view (self);
  g_set_object (&self->train_project, mg_session_get_project (self->session));
  mg_training_start (self->training, &config);
  _mg_window_update_actions (self);
}

static void
on_resume_training (GSimpleAction *action,
                    GVariant *parameter,
                    gpointer data)
{
  MgWindow *self = data;

  _mg_window_update_view (self);
  g_set_object (&self->train_project, mg_session_get_project (self->session));
  mg_training_resume (self->training);
  _mg_window_update_actions (self);
}

/**
 * mg_window_set_train_config:
 * @self: a window
 * @config: (nullable): what Train does from now on; %NULL for the recipe's defaults
 */
void
mg_window_set_train_config (MgWindow *self,
                            const MgTrainConfig *config)
{
  self->config_set = config != NULL;
  if (config != NULL)
    self->config = *config;
  _mg_window_update_plan (self);
}

void
_mg_window_stop_training (GSimpleAction *action,
                          GVariant *parameter,
                          gpointer data)
{
  mg_training_stop (((MgWindow *) data)->training);
}

void
_mg_window_stop (GSimpleAction *action,
                 GVariant *parameter,
                 gpointer data)
{
  MgWindow *self = data;

  if (!mg_status_bar_stop_last (self->status_bar))
    mg_training_stop (self->training);
}

/* Every slice and time point of them. */
void
_mg_window_start_prediction (MgWindow *self,
                             GPtrArray *documents)
{
  if (mg_prediction_is_running (self->prediction) || mg_session_get_model (self->session) == NULL)
    return;
  mg_prediction_start (self->prediction, documents);
  mg_status_bar_add_job (self->status_bar, mg_prediction_get_job (self->prediction));
}

/* What is in view. */
void
_mg_window_predict (GSimpleAction *action,
                    GVariant *parameter,
                    gpointer data)
{
  MgWindow *self = data;

  if (mg_prediction_is_running (self->prediction) || mg_session_get_model (self->session) == NULL)
    return;
  mg_prediction_start_view (self->prediction, self->document);
  mg_status_bar_add_job (self->status_bar, mg_prediction_get_job (self->prediction));
}

/* All images of the project. */
GPtrArray *
_mg_window_dup_documents (MgWindow *self)
{
  GListModel *model = mg_session_get_documents (self->session);
  GPtrArray *documents = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    g_ptr_array_add (documents, g_list_model_get_item (model, i));
  return documents;
}

void
_mg_window_predict_all (GSimpleAction *action,
                        GVariant *parameter,
                        gpointer data)
{
  MgWindow *self = data;
  g_autoptr (GPtrArray) documents = _mg_window_dup_documents (self);

  _mg_window_start_prediction (self, documents);
}

/* A preview may show part of the image; what is accepted covers all of it. */
gboolean
_mg_window_can_accept (MgWindow *self)
{
  MgInstances *instances = self->document != NULL ? mg_document_get_prediction (self->document) : NULL;

  if (instances == NULL || self->annotation == NULL || mg_instances_get_n (instances) == 0)
    return FALSE;
  return mg_labels_get_width (mg_instances_get_labels (instances)) ==
           mg_mask_get_width (mg_annotation_get_mask (self->annotation)) &&
         mg_labels_get_height (mg_instances_get_labels (instances)) ==
           mg_mask_get_height (mg_annotation_get_mask (self->annotation));
}

/* Takes the predicted cell at a place into the annotation. Returns its label
 * there, 0 when there was none. */
guint32
_mg_window_accept_at (MgWindow *self,
                      int x,
                      int y)
{
  MgInstances *instances;
  MgLabels *labels;
  guint32 predicted;

  if (!_mg_window_can_accept (self))
    return 0;
  instances = mg_document_get_prediction (self->document);
  labels = mg_instances_get_labels (instances);
  predicted = mg_labels_get_data (labels)[(gsize) y * mg_labels_get_width (labels) + x];
  if (predicted == 0)
    return 0;
  return mg_annotation_add_region (self->annotation, labels, predicted,
                                   &mg_instances_get (instances, predicted - 1)->box);
}

void
_mg_window_discard_prediction (GSimpleAction *action,
                               GVariant *parameter,
                               gpointer data)
{
  mg_document_discard_prediction (((MgWindow *) data)->document);
}

void
_mg_window_forget_model (GSimpleAction *action,
                         GVariant *parameter,
                         gpointer data)
{
  MgWindow *self = data;

  mg_session_set_model (self->session, NULL, NULL);
  _mg_window_update_actions (self);
}

static void
on_training_started (MgTraining *training,
                     MgWindow *self)
{
  mg_status_bar_add_job (self->status_bar, mg_training_get_job (training));
  _mg_window_update_actions (self);
}

static void
on_training_changed (MgTraining *training,
                     MgWindow *self)
{
  MgTrainStatus status;

  if (mg_training_get_status (training, &status))
    mg_status_bar_set_seconds_left (self->status_bar, mg_training_get_job (training),
                                    status.step > 0 ? status.seconds_left : NAN);
}

static void
on_preview (MgTraining *training,
            MgImage *image,
            MgInstances *instances,
            MgImage *restored,
            const MgRect *rect,
            MgWindow *self)
{
  if (restored != NULL)
    mg_compare_page_show_preview (self->compare_page, image, restored, rect);
  else if (self->document != NULL && mg_document_get_image (self->document) != NULL &&
           mg_document_get_plane_image (self->document) == image)
    mg_document_set_preview (self->document, instances, rect);
}

/* The preview was of the network as it was: the image in view is predicted
 * with the best weights. */
void
_mg_window_predict_with_new_model (MgWindow *self)
{
  MgDecodeParams params;

  mg_prediction_get_params (self->prediction, &params);
  mg_result_panel_set_params (self->result_panel, &params);
  if (self->annotation != NULL && !mg_prediction_is_running (self->prediction))
    _mg_window_predict (NULL, NULL, self);
}

static void
on_training_finished (MgTraining *training,
                      MgModel *model,
                      const GError *error,
                      gboolean stopped,
                      MgWindow *self)
{
  if (model != NULL)
    _mg_window_keep_model (self, model);
  if (error != NULL)
    mg_session_fail (self->session, error);
  else if (model == NULL)
    _mg_window_toast (self, "Training was stopped before the network was first checked; no model was kept");
  else
    _mg_window_toast (self, stopped ? "Training was stopped; the best network so far is kept" : "Training is done");
  if (self->document != NULL)
    mg_document_end_preview (self->document);
  if (model == NULL)
    mg_compare_page_end_preview (self->compare_page);
  if (stopped && !self->closing)
    mg_training_look_for_interrupted (training);
  if (model != NULL && mg_model_get_recipe (model)->task == MG_TASK_SEGMENT && !self->closing && self->train_project == mg_session_get_project (self->session))
    _mg_window_predict_with_new_model (self);
  _mg_window_update_actions (self);
}

static void
on_prediction_changed (MgPrediction *prediction,
                       MgWindow *self)
{
  _mg_window_update_actions (self);
}

static void
on_prediction_finished (MgPrediction *prediction,
                        guint n_images,
                        guint n_planes,
                        const GError *error,
                        MgWindow *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (error != NULL)
    mg_session_fail (self->session, error);
  else if (n_images > 1)
    g_string_printf (text, _mg_window_denoises (self) ? "%u images denoised" : "%u images predicted", n_images);
  else if (n_planes > 1)
    g_string_printf (text, "%u slices predicted", n_planes);
  if (n_images > 1 && n_planes > n_images)
    g_string_append_printf (text, ", %u slices in all", n_planes);
  if (text->len > 0 && error == NULL)
    _mg_window_toast (self, text->str);
  _mg_window_update_actions (self);
}

static void
on_params_changed (MgResultPanel *panel,
                   MgWindow *self)
{
  MgProject *project = mg_session_get_project (self->session);
  g_autofree char *text = NULL;
  MgDecodeParams params;

  mg_prediction_get_params (self->prediction, &params);
  mg_result_panel_get_params (panel, &params);
  mg_prediction_set_params (self->prediction, &params);
  text = g_strdup_printf ("%d %d %d", (int) lround (params.threshold * 1000), (int) lround (params.seed_threshold * 1000),
                          (int) lround (params.min_area));
  mg_project_set_setting (project, THRESHOLDS, text);
  mg_session_project_changed (self->session);
  if (self->document != NULL)
    mg_prediction_decode (self->prediction, self->document);
}

/* The person's own for this project, or else the method's. */
static void
on_opened (MgWindow *self)
{
  const char *text = mg_project_get_setting (mg_session_get_project (self->session), THRESHOLDS);
  int threshold, seed, area;
  MgDecodeParams params;

  _mg_window_update_plan (self);
  mg_prediction_set_params (self->prediction, NULL);
  mg_prediction_get_params (self->prediction, &params);
  if (text != NULL && sscanf (text, "%4d %4d %9d", &threshold, &seed, &area) == 3)
    {
      params.threshold = CLAMP (threshold / 1000.0, 0, 1);
      params.seed_threshold = CLAMP (seed / 1000.0, 0, 1);
      params.min_area = MAX (area, 0);
      mg_prediction_set_params (self->prediction, &params);
    }
  mg_result_panel_set_params (self->result_panel, &params);
}

static void
on_model (MgWindow *self)
{
  MgDecodeParams params;

  mg_prediction_get_params (self->prediction, &params);
  mg_result_panel_set_params (self->result_panel, &params);
  _mg_window_update_actions (self);
}

void
_mg_window_install_jobs (MgWindow *self)
{
  static const GActionEntry entries[] = { { "resume-training", on_resume_training } };

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  g_signal_connect_object (self->session, "opened", G_CALLBACK (mg_training_look_for_interrupted), self->training,
                           G_CONNECT_SWAPPED);
  g_signal_connect_swapped (self->session, "opened", G_CALLBACK (on_opened), self);
  g_signal_connect (self->training, "started", G_CALLBACK (on_training_started), self);
  g_signal_connect (self->training, "changed", G_CALLBACK (on_training_changed), self);
  g_signal_connect (self->training, "preview", G_CALLBACK (on_preview), self);
  g_signal_connect (self->training, "finished", G_CALLBACK (on_training_finished), self);
  g_signal_connect (self->prediction, "changed", G_CALLBACK (on_prediction_changed), self);
  g_signal_connect (self->prediction, "finished", G_CALLBACK (on_prediction_finished), self);
  g_signal_connect (self->result_panel, "params-changed", G_CALLBACK (on_params_changed), self);
  g_signal_connect_swapped (self->session, "notify::model-name", G_CALLBACK (on_model), self);
}
