/* How long the window's main thread is kept while predicted cells are accepted,
 * of every plane of a stack, or of one large plane, taken back, done again and
 * cleared.
 *
 *     accept-large [PLANES [SIDE [CELLS]]]
 *
 * CELLS a plane. Needs Xvfb and xdotool; prints one JSON object. */
#include "turns.h"

#include <stdlib.h>

#include "annotate/annotation-planes.h"

static gboolean
is_idle (gpointer data)
{
  MgDocument *document = display_get_document (data);

  return mg_document_get_n_predicted_planes (document) == 0 && mg_document_is_safe (document);
}

static gboolean
is_quiet (gpointer data)
{
  return mg_document_is_safe (display_get_document (data));
}

int
main (int argc, char *argv[])
{
  int n_planes = argc > 1 ? atoi (argv[1]) : 64, side = argc > 2 ? atoi (argv[2]) : 1024;
  int n_cells = argc > 3 ? atoi (argv[3]) : 300;
  const MgImageInfo info = { .width = side, .height = side, .n_channels = 1, .n_z = n_planes, .n_t = 1, .type = MG_PIXEL_U8 };
  const MgRect whole = { 0, 0, side, side };
  Display *display;
  g_autoptr (GFile) image = NULL;
  MgDocument *document;

  if (!display_start ())
    return 77;
  adw_init ();
  display = display_open ();
  image = display_write_image (display, "dark.tif", &info, g_malloc0 ((gsize) side * side * n_planes));
  display_open_file (display, image);
  document = display_get_document (display);
  for (int p = 0; p < n_planes; p++)
    {
      g_autoptr (MgLabels) labels = turns_simulate (side, n_cells);
      g_autoptr (MgInstances) instances = mg_instances_new (labels, NULL, NULL);

      mg_document_set_plane_prediction (document, p, instances, &whole, NULL, FALSE);
    }
  turns_watch ();
  turns_rest (2);
  turns_begin ();
  turns_rest (2);
  g_print ("{\"planes\": %d, \"side\": %d", n_planes, side);
  turns_tell ("at_rest");
  turns_act (display, n_planes > 1 ? "win.accept-slices" : "win.accept-all", is_idle, "accept");
  g_print (", \"cells\": %u", mg_annotation_get_n_instances (mg_document_get_annotation (document)));
  turns_act (display, "win.undo", is_quiet, "undo");
  g_assert_cmpuint (mg_annotation_get_n_instances (mg_document_get_annotation (document)), ==, 0);
  turns_act (display, "win.redo", is_quiet, "redo");
  turns_act (display, n_planes > 1 ? "win.clear-slices" : "win.clear-labels", is_quiet, "clear");
  turns_act (display, "win.undo", is_quiet, "undo_clear");
  g_print ("}\n");
  display_close (display);
  display_stop ();
  return 0;
}
