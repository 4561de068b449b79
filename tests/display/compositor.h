#pragma once

#include <glib.h>

/* A Wayland compositor of the test's own, in a thread: it shows nothing, and has
 * what cannot be had under X11 by a test: fingers, a touchpad and a pen. */

/* Makes it the display that GTK opens. Before anything of GTK. */
void compositor_start (void);

/* Places are of the window's surface. Fingers: down, then move, then up. */
void compositor_touch_down (int finger,
                            double x,
                            double y);
void compositor_touch_move (int finger,
                            double x,
                            double y);
void compositor_touch_up (int finger);

void compositor_pointer_move (double x,
                              double y);
/* Two fingers on the touchpad, which began a scale of 1 apart. */
void compositor_pinch_begin (void);
void compositor_pinch (double scale);
void compositor_pinch_end (void);

typedef enum
{
  COMPOSITOR_PEN,
  COMPOSITOR_ERASER, /* the other end of it */
} CompositorTool;

/* The pen comes down on a place, pressed so hard (0 to 1); or is lifted. */
void compositor_pen_down (CompositorTool tool,
                          double x,
                          double y,
                          double pressure);
void compositor_pen_move (CompositorTool tool,
                          double x,
                          double y,
                          double pressure);
void compositor_pen_up (CompositorTool tool);
