#include "image/part.h"

/* A part of another image, read through it. */
typedef struct
{
  MgImage *image; /* shared */
  int x, y, c, z, t;
  gboolean whole; /* planes */
} Part;

static gboolean
part_read (gpointer data, int c, int z, int t, const MgRect *rect,
           gpointer dst, gsize stride, GCancellable *cancellable, GError **error)
{
  Part *part = data;
  MgRect moved = { rect->x + part->x, rect->y + part->y, rect->width, rect->height };

  return mg_image_read (part->image, c + part->c, z + part->z, t + part->t, &moved, dst, stride, cancellable, error);
}

/* Reduced levels are those of the whole plane. */
static gboolean
part_has_level (gpointer data, int level)
{
  Part *part = data;

  return part->whole && mg_image_has_level (part->image, level);
}

static gboolean
part_read_level (gpointer data, int level, int c, int z, int t, const MgRect *rect,
                 float *dst, gsize stride, gboolean *draft, GCancellable *cancellable, GError **error)
{
  Part *part = data;

  return mg_image_read_level (part->image, level, c + part->c, z + part->z, t + part->t, rect, dst, stride, draft, cancellable, error);
}

static guint
part_improve (gpointer data)
{
  return mg_image_improve (((Part *) data)->image);
}

static double
part_prepared (gpointer data)
{
  return mg_image_get_prepared (((Part *) data)->image);
}

static void
part_free (gpointer data)
{
  Part *part = data;

  mg_image_unref (part->image);
  g_free (part);
}

/**
 * mg_image_part:
 * @image: (transfer none): what is read through
 * @rect: (nullable): in the image; %NULL for all of the plane
 * @c: the one channel, or -1 for all
 * @z: the one slice, or -1 for all
 * @t: the one frame, or -1 for all
 *
 * Pixels are not copied. Any thread.
 *
 * Returns: (transfer full): the part as an image of its own
 */
MgImage *
mg_image_part (MgImage *image,
               const MgRect *rect,
               int c,
               int z,
               int t,
               GError **error)
{
  static const MgImageSource source = { part_read, part_free, part_has_level, part_read_level, part_improve, part_prepared };
  MgImageInfo info = *mg_image_get_info (image);
  Part *part = g_new (Part, 1);

  *part = (Part){
    .image = mg_image_ref (image),
    .x = rect ? rect->x : 0,
    .y = rect ? rect->y : 0,
    .c = MAX (c, 0),
    .z = MAX (z, 0),
    .t = MAX (t, 0),
    .whole = rect == NULL,
  };
  if (rect)
    {
      info.width = rect->width;
      info.height = rect->height;
    }
  if (c >= 0)
    {
      info.n_channels = 1;
      info.is_rgb = FALSE;
      info.channel_names = NULL;
    }
  if (z >= 0)
    info.n_z = 1;
  if (t >= 0)
    info.n_t = 1;
  return mg_image_new_from_source (&info, &source, part, error);
}
