#include "figure/picture.h"

#include "base/mem.h"

#define BAND_ROWS 128

void
_mg_picture_clear (MgPicture *picture)
{
  g_clear_pointer (&picture->pixels, mg_free_aligned);
}

gboolean
_mg_picture_init (MgPicture *picture,
                  double width,
                  double height,
                  GError **error)
{
  if (!(width <= MG_PICTURE_MAX_SIDE && height <= MG_PICTURE_MAX_SIDE))
    {
      g_set_error (error, MG_ERROR, MG_ERROR_TOO_LARGE,
                   "the picture would be %.0f × %.0f pixels, more than %d on a side (choose a smaller scale)",
                   width, height, MG_PICTURE_MAX_SIDE);
      return FALSE;
    }
  picture->width = MAX (1, (int) width);
  picture->height = MAX (1, (int) height);
  picture->pixels = mg_try_alloc ((gsize) picture->width * (gsize) picture->height * sizeof (guint32), "the picture", error);
  return picture->pixels != NULL;
}

gboolean
_mg_picture_compose (MgPicture *picture,
                     const MgScene *scene,
                     const MgViewport *viewport,
                     GCancellable *cancellable,
                     GError **error)
{
  for (int y = 0; y < picture->height; y += BAND_ROWS)
    {
      MgRect band = { 0, y, picture->width, MIN (BAND_ROWS, picture->height - y) };
      guint32 *at = picture->pixels + (gsize) y * (gsize) picture->width;

      if (!mg_compose (scene, viewport, &band, (guint8 *) at, (gsize) picture->width * 4, cancellable, error))
        return FALSE;
      for (gsize i = 0; i < (gsize) band.width * (gsize) band.height; i++)
        {
          const guint8 *p = (const guint8 *) &at[i];

          at[i] = (guint32) p[0] << 16 | (guint32) p[1] << 8 | p[2];
        }
    }
  return TRUE;
}
