#pragma once

#include "view/composer.h"

#define MG_FIGURE_MAX_PANELS 12
#define MG_FIGURE_WIDTH_MM   180.0
#define MG_FIGURE_DPI        300.0

/**
 * MgFigurePanel:
 * @title: (nullable): above it
 * @scene: the image with channels, contrast and plane as they are shown, labels
 *   too where there are some; borrowed
 * @colour_bar: whether the first visible channel's colours are explained under it
 */
typedef struct
{
  const char *title;
  const MgScene *scene;
  gboolean colour_bar;
} MgFigurePanel;

/**
 * MgFigure:
 * @panels: versions of one image, all of the same size
 * @n_panels: 1 to %MG_FIGURE_MAX_PANELS
 * @columns: panels a row; 0 chooses
 * @shown: the part of the image that is shown; empty: all of it
 * @roi: framed, and shown again magnified; empty: there is none
 * @beside: whether what is magnified stands beside its panel instead of under it
 * @split: the first two panels share one place: left of this share of its width
 *   is the first, right of it the second; 0: they do not
 * @profile: whether the values along a line are plotted, of panels without colour bar
 * @line: from x, y to x, y in pixels of the image; where both ends are the same
 *   point, the line runs through the middle of the ROI, or of what is shown
 * @width_mm: of the figure; 0: %MG_FIGURE_WIDTH_MM, the width of two columns
 * @dpi: of PNG and TIFF, and how large they say they are; 0: %MG_FIGURE_DPI
 */
typedef struct
{
  const MgFigurePanel *panels;
  guint n_panels;
  guint columns;
  MgRect shown, roi;
  gboolean beside;
  double split;
  gboolean profile;
  double line[4];
  double width_mm, dpi;
} MgFigure;

gboolean mg_figure_link_contrast (MgScene *scenes,
                                  guint n,
                                  guint leader,
                                  gboolean always);
gboolean mg_figure_write_compare (GFile *file,
                                  const MgFigure *figure,
                                  GCancellable *cancellable,
                                  GError **error);
