#include "image/image.h"

#include "base/mem.h"
#include "image/convert.h"

#include <string.h>

/* read_float works through a band of rows of about this size, so that the
 * stored samples are still in the cache when they are converted */
#define BAND_BYTES (256u << 10)

struct _MgImage
{
  gatomicrefcount ref_count;
  MgImageInfo info;
  MgImageSource source;
  gpointer data;
};

typedef struct
{
  const MgImageInfo *info;
  guint8 *pixels;
  GDestroyNotify free_pixels;
} Memory;

static const struct
{
  const char *name;
  gsize size;
} types[] = {
  [MG_PIXEL_U8] = { "uint8", 1 },
  [MG_PIXEL_I8] = { "int8", 1 },
  [MG_PIXEL_U16] = { "uint16", 2 },
  [MG_PIXEL_I16] = { "int16", 2 },
  [MG_PIXEL_U32] = { "uint32", 4 },
  [MG_PIXEL_I32] = { "int32", 4 },
  [MG_PIXEL_U64] = { "uint64", 8 },
  [MG_PIXEL_I64] = { "int64", 8 },
  [MG_PIXEL_F32] = { "float32", 4 },
  [MG_PIXEL_F64] = { "float64", 8 },
};

/**
 * mg_pixel_type_size:
 *
 * Returns: bytes a sample
 */
gsize
mg_pixel_type_size (MgPixelType type)
{
  return types[type].size;
}

/**
 * mg_pixel_type_name:
 *
 * Returns: (transfer none): "uint16", as NumPy calls it
 */
const char *
mg_pixel_type_name (MgPixelType type)
{
  return types[type].name;
}

/**
 * mg_pixel_type_is_float:
 *
 * Returns: whether samples may have fractions, NaN and infinities
 */
gboolean
mg_pixel_type_is_float (MgPixelType type)
{
  return type == MG_PIXEL_F32 || type == MG_PIXEL_F64;
}

/**
 * mg_image_info_copy:
 * @src: copied with its strings
 * @dst: (out caller-allocates): overwritten, not cleared before; clear with
 *   mg_image_info_clear()
 */
void
mg_image_info_copy (const MgImageInfo *src,
                    MgImageInfo *dst)
{
  *dst = *src;
  dst->unit = g_strdup (src->unit);
  dst->name = g_strdup (src->name);
  dst->software = g_strdup (src->software);
  dst->axes = g_strdup (src->axes);
  dst->channel_names = g_strdupv (src->channel_names);
  dst->channels = g_memdup2 (src->channels, MAX (src->n_channels, 0) * sizeof *src->channels);
  dst->notes = g_strdupv (src->notes);
}

/**
 * mg_image_info_clear:
 * @info: its strings are freed and everything in it is zero afterwards
 */
void
mg_image_info_clear (MgImageInfo *info)
{
  g_free (info->unit);
  g_free (info->name);
  g_free (info->software);
  g_free (info->axes);
  g_strfreev (info->channel_names);
  g_free (info->channels);
  g_strfreev (info->notes);
  memset (info, 0, sizeof *info);
}

static const char *
name_or (const MgImageInfo *info)
{
  return info->name != NULL ? info->name : "the image";
}

/**
 * mg_image_new_from_source:
 * @info: copied; extents of at least 1
 * @source: copied
 * @data: (transfer full): for @source; freed with its `free` also when this fails
 *
 * Returns: (transfer full): %NULL with %MG_ERROR_SHAPE when an extent is not
 *   positive
 */
MgImage *
mg_image_new_from_source (const MgImageInfo *info,
                          const MgImageSource *source,
                          gpointer data,
                          GError **error)
{
  MgImage *image;

  if (info->width < 1 || info->height < 1 || info->n_channels < 1 || info->n_z < 1 || info->n_t < 1)
    {
      g_set_error (error, MG_ERROR, MG_ERROR_SHAPE, "%s has no pixels", name_or (info));
      if (source->free != NULL)
        source->free (data);
      return NULL;
    }
  image = g_new0 (MgImage, 1);
  g_atomic_ref_count_init (&image->ref_count);
  mg_image_info_copy (info, &image->info);
  image->source = *source;
  image->data = data;
  return image;
}

static gboolean
memory_read (gpointer data, int c, int z, int t, const MgRect *rect,
             gpointer dst, gsize stride, GCancellable *cancellable, GError **error)
{
  Memory *memory = data;
  const MgImageInfo *info = memory->info;
  gsize size = mg_pixel_type_size (info->type);
  gsize row_bytes = size * info->width;
  gsize plane = ((gsize) t * info->n_z + z) * info->n_channels + c;
  const guint8 *from = memory->pixels + (plane * info->height + rect->y) * row_bytes + size * rect->x;

  for (int y = 0; y < rect->height; y++)
    memcpy ((guint8 *) dst + y * stride, from + y * row_bytes, size * rect->width);
  return TRUE;
}

static void
memory_free (gpointer data)
{
  Memory *memory = data;

  if (memory->free_pixels != NULL)
    memory->free_pixels (memory->pixels);
  g_free (memory);
}

/**
 * mg_image_new_take:
 * @info: copied
 * @pixels: (transfer full): samples of @info's type without any padding, as
 *   the axes T, Z, C, Y, X from slowest to fastest
 * @free_pixels: (nullable): also called when this fails
 *
 * Returns: (transfer full): %NULL with %MG_ERROR_SHAPE or %MG_ERROR_TOO_LARGE
 */
MgImage *
mg_image_new_take (const MgImageInfo *info,
                   gpointer pixels,
                   GDestroyNotify free_pixels,
                   GError **error)
{
  static const MgImageSource source = { memory_read, memory_free };
  Memory *memory = g_new0 (Memory, 1);
  MgImage *image;
  gsize size = mg_pixel_type_size (info->type);

  *memory = (Memory){ info, pixels, free_pixels };
  if (!mg_size_mul (size, MAX (info->width, 0), &size) || !mg_size_mul (size, MAX (info->height, 0), &size) ||
      !mg_size_mul (size, MAX (info->n_channels, 0), &size) || !mg_size_mul (size, MAX (info->n_z, 0), &size) ||
      !mg_size_mul (size, MAX (info->n_t, 0), &size))
    {
      g_set_error (error, MG_ERROR, MG_ERROR_TOO_LARGE, "%s is too large for memory", name_or (info));
      memory_free (memory);
      return NULL;
    }
  image = mg_image_new_from_source (info, &source, memory, error);
  if (image != NULL)
    memory->info = &image->info;
  return image;
}

/**
 * mg_image_ref:
 *
 * Returns: (transfer full): @image. Any thread.
 */
MgImage *
mg_image_ref (MgImage *image)
{
  g_atomic_ref_count_inc (&image->ref_count);
  return image;
}

/**
 * mg_image_unref:
 * @image: (transfer full): any thread
 */
void
mg_image_unref (MgImage *image)
{
  if (!g_atomic_ref_count_dec (&image->ref_count))
    return;
  if (image->source.free != NULL)
    image->source.free (image->data);
  mg_image_info_clear (&image->info);
  g_free (image);
}

/**
 * mg_image_get_info:
 *
 * Returns: (transfer none): lives as long as @image and never changes
 */
const MgImageInfo *
mg_image_get_info (MgImage *image)
{
  return &image->info;
}

/**
 * mg_image_check_region:
 * @info: of an image, or with the size of a reduced copy of it
 * @c: channel
 * @z: slice
 * @t: frame
 * @rect: pixels that are asked for; may be empty
 * @sample: bytes a value
 * @stride: bytes from one row to the next
 *
 * Returns: whether it has them and rows take them; else FALSE with an error
 *   naming the image
 */
gboolean
mg_image_check_region (const MgImageInfo *info,
                       int c,
                       int z,
                       int t,
                       const MgRect *rect,
                       gsize sample,
                       gsize stride,
                       GError **error)
{
  if (c < 0 || c >= info->n_channels || z < 0 || z >= info->n_z || t < 0 || t >= info->n_t)
    {
      g_set_error (error, MG_ERROR, MG_ERROR_SHAPE,
                   "%s has no plane c %d, z %d, t %d (it has %d channels, %d slices, %d frames)",
                   name_or (info), c, z, t, info->n_channels, info->n_z, info->n_t);
      return FALSE;
    }
  if (rect->x < 0 || rect->y < 0 || rect->width < 0 || rect->height < 0 ||
      rect->width > info->width - rect->x || rect->height > info->height - rect->y)
    {
      g_set_error (error, MG_ERROR, MG_ERROR_SHAPE,
                   "the region %d × %d at %d, %d lies outside %s (%d × %d)",
                   rect->width, rect->height, rect->x, rect->y, name_or (info), info->width, info->height);
      return FALSE;
    }
  if (rect->height > 1 && stride < sample * rect->width)
    {
      g_set_error (error, MG_ERROR, MG_ERROR_SHAPE,
                   "rows of %" G_GSIZE_FORMAT " bytes cannot take %d samples of %s",
                   stride, rect->width, name_or (info));
      return FALSE;
    }
  return TRUE;
}

/**
 * mg_image_read:
 * @c: channel
 * @z: slice
 * @t: frame
 * @rect: pixels, within the image; may be empty
 * @dst: (out caller-allocates): samples of the image's own type
 * @stride: bytes from one row of @dst to the next
 * @cancellable: (nullable): looked at by files now and then
 *
 * Any thread, and several at once.
 *
 * Returns: FALSE with an error naming the image or its file
 */
gboolean
mg_image_read (MgImage *image,
               int c,
               int z,
               int t,
               const MgRect *rect,
               gpointer dst,
               gsize stride,
               GCancellable *cancellable,
               GError **error)
{
  if (!mg_image_check_region (&image->info, c, z, t, rect, mg_pixel_type_size (image->info.type), stride, error))
    return FALSE;
  if (mg_rect_is_empty (rect))
    return TRUE;
  return image->source.read (image->data, c, z, t, rect, dst, stride, cancellable, error);
}

/**
 * mg_image_read_float:
 * @c: channel
 * @z: slice
 * @t: frame
 * @rect: pixels, within the image; may be empty
 * @dst: (out caller-allocates): the values as stored, not scaled
 * @stride: bytes from one row of @dst to the next
 * @cancellable: (nullable): looked at now and then
 *
 * Any thread, and several at once.
 *
 * Returns: FALSE with an error naming the image or its file
 */
gboolean
mg_image_read_float (MgImage *image,
                     int c,
                     int z,
                     int t,
                     const MgRect *rect,
                     float *dst,
                     gsize stride,
                     GCancellable *cancellable,
                     GError **error)
{
  gsize size = mg_pixel_type_size (image->info.type);
  g_autofree guint8 *band = NULL;
  gsize row_bytes;
  int rows;

  if (!mg_image_check_region (&image->info, c, z, t, rect, sizeof (float), stride, error))
    return FALSE;
  if (mg_rect_is_empty (rect))
    return TRUE;
  if (image->info.type == MG_PIXEL_F32)
    return image->source.read (image->data, c, z, t, rect, dst, stride, cancellable, error);
  row_bytes = size * rect->width;
  rows = CLAMP (BAND_BYTES / row_bytes, 1, (gsize) rect->height);
  band = g_try_malloc (rows * row_bytes);
  if (band == NULL)
    {
      g_set_error (error, MG_ERROR, MG_ERROR_NO_MEMORY, "not enough memory for one row of %s", name_or (&image->info));
      return FALSE;
    }
  for (int y = 0; y < rect->height; y += rows)
    {
      MgRect part = { rect->x, rect->y + y, rect->width, MIN (rows, rect->height - y) };

      if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
          !image->source.read (image->data, c, z, t, &part, band, row_bytes, cancellable, error))
        return FALSE;
      for (int i = 0; i < part.height; i++)
        mg_convert_to_float (image->info.type, band + i * row_bytes,
                             (float *) ((guint8 *) dst + (y + i) * stride), rect->width);
    }
  return TRUE;
}

/**
 * mg_image_level_size:
 * @info: of an image
 * @level: 0 is the image itself, level n 2^n times smaller, rounded up
 * @width: (out): pixels of that level
 * @height: (out): pixels of that level
 */
void
mg_image_level_size (const MgImageInfo *info,
                     int level,
                     int *width,
                     int *height)
{
  gint64 round_up = ((gint64) 1 << level) - 1;

  *width = (int) (((gint64) info->width + round_up) >> level);
  *height = (int) (((gint64) info->height + round_up) >> level);
}

/**
 * mg_image_has_level:
 * @level: 0 to 30
 *
 * Returns: whether mg_image_read_level() gives this level, which is then
 *   faster than to average it
 */
gboolean
mg_image_has_level (MgImage *image,
                    int level)
{
  return image->source.has_level != NULL && image->source.has_level (image->data, level);
}

/**
 * mg_image_read_level:
 * @level: one that mg_image_has_level() says is there
 * @c: channel
 * @z: slice
 * @t: frame
 * @rect: pixels of the level, within it; may be empty
 * @dst: (out caller-allocates)
 * @stride: bytes from one row of @dst to the next
 * @draft: (out) (nullable): when given, the values may be coarse ones, and this
 *   is then set to %TRUE; it is never set to %FALSE
 * @cancellable: (nullable)
 *
 * Any thread, and several at once.
 *
 * Returns: FALSE with an error naming the image or its file
 */
gboolean
mg_image_read_level (MgImage *image,
                     int level,
                     int c,
                     int z,
                     int t,
                     const MgRect *rect,
                     float *dst,
                     gsize stride,
                     gboolean *draft,
                     GCancellable *cancellable,
                     GError **error)
{
  MgImageInfo info = image->info; /* strings borrowed */

  mg_image_level_size (&image->info, level, &info.width, &info.height);
  if (!mg_image_check_region (&info, c, z, t, rect, sizeof (float), stride, error))
    return FALSE;
  if (mg_rect_is_empty (rect))
    return TRUE;
  return image->source.read_level (image->data, level, c, z, t, rect, dst, stride, draft, cancellable, error);
}

/**
 * mg_image_improve:
 *
 * Says that somebody waits for what was given as a draft. Any thread.
 *
 * Returns: a number that changes when something better can be read
 */
guint
mg_image_improve (MgImage *image)
{
  return image->source.improve != NULL ? image->source.improve (image->data) : 0;
}

/**
 * mg_image_get_prepared:
 *
 * Returns: how much is done of what mg_image_improve() set off, 0 to 1; 1 also
 *   when nothing was. Any thread.
 */
double
mg_image_get_prepared (MgImage *image)
{
  return image->source.prepared != NULL ? image->source.prepared (image->data) : 1;
}

/**
 * mg_image_read_pixel:
 * @c: channel
 * @z: slice
 * @t: frame
 * @x: column
 * @y: row
 * @value: (out): its value
 *
 * What is under a pointer. Of an image that can only be read from the top nothing
 * is told before there is a copy of it: that would begin at the top for each pixel.
 * May take as long as a strip of the file; any thread but the main one.
 *
 * Returns: whether it is known
 */
gboolean
mg_image_read_pixel (MgImage *image,
                     int c,
                     int z,
                     int t,
                     int x,
                     int y,
                     float *value)
{
  const MgRect rect = { x, y, 1, 1 };
  gboolean draft = FALSE;

  if (!mg_image_has_level (image, 0))
    return mg_image_read_float (image, c, z, t, &rect, value, sizeof *value, NULL, NULL);
  return mg_image_read_level (image, 0, c, z, t, &rect, value, sizeof *value, &draft, NULL, NULL) && !draft;
}
