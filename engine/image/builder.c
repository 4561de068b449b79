#include "image/builder.h"

#include "base/mem.h"
#include "base/scratch.h"
#include "image/convert.h"

/* Up to this share of what is free an image is built in memory. */
#define IN_MEMORY 8

struct _MgImageBuilder
{
  MgImageInfo info; /* owned */
  guint8 *pixels;   /* owned: T, Z, C, Y, X */
};

/**
 * mg_image_builder_new:
 * @like: size, axes, type, pixel size and names of the image; copied
 * @as_float: whether the samples are 32-bit floats instead
 *
 * An image that is large beside the memory that is free is built in a file
 * (mg_scratch_alloc()).
 *
 * Returns: (transfer full): a builder; %NULL with an error when there is no room
 */
MgImageBuilder *
mg_image_builder_new (const MgImageInfo *like,
                      gboolean as_float,
                      GError **error)
{
  MgImageBuilder *builder;
  MgPixelType type = as_float ? MG_PIXEL_F32 : like->type;
  gsize size = mg_pixel_type_size (type);
  guint8 *pixels;

  if (!mg_size_mul (size, (gsize) like->width, &size) || !mg_size_mul (size, (gsize) like->height, &size) ||
      !mg_size_mul (size, (gsize) like->n_channels, &size) || !mg_size_mul (size, (gsize) like->n_z, &size) ||
      !mg_size_mul (size, (gsize) like->n_t, &size))
    size = G_MAXSIZE;
  pixels = mg_scratch_alloc (size, mg_memory_available () / IN_MEMORY, "the restored image", error);
  if (pixels == NULL)
    return NULL;
  builder = g_new0 (MgImageBuilder, 1);
  builder->pixels = pixels;
  mg_image_info_copy (like, &builder->info);
  if (as_float)
    builder->info.bits = 0;
  builder->info.type = type;
  return builder;
}

/**
 * mg_image_builder_free:
 * @builder: (nullable): freed with what it holds
 */
void
mg_image_builder_free (MgImageBuilder *builder)
{
  if (builder == NULL)
    return;
  mg_image_info_clear (&builder->info);
  mg_scratch_free (builder->pixels);
  g_free (builder);
}

/**
 * mg_image_builder_put:
 * @values: height × width: rounded to the nearest value that the type and its
 *   significant bits hold
 */
void
mg_image_builder_put (MgImageBuilder *builder,
                      int c,
                      int z,
                      int t,
                      const float *values)
{
  const MgImageInfo *info = &builder->info;
  gsize n = (gsize) info->width * (gsize) info->height;
  gsize plane = ((gsize) t * (gsize) info->n_z + (gsize) z) * (gsize) info->n_channels + (gsize) c;
  gsize size = n * mg_pixel_type_size (info->type);

  mg_convert_from_float (info->type, info->bits, values, builder->pixels + plane * size, n);
  mg_scratch_settle (builder->pixels, plane * size, (plane + 1) * size);
}

/**
 * mg_image_builder_finish:
 *
 * Planes that were never put are 0. The builder is empty afterwards.
 *
 * Returns: (transfer full): the image
 */
MgImage *
mg_image_builder_finish (MgImageBuilder *builder,
                         GError **error)
{
  return mg_image_new_take (&builder->info, g_steal_pointer (&builder->pixels), mg_scratch_free, error);
}
