/* What is meant by the name that was typed for a file. */
#include "dialogs/file-name.h"

static void
check (const char *const *endings,
       const char *typed,
       const char *meant)
{
  g_autofree char *name = mg_file_name_complete (typed, endings);

  g_assert_cmpstr (name, ==, meant);
}

static void
test_complete (void)
{
  static const char *const figure[] = { ".tif", ".tiff", ".png", ".pdf", NULL };
  static const char *const zip[] = { ".zip", NULL };

  check (figure, "fig.tif", "fig.tif");
  check (figure, "fig", "fig.tif");
  check (figure, "fig.", "fig..tif");
  check (figure, "fig.tif.tif", "fig.tif");
  check (figure, "fig.TIF.tif", "fig.TIF");
  check (figure, "fig.tiff.tif", "fig.tiff");
  check (figure, "fig.png.tif", "fig.png");
  check (figure, "fig.png", "fig.png");
  check (figure, "fig.PDF", "fig.PDF");
  /* not what the chooser adds */
  check (figure, "fig.tif.png", "fig.tif.png");
  check (figure, "fig.v1.2", "fig.v1.2.tif");
  check (figure, "fig.jpg.tif", "fig.jpg.tif");
  check (figure, ".tif", ".tif.tif");
  check (zip, "cells_RoiSet", "cells_RoiSet.zip");
  check (zip, "cells.roi", "cells.roi.zip");
  check (zip, "cells.zip.zip", "cells.zip");
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/file-name/complete", test_complete);
  return g_test_run ();
}
