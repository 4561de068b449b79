#include "io/geojson.h"

#include "io/atomic-file.h"
#include "io/geojson-rings.h"
#include "io/strict-json.h"

#include <math.h>

#define FLUSH_BYTES (1 << 20)

struct _MgGeojsonWriter
{
  MgAtomicFile *atomic;
  GString *text;
  guint n;
};

/**
 * mg_geojson_writer_new:
 * @file: the target; replaced whole by mg_geojson_writer_commit(), or not at all
 *
 * Returns: (transfer full): %NULL when the folder cannot be written to
 */
MgGeojsonWriter *
mg_geojson_writer_new (GFile *file,
                       GError **error)
{
  MgAtomicFile *atomic = mg_atomic_file_new (file, error);
  MgGeojsonWriter *writer;

  if (atomic == NULL)
    return NULL;
  writer = g_new0 (MgGeojsonWriter, 1);
  writer->atomic = atomic;
  writer->text = g_string_sized_new (FLUSH_BYTES + (FLUSH_BYTES >> 2));
  g_string_append (writer->text, "{\"type\":\"FeatureCollection\",\"features\":[");
  return writer;
}

static void
append_number (GString *text, double value)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  /* as QuPath writes what JSON has no numbers for */
  if (!isfinite (value))
    g_string_append (text, isnan (value) ? "\"NaN\"" : value > 0 ? "\"Infinity\""
                                                                 : "\"-Infinity\"");
  else if (value == floor (value) && fabs (value) < 1e9)
    {
      char *at = digits + 12;
      int whole = (int) fabs (value);

      for (*at = '\0'; at == digits + 12 || whole > 0; whole /= 10)
        *--at = (char) ('0' + whole % 10);
      if (value < 0)
        *--at = '-';
      g_string_append (text, at);
    }
  else
    g_string_append (text, g_ascii_dtostr (digits, sizeof digits, value));
}

static void
append_ring (GString *text, const MgGeojsonRing *ring)
{
  g_string_append_c (text, '[');
  for (guint i = 0; i <= ring->n; i++)
    {
      const MgPoint *point = &ring->points[i % ring->n];

      g_string_append (text, i > 0 ? ",[" : "[");
      append_number (text, point->x);
      g_string_append_c (text, ',');
      append_number (text, point->y);
      g_string_append_c (text, ']');
    }
  g_string_append_c (text, ']');
}

static void
append_polygon (GString *text, GArray *rings, guint outer)
{
  g_string_append_c (text, '[');
  append_ring (text, &g_array_index (rings, MgGeojsonRing, outer));
  for (guint i = 0; i < rings->len; i++)
    if (g_array_index (rings, MgGeojsonRing, i).owner == (int) outer)
      {
        g_string_append_c (text, ',');
        append_ring (text, &g_array_index (rings, MgGeojsonRing, i));
      }
  g_string_append_c (text, ']');
}

static void
append_geometry (GString *text, const MgOutline *outline)
{
  g_autoptr (GArray) points = NULL;
  g_autoptr (GArray) rings = _mg_geojson_rings (outline, &points);
  guint n_outer = 0, n = 0;

  for (guint i = 0; i < rings->len; i++)
    n_outer += g_array_index (rings, MgGeojsonRing, i).owner < 0;
  g_string_append (text, n_outer == 1 ? "\"geometry\":{\"type\":\"Polygon\",\"coordinates\":"
                                      : "\"geometry\":{\"type\":\"MultiPolygon\",\"coordinates\":[");
  for (guint i = 0; i < rings->len; i++)
    if (g_array_index (rings, MgGeojsonRing, i).owner < 0)
      {
        if (n++ > 0)
          g_string_append_c (text, ',');
        append_polygon (text, rings, i);
      }
  g_string_append (text, n_outer == 1 ? "}" : "]}");
}

static gboolean
flush (MgGeojsonWriter *writer, GError **error)
{
  gboolean ok = mg_atomic_file_write (writer->atomic, writer->text->str, writer->text->len, error);

  g_string_truncate (writer->text, 0);
  return ok;
}

/**
 * mg_geojson_writer_add:
 * @outline: rings: outer ones and holes run in opposite directions
 * @measurements: (array length=n_measurements) (nullable): its numbers
 *
 * One Feature: a Polygon with its holes as further rings, a MultiPolygon where
 * the region has several parts. Its name is the outline's.
 *
 * Returns: FALSE when the disk is full or failing
 */
gboolean
mg_geojson_writer_add (MgGeojsonWriter *writer,
                       const MgOutline *outline,
                       const MgGeojsonMeasurement *measurements,
                       guint n_measurements,
                       GError **error)
{
  GString *text = writer->text;

  if (outline->ends->len == 0)
    return TRUE;
  g_string_append (text, writer->n++ > 0 ? ",\n{\"type\":\"Feature\"," : "\n{\"type\":\"Feature\",");
  append_geometry (text, outline);
  g_string_append (text, ",\"properties\":{\"objectType\":\"annotation\"");
  if (outline->name != NULL)
    {
      g_string_append (text, ",\"name\":");
      _mg_strict_json_quote (text, outline->name);
    }
  if (n_measurements > 0)
    g_string_append (text, ",\"measurements\":{");
  for (guint i = 0; i < n_measurements; i++)
    {
      if (i > 0)
        g_string_append_c (text, ',');
      _mg_strict_json_quote (text, measurements[i].name);
      g_string_append_c (text, ':');
      append_number (text, measurements[i].value);
    }
  g_string_append (text, n_measurements > 0 ? "}}}" : "}}");
  return text->len < FLUSH_BYTES || flush (writer, error);
}

/**
 * mg_geojson_writer_commit:
 *
 * Gives the file its name. Once only.
 *
 * Returns: FALSE when it did not get there; the old file is then untouched
 */
gboolean
mg_geojson_writer_commit (MgGeojsonWriter *writer,
                          GError **error)
{
  g_string_append (writer->text, "\n]}\n");
  return flush (writer, error) && mg_atomic_file_commit (writer->atomic, error);
}

/**
 * mg_geojson_writer_free:
 * @writer: (transfer full): without a commit nothing is left behind
 */
void
mg_geojson_writer_free (MgGeojsonWriter *writer)
{
  mg_atomic_file_free (writer->atomic);
  g_string_free (writer->text, TRUE);
  g_free (writer);
}
