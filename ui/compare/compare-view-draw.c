#include "compare/compare-view-private.h"

#include "canvas/pill.h"
#include "canvas/roi-draw.h"
#include "canvas/scale-bar.h"

#include <math.h>

#define BAR_PX  110
#define MARGIN  14
#define GRIP_PX 30

static const GdkRGBA light = { 1, 1, 1, 0.95 }, dark = { 0, 0, 0, 0.6 };

static void
on_tiles_ready (gpointer data)
{
  gtk_widget_queue_draw (GTK_WIDGET (data));
}

void
_mg_compare_view_draw_init (MgCompareView *self)
{
  for (int i = 0; i < MG_COMPARE_N_LAYERS; i++)
    self->sides[i].tiles = mg_view_tiles_new (on_tiles_ready, self);
}

void
_mg_compare_view_draw_dispose (MgCompareView *self)
{
  for (int i = 0; i < MG_COMPARE_N_LAYERS; i++)
    {
      g_clear_pointer (&self->sides[i].tiles, mg_view_tiles_free);
      g_clear_object (&self->sides[i].text);
    }
  g_clear_object (&self->bar_text);
  g_clear_object (&self->legend_text);
}

/* A version may lack planes that another has: its last is shown then. */
static void
get_scene (MgCompareView *self,
           const MgCompareSide *side,
           MgScene *scene)
{
  const MgImageInfo *info = mg_image_get_info (mg_pyramid_get_image (side->pyramid));

  *scene = (MgScene){
    .image = side->pyramid,
    .z = MIN (self->z, info->n_z - 1),
    .t = MIN (self->t, info->n_t - 1),
    .n_channels = MIN (side->n_channels, info->n_channels),
  };
  for (int c = 0; c < scene->n_channels; c++)
    scene->channels[c] = side->channels[c];
}

void
_mg_compare_view_scene_changed (MgCompareView *self,
                                MgCompareLayer layer)
{
  MgCompareSide *side = &self->sides[layer];

  if (side->pyramid != NULL)
    mg_view_tiles_invalidate (side->tiles);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* A split pane asks for all of the view, so that moving the divider shows what
 * is there already. */
static void
draw_pane (MgCompareView *self,
           GtkSnapshot *snapshot,
           const MgComparePane *pane)
{
  MgCompareSide *side = &self->sides[pane->layer];
  float scale = self->base.scale;
  MgRect all, seen;
  MgScene scene;
  int x, y;

  if (side->pyramid == NULL)
    return;
  _mg_compare_view_origin (self, pane, &x, &y);
  all = (MgRect){ pane->offset - x, -y, self->base.view.width, self->base.view.height };
  seen = (MgRect){ pane->x - x, -y, pane->width, self->base.view.height };
  get_scene (self, side, &scene);
  mg_view_tiles_request (side->tiles, &scene, &all);
  gtk_snapshot_push_clip (snapshot, &GRAPHENE_RECT_INIT (pane->x / scale, 0, pane->width / scale, self->base.view.height / scale));
  gtk_snapshot_save (snapshot);
  gtk_snapshot_scale (snapshot, 1 / scale, 1 / scale);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x, y));
  mg_view_tiles_snapshot (side->tiles, snapshot, &seen);
  gtk_snapshot_restore (snapshot);
  gtk_snapshot_pop (snapshot);
}

/* The region, and the line along which the profile is drawn. */
static void
draw_roi (MgCompareView *self,
          GtkSnapshot *snapshot,
          const MgComparePane *pane)
{
  float scale = self->base.scale;
  double zoom = self->base.view.zoom / scale;
  graphene_rect_t rect, outer;
  int x, y;

  if (mg_rect_is_empty (&self->roi))
    return;
  _mg_compare_view_origin (self, pane, &x, &y);
  rect = GRAPHENE_RECT_INIT (roundf (x / scale + self->roi.x * zoom), roundf (y / scale + self->roi.y * zoom),
                             roundf (self->roi.width * zoom), roundf (self->roi.height * zoom));
  outer = rect;
  graphene_rect_inset (&outer, -1, -1);
  gtk_snapshot_push_clip (snapshot, &GRAPHENE_RECT_INIT (pane->x / scale, 0, pane->width / scale, self->base.view.height / scale));
  mg_roi_draw_frame (snapshot, &outer, 1, &dark);
  mg_roi_draw_frame (snapshot, &rect, 1.5f, &light);
  gtk_snapshot_append_color (snapshot, &(GdkRGBA){ 1, 0.85f, 0.2f, 0.8f },
                             &GRAPHENE_RECT_INIT (rect.origin.x, rect.origin.y + rect.size.height / 2, rect.size.width, 1));
  mg_roi_draw_handles (snapshot, &rect);
  gtk_snapshot_pop (snapshot);
}

/* Left in the left pane; a right pane has it at its right, away from the divider. */
static void
draw_title (MgCompareView *self,
            GtkSnapshot *snapshot,
            const MgComparePane *pane,
            gboolean at_right)
{
  MgCompareSide *side = &self->sides[pane->layer];
  float scale = self->base.scale;
  int width;

  if (side->title == NULL)
    return;
  if (side->text == NULL)
    side->text = gtk_widget_create_pango_layout (GTK_WIDGET (self), side->title);
  pango_layout_get_pixel_size (side->text, &width, NULL);
  if (width + 24 > pane->width / scale)
    return;
  mg_pill_snapshot (snapshot, side->text, at_right ? (pane->x + pane->width) / scale - width - 24 : pane->x / scale + 8, 8);
}

static void
draw_divider (MgCompareView *self,
              GtkSnapshot *snapshot,
              const MgComparePane *right)
{
  float scale = self->base.scale, x = right->x / scale, height = self->base.view.height / scale;
  GskRoundedRect grip;

  gtk_snapshot_append_color (snapshot, &dark, &GRAPHENE_RECT_INIT (x - 2, 0, 4, height));
  gtk_snapshot_append_color (snapshot, &light, &GRAPHENE_RECT_INIT (x - 1, 0, 2, height));
  gsk_rounded_rect_init_from_rect (&grip, &GRAPHENE_RECT_INIT (x - 5, height / 2 - GRIP_PX / 2.0f, 10, GRIP_PX), 5);
  gtk_snapshot_push_rounded_clip (snapshot, &grip);
  gtk_snapshot_append_color (snapshot, &light, &grip.bounds);
  gtk_snapshot_append_color (snapshot, &dark, &GRAPHENE_RECT_INIT (x - 2, height / 2 - 8, 1, 16));
  gtk_snapshot_append_color (snapshot, &dark, &GRAPHENE_RECT_INIT (x + 1, height / 2 - 8, 1, 16));
  gtk_snapshot_pop (snapshot);
}

static void
draw_scale_bar (MgCompareView *self,
                GtkSnapshot *snapshot,
                const MgComparePane *pane)
{
  MgPyramid *pyramid = self->sides[MG_COMPARE_LAYER_LEFT].pyramid;

  if (pyramid == NULL)
    return;
  if (self->bar_text == NULL)
    self->bar_text = gtk_widget_create_pango_layout (GTK_WIDGET (self), NULL);
  mg_scale_bar_snapshot (snapshot, self->bar_text, mg_image_get_info (mg_pyramid_get_image (pyramid)),
                         self->base.view.zoom / self->base.scale, pane->offset / (double) self->base.scale + MARGIN,
                         gtk_widget_get_height (GTK_WIDGET (self)) - MARGIN, BAR_PX);
}

/* What the colours of a map stand for: a ramp between the ends of its range. */
static void
draw_legend (MgCompareView *self,
             GtkSnapshot *snapshot)
{
  const MgCompareSide *side = &self->sides[MG_COMPARE_LAYER_MAP];
  double right = gtk_widget_get_width (GTK_WIDGET (self)) - MARGIN, bottom = gtk_widget_get_height (GTK_WIDGET (self)) - MARGIN;
  const MgChannelView *view = &side->channels[MAX (side->n_channels - 1, 0)];
  g_autofree char *text = NULL;
  graphene_rect_t ramp;
  int width, height;

  if (side->pyramid == NULL || side->n_channels == 0)
    return;
  text = g_strdup_printf (view->min < 0 ? "−%.3g … +%.3g" : "%.3g … %.3g", fabs (view->min), view->max);
  if (self->legend_text == NULL)
    self->legend_text = gtk_widget_create_pango_layout (GTK_WIDGET (self), NULL);
  if (g_strcmp0 (text, pango_layout_get_text (self->legend_text)) != 0)
    pango_layout_set_text (self->legend_text, text, -1);
  pango_layout_get_pixel_size (self->legend_text, &width, &height);
  width = MAX (width, 140);
  mg_pill_snapshot (snapshot, self->legend_text, right - width - 16, bottom - height - 24);
  ramp = GRAPHENE_RECT_INIT (right - width - 16, bottom - 12, width + 16, 12);
  for (int i = 0; i < 64; i++)
    {
      guint32 colour = mg_lut_colour (view->lut, (i + 0.5) / 64);

      gtk_snapshot_append_color (snapshot,
                                 &(GdkRGBA){ (colour >> 16 & 0xff) / 255.0f, (colour >> 8 & 0xff) / 255.0f, (colour & 0xff) / 255.0f, 1 },
                                 &GRAPHENE_RECT_INIT (ramp.origin.x + ramp.size.width * i / 64, ramp.origin.y,
                                                      ramp.size.width / 64 + 0.5f, ramp.size.height));
    }
  mg_roi_draw_frame (snapshot, &ramp, 1, &dark);
}

void
_mg_compare_view_draw (MgImageView *view,
                       GtkSnapshot *snapshot)
{
  MgCompareView *self = MG_COMPARE_VIEW (view);
  MgComparePane panes[2];
  int n = _mg_compare_view_get_panes (self, panes);

  for (int i = 0; i < n; i++)
    {
      draw_pane (self, snapshot, &panes[i]);
      draw_roi (self, snapshot, &panes[i]);
      draw_title (self, snapshot, &panes[i], i == 1);
    }
  if (self->mode == MG_COMPARE_SPLIT && n > 1)
    draw_divider (self, snapshot, &panes[1]);
  draw_scale_bar (self, snapshot, &panes[0]);
  if (panes[0].layer == MG_COMPARE_LAYER_MAP)
    draw_legend (self, snapshot);
}
