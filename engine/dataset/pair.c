#include "dataset/pair.h"

#include "base/mem.h"
#include "image/part.h"
#include "image/quality.h"
#include "image/registration.h"

#include <math.h>

/* Statistics of large planes are those of their middle. */
#define MAX_SIDE_PX 2048
/* Both sides have one scale when gain and offset (of the range) differ by less. */
#define SAME_GAIN   1.05
#define SAME_OFFSET 0.02
/* Noise of pixels so far apart is taken as independent. */
#define LAG_PX 2
/* Clean images less alike with themselves at that distance hold next to no scene. */
#define LEAST_SCENE 0.05
/* … and are told apart from different exposures by this factor. */
#define OTHER_EXPOSURE  3.0
#define SATURATED_SHARE 0.01
/* Below, two images have nothing to do with each other. */
#define UNRELATED  0.05
#define SHIFTED_PX 0.75

/* The middle of a channel of both images. */
typedef struct
{
  float *noisy, *clean; /* clean (nullable); one allocation */
  int width, height;
} Planes;

static gboolean
read_middle (MgImage *image, int c, int width, int height, float *out, GCancellable *cancellable, GError **error)
{
  const MgImageInfo *info = mg_image_get_info (image);
  MgRect rect = { (info->width - width) / 2, (info->height - height) / 2, width, height };

  return mg_image_read_float (image, c, 0, 0, &rect, out, sizeof (float) * (gsize) width, cancellable, error);
}

static gboolean
planes_read (Planes *planes, const MgItem *item, int c, GCancellable *cancellable, GError **error)
{
  const MgImageInfo *info = mg_image_get_info (item->image);
  gsize n;

  planes->width = MIN (info->width, MAX_SIDE_PX);
  planes->height = MIN (info->height, MAX_SIDE_PX);
  n = (gsize) planes->width * (gsize) planes->height;
  planes->noisy = mg_try_alloc (n * sizeof (float) * (item->clean ? 2 : 1), "looking at the images", error);
  if (planes->noisy == NULL)
    return FALSE;
  planes->clean = item->clean ? planes->noisy + n : NULL;
  return read_middle (item->image, c, planes->width, planes->height, planes->noisy, cancellable, error) &&
         (planes->clean == NULL || read_middle (item->clean, c, planes->width, planes->height, planes->clean, cancellable, error));
}

/* The largest value the type (or the camera) can give; infinite for floats. */
static double
get_ceiling (const MgImageInfo *info)
{
  gsize bits = info->bits > 0 ? info->bits : 8 * mg_pixel_type_size (info->type);

  switch (info->type)
    {
    case MG_PIXEL_U8:
    case MG_PIXEL_U16:
      return ldexp (1, (int) bits) - 1;
    default:
      return INFINITY;
    }
}

/* What no method can restore is said; it does not end the training. */
static void
note_gaps (const MgItem *item, const char *which, const Planes *planes, float *values, double range, double ceiling, MgDataset *dataset)
{
  gsize n = (gsize) planes->width * (gsize) planes->height, n_gaps = 0, n_saturated = 0, n_outliers;

  for (gsize i = 0; i < n; i++)
    {
      n_gaps += !isfinite (values[i]);
      n_saturated += values[i] >= ceiling;
    }
  if (n_gaps > 0)
    mg_dataset_add_note (dataset, "%s: %" G_GSIZE_FORMAT " pixels of the %s are not numbers; they are taken as background.",
                         item->name, n_gaps, which);
  n_outliers = mg_replace_outliers (values, planes->width, planes->height, MG_OUTLIER_GAP * (float) range);
  if (n_outliers > 0)
    mg_dataset_add_note (dataset, "%s: %" G_GSIZE_FORMAT " hot or dead pixels of the %s are taken as their neighbours' mean.",
                         item->name, n_outliers, which);
  if ((double) n_saturated > SATURATED_SHARE * (double) n)
    mg_dataset_add_note (dataset, "%s: %.0f %% of the %s is saturated; what was cut off there cannot be restored.",
                         item->name, 100.0 * (double) n_saturated / (double) n, which);
}

static gboolean
is_constant (const float *values, gsize n)
{
  float first = NAN;

  for (gsize i = 0; i < n; i++)
    {
      if (!isfinite (values[i]))
        continue;
      if (isnan (first))
        first = values[i];
      else if (values[i] != first)
        return FALSE;
    }
  return TRUE;
}

/* noisy ≈ gain · clean + offset. Least squares make the gain too small where the
 * clean image is noisy, too, and most so where there is little else in it; with
 * the pixel next but one as instrument (Wald 1940) they do not, since that one
 * shares the scene with the pixel and not its noise. Where there is nearly
 * nothing but noise, as in two noisy images, the deviations are compared. */
static void
fit_scales (const Planes *planes, double *gain, double *offset, double *correlation)
{
  gsize n = (gsize) planes->width * (gsize) planes->height - LAG_PX;
  double noisy_gain, noisy_offset, clean_gain, clean_offset, alike, mean;

  mg_least_squares (planes->clean, planes->noisy, n, gain, offset, correlation);
  if (*correlation < UNRELATED)
    return;
  mg_least_squares (planes->clean + LAG_PX, planes->noisy, n, &noisy_gain, &noisy_offset, NULL);
  mg_least_squares (planes->clean + LAG_PX, planes->clean, n, &clean_gain, &clean_offset, &alike);
  if (alike >= LEAST_SCENE && noisy_gain > 0)
    {
      *offset = noisy_offset - noisy_gain / clean_gain * clean_offset;
      *gain = noisy_gain / clean_gain;
      return;
    }
  /* the slope is correlation · deviation of noisy over that of clean */
  mean = clean_offset / (1 - clean_gain); /* of clean, as of itself two pixels on */
  *offset += (*gain - *gain / *correlation) * mean;
  *gain /= *correlation;
}

/* What of the clean image maps to 0 and 1: the same values as of the noisy one
 * where both have one scale, else those that stand for the same light. */
static void
match_scales (MgItem *item, int c, const Planes *planes, double clean_low, double clean_high, MgDataset *dataset)
{
  double range = item->high[c] - item->low[c], gain, offset, correlation, ratio = (clean_high - clean_low) / range;

  fit_scales (planes, &gain, &offset, &correlation);
  item->clean_low[c] = item->low[c];
  item->clean_high[c] = item->high[c];
  if (correlation < UNRELATED)
    mg_dataset_add_note (dataset, "%s: the image and its clean image have little in common; are they of the same field?", item->name);
  else if (MAX (gain, 1 / gain) > SAME_GAIN || fabs ((gain - 1) * item->low[c] + offset) > SAME_OFFSET * range)
    {
      item->clean_low[c] = (item->low[c] - offset) / gain;
      item->clean_high[c] = (item->high[c] - offset) / gain;
      if (MAX (ratio, 1 / ratio) > OTHER_EXPOSURE)
        mg_dataset_add_note (dataset, "%s: the clean image's range is %.3g times the noisy one's; results keep the scale of noisy images.",
                             item->name, ratio);
    }
}

static gboolean
replace_by_part (MgImage **image, const MgRect *rect, GError **error)
{
  MgImage *part = mg_image_part (*image, rect, -1, -1, -1, error);

  if (part == NULL)
    return FALSE;
  mg_image_unref (*image);
  *image = part;
  return TRUE;
}

/* Cuts both images to what they share. */
static gboolean
align_pair (MgItem *item, int dx, int dy, GError **error)
{
  const MgImageInfo *info = mg_image_get_info (item->image);
  MgRect noisy = { MAX (-dx, 0), MAX (-dy, 0), info->width - ABS (dx), info->height - ABS (dy) };
  MgRect clean = { MAX (dx, 0), MAX (dy, 0), noisy.width, noisy.height };

  return replace_by_part (&item->image, &noisy, error) && replace_by_part (&item->clean, &clean, error);
}

static gboolean
check_shift (MgItem *item, gboolean align, const Planes *planes, MgDataset *dataset, GError **error)
{
  double x, y;
  gboolean found;

  if (!mg_find_shift (planes->noisy, planes->clean, planes->width, planes->height, &x, &y, &found, error))
    return FALSE;
  if (!found || hypot (x, y) < SHIFTED_PX)
    return TRUE;
  if (!align)
    {
      mg_dataset_add_note (dataset, "%s: the clean image is shifted by %.1f pixels to the %s and %.1f %s; align the pairs "
                                    "(--align), or the result will be blurred.",
                           item->name, fabs (x), x < 0 ? "left" : "right", fabs (y), y < 0 ? "up" : "down");
      return TRUE;
    }
  mg_dataset_add_note (dataset, "%s: the clean image was shifted by %.1f pixels to the %s and %.1f %s, and was aligned to the pixel.",
                       item->name, fabs (x), x < 0 ? "left" : "right", fabs (y), y < 0 ? "up" : "down");
  return align_pair (item, (int) lrint (x), (int) lrint (y), error);
}

static gboolean
prepare_channel (MgItem *item, int c, gboolean align, const Planes *planes, MgDataset *dataset,
                 GCancellable *cancellable, GError **error)
{
  gsize n = (gsize) planes->width * (gsize) planes->height;
  double low, high;

  if (is_constant (planes->noisy, n) || (planes->clean && is_constant (planes->clean, n)))
    {
      g_set_error (error, MG_ERROR, MG_ERROR_DATA,
                   "%s: the %s has the same value everywhere; there is nothing to learn from it, take it out of the training set.",
                   item->name, is_constant (planes->noisy, n) ? "image" : "clean image");
      return FALSE;
    }
  note_gaps (item, "image", planes, planes->noisy, item->high[c] - item->low[c], get_ceiling (mg_image_get_info (item->image)), dataset);
  if (planes->clean == NULL)
    return TRUE;
  if (!mg_normalisation (MG_NORMALISE_PERCENTILES, item->clean, c, 0, 0, &low, &high, cancellable, error))
    return FALSE;
  note_gaps (item, "clean image", planes, planes->clean, high - low, get_ceiling (mg_image_get_info (item->clean)), dataset);
  match_scales (item, c, planes, low, high, dataset);
  return c > 0 || check_shift (item, align, planes, dataset, error);
}

/**
 * mg_pair_prepare:
 * @item: (inout): without labels, normalisation of the image known; clean_low and
 *   clean_high are found, and where @align is set the images are cut to what
 *   both show
 * @align: whether shifted pairs are corrected
 * @dataset: takes notes
 *
 * Looks at an image to learn restoration from: constant images are refused;
 * saturated pixels, pixels that are not numbers, clean images of another scale,
 * of another field or shifted are noted. One thread.
 *
 * Returns: FALSE with an error naming the item
 */
gboolean
mg_pair_prepare (MgItem *item,
                 gboolean align,
                 MgDataset *dataset,
                 GCancellable *cancellable,
                 GError **error)
{
  int n_channels = mg_image_get_info (item->image)->n_channels;

  /* backwards: the first channel may shift the images under the others */
  for (int c = n_channels - 1; c >= 0; c--)
    {
      Planes planes = { 0 };
      gboolean ok = planes_read (&planes, item, c, cancellable, error) &&
                    prepare_channel (item, c, align, &planes, dataset, cancellable, error);

      mg_free_aligned (planes.noisy);
      if (!ok)
        return FALSE;
    }
  return TRUE;
}
