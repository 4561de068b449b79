#pragma once

#include "base/progress.h"
#include "dataset/synth.h"

/* What `sample` writes. */
typedef struct
{
  gboolean denoise; /* pairs of noisy and clean images instead of labels */
  int n_images;     /* to learn from; half as many more, at least one, to test on */
  int size;         /* px a side */
  guint64 seed;
} MgSampleOptions;

gboolean mg_sample_write (GFile *folder,
                          const MgSampleOptions *options,
                          MgProgress *progress,
                          GCancellable *cancellable,
                          GError **error);
