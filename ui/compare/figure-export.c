#include "compare/figure-export.h"

#include "figure/compare-figure.h"

#define MAX_PANELS 4

/* What the writing thread is given: nothing of the main thread's. */
typedef struct
{
  MgFigure figure;
  MgFigurePanel panels[MAX_PANELS];
  MgScene scenes[MAX_PANELS]; /* their images shared */
  char *titles[MAX_PANELS];
  GFile *file;
} Export;

static void
export_free (gpointer data)
{
  Export *export = data;

  for (guint i = 0; i < export->figure.n_panels; i++)
    {
      mg_pyramid_unref (export->scenes[i].image);
      g_free (export->titles[i]);
    }
  g_object_unref (export->file);
  g_free (export);
}

static void
add_panel (Export *export,
           MgPyramid *pyramid,
           const char *title,
           const MgChannelView *channels,
           int n_channels,
           gboolean colour_bar,
           MgComparePage *page)
{
  const MgImageInfo *info = mg_image_get_info (mg_pyramid_get_image (pyramid));
  guint i = export->figure.n_panels++;
  MgScene *scene = &export->scenes[i];
  int z, t;

  mg_compare_page_get_plane (page, &z, &t);
  *scene = (MgScene){
    .image = mg_pyramid_ref (pyramid),
    .z = MIN (z, info->n_z - 1),
    .t = MIN (t, info->n_t - 1),
    .n_channels = MIN (n_channels, info->n_channels),
  };
  for (int c = 0; c < scene->n_channels; c++)
    scene->channels[c] = channels[c];
  export->titles[i] = g_strdup (title);
  export->panels[i] = (MgFigurePanel){ export->titles[i], scene, colour_bar };
}

static void
add_rendition (Export *export,
               MgComparePage *page,
               MgRendition *rendition)
{
  const MgChannelView *channels;
  int n;

  if (rendition == NULL || !mg_compare_page_fits (page, rendition))
    return;
  channels = mg_compare_page_get_channels (page, rendition, &n);
  add_panel (export, mg_rendition_get_pyramid (rendition), mg_rendition_get_title (rendition), channels, n, FALSE, page);
}

/* The layout on screen: one image, two beside each other or sharing a place, or
 * both and the map. */
static void
add_panels (Export *export,
            MgComparePage *page,
            gboolean with_clean)
{
  MgCompareView *view = mg_compare_page_get_view (page);
  MgRendition *left = mg_compare_page_get_left (page), *right = mg_compare_page_get_right (page);
  MgRendition *clean = mg_renditions_get_clean (mg_compare_page_get_renditions (page));
  MgCompareMode mode = mg_compare_view_get_mode (view);
  const MgChannelView *views;
  MgPyramid *map;
  const char *title;
  int n_views;

  if (mode != MG_COMPARE_RIGHT)
    add_rendition (export, page, left);
  if (mode != MG_COMPARE_LEFT && right != left)
    add_rendition (export, page, right);
  if (mode == MG_COMPARE_SPLIT && export->figure.n_panels == 2)
    g_object_get (view, "divider", &export->figure.split, NULL);
  if (with_clean && clean != left && clean != right)
    add_rendition (export, page, clean);
  map = mode == MG_COMPARE_MAP ? mg_compare_page_get_map (page, &title, &views, &n_views) : NULL;
  if (map != NULL)
    add_panel (export, map, title, views, n_views, TRUE, page);
}

static void
export_thread (GTask *task,
               gpointer source,
               gpointer task_data,
               GCancellable *cancellable)
{
  Export *export = task_data;
  g_autoptr (GError) error = NULL;

  if (mg_figure_write_compare (export->file, &export->figure, cancellable, &error))
    g_task_return_pointer (task, g_object_ref (export->file), g_object_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/* The divider's place in the picture: what is shown need not begin at the
 * widget's edge. */
static double
split_of_shown (MgCompareView *view,
                double divider,
                const MgRect *shown)
{
  double x0, x1, y, at = divider * gtk_widget_get_width (GTK_WIDGET (view));

  mg_image_view_to_widget (MG_IMAGE_VIEW (view), shown->x, shown->y, &x0, &y);
  mg_image_view_to_widget (MG_IMAGE_VIEW (view), shown->x + shown->width, shown->y, &x1, &y);
  return CLAMP ((at - x0) / MAX (1, x1 - x0), 0.01, 0.99);
}

/**
 * mg_figure_export_async:
 * @page: what is on screen
 * @options: how it is drawn
 * @file: the picture; its name says of which format
 *
 * Draws from a snapshot of the page on another thread.
 */
void
mg_figure_export_async (MgComparePage *page,
                        const MgFigureOptions *options,
                        GFile *file,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  MgCompareView *view = mg_compare_page_get_view (page);
  g_autoptr (GTask) task = g_task_new (page, cancellable, callback, user_data);
  Export *export = g_new0 (Export, 1);
  MgFigure *figure = &export->figure;

  export->file = g_object_ref (file);
  add_panels (export, page, options->clean);
  figure->panels = export->panels;
  figure->dpi = options->dpi;
  figure->width_mm = options->width_mm;
  mg_image_view_visible_rect (MG_IMAGE_VIEW (view), &figure->shown);
  if (options->whole && figure->n_panels > 0)
    {
      figure->shown.x = figure->shown.y = 0;
      mg_pyramid_get_size (export->scenes[0].image, 0, &figure->shown.width, &figure->shown.height);
    }
  if (figure->split > 0)
    figure->split = split_of_shown (view, figure->split, &figure->shown);
  mg_compare_view_get_roi (view, &figure->roi);
  mg_rect_intersect (&figure->roi, &figure->shown, &figure->roi);
  figure->profile = options->profile && !mg_rect_is_empty (&figure->roi);
  g_task_set_task_data (task, export, export_free);
  if (figure->n_panels > 0)
    g_task_run_in_thread (task, export_thread);
  else
    g_task_return_new_error (task, MG_ERROR, MG_ERROR_USAGE, "There is no image to make a figure of");
}

/**
 * mg_figure_export_finish:
 * @result: of mg_figure_export_async()
 *
 * Returns: (transfer full) (nullable): the file; %NULL when it could not be written,
 *   and the message names it
 */
GFile *
mg_figure_export_finish (GAsyncResult *result,
                         GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
