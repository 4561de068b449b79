/* Every tool of the tool bar, driven by a real pointer and keys: what is painted
 * is what was drawn, what is saved is what is painted, and all of it undoes. */
#include "display.h"

#include <math.h>

#include "canvas/canvas.h"

#define SIZE 128

typedef struct
{
  Display *display;
  MgDocument *document;
  MgAnnotation *annotation;
  MgCanvas *canvas;
} Fixture;

/* Dark, with a bright square from (80, 20) to (110, 50). */
static void
set_up (Fixture *fixture,
        gconstpointer data)
{
  const MgImageInfo info = { .width = SIZE, .height = SIZE, .n_channels = 1, .n_z = 1, .n_t = 1, .type = MG_PIXEL_U8 };
  guint8 *pixels = g_malloc (SIZE * SIZE);
  g_autoptr (GFile) file = NULL;

  fixture->display = display_open ();
  for (int i = 0; i < SIZE * SIZE; i++)
    {
      int x = i % SIZE, y = i / SIZE;

      pixels[i] = (guint8) ((x >= 80 && x < 110 && y >= 20 && y < 50 ? 200 : 20) + i * 7 % 11);
    }
  file = display_write_image (fixture->display, "cells.tif", &info, pixels);
  display_open_file (fixture->display, file);
  fixture->document = display_get_document (fixture->display);
  fixture->annotation = mg_document_get_annotation (fixture->document);
  fixture->canvas = MG_CANVAS (mg_window_get_canvas (fixture->display->window));
  g_object_set (fixture->canvas, "brush-radius", 2.0, NULL);
}

static void
tear_down (Fixture *fixture,
           gconstpointer data)
{
  display_close (fixture->display);
}

static guint32
at (Fixture *fixture,
    int x,
    int y)
{
  return mg_mask_get (mg_annotation_get_mask (fixture->annotation), x, y);
}

static guint
n_cells (Fixture *fixture)
{
  return mg_annotation_get_n_instances (fixture->annotation);
}

static guint
n_selected (Fixture *fixture)
{
  guint n;

  mg_canvas_get_selection (fixture->canvas, &n);
  return n;
}

static guint
n_regions (Fixture *fixture)
{
  guint n;

  mg_annotation_get_training_regions (fixture->annotation, &n);
  return n;
}

#define DRAG(fixture, release, ...) \
  display_drag ((fixture)->display, (const double[]){ __VA_ARGS__ }, sizeof ((const double[]){ __VA_ARGS__ }) / (2 * sizeof (double)), release)

/* Eraser, fill, lasso, cut and merge, one after the other. */
static void
test_shapes (Fixture *fixture,
             gconstpointer data)
{
  guint32 left, right;

  display_key ("b");
  display_circle (fixture->display, 30, 40, 14);
  g_assert_cmpuint (n_cells (fixture), ==, 1);
  display_key ("e");
  display_click (fixture->display, 30, 40);
  g_assert_cmpuint (at (fixture, 30, 40), ==, 0);
  g_assert_cmpuint (at (fixture, 22, 40), ==, 1);
  display_key ("f");
  display_click (fixture->display, 30, 40);
  g_assert_cmpuint (at (fixture, 30, 40), ==, 1);
  display_click (fixture->display, 100, 100); /* open background stays */
  g_assert_cmpuint (n_cells (fixture), ==, 1);
  display_key ("l");
  DRAG (fixture, TRUE, 60, 70, 90, 70, 90, 100, 60, 100, 60, 72);
  g_assert_cmpuint (n_cells (fixture), ==, 2);
  g_assert_cmpuint (at (fixture, 75, 85), ==, 2);
  g_assert_cmpuint (at (fixture, 95, 85), ==, 0);
  g_assert_cmpint (mg_annotation_get_area (fixture->annotation, 2), >, 800);
  g_assert_cmpint (mg_annotation_get_area (fixture->annotation, 2), <, 1000);
  display_key ("k");
  DRAG (fixture, TRUE, 70, 60, 70, 85, 70, 110);
  g_assert_cmpuint (n_cells (fixture), ==, 3);
  left = at (fixture, 65, 85);
  right = at (fixture, 80, 85);
  g_assert_cmpuint (right, ==, 2);
  g_assert_cmpuint (left, ==, 3);
  display_key ("m");
  display_click (fixture->display, 65, 85);
  display_click (fixture->display, 80, 85);
  g_assert_cmpuint (n_cells (fixture), ==, 2);
  g_assert_cmpuint (at (fixture, 80, 85), ==, left);
  display_key ("ctrl+z");
  display_key ("ctrl+z");
  g_assert_cmpuint (n_cells (fixture), ==, 2);
  g_assert_cmpuint (at (fixture, 65, 85), ==, 2);
  display_check_saved (fixture->display);
}

static gboolean
has_a_cell (gpointer data)
{
  return n_cells (data) > 0;
}

/* The wand takes the bright square, and dragged far the rest. */
static void
test_wand (Fixture *fixture,
           gconstpointer data)
{
  int tolerance;

  g_object_set (fixture->canvas, "tolerance", 60, NULL);
  display_key ("w");
  display_click (fixture->display, 95, 35);
  g_assert_true (display_wait (has_a_cell, fixture, 10));
  g_assert_cmpuint (at (fixture, 95, 35), ==, 1);
  g_assert_cmpuint (at (fixture, 60, 35), ==, 0);
  g_assert_cmpint (mg_annotation_get_area (fixture->annotation, 1), >=, 28 * 28);
  g_assert_cmpint (mg_annotation_get_area (fixture->annotation, 1), <=, 32 * 32);
  g_object_get (fixture->canvas, "tolerance", &tolerance, NULL);
  g_assert_cmpint (tolerance, ==, 60);
  display_key ("ctrl+z");
  g_assert_cmpuint (n_cells (fixture), ==, 0);
  DRAG (fixture, TRUE, 95, 35, 120, 30, 127, 1);
  g_assert_true (display_wait (has_a_cell, fixture, 10));
  g_object_get (fixture->canvas, "tolerance", &tolerance, NULL);
  g_assert_cmpint (tolerance, >, 100);
  display_check_saved (fixture->display);
}

/* Clicks, Shift and boxes choose cells; what is chosen goes as one edit. */
static void
test_select (Fixture *fixture,
             gconstpointer data)
{
  display_key ("b");
  display_circle (fixture->display, 30, 30, 8);
  display_circle (fixture->display, 60, 30, 8);
  display_circle (fixture->display, 30, 90, 8);
  display_key ("v");
  display_click (fixture->display, 30, 30);
  g_assert_cmpuint (n_selected (fixture), ==, 1);
  display_move_to (fixture->display, 60, 30);
  display_xdotool ("keydown shift click 1 keyup shift");
  display_settle ();
  g_assert_cmpuint (n_selected (fixture), ==, 2);
  display_key ("Escape");
  g_assert_cmpuint (n_selected (fixture), ==, 0);
  DRAG (fixture, TRUE, 10, 10, 40, 60, 80, 34);
  g_assert_cmpuint (n_selected (fixture), ==, 2);
  display_key ("Delete");
  g_assert_cmpuint (n_cells (fixture), ==, 1);
  g_assert_cmpuint (n_selected (fixture), ==, 0);
  display_key ("ctrl+z");
  g_assert_cmpuint (n_cells (fixture), ==, 3);
  display_key ("ctrl+a");
  g_assert_cmpuint (n_selected (fixture), ==, 3);
  display_key ("ctrl+m");
  g_assert_cmpuint (n_cells (fixture), ==, 1);
  display_key ("ctrl+z");
  display_key ("ctrl+shift+a");
  display_key ("n");
  g_assert_cmpuint (mg_canvas_get_selected (fixture->canvas), ==, 1);
  display_key ("shift+n");
  g_assert_cmpuint (mg_canvas_get_selected (fixture->canvas), ==, 3);
  display_check_saved (fixture->display);
}

/* A double click shows the cell large. */
static void
test_double_click (Fixture *fixture,
                   gconstpointer data)
{
  double before, after;

  display_circle (fixture->display, 30, 30, 8);
  g_object_get (fixture->canvas, "zoom", &before, NULL);
  display_key ("v");
  display_move_to (fixture->display, 30, 30);
  display_settle ();
  display_xdotool ("click --repeat 2 --delay 30 1");
  display_settle ();
  g_object_get (fixture->canvas, "zoom", &after, NULL);
  g_assert_cmpfloat (after, >, 1.5 * before);
}

static MgRect
region (Fixture *fixture,
        guint i)
{
  guint n;
  const MgTrainingRegion *regions = mg_annotation_get_training_regions (fixture->annotation, &n);

  g_assert_cmpuint (n, >, i);
  return regions[i].rect;
}

/* Within two pixels: the pointer stands on whole pixels of the screen. */
static void
check_region (Fixture *fixture,
              guint i,
              int x,
              int y,
              int width,
              int height)
{
  MgRect rect = region (fixture, i);

  g_assert_cmpint (abs (rect.x - x), <=, 2);
  g_assert_cmpint (abs (rect.y - y), <=, 2);
  g_assert_cmpint (abs (rect.width - width), <=, 2);
  g_assert_cmpint (abs (rect.height - height), <=, 2);
}

static void
check_place (Fixture *fixture,
             const MgRect *expected)
{
  MgRect rect = region (fixture, 0);

  g_assert_cmpmem (&rect, sizeof rect, expected, sizeof *expected);
}

/* Each arrow once, and what each did is taken back by one undo. */
static void
check_arrows (Fixture *fixture)
{
  const MgRect start = region (fixture, 0), moved = { start.x + 1, start.y, start.width, start.height },
               far = { moved.x, moved.y + 10, moved.width, moved.height },
               wide = { far.x, far.y, far.width + 1, far.height };

  display_key ("Right");
  check_place (fixture, &moved);
  display_key ("shift+Down");
  check_place (fixture, &far);
  display_key ("ctrl+Right");
  check_place (fixture, &wide);
  g_assert_true (mg_session_get_current (mg_window_get_session (fixture->display->window)) == fixture->document);
  display_key ("ctrl+z");
  check_place (fixture, &far);
  display_key ("ctrl+z ctrl+z");
  check_place (fixture, &start);
}

static void
check_cursor (Fixture *fixture,
              double x,
              double y,
              const char *name)
{
  display_move_to (fixture->display, x, y);
  display_settle ();
  g_assert_cmpstr (gdk_cursor_get_name (gtk_widget_get_cursor (GTK_WIDGET (fixture->canvas))), ==, name);
}

/* A region is moved by its inside, resized by edges and corners and nudged by
 * arrows; each is one edit. */
static void
test_change_regions (Fixture *fixture,
                     gconstpointer data)
{
  display_key ("r");
  DRAG (fixture, TRUE, 20, 20, 40, 40, 60, 50);
  check_region (fixture, 0, 20, 20, 40, 30);
  check_cursor (fixture, 60, 50, "nwse-resize");
  check_cursor (fixture, 20, 35, "ew-resize");
  check_cursor (fixture, 40, 35, "move");
  check_cursor (fixture, 90, 90, "crosshair");
  DRAG (fixture, TRUE, 40, 35, 50, 40, 60, 55);
  check_region (fixture, 0, 40, 40, 40, 30);
  DRAG (fixture, TRUE, 80, 70, 90, 80, 100, 90);
  check_region (fixture, 0, 40, 40, 60, 50);
  DRAG (fixture, TRUE, 40, 65, 35, 70, 30, 65);
  check_region (fixture, 0, 30, 40, 70, 50);
  DRAG (fixture, FALSE, 60, 60, 65, 60, 70, 60);
  display_key ("Escape");
  display_xdotool ("mouseup 1");
  display_settle ();
  check_region (fixture, 0, 30, 40, 70, 50);
  check_arrows (fixture);
  display_key ("ctrl+z ctrl+z ctrl+z");
  check_region (fixture, 0, 20, 20, 40, 30);
  g_assert_cmpuint (n_regions (fixture), ==, 1);
  display_xdotool ("keydown shift");
  DRAG (fixture, TRUE, 28, 28, 40, 40, 50, 44);
  display_xdotool ("keyup shift");
  g_assert_cmpuint (n_regions (fixture), ==, 2);
  check_region (fixture, 1, 28, 28, 22, 16);
  display_key ("Insert");
  g_assert_cmpuint (n_regions (fixture), ==, 3);
  display_key ("n");
  g_assert_cmpint (mg_canvas_get_region (fixture->canvas), ==, 0);
  display_key ("Delete");
  g_assert_cmpuint (n_regions (fixture), ==, 2);
  check_region (fixture, 0, 28, 28, 22, 16);
}

/* Held down, an arrow is one edit. */
static void
test_hold_arrow (Fixture *fixture,
                 gconstpointer data)
{
  display_key ("r");
  DRAG (fixture, TRUE, 20, 20, 40, 40, 60, 50);
  display_xdotool ("keydown Right sleep 1 keyup Right");
  display_settle ();
  g_assert_cmpint (region (fixture, 0).x, >, 25);
  display_key ("ctrl+z");
  check_region (fixture, 0, 20, 20, 40, 30);
}

static void
test_ignore_and_regions (Fixture *fixture,
                         gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->display->folder, "annotations", "regions", "cells.csv", NULL);
  g_autofree char *text = NULL;
  guint n;

  display_circle (fixture->display, 30, 30, 8);
  display_key ("i");
  DRAG (fixture, TRUE, 60, 90, 80, 95, 100, 90);
  g_assert_cmpuint (at (fixture, 80, 94), ==, MG_LABEL_IGNORED);
  g_assert_cmpuint (n_cells (fixture), ==, 1);
  display_key ("r");
  DRAG (fixture, TRUE, 10, 12, 50, 50, 90, 110);
  DRAG (fixture, TRUE, 95, 10, 110, 50, 120, 60);
  mg_annotation_get_training_regions (fixture->annotation, &n);
  g_assert_cmpuint (n, ==, 2);
  check_region (fixture, 0, 10, 12, 80, 98);
  display_click (fixture->display, 100, 30);
  display_key ("Delete");
  g_assert_cmpuint (n_regions (fixture), ==, 1);
  display_key ("ctrl+z");
  g_assert_cmpuint (n_regions (fixture), ==, 2);
  display_key ("ctrl+shift+z");
  display_check_saved (fixture->display);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_true (g_str_has_prefix (text, "BX,BY,Width,Height\n"));
  gtk_widget_activate_action (GTK_WIDGET (fixture->display->window), "win.clear-regions", NULL);
  g_assert_cmpuint (n_regions (fixture), ==, 0);
}

/* Escape takes back what is in hand, and nothing of it can be undone or saved. */
static void
test_escape (Fixture *fixture,
             gconstpointer data)
{
  static const char *const tools[] = { "b", "l", "k", "r", "i", "v" };

  for (guint i = 0; i < G_N_ELEMENTS (tools); i++)
    {
      display_key (tools[i]);
      DRAG (fixture, FALSE, 20, 20, 60, 20, 60, 60, 20, 60);
      display_key ("Escape");
      display_xdotool ("mousemove_relative 5 5");
      display_xdotool ("mouseup 1");
      display_settle ();
      g_assert_cmpuint (n_cells (fixture), ==, 0);
      g_assert_cmpuint (n_regions (fixture), ==, 0);
      g_assert_false (mg_annotation_can_undo (fixture->annotation));
    }
}

/* Another cell is not painted over, unless that is switched off; and a width in
 * pixels of the screen is one. */
static void
test_brush_settings (Fixture *fixture,
                     gconstpointer data)
{
  gint64 area, expected;
  double zoom;

  g_object_set (fixture->canvas, "brush-radius", 6.0, NULL);
  display_key ("b");
  display_click (fixture->display, 40, 40);
  area = mg_annotation_get_area (fixture->annotation, 1);
  DRAG (fixture, TRUE, 20, 40, 40, 40, 60, 40);
  g_assert_cmpint (mg_annotation_get_area (fixture->annotation, 1), ==, area);
  gtk_widget_activate_action (GTK_WIDGET (fixture->display->window), "win.protect", NULL);
  DRAG (fixture, TRUE, 40, 20, 40, 40, 40, 60);
  g_assert_cmpint (mg_annotation_get_area (fixture->annotation, 1), <, area);
  gtk_widget_activate_action (GTK_WIDGET (fixture->display->window), "win.protect", NULL);
  g_object_get (fixture->canvas, "zoom", &zoom, NULL);
  g_object_set (fixture->canvas, "brush-on-screen", TRUE, "brush-radius", 40.0, NULL);
  display_click (fixture->display, 100, 100);
  area = mg_annotation_get_area (fixture->annotation, at (fixture, 100, 100));
  expected = (gint64) (G_PI * 40 * 40 / (zoom * zoom));
  g_assert_cmpint (area, >, expected * 9 / 10);
  g_assert_cmpint (area, <, expected * 11 / 10);
  display_check_saved (fixture->display);
}

static gboolean
is_accepted (gpointer document)
{
  return mg_document_get_prediction (document) == NULL;
}

static void
test_accept (Fixture *fixture,
             gconstpointer data)
{
  const MgRect cells[] = { { 10, 70, 12, 12 }, { 30, 70, 12, 12 }, { 50, 70, 12, 12 }, { 70, 70, 12, 12 } };

  display_show_prediction (fixture->display, cells, G_N_ELEMENTS (cells));
  display_key ("v");
  DRAG (fixture, TRUE, 25, 60, 40, 75, 55, 76);
  g_assert_cmpuint (n_cells (fixture), ==, 2); /* the second and third, one edit */
  g_assert_cmpuint (n_selected (fixture), ==, 2);
  g_assert_cmpuint (at (fixture, 35, 75), !=, 0);
  g_assert_cmpuint (at (fixture, 15, 75), ==, 0);
  display_key ("ctrl+z");
  g_assert_cmpuint (n_cells (fixture), ==, 0);
  /* from the keyboard: the first, then the one after it */
  display_key ("n");
  display_key ("Return");
  g_assert_cmpuint (n_cells (fixture), ==, 1);
  g_assert_cmpuint (at (fixture, 15, 75), !=, 0);
  display_key ("n");
  display_key ("Return");
  g_assert_cmpuint (n_cells (fixture), ==, 2);
  g_assert_cmpuint (at (fixture, 55, 75), !=, 0);
  display_key ("shift+Return");
  g_assert_cmpuint (n_cells (fixture), ==, 4);
  display_key ("ctrl+z");
  display_key ("ctrl+z");
  g_assert_cmpuint (n_cells (fixture), ==, 1);
  /* all of them; the one that is there is not added again */
  display_show_prediction (fixture->display, cells, G_N_ELEMENTS (cells));
  display_key ("ctrl+Return");
  g_assert_true (display_wait (is_accepted, display_get_document (fixture->display), 30));
  display_settle ();
  g_assert_cmpuint (n_cells (fixture), ==, 4);
  g_assert_true (display_says (fixture->display, "3 cells accepted; Undo takes them back"));
  display_key ("ctrl+z");
  g_assert_cmpuint (n_cells (fixture), ==, 1);
  display_key ("ctrl+shift+z");
  g_assert_cmpuint (n_cells (fixture), ==, 4);
  display_check_saved (fixture->display);
}

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)

int
main (int argc,
      char **argv)
{
  display_test_init (&argc, &argv);
  ADD ("/tools/shapes", test_shapes);
  ADD ("/tools/wand", test_wand);
  ADD ("/tools/select", test_select);
  ADD ("/tools/double-click", test_double_click);
  ADD ("/tools/ignore-and-regions", test_ignore_and_regions);
  ADD ("/tools/change-regions", test_change_regions);
  ADD ("/tools/hold-arrow", test_hold_arrow);
  ADD ("/tools/escape", test_escape);
  ADD ("/tools/brush-settings", test_brush_settings);
  ADD ("/tools/accept", test_accept);
  return display_test_run ();
}
