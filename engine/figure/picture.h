#pragma once

#include "view/composer.h"

/* Cairo's limit for a picture's sides. */
#define MG_PICTURE_MAX_SIDE 32767

/* A picture in memory: words 0xRRGGBB, row by row. */
typedef struct
{
  int width, height;
  guint32 *pixels; /* owned */
} MgPicture;

gboolean _mg_picture_init (MgPicture *picture,
                           double width,
                           double height,
                           GError **error);
void _mg_picture_clear (MgPicture *picture);
/* Draws what the viewport shows of the scene, black outside the image. */
gboolean _mg_picture_compose (MgPicture *picture,
                              const MgScene *scene,
                              const MgViewport *viewport,
                              GCancellable *cancellable,
                              GError **error);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MgPicture, _mg_picture_clear)
