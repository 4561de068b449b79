#include "view/composer-private.h"

#include <math.h>
#include <string.h>

void
_mg_sample_axis (double centre,
                 double zoom,
                 int size,
                 int image_size,
                 int begin,
                 int n,
                 int *out)
{
  for (int i = 0; i < n; i++)
    {
      double at = floor ((begin + i + 0.5 - size / 2.0) / zoom + centre);

      out[i] = at >= 0 && at < image_size ? (int) at : -1;
    }
}

static void
store (const guint32 *words,
       const int *columns,
       const int *rows,
       const MgRect *screen,
       guint8 *rgba,
       gsize stride)
{
  g_autofree guint32 *line = g_new (guint32, screen->width);

  for (int y = 0; y < screen->height; y++, words += screen->width)
    {
      for (int x = 0; x < screen->width; x++)
        line[x] = rows[y] < 0 || columns[x] < 0 ? 0 : GUINT32_TO_LE (words[x]);
      memcpy (rgba + y * stride, line, screen->width * sizeof *line);
    }
}

/**
 * mg_compose:
 * @scene: what is shown
 * @viewport: how the image lies on the screen
 * @screen: the part to draw, device pixels; at most some thousand on a side
 * @rgba: (out): R, G, B, A bytes, premultiplied: opaque over the image,
 *   transparent outside
 * @stride: bytes from one row of @rgba to the next
 * @cancellable: (nullable): looked at between parts of the work
 *
 * Draws one part of the picture: the channels added up, predicted instances
 * with dashed outlines, hand-made ones with whole outlines above them. Parts
 * drawn apart fit together without seams. Any thread, as long as the scene is
 * not written meanwhile.
 *
 * Returns: FALSE with the error of reading the image
 */
gboolean
mg_compose (const MgScene *scene,
            const MgViewport *viewport,
            const MgRect *screen,
            guint8 *rgba,
            gsize stride,
            GCancellable *cancellable,
            GError **error)
{
  gsize n_pixels = (gsize) MAX (screen->width, 0) * MAX (screen->height, 0);
  g_autofree int *columns = g_new (int, MAX (screen->width, 1));
  g_autofree int *rows = g_new (int, MAX (screen->height, 1));
  g_autofree guint32 *words = g_try_new (guint32, MAX (n_pixels, 1));

  if (words == NULL)
    {
      g_set_error_literal (error, MG_ERROR, MG_ERROR_NO_MEMORY, "not enough memory to draw the image");
      return FALSE;
    }
  _mg_sample_axis (viewport->centre_x, viewport->zoom, viewport->width, viewport->image_width,
                   screen->x, screen->width, columns);
  _mg_sample_axis (viewport->centre_y, viewport->zoom, viewport->height, viewport->image_height,
                   screen->y, screen->height, rows);
  if (!_mg_compose_image (scene, viewport, screen, columns, rows, words, cancellable, error))
    return FALSE;
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (scene->show_prediction && scene->prediction != NULL)
    _mg_compose_labels (&(MgLabelLayer){ .labels = scene->prediction,
                                         .rect = scene->prediction_rect,
                                         .dashed = TRUE,
                                         .fill_opacity = scene->fill_opacity,
                                         .outline_opacity = scene->outline_opacity },
                        viewport, screen, words);
  if (scene->show_mask && scene->mask != NULL)
    _mg_compose_labels (&(MgLabelLayer){ .mask = scene->mask,
                                         .fill_opacity = scene->fill_opacity,
                                         .outline_opacity = scene->outline_opacity,
                                         .selected = scene->selected },
                        viewport, screen, words);
  store (words, columns, rows, screen, rgba, stride);
  return TRUE;
}
