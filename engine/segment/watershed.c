#include "segment/watershed.h"

#include <math.h>
#include <string.h>

#define N_BUCKETS     33
#define CANCEL_EVERY  65536
#define FIRST_ENTRIES 1024

/* A pixel waiting to spread its label. */
typedef struct
{
  guint32 key;
  guint32 pixel;
} Entry;

typedef struct
{
  Entry *entries; /* owned */
  gsize head, n, size;
} Bucket;

/* A radix heap (Ahuja, Mehlhorn, Orlin and Tarjan 1990): what is pushed is
 * never below what was popped last, which flooding guarantees. Bucket b holds
 * the keys whose highest bit that differs from the last one popped is b - 1.
 * Order within a bucket is kept, so equal heights come out first in, first
 * out and the result depends on nothing but the input. */
typedef struct
{
  Bucket buckets[N_BUCKETS];
  guint32 last;
  gboolean failed; /* out of memory */
} Queue;

static void
bucket_push (Queue *queue,
             Bucket *bucket,
             Entry entry)
{
  if (bucket->n == bucket->size)
    {
      gsize size = MAX (FIRST_ENTRIES, 2 * bucket->size);
      Entry *grown = g_try_renew (Entry, bucket->entries, size);

      if (grown == NULL)
        {
          queue->failed = TRUE;
          return;
        }
      bucket->entries = grown;
      bucket->size = size;
    }
  bucket->entries[bucket->n++] = entry;
}

static inline guint
bucket_of (const Queue *queue,
           guint32 key)
{
  guint32 differing = key ^ queue->last;

  return differing == 0 ? 0 : 32 - (guint) __builtin_clz (differing);
}

static inline void
queue_push (Queue *queue,
            guint32 key,
            guint32 pixel)
{
  key = MAX (key, queue->last);
  bucket_push (queue, &queue->buckets[bucket_of (queue, key)], (Entry){ key, pixel });
}

/* Makes bucket 0 non-empty; FALSE when the queue is empty. */
static gboolean
queue_refill (Queue *queue)
{
  guint b = 1;
  Bucket from;

  queue->buckets[0].head = queue->buckets[0].n = 0;
  while (b < N_BUCKETS && queue->buckets[b].n == 0)
    b++;
  if (b == N_BUCKETS)
    return FALSE;
  from = queue->buckets[b];
  queue->last = from.entries[0].key;
  for (gsize i = 1; i < from.n; i++)
    queue->last = MIN (queue->last, from.entries[i].key);
  queue->buckets[b].n = 0;
  for (gsize i = 0; i < from.n; i++)
    bucket_push (queue, &queue->buckets[bucket_of (queue, from.entries[i].key)], from.entries[i]);
  return TRUE;
}

static inline gboolean
queue_pop (Queue *queue,
           guint32 *pixel)
{
  Bucket *first = &queue->buckets[0];

  if (first->head == first->n && !queue_refill (queue))
    return FALSE;
  *pixel = first->entries[first->head++].pixel;
  return TRUE;
}

static void
queue_clear (Queue *queue)
{
  for (guint b = 0; b < N_BUCKETS; b++)
    g_free (queue->buckets[b].entries);
}

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

typedef struct
{
  const float *height_map;
  const guint8 *mask;
  guint32 *labels;
  guint32 width, height;
  Queue queue;
} Flood;

static inline void
spread (Flood *flood,
        guint32 label,
        guint32 to)
{
  if (flood->labels[to] != 0 || !flood->mask[to])
    return;
  flood->labels[to] = label;
  queue_push (&flood->queue, height_key (flood->height_map[to]), to);
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

/* Whether any 4-neighbour still waits for a label. */
static gboolean
is_rim (const Flood *flood,
        guint32 x,
        guint32 y)
{
  gsize i = (gsize) y * flood->width + x;

#define WAITS(j) (flood->labels[j] == 0 && flood->mask[j])
  return (y > 0 && WAITS (i - flood->width)) || (x > 0 && WAITS (i - 1)) ||
         (x + 1 < flood->width && WAITS (i + 1)) ||
         (y + 1 < flood->height && WAITS (i + flood->width));
#undef WAITS
}

static void
push_seeds (Flood *flood)
{
  for (guint32 y = 0; y < flood->height; y++)
    for (guint32 x = 0; x < flood->width; x++)
      {
        gsize i = (gsize) y * flood->width + x;

        if (!flood->mask[i])
          flood->labels[i] = 0;
        else if (flood->labels[i] != 0 && is_rim (flood, x, y))
          queue_push (&flood->queue, height_key (flood->height_map[i]), (guint32) i);
      }
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
  Flood flood = { height_map, mask, labels, (guint32) width, (guint32) height };
  gboolean cancelled = FALSE;
  guint32 pixel;

  if ((guint64) width * (guint64) height > G_MAXUINT32)
    {
      g_set_error (error, MG_ERROR, MG_ERROR_TOO_LARGE,
                   "an image of %d × %d pixels is too large to be divided into cells at once", width, height);
      return FALSE;
    }
  push_seeds (&flood);
  for (guint64 n = 0; !flood.queue.failed && queue_pop (&flood.queue, &pixel); n++)
    {
      if (n % CANCEL_EVERY == 0 && g_cancellable_is_cancelled (cancellable))
        {
          cancelled = TRUE;
          break;
        }
      spread_around (&flood, pixel);
    }
  queue_clear (&flood.queue);
  if (flood.queue.failed)
    {
      g_set_error_literal (error, MG_ERROR, MG_ERROR_NO_MEMORY, "not enough memory to divide the image into cells");
      return FALSE;
    }
  return !cancelled || !g_cancellable_set_error_if_cancelled (cancellable, error);
}
