#pragma once

#include "compare/compare-page.h"

/* What is seen of a page's region: the same part of each image magnified, and
 * the values along a line through it. Seen while there is a region. */
#define MG_TYPE_COMPARE_STRIP (mg_compare_strip_get_type ())
G_DECLARE_FINAL_TYPE (MgCompareStrip, mg_compare_strip, MG, COMPARE_STRIP, GtkBox)

void mg_compare_strip_set_page (MgCompareStrip *self,
                                MgComparePage *page);
