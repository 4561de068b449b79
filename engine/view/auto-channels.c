#include "view/composer.h"

/* Samples darker and brighter than these many percent may saturate. */
#define LOW_PERCENT  0.2
#define HIGH_PERCENT 99.8

/* More channels than this at once are a white blur: the first few are shown. */
#define MAX_AT_ONCE 7
#define FIRST_FEW   3

#define GOLDEN_ANGLE 0.61803398874989485

/* Green and magenta first, which also the colour blind tell apart; then the
 * rest of the primary colours, then hues between them. */
static void
choose_colour (const MgImageInfo *info,
               int c,
               MgChannelView *view)
{
  static const MgLut several[] = { MG_LUT_GREEN, MG_LUT_MAGENTA, MG_LUT_CYAN, MG_LUT_YELLOW, MG_LUT_RED, MG_LUT_BLUE, MG_LUT_GREY };
  static const MgLut rgb[] = { MG_LUT_RED, MG_LUT_GREEN, MG_LUT_BLUE };

  if (info->is_rgb && c < (int) G_N_ELEMENTS (rgb))
    view->lut = rgb[c];
  else if (info->n_channels > 1 && c < (int) G_N_ELEMENTS (several))
    view->lut = several[c];
  else if (info->n_channels > 1)
    {
      view->lut = MG_LUT_COLOUR;
      view->colour = mg_hue_colour (c * GOLDEN_ANGLE + 0.08);
    }
}

/**
 * mg_channel_views_init:
 * @info: of an image
 * @views: (out caller-allocates): %MG_VIEW_MAX_CHANNELS of them
 *
 * How an image is shown at first: as its file says, else one channel in grey,
 * several in colours of their own, red, green and blue as they are. Ranges that
 * nobody has said are left empty, for mg_channel_view_auto().
 *
 * Returns: how many channels are shown
 */
int
mg_channel_views_init (const MgImageInfo *info,
                       MgChannelView *views)
{
  int n = MIN (info->is_rgb ? MIN (info->n_channels, 3) : info->n_channels, MG_VIEW_MAX_CHANNELS);

  for (int c = 0; c < n; c++)
    if (info->channels != NULL)
      views[c] = info->channels[c];
    else
      {
        views[c] = (MgChannelView){ .visible = n <= MAX_AT_ONCE || c < FIRST_FEW, .lut = MG_LUT_GREY, .gamma = 1 };
        choose_colour (info, c, &views[c]);
      }
  return n;
}

/**
 * mg_channel_view_auto:
 * @view: (inout): its range is set
 * @info: of the image
 * @histogram: of the channel
 *
 * From the 0.2th to the 99.8th percentile; colour pictures keep their colours,
 * and numbers of colours their table.
 */
void
mg_channel_view_auto (MgChannelView *view,
                      const MgImageInfo *info,
                      const MgHistogram *histogram)
{
  if (view->discrete && info->channels != NULL && info->channels[0].max > info->channels[0].min)
    {
      view->min = info->channels[0].min;
      view->max = info->channels[0].max;
      return;
    }
  view->gamma = 1;
  if (info->is_rgb && (info->type == MG_PIXEL_U8 || info->type == MG_PIXEL_U16))
    {
      view->min = 0;
      view->max = info->type == MG_PIXEL_U8 ? 255 : info->bits > 0 ? (1 << info->bits) - 1
                                                                   : 65535;
      return;
    }
  view->min = mg_histogram_percentile (histogram, LOW_PERCENT);
  view->max = mg_histogram_percentile (histogram, HIGH_PERCENT);
  if (!(view->max > view->min))
    {
      view->min = histogram->min;
      view->max = histogram->max > histogram->min ? histogram->max : histogram->min + 1;
    }
}

/**
 * mg_scene_auto_channels:
 * @scene: (inout): its image, z and t are set
 * @cancellable: (nullable): looked at while the image is read
 *
 * Shows the image's channels at its plane z, t as mg_channel_views_init() says,
 * and with contrast by percentiles where the file has none.
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

  scene->n_channels = mg_channel_views_init (info, scene->channels);
  for (int c = 0; c < scene->n_channels; c++)
    {
      MgChannelView *view = &scene->channels[c];

      if (view->max > view->min || !view->visible)
        continue;
      if (!mg_histogram_compute (image, c, scene->z, scene->t, histogram, cancellable, error))
        return FALSE;
      mg_channel_view_auto (view, info, histogram);
    }
  return TRUE;
}
