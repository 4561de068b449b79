#include "predict/predictor-private.h"

#include "base/mem.h"
#include "predict/sampler.h"
#include "predict/tiler.h"

#include <math.h>

/* a second look is worth it when the scale differs by more */
#define SAME_SCALE 1.1
/* a pixel is a square up to this ratio of its sides */
#define SAME_PIXEL_SIDES 1.02

struct _MgPredictRun
{
  MgImage *image; /* shared */
  MgRect rect;
  MgDecodeParams params;
  double scale;
  gboolean looked; /* at a scale found by a first look */
  MgSampler sampler;
  MgTileAxis columns, rows;
  int n_passes;       /* channels that go through the network one by one, else 1 */
  int n_orientations; /* that every tile is looked at in; the maps are their mean */
  int next;           /* tile of all passes and orientations */
  MgMaps maps;        /* owned */
  float *input;       /* owned: one tile */
  float *turned;      /* (nullable): owned: the same in another orientation */
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
  g_clear_pointer (&run->turned, mg_free_aligned);
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
    .n_channels = mg_recipe_n_maps (_mg_predictor_get_recipe (run->predictor), config) * run->n_passes,
  };
  for (int c = 0; c < info->n_channels; c++)
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
  if (run->n_orientations > 1)
    {
      run->turned = allocate (tile_width, tile_height, config->net.n_in, "a tile", error);
      if (run->turned == NULL)
        return FALSE;
    }
  run->output = allocate (tile_width, tile_height, run->maps.n_channels / run->n_passes, "a tile", error);
  return run->output != NULL;
}

static gboolean
check_image (MgPredictor *predictor, const MgImageInfo *info, const MgRect *rect, GError **error)
{
  int n_in = _mg_predictor_get_config (predictor)->net.n_in;

  if (_mg_predictor_get_config (predictor)->each_channel && info->n_channels > MG_SAMPLER_MAX_CHANNELS)
    {
      g_set_error (error, MG_ERROR, MG_ERROR_SHAPE, "it has %d channels; at most %d can be restored one by one",
                   info->n_channels, MG_SAMPLER_MAX_CHANNELS);
      return FALSE;
    }
  if (!_mg_predictor_get_config (predictor)->each_channel && (n_in > MG_SAMPLER_MAX_CHANNELS || info->n_channels != n_in))
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

/* Orientations are those the network has learned from, but for what is not alike
 * in both directions: pixels that are no squares, noise along lines. */
static int
count_orientations (const MgTrainConfig *config, const MgImageInfo *info)
{
  double ratio = info->pixel_width > 0 && info->pixel_height > 0 ? info->pixel_width / info->pixel_height : 1;

  if (!config->flips)
    return 1;
  return config->rotation < 90 || MAX (ratio, 1 / ratio) > SAME_PIXEL_SIDES || config->blind_x != config->blind_y ? 4 : 8;
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
  run->n_passes = config->each_channel ? info->n_channels : 1;
  run->n_orientations = _mg_predictor_get_augment (predictor) ? count_orientations (config, info) : 1;
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
  return (double) run->next / ((double) run->columns.n * run->rows.n * run->n_passes * run->n_orientations);
}

void
_mg_predict_run_steal (MgPredictRun *run,
                       MgMaps *maps)
{
  *maps = run->maps;
  run->maps.planes = NULL;
}

/* Where a tile's pixels lie in the tile as the network sees it: pixel (x, y) at
 * `first` + x · step_x + y · step_y. */
typedef struct
{
  int width, height;
  gssize first, step_x, step_y;
} Turn;

/* The eight orientations: bit 0 mirrors x, bit 1 mirrors y, bit 2 swaps them. */
static Turn
get_turn (int orientation, int width, int height)
{
  gboolean swapped = (orientation & 4) != 0;
  Turn turn = { swapped ? height : width, swapped ? width : height, 0, swapped ? height : 1, swapped ? 1 : width };

  if (orientation & 1)
    {
      turn.first += (width - 1) * turn.step_x;
      turn.step_x = -turn.step_x;
    }
  if (orientation & 2)
    {
      turn.first += (height - 1) * turn.step_y;
      turn.step_y = -turn.step_y;
    }
  return turn;
}

static void
turn_tile (const Turn *turn, const float *in, int width, int height, int n_channels, float *out)
{
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      for (int c = 0; c < n_channels; c++)
        out[(turn->first + x * turn->step_x + y * turn->step_y) * n_channels + c] = *in++;
}

/* Adds a tile to the maps, each pixel by its weight. */
static void
blend (MgPredictRun *run, int i, int j, const Turn *turn)
{
  const float *wx = run->columns.weights + (gsize) i * (gsize) run->columns.tile;
  const float *wy = run->rows.weights + (gsize) j * (gsize) run->rows.tile;
  int x0 = run->columns.starts[i], y0 = run->rows.starts[j];
  int u0 = MAX (0, -x0), u1 = MIN (run->columns.tile, run->maps.width - x0);
  int v0 = MAX (0, -y0), v1 = MIN (run->rows.tile, run->maps.height - y0);
  gsize plane = (gsize) run->maps.width * (gsize) run->maps.height, n = (gsize) (run->maps.n_channels / run->n_passes);
  float *planes = run->maps.planes + (gsize) run->sampler.channel * plane;

  plane *= (gsize) run->n_passes;
  for (int v = v0; v < v1; v++)
    {
      const float *in = run->output + (turn->first + v * turn->step_y + u0 * turn->step_x) * (gssize) n;
      float *out = planes + (gsize) (y0 + v) * (gsize) run->maps.width + x0 + u0;

      for (int u = u0; u < u1; u++, out++, in += turn->step_x * (gssize) n)
        for (gsize c = 0; c < n; c++)
          out[c * plane] += wx[u] * wy[v] * in[c];
    }
}

/* Sums over the orientations become their means. */
static void
average (MgPredictRun *run)
{
  gsize n = (gsize) run->maps.width * (gsize) run->maps.height * (gsize) run->maps.n_channels;
  float share = 1.0f / (float) run->n_orientations;

  for (gsize i = 0; i < n && run->n_orientations > 1; i++)
    run->maps.planes[i] *= share;
}

/* After the last tile of a first look, in one orientation: whether another scale
 * suits better. */
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
  int n_tiles = run->columns.n * run->rows.n, tile = run->next % n_tiles, n_look = n_tiles * run->n_passes;
  int i = tile % run->columns.n, j = tile / run->columns.n;
  MgRect rect = { run->columns.starts[i], run->rows.starts[j], run->columns.tile, run->rows.tile };
  Turn turn = get_turn (run->next / n_look, rect.width, rect.height);

  run->sampler.channel = run->next / n_tiles % run->n_passes;
  if (!mg_sampler_read (&run->sampler, &rect, run->input, cancellable, error))
    return MG_STEP_ERROR;
  if (run->turned != NULL)
    turn_tile (&turn, run->input, rect.width, rect.height, run->sampler.n_channels, run->turned);
  if (!_mg_predictor_run_tile (run->predictor, turn.width, turn.height, run->turned ?: run->input, run->output,
                               cancellable, error))
    return MG_STEP_ERROR;
  blend (run, i, j, &turn);
  if (++run->next == n_look && look_again (run))
    return lay_out (run, error) ? MG_STEP_MORE : MG_STEP_ERROR;
  if (run->next < n_look * run->n_orientations)
    return MG_STEP_MORE;
  average (run);
  return MG_STEP_DONE;
}
