#include "image/registration.h"

#include "base/mem.h"

#include <complex.h>
#include <math.h>

#define MAX_SIDE_PX 512
#define MIN_SIDE_PX 32
/* Frequencies beyond, in cycles a pixel, hold more noise than image. */
#define PASS_SIGMA 0.08
/* The peak must stand out from the rest of the surface by so many deviations. */
#define MIN_PEAK   12
#define MAX_PASSES 4

typedef float complex Value;

/* Radix-2, in place (Cooley and Tukey 1965); `twiddles` are the n/2 roots. */
static void
transform (Value *values, int n, const Value *twiddles)
{
  for (int i = 1, j = 0; i < n; i++)
    {
      int bit = n >> 1;

      for (; j & bit; bit >>= 1)
        j ^= bit;
      j ^= bit;
      if (i < j)
        {
          Value swap = values[i];

          values[i] = values[j];
          values[j] = swap;
        }
    }
  for (int length = 2; length <= n; length <<= 1)
    for (int i = 0; i < n; i += length)
      for (int k = 0; k < length / 2; k++)
        {
          Value u = values[i + k], v = values[i + k + length / 2] * twiddles[k * (n / length)];

          values[i + k] = u + v;
          values[i + k + length / 2] = u - v;
        }
}

static void
transpose (Value *values, int n)
{
  for (int y = 0; y < n; y++)
    for (int x = 0; x < y; x++)
      {
        Value swap = values[y * n + x];

        values[y * n + x] = values[x * n + y];
        values[x * n + y] = swap;
      }
}

/* Twice: the result is transposed, which a second call undoes. */
static void
transform_plane (Value *values, int n, const Value *twiddles)
{
  for (int pass = 0; pass < 2; pass++)
    {
      for (int y = 0; y < n; y++)
        transform (values + (gsize) y * (gsize) n, n, twiddles);
      transpose (values, n);
    }
}

/* A square at (x0, y0) of the plane under a window that falls to 0 at the edges, whose
 * jumps would otherwise be what is found. */
static void
take_square (const float *plane, int width, int x0, int y0, int n, Value *out)
{
  double mean = 0;

  for (int i = 0; i < n * n; i++)
    {
      float value = plane[(gsize) (y0 + i / n) * (gsize) width + (gsize) (x0 + i % n)];

      out[i] = isfinite (value) ? value : 0;
      mean += crealf (out[i]) / ((double) n * n);
    }
  for (int i = 0; i < n * n; i++)
    {
      double wx = 0.5 - 0.5 * cos (2 * G_PI * (i % n + 0.5) / n), wy = 0.5 - 0.5 * cos (2 * G_PI * (i / n + 0.5) / n);

      out[i] = (float) ((crealf (out[i]) - mean) * wx * wy);
    }
}

/* Phases of the product, low frequencies only. */
static void
cross_power (Value *a, const Value *b, int n)
{
  for (int i = 0; i < n * n; i++)
    {
      Value product = conjf (a[i]) * b[i];
      float size = cabsf (product);
      double fx = (double) (i % n < n / 2 ? i % n : i % n - n) / n, fy = (double) (i / n < n / 2 ? i / n : i / n - n) / n;
      float pass = (float) exp (-(fx * fx + fy * fy) / (2 * PASS_SIGMA * PASS_SIGMA));

      /* conjugated, so that the forward transform goes back */
      a[i] = size > 0 && i > 0 ? conjf (product) / size * pass : 0;
    }
}

static double
at (const Value *surface, int n, int x, int y)
{
  return crealf (surface[((y + n) % n) * n + (x + n) % n]);
}

/* Vertex of the parabola through the peak and its neighbours. */
static double
refine (double before, double peak, double after)
{
  double curve = before - 2 * peak + after;

  return curve < 0 ? 0.5 * (before - after) / curve : 0;
}

static void
find_peak (const Value *surface, int n, double *x, double *y, gboolean *found)
{
  double peak = -INFINITY, square = 0;
  int px = 0, py = 0;

  for (int i = 0; i < n * n; i++)
    {
      double value = crealf (surface[i]);

      square += value * value / ((double) n * n);
      if (value > peak)
        {
          peak = value;
          px = i % n;
          py = i / n;
        }
    }
  *found = peak > MIN_PEAK * sqrt (square);
  *x = (px < n / 2 ? px : px - n) + refine (at (surface, n, px - 1, py), peak, at (surface, n, px + 1, py));
  *y = (py < n / 2 ? py : py - n) + refine (at (surface, n, px, py - 1), peak, at (surface, n, px, py + 1));
}

/* Planes and memory of one search. */
typedef struct
{
  const float *a, *b;
  int width, n, x0, y0;
  Value *first, *second, *twiddles;
} Search;

/* The square of b is taken (right, down) off that of a; the shift is in all. */
static void
search (const Search *s, int right, int down, double *x, double *y, gboolean *found)
{
  take_square (s->a, s->width, s->x0, s->y0, s->n, s->first);
  take_square (s->b, s->width, s->x0 + right, s->y0 + down, s->n, s->second);
  transform_plane (s->first, s->n, s->twiddles);
  transform_plane (s->second, s->n, s->twiddles);
  cross_power (s->first, s->second, s->n);
  transform_plane (s->first, s->n, s->twiddles);
  find_peak (s->first, s->n, x, y, found);
  *x += right;
  *y += down;
}

/**
 * mg_find_shift:
 * @a: width × height
 * @b: width × height: the same scene
 * @x: (out): by how many pixels what is in @a lies further right in @b
 * @y: (out): likewise further down
 * @found: (out): whether the two agree well enough to say; else both are 0
 *
 * Phase correlation (Kuglin and Hines 1975) of the middle 512 × 512 pixels, with
 * a parabola for the fraction; again with one square moved by what was found, as
 * far as the image reaches, since the window favours small shifts. Any
 * thread.
 *
 * Returns: FALSE with an error when memory runs out
 */
gboolean
mg_find_shift (const float *a,
               const float *b,
               int width,
               int height,
               double *x,
               double *y,
               gboolean *found,
               GError **error)
{
  Search s = { .a = a, .b = b, .width = width, .n = MAX_SIDE_PX };
  gsize size;

  *x = *y = 0;
  *found = FALSE;
  while (s.n > MIN (width, height))
    s.n /= 2;
  if (s.n < MIN_SIDE_PX)
    return TRUE;
  s.x0 = (width - s.n) / 2;
  s.y0 = (height - s.n) / 2;
  size = (gsize) s.n * (gsize) s.n;
  s.first = mg_try_alloc ((2 * size + (gsize) s.n / 2) * sizeof (Value), "comparing a pair of images", error);
  if (s.first == NULL)
    return FALSE;
  s.second = s.first + size;
  s.twiddles = s.second + size;
  for (int k = 0; k < s.n / 2; k++)
    s.twiddles[k] = (Value) cexp (-2 * G_PI * I * k / s.n);
  for (int pass = 0, right = G_MAXINT, down = 0; pass < MAX_PASSES; pass++)
    {
      int to_right = CLAMP ((int) lrint (*x), -s.x0, width - s.n - s.x0);
      int to_down = CLAMP ((int) lrint (*y), -s.y0, height - s.n - s.y0);

      if (to_right == right && to_down == down)
        break;
      right = to_right;
      down = to_down;
      search (&s, right, down, x, y, found);
      if (!*found)
        break;
    }
  if (!*found)
    *x = *y = 0;
  mg_free_aligned (s.first);
  return TRUE;
}
