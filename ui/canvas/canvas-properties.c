#include "canvas/canvas-private.h"

enum
{
  PROP_0,
  PROP_FILL_OPACITY,
  PROP_OUTLINE_OPACITY,
  PROP_SHOW_FILL,
  PROP_SHOW_OUTLINES,
  PROP_SHOW_PREDICTION,
  PROP_HIDE_OVERLAYS,
  PROP_TOOL,
  PROP_BRUSH_RADIUS,
  PROP_BRUSH_ON_SCREEN,
  PROP_PRESSURE,
  PROP_PROTECT,
  PROP_TOLERANCE,
  PROP_EVERY_PLANE,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

G_DEFINE_ENUM_TYPE (MgCanvasTool, mg_canvas_tool,
                    G_DEFINE_ENUM_VALUE (MG_CANVAS_SELECT, "select"),
                    G_DEFINE_ENUM_VALUE (MG_CANVAS_BRUSH, "brush"),
                    G_DEFINE_ENUM_VALUE (MG_CANVAS_ERASER, "eraser"),
                    G_DEFINE_ENUM_VALUE (MG_CANVAS_FILL, "fill"),
                    G_DEFINE_ENUM_VALUE (MG_CANVAS_LASSO, "lasso"),
                    G_DEFINE_ENUM_VALUE (MG_CANVAS_WAND, "wand"),
                    G_DEFINE_ENUM_VALUE (MG_CANVAS_MERGE, "merge"),
                    G_DEFINE_ENUM_VALUE (MG_CANVAS_CUT, "cut"),
                    G_DEFINE_ENUM_VALUE (MG_CANVAS_IGNORE, "ignore"),
                    G_DEFINE_ENUM_VALUE (MG_CANVAS_REGION, "region"))

static void
mg_canvas_get_property (GObject *object,
                        guint id,
                        GValue *value,
                        GParamSpec *pspec)
{
  MgCanvas *self = MG_CANVAS (object);

  switch (id)
    {
    case PROP_FILL_OPACITY:
      g_value_set_double (value, self->fill_opacity);
      break;
    case PROP_OUTLINE_OPACITY:
      g_value_set_double (value, self->outline_opacity);
      break;
    case PROP_SHOW_FILL:
      g_value_set_boolean (value, self->show_fill);
      break;
    case PROP_SHOW_OUTLINES:
      g_value_set_boolean (value, self->show_outlines);
      break;
    case PROP_SHOW_PREDICTION:
      g_value_set_boolean (value, self->show_prediction);
      break;
    case PROP_HIDE_OVERLAYS:
      g_value_set_boolean (value, self->hide_overlays);
      break;
    case PROP_TOOL:
      g_value_set_enum (value, self->tool);
      break;
    case PROP_BRUSH_RADIUS:
      g_value_set_double (value, self->brush_radius);
      break;
    case PROP_BRUSH_ON_SCREEN:
      g_value_set_boolean (value, self->brush_on_screen);
      break;
    case PROP_PRESSURE:
      g_value_set_boolean (value, self->pressure);
      break;
    case PROP_PROTECT:
      g_value_set_boolean (value, self->protect);
      break;
    case PROP_TOLERANCE:
      g_value_set_int (value, self->tolerance);
      break;
    case PROP_EVERY_PLANE:
      g_value_set_boolean (value, _mg_canvas_get_every_plane (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

/* How tools work: nothing of the picture changes. FALSE for another property. */
static gboolean
set_tool_property (MgCanvas *self,
                   guint id,
                   const GValue *value)
{
  switch (id)
    {
    case PROP_TOOL:
      _mg_canvas_cancel_drag (self);
      self->tool = g_value_get_enum (value);
      _mg_image_view_update_cursor (&self->base);
      _mg_canvas_regions_changed (self);
      break;
    case PROP_BRUSH_RADIUS:
      self->brush_radius = g_value_get_double (value);
      break;
    case PROP_BRUSH_ON_SCREEN:
      self->brush_on_screen = g_value_get_boolean (value);
      break;
    case PROP_PRESSURE:
      self->pressure = g_value_get_boolean (value);
      break;
    case PROP_PROTECT:
      self->protect = g_value_get_boolean (value);
      break;
    case PROP_TOLERANCE:
      self->tolerance = g_value_get_int (value);
      break;
    case PROP_EVERY_PLANE:
      _mg_canvas_set_every_plane (self, g_value_get_boolean (value));
      break;
    default:
      return FALSE;
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
  return TRUE;
}

static void
mg_canvas_set_property (GObject *object,
                        guint id,
                        const GValue *value,
                        GParamSpec *pspec)
{
  MgCanvas *self = MG_CANVAS (object);

  switch (id)
    {
    case PROP_FILL_OPACITY:
      self->fill_opacity = g_value_get_double (value);
      break;
    case PROP_OUTLINE_OPACITY:
      self->outline_opacity = g_value_get_double (value);
      break;
    case PROP_SHOW_FILL:
      self->show_fill = g_value_get_boolean (value);
      break;
    case PROP_SHOW_OUTLINES:
      self->show_outlines = g_value_get_boolean (value);
      break;
    case PROP_SHOW_PREDICTION:
      self->show_prediction = g_value_get_boolean (value);
      break;
    case PROP_HIDE_OVERLAYS:
      self->hide_overlays = g_value_get_boolean (value);
      break;
    default:
      if (!set_tool_property (self, id, value))
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      return;
    }
  _mg_canvas_scene_changed (self);
}

void
_mg_canvas_install_properties (GObjectClass *object_class)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  props[PROP_FILL_OPACITY] = g_param_spec_double ("fill-opacity", NULL, NULL, 0, 1, 0.35, flags);
  props[PROP_OUTLINE_OPACITY] = g_param_spec_double ("outline-opacity", NULL, NULL, 0, 1, 1, flags);
  props[PROP_SHOW_FILL] = g_param_spec_boolean ("show-fill", NULL, NULL, TRUE, flags);
  props[PROP_SHOW_OUTLINES] = g_param_spec_boolean ("show-outlines", NULL, NULL, TRUE, flags);
  props[PROP_SHOW_PREDICTION] = g_param_spec_boolean ("show-prediction", NULL, NULL, TRUE, flags);
  props[PROP_HIDE_OVERLAYS] = g_param_spec_boolean ("hide-overlays", NULL, NULL, FALSE, flags);
  props[PROP_TOOL] = g_param_spec_enum ("tool", NULL, NULL, MG_TYPE_CANVAS_TOOL, MG_CANVAS_BRUSH, flags);
  props[PROP_BRUSH_RADIUS] = g_param_spec_double ("brush-radius", NULL, NULL,
                                                  MG_BRUSH_MIN_PX, MG_BRUSH_MAX_PX, 6, flags);
  props[PROP_BRUSH_ON_SCREEN] = g_param_spec_boolean ("brush-on-screen", NULL, NULL, FALSE, flags);
  props[PROP_PRESSURE] = g_param_spec_boolean ("pressure", NULL, NULL, TRUE, flags);
  props[PROP_PROTECT] = g_param_spec_boolean ("protect", NULL, NULL, TRUE, flags);
  props[PROP_TOLERANCE] = g_param_spec_int ("tolerance", NULL, NULL, 0, MG_WAND_MAX_TOLERANCE, 30, flags);
  props[PROP_EVERY_PLANE] = g_param_spec_boolean ("every-plane", NULL, NULL, FALSE, flags);
  object_class->get_property = mg_canvas_get_property;
  object_class->set_property = mg_canvas_set_property;
  g_object_class_install_properties (object_class, N_PROPS, props);
}
