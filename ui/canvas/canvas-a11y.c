#include "canvas/canvas-private.h"

/* A screen reader hears which image is shown and how many cells are on it. */
void
_mg_canvas_update_a11y (MgCanvas *self)
{
  g_autofree char *label = NULL;

  if (self->pyramid == NULL)
    label = g_strdup ("Image, none opened");
  else
    {
      const MgImageInfo *info = mg_image_get_info (mg_pyramid_get_image (self->pyramid));
      guint n = self->annotation != NULL ? mg_annotation_get_n_instances (self->annotation) : 0;
      g_autofree char *predicted = self->prediction != NULL
                                     ? g_strdup_printf (", %u cells predicted", mg_labels_get_n (self->prediction))
                                     : g_strdup ("");
      g_autofree char *selected = self->selection->len > 1    ? g_strdup_printf (", %u cells selected", self->selection->len)
                                  : self->selection->len == 1 ? g_strdup_printf (", cell %u selected", mg_canvas_get_selected (self))
                                                              : g_strdup ("");

      label = g_strdup_printf ("Image %s, %d by %d pixels, %u %s painted%s%s",
                               info->name != NULL ? info->name : "without a name", info->width, info->height,
                               n, n == 1 ? "cell" : "cells",
                               predicted, selected);
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  GTK_ACCESSIBLE_PROPERTY_ROLE_DESCRIPTION, "Microscopy image",
                                  -1);
}
