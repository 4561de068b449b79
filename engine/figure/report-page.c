#include "figure/report-private.h"

#include "figure/figure-private.h"

#include <math.h>

#define TITLE_SIZE    17.0
#define SUBTITLE_SIZE 9.0
#define HEADING_SIZE  10.0
#define LINE_COLOUR   0xb0b0b0
#define ROW_GAP       1.5
#define NAME_WIDTH    70.0

#define CONTENT_WIDTH (MG_PAGE_WIDTH - 2 * MG_PAGE_MARGIN)

/* Pixels a side of the region that stands for an image on a page; its shape
 * leaves the page room. */
#define REGION_PX     288
#define REGION_HEIGHT 165.0
#define MAX_LOOKED_AT 1024
#define REGION_STEPS  4

gboolean
_mg_page_open (MgPage *page,
               GFile *file,
               const char *title,
               const char *subtitle,
               GError **error)
{
  const MgTextStyle large = { .size = TITLE_SIZE, .colour = MG_PAGE_INK, .bold = TRUE };
  const MgTextStyle right = { .size = SUBTITLE_SIZE, .colour = MG_PAGE_GREY, .align = 1 };
  double version;

  page->canvas = _mg_canvas_new (file, MG_PAGE_WIDTH, MG_PAGE_HEIGHT, MG_FIGURE_DPI, error);
  if (page->canvas == NULL)
    return FALSE;
  _mg_canvas_set_title (page->canvas, title);
  version = _mg_canvas_text_width (page->canvas, "Micrographia " MG_VERSION, &right);
  _mg_canvas_text (page->canvas, "Micrographia " MG_VERSION, MG_PAGE_WIDTH - MG_PAGE_MARGIN, MG_PAGE_MARGIN + TITLE_SIZE, &right);
  _mg_canvas_text_in (page->canvas, title, MG_PAGE_MARGIN, MG_PAGE_MARGIN + TITLE_SIZE, CONTENT_WIDTH - version - TITLE_SIZE, &large);
  page->y = MG_PAGE_MARGIN + 1.35 * TITLE_SIZE;
  _mg_page_text (page, subtitle, SUBTITLE_SIZE, MG_PAGE_GREY);
  page->y += 8;
  return TRUE;
}

void
_mg_page_clear (MgPage *page)
{
  g_clear_pointer (&page->canvas, _mg_canvas_free);
}

gboolean
_mg_page_close (MgPage *page,
                GError **error)
{
  return _mg_canvas_finish (page->canvas, error);
}

void
_mg_page_heading (MgPage *page,
                  const char *text,
                  double x,
                  double width)
{
  const MgTextStyle style = { .size = HEADING_SIZE, .colour = MG_PAGE_INK, .bold = TRUE };

  _mg_canvas_text_in (page->canvas, text, x, page->y + HEADING_SIZE, width, &style);
  page->y += HEADING_SIZE + 4;
  _mg_canvas_fill (page->canvas, x, page->y, width, 0.6, LINE_COLOUR);
  page->y += 4;
}

void
_mg_page_rows (MgPage *page,
               const char *const *rows,
               double x,
               double width)
{
  const MgTextStyle name = { .size = MG_PAGE_TEXT, .colour = MG_PAGE_GREY }, value = { .size = MG_PAGE_TEXT, .colour = MG_PAGE_INK };

  for (; rows[0] != NULL && rows[1] != NULL; rows += 2)
    {
      _mg_canvas_text_in (page->canvas, rows[0], x, page->y + MG_PAGE_TEXT, NAME_WIDTH - 4, &name);
      page->y += ROW_GAP + _mg_canvas_paragraph (page->canvas, rows[1], x + NAME_WIDTH, page->y, width - NAME_WIDTH, &value);
    }
  page->y += 6;
}

void
_mg_page_text (MgPage *page,
               const char *text,
               double size,
               guint32 colour)
{
  const MgTextStyle style = { .size = size, .colour = colour };

  page->y += _mg_canvas_paragraph (page->canvas, text, MG_PAGE_MARGIN, page->y, CONTENT_WIDTH, &style);
}

double
_mg_page_text_height (MgPage *page,
                      const char *text,
                      double size)
{
  const MgTextStyle style = { .size = size };

  /* lines are broken between words, so that some are not full */
  return 1.35 * size * (1 + ceil (1.06 * _mg_canvas_text_width (page->canvas, text, &style) / CONTENT_WIDTH));
}

gboolean
_mg_page_figure (MgPage *page,
                 const char *heading,
                 const MgFigure *figure,
                 double below,
                 GCancellable *cancellable,
                 GError **error)
{
  double height, width = CONTENT_WIDTH, room;

  _mg_page_heading (page, heading, MG_PAGE_MARGIN, CONTENT_WIDTH);
  room = MG_PAGE_HEIGHT - MG_PAGE_MARGIN - page->y - below;
  if (!_mg_figure_measure (figure, width, &height, error))
    return FALSE;
  if (height > room)
    width *= MAX (room / height, 0.3);
  if (!_mg_figure_draw (page->canvas, figure, MG_PAGE_MARGIN, page->y, width, &height, cancellable, error))
    return FALSE;
  page->y += height + 8;
  return TRUE;
}

/* Variance of a part of the plane. */
static double
get_variance (const float *values, int pitch, const MgRect *part)
{
  double sum = 0, square = 0, n = (double) part->width * part->height;

  for (int y = part->y; y < part->y + part->height; y++)
    for (int x = part->x; x < part->x + part->width; x++)
      {
        double value = values[(gsize) y * (gsize) pitch + (gsize) x];

        if (!isfinite (value))
          continue;
        sum += value;
        square += value * value;
      }
  return square / n - sum / n * sum / n;
}

/* The place of that size where most is to be seen. */
static void
find_region (const float *values, int width, int height, MgRect *region)
{
  double best = -1;
  int step_x = MAX (1, region->width / REGION_STEPS), step_y = MAX (1, region->height / REGION_STEPS);
  MgRect found = *region;

  for (int y = 0; y + region->height <= height; y += step_y)
    for (int x = 0; x + region->width <= width; x += step_x)
      {
        const MgRect part = { x, y, region->width, region->height };
        double variance = get_variance (values, width, &part);

        if (variance > best)
          {
            best = variance;
            found = part;
          }
      }
  *region = found;
}

/**
 * mg_report_choose_region:
 * @image: the image, its first plane
 * @n_panels: how many versions of it will stand side by side
 * @out: (out): a part with much to see, of a shape that suits a page
 * @cancellable: (nullable): looked at while the image is read
 *
 * Large images are looked at reduced. Any thread.
 *
 * Returns: FALSE with an error when the image cannot be read
 */
gboolean
mg_report_choose_region (MgImage *image,
                         guint n_panels,
                         MgRect *out,
                         GCancellable *cancellable,
                         GError **error)
{
  const MgImageInfo *info = mg_image_get_info (image);
  g_autoptr (MgPyramid) pyramid = mg_pyramid_new (image);
  double aspect = REGION_HEIGHT * n_panels / CONTENT_WIDTH;
  int level = 0, width, height;
  g_autofree float *values = NULL;
  MgRect region;

  mg_pyramid_get_size (pyramid, 0, &width, &height);
  while (MAX (width, height) > MAX_LOOKED_AT && level + 1 < mg_pyramid_get_n_levels (pyramid))
    mg_pyramid_get_size (pyramid, ++level, &width, &height);
  values = g_try_new (float, (gsize) width *(gsize) height);
  if (values == NULL)
    {
      g_set_error_literal (error, MG_ERROR, MG_ERROR_NO_MEMORY, "there is not enough memory for an example");
      return FALSE;
    }
  if (!mg_pyramid_read (pyramid, level, 0, 0, 0, &(MgRect){ 0, 0, width, height }, values, (gsize) width * sizeof (float), cancellable, error))
    return FALSE;
  *out = (MgRect){ 0, 0, MIN (REGION_PX, info->width), 0 };
  out->height = MIN ((int) lround (out->width * MIN (aspect, 1)), info->height);
  out->width = MIN (out->width, MAX (1, (int) lround (out->height / MIN (aspect, 1))));
  region = (MgRect){ 0, 0, MAX (1, out->width >> level), MAX (1, out->height >> level) };
  find_region (values, width, height, &region);
  out->x = MIN (region.x << level, info->width - out->width);
  out->y = MIN (region.y << level, info->height - out->height);
  return TRUE;
}
