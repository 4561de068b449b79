#pragma once

#include "base/error.h"

/* Memory for results that may be larger than memory: little ones lie on the
 * heap, large ones in a nameless file of the cache folder, which the kernel
 * writes out and takes from memory as it needs. */
gpointer mg_scratch_alloc (gsize size,
                           gsize in_memory,
                           const char *what,
                           GError **error);
void mg_scratch_free (gpointer data);
void mg_scratch_settle (gpointer data,
                        gsize begin,
                        gsize end);
