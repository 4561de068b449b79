/* The history of very many tiles, and the table of very many labels. */
#include "annotate/label-table.h"
#include "annotate/mask-edit.h"
#include "annotate/mask-private.h"
#include "annotate/undo.h"
#include "base/rng.h"

#define W 2000
#define H 1500

/* Of all labels in turn (Fowler, Noll and Vo). */
static guint64
hash_of (MgMask *mask)
{
  g_autofree guint32 *row = g_new (guint32, W);
  guint64 hash = G_GUINT64_CONSTANT (14695981039346656037);

  for (int y = 0; y < H; y++)
    {
      mg_mask_read (mask, &(MgRect){ 0, y, W, 1 }, row, 0);
      for (int x = 0; x < W; x++)
        hash = (hash ^ row[x]) * G_GUINT64_CONSTANT (1099511628211);
    }
  return hash;
}

/* Dots of many labels all over, a few dabs, or everything gone. */
static void
edit_at_random (MgMaskEdit *edit, MgRng *rng)
{
  guint kind = mg_rng_below (rng, 4);

  _mg_mask_begin (edit->mask);
  if (kind == 0)
    mg_mask_edit_remove_all (edit);
  for (guint i = 0; kind > 0 && i < (kind == 1 ? 2000 : 3); i++)
    {
      int x = (int) mg_rng_below (rng, W - 60), y = (int) mg_rng_below (rng, H);

      edit->rule = (MgMaskRule){ .value = 1 + mg_rng_below (rng, 5000), .any = TRUE };
      mg_mask_edit_span (y, x, x + 1 + (int) mg_rng_below (rng, 50), edit);
    }
}

/* The areas that edits kept are those of the pixels. */
static void
check_areas (MgMaskEdit *edit)
{
  MgMaskEdit counted;

  mg_mask_edit_init (&counted, mg_mask_snapshot (edit->mask));
  g_assert_cmpuint (counted.table.n_instances, ==, edit->table.n_instances);
  for (guint i = 0; i < counted.table.n; i++)
    g_assert_cmpint (counted.table.infos[i].area, ==, mg_label_table_find (&edit->table, counted.table.infos[i].label)->area);
  mg_mask_edit_clear (&counted);
}

/* Whatever the thread has packed or let go of by then, undo and redo give what
 * was there, and the areas agree. */
static void
test_random (void)
{
  g_autoptr (MgUndo) undo = mg_undo_new (1500 * 1000);
  g_autoptr (GHashTable) hashes = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  guint n_undone = 0, n_redone = 0;
  MgMaskEdit edit;
  MgRng rng;

  mg_rng_init (&rng, 31, 0);
  mg_mask_edit_init (&edit, mg_mask_new (W, H));
  for (int i = 0; i < 160; i++)
    {
      guint64 state, hash;
      const guint64 *known;
      guint what = mg_rng_below (&rng, 8);
      gboolean redo = what < 2;

      if (mg_rng_below (&rng, 3) == 0)
        {
          mg_undo_settle (undo);
          g_assert_cmpuint (mg_undo_get_bytes (undo), <=, 1500 * 1000);
        }
      if (what < 4)
        {
          const GArray *deltas;
          MgRect damage;

          deltas = mg_undo_step (undo, edit.mask, NULL, redo, &damage, NULL);
          if (deltas != NULL)
            mg_label_table_apply (&edit.table, deltas, redo ? 1 : -1);
          n_undone += deltas != NULL && !redo;
          n_redone += deltas != NULL && redo;
        }
      else
        {
          edit_at_random (&edit, &rng);
          mg_undo_push (undo, _mg_mask_end (edit.mask), mg_label_table_end (&edit.table), NULL, &(MgRect){ 0, 0, W, H }, 0, 0);
        }
      state = mg_undo_get_state (undo);
      hash = hash_of (edit.mask);
      known = g_hash_table_lookup (hashes, &state);
      if (known == NULL)
        g_hash_table_insert (hashes, g_memdup2 (&state, sizeof state), g_memdup2 (&hash, sizeof hash));
      else
        g_assert_cmpuint (hash, ==, *known);
    }
  g_assert_cmpuint (n_undone, >, 10);
  g_assert_cmpuint (n_redone, >, 5);
  check_areas (&edit);
  mg_mask_edit_clear (&edit);
}

/* Few or very many removed, one after the other: nothing else changes. */
static void
test_remove (void)
{
  MgMaskEdit edit;
  MgRng rng;

  mg_rng_init (&rng, 77, 0);
  for (int round = 0; round < 30; round++)
    {
      guint n_labels = round % 3 == 0 ? 8 : 600, share = 1 + mg_rng_below (&rng, 4);
      guint32 base = round % 3 == 1 ? (1u << 26) - 100 : 0; /* on both sides of what has a bit */
      g_autoptr (GHashTable) gone = g_hash_table_new (NULL, NULL);
      g_autoptr (GArray) labels = g_array_new (FALSE, FALSE, sizeof (guint32));
      g_autoptr (MgMask) before = NULL;
      guint32 none = 0, unknown = 99999;

      mg_mask_edit_init (&edit, mg_mask_new (W, H));
      _mg_mask_begin (edit.mask);
      for (int i = 0; i < 3000; i++)
        {
          int x = (int) mg_rng_below (&rng, W - 60), y = (int) mg_rng_below (&rng, H);

          /* those of one place have neighbouring numbers, as cells do; some tiles have hundreds */
          edit.rule = (MgMaskRule){ .value = base + 1 + (guint32) (x / 200 * 50 + y / 200 + (int) mg_rng_below (&rng, 2)) % n_labels, .any = TRUE };
          if (round % 5 == 0 && i > 2000)
            {
              x = (int) mg_rng_below (&rng, 100);
              y = (int) mg_rng_below (&rng, 100);
              edit.rule.value = base + 1 + (guint32) i % n_labels;
            }
          mg_mask_edit_span (y, x, x + 1 + (int) mg_rng_below (&rng, 50), &edit);
        }
      g_array_unref (_mg_mask_end (edit.mask));
      g_array_unref (mg_label_table_end (&edit.table));
      before = mg_mask_snapshot (edit.mask);
      g_array_append_val (labels, none);
      g_array_append_val (labels, unknown);
      for (guint32 label = base + 1; label <= base + n_labels; label++)
        if (share == 1 || mg_rng_below (&rng, share) > 0)
          {
            g_array_append_val (labels, label);
            g_hash_table_add (gone, GUINT_TO_POINTER (label));
          }
      _mg_mask_begin (edit.mask);
      mg_mask_edit_remove (&edit, (const guint32 *) (gpointer) labels->data, labels->len);
      g_array_unref (_mg_mask_end (edit.mask));
      g_array_unref (mg_label_table_end (&edit.table));
      for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++)
          {
            guint32 was = mg_mask_get (before, x, y);

            if (mg_mask_get (edit.mask, x, y) != (g_hash_table_contains (gone, GUINT_TO_POINTER (was)) ? 0 : was))
              g_error ("%d, %d: %u became %u", x, y, was, mg_mask_get (edit.mask, x, y));
          }
      check_areas (&edit);
      mg_mask_edit_clear (&edit);
    }
}

/* Against a plain table: numbers near one another, far apart, and the largest. */
static void
test_labels (void)
{
  g_autoptr (GHashTable) areas = g_hash_table_new (NULL, NULL);
  MgLabelTable table, other;
  guint n = 0;
  MgRng rng;

  mg_rng_init (&rng, 8, 0);
  mg_label_table_init (&table);
  g_assert_null (mg_label_table_find (&table, 0));
  for (int i = 0; i < 60000; i++)
    {
      guint kind = mg_rng_below (&rng, 4);
      guint32 label = kind == 0   ? 1 + mg_rng_below (&rng, 3000)
                      : kind == 1 ? (1 + mg_rng_below (&rng, 200)) << 20
                      : kind == 2 ? (guint32) mg_rng_below (&rng, 500) * 2654435761u
                                  : MG_LABEL_IGNORED;
      gint64 area = GPOINTER_TO_SIZE (g_hash_table_lookup (areas, GUINT_TO_POINTER (label)));
      gint64 gained = area > 0 && mg_rng_below (&rng, 2) ? -(gint64) mg_rng_below (&rng, (guint) area + 1) : mg_rng_below (&rng, 20);

      if (label == 0)
        continue;
      mg_label_table_add (&table, label, gained, &(MgRect){ i % 100, 0, 1, 1 });
      g_hash_table_insert (areas, GUINT_TO_POINTER (label), GSIZE_TO_POINTER (area + gained));
      if (i % 5000 == 0)
        g_array_unref (mg_label_table_end (&table));
    }
  g_array_unref (mg_label_table_end (&table));
  for (int i = 0; i < 2; i++)
    {
      GHashTableIter iter;
      gpointer key, value;

      n = 0;
      g_hash_table_iter_init (&iter, areas);
      while (g_hash_table_iter_next (&iter, &key, &value))
        {
          const MgLabelInfo *info = mg_label_table_find (i == 0 ? &table : &other, GPOINTER_TO_UINT (key));

          g_assert_cmpint (info != NULL ? info->area : 0, ==, GPOINTER_TO_SIZE (value));
          n += value != NULL && key != GUINT_TO_POINTER (MG_LABEL_IGNORED);
        }
      g_assert_cmpuint (i == 0 ? table.n_instances : other.n_instances, ==, n);
      if (i > 0)
        break;
      /* all of it in another */
      mg_label_table_init (&other);
      mg_label_table_take (&other, &table);
      g_assert_cmpuint (other.max, ==, table.max);
    }
  /* the last number taken back is given again, and counts again */
  n = mg_label_table_new_label (&other);
  mg_label_table_add (&other, n, 5, &(MgRect){ 1, 1, 5, 1 });
  mg_label_table_add (&other, n, -5, &(MgRect){ 1, 1, 5, 1 });
  g_array_unref (mg_label_table_end (&other));
  mg_label_table_forget (&other, n);
  g_assert_cmpuint (mg_label_table_new_label (&other), ==, n);
  mg_label_table_add (&other, n, 2, &(MgRect){ 9, 9, 2, 1 });
  g_assert_cmpint (mg_label_table_find (&other, n)->box.x, ==, 9);
  g_assert_cmpuint (mg_label_table_new_label (&other), ==, n + 1);
  mg_label_table_clear (&table);
  mg_label_table_clear (&other);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/annotate/history/random", test_random);
  g_test_add_func ("/annotate/history/labels", test_labels);
  g_test_add_func ("/annotate/history/remove", test_remove);
  return g_test_run ();
}
