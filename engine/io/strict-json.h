#pragma once

#include <glib.h>

/* A reader of JSON text (RFC 8259) that takes nothing but what the standard
 * has and what its caller asks for next; it does not build a tree and never
 * recurses. After a failure every call fails, and `why` says what was wrong. */
typedef struct
{
  const char *at, *end;
  const char *why; /* static; NULL: all well */
} MgStrictJson;

gboolean _mg_strict_json_take (MgStrictJson *json,
                               char wanted);
gboolean _mg_strict_json_peek (MgStrictJson *json,
                               char wanted);
gboolean _mg_strict_json_next (MgStrictJson *json,
                               char close,
                               gboolean *first);
char *_mg_strict_json_string (MgStrictJson *json);
gboolean _mg_strict_json_count (MgStrictJson *json,
                                guint64 *out);
gboolean _mg_strict_json_number (MgStrictJson *json,
                                 double *out);
gboolean _mg_strict_json_skip (MgStrictJson *json);
gboolean _mg_strict_json_end (MgStrictJson *json);
gboolean _mg_strict_json_fail (MgStrictJson *json,
                               const char *why);
void _mg_strict_json_quote (GString *out,
                            const char *text);
gboolean _mg_json_is_object (const char *text,
                             gsize length);
