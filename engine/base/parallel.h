#pragma once

#include <glib.h>

/**
 * MgParallelFunc:
 * @begin: first item
 * @end: one past the last item
 * @worker: which worker runs this, below mg_parallel_get_n_workers(); for
 *   scratch memory of one's own
 */
typedef void (*MgParallelFunc) (gsize begin,
                                gsize end,
                                guint worker,
                                gpointer data);

guint mg_parallel_get_n_workers (void);
void mg_parallel_set_n_workers (guint n_workers);
void mg_parallel_set_nice (int nice_level);
void mg_parallel_for (gsize n,
                      gsize grain,
                      MgParallelFunc func,
                      gpointer data);
