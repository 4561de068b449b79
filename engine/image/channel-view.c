#include "image/channel-view.h"

#include <stdlib.h>

#define TABLE_BYTES (MG_LUT_TABLE_SIZE * sizeof (guint32))

/* Tables written by programs that round differently still are straight. */
#define TOLERANCE 2

static const char *const names[] = {
  [MG_LUT_GREY] = "grey",
  [MG_LUT_INVERTED] = "inverted",
  [MG_LUT_RED] = "red",
  [MG_LUT_GREEN] = "green",
  [MG_LUT_BLUE] = "blue",
  [MG_LUT_CYAN] = "cyan",
  [MG_LUT_MAGENTA] = "magenta",
  [MG_LUT_YELLOW] = "yellow",
  [MG_LUT_VIRIDIS] = "viridis",
  [MG_LUT_FIRE] = "fire",
  [MG_LUT_COLOUR] = "colour",
  [MG_LUT_TABLE] = "file",
  [MG_LUT_SIGNED] = "signed",
};

/**
 * mg_lut_name:
 *
 * Returns: (transfer none): what a project calls it
 */
const char *
mg_lut_name (MgLut lut)
{
  return names[lut];
}

/**
 * mg_lut_from_name:
 * @lut: (out): what mg_lut_name() calls so
 *
 * Returns: whether there is one
 */
gboolean
mg_lut_from_name (const char *name,
                  MgLut *lut)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_strcmp0 (names[i], name) == 0)
      {
        *lut = (MgLut) i;
        return TRUE;
      }
  return FALSE;
}

/* Tables are few and travel with plain values between threads, so each is kept once
 * and for good: equal ones have one address. */
static const guint32 *
intern (const guint32 *colours)
{
  static GMutex mutex;
  static GHashTable *tables; /* GBytes → itself; guarded by mutex */
  g_autoptr (GBytes) wanted = g_bytes_new (colours, TABLE_BYTES);
  GBytes *table;

  g_mutex_lock (&mutex);
  if (tables == NULL)
    tables = g_hash_table_new (g_bytes_hash, g_bytes_equal);
  table = g_hash_table_lookup (tables, wanted);
  if (table == NULL)
    {
      table = g_bytes_ref (wanted);
      g_hash_table_add (tables, table);
    }
  g_mutex_unlock (&mutex);
  return g_bytes_get_data (table, NULL);
}

/* Whether a table runs straight from one colour to another. */
static gboolean
is_ramp (const guint32 *colours, guint32 from, guint32 to)
{
  for (int i = 0; i < MG_LUT_TABLE_SIZE; i++)
    for (int shift = 0; shift <= 16; shift += 8)
      {
        int a = from >> shift & 0xff, b = to >> shift & 0xff, is = colours[i] >> shift & 0xff;

        if (abs (a + (b - a) * i / (MG_LUT_TABLE_SIZE - 1) - is) > TOLERANCE)
          return FALSE;
      }
  return TRUE;
}

/**
 * mg_channel_view_set_table:
 * @view: its colours are set
 * @colours: (array fixed-size=256): 0xRRGGBB
 *
 * Takes a file's table; one that is a plain ramp gets that name, so that a
 * person can choose another colour for it.
 */
void
mg_channel_view_set_table (MgChannelView *view,
                           const guint32 *colours)
{
  static const struct
  {
    MgLut lut;
    guint32 colour;
  } ramps[] = {
    { MG_LUT_GREY, 0xffffff },
    { MG_LUT_RED, 0xff0000 },
    { MG_LUT_GREEN, 0x00ff00 },
    { MG_LUT_BLUE, 0x0000ff },
    { MG_LUT_CYAN, 0x00ffff },
    { MG_LUT_MAGENTA, 0xff00ff },
    { MG_LUT_YELLOW, 0xffff00 },
  };
  guint32 last = colours[MG_LUT_TABLE_SIZE - 1];

  view->lut = MG_LUT_TABLE;
  view->table = NULL;
  if (is_ramp (colours, 0xffffff, 0))
    view->lut = MG_LUT_INVERTED;
  else if (is_ramp (colours, 0, last) && last != 0)
    {
      view->lut = MG_LUT_COLOUR;
      view->colour = last;
      for (guint i = 0; i < G_N_ELEMENTS (ramps); i++)
        if (ramps[i].colour == last)
          view->lut = ramps[i].lut;
    }
  else
    view->table = intern (colours);
}
