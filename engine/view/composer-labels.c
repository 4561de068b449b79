#include "view/composer-private.h"

#include <math.h>
#include <string.h>

/* From this zoom on outlines are two device pixels wide. */
#define WIDE_OUTLINE_ZOOM 6.0
#define MAX_MARGIN        2
/* Length of a dash and of a gap, along the diagonal, device pixels. */
#define DASH_SHIFT 2
/* Width of the stripes of ignored pixels, likewise, and how faint they get. */
#define HATCH_SHIFT 3
#define MIN_HATCH   0.35
#define N_COLOURS   256

/* The colours used last, by label: a tile shows a few hundred labels, and
 * working a colour out costs more than drawing a pixel. */
typedef struct
{
  guint32 labels[N_COLOURS], words[N_COLOURS];
} ColourCache;

static inline guint32
colour_of (ColourCache *cache,
           guint32 label)
{
  guint i = label % N_COLOURS;

  if (cache->labels[i] != label)
    {
      cache->labels[i] = label;
      cache->words[i] = _mg_word_of_rgb (mg_label_colour (label));
    }
  return cache->words[i];
}

/* Moves places in the image into the label raster's own pixels. */
static void
to_raster (int *places,
           int n,
           int origin,
           int extent,
           int raster_size)
{
  for (int i = 0; i < n; i++)
    {
      gint64 at = (gint64) places[i] - origin;

      if (places[i] < 0 || at < 0 || at >= extent)
        places[i] = -1;
      else
        places[i] = (int) (extent == raster_size ? at : at * raster_size / extent);
    }
}

static void
sample_row (const MgLabelLayer *layer,
            int row,
            const int *columns,
            int n,
            guint32 *out)
{
  if (layer->mask != NULL)
    {
      mg_mask_sample_row (layer->mask, row, columns, n, out);
      return;
    }
  if (row < 0)
    {
      memset (out, 0, n * sizeof *out);
      return;
    }

  const guint32 *from = mg_labels_get_data (layer->labels) + (gsize) row * mg_labels_get_width (layer->labels);

  for (int i = 0; i < n; i++)
    out[i] = columns[i] < 0 ? 0 : from[columns[i]];
}

/* The labels under a part of the screen and a margin around it. FALSE when
 * there are none. */
static gboolean
sample_labels (const MgLabelLayer *layer,
               const MgViewport *viewport,
               const MgRect *part,
               guint32 *out)
{
  g_autofree int *columns = g_new (int, part->width);
  g_autofree int *rows = g_new (int, part->height);
  guint32 any = 0;

  _mg_sample_axis (viewport->centre_x, viewport->zoom, viewport->width, viewport->image_width,
                   part->x, part->width, columns);
  _mg_sample_axis (viewport->centre_y, viewport->zoom, viewport->height, viewport->image_height,
                   part->y, part->height, rows);
  if (layer->labels != NULL)
    {
      to_raster (columns, part->width, layer->rect.x, layer->rect.width, mg_labels_get_width (layer->labels));
      to_raster (rows, part->height, layer->rect.y, layer->rect.height, mg_labels_get_height (layer->labels));
    }
  for (int y = 0; y < part->height; y++)
    {
      guint32 *row = out + (gsize) y * part->width;

      if (y > 0 && rows[y] == rows[y - 1])
        memcpy (row, row - part->width, part->width * sizeof *row);
      else
        sample_row (layer, rows[y], columns, part->width, row);
      for (int x = 0; x < part->width; x++)
        any |= row[x];
    }
  return any != 0;
}

/* How the pixels of a layer are weighted, 0 … 256. */
typedef struct
{
  guint32 fill, outline;
  guint32 selected_fill, ignored_fill;
} Weights;

static guint32
weight_of (double opacity)
{
  return (guint32) lround (256 * CLAMP (opacity, 0, 1));
}

static inline gboolean
is_border (const guint32 *at,
           gsize stride,
           int margin)
{
  guint32 label = *at;
  guint32 differs = (at[-1] ^ label) | (at[1] ^ label) | (*(at - stride) ^ label) | (at[stride] ^ label);

  if (margin > 1)
    differs |= (at[-2] ^ label) | (at[2] ^ label) | (*(at - 2 * stride) ^ label) | (at[2 * stride] ^ label);
  return differs != 0;
}

/* Ignored pixels are hatched in grey: no cell looks like that. */
static inline guint32
ignored_word (gint64 phase)
{
  return phase >> HATCH_SHIFT & 1 ? 0xffb8b8b8u : 0xff303030u;
}

/* `phase` counts device pixels from the image's corner along the diagonal, so
 * dashes do not crawl when the view moves. */
static void
draw_row (const MgLabelLayer *layer,
          const Weights *weights,
          const guint32 *labels,
          gsize stride,
          int margin,
          gint64 phase,
          ColourCache *cache,
          int n,
          guint32 *words)
{
  guint32 last = 0, colour = 0;
  gboolean selected = FALSE;

  for (int x = 0; x < n; x++)
    {
      guint32 label = labels[x];

      if (label == 0)
        continue;
      if (label != last)
        {
          colour = colour_of (cache, label);
          last = label;
          selected = layer->selected != NULL && g_hash_table_contains (layer->selected, GUINT_TO_POINTER (label));
        }

      gboolean border = is_border (labels + x, stride, margin);

      if (border && layer->dashed && ((phase + x) >> DASH_SHIFT & 1))
        border = FALSE;
      if (label == MG_LABEL_IGNORED)
        words[x] = _mg_mix (words[x], ignored_word (phase + x), border ? weights->outline : weights->ignored_fill);
      else if (selected)
        words[x] = border ? 0xffffffffu : _mg_mix (words[x], colour, weights->selected_fill);
      else
        words[x] = _mg_mix (words[x], colour, border ? weights->outline : weights->fill);
    }
}

void
_mg_compose_labels (const MgLabelLayer *layer,
                    const MgViewport *viewport,
                    const MgRect *screen,
                    guint32 *words)
{
  int margin = viewport->zoom >= WIDE_OUTLINE_ZOOM ? MAX_MARGIN : 1;
  MgRect part = { screen->x - margin, screen->y - margin, screen->width + 2 * margin, screen->height + 2 * margin };
  gsize stride = part.width;
  g_autofree guint32 *labels = g_new (guint32, stride * part.height);
  ColourCache cache = { 0 };
  Weights weights = {
    .fill = weight_of (layer->fill_opacity),
    .outline = weight_of (layer->outline_opacity),
    .selected_fill = weight_of ((1 + layer->fill_opacity) / 2),
    .ignored_fill = layer->fill_opacity > 0 ? weight_of (MAX (layer->fill_opacity, MIN_HATCH)) : 0,
  };
  double corner_x = viewport->width / 2.0 - viewport->centre_x * viewport->zoom;
  double corner_y = viewport->height / 2.0 - viewport->centre_y * viewport->zoom;
  gint64 phase = screen->x - (gint64) floor (corner_x) + screen->y - (gint64) floor (corner_y);

  if (!sample_labels (layer, viewport, &part, labels))
    return;
  for (int y = 0; y < screen->height; y++)
    draw_row (layer, &weights, labels + (y + margin) * stride + margin, stride, margin, phase + y, &cache,
              screen->width, words + (gsize) y * screen->width);
}
