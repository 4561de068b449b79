#pragma once

#include "view/composer.h"

/* Renders the whole image with its labels to a PNG, `scale` pixels a pixel.
 * Any thread. */
gboolean mg_figure_write_overlay (GFile *file,
                                  MgImage *image,
                                  MgLabels *labels,
                                  double scale,
                                  GCancellable *cancellable,
                                  GError **error);
/* The labels as colours on black (png export). */
gboolean mg_figure_write_labels (GFile *file,
                                 MgLabels *labels,
                                 GError **error);
