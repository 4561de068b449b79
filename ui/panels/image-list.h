#pragma once

#include "session/session.h"

/* The project's images; selecting one brings it into view. */
#define MG_TYPE_IMAGE_LIST (mg_image_list_get_type ())
G_DECLARE_FINAL_TYPE (MgImageList, mg_image_list, MG, IMAGE_LIST, GtkBox)

void mg_image_list_set_session (MgImageList *self,
                                MgSession *session);
void mg_image_list_move (MgImageList *self,
                         int direction);
