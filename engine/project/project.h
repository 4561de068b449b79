#pragma once

#include <gio/gio.h>

#define MG_PROJECT_FILE_NAME   "project.json"
#define MG_PROJECT_VERSION     1
#define MG_PROJECT_ANNOTATIONS "annotations"
#define MG_PROJECT_MODELS      "models"
#define MG_PROJECT_RESULTS     "results"

/* One image of a project: where it lies and where its labels belong. Names
 * are unique in a project. Immutable; any thread. */
#define MG_TYPE_PROJECT_ITEM (mg_project_item_get_type ())
G_DECLARE_FINAL_TYPE (MgProjectItem, mg_project_item, MG, PROJECT_ITEM, GObject)

const char *mg_project_item_get_name (MgProjectItem *item);
GFile *mg_project_item_get_image (MgProjectItem *item);
GFile *mg_project_item_get_annotation (MgProjectItem *item);
GFile *mg_project_item_get_labels (MgProjectItem *item);
GFile *mg_project_item_get_result (MgProjectItem *item);

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
gboolean mg_project_find (MgProject *project,
                          GFile *image,
                          guint *position);
GFile *mg_project_get_model (MgProject *project);
void mg_project_set_model (MgProject *project,
                           GFile *model);
GFile *mg_project_dup_new_model (MgProject *project,
                                 const char *recipe);
char *mg_project_to_text (MgProject *project);
GFile *mg_project_dup_file (MgProject *project);
gboolean mg_project_write (GFile *file,
                           const char *text,
                           GError **error);
gboolean mg_project_make_folder_for (GFile *file,
                                     GError **error);
