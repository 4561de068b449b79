#include "measure/measure.h"

#include <math.h>

#include "base/mem.h"
#include "base/parallel.h"
#include "measure/shape.h"

#define BAND_ROWS 64

/* Running statistics of one instance in one channel; sums are of the values
 * less the first, which keeps the variance exact for large offsets. */
typedef struct
{
  double n, first, sum, sum_squares;
  float min, max;
} Intensity;

typedef struct
{
  MgTable *table;
  MgInstances *instances;
  const MgImageInfo *info; /* (nullable) */
  const char *image_name;
  guint first_row;
  int n_channels;
  char *unit;             /* owned, (nullable): of the pixel size, ASCII */
  char *square;           /* owned, (nullable): its square */
  MgShape *in_pixels;     /* owned */
  MgShape *in_units;      /* owned, (nullable) */
  Intensity *intensities; /* owned, (nullable): channels of instance 0, of instance 1 … */
} Measuring;

static void
measuring_clear (Measuring *m)
{
  g_free (m->unit);
  g_free (m->square);
  g_free (m->in_pixels);
  g_free (m->in_units);
  g_free (m->intensities);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Measuring, measuring_clear)

/* Spreadsheets read other letters wrongly more often than not. */
static char *
ascii_unit (const char *unit)
{
  if (unit == NULL || *unit == '\0' || g_str_equal (unit, "\302\265m") || g_str_equal (unit, "\316\274m") ||
      g_ascii_strncasecmp (unit, "micron", 6) == 0)
    return g_strdup ("um");
  return g_str_to_ascii (unit, "C");
}

static void
init_units (Measuring *m)
{
  const MgImageInfo *info = m->info;

  if (info == NULL || !(info->pixel_width > 0) || !(info->pixel_height > 0) ||
      g_strcmp0 (info->unit, "pixel") == 0 || g_strcmp0 (info->unit, "px") == 0)
    return;
  m->unit = ascii_unit (info->unit);
  m->square = g_strconcat (m->unit, "^2", NULL);
  m->in_units = g_new0 (MgShape, MAX (mg_instances_get_n (m->instances), 1));
}

static void
measure_shapes (gsize begin,
                gsize end,
                guint worker,
                gpointer data)
{
  Measuring *m = data;
  MgLabels *labels = mg_instances_get_labels (m->instances);

  for (gsize i = begin; i < end; i++)
    {
      const MgInstance *instance = mg_instances_get (m->instances, (guint) i);

      mg_shape_measure (labels, instance, 1, 1, &m->in_pixels[i]);
      if (m->in_units != NULL)
        mg_shape_measure (labels, instance, m->info->pixel_width, m->info->pixel_height, &m->in_units[i]);
    }
}

static void
add_values (Measuring *m,
            int channel,
            const guint32 *labels,
            const float *values,
            gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      if (labels[i] == 0 || !isfinite (values[i]))
        continue;

      Intensity *at = &m->intensities[(gsize) (labels[i] - 1) * m->n_channels + channel];
      double value;

      if (at->n == 0)
        {
          at->first = values[i];
          at->min = at->max = values[i];
        }
      value = values[i] - at->first;
      at->n++;
      at->sum += value;
      at->sum_squares += value * value;
      at->min = MIN (at->min, values[i]);
      at->max = MAX (at->max, values[i]);
    }
}

/* Reads the first plane of each channel once, band by band. */
static gboolean
measure_intensities (Measuring *m,
                     MgImage *image,
                     GCancellable *cancellable,
                     GError **error)
{
  MgLabels *labels = mg_instances_get_labels (m->instances);
  const MgImageInfo *info = m->info;
  float *band = mg_try_alloc ((gsize) info->width * BAND_ROWS * sizeof (float), "measuring", error);
  gboolean success = band != NULL;

  for (int y = 0; success && y < info->height; y += BAND_ROWS)
    for (int c = 0; success && c < info->n_channels; c++)
      {
        MgRect rect = { 0, y, info->width, MIN (BAND_ROWS, info->height - y) };

        success = mg_image_read_float (image, c, 0, 0, &rect, band, info->width * sizeof *band, cancellable, error);
        if (success)
          add_values (m, c, mg_labels_get_data (labels) + (gsize) y * info->width, band,
                      (gsize) rect.width * rect.height);
      }
  mg_free_aligned (band);
  return success;
}

static guint
column (Measuring *m,
        const char *name,
        const char *unit,
        gboolean is_text)
{
  guint found = mg_table_find_column (m->table, name, unit);

  return found != G_MAXUINT ? found : mg_table_add_column (m->table, name, unit, is_text);
}

/* Fills one column of numbers; `values` is the first one, each next one
 * `stride` bytes further. */
static void
put (Measuring *m,
     const char *name,
     const char *unit,
     const double *values,
     gsize stride)
{
  guint at = column (m, name, unit, FALSE);

  for (guint i = 0; i < mg_instances_get_n (m->instances); i++)
    mg_table_set_number (m->table, m->first_row + i, at, *(const double *) ((const guint8 *) values + i * stride));
}

static void
put_lengths (Measuring *m,
             const MgShape *shapes,
             const char *unit,
             const char *square)
{
  guint n = mg_instances_get_n (m->instances);
  g_autofree double *diameters = g_new (double, n);

  for (guint i = 0; i < n; i++)
    diameters[i] = sqrt (4 * shapes[i].area / G_PI);
  put (m, "area", square, &shapes->area, sizeof *shapes);
  put (m, "perimeter", unit, &shapes->perimeter, sizeof *shapes);
  put (m, "equivalent_diameter", unit, diameters, sizeof *diameters);
  put (m, "centroid_x", unit, &shapes->centroid_x, sizeof *shapes);
  put (m, "centroid_y", unit, &shapes->centroid_y, sizeof *shapes);
  put (m, "major_axis", unit, &shapes->major_axis, sizeof *shapes);
  put (m, "minor_axis", unit, &shapes->minor_axis, sizeof *shapes);
  put (m, "feret_max", unit, &shapes->feret_max, sizeof *shapes);
  put (m, "feret_min", unit, &shapes->feret_min, sizeof *shapes);
}

static void
put_names (Measuring *m)
{
  guint image = column (m, "image", NULL, TRUE), label = column (m, "label", NULL, FALSE);

  for (guint i = 0; i < mg_instances_get_n (m->instances); i++)
    {
      mg_table_set_text (m->table, m->first_row + i, image, m->image_name);
      mg_table_set_number (m->table, m->first_row + i, label, mg_instances_get (m->instances, i)->label);
    }
}

static void
put_boxes (Measuring *m)
{
  guint columns[] = { column (m, "bbox_x", "px", FALSE), column (m, "bbox_y", "px", FALSE),
                      column (m, "bbox_width", "px", FALSE), column (m, "bbox_height", "px", FALSE),
                      column (m, "touches_border", NULL, FALSE) };
  MgLabels *labels = mg_instances_get_labels (m->instances);
  int width = mg_labels_get_width (labels), height = mg_labels_get_height (labels);

  for (guint i = 0; i < mg_instances_get_n (m->instances); i++)
    {
      MgRect box = mg_instances_get (m->instances, i)->box;
      double values[] = { box.x, box.y, box.width, box.height,
                          box.x == 0 || box.y == 0 || box.x + box.width == width || box.y + box.height == height };

      for (guint k = 0; k < G_N_ELEMENTS (columns); k++)
        mg_table_set_number (m->table, m->first_row + i, columns[k], values[k]);
    }
}

/* Shape without a unit: from physical lengths where the pixel size is known,
 * since pixels need not be square. */
static void
put_ratios (Measuring *m)
{
  const MgShape *shapes = m->in_units != NULL ? m->in_units : m->in_pixels;
  guint n = mg_instances_get_n (m->instances);
  g_autofree double *circularity = g_new (double, n);
  g_autofree double *solidity = g_new (double, n);

  for (guint i = 0; i < n; i++)
    {
      circularity[i] = MIN (1, 4 * G_PI * shapes[i].area / (shapes[i].perimeter * shapes[i].perimeter));
      solidity[i] = shapes[i].area / shapes[i].hull_area;
    }
  put (m, "eccentricity", NULL, &shapes->eccentricity, sizeof *shapes);
  put (m, "orientation", "deg", &shapes->orientation, sizeof *shapes);
  put (m, "circularity", NULL, circularity, sizeof *circularity);
  put (m, "solidity", NULL, solidity, sizeof *solidity);
}

static void
put_intensities (Measuring *m,
                 int channel)
{
  static const char *const names[] = { "mean", "min", "max", "std", "integrated" };
  guint columns[G_N_ELEMENTS (names)];

  for (guint k = 0; k < G_N_ELEMENTS (names); k++)
    {
      g_autofree char *name = g_strdup_printf ("ch%d_%s", channel + 1, names[k]);

      columns[k] = column (m, name, NULL, FALSE);
    }
  for (guint i = 0; i < mg_instances_get_n (m->instances); i++)
    {
      const Intensity *at = &m->intensities[(gsize) i * m->n_channels + channel];
      double mean = at->sum / at->n, variance = at->sum_squares / at->n - mean * mean;
      double values[] = { at->first + mean, at->min, at->max, sqrt (MAX (variance, 0)), at->sum + at->n * at->first };

      for (guint k = 0; at->n > 0 && k < G_N_ELEMENTS (names); k++)
        mg_table_set_number (m->table, m->first_row + i, columns[k], values[k]);
    }
}

static gboolean
check_sizes (MgInstances *instances,
             const MgImageInfo *info,
             const char *image_name,
             GError **error)
{
  MgLabels *labels = mg_instances_get_labels (instances);

  if (info == NULL ||
      (info->width == mg_labels_get_width (labels) && info->height == mg_labels_get_height (labels)))
    return TRUE;
  g_set_error (error, MG_ERROR, MG_ERROR_SHAPE, "%s: the image is %d × %d pixels, its labels %d × %d",
               image_name, info->width, info->height, mg_labels_get_width (labels), mg_labels_get_height (labels));
  return FALSE;
}

static void
put_all (Measuring *m)
{
  m->first_row = mg_table_get_n_rows (m->table);
  for (guint i = 0; i < mg_instances_get_n (m->instances); i++)
    mg_table_add_row (m->table);
  put_names (m);
  put_lengths (m, m->in_pixels, "px", "px^2");
  if (m->in_units != NULL)
    put_lengths (m, m->in_units, m->unit, m->square);
  put_boxes (m);
  put_ratios (m);
  for (int c = 0; c < m->n_channels; c++)
    put_intensities (m, c);
}

/**
 * mg_measure_add:
 * @table: (inout): gets a row an instance, and the columns it lacks
 * @instances: what to measure
 * @image: (nullable): its first plane gives the intensities of each channel;
 *   shapes only when %NULL
 * @image_name: for the first column
 * @cancellable: (nullable): looked at while the image is read
 *
 * Lengths come in pixels, and in the image's unit where its pixel size is
 * known. Standard deviations are of the pixels themselves (over n); pixels
 * that are not finite are left out. On failure the table is as it was.
 *
 * Returns: FALSE with %MG_ERROR_SHAPE when image and labels differ in size, or
 *   the error of reading the image
 */
gboolean
mg_measure_add (MgTable *table,
                MgInstances *instances,
                MgImage *image,
                const char *image_name,
                GCancellable *cancellable,
                GError **error)
{
  guint n = mg_instances_get_n (instances);
  g_auto (Measuring) m = { .table = table, .instances = instances, .image_name = image_name };

  m.info = image == NULL ? NULL : mg_image_get_info (image);
  if (!check_sizes (instances, m.info, image_name, error))
    return FALSE;
  m.in_pixels = g_new0 (MgShape, MAX (n, 1));
  init_units (&m);
  mg_parallel_for (n, 16, measure_shapes, &m);
  if (image != NULL)
    {
      m.n_channels = m.info->n_channels;
      m.intensities = g_new0 (Intensity, MAX ((gsize) n * m.n_channels, 1));
      if (!measure_intensities (&m, image, cancellable, error))
        return FALSE;
    }
  put_all (&m);
  return TRUE;
}
