#pragma once

#include "project/project.h"

MgProjectItem *_mg_project_item_new (const char *name,
                                     GFile *image,
                                     GFile *annotation,
                                     GFile *labels,
                                     GFile *result);
void _mg_project_item_set_image (MgProjectItem *item,
                                 GFile *image);
guint _mg_project_add_named (MgProject *project,
                             const char *name,
                             GFile *image,
                             GFile *labels);
gboolean _mg_project_parse (MgProject *project,
                            const char *text,
                            gssize length,
                            GError **error);
