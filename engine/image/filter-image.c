#include "image/filter-image.h"

#include "base/mem.h"
#include "image/builder.h"

/**
 * mg_filter_image:
 * @image: (transfer none): of any axes
 * @kind: which filter
 * @as_float: whether the result is of 32-bit floats, not of the image's type
 * @strength: (out): what was chosen for the first plane, in the filter's unit
 * @progress: (nullable): counts planes
 * @cancellable: (nullable): looked at some times a second
 *
 * Filters every plane by itself with the strength that suits its noise, see
 * mg_filter_auto(). Any thread.
 *
 * Returns: (transfer full): an image of the same axes, names and pixel size
 */
MgImage *
mg_filter_image (MgImage *image,
                 MgFilterKind kind,
                 gboolean as_float,
                 double *strength,
                 MgProgress *progress,
                 GCancellable *cancellable,
                 GError **error)
{
  const MgImageInfo *info = mg_image_get_info (image);
  const MgRect all = { 0, 0, info->width, info->height };
  gsize n = (gsize) info->width * (gsize) info->height, size;
  g_autoptr (MgImageBuilder) builder = mg_image_builder_new (info, as_float, error);
  int n_planes = info->n_channels * info->n_z * info->n_t;
  float *values = NULL;
  gboolean ok;

  if (builder && mg_size_mul (n, 2 * sizeof (float), &size))
    values = mg_try_alloc (size, "filtering the image", error);
  ok = values != NULL;
  for (int i = 0; ok && i < n_planes; i++)
    {
      int c = i % info->n_channels, z = i / info->n_channels % info->n_z, t = i / info->n_channels / info->n_z;
      double chosen = 0;

      if (progress)
        mg_progress_set (progress, "Filtering", i, n_planes);
      ok = !g_cancellable_set_error_if_cancelled (cancellable, error) &&
           mg_image_read_float (image, c, z, t, &all, values, (gsize) info->width * sizeof (float), cancellable, error) &&
           mg_filter_auto (kind, values, info->width, info->height, values + n, &chosen, cancellable, error);
      if (ok)
        mg_image_builder_put (builder, c, z, t, values + n);
      if (i == 0)
        *strength = chosen;
    }
  mg_free_aligned (values);
  return ok ? mg_image_builder_finish (builder, error) : NULL;
}
