#include "image/line-profile.h"

#include "base/mem.h"

#include <math.h>

/* A line crosses the pixels between its ends; more than these are not held. */
#define MAX_PIXELS ((gsize) 1 << 26)

/* Where a point's values come from: the four pixels whose centres are around it. */
static double
interpolate (const float *pixels, const MgRect *rect, double x, double y)
{
  double u = CLAMP (x - 0.5 - rect->x, 0, rect->width - 1), v = CLAMP (y - 0.5 - rect->y, 0, rect->height - 1);
  int i = MIN ((int) u, MAX (0, rect->width - 2)), j = MIN ((int) v, MAX (0, rect->height - 2));
  gsize width = (gsize) rect->width, right = rect->width > 1, down = rect->height > 1 ? width : 0;
  const float *p = pixels + (gsize) j * width + (gsize) i;
  double a = u - i, b = v - j;

  return (1 - b) * ((1 - a) * p[0] + a * p[right]) + b * ((1 - a) * p[down] + a * p[down + right]);
}

/**
 * mg_line_profile:
 * @image: an image
 * @c: channel
 * @z: slice
 * @t: frame
 * @line: from x, y to x, y; whole numbers are the corners of pixels
 * @n: how many values, at equal steps from the one end to the other; 2 or more
 * @values: (out caller-allocates): interpolated between pixels; beyond the image
 *   those of its edge
 * @cancellable: (nullable): looked at while the image is read
 *
 * Any thread.
 *
 * Returns: FALSE with an error when the image cannot be read, or the line lies
 *   across more than 64 million pixels
 */
gboolean
mg_line_profile (MgImage *image,
                 int c,
                 int z,
                 int t,
                 const double line[4],
                 guint n,
                 double *values,
                 GCancellable *cancellable,
                 GError **error)
{
  const MgImageInfo *info = mg_image_get_info (image);
  int left = (int) CLAMP (floor (MIN (line[0], line[2]) - 0.5), 0, info->width - 1);
  int top = (int) CLAMP (floor (MIN (line[1], line[3]) - 0.5), 0, info->height - 1);
  int right = (int) CLAMP (ceil (MAX (line[0], line[2]) + 0.5), left + 1, info->width);
  int bottom = (int) CLAMP (ceil (MAX (line[1], line[3]) + 0.5), top + 1, info->height);
  MgRect rect = { left, top, right - left, bottom - top };
  float *pixels;
  gsize size;
  gboolean ok;

  g_return_val_if_fail (n >= 2, FALSE);

  if (!mg_size_mul ((gsize) rect.width, (gsize) rect.height, &size) || size > MAX_PIXELS)
    {
      g_set_error (error, MG_ERROR, MG_ERROR_TOO_LARGE,
                   "the line lies across %d × %d pixels, which is too much to read (draw a shorter one)", rect.width, rect.height);
      return FALSE;
    }
  pixels = mg_try_alloc (size * sizeof (float), "the values along a line", error);
  ok = pixels != NULL &&
       mg_image_read_float (image, c, z, t, &rect, pixels, (gsize) rect.width * sizeof (float), cancellable, error);
  for (guint i = 0; ok && i < n; i++)
    {
      double at = (double) i / (n - 1);

      values[i] = interpolate (pixels, &rect, line[0] + at * (line[2] - line[0]), line[1] + at * (line[3] - line[1]));
    }
  mg_free_aligned (pixels);
  return ok;
}
