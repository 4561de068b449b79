#pragma once

#include "annotate/mask.h"
#include "base/progress.h"
#include "image/image.h"

typedef enum
{
  MG_ROLE_OF_TRAIN,
  MG_ROLE_OF_VALIDATION,
} MgItemRole;

#define MG_DATASET_MAX_CHANNELS 8

/**
 * MgNormalisation:
 * @MG_NORMALISE_PERCENTILES: the 1st and 99.8th percentiles become 0 and 1
 *   (StarDist: Schmidt et al. 2018)
 * @MG_NORMALISE_MEAN_STD: the mean becomes 0, a standard deviation more 1 (N2V's
 *   program)
 *
 * How a plane's brightness is brought to the network's.
 */
typedef enum
{
  MG_NORMALISE_PERCENTILES,
  MG_NORMALISE_MEAN_STD,
  MG_N_NORMALISATIONS,
} MgNormalisation;

/**
 * MgItem:
 *
 * One image to learn from, with what is known about it. Exactly one of labels
 * and clean is set, or neither (self-supervised recipes).
 */
typedef struct
{
  char *name;
  MgImage *image;
  MgLabels *labels; /* (nullable): instances; MG_LABEL_IGNORED is neither cell nor background */
  GArray *regions;  /* (nullable), of MgRect, shared: only inside them the labels are known */
  MgImage *clean;   /* (nullable): the restored image to learn */
  MgItemRole role;
  /* normalisation of each channel of the image: these map to 0 and 1 */
  double low[MG_DATASET_MAX_CHANNELS], high[MG_DATASET_MAX_CHANNELS];
  /* likewise of the clean image: these stand for the same light as low and high */
  double clean_low[MG_DATASET_MAX_CHANNELS], clean_high[MG_DATASET_MAX_CHANNELS];
  double diameter; /* px, of a typical instance (mg_typical_diameter); 0 without any */
  guint n_objects;
  float *centres; /* (nullable): of mass, x, y alternating, n_objects pairs; owned */
} MgItem;

/* What a training run learns from. Filled, then only read; any thread. */
typedef struct _MgDataset MgDataset;

MgDataset *mg_dataset_new (void);
void mg_dataset_free (MgDataset *dataset);
/* Takes references. Images and labels of different sizes are an error that
 * names both. */
gboolean mg_dataset_add (MgDataset *dataset,
                         const char *name,
                         MgImage *image,
                         MgLabels *labels,
                         MgImage *clean,
                         MgItemRole role,
                         GError **error);
/* Before mg_dataset_prepare(): only these parts of the item added last take part. */
void mg_dataset_set_regions (MgDataset *dataset,
                             const MgRect *regions,
                             guint n);
guint mg_dataset_get_n (MgDataset *dataset);
const MgItem *mg_dataset_get (MgDataset *dataset,
                              guint index);
/* Before mg_dataset_prepare(): whether clean images that lie shifted are moved. */
void mg_dataset_set_align (MgDataset *dataset,
                           gboolean align);
/* Before mg_dataset_prepare(). */
void mg_dataset_set_normalisation (MgDataset *dataset,
                                   MgNormalisation normalisation);
/* Before mg_dataset_add(): whether each channel becomes an item of its own. */
void mg_dataset_set_each_channel (MgDataset *dataset,
                                  gboolean each);
void mg_dataset_add_note (MgDataset *dataset,
                          const char *format,
                          ...) G_GNUC_PRINTF (2, 3);
const char *const *mg_dataset_get_notes (MgDataset *dataset);
/* Computes normalisations, holds `share` of the train items out for validation
 * by seed when none is marked for it, and checks that there is something to
 * learn (an error says what is missing). */
gboolean mg_dataset_prepare (MgDataset *dataset,
                             double validation_share,
                             guint64 seed,
                             MgProgress *progress,
                             GCancellable *cancellable,
                             GError **error);
/* What maps to 0 and 1 of one plane; constant or empty planes give low, low + 1.
 * NaN and infinities are left out. */
gboolean mg_normalisation (MgNormalisation normalisation,
                           MgImage *image,
                           int c,
                           int z,
                           int t,
                           double *low,
                           double *high,
                           GCancellable *cancellable,
                           GError **error);
/* values ← (values - low) / (high - low), what is not finite becomes 0. */
void mg_normalise (float *values,
                   gsize n,
                   double low,
                   double high);
/* How far, in normalised units, a hot or dead pixel lies outside its neighbours. */
#define MG_OUTLIER_GAP 4.0f
gsize mg_replace_outliers (float *values,
                           int width,
                           int height,
                           float gap);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MgDataset, mg_dataset_free)
