#pragma once

#include "session/session.h"

/* The project's images, those that are searched for; selecting one brings it into
 * view. Signal: "missing" (guint n): so many files are not where they were; 0 too,
 * when the files were looked at. */
#define MG_TYPE_IMAGE_LIST (mg_image_list_get_type ())
G_DECLARE_FINAL_TYPE (MgImageList, mg_image_list, MG, IMAGE_LIST, GtkBox)

void mg_image_list_set_session (MgImageList *self,
                                MgSession *session);
void mg_image_list_search (MgImageList *self);
void mg_image_list_filter_changed (MgImageList *self);
void mg_image_list_move (MgImageList *self,
                         int direction);
