#include "figure/report-private.h"

#include "figure/plot.h"
#include "train/manifest.h"

#include <math.h>

#define COLUMN_GAP   18.0
#define LEFT_WIDTH   248.0
#define LOSS_HEIGHT  140.0
#define SCORE_HEIGHT 95.0

/* One curve's points. */
typedef struct
{
  GArray *x, *y; /* double */
} Points;

static void
points_init (Points *points)
{
  points->x = g_array_new (FALSE, FALSE, sizeof (double));
  points->y = g_array_new (FALSE, FALSE, sizeof (double));
}

static void
points_clear (Points *points)
{
  g_array_unref (points->x);
  g_array_unref (points->y);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Points, points_clear)

static void
points_add (Points *points, double x, double y)
{
  if (!isfinite (x) || !isfinite (y))
    return;
  g_array_append_val (points->x, x);
  g_array_append_val (points->y, y);
}

static MgCurve
make_curve (const Points *points, const char *name, gboolean dots)
{
  return (MgCurve){ name, (const double *) points->x->data, (const double *) points->y->data, points->x->len, dots };
}

static double
get_element (JsonArray *array, guint i)
{
  JsonNode *node = i < json_array_get_length (array) ? json_array_get_element (array, i) : NULL;

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_double (node) : NAN;
}

/* Models from before losses were kept have those of the validations only. */
static void
read_losses (JsonObject *card, Points *losses)
{
  JsonObject *kept = mg_manifest_get_object (card, "training_loss");
  JsonArray *steps = kept != NULL ? mg_manifest_get_array (kept, "step") : NULL;
  JsonArray *values = kept != NULL ? mg_manifest_get_array (kept, "loss") : NULL;

  for (guint i = 0; steps != NULL && values != NULL && i < json_array_get_length (steps); i++)
    points_add (losses, get_element (steps, i), get_element (values, i));
}

static void
read_curve (JsonObject *card, Points *losses, Points *validation, Points *scores)
{
  JsonArray *curve = mg_manifest_get_array (card, "curve");
  gboolean kept = losses->x->len > 0;

  for (guint i = 0; curve != NULL && i < json_array_get_length (curve); i++)
    {
      JsonNode *node = json_array_get_element (curve, i);
      JsonObject *point = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      double step = point != NULL ? mg_manifest_get_number (point, "step", NAN) : NAN;

      if (!isfinite (step))
        continue;
      if (!kept)
        points_add (losses, step, mg_manifest_get_number (point, "loss", NAN));
      points_add (validation, step, mg_manifest_get_number (point, "validation_loss", NAN));
      points_add (scores, step, mg_manifest_get_number (point, "score", NAN));
    }
}

static void
draw_curves (MgPage *page, MgModel *model, double x, double width)
{
  const MgRecipe *recipe = mg_model_get_recipe (model);
  JsonObject *card = mg_model_get_card (model);
  g_auto (Points) losses, validation, scores;
  MgCurve curves[2], score;
  MgPlot plot = { "step", "loss", curves, 2, TRUE, TRUE };

  points_init (&losses);
  points_init (&validation);
  points_init (&scores);
  read_losses (card, &losses);
  read_curve (card, &losses, &validation, &scores);
  curves[0] = make_curve (&losses, "training", FALSE);
  curves[1] = make_curve (&validation, "validation", validation.x->len < 40);
  _mg_page_heading (page, "Learning curve", x, width);
  if (losses.x->len + validation.x->len == 0)
    {
      const MgTextStyle style = { .size = MG_PAGE_TEXT, .colour = MG_PAGE_GREY };

      _mg_canvas_text (page->canvas, "not recorded", x, page->y + MG_PAGE_TEXT, &style);
      page->y += 2 * MG_PAGE_TEXT;
      return;
    }
  _mg_plot_draw (page->canvas, &plot, x, page->y, width, LOSS_HEIGHT);
  page->y += LOSS_HEIGHT + 6;
  if (scores.x->len < 2)
    return;
  score = make_curve (&scores, "validation", scores.x->len < 40);
  plot = (MgPlot){ "step", recipe->task == MG_TASK_SEGMENT ? "AP at IoU 0.5" : recipe->self_supervised ? "held-out PSNR [dB]"
                                                                                                       : "PSNR [dB]",
                   &score, 1, TRUE, FALSE };
  _mg_plot_draw (page->canvas, &plot, x, page->y, width, SCORE_HEIGHT);
  page->y += SCORE_HEIGHT + 6;
}

static void
draw_facts (MgPage *page, MgModel *model, double x, double width)
{
  g_auto (GStrv) method = _mg_report_method_rows (model), data = _mg_report_data_rows (model);

  _mg_page_heading (page, "Method and settings", x, width);
  _mg_page_rows (page, (const char *const *) method, x, width);
  _mg_page_heading (page, "Data", x, width);
  _mg_page_rows (page, (const char *const *) data, x, width);
}

static void
draw_scores (MgPage *page, const MgModelReport *report, double x, double width)
{
  g_auto (GStrv) scores = _mg_report_score_rows (report->model);

  if (scores[0] == NULL && report->measured == NULL)
    return;
  _mg_page_heading (page, "Scores", x, width);
  _mg_page_rows (page, (const char *const *) scores, x, width);
  if (report->measured == NULL)
    return;
  page->y -= 6; /* go on with the same list */
  _mg_page_rows (page, report->measured, x, width);
}

/**
 * mg_report_write_model:
 * @file: the page, replaced as a whole or left as it was: a PDF, or what else
 *   its name's ending asks for
 * @report: what is on it
 * @cancellable: (nullable): looked at while the example is read
 *
 * One page A4 on a trained model: method, settings, data, curves, scores, an
 * example, a paragraph for a Methods section. Any thread.
 *
 * Returns: FALSE with an error naming the file
 */
gboolean
mg_report_write_model (GFile *file,
                       const MgModelReport *report,
                       GCancellable *cancellable,
                       GError **error)
{
  g_auto (MgPage) page = { 0 };
  const MgRecipe *recipe = mg_model_get_recipe (report->model);
  g_autofree char *title = g_strdup_printf ("Model “%s”", report->name), *methods = mg_report_methods (report->model);
  double top, left, width = MG_PAGE_WIDTH - 2 * MG_PAGE_MARGIN, right = MG_PAGE_MARGIN + LEFT_WIDTH + COLUMN_GAP;
  double right_width = width - LEFT_WIDTH - COLUMN_GAP, below;

  if (!_mg_page_open (&page, file, title, recipe->description, error))
    return FALSE;
  top = page.y;
  draw_facts (&page, report->model, MG_PAGE_MARGIN, LEFT_WIDTH);
  left = page.y;
  page.y = top;
  draw_curves (&page, report->model, right, right_width);
  draw_scores (&page, report, right, right_width);
  page.y = MAX (page.y, left) + 4;
  below = 30 + _mg_page_text_height (&page, methods, MG_PAGE_TEXT);
  if (report->example != NULL && !_mg_page_figure (&page, report->example_title ?: "Example", report->example, below, cancellable, error))
    return FALSE;
  _mg_page_heading (&page, "For a Methods section", MG_PAGE_MARGIN, width);
  _mg_page_text (&page, methods, MG_PAGE_TEXT, MG_PAGE_INK);
  return _mg_page_close (&page, error);
}
