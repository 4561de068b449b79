#pragma once

#include "annotate/mask-stack.h"
#include "image/image.h"
#include "project/project.h"

MgMaskStack *mg_project_item_load_labels (MgProjectItem *item,
                                          const MgImageInfo *info,
                                          gboolean *recovered,
                                          char **warning,
                                          GCancellable *cancellable,
                                          GError **error);
gboolean mg_project_item_has_annotation (MgProjectItem *item);
gboolean mg_project_save_labels (GFile *file,
                                 MgMaskStack *stack,
                                 const MgImageInfo *like,
                                 GCancellable *cancellable,
                                 GError **error);
