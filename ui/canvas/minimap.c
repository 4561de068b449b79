#include "canvas/minimap.h"

#include <math.h>

/* Logical pixels, of the longer side */
#define SIDE_PX 160

/* The frame is never smaller than this, or nobody would find it. */
#define MIN_FRAME_PX 6.0

struct _MgMinimap
{
  GtkWidget parent_instance;

  MgCanvas *canvas; /* the parent; NULL when it is gone */
  gboolean wanted;
  gboolean partial; /* the canvas shows a part only */
};

enum
{
  PROP_0,
  PROP_WANTED,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (MgMinimap, mg_minimap, GTK_TYPE_WIDGET)

/* Logical pixels of the map an image pixel */
static double
get_scale (MgMinimap *self,
           int *width,
           int *height)
{
  *width = self->canvas != NULL ? MG_IMAGE_VIEW (self->canvas)->view.image_width : 0;
  *height = self->canvas != NULL ? MG_IMAGE_VIEW (self->canvas)->view.image_height : 0;
  return *width > 0 ? (double) SIDE_PX / MAX (*width, *height) : 1;
}

static void
mg_minimap_measure (GtkWidget *widget,
                    GtkOrientation orientation,
                    int for_size,
                    int *minimum,
                    int *natural,
                    int *minimum_baseline,
                    int *natural_baseline)
{
  int width, height;
  double scale = get_scale (MG_MINIMAP (widget), &width, &height);

  *minimum = *natural = MAX (12, (int) ceil ((orientation == GTK_ORIENTATION_HORIZONTAL ? width : height) * scale));
}

static void
append_frame (GtkSnapshot *snapshot,
              const graphene_rect_t *rect,
              float width,
              const GdkRGBA *colour)
{
  const float widths[4] = { width, width, width, width };
  const GdkRGBA colours[4] = { *colour, *colour, *colour, *colour };
  GskRoundedRect frame;

  gsk_rounded_rect_init_from_rect (&frame, rect, 0);
  gtk_snapshot_append_border (snapshot, &frame, widths, colours);
}

static void
mg_minimap_snapshot (GtkWidget *widget,
                     GtkSnapshot *snapshot)
{
  MgMinimap *self = MG_MINIMAP (widget);
  float width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  const GdkRGBA back = { 0, 0, 0, 0.75 }, shade = { 0, 0, 0, 0.45 }, light = { 1, 1, 1, 0.95 }, edge = { 1, 1, 1, 0.35 };
  GdkTexture *picture = self->canvas != NULL ? mg_canvas_get_overview (self->canvas) : NULL;
  int image_width, image_height;
  double scale = get_scale (self, &image_width, &image_height);
  graphene_rect_t all = GRAPHENE_RECT_INIT (0, 0, width, height), frame;
  MgRect seen;

  gtk_snapshot_append_color (snapshot, &back, &all);
  if (picture == NULL)
    return;
  gtk_snapshot_append_texture (snapshot, picture, &all);
  mg_image_view_visible_rect (MG_IMAGE_VIEW (self->canvas), &seen);
  frame = GRAPHENE_RECT_INIT ((float) (seen.x * scale), (float) (seen.y * scale),
                              (float) MAX (seen.width * scale, MIN_FRAME_PX), (float) MAX (seen.height * scale, MIN_FRAME_PX));
  frame.origin.x = MIN (frame.origin.x, width - frame.size.width);
  frame.origin.y = MIN (frame.origin.y, height - frame.size.height);
  /* all but what is in view is dimmed */
  gtk_snapshot_append_color (snapshot, &shade, &GRAPHENE_RECT_INIT (0, 0, width, frame.origin.y));
  gtk_snapshot_append_color (snapshot, &shade, &GRAPHENE_RECT_INIT (0, frame.origin.y + frame.size.height, width, height - frame.origin.y - frame.size.height));
  gtk_snapshot_append_color (snapshot, &shade, &GRAPHENE_RECT_INIT (0, frame.origin.y, frame.origin.x, frame.size.height));
  gtk_snapshot_append_color (snapshot, &shade, &GRAPHENE_RECT_INIT (frame.origin.x + frame.size.width, frame.origin.y, width - frame.origin.x - frame.size.width, frame.size.height));
  append_frame (snapshot, &all, 1, &edge);
  append_frame (snapshot, &frame, 1.5f, &light);
}

static void
update (MgMinimap *self)
{
  int width, height;
  MgRect seen = { 0 };

  get_scale (self, &width, &height);
  if (self->canvas != NULL)
    mg_image_view_visible_rect (MG_IMAGE_VIEW (self->canvas), &seen);
  self->partial = seen.width > 0 && (seen.width < width || seen.height < height);
  gtk_widget_set_visible (GTK_WIDGET (self), self->wanted && self->partial);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

static void
move_to (MgMinimap *self,
         double x,
         double y)
{
  int width, height;
  double scale = get_scale (self, &width, &height);

  if (self->canvas != NULL)
    mg_image_view_centre_on (MG_IMAGE_VIEW (self->canvas), x / scale, y / scale);
}

static void
on_drag_begin (GtkGestureDrag *gesture,
               double x,
               double y,
               MgMinimap *self)
{
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  move_to (self, x, y);
}

static void
on_drag_update (GtkGestureDrag *gesture,
                double dx,
                double dy,
                MgMinimap *self)
{
  double x, y;

  gtk_gesture_drag_get_start_point (gesture, &x, &y);
  move_to (self, x + dx, y + dy);
}

/* Whether it is shown when it is of use. */
static void
set_wanted (MgMinimap *self,
            gboolean wanted)
{
  if (self->wanted == wanted)
    return;
  self->wanted = wanted;
  update (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_WANTED]);
}

static void
mg_minimap_get_property (GObject *object,
                         guint id,
                         GValue *value,
                         GParamSpec *pspec)
{
  g_value_set_boolean (value, MG_MINIMAP (object)->wanted);
}

static void
mg_minimap_set_property (GObject *object,
                         guint id,
                         const GValue *value,
                         GParamSpec *pspec)
{
  set_wanted (MG_MINIMAP (object), g_value_get_boolean (value));
}

static void
mg_minimap_dispose (GObject *object)
{
  MgMinimap *self = MG_MINIMAP (object);

  if (self->canvas != NULL)
    g_signal_handlers_disconnect_by_data (self->canvas, self);
  self->canvas = NULL;
  G_OBJECT_CLASS (mg_minimap_parent_class)->dispose (object);
}

static void
mg_minimap_class_init (MgMinimapClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = mg_minimap_get_property;
  object_class->set_property = mg_minimap_set_property;
  object_class->dispose = mg_minimap_dispose;
  widget_class->snapshot = mg_minimap_snapshot;
  widget_class->measure = mg_minimap_measure;
  props[PROP_WANTED] = g_param_spec_boolean ("wanted", NULL, NULL, TRUE, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  gtk_widget_class_set_css_name (widget_class, "mgminimap");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
mg_minimap_init (MgMinimap *self)
{
  GtkGesture *drag = gtk_gesture_drag_new ();

  self->wanted = TRUE;
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), "move");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), "The whole image; drag to move the view (O hides this)");
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, "Map of the whole image", -1);
}

/**
 * mg_minimap_new:
 * @canvas: what it is of
 *
 * Returns: (transfer none): a child of @canvas, which places it
 */
GtkWidget *
mg_minimap_new (MgCanvas *canvas)
{
  MgMinimap *self = g_object_new (MG_TYPE_MINIMAP, NULL);

  self->canvas = canvas;
  gtk_widget_set_parent (GTK_WIDGET (self), GTK_WIDGET (canvas));
  g_signal_connect_swapped (canvas, "viewport-changed", G_CALLBACK (update), self);
  g_signal_connect_swapped (canvas, "overview-changed", G_CALLBACK (gtk_widget_queue_draw), self);
  return GTK_WIDGET (self);
}
