#include "dataset/augment.h"

#include "dataset/blur.h"

#include <math.h>

/* Patches begin at a cell this often, so that sparse images teach cells too. */
#define AT_OBJECT 0.85
/* Largest axis ratio drawn with the scale, as a share of the scale's own range. */
#define ANISOTROPY  0.5
#define P_INTENSITY 0.7
#define P_NOISE     0.3
#define P_BLUR      0.25

/* Keeps the patch inside along one axis, or centres it where it cannot be. */
static double
inside (double x, double half, double length)
{
  if (2 * half >= length)
    return length / 2;
  return CLAMP (x, half, length - half);
}

static void
choose_centre (const MgItem *item, double half, MgRng *rng, MgPlace *out)
{
  const MgImageInfo *info = mg_image_get_info (item->image);

  if (item->n_objects > 0 && mg_rng_uniform (rng) < AT_OBJECT)
    {
      guint i = mg_rng_below (rng, item->n_objects);

      out->x = item->centres[2 * i] + mg_rng_range (rng, -0.6, 0.6) * half;
      out->y = item->centres[2 * i + 1] + mg_rng_range (rng, -0.6, 0.6) * half;
    }
  else
    {
      MgRect all = { 0, 0, info->width, info->height };
      const MgRect *rect = &all;

      if (item->regions != NULL)
        rect = &g_array_index (item->regions, MgRect, mg_rng_below (rng, item->regions->len));
      out->x = rect->x + mg_rng_uniform (rng) * rect->width;
      out->y = rect->y + mg_rng_uniform (rng) * rect->height;
    }
  out->x = inside (out->x, half, info->width);
  out->y = inside (out->y, half, info->height);
}

static void
choose_bend (double sigma, MgRng *rng, MgPlace *out)
{
  out->elastic = sigma > 0;
  for (int j = 0; out->elastic && j < MG_ELASTIC_NODES; j++)
    for (int i = 0; i < MG_ELASTIC_NODES; i++)
      for (int k = 0; k < 2; k++)
        out->shift[j][i][k] = (float) (sigma * CLAMP (mg_rng_normal (rng), -3.0, 3.0));
}

/* Patch pixels lie on image pixels when the centre lies on a corner of them. */
static void
place_exactly (const MgAugment *augment, const MgItem *item, int size, MgRng *rng, MgPlace *out)
{
  static const int turns[4][4] = { { 1, 0, 0, 1 }, { 0, -1, 1, 0 }, { -1, 0, 0, -1 }, { 0, 1, -1, 0 } };
  guint turn = augment->rotation > 0 ? mg_rng_below (rng, 4) : 0;
  double mirror = augment->flips && mg_rng_uniform (rng) < 0.5 ? -1 : 1;

  *out = (MgPlace){ .matrix = { mirror * turns[turn][0], turns[turn][1], mirror * turns[turn][2], turns[turn][3] } };
  choose_centre (item, size / 2.0, rng, out);
  out->x = round (out->x);
  out->y = round (out->y);
}

/**
 * mg_augment_place:
 * @item: to cut from
 * @scale: patch pixels an image pixel, before variation
 * @size: of the patch
 * @rng: (inout): numbers are drawn from it
 * @out: (out): the place
 *
 * Draws where a patch lies (mostly near a cell, inside the image where it
 * fits), its turn, mirror, scale and bend.
 */
void
mg_augment_place (const MgAugment *augment,
                  const MgItem *item,
                  double scale,
                  int size,
                  MgRng *rng,
                  MgPlace *out)
{
  if (augment->exact)
    {
      place_exactly (augment, item, size, rng, out);
      return;
    }

  double range = log (1 + augment->scale);
  double factor = scale * exp (mg_rng_range (rng, -range, range));
  double stretch = exp (mg_rng_range (rng, -range, range) * ANISOTROPY / 2);
  double angle = mg_rng_range (rng, -1, 1) * augment->rotation * G_PI / 180;
  double mirror = augment->flips && mg_rng_uniform (rng) < 0.5 ? -1 : 1;
  double sx = mirror / (factor * stretch), sy = stretch / factor;

  *out = (MgPlace){ .matrix = { cos (angle) * sx, -sin (angle) * sy, sin (angle) * sx, cos (angle) * sy } };
  if (augment->flips && augment->rotation == 0 && mg_rng_uniform (rng) < 0.5)
    out->matrix[3] = -out->matrix[3];
  choose_centre (item, size / (2 * factor), rng, out);
  choose_bend (augment->elastic, rng, out);
}

static void
vary_brightness (double strength, MgRng *rng, float *values, gsize n)
{
  float gamma = (float) exp (mg_rng_range (rng, -0.5, 0.5) * strength);
  float gain = (float) exp (mg_rng_range (rng, -0.4, 0.4) * strength);
  float offset = (float) (mg_rng_range (rng, -0.1, 0.1) * strength);

  for (gsize i = 0; i < n; i++)
    values[i] = copysignf (powf (fabsf (values[i]), gamma), values[i]) * gain + offset;
}

/* Two normal numbers from one logarithm (Marsaglia's polar method 1964). */
static void
add_noise (float *values, gsize n, double sigma, MgRng *rng)
{
  for (gsize i = 0; i < n; i += 2)
    {
      double u, v, s;

      do
        {
          guint64 bits = mg_rng_next (rng);

          u = (double) (gint32) (bits >> 32) * 0x1.0p-31;
          v = (double) (gint32) bits * 0x1.0p-31;
          s = u * u + v * v;
        }
      while (s >= 1 || s == 0);
      s = sigma * sqrt (-2 * log (s) / s);
      values[i] += (float) (u * s);
      if (i + 1 < n)
        values[i + 1] += (float) (v * s);
    }
}

/**
 * mg_augment_intensity:
 * @rng: (inout): numbers are drawn from it
 * @patch: (inout): its image is varied; labels and clean stay
 *
 * Gain, offset and gamma, blur and noise, each for a share of the patches.
 */
void
mg_augment_intensity (const MgAugment *augment,
                      MgRng *rng,
                      MgPatch *patch)
{
  gsize n = (gsize) patch->size * (gsize) patch->size * (gsize) patch->n_channels;

  if (augment->intensity > 0 && mg_rng_uniform (rng) < P_INTENSITY)
    vary_brightness (augment->intensity, rng, patch->image, n);
  if (augment->blur > 0 && mg_rng_uniform (rng) < P_BLUR)
    mg_blur (patch->image, patch->size, patch->size, patch->n_channels, augment->blur * mg_rng_range (rng, 0.25, 1));
  if (augment->noise > 0 && mg_rng_uniform (rng) < P_NOISE)
    add_noise (patch->image, n, augment->noise * mg_rng_uniform (rng), rng);
}
