/* Regions of interest as they are drawn, moved, resized and zoomed. */
#include "canvas/roi.h"

#include <glib.h>

#define WIDTH  200
#define HEIGHT 100

static void
check (const MgRect *roi,
       int x,
       int y,
       int width,
       int height)
{
  g_assert_cmpint (roi->x, ==, x);
  g_assert_cmpint (roi->y, ==, y);
  g_assert_cmpint (roi->width, ==, width);
  g_assert_cmpint (roi->height, ==, height);
}

static void
test_hit (void)
{
  const MgRect roi = { 50, 20, 40, 30 }, none = { 0 };

  g_assert_cmpuint (mg_roi_hit (&roi, 70, 35, 4), ==, MG_ROI_INSIDE);
  g_assert_cmpuint (mg_roi_hit (&roi, 48, 35, 4), ==, MG_ROI_LEFT);
  g_assert_cmpuint (mg_roi_hit (&roi, 92, 52, 4), ==, MG_ROI_RIGHT | MG_ROI_BOTTOM);
  g_assert_cmpuint (mg_roi_hit (&roi, 50, 20, 4), ==, MG_ROI_LEFT | MG_ROI_TOP);
  g_assert_cmpuint (mg_roi_hit (&roi, 45, 35, 4), ==, MG_ROI_NONE);
  g_assert_cmpuint (mg_roi_hit (&none, 0, 0, 4), ==, MG_ROI_NONE);
}

/* Either way round, clipped to the image, never too small to take hold of. */
static void
test_corners (void)
{
  MgRect roi;

  mg_roi_from_corners (&roi, 90, 50, 50, 20, WIDTH, HEIGHT);
  check (&roi, 50, 20, 40, 30);
  mg_roi_from_corners (&roi, -30, 90, 20, 400, WIDTH, HEIGHT);
  check (&roi, 0, 90, 20, 10);
  mg_roi_from_corners (&roi, 199, 99, 199, 99, WIDTH, HEIGHT);
  check (&roi, WIDTH - MG_ROI_MIN_PX, HEIGHT - MG_ROI_MIN_PX, MG_ROI_MIN_PX, MG_ROI_MIN_PX);
}

static void
test_drag (void)
{
  const MgRect start = { 50, 20, 40, 30 };
  MgRect roi;

  mg_roi_drag (&roi, &start, MG_ROI_INSIDE, 10, -5, WIDTH, HEIGHT);
  check (&roi, 60, 15, 40, 30);
  mg_roi_drag (&roi, &start, MG_ROI_INSIDE, 1000, 1000, WIDTH, HEIGHT);
  check (&roi, WIDTH - 40, HEIGHT - 30, 40, 30);
  mg_roi_drag (&roi, &start, MG_ROI_LEFT | MG_ROI_BOTTOM, -10, 5, WIDTH, HEIGHT);
  check (&roi, 40, 20, 50, 35);
  /* an edge stops before it meets the other */
  mg_roi_drag (&roi, &start, MG_ROI_RIGHT, -1000, 0, WIDTH, HEIGHT);
  check (&roi, 50, 20, MG_ROI_MIN_PX, 30);
  mg_roi_drag (&roi, &start, MG_ROI_TOP, 0, -1000, WIDTH, HEIGHT);
  check (&roi, 50, 0, 40, 50);
}

/* The place under the pointer stays; a small region still grows. */
static void
test_zoom (void)
{
  MgRect roi = { 50, 20, 40, 30 };

  mg_roi_zoom (&roi, 0.5, 70, 35, WIDTH, HEIGHT);
  check (&roi, 60, 28, 20, 15);
  mg_roi_zoom (&roi, 100, 70, 35, WIDTH, HEIGHT);
  check (&roi, 0, 0, WIDTH, HEIGHT);
  roi = (MgRect){ 50, 20, MG_ROI_MIN_PX, MG_ROI_MIN_PX };
  mg_roi_zoom (&roi, 1.01, 54, 24, WIDTH, HEIGHT);
  g_assert_cmpint (roi.width, >, MG_ROI_MIN_PX);
  g_assert_cmpint (roi.height, >, MG_ROI_MIN_PX);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/roi/hit", test_hit);
  g_test_add_func ("/roi/corners", test_corners);
  g_test_add_func ("/roi/drag", test_drag);
  g_test_add_func ("/roi/zoom", test_zoom);
  return g_test_run ();
}
