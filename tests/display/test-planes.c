/* A stack as a person paints it: a cell in two slices, those between filled in,
 * undone and done again, saved as pages. */
#include "display.h"

#include "annotate/annotation-planes.h"
#include "canvas/canvas.h"
#include "io/loader.h"

#define SIZE 128
#define N_Z  5

static MgDocument *
open_stack (Display *display)
{
  const MgImageInfo info = { .width = SIZE, .height = SIZE, .n_channels = 1, .n_z = N_Z, .n_t = 1, .type = MG_PIXEL_U8 };
  g_autoptr (GFile) file = NULL;
  guint8 *pixels = g_malloc (SIZE * SIZE * N_Z);

  for (int i = 0; i < SIZE * SIZE * N_Z; i++)
    pixels[i] = (guint8) (i * 31 + 50 * (i / (SIZE * SIZE)));
  file = display_write_image (display, "stack.tif", &info, pixels);
  display_open_file (display, file);
  return display_get_document (display);
}

static guint32
label_at (MgDocument *document,
          int plane,
          int x,
          int y)
{
  g_autoptr (MgMaskStack) stack = mg_annotation_snapshot (mg_document_get_annotation (document));
  MgMask *mask = mg_mask_stack_get (stack, plane);

  return mask != NULL ? mg_mask_get (mask, x, y) : 0;
}

static gboolean
is_filled (gpointer data)
{
  return label_at (data, 2, 60, 60) != 0;
}

static void
check_pages (Display *display,
             guint32 label)
{
  g_autofree char *path = g_build_filename (display->folder, "annotations", "stack.tif", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (MgImage) image = NULL;
  g_autoptr (GError) error = NULL;
  guint32 rows[SIZE];

  display_save (display);
  image = mg_label_image_load (file, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (mg_image_get_info (image)->n_z, ==, N_Z);
  for (int z = 0; z < N_Z; z++)
    {
      g_assert_true (mg_label_image_read (image, file, z, 0, 60, 1, rows, NULL, &error));
      g_assert_cmpuint (rows[60], ==, z < 4 ? label : 0);
    }
}

static void
test_planes (void)
{
  Display *display = display_open ();
  MgDocument *document = open_stack (display);
  MgAnnotation *annotation = mg_document_get_annotation (document);
  guint32 label;

  g_object_set (mg_window_get_canvas (display->window), "brush-radius", 3.0, NULL);
  display_key ("b");
  display_circle (display, 60, 60, 14);
  label = label_at (document, 0, 60, 60);
  g_assert_cmpuint (label, !=, 0);
  g_assert_cmpint (mg_canvas_get_z (MG_CANVAS (mg_window_get_canvas (display->window))), ==, 0);
  /* selected, the cell goes on in another slice */
  display_key ("v");
  display_click (display, 60, 60);
  display_key ("Page_Down Page_Down Page_Down");
  g_assert_cmpint (mg_document_get_plane (document), ==, 3);
  g_assert_cmpint (mg_canvas_get_z (MG_CANVAS (mg_window_get_canvas (display->window))), ==, 3);
  display_key ("b");
  display_circle (display, 60, 60, 8);
  g_assert_cmpuint (label_at (document, 3, 60, 60), ==, label);
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), ==, 1);
  display_key ("ctrl+i");
  g_assert_true (display_wait (is_filled, document, 30));
  g_assert_cmpuint (label_at (document, 1, 60, 60), ==, label);
  g_assert_cmpuint (label_at (document, 4, 60, 60), ==, 0);
  display_key ("ctrl+z");
  g_assert_cmpuint (label_at (document, 1, 60, 60), ==, 0);
  g_assert_cmpint (mg_document_get_plane (document), ==, 3);
  display_key ("ctrl+z");
  g_assert_cmpuint (label_at (document, 3, 60, 60), ==, 0);
  display_key ("Page_Down");
  display_key ("ctrl+z"); /* in the first slice: it comes into view */
  g_assert_cmpint (mg_document_get_plane (document), ==, 0);
  g_assert_cmpint (mg_canvas_get_z (MG_CANVAS (mg_window_get_canvas (display->window))), ==, 0);
  display_key ("ctrl+shift+z ctrl+shift+z ctrl+shift+z");
  g_assert_cmpuint (label_at (document, 2, 60, 60), ==, label);
  check_pages (display, label);
  /* copying goes where the copy is */
  display_key ("Page_Down Page_Down Page_Down Page_Up");
  display_key ("shift+Page_Down");
  g_assert_cmpint (mg_document_get_plane (document), ==, 4);
  g_assert_cmpuint (label_at (document, 4, 60, 60), ==, label);
  display_close (display);
}

/* A training region is one of the plane it was drawn on, unless it is said to
 * be of all; so says the file, and so it is there again. */
static void
test_regions (void)
{
  Display *display = display_open ();
  MgDocument *document = open_stack (display);
  MgAnnotation *annotation = mg_document_get_annotation (document);
  MgCanvas *canvas = MG_CANVAS (mg_window_get_canvas (display->window));
  g_autofree char *path = g_build_filename (display->folder, "annotations", "regions", "stack.csv", NULL);
  g_autofree char *text = NULL;
  guint n;

  display_key ("r");
  g_assert_true (gtk_widget_get_mapped (display_find (display, GTK_TYPE_CHECK_BUTTON,
                                                      "The chosen region, and new ones, hold for every slice and time point (Shift+R)")));
  display_key ("Page_Down");
  display_drag (display, (const double[]){ 20, 20, 60, 50 }, 2, TRUE);
  g_assert_cmpint (mg_annotation_get_training_regions (annotation, &n)->plane, ==, 1);
  g_assert_cmpint (mg_canvas_get_region (canvas), ==, 0);
  /* elsewhere it is not there: neither to see nor to take hold of */
  display_key ("Page_Down");
  g_assert_cmpint (mg_canvas_get_region (canvas), ==, -1);
  display_drag (display, (const double[]){ 40, 35, 80, 75 }, 2, TRUE);
  mg_annotation_get_training_regions (annotation, &n);
  g_assert_cmpuint (n, ==, 2);
  display_key ("shift+r");
  g_assert_cmpint (mg_annotation_get_training_regions (annotation, &n)[1].plane, ==, MG_EVERY_PLANE);
  display_key ("Page_Up Page_Up");
  display_save (display);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_true (g_str_has_prefix (text, "BX,BY,Width,Height,Page\n"));
  g_assert_true (g_str_has_suffix (text, ",0\n"));
  /* undone, it is one plane's again, and that plane comes into view */
  display_key ("ctrl+z");
  g_assert_cmpint (mg_annotation_get_training_regions (annotation, &n)[1].plane, ==, 2);
  g_assert_cmpint (mg_document_get_plane (document), ==, 2);
  display_close (display);
}

int
main (int argc,
      char **argv)
{
  display_test_init (&argc, &argv);
  g_test_add_func ("/display/planes", test_planes);
  g_test_add_func ("/display/planes/regions", test_regions);
  return display_test_run ();
}
