#pragma once

#include <gtk/gtk.h>

#include "image/image.h"

#define MG_PROFILE_MAX_CURVES 3

/* One image whose values are plotted; borrowed for the call. */
typedef struct
{
  MgImage *image;
  const char *title;
} MgProfileSource;

/* The values of several images along one line across a region. Read on another
 * thread. */
#define MG_TYPE_PROFILE_VIEW (mg_profile_view_get_type ())
G_DECLARE_FINAL_TYPE (MgProfileView, mg_profile_view, MG, PROFILE_VIEW, GtkWidget)

void mg_profile_view_set (MgProfileView *self,
                          const MgProfileSource *sources,
                          guint n,
                          int c,
                          int z,
                          int t,
                          const MgRect *region);
