#include "recipe/noise-advice.h"

#include "base/mem.h"
#include "image/noise.h"
#include "image/select.h"
#include "recipe/config.h"

/* Images whose noise is looked at, and their middle. */
#define MAX_LOOKED_AT 16
#define MAX_SIDE_PX   1024

/* The middle of an image's first channel. */
static gboolean
measure (MgImage *image, MgNoise *out)
{
  const MgImageInfo *info = mg_image_get_info (image);
  int width = MIN (info->width, MAX_SIDE_PX), height = MIN (info->height, MAX_SIDE_PX);
  const MgRect middle = { (info->width - width) / 2, (info->height - height) / 2, width, height };
  float *values = mg_try_alloc ((gsize) width * (gsize) height * sizeof (float), "measuring the noise", NULL);
  gboolean ok = values != NULL &&
                mg_image_read_float (image, 0, 0, 0, &middle, values, (gsize) width * sizeof (float), NULL, NULL) &&
                mg_noise_measure (values, width, height, out, NULL) && out->n_blocks > 0;

  mg_free_aligned (values);
  return ok;
}

/* Many weak likenesses further out foretell together what one of them does not:
 * a third of the noise of a wide-field image from outside of 3 × 3 pixels, a
 * sixteenth from outside of 5 × 5 (README.md). */
static int
to_blind (double reach)
{
  return MIN (2 * (int) (reach + 0.5), MG_BLIND_MAX_REACH);
}

static void
put_text (MgNoiseAdvice *advice)
{
  if (advice->n == 0)
    g_strlcpy (advice->text, "The images have no flat place to see their noise in; it is taken as different in every pixel.",
               sizeof advice->text);
  else if (advice->filter_may_do)
    g_snprintf (advice->text, sizeof advice->text,
                "The noise is alike in neighbouring pixels (correlation %.2f along rows, %.2f along columns): blind spots of "
                "%d × %d pixels are used. Compare with a Gaussian filter, which may do as well.",
                advice->along, advice->down, 2 * advice->blind_x + 1, 2 * advice->blind_y + 1);
  else
    g_snprintf (advice->text, sizeof advice->text,
                "Every pixel has noise of its own (correlation %.2f along rows, %.2f along columns): blind spots of single "
                "pixels are used.",
                advice->along, advice->down);
}

/**
 * mg_noise_advice:
 * @images: (array length=n): of which some are looked at
 * @out: (out): medians over the images, and what follows
 *
 * Noise that is alike in neighbours can be foretold from them, and would be
 * learned as if it were image; blind spots have to cover it (Broaddus et al.
 * 2020). Any thread; reads up to 16 images' middles.
 */
void
mg_noise_advice (MgImage *const *images,
                 guint n,
                 MgNoiseAdvice *out)
{
  guint n_used = MIN (n, MAX_LOOKED_AT), k = 0;
  float along[MAX_LOOKED_AT], down[MAX_LOOKED_AT], x[MAX_LOOKED_AT], y[MAX_LOOKED_AT];
  MgNoise noise;

  for (guint i = 0; i < n_used; i++)
    if (measure (images[(gsize) i * n / n_used], &noise))
      {
        along[k] = (float) noise.along[1];
        down[k] = (float) noise.down[1];
        x[k] = (float) noise.reach_x;
        y[k++] = (float) noise.reach_y;
      }
  *out = (MgNoiseAdvice){ .n = k };
  if (k > 0)
    {
      out->along = mg_percentile (along, k, 50);
      out->down = mg_percentile (down, k, 50);
      out->blind_x = to_blind (mg_percentile (x, k, 50));
      out->blind_y = to_blind (mg_percentile (y, k, 50));
      out->filter_may_do = out->blind_x + out->blind_y > 0;
    }
  put_text (out);
}
