#include "annotate/mask-private.h"
#include "annotate/tile-code.h"
#include "base/rng.h"

/* A tile, and the same labels written out. */
typedef struct
{
  MgMaskTile *tile;
  guint32 px[MG_TILE_PIXELS];
} Pair;

static Pair *
pair_new (void)
{
  Pair *pair = g_new0 (Pair, 1);

  pair->tile = mg_mask_tile_copy (NULL);
  return pair;
}

static void
pair_free (Pair *pair)
{
  mg_mask_tile_unref (pair->tile);
  g_free (pair);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Pair, pair_free)

typedef MgMaskTile Tile;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Tile, mg_mask_tile_unref)

static void
fill (Pair *pair, guint at, guint n, guint32 label)
{
  mg_mask_tile_fill (&pair->tile, at, n, label);
  for (guint i = 0; i < n; i++)
    pair->px[at + i] = label;
}

/* Pixel by pixel, read, by runs, and through the run-length code. */
static void
check (const Pair *pair)
{
  g_autofree guint32 *px = g_new (guint32, MG_TILE_PIXELS);
  g_autofree guint32 *words = g_new (guint32, 2 * MG_TILE_PIXELS);
  MgMaskTile *copy = mg_mask_tile_copy (pair->tile), *tight, *coded;
  g_autoptr (Tile) packed = mg_mask_tile_new_packed (pair->tile);
  const MgMaskTile *all[5] = { pair->tile, copy, NULL, NULL, packed != NULL ? packed : pair->tile };
  guint n_words = mg_tile_pack (pair->tile, words, 2 * MG_TILE_PIXELS), n;
  guint32 label;

  all[2] = tight = mg_mask_tile_try_new (pair->px, MG_MASK_TILE_PX, MG_MASK_TILE_PX, MG_MASK_TILE_PX);
  all[3] = coded = mg_tile_unpack (words, n_words);
  g_assert_nonnull (coded);
  g_assert_cmpuint (mg_mask_tile_get_bytes (tight), <=, mg_mask_tile_get_bytes (pair->tile));
  for (guint k = 0; k < G_N_ELEMENTS (all); k++)
    {
      mg_mask_tile_read (all[k], 0, MG_TILE_PIXELS, px);
      g_assert_cmpmem (px, sizeof pair->px, pair->px, sizeof pair->px);
      mg_mask_tile_read (all[k], 129, 131, px);
      g_assert_cmpmem (px, 131 * sizeof *px, pair->px + 129, 131 * sizeof *px);
      for (guint i = 0; i < MG_TILE_PIXELS; i += n)
        {
          n = mg_mask_tile_run (all[k], i, MG_TILE_PIXELS - i, &label);
          for (guint j = i; j < i + n; j++)
            if (pair->px[j] != label || mg_mask_tile_get (all[k], j) != label)
              g_assert_not_reached ();
          g_assert_true (i + n == MG_TILE_PIXELS || pair->px[i + n] != label);
        }
    }
  for (guint k = 0; k < G_N_ELEMENTS (all); k++)
    {
      const guint32 *labels = mg_mask_tile_get_labels (all[k], &n);
      g_autoptr (GHashTable) set = g_hash_table_new (NULL, NULL);

      for (guint i = 0; i < n; i++)
        g_hash_table_add (set, GUINT_TO_POINTER (labels[i]));
      for (guint i = 0; labels != NULL && i < MG_TILE_PIXELS; i++)
        g_assert_true (g_hash_table_contains (set, GUINT_TO_POINTER (pair->px[i])));
    }
  mg_mask_tile_unref (copy);
  mg_mask_tile_unref (tight);
  mg_mask_tile_unref (coded);
}

/* Any labels, from one to more than a byte can tell apart, and back to few. */
static void
test_kinds (void)
{
  g_autoptr (Pair) pair = pair_new ();
  MgRng rng;

  mg_rng_init (&rng, 4, 0);
  check (pair);
  g_assert_cmpuint (mg_mask_tile_get_bytes (pair->tile), <, 32);
  fill (pair, 77, 300, MG_LABEL_IGNORED);
  fill (pair, 5000, 1, 4000000000u);
  fill (pair, 5001, 1, 65536);
  check (pair);
  g_assert_cmpuint (mg_mask_tile_get_bytes (pair->tile), <, 2 * MG_TILE_PIXELS);

  /* many labels in turn, few of them at once */
  for (guint32 label = 1; label < 3000; label++)
    fill (pair, 6000 + mg_rng_below (&rng, 64), 1 + mg_rng_below (&rng, 64), label * 1000003u);
  check (pair);
  g_assert_cmpuint (mg_mask_tile_get_bytes (pair->tile), <, 2 * MG_TILE_PIXELS);

  /* many at once */
  for (guint i = 0; i < 3000; i++)
    fill (pair, mg_rng_below (&rng, MG_TILE_PIXELS - 8), 1 + mg_rng_below (&rng, 8), (guint32) mg_rng_below (&rng, G_MAXUINT32));
  check (pair);
  g_assert_cmpuint (mg_mask_tile_get_bytes (pair->tile), >=, 4 * MG_TILE_PIXELS);
  fill (pair, 0, MG_TILE_PIXELS, 9);
  fill (pair, 3, 3, 8);
  check (pair);
}

/* A table that is full, of which all but one label have gone. */
static void
test_tidy (void)
{
  g_autoptr (Pair) pair = pair_new ();

  for (guint32 label = 1; label < MG_TILE_MAX_FEW; label++)
    fill (pair, label, 1, label);
  check (pair);
  fill (pair, 0, MG_TILE_PIXELS, 7);
  fill (pair, 10, 20, 1000);
  check (pair);
  g_assert_cmpint (pair->tile->n_few, ==, 2);
  fill (pair, 0, MG_TILE_PIXELS, 1000);
  check (pair);
}

/* What a writer does is not seen through another reference. */
static void
test_shared (void)
{
  MgMask *mask = mg_mask_new (200, 140), *before;
  GArray *changes;

  _mg_mask_begin (mask);
  mg_mask_tile_fill (_mg_mask_write_tile (mask, 3), 0, 5, 70000);
  g_array_unref (_mg_mask_end (mask));
  before = mg_mask_snapshot (mask);
  _mg_mask_begin (mask);
  for (guint32 i = 0; i < 400; i++)
    mg_mask_tile_fill (_mg_mask_write_tile (mask, 3), i, 1, i);
  changes = _mg_mask_end (mask);
  g_assert_cmpuint (mg_mask_get (before, 128 + 4, 128), ==, 70000);
  g_assert_cmpuint (mg_mask_get (before, 128 + 5, 128), ==, 0);
  g_assert_cmpuint (mg_mask_get (mask, 128 + 4, 128), ==, 4);
  g_assert_cmpuint (mg_mask_get (mask, 128 + 5, 128 + 1), ==, 128 + 5);
  g_assert_cmpuint (changes->len, ==, 1);
  g_assert_true (g_array_index (changes, MgMaskChange, 0).before == before->tiles[3]);
  g_array_unref (changes);
  mg_mask_free (before);
  mg_mask_free (mask);
}

static gpointer
read_tile (gpointer tile)
{
  guint32 *px = g_new (guint32, MG_TILE_PIXELS);

  mg_mask_tile_read (tile, 0, MG_TILE_PIXELS, px);
  return px;
}

/* A packed tile is small, read by several threads at once, and written as any other. */
static void
test_packed (void)
{
  g_autoptr (Pair) pair = pair_new ();
  g_autoptr (Tile) packed = NULL;
  g_autoptr (Tile) again = NULL;
  MgMask *mask = mg_mask_new (128, 128);
  guint32 words[200];

  g_assert_null (mg_mask_tile_new_packed (NULL));
  g_assert_null (mg_mask_tile_new_packed (pair->tile)); /* there is nothing to gain */
  for (guint i = 0; i < 40; i++)
    fill (pair, i * 400, 130, i % 7 == 0 ? MG_LABEL_IGNORED : 3 * i);
  packed = mg_mask_tile_new_packed (pair->tile);
  g_assert_cmpuint (mg_mask_tile_get_bytes (packed), <, 1000);
  g_assert_null (mg_mask_tile_new_packed (packed));
  g_assert_cmpuint (mg_tile_pack (packed, words, 10), ==, 0);
  g_assert_cmpuint (mg_tile_pack (packed, words, 200), ==, mg_tile_pack (pair->tile, words, 200));
  g_assert_cmpuint (mg_mask_tile_get_bytes (packed), <, 1000);
  for (int round = 0; round < 50; round++)
    {
      g_autoptr (Tile) tile = mg_mask_tile_new_packed (pair->tile);
      GThread *threads[4];

      for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
        threads[i] = g_thread_new (NULL, read_tile, tile);
      for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
        {
          g_autofree guint32 *px = g_thread_join (threads[i]);

          g_assert_cmpmem (px, sizeof pair->px, pair->px, sizeof pair->px);
        }
    }
  /* one that was looked at is packed anew */
  g_assert_cmpuint (mg_mask_tile_get (packed, 130), ==, pair->px[130]);
  g_assert_cmpuint (mg_mask_tile_get_bytes (packed), >, MG_TILE_PIXELS);
  again = mg_mask_tile_new_packed (packed);
  g_assert_cmpuint (mg_mask_tile_get_bytes (again), <, 1000);
  _mg_mask_begin (mask);
  _mg_mask_swap_tile (mask, 0, &again);
  mg_mask_tile_fill (_mg_mask_write_tile (mask, 0), 0, 9, 77);
  fill (pair, 0, 9, 77);
  mg_mask_tile_unref (pair->tile);
  pair->tile = mg_mask_tile_ref (mask->tiles[0]);
  check (pair);
  g_array_unref (_mg_mask_end (mask));
  mg_mask_free (mask);
}

/* Runs of a file that are no tile. */
static void
test_broken_code (void)
{
  const guint32 long_[] = { MG_TILE_PIXELS + 1, 5 }, short_[] = { 5, 5 }, odd[] = { MG_TILE_PIXELS, 5, 1 };
  const guint32 wraps[] = { 16, 5, G_MAXUINT32 - 7, 5 };

  g_assert_null (mg_tile_unpack (long_, G_N_ELEMENTS (long_)));
  g_assert_null (mg_tile_unpack (short_, G_N_ELEMENTS (short_)));
  g_assert_null (mg_tile_unpack (odd, G_N_ELEMENTS (odd)));
  g_assert_null (mg_tile_unpack (wraps, G_N_ELEMENTS (wraps)));
}

/* Labels of a whole image, its edges in the middle of tiles. */
static void
test_part (void)
{
  enum
  {
    W = 300,
    H = 131
  };
  guint32 *data = g_new (guint32, W * H);
  g_autoptr (MgLabels) labels = NULL;
  g_autoptr (MgLabels) again = NULL;
  g_autoptr (MgMask) mask = NULL;

  for (int i = 0; i < W * H; i++)
    data[i] = i % W < 128 ? 5 : i % W < 256 ? (guint32) i
                                            : 1u << 31;
  labels = mg_labels_new_take (W, H, data, g_free);
  mask = mg_mask_new_from_labels (labels, NULL);
  again = mg_mask_to_labels (mask, NULL);
  g_assert_cmpmem (mg_labels_get_data (again), W * H * sizeof *data, data, W * H * sizeof *data);
  g_assert_cmpint (mask->tiles[0]->n_few, ==, 1);
  g_assert_cmpint (mask->tiles[1]->n_few, ==, 0);
  g_assert_cmpint (mask->tiles[2]->n_few, ==, 2);
  g_assert_cmpint (mask->tiles[3]->n_few, ==, 2);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/annotate/tile/kinds", test_kinds);
  g_test_add_func ("/annotate/tile/tidy", test_tidy);
  g_test_add_func ("/annotate/tile/shared", test_shared);
  g_test_add_func ("/annotate/tile/packed", test_packed);
  g_test_add_func ("/annotate/tile/broken-code", test_broken_code);
  g_test_add_func ("/annotate/tile/part", test_part);
  return g_test_run ();
}
