#include "figure/report-private.h"

#include "figure/plot.h"

#include <math.h>

/* Rows that fit beside the other parts. */
#define MAX_LINES   14
#define ROW_HEIGHT  11.5
#define PLOT_HEIGHT 150.0
#define SHADE       0xf0f0f0
#define SMALL       7.0

static const char definitions[] =
  "PSNR: 10 log10 (range² / mean squared difference). SSIM: Wang et al. 2004, Gaussian window of sigma 1.5. NRMSE: root of the mean "
  "squared difference over the clean image’s maximum − minimum. Raw: range 255 for 8-bit images, the clean image’s otherwise. "
  "Fitted: after the scale and offset of least squares, range between the clean image’s percentiles 0.1 and 99.9.";

/* Columns of numbers end at these places, shares of the width. */
static const double columns[] = { 0.45, 0.55, 0.65, 0.78, 0.88, 0.98 };

static void
draw_cells (MgPage *page, const char *name, const char *const texts[G_N_ELEMENTS (columns)], gboolean bold)
{
  double width = MG_PAGE_WIDTH - 2 * MG_PAGE_MARGIN, y = page->y + MG_PAGE_TEXT;
  const MgTextStyle left = { .size = MG_PAGE_TEXT, .colour = MG_PAGE_INK, .bold = bold };
  const MgTextStyle right = { .size = MG_PAGE_TEXT, .colour = MG_PAGE_INK, .bold = bold, .align = 1 };

  _mg_canvas_text_in (page->canvas, name, MG_PAGE_MARGIN + 2, y, (columns[0] - 0.1) * width, &left);
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    _mg_canvas_text (page->canvas, texts[i], MG_PAGE_MARGIN + columns[i] * width, y, &right);
  page->y += ROW_HEIGHT;
}

static void
draw_line (MgPage *page, const char *name, const MgQuality *quality, gboolean bold)
{
  char texts[G_N_ELEMENTS (columns)][16];
  const char *pointers[G_N_ELEMENTS (columns)];
  const MgScores *scores[] = { &quality->raw, &quality->fitted };

  for (guint i = 0; i < 2; i++)
    {
      g_snprintf (texts[3 * i], sizeof texts[0], "%.2f", scores[i]->psnr);
      g_snprintf (texts[3 * i + 1], sizeof texts[0], "%.4f", scores[i]->ssim);
      g_snprintf (texts[3 * i + 2], sizeof texts[0], "%.4f", scores[i]->nrmse);
    }
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    pointers[i] = texts[i];
  draw_cells (page, name, pointers, bold);
}

static void
shade (MgPage *page, guint n_rows)
{
  _mg_canvas_fill (page->canvas, MG_PAGE_MARGIN, page->y - 1.5, MG_PAGE_WIDTH - 2 * MG_PAGE_MARGIN, n_rows * ROW_HEIGHT, SHADE);
}

static void
draw_table (MgPage *page, const MgScoreReport *report)
{
  guint n = MIN (report->n_lines, MAX_LINES);

  _mg_page_heading (page, "Scores", MG_PAGE_MARGIN, MG_PAGE_WIDTH - 2 * MG_PAGE_MARGIN);
  draw_cells (page, "", (const char *const[]){ "raw", "", "", "fitted", "", "" }, FALSE);
  draw_cells (page, "", (const char *const[]){ "PSNR [dB]", "SSIM", "NRMSE", "PSNR [dB]", "SSIM", "NRMSE" }, TRUE);
  shade (page, report->has_noisy ? 2 : 1);
  draw_line (page, "restored, mean of all images", &report->mean.restored, TRUE);
  if (report->has_noisy)
    draw_line (page, "noisy, mean of all images", &report->mean.noisy, FALSE);
  for (int kind = 0; report->filters != NULL && kind <= MG_FILTER_NLM; kind++)
    {
      g_autofree char *name = g_strdup_printf ("%s filter, mean of all images", mg_filter_name ((MgFilterKind) kind));

      draw_line (page, name, &report->filters[kind], FALSE);
    }
  for (guint i = 0; i < n; i++)
    {
      if (i == 0)
        _mg_canvas_fill (page->canvas, MG_PAGE_MARGIN, page->y - 1.5, MG_PAGE_WIDTH - 2 * MG_PAGE_MARGIN, 0.5, MG_PAGE_GREY);
      draw_line (page, report->lines[i].name, &report->lines[i].restored, FALSE);
    }
  if (report->n_lines > n)
    {
      g_autofree char *rest = g_strdup_printf ("… and %u more, in the plot", report->n_lines - n);

      _mg_page_text (page, rest, MG_PAGE_TEXT, MG_PAGE_GREY);
    }
  page->y += 6;
}

static int
compare_lines (gconstpointer a, gconstpointer b)
{
  double x = (*(const MgScoreLine *const *) a)->restored.fitted.psnr, y = (*(const MgScoreLine *const *) b)->restored.fitted.psnr;

  return (x > y) - (x < y);
}

/* All images in order of their score, with what they were before. */
static void
draw_distribution (MgPage *page, const MgScoreReport *report)
{
  guint n = report->n_lines;
  g_autofree const MgScoreLine **sorted = g_new (const MgScoreLine *, n);
  g_autofree double *places = g_new (double, 3 * n);
  MgCurve curves[2];
  const MgPlot plot = { "image, in order of its score", "PSNR, fitted [dB]", curves, report->has_noisy ? 2 : 1, TRUE, FALSE };

  for (guint i = 0; i < n; i++)
    sorted[i] = &report->lines[i];
  qsort (sorted, n, sizeof *sorted, compare_lines);
  for (guint i = 0; i < n; i++)
    {
      places[i] = i + 1;
      places[n + i] = sorted[i]->restored.fitted.psnr;
      places[2 * n + i] = sorted[i]->noisy.fitted.psnr;
    }
  curves[0] = (MgCurve){ "restored", places, places + n, n, n < 80 };
  curves[1] = (MgCurve){ "noisy", places, places + 2 * n, n, n < 80 };
  _mg_page_heading (page, "Distribution", MG_PAGE_MARGIN, MG_PAGE_WIDTH - 2 * MG_PAGE_MARGIN);
  _mg_plot_draw (page->canvas, &plot, MG_PAGE_MARGIN, page->y, MG_PAGE_WIDTH - 2 * MG_PAGE_MARGIN, PLOT_HEIGHT);
  page->y += PLOT_HEIGHT + 8;
}

static void
draw_trust (MgPage *page, const MgScoreReport *report)
{
  const MgRemoval *mean = &report->mean.removal;
  guint n_structure = 0;
  g_autofree char *noise = NULL, *verdict = NULL;

  for (guint i = 0; i < report->n_lines; i++)
    n_structure += report->lines[i].removal.verdict == MG_REMOVAL_STRUCTURE;
  _mg_page_heading (page, "What was removed", MG_PAGE_MARGIN, MG_PAGE_WIDTH - 2 * MG_PAGE_MARGIN);
  noise = g_strdup_printf ("Noise, robust estimate, mean of all images: %.4g before, %.4g after. Correlation of the residual with itself one "
                           "pixel further: %+.3f; with the detail of the image: %+.3f.",
                           mean->sigma_before, mean->sigma_after, mean->neighbours, mean->with_signal);
  _mg_page_text (page, noise, MG_PAGE_TEXT, MG_PAGE_INK);
  verdict = n_structure == 0 ? g_strdup ("In no image was structure removed.")
                             : g_strdup_printf ("In %u of %u images structure was removed, too; over all images in %.*f %% of the area.",
                                                n_structure, report->n_lines, mean->share < 0.1, 100 * mean->share);
  _mg_page_text (page, verdict, MG_PAGE_TEXT, MG_PAGE_INK);
  if (report->advice != NULL)
    _mg_page_text (page, report->advice, MG_PAGE_TEXT, MG_PAGE_INK);
  page->y += 6;
}

/**
 * mg_report_write_scores:
 * @file: the page, replaced as a whole or left as it was: a PDF, or what else
 *   its name's ending asks for
 * @report: what is on it
 * @cancellable: (nullable): looked at while the example is read
 *
 * One page A4 on a set of restored images: scores, their distribution, what was
 * removed, an example, and how the scores are defined. Any thread.
 *
 * Returns: FALSE with an error naming the file
 */
gboolean
mg_report_write_scores (GFile *file,
                        const MgScoreReport *report,
                        GCancellable *cancellable,
                        GError **error)
{
  g_auto (MgPage) page = { 0 };
  g_autofree char *subtitle = g_strdup_printf ("%u restored %s compared with %s", report->n_lines, report->n_lines == 1 ? "image" : "images",
                                               !report->has_noisy  ? "clean ones"
                                               : report->has_clean ? "clean and noisy ones"
                                                                   : "the noisy ones");

  if (!_mg_page_open (&page, file, report->title, subtitle, error))
    return FALSE;
  if (report->has_clean)
    draw_table (&page, report);
  if (report->has_clean && report->n_lines > 1)
    draw_distribution (&page, report);
  if (report->has_noisy)
    draw_trust (&page, report);
  if (report->example != NULL &&
      !_mg_page_figure (&page, report->example_title ?: "Example", report->example,
                        report->has_clean ? _mg_page_text_height (&page, definitions, SMALL) : 0, cancellable, error))
    return FALSE;
  if (report->has_clean)
    _mg_page_text (&page, definitions, SMALL, MG_PAGE_GREY);
  return _mg_page_close (&page, error);
}
