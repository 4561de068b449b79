#include "canvas/canvas-tools.h"

#include "canvas/minimap.h"

#include <math.h>

#define MINIMAP_MARGIN 12

enum
{
  CLICKED,
  BOXED,
  SELECTION_CHANGED,
  NOTICE,
  OVERVIEW_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MgCanvas, mg_canvas, MG_TYPE_IMAGE_VIEW)

/* In the corner, where the scale bar is not. */
static void
place_minimap (MgCanvas *self,
               int width,
               int height)
{
  GtkRequisition size;

  if (self->minimap == NULL || !gtk_widget_get_visible (self->minimap))
    return;
  gtk_widget_get_preferred_size (self->minimap, NULL, &size);
  gtk_widget_size_allocate (self->minimap,
                            &(GtkAllocation){ width - size.width - MINIMAP_MARGIN, height - size.height - MINIMAP_MARGIN,
                                              size.width, size.height },
                            -1);
}

static void
mg_canvas_size_allocate (GtkWidget *widget,
                         int width,
                         int height,
                         int baseline)
{
  GTK_WIDGET_CLASS (mg_canvas_parent_class)->size_allocate (widget, width, height, baseline);
  place_minimap (MG_CANVAS (widget), width, height);
}

static MgViewTiles *
get_tiles (MgImageView *view,
           guint i)
{
  return i == 0 ? MG_CANVAS (view)->tiles : NULL;
}

static void
mg_canvas_dispose (GObject *object)
{
  MgCanvas *self = MG_CANVAS (object);

  mg_canvas_set_image (self, NULL, NULL);
  _mg_canvas_draw_dispose (self);
  g_clear_pointer (&self->minimap, gtk_widget_unparent);
  G_OBJECT_CLASS (mg_canvas_parent_class)->dispose (object);
}

static void
mg_canvas_finalize (GObject *object)
{
  MgCanvas *self = MG_CANVAS (object);

  g_array_unref (self->selection);
  g_array_unref (self->path);
  G_OBJECT_CLASS (mg_canvas_parent_class)->finalize (object);
}

static void
mg_canvas_class_init (MgCanvasClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  MgImageViewClass *view_class = MG_IMAGE_VIEW_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->dispose = mg_canvas_dispose;
  object_class->finalize = mg_canvas_finalize;
  GTK_WIDGET_CLASS (klass)->size_allocate = mg_canvas_size_allocate;
  view_class->get_tiles = get_tiles;
  view_class->draw = _mg_canvas_draw;
  _mg_canvas_input_class_init (view_class);
  _mg_canvas_install_properties (object_class);
  signals[CLICKED] = g_signal_new ("clicked", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 4,
                                   G_TYPE_INT, G_TYPE_INT, GDK_TYPE_MODIFIER_TYPE, G_TYPE_INT);
  signals[BOXED] = g_signal_new ("boxed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                 G_TYPE_POINTER, GDK_TYPE_MODIFIER_TYPE);
  signals[SELECTION_CHANGED] = g_signal_new ("selection-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                             G_TYPE_NONE, 0);
  signals[NOTICE] = g_signal_new ("notice", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                  G_TYPE_STRING);
  signals[OVERVIEW_CHANGED] = g_signal_new ("overview-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                            G_TYPE_NONE, 0);
}

static void
mg_canvas_init (MgCanvas *self)
{
  self->fill_opacity = 0.35;
  self->outline_opacity = 1;
  self->show_fill = self->show_outlines = self->show_prediction = TRUE;
  self->tool = MG_CANVAS_BRUSH;
  self->brush_radius = 6;
  self->pressure = self->protect = TRUE;
  self->tolerance = 30;
  self->region = -1;
  self->selection = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->path = g_array_new (FALSE, FALSE, sizeof (MgPoint));
  _mg_canvas_draw_init (self);
  _mg_canvas_regions_init (self);
  _mg_canvas_update_a11y (self);
  self->minimap = mg_minimap_new (self);
}

void
_mg_canvas_emit_clicked (MgCanvas *self,
                         double x,
                         double y,
                         GdkModifierType state,
                         int n_press)
{
  if (x >= 0 && y >= 0 && x < self->base.view.image_width && y < self->base.view.image_height)
    g_signal_emit (self, signals[CLICKED], 0, (int) x, (int) y, state, n_press);
}

void
_mg_canvas_emit_boxed (MgCanvas *self,
                       const MgRect *box,
                       GdkModifierType state)
{
  g_signal_emit (self, signals[BOXED], 0, box, state);
}

void
_mg_canvas_emit_notice (MgCanvas *self,
                        const char *text)
{
  g_signal_emit (self, signals[NOTICE], 0, text);
}

static void
on_edited (MgAnnotation *annotation,
           MgCanvas *self)
{
  _mg_canvas_prune_selection (self);
  _mg_canvas_update_a11y (self);
  _mg_canvas_regions_changed (self);
}

static void
on_damaged (MgAnnotation *annotation,
            const MgRect *rect,
            MgCanvas *self)
{
  MgRect *last = self->damage->len > 0 ? &g_array_index (self->damage, MgRect, self->damage->len - 1) : NULL;
  MgRect common;

  /* the places of one frame overlap: each pixel is drawn once */
  if (last != NULL && mg_rect_intersect (last, rect, &common))
    mg_rect_union (last, rect, last);
  else
    g_array_append_val (self->damage, *rect);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * mg_canvas_set_image:
 * @self: a canvas
 * @pyramid: (nullable): the image
 * @annotation: (nullable): its labels, of the image's size
 *
 * Shows another image, all of it.
 */
void
mg_canvas_set_image (MgCanvas *self,
                     MgPyramid *pyramid,
                     MgAnnotation *annotation)
{
  int width = 0, height = 0;

  _mg_canvas_cancel_drag (self);
  if (self->annotation != NULL)
    g_signal_handlers_disconnect_by_data (self->annotation, self);
  g_set_object (&self->annotation, annotation);
  if (pyramid != NULL)
    mg_pyramid_ref (pyramid);
  g_clear_pointer (&self->pyramid, mg_pyramid_unref);
  self->pyramid = pyramid;
  g_clear_pointer (&self->prediction, mg_labels_unref);
  mg_canvas_set_selected (self, 0);
  self->region = -1;
  self->candidate = (MgRect){ 0 };
  g_array_set_size (self->damage, 0);
  if (annotation != NULL)
    {
      g_signal_connect (annotation, "damaged", G_CALLBACK (on_damaged), self);
      g_signal_connect (annotation, "changed", G_CALLBACK (on_edited), self);
      g_signal_connect_swapped (annotation, "notify::plane", G_CALLBACK (_mg_canvas_regions_changed), self);
    }
  if (pyramid != NULL)
    mg_pyramid_get_size (pyramid, 0, &width, &height);
  mg_view_tiles_reset (self->tiles, width, height);
  _mg_image_view_set_image_size (&self->base, width, height);
  _mg_image_view_update_cursor (&self->base);
  if (annotation != NULL)
    _mg_canvas_regions_changed (self);
  _mg_canvas_update_a11y (self);
}

/**
 * mg_canvas_set_channels:
 * @self: a canvas
 * @channels: (array length=n_channels): how each channel is shown
 */
void
mg_canvas_set_channels (MgCanvas *self,
                        const MgChannelView *channels,
                        int n_channels)
{
  self->n_channels = MIN (n_channels, MG_VIEW_MAX_CHANNELS);
  for (int c = 0; c < self->n_channels; c++)
    self->channels[c] = channels[c];
  _mg_canvas_scene_changed (self);
}

/**
 * mg_canvas_set_plane:
 * @self: a canvas
 * @z: slice
 * @t: time point
 */
void
mg_canvas_set_plane (MgCanvas *self,
                     int z,
                     int t)
{
  if (self->z == z && self->t == t)
    return;
  self->z = z;
  self->t = t;
  _mg_canvas_scene_changed (self);
  _mg_image_view_renew_hover (&self->base);
}

/**
 * mg_canvas_get_z:
 * @self: a canvas
 *
 * Returns: the slice shown
 */
int
mg_canvas_get_z (MgCanvas *self)
{
  return self->z;
}

/**
 * mg_canvas_get_t:
 * @self: a canvas
 *
 * Returns: the time point shown
 */
int
mg_canvas_get_t (MgCanvas *self)
{
  return self->t;
}

/**
 * mg_canvas_set_prediction:
 * @self: a canvas
 * @labels: (nullable): predicted instances
 * @rect: where their raster lies in the image
 */
void
mg_canvas_set_prediction (MgCanvas *self,
                          MgLabels *labels,
                          const MgRect *rect)
{
  if (self->prediction == NULL && labels == NULL)
    return;
  if (labels != NULL)
    mg_labels_ref (labels);
  g_clear_pointer (&self->prediction, mg_labels_unref);
  self->prediction = labels;
  if (labels != NULL)
    self->prediction_rect = *rect;
  self->candidate = (MgRect){ 0 };
  _mg_canvas_scene_changed (self);
  _mg_canvas_update_a11y (self);
}

/**
 * mg_canvas_zoom_rect:
 * @self: a canvas
 * @rect: part of the image to show, with some room around
 */
void
mg_canvas_zoom_rect (MgCanvas *self,
                     const MgRect *rect)
{
  MgViewport *view = &self->base.view;
  double zoom;

  if (mg_rect_is_empty (rect))
    return;
  zoom = MIN (view->width / (rect->width * 3.0), view->height / (rect->height * 3.0));
  mg_image_view_set_place (&self->base, CLAMP (zoom, 0.05, 32), rect->x + rect->width / 2.0, rect->y + rect->height / 2.0);
}

/**
 * mg_canvas_reveal:
 * @self: a canvas
 * @rect: part of the image
 *
 * Moves the view there unless it is in view; the zoom stays.
 */
void
mg_canvas_reveal (MgCanvas *self,
                  const MgRect *rect)
{
  MgRect visible, common;

  mg_image_view_visible_rect (&self->base, &visible);
  if (!mg_rect_intersect (rect, &visible, &common) || common.width != rect->width || common.height != rect->height)
    mg_image_view_centre_on (&self->base, rect->x + rect->width / 2.0, rect->y + rect->height / 2.0);
}

/**
 * mg_canvas_set_candidate:
 * @self: a canvas
 * @rect: (nullable): box of the predicted cell that the keyboard is at
 */
void
mg_canvas_set_candidate (MgCanvas *self,
                         const MgRect *rect)
{
  self->candidate = rect != NULL ? *rect : (MgRect){ 0 };
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* In image pixels, as they are now. */
double
_mg_canvas_brush_radius (MgCanvas *self)
{
  return self->brush_on_screen ? self->brush_radius * self->base.scale / self->base.view.zoom : self->brush_radius;
}

/**
 * mg_canvas_change_brush:
 * @self: a canvas
 * @direction: 1 larger, -1 smaller, by about a tenth and at least half a pixel
 */
void
mg_canvas_change_brush (MgCanvas *self,
                        int direction)
{
  double step = MAX (0.5, self->brush_radius * 0.12);
  double radius = round ((self->brush_radius + direction * step) * 2) / 2;

  g_object_set (self, "brush-radius", CLAMP (radius, MG_BRUSH_MIN_PX, MG_BRUSH_MAX_PX), NULL);
}

/**
 * mg_canvas_get_minimap:
 * @self: a canvas
 *
 * Returns: (transfer none): its map of the whole image, an MgMinimap
 */
GtkWidget *
mg_canvas_get_minimap (MgCanvas *self)
{
  return self->minimap;
}

/**
 * mg_canvas_get_overview:
 * @self: a canvas
 *
 * Returns: (transfer none) (nullable): a small picture of the whole image
 */
GdkTexture *
mg_canvas_get_overview (MgCanvas *self)
{
  return self->tiles != NULL ? mg_view_tiles_get_overview (self->tiles) : NULL;
}
