#include "canvas/canvas-tools.h"

/* Where the point of an own cursor is. */
#define HOT_PX 6

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

static void
set_cursor (MgImageView *view)
{
  MgCanvas *self = MG_CANVAS (view);
  const MgToolClass *class = _mg_canvas_tool_class (self);
  g_autoptr (GdkCursor) cursor = class->get_cursor != NULL ? gdk_cursor_new_from_name (class->get_cursor (self), NULL)
                                                           : make_cursor (class);

  gtk_widget_set_cursor (GTK_WIDGET (self), cursor);
}

/* Lets go of what is in hand: a stroke ends as it is, other tools come to nothing. */
void
_mg_canvas_cancel_drag (MgCanvas *self)
{
  const MgToolClass *class = _mg_canvas_tool_class (self);

  if (self->base.drag == MG_DRAG_TOOL && self->annotation != NULL && class->paints)
    mg_annotation_end_stroke (self->annotation);
  self->eraser_end = FALSE;
  class = _mg_canvas_tool_class (self);
  if (class->cancel != NULL && self->annotation != NULL)
    class->cancel (self);
  self->base.drag = MG_DRAG_NONE;
  _mg_image_view_update_cursor (&self->base);
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

static gboolean
is_eraser_end (GdkEvent *event)
{
  GdkDeviceTool *tool = event != NULL ? gdk_event_get_device_tool (event) : NULL;

  return tool != NULL && gdk_device_tool_get_tool_type (tool) == GDK_DEVICE_TOOL_TYPE_ERASER;
}

/* The pen's other end erases, whatever the tool. */
static void
take_end (MgCanvas *self,
          GdkEvent *event)
{
  gboolean eraser_end = is_eraser_end (event);

  if (self->eraser_end == eraser_end)
    return;
  self->eraser_end = eraser_end;
  _mg_image_view_update_cursor (&self->base);
}

/* What the tool is told. */
static MgToolEvent
tool_event (MgCanvas *self,
            GtkGesture *gesture,
            double pointer_x,
            double pointer_y)
{
  MgToolEvent event = {
    .pressure = get_pressure (_mg_image_view_get_event (gesture)),
    .state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture)),
    .n_press = self->base.n_press,
  };

  mg_viewport_to_image (&self->base.view, pointer_x, pointer_y, &event.x, &event.y);
  return event;
}

static gboolean
press (MgImageView *view,
       GtkGesture *gesture)
{
  MgCanvas *self = MG_CANVAS (view);
  MgToolEvent event = tool_event (self, gesture, view->pointer_x, view->pointer_y);

  take_end (self, _mg_image_view_get_event (gesture));
  return self->annotation != NULL && _mg_canvas_tool_class (self)->press (self, &event);
}

/* GTK brings one motion a frame; where the pointer was in between, and how hard a
 * pen was pressed there, is in that event's history, and makes a fast curve round
 * instead of cornered. */
static void
move_along_history (MgCanvas *self,
                    const MgToolClass *class,
                    GtkGesture *gesture)
{
  const GdkAxisFlags place = GDK_AXIS_FLAG_X | GDK_AXIS_FLAG_Y;
  GdkEvent *event = _mg_image_view_get_event (gesture);
  g_autofree GdkTimeCoord *history = NULL;
  double event_x, event_y, dx, dy;
  guint n = 0;

  if (event == NULL || gdk_event_get_event_type (event) != GDK_MOTION_NOTIFY ||
      !gdk_event_get_position (event, &event_x, &event_y))
    return;
  history = gdk_event_get_history (event, &n);
  /* event places count from the surface: the same way off as this one is */
  dx = self->base.pointer_x - event_x * self->base.scale;
  dy = self->base.pointer_y - event_y * self->base.scale;
  for (guint i = 0; i < n; i++)
    if ((history[i].flags & place) == place)
      {
        MgToolEvent then = tool_event (self, gesture, history[i].axes[GDK_AXIS_X] * self->base.scale + dx,
                                       history[i].axes[GDK_AXIS_Y] * self->base.scale + dy);

        if (gdk_event_get_device_tool (event) != NULL && (history[i].flags & GDK_AXIS_FLAG_PRESSURE) != 0)
          then.pressure = CLAMP (history[i].axes[GDK_AXIS_PRESSURE], 0, 1);
        class->move (self, &then);
      }
}

static void
move (MgImageView *view,
      GtkGesture *gesture)
{
  MgCanvas *self = MG_CANVAS (view);
  const MgToolClass *class = _mg_canvas_tool_class (self);
  MgToolEvent event = tool_event (self, gesture, view->pointer_x, view->pointer_y);

  if (class->move != NULL)
    {
      move_along_history (self, class, gesture);
      class->move (self, &event);
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
release (MgImageView *view,
         GtkGesture *gesture)
{
  MgCanvas *self = MG_CANVAS (view);
  const MgToolClass *class = _mg_canvas_tool_class (self);
  MgToolEvent event = tool_event (self, gesture, view->pointer_x, view->pointer_y);

  if (class->release != NULL && self->annotation != NULL)
    class->release (self, &event);
}

static void
cancel (MgImageView *view)
{
  MgCanvas *self = MG_CANVAS (view);
  const MgToolClass *class = _mg_canvas_tool_class (self);

  if (class->cancel != NULL)
    class->cancel (self);
}

/* The brush's outline goes along. */
static void
pointer_moved (MgImageView *view,
               GdkEvent *event)
{
  if (view->drag == MG_DRAG_NONE)
    take_end (MG_CANVAS (view), event);
  if (_mg_canvas_tool_class (MG_CANVAS (view))->get_cursor != NULL)
    _mg_image_view_update_cursor (view);
  gtk_widget_queue_draw (GTK_WIDGET (view));
}

static gboolean
scroll (MgImageView *view,
        GdkModifierType state,
        double dx,
        double dy)
{
  if ((state & GDK_ALT_MASK) == 0)
    return FALSE;
  mg_canvas_change_brush (MG_CANVAS (view), dy + dx < 0 ? 1 : -1);
  return TRUE;
}

void
_mg_canvas_input_class_init (MgImageViewClass *klass)
{
  klass->set_cursor = set_cursor;
  klass->press = press;
  klass->move = move;
  klass->release = release;
  klass->cancel = cancel;
  klass->pointer_moved = pointer_moved;
  klass->scroll = scroll;
}
