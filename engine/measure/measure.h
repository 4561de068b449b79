#pragma once

#include "image/image.h"
#include "measure/table.h"
#include "segment/instances.h"

gboolean mg_measure_add (MgTable *table,
                         MgInstances *instances,
                         MgImage *image,
                         const char *image_name,
                         GCancellable *cancellable,
                         GError **error);
