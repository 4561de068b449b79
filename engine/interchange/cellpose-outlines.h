#pragma once

#include "image/labels.h"

/* Cellpose's NAME_cp_outlines.txt (cellpose/io.py, outlines_to_text): a line a
 * cell, "x,y,x,y,…", the pixels of its border in turn. */
gboolean _mg_cellpose_outlines_write (GFile *file,
                                      MgLabels *labels,
                                      GCancellable *cancellable,
                                      GError **error);
