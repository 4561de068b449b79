/* Pointer, wheel, touchpad, fingers and Space on an image. */
#include "canvas/frame-trace.h"
#include "canvas/image-view.h"

#include <math.h>

/* Second presses this near count for a double click. */
#define DOUBLE_CLICK_PX 6

/* By how much a notch of a fine wheel, and a pixel of a touchpad, zoom: its exponent. */
#define WHEEL_ZOOM    0.2
#define TOUCHPAD_ZOOM 0.02

void
_mg_image_view_update_cursor (MgImageView *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  if (self->view.image_width == 0)
    gtk_widget_set_cursor_from_name (widget, "default");
  else if (self->drag == MG_DRAG_PAN)
    gtk_widget_set_cursor_from_name (widget, "grabbing");
  else if (self->space_held)
    gtk_widget_set_cursor_from_name (widget, "grab");
  else
    MG_IMAGE_VIEW_GET_CLASS (self)->set_cursor (self);
}

/* The last of a gesture. */
GdkEvent *
_mg_image_view_get_event (GtkGesture *gesture)
{
  return gtk_gesture_get_last_event (gesture, gtk_gesture_get_last_updated_sequence (gesture));
}

/**
 * mg_image_view_abandon:
 * @self: a view
 *
 * Takes back what is in hand, as if it had never begun.
 *
 * Returns: %FALSE when there was nothing
 */
gboolean
mg_image_view_abandon (MgImageView *self)
{
  MgImageViewClass *klass = MG_IMAGE_VIEW_GET_CLASS (self);
  MgDrag drag = self->drag;

  if (drag == MG_DRAG_NONE)
    return FALSE;
  if (drag == MG_DRAG_TOOL && klass->cancel != NULL)
    klass->cancel (self);
  self->drag = MG_DRAG_NONE;
  _mg_image_view_update_cursor (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  return drag == MG_DRAG_TOOL;
}

static void
set_pointer (MgImageView *self,
             double x,
             double y)
{
  self->pointer_x = x * self->scale;
  self->pointer_y = y * self->scale;
}

/* A second press soon after the first, and near it, is one of a double click. */
static void
count_press (MgImageView *self,
             GtkGesture *gesture)
{
  GdkEvent *event = _mg_image_view_get_event (gesture);
  guint32 now = event != NULL ? gdk_event_get_time (event) : 0;
  int limit_ms;

  g_object_get (gtk_widget_get_settings (GTK_WIDGET (self)), "gtk-double-click-time", &limit_ms, NULL);
  if (self->n_press == 1 && now - self->press_time <= (guint32) limit_ms &&
      hypot (self->pointer_x - self->press_x, self->pointer_y - self->press_y) <= DOUBLE_CLICK_PX * self->scale)
    self->n_press = 2;
  else
    self->n_press = 1;
  self->press_time = now;
  self->press_x = self->pointer_x;
  self->press_y = self->pointer_y;
}

static void
on_drag_begin (GtkGestureDrag *gesture,
               double x,
               double y,
               MgImageView *self)
{
  MgImageViewClass *klass = MG_IMAGE_VIEW_GET_CLASS (self);
  guint button = gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (gesture));

  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (self->view.image_width == 0 || button > GDK_BUTTON_MIDDLE)
    {
      gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_DENIED);
      return;
    }
  mg_frame_trace_enter ();
  _mg_image_view_rest (self);
  set_pointer (self, x, y);
  _mg_image_view_renew_hover (self);
  count_press (self, GTK_GESTURE (gesture));
  if (button == GDK_BUTTON_MIDDLE || self->space_held)
    self->drag = MG_DRAG_PAN;
  else
    self->drag = klass->press != NULL && klass->press (self, GTK_GESTURE (gesture)) ? MG_DRAG_TOOL : MG_DRAG_NONE;
  _mg_image_view_update_cursor (self);
  mg_frame_trace_leave ();
}

static void
on_drag_update (GtkGestureDrag *gesture,
                double offset_x,
                double offset_y,
                MgImageView *self)
{
  MgImageViewClass *klass = MG_IMAGE_VIEW_GET_CLASS (self);
  double start_x, start_y;

  if (self->drag == MG_DRAG_NONE)
    return;
  mg_frame_trace_enter ();
  gtk_gesture_drag_get_start_point (gesture, &start_x, &start_y);
  set_pointer (self, start_x + offset_x, start_y + offset_y);
  if (self->drag == MG_DRAG_PAN)
    {
      _mg_image_view_drag_by (self, self->pointer_x - self->press_x, self->pointer_y - self->press_y);
      self->press_x = self->pointer_x;
      self->press_y = self->pointer_y;
    }
  else if (klass->move != NULL)
    klass->move (self, GTK_GESTURE (gesture));
  mg_frame_trace_leave ();
}

/* Another finger came down: what the first one began was not meant. */
static gboolean
is_more_fingers (GtkGestureDrag *gesture)
{
  GdkEvent *event = gtk_event_controller_get_current_event (GTK_EVENT_CONTROLLER (gesture));

  return event != NULL && gdk_event_get_event_type (event) == GDK_TOUCH_BEGIN;
}

static void
on_drag_end (GtkGestureDrag *gesture,
             double offset_x,
             double offset_y,
             MgImageView *self)
{
  MgImageViewClass *klass = MG_IMAGE_VIEW_GET_CLASS (self);
  MgDrag drag;

  mg_frame_trace_enter ();
  if (is_more_fingers (gesture))
    mg_image_view_abandon (self);
  drag = self->drag;
  self->drag = MG_DRAG_NONE;
  if (drag == MG_DRAG_PAN)
    _mg_image_view_let_go (self);
  else if (drag == MG_DRAG_TOOL && klass->release != NULL)
    klass->release (self, GTK_GESTURE (gesture));
  _mg_image_view_update_cursor (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  mg_frame_trace_leave ();
}

static void
on_drag_cancel (GtkGesture *gesture,
                GdkEventSequence *sequence,
                MgImageView *self)
{
  mg_image_view_abandon (self);
}

static void
pointer_moved (MgImageView *self,
               GtkEventController *controller)
{
  MgImageViewClass *klass = MG_IMAGE_VIEW_GET_CLASS (self);

  if (klass->pointer_moved != NULL)
    klass->pointer_moved (self, gtk_event_controller_get_current_event (controller));
  _mg_image_view_emit_hover (self);
}

static void
on_motion (GtkEventController *controller,
           double x,
           double y,
           MgImageView *self)
{
  mg_frame_trace_enter ();
  set_pointer (self, x, y);
  self->pointer_inside = TRUE;
  pointer_moved (self, controller);
  mg_frame_trace_leave ();
}

static void
on_leave (GtkEventController *controller,
          MgImageView *self)
{
  self->pointer_inside = FALSE;
  pointer_moved (self, controller);
}

static void
zoom_or_pan (MgImageView *self,
             double dx,
             double dy,
             gboolean wheel,
             gboolean control)
{
  if (wheel && fabs (dy) >= 1) /* a wheel in whole notches takes whole steps; a touchpad glides */
    mg_image_view_zoom_step (self, dy < 0 ? 1 : -1);
  else if ((wheel || control) && dy != 0)
    mg_image_view_zoom_to (self, _mg_image_view_get_target_zoom (self) * exp (-dy * (wheel ? WHEEL_ZOOM : TOUCHPAD_ZOOM)));
  else if (!wheel && !control)
    {
      _mg_image_view_rest (self);
      self->fit = FALSE;
      mg_viewport_pan (&self->view, -dx * self->scale, -dy * self->scale);
      _mg_image_view_changed (self);
    }
}

static gboolean
on_scroll (GtkEventControllerScroll *controller,
           double dx,
           double dy,
           MgImageView *self)
{
  MgImageViewClass *klass = MG_IMAGE_VIEW_GET_CLASS (self);
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller));

  if (self->view.image_width == 0)
    return FALSE;
  mg_frame_trace_enter ();
  if (klass->scroll == NULL || !klass->scroll (self, state, dx, dy))
    zoom_or_pan (self, dx, dy, gtk_event_controller_scroll_get_unit (controller) == GDK_SCROLL_UNIT_WHEEL,
                 (state & GDK_CONTROL_MASK) != 0);
  mg_frame_trace_leave ();
  return TRUE;
}

/* A touchpad was let go of while it scrolled. */
static void
on_decelerate (GtkEventControllerScroll *controller,
               double speed_x,
               double speed_y,
               MgImageView *self)
{
  if (self->view.image_width > 0)
    _mg_image_view_push (self, -speed_x * self->scale, -speed_y * self->scale);
}

/* Between the fingers, in device pixels of the pane under them. */
static void
get_pinch_centre (MgImageView *self,
                  GtkGesture *gesture,
                  double *x,
                  double *y)
{
  MgImageViewClass *klass = MG_IMAGE_VIEW_GET_CLASS (self);

  gtk_gesture_get_bounding_box_center (gesture, x, y);
  *x *= self->scale;
  *y *= self->scale;
  if (klass->get_pane_offset != NULL)
    *x -= klass->get_pane_offset (self, *x);
}

static void
on_pinch_begin (GtkGesture *gesture,
                GdkEventSequence *sequence,
                MgImageView *self)
{
  double x, y;

  _mg_image_view_rest (self);
  get_pinch_centre (self, gesture, &x, &y);
  mg_viewport_to_image (&self->view, x, y, &self->pinch_x, &self->pinch_y);
  self->pinch_zoom = self->view.zoom;
  gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_CLAIMED);
}

/* What was between the fingers stays there, wherever they go. */
static void
on_pinch (GtkGestureZoom *gesture,
          double scale,
          MgImageView *self)
{
  double x, y;

  if (self->view.image_width == 0)
    return;
  mg_frame_trace_enter ();
  get_pinch_centre (self, GTK_GESTURE (gesture), &x, &y);
  self->fit = FALSE;
  mg_viewport_set_zoom_about (&self->view, self->pinch_zoom * scale, x, y, self->pinch_x, self->pinch_y);
  _mg_image_view_changed (self);
  mg_frame_trace_leave ();
}

static void
hold_space (MgImageView *self,
            gboolean held)
{
  if (self->space_held == held)
    return;
  self->space_held = held;
  _mg_image_view_update_cursor (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static gboolean
on_key_pressed (GtkEventControllerKey *controller,
                guint keyval,
                guint keycode,
                GdkModifierType state,
                MgImageView *self)
{
  if (keyval != GDK_KEY_space || (state & GDK_CONTROL_MASK) != 0)
    return FALSE;
  hold_space (self, TRUE);
  return TRUE;
}

static void
on_key_released (GtkEventControllerKey *controller,
                 guint keyval,
                 guint keycode,
                 GdkModifierType state,
                 MgImageView *self)
{
  if (keyval == GDK_KEY_space)
    hold_space (self, FALSE);
}

static void
on_focus_leave (GtkEventControllerFocus *controller,
                MgImageView *self)
{
  hold_space (self, FALSE);
}

static void
add_drag (MgImageView *self)
{
  GtkGesture *drag = gtk_gesture_drag_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (drag), 0);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (on_drag_end), self);
  g_signal_connect (drag, "cancel", G_CALLBACK (on_drag_cancel), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
}

void
_mg_image_view_input_init (MgImageView *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkGesture *pinch = gtk_gesture_zoom_new ();
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES |
                                                                GTK_EVENT_CONTROLLER_SCROLL_KINETIC);
  GtkEventController *key = gtk_event_controller_key_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  g_signal_connect (pinch, "begin", G_CALLBACK (on_pinch_begin), self);
  g_signal_connect (pinch, "scale-changed", G_CALLBACK (on_pinch), self);
  g_signal_connect (motion, "enter", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), self);
  g_signal_connect (scroll, "scroll", G_CALLBACK (on_scroll), self);
  g_signal_connect (scroll, "decelerate", G_CALLBACK (on_decelerate), self);
  g_signal_connect (key, "key-pressed", G_CALLBACK (on_key_pressed), self);
  g_signal_connect (key, "key-released", G_CALLBACK (on_key_released), self);
  g_signal_connect (focus, "leave", G_CALLBACK (on_focus_leave), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (pinch));
  gtk_widget_add_controller (widget, motion);
  gtk_widget_add_controller (widget, scroll);
  gtk_widget_add_controller (widget, key);
  gtk_widget_add_controller (widget, focus);
  add_drag (self);
}
