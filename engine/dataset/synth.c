#include "dataset/synth.h"

#include "base/mem.h"
#include "dataset/blur.h"

#include <math.h>
#include <string.h>

/* A 12-bit camera, as on most fluorescence microscopes. */
#define CAMERA_OFFSET 100
#define CAMERA_MAX    4095
#define CAMERA_GAIN   2.0
#define PIXEL_SIZE_UM 0.325
#define N_WAVES       3

/* Outline r (θ) = radius · (1 + Σ amplitude · cos (kθ + phase)), k = 2, 3, 4,
 * stretched along one axis. */
typedef struct
{
  double x, y, radius;
  double stretch, angle;
  double amplitude[N_WAVES], phase[N_WAVES];
  double brightness;
  double grain[4]; /* of the chromatin: two waves' directions and phases */
} Cell;

typedef struct
{
  const MgSynthParams *params;
  guint32 *labels; /* width × height */
  float *photons;  /* width × height */
} Scene;

/**
 * mg_synth_defaults:
 * @params: (out): nuclei at 20×
 * @size: px a side
 * @denoise: few photons
 */
void
mg_synth_defaults (MgSynthParams *params,
                   int size,
                   gboolean denoise)
{
  *params = (MgSynthParams){
    .width = size,
    .height = size,
    .diameter = 20,
    .density = 0.3,
    .touching = 0.6,
    .photons = denoise ? 40 : 250,
    .background = denoise ? 4 : 20,
    .blur = 1.3,
    .read_noise = 4,
  };
}

/* Mean radius of outline and stretch in direction (dx, dy), over the distance:
 * 1 on the outline, less inside. */
static double
depth (const Cell *cell, double dx, double dy)
{
  double c = cos (cell->angle), s = sin (cell->angle);
  double u = (c * dx + s * dy) / cell->stretch, v = (c * dy - s * dx) * cell->stretch;
  double distance = sqrt (u * u + v * v), theta = atan2 (v, u), radius = 1;

  for (int k = 0; k < N_WAVES; k++)
    radius += cell->amplitude[k] * cos ((k + 2) * theta + cell->phase[k]);
  return distance / (cell->radius * radius);
}

static void
draw_cell (const MgSynthParams *params, MgRng *rng, Cell *out)
{
  out->radius = params->diameter / 2 * exp (0.22 * CLAMP (mg_rng_normal (rng), -2.0, 2.0));
  out->stretch = exp (mg_rng_range (rng, 0, 0.22));
  out->angle = mg_rng_range (rng, 0, G_PI);
  for (int k = 0; k < N_WAVES; k++)
    {
      out->amplitude[k] = mg_rng_range (rng, 0, 0.08 / (k + 1));
      out->phase[k] = mg_rng_range (rng, 0, 2 * G_PI);
    }
  out->brightness = exp (0.45 * CLAMP (mg_rng_normal (rng), -2.0, 1.2));
  for (int k = 0; k < 4; k++)
    out->grain[k] = mg_rng_range (rng, 0, 2 * G_PI);
  out->x = mg_rng_range (rng, 0, params->width);
  out->y = mg_rng_range (rng, 0, params->height);
}

/* Puts the cell into what is free of its place; FALSE when too little is. */
static gboolean
paint_cell (Scene *scene, const Cell *cell, guint32 label)
{
  int reach = (int) ceil (cell->radius * 1.6) + 1;
  int x0 = MAX (0, (int) cell->x - reach), x1 = MIN (scene->params->width, (int) cell->x + reach + 1);
  int y0 = MAX (0, (int) cell->y - reach), y1 = MIN (scene->params->height, (int) cell->y + reach + 1);
  int all = 0, got = 0;

  for (int pass = 0; pass < 2; pass++)
    {
      for (int y = y0; y < y1; y++)
        for (int x = x0; x < x1; x++)
          {
            gsize i = (gsize) y * (gsize) scene->params->width + (gsize) x;
            double dx = x + 0.5 - cell->x, dy = y + 0.5 - cell->y, d = depth (cell, dx, dy);

            if (d > 1)
              continue;
            if (pass == 0)
              all++, got += scene->labels[i] == 0;
            else if (scene->labels[i] == 0)
              {
                double grain = sin (dx * cos (cell->grain[0]) + dy * sin (cell->grain[0]) + cell->grain[1]) *
                               sin (0.7 * (dx * cos (cell->grain[2]) + dy * sin (cell->grain[2])) + cell->grain[3]);

                scene->labels[i] = label;
                scene->photons[i] = (float) (scene->params->photons * cell->brightness *
                                             (0.55 + 0.45 * sqrt (1 - d * d)) * (1 + 0.15 * grain));
              }
          }
      if (pass == 0 && (got < 0.7 * all || got < 0.2 * G_PI * cell->radius * cell->radius))
        return FALSE;
    }
  return TRUE;
}

static void
populate (Scene *scene, MgRng *rng)
{
  const MgSynthParams *p = scene->params;
  double wanted = p->density * p->width * p->height / (G_PI / 4 * p->diameter * p->diameter);
  g_autoptr (GArray) cells = g_array_new (FALSE, FALSE, sizeof (Cell));

  for (int attempt = 0; attempt < 20 * wanted + 20 && cells->len < MAX (1, wanted); attempt++)
    {
      Cell cell;

      draw_cell (p, rng, &cell);
      if (cells->len > 0 && mg_rng_uniform (rng) < p->touching)
        {
          const Cell *other = &g_array_index (cells, Cell, mg_rng_below (rng, cells->len));
          double angle = mg_rng_range (rng, 0, 2 * G_PI), distance = 0.95 * (cell.radius + other->radius);

          cell.x = other->x + distance * cos (angle);
          cell.y = other->y + distance * sin (angle);
        }
      if (paint_cell (scene, &cell, cells->len + 1))
        g_array_append_val (cells, cell);
    }
}

/* A tilt and a bowl, as of uneven light, then the optics. */
static void
add_background (Scene *scene, MgRng *rng)
{
  const MgSynthParams *p = scene->params;
  double angle = mg_rng_range (rng, 0, 2 * G_PI), tilt = mg_rng_range (rng, 0.3, 1), bowl = mg_rng_range (rng, 0, 0.6);
  float *photons = scene->photons;

  for (int y = 0; y < p->height; y++)
    for (int x = 0; x < p->width; x++)
      {
        double u = 2.0 * x / p->width - 1, v = 2.0 * y / p->height - 1;

        *photons++ += (float) (p->background * (1.6 + tilt * (u * cos (angle) + v * sin (angle)) - bowl * (u * u + v * v) / 2));
      }
  if (p->blur > 0)
    mg_blur (scene->photons, p->width, p->height, 1, p->blur);
}

static MgImage *
photograph (const Scene *scene, MgRng *rng, GError **error)
{
  const MgSynthParams *p = scene->params;
  gsize n = (gsize) p->width * (gsize) p->height;
  guint16 *pixels = mg_try_alloc (n * sizeof (guint16), "the simulated image", error);
  char unit[] = "µm";
  MgImageInfo info = {
    .width = p->width,
    .height = p->height,
    .n_channels = 1,
    .n_z = 1,
    .n_t = 1,
    .type = MG_PIXEL_U16,
    .bits = 12,
    .pixel_width = PIXEL_SIZE_UM,
    .pixel_height = PIXEL_SIZE_UM,
    .unit = unit,
  };

  if (pixels == NULL)
    return NULL;
  for (gsize i = 0; i < n; i++)
    {
      double photons = MAX (0.0f, scene->photons[i]), value = CAMERA_OFFSET;

      if (rng)
        value += CAMERA_GAIN * mg_rng_poisson (rng, photons) + p->read_noise * mg_rng_normal (rng);
      else
        value += CAMERA_GAIN * photons;
      pixels[i] = (guint16) CLAMP (value + 0.5, 0.0, CAMERA_MAX);
    }
  return mg_image_new_take (&info, pixels, mg_free_aligned, error);
}

/**
 * mg_synth_cells:
 * @params: what to simulate
 * @rng: (inout): the same state gives the same picture
 * @image: (out) (transfer full): 16-bit, as a camera would see it
 * @labels: (out) (optional) (transfer full): the true instances, 1 … n
 * @clean: (out) (optional) (transfer full): the same without noise
 *
 * Simulated fluorescent nuclei: varied in size, shape and brightness, many
 * touching, over uneven background, blurred by the optics, with photon and
 * read noise. Any thread.
 *
 * Returns: FALSE with an error when memory runs out.
 */
gboolean
mg_synth_cells (const MgSynthParams *params,
                MgRng *rng,
                MgImage **image,
                MgLabels **labels,
                MgImage **clean,
                GError **error)
{
  g_autoptr (MgImage) noisy = NULL;
  g_autoptr (MgImage) quiet = NULL;
  Scene scene = { .params = params };
  gsize n;

  if (!mg_size_mul ((gsize) params->width, (gsize) params->height, &n) || !mg_size_mul (n, sizeof (float), &n) ||
      (scene.labels = mg_try_alloc (n, "the simulated labels", error)) == NULL)
    return FALSE;
  if ((scene.photons = mg_try_alloc (n, "the simulated image", error)) != NULL)
    {
      memset (scene.labels, 0, n);
      memset (scene.photons, 0, n);
      populate (&scene, rng);
      add_background (&scene, rng);
      noisy = photograph (&scene, rng, error);
      quiet = noisy && clean ? photograph (&scene, NULL, error) : NULL;
      mg_free_aligned (scene.photons);
    }
  if (noisy == NULL || (clean && quiet == NULL))
    {
      mg_free_aligned (scene.labels);
      return FALSE;
    }
  if (labels)
    *labels = mg_labels_new_take (params->width, params->height, scene.labels, mg_free_aligned);
  else
    mg_free_aligned (scene.labels);
  if (clean)
    *clean = g_steal_pointer (&quiet);
  *image = g_steal_pointer (&noisy);
  return TRUE;
}
