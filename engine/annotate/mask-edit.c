#include "annotate/mask-edit.h"

#include "annotate/mask-private.h"

#define TILE MG_MASK_TILE_PX

static void
count_tile (MgLabelTable *table,
            const guint32 *px,
            const MgRect *rect)
{
  for (int y = 0; y < rect->height; y++)
    for (int x = 0, x0 = 0; x < rect->width; x0 = x)
      {
        guint32 label = px[y * TILE + x];

        while (x < rect->width && px[y * TILE + x] == label)
          x++;
        mg_label_table_add (table, label, x - x0,
                            &(MgRect){ rect->x + x0, rect->y + y, x - x0, 1 });
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
        count_tile (&edit->table, mask->tiles[i]->px, &rect);
    }
  g_array_unref (mg_label_table_end (&edit->table));
}

void
mg_mask_edit_clear (MgMaskEdit *edit)
{
  g_clear_pointer (&edit->mask, mg_mask_free);
  mg_label_table_clear (&edit->table);
}

static inline gboolean
replaces (const MgMaskRule *rule,
          guint32 old)
{
  if (old == rule->value)
    return FALSE;
  return rule->any || old == rule->victim || (rule->over_ignored && old == MG_LABEL_IGNORED);
}

/* Writes the part of a span that lies in one tile; px is its row in the tile. */
static void
write_segment (MgMaskEdit *edit,
               guint32 *px,
               int y,
               int x0,
               int x1)
{
  const MgMaskRule rule = edit->rule;
  gint64 n_written = 0;
  MgRect changed = { 0 };

  for (int x = x0; x < x1;)
    {
      guint32 old = px[x - x0];
      int begin = x;

      for (; x < x1 && px[x - x0] == old; x++)
        ;
      if (!replaces (&rule, old))
        continue;
      for (int i = begin; i < x; i++)
        px[i - x0] = rule.value;

      MgRect run = { begin, y, x - begin, 1 };

      mg_label_table_add (&edit->table, old, begin - x, &run);
      mg_rect_union (&changed, &run, &changed);
      n_written += x - begin;
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
  MgMaskEdit *edit = data;
  MgMask *mask = edit->mask;

  for (int x = x0; x < x1;)
    {
      guint index = (guint) (y / TILE) * mask->tiles_x + x / TILE;
      int offset = (y % TILE) * TILE + x % TILE, end = MIN (x - x % TILE + TILE, x1);
      const guint32 *px = _mg_mask_peek_tile (mask, index, FALSE);
      int first = x;

      if (px != NULL)
        while (first < end && !replaces (&edit->rule, px[offset + first - x]))
          first++;
      else if (!replaces (&edit->rule, 0))
        first = end;
      if (first < end)
        write_segment (edit, _mg_mask_write_tile (mask, index) + offset + (first - x), y, first, end);
      x = end;
    }
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

  for (int x = x0; x < x1;)
    {
      int stop = MIN (x - x % TILE + TILE, x1);
      const guint32 *px = _mg_mask_peek_tile (mask, (guint) (y / TILE) * mask->tiles_x + x / TILE, FALSE);

      for (; px != NULL && x < stop; x++)
        if (px[(y % TILE) * TILE + x % TILE] == label)
          {
            *first = MIN (*first, x);
            *last = MAX (*last, x);
            found = TRUE;
          }
      x = stop;
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
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, edit->table.infos);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      MgLabelInfo *info = value;

      if (info->area > 0)
        mg_rect_union (&edit->damage, &info->box, &edit->damage);
      mg_label_table_add (&edit->table, info->label, -info->area, &info->box);
    }
  for (guint i = 0; i < (guint) edit->mask->tiles_x * edit->mask->tiles_y; i++)
    _mg_mask_drop_tile (edit->mask, i);
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
