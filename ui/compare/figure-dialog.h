#pragma once

#include <adwaita.h>

#include "compare/compare-page.h"
#include "session/settings.h"

/* Asks how the comparison becomes a figure, and then for the file.
 * Signal "export" (const MgFigureOptions *, GFile *): this is what is wanted. */
#define MG_TYPE_FIGURE_DIALOG (mg_figure_dialog_get_type ())
G_DECLARE_FINAL_TYPE (MgFigureDialog, mg_figure_dialog, MG, FIGURE_DIALOG, AdwWindow)

MgFigureDialog *mg_figure_dialog_new (GtkWindow *parent,
                                      MgComparePage *page,
                                      const char *name,
                                      MgSettings *settings);
