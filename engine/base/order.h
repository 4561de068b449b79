#pragma once

#include <glib.h>

/* For qsort() and g_array_sort(): the smallest first. */
static inline int
mg_order_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static inline int
mg_order_guint32s (gconstpointer a, gconstpointer b)
{
  guint32 x = *(const guint32 *) a, y = *(const guint32 *) b;

  return (x > y) - (x < y);
}
