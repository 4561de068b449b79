#include "session/property-text.h"

/**
 * mg_property_from_text:
 * @text: of mg_property_to_text()
 * @pspec: the property it is a value of
 * @value: (out): the value, initialised in any case
 *
 * Returns: %FALSE for text that is no value of that property
 */
gboolean
mg_property_from_text (const char *text,
                       GParamSpec *pspec,
                       GValue *value)
{
  char *end = NULL;

  g_value_init (value, pspec->value_type);
  if (G_TYPE_IS_ENUM (pspec->value_type))
    {
      GEnumValue *found = g_enum_get_value_by_nick (G_PARAM_SPEC_ENUM (pspec)->enum_class, text);

      if (found != NULL)
        g_value_set_enum (value, found->value);
      return found != NULL;
    }
  switch (pspec->value_type)
    {
    case G_TYPE_BOOLEAN:
      g_value_set_boolean (value, g_str_equal (text, "true"));
      return g_str_equal (text, "true") || g_str_equal (text, "false");
    case G_TYPE_INT:
      g_value_set_int (value, (int) CLAMP (g_ascii_strtoll (text, &end, 10), G_MININT, G_MAXINT));
      break;
    case G_TYPE_UINT:
      g_value_set_uint (value, (guint) MIN (g_ascii_strtoull (text, &end, 10), G_MAXUINT));
      break;
    case G_TYPE_DOUBLE:
      g_value_set_double (value, g_ascii_strtod (text, &end));
      break;
    case G_TYPE_STRING:
      g_value_set_string (value, text);
      return TRUE;
    default:
      g_return_val_if_reached (FALSE);
    }
  return end != text && *end == '\0' && !g_param_value_validate (pspec, value);
}

/**
 * mg_property_to_text:
 * @value: boolean, int, unsigned int, double, string or enumeration
 *
 * Returns: (transfer full) (nullable): the value as text; %NULL for no string
 */
char *
mg_property_to_text (const GValue *value)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  if (G_VALUE_HOLDS_ENUM (value))
    {
      g_autoptr (GEnumClass) klass = g_type_class_ref (G_VALUE_TYPE (value));

      return g_strdup (g_enum_get_value (klass, g_value_get_enum (value))->value_nick);
    }
  switch (G_VALUE_TYPE (value))
    {
    case G_TYPE_BOOLEAN:
      return g_strdup (g_value_get_boolean (value) ? "true" : "false");
    case G_TYPE_INT:
      return g_strdup_printf ("%d", g_value_get_int (value));
    case G_TYPE_UINT:
      return g_strdup_printf ("%u", g_value_get_uint (value));
    case G_TYPE_DOUBLE:
      return g_strdup (g_ascii_dtostr (digits, sizeof digits, g_value_get_double (value)));
    case G_TYPE_STRING:
      return g_value_dup_string (value);
    default:
      g_return_val_if_reached (NULL);
    }
}
