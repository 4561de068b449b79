#include "predict/predictor-private.h"

#include "base/mem.h"
#include "predict/sampler.h"
#include "predict/tiler.h"

#include <math.h>

/* a second look is worth it when the scale differs by more */
#define SAME_SCALE 1.1

struct _MgPredictRun
{
  MgImage *image; /* shared */
  MgRect rect;
  MgDecodeParams params;
  double scale;
  gboolean looked; /* at a scale found by a first look */
  MgSampler sampler;
  MgTileAxis columns, rows;
  int next;     /* tile */
  MgMaps maps;  /* owned */
  float *input; /* owned: one tile */
  float *output;
  MgPredictor *predictor; /* borrowed */
};

static void
clear_layout (MgPredictRun *run)
{
  mg_tile_axis_clear (&run->columns);
  mg_tile_axis_clear (&run->rows);
  g_clear_pointer (&run->maps.planes, mg_free_aligned);
  g_clear_pointer (&run->input, mg_free_aligned);
  g_clear_pointer (&run->output, mg_free_aligned);
}

void
_mg_predict_run_free (MgPredictRun *run)
{
  if (run == NULL)
    return;
  clear_layout (run);
  mg_image_unref (run->image);
  g_free (run);
}

static float *
allocate (gint64 width, gint64 height, gint64 channels, const char *what, GError **error)
{
  gsize size;

  if (!mg_size_mul ((gsize) width, (gsize) height, &size) ||
      !mg_size_mul (size, (gsize) channels * sizeof (float), &size))
    size = G_MAXSIZE;
  if (size > mg_memory_available ())
    {
      g_autofree char *text = g_format_size (size);

      g_set_error (error, MG_ERROR, MG_ERROR_NO_MEMORY,
                   "%s needs %s, more memory than is free (predict a part of the image)", what, text);
      return NULL;
    }
  return mg_try_alloc (size, what, error);
}

/* How many grid pixels there are to see beyond the rectangle, up to the halo; in
 * front so many more that poolings fall as they would in the whole image. */
static void
find_margins (int begin, int length, int size, double step, int halo, int multiple, int *before, int *after)
{
  int first = (int) floor (begin / step);

  *before = MIN (first, halo);
  *before += (first - *before) % multiple;
  *after = (int) MIN (floor ((size - begin - length) / step), halo);
}

/* Grid, tiles and memory for the scale in run->scale. */
static gboolean
lay_out (MgPredictRun *run, GError **error)
{
  const MgTrainConfig *config = _mg_predictor_get_config (run->predictor);
  const MgImageInfo *info = mg_image_get_info (run->image);
  int halo = mg_unet_receptive_field (&config->net), multiple = mg_unet_multiple (&config->net);
  double width = MAX (round (run->rect.width * run->scale), 1), height = MAX (round (run->rect.height * run->scale), 1);
  int left, right, above, below, tile_width, tile_height;

  clear_layout (run);
  run->next = 0;
  if (width > G_MAXINT / 4 || height > G_MAXINT / 4)
    {
      g_set_error (error, MG_ERROR, MG_ERROR_TOO_LARGE, "the image is too large to be enlarged for the network");
      return FALSE;
    }
  run->maps = (MgMaps){
    .width = (int) width,
    .height = (int) height,
    .n_channels = mg_recipe_n_maps (_mg_predictor_get_recipe (run->predictor), config),
  };
  for (int c = 0; c < MIN (config->net.n_in, MG_DATASET_MAX_CHANNELS); c++)
    {
      run->maps.low[c] = run->sampler.low[c];
      run->maps.high[c] = run->sampler.high[c];
    }
  run->sampler.x = run->rect.x;
  run->sampler.y = run->rect.y;
  run->sampler.step_x = run->rect.width / width;
  run->sampler.step_y = run->rect.height / height;
  find_margins (run->rect.x, run->rect.width, info->width, run->sampler.step_x, halo, multiple, &left, &right);
  find_margins (run->rect.y, run->rect.height, info->height, run->sampler.step_y, halo, multiple, &above, &below);
  if (!_mg_predictor_choose_tile (run->predictor, run->maps.width + left + right, run->maps.height + above + below,
                                  &tile_width, &tile_height, error))
    return FALSE;
  mg_tile_axis_init (&run->columns, run->maps.width, left, right, tile_width, multiple, halo);
  mg_tile_axis_init (&run->rows, run->maps.height, above, below, tile_height, multiple, halo);
  run->maps.planes = allocate (run->maps.width, run->maps.height, run->maps.n_channels, "predicting this image", error);
  if (run->maps.planes == NULL)
    return FALSE;
  run->input = allocate (tile_width, tile_height, config->net.n_in, "a tile", error);
  if (run->input == NULL)
    return FALSE;
  run->output = allocate (tile_width, tile_height, run->maps.n_channels, "a tile", error);
  return run->output != NULL;
}

static gboolean
check_image (MgPredictor *predictor, const MgImageInfo *info, const MgRect *rect, GError **error)
{
  int n_in = _mg_predictor_get_config (predictor)->net.n_in;

  if (n_in > MG_SAMPLER_MAX_CHANNELS || info->n_channels != n_in)
    {
      g_set_error (error, MG_ERROR, MG_ERROR_SHAPE,
                   "the model was trained on images of %d channels and this one has %d", n_in, info->n_channels);
      return FALSE;
    }
  if (mg_rect_is_empty (rect) || rect->x < 0 || rect->y < 0 || rect->x > info->width - rect->width ||
      rect->y > info->height - rect->height)
    {
      g_set_error (error, MG_ERROR, MG_ERROR_USAGE, "the part to predict does not lie in the image");
      return FALSE;
    }
  return TRUE;
}

MgPredictRun *
_mg_predict_run_new (MgPredictor *predictor,
                     MgImage *image,
                     int z,
                     int t,
                     const MgRect *rect,
                     const MgDecodeParams *params,
                     GCancellable *cancellable,
                     GError **error)
{
  const MgTrainConfig *config = _mg_predictor_get_config (predictor);
  const MgImageInfo *info = mg_image_get_info (image);
  MgRect all = { 0, 0, info->width, info->height };
  g_autoptr (MgPredictRun) run = NULL;

  if (!check_image (predictor, info, rect ?: &all, error))
    return NULL;
  run = g_new0 (MgPredictRun, 1);
  run->predictor = predictor;
  run->image = mg_image_ref (image);
  run->rect = rect == NULL ? all : *rect;
  run->scale = config->working_scale > 0 ? config->working_scale : 1;
  run->sampler = (MgSampler){ .image = image, .z = z, .t = t, .n_channels = config->net.n_in };
  if (params != NULL)
    run->params = *params;
  else
    _mg_predictor_get_recipe (predictor)->decode_defaults (&run->params);
  if (!_mg_predictor_normalise (predictor, image, z, t, run->sampler.low, run->sampler.high, cancellable, error) ||
      !lay_out (run, error))
    return NULL;
  return g_steal_pointer (&run);
}

double
_mg_predict_run_get_fraction (MgPredictRun *run)
{
  return (double) run->next / ((double) run->columns.n * run->rows.n);
}

void
_mg_predict_run_steal (MgPredictRun *run,
                       MgMaps *maps)
{
  *maps = run->maps;
  run->maps.planes = NULL;
}

/* Adds a tile to the maps, each pixel by its weight. */
static void
blend (MgPredictRun *run, int i, int j)
{
  const float *wx = run->columns.weights + (gsize) i * (gsize) run->columns.tile;
  const float *wy = run->rows.weights + (gsize) j * (gsize) run->rows.tile;
  int x0 = run->columns.starts[i], y0 = run->rows.starts[j];
  int u0 = MAX (0, -x0), u1 = MIN (run->columns.tile, run->maps.width - x0);
  int v0 = MAX (0, -y0), v1 = MIN (run->rows.tile, run->maps.height - y0);
  gsize plane = (gsize) run->maps.width * (gsize) run->maps.height, n = (gsize) run->maps.n_channels;

  for (int v = v0; v < v1; v++)
    {
      const float *in = run->output + ((gsize) v * (gsize) run->columns.tile + (gsize) u0) * n;
      float *out = run->maps.planes + (gsize) (y0 + v) * (gsize) run->maps.width + x0 + u0;

      for (int u = u0; u < u1; u++, out++)
        for (gsize c = 0; c < n; c++)
          out[c * plane] += wx[u] * wy[v] * *in++;
    }
}

/* After the last tile of a first look: whether another scale suits better. */
static gboolean
look_again (MgPredictRun *run)
{
  const MgTrainConfig *config = _mg_predictor_get_config (run->predictor);
  const MgRecipe *recipe = _mg_predictor_get_recipe (run->predictor);
  double scale;

  if (run->looked || config->working_diameter <= 0 || recipe->rescale == NULL)
    return FALSE;
  run->looked = TRUE;
  scale = recipe->rescale (&run->maps, run->scale, config, &run->params);
  if (!isfinite (scale) || scale <= 0 || MAX (scale, run->scale) < SAME_SCALE * MIN (scale, run->scale))
    return FALSE;
  run->scale = scale;
  return TRUE;
}

MgStep
_mg_predict_run_step (MgPredictRun *run,
                      GCancellable *cancellable,
                      GError **error)
{
  int i = run->next % run->columns.n, j = run->next / run->columns.n;
  MgRect tile = { run->columns.starts[i], run->rows.starts[j], run->columns.tile, run->rows.tile };

  if (!mg_sampler_read (&run->sampler, &tile, run->input, cancellable, error) ||
      !_mg_predictor_run_tile (run->predictor, tile.width, tile.height, run->input, run->output, cancellable, error))
    return MG_STEP_ERROR;
  blend (run, i, j);
  if (++run->next < run->columns.n * run->rows.n)
    return MG_STEP_MORE;
  if (!look_again (run))
    return MG_STEP_DONE;
  return lay_out (run, error) ? MG_STEP_MORE : MG_STEP_ERROR;
}
