/* Reports what a RoiSet.zip and a GeoJSON of 100 000 cells cost to write and
 * to read, on a 20 000² label image; never fails on time.
 *   bench-interchange [SIDE [CELLS]] */
#include "interchange/export.h"
#include "interchange/import.h"

#include <math.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

static double
peak_mib (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024.0;
}

static double
cpu_seconds (void)
{
  struct timespec t;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

/* Uneven round cells, one a square of a grid; some touch, every tenth has a hole. */
static MgLabels *
simulate (int side, int n_cells)
{
  guint32 *data = g_malloc0 ((gsize) side * side * sizeof *data);
  int columns = (int) ceil (sqrt (n_cells)), pitch = side / columns;

  for (int i = 0; i < n_cells; i++)
    {
      double cx = (i % columns + 0.5) * pitch, cy = (i / columns + 0.5) * pitch, radius = pitch * (0.35 + 0.15 * (i % 7) / 6);

      for (int y = (int) (cy - pitch / 2); y < cy + pitch / 2; y++)
        for (int x = (int) (cx - pitch / 2); x < cx + pitch / 2; x++)
          {
            double dx = x + 0.5 - cx, dy = y + 0.5 - cy, r = hypot (dx, dy);

            if (r < radius * (1 + 0.1 * sin (5 * atan2 (dy, dx) + i)) && !(i % 10 == 0 && r < radius / 3))
              data[(gsize) y * side + x] = (guint32) i + 1;
          }
    }
  return mg_labels_new_take (side, side, data, g_free);
}

static gboolean
same (MgLabels *a, MgLabels *b)
{
  gsize n = (gsize) mg_labels_get_width (a) * mg_labels_get_height (a);

  for (gsize i = 0; i < n; i++)
    if (mg_labels_get_data (a)[i] != mg_labels_get_data (b)[i])
      return FALSE;
  return TRUE;
}

static void
report (const char *what, double wall, double cpu)
{
  g_print ("%-22s %6.2f s, of the processor %6.2f s; peak memory so far %5.0f MiB\n", what, wall, cpu, peak_mib ());
}

static gboolean
bench (MgLabels *labels, MgExportFormat format)
{
  const MgExportKind *kind = mg_export_get_kind (format);
  g_autofree char *name = g_strdup_printf ("mg-bench%s", kind->suffix);
  g_autoptr (GFile) file = g_file_new_build_filename (g_get_tmp_dir (), name, NULL);
  MgExportSource source = { .labels = labels };
  MgImportOptions options = { mg_labels_get_width (labels), mg_labels_get_height (labels) };
  g_auto (MgImported) imported = { 0 };
  g_autofree char *written = g_strdup_printf ("%s written", kind->title), *read = g_strdup_printf ("%s read", kind->title);
  g_autoptr (GFileInfo) info = NULL;
  g_autoptr (GError) error = NULL;
  gint64 start = g_get_monotonic_time ();
  double cpu = cpu_seconds ();
  gboolean ok;

  if (!mg_export (file, format, &source, NULL, NULL, &error))
    {
      g_printerr ("%s\n", error->message);
      return FALSE;
    }
  report (written, (g_get_monotonic_time () - start) / 1e6, cpu_seconds () - cpu);
  start = g_get_monotonic_time ();
  cpu = cpu_seconds ();
  ok = mg_import (file, &options, &imported, NULL, NULL, &error);
  report (read, (g_get_monotonic_time () - start) / 1e6, cpu_seconds () - cpu);
  info = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_SIZE, G_FILE_QUERY_INFO_NONE, NULL, NULL);
  g_print ("%-22s %.1f MB, %u cells, %s\n", "", (double) g_file_info_get_size (info) / 1e6, imported.n_cells,
           ok && same (labels, imported.labels) ? "the labels came back as they were" : "the labels are OTHERS");
  g_file_delete (file, NULL, NULL);
  return ok;
}

int
main (int argc, char *argv[])
{
  int side = argc > 1 ? atoi (argv[1]) : 20000, n_cells = argc > 2 ? atoi (argv[2]) : 100000;
  g_autoptr (MgLabels) labels = simulate (MAX (side, 100), CLAMP (n_cells, 1, 1000000));

  g_print ("%d × %d pixels, %u cells; the labels take %.0f MiB\n", side, side, mg_labels_get_n (labels),
           (double) side * side * 4 / (1 << 20));
  return bench (labels, MG_EXPORT_IMAGEJ) && bench (labels, MG_EXPORT_GEOJSON) ? 0 : 1;
}
