#pragma once

#include <gio/gio.h>

#include "project/view-settings.h"

#define MG_PROJECT_FILE_NAME   "project.json"
#define MG_PROJECT_VERSION     1
#define MG_PROJECT_ANNOTATIONS "annotations"
#define MG_PROJECT_MODELS      "models"
#define MG_PROJECT_RESULTS     "results"
#define MG_PROJECT_RESTORED    "restored"

/* What an image is used for: to learn from, to check on while learning, to
 * compare results with, or nothing. */
typedef enum
{
  MG_PROJECT_TRAIN,
  MG_PROJECT_VALIDATION,
  MG_PROJECT_TEST,
  MG_PROJECT_NONE,
} MgProjectRole;

/* One image of a project: where it lies and where its labels belong. Names
 * are unique in a project. Any thread, but for the clean image, which the main
 * thread may set. */
#define MG_TYPE_PROJECT_ITEM (mg_project_item_get_type ())
G_DECLARE_FINAL_TYPE (MgProjectItem, mg_project_item, MG, PROJECT_ITEM, GObject)

const char *mg_project_item_get_name (MgProjectItem *item);
GFile *mg_project_item_get_image (MgProjectItem *item);
gint64 mg_project_item_get_bytes (MgProjectItem *item);
void mg_project_item_set_bytes (MgProjectItem *item,
                                gint64 bytes);
GFile *mg_project_item_get_annotation (MgProjectItem *item);
GFile *mg_project_item_get_labels (MgProjectItem *item);
GFile *mg_project_item_get_clean (MgProjectItem *item);
void mg_project_item_set_clean (MgProjectItem *item,
                                GFile *clean);
gboolean mg_project_item_is_test (MgProjectItem *item);
MgProjectRole mg_project_item_get_role (MgProjectItem *item);
void mg_project_item_set_role (MgProjectItem *item,
                               MgProjectRole role);
const char *mg_project_role_name (MgProjectRole role);
gboolean mg_project_role_find (const char *name,
                               MgProjectRole *role);
MgViewSettings *mg_project_item_get_view (MgProjectItem *item);
MgViewSettings *mg_project_item_get_shared_view (MgProjectItem *item);
MgImage *mg_project_item_load_image (MgProjectItem *item,
                                     GCancellable *cancellable,
                                     GError **error);

/* A folder with project.json, annotations, models and results; images are
 * named by paths relative to it and stay where they are. A GListModel of
 * MgProjectItem. Main thread, but for mg_project_open(). */
#define MG_TYPE_PROJECT (mg_project_get_type ())
G_DECLARE_FINAL_TYPE (MgProject, mg_project, MG, PROJECT, GObject)

MgProject *mg_project_new (GFile *folder);
MgProject *mg_project_open (GFile *folder,
                            GCancellable *cancellable,
                            GError **error);
MgProject *mg_project_open_images (GFile *const *images,
                                   guint n_images,
                                   GCancellable *cancellable,
                                   GError **error);
MgProject *mg_project_copy_to (MgProject *project,
                               GFile *folder);
GFile *mg_project_get_folder (MgProject *project);
guint mg_project_add (MgProject *project,
                      GFile *image,
                      GFile *labels);
GPtrArray *mg_project_list_files (MgProject *project,
                                  GFile *const *more,
                                  guint n_more);
void mg_project_move_image (MgProject *project,
                            guint position,
                            GFile *image);
void mg_project_remove (MgProject *project,
                        guint position);
gboolean mg_project_find (MgProject *project,
                          GFile *image,
                          guint *position);
guint mg_project_match_clean (MgProject *project,
                              GPtrArray *files);
MgViewSettings *mg_project_get_view (MgProject *project);
GFile *mg_project_get_model (MgProject *project);
void mg_project_set_model (MgProject *project,
                           GFile *model);
GFile *mg_project_get_restorer (MgProject *project);
void mg_project_set_restorer (MgProject *project,
                              GFile *model);
const char *mg_project_get_mode (MgProject *project);
void mg_project_set_mode (MgProject *project,
                          const char *mode);
const char *mg_project_get_setting (MgProject *project,
                                    const char *key);
void mg_project_set_setting (MgProject *project,
                             const char *key,
                             const char *value);
GFile *mg_project_dup_results (MgProject *project);
GFile *mg_project_dup_restored (GFile *results,
                                MgProjectItem *item,
                                const char *version);
GFile *mg_project_dup_uncertainty (GFile *results,
                                   MgProjectItem *item,
                                   const char *version);
gboolean mg_project_delete_restored (GFile *results,
                                     MgProjectItem *item,
                                     const char *version,
                                     gboolean for_good,
                                     GError **error);
gboolean mg_project_copy_restored (GFile *from,
                                   GFile *to,
                                   MgProjectItem *item,
                                   GCancellable *cancellable,
                                   GError **error);
GPtrArray *mg_project_list_restored (GFile *results,
                                     MgProjectItem *item,
                                     GCancellable *cancellable,
                                     GError **error);
GFile *mg_project_dup_checkpoint (MgProject *project);
GFile *mg_project_dup_new_model (MgProject *project,
                                 const char *recipe);
char *mg_project_to_text (MgProject *project);
GFile *mg_project_dup_file (MgProject *project);
gboolean mg_project_write (GFile *file,
                           const char *text,
                           GError **error);
gboolean mg_project_make_folder_for (GFile *file,
                                     GError **error);
gboolean mg_project_reach_folder_for (GFile *file,
                                      GError **error);
