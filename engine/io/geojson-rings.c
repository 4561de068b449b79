#include "io/geojson-rings.h"

/* Outlines of pixels may pass a corner twice, where a hole meets the outside
 * by a corner. Geometry libraries refuse such a ring; as two rings that meet
 * in a point it is well formed. */

static double
doubled_area (const MgPoint *points, guint n)
{
  double area = 0;

  for (guint i = 0; i < n; i++)
    {
      const MgPoint *a = &points[i], *b = &points[(i + 1) % n];

      area += a->x * b->y - a->y * b->x;
    }
  return area;
}

/* Closes the loop from place `from` to the end of the path: a ring of its own. */
static void
cut_loop (GArray *path, guint from, GArray *points, GArray *rings)
{
  guint n = path->len - from;
  MgGeojsonRing ring = { .n = n };

  if (n >= 3)
    {
      ring.doubled_area = doubled_area (&g_array_index (path, MgPoint, from), n);
      /* a place until the points no longer move */
      ring.points = GUINT_TO_POINTER (points->len);
      g_array_append_vals (points, &g_array_index (path, MgPoint, from), n);
      if (ring.doubled_area != 0)
        g_array_append_val (rings, ring);
    }
  g_array_set_size (path, from);
}

static guint
hash_point (gconstpointer key)
{
  const MgPoint *point = key;

  return (guint) (gint64) point->x * 2654435761u ^ (guint) (gint64) point->y * 40503u;
}

static gboolean
same_point (gconstpointer a, gconstpointer b)
{
  const MgPoint *p = a, *q = b;

  return p->x == q->x && p->y == q->y;
}

/* Splits one ring at the corners it passes twice. */
static void
split_ring (const MgPoint *ring, guint n, GArray *points, GArray *rings)
{
  g_autoptr (GArray) path = g_array_sized_new (FALSE, FALSE, sizeof (MgPoint), n);
  g_autoptr (GHashTable) places = g_hash_table_new (hash_point, same_point); /* of the path, plus one */

  for (guint i = 0; i < n; i++)
    {
      guint place = GPOINTER_TO_UINT (g_hash_table_lookup (places, &ring[i]));

      if (place > 0)
        {
          for (guint k = place; k < path->len; k++)
            g_hash_table_remove (places, &g_array_index (path, MgPoint, k));
          cut_loop (path, place - 1, points, rings);
        }
      g_hash_table_insert (places, (gpointer) &ring[i], GUINT_TO_POINTER (path->len + 1));
      g_array_append_val (path, ring[i]);
    }
  cut_loop (path, 0, points, rings);
}

static gboolean
is_inside (const MgGeojsonRing *ring, double x, double y)
{
  gboolean inside = FALSE;

  for (guint i = 0; i < ring->n; i++)
    {
      const MgPoint *a = &ring->points[i], *b = &ring->points[(i + 1) % ring->n];

      if ((a->y > y) != (b->y > y) && x < a->x + (y - a->y) / (b->y - a->y) * (b->x - a->x))
        inside = !inside;
    }
  return inside;
}

/* A place just inside a ring: in the corner of its topmost, leftmost point. */
static MgPoint
inner_point (const MgGeojsonRing *ring)
{
  MgPoint corner = ring->points[0];

  for (guint i = 1; i < ring->n; i++)
    if (ring->points[i].y < corner.y || (ring->points[i].y == corner.y && ring->points[i].x < corner.x))
      corner = ring->points[i];
  return (MgPoint){ corner.x + 0.5, corner.y + 0.5 };
}

/* The smallest outer ring around a hole. */
static int
find_owner (GArray *rings, const MgGeojsonRing *hole)
{
  MgPoint inner = inner_point (hole);
  double smallest = 0;
  int owner = -1;

  for (guint i = 0; i < rings->len; i++)
    {
      const MgGeojsonRing *ring = &g_array_index (rings, MgGeojsonRing, i);

      if (ring->doubled_area > 0 && (owner < 0 || ring->doubled_area < smallest) && is_inside (ring, inner.x, inner.y))
        {
          owner = (int) i;
          smallest = ring->doubled_area;
        }
    }
  return owner;
}

GArray *
_mg_geojson_rings (const MgOutline *outline,
                   GArray **points)
{
  GArray *rings = g_array_new (FALSE, FALSE, sizeof (MgGeojsonRing));
  guint start = 0;

  *points = g_array_sized_new (FALSE, FALSE, sizeof (MgPoint), outline->points->len);
  for (guint i = 0; i < outline->ends->len; i++)
    {
      guint end = g_array_index (outline->ends, guint, i);

      split_ring (&g_array_index (outline->points, MgPoint, start), end - start, *points, rings);
      start = end;
    }
  for (guint i = 0; i < rings->len; i++)
    {
      MgGeojsonRing *ring = &g_array_index (rings, MgGeojsonRing, i);

      ring->points = (const MgPoint *) (*points)->data + GPOINTER_TO_UINT (ring->points);
    }
  for (guint i = 0; i < rings->len; i++)
    {
      MgGeojsonRing *ring = &g_array_index (rings, MgGeojsonRing, i);

      ring->owner = ring->doubled_area < 0 ? find_owner (rings, ring) : -1;
    }
  return rings;
}
