#pragma once

#include "image/image.h"

/**
 * MgNoiseAdvice:
 * @n: of the images had a flat place to see their noise in; 0: nothing is known
 * @along: correlation of the noise with the next pixel in the row, the median
 * @down: likewise in the column
 * @blind_x: pixels to each side in the row that a blind spot has to cover
 * @blind_y: likewise in the column
 * @filter_may_do: the noise is alike over such distances that a simple filter
 *   may do as well as learning
 * @text: all of it in a sentence or two for people
 *
 * What the noise of some images means for learning from them alone.
 */
typedef struct
{
  guint n;
  double along, down;
  int blind_x, blind_y;
  gboolean filter_may_do;
  char text[400];
} MgNoiseAdvice;

void mg_noise_advice (MgImage *const *images,
                      guint n,
                      MgNoiseAdvice *out);
