#include "recipe/blind-spot.h"

#include "base/mem.h"
#include "image/select.h"

#include <math.h>
#include <string.h>

/* px: one in as many squared is held out */
#define HELD_OUT_CELL 8
#define MAX_SIDE      (2 * (MG_BLIND_MAX_REACH + MG_BLIND_MAX_REACH) + 1)

/* The patch as it was, and what is hidden around each chosen pixel. */
typedef struct
{
  const float *original; /* size × size × channels */
  int size, channels;
  int reach_x, reach_y;   /* of the hidden box */
  int radius_x, radius_y; /* of the surroundings, more than the box */
  int fill;
} Spot;

static float
value_at (const Spot *spot, int x, int y, int c)
{
  return spot->original[((gsize) y * (gsize) spot->size + (gsize) x) * (gsize) spot->channels + (gsize) c];
}

/* A place of the surroundings inside the patch and outside the box around
 * (x, y); with `any` the middle pixel, too. There is always one: the
 * surroundings reach further than the box. */
static void
draw_other (const Spot *spot, int x, int y, gboolean any, MgRng *rng, int *u, int *v)
{
  int x0 = MAX (x - spot->radius_x, 0), x1 = MIN (x + spot->radius_x, spot->size - 1);
  int y0 = MAX (y - spot->radius_y, 0), y1 = MIN (y + spot->radius_y, spot->size - 1);

  do
    {
      *u = x0 + (int) mg_rng_below (rng, (guint) (x1 - x0 + 1));
      *v = y0 + (int) mg_rng_below (rng, (guint) (y1 - y0 + 1));
    }
  while (ABS (*u - x) <= spot->reach_x && ABS (*v - y) <= spot->reach_y && !(any && *u == x && *v == y));
}

static float
median_around (const Spot *spot, int x, int y, int c)
{
  float values[MAX_SIDE * MAX_SIDE];
  gsize n = 0;

  for (int v = MAX (y - spot->radius_y, 0); v <= MIN (y + spot->radius_y, spot->size - 1); v++)
    for (int u = MAX (x - spot->radius_x, 0); u <= MIN (x + spot->radius_x, spot->size - 1); u++)
      if (ABS (u - x) > spot->reach_x || ABS (v - y) > spot->reach_y)
        values[n++] = value_at (spot, u, v, c);
  return (float) mg_percentile (values, n, 50);
}

/* Hides the middle and, where noise is alike, the box around it. */
static void
hide_one (const Spot *spot, int x, int y, MgRng *rng, float *image)
{
  for (int v = MAX (y - spot->reach_y, 0); v <= MIN (y + spot->reach_y, spot->size - 1); v++)
    for (int u = MAX (x - spot->reach_x, 0); u <= MIN (x + spot->reach_x, spot->size - 1); u++)
      {
        float *out = image + ((gsize) v * (gsize) spot->size + (gsize) u) * (gsize) spot->channels;
        gboolean middle = u == x && v == y;
        int i, j;

        if (middle && spot->fill == MG_BLIND_MEDIAN)
          {
            for (int c = 0; c < spot->channels; c++)
              out[c] = median_around (spot, x, y, c);
            continue;
          }
        draw_other (spot, x, y, middle && spot->fill == MG_BLIND_ANY, rng, &i, &j);
        for (int c = 0; c < spot->channels; c++)
          out[c] = value_at (spot, i, j, c);
      }
}

/* One pixel of each square of so many a side is kept to judge by, whatever patch
 * it is seen in. */
static int
held_out_cell (const MgTrainConfig *config)
{
  return MAX (HELD_OUT_CELL, 2 * (2 * MAX (MAX (config->blind_x, config->blind_y), 0) + 1));
}

static guint64
mix (guint64 x)
{
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u; /* SplitMix64's (Steele et al. 2014) */
  x = (x ^ x >> 27) * 0x94d049bb133111ebu;
  return x ^ x >> 31;
}

/**
 * mg_blind_spot_is_held_out:
 * @config: its seed and the reach of its blind spots count
 * @x: column of a pixel of an image
 * @y: row
 *
 * Returns: whether the pixel is never learned from, but judged by
 */
gboolean
mg_blind_spot_is_held_out (const MgTrainConfig *config,
                           int x,
                           int y)
{
  guint64 cell = (guint64) held_out_cell (config);
  guint64 ux = (guint64) x + (1u << 30), uy = (guint64) y + (1u << 30); /* none is negative */
  guint64 number = mix (mix (config->seed + (ux / cell << 32)) + uy / cell) >> 16;

  return ux % cell == number % cell && uy % cell == number / cell % cell;
}

/* To judge: just the pixels that are held out. */
static void
hide_held_out (const Spot *spot, const MgTrainConfig *config, MgRng *rng, MgPatch *patch, float *weight)
{
  for (int v = 0; v < patch->size; v++)
    for (int u = 0; u < patch->size; u++)
      {
        gsize i = (gsize) v * (gsize) patch->size + (gsize) u;
        int x, y;

        mg_patch_find (patch, u, v, &x, &y);
        if (!mg_blind_spot_is_held_out (config, x, y))
          continue;
        hide_one (spot, u, v, rng, patch->image);
        weight[i] = patch->valid[i];
      }
}

/* To learn: one pixel of each cell of a grid, unless it is held out. */
static void
hide_some (const Spot *spot, const MgTrainConfig *config, MgRng *rng, MgPatch *patch, float *weight)
{
  /* boxes of neighbouring cells must not cover one another's middle too often */
  int box = (2 * spot->reach_x + 1) * (2 * spot->reach_y + 1), crowded = box > 1 ? 2 * box : 1;
  double area = MAX (1 / MAX (config->blind_share, 1e-4), crowded);
  int cell = CLAMP ((int) (sqrt (area) + 0.5), 2, patch->size);

  for (int v0 = 0; v0 < patch->size; v0 += cell)
    for (int u0 = 0; u0 < patch->size; u0 += cell)
      {
        int u = u0 + (int) mg_rng_below (rng, (guint) MIN (cell, patch->size - u0));
        int v = v0 + (int) mg_rng_below (rng, (guint) MIN (cell, patch->size - v0));
        gsize i = (gsize) v * (gsize) patch->size + (gsize) u;
        int x, y;

        mg_patch_find (patch, u, v, &x, &y);
        hide_one (spot, u, v, rng, patch->image);
        weight[i] = mg_blind_spot_is_held_out (config, x, y) ? 0 : patch->valid[i];
      }
}

/**
 * mg_blind_spot_hide:
 * @patch: (inout): its image is changed where pixels are hidden
 * @config: how many and how
 * @rng: (inout): numbers are drawn from it
 * @weight: (out caller-allocates): size × size: 1 at hidden pixels that came
 *   from the image, else 0
 *
 * One pixel of each cell of a grid is hidden (Krull, Buchholz and Jug 2019,
 * Noise2Void), of all channels at once; in a patch to judge by, those that are
 * held out, in others never those.
 *
 * Returns: FALSE with an error when memory runs out
 */
gboolean
mg_blind_spot_hide (MgPatch *patch,
                    const MgTrainConfig *config,
                    MgRng *rng,
                    float *weight,
                    GError **error)
{
  gsize n = (gsize) patch->size * (gsize) patch->size, size = n * (gsize) patch->n_channels * sizeof (float);
  int reach_x = MAX (config->blind_x, 0), reach_y = MAX (config->blind_y, 0);
  int radius = MAX (config->blind_radius, 1);
  float *original = mg_try_alloc (size, "the training patches", error);
  Spot spot = { original, patch->size, patch->n_channels, reach_x, reach_y, MAX (radius, reach_x + 1), MAX (radius, reach_y + 1), config->blind_fill };

  if (original == NULL)
    return FALSE;
  memcpy (original, patch->image, size);
  memset (weight, 0, n * sizeof (float));
  if (patch->judges)
    hide_held_out (&spot, config, rng, patch, weight);
  else
    hide_some (&spot, config, rng, patch, weight);
  mg_free_aligned (original);
  return TRUE;
}
