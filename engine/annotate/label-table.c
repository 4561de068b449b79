#include "annotate/label-table.h"

#define FIRST_BITS 4

void
mg_label_table_init (MgLabelTable *table)
{
  *table = (MgLabelTable){ 0 };
  table->touched = g_array_new (FALSE, FALSE, sizeof (guint));
}

void
mg_label_table_clear (MgLabelTable *table)
{
  g_clear_pointer (&table->infos, g_free);
  g_clear_pointer (&table->slots, g_free);
  g_clear_pointer (&table->touched, g_array_unref);
  *table = (MgLabelTable){ 0 };
}

/* Where a label stands, or the free slot where it would: neighbours follow one
 * another (multiplicative hashing, Knuth, The Art of Computer Programming 3, 6.4). */
static guint
find_slot (const MgLabelTable *table,
           guint32 label)
{
  guint mask = (1u << table->n_bits) - 1;
  guint slot = label * 2654435769u >> (32 - table->n_bits);

  while (table->slots[slot] != 0 && table->infos[table->slots[slot] - 1].label != label)
    slot = (slot + 1) & mask;
  return slot;
}

/* Room for so many records; at most half of the slots are taken. */
static void
reserve (MgLabelTable *table,
         guint n)
{
  guint bits = MAX (table->n_bits, FIRST_BITS);

  if (n > table->n_alloc)
    {
      table->n_alloc = MAX (n, table->n_alloc + table->n_alloc / 2);
      table->infos = g_renew (MgLabelInfo, table->infos, table->n_alloc);
    }
  while (n > 1u << (bits - 1))
    bits++;
  if (bits == table->n_bits)
    return;
  g_free (table->slots);
  table->slots = g_new0 (guint32, (gsize) 1 << bits);
  table->n_bits = bits;
  for (guint i = 0; i < table->n; i++)
    table->slots[find_slot (table, table->infos[i].label)] = i + 1;
}

/* The record of a label, until the next is added; NULL for one never seen. */
MgLabelInfo *
mg_label_table_find (MgLabelTable *table,
                     guint32 label)
{
  guint place;

  if (table->n == 0)
    return NULL;
  /* who goes through many mostly does so in their order */
  if (table->infos[table->last].label != label && table->last + 1 < table->n &&
      table->infos[table->last + 1].label == label)
    table->last++;
  if (table->infos[table->last].label != label)
    {
      place = table->slots[find_slot (table, label)];
      if (place == 0)
        return NULL;
      table->last = place - 1;
    }
  return &table->infos[table->last];
}

static MgLabelInfo *
find_or_add (MgLabelTable *table,
             guint32 label)
{
  MgLabelInfo *info = mg_label_table_find (table, label);

  if (info != NULL)
    return info;
  reserve (table, table->n + 1);
  table->slots[find_slot (table, label)] = table->n + 1;
  table->last = table->n++;
  info = &table->infos[table->last];
  *info = (MgLabelInfo){ .label = label };
  return info;
}

static void
change_area (MgLabelTable *table,
             MgLabelInfo *info,
             gint64 n)
{
  gboolean was = info->area > 0;

  info->area += n;
  g_assert (info->area >= 0);
  if (info->label == MG_LABEL_IGNORED)
    return;
  table->n_instances += (info->area > 0) - was;
  table->max = MAX (table->max, info->label);
}

/* Notes that a label gained n pixels (lost, when negative) inside `where`. */
void
mg_label_table_add (MgLabelTable *table,
                    guint32 label,
                    gint64 n,
                    const MgRect *where)
{
  MgLabelInfo *info;

  if (label == 0 || n == 0)
    return;
  info = find_or_add (table, label);
  if (n > 0)
    mg_rect_union (&info->box, where, &info->box);
  if (!info->touched)
    {
      info->touched = TRUE;
      g_array_append_val (table->touched, table->last);
    }
  info->delta += n;
  change_area (table, info, n);
}

/* A number no instance has or has had (while there are any left), so that
 * an id named in a note or a table never comes to mean another cell. */
guint32
mg_label_table_new_label (MgLabelTable *table)
{
  guint32 label = 1;

  if (table->max < MG_LABEL_IGNORED - 1)
    return table->max + 1;
  while (label < MG_LABEL_IGNORED - 1 && mg_label_table_find (table, label) != NULL)
    label++;
  return label;
}

/* Takes back the last number given, after an edit that came to nothing. */
void
mg_label_table_forget (MgLabelTable *table,
                       guint32 label)
{
  MgLabelInfo *info = mg_label_table_find (table, label);

  if (info == NULL || info->area > 0 || info->touched || label != table->max)
    return;
  info->box = (MgRect){ 0 };
  table->max = label - 1;
}

/* Ends an edit: returns (transfer full) how it changed the areas. */
GArray *
mg_label_table_end (MgLabelTable *table)
{
  GArray *deltas = g_array_sized_new (FALSE, FALSE, sizeof (MgLabelDelta), table->touched->len);

  for (guint i = 0; i < table->touched->len; i++)
    {
      MgLabelInfo *info = &table->infos[g_array_index (table->touched, guint, i)];
      MgLabelDelta delta = { info->label, info->delta };

      if (delta.delta != 0)
        g_array_append_val (deltas, delta);
      info->delta = 0;
      info->touched = FALSE;
    }
  g_array_set_size (table->touched, 0);
  return deltas;
}

/* Repeats (sign 1) or takes back (sign -1) what an edit did to the areas. */
void
mg_label_table_apply (MgLabelTable *table,
                      const GArray *deltas,
                      int sign)
{
  for (guint i = 0; i < deltas->len; i++)
    {
      const MgLabelDelta *delta = &g_array_index (deltas, MgLabelDelta, i);

      change_area (table, find_or_add (table, delta->label), sign * delta->delta);
    }
}

/* Adds the records of another table, between edits; no label may be in both
 * with pixels. */
void
mg_label_table_take (MgLabelTable *table,
                     const MgLabelTable *other)
{
  reserve (table, table->n + other->n);
  for (guint i = 0; i < other->n; i++)
    {
      const MgLabelInfo *from = &other->infos[i];
      MgLabelInfo *info = find_or_add (table, from->label);

      mg_rect_union (&info->box, &from->box, &info->box);
      change_area (table, info, from->area);
    }
}
