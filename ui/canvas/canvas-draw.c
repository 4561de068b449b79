#include "canvas/canvas-tools.h"

#include "canvas/scale-bar.h"

#include <math.h>

/* Rough length of the scale bar, logical pixels. */
#define BAR_PX     110
#define BAR_MARGIN 14

static void
on_tiles_ready (gpointer data)
{
  MgCanvas *self = data;
  GdkTexture *overview = mg_view_tiles_get_overview (self->tiles);

  gtk_widget_queue_draw (GTK_WIDGET (self));
  if (overview == self->overview)
    return;
  self->overview = overview;
  g_signal_emit_by_name (self, "overview-changed");
}

void
_mg_canvas_draw_init (MgCanvas *self)
{
  self->tiles = mg_view_tiles_new (on_tiles_ready, self);
  self->damage = g_array_new (FALSE, FALSE, sizeof (MgRect));
}

void
_mg_canvas_draw_dispose (MgCanvas *self)
{
  g_clear_pointer (&self->tiles, mg_view_tiles_free);
  g_clear_pointer (&self->damage, g_array_unref);
  g_clear_object (&self->bar_text);
}

void
_mg_canvas_get_scene (MgCanvas *self,
                      MgScene *scene)
{
  *scene = (MgScene){
    .image = self->pyramid,
    .z = self->z,
    .t = self->t,
    .n_channels = self->n_channels,
    .mask = self->annotation != NULL ? mg_annotation_get_mask (self->annotation) : NULL,
    .prediction = self->prediction,
    .prediction_rect = self->prediction_rect,
    .show_mask = !self->hide_overlays && (self->show_fill || self->show_outlines),
    .show_prediction = !self->hide_overlays && self->show_prediction,
    .fill_opacity = self->show_fill ? self->fill_opacity : 0,
    .outline_opacity = self->show_outlines ? self->outline_opacity : 0,
    .selected = self->selected,
  };
  for (int c = 0; c < self->n_channels; c++)
    scene->channels[c] = self->channels[c];
}

void
_mg_canvas_scene_changed (MgCanvas *self)
{
  mg_view_tiles_invalidate (self->tiles);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* Renders what the brush touched since the last frame. A pixel's outline
 * depends on its neighbours, hence the margin. */
static void
flush_damage (MgCanvas *self,
              const MgScene *scene,
              const MgRect *visible)
{
  double zoom = self->base.view.zoom;

  for (guint i = 0; i < self->damage->len; i++)
    {
      const MgRect *rect = &g_array_index (self->damage, MgRect, i);
      int margin = 2 + (int) ceil (2 / zoom);
      int x0 = (int) floor ((rect->x - margin) * zoom), y0 = (int) floor ((rect->y - margin) * zoom);
      int x1 = (int) ceil ((rect->x + rect->width + margin) * zoom);
      int y1 = (int) ceil ((rect->y + rect->height + margin) * zoom);

      mg_view_tiles_damage (self->tiles, scene, &(MgRect){ x0, y0, x1 - x0, y1 - y0 }, visible);
    }
  g_array_set_size (self->damage, 0);
}

/* The predicted cell that the keyboard is at. */
static void
draw_candidate (MgCanvas *self,
                GtkSnapshot *snapshot)
{
  const GdkRGBA green = { 0.5, 1, 0.6, 1 };
  graphene_rect_t rect;

  if (mg_rect_is_empty (&self->candidate) || !self->show_prediction || self->hide_overlays)
    return;
  _mg_tool_to_widget (self, &self->candidate, &rect);
  graphene_rect_inset (&rect, -4, -4);
  _mg_tool_draw_frame (snapshot, &rect, &green);
}

static void
draw_scale_bar (MgCanvas *self,
                GtkSnapshot *snapshot)
{
  if (self->bar_text == NULL)
    self->bar_text = gtk_widget_create_pango_layout (GTK_WIDGET (self), NULL);
  mg_scale_bar_snapshot (snapshot, self->bar_text, mg_image_get_info (mg_pyramid_get_image (self->pyramid)),
                         self->base.view.zoom / self->base.scale, BAR_MARGIN,
                         gtk_widget_get_height (GTK_WIDGET (self)) - BAR_MARGIN, BAR_PX);
}

void
_mg_canvas_draw (MgImageView *view,
                 GtkSnapshot *snapshot)
{
  MgCanvas *self = MG_CANVAS (view);
  MgRect visible;
  MgScene scene;
  int x, y;

  _mg_image_view_get_origin (view, &x, &y);
  visible = (MgRect){ -x, -y, self->base.view.width, self->base.view.height };
  _mg_canvas_get_scene (self, &scene);
  flush_damage (self, &scene, &visible);
  if (mg_view_tiles_request (self->tiles, &scene, &visible))
    mg_frame_trace_pixels ();

  gtk_snapshot_save (snapshot);
  gtk_snapshot_scale (snapshot, 1.0f / self->base.scale, 1.0f / self->base.scale);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x, y));
  mg_view_tiles_snapshot (self->tiles, snapshot, &visible);
  gtk_snapshot_restore (snapshot);

  _mg_canvas_draw_regions (self, snapshot);
  draw_candidate (self, snapshot);
  draw_scale_bar (self, snapshot);
  if (self->base.drag != MG_DRAG_PAN && _mg_canvas_tool_class (self)->draw != NULL)
    _mg_canvas_tool_class (self)->draw (self, snapshot);
}
