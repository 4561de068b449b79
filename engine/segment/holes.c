#include "segment/holes.h"

#include "base/mem.h"
#include "segment/components.h"

#include <string.h>

/* What a connected part of the background is surrounded by: nothing seen yet,
 * one label, or (the image's edge or two labels) no single one. */
#define OPEN G_MAXUINT32

static inline void
see (guint32 *around, guint32 part, guint32 label)
{
  if (label == 0 || around[part] == label)
    return;
  around[part] = around[part] == 0 ? label : OPEN;
}

static void
look_around (const guint32 *labels, const guint32 *parts, int width, int height, guint32 *around)
{
  gsize i = 0, pitch = (gsize) width;

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++, i++)
      {
        guint32 part = parts[i];

        if (part == 0)
          continue;
        if (x == 0 || y == 0 || x == width - 1 || y == height - 1)
          {
            around[part] = OPEN;
            continue;
          }
        see (around, part, labels[i - 1]);
        see (around, part, labels[i + 1]);
        see (around, part, labels[i - pitch]);
        see (around, part, labels[i + pitch]);
      }
}

/**
 * mg_labels_fill_holes:
 * @labels: (inout): width × height
 *
 * Background that a single instance encloses becomes part of it. Any thread.
 *
 * Returns: FALSE with an error when memory runs out.
 */
gboolean
mg_labels_fill_holes (guint32 *labels,
                      int width,
                      int height,
                      GError **error)
{
  gsize n = (gsize) width * (gsize) height;
  guint8 *mask = mg_try_alloc (n, "filling holes", error);
  guint32 *parts = mask ? mg_try_alloc (n * sizeof (guint32), "filling holes", error) : NULL, *around = NULL, n_parts;

  if (parts)
    {
      for (gsize i = 0; i < n; i++)
        mask[i] = labels[i] == 0;
      n_parts = mg_components_label (mask, width, height, FALSE, parts);
      around = mg_try_alloc (((gsize) n_parts + 1) * sizeof (guint32), "filling holes", error);
      if (around)
        {
          memset (around, 0, ((gsize) n_parts + 1) * sizeof (guint32));
          look_around (labels, parts, width, height, around);
          for (gsize i = 0; i < n; i++)
            if (parts[i] != 0 && around[parts[i]] != OPEN)
              labels[i] = around[parts[i]];
        }
    }
  mg_free_aligned (mask);
  mg_free_aligned (parts);
  mg_free_aligned (around);
  return around != NULL;
}
