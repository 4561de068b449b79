#include "canvas/canvas-tools.h"

#include <math.h>

/* Where the point of an own cursor is. */
#define HOT_PX 6
/* Second presses this near count for a double click. */
#define DOUBLE_CLICK_PX 6

static GdkCursor *
make_cursor (const MgToolClass *class)
{
  g_autofree char *path = g_strdup_printf ("/io/github/micrographia/Micrographia/cursors/%s.svg", class->cursor);
  g_autoptr (GdkCursor) fallback = gdk_cursor_new_from_name ("crosshair", NULL);
  g_autoptr (GdkTexture) texture = NULL;

  if (!class->own_cursor)
    return gdk_cursor_new_from_name (class->cursor, NULL);
  texture = gdk_texture_new_from_resource (path);
  return gdk_cursor_new_from_texture (texture, HOT_PX, HOT_PX, fallback);
}

void
_mg_canvas_update_cursor (MgCanvas *self)
{
  g_autoptr (GdkCursor) cursor = NULL;

  if (self->pyramid == NULL)
    cursor = gdk_cursor_new_from_name ("default", NULL);
  else if (self->drag == MG_DRAG_PAN)
    cursor = gdk_cursor_new_from_name ("grabbing", NULL);
  else if (self->space_held)
    cursor = gdk_cursor_new_from_name ("grab", NULL);
  else
    cursor = make_cursor (_mg_canvas_tool_class (self));
  gtk_widget_set_cursor (GTK_WIDGET (self), cursor);
}

/* Lets go of what is in hand: a stroke ends as it is, other tools come to nothing. */
void
_mg_canvas_cancel_drag (MgCanvas *self)
{
  const MgToolClass *class = _mg_canvas_tool_class (self);

  if (self->drag == MG_DRAG_TOOL && self->annotation != NULL && class->paints)
    mg_annotation_end_stroke (self->annotation);
  else if (class->cancel != NULL && self->annotation != NULL)
    class->cancel (self);
  self->drag = MG_DRAG_NONE;
  _mg_canvas_update_cursor (self);
}

/**
 * mg_canvas_abandon:
 * @self: a canvas
 *
 * Takes back what a tool has in hand, as if it had never begun.
 *
 * Returns: %FALSE when there was nothing
 */
gboolean
mg_canvas_abandon (MgCanvas *self)
{
  const MgToolClass *class = _mg_canvas_tool_class (self);

  if (self->drag != MG_DRAG_TOOL)
    return FALSE;
  if (class->cancel != NULL)
    class->cancel (self);
  self->drag = MG_DRAG_NONE;
  _mg_canvas_update_cursor (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  return TRUE;
}

static void
set_pointer (MgCanvas *self,
             double x,
             double y)
{
  self->pointer_x = x * self->scale;
  self->pointer_y = y * self->scale;
}

/* Of a pen; a mouse has none. */
static double
get_pressure (GdkEvent *event)
{
  double pressure;

  if (event == NULL || gdk_event_get_device_tool (event) == NULL ||
      !gdk_event_get_axis (event, GDK_AXIS_PRESSURE, &pressure))
    return 1;
  return CLAMP (pressure, 0, 1);
}

static GdkEvent *
get_event (GtkGesture *gesture)
{
  return gtk_gesture_get_last_event (gesture, gtk_gesture_get_last_updated_sequence (gesture));
}

/* What the tool is told. */
static MgToolEvent
tool_event (MgCanvas *self,
            GtkGesture *gesture,
            double pointer_x,
            double pointer_y)
{
  MgToolEvent event = {
    .pressure = get_pressure (get_event (gesture)),
    .state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture)),
    .n_press = self->n_press,
  };

  mg_viewport_to_image (&self->view, pointer_x, pointer_y, &event.x, &event.y);
  return event;
}

/* A second press soon after the first, and near it, is one of a double click. */
static void
count_press (MgCanvas *self,
             GtkGesture *gesture)
{
  GdkEvent *event = get_event (gesture);
  guint32 now = event != NULL ? gdk_event_get_time (event) : 0;
  int limit_ms;

  g_object_get (gtk_widget_get_settings (GTK_WIDGET (self)), "gtk-double-click-time", &limit_ms, NULL);
  if (self->n_press == 1 && now - self->press_time <= (guint32) limit_ms &&
      hypot (self->pointer_x - self->drag_x, self->pointer_y - self->drag_y) <= DOUBLE_CLICK_PX * self->scale)
    self->n_press = 2;
  else
    self->n_press = 1;
  self->press_time = now;
}

static void
on_drag_begin (GtkGestureDrag *gesture,
               double x,
               double y,
               MgCanvas *self)
{
  guint button = gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (gesture));

  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (self->pyramid == NULL || button > GDK_BUTTON_MIDDLE)
    {
      gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_DENIED);
      return;
    }
  mg_frame_trace_enter ();
  _mg_canvas_rest (self);
  set_pointer (self, x, y);
  count_press (self, GTK_GESTURE (gesture));
  self->drag_x = self->pointer_x;
  self->drag_y = self->pointer_y;
  if (button == GDK_BUTTON_MIDDLE || self->space_held)
    self->drag = MG_DRAG_PAN;
  else if (self->annotation != NULL)
    {
      MgToolEvent event = tool_event (self, GTK_GESTURE (gesture), self->pointer_x, self->pointer_y);

      self->drag = _mg_canvas_tool_class (self)->press (self, &event) ? MG_DRAG_TOOL : MG_DRAG_NONE;
    }
  _mg_canvas_update_cursor (self);
  mg_frame_trace_leave ();
}

static void
move_tool (MgCanvas *self,
           GtkGesture *gesture,
           double pointer_x,
           double pointer_y)
{
  const MgToolClass *class = _mg_canvas_tool_class (self);
  MgToolEvent event = tool_event (self, gesture, pointer_x, pointer_y);

  if (class->move != NULL)
    class->move (self, &event);
}

/* GTK brings one motion a frame; where the pointer was in between is in that
 * event's history, and makes a fast curve round instead of cornered. */
static void
move_along_history (MgCanvas *self,
                    GtkGesture *gesture)
{
  GdkEvent *event = get_event (gesture);
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
      move_tool (self, gesture, history[i].axes[GDK_AXIS_X] * self->scale + dx,
                 history[i].axes[GDK_AXIS_Y] * self->scale + dy);
}

static void
on_drag_update (GtkGestureDrag *gesture,
                double offset_x,
                double offset_y,
                MgCanvas *self)
{
  double start_x, start_y;

  if (self->drag == MG_DRAG_NONE)
    return;
  mg_frame_trace_enter ();
  gtk_gesture_drag_get_start_point (gesture, &start_x, &start_y);
  set_pointer (self, start_x + offset_x, start_y + offset_y);
  if (self->drag == MG_DRAG_PAN)
    {
      _mg_canvas_drag_by (self, self->pointer_x - self->drag_x, self->pointer_y - self->drag_y);
      self->drag_x = self->pointer_x;
      self->drag_y = self->pointer_y;
    }
  else
    {
      move_along_history (self, GTK_GESTURE (gesture));
      move_tool (self, GTK_GESTURE (gesture), self->pointer_x, self->pointer_y);
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
  const MgToolClass *class = _mg_canvas_tool_class (self);
  MgToolEvent event;

  mg_frame_trace_enter ();
  if (self->drag == MG_DRAG_PAN)
    _mg_canvas_let_go (self);
  if (self->drag == MG_DRAG_TOOL)
    {
      event = tool_event (self, GTK_GESTURE (gesture), self->pointer_x, self->pointer_y);
      self->drag = MG_DRAG_NONE;
      if (class->release != NULL && self->annotation != NULL)
        class->release (self, &event);
    }
  self->drag = MG_DRAG_NONE;
  _mg_canvas_update_cursor (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  mg_frame_trace_leave ();
}

static void
on_drag_cancel (GtkGesture *gesture,
                GdkEventSequence *sequence,
                MgCanvas *self)
{
  mg_canvas_abandon (self);
  self->drag = MG_DRAG_NONE;
  _mg_canvas_update_cursor (self);
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
        mg_canvas_zoom_to (self, _mg_canvas_get_target_zoom (self) * exp (-dy * (wheel ? 0.2 : 0.02)));
    }
  else
    {
      _mg_canvas_rest (self);
      self->fit = FALSE;
      mg_viewport_pan (&self->view, -dx * self->scale, -dy * self->scale);
      _mg_canvas_viewport_changed (self);
    }
  mg_frame_trace_leave ();
  return TRUE;
}

/* A touchpad was let go of while it scrolled. */
static void
on_decelerate (GtkEventControllerScroll *controller,
               double speed_x,
               double speed_y,
               MgCanvas *self)
{
  if (self->pyramid != NULL)
    _mg_canvas_push (self, -speed_x * self->scale, -speed_y * self->scale);
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
