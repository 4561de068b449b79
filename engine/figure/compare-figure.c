#include "figure/figure-private.h"

#include "figure/plot.h"
#include "figure/scale-bar.h"
#include "image/line-profile.h"

#include <math.h>

/* Points. */
#define MARGIN      2.0
#define GAP         6.0
#define TITLE_SIZE  8.0
#define TITLE_SPACE 11.0
#define BAR_SPACE   13.0
#define LINE        1.0
#define PLOT_SHARE  0.3 /* height of the plot over the figure's width */

#define ROI_COLOUR  0xffd43b
#define LINE_COLOUR 0x35d0ff
#define RIM_COLOUR  0x000000
#define INK         0x000000

/* What one panel holds in memory at most. */
#define MAX_PIXELS    ((double) (1 << 26))
#define PROFILE_STEPS 1000

/* Ranges that have less than this share in common are not shown alike. */
#define MIN_OVERLAP 0.1

/* One panel's place: the second is shown right of the divider, if there is one. */
typedef struct
{
  guint first, n;
} Cell;

typedef struct
{
  const MgFigure *figure;
  MgCanvas *canvas;                          /* borrowed */
  MgPicture *pictures[MG_FIGURE_MAX_PANELS]; /* the canvas's */
  MgRect shown, roi, held;                   /* held: what the pictures show */
  double zoom;                               /* picture pixels an image pixel */
  guint n_cells, columns;
  double left, top;     /* where it lies on the page */
  double width, height; /* of all of it */
  double cell_width, cell_height;
  double panel_width, panel_height, inset_width, inset_height;
  double title_space, bar_space;
  double line[4];
} Page;

static const MgImageInfo *
get_info (const MgFigure *figure, guint panel)
{
  return mg_image_get_info (mg_pyramid_get_image (figure->panels[panel].scene->image));
}

static gboolean
check (const MgFigure *figure, GError **error)
{
  const MgImageInfo *first = get_info (figure, 0);

  for (guint i = 1; i < figure->n_panels; i++)
    {
      const MgImageInfo *info = get_info (figure, i);

      if (info->width == first->width && info->height == first->height)
        continue;
      g_set_error (error, MG_ERROR, MG_ERROR_SHAPE, "%s is %d × %d pixels and %s %d × %d; a figure shows versions of one image",
                   first->name != NULL ? first->name : "the first image", first->width, first->height,
                   info->name != NULL ? info->name : "another", info->width, info->height);
      return FALSE;
    }
  return TRUE;
}

static gboolean
choose_parts (Page *page, GError **error)
{
  const MgFigure *figure = page->figure;
  const MgImageInfo *info = get_info (figure, 0);
  const MgRect all = { 0, 0, info->width, info->height };

  if (mg_rect_is_empty (&figure->shown) || !mg_rect_intersect (&all, &figure->shown, &page->shown))
    page->shown = all;
  if (!mg_rect_is_empty (&figure->roi) && !mg_rect_intersect (&all, &figure->roi, &page->roi))
    {
      g_set_error (error, MG_ERROR, MG_ERROR_USAGE, "the region at %d, %d of %d × %d pixels lies outside the image of %d × %d",
                   figure->roi.x, figure->roi.y, figure->roi.width, figure->roi.height, info->width, info->height);
      return FALSE;
    }
  mg_rect_union (&page->shown, &page->roi, &page->held);
  for (int i = 0; i < 4; i++)
    page->line[i] = figure->line[i];
  if (figure->line[0] == figure->line[2] && figure->line[1] == figure->line[3])
    {
      const MgRect *across = mg_rect_is_empty (&page->roi) ? &page->shown : &page->roi;

      page->line[0] = across->x;
      page->line[2] = across->x + across->width;
      page->line[1] = page->line[3] = across->y + across->height / 2.0;
    }
  return TRUE;
}

/* Panel and insets of one cell; the two of a split are stacked beside the panel,
 * or stand side by side under it. */
static void
lay_out_cell (Page *page, double aspect)
{
  guint n = page->n_cells < page->figure->n_panels ? 2 : 1;
  double inset_aspect, room = page->cell_width;

  page->panel_width = room;
  if (mg_rect_is_empty (&page->roi))
    {
      page->panel_height = aspect * room;
      page->cell_height = page->title_space + page->panel_height + page->bar_space;
      return;
    }
  inset_aspect = (double) page->roi.height / page->roi.width;
  if (page->figure->beside)
    {
      page->panel_height = (room - GAP / 2 + (n - 1) * GAP / 2 / n / inset_aspect) / (1 / aspect + 1 / (n * inset_aspect));
      page->panel_width = page->panel_height / aspect;
      page->inset_height = (page->panel_height - (n - 1) * GAP / 2) / n;
      page->inset_width = page->inset_height / inset_aspect;
      page->cell_height = page->title_space + page->panel_height + page->bar_space;
      return;
    }
  page->panel_height = aspect * room;
  page->inset_width = (room - (n - 1) * GAP / 2) / n;
  page->inset_height = MIN (page->inset_width * inset_aspect, room * MAX (aspect, 1));
  page->inset_width = page->inset_height / inset_aspect;
  page->cell_height = page->title_space + page->panel_height + page->bar_space + GAP / 2 + page->inset_height;
}

/* Sizes of all that is repeated, in points. */
static void
lay_out (Page *page, double width)
{
  const MgFigure *figure = page->figure;
  guint n = page->n_cells = figure->n_panels - (figure->split > 0 && figure->n_panels > 1), rows;

  page->columns = figure->columns ? MIN (figure->columns, n) : n <= 4 ? n
                                                             : n <= 6 ? 3
                                                                      : 4;
  rows = (n + page->columns - 1) / page->columns;
  page->width = width;
  page->cell_width = (width - 2 * MARGIN - GAP * (page->columns - 1)) / page->columns;
  for (guint i = 0; i < figure->n_panels; i++)
    {
      if (figure->panels[i].title != NULL)
        page->title_space = TITLE_SPACE;
      if (figure->panels[i].colour_bar)
        page->bar_space = BAR_SPACE;
    }
  lay_out_cell (page, (double) page->shown.height / page->shown.width);
  page->height = 2 * MARGIN + rows * page->cell_height + (rows - 1) * GAP + (figure->profile ? GAP + PLOT_SHARE * width : 0);
}

/* Vector pages hold every pixel of the image, others what they can show. */
static gboolean
compose (Page *page, double device_scale, GCancellable *cancellable, GError **error)
{
  const MgFigure *figure = page->figure;
  const MgRect *held = &page->held;
  double most = page->panel_width / page->shown.width;

  if (!mg_rect_is_empty (&page->roi))
    most = MAX (most, page->inset_width / page->roi.width);
  page->zoom = _mg_canvas_is_vector (page->canvas) ? 1 : MIN (1, most * device_scale);
  page->zoom = MIN (page->zoom, sqrt (MAX_PIXELS / ((double) held->width * held->height)));
  page->zoom = MIN (page->zoom, (double) MG_PICTURE_MAX_SIDE / MAX (held->width, held->height));
  for (guint i = 0; i < figure->n_panels; i++)
    {
      const MgImageInfo *info = get_info (figure, i);
      MgPicture *picture;
      MgViewport viewport = { info->width, info->height, 0, 0, held->x + held->width / 2.0, held->y + held->height / 2.0, page->zoom };

      picture = page->pictures[i] = _mg_canvas_make_picture (page->canvas, round (held->width * page->zoom), round (held->height * page->zoom), error);
      if (picture == NULL)
        return FALSE;
      viewport.width = picture->width;
      viewport.height = picture->height;
      if (!_mg_picture_compose (picture, figure->panels[i].scene, &viewport, cancellable, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
draw_part (Page *page, guint panel, double left, double top, double width, double height, double x, double y, double w, double h, GError **error)
{
  const MgPicture *picture = page->pictures[panel];
  /* what is held may be rounded by half a pixel */
  double across = (double) picture->width / page->held.width, down = (double) picture->height / page->held.height;

  return _mg_canvas_picture (page->canvas, picture, (left - page->held.x) * across, (top - page->held.y) * down,
                             width * across, height * down, x, y, w, h, error);
}

static void
draw_rimmed_frame (MgCanvas *canvas, double x, double y, double width, double height)
{
  _mg_canvas_frame (canvas, x, y, width, height, 1.8 * LINE, RIM_COLOUR);
  _mg_canvas_frame (canvas, x, y, width, height, LINE, ROI_COLOUR);
}

static void
draw_scale_bar (Page *page, guint panel, double scale, double x, double y, double width, double height)
{
  double text = CLAMP (width / 18, 4.5, 7);
  const MgBarStyle style = { .thickness = text / 4, .margin = 0.7 * text, .text = text, .in_pixels = TRUE };

  _mg_scale_bar_draw (page->canvas, get_info (page->figure, panel), scale, x, y, width, height, &style);
}

/* The profile's line where an image is shown; points outside are cut off by
 * not drawing lines that leave it. */
static void
draw_line (Page *page, const MgRect *part, double scale, double x, double y)
{
  const double *line = page->line;
  double points[4];

  if (!page->figure->profile)
    return;
  for (int i = 0; i < 4; i++)
    {
      double at = line[i] - (i % 2 ? part->y : part->x);

      if (at < 0 || at > (i % 2 ? part->height : part->width))
        return;
      points[i] = (i % 2 ? y : x) + at * scale;
    }
  _mg_canvas_lines (page->canvas, points, 2, 0.8 * LINE, LINE_COLOUR);
}

static void
draw_titles (Page *page, const Cell *cell, double x, double y)
{
  for (guint i = 0; i < cell->n; i++)
    {
      const MgTextStyle style = { .size = TITLE_SIZE, .colour = INK, .bold = TRUE, .align = i };

      if (page->figure->panels[cell->first + i].title != NULL)
        _mg_canvas_text_in (page->canvas, page->figure->panels[cell->first + i].title, x + i * page->panel_width,
                            y + TITLE_SIZE, page->panel_width / cell->n - (cell->n > 1 ? GAP / 2 : 0), &style);
    }
}

static gboolean
draw_panel (Page *page, const Cell *cell, double x, double y, GError **error)
{
  const MgRect *shown = &page->shown, *roi = &page->roi;
  double scale = page->panel_width / shown->width, divider = cell->n > 1 ? page->figure->split : 1;
  MgRect seen;

  if (!draw_part (page, cell->first, shown->x, shown->y, divider * shown->width, shown->height, x, y,
                  divider * page->panel_width, page->panel_height, error))
    return FALSE;
  if (cell->n > 1)
    {
      double at = x + divider * page->panel_width;

      if (!draw_part (page, cell->first + 1, shown->x + divider * shown->width, shown->y, (1 - divider) * shown->width, shown->height,
                      at, y, (1 - divider) * page->panel_width, page->panel_height, error))
        return FALSE;
      _mg_canvas_lines (page->canvas, (double[]){ at, y, at, y + page->panel_height }, 2, 1.8 * LINE, RIM_COLOUR);
      _mg_canvas_lines (page->canvas, (double[]){ at, y, at, y + page->panel_height }, 2, LINE, 0xffffff);
    }
  if (mg_rect_intersect (shown, roi, &seen))
    draw_rimmed_frame (page->canvas, x + (seen.x - shown->x) * scale, y + (seen.y - shown->y) * scale,
                       seen.width * scale, seen.height * scale);
  draw_line (page, shown, scale, x, y);
  draw_scale_bar (page, cell->first, scale, x, y, page->panel_width, page->panel_height);
  return TRUE;
}

static gboolean
draw_insets (Page *page, const Cell *cell, double x, double y, GError **error)
{
  const MgRect *roi = &page->roi;
  double width = page->inset_width, height = page->inset_height;

  for (guint i = 0; i < cell->n; i++)
    {
      if (!draw_part (page, cell->first + i, roi->x, roi->y, roi->width, roi->height, x, y, width, height, error))
        return FALSE;
      draw_line (page, roi, width / roi->width, x, y);
      draw_scale_bar (page, cell->first + i, width / roi->width, x, y, width, height);
      draw_rimmed_frame (page->canvas, x, y, width, height);
      if (page->figure->beside)
        y += height + GAP / 2;
      else
        x += width + GAP / 2;
    }
  return TRUE;
}

/* From the lowest to the highest value, as in the panel. */
static void
draw_colour_bar (Page *page, const Cell *cell, double x, double y)
{
  const guint n = 64;
  const MgFigurePanel *panel = &page->figure->panels[cell->first];
  const MgTextStyle left = { .size = 6.5, .colour = INK, .align = 1 }, right = { .size = 6.5, .colour = INK };
  const MgChannelView *view = NULL;
  double width = 0.4 * page->panel_width, begin = x + 0.3 * page->panel_width;
  char text[32];

  for (int c = 0; c < panel->scene->n_channels && view == NULL; c++)
    if (panel->scene->channels[c].visible)
      view = &panel->scene->channels[c];
  if (!panel->colour_bar || view == NULL)
    return;
  for (guint i = 0; i < n; i++)
    _mg_canvas_fill (page->canvas, begin + width * i / n, y + 3, width / n + (i + 1 < n ? 0.3 : 0), 6,
                     mg_channel_view_colour (view, pow ((i + 0.5) / n, view->gamma > 0 ? view->gamma : 1)));
  _mg_canvas_frame (page->canvas, begin, y + 3, width, 6, 0.4, INK);
  g_snprintf (text, sizeof text, "%.3g", view->min);
  _mg_canvas_text (page->canvas, text, begin - 3, y + 8.4, &left);
  g_snprintf (text, sizeof text, "%.3g", view->max);
  _mg_canvas_text (page->canvas, text, begin + width + 3, y + 8.4, &right);
}

static gboolean
draw_cell (Page *page, guint number, GError **error)
{
  const MgFigure *figure = page->figure;
  gboolean split = page->n_cells < figure->n_panels;
  Cell cell = { number == 0 ? 0 : number + split, number == 0 && split ? 2 : 1 };
  double x = page->left + MARGIN + number % page->columns * (page->cell_width + GAP);
  double y = page->top + MARGIN + number / page->columns * (page->cell_height + GAP);

  draw_titles (page, &cell, x, y);
  y += page->title_space;
  if (!draw_panel (page, &cell, x, y, error))
    return FALSE;
  draw_colour_bar (page, &cell, x, y + page->panel_height);
  if (mg_rect_is_empty (&page->roi))
    return TRUE;
  return figure->beside ? draw_insets (page, &cell, x + page->panel_width + GAP / 2, y, error)
                        : draw_insets (page, &cell, x, y + page->panel_height + page->bar_space + GAP / 2, error);
}

static int
first_visible (const MgScene *scene)
{
  for (int c = 0; c < scene->n_channels; c++)
    if (scene->channels[c].visible)
      return c;
  return 0;
}

static gboolean
draw_profile (Page *page, GCancellable *cancellable, GError **error)
{
  const MgFigure *figure = page->figure;
  const MgImageInfo *info = get_info (figure, 0);
  gboolean sized = info->pixel_width > 0 && info->pixel_height > 0;
  double step_x = (page->line[2] - page->line[0]) * (sized ? info->pixel_width : 1);
  double step_y = (page->line[3] - page->line[1]) * (sized ? info->pixel_height : 1);
  g_autofree double *places = g_new (double, PROFILE_STEPS);
  g_autofree double *values = g_new (double, PROFILE_STEPS * figure->n_panels);
  g_autofree char *unit = g_strdup_printf ("distance [%s]", !sized ? "px" : info->unit != NULL ? info->unit
                                                                                               : "µm");
  MgCurve curves[MG_FIGURE_MAX_PANELS];
  MgPlot plot = { unit, "intensity", curves, 0, FALSE, FALSE };

  for (guint i = 0; i < PROFILE_STEPS; i++)
    places[i] = hypot (step_x, step_y) * i / (PROFILE_STEPS - 1);
  for (guint i = 0; i < figure->n_panels; i++)
    {
      const MgScene *scene = figure->panels[i].scene;
      double *of_panel = values + i * PROFILE_STEPS;

      if (figure->panels[i].colour_bar) /* a map has values of another kind */
        continue;
      if (!mg_line_profile (mg_pyramid_get_image (scene->image), first_visible (scene), scene->z, scene->t, page->line,
                            PROFILE_STEPS, of_panel, cancellable, error))
        return FALSE;
      curves[plot.n_curves++] = (MgCurve){ figure->panels[i].title ?: "", places, of_panel, PROFILE_STEPS, FALSE };
    }
  _mg_plot_draw (page->canvas, &plot, page->left + MARGIN, page->top + page->height - MARGIN - PLOT_SHARE * page->width,
                 page->width - 2 * MARGIN, PLOT_SHARE * page->width);
  return TRUE;
}

static char *
make_title (const MgFigure *figure)
{
  g_autoptr (GPtrArray) titles = g_ptr_array_new ();

  for (guint i = 0; i < figure->n_panels; i++)
    if (figure->panels[i].title != NULL)
      g_ptr_array_add (titles, (gpointer) figure->panels[i].title);
  g_ptr_array_add (titles, NULL);
  return g_strjoinv (" | ", (char **) titles->pdata);
}

/* Chooses the parts and sizes of a figure so wide, in points. */
static gboolean
plan (Page *page, double width, GError **error)
{
  if (!check (page->figure, error) || !choose_parts (page, error))
    return FALSE;
  lay_out (page, width);
  return TRUE;
}

static gboolean
draw (Page *page, double dpi, GCancellable *cancellable, GError **error)
{
  if (!compose (page, dpi / MG_POINTS_PER_INCH, cancellable, error))
    return FALSE;
  for (guint i = 0; i < page->n_cells; i++)
    if (!draw_cell (page, i, error))
      return FALSE;
  return !page->figure->profile || draw_profile (page, cancellable, error);
}

gboolean
_mg_figure_measure (const MgFigure *figure,
                    double width,
                    double *height,
                    GError **error)
{
  Page page = { .figure = figure };

  if (!plan (&page, width, error))
    return FALSE;
  *height = page.height;
  return TRUE;
}

gboolean
_mg_figure_draw (MgCanvas *canvas,
                 const MgFigure *figure,
                 double x,
                 double y,
                 double width,
                 double *height,
                 GCancellable *cancellable,
                 GError **error)
{
  Page page = { .figure = figure, .canvas = canvas, .left = x, .top = y };

  if (!plan (&page, width, error) || !draw (&page, MG_FIGURE_DPI, cancellable, error))
    return FALSE;
  *height = page.height;
  return TRUE;
}

/* Whether the ranges have enough in common to be shown as one. */
static gboolean
are_alike (const MgChannelView *a, const MgChannelView *b)
{
  double common = MIN (a->max, b->max) - MAX (a->min, b->min);

  return common >= MIN_OVERLAP * MAX (a->max - a->min, b->max - b->min);
}

/**
 * mg_figure_link_contrast:
 * @scenes: versions of one image, with channels
 * @n: how many
 * @leader: whose contrast all get
 * @always: also where the values are of another scale
 *
 * The same contrast for all flatters none of them.
 *
 * Returns: FALSE, with nothing changed, where the values are of another scale
 */
gboolean
mg_figure_link_contrast (MgScene *scenes,
                         guint n,
                         guint leader,
                         gboolean always)
{
  const MgScene *from = &scenes[leader];

  for (guint i = 0; i < n && !always; i++)
    for (int c = 0; c < MIN (scenes[i].n_channels, from->n_channels); c++)
      if (!are_alike (&scenes[i].channels[c], &from->channels[c]))
        return FALSE;
  for (guint i = 0; i < n; i++)
    for (int c = 0; c < MIN (scenes[i].n_channels, from->n_channels); c++)
      {
        scenes[i].channels[c].min = from->channels[c].min;
        scenes[i].channels[c].max = from->channels[c].max;
      }
  return TRUE;
}

/**
 * mg_figure_write_compare:
 * @file: the picture, replaced as a whole or left as it was; its name's ending
 *   says whether it becomes PNG, TIFF, SVG or PDF
 * @figure: what is on it
 * @cancellable: (nullable): looked at while images are read
 *
 * The classical figure "noisy | denoised" with a region magnified: titles,
 * frames, scale bars in the image's unit (in pixels where their size is not
 * known), and a plot along a line. PDF and SVG keep text as text and each image
 * once, with all its pixels (above 64 million reduced to that); PNG and TIFF
 * know their resolution. Any thread, as long as nobody writes to the scenes.
 *
 * Returns: FALSE with an error naming the file, or saying what does not fit
 */
gboolean
mg_figure_write_compare (GFile *file,
                         const MgFigure *figure,
                         GCancellable *cancellable,
                         GError **error)
{
  Page page = { .figure = figure };
  double width = figure->width_mm > 0 ? figure->width_mm : MG_FIGURE_WIDTH_MM, dpi = figure->dpi > 0 ? figure->dpi : MG_FIGURE_DPI;
  g_autoptr (MgCanvas) canvas = NULL;
  g_autofree char *title = make_title (figure);

  g_return_val_if_fail (figure->n_panels >= 1 && figure->n_panels <= MG_FIGURE_MAX_PANELS, FALSE);

  if (!(width >= 20 && width <= 1000 && dpi >= 30 && dpi <= 2400))
    {
      g_set_error (error, MG_ERROR, MG_ERROR_USAGE, "a figure is 20 to 1000 mm wide and has 30 to 2400 dpi, not %g mm and %g", width, dpi);
      return FALSE;
    }
  if (!plan (&page, width / MG_MM_PER_INCH * MG_POINTS_PER_INCH, error))
    return FALSE;
  page.canvas = canvas = _mg_canvas_new (file, page.width, page.height, dpi, error);
  if (canvas == NULL)
    return FALSE;
  _mg_canvas_set_title (canvas, title);
  return draw (&page, dpi, cancellable, error) && _mg_canvas_finish (canvas, error);
}
