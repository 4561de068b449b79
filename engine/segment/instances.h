#pragma once

#include "base/progress.h"
#include "image/labels.h"

/**
 * MgInstance:
 * @label: its number in the label raster, from 1 without gaps
 * @box: bounding box
 * @area: pixels
 * @score: 0 to 1, how sure the decoder is; 1 for drawn ones
 */
typedef struct
{
  guint32 label;
  MgRect box;
  gint64 area;
  float score;
} MgInstance;

/* Labels 1 … n with boxes, areas and scores; immutable, reference counted. */
typedef struct _MgInstances MgInstances;

MgInstances *mg_instances_new (MgLabels *labels,
                               const float *scores,
                               GError **error);
MgInstances *mg_instances_ref (MgInstances *instances);
void mg_instances_unref (MgInstances *instances);
MgLabels *mg_instances_get_labels (MgInstances *instances);
guint mg_instances_get_n (MgInstances *instances);
const MgInstance *mg_instances_get (MgInstances *instances,
                                    guint index);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MgInstances, mg_instances_unref)
