#include "annotate/mask-edit.h"
#include "annotate/mask-private.h"
#include "image/runs.h"

#define TILE MG_MASK_TILE_PX

/* Pixels that do not belong to the label are grouped into regions of
 * 4-neighbours; regions that reach the edge of the label's box lie outside. */

static void
append_row (GArray *runs,
            MgMask *mask,
            guint32 label,
            const MgRect *box,
            int y,
            gboolean before)
{
  int end = box->x + box->width, open = -1;

  for (int x = box->x, n = 0; x <= end; x += n)
    {
      guint32 here = label; /* what ends the last run */

      if (x < end)
        n = (int) mg_mask_tile_run (_mg_mask_peek_tile (mask, (guint) (y / TILE) * mask->tiles_x + x / TILE, before),
                                    (y % TILE) * TILE + x % TILE, MIN (TILE - x % TILE, end - x), &here);
      else
        n = 1;
      if (here != label && open < 0)
        open = x;
      if (here == label && open >= 0)
        {
          MgRun run = { y, open, x, 0, runs->len };

          g_array_append_val (runs, run);
          open = -1;
        }
    }
}

static gboolean
is_at_edge (const MgRun *run,
            const MgRect *box)
{
  return run->y == box->y || run->y == box->y + box->height - 1 ||
         run->x0 == box->x || run->x1 == box->x + box->width;
}

/* The runs of the box that the label surrounds, row by row from the left. */
static GArray *
enclosed_runs (MgMask *mask,
               guint32 label,
               const MgRect *box,
               gboolean before)
{
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (MgRun));
  GArray *enclosed = g_array_new (FALSE, FALSE, sizeof (MgRun));
  g_autofree gboolean *outside = NULL;
  guint above = 0;
  MgRun *runs;

  for (int y = box->y; y < box->y + box->height; y++)
    {
      guint begin = all->len;

      append_row (all, mask, label, box, y, before);
      mg_runs_join_rows ((MgRun *) all->data, above, begin, all->len, FALSE);
      above = begin;
    }
  runs = (MgRun *) all->data;
  outside = g_new0 (gboolean, all->len + 1);
  for (guint i = 0; i < all->len; i++)
    outside[mg_runs_root (runs, i)] |= is_at_edge (&runs[i], box);
  for (guint i = 0; i < all->len; i++)
    if (!outside[mg_runs_root (runs, i)])
      g_array_append_val (enclosed, runs[i]);
  return enclosed;
}

/* Writes the parts of a run that no run of `holes` covers; *next is where to
 * begin looking, both lists being in order. */
static void
write_without (MgMaskEdit *edit,
               const MgRun *run,
               const GArray *holes,
               guint *next)
{
  int x = run->x0;

  for (; *next < holes->len; (*next)++)
    {
      const MgRun *hole = &g_array_index (holes, MgRun, *next);

      if (hole->y > run->y || (hole->y == run->y && hole->x0 >= run->x1))
        break;
      if (hole->y < run->y || hole->x1 <= x)
        continue;
      if (hole->x0 > x)
        mg_mask_edit_span (run->y, x, hole->x0, edit);
      x = MIN (hole->x1, run->x1);
      if (hole->x1 > run->x1)
        break;
    }
  if (x < run->x1)
    mg_mask_edit_span (run->y, x, run->x1, edit);
}

/**
 * mg_mask_edit_fill:
 * @label: an instance
 * @only_new: leave alone what it enclosed before the edit in hand began
 *
 * Gives the instance the background that it encloses (that 4-neighbour steps
 * cannot leave without crossing it). Other instances in there stay.
 */
void
mg_mask_edit_fill (MgMaskEdit *edit,
                   guint32 label,
                   gboolean only_new)
{
  const MgLabelInfo *info = mg_label_table_find (&edit->table, label);

  if (label == 0 || info == NULL || info->area == 0)
    return;

  MgRect box = info->box;

  /* ignored pixels may lie all over the image: only what the stroke went round */
  if (only_new && label == MG_LABEL_IGNORED)
    mg_rect_union (&edit->total, &edit->damage, &box);

  gboolean had_pixels = only_new && info->area > info->delta;
  g_autoptr (GArray) now = enclosed_runs (edit->mask, label, &box, FALSE);
  g_autoptr (GArray) before = NULL;
  guint next = 0;

  if (had_pixels && now->len > 0)
    before = enclosed_runs (edit->mask, label, &box, TRUE);
  else
    before = g_array_new (FALSE, FALSE, sizeof (MgRun));
  edit->rule = (MgMaskRule){ .value = label };
  for (guint i = 0; i < now->len; i++)
    write_without (edit, &g_array_index (now, MgRun, i), before, &next);
}
