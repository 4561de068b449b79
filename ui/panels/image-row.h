#pragma once

#include "session/session.h"

/* One image in the list: picture, name, number of painted cells. */
#define MG_TYPE_IMAGE_ROW (mg_image_row_get_type ())
G_DECLARE_FINAL_TYPE (MgImageRow, mg_image_row, MG, IMAGE_ROW, GtkBox)

#define MG_THUMBNAIL_PX 52

GtkWidget *mg_image_row_new (MgSession *session);
void mg_image_row_set_document (MgImageRow *self,
                                MgDocument *document);
