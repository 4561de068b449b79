#include "compare/compare-page-private.h"

/* What of the comparison is remembered. */
enum
{
  PROP_0,
  PROP_LINKED,
  PROP_LEFT_VERSION,
  PROP_RIGHT_VERSION,
  PROP_MAP,
  PROP_STRIP_SHARE,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

static void
get_property (GObject *object,
              guint id,
              GValue *value,
              GParamSpec *pspec)
{
  MgComparePage *self = MG_COMPARE_PAGE (object);

  switch (id)
    {
    case PROP_LINKED:
      g_value_set_boolean (value, self->linked);
      break;
    case PROP_LEFT_VERSION:
      g_value_set_string (value, self->left_choice);
      break;
    case PROP_RIGHT_VERSION:
      g_value_set_string (value, self->right_choice);
      break;
    case PROP_MAP:
      g_value_set_int (value, self->map);
      break;
    case PROP_STRIP_SHARE:
      g_value_set_double (value, self->strip_share);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
set_property (GObject *object,
              guint id,
              const GValue *value,
              GParamSpec *pspec)
{
  MgComparePage *self = MG_COMPARE_PAGE (object);

  switch (id)
    {
    case PROP_LINKED:
      self->linked = g_value_get_boolean (value);
      mg_compare_page_show_channels (self);
      break;
    case PROP_LEFT_VERSION:
    case PROP_RIGHT_VERSION:
      _mg_compare_page_set_choice (self, id == PROP_LEFT_VERSION, g_value_get_string (value));
      _mg_compare_page_choose (self);
      break;
    case PROP_MAP:
      mg_compare_page_set_map (self, (MgCompareMapKind) g_value_get_int (value));
      break;
    case PROP_STRIP_SHARE:
      self->strip_share = g_value_get_double (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

void
_mg_compare_page_install_properties (GObjectClass *object_class)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = get_property;
  object_class->set_property = set_property;
  props[PROP_LINKED] = g_param_spec_boolean ("linked", NULL, NULL, TRUE, flags);
  props[PROP_LEFT_VERSION] = g_param_spec_string ("left-version", NULL, NULL, NULL, flags);
  props[PROP_RIGHT_VERSION] = g_param_spec_string ("right-version", NULL, NULL, NULL, flags);
  props[PROP_MAP] = g_param_spec_int ("map", NULL, NULL, 0, MG_COMPARE_N_MAPS - 1, 0, flags);
  props[PROP_STRIP_SHARE] = g_param_spec_double ("strip-share", NULL, NULL, 0.05, 0.9, 0.25, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

/* Which version is shown wherever an image has it; NULL: what is usual. */
void
_mg_compare_page_set_choice (MgComparePage *self,
                             gboolean left,
                             const char *id)
{
  char **choice = left ? &self->left_choice : &self->right_choice;

  if (g_strcmp0 (*choice, id) == 0)
    return;
  g_free (*choice);
  *choice = g_strdup (id);
  g_object_notify_by_pspec (G_OBJECT (self), props[left ? PROP_LEFT_VERSION : PROP_RIGHT_VERSION]);
}

void
_mg_compare_page_notify_map (MgComparePage *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_MAP]);
}

void
_mg_compare_page_notify_strip (MgComparePage *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STRIP_SHARE]);
}
