#include "interchange/cellpose-outlines.h"

#include "interchange/trace.h"
#include "io/atomic-file.h"

#include <math.h>

#define FLUSH_BYTES (1 << 20)

typedef struct
{
  MgAtomicFile *atomic;
  GString *text;
  GArray *border, *longest; /* of int: x and y by turns */
} Writing;

static void
add_pixel (GArray *border, int x, int y)
{
  guint n = border->len;
  int pixel[2] = { x, y };

  if (n < 2 || g_array_index (border, int, n - 2) != x || g_array_index (border, int, n - 1) != y)
    g_array_append_vals (border, pixel, 2);
}

/* The pixels along the inner, right-hand side of a ring: two corners follow
 * each other along a row or a column. */
static void
collect_border (const MgPoint *points, guint n, GArray *border)
{
  g_array_set_size (border, 0);
  for (guint i = 0; i < n; i++)
    {
      const MgPoint *a = &points[i], *b = &points[(i + 1) % n];
      int step_x = (b->x > a->x) - (b->x < a->x), step_y = (b->y > a->y) - (b->y < a->y);
      int length = (int) (fabs (b->x - a->x) + fabs (b->y - a->y));
      /* of the first unit of the edge: y goes down, so right of right is below */
      int x = (int) a->x - (step_x < 0 || step_y > 0), y = (int) a->y - (step_y < 0 || step_x < 0);

      for (int k = 0; k < length; k++)
        add_pixel (border, x + k * step_x, y + k * step_y);
    }
  /* the last pixel may be the first one again */
  if (border->len > 2 && g_array_index (border, int, 0) == g_array_index (border, int, border->len - 2) &&
      g_array_index (border, int, 1) == g_array_index (border, int, border->len - 1))
    g_array_set_size (border, border->len - 2);
}

static double
doubled_area (const MgPoint *points, guint n)
{
  double area = 0;

  for (guint i = 0; i < n; i++)
    area += points[i].x * points[(i + 1) % n].y - points[i].y * points[(i + 1) % n].x;
  return area;
}

/* The longest outer border only: the format has no place for parts and holes. */
static gboolean
add_line (const MgOutline *outline, gpointer data, GError **error)
{
  Writing *writing = data;
  guint start = 0;

  g_array_set_size (writing->longest, 0);
  for (guint i = 0; i < outline->ends->len; i++)
    {
      guint end = g_array_index (outline->ends, guint, i);
      const MgPoint *points = &g_array_index (outline->points, MgPoint, start);

      if (doubled_area (points, end - start) > 0)
        collect_border (points, end - start, writing->border);
      if (writing->border->len > writing->longest->len)
        {
          GArray *swap = writing->longest;

          writing->longest = writing->border;
          writing->border = swap;
        }
      g_array_set_size (writing->border, 0);
      start = end;
    }
  for (guint i = 0; i < writing->longest->len; i++)
    g_string_append_printf (writing->text, i > 0 ? ",%d" : "%d", g_array_index (writing->longest, int, i));
  g_string_append_c (writing->text, '\n');
  if (writing->text->len < FLUSH_BYTES)
    return TRUE;
  if (!mg_atomic_file_write (writing->atomic, writing->text->str, writing->text->len, error))
    return FALSE;
  g_string_truncate (writing->text, 0);
  return TRUE;
}

gboolean
_mg_cellpose_outlines_write (GFile *file,
                             MgLabels *labels,
                             GCancellable *cancellable,
                             GError **error)
{
  g_autoptr (MgAtomicFile) atomic = mg_atomic_file_new (file, error);
  Writing writing = { atomic };
  gboolean ok;

  if (atomic == NULL)
    return FALSE;
  writing.text = g_string_new (NULL);
  writing.border = g_array_new (FALSE, FALSE, sizeof (int));
  writing.longest = g_array_new (FALSE, FALSE, sizeof (int));
  ok = mg_labels_trace (labels, add_line, &writing, cancellable, error) &&
       mg_atomic_file_write (atomic, writing.text->str, writing.text->len, error) && mg_atomic_file_commit (atomic, error);
  g_string_free (writing.text, TRUE);
  g_array_unref (writing.border);
  g_array_unref (writing.longest);
  return ok;
}
