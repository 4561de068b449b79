#include "compare/compare-page.h"

static void
append_values (GString *text,
               MgComparePage *self,
               MgRendition *rendition,
               int x,
               int y)
{
  const MgImageInfo *info;
  MgImage *image;
  int z, t;

  if (rendition == NULL || !mg_compare_page_fits (self, rendition))
    return;
  image = mg_rendition_get_image (rendition);
  info = mg_image_get_info (image);
  mg_compare_page_get_plane (self, &z, &t);
  g_string_append_printf (text, "   %s", mg_rendition_get_title (rendition));
  for (int c = 0; c < MIN (info->n_channels, 4); c++)
    {
      float value;

      if (mg_image_read_float (image, c, MIN (z, info->n_z - 1), MIN (t, info->n_t - 1),
                               &(MgRect){ x, y, 1, 1 }, &value, sizeof value, NULL, NULL))
        g_string_append_printf (text, "%s %g", c > 0 ? "," : "", value);
    }
}

/**
 * mg_compare_page_describe:
 * @self: a page
 * @x: a pixel of the image in view
 * @y: likewise
 *
 * Returns: (transfer full) (nullable): its place, and its value in both images
 */
char *
mg_compare_page_describe (MgComparePage *self,
                          int x,
                          int y)
{
  MgRendition *noisy = mg_renditions_get_noisy (mg_compare_page_get_renditions (self));
  MgImage *image = noisy != NULL ? mg_rendition_get_image (noisy) : NULL;
  MgRendition *left = mg_compare_page_get_left (self), *right = mg_compare_page_get_right (self);
  const MgImageInfo *info;
  GString *text;

  if (image == NULL)
    return NULL;
  text = g_string_new (NULL);
  info = mg_image_get_info (image);
  g_string_append_printf (text, "x %d  y %d", x, y);
  if (info->pixel_width > 0)
    g_string_append_printf (text, "  (%.1f, %.1f %s)", x * info->pixel_width,
                            y * (info->pixel_height > 0 ? info->pixel_height : info->pixel_width),
                            info->unit != NULL ? info->unit : "units");
  append_values (text, self, left, x, y);
  if (right != left)
    append_values (text, self, right, x, y);
  return g_string_free (text, FALSE);
}
