#pragma once

#include <gio/gio.h>

#include "image/trust.h"

/**
 * MgMetricsSource:
 * @sides: what lies left and right
 * @noisy: the image as it came
 * @clean: (nullable): what it should be
 * @c: channel
 * @z: slice
 * @t: frame
 * @rect: part that is measured; empty: all
 *
 * What is measured; images are borrowed for the call.
 */
typedef struct
{
  MgImage *sides[2];
  MgImage *noisy, *clean;
  int c, z, t;
  MgRect rect;
} MgMetricsSource;

/**
 * MgMetrics:
 * @has_scores: of each side: whether there are any against the clean image
 * @scores: those of the sides
 * @has_removal: of each side: whether it was restored from the noisy image
 * @removal: what was taken away then
 */
typedef struct
{
  gboolean has_scores[2];
  MgQuality scores[2];
  gboolean has_removal[2];
  MgRemoval removal[2];
} MgMetrics;

/* Measures on another thread, one wish at a time, of several the last. Main thread. */
typedef struct _MgMeter MgMeter;

typedef void (*MgMeterFunc) (const MgMetrics *metrics, const GError *error, gpointer data);

MgMeter *mg_meter_new (MgMeterFunc func,
                       gpointer data);
void mg_meter_free (MgMeter *meter);
void mg_meter_measure (MgMeter *meter,
                       const MgMetricsSource *source,
                       guint delay_ms);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MgMeter, mg_meter_free)
