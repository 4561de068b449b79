#pragma once

#include "figure/canvas.h"
#include "figure/report.h"

/* A4, in points. */
#define MG_PAGE_WIDTH  595.28
#define MG_PAGE_HEIGHT 841.89
#define MG_PAGE_MARGIN 42.0
#define MG_PAGE_TEXT   8.2
#define MG_PAGE_INK    0x1a1a1a
#define MG_PAGE_GREY   0x606060

/* What is drawn next stands at `y`. */
typedef struct
{
  MgCanvas *canvas; /* owned */
  double y;
} MgPage;

gboolean _mg_page_open (MgPage *page,
                        GFile *file,
                        const char *title,
                        const char *subtitle,
                        GError **error);
void _mg_page_clear (MgPage *page);
/* A heading over a thin line, so wide; the next baseline follows. */
void _mg_page_heading (MgPage *page,
                       const char *text,
                       double x,
                       double width);
/* Names at the left, values beside them: name, value … as texts, %NULL. */
void _mg_page_rows (MgPage *page,
                    const char *const *rows,
                    double x,
                    double width);
void _mg_page_text (MgPage *page,
                    const char *text,
                    double size,
                    guint32 colour);
/* How much room _mg_page_text() takes, at most. */
double _mg_page_text_height (MgPage *page,
                             const char *text,
                             double size);
/* A figure with a heading, over the whole width, or narrower so that `below`
 * points are left for what follows. */
gboolean _mg_page_figure (MgPage *page,
                          const char *heading,
                          const MgFigure *figure,
                          double below,
                          GCancellable *cancellable,
                          GError **error);
gboolean _mg_page_close (MgPage *page,
                         GError **error);

/* What a model's file says, as rows for the page: (transfer full). */
char **_mg_report_method_rows (MgModel *model);
char **_mg_report_data_rows (MgModel *model);
char **_mg_report_score_rows (MgModel *model);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MgPage, _mg_page_clear)
