#include "segment/watershed.h"

#include <math.h>
#include <string.h>

#define CANCEL_EVERY 65536
#define NONE         G_MAXUINT32
#define DIGIT_BITS   11
#define N_DIGITS     (1 << DIGIT_BITS)

/* A pixel of the mask and its height as a number that sorts. */
typedef struct
{
  guint32 key, pixel;
} Entry;

/* What the flood knows of a pixel: the rank of its height among all heights of
 * the mask (NONE outside it), and which pixel waits after it. */
typedef struct
{
  guint32 rank, next;
} Node;

/* Waiting pixels by rank, first in, first out: with heights replaced by their
 * ranks every step of the queue is a few memory accesses, and the result
 * depends on nothing but the input. */
typedef struct
{
  guint32 head, tail;
} Waiting;

typedef struct
{
  guint32 *labels;
  guint32 width, height;
  Node *nodes;      /* owned: one a pixel */
  Waiting *waiting; /* owned: one a rank */
  guint32 n_ranks;
  guint32 level; /* the rank being flooded: never falls */
} Flood;

/* Floats in an order that unsigned numbers have too; NaN comes last. */
static inline guint32
height_key (float height)
{
  guint32 bits;

  if (isnan (height))
    return G_MAXUINT32;
  height += 0.0f; /* -0 is 0 */
  memcpy (&bits, &height, sizeof bits);
  return bits & 0x80000000u ? ~bits : bits | 0x80000000u;
}

/* Least significant digit radix sort: stable, three passes. */
static void
sort_entries (Entry *entries,
              Entry *spare,
              gsize n)
{
  for (int shift = 0; shift < 32; shift += DIGIT_BITS)
    {
      gsize begin[N_DIGITS] = { 0 }, sum = 0;
      Entry *swap = entries;

      for (gsize i = 0; i < n; i++)
        begin[entries[i].key >> shift & (N_DIGITS - 1)]++;
      for (int digit = 0; digit < N_DIGITS; digit++)
        {
          gsize count = begin[digit];

          begin[digit] = sum;
          sum += count;
        }
      for (gsize i = 0; i < n; i++)
        spare[begin[entries[i].key >> shift & (N_DIGITS - 1)]++] = entries[i];
      entries = spare;
      spare = swap;
    }
}

/* Gives every pixel of the mask its rank; equal heights have the same. */
static gboolean
rank_heights (Flood *flood,
              const float *height_map,
              const guint8 *mask,
              GError **error)
{
  gsize n_pixels = (gsize) flood->width * flood->height, n = 0;
  g_autofree Entry *entries = NULL;
  g_autofree Entry *spare = NULL;
  const Entry *sorted;

  for (gsize i = 0; i < n_pixels; i++)
    n += mask[i] != 0;
  flood->nodes = g_try_new (Node, n_pixels);
  entries = g_try_new (Entry, MAX (n, 1));
  spare = g_try_new (Entry, MAX (n, 1));
  if (flood->nodes == NULL || entries == NULL || spare == NULL)
    {
      g_set_error_literal (error, MG_ERROR, MG_ERROR_NO_MEMORY, "not enough memory to divide the image into cells");
      return FALSE;
    }
  n = 0;
  for (gsize i = 0; i < n_pixels; i++)
    {
      flood->nodes[i] = (Node){ NONE, NONE };
      if (mask[i])
        entries[n++] = (Entry){ height_key (height_map[i]), (guint32) i };
    }
  sort_entries (entries, spare, n);
  sorted = spare; /* after an odd number of passes */
  for (gsize i = 0; i < n; i++)
    {
      flood->n_ranks += i == 0 || sorted[i].key != sorted[i - 1].key;
      flood->nodes[sorted[i].pixel].rank = flood->n_ranks - 1;
    }
  flood->waiting = g_try_new (Waiting, MAX (flood->n_ranks, 1));
  if (flood->waiting == NULL)
    {
      g_set_error_literal (error, MG_ERROR, MG_ERROR_NO_MEMORY, "not enough memory to divide the image into cells");
      return FALSE;
    }
  memset (flood->waiting, 0xff, flood->n_ranks * sizeof *flood->waiting);
  return TRUE;
}

static inline void
push (Flood *flood,
      guint32 pixel)
{
  Waiting *waiting = &flood->waiting[MAX (flood->nodes[pixel].rank, flood->level)];

  if (waiting->head == NONE)
    waiting->head = pixel;
  else
    flood->nodes[waiting->tail].next = pixel;
  waiting->tail = pixel;
}

/* The pixel reached first on the lowest level; FALSE when none waits. */
static inline gboolean
pop (Flood *flood,
     guint32 *pixel)
{
  while (flood->level < flood->n_ranks && flood->waiting[flood->level].head == NONE)
    flood->level++;
  if (flood->level >= flood->n_ranks)
    return FALSE;
  *pixel = flood->waiting[flood->level].head;
  flood->waiting[flood->level].head = flood->nodes[*pixel].next;
  return TRUE;
}

static inline void
spread (Flood *flood,
        guint32 label,
        guint32 to)
{
  if (flood->nodes[to].rank == NONE || flood->labels[to] != 0)
    return;
  flood->labels[to] = label;
  push (flood, to);
}

static inline void
spread_around (Flood *flood,
               guint32 pixel)
{
  guint32 y = pixel / flood->width, x = pixel - y * flood->width;
  guint32 label = flood->labels[pixel];

  if (y > 0)
    spread (flood, label, pixel - flood->width);
  if (x > 0)
    spread (flood, label, pixel - 1);
  if (x + 1 < flood->width)
    spread (flood, label, pixel + 1);
  if (y + 1 < flood->height)
    spread (flood, label, pixel + flood->width);
}

/* The seeds wait in the order of the raster. */
static void
push_seeds (Flood *flood)
{
  for (gsize i = 0; i < (gsize) flood->width * flood->height; i++)
    if (flood->nodes[i].rank == NONE)
      flood->labels[i] = 0;
    else if (flood->labels[i] != 0)
      push (flood, (guint32) i);
}

/**
 * mg_watershed:
 * @height_map: @width × @height heights; NaN is highest
 * @mask: @width × @height bytes; only where it is not 0 labels spread
 * @labels: (inout): the seeds, 0 elsewhere; then every pixel of the mask has
 *   the seed from which water rising over the height map reaches it first
 * @cancellable: (nullable): looked at while flooding
 *
 * Seeded watershed by flooding (Meyer 1991) over 4-neighbours, without lines
 * between regions. Of equal heights the one reached first goes first, so the
 * same input always gives the same labels. Parts of the mask that no seed is
 * connected to stay 0, seeds outside the mask are removed. Any thread.
 *
 * Returns: FALSE with %MG_ERROR_TOO_LARGE, %MG_ERROR_NO_MEMORY or
 *   %G_IO_ERROR_CANCELLED
 */
gboolean
mg_watershed (const float *height_map,
              const guint8 *mask,
              int width,
              int height,
              guint32 *labels,
              GCancellable *cancellable,
              GError **error)
{
  Flood flood = { .labels = labels, .width = (guint32) width, .height = (guint32) height };
  gboolean success = FALSE;
  guint32 pixel;

  if ((guint64) width * (guint64) height >= NONE)
    {
      g_set_error (error, MG_ERROR, MG_ERROR_TOO_LARGE,
                   "an image of %d × %d pixels is too large to be divided into cells at once", width, height);
      return FALSE;
    }
  if (rank_heights (&flood, height_map, mask, error))
    {
      success = TRUE;
      push_seeds (&flood);
      for (guint64 n = 0; success && pop (&flood, &pixel); n++)
        {
          spread_around (&flood, pixel);
          if (n % CANCEL_EVERY == 0 && g_cancellable_set_error_if_cancelled (cancellable, error))
            success = FALSE;
        }
    }
  g_free (flood.nodes);
  g_free (flood.waiting);
  return success;
}
