#pragma once

#include "view/composer.h"

/* Pixels in hand are words 0xAABBGGRR, whatever the machine's byte order;
 * they become R, G, B, A bytes when they are stored. */
#define MG_OPAQUE 0xff000000u

static inline guint32
_mg_word_of_rgb (guint32 rgb)
{
  return MG_OPAQUE | (rgb & 0xff) << 16 | (rgb & 0xff00) | rgb >> 16;
}

/* Mixes src over dst, weight 0 … 256, rounded; the result is opaque. */
static inline guint32
_mg_mix (guint32 dst, guint32 src, guint32 weight)
{
  guint32 rest = 256 - weight;
  guint32 rb = ((dst & 0xff00ff) * rest + (src & 0xff00ff) * weight + 0x800080) >> 8 & 0xff00ff;
  guint32 g = ((dst & 0xff00) * rest + (src & 0xff00) * weight + 0x8000) >> 8 & 0xff00;

  return MG_OPAQUE | g | rb;
}

/* Where the columns or rows of a part of the screen look into the image: the
 * pixel under each centre, or -1 outside. Depends on nothing but the viewport
 * and the place on the screen, so parts drawn apart fit together. */
void _mg_sample_axis (double centre,
                      double zoom,
                      int size,
                      int image_size,
                      int begin,
                      int n,
                      int *out);

/* Draws the channels of the image into n opaque words a row. */
gboolean _mg_compose_image (const MgScene *scene,
                            const MgViewport *viewport,
                            const MgRect *screen,
                            const int *columns,
                            const int *rows,
                            guint32 *words,
                            GCancellable *cancellable,
                            GError **error);

/* One layer of labels over the words. */
typedef struct
{
  MgMask *mask;     /* (nullable) */
  MgLabels *labels; /* (nullable) */
  MgRect rect;      /* where labels lie in the image */
  gboolean dashed;
  double fill_opacity, outline_opacity;
  GHashTable *selected; /* (nullable) */
} MgLabelLayer;

void _mg_compose_labels (const MgLabelLayer *layer,
                         const MgViewport *viewport,
                         const MgRect *screen,
                         guint32 *words);
