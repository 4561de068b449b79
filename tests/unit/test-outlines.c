/* ImageJ's ROIs and GeoJSON, byte by byte: every kind of shape becomes the
 * pixels it stands for; damage is told in a sentence. */
#include "interchange/import.h"
#include "interchange/rasterise.h"
#include "io/roi.h"

#include <archive.h>
#include <archive_entry.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#define SIDE 40

/* A .roi in the making; offsets as in ImageJ's RoiDecoder. */
typedef struct
{
  guint8 bytes[4096];
  gsize size;
} Roi;

static void
set_u16 (Roi *roi, gsize at, int value)
{
  roi->bytes[at] = (guint8) (value >> 8);
  roi->bytes[at + 1] = (guint8) value;
}

static void
set_float (Roi *roi, gsize at, float value)
{
  gint32 bits;

  memcpy (&bits, &value, sizeof bits);
  set_u16 (roi, at, bits >> 16);
  set_u16 (roi, at + 2, bits & 0xffff);
}

static Roi
make_roi (int type, int left, int top, int right, int bottom)
{
  Roi roi = { .size = 64 };

  memcpy (roi.bytes, "Iout", 4);
  set_u16 (&roi, 4, 228);
  roi.bytes[6] = (guint8) type;
  set_u16 (&roi, 8, top);
  set_u16 (&roi, 10, left);
  set_u16 (&roi, 12, bottom);
  set_u16 (&roi, 14, right);
  return roi;
}

static void
set_line (Roi *roi, float x1, float y1, float x2, float y2)
{
  set_float (roi, 18, x1);
  set_float (roi, 22, y1);
  set_float (roi, 26, x2);
  set_float (roi, 30, y2);
}

/* The pixels of a ROI as a raster of 0 and 1. */
static MgLabels *
fill (const Roi *roi)
{
  g_autoptr (MgRasteriser) rasteriser = mg_rasteriser_new (SIDE, SIDE, NULL);
  g_auto (MgOutline) outline = { 0 };
  MgRasterised done;
  const char *why;

  mg_outline_init (&outline);
  if (!mg_roi_decode (roi->bytes, roi->size, &outline, &why))
    g_error ("not decoded: %s", why);
  g_assert_true (outline.is_area);
  g_assert_true (mg_rasteriser_add (rasteriser, &outline, 1, &done, NULL, NULL));
  return mg_rasteriser_finish (rasteriser);
}

/* Whether each pixel's middle is inside, to compare with. */
typedef gboolean (*Inside) (double x, double y);

static void
check_pixels (const Roi *roi, Inside inside)
{
  g_autoptr (MgLabels) labels = fill (roi);

  for (int y = 0; y < SIDE; y++)
    for (int x = 0; x < SIDE; x++)
      if (mg_labels_get_data (labels)[y * SIDE + x] != (guint32) inside (x + 0.5, y + 0.5))
        g_error ("pixel %d, %d is wrong", x, y);
}

static gboolean
in_box (double x, double y)
{
  return x > 3 && x < 17 && y > 5 && y < 12;
}

static gboolean
in_oval (double x, double y)
{
  return hypot ((x - 13) / 10, (y - 11) / 6.5) < 1;
}

static gboolean
in_rounded (double x, double y)
{
  double dx = MAX (fabs (x - 16) - 8, 0), dy = MAX (fabs (y - 16) - 8, 0);

  return hypot (dx, dy) < 4;
}

static gboolean
in_turned_box (double x, double y)
{
  /* along (10, 10) … (26, 22), 5 to each side */
  double u = ((x - 10) * 16 + (y - 10) * 12) / 20, v = ((y - 10) * 16 - (x - 10) * 12) / 20;

  return u > 0 && u < 20 && fabs (v) < 5;
}

static gboolean
in_turned_ellipse (double x, double y)
{
  double u = ((x - 18) * 16 + (y - 16) * 12) / 20, v = ((y - 16) * 16 - (x - 18) * 12) / 20;

  return hypot (u / 10, v / 4) < 1;
}

static gboolean
in_fine_triangle (double x, double y)
{
  /* middles of pixels on a right edge are inside */
  return y > 4.25 && y < 20.75 && x > 4.25 && x <= y;
}

static void
test_boxes (void)
{
  Roi box = make_roi (1, 3, 5, 17, 12), oval = make_roi (2, 3, 4, 23, 18), rounded = make_roi (1, 4, 4, 28, 28);

  check_pixels (&box, in_box);
  set_u16 (&oval, 50, 128);
  set_line (&oval, 3, 4.5f, 20, 13);
  check_pixels (&oval, in_oval);
  set_u16 (&rounded, 54, 8);
  check_pixels (&rounded, in_rounded);
}

static void
test_turned (void)
{
  Roi box = make_roi (7, 0, 0, 40, 40), ellipse = make_roi (7, 0, 0, 40, 40);

  set_u16 (&box, 48, 5);
  set_line (&box, 10, 10, 26, 22);
  set_float (&box, 52, 10);
  check_pixels (&box, in_turned_box);
  set_u16 (&ellipse, 48, 3);
  set_line (&ellipse, 10, 10, 26, 22);
  set_float (&ellipse, 52, 0.4f);
  check_pixels (&ellipse, in_turned_ellipse);
}

static void
add_points (Roi *roi, int n, const int *x, const int *y)
{
  set_u16 (roi, 16, n);
  for (int i = 0; i < n; i++)
    {
      set_u16 (roi, 64 + 2 * (gsize) i, x[i]);
      set_u16 (roi, 64 + 2 * (gsize) (n + i), y[i]);
    }
  roi->size = 64 + 4 * (gsize) n;
}

static void
test_polygons (void)
{
  static const int x[] = { 0, 14, 14, 0 }, y[] = { 0, 0, 7, 7 };
  static const float fine_x[] = { 4.25f, 20.75f, 4.25f }, fine_y[] = { 4.25f, 20.75f, 20.75f };
  static const int types[] = { 0, 7, 8 };
  Roi fine = make_roi (7, 4, 4, 21, 21);

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      Roi roi = make_roi (types[i], 3, 5, 17, 12);

      add_points (&roi, 4, x, y);
      check_pixels (&roi, in_box);
    }
  add_points (&fine, 3, x, y);
  set_u16 (&fine, 50, 128);
  for (gsize i = 0; i < 3; i++)
    {
      set_float (&fine, 76 + 4 * i, fine_x[i]);
      set_float (&fine, 88 + 4 * i, fine_y[i]);
    }
  fine.size = 100;
  check_pixels (&fine, in_fine_triangle);
}

static gboolean
in_ring (double x, double y)
{
  return in_box (x, y) && !(x > 6 && x < 9 && y > 7 && y < 10);
}

static void
test_composite (void)
{
  static const float path[] = { 0, 3, 5, 1, 17, 5, 1, 17, 12, 1, 3, 12, 4, 0, 6, 7, 1, 6, 10, 1, 9, 10, 1, 9, 7, 4 };
  /* half a circle of radius 10 around 20, 20 as two cubic curves */
  static const float k = 5.5228475f;
  const float curve[] = { 0, 10, 20, 3, 10, 20 - k, 20 - k, 10, 20, 10, 3, 20 + k, 10, 30, 20 - k, 30, 20, 4 };
  Roi roi = make_roi (1, 3, 5, 17, 12), round = make_roi (1, 10, 10, 30, 20);
  g_autoptr (MgLabels) labels = NULL;
  guint n = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (path); i++)
    set_float (&roi, 64 + 4 * i, path[i]);
  set_u16 (&roi, 38, G_N_ELEMENTS (path));
  roi.size = 64 + sizeof path;
  check_pixels (&roi, in_ring);
  for (gsize i = 0; i < G_N_ELEMENTS (curve); i++)
    set_float (&round, 64 + 4 * i, curve[i]);
  set_u16 (&round, 38, G_N_ELEMENTS (curve));
  round.size = 64 + sizeof curve;
  labels = fill (&round);
  for (int i = 0; i < SIDE * SIDE; i++)
    n += mg_labels_get_data (labels)[i];
  g_assert_cmpfloat (fabs (n - G_PI * 50), <, 3);
}

static void
test_not_areas (void)
{
  static const int types[] = { 3, 4, 5, 6, 9, 10 };
  g_auto (MgOutline) outline = { 0 };
  Roi text = make_roi (1, 0, 0, 4, 4);
  const char *why;

  mg_outline_init (&outline);
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      Roi roi = make_roi (types[i], 0, 0, 4, 4);

      g_assert_true (mg_roi_decode (roi.bytes, roi.size, &outline, &why));
      g_assert_false (outline.is_area);
    }
  set_u16 (&text, 48, 1);
  g_assert_true (mg_roi_decode (text.bytes, text.size, &outline, &why));
  g_assert_false (outline.is_area);
}

/* Coordinates by the thousand million, cut off, no numbers, unknown kinds. */
static void
test_damaged_rois (void)
{
  static const int x[] = { 0, 9, 9 }, y[] = { 0, 0, 9 };
  g_auto (MgOutline) outline = { 0 };
  Roi many = make_roi (0, 0, 0, 9, 9), nan_path = make_roi (1, 0, 0, 9, 9), unknown = make_roi (11, 0, 0, 9, 9),
      cut = make_roi (0, 0, 0, 9, 9);
  const char *why;

  mg_outline_init (&outline);
  set_u16 (&many, 18, 0x3b9a);
  set_u16 (&many, 20, 0xca00);
  g_assert_false (mg_roi_decode (many.bytes, many.size, &outline, &why));
  g_assert_cmpstr (why, ==, "its outline is cut off");
  add_points (&cut, 3, x, y);
  g_assert_false (mg_roi_decode (cut.bytes, cut.size - 1, &outline, &why));
  g_assert_false (mg_roi_decode (unknown.bytes, unknown.size, &outline, &why));
  g_assert_false (mg_roi_decode (unknown.bytes, 63, &outline, &why));
  g_assert_false (mg_roi_decode ((const guint8 *) "", 0, &outline, &why));
  set_u16 (&nan_path, 38, 3);
  set_float (&nan_path, 68, NAN);
  nan_path.size = 76;
  g_assert_false (mg_roi_decode (nan_path.bytes, nan_path.size, &outline, &why));
  g_assert_cmpstr (why, ==, "its outline has coordinates that are no numbers");
}

/* Imports bytes as a file; TRUE when it went well. */
static gboolean
import_bytes (const char *name, gconstpointer data, gsize size, MgImported *imported, GError **error)
{
  g_autofree char *folder = g_dir_make_tmp ("mg-outlines-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  MgImportOptions options = { SIDE, SIDE };
  gboolean ok;

  g_assert_true (g_file_set_contents (path, data, (gssize) size, NULL));
  ok = mg_import (file, &options, imported, NULL, NULL, error);
  g_assert_true (ok == (error == NULL || *error == NULL));
  g_remove (path);
  g_rmdir (folder);
  return ok;
}

static void
check_refused (const char *name, gconstpointer data, gsize size, const char *says)
{
  g_autoptr (GError) error = NULL;
  MgImported imported;

  g_assert_false (import_bytes (name, data, size, &imported, &error));
  g_assert_null (imported.labels);
  if (strstr (error->message, name) == NULL || strstr (error->message, says) == NULL || strchr (error->message, '\n') != NULL)
    g_error ("“%s” does not name %s or does not say “%s”", error->message, name, says);
}

static void
check_json_refused (const char *text, const char *says)
{
  check_refused ("bad.geojson", text, strlen (text), says);
}

static void
test_geojson (void)
{
  static const char text[] =
    "{ \"features\" : [ {\"type\":\"Feature\",\"id\":\"0b\",\"properties\":{\"objectType\":\"cell\",\"measurements\":[{\"name\":\"a\",\"value\":1}],"
    "\"name\":\"12\"},\"nucleusGeometry\":{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[30,0],[30,30]]]},"
    "\"geometry\":{\"type\":\"MultiPolygon\",\"coordinates\":[[[[3,5],[17,5],[17,12],[3,12],[3,5]],[[6,7],[6,10],[9,10],[9,7],[6,7]]],"
    "[[[30,30],[31,30],[31,31],[30,31],[30,30]]]]}} ], \"type\":\"FeatureCollection\"}\n";
  g_auto (MgImported) imported = { 0 };
  g_autoptr (GError) error = NULL;

  import_bytes ("a.geojson", text, strlen (text), &imported, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (imported.n_cells, ==, 1);
  for (int y = 0; y < SIDE; y++)
    for (int x = 0; x < SIDE; x++)
      g_assert_cmpuint (mg_labels_get_data (imported.labels)[y * SIDE + x], ==,
                        in_ring (x + 0.5, y + 0.5) || (x == 30 && y == 30) ? 12 : 0);
}

static void
test_bad_geojson (void)
{
  g_autofree char *deep = g_strnfill (3000000, '['), *deep_member = NULL, *deep_objects = NULL;
  GString *objects = g_string_new (NULL);

  check_json_refused ("{\"type\":\"Polygon\",\"coordinates\":[[[NaN,1],[2,2],[3,1]]]}", "where a number should be");
  check_json_refused ("{\"type\":\"Polygon\",\"coordinates\":[[[\"NaN\",1],[2,2],[3,1]]]}", "where a number should be");
  check_json_refused ("{\"type\":\"Polygon\",\"coordinates\":[[[1e999,1],[2,2],[3,1]]]}", "too large");
  check_json_refused ("{\"type\":\"Polygon\",\"coordinates\":[[[1],[2],[3]]]}", "one coordinate");
  check_json_refused ("{\"type\":\"Polygon\",\"coordinates\":[[[[[1,1]]]]]}", "nested deeper");
  check_json_refused ("{\"type\":\"Polygon\",\"coordinates\":[[[1,1],[2,2]", "not JSON");
  check_json_refused ("{\"type\":\"FeatureCollection\",\"features\":[]}", "no outline");
  check_json_refused ("{\"name\":\"something else\"}", "no outline");
  check_json_refused ("{\"type\":\"Point\",\"coordinates\":[1,2]} {}", "more after");
  check_json_refused (deep, "GeoJSON");
  /* of members that mean nothing, nesting does no harm but to be cut short */
  deep_member = g_strconcat ("{\"x\":", deep, NULL);
  check_json_refused (deep_member, "too early");
  for (int i = 0; i < 100000; i++)
    g_string_append (objects, "{\"geometry\":");
  deep_objects = g_string_free (objects, FALSE);
  check_json_refused (deep_objects, "nested too deeply");
}

/* A ZIP file of one entry, of zeros or of these bytes. */
static GBytes *
make_zip (const char *name, gconstpointer data, gsize size, gsize n_times)
{
  gsize room = 1 << 20, used = 0;
  guint8 *out = g_malloc (room);
  struct archive *archive = archive_write_new ();
  struct archive_entry *entry = archive_entry_new ();

  archive_write_set_format_zip (archive);
  archive_write_open_memory (archive, out, room, &used);
  archive_entry_set_pathname (entry, name);
  archive_entry_set_filetype (entry, AE_IFREG);
  archive_entry_set_size (entry, (la_int64_t) (size * n_times));
  g_assert_cmpint (archive_write_header (archive, entry), ==, ARCHIVE_OK);
  for (gsize i = 0; i < n_times; i++)
    g_assert_cmpint (archive_write_data (archive, data, size), ==, size);
  g_assert_cmpint (archive_write_close (archive), ==, ARCHIVE_OK);
  archive_write_free (archive);
  archive_entry_free (entry);
  return g_bytes_new_take (out, used);
}

static void
check_zip_refused (GBytes *bytes, const char *says)
{
  gsize size;
  gconstpointer data = g_bytes_get_data (bytes, &size);

  check_refused ("set.zip", data, size, says);
}

static void
test_bad_zips (void)
{
  static const guint8 zeros[1 << 16];
  Roi roi = make_roi (1, 3, 5, 17, 12);
  g_autoptr (GBytes) bomb = make_zip ("bomb.roi", zeros, sizeof zeros, 1024);
  g_autoptr (GBytes) text = make_zip ("readme.txt", "hello", 5, 1);
  g_autoptr (GBytes) other = make_zip ("other.roi", "hello", 5, 1);
  g_autoptr (GBytes) good = make_zip ("0001-0009.roi", roi.bytes, roi.size, 1);
  g_auto (MgImported) imported = { 0 };

  check_zip_refused (bomb, "“bomb.roi” in it unpacks to more");
  check_zip_refused (text, "no ROI");
  check_zip_refused (other, "“other.roi” in it is damaged");
  for (gsize i = 5; i < g_bytes_get_size (good); i++)
    {
      g_autoptr (GBytes) cut = g_bytes_new_from_bytes (good, 0, i);

      check_zip_refused (cut, "");
    }
  g_assert_true (import_bytes ("set.zip", g_bytes_get_data (good, NULL), g_bytes_get_size (good), &imported, NULL));
  g_assert_cmpuint (imported.n_cells, ==, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/outlines/roi/boxes", test_boxes);
  g_test_add_func ("/outlines/roi/turned", test_turned);
  g_test_add_func ("/outlines/roi/polygons", test_polygons);
  g_test_add_func ("/outlines/roi/composite", test_composite);
  g_test_add_func ("/outlines/roi/not-areas", test_not_areas);
  g_test_add_func ("/outlines/roi/damaged", test_damaged_rois);
  g_test_add_func ("/outlines/geojson", test_geojson);
  g_test_add_func ("/outlines/bad-geojson", test_bad_geojson);
  g_test_add_func ("/outlines/bad-zips", test_bad_zips);
  return g_test_run ();
}
