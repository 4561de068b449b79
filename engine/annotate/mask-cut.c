#include "annotate/mask-edit.h"
#include "annotate/mask-private.h"
#include "image/runs.h"

/* What a cut leaves of a cell with fewer pixels than this is no part of its
 * own: it goes with the line to the parts beside it. */
#define MIN_PART_PX 6

#define OFF  0u /* another label */
#define REST G_MAXUINT32
#define LINE (G_MAXUINT32 - 1)

/* One instance in its box: the part of every pixel, from 1, REST before it is
 * known, LINE on the line. */
typedef struct
{
  MgRect box;
  guint32 *px; /* owned */
  GArray *areas;
  guint32 n;
} Pieces;

static void
pieces_clear (Pieces *pieces)
{
  g_free (pieces->px);
  g_clear_pointer (&pieces->areas, g_array_unref);
}

static inline guint32 *
piece_at (const Pieces *pieces,
          int x,
          int y)
{
  return &pieces->px[(gsize) (y - pieces->box.y) * pieces->box.width + (x - pieces->box.x)];
}

static void
draw_line (int y,
           int x0,
           int x1,
           gpointer data)
{
  guint32 *px = piece_at (data, x0, y);

  if (*px == REST)
    *px = LINE;
}

/* Connected parts beside the line, numbered from 1. */
static void
find_pieces (Pieces *pieces)
{
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (MgRun));
  const MgRect *box = &pieces->box;
  guint above = 0;

  for (int y = box->y; y < box->y + box->height; y++)
    {
      guint begin = all->len;
      const guint32 *row = piece_at (pieces, box->x, y);

      for (int x = 0; x < box->width; x++)
        {
          MgRun run = { y, x, 0, 0, all->len };

          if (row[x] != REST)
            continue;
          while (x < box->width && row[x] == REST)
            x++;
          run.x1 = x;
          g_array_append_val (all, run);
        }
      mg_runs_join_rows ((MgRun *) all->data, above, begin, all->len, FALSE);
      above = begin;
    }
  pieces->areas = g_array_new (FALSE, TRUE, sizeof (gint64));
  g_array_set_size (pieces->areas, 1);

  MgRun *runs = (MgRun *) all->data;

  for (guint i = 0; i < all->len; i++)
    {
      guint root = mg_runs_root (runs, i);
      gint64 none = 0;

      if (root == i)
        {
          runs[i].value = ++pieces->n;
          g_array_append_val (pieces->areas, none);
        }
      runs[i].value = runs[root].value;
      g_array_index (pieces->areas, gint64, runs[i].value) += runs[i].x1 - runs[i].x0;
      for (int x = runs[i].x0; x < runs[i].x1; x++)
        *piece_at (pieces, box->x + x, runs[i].y) = runs[i].value;
    }
}

/* Which parts the line passes by; others have nothing to do with the cut. */
static void
find_beside (const Pieces *pieces,
             gboolean *beside)
{
  const int width = pieces->box.width, height = pieces->box.height;

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      {
        const guint32 *at = pieces->px + (gsize) y * width + x;
        guint32 around[4] = { x > 0 ? at[-1] : OFF, x + 1 < width ? at[1] : OFF,
                              y > 0 ? at[-width] : OFF, y + 1 < height ? at[width] : OFF };

        for (int i = 0; *at == LINE && i < 4; i++)
          if (around[i] <= pieces->n)
            beside[around[i]] = TRUE;
      }
}

/* Gives pixels of the line, and crumbs, to the nearest part, step by step. */
static void
spread (Pieces *pieces,
        const gboolean *stays)
{
  const int width = pieces->box.width, height = pieces->box.height;
  gsize n = (gsize) width * height;
  g_autoptr (GArray) front = g_array_new (FALSE, FALSE, sizeof (gsize));
  static const int dx[] = { 1, -1, 0, 0 }, dy[] = { 0, 0, 1, -1 };

  for (gsize i = 0; i < n; i++)
    {
      if (pieces->px[i] != OFF && pieces->px[i] <= pieces->n && !stays[pieces->px[i]])
        pieces->px[i] = LINE;
      if (pieces->px[i] != OFF && pieces->px[i] != LINE)
        g_array_append_val (front, i);
    }
  for (guint done = 0; done < front->len; done++)
    {
      gsize i = g_array_index (front, gsize, done);
      int x = (int) (i % width), y = (int) (i / width);

      for (int k = 0; k < 4; k++)
        {
          gsize j = i + (gssize) dy[k] * width + dx[k];

          if (x + dx[k] < 0 || x + dx[k] >= width || y + dy[k] < 0 || y + dy[k] >= height || pieces->px[j] != LINE)
            continue;
          pieces->px[j] = pieces->px[i];
          g_array_append_val (front, j);
        }
    }
}

static void
write_piece (MgMaskEdit *edit,
             const Pieces *pieces,
             guint32 piece,
             guint32 label,
             guint32 value)
{
  const MgRect *box = &pieces->box;

  edit->rule = (MgMaskRule){ .value = value, .victim = label };
  for (int y = box->y; y < box->y + box->height; y++)
    {
      const guint32 *row = piece_at (pieces, box->x, y);

      for (int x = 0, x0; x < box->width; x++)
        {
          if (row[x] != piece)
            continue;
          for (x0 = x; x < box->width && row[x] == piece; x++)
            ;
          mg_mask_edit_span (y, box->x + x0, box->x + x, edit);
        }
    }
}

/* Every part but the largest becomes an instance of its own. Returns how many. */
static guint
part_label (MgMaskEdit *edit,
            guint32 label,
            Pieces *pieces)
{
  g_autofree gboolean *beside = g_new0 (gboolean, pieces->n + 1);
  g_autofree gboolean *stays = g_new (gboolean, pieces->n + 1);
  const gint64 *areas = (const gint64 *) pieces->areas->data;
  guint32 largest = 0;
  guint n = 0;

  find_beside (pieces, beside);
  beside[0] = FALSE;
  for (guint32 i = 1; i <= pieces->n; i++)
    {
      stays[i] = !beside[i] || areas[i] >= MIN_PART_PX;
      if (!beside[i] || !stays[i])
        continue;
      n++;
      if (largest == 0 || areas[i] > areas[largest])
        largest = i;
    }
  if (n < 2)
    return 0;
  spread (pieces, stays);
  for (guint32 i = 1; i <= pieces->n; i++)
    if (beside[i] && stays[i] && i != largest)
      write_piece (edit, pieces, i, label, mg_label_table_new_label (&edit->table));
  return n - 1;
}

static guint
cut_label (MgMaskEdit *edit,
           guint32 label,
           const MgPoint *points,
           guint n)
{
  Pieces pieces = { 0 };
  gsize size;
  guint n_new;

  if (!mg_mask_edit_find_box (edit, label, &pieces.box))
    return 0;
  size = (gsize) pieces.box.width * pieces.box.height;
  pieces.px = g_new (guint32, size);
  mg_mask_read (edit->mask, &pieces.box, pieces.px, pieces.box.width * sizeof *pieces.px);
  for (gsize i = 0; i < size; i++)
    pieces.px[i] = pieces.px[i] == label ? REST : OFF;
  mg_polyline_pixels (points, n, &pieces.box, draw_line, &pieces);
  find_pieces (&pieces);
  n_new = part_label (edit, label, &pieces);
  pieces_clear (&pieces);
  return n_new;
}

typedef struct
{
  MgMask *mask;
  GHashTable *labels;
} Crossed;

static void
note_label (int y,
            int x0,
            int x1,
            gpointer data)
{
  Crossed *crossed = data;
  guint32 label = mg_mask_get (crossed->mask, x0, y);

  if (label != 0 && label != MG_LABEL_IGNORED)
    g_hash_table_add (crossed->labels, GUINT_TO_POINTER (label));
}

static int
compare_labels (gconstpointer a,
                gconstpointer b)
{
  guint x = GPOINTER_TO_UINT (a), y = GPOINTER_TO_UINT (b);

  return (x > y) - (x < y);
}

/**
 * mg_mask_edit_cut:
 * @points: (array length=n): a line
 *
 * Parts every instance that the line crosses from side to side: the largest
 * part keeps its label, the others get new ones. The pixels under the line go
 * to the parts beside it, so that nothing is lost.
 *
 * Returns: how many instances more there are
 */
guint
mg_mask_edit_cut (MgMaskEdit *edit,
                  const MgPoint *points,
                  guint n)
{
  MgRect whole = { 0, 0, edit->mask->width, edit->mask->height };
  g_autoptr (GHashTable) labels = g_hash_table_new (NULL, NULL);
  Crossed crossed = { edit->mask, labels };
  g_autoptr (GList) keys = NULL;
  guint n_new = 0;

  mg_polyline_pixels (points, n, &whole, note_label, &crossed);
  keys = g_list_sort (g_hash_table_get_keys (labels), compare_labels);
  for (GList *l = keys; l != NULL; l = l->next)
    n_new += cut_label (edit, GPOINTER_TO_UINT (l->data), points, n);
  return n_new;
}
