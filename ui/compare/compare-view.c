#include "compare/compare-view-private.h"

#include <math.h>
#include <stdio.h>

/* Each of the two is seen for so long while they flicker. */
#define FLICKER_MS 600

enum
{
  PROP_0,
  PROP_MODE,
  PROP_DIVIDER,
  PROP_SWAPPED,
  PROP_REGION,
  N_PROPS,
};

enum
{
  ROI_CHANGED,
  N_SIGNALS,
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_ENUM_TYPE (MgCompareMode, mg_compare_mode,
                    G_DEFINE_ENUM_VALUE (MG_COMPARE_LEFT, "left"),
                    G_DEFINE_ENUM_VALUE (MG_COMPARE_SPLIT, "split"),
                    G_DEFINE_ENUM_VALUE (MG_COMPARE_SIDE, "side"),
                    G_DEFINE_ENUM_VALUE (MG_COMPARE_RIGHT, "right"),
                    G_DEFINE_ENUM_VALUE (MG_COMPARE_FLICKER, "flicker"),
                    G_DEFINE_ENUM_VALUE (MG_COMPARE_MAP, "map"))

G_DEFINE_FINAL_TYPE (MgCompareView, mg_compare_view, MG_TYPE_IMAGE_VIEW)

static int
device_width (MgCompareView *self)
{
  return gtk_widget_get_width (GTK_WIDGET (self)) * self->base.scale;
}

/* Where only one can be shown: left, unless there is only a right. */
static MgCompareLayer
single_layer (MgCompareView *self)
{
  gboolean right = self->mode == MG_COMPARE_RIGHT || (self->mode == MG_COMPARE_FLICKER && self->flicker_second);

  if (self->mode == MG_COMPARE_MAP && !self->swapped)
    return MG_COMPARE_LAYER_MAP;
  if (self->swapped)
    right = !right;
  return right ? MG_COMPARE_LAYER_RIGHT : MG_COMPARE_LAYER_LEFT;
}

int
_mg_compare_view_get_panes (MgCompareView *self,
                            MgComparePane panes[2])
{
  int width = device_width (self), half = self->base.view.width;
  int at = (int) round (CLAMP (self->divider, 0, 1) * width);
  MgCompareLayer first = self->swapped ? MG_COMPARE_LAYER_RIGHT : MG_COMPARE_LAYER_LEFT;
  MgCompareLayer second = self->swapped ? MG_COMPARE_LAYER_LEFT : MG_COMPARE_LAYER_RIGHT;

  if (self->sides[MG_COMPARE_LAYER_RIGHT].pyramid == NULL)
    {
      panes[0] = (MgComparePane){ MG_COMPARE_LAYER_LEFT, 0, width, 0 };
      return 1;
    }
  switch (self->mode)
    {
    case MG_COMPARE_SPLIT:
      panes[0] = (MgComparePane){ first, 0, at, 0 };
      panes[1] = (MgComparePane){ second, at, width - at, 0 };
      return 2;
    case MG_COMPARE_SIDE:
      panes[0] = (MgComparePane){ first, 0, half, 0 };
      panes[1] = (MgComparePane){ second, width - half, half, width - half };
      return 2;
    default:
      panes[0] = (MgComparePane){ single_layer (self), 0, width, 0 };
      return 1;
    }
}

/* The image's top-left corner in the widget, device pixels. */
void
_mg_compare_view_origin (MgCompareView *self,
                         const MgComparePane *pane,
                         int *x,
                         int *y)
{
  _mg_image_view_get_origin (&self->base, x, y);
  *x += pane->offset;
}

static int
get_pane_offset (MgImageView *view,
                 double x)
{
  MgComparePane panes[2];
  int n = _mg_compare_view_get_panes (MG_COMPARE_VIEW (view), panes);

  return panes[n > 1 && x >= panes[1].x ? 1 : 0].offset;
}

static int
get_pane_width (MgImageView *view,
                int width)
{
  MgCompareView *self = MG_COMPARE_VIEW (view);

  if (self->mode != MG_COMPARE_SIDE || self->sides[MG_COMPARE_LAYER_RIGHT].pyramid == NULL)
    return width;
  return (width - MG_COMPARE_GAP * view->scale) / 2;
}

static MgViewTiles *
get_tiles (MgImageView *view,
           guint i)
{
  return i < MG_COMPARE_N_LAYERS ? MG_COMPARE_VIEW (view)->sides[i].tiles : NULL;
}

/* A screen reader hears what lies beside what, and where the region is. */
static void
update_a11y (MgCompareView *self)
{
  static const char *const ways[] = { "%s", "%s and %s, split", "%s and %s, side by side", "%2$s", "%s and %s in turn", "Difference of %s and %s" };
  const char *left = self->sides[MG_COMPARE_LAYER_LEFT].title, *right = self->sides[MG_COMPARE_LAYER_RIGHT].title;
  g_autoptr (GString) text = g_string_new (NULL);

  if (self->base.view.image_width == 0)
    g_string_append (text, "Comparison, no image opened");
  else
    {
      switch (self->mode)
        {
        case MG_COMPARE_LEFT:
          g_string_append (text, left != NULL ? left : "Nothing");
          break;
        case MG_COMPARE_RIGHT:
          g_string_append (text, right != NULL ? right : "Nothing");
          break;
        default:
          g_string_append_printf (text, ways[self->mode], left != NULL ? left : "nothing", right != NULL ? right : "nothing");
        }
      g_string_append_printf (text, ", %d by %d pixels", self->base.view.image_width, self->base.view.image_height);
    }
  if (!mg_rect_is_empty (&self->roi))
    g_string_append_printf (text, ", region of %d by %d at %d, %d", self->roi.width, self->roi.height, self->roi.x, self->roi.y);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text->str,
                                  GTK_ACCESSIBLE_PROPERTY_ROLE_DESCRIPTION, "Comparison of images", -1);
}

static void
show_roi (MgCompareView *self)
{
  update_a11y (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, signals[ROI_CHANGED], 0);
}

/* The person's doing. */
void
_mg_compare_view_roi_changed (MgCompareView *self)
{
  self->wanted_roi = self->roi;
  show_roi (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_REGION]);
}

/* The region that is wanted, where it fits in the image. */
static void
place_roi (MgCompareView *self)
{
  const MgRect whole = { 0, 0, self->base.view.image_width, self->base.view.image_height };

  mg_rect_intersect (&self->wanted_roi, &whole, &self->roi);
  if (self->roi.width != self->wanted_roi.width || self->roi.height != self->wanted_roi.height)
    self->roi = (MgRect){ 0 };
  show_roi (self);
}

/* As "x y width height". */
static char *
dup_region (MgCompareView *self)
{
  const MgRect *roi = &self->wanted_roi;

  return mg_rect_is_empty (roi) ? NULL : g_strdup_printf ("%d %d %d %d", roi->x, roi->y, roi->width, roi->height);
}

static void
set_region (MgCompareView *self,
            const char *text)
{
  MgRect roi;

  self->wanted_roi = (MgRect){ 0 };
  if (text != NULL && sscanf (text, "%9d %9d %9d %9d", &roi.x, &roi.y, &roi.width, &roi.height) == 4 &&
      roi.x >= 0 && roi.y >= 0 && !mg_rect_is_empty (&roi))
    self->wanted_roi = roi;
  place_roi (self);
}

static void
mg_compare_view_get_property (GObject *object,
                              guint id,
                              GValue *value,
                              GParamSpec *pspec)
{
  MgCompareView *self = MG_COMPARE_VIEW (object);

  switch (id)
    {
    case PROP_MODE:
      g_value_set_enum (value, self->mode);
      break;
    case PROP_DIVIDER:
      g_value_set_double (value, self->divider);
      break;
    case PROP_SWAPPED:
      g_value_set_boolean (value, self->swapped);
      break;
    case PROP_REGION:
      g_value_take_string (value, dup_region (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
mg_compare_view_set_property (GObject *object,
                              guint id,
                              const GValue *value,
                              GParamSpec *pspec)
{
  MgCompareView *self = MG_COMPARE_VIEW (object);

  switch (id)
    {
    case PROP_MODE:
      mg_compare_view_set_mode (self, g_value_get_enum (value));
      break;
    case PROP_DIVIDER:
      self->divider = g_value_get_double (value);
      gtk_widget_queue_draw (GTK_WIDGET (self));
      break;
    case PROP_SWAPPED:
      self->swapped = g_value_get_boolean (value);
      gtk_widget_queue_draw (GTK_WIDGET (self));
      break;
    case PROP_REGION:
      set_region (self, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
mg_compare_view_dispose (GObject *object)
{
  MgCompareView *self = MG_COMPARE_VIEW (object);

  g_clear_handle_id (&self->flicker_timer, g_source_remove);
  _mg_compare_view_draw_dispose (self);
  for (int i = 0; i < MG_COMPARE_N_LAYERS; i++)
    {
      g_clear_pointer (&self->sides[i].pyramid, mg_pyramid_unref);
      g_clear_pointer (&self->sides[i].title, g_free);
    }
  G_OBJECT_CLASS (mg_compare_view_parent_class)->dispose (object);
}

/* Arrows go through the images, as on the canvas; with Shift they move the region. */
static void
add_keys (GtkWidgetClass *widget_class)
{
  static const struct
  {
    guint key;
    int x, y;
  } arrows[] = { { GDK_KEY_Left, -1, 0 }, { GDK_KEY_Right, 1, 0 }, { GDK_KEY_Up, 0, -1 }, { GDK_KEY_Down, 0, 1 } };

  for (gsize i = 0; i < G_N_ELEMENTS (arrows); i++)
    {
      gtk_widget_class_add_binding_action (widget_class, arrows[i].key, 0, "win.image", "i", arrows[i].x + arrows[i].y);
      gtk_widget_class_add_binding_action (widget_class, arrows[i].key, GDK_SHIFT_MASK, "win.move-roi", "(ii)",
                                           arrows[i].x, arrows[i].y);
      gtk_widget_class_add_binding_action (widget_class, arrows[i].key, GDK_SHIFT_MASK | GDK_CONTROL_MASK, "win.move-roi",
                                           "(ii)", 10 * arrows[i].x, 10 * arrows[i].y);
    }
}

static void
mg_compare_view_class_init (MgCompareViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  MgImageViewClass *view_class = MG_IMAGE_VIEW_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->get_property = mg_compare_view_get_property;
  object_class->set_property = mg_compare_view_set_property;
  object_class->dispose = mg_compare_view_dispose;
  view_class->get_tiles = get_tiles;
  view_class->get_pane_width = get_pane_width;
  view_class->get_pane_offset = get_pane_offset;
  view_class->draw = _mg_compare_view_draw;
  _mg_compare_view_input_class_init (view_class);
  props[PROP_MODE] = g_param_spec_enum ("mode", NULL, NULL, MG_TYPE_COMPARE_MODE, MG_COMPARE_SPLIT, flags);
  props[PROP_DIVIDER] = g_param_spec_double ("divider", NULL, NULL, 0, 1, 0.5, flags);
  props[PROP_REGION] = g_param_spec_string ("region", NULL, NULL, NULL, flags);
  props[PROP_SWAPPED] = g_param_spec_boolean ("swapped", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[ROI_CHANGED] = g_signal_new ("roi-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  add_keys (GTK_WIDGET_CLASS (klass));
}

static void
mg_compare_view_init (MgCompareView *self)
{
  self->mode = MG_COMPARE_SPLIT;
  self->divider = 0.5;
  _mg_compare_view_draw_init (self);
  update_a11y (self);
}

/* Another image: all of it is shown, and the region is kept where it fits. */
static void
take_size (MgCompareView *self,
           int width,
           int height)
{
  if (self->base.view.image_width == width && self->base.view.image_height == height)
    return;
  _mg_image_view_set_image_size (&self->base, width, height);
  place_roi (self);
}

/**
 * mg_compare_view_set_layer:
 * @self: a view
 * @layer: which
 * @pyramid: (nullable): the image
 * @title: (nullable): what it is
 * @channels: (array length=n_channels): how its channels are shown
 *
 * All layers are of one size; the left one decides.
 */
void
mg_compare_view_set_layer (MgCompareView *self,
                           MgCompareLayer layer,
                           MgPyramid *pyramid,
                           const char *title,
                           const MgChannelView *channels,
                           int n_channels)
{
  MgCompareSide *side = &self->sides[layer];
  int width = 0, height = 0;

  if (pyramid != NULL)
    {
      mg_pyramid_ref (pyramid);
      mg_pyramid_get_size (pyramid, 0, &width, &height);
    }
  /* of the same size, what was seen stays until the new one is drawn */
  if (pyramid == NULL || side->pyramid == NULL || width != side->width || height != side->height)
    {
      mg_view_tiles_reset (side->tiles, width, height);
      mg_view_tiles_set_zoom (side->tiles, self->base.view.zoom);
    }
  side->width = width;
  side->height = height;
  g_clear_pointer (&side->pyramid, mg_pyramid_unref);
  side->pyramid = pyramid;
  g_free (side->title);
  side->title = g_strdup (title);
  g_clear_object (&side->text);
  if (layer == MG_COMPARE_LAYER_LEFT)
    take_size (self, width, height);
  else if (layer == MG_COMPARE_LAYER_RIGHT)
    _mg_image_view_resize (&self->base);
  mg_compare_view_set_channels (self, layer, channels, n_channels);
  update_a11y (self);
}

/**
 * mg_compare_view_set_channels:
 * @self: a view
 * @layer: which
 * @channels: (array length=n_channels): how its channels are shown from now on
 */
void
mg_compare_view_set_channels (MgCompareView *self,
                              MgCompareLayer layer,
                              const MgChannelView *channels,
                              int n_channels)
{
  MgCompareSide *side = &self->sides[layer];

  side->n_channels = MIN (n_channels, MG_VIEW_MAX_CHANNELS);
  for (int c = 0; c < side->n_channels; c++)
    side->channels[c] = channels[c];
  _mg_compare_view_scene_changed (self, layer);
}

/**
 * mg_compare_view_set_plane:
 * @self: a view
 * @z: slice
 * @t: time point
 */
void
mg_compare_view_set_plane (MgCompareView *self,
                           int z,
                           int t)
{
  if (self->z == z && self->t == t)
    return;
  self->z = z;
  self->t = t;
  for (int i = 0; i < MG_COMPARE_N_LAYERS; i++)
    _mg_compare_view_scene_changed (self, i);
  _mg_image_view_renew_hover (&self->base);
}

static gboolean
on_flicker (gpointer data)
{
  MgCompareView *self = data;

  self->flicker_second = !self->flicker_second;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  return G_SOURCE_CONTINUE;
}

/**
 * mg_compare_view_set_mode:
 * @self: a view
 * @mode: how the images lie from now on; place and zoom stay
 */
void
mg_compare_view_set_mode (MgCompareView *self,
                          MgCompareMode mode)
{
  if (self->mode == mode)
    return;
  self->mode = mode;
  g_clear_handle_id (&self->flicker_timer, g_source_remove);
  if (mode == MG_COMPARE_FLICKER)
    self->flicker_timer = g_timeout_add (FLICKER_MS, on_flicker, self);
  _mg_image_view_resize (&self->base);
  _mg_image_view_update_cursor (&self->base);
  update_a11y (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_MODE]);
}

/**
 * mg_compare_view_get_mode:
 * @self: a view
 *
 * Returns: how the images lie
 */
MgCompareMode
mg_compare_view_get_mode (MgCompareView *self)
{
  return self->mode;
}
