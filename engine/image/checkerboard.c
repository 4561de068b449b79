#include "image/checkerboard.h"

#include <math.h>

/* Pieces of rows and columns, each half over the last. */
#define PIECE_PX 16
/* The finest frequency, which is a pattern of every other pixel, and one that is
 * a little coarser; two apart, because the window spreads each to the next. */
#define FINEST  8
#define COARSER 6

/* Power of one frequency in a piece under a Hann window. */
static double
power_at (const float *piece, gsize stride, double mean, int frequency)
{
  double real = 0, imaginary = 0;

  for (int i = 0; i < PIECE_PX; i++)
    {
      double window = 0.5 - 0.5 * cos (2 * G_PI * i / PIECE_PX), angle = 2 * G_PI * frequency * i / PIECE_PX;
      double value = window * (piece[(gsize) i * stride] - mean);

      real += value * cos (angle);
      imaginary += value * sin (angle);
    }
  return real * real + imaginary * imaginary;
}

static void
add_lines (const float *values, int n_lines, gsize line_stride, int length, gsize stride, double *finest, double *coarser)
{
  for (int line = 0; line < n_lines; line++)
    for (int begin = 0; begin + PIECE_PX <= length; begin += PIECE_PX / 2)
      {
        const float *piece = values + (gsize) line * line_stride + (gsize) begin * stride;
        double mean = 0;

        for (int i = 0; i < PIECE_PX; i++)
          mean += piece[(gsize) i * stride] / (double) PIECE_PX;
        if (!isfinite (mean))
          continue;
        *finest += power_at (piece, stride, mean, FINEST);
        *coarser += power_at (piece, stride, mean, COARSER);
      }
}

/**
 * mg_checkerboard:
 * @values: width × height
 *
 * Networks with blind spots may leave patterns of single pixels (Höck et al. 2022,
 * who show them in spectra): power at the finest frequency of rows and columns,
 * which every other pixel brighter has alone, over that at three quarters of it.
 * Any thread.
 *
 * Returns: 1 for white noise, less for smooth images, more with a pattern; NaN for
 *   images smaller than 16 pixels or with nothing in them
 */
double
mg_checkerboard (const float *values,
                 int width,
                 int height)
{
  double finest = 0, coarser = 0;

  add_lines (values, height, (gsize) width, width, 1, &finest, &coarser);
  add_lines (values, width, 1, height, (gsize) width, &finest, &coarser);
  return coarser > 0 ? finest / coarser : NAN;
}
