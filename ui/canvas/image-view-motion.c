/* What moves by itself: a zoom that glides to where it was sent, and a view that
 * was pushed and comes to rest. */
#include "canvas/frame-trace.h"
#include "canvas/image-view.h"

#include <math.h>

/* A glide is half done after this time. */
#define HALF_LIFE_S 0.045

/* Zoom as near as this to where it was sent has arrived. */
#define ARRIVED 0.004

/* A pushed view loses two thirds of its speed in this time. */
#define FRICTION_S 0.325

/* Slower than this, device pixels a second, it stands. */
#define STANDING 24.0

/* A hand that did not move for so long before it let go has stopped. */
#define HELD_US 60000

static gboolean
animations_wanted (MgImageView *self)
{
  gboolean wanted = TRUE;

  g_object_get (gtk_widget_get_settings (GTK_WIDGET (self)), "gtk-enable-animations", &wanted, NULL);
  return wanted;
}

/* Nothing is rendered for the zooms that a glide passes through. */
static void
set_moving (MgImageView *self,
            gboolean moving)
{
  MgViewTiles *tiles;

  for (guint i = 0; (tiles = MG_IMAGE_VIEW_GET_CLASS (self)->get_tiles (self, i)) != NULL; i++)
    mg_view_tiles_set_moving (tiles, moving);
}

static gboolean
glide (MgImageView *self,
       double seconds)
{
  MgViewMotion *motion = &self->motion;
  double left = log (motion->zoom / self->view.zoom) * exp2 (-seconds / HALF_LIFE_S);
  gboolean arrived = fabs (left) < ARRIVED;

  mg_viewport_set_zoom_about (&self->view, arrived ? motion->zoom : motion->zoom / exp (left), motion->anchor_x,
                              motion->anchor_y, motion->image_x, motion->image_y);
  if (arrived)
    set_moving (self, FALSE);
  return !arrived;
}

static gboolean
roll (MgImageView *self,
      double seconds)
{
  MgViewMotion *motion = &self->motion;
  double x = self->view.centre_x, y = self->view.centre_y;

  mg_viewport_pan (&self->view, motion->speed_x * seconds, motion->speed_y * seconds);
  motion->speed_x *= exp (-seconds / FRICTION_S);
  motion->speed_y *= exp (-seconds / FRICTION_S);
  return hypot (motion->speed_x, motion->speed_y) > STANDING && (x != self->view.centre_x || y != self->view.centre_y);
}

static gboolean
on_tick (GtkWidget *widget,
         GdkFrameClock *frame_clock,
         gpointer data)
{
  MgImageView *self = MG_IMAGE_VIEW (widget);
  MgViewMotion *motion = &self->motion;
  gint64 now = gdk_frame_clock_get_frame_time (frame_clock);
  double seconds = CLAMP ((double) (now - motion->at) / G_USEC_PER_SEC, 0.001, 0.1);
  gboolean more;

  motion->at = now;
  mg_frame_trace_enter ();
  more = motion->zoom > 0 ? glide (self, seconds) : roll (self, seconds);
  if (!more)
    *motion = (MgViewMotion){ 0 };
  _mg_image_view_changed (self);
  mg_frame_trace_leave ();
  return more;
}

static void
start (MgImageView *self)
{
  MgViewMotion *motion = &self->motion;
  GdkFrameClock *frame_clock = gtk_widget_get_frame_clock (GTK_WIDGET (self));

  if (motion->tick != 0)
    return;
  motion->at = frame_clock != NULL ? gdk_frame_clock_get_frame_time (frame_clock) : 0;
  motion->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_tick, NULL, NULL);
}

/* Ends what moves, where it is. */
void
_mg_image_view_rest (MgImageView *self)
{
  if (self->motion.tick != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->motion.tick);
  self->motion = (MgViewMotion){ 0 };
  set_moving (self, FALSE);
}

/* Where the zoom is going, or is. */
double
_mg_image_view_get_target_zoom (MgImageView *self)
{
  return self->motion.zoom > 0 ? self->motion.zoom : self->view.zoom;
}

/* Zooms about a place of the widget, device pixels, which stays where it is. */
void
_mg_image_view_glide_to (MgImageView *self,
                         double zoom,
                         double x,
                         double y)
{
  MgViewport end = self->view;

  mg_viewport_set_zoom (&end, zoom, x, y);
  if (!animations_wanted (self) || !gtk_widget_get_mapped (GTK_WIDGET (self)) || end.zoom == self->view.zoom)
    {
      _mg_image_view_rest (self);
      self->view = end;
      _mg_image_view_changed (self);
      return;
    }
  /* what was under a resting pointer at the first notch stays so at the next */
  if (self->motion.zoom <= 0 || self->motion.anchor_x != x || self->motion.anchor_y != y)
    mg_viewport_to_image (&self->view, x, y, &self->motion.image_x, &self->motion.image_y);
  self->motion.zoom = end.zoom;
  self->motion.anchor_x = x;
  self->motion.anchor_y = y;
  set_moving (self, TRUE);
  start (self);
}

/* Lets the view go on by itself, device pixels a second. */
void
_mg_image_view_push (MgImageView *self,
                     double speed_x,
                     double speed_y)
{
  if (!animations_wanted (self) || hypot (speed_x, speed_y) < 2 * STANDING)
    return;
  _mg_image_view_rest (self);
  self->motion.speed_x = speed_x;
  self->motion.speed_y = speed_y;
  start (self);
}

/* A hand moves the view; how fast is remembered for when it lets go. */
void
_mg_image_view_drag_by (MgImageView *self,
                        double dx,
                        double dy)
{
  MgViewMotion *motion = &self->motion;
  gint64 now = g_get_monotonic_time ();
  double seconds = CLAMP ((double) (now - motion->at) / G_USEC_PER_SEC, 0.002, 1), part = MIN (1, seconds / 0.05);

  motion->at = now;
  motion->speed_x += part * (dx / seconds - motion->speed_x);
  motion->speed_y += part * (dy / seconds - motion->speed_y);
  self->fit = FALSE;
  mg_viewport_pan (&self->view, dx, dy);
  _mg_image_view_changed (self);
}

/* The hand lets go; one that had come to rest before leaves the view at rest. */
void
_mg_image_view_let_go (MgImageView *self)
{
  MgViewMotion motion = self->motion;

  _mg_image_view_rest (self);
  if (g_get_monotonic_time () - motion.at < HELD_US)
    _mg_image_view_push (self, motion.speed_x, motion.speed_y);
}
