#include "dataset/blur.h"

#include <math.h>

/* One axis of the blur over a line of `n` values `step` apart; the edges mirror. */
static void
blur_line (float *values, int n, gsize step, const float *kernel, int radius, float *line)
{
  for (int i = 0; i < n; i++)
    line[radius + i] = values[(gsize) i * step];
  for (int i = 1; i <= radius; i++)
    {
      line[radius - i] = line[radius + MIN (i - 1, n - 1)];
      line[radius + n - 1 + i] = line[radius + MAX (n - i, 0)];
    }
  for (int i = 0; i < n; i++)
    {
      float sum = kernel[0] * line[i + radius];

      for (int k = 1; k <= radius; k++)
        sum += kernel[k] * (line[i + radius - k] + line[i + radius + k]);
      values[(gsize) i * step] = sum;
    }
}

/**
 * mg_blur:
 * @values: (inout): height × width × n_channels
 * @sigma: pixels, more than 0; cut at %MG_BLUR_MAX_RADIUS pixels
 *
 * Gaussian blur, one axis after the other, edges mirrored.
 */
void
mg_blur (float *values,
         int width,
         int height,
         int n_channels,
         double sigma)
{
  int radius = CLAMP ((int) ceil (2.5 * sigma), 1, MG_BLUR_MAX_RADIUS);
  g_autofree float *line = g_new (float, (gsize) MAX (width, height) + 2 * MG_BLUR_MAX_RADIUS);
  float kernel[MG_BLUR_MAX_RADIUS + 1], sum = 0;
  gsize c = (gsize) n_channels, pitch = (gsize) width * c;

  for (int k = 0; k <= radius; k++)
    {
      kernel[k] = (float) exp (-k * k / (2 * sigma * sigma));
      sum += k == 0 ? kernel[k] : 2 * kernel[k];
    }
  for (int k = 0; k <= radius; k++)
    kernel[k] /= sum;
  for (gsize y = 0; y < (gsize) height; y++)
    for (gsize k = 0; k < c; k++)
      blur_line (values + y * pitch + k, width, c, kernel, radius, line);
  for (gsize x = 0; x < pitch; x++)
    blur_line (values + x, height, pitch, kernel, radius, line);
}
