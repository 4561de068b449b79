#pragma once

#include "figure/report.h"

#define CLI_EXAMPLE_PANELS 3

/* Versions of one image side by side, for a page. Zeroed to begin with. */
typedef struct
{
  MgPyramid *pyramids[CLI_EXAMPLE_PANELS]; /* owned */
  MgMask *masks[CLI_EXAMPLE_PANELS];       /* owned, (nullable) */
  MgScene scenes[CLI_EXAMPLE_PANELS];
  MgFigurePanel panels[CLI_EXAMPLE_PANELS];
  guint n;
  MgFigure figure; /* set by cli_example_end() */
} CliExample;

/* Adds an image, with labels over it where there are some. The title must live
 * as long. */
gboolean cli_example_add (CliExample *example,
                          const char *title,
                          MgImage *image,
                          MgLabels *labels,
                          GCancellable *cancellable,
                          GError **error);
/* Chooses the part that is shown, and the contrast. */
gboolean cli_example_end (CliExample *example,
                          GCancellable *cancellable,
                          GError **error);
void cli_example_clear (CliExample *example);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CliExample, cli_example_clear)
