/* The training region that is chosen, and what keys do with it. */
#include "annotate/annotation-planes.h"
#include "canvas/canvas-tools.h"
#include "canvas/roi.h"

#include <math.h>

/* With Shift an arrow does so many steps. */
#define LARGE_STEP 10

static const MgTrainingRegion *
get_regions (MgCanvas *self,
             guint *n)
{
  *n = 0;
  return self->annotation != NULL ? mg_annotation_get_training_regions (self->annotation, n) : NULL;
}

/* Whether it is there and in view. */
static gboolean
is_shown (MgCanvas *self,
          int index)
{
  guint n;
  const MgTrainingRegion *regions = get_regions (self, &n);

  return index >= 0 && index < (int) n &&
         mg_training_region_holds (&regions[index], mg_annotation_get_plane (self->annotation));
}

/* The chosen one may be gone, or be another's. */
void
_mg_canvas_regions_changed (MgCanvas *self)
{
  self->region_hand.held = FALSE;
  if (!is_shown (self, self->region))
    self->region = -1;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify (G_OBJECT (self), "every-plane");
  g_signal_emit_by_name (self, "selection-changed");
}

/**
 * mg_canvas_get_region:
 * @self: a canvas
 *
 * Returns: the training region chosen with its tool, -1 for none
 */
int
mg_canvas_get_region (MgCanvas *self)
{
  return self->tool == MG_CANVAS_REGION && is_shown (self, self->region) ? self->region : -1;
}

/**
 * mg_canvas_set_region:
 * @self: a canvas
 * @index: a training region of the plane in view, -1 for none
 */
void
mg_canvas_set_region (MgCanvas *self,
                      int index)
{
  self->region = index;
  _mg_canvas_regions_changed (self);
}

/**
 * mg_canvas_next_region:
 * @self: a canvas
 * @by: 1 forwards, -1 back
 *
 * Chooses another training region of the plane in view and brings it there.
 */
void
mg_canvas_next_region (MgCanvas *self,
                       int by)
{
  guint n;
  const MgTrainingRegion *regions = get_regions (self, &n);
  int at = self->region < 0 && by < 0 ? 0 : self->region;

  for (guint i = 0; i < n; i++)
    {
      at = (at + by + (int) n) % (int) n;
      if (!is_shown (self, at))
        continue;
      mg_canvas_set_region (self, at);
      mg_canvas_reveal (self, &regions[at].rect);
      return;
    }
}

/**
 * mg_canvas_has_planes:
 * @self: a canvas
 *
 * Returns: whether the image has more than one plane to annotate
 */
gboolean
mg_canvas_has_planes (MgCanvas *self)
{
  return self->annotation != NULL && mg_annotation_get_n_z (self->annotation) * mg_annotation_get_n_t (self->annotation) > 1;
}

/* Not where the image has training regions, but none in the plane in view. */
gboolean
_mg_canvas_takes_part (MgCanvas *self)
{
  guint n;

  get_regions (self, &n);
  for (guint i = 0; i < n; i++)
    if (is_shown (self, (int) i))
      return TRUE;
  return n == 0;
}

gboolean
_mg_canvas_get_every_plane (MgCanvas *self)
{
  int chosen = mg_canvas_get_region (self);
  guint n;

  return chosen >= 0 ? get_regions (self, &n)[chosen].plane == MG_EVERY_PLANE : self->every_plane;
}

/* For the chosen one, and for those to come. */
void
_mg_canvas_set_every_plane (MgCanvas *self,
                            gboolean every)
{
  int chosen = mg_canvas_get_region (self);
  MgTrainingRegion region;
  guint n;

  if (!mg_canvas_has_planes (self))
    return;
  self->every_plane = every;
  if (chosen < 0)
    return;
  region = get_regions (self, &n)[chosen];
  region.plane = every ? MG_EVERY_PLANE : mg_annotation_get_plane (self->annotation);
  mg_annotation_change_training_region (self->annotation, (guint) chosen, &region);
}

/* Leaves the region in hand where it has come to, as one edit. */
void
_mg_canvas_put_region (MgCanvas *self)
{
  int chosen = mg_canvas_get_region (self);
  MgTrainingRegion region;
  guint n;

  if (!self->region_hand.held)
    return;
  self->region_hand.held = FALSE;
  if (chosen < 0)
    return;
  region = get_regions (self, &n)[chosen];
  region.rect = self->region_hand.now;
  mg_annotation_change_training_region (self->annotation, (guint) chosen, &region);
}

/* Where an arrow points. */
static gboolean
get_direction (guint keyval,
               int *dx,
               int *dy)
{
  *dx = (keyval == GDK_KEY_Right || keyval == GDK_KEY_KP_Right) - (keyval == GDK_KEY_Left || keyval == GDK_KEY_KP_Left);
  *dy = (keyval == GDK_KEY_Down || keyval == GDK_KEY_KP_Down) - (keyval == GDK_KEY_Up || keyval == GDK_KEY_KP_Up);
  return *dx != 0 || *dy != 0;
}

/* An arrow moves the chosen region, with Control its right and lower edge: by a
 * pixel of the image, and one that can be seen. Held down, it is one edit. */
static gboolean
on_key_pressed (GtkEventControllerKey *controller,
                guint keyval,
                guint keycode,
                GdkModifierType state,
                MgCanvas *self)
{
  int chosen = mg_canvas_get_region (self), dx, dy, step = MAX (1, (int) round (self->base.scale / self->base.view.zoom));
  gboolean resize = (state & GDK_CONTROL_MASK) != 0;
  MgRegionHand *hand = &self->region_hand;
  MgRect start;
  guint n;

  if (chosen < 0 || self->base.drag != MG_DRAG_NONE)
    return FALSE;
  if (!get_direction (keyval, &dx, &dy) || (state & GDK_ALT_MASK) != 0)
    {
      _mg_canvas_put_region (self);
      return FALSE;
    }
  start = hand->held ? hand->now : get_regions (self, &n)[chosen].rect;
  step *= (state & GDK_SHIFT_MASK) != 0 ? LARGE_STEP : 1;
  hand->held = TRUE;
  hand->part = resize ? MG_ROI_RIGHT | MG_ROI_BOTTOM : MG_ROI_INSIDE;
  mg_roi_drag (&hand->now, &start, hand->part, dx * step, dy * step, self->base.view.image_width, self->base.view.image_height);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  return TRUE;
}

static void
on_key_released (GtkEventControllerKey *controller,
                 guint keyval,
                 guint keycode,
                 GdkModifierType state,
                 MgCanvas *self)
{
  int dx, dy;

  if (self->base.drag == MG_DRAG_NONE && get_direction (keyval, &dx, &dy))
    _mg_canvas_put_region (self);
}

static void
on_focus_leave (MgCanvas *self)
{
  if (self->base.drag == MG_DRAG_NONE)
    _mg_canvas_put_region (self);
}

/* Before the window's own keys: without a region arrows change the image. */
void
_mg_canvas_regions_init (MgCanvas *self)
{
  GtkEventController *key = gtk_event_controller_key_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  gtk_event_controller_set_propagation_phase (key, GTK_PHASE_CAPTURE);
  g_signal_connect (key, "key-pressed", G_CALLBACK (on_key_pressed), self);
  g_signal_connect (key, "key-released", G_CALLBACK (on_key_released), self);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (on_focus_leave), self);
  gtk_widget_add_controller (GTK_WIDGET (self), key);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
}
