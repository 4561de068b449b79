#include "figure/overlay.h"

#include "figure/scale-bar.h"
#include "io/png-write.h"

#include <math.h>

#define FILL_OPACITY 0.25
/* Below this a scale bar would cover more than it tells. */
#define MIN_PICTURE_PX 96

static gboolean
init_picture (MgPicture *picture, GFile *file, double width, double height, GError **error)
{
  g_autofree char *name = g_file_get_parse_name (file);

  if (_mg_picture_init (picture, width, height, error))
    return TRUE;
  g_prefix_error (error, "%s: ", name);
  return FALSE;
}

static void
draw_scale_bar (MgPicture *picture, const MgImageInfo *info, double scale)
{
  const MgBarStyle style = {
    .thickness = MAX (3, round (picture->height / 150.0)),
    .margin = MAX (6, round (picture->height / 40.0)),
    .text = MAX (11, picture->height / 36.0),
  };
  g_autoptr (MgCanvas) canvas = NULL;

  if (MIN (picture->width, picture->height) < MIN_PICTURE_PX)
    return;
  canvas = _mg_canvas_new_for_picture (picture);
  _mg_scale_bar_draw (canvas, info, scale, 0, 0, picture->width, picture->height, &style);
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
  g_auto (MgPicture) picture = { 0 };
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
  if (!init_picture (&picture, file, round (info->width * scale), round (info->height * scale), error))
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
  if (!_mg_picture_compose (&picture, &scene, &viewport, cancellable, error))
    return FALSE;
  draw_scale_bar (&picture, info, scale);
  return mg_png_write (file, picture.pixels, picture.width, picture.height, 0, error);
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
  g_auto (MgPicture) picture = { 0 };
  const guint32 *data = mg_labels_get_data (labels);
  guint32 last = 0, colour = 0;

  if (!init_picture (&picture, file, mg_labels_get_width (labels), mg_labels_get_height (labels), error))
    return FALSE;
  for (gsize i = 0; i < (gsize) picture.width * picture.height; i++)
    {
      if (data[i] != last)
        colour = mg_label_colour (last = data[i]);
      picture.pixels[i] = colour;
    }
  return mg_png_write (file, picture.pixels, picture.width, picture.height, 0, error);
}
