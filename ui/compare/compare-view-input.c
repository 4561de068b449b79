#include "compare/compare-view-private.h"

#include <math.h>

/* How far from an edge or the divider still holds it, logical pixels. */
#define REACH_PX 7

/* One notch of the wheel makes a region so much larger. */
#define ROI_STEP 1.15

static double
divider_x (MgCompareView *self)
{
  return self->divider * gtk_widget_get_width (GTK_WIDGET (self)) * self->scale;
}

static gboolean
on_divider (MgCompareView *self)
{
  return self->mode == MG_COMPARE_SPLIT && self->sides[MG_COMPARE_LAYER_RIGHT].pyramid != NULL && fabs (self->pointer_x - divider_x (self)) <= REACH_PX * self->scale;
}

/* What of the region is under the pointer. */
static guint
hit_roi (MgCompareView *self)
{
  MgComparePane panes[2];
  double x, y;

  _mg_compare_view_to_image (self, panes, self->pointer_x, self->pointer_y, &x, &y);
  return mg_roi_hit (&self->roi, x, y, REACH_PX * self->scale / self->view.zoom);
}

static const char *
roi_cursor (guint part)
{
  gboolean across = (part & (MG_ROI_LEFT | MG_ROI_RIGHT)) != 0, down = (part & (MG_ROI_TOP | MG_ROI_BOTTOM)) != 0;
  gboolean falling = part == (MG_ROI_LEFT | MG_ROI_TOP) || part == (MG_ROI_RIGHT | MG_ROI_BOTTOM);

  if (part == MG_ROI_NONE)
    return "crosshair";
  if (part == MG_ROI_INSIDE)
    return "move";
  if (across && down)
    return falling ? "nwse-resize" : "nesw-resize";
  return across ? "ew-resize" : "ns-resize";
}

void
_mg_compare_view_update_cursor (MgCompareView *self)
{
  const char *name;

  if (self->image_width == 0)
    name = "default";
  else if (self->drag == MG_COMPARE_DRAG_PAN)
    name = "grabbing";
  else if (self->space_held)
    name = "grab";
  else if (self->drag == MG_COMPARE_DRAG_DIVIDER || (self->drag == MG_COMPARE_DRAG_NONE && on_divider (self)))
    name = "col-resize";
  else
    name = roi_cursor (self->drag == MG_COMPARE_DRAG_ROI ? self->roi_part : self->drag == MG_COMPARE_DRAG_NEW_ROI ? MG_ROI_NONE
                                                                                                                  : hit_roi (self));
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), name);
}

static void
set_pointer (MgCompareView *self,
             double x,
             double y)
{
  self->pointer_x = x * self->scale;
  self->pointer_y = y * self->scale;
}

static void
take_hold (MgCompareView *self,
           guint button)
{
  MgComparePane panes[2];

  self->last_x = self->pointer_x;
  self->last_y = self->pointer_y;
  _mg_compare_view_to_image (self, panes, self->pointer_x, self->pointer_y, &self->drag_x, &self->drag_y);
  self->roi_part = hit_roi (self);
  self->roi_start = self->roi;
  if (button == GDK_BUTTON_MIDDLE || self->space_held)
    self->drag = MG_COMPARE_DRAG_PAN;
  else if (on_divider (self))
    self->drag = MG_COMPARE_DRAG_DIVIDER;
  else
    self->drag = self->roi_part != MG_ROI_NONE ? MG_COMPARE_DRAG_ROI : MG_COMPARE_DRAG_NEW_ROI;
}

static void
on_drag_begin (GtkGestureDrag *gesture,
               double x,
               double y,
               MgCompareView *self)
{
  guint button = gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (gesture));

  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (self->image_width == 0 || button > GDK_BUTTON_MIDDLE)
    {
      gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_DENIED);
      return;
    }
  mg_frame_trace_enter ();
  set_pointer (self, x, y);
  take_hold (self, button);
  _mg_compare_view_update_cursor (self);
  mg_frame_trace_leave ();
}

static void
drag_roi (MgCompareView *self)
{
  MgComparePane panes[2];
  MgRect before = self->roi;
  double x, y;

  _mg_compare_view_to_image (self, panes, self->pointer_x, self->pointer_y, &x, &y);
  if (self->drag == MG_COMPARE_DRAG_ROI)
    mg_roi_drag (&self->roi, &self->roi_start, self->roi_part, x - self->drag_x, y - self->drag_y,
                 self->image_width, self->image_height);
  else if (hypot (self->pointer_x - self->last_x, self->pointer_y - self->last_y) > 4 * self->scale)
    mg_roi_from_corners (&self->roi, self->drag_x, self->drag_y, x, y, self->image_width, self->image_height);
  if (memcmp (&before, &self->roi, sizeof before) != 0)
    _mg_compare_view_roi_changed (self);
}

static void
on_drag_update (GtkGestureDrag *gesture,
                double offset_x,
                double offset_y,
                MgCompareView *self)
{
  double start_x, start_y;

  if (self->drag == MG_COMPARE_DRAG_NONE)
    return;
  mg_frame_trace_enter ();
  gtk_gesture_drag_get_start_point (gesture, &start_x, &start_y);
  set_pointer (self, start_x + offset_x, start_y + offset_y);
  if (self->drag == MG_COMPARE_DRAG_PAN)
    {
      self->fit = FALSE;
      mg_viewport_pan (&self->view, self->pointer_x - self->last_x, self->pointer_y - self->last_y);
      self->last_x = self->pointer_x;
      self->last_y = self->pointer_y;
      _mg_compare_view_viewport_changed (self);
    }
  else if (self->drag == MG_COMPARE_DRAG_DIVIDER)
    g_object_set (self, "divider",
                  CLAMP (self->pointer_x / MAX (1, gtk_widget_get_width (GTK_WIDGET (self)) * self->scale), 0, 1), NULL);
  else
    drag_roi (self);
  mg_frame_trace_leave ();
}

static void
let_go (MgCompareView *self)
{
  self->drag = MG_COMPARE_DRAG_NONE;
  _mg_compare_view_update_cursor (self);
}

static void
on_drag_end (GtkGestureDrag *gesture,
             double offset_x,
             double offset_y,
             MgCompareView *self)
{
  let_go (self);
}

static void
on_drag_cancel (GtkGesture *gesture,
                GdkEventSequence *sequence,
                MgCompareView *self)
{
  let_go (self);
}

static void
on_motion (GtkEventControllerMotion *controller,
           double x,
           double y,
           MgCompareView *self)
{
  mg_frame_trace_enter ();
  set_pointer (self, x, y);
  self->pointer_inside = TRUE;
  if (self->drag == MG_COMPARE_DRAG_NONE)
    _mg_compare_view_update_cursor (self);
  _mg_compare_view_emit_hover (self);
  mg_frame_trace_leave ();
}

static void
on_leave (GtkEventControllerMotion *controller,
          MgCompareView *self)
{
  self->pointer_inside = FALSE;
  _mg_compare_view_emit_hover (self);
}

static void
scroll_roi (MgCompareView *self,
            double dy)
{
  MgComparePane panes[2];
  double x, y;

  _mg_compare_view_to_image (self, panes, self->pointer_x, self->pointer_y, &x, &y);
  mg_roi_zoom (&self->roi, pow (ROI_STEP, dy), x, y, self->image_width, self->image_height);
  _mg_compare_view_roi_changed (self);
}

/* With Shift the wheel goes sideways in some drivers, hence the sum. */
static gboolean
on_scroll (GtkEventControllerScroll *controller,
           double dx,
           double dy,
           MgCompareView *self)
{
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller));
  gboolean wheel = gtk_event_controller_scroll_get_unit (controller) == GDK_SCROLL_UNIT_WHEEL;

  if (self->image_width == 0)
    return FALSE;
  mg_frame_trace_enter ();
  if ((state & GDK_SHIFT_MASK) != 0 && hit_roi (self) != MG_ROI_NONE)
    scroll_roi (self, dx + dy);
  else if (wheel || (state & GDK_CONTROL_MASK) != 0)
    {
      /* a wheel in whole notches takes whole steps; a touchpad glides */
      if (wheel && fabs (dy) >= 1)
        mg_compare_view_zoom_step (self, dy < 0 ? 1 : -1);
      else if (dy != 0)
        _mg_compare_view_zoom_at (self, self->view.zoom * exp (-dy * (wheel ? 0.2 : 0.02)));
    }
  else
    {
      self->fit = FALSE;
      mg_viewport_pan (&self->view, -dx * self->scale, -dy * self->scale);
      _mg_compare_view_viewport_changed (self);
    }
  mg_frame_trace_leave ();
  return TRUE;
}

static void
on_pinch_begin (GtkGesture *gesture,
                GdkEventSequence *sequence,
                MgCompareView *self)
{
  self->pinch_zoom = self->view.zoom;
}

static void
on_pinch (GtkGestureZoom *gesture,
          double scale,
          MgCompareView *self)
{
  _mg_compare_view_zoom_at (self, self->pinch_zoom * scale);
}

static void
hold_space (MgCompareView *self,
            gboolean held)
{
  if (self->space_held == held)
    return;
  self->space_held = held;
  _mg_compare_view_update_cursor (self);
}

static gboolean
on_key_pressed (GtkEventControllerKey *controller,
                guint keyval,
                guint keycode,
                GdkModifierType state,
                MgCompareView *self)
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
                 MgCompareView *self)
{
  if (keyval == GDK_KEY_space)
    hold_space (self, FALSE);
}

static void
on_focus_leave (GtkEventControllerFocus *controller,
                MgCompareView *self)
{
  hold_space (self, FALSE);
}

static void
add_drag (MgCompareView *self)
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
_mg_compare_view_input_init (MgCompareView *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkGesture *pinch = gtk_gesture_zoom_new ();
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  GtkEventController *key = gtk_event_controller_key_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  g_signal_connect (pinch, "begin", G_CALLBACK (on_pinch_begin), self);
  g_signal_connect (pinch, "scale-changed", G_CALLBACK (on_pinch), self);
  g_signal_connect (motion, "enter", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), self);
  g_signal_connect (scroll, "scroll", G_CALLBACK (on_scroll), self);
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
