#pragma once

#include "compare/compare-page.h"

/* What is compared with what, and how well it was restored: scores against the
 * clean image, or what can be said without one. */
#define MG_TYPE_COMPARE_PANEL (mg_compare_panel_get_type ())
G_DECLARE_FINAL_TYPE (MgComparePanel, mg_compare_panel, MG, COMPARE_PANEL, GtkBox)

void mg_compare_panel_set_page (MgComparePanel *self,
                                MgComparePage *page);
GObject *mg_compare_panel_get_fitted (MgComparePanel *self);
