#include "canvas/canvas-tools.h"

#include "canvas/minimap.h"

#include <math.h>

enum
{
  HOVER,
  CLICKED,
  BOXED,
  SELECTION_CHANGED,
  NOTICE,
  VIEWPORT_CHANGED,
  OVERVIEW_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MgCanvas, mg_canvas, GTK_TYPE_WIDGET)

static void
mg_canvas_snapshot (GtkWidget *widget,
                    GtkSnapshot *snapshot)
{
  mg_frame_trace_snapshot_begin ();
  _mg_canvas_draw (MG_CANVAS (widget), snapshot);
  mg_frame_trace_snapshot_end ();
  gtk_widget_snapshot_child (widget, MG_CANVAS (widget)->minimap, snapshot);
}

static void
resize_view (MgCanvas *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  self->scale = gtk_widget_get_scale_factor (widget);
  self->view.width = gtk_widget_get_width (widget) * self->scale;
  self->view.height = gtk_widget_get_height (widget) * self->scale;
  if (self->fit)
    mg_viewport_fit (&self->view);
  _mg_canvas_viewport_changed (self);
}

static void
mg_canvas_size_allocate (GtkWidget *widget,
                         int width,
                         int height,
                         int baseline)
{
  resize_view (MG_CANVAS (widget));
  _mg_canvas_place_minimap (MG_CANVAS (widget));
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
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->dispose = mg_canvas_dispose;
  object_class->finalize = mg_canvas_finalize;
  widget_class->snapshot = mg_canvas_snapshot;
  widget_class->size_allocate = mg_canvas_size_allocate;
  _mg_canvas_install_properties (object_class);
  signals[HOVER] = g_signal_new ("hover", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3,
                                 G_TYPE_DOUBLE, G_TYPE_DOUBLE, G_TYPE_BOOLEAN);
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
  signals[VIEWPORT_CHANGED] = g_signal_new ("viewport-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                            G_TYPE_NONE, 0);
  gtk_widget_class_set_css_name (widget_class, "mgcanvas");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
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
  self->scale = 1;
  self->view.zoom = 1;
  self->fit = TRUE;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  _mg_canvas_draw_init (self);
  _mg_canvas_input_init (self);
  _mg_canvas_update_a11y (self);
  self->minimap = mg_minimap_new (self);
  g_signal_connect (self, "notify::scale-factor", G_CALLBACK (resize_view), NULL);
}

void
_mg_canvas_emit_hover (MgCanvas *self)
{
  double x, y;

  mg_viewport_to_image (&self->view, self->pointer_x, self->pointer_y, &x, &y);
  g_signal_emit (self, signals[HOVER], 0, x, y,
                 self->pointer_inside && self->pyramid != NULL &&
                   x >= 0 && y >= 0 && x < self->view.image_width && y < self->view.image_height);
}

void
_mg_canvas_emit_clicked (MgCanvas *self,
                         double x,
                         double y,
                         GdkModifierType state,
                         int n_press)
{
  if (x >= 0 && y >= 0 && x < self->view.image_width && y < self->view.image_height)
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

/* The centre is moved so that the image's corner falls on a whole device
 * pixel: tiles are then drawn 1:1. */
void
_mg_canvas_viewport_changed (MgCanvas *self)
{
  MgViewport *view = &self->view;

  if (self->pyramid != NULL && view->width > 0 && view->height > 0)
    {
      mg_viewport_clamp (view);
      view->centre_x = (view->width / 2.0 - round (view->width / 2.0 - view->centre_x * view->zoom)) / view->zoom;
      view->centre_y = (view->height / 2.0 - round (view->height / 2.0 - view->centre_y * view->zoom)) / view->zoom;
      mg_view_tiles_set_zoom (self->tiles, view->zoom);
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify (G_OBJECT (self), "zoom");
  g_signal_emit (self, signals[VIEWPORT_CHANGED], 0);
}

static void
on_edited (MgAnnotation *annotation,
           MgCanvas *self)
{
  _mg_canvas_prune_selection (self);
  _mg_canvas_update_a11y (self);
  gtk_widget_queue_draw (GTK_WIDGET (self)); /* the training regions */
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
  _mg_canvas_rest (self);
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
    }
  if (pyramid != NULL)
    mg_pyramid_get_size (pyramid, 0, &width, &height);
  mg_view_tiles_reset (self->tiles, width, height);
  self->view.image_width = width;
  self->view.image_height = height;
  self->fit = TRUE;
  if (width > 0 && self->view.width > 0)
    mg_viewport_fit (&self->view);
  _mg_canvas_viewport_changed (self);
  _mg_canvas_update_cursor (self);
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

static void
zoom_at (MgCanvas *self,
         double zoom)
{
  double x = self->pointer_inside ? self->pointer_x : self->view.width / 2.0;
  double y = self->pointer_inside ? self->pointer_y : self->view.height / 2.0;

  if (self->pyramid == NULL)
    return;
  self->fit = FALSE;
  _mg_canvas_glide_to (self, zoom, x, y);
}

/**
 * mg_canvas_zoom_step:
 * @self: a canvas
 * @direction: 1 in, -1 out; about the pointer where that is over the canvas
 */
void
mg_canvas_zoom_step (MgCanvas *self,
                     int direction)
{
  zoom_at (self, mg_viewport_zoom_step (_mg_canvas_get_target_zoom (self), direction));
}

/**
 * mg_canvas_zoom_to:
 * @self: a canvas
 * @zoom: device pixels an image pixel
 */
void
mg_canvas_zoom_to (MgCanvas *self,
                   double zoom)
{
  zoom_at (self, zoom);
}

/**
 * mg_canvas_zoom_fit:
 * @self: a canvas
 *
 * Shows all of the image, also after the window's size has changed.
 */
void
mg_canvas_zoom_fit (MgCanvas *self)
{
  _mg_canvas_rest (self);
  self->fit = TRUE;
  if (self->pyramid != NULL)
    mg_viewport_fit (&self->view);
  _mg_canvas_viewport_changed (self);
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
  MgViewport *view = &self->view;
  double zoom;

  if (self->pyramid == NULL || mg_rect_is_empty (rect))
    return;
  _mg_canvas_rest (self);
  zoom = MIN (view->width / (rect->width * 3.0), view->height / (rect->height * 3.0));
  self->fit = FALSE;
  mg_viewport_set_zoom (view, CLAMP (zoom, 0.05, 32), view->width / 2.0, view->height / 2.0);
  view->centre_x = rect->x + rect->width / 2.0;
  view->centre_y = rect->y + rect->height / 2.0;
  _mg_canvas_viewport_changed (self);
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

  mg_canvas_visible_rect (self, &visible);
  if (self->pyramid == NULL ||
      (mg_rect_intersect (rect, &visible, &common) && common.width == rect->width && common.height == rect->height))
    return;
  self->fit = FALSE;
  self->view.centre_x = rect->x + rect->width / 2.0;
  self->view.centre_y = rect->y + rect->height / 2.0;
  _mg_canvas_viewport_changed (self);
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
  return self->brush_on_screen ? self->brush_radius * self->scale / self->view.zoom : self->brush_radius;
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
 * mg_canvas_visible_rect:
 * @self: a canvas
 * @rect: (out): the part of the image in view, empty without an image
 */
void
mg_canvas_visible_rect (MgCanvas *self,
                        MgRect *rect)
{
  MgRect screen = { 0, 0, self->view.width, self->view.height };
  MgRect whole = { 0, 0, self->view.image_width, self->view.image_height };

  *rect = (MgRect){ 0, 0, 0, 0 };
  if (self->pyramid == NULL || mg_rect_is_empty (&screen))
    return;
  mg_viewport_image_rect (&self->view, &screen, rect);
  mg_rect_intersect (rect, &whole, rect);
}

/**
 * mg_canvas_image_to_widget:
 * @self: a canvas
 *
 * Where a place of the image is on the widget, in logical pixels.
 */
void
mg_canvas_image_to_widget (MgCanvas *self,
                           double image_x,
                           double image_y,
                           double *x,
                           double *y)
{
  mg_viewport_to_screen (&self->view, image_x, image_y, x, y);
  *x /= self->scale;
  *y /= self->scale;
}
