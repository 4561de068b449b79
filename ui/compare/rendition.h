#pragma once

#include <gtk/gtk.h>

#include "image/pyramid.h"
#include "view/composer.h"

typedef enum
{
  MG_RENDITION_NOISY,
  MG_RENDITION_CLEAN,
  MG_RENDITION_FILTER,
  MG_RENDITION_MODEL,
  MG_RENDITION_PREVIEW, /* of a network that still learns */
} MgRenditionKind;

/* How much of a model's version its title says. */
typedef enum
{
  MG_RENDITION_NAME,   /* "CARE" */
  MG_RENDITION_MINUTE, /* "CARE, 09:15", on other days "CARE, 25 Nov 09:15" */
  MG_RENDITION_SECOND, /* "CARE, 25 Nov 09:15:00" */
} MgRenditionDetail;

/* One version of an image: as it came, clean, or restored by something. Loaded
 * when it is first looked at. Main thread.
 *
 * Properties (read only): "title"; "ready": its pixels are there. */
#define MG_TYPE_RENDITION (mg_rendition_get_type ())
G_DECLARE_FINAL_TYPE (MgRendition, mg_rendition, MG, RENDITION, GObject)

MgRendition *mg_rendition_new (MgRenditionKind kind,
                               const char *id,
                               GFile *file);
void mg_rendition_set_detail (MgRendition *self,
                              MgRenditionDetail detail);
MgRenditionKind mg_rendition_get_kind (MgRendition *self);
const char *mg_rendition_get_id (MgRendition *self);
const char *mg_rendition_get_title (MgRendition *self);
GFile *mg_rendition_get_file (MgRendition *self);
gboolean mg_rendition_is_restored (MgRendition *self);
gboolean mg_rendition_is_kept (MgRendition *self);
void mg_rendition_set_image (MgRendition *self,
                             MgImage *image,
                             const MgChannelView *channels,
                             int n_channels);
gboolean mg_rendition_has_failed (MgRendition *self);
MgImage *mg_rendition_get_image (MgRendition *self);
MgPyramid *mg_rendition_get_pyramid (MgRendition *self);
const MgChannelView *mg_rendition_get_channels (MgRendition *self,
                                                int *n_channels);
gboolean mg_rendition_load_async (MgRendition *self,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean mg_rendition_load_finish (MgRendition *self,
                                   GAsyncResult *result,
                                   GError **error);
