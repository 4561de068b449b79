#include "compare/compare-view-private.h"

#include <math.h>

/* How far from an edge or the divider still holds it, logical pixels. */
#define REACH_PX 7

/* A pointer that moves no further has not drawn a region. */
#define DRAWN_PX 4

/* One notch of the wheel makes a region so much larger. */
#define ROI_STEP 1.15

static gboolean
on_divider (MgCompareView *self)
{
  double x = self->divider * gtk_widget_get_width (GTK_WIDGET (self)) * self->base.scale;

  return self->mode == MG_COMPARE_SPLIT && self->sides[MG_COMPARE_LAYER_RIGHT].pyramid != NULL &&
         fabs (self->base.pointer_x - x) <= REACH_PX * self->base.scale;
}

/* What of the region is under the pointer. */
static guint
hit_roi (MgCompareView *self)
{
  double x, y;

  _mg_image_view_get_pointer (&self->base, &x, &y);
  return mg_roi_hit (&self->roi, x, y, REACH_PX * self->base.scale / self->base.view.zoom);
}

static void
set_cursor (MgImageView *view)
{
  MgCompareView *self = MG_COMPARE_VIEW (view);
  gboolean holds = view->drag == MG_DRAG_TOOL;
  const char *name;

  if (holds ? self->hold == MG_COMPARE_HOLDS_DIVIDER : on_divider (self))
    name = "col-resize";
  else if (holds)
    name = mg_roi_get_cursor (self->hold == MG_COMPARE_HOLDS_ROI ? self->roi_part : MG_ROI_NONE);
  else
    name = mg_roi_get_cursor (hit_roi (self));
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), name);
}

static gboolean
press (MgImageView *view,
       GtkGesture *gesture)
{
  MgCompareView *self = MG_COMPARE_VIEW (view);

  _mg_image_view_get_pointer (view, &self->drag_x, &self->drag_y);
  self->roi_part = hit_roi (self);
  self->roi_start = self->roi;
  self->divider_start = self->divider;
  if (on_divider (self))
    self->hold = MG_COMPARE_HOLDS_DIVIDER;
  else
    self->hold = self->roi_part != MG_ROI_NONE ? MG_COMPARE_HOLDS_ROI : MG_COMPARE_HOLDS_NEW_ROI;
  return TRUE;
}

static void
drag_roi (MgCompareView *self)
{
  const MgViewport *view = &self->base.view;
  MgRect before = self->roi;
  double x, y;

  _mg_image_view_get_pointer (&self->base, &x, &y);
  if (self->hold == MG_COMPARE_HOLDS_ROI)
    mg_roi_drag (&self->roi, &self->roi_start, self->roi_part, x - self->drag_x, y - self->drag_y,
                 view->image_width, view->image_height);
  else if (hypot (self->base.pointer_x - self->base.press_x, self->base.pointer_y - self->base.press_y) > DRAWN_PX * self->base.scale)
    mg_roi_from_corners (&self->roi, self->drag_x, self->drag_y, x, y, view->image_width, view->image_height);
  if (memcmp (&before, &self->roi, sizeof before) != 0)
    _mg_compare_view_roi_changed (self);
}

static void
move (MgImageView *view,
      GtkGesture *gesture)
{
  MgCompareView *self = MG_COMPARE_VIEW (view);
  double width = MAX (1, gtk_widget_get_width (GTK_WIDGET (self)) * self->base.scale);

  if (self->hold == MG_COMPARE_HOLDS_DIVIDER)
    g_object_set (self, "divider", CLAMP (self->base.pointer_x / width, 0, 1), NULL);
  else
    drag_roi (self);
}

static void
cancel (MgImageView *view)
{
  MgCompareView *self = MG_COMPARE_VIEW (view);

  g_object_set (self, "divider", self->divider_start, NULL);
  if (memcmp (&self->roi, &self->roi_start, sizeof self->roi) == 0)
    return;
  self->roi = self->roi_start;
  _mg_compare_view_roi_changed (self);
}

static void
pointer_moved (MgImageView *view,
               GdkEvent *event)
{
  if (view->drag == MG_DRAG_NONE && view->pointer_inside)
    _mg_image_view_update_cursor (view);
}

/* With Shift the wheel goes sideways in some drivers, hence the sum. */
static gboolean
scroll (MgImageView *view,
        GdkModifierType state,
        double dx,
        double dy)
{
  MgCompareView *self = MG_COMPARE_VIEW (view);
  double x, y;

  if ((state & GDK_SHIFT_MASK) == 0 || hit_roi (self) == MG_ROI_NONE)
    return FALSE;
  _mg_image_view_get_pointer (view, &x, &y);
  mg_roi_zoom (&self->roi, pow (ROI_STEP, dx + dy), x, y, view->view.image_width, view->view.image_height);
  _mg_compare_view_roi_changed (self);
  return TRUE;
}

void
_mg_compare_view_input_class_init (MgImageViewClass *klass)
{
  klass->set_cursor = set_cursor;
  klass->press = press;
  klass->move = move;
  klass->cancel = cancel;
  klass->pointer_moved = pointer_moved;
  klass->scroll = scroll;
}
