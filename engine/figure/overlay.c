#include "figure/overlay.h"

#include <cairo.h>
#include <math.h>

#include "base/mem.h"
#include "figure/scale-bar.h"
#include "io/atomic-file.h"

/* Cairo's limit for a picture's sides. */
#define MAX_SIDE_PX 32767
#define BAND_ROWS   128

#define FILL_OPACITY 0.25

/* A picture in memory: opaque pixels in cairo's own order. */
typedef struct
{
  int width, height;
  guint32 *pixels; /* owned, freed with mg_free_aligned() */
} Picture;

typedef struct
{
  MgAtomicFile *atomic; /* borrowed */
  GError *error;        /* owned, (nullable) */
} Writer;

static void
picture_clear (Picture *picture)
{
  g_clear_pointer (&picture->pixels, mg_free_aligned);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Picture, picture_clear)

static gboolean
picture_init (Picture *picture,
              GFile *file,
              double width,
              double height,
              GError **error)
{
  g_autofree char *name = g_file_get_parse_name (file);

  if (!(width <= MAX_SIDE_PX && height <= MAX_SIDE_PX))
    {
      g_set_error (error, MG_ERROR, MG_ERROR_TOO_LARGE,
                   "%s: the picture would be %.0f × %.0f pixels, more than %d on a side (choose a smaller scale)",
                   name, width, height, MAX_SIDE_PX);
      return FALSE;
    }
  picture->width = (int) width;
  picture->height = (int) height;
  picture->pixels = mg_try_alloc ((gsize) picture->width * picture->height * sizeof (guint32), "the picture", error);
  if (picture->pixels == NULL)
    g_prefix_error (error, "%s: ", name);
  return picture->pixels != NULL;
}

static cairo_status_t
write_bytes (void *closure,
             const unsigned char *data,
             unsigned int size)
{
  Writer *writer = closure;

  return mg_atomic_file_write (writer->atomic, data, size, &writer->error) ? CAIRO_STATUS_SUCCESS
                                                                           : CAIRO_STATUS_WRITE_ERROR;
}

static gboolean
write_png (cairo_surface_t *surface,
           GFile *file,
           GError **error)
{
  g_autoptr (MgAtomicFile) atomic = mg_atomic_file_new (file, error);
  Writer writer = { atomic, NULL };
  cairo_status_t status;

  if (atomic == NULL)
    return FALSE;
  status = cairo_surface_write_to_png_stream (surface, write_bytes, &writer);
  if (writer.error != NULL)
    {
      g_propagate_error (error, writer.error);
      return FALSE;
    }
  if (status != CAIRO_STATUS_SUCCESS)
    {
      g_autofree char *name = g_file_get_parse_name (file);

      g_set_error (error, MG_ERROR, MG_ERROR_FAILED, "%s: the picture could not be made: %s", name,
                   cairo_status_to_string (status));
      return FALSE;
    }
  return mg_atomic_file_commit (atomic, error);
}

/* Draws the scale bar, if any, and writes the picture. */
static gboolean
finish (Picture *picture,
        GFile *file,
        const MgImageInfo *info,
        double scale,
        GError **error)
{
  cairo_surface_t *surface = cairo_image_surface_create_for_data ((unsigned char *) picture->pixels, CAIRO_FORMAT_RGB24,
                                                                  picture->width, picture->height, picture->width * 4);
  gboolean success;

  if (info != NULL)
    {
      cairo_t *cr = cairo_create (surface);

      _mg_scale_bar_draw (cr, info, scale, picture->width, picture->height);
      cairo_destroy (cr);
      cairo_surface_flush (surface);
    }
  success = write_png (surface, file, error);
  cairo_surface_destroy (surface);
  return success;
}

static gboolean
draw_scene (const MgScene *scene,
            const MgViewport *viewport,
            Picture *picture,
            GCancellable *cancellable,
            GError **error)
{
  for (int y = 0; y < picture->height; y += BAND_ROWS)
    {
      MgRect band = { 0, y, picture->width, MIN (BAND_ROWS, picture->height - y) };
      guint32 *at = picture->pixels + (gsize) y * picture->width;

      if (!mg_compose (scene, viewport, &band, (guint8 *) at, (gsize) picture->width * 4, cancellable, error))
        return FALSE;
      for (gsize i = 0; i < (gsize) band.width * band.height; i++)
        {
          const guint8 *p = (const guint8 *) &at[i];

          at[i] = (guint32) p[0] << 16 | (guint32) p[1] << 8 | p[2];
        }
    }
  return TRUE;
}

/**
 * mg_figure_write_overlay:
 * @file: the PNG, replaced as a whole or left as it was
 * @image: its first plane is drawn, contrast by percentiles
 * @labels: of the same size: filled faintly, with outlines
 * @scale: picture pixels an image pixel
 * @cancellable: (nullable): looked at while drawing
 *
 * Where the image knows its pixel size, the picture has a scale bar.
 *
 * Returns: FALSE with an error naming the file or the image
 */
gboolean
mg_figure_write_overlay (GFile *file,
                         MgImage *image,
                         MgLabels *labels,
                         double scale,
                         GCancellable *cancellable,
                         GError **error)
{
  const MgImageInfo *info = mg_image_get_info (image);
  g_auto (Picture) picture = { 0 };
  g_autoptr (MgPyramid) pyramid = NULL;
  g_autoptr (MgMask) mask = NULL;
  MgScene scene = { .show_mask = TRUE, .fill_opacity = FILL_OPACITY, .outline_opacity = 1 };
  MgViewport viewport;

  g_return_val_if_fail (scale > 0, FALSE);

  if (mg_labels_get_width (labels) != info->width || mg_labels_get_height (labels) != info->height)
    {
      g_set_error (error, MG_ERROR, MG_ERROR_SHAPE, "%s is %d × %d pixels, its labels %d × %d",
                   info->name != NULL ? info->name : "the image", info->width, info->height,
                   mg_labels_get_width (labels), mg_labels_get_height (labels));
      return FALSE;
    }
  if (!picture_init (&picture, file, MAX (round (info->width * scale), 1), MAX (round (info->height * scale), 1), error))
    return FALSE;
  mask = mg_mask_new_from_labels (labels, error);
  if (mask == NULL)
    return FALSE;
  pyramid = mg_pyramid_new (image);
  scene.image = pyramid;
  scene.mask = mask;
  if (!mg_scene_auto_channels (&scene, cancellable, error))
    return FALSE;
  viewport = (MgViewport){ info->width, info->height, picture.width, picture.height,
                           picture.width / scale / 2, picture.height / scale / 2, scale };
  return draw_scene (&scene, &viewport, &picture, cancellable, error) &&
         finish (&picture, file, info, scale, error);
}

/**
 * mg_figure_write_labels:
 * @file: the PNG, replaced as a whole or left as it was
 * @labels: the instances
 *
 * A picture of the instances in their colours on black, for looking at: the
 * numbers are in label TIFFs.
 *
 * Returns: FALSE with an error naming the file
 */
gboolean
mg_figure_write_labels (GFile *file,
                        MgLabels *labels,
                        GError **error)
{
  g_auto (Picture) picture = { 0 };
  const guint32 *data = mg_labels_get_data (labels);
  guint32 last = 0, colour = 0;

  if (!picture_init (&picture, file, mg_labels_get_width (labels), mg_labels_get_height (labels), error))
    return FALSE;
  for (gsize i = 0; i < (gsize) picture.width * picture.height; i++)
    {
      if (data[i] != last)
        colour = mg_label_colour (last = data[i]);
      picture.pixels[i] = colour;
    }
  return finish (&picture, file, NULL, 1, error);
}
