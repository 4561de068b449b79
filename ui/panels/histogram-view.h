#pragma once

#include <gtk/gtk.h>

#include "image/channel-view.h"
#include "image/histogram.h"

/* A histogram with two handles: what is shown black and what white. Signal
 * "range-changed" (double min, double max): the person moved one. */
#define MG_TYPE_HISTOGRAM_VIEW (mg_histogram_view_get_type ())
G_DECLARE_FINAL_TYPE (MgHistogramView, mg_histogram_view, MG, HISTOGRAM_VIEW, GtkWidget)

void mg_histogram_view_set (MgHistogramView *self,
                            const MgHistogram *histogram,
                            double min,
                            double max);
void mg_histogram_view_set_colours (MgHistogramView *self,
                                    const MgChannelView *view);
