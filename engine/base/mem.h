#pragma once

#include "base/error.h"

#define MG_ALIGN_BYTES 64

gboolean mg_size_mul (gsize a,
                      gsize b,
                      gsize *out);
gpointer mg_try_alloc (gsize size,
                       const char *what,
                       GError **error);
void mg_free_aligned (gpointer data);
guint64 mg_memory_available (void);
