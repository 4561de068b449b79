#include "compare/compare-page.h"

/* Values of more channels than this do not fit anyway. */
#define MAX_VALUES 4

/* What is read under the pointer, on another thread. */
typedef struct
{
  char *place;
  struct
  {
    char *title;
    MgImage *image;
    int z, t;
  } of[2];
  int n, x, y;
} Probe;

static void
probe_free (gpointer data)
{
  Probe *probe = data;

  for (int i = 0; i < probe->n; i++)
    {
      g_free (probe->of[i].title);
      mg_image_unref (probe->of[i].image);
    }
  g_free (probe->place);
  g_free (probe);
}

static void
probe_thread (GTask *task,
              gpointer source,
              gpointer task_data,
              GCancellable *cancellable)
{
  const Probe *probe = task_data;
  GString *text = g_string_new (probe->place);

  for (int i = 0; i < probe->n; i++)
    {
      MgImage *image = probe->of[i].image;
      float value;

      g_string_append_printf (text, "   %s", probe->of[i].title);
      for (int c = 0; c < MIN (mg_image_get_info (image)->n_channels, MAX_VALUES); c++)
        if (mg_image_read_pixel (image, c, probe->of[i].z, probe->of[i].t, probe->x, probe->y, &value))
          g_string_append_printf (text, "%s %g", c > 0 ? "," : "", value);
    }
  g_task_return_pointer (task, g_string_free (text, FALSE), g_free);
}

static void
add_rendition (Probe *probe,
               MgComparePage *self,
               MgRendition *rendition)
{
  const MgImageInfo *info;
  int z, t;

  if (rendition == NULL || !mg_compare_page_fits (self, rendition))
    return;
  mg_compare_page_get_plane (self, &z, &t);
  info = mg_image_get_info (mg_rendition_get_image (rendition));
  probe->of[probe->n].title = g_strdup (mg_rendition_get_title (rendition));
  probe->of[probe->n].image = mg_image_ref (mg_rendition_get_image (rendition));
  probe->of[probe->n].z = MIN (z, info->n_z - 1);
  probe->of[probe->n].t = MIN (t, info->n_t - 1);
  probe->n++;
}

/**
 * mg_compare_page_describe_async:
 * @self: a page
 * @x: a pixel of the image in view
 * @y: likewise
 *
 * Reads what is there in both images, on another thread.
 */
void
mg_compare_page_describe_async (MgComparePage *self,
                                int x,
                                int y,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  MgRendition *noisy = mg_renditions_get_noisy (mg_compare_page_get_renditions (self));
  MgRendition *left = mg_compare_page_get_left (self), *right = mg_compare_page_get_right (self);
  const MgImageInfo *info = noisy != NULL ? mg_image_get_info (mg_rendition_get_image (noisy)) : NULL;
  Probe *probe;

  if (info == NULL)
    {
      g_task_return_pointer (task, NULL, NULL);
      return;
    }
  probe = g_new0 (Probe, 1);
  probe->x = x;
  probe->y = y;
  if (info->pixel_width > 0)
    probe->place = g_strdup_printf ("x %d  y %d  (%.1f, %.1f %s)", x, y, x * info->pixel_width,
                                    y * (info->pixel_height > 0 ? info->pixel_height : info->pixel_width),
                                    info->unit != NULL ? info->unit : "units");
  else
    probe->place = g_strdup_printf ("x %d  y %d", x, y);
  add_rendition (probe, self, left);
  if (right != left)
    add_rendition (probe, self, right);
  g_task_set_task_data (task, probe, probe_free);
  g_task_run_in_thread (task, probe_thread);
}

/**
 * mg_compare_page_describe_finish:
 * @self: a page
 * @result: of mg_compare_page_describe_async()
 *
 * Returns: (transfer full) (nullable): the pixel's place, and its value in both images
 */
char *
mg_compare_page_describe_finish (MgComparePage *self,
                                 GAsyncResult *result)
{
  return g_task_propagate_pointer (G_TASK (result), NULL);
}
