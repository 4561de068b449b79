#include "image/reading.h"

#include <math.h>
#include <string.h>

/* Another image, with its planes in other places. */
typedef struct
{
  MgImage *image;
  int from[3]; /* which of our C, Z, T each of the image's is */
} Turned;

static const char letters[] = "CZT";

/* Extents after the axes were given other names. */
static void
turn (const MgImageInfo *info, const char *axes, int *sizes)
{
  const int was[3] = { info->n_channels, info->n_z, info->n_t };

  for (int i = 0; i < 3; i++)
    sizes[strchr (letters, axes[i]) - letters] = was[i];
}

static gboolean
is_permutation (const char *axes)
{
  return strlen (axes) == 3 && strspn (axes, letters) == 3 && axes[0] != axes[1] && axes[1] != axes[2] && axes[0] != axes[2];
}

/**
 * mg_reading_is_valid:
 * @info: of the image as its file says it is
 *
 * Returns: whether the axes can be read so; red, green and blue stay channels
 */
gboolean
mg_reading_is_valid (const MgReading *reading,
                     const MgImageInfo *info)
{
  return is_permutation (reading->axes) && (reading->axes[0] == 'C' || !info->is_rgb);
}

/**
 * mg_reading_list_axes:
 * @info: of an image as its file says it is
 *
 * Returns: (transfer full) (element-type utf8): the different ways to read its
 *   axes, the file's own first
 */
GPtrArray *
mg_reading_list_axes (const MgImageInfo *info)
{
  static const char *const all[] = { "CZT", "ZCT", "CTZ", "TZC", "ZTC", "TCZ" };
  g_autoptr (GPtrArray) ways = g_ptr_array_new_with_free_func (g_free);
  int sizes[G_N_ELEMENTS (all)][3];

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    {
      MgReading reading = { .axes = "" };
      gboolean known = FALSE;

      memcpy (reading.axes, all[i], 4);
      if (!mg_reading_is_valid (&reading, info))
        continue;
      turn (info, all[i], sizes[ways->len]);
      for (guint k = 0; k < ways->len; k++)
        known |= memcmp (sizes[k], sizes[ways->len], sizeof sizes[k]) == 0;
      if (!known)
        g_ptr_array_add (ways, g_strdup (all[i]));
    }
  return g_steal_pointer (&ways);
}

/**
 * mg_reading_describe_axes:
 * @axes: one of mg_reading_list_axes()
 * @info: of the image as its file says it is
 *
 * Returns: (transfer full): "12 slices", or, for several axes, "Z 5 × C 2"
 */
char *
mg_reading_describe_axes (const char *axes,
                          const MgImageInfo *info)
{
  static const char *const names[3] = { "channels", "slices", "time points" };
  g_autoptr (GString) text = g_string_new (NULL);
  int sizes[3], n = 0;

  turn (info, axes, sizes);
  for (int i = 2; i >= 0; i--)
    n += sizes[i] > 1;
  for (int i = 2; i >= 0; i--)
    if (sizes[i] > 1 && n == 1)
      g_string_append_printf (text, "%d %s", sizes[i], names[i]);
    else if (sizes[i] > 1)
      g_string_append_printf (text, "%s%c %d", text->len > 0 ? " × " : "", letters[i], sizes[i]);
  return g_strdup (text->len > 0 ? text->str : "one plane");
}

/* Our place to the image's. */
static void
find (const Turned *turned, int c, int z, int t, int *at)
{
  const int ours[3] = { c, z, t };

  for (int i = 0; i < 3; i++)
    at[i] = ours[turned->from[i]];
}

static gboolean
turned_read (gpointer data, int c, int z, int t, const MgRect *rect,
             gpointer dst, gsize stride, GCancellable *cancellable, GError **error)
{
  Turned *turned = data;
  int at[3];

  find (turned, c, z, t, at);
  return mg_image_read (turned->image, at[0], at[1], at[2], rect, dst, stride, cancellable, error);
}

static gboolean
turned_has_level (gpointer data, int level)
{
  return mg_image_has_level (((Turned *) data)->image, level);
}

static gboolean
turned_read_level (gpointer data, int level, int c, int z, int t, const MgRect *rect,
                   float *dst, gsize stride, gboolean *draft, GCancellable *cancellable, GError **error)
{
  Turned *turned = data;
  int at[3];

  find (turned, c, z, t, at);
  return mg_image_read_level (turned->image, level, at[0], at[1], at[2], rect, dst, stride, draft, cancellable, error);
}

static guint
turned_improve (gpointer data)
{
  return mg_image_improve (((Turned *) data)->image);
}

static double
turned_prepared (gpointer data)
{
  return mg_image_get_prepared (((Turned *) data)->image);
}

static void
turned_free (gpointer data)
{
  Turned *turned = data;

  mg_image_unref (turned->image);
  g_free (turned);
}

/**
 * mg_image_new_as_read:
 * @image: (transfer full): as its file says it is
 * @reading: what a person says of it; what cannot be so is passed over
 *
 * Pixels are not copied. Any thread.
 *
 * Returns: (transfer full): the image with other axes or another pixel size
 */
MgImage *
mg_image_new_as_read (MgImage *image,
                      const MgReading *reading,
                      GError **error)
{
  static const MgImageSource source = { turned_read, turned_free, turned_has_level, turned_read_level, turned_improve, turned_prepared };
  MgImageInfo info = *mg_image_get_info (image); /* strings borrowed */
  const char *axes = mg_reading_is_valid (reading, &info) ? reading->axes : letters;
  gboolean is_sized = isfinite (reading->pixel_size) && reading->pixel_size > 0;
  Turned *turned;
  int sizes[3];

  if (strcmp (axes, letters) == 0 && !is_sized)
    return image;
  turned = g_new (Turned, 1);
  turned->image = image;
  for (int i = 0; i < 3; i++)
    turned->from[i] = (int) (strchr (letters, axes[i]) - letters);
  turn (&info, axes, sizes);
  if (axes[0] != 'C')
    {
      info.channel_names = NULL;
      info.channels = NULL;
    }
  info.n_channels = sizes[0];
  info.n_z = sizes[1];
  info.n_t = sizes[2];
  if (is_sized)
    {
      info.pixel_width = info.pixel_height = reading->pixel_size;
      info.unit = (char *) "µm";
    }
  return mg_image_new_from_source (&info, &source, turned, error);
}
