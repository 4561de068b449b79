#include "canvas/image-view.h"

#include <math.h>

#include "canvas/frame-trace.h"

enum
{
  PROP_0,
  PROP_ZOOM,
  N_PROPS,
};

enum
{
  HOVER,
  VIEWPORT_CHANGED,
  N_SIGNALS,
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_ABSTRACT_TYPE (MgImageView, mg_image_view, GTK_TYPE_WIDGET)

static gboolean
is_empty (MgImageView *self)
{
  return self->view.image_width == 0;
}

static void
mg_image_view_snapshot (GtkWidget *widget,
                        GtkSnapshot *snapshot)
{
  MgImageView *self = MG_IMAGE_VIEW (widget);

  mg_frame_trace_snapshot_begin ();
  if (!is_empty (self) && self->view.width > 0 && self->view.height > 0)
    MG_IMAGE_VIEW_GET_CLASS (self)->draw (self, snapshot);
  mg_frame_trace_snapshot_end ();
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    gtk_widget_snapshot_child (widget, child, snapshot);
}

static void
mg_image_view_size_allocate (GtkWidget *widget,
                             int width,
                             int height,
                             int baseline)
{
  _mg_image_view_resize (MG_IMAGE_VIEW (widget));
}

static void
mg_image_view_get_property (GObject *object,
                            guint id,
                            GValue *value,
                            GParamSpec *pspec)
{
  if (id == PROP_ZOOM)
    g_value_set_double (value, MG_IMAGE_VIEW (object)->view.zoom);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
mg_image_view_dispose (GObject *object)
{
  _mg_image_view_rest (MG_IMAGE_VIEW (object));
  G_OBJECT_CLASS (mg_image_view_parent_class)->dispose (object);
}

static void
mg_image_view_class_init (MgImageViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->get_property = mg_image_view_get_property;
  object_class->dispose = mg_image_view_dispose;
  widget_class->snapshot = mg_image_view_snapshot;
  widget_class->size_allocate = mg_image_view_size_allocate;
  props[PROP_ZOOM] = g_param_spec_double ("zoom", NULL, NULL, 0, G_MAXDOUBLE, 1, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[HOVER] = g_signal_new ("hover", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3,
                                 G_TYPE_DOUBLE, G_TYPE_DOUBLE, G_TYPE_BOOLEAN);
  signals[VIEWPORT_CHANGED] = g_signal_new ("viewport-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                            G_TYPE_NONE, 0);
  gtk_widget_class_set_css_name (widget_class, "mgcanvas");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
mg_image_view_init (MgImageView *self)
{
  self->scale = 1;
  self->view.zoom = 1;
  self->fit = TRUE;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  _mg_image_view_input_init (self);
  g_signal_connect (self, "notify::scale-factor", G_CALLBACK (_mg_image_view_resize), NULL);
}

/* Another place of the image may be under a pointer that rests. What moves is told
 * of once it stands. */
void
_mg_image_view_renew_hover (MgImageView *self)
{
  if (self->pointer_inside && self->motion.tick == 0)
    _mg_image_view_emit_hover (self);
}

/* The centre is moved so that the image's corner falls on a whole device
 * pixel: tiles are then drawn 1:1. */
static void
update (MgImageView *self)
{
  MgImageViewClass *klass = MG_IMAGE_VIEW_GET_CLASS (self);
  MgViewport *view = &self->view;
  MgViewTiles *tiles;

  if (!is_empty (self) && view->width > 0 && view->height > 0)
    {
      mg_viewport_clamp (view);
      view->centre_x = (view->width / 2.0 - round (view->width / 2.0 - view->centre_x * view->zoom)) / view->zoom;
      view->centre_y = (view->height / 2.0 - round (view->height / 2.0 - view->centre_y * view->zoom)) / view->zoom;
      for (guint i = 0; (tiles = klass->get_tiles (self, i)) != NULL; i++)
        mg_view_tiles_set_zoom (tiles, view->zoom);
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ZOOM]);
  g_signal_emit (self, signals[VIEWPORT_CHANGED], 0);
}

void
_mg_image_view_changed (MgImageView *self)
{
  update (self);
  _mg_image_view_renew_hover (self);
}

/* Another image, all of which is shown. */
void
_mg_image_view_set_image_size (MgImageView *self,
                               int width,
                               int height)
{
  _mg_image_view_rest (self);
  self->view.image_width = width;
  self->view.image_height = height;
  self->fit = TRUE;
  _mg_image_view_resize (self);
}

/* The widget, or its panes, are of another size. */
void
_mg_image_view_resize (MgImageView *self)
{
  MgImageViewClass *klass = MG_IMAGE_VIEW_GET_CLASS (self);
  int width;

  self->scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  width = gtk_widget_get_width (GTK_WIDGET (self)) * self->scale;
  self->view.width = klass->get_pane_width != NULL ? klass->get_pane_width (self, width) : width;
  self->view.height = gtk_widget_get_height (GTK_WIDGET (self)) * self->scale;
  if (self->fit && !is_empty (self) && self->view.width > 0)
    mg_viewport_fit (&self->view);
  update (self);
}

/* The image's top-left corner in its pane, device pixels; whole numbers by
 * update(). */
void
_mg_image_view_get_origin (MgImageView *self,
                           int *x,
                           int *y)
{
  *x = (int) round (self->view.width / 2.0 - self->view.centre_x * self->view.zoom);
  *y = (int) round (self->view.height / 2.0 - self->view.centre_y * self->view.zoom);
}

static int
get_pane_offset (MgImageView *self,
                 double x)
{
  MgImageViewClass *klass = MG_IMAGE_VIEW_GET_CLASS (self);

  return klass->get_pane_offset != NULL ? klass->get_pane_offset (self, x) : 0;
}

/* Where in the image the pointer is; this may be beyond its edges. */
void
_mg_image_view_get_pointer (MgImageView *self,
                            double *x,
                            double *y)
{
  mg_viewport_to_image (&self->view, self->pointer_x - get_pane_offset (self, self->pointer_x), self->pointer_y, x, y);
}

void
_mg_image_view_emit_hover (MgImageView *self)
{
  double x, y;

  _mg_image_view_get_pointer (self, &x, &y);
  g_signal_emit (self, signals[HOVER], 0, x, y,
                 self->pointer_inside && x >= 0 && y >= 0 && x < self->view.image_width && y < self->view.image_height);
}

/**
 * mg_image_view_zoom_step:
 * @self: a view
 * @direction: 1 in, -1 out; about the pointer where that is over the view
 */
void
mg_image_view_zoom_step (MgImageView *self,
                         int direction)
{
  mg_image_view_zoom_to (self, mg_viewport_zoom_step (_mg_image_view_get_target_zoom (self), direction));
}

/**
 * mg_image_view_zoom_to:
 * @self: a view
 * @zoom: device pixels an image pixel; about the pointer where that is over the view
 */
void
mg_image_view_zoom_to (MgImageView *self,
                       double zoom)
{
  double x = self->view.width / 2.0, y = self->view.height / 2.0;

  if (is_empty (self))
    return;
  if (self->pointer_inside)
    {
      x = self->pointer_x - get_pane_offset (self, self->pointer_x);
      y = self->pointer_y;
    }
  self->fit = FALSE;
  _mg_image_view_glide_to (self, zoom, x, y);
}

/**
 * mg_image_view_zoom_fit:
 * @self: a view
 *
 * Shows all of the image, also after the window's size has changed.
 */
void
mg_image_view_zoom_fit (MgImageView *self)
{
  _mg_image_view_rest (self);
  self->fit = TRUE;
  _mg_image_view_resize (self);
  _mg_image_view_renew_hover (self);
}

/**
 * mg_image_view_centre_on:
 * @self: a view
 * @x: a place of the image
 * @y: a place of the image
 *
 * Brings it to the middle, as far as the image's edges let it.
 */
void
mg_image_view_centre_on (MgImageView *self,
                         double x,
                         double y)
{
  mg_image_view_set_place (self, self->view.zoom, x, y);
}

/**
 * mg_image_view_get_place:
 * @self: a view
 * @zoom: (out): device pixels an image pixel
 * @x: (out): the centre, in image pixels
 * @y: (out): the centre, in image pixels
 *
 * Returns: %FALSE while all of the image is kept in view
 */
gboolean
mg_image_view_get_place (MgImageView *self,
                         double *zoom,
                         double *x,
                         double *y)
{
  *zoom = self->view.zoom;
  *x = self->view.centre_x;
  *y = self->view.centre_y;
  return !self->fit;
}

/**
 * mg_image_view_set_place:
 * @self: a view
 * @zoom: device pixels an image pixel
 * @x: the centre, in image pixels
 * @y: the centre, in image pixels
 *
 * Goes there at once, as far as that makes sense.
 */
void
mg_image_view_set_place (MgImageView *self,
                         double zoom,
                         double x,
                         double y)
{
  if (is_empty (self))
    return;
  _mg_image_view_rest (self);
  self->fit = FALSE;
  self->view.zoom = zoom;
  self->view.centre_x = x;
  self->view.centre_y = y;
  _mg_image_view_changed (self);
}

/**
 * mg_image_view_visible_rect:
 * @self: a view
 * @rect: (out): the part of the image in view, empty without an image
 */
void
mg_image_view_visible_rect (MgImageView *self,
                            MgRect *rect)
{
  MgRect screen = { 0, 0, self->view.width, self->view.height };

  *rect = (MgRect){ 0, 0, 0, 0 };
  if (!is_empty (self) && !mg_rect_is_empty (&screen))
    mg_viewport_image_rect (&self->view, &screen, rect);
}

/**
 * mg_image_view_to_widget:
 * @self: a view
 * @x: (out): logical pixels
 * @y: (out): logical pixels
 *
 * Where a place of the image is on the widget, in its first pane.
 */
void
mg_image_view_to_widget (MgImageView *self,
                         double image_x,
                         double image_y,
                         double *x,
                         double *y)
{
  mg_viewport_to_screen (&self->view, image_x, image_y, x, y);
  *x /= self->scale;
  *y /= self->scale;
}
