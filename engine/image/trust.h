#pragma once

#include "image/filter.h"
#include "image/image.h"
#include "image/quality.h"
#include "image/removal.h"

/**
 * MgTrustMap:
 * @MG_TRUST_SSIM: similarity with the clean image (see mg_ssim_map()), 1 where
 *   both are alike
 * @MG_TRUST_ERROR: absolute difference from the clean image, in its values
 * @MG_TRUST_REMOVED: how certain it is that structure was removed (see
 *   mg_removal_measure())
 *
 * Maps of the size of the image, as layers over it. The first two are after the
 * fit of scale and offset, so that one brightness for all does not hide places.
 */
typedef enum
{
  MG_TRUST_SSIM,
  MG_TRUST_ERROR,
  MG_TRUST_REMOVED,
  MG_N_TRUST_MAPS,
} MgTrustMap;

/**
 * MgTrustPlane:
 * @c: channel
 * @z: slice
 * @t: frame
 * @rect: (nullable): a part of it; %NULL: all
 */
typedef struct
{
  int c, z, t;
  const MgRect *rect;
} MgTrustPlane;

/**
 * MgTrust:
 * @has_clean: whether there was a clean image, and so
 * @restored: scores of the restored image
 * @has_noisy: whether there was a noisy image, and so
 * @removal: what was taken away
 * @noisy: scores of the noisy image, with both
 * @maps: (nullable): owned, 32-bit floats, by #MgTrustMap, as far as they were
 *   asked for and can be made
 *
 * How far a restored plane can be trusted.
 */
typedef struct
{
  gboolean has_clean, has_noisy;
  MgQuality restored, noisy;
  MgRemoval removal;
  MgImage *maps[MG_N_TRUST_MAPS];
} MgTrust;

gboolean mg_trust_measure (MgImage *restored,
                           MgImage *noisy,
                           MgImage *clean,
                           const MgTrustPlane *plane,
                           gboolean with_maps,
                           MgTrust *out,
                           GCancellable *cancellable,
                           GError **error);
void mg_trust_clear (MgTrust *trust);
char *mg_trust_advise (MgFilterKind filter,
                       double filtered,
                       double restored);
const char *mg_trust_map_name (MgTrustMap map);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MgTrust, mg_trust_clear)
