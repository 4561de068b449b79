#include "annotate/mask-edit.h"
#include "annotate/mask-private.h"

#define TILE MG_MASK_TILE_PX

/* Pixels that do not belong to the label are grouped into regions of
 * 4-neighbours; regions that reach the edge of the label's box lie outside. They
 * are put together from parts of tiles: a tile without the label is one part,
 * however large the box, and only what the label's outline runs through is looked
 * at row by row (as in image/runs.h). */

/* A run of a row of one tile, or all that the box has of it. */
typedef struct
{
  int x0, x1, y0, y1; /* one past the last */
  guint parent;       /* as in MgRun */
  gboolean outside;   /* of a root: its region reaches the edge of the box */
  gboolean open;      /* of a root: it has background, not just other instances */
} Part;

typedef struct
{
  MgMask *mask;
  guint32 label;
  gboolean before; /* tiles are added as they were when the edit in hand began */
  MgRect box;
  int left, top, columns, rows; /* its tiles */
  GArray *parts;                /* owned: of Part, tile by tile, in each by rows */
  guint *first;                 /* owned: the first part of each tile, and one past the last of all */
} Survey;

static void
survey_clear (Survey *survey)
{
  g_clear_pointer (&survey->parts, g_array_unref);
  g_clear_pointer (&survey->first, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Survey, survey_clear)

static inline Part *
get_part (const Survey *survey,
          guint i)
{
  return (Part *) (gpointer) survey->parts->data + i;
}

static guint
find_root (const Survey *survey,
           guint i)
{
  Part *parts = get_part (survey, 0);

  while (parts[i].parent != i)
    {
      parts[i].parent = parts[parts[i].parent].parent;
      i = parts[i].parent;
    }
  return i;
}

static void
join (const Survey *survey,
      guint a,
      guint b)
{
  Part *first, *second;

  a = find_root (survey, a);
  b = find_root (survey, b);
  first = get_part (survey, MIN (a, b));
  second = get_part (survey, MAX (a, b));
  first->outside |= second->outside;
  first->open |= second->open;
  second->parent = MIN (a, b);
}

/* The n-th tile of the box, and what the box has of it. */
static guint
get_tile (const Survey *survey,
          guint n,
          MgRect *in)
{
  guint index = (guint) (survey->top + (int) n / survey->columns) * (guint) survey->mask->tiles_x +
                (guint) (survey->left + (int) n % survey->columns);
  MgRect rect;

  _mg_mask_tile_rect (survey->mask, index, &rect);
  mg_rect_intersect (&rect, &survey->box, in);
  return index;
}

static void
add_part (Survey *survey,
          int x0,
          int x1,
          int y0,
          int y1,
          gboolean open)
{
  const MgRect *box = &survey->box;
  gboolean outside = x0 == box->x || y0 == box->y || x1 == box->x + box->width || y1 == box->y + box->height;
  Part part = { x0, x1, y0, y1, survey->parts->len, outside, open };

  g_array_append_val (survey->parts, part);
}

/* Joins parts that touch across the rows above and below `y`: those from `above`
 * on that end there with those from `below` on that begin there. */
static void
join_rows (const Survey *survey,
           int y,
           guint above,
           guint above_end,
           guint below,
           guint below_end)
{
  for (guint i = below, j = above; i < below_end && get_part (survey, i)->y0 == y; i++)
    {
      const Part *part = get_part (survey, i);

      while (j < above_end && (get_part (survey, j)->y1 != y || get_part (survey, j)->x1 <= part->x0))
        j++;
      for (guint k = j; k < above_end && get_part (survey, k)->x0 < part->x1; k++)
        if (get_part (survey, k)->y1 == y)
          join (survey, i, k);
    }
}

/* The same across the columns beside `x`; there is one part a row at most. */
static void
join_columns (const Survey *survey,
              int x,
              guint left,
              guint left_end,
              guint right,
              guint right_end)
{
  for (guint i = right, j = left; i < right_end; i++)
    {
      const Part *part = get_part (survey, i);

      if (part->x0 != x)
        continue;
      while (j < left_end && (get_part (survey, j)->x1 != x || get_part (survey, j)->y1 <= part->y0))
        j++;
      for (guint k = j; k < left_end && get_part (survey, k)->y0 < part->y1; k++)
        if (get_part (survey, k)->x1 == x)
          join (survey, i, k);
    }
}

static void
add_row (Survey *survey,
         const MgMaskTile *tile,
         const MgRect *in,
         int y)
{
  int end = in->x + in->width, x0 = -1;
  gboolean open = FALSE;

  for (int x = in->x, n; x < end; x += n)
    {
      guint32 here;

      n = (int) mg_mask_tile_run (tile, (y % TILE) * TILE + x % TILE, end - x, &here);
      if (here != survey->label && x0 < 0)
        x0 = x;
      open |= here == 0;
      if (here == survey->label && x0 >= 0)
        {
          add_part (survey, x0, x, y, y + 1, open);
          x0 = -1;
          open = FALSE;
        }
    }
  if (x0 >= 0)
    add_part (survey, x0, end, y, y + 1, open);
}

static void
add_tile (Survey *survey,
          guint n)
{
  MgRect in;
  const MgMaskTile *tile = _mg_mask_peek_tile (survey->mask, get_tile (survey, n, &in), survey->before);
  guint above = survey->parts->len;

  if (!mg_mask_tile_may_have (tile, survey->label))
    {
      add_part (survey, in.x, in.x + in.width, in.y, in.y + in.height, TRUE);
      return;
    }
  for (int y = in.y; y < in.y + in.height; y++)
    {
      guint begin = survey->parts->len;

      add_row (survey, tile, &in, y);
      join_rows (survey, y, above, begin, begin, survey->parts->len);
      above = begin;
    }
}

static void
make_survey (Survey *survey,
             MgMask *mask,
             guint32 label,
             const MgRect *box)
{
  guint columns, n;

  *survey = (Survey){ .mask = mask, .label = label, .box = *box };
  survey->left = box->x / TILE;
  survey->top = box->y / TILE;
  survey->columns = (box->x + box->width - 1) / TILE - survey->left + 1;
  survey->rows = (box->y + box->height - 1) / TILE - survey->top + 1;
  columns = (guint) survey->columns;
  n = columns * (guint) survey->rows;
  survey->parts = g_array_new (FALSE, FALSE, sizeof (Part));
  survey->first = g_new0 (guint, n + 1);
  for (guint i = 0; i < n; i++)
    {
      const guint *first = survey->first;
      MgRect in;

      add_tile (survey, i);
      survey->first[i + 1] = survey->parts->len;
      get_tile (survey, i, &in);
      if (i % columns > 0)
        join_columns (survey, in.x, first[i - 1], first[i], first[i], first[i + 1]);
      if (i >= columns)
        join_rows (survey, in.y, first[i - columns], first[i - columns + 1], first[i], first[i + 1]);
    }
}

static gboolean
is_changed (const Survey *survey,
            guint n)
{
  MgRect in;

  return survey->mask->slots[get_tile (survey, n, &in)] != 0;
}

/* Whether the tile, or one beside it, was changed by the edit in hand: what a
 * stroke newly encloses it touches. */
static gboolean
is_near_changes (const Survey *survey,
                 guint n)
{
  guint columns = (guint) survey->columns;

  return is_changed (survey, n) || (n % columns > 0 && is_changed (survey, n - 1)) ||
         (n % columns + 1 < columns && is_changed (survey, n + 1)) || (n >= columns && is_changed (survey, n - columns)) ||
         (n + columns < columns * (guint) survey->rows && is_changed (survey, n + columns));
}

/* Joins parts of one tile that have a pixel in common. */
static void
join_common (const Survey *survey,
             guint now,
             guint now_end,
             guint before,
             guint before_end)
{
  for (guint i = now, j = before; i < now_end; i++)
    {
      const Part *part = get_part (survey, i);

      while (j < before_end && get_part (survey, j)->y1 <= part->y0)
        j++;
      for (guint k = j; k < before_end && get_part (survey, k)->y0 < part->y1; k++)
        if (get_part (survey, k)->x0 < part->x1 && get_part (survey, k)->x1 > part->x0)
          join (survey, i, k);
    }
}

/* Where the parts of a tile begin and end that are those before the edit. */
static const guint *
get_before (const Survey *survey,
            const guint *changed,
            guint n)
{
  return is_changed (survey, n) ? &changed[2 * n] : &survey->first[n];
}

/* Takes the edit back in the survey: an instance only gained pixels by it, so that
 * regions only grow together, through the tiles that it changed. */
static void
go_back (Survey *survey)
{
  guint columns = (guint) survey->columns, n_tiles = columns * (guint) survey->rows;
  g_autofree guint *changed = g_new0 (guint, 2 * n_tiles);

  survey->before = TRUE;
  for (guint n = 0; n < n_tiles; n++)
    if (is_changed (survey, n))
      {
        changed[2 * n] = survey->parts->len;
        add_tile (survey, n);
        changed[2 * n + 1] = survey->parts->len;
        join_common (survey, survey->first[n], survey->first[n + 1], changed[2 * n], changed[2 * n + 1]);
      }
  for (guint n = 0; n < n_tiles; n++)
    {
      const guint *here = get_before (survey, changed, n), *left, *above;
      MgRect in;

      get_tile (survey, n, &in);
      if (n % columns > 0 && (is_changed (survey, n) || is_changed (survey, n - 1)))
        {
          left = get_before (survey, changed, n - 1);
          join_columns (survey, in.x, left[0], left[1], here[0], here[1]);
        }
      if (n >= columns && (is_changed (survey, n) || is_changed (survey, n - columns)))
        {
          above = get_before (survey, changed, n - columns);
          join_rows (survey, in.y, above[0], above[1], here[0], here[1]);
        }
    }
}

static void
fill_part (MgMaskEdit *edit,
           const Survey *survey,
           guint n,
           const Part *part)
{
  MgRect in;
  guint index = get_tile (survey, n, &in);

  if (part->x1 - part->x0 == TILE && part->y1 - part->y0 == TILE && mg_mask_edit_fill_tile (edit, index))
    return;
  for (int y = part->y0; y < part->y1; y++)
    mg_mask_edit_span (y, part->x0, part->x1, edit);
}

/* A part of a region that is enclosed and has background. */
typedef struct
{
  guint tile, part, root;
} Enclosed;

/* All of them; none where no region of them can be new. */
static GArray *
find_enclosed (const Survey *survey,
               gboolean only_new)
{
  GArray *all = g_array_new (FALSE, FALSE, sizeof (Enclosed));
  gboolean any = !only_new;

  for (guint n = 0; n < (guint) (survey->columns * survey->rows); n++)
    for (guint i = survey->first[n]; i < survey->first[n + 1]; i++)
      {
        Enclosed enclosed = { n, i, find_root (survey, i) };
        const Part *root = get_part (survey, enclosed.root);

        if (!root->open || root->outside)
          continue;
        g_array_append_val (all, enclosed);
        any = any || is_near_changes (survey, n);
      }
  if (!any)
    g_array_set_size (all, 0);
  return all;
}

/**
 * mg_mask_edit_fill:
 * @label: an instance
 * @only_new: leave alone what it enclosed before the edit in hand began, which
 *   has but added to it
 *
 * Gives the instance the background that it encloses (that 4-neighbour steps
 * cannot leave without crossing it). Other instances in there stay. Looks at the
 * pixels of tiles that the instance has a part of.
 */
void
mg_mask_edit_fill (MgMaskEdit *edit,
                   guint32 label,
                   gboolean only_new)
{
  const MgLabelInfo *info = mg_label_table_find (&edit->table, label);
  g_auto (Survey) survey = { 0 };
  g_autoptr (GArray) all = NULL;
  gboolean had_pixels;
  MgRect box;

  if (label == 0 || info == NULL || info->area == 0)
    return;
  box = info->box;
  /* ignored pixels may lie all over the image: only what the stroke went round */
  if (only_new && label == MG_LABEL_IGNORED)
    mg_rect_union (&edit->total, &edit->damage, &box);
  had_pixels = only_new && info->area > info->delta;
  make_survey (&survey, edit->mask, label, &box);
  all = find_enclosed (&survey, only_new);
  if (had_pixels && all->len > 0)
    go_back (&survey);
  edit->rule = (MgMaskRule){ .value = label };
  for (guint i = 0; i < all->len; i++)
    {
      const Enclosed *enclosed = &g_array_index (all, Enclosed, i);

      if (!had_pixels || get_part (&survey, find_root (&survey, enclosed->root))->outside)
        fill_part (edit, &survey, enclosed->tile, get_part (&survey, enclosed->part));
    }
}
