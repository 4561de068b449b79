#include "image/trust.h"

#include "base/mem.h"

#include <math.h>

/* dB: nobody sees less. */
#define ENOUGH 0.1

/* The planes in memory. */
typedef struct
{
  MgRect rect;
  gsize n;
  float *restored, *noisy, *clean; /* owned, the last two (nullable) */
} Planes;

static void
planes_clear (Planes *planes)
{
  mg_free_aligned (planes->restored);
  mg_free_aligned (planes->noisy);
  mg_free_aligned (planes->clean);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Planes, planes_clear)

static const char *
name_of (const MgImageInfo *info)
{
  return info->name != NULL ? info->name : "the image";
}

static gboolean
check (MgImage *restored, MgImage *other, GError **error)
{
  const MgImageInfo *a = mg_image_get_info (restored), *b = mg_image_get_info (other);

  if (a->width == b->width && a->height == b->height && a->n_channels == b->n_channels && a->n_z == b->n_z && a->n_t == b->n_t)
    return TRUE;
  g_set_error (error, MG_ERROR, MG_ERROR_DATA, "%s is %d × %d pixels with %d planes, but %s is %d × %d with %d; they must be alike",
               name_of (a), a->width, a->height, a->n_channels * a->n_z * a->n_t,
               name_of (b), b->width, b->height, b->n_channels * b->n_z * b->n_t);
  return FALSE;
}

static float *
read_plane (MgImage *image, const MgTrustPlane *plane, const MgRect *rect, GCancellable *cancellable, GError **error)
{
  gsize stride = (gsize) rect->width * sizeof (float), size;
  float *values;
  gsize i = 0, n = (gsize) rect->width * (gsize) rect->height;

  if (!mg_size_mul (stride, (gsize) rect->height, &size))
    size = G_MAXSIZE;
  values = mg_try_alloc (size, "comparing the images", error);
  if (values == NULL || !mg_image_read_float (image, plane->c, plane->z, plane->t, rect, values, stride, cancellable, error))
    {
      mg_free_aligned (values);
      return NULL;
    }
  while (i < n && isfinite (values[i]))
    i++;
  if (i == n)
    return values;
  g_set_error (error, MG_ERROR, MG_ERROR_DATA, "%s has pixels that are not numbers, so it cannot be compared",
               name_of (mg_image_get_info (image)));
  mg_free_aligned (values);
  return NULL;
}

static gboolean
planes_read (Planes *planes, MgImage *restored, MgImage *noisy, MgImage *clean, const MgTrustPlane *plane, GCancellable *cancellable, GError **error)
{
  const MgImageInfo *info = mg_image_get_info (restored);
  const MgRect all = { 0, 0, info->width, info->height };

  if ((noisy != NULL && !check (restored, noisy, error)) || (clean != NULL && !check (restored, clean, error)))
    return FALSE;
  if (!mg_rect_intersect (&all, plane->rect != NULL ? plane->rect : &all, &planes->rect))
    {
      g_set_error (error, MG_ERROR, MG_ERROR_USAGE, "the region lies outside %s", name_of (info));
      return FALSE;
    }
  planes->n = (gsize) planes->rect.width * (gsize) planes->rect.height;
  planes->restored = read_plane (restored, plane, &planes->rect, cancellable, error);
  if (planes->restored == NULL)
    return FALSE;
  if (noisy != NULL && (planes->noisy = read_plane (noisy, plane, &planes->rect, cancellable, error)) == NULL)
    return FALSE;
  return clean == NULL || (planes->clean = read_plane (clean, plane, &planes->rect, cancellable, error)) != NULL;
}

/* Takes the values. */
static MgImage *
make_map (const Planes *planes, const MgImageInfo *like, MgTrustMap map, float *values, GError **error)
{
  const MgImageInfo info = {
    .width = planes->rect.width,
    .height = planes->rect.height,
    .n_channels = 1,
    .n_z = 1,
    .n_t = 1,
    .type = MG_PIXEL_F32,
    .pixel_width = like->pixel_width,
    .pixel_height = like->pixel_height,
    .unit = like->unit,
    .name = (char *) mg_trust_map_name (map),
  };

  return mg_image_new_take (&info, values, mg_free_aligned, error);
}

/* SSIM and error, of the fitted image. */
static gboolean
make_clean_maps (const Planes *planes, const MgImageInfo *info, MgTrust *out, GCancellable *cancellable, GError **error)
{
  const MgQuality *quality = &out->restored;
  float *fitted = mg_try_alloc (planes->n * sizeof (float), "comparing the images", error);
  float *map = fitted != NULL ? mg_try_alloc (planes->n * sizeof (float), "comparing the images", error) : NULL;

  if (map == NULL)
    {
      mg_free_aligned (fitted);
      return FALSE;
    }
  for (gsize i = 0; i < planes->n; i++)
    fitted[i] = (float) (quality->gain * planes->restored[i] + quality->offset);
  if (!mg_ssim_map (fitted, planes->clean, planes->rect.width, planes->rect.height, quality->fitted_range, map, cancellable, error))
    {
      mg_free_aligned (fitted);
      mg_free_aligned (map);
      return FALSE;
    }
  for (gsize i = 0; i < planes->n; i++)
    fitted[i] = fabsf (fitted[i] - planes->clean[i]);
  out->maps[MG_TRUST_SSIM] = make_map (planes, info, MG_TRUST_SSIM, map, error);
  out->maps[MG_TRUST_ERROR] = make_map (planes, info, MG_TRUST_ERROR, fitted, error);
  return out->maps[MG_TRUST_SSIM] != NULL && out->maps[MG_TRUST_ERROR] != NULL;
}

static gboolean
compare (const Planes *planes, MgImage *restored, MgImage *clean, gboolean with_maps, MgTrust *out, GCancellable *cancellable, GError **error)
{
  /* the range that values can have, where that is the custom to divide by */
  double range = mg_image_get_info (clean)->type == MG_PIXEL_U8 ? 255 : 0;
  int width = planes->rect.width, height = planes->rect.height;

  out->has_clean = TRUE;
  return mg_quality_compare (planes->restored, planes->clean, width, height, range, &out->restored, cancellable, error) &&
         (planes->noisy == NULL || mg_quality_compare (planes->noisy, planes->clean, width, height, range, &out->noisy, cancellable, error)) &&
         (!with_maps || make_clean_maps (planes, mg_image_get_info (restored), out, cancellable, error));
}

static gboolean
judge (const Planes *planes, MgImage *restored, gboolean with_maps, MgTrust *out, GCancellable *cancellable, GError **error)
{
  float *map = NULL;

  out->has_noisy = TRUE;
  if (with_maps && (map = mg_try_alloc (planes->n * sizeof (float), "judging the result", error)) == NULL)
    return FALSE;
  if (!mg_removal_measure (planes->noisy, planes->restored, planes->rect.width, planes->rect.height, map, &out->removal, cancellable, error))
    {
      mg_free_aligned (map);
      return FALSE;
    }
  if (with_maps)
    out->maps[MG_TRUST_REMOVED] = make_map (planes, mg_image_get_info (restored), MG_TRUST_REMOVED, map, error);
  return !with_maps || out->maps[MG_TRUST_REMOVED] != NULL;
}

/**
 * mg_trust_measure:
 * @restored: the restored image
 * @noisy: (nullable): what it was made from: says what was taken away
 * @clean: (nullable): what it should be: gives scores
 * @plane: which plane of all of them, and which part
 * @with_maps: whether maps are made, too
 * @out: (out): the measures; free with mg_trust_clear()
 * @cancellable: (nullable): looked at all along
 *
 * A second for some megapixels, so not on the main thread.
 *
 * Returns: FALSE with an error that names the image: of another size, not
 *   readable, with pixels that are no numbers; or when memory runs out
 */
gboolean
mg_trust_measure (MgImage *restored,
                  MgImage *noisy,
                  MgImage *clean,
                  const MgTrustPlane *plane,
                  gboolean with_maps,
                  MgTrust *out,
                  GCancellable *cancellable,
                  GError **error)
{
  g_auto (Planes) planes = { 0 };

  *out = (MgTrust){ 0 };
  if (planes_read (&planes, restored, noisy, clean, plane, cancellable, error) &&
      (clean == NULL || compare (&planes, restored, clean, with_maps, out, cancellable, error)) &&
      (noisy == NULL || judge (&planes, restored, with_maps, out, cancellable, error)))
    return TRUE;
  mg_trust_clear (out);
  return FALSE;
}

/**
 * mg_trust_clear:
 * @trust: its maps are freed
 */
void
mg_trust_clear (MgTrust *trust)
{
  for (int i = 0; i < MG_N_TRUST_MAPS; i++)
    g_clear_pointer (&trust->maps[i], mg_image_unref);
}

/**
 * mg_trust_advise:
 * @filter: the best of the filters without learning
 * @filtered: PSNR of what it makes of the noisy images, dB
 * @restored: PSNR of the restored images, dB
 *
 * Returns: (transfer full): whether the restored images were worth more than a
 *   filter, in plain words
 */
char *
mg_trust_advise (MgFilterKind filter,
                 double filtered,
                 double restored)
{
  if (filtered >= restored - ENOUGH)
    return g_strdup_printf ("Sometimes the simple filter is enough: the %s filter reaches %.2f dB here, the restored images %.2f dB.",
                            mg_filter_name (filter), filtered, restored);
  return g_strdup_printf ("The restored images are %.2f dB better than the best simple filter (%s, %.2f dB).", restored - filtered,
                          mg_filter_name (filter), filtered);
}

/**
 * mg_trust_map_name:
 *
 * Returns: (transfer none): a word for file names
 */
const char *
mg_trust_map_name (MgTrustMap map)
{
  static const char *const names[] = { "ssim", "error", "removed" };

  return names[map];
}
