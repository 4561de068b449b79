#include "panels/train-panel.h"

#include <math.h>

#include "panels/job-row.h"
#include "panels/loss-chart.h"
#include "panels/train-options.h"
#include "train/card.h"

struct _MgTrainPanel
{
  GtkBox parent_instance;

  MgSession *session;
  MgTraining *training;
  MgTrainConfig config; /* of the next training; without a recipe's name until it is known */

  GtkWidget *stop;
  gint64 unfinished; /* steps of a training that can be gone on with; 0: none */

  GtkLabel *model;
  GtkWidget *resume;
  GtkLabel *resume_text;
  GtkWidget *advanced;
  MgTrainOptions *options;
  GtkRevealer *revealer;
  MgLossChart *chart;
  GtkLabel *step;
  GtkLabel *speed;
  GtkLabel *loss;
  GtkLabel *score;
  GtkLabel *score_name;
  GtkLabel *verdict;
  GtkLabel *time;
  GtkLabel *left;
  GtkLabel *device;
};

G_DEFINE_FINAL_TYPE (MgTrainPanel, mg_train_panel, GTK_TYPE_BOX)

static void
set_text (GtkLabel *label,
          const char *format,
          ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  gtk_label_set_text (label, text);
}

/* What the panel says, and what the score is, for each task. */
static const struct
{
  const char *preparing, *running, *none;
  const char *score, *score_format, *score_tooltip;
} words[] = {
  [MG_TASK_SEGMENT] = {
    "Reading what is painted…",
    "Learning from what is painted. Cells found so far are drawn dashed.",
    "None yet. Paint the cells of an image or two, then press Train.",
    "AP50",
    "%.3f",
    "Average precision on held-out patches: cells that overlap by half count as found",
  },
  [MG_TASK_DENOISE] = {
    "Reading the images…",
    "Learning. The image in view is shown as far as it is restored by now.",
    "None yet. Press Train: it learns from your noisy images alone, or better with clean ones.",
    "PSNR",
    "%.2f",
    "Peak signal to noise ratio on held-out patches, dB",
  },
};

/* While it runs, the task it runs for; the window's otherwise. */
static MgTask
get_task (MgTrainPanel *self)
{
  const MgRecipe *recipe = mg_recipe_find (mg_training_get_recipe (self->training), NULL);

  if (mg_training_get_state (self->training) == MG_TRAINING_IDLE || recipe == NULL)
    return mg_session_get_task (self->session);
  return recipe->task;
}

/* Whether the next training has use for the model there is. */
static void
show_plan (MgTrainPanel *self)
{
  const MgTrainConfig *from = mg_model_get_config (mg_session_get_model (self->session));
  const char *name = mg_session_get_model_name (self->session);

  if (self->config.recipe[0] == '\0' || mg_training_goes_on (from, &self->config))
    set_text (self->model, "%s\nTraining goes on from it.", name);
  else if (!g_str_equal (from->recipe, self->config.recipe))
    set_text (self->model, "%s\nTraining starts anew: the method chosen is another than this model’s. Its file stays as it is.", name);
  else
    set_text (self->model, "%s\nTraining starts anew: the advanced settings are other than this model’s. Its file stays as it is.", name);
}

static void
update_model (MgTrainPanel *self)
{
  const char *name = mg_session_get_model_name (self->session);
  MgTask task = get_task (self);

  switch (mg_training_get_state (self->training))
    {
    case MG_TRAINING_PREPARING:
      gtk_label_set_text (self->model, words[task].preparing);
      break;
    case MG_TRAINING_RUNNING:
      gtk_label_set_text (self->model, words[task].running);
      break;
    case MG_TRAINING_IDLE:
    default:
      if (name != NULL)
        show_plan (self);
      else
        gtk_label_set_text (self->model, words[task].none);
    }
}

/* Whether learning was worth it, where that can be said. */
static void
show_verdict (MgTrainPanel *self,
              const char *text)
{
  g_autofree char *sentence = g_strdup (text != NULL ? text : "");

  sentence[0] = g_ascii_toupper (sentence[0]);
  gtk_label_set_text (self->verdict, sentence);
  gtk_widget_set_visible (GTK_WIDGET (self->verdict), text != NULL);
}

static void
update_status (MgTrainPanel *self)
{
  MgTrainStatus status;
  g_autofree char *left = NULL;

  if (!mg_training_get_status (self->training, &status))
    return;
  left = mg_format_time_left (status.step > 0 ? status.seconds_left : NAN);
  if (status.n_steps > 0)
    set_text (self->step, "%" G_GINT64_FORMAT " / %" G_GINT64_FORMAT, status.step, status.n_steps);
  else
    set_text (self->step, "%" G_GINT64_FORMAT, status.step);
  set_text (self->speed, "%.1f", status.images_per_second);
  if (status.step > 0)
    set_text (self->loss, "%.4f", status.loss);
  if (isfinite (status.best_score) && status.best_score > 0)
    set_text (self->score, words[get_task (self)].score_format, status.best_score);
  show_verdict (self, mg_held_out_verdict (status.best_score > 0 ? status.best_score : NAN, status.filter_score, status.noise_is_alike));
  set_text (self->time, "%d:%02d", (int) status.seconds / 60, (int) status.seconds % 60);
  gtk_label_set_text (self->left, *left != '\0' ? left : "–");
  gtk_label_set_text (self->device, status.device);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->device), status.device);
}

/* Whether the last run was for what the window does now. */
static gboolean
is_of_task (MgTrainPanel *self)
{
  const MgRecipe *recipe = mg_recipe_find (mg_training_get_recipe (self->training), NULL);

  return recipe != NULL && recipe->task == mg_session_get_task (self->session);
}

static void
update (MgTrainPanel *self)
{
  gboolean busy = mg_training_get_state (self->training) != MG_TRAINING_IDLE;
  const MgTrainPoint *points;
  guint n;

  points = mg_training_get_history (self->training, &n);
  mg_loss_chart_set_points (self->chart, points, n);
  gtk_widget_set_visible (self->stop, busy);
  gtk_widget_set_visible (self->advanced, !busy);
  gtk_widget_set_visible (self->resume, !busy && self->unfinished > 0);
  gtk_revealer_set_reveal_child (self->revealer, busy || (n > 0 && is_of_task (self)));
  update_model (self);
  update_status (self);
}

static void
on_interrupted (MgTraining *training,
                gint64 step,
                MgTrainPanel *self)
{
  self->unfinished = step;
  set_text (self->resume_text, step == 1 ? "A training was stopped after 1 step." : "A training was stopped after %" G_GINT64_FORMAT " steps.", step);
  update (self);
}

static void
forget_interrupted (MgTrainPanel *self)
{
  self->unfinished = 0;
  update (self);
}

static void
on_started (MgTraining *training,
            MgTrainPanel *self)
{
  GtkLabel *labels[] = { self->step, self->speed, self->loss, self->score, self->time, self->left };

  self->unfinished = 0;
  for (gsize i = 0; i < G_N_ELEMENTS (labels); i++)
    gtk_label_set_text (labels[i], "–");
  show_verdict (self, NULL);
  gtk_label_set_text (self->score_name, words[get_task (self)].score);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->score_name), words[get_task (self)].score_tooltip);
}

static void
mg_train_panel_dispose (GObject *object)
{
  MgTrainPanel *self = MG_TRAIN_PANEL (object);

  if (self->training != NULL)
    g_signal_handlers_disconnect_by_data (self->training, self);
  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_clear_object (&self->training);
  g_clear_object (&self->session);
  gtk_widget_dispose_template (GTK_WIDGET (self), MG_TYPE_TRAIN_PANEL);
  G_OBJECT_CLASS (mg_train_panel_parent_class)->dispose (object);
}

static void
mg_train_panel_class_init (MgTrainPanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mg_train_panel_dispose;
  g_type_ensure (MG_TYPE_LOSS_CHART);
  g_type_ensure (MG_TYPE_TRAIN_OPTIONS);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/micrographia/Micrographia/ui/train-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, MgTrainPanel, stop);
  gtk_widget_class_bind_template_child (widget_class, MgTrainPanel, model);
  gtk_widget_class_bind_template_child (widget_class, MgTrainPanel, resume);
  gtk_widget_class_bind_template_child (widget_class, MgTrainPanel, resume_text);
  gtk_widget_class_bind_template_child (widget_class, MgTrainPanel, advanced);
  gtk_widget_class_bind_template_child (widget_class, MgTrainPanel, options);
  gtk_widget_class_bind_template_child (widget_class, MgTrainPanel, revealer);
  gtk_widget_class_bind_template_child (widget_class, MgTrainPanel, chart);
  gtk_widget_class_bind_template_child (widget_class, MgTrainPanel, step);
  gtk_widget_class_bind_template_child (widget_class, MgTrainPanel, speed);
  gtk_widget_class_bind_template_child (widget_class, MgTrainPanel, loss);
  gtk_widget_class_bind_template_child (widget_class, MgTrainPanel, score);
  gtk_widget_class_bind_template_child (widget_class, MgTrainPanel, score_name);
  gtk_widget_class_bind_template_child (widget_class, MgTrainPanel, verdict);
  gtk_widget_class_bind_template_child (widget_class, MgTrainPanel, time);
  gtk_widget_class_bind_template_child (widget_class, MgTrainPanel, left);
  gtk_widget_class_bind_template_child (widget_class, MgTrainPanel, device);
}

static void
mg_train_panel_init (MgTrainPanel *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * mg_train_panel_set_training:
 * @self: a panel
 * @session: whose model
 * @training: which it follows; both set once
 */
void
mg_train_panel_set_training (MgTrainPanel *self,
                             MgSession *session,
                             MgTraining *training)
{
  self->session = g_object_ref (session);
  self->training = g_object_ref (training);
  g_signal_connect_swapped (session, "notify::model-name", G_CALLBACK (update_model), self);
  g_signal_connect_swapped (session, "notify::task", G_CALLBACK (update), self);
  g_signal_connect_swapped (session, "opened", G_CALLBACK (forget_interrupted), self);
  g_signal_connect (training, "interrupted", G_CALLBACK (on_interrupted), self);
  g_signal_connect (training, "started", G_CALLBACK (on_started), self);
  g_signal_connect_swapped (training, "changed", G_CALLBACK (update), self);
  /* after the state went back to idle */
  g_signal_connect_data (training, "finished", G_CALLBACK (update), self, NULL, G_CONNECT_AFTER | G_CONNECT_SWAPPED);
  update (self);
}

/**
 * mg_train_panel_set_config:
 * @self: a panel with a training
 * @config: what the next training does
 */
void
mg_train_panel_set_config (MgTrainPanel *self,
                           const MgTrainConfig *config)
{
  self->config = *config;
  mg_train_options_set_recipe (self->options, mg_recipe_find (config->recipe, NULL));
  update_model (self);
}

/**
 * mg_train_panel_get_options:
 * @self: a panel
 *
 * Returns: (transfer none): what the person has set for trainings
 */
MgTrainOptions *
mg_train_panel_get_options (MgTrainPanel *self)
{
  return self->options;
}

/**
 * mg_train_panel_get_advanced:
 * @self: a panel
 *
 * Returns: (transfer none): whose "expanded" says whether the options are seen
 */
GObject *
mg_train_panel_get_advanced (MgTrainPanel *self)
{
  return G_OBJECT (self->advanced);
}
