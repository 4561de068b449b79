#pragma once

#include "project/project.h"

#include <json-glib/json-glib.h>

MgProjectItem *_mg_project_item_new (const char *name,
                                     GFile *image,
                                     GFile *annotation,
                                     GFile *labels,
                                     GFile *results);
GFile *_mg_project_item_get_results (MgProjectItem *item);
void _mg_project_item_set_image (MgProjectItem *item,
                                 GFile *image);
char *_mg_project_dup_stem (GFile *image);
gboolean _mg_project_copy_file (GFile *from,
                                GFile *to,
                                GCancellable *cancellable,
                                GError **error);
guint _mg_project_add_named (MgProject *project,
                             const char *name,
                             GFile *image,
                             GFile *labels);
gboolean _mg_project_has_name (MgProject *self,
                               const char *name);
void _mg_project_move_old_results (MgProject *project,
                                   GCancellable *cancellable);
GHashTable *_mg_project_get_settings (MgProject *self);
void _mg_project_settings_copy (MgProject *from,
                                MgProject *to);
void _mg_project_settings_add (MgProject *project,
                               JsonBuilder *builder);
void _mg_project_settings_parse (MgProject *project,
                                 JsonObject *object);
void _mg_view_settings_add (MgViewSettings *settings,
                            JsonBuilder *builder);
void _mg_view_settings_parse (MgViewSettings *settings,
                              JsonObject *object);
void _mg_project_item_set_view (MgProjectItem *item,
                                MgViewSettings *settings);
void _mg_project_item_set_shared_view (MgProjectItem *item,
                                       MgViewSettings *settings);
gboolean _mg_project_parse (MgProject *project,
                            const char *text,
                            gssize length,
                            GError **error);
