#pragma once

#include "session/document.h"

/* What the image in view is: its planes and its pixel size, where the person
 * can correct the file, and what there is to know of how it was read. Signal
 * "reading-changed": the document is to be loaded anew. */
#define MG_TYPE_IMAGE_PANEL (mg_image_panel_get_type ())
G_DECLARE_FINAL_TYPE (MgImagePanel, mg_image_panel, MG, IMAGE_PANEL, GtkBox)

void mg_image_panel_set_document (MgImagePanel *self,
                                  MgDocument *document);
void mg_image_panel_edit_pixel_size (MgImagePanel *self);
