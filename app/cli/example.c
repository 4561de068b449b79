#include "cli/example.h"

#define FILL_OPACITY 0.3

gboolean
cli_example_add (CliExample *example,
                 const char *title,
                 MgImage *image,
                 MgLabels *labels,
                 GCancellable *cancellable,
                 GError **error)
{
  guint i = example->n;
  MgScene *scene = &example->scenes[i];

  g_return_val_if_fail (i < CLI_EXAMPLE_PANELS, FALSE);

  example->n++;
  example->pyramids[i] = mg_pyramid_new (image);
  *scene = (MgScene){ .image = example->pyramids[i], .fill_opacity = FILL_OPACITY, .outline_opacity = 1 };
  if (labels != NULL)
    {
      scene->mask = example->masks[i] = mg_mask_new_from_labels (labels, error);
      scene->show_mask = TRUE;
      if (scene->mask == NULL)
        return FALSE;
    }
  example->panels[i] = (MgFigurePanel){ title, scene, FALSE };
  return mg_scene_auto_channels (scene, cancellable, error);
}

gboolean
cli_example_end (CliExample *example,
                 GCancellable *cancellable,
                 GError **error)
{
  MgRect shown;

  if (!mg_report_choose_region (mg_pyramid_get_image (example->pyramids[example->n - 1]), example->n, &shown, cancellable, error))
    return FALSE;
  mg_figure_link_contrast (example->scenes, example->n, MIN (1, example->n - 1), FALSE);
  example->figure = (MgFigure){ .panels = example->panels, .n_panels = example->n, .shown = shown };
  return TRUE;
}

void
cli_example_clear (CliExample *example)
{
  for (guint i = 0; i < example->n; i++)
    {
      g_clear_pointer (&example->pyramids[i], mg_pyramid_unref);
      g_clear_pointer (&example->masks[i], mg_mask_free);
    }
}
