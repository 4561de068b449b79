#include "canvas/canvas-private.h"

#include <math.h>

void
_mg_canvas_update_cursor (MgCanvas *self)
{
  const char *name = "default";

  if (self->pyramid == NULL)
    name = "default";
  else if (self->drag == MG_DRAG_PAN)
    name = "grabbing";
  else if (self->space_held)
    name = "grab";
  else if (self->tool != MG_CANVAS_SELECT)
    name = "crosshair";
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), name);
}

void
_mg_canvas_cancel_drag (MgCanvas *self)
{
  if (self->drag == MG_DRAG_PAINT && self->annotation != NULL)
    mg_annotation_end_stroke (self->annotation);
  self->drag = MG_DRAG_NONE;
  _mg_canvas_update_cursor (self);
}

static void
set_pointer (MgCanvas *self,
             double x,
             double y)
{
  self->pointer_x = x * self->scale;
  self->pointer_y = y * self->scale;
}

/* A pen's pressure makes half to the whole radius; a mouse has none. */
static double
pressure_radius (MgCanvas *self,
                 GtkGesture *gesture)
{
  GdkEvent *event = gtk_gesture_get_last_event (gesture, gtk_gesture_get_last_updated_sequence (gesture));
  double pressure;

  if (event == NULL || gdk_event_get_device_tool (event) == NULL ||
      !gdk_event_get_axis (event, GDK_AXIS_PRESSURE, &pressure))
    return self->brush_radius;
  return self->brush_radius * (0.5 + 0.5 * CLAMP (pressure, 0, 1));
}

static gboolean
begin_paint (MgCanvas *self,
             GtkGesture *gesture,
             GdkModifierType state)
{
  gboolean erase = self->tool == MG_CANVAS_ERASER || (state & GDK_ALT_MASK) != 0;
  MgStroke stroke = {
    .tool = erase ? MG_TOOL_ERASER : MG_TOOL_BRUSH,
    .radius = pressure_radius (self, gesture),
    .erase_any = (state & GDK_SHIFT_MASK) != 0,
    .fill_closed = TRUE,
    .go_on = self->selected,
  };
  double x, y;

  if (self->annotation == NULL)
    return FALSE;
  mg_viewport_to_image (&self->view, self->pointer_x, self->pointer_y, &x, &y);
  mg_annotation_begin_stroke (self->annotation, &stroke, x, y);
  return TRUE;
}

static void
click_image (MgCanvas *self,
             GdkModifierType state,
             int n_press)
{
  double x, y;

  mg_viewport_to_image (&self->view, self->pointer_x, self->pointer_y, &x, &y);
  if (x >= 0 && y >= 0 && x < self->view.image_width && y < self->view.image_height)
    _mg_canvas_emit_clicked (self, (int) x, (int) y, state, n_press);
}

static void
on_drag_begin (GtkGestureDrag *gesture,
               double x,
               double y,
               MgCanvas *self)
{
  guint button = gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (gesture));
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));

  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (self->pyramid == NULL || button > GDK_BUTTON_MIDDLE ||
      (self->tool == MG_CANVAS_SELECT && button == GDK_BUTTON_PRIMARY && !self->space_held))
    {
      gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_DENIED);
      return;
    }
  mg_frame_trace_enter ();
  set_pointer (self, x, y);
  self->drag_x = self->pointer_x;
  self->drag_y = self->pointer_y;
  if (button == GDK_BUTTON_MIDDLE || self->space_held)
    self->drag = MG_DRAG_PAN;
  else if (begin_paint (self, GTK_GESTURE (gesture), state))
    self->drag = MG_DRAG_PAINT;
  _mg_canvas_update_cursor (self);
  mg_frame_trace_leave ();
}

static void
paint_to (MgCanvas *self,
          double pointer_x,
          double pointer_y,
          double radius)
{
  double x, y;

  mg_viewport_to_image (&self->view, pointer_x, pointer_y, &x, &y);
  mg_annotation_stroke_to (self->annotation, x, y, radius);
}

/* GTK brings one motion a frame; where the pointer was in between is in that
 * event's history, and makes a fast curve round instead of cornered. */
static void
paint_history (MgCanvas *self,
               GtkGesture *gesture,
               double radius)
{
  GdkEvent *event = gtk_gesture_get_last_event (gesture, gtk_gesture_get_last_updated_sequence (gesture));
  g_autofree GdkTimeCoord *history = NULL;
  double event_x, event_y, dx, dy;
  guint n = 0;

  if (event == NULL || !gdk_event_get_position (event, &event_x, &event_y))
    return;
  history = gdk_event_get_history (event, &n);
  /* event places count from the surface: the same way off as this one is */
  dx = self->pointer_x - event_x * self->scale;
  dy = self->pointer_y - event_y * self->scale;
  for (guint i = 0; i < n; i++)
    if ((history[i].flags & GDK_AXIS_FLAG_X) != 0 && (history[i].flags & GDK_AXIS_FLAG_Y) != 0)
      paint_to (self, history[i].axes[GDK_AXIS_X] * self->scale + dx,
                history[i].axes[GDK_AXIS_Y] * self->scale + dy, radius);
}

static void
on_drag_update (GtkGestureDrag *gesture,
                double offset_x,
                double offset_y,
                MgCanvas *self)
{
  double start_x, start_y, radius;

  if (self->drag == MG_DRAG_NONE)
    return;
  mg_frame_trace_enter ();
  gtk_gesture_drag_get_start_point (gesture, &start_x, &start_y);
  set_pointer (self, start_x + offset_x, start_y + offset_y);
  if (self->drag == MG_DRAG_PAN)
    {
      self->fit = FALSE;
      mg_viewport_pan (&self->view, self->pointer_x - self->drag_x, self->pointer_y - self->drag_y);
      self->drag_x = self->pointer_x;
      self->drag_y = self->pointer_y;
      _mg_canvas_viewport_changed (self);
    }
  else
    {
      radius = pressure_radius (self, GTK_GESTURE (gesture));
      paint_history (self, GTK_GESTURE (gesture), radius);
      paint_to (self, self->pointer_x, self->pointer_y, radius);
      gtk_widget_queue_draw (GTK_WIDGET (self));
    }
  mg_frame_trace_leave ();
}

static void
on_drag_end (GtkGestureDrag *gesture,
             double offset_x,
             double offset_y,
             MgCanvas *self)
{
  mg_frame_trace_enter ();
  _mg_canvas_cancel_drag (self);
  mg_frame_trace_leave ();
}

static void
on_drag_cancel (GtkGesture *gesture,
                GdkEventSequence *sequence,
                MgCanvas *self)
{
  if (self->drag == MG_DRAG_PAINT)
    mg_annotation_cancel_stroke (self->annotation);
  self->drag = MG_DRAG_NONE;
  _mg_canvas_update_cursor (self);
}

static void
on_pressed (GtkGestureClick *gesture,
            int n_press,
            double x,
            double y,
            MgCanvas *self)
{
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));

  if (self->pyramid == NULL || self->tool != MG_CANVAS_SELECT || self->space_held)
    return;
  set_pointer (self, x, y);
  click_image (self, state, n_press);
}

static void
on_motion (GtkEventControllerMotion *controller,
           double x,
           double y,
           MgCanvas *self)
{
  mg_frame_trace_enter ();
  set_pointer (self, x, y);
  self->pointer_inside = TRUE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  _mg_canvas_emit_hover (self);
  mg_frame_trace_leave ();
}

static void
on_leave (GtkEventControllerMotion *controller,
          MgCanvas *self)
{
  self->pointer_inside = FALSE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  _mg_canvas_emit_hover (self);
}

static gboolean
on_scroll (GtkEventControllerScroll *controller,
           double dx,
           double dy,
           MgCanvas *self)
{
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller));
  gboolean wheel = gtk_event_controller_scroll_get_unit (controller) == GDK_SCROLL_UNIT_WHEEL;

  if (self->pyramid == NULL)
    return FALSE;
  mg_frame_trace_enter ();
  if ((state & GDK_ALT_MASK) != 0)
    mg_canvas_change_brush (self, dy + dx < 0 ? 1 : -1);
  else if (wheel || (state & GDK_CONTROL_MASK) != 0)
    {
      /* a wheel in whole notches takes whole steps; a touchpad glides */
      if (wheel && fabs (dy) >= 1)
        mg_canvas_zoom_step (self, dy < 0 ? 1 : -1);
      else if (dy != 0)
        mg_canvas_zoom_to (self, self->view.zoom * exp (-dy * (wheel ? 0.2 : 0.02)));
    }
  else
    {
      self->fit = FALSE;
      mg_viewport_pan (&self->view, -dx * self->scale, -dy * self->scale);
      _mg_canvas_viewport_changed (self);
    }
  mg_frame_trace_leave ();
  return TRUE;
}

static void
on_pinch_begin (GtkGesture *gesture,
                GdkEventSequence *sequence,
                MgCanvas *self)
{
  self->pinch_zoom = self->view.zoom;
}

static void
on_pinch (GtkGestureZoom *gesture,
          double scale,
          MgCanvas *self)
{
  mg_canvas_zoom_to (self, self->pinch_zoom * scale);
}

static gboolean
on_key_pressed (GtkEventControllerKey *controller,
                guint keyval,
                guint keycode,
                GdkModifierType state,
                MgCanvas *self)
{
  if (keyval != GDK_KEY_space || (state & GDK_CONTROL_MASK) != 0)
    return FALSE;
  if (!self->space_held)
    {
      self->space_held = TRUE;
      _mg_canvas_update_cursor (self);
      gtk_widget_queue_draw (GTK_WIDGET (self));
    }
  return TRUE;
}

static void
on_key_released (GtkEventControllerKey *controller,
                 guint keyval,
                 guint keycode,
                 GdkModifierType state,
                 MgCanvas *self)
{
  if (keyval != GDK_KEY_space)
    return;
  self->space_held = FALSE;
  _mg_canvas_update_cursor (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_focus_leave (GtkEventControllerFocus *controller,
                MgCanvas *self)
{
  self->space_held = FALSE;
  _mg_canvas_update_cursor (self);
}

static void
add_drag (MgCanvas *self)
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
_mg_canvas_input_init (MgCanvas *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkGesture *click = gtk_gesture_click_new ();
  GtkGesture *pinch = gtk_gesture_zoom_new ();
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  GtkEventController *key = gtk_event_controller_key_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed), self);
  g_signal_connect (pinch, "begin", G_CALLBACK (on_pinch_begin), self);
  g_signal_connect (pinch, "scale-changed", G_CALLBACK (on_pinch), self);
  g_signal_connect (motion, "enter", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), self);
  g_signal_connect (scroll, "scroll", G_CALLBACK (on_scroll), self);
  g_signal_connect (key, "key-pressed", G_CALLBACK (on_key_pressed), self);
  g_signal_connect (key, "key-released", G_CALLBACK (on_key_released), self);
  g_signal_connect (focus, "leave", G_CALLBACK (on_focus_leave), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (click));
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (pinch));
  gtk_widget_add_controller (widget, motion);
  gtk_widget_add_controller (widget, scroll);
  gtk_widget_add_controller (widget, key);
  gtk_widget_add_controller (widget, focus);
  add_drag (self);
}
