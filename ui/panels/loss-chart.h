#pragma once

#include <gtk/gtk.h>

#include "train/trainer.h"

/* The learning curves of a training run: loss of training and validation over
 * steps, the loss on a logarithmic scale. */
#define MG_TYPE_LOSS_CHART (mg_loss_chart_get_type ())
G_DECLARE_FINAL_TYPE (MgLossChart, mg_loss_chart, MG, LOSS_CHART, GtkWidget)

void mg_loss_chart_set_points (MgLossChart *self,
                               const MgTrainPoint *points,
                               guint n_points);
