#include "annotate/mask-edit.h"

#include "annotate/mask-private.h"

#define TILE MG_MASK_TILE_PX

static void
count_tile (MgLabelTable *table,
            const MgMaskTile *tile,
            const MgRect *rect)
{
  for (int y = 0; y < rect->height; y++)
    for (int x = 0, n; x < rect->width; x += n)
      {
        guint32 label;

        n = (int) mg_mask_tile_run (tile, y * TILE + x, rect->width - x, &label);
        mg_label_table_add (table, label, n, &(MgRect){ rect->x + x, rect->y + y, n, 1 });
      }
}

/**
 * mg_mask_edit_init:
 * @mask: (transfer full): the mask
 *
 * Counts what is on it already, once.
 */
void
mg_mask_edit_init (MgMaskEdit *edit,
                   MgMask *mask)
{
  *edit = (MgMaskEdit){ .mask = mask };
  mg_label_table_init (&edit->table);
  for (guint i = 0; i < (guint) mask->tiles_x * mask->tiles_y; i++)
    {
      MgRect rect;

      _mg_mask_tile_rect (mask, i, &rect);
      if (mask->tiles[i] != NULL)
        count_tile (&edit->table, mask->tiles[i], &rect);
    }
  g_array_unref (mg_label_table_end (&edit->table));
}

void
mg_mask_edit_clear (MgMaskEdit *edit)
{
  g_clear_pointer (&edit->mask, mg_mask_free);
  mg_label_table_clear (&edit->table);
  g_clear_pointer (&edit->touched, g_free);
}

static inline gboolean
replaces (const MgMaskRule *rule,
          guint32 old)
{
  if (old == rule->value)
    return FALSE;
  return rule->any || old == rule->victim || (rule->over_ignored && old == MG_LABEL_IGNORED);
}

/* Writes the part of a span that lies in one tile. */
static void
write_segment (MgMaskEdit *edit,
               int y,
               int x0,
               int x1)
{
  MgMask *mask = edit->mask;
  const MgMaskRule rule = edit->rule;
  guint index = (guint) (y / TILE) * mask->tiles_x + x0 / TILE;
  gint64 n_written = 0;
  MgRect changed = { 0 };

  for (int x = x0, n; x < x1; x += n)
    {
      guint at = (y % TILE) * TILE + x % TILE;
      guint32 old;

      n = (int) mg_mask_tile_run (mask->tiles[index], at, x1 - x, &old);
      if (!replaces (&rule, old))
        continue;
      mg_mask_tile_fill (_mg_mask_write_tile (mask, index), at, n, rule.value);

      MgRect run = { x, y, n, 1 };

      mg_label_table_add (&edit->table, old, -n, &run);
      mg_rect_union (&changed, &run, &changed);
      n_written += n;
    }
  mg_label_table_add (&edit->table, rule.value, n_written, &changed);
  mg_rect_union (&edit->damage, &changed, &edit->damage);
}

/**
 * mg_mask_edit_span:
 * @y: row inside the mask
 * @x0: first column inside it
 * @x1: one past the last
 * @data: a MgMaskEdit
 *
 * Writes one span by the edit's rule. Tiles in which nothing changes are
 * neither copied nor made.
 */
void
mg_mask_edit_span (int y,
                   int x0,
                   int x1,
                   gpointer data)
{
  for (int x = x0, end; x < x1; x = end)
    {
      end = MIN (x - x % TILE + TILE, x1);
      write_segment (data, y, x, end);
    }
}

/**
 * mg_mask_edit_fill_tile:
 * @index: a tile that lies wholly inside of the mask
 *
 * Writes all of it by the edit's rule, which replaces the background.
 *
 * Returns: %FALSE, with nothing written, where it has any label
 */
gboolean
mg_mask_edit_fill_tile (MgMaskEdit *edit,
                        guint index)
{
  MgRect rect;

  if (!mg_mask_tile_is_background (edit->mask->tiles[index]))
    return FALSE;
  _mg_mask_tile_rect (edit->mask, index, &rect);
  _mg_mask_set_tile (edit->mask, index, mg_mask_tile_new_uniform (edit->rule.value));
  mg_label_table_add (&edit->table, edit->rule.value, MG_TILE_PIXELS, &rect);
  mg_rect_union (&edit->damage, &rect, &edit->damage);
  return TRUE;
}

/**
 * mg_mask_edit_stroke:
 *
 * Stamps one piece of a stroke by the edit's rule.
 */
void
mg_mask_edit_stroke (MgMaskEdit *edit,
                     const MgDab *from,
                     const MgDab *to)
{
  MgRect whole = { 0, 0, edit->mask->width, edit->mask->height };

  mg_brush_capsule (from, to, &whole, mg_mask_edit_span, edit);
}

/**
 * mg_mask_edit_polygon:
 * @points: (array length=n): corners
 *
 * Writes what the polygon winds around by the edit's rule.
 */
void
mg_mask_edit_polygon (MgMaskEdit *edit,
                      const MgPoint *points,
                      guint n)
{
  MgRect whole = { 0, 0, edit->mask->width, edit->mask->height };

  mg_polygon_spans (points, n, &whole, mg_mask_edit_span, edit);
}

/**
 * mg_mask_edit_relabel:
 * @label: whose pixels change hands
 * @value: what they become; 0 for background
 */
void
mg_mask_edit_relabel (MgMaskEdit *edit,
                      guint32 label,
                      guint32 value)
{
  const MgLabelInfo *info = mg_label_table_find (&edit->table, label);

  if (label == 0 || info == NULL)
    return;

  MgRect box = info->box;

  edit->rule = (MgMaskRule){ .value = value, .victim = label };
  for (int y = box.y; y < box.y + box.height; y++)
    mg_mask_edit_span (y, box.x, box.x + box.width, edit);
}

static gboolean
row_has (MgMask *mask,
         guint32 label,
         int y,
         int x0,
         int x1,
         int *first,
         int *last)
{
  gboolean found = FALSE;

  for (int x = x0, n; x < x1; x += n)
    {
      const MgMaskTile *tile = mask->tiles[(guint) (y / TILE) * mask->tiles_x + x / TILE];
      guint32 here;

      n = (int) mg_mask_tile_run (tile, (y % TILE) * TILE + x % TILE, MIN (TILE - x % TILE, x1 - x), &here);
      if (here == label)
        {
          *first = MIN (*first, x);
          *last = MAX (*last, x + n - 1);
          found = TRUE;
        }
    }
  return found;
}

/**
 * mg_mask_edit_find_box:
 * @label: an instance
 * @box: (out): the smallest box that holds it now
 *
 * Reads the part of the mask it has been in.
 *
 * Returns: FALSE when it has no pixels
 */
gboolean
mg_mask_edit_find_box (MgMaskEdit *edit,
                       guint32 label,
                       MgRect *box)
{
  const MgLabelInfo *info = mg_label_table_find (&edit->table, label);
  int x0 = G_MAXINT, x1 = -1, y0 = -1, y1 = -1;

  if (label == 0 || info == NULL || info->area == 0)
    return FALSE;
  for (int y = info->box.y; y < info->box.y + info->box.height; y++)
    if (row_has (edit->mask, label, y, info->box.x, info->box.x + info->box.width, &x0, &x1))
      {
        y0 = y0 < 0 ? y : y0;
        y1 = y;
      }
  *box = (MgRect){ x0, y0, x1 - x0 + 1, y1 - y0 + 1 };
  return TRUE;
}

/**
 * mg_mask_edit_remove_all:
 *
 * Everything becomes background; whole tiles are let go, no pixel is written.
 */
void
mg_mask_edit_remove_all (MgMaskEdit *edit)
{
  for (guint i = 0; i < edit->table.n; i++)
    {
      MgLabelInfo *info = &edit->table.infos[i];

      if (info->area > 0)
        mg_rect_union (&edit->damage, &info->box, &edit->damage);
      mg_label_table_add (&edit->table, info->label, -info->area, &info->box);
    }
  for (guint i = 0; i < (guint) edit->mask->tiles_x * edit->mask->tiles_y; i++)
    _mg_mask_set_tile (edit->mask, i, NULL);
}

/**
 * mg_mask_edit_take_damage:
 * @damage: (out): the pixels changed since the last call
 *
 * Returns: FALSE when none were
 */
gboolean
mg_mask_edit_take_damage (MgMaskEdit *edit,
                          MgRect *damage)
{
  *damage = edit->damage;
  mg_rect_union (&edit->total, damage, &edit->total);
  edit->damage = (MgRect){ 0 };
  return !mg_rect_is_empty (damage);
}
