#include "io/geojson.h"

#include "io/io-private.h"
#include "io/strict-json.h"

#include <string.h>

/* A MultiPolygon's coordinates are arrays in arrays this deep. */
#define MAX_LEVELS 4
/* A feature of a collection of geometries of a collection */
#define MAX_OBJECTS 6
/* Features between two looks at the cancellable */
#define FEATURES_A_LOOK 256

typedef struct
{
  MgStrictJson json;
  MgOutline outline; /* of the feature in hand */
  MgOutlineFunc func;
  gpointer data;
  GCancellable *cancellable;
  GError *error; /* of func, or of the cancellable */
  guint n_features;
  gboolean has_geometry;
} Reader;

static gboolean
stop (Reader *reader)
{
  return _mg_strict_json_fail (&reader->json, "stopped");
}

static gboolean
emit (Reader *reader)
{
  reader->outline.is_area = reader->outline.ends->len > 0;
  reader->n_features++;
  if ((reader->n_features % FEATURES_A_LOOK == 0 && g_cancellable_set_error_if_cancelled (reader->cancellable, &reader->error)) ||
      !reader->func (&reader->outline, reader->data, &reader->error))
    return stop (reader);
  return TRUE;
}

/* Arrays of arrays of positions, to whatever level the geometry has; an array
 * of positions is a ring. n_numbers: how many numbers this array begins with. */
static gboolean
take_coordinates (Reader *reader, int level, guint *n_numbers)
{
  MgStrictJson *json = &reader->json;
  gboolean first = TRUE, is_ring = FALSE;
  double number, at[2] = { 0 };
  guint n_inner;

  *n_numbers = 0;
  if (!_mg_strict_json_take (json, '['))
    return FALSE;
  while (_mg_strict_json_next (json, ']', &first))
    if (_mg_strict_json_peek (json, '['))
      {
        if (level == MAX_LEVELS || *n_numbers > 0)
          return _mg_strict_json_fail (json, "its coordinates are nested deeper than in any polygon");
        if (!take_coordinates (reader, level + 1, &n_inner))
          return FALSE;
        is_ring = n_inner > 0;
      }
    else
      {
        if (!_mg_strict_json_number (json, &number))
          return FALSE;
        if (*n_numbers < 2)
          at[*n_numbers] = number;
        *n_numbers += 1;
      }
  if (json->why != NULL)
    return FALSE;
  if (*n_numbers == 1)
    return _mg_strict_json_fail (json, "it has a position of one coordinate");
  if (*n_numbers > 1)
    mg_outline_add_point (&reader->outline, at[0], at[1]);
  else if (is_ring)
    mg_outline_end_ring (&reader->outline);
  return TRUE;
}

/* QuPath's place in a stack; its numbers begin at 0. */
static gboolean
take_plane (Reader *reader)
{
  MgStrictJson *json = &reader->json;
  gboolean first = TRUE;
  double number;

  if (!_mg_strict_json_take (json, '{'))
    return FALSE;
  while (_mg_strict_json_next (json, '}', &first))
    {
      g_autofree char *key = _mg_strict_json_string (json);

      if (key == NULL || !_mg_strict_json_take (json, ':') || !_mg_strict_json_number (json, &number))
        return FALSE;
      if (number >= 0 && number < G_MAXINT && strcmp (key, "z") == 0)
        reader->outline.slice = (int) number + 1;
      else if (number >= 0 && number < G_MAXINT && strcmp (key, "t") == 0)
        reader->outline.frame = (int) number + 1;
    }
  return json->why == NULL;
}

static gboolean
take_properties (Reader *reader)
{
  MgStrictJson *json = &reader->json;
  gboolean first = TRUE;

  if (!_mg_strict_json_peek (json, '{'))
    return _mg_strict_json_skip (json);
  _mg_strict_json_take (json, '{');
  while (_mg_strict_json_next (json, '}', &first))
    {
      g_autofree char *key = _mg_strict_json_string (json);

      if (key == NULL || !_mg_strict_json_take (json, ':'))
        return FALSE;
      if (strcmp (key, "name") == 0 && _mg_strict_json_peek (json, '"'))
        {
          g_free (reader->outline.name);
          reader->outline.name = _mg_strict_json_string (json);
        }
      else if (!_mg_strict_json_skip (json))
        return FALSE;
    }
  return json->why == NULL;
}

static gboolean take_object (Reader *reader, int depth);

static gboolean
take_objects (Reader *reader, int depth, gboolean are_features)
{
  gboolean first = TRUE;

  if (!_mg_strict_json_take (&reader->json, '['))
    return FALSE;
  while (_mg_strict_json_next (&reader->json, ']', &first))
    {
      if (are_features)
        {
          mg_outline_reset (&reader->outline);
          reader->has_geometry = FALSE;
        }
      if (!take_object (reader, depth))
        return FALSE;
      if (are_features && reader->has_geometry && !emit (reader))
        return FALSE;
      if (are_features)
        reader->has_geometry = FALSE;
    }
  return reader->json.why == NULL;
}

static gboolean
take_member (Reader *reader, const char *key, int depth, gboolean *is_polygon)
{
  MgStrictJson *json = &reader->json;
  guint n_numbers;

  if (strcmp (key, "type") == 0 && _mg_strict_json_peek (json, '"'))
    {
      g_autofree char *type = _mg_strict_json_string (json);

      *is_polygon = type != NULL && (strcmp (type, "Polygon") == 0 || strcmp (type, "MultiPolygon") == 0);
      return type != NULL;
    }
  if (strcmp (key, "coordinates") == 0 && _mg_strict_json_peek (json, '['))
    {
      reader->has_geometry = TRUE;
      return take_coordinates (reader, 1, &n_numbers);
    }
  if (strcmp (key, "geometry") == 0 && _mg_strict_json_peek (json, '{'))
    return take_object (reader, depth + 1);
  if (strcmp (key, "geometries") == 0 && _mg_strict_json_peek (json, '['))
    return take_objects (reader, depth + 1, FALSE);
  if (strcmp (key, "features") == 0 && depth == 0)
    return take_objects (reader, depth + 1, TRUE);
  if (strcmp (key, "plane") == 0 && _mg_strict_json_peek (json, '{'))
    return take_plane (reader);
  if (strcmp (key, "properties") == 0)
    return take_properties (reader);
  return _mg_strict_json_skip (json);
}

/* A collection, a feature or a geometry: they have no member in common that
 * means something else. What coordinates are is known at its end only. */
static gboolean
take_object (Reader *reader, int depth)
{
  MgStrictJson *json = &reader->json;
  guint n_points = reader->outline.points->len, n_rings = reader->outline.ends->len;
  gboolean first = TRUE, is_polygon = FALSE, has_coordinates = FALSE;

  if (depth > MAX_OBJECTS)
    return _mg_strict_json_fail (json, "its geometries are nested too deeply");
  if (!_mg_strict_json_take (json, '{'))
    return FALSE;
  while (_mg_strict_json_next (json, '}', &first))
    {
      g_autofree char *key = _mg_strict_json_string (json);

      if (key == NULL || !_mg_strict_json_take (json, ':') || !take_member (reader, key, depth, &is_polygon))
        return FALSE;
      has_coordinates |= strcmp (key, "coordinates") == 0;
    }
  if (has_coordinates && !is_polygon)
    {
      g_array_set_size (reader->outline.points, n_points);
      g_array_set_size (reader->outline.ends, n_rings);
    }
  return json->why == NULL;
}

static gboolean
take_file (Reader *reader)
{
  gboolean ok = _mg_strict_json_peek (&reader->json, '[') ? take_objects (reader, 0, TRUE) : take_object (reader, 0);

  if (ok && reader->has_geometry)
    ok = emit (reader);
  return ok && (_mg_strict_json_end (&reader->json) || _mg_strict_json_fail (&reader->json, "there is more after its JSON"));
}

/**
 * mg_geojson_read:
 * @file: a FeatureCollection, an array of Features, a Feature or a geometry
 * @func: called for every Feature, in the file's order; one that is neither
 *   Polygon nor MultiPolygon comes without rings
 * @cancellable: (nullable)
 *
 * No tree is built: memory is the file's size and one Feature. Nesting that
 * means nothing is skipped however deep. Any thread.
 *
 * Returns: FALSE with an error naming the file
 */
gboolean
mg_geojson_read (GFile *file,
                 MgOutlineFunc func,
                 gpointer data,
                 GCancellable *cancellable,
                 GError **error)
{
  g_autofree char *text = NULL;
  gsize size;
  Reader reader = { .func = func, .data = data, .cancellable = cancellable };

  if (!g_file_load_contents (file, cancellable, &text, &size, NULL, error))
    {
      _mg_io_prefix_error (error, file);
      return FALSE;
    }
  reader.json = (MgStrictJson){ .at = text, .end = text + size };
  if (g_str_has_prefix (text, "\xef\xbb\xbf"))
    reader.json.at += 3;
  mg_outline_init (&reader.outline);
  take_file (&reader);
  if (reader.error != NULL)
    g_propagate_error (error, g_steal_pointer (&reader.error));
  else if (reader.json.why != NULL)
    _mg_io_set_error (error, MG_ERROR_FORMAT, file, "this GeoJSON cannot be read: %s (export it again from QuPath)",
                      reader.json.why);
  else if (reader.n_features == 0)
    _mg_io_set_error (error, MG_ERROR_DATA, file, "there is no outline in this JSON file (export objects as GeoJSON from QuPath)");
  mg_outline_clear (&reader.outline);
  return reader.json.why == NULL && reader.n_features > 0;
}
