#pragma once

#include "canvas/canvas.h"
#include "compare/compare-page.h"
#include "compare/compare-panel.h"
#include "compare/method-panel.h"
#include "panels/display-panel.h"
#include "panels/image-panel.h"
#include "panels/image-list.h"
#include "panels/labels-panel.h"
#include "panels/result-panel.h"
#include "panels/status-bar.h"
#include "panels/tool-bar.h"
#include "panels/tool-options.h"
#include "panels/train-panel.h"
#include "session/filtering.h"
#include "session/prediction.h"
#include "session/project-state.h"
#include "session/session.h"
#include "session/settings.h"
#include "session/training.h"
#include "window/window.h"

struct _MgWindow
{
  AdwApplicationWindow parent_instance;

  MgSettings *settings;
  MgProjectState *state;
  MgProjectPlace place; /* where to go back to, until the image is there */
  MgSession *session;
  MgTraining *training;
  MgPrediction *prediction;
  MgFiltering *filtering;
  MgDocument *document;     /* (nullable): shown; followed */
  MgAnnotation *annotation; /* (nullable): its annotation; followed */
  guint candidate;          /* the predicted cell that the keyboard is at, from 1; 0 for none */
  MgProject *train_project; /* (nullable): what the running training belongs to */
  MgJob *interchange;       /* (nullable): the import or export that runs */
  MgJob *copying;           /* (nullable): of the results, to another folder */
  MgJob *accepting;         /* (nullable): of the predictions of all slices; nothing is painted meanwhile */
  GQueue unsaved_models;    /* of what window-save.c keeps of them, until they are on the disk */
  guint model_timer;
  MgTrainConfig config;
  gboolean config_set; /* other than the recipe's defaults */
  gboolean closing;    /* closes as soon as all is saved */
  guint close_timer;
  guint play_timer;
  guint reload_timer;
  gboolean interpolating; /* between slices, on another thread */

  AdwWindowTitle *title;
  GtkInfoBar *save_bar;
  GtkLabel *save_text;
  GtkButton *save_button;
  AdwToastOverlay *toasts;
  AdwToast *last_toast;    /* (nullable): while it is shown or waits to be */
  AdwToast *missing_toast; /* (nullable): that images are missing, while it is said */
  GtkStack *stack;
  GtkStack *canvas_stack;
  AdwStatusPage *failure;
  GtkWidget *failure_find;
  AdwSplitButton *open_button;
  GtkMenuButton *menu_button;
  GtkWidget *mode_box;
  GtkWidget *filter_button;
  AdwSplitButton *predict_button;
  GtkWidget *train_button;
  GMenuModel *predict_menu;
  GMenuModel *predict_stack_menu;
  GMenuModel *denoise_menu;
  GtkWidget *tool_strip;
  MgToolOptions *tool_options;
  GtkWidget *segment_panels;
  MgComparePage *compare_page;
  int compared_x, compared_y; /* the pixel under the pointer */
  gboolean over_pair, describing, describe_again;
  MgComparePanel *compare_panel;
  MgMethodPanel *method_panel;
  GtkListBox *recent_list;
  GtkWidget *recent_box;
  GMenu *recent_menu;
  GtkWidget *left_paned;
  GtkWidget *right_paned;
  GtkWidget *history_box;
  GtkWidget *work_box;
  GtkSpinner *busy;
  MgImageList *image_list;
  MgCanvas *canvas;
  GtkWidget *inspector;
  GtkWidget *plane_bar;
  GtkWidget *z_scale;
  GtkLabel *z_label;
  GtkAdjustment *z_adjustment;
  GtkWidget *t_scale;
  GtkWidget *play_button;
  GtkLabel *t_label;
  GtkAdjustment *t_adjustment;
  MgDisplayPanel *display_panel;
  MgImagePanel *image_panel;
  MgLabelsPanel *labels_panel;
  MgTrainPanel *train_panel;
  MgResultPanel *result_panel;
  MgStatusBar *status_bar;
};

/* Runs a job on a thread of its own, seen and stopped in the status bar. */
void _mg_window_run_job (MgWindow *self,
                         MgJob *job,
                         void (*finished) (MgJob *job, MgWindow *self));
void _mg_window_toast (MgWindow *self,
                       const char *text);
void _mg_window_toast_saved (MgWindow *self,
                             const char *what,
                             GFile *file);
void _mg_window_toast_missing (MgWindow *self,
                               guint n);
void _mg_window_install_actions (MgWindow *self);
void _mg_window_install_keys (GtkWidgetClass *widget_class);
void _mg_window_update_actions (MgWindow *self);
void _mg_window_install_tools (MgWindow *self);
void _mg_window_update_tool_actions (MgWindow *self);
void _mg_window_set_enabled (MgWindow *self,
                             const char *name,
                             gboolean enabled);
void _mg_window_add_property (MgWindow *self,
                              const char *name,
                              gpointer object,
                              const char *property);
GPtrArray *_mg_window_dup_documents (MgWindow *self);
void _mg_window_install_compare (MgWindow *self);
void _mg_window_install_results (MgWindow *self);
void _mg_window_update_compare_actions (MgWindow *self);
void _mg_window_show_canvas (MgWindow *self);
gboolean _mg_window_denoises (MgWindow *self);
MgImageView *_mg_window_get_view (MgWindow *self);
void _mg_window_install_drop (MgWindow *self);
void _mg_window_install_jobs (MgWindow *self);
void _mg_window_install_save (MgWindow *self);
void _mg_window_stop_saving (MgWindow *self);
void _mg_window_saved_in (MgWindow *self,
                          MgProject *old);
gboolean _mg_window_close_request (GtkWindow *window);
void _mg_window_keep_model (MgWindow *self,
                            MgModel *model);
void _mg_window_predict_with_new_model (MgWindow *self);
void _mg_window_update_plan (MgWindow *self);
void _mg_window_install_files (MgWindow *self);
void _mg_window_update_files (MgWindow *self);
void _mg_window_show_failure (MgWindow *self);
void _mg_window_update_title (MgWindow *self);
void _mg_window_install_state (MgWindow *self);
void _mg_window_restore_place (MgWindow *self);
void _mg_window_install_interchange (MgWindow *self);
void _mg_window_update_interchange (MgWindow *self);
gboolean _mg_window_import_dropped (MgWindow *self,
                                    GFile *file);
void _mg_window_install_view (MgWindow *self);
void _mg_window_view_document (MgWindow *self,
                               gboolean ready);
void _mg_window_stop_view (MgWindow *self);
void _mg_window_show_channels (MgWindow *self);
void _mg_window_install_planes (MgWindow *self);
void _mg_window_set_up_planes (MgWindow *self);
void _mg_window_follow_plane (MgWindow *self);
void _mg_window_update_planes (MgWindow *self);
void _mg_window_update_view (MgWindow *self);
void _mg_window_show_predict_menu (MgWindow *self);
void _mg_window_start_prediction (MgWindow *self,
                                  GPtrArray *documents);
gboolean _mg_window_can_accept (MgWindow *self);
guint32 _mg_window_accept_at (MgWindow *self,
                              int x,
                              int y);

/* actions of window-files.c and window-jobs.c */
void _mg_window_open (GSimpleAction *action, GVariant *parameter, gpointer data);
void _mg_window_open_folder (GSimpleAction *action, GVariant *parameter, gpointer data);
void _mg_window_open_sample (GSimpleAction *action, GVariant *parameter, gpointer data);
void _mg_window_open_model (GSimpleAction *action, GVariant *parameter, gpointer data);
void _mg_window_add_images (GSimpleAction *action, GVariant *parameter, gpointer data);
void _mg_window_save (GSimpleAction *action, GVariant *parameter, gpointer data);
void _mg_window_save_in (GSimpleAction *action, GVariant *parameter, gpointer data);
void _mg_window_train (GSimpleAction *action, GVariant *parameter, gpointer data);
void _mg_window_stop_training (GSimpleAction *action, GVariant *parameter, gpointer data);
void _mg_window_stop (GSimpleAction *action, GVariant *parameter, gpointer data);
void _mg_window_predict (GSimpleAction *action, GVariant *parameter, gpointer data);
void _mg_window_predict_all (GSimpleAction *action, GVariant *parameter, gpointer data);
void _mg_window_discard_prediction (GSimpleAction *action, GVariant *parameter, gpointer data);
void _mg_window_forget_model (GSimpleAction *action, GVariant *parameter, gpointer data);
void _mg_window_save_report (GSimpleAction *action, GVariant *parameter, gpointer data);
