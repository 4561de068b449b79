#pragma once

#include "dataset/dataset.h"

void mg_item_free (gpointer data);
gboolean mg_item_knows (const MgItem *item,
                        int x,
                        int y);
void mg_item_find_objects (MgItem *item);
double mg_typical_diameter (double *areas,
                            guint n);
