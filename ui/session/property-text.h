#pragma once

#include <glib-object.h>

gboolean mg_property_from_text (const char *text,
                                GParamSpec *pspec,
                                GValue *value);
char *mg_property_to_text (const GValue *value);
