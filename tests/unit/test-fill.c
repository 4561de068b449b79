/* Holes, found by tiles, against a search of the whole raster pixel by pixel. */
#include "annotate/mask-edit.h"
#include "annotate/mask-private.h"
#include "base/rng.h"

#include <math.h>
#include <string.h>

#define W 700
#define H 520

static guint32 *
raster_of (MgMask *mask)
{
  guint32 *raster = g_new (guint32, W * H);

  mg_mask_read (mask, &(MgRect){ 0, 0, W, H }, raster, W * sizeof *raster);
  return raster;
}

/* What steps to neighbours cannot leave the box from without crossing the label. */
static guint8 *
find_enclosed (const guint32 *raster, guint32 label, const MgRect *box)
{
  guint8 *enclosed = g_malloc0 (W * H);
  g_autofree int *queue = g_new (int, W *H);
  int n = 0;

  for (int y = box->y; y < box->y + box->height; y++)
    for (int x = box->x; x < box->x + box->width; x++)
      {
        gboolean edge = x == box->x || y == box->y || x == box->x + box->width - 1 || y == box->y + box->height - 1;

        enclosed[y * W + x] = raster[y * W + x] != label && !edge;
        if (raster[y * W + x] != label && edge)
          queue[n++] = y * W + x;
      }
  while (n > 0)
    {
      static const int steps[] = { -1, 1, -W, W };
      int at = queue[--n];

      for (int i = 0; i < 4; i++)
        {
          int to = at + steps[i];

          if (to < 0 || to >= W * H || !enclosed[to])
            continue;
          enclosed[to] = 0;
          queue[n++] = to;
        }
    }
  return enclosed;
}

static void
draw (MgMaskEdit *edit, MgRng *rng)
{
  double x = mg_rng_range (rng, 0, W), y = mg_rng_range (rng, 0, H), reach = mg_rng_range (rng, 5, 300);
  double radius = mg_rng_range (rng, 1, mg_rng_below (rng, 3) == 0 ? 90 : 12), turn = mg_rng_range (rng, 0.3, 1.1);
  int n = 1 + (int) mg_rng_below (rng, 14);

  if (mg_rng_below (rng, 2))
    radius = MIN (radius, reach / 3);
  for (int i = 0; i < n; i++)
    {
      double a = 2 * G_PI * i / n * turn, b = 2 * G_PI * (i + 1) / n * turn;

      mg_mask_edit_stroke (edit, &(MgDab){ x + reach * cos (a), y + reach * sin (a), radius },
                           &(MgDab){ x + reach * cos (b), y + reach * sin (b), radius });
    }
}

/* Cells in, on and around the one that is painted, some with holes; then
 * a stroke, and what it newly encloses, or everything that is enclosed. Returns
 * how many pixels were filled. */
static guint
check_fill (MgRng *rng, gboolean only_new)
{
  guint32 label = mg_rng_below (rng, 6) == 0 ? MG_LABEL_IGNORED : 3;
  g_autofree guint32 *before = NULL, *now = NULL, *filled = NULL;
  g_autofree guint8 *was = NULL, *is = NULL;
  guint n_filled = 0;
  MgMaskEdit edit;
  MgRect box;

  mg_mask_edit_init (&edit, mg_mask_new (W, H));
  _mg_mask_begin (edit.mask);
  for (guint i = mg_rng_below (rng, 12); i > 0; i--)
    {
      guint32 value = mg_rng_below (rng, 3);

      edit.rule = (MgMaskRule){ .value = value == 0 ? label : mg_rng_below (rng, 6), .any = mg_rng_below (rng, 2) != 0 };
      draw (&edit, rng);
    }
  g_array_unref (_mg_mask_end (edit.mask));
  g_array_unref (mg_label_table_end (&edit.table));
  before = raster_of (edit.mask);

  edit.damage = edit.total = (MgRect){ 0 };
  _mg_mask_begin (edit.mask);
  edit.rule = (MgMaskRule){ .value = label, .any = mg_rng_below (rng, 2) != 0, .over_ignored = TRUE };
  for (guint i = 1 + mg_rng_below (rng, 3); i > 0; i--)
    draw (&edit, rng);
  now = raster_of (edit.mask);
  box = edit.damage;
  if (mg_label_table_find (&edit.table, label) != NULL && (label != MG_LABEL_IGNORED || !only_new))
    box = mg_label_table_find (&edit.table, label)->box;
  was = find_enclosed (before, label, &box);
  is = find_enclosed (now, label, &box);
  mg_mask_edit_fill (&edit, label, only_new);
  filled = raster_of (edit.mask);
  for (int i = 0; i < W * H; i++)
    {
      gboolean fills = now[i] == 0 && is[i] && !(only_new && was[i]);

      n_filled += fills;
      if (filled[i] != (fills ? label : now[i]))
        g_error ("%d, %d: %u became %u", i % W, i / W, now[i], filled[i]);
    }
  {
    MgMaskEdit counted;

    mg_mask_edit_init (&counted, mg_mask_snapshot (edit.mask));
    for (guint i = 0; i < counted.table.n; i++)
      {
        const MgLabelInfo *info = mg_label_table_find (&edit.table, counted.table.infos[i].label);
        MgRect in;

        g_assert_cmpint (counted.table.infos[i].area, ==, info->area);
        g_assert_true (mg_rect_intersect (&info->box, &counted.table.infos[i].box, &in));
        g_assert_cmpmem (&in, sizeof in, &counted.table.infos[i].box, sizeof in);
      }
    mg_mask_edit_clear (&counted);
  }
  g_array_unref (_mg_mask_end (edit.mask));
  mg_mask_edit_clear (&edit);
  return n_filled;
}

static void
test_random (gconstpointer only_new)
{
  guint n_filled = 0;
  MgRng rng;

  mg_rng_init (&rng, 5, GPOINTER_TO_INT (only_new));
  for (int i = 0; i < 150; i++)
    n_filled += check_fill (&rng, GPOINTER_TO_INT (only_new)) > 0;
  g_assert_cmpuint (n_filled, >, 40);
  g_assert_cmpuint (n_filled, <, 140);
}

/* A wide ring: tiles in its hole are filled without a pixel being written. */
static void
test_tiles (void)
{
  MgMaskEdit edit;
  MgMask *mask = mg_mask_new (W, H);
  g_autofree guint32 *filled = NULL;

  mg_mask_edit_init (&edit, mask);
  _mg_mask_begin (mask);
  edit.rule = (MgMaskRule){ .value = 9 };
  for (int y = 10; y < 510; y++)
    for (int side = 0; side < 2; side++)
      mg_mask_edit_span (y, side == 0 ? 20 : y < 30 || y >= 490 ? 40
                                                                : 660,
                         side == 0 ? 40 : 680, &edit);
  mg_mask_edit_fill (&edit, 9, TRUE);
  filled = raster_of (mask);
  for (int i = 0; i < W * H; i++)
    g_assert_cmpuint (filled[i], ==, i % W >= 20 && i % W < 680 && i / W >= 10 && i / W < 510 ? 9 : 0);
  g_assert_cmpint (mg_label_table_find (&edit.table, 9)->area, ==, 660 * 500);
  g_assert_cmpuint (mg_mask_tile_get_bytes (mask->tiles[mask->tiles_x + 2]), <, 32);
  g_array_unref (_mg_mask_end (mask));
  mg_mask_edit_clear (&edit);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/annotate/fill/new", GINT_TO_POINTER (TRUE), test_random);
  g_test_add_data_func ("/annotate/fill/all", GINT_TO_POINTER (FALSE), test_random);
  g_test_add_func ("/annotate/fill/tiles", test_tiles);
  return g_test_run ();
}
