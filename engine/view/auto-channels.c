#include "view/composer.h"

#include "image/histogram.h"

/* Samples darker and brighter than these many percent may saturate. */
#define LOW_PERCENT  0.2
#define HIGH_PERCENT 99.8

static const MgLut several[] = { MG_LUT_GREEN, MG_LUT_MAGENTA, MG_LUT_CYAN, MG_LUT_YELLOW, MG_LUT_RED, MG_LUT_BLUE };
static const MgLut rgb[] = { MG_LUT_RED, MG_LUT_GREEN, MG_LUT_BLUE };

/* Colour pictures keep their colours: the same range for all, as stored. */
static gboolean
has_full_range (const MgImageInfo *info,
                double *max)
{
  if (!info->is_rgb || (info->type != MG_PIXEL_U8 && info->type != MG_PIXEL_U16))
    return FALSE;
  *max = info->type == MG_PIXEL_U8 ? 255 : 65535;
  return TRUE;
}

/**
 * mg_scene_auto_channels:
 * @scene: (inout): its image, z and t are set
 * @cancellable: (nullable): looked at while the image is read
 *
 * Returns: FALSE with the error of reading the image
 */
gboolean
mg_scene_auto_channels (MgScene *scene,
                        GCancellable *cancellable,
                        GError **error)
{
  MgImage *image = mg_pyramid_get_image (scene->image);
  const MgImageInfo *info = mg_image_get_info (image);
  g_autofree MgHistogram *histogram = g_new (MgHistogram, 1);

  scene->n_channels = MIN (info->n_channels, MG_VIEW_MAX_CHANNELS);
  for (int c = 0; c < scene->n_channels; c++)
    {
      MgChannelView *view = &scene->channels[c];

      *view = (MgChannelView){ .visible = TRUE, .lut = MG_LUT_GREY, .gamma = 1 };
      if (info->is_rgb && c < (int) G_N_ELEMENTS (rgb))
        view->lut = rgb[c];
      else if (info->n_channels > 1)
        view->lut = several[c % G_N_ELEMENTS (several)];
      if (has_full_range (info, &view->max))
        continue;
      if (!mg_histogram_compute (image, c, scene->z, scene->t, histogram, cancellable, error))
        return FALSE;
      view->min = mg_histogram_percentile (histogram, LOW_PERCENT);
      view->max = mg_histogram_percentile (histogram, HIGH_PERCENT);
      if (view->max <= view->min)
        view->max = view->min + 1;
    }
  return TRUE;
}
