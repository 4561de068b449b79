#include "annotate/mask-edit.h"
#include "annotate/mask-private.h"
#include "image/runs.h"

#define FIRST_REACH_PX 64
#define REACH_FACTOR   4

static void
append_background (MgMask *mask,
                   const MgRect *box,
                   int y,
                   guint32 *row,
                   GArray *runs)
{
  mg_mask_read (mask, &(MgRect){ box->x, y, box->width, 1 }, row, 0);
  for (int x = 0; x < box->width; x++)
    {
      MgRun run = { y, box->x + x, 0, 0, runs->len };

      if (row[x] != 0)
        continue;
      while (x < box->width && row[x] == 0)
        x++;
      run.x1 = box->x + x;
      g_array_append_val (runs, run);
    }
}

/* The background of the box that is connected to a pixel of it. */
static GArray *
find_region (MgMask *mask,
             const MgRect *box,
             int at_x,
             int at_y)
{
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (MgRun));
  GArray *region = g_array_new (FALSE, FALSE, sizeof (MgRun));
  g_autofree guint32 *row = g_new (guint32, box->width);
  guint above = 0, root = G_MAXUINT;

  for (int y = box->y; y < box->y + box->height; y++)
    {
      guint begin = all->len;

      append_background (mask, box, y, row, all);
      mg_runs_join_rows ((MgRun *) all->data, above, begin, all->len, FALSE);
      above = begin;
    }

  MgRun *runs = (MgRun *) all->data;

  for (guint i = 0; i < all->len && root == G_MAXUINT; i++)
    if (runs[i].y == at_y && runs[i].x0 <= at_x && at_x < runs[i].x1)
      root = mg_runs_root (runs, i);
  for (guint i = 0; i < all->len; i++)
    if (mg_runs_root (runs, i) == root)
      g_array_append_val (region, runs[i]);
  return region;
}

/* Whether it goes on outside of the box. */
static gboolean
leaves (const GArray *region,
        const MgRect *box,
        MgMask *mask)
{
  for (guint i = 0; i < region->len; i++)
    {
      const MgRun *run = &g_array_index (region, MgRun, i);

      if ((run->x0 == box->x && box->x > 0) || (run->y == box->y && box->y > 0) ||
          (run->x1 == box->x + box->width && run->x1 < mask->width) ||
          (run->y == box->y + box->height - 1 && run->y < mask->height - 1))
        return TRUE;
    }
  return FALSE;
}

/* The only label around a region: it is a hole in that instance. 0 when there
 * are several, or the image ends there. */
static guint32
find_owner (MgMask *mask,
            const GArray *region)
{
  guint32 owner = 0;

  for (guint i = 0; i < region->len; i++)
    {
      const MgRun *run = &g_array_index (region, MgRun, i);

      if (run->x0 == 0 || run->y == 0 || run->x1 == mask->width || run->y == mask->height - 1)
        return 0;
      for (int x = run->x0 - 1; x <= run->x1; x++)
        for (int dy = -1; dy <= 1; dy++)
          {
            guint32 label = (dy == 0) == (x < run->x0 || x == run->x1) ? mg_mask_get (mask, x, run->y + dy) : 0;

            if (label == MG_LABEL_IGNORED || (label != 0 && owner != 0 && label != owner))
              return 0;
            owner = label != 0 ? label : owner;
          }
    }
  return owner;
}

/**
 * mg_mask_edit_flood:
 * @x: column of a background pixel
 * @y: row
 * @reach: pixels to each side that the region may extend to
 *
 * Fills the background around a pixel up to the next boundary (of instances,
 * ignored pixels, the image): a hole in one instance becomes part of it,
 * anything else a new instance. Background that goes farther than @reach, or
 * is more than half of the image, is taken for open and left alone.
 *
 * Returns: the label given, 0 when nothing was filled
 */
guint32
mg_mask_edit_flood (MgMaskEdit *edit,
                    int x,
                    int y,
                    int reach)
{
  MgMask *mask = edit->mask;
  MgRect whole = { 0, 0, mask->width, mask->height };
  gint64 area = 0;
  guint32 label;

  for (int r = MIN (FIRST_REACH_PX, reach);; r = MIN (r * REACH_FACTOR, reach))
    {
      MgRect box = { x - r, y - r, 2 * r + 1, 2 * r + 1 };
      g_autoptr (GArray) region = NULL;

      if (!mg_rect_intersect (&box, &whole, &box))
        return 0;
      region = find_region (mask, &box, x, y);
      if (leaves (region, &box, mask))
        {
          if (r == reach)
            return 0;
          continue;
        }
      for (guint i = 0; i < region->len; i++)
        area += g_array_index (region, MgRun, i).x1 - g_array_index (region, MgRun, i).x0;
      if (area == 0 || 2 * area > (gint64) whole.width * whole.height)
        return 0;
      label = find_owner (mask, region);
      label = label != 0 ? label : mg_label_table_new_label (&edit->table);
      edit->rule = (MgMaskRule){ .value = label };
      for (guint i = 0; i < region->len; i++)
        {
          const MgRun *run = &g_array_index (region, MgRun, i);

          mg_mask_edit_span (run->y, run->x0, run->x1, edit);
        }
      return label;
    }
}
