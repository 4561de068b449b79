/* Writes a project of one large image with many labelled cells, to measure the
 * window on: large-project FOLDER SIZE CELLS. Nothing of it is held in memory. */
#include "base/types.h"
#include "io/tiff-write.h"
#include "project/project.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>

/* Cells on a grid, each a disc of its own size. */
typedef struct
{
  int size, per_row;
  guint32 n_cells;
  double pitch;
} Plan;

static guint32
label_at (const Plan *plan, int x, int y)
{
  int i = (int) (x / plan->pitch), j = (int) (y / plan->pitch);
  guint32 cell = (guint32) j * (guint32) plan->per_row + (guint32) i;
  double radius = plan->pitch * (0.28 + 0.02 * (cell * 7 % 8));

  if (cell >= plan->n_cells || hypot (x - (i + 0.5) * plan->pitch, y - (j + 0.5) * plan->pitch) > radius)
    return 0;
  return cell + 1;
}

static gboolean
read_image (gpointer data, int c, int z, int t, const MgRect *rect, gpointer dst, gsize stride,
            GCancellable *cancellable, GError **error)
{
  const Plan *plan = data;

  for (int y = 0; y < rect->height; y++)
    {
      guint16 *row = (guint16 *) ((guint8 *) dst + (gsize) y * stride);

      for (int x = 0; x < rect->width; x++)
        {
          guint32 label = label_at (plan, rect->x + x, rect->y + y);

          row[x] = (guint16) ((label != 0 ? 2000 + label % 16 * 100 : 300) + ((rect->x + x) * 3 ^ (rect->y + y) * 5) % 64);
        }
    }
  return TRUE;
}

static void
read_labels (gpointer data, int z, int t, const MgRect *rect, guint32 *dst)
{
  for (int x = 0; x < rect->width; x++)
    dst[x] = label_at (data, rect->x + x, rect->y);
}

int
main (int argc, char *argv[])
{
  static const MgImageSource source = { read_image, NULL };
  g_autoptr (GFile) image_file = NULL, label_file = NULL;
  g_autofree char *image_path = NULL, *label_path = NULL;
  g_autoptr (MgImage) image = NULL;
  g_autoptr (GError) error = NULL;
  MgImageInfo info = { .n_channels = 1, .n_z = 1, .n_t = 1, .type = MG_PIXEL_U16 };
  Plan plan;

  setlocale (LC_ALL, "C.UTF-8");
  if (argc != 4)
    {
      g_printerr ("large-project FOLDER SIZE CELLS\n");
      return 2;
    }
  plan.size = info.width = info.height = atoi (argv[2]);
  plan.n_cells = (guint32) atoi (argv[3]);
  plan.per_row = (int) ceil (sqrt (plan.n_cells));
  plan.pitch = (double) plan.size / plan.per_row;
  image_path = g_build_filename (argv[1], "images", "large.tif", NULL);
  label_path = g_build_filename (argv[1], "labels", "large.tif", NULL);
  image_file = g_file_new_for_path (image_path);
  label_file = g_file_new_for_path (label_path);
  image = mg_image_new_from_source (&info, &source, &plan, &error);
  if (image == NULL || !mg_project_make_folder_for (image_file, &error) ||
      !mg_project_make_folder_for (label_file, &error) || !mg_tiff_write_image (image_file, image, NULL, &error) ||
      !mg_tiff_write_label_planes (label_file, &info, plan.n_cells, read_labels, &plan, NULL, &error))
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  return 0;
}
