#pragma once

#include <json-glib/json-glib.h>

#include "recipe/config.h"

/* Reading JSON that somebody else may have written: types are checked, nothing
 * warns. */
JsonObject *mg_manifest_parse (const char *text,
                               GError **error);
char *mg_manifest_to_text (JsonObject *object);
const char *mg_manifest_get_string (JsonObject *object,
                                    const char *name);
JsonObject *mg_manifest_get_object (JsonObject *object,
                                    const char *name);
JsonArray *mg_manifest_get_array (JsonObject *object,
                                  const char *name);
double mg_manifest_get_number (JsonObject *object,
                               const char *name,
                               double missing);
void mg_manifest_set_number (JsonObject *object,
                             const char *name,
                             double value);
JsonObject *mg_manifest_from_config (const MgTrainConfig *config);
gboolean mg_manifest_to_config (JsonObject *object,
                                MgTrainConfig *config,
                                GError **error);
