#pragma once

#include "project/project.h"
#include "segment/instances.h"

/* What was predicted, as label images in the project's results: NAME.tif of the
 * first plane, NAME-plane-002.tif … of the others, so that each is whole however
 * early a stack is stopped. A plane's place is t × n_z + z. Any thread. */

char *mg_project_plane_name (const char *name,
                             int plane);
gboolean mg_project_item_save_result (MgProjectItem *item,
                                      int plane,
                                      MgInstances *instances,
                                      const MgImageInfo *info,
                                      GCancellable *cancellable,
                                      GError **error);
MgInstances *mg_project_item_load_result (MgProjectItem *item,
                                          int plane,
                                          int width,
                                          int height,
                                          GCancellable *cancellable,
                                          GError **error);
GArray *mg_project_item_list_results (MgProjectItem *item,
                                      int n_planes);
gboolean mg_project_save_restored (GFile *results,
                                   MgProjectItem *item,
                                   const char *version,
                                   MgImage *image,
                                   MgImage *uncertainty,
                                   GCancellable *cancellable,
                                   GError **error);
gboolean mg_project_copy_predicted (GFile *from,
                                    GFile *to,
                                    GCancellable *cancellable,
                                    GError **error);
gboolean mg_project_item_delete_result (MgProjectItem *item,
                                        int plane,
                                        GError **error);
