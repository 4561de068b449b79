#include "image/derived.h"

#include "base/mem.h"

/* Made out of two others as it is read, in 32-bit floats. */
typedef struct
{
  MgImage *a, *b; /* shared */
  MgRect rect;    /* mg_image_patched(): where b lies in a */
} Derived;

static void
derived_free (gpointer data)
{
  Derived *derived = data;

  mg_image_unref (derived->a);
  mg_image_unref (derived->b);
  g_free (derived);
}

static MgImage *
derived_new (const MgImageSource *source, MgImage *a, MgImage *b, const MgRect *rect, GError **error)
{
  MgImageInfo info = *mg_image_get_info (a);
  Derived *derived = g_new (Derived, 1);

  *derived = (Derived){ mg_image_ref (a), mg_image_ref (b), *rect };
  info.type = MG_PIXEL_F32;
  info.bits = 0;
  return mg_image_new_from_source (&info, source, derived, error);
}

static gboolean
difference_read (gpointer data, int c, int z, int t, const MgRect *rect,
                 gpointer dst, gsize stride, GCancellable *cancellable, GError **error)
{
  Derived *derived = data;
  gsize row = (gsize) rect->width * sizeof (float);
  float *other = mg_try_alloc (row * (gsize) rect->height, "the difference of two images", error);
  gboolean ok = other != NULL && mg_image_read_float (derived->a, c, z, t, rect, dst, stride, cancellable, error) &&
                mg_image_read_float (derived->b, c, z, t, rect, other, row, cancellable, error);

  for (int y = 0; ok && y < rect->height; y++)
    {
      float *out = (float *) ((guint8 *) dst + (gsize) y * stride);

      for (int x = 0; x < rect->width; x++)
        out[x] -= other[(gsize) y * (gsize) rect->width + (gsize) x];
    }
  mg_free_aligned (other);
  return ok;
}

static gboolean
patched_read (gpointer data, int c, int z, int t, const MgRect *rect,
              gpointer dst, gsize stride, GCancellable *cancellable, GError **error)
{
  Derived *derived = data;
  MgRect common;

  if (!mg_image_read_float (derived->a, c, z, t, rect, dst, stride, cancellable, error))
    return FALSE;
  if (z > 0 || t > 0 || !mg_rect_intersect (rect, &derived->rect, &common))
    return TRUE;
  dst = (guint8 *) dst + (gsize) (common.y - rect->y) * stride + (gsize) (common.x - rect->x) * sizeof (float);
  common.x -= derived->rect.x;
  common.y -= derived->rect.y;
  return mg_image_read_float (derived->b, c, 0, 0, &common, dst, stride, cancellable, error);
}

static gboolean
check_planes (const MgImageInfo *a, const MgImageInfo *b, GError **error)
{
  if (a->width == b->width && a->height == b->height && a->n_channels == b->n_channels && a->n_z == b->n_z && a->n_t == b->n_t)
    return TRUE;
  g_set_error (error, MG_ERROR, MG_ERROR_SHAPE,
               "“%s” is %d × %d pixels with %d planes and “%s” %d × %d with %d; images that are compared must be alike",
               a->name != NULL ? a->name : "the image", a->width, a->height, a->n_channels * a->n_z * a->n_t,
               b->name != NULL ? b->name : "the other", b->width, b->height, b->n_channels * b->n_z * b->n_t);
  return FALSE;
}

/**
 * mg_image_difference:
 * @a: (transfer none): an image
 * @b: (transfer none): another with the same planes
 *
 * Nothing is computed before it is read. Any thread.
 *
 * Returns: (transfer full): @a − @b in 32-bit floats; %NULL with %MG_ERROR_SHAPE
 *   when they are not alike
 */
MgImage *
mg_image_difference (MgImage *a,
                     MgImage *b,
                     GError **error)
{
  static const MgImageSource source = { difference_read, derived_free };

  if (!check_planes (mg_image_get_info (a), mg_image_get_info (b), error))
    return NULL;
  return derived_new (&source, a, b, &(MgRect){ 0 }, error);
}

/**
 * mg_image_patched:
 * @base: (transfer none): an image
 * @patch: (transfer none): with as many channels, shown instead of a part of
 *   the first slice and frame
 * @x: where its left edge lies
 * @y: where its top edge lies
 *
 * Pixels are not copied. Any thread.
 *
 * Returns: (transfer full): both in 32-bit floats; %NULL with %MG_ERROR_SHAPE when
 *   the channels differ or the patch reaches beyond the image
 */
MgImage *
mg_image_patched (MgImage *base,
                  MgImage *patch,
                  int x,
                  int y,
                  GError **error)
{
  static const MgImageSource source = { patched_read, derived_free };
  const MgImageInfo *info = mg_image_get_info (base), *part = mg_image_get_info (patch);

  if (part->n_channels != info->n_channels || x < 0 || y < 0 || x > info->width - part->width || y > info->height - part->height)
    {
      g_set_error (error, MG_ERROR, MG_ERROR_SHAPE, "a part of %d × %d pixels at %d, %d with %d channels does not lie in an image of %d × %d with %d",
                   part->width, part->height, x, y, part->n_channels, info->width, info->height, info->n_channels);
      return NULL;
    }
  return derived_new (&source, base, patch, &(MgRect){ x, y, part->width, part->height }, error);
}
