#include "cli/common.h"
#include "cli/export.h"

#include "figure/compare-figure.h"
#include "io/loader.h"
#include "image/derived.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static struct
{
  char **denoised, *clean, *roi, *shown, *titles, *contrast;
  double split, dpi, width;
  int z, t, columns;
  gboolean beside, profile, difference;
} options;

const GOptionEntry cli_figure_entries[] = {
  { "denoised", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.denoised, "figure: what became of the image; again for each further version", "FILE" },
  { "clean", 0, 0, G_OPTION_ARG_FILENAME, &options.clean, "figure: the clean image, as the last panel", "FILE" },
  { "roi", 0, 0, G_OPTION_ARG_STRING, &options.roi, "figure: region that is framed and magnified, px", "X,Y,W,H" },
  { "shown", 0, 0, G_OPTION_ARG_STRING, &options.shown, "figure: the part of the image that is shown, px (default: all)", "X,Y,W,H" },
  { "titles", 0, 0, G_OPTION_ARG_STRING, &options.titles, "figure: the panels’ titles, with | between them", "TEXT" },
  { "contrast", 0, 0, G_OPTION_ARG_STRING, &options.contrast, "figure: linked: the denoised image’s for all; separate: each its own (default: linked, where the images have like values)", "HOW" },
  { "split", 0, 0, G_OPTION_ARG_DOUBLE, &options.split, "figure: noisy left and denoised right of this share of one panel’s width", "SHARE" },
  { "beside", 0, 0, G_OPTION_ARG_NONE, &options.beside, "figure: what is magnified stands beside its panel, not under it", NULL },
  { "profile", 0, 0, G_OPTION_ARG_NONE, &options.profile, "figure: plot the values across the middle of the region", NULL },
  { "difference", 0, 0, G_OPTION_ARG_NONE, &options.difference, "figure: also the first denoised image less the clean one, or less the noisy one where there is none", NULL },
  { "columns", 0, 0, G_OPTION_ARG_INT, &options.columns, "figure: panels a row (default: chosen)", "N" },
  { "z", 0, 0, G_OPTION_ARG_INT, &options.z, "figure: slice, from 0 on (default: 0)", "N" },
  { "t", 0, 0, G_OPTION_ARG_INT, &options.t, "figure: frame, from 0 on (default: 0)", "N" },
  { "width", 0, 0, G_OPTION_ARG_DOUBLE, &options.width, "figure: width in mm (default: 180)", "MM" },
  { "dpi", 0, 0, G_OPTION_ARG_DOUBLE, &options.dpi, "figure: pixels an inch of PNG and TIFF (default: 300)", "N" },
  { NULL },
};

typedef struct
{
  GPtrArray *paths;  /* const char * */
  GPtrArray *titles; /* char * */
  MgRect roi, shown;
  const char *out;
} Work;

static gboolean
parse_rect (const char *text, MgRect *rect)
{
  char rest;

  return text == NULL || (sscanf (text, "%d,%d,%d,%d%c", &rect->x, &rect->y, &rect->width, &rect->height, &rest) == 4 &&
                          !mg_rect_is_empty (rect));
}

static gboolean
open_scene (const char *path, gboolean is_ours, MgScene *scene, MgPyramid **pyramid, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (path);
  /* what a prediction wrote has the right axes already */
  g_autoptr (MgImage) image = is_ours ? mg_image_load (file, cancellable, error) : cli_load_image (file, cancellable, error);
  const MgImageInfo *info;

  if (image == NULL)
    return FALSE;
  info = mg_image_get_info (image);
  if (options.z < 0 || options.z >= info->n_z || options.t < 0 || options.t >= info->n_t)
    {
      g_set_error (error, MG_ERROR, MG_ERROR_USAGE, "%s: has %d slices and %d frames, so there is no slice %d of frame %d (they count from 0)",
                   path, info->n_z, info->n_t, options.z, options.t);
      return FALSE;
    }
  *pyramid = mg_pyramid_new (image);
  *scene = (MgScene){ .image = *pyramid, .z = options.z, .t = options.t };
  return mg_scene_auto_channels (scene, cancellable, error);
}

/* Zero in the middle of the colours; as far to both sides as most pixels reach. */
static void
show_signed (MgScene *scene)
{
  for (int c = 0; c < scene->n_channels; c++)
    {
      MgChannelView *view = &scene->channels[c];
      double reach = MAX (fabs (view->min), fabs (view->max));

      view->visible = c == 0;
      view->lut = MG_LUT_SIGNED;
      view->min = -reach;
      view->max = reach;
    }
}

/* The denoised image less the clean one, or the noisy one, as a further panel. */
static gboolean
add_difference (GPtrArray *pyramids, MgScene *scene, GCancellable *cancellable, GError **error)
{
  MgImage *denoised = mg_pyramid_get_image (pyramids->pdata[1]);
  MgImage *other = mg_pyramid_get_image (pyramids->pdata[options.clean != NULL ? pyramids->len - 1 : 0]);
  g_autoptr (MgImage) difference = mg_image_difference (denoised, other, error);

  if (difference == NULL)
    return FALSE;
  g_ptr_array_add (pyramids, mg_pyramid_new (difference));
  *scene = (MgScene){ .image = pyramids->pdata[pyramids->len - 1], .z = options.z, .t = options.t };
  if (!mg_scene_auto_channels (scene, cancellable, error))
    return FALSE;
  show_signed (scene);
  return TRUE;
}

static gboolean
draw (gpointer data, MgProgress *progress, GCancellable *cancellable, GError **error)
{
  Work *work = data;
  MgScene scenes[MG_FIGURE_MAX_PANELS];
  MgFigurePanel panels[MG_FIGURE_MAX_PANELS];
  g_autoptr (GPtrArray) pyramids = g_ptr_array_new_with_free_func ((GDestroyNotify) mg_pyramid_unref);
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (work->out);
  const MgFigure figure = { .panels = panels, .n_panels = work->titles->len, .columns = (guint) options.columns, .shown = work->shown, .roi = work->roi, .beside = options.beside, .split = options.split, .profile = options.profile, .width_mm = options.width, .dpi = options.dpi };

  for (guint i = 0; i < work->paths->len; i++)
    {
      MgPyramid *pyramid = NULL;
      gboolean is_clean = options.clean != NULL && i + 1 == work->paths->len, ok;

      mg_progress_set (progress, "Reading", i, work->paths->len);
      ok = open_scene (work->paths->pdata[i], i > 0 && !is_clean, &scenes[i], &pyramid, cancellable, error);
      if (pyramid != NULL)
        g_ptr_array_add (pyramids, pyramid);
      if (!ok)
        return FALSE;
      panels[i] = (MgFigurePanel){ work->titles->pdata[i], &scenes[i], FALSE };
    }
  if (g_strcmp0 (options.contrast, "separate") != 0 &&
      !mg_figure_link_contrast (scenes, work->paths->len, 1, options.contrast != NULL))
    cli_warn ("the panels’ values differ in scale, so each has a contrast of its own (--contrast linked: the same for all)");
  if (options.difference)
    {
      guint last = work->paths->len;

      if (!add_difference (pyramids, &scenes[last], cancellable, error))
        return FALSE;
      panels[last] = (MgFigurePanel){ work->titles->pdata[last], &scenes[last], TRUE };
    }
  return mg_figure_write_compare (file, &figure, cancellable, error);
}

/* Noisy, each denoised version, clean. */
static void
collect_panels (Work *work, const char *noisy)
{
  guint n = g_strv_length (options.denoised);

  g_ptr_array_add (work->paths, (gpointer) noisy);
  g_ptr_array_add (work->titles, g_strdup ("noisy"));
  for (guint i = 0; i < n; i++)
    {
      g_ptr_array_add (work->paths, options.denoised[i]);
      g_ptr_array_add (work->titles, n == 1 ? g_strdup ("denoised") : g_strdup_printf ("denoised %u", i + 1));
    }
  if (options.clean != NULL)
    {
      g_ptr_array_add (work->paths, options.clean);
      g_ptr_array_add (work->titles, g_strdup ("clean"));
    }
  if (options.difference)
    g_ptr_array_add (work->titles, g_strdup (options.clean != NULL ? "denoised − clean" : "denoised − noisy"));
}

static gboolean
take_titles (Work *work)
{
  g_auto (GStrv) titles = options.titles != NULL ? g_strsplit (options.titles, "|", -1) : NULL;

  if (titles == NULL)
    return TRUE;
  if (g_strv_length (titles) != work->titles->len)
    return FALSE;
  for (guint i = 0; i < work->titles->len; i++)
    {
      g_free (work->titles->pdata[i]);
      work->titles->pdata[i] = g_strdup (g_strstrip (titles[i]));
    }
  return TRUE;
}

/* The figure must not take the place of what is on it. */
static const char *
find_overwritten (const Work *work)
{
  g_autoptr (GFile) out = g_file_new_for_commandline_arg (work->out);

  for (guint i = 0; i < work->paths->len; i++)
    {
      g_autoptr (GFile) file = g_file_new_for_commandline_arg (work->paths->pdata[i]);

      if (g_file_equal (file, out))
        return work->paths->pdata[i];
    }
  return NULL;
}

int
cli_export_figure (const char *noisy,
                   const char *out,
                   const CliCommon *common)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new (), titles = g_ptr_array_new_with_free_func (g_free);
  Work work = { .paths = paths, .titles = titles, .out = out };
  int status;

  if (noisy == NULL || out == NULL || options.denoised == NULL)
    return cli_usage ("--format figure needs --images FILE, --denoised FILE and --out (see “micrographia-cli export --help”)");
  if (!parse_rect (options.roi, &work.roi) || !parse_rect (options.shown, &work.shown))
    return cli_usage ("--roi and --shown are four whole numbers, left, top, width and height in pixels: 120,80,64,64");
  if (!(options.split >= 0 && options.split < 1))
    return cli_usage ("--split is a share of the width, more than 0 and less than 1");
  if (options.contrast != NULL && strcmp (options.contrast, "linked") != 0 && strcmp (options.contrast, "separate") != 0)
    return cli_usage ("--contrast is linked or separate, not “%s”", options.contrast);
  if (options.columns < 0)
    return cli_usage ("--columns must be more than 0");
  collect_panels (&work, noisy);
  if (titles->len > MG_FIGURE_MAX_PANELS)
    return cli_usage ("a figure has at most %d panels", MG_FIGURE_MAX_PANELS);
  if (find_overwritten (&work) != NULL)
    return cli_usage ("%s: the figure would replace an image that is on it (choose another --out)", find_overwritten (&work));
  if (!take_titles (&work))
    return cli_usage ("--titles must have %u titles with | between them, one a panel", titles->len);
  status = cli_work ("Drawing", draw, &work, common);
  if (status == CLI_DONE)
    g_print ("%s: %u panels\n", out, titles->len);
  return status;
}
