#pragma once

#include "compare/rendition.h"
#include "session/session.h"

/* The renditions of the image in view: noisy, clean where there is one, and all
 * that was ever restored of it, the oldest first. A GListModel of MgRendition.
 * Main thread.
 * Signal "ready" (MgRendition *): pixels arrived, changed or cannot be read. */
#define MG_TYPE_RENDITIONS (mg_renditions_get_type ())
G_DECLARE_FINAL_TYPE (MgRenditions, mg_renditions, MG, RENDITIONS, GObject)

MgRenditions *mg_renditions_new (MgSession *session);
void mg_renditions_set_document (MgRenditions *self,
                                 MgDocument *document);
MgRendition *mg_renditions_get (MgRenditions *self,
                                guint position);
MgRendition *mg_renditions_find (MgRenditions *self,
                                 const char *id,
                                 guint *position);
MgRendition *mg_renditions_get_noisy (MgRenditions *self);
MgRendition *mg_renditions_get_clean (MgRenditions *self);
MgRendition *mg_renditions_get_latest (MgRenditions *self);
void mg_renditions_load (MgRenditions *self,
                         MgRendition *rendition);
void mg_renditions_remove (MgRenditions *self,
                           MgRendition *rendition);
void mg_renditions_set_preview (MgRenditions *self,
                                MgImage *image);
