#include "cli/evaluate-private.h"
#include "cli/example.h"
#include "cli/files.h"

#include "base/mem.h"
#include "image/builder.h"
#include "image/filter-image.h"
#include "io/loader.h"
#include "io/tiff-write.h"

#include <math.h>

typedef struct
{
  const CliRestored *what;
  GPtrArray *clean, *noisy; /* (nullable): pairs of restored images with these, in one order */
  CliScores scores;
} Work;

/* One image in its versions; the last two (nullable). */
typedef struct
{
  MgImage *restored, *noisy, *clean;
} Versions;

static void
versions_clear (Versions *versions)
{
  g_clear_pointer (&versions->restored, mg_image_unref);
  g_clear_pointer (&versions->noisy, mg_image_unref);
  g_clear_pointer (&versions->clean, mg_image_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Versions, versions_clear)

static void
result_clear (gpointer data)
{
  g_free ((char *) ((CliResult *) data)->line.name);
}

static gboolean
load (const Work *work, guint i, Versions *out, GCancellable *cancellable, GError **error)
{
  const CliPair *clean = work->clean != NULL ? work->clean->pdata[i] : NULL;
  const CliPair *noisy = work->noisy != NULL ? work->noisy->pdata[i] : NULL;

  out->restored = mg_image_load (clean != NULL ? clean->file : noisy->file, cancellable, error);
  if (out->restored != NULL && clean != NULL)
    out->clean = cli_load_image (clean->partner, cancellable, error);
  if (out->restored != NULL && noisy != NULL && (clean == NULL || out->clean != NULL))
    out->noisy = cli_load_image (noisy->partner, cancellable, error);
  return out->restored != NULL && (clean == NULL || out->clean != NULL) && (noisy == NULL || out->noisy != NULL);
}

static int
count_planes (const MgImageInfo *info)
{
  return info->n_channels * info->n_z * info->n_t;
}

static MgTrustPlane
get_plane (const MgImageInfo *info, int i)
{
  return (MgTrustPlane){ i % info->n_channels, i / info->n_channels % info->n_z, i / info->n_channels / info->n_z, NULL };
}

static void
add_scores (MgScores *sum, const MgScores *part, double n)
{
  sum->psnr += part->psnr / n;
  sum->ssim += part->ssim / n;
  sum->nrmse += part->nrmse / n;
}

static void
add_quality (MgQuality *sum, const MgQuality *part, double n)
{
  add_scores (&sum->raw, &part->raw, n);
  add_scores (&sum->fitted, &part->fitted, n);
  sum->raw_range += part->raw_range / n;
  sum->fitted_range += part->fitted_range / n;
}

/* Scores of all planes of one image. */
static gboolean
compare (MgImage *image, MgImage *clean, MgQuality *out, GCancellable *cancellable, GError **error)
{
  const MgImageInfo *info = mg_image_get_info (image);
  int n = count_planes (info);

  for (int i = 0; i < n; i++)
    {
      MgTrustPlane plane = get_plane (info, i);
      g_auto (MgTrust) trust = { 0 };

      if (!mg_trust_measure (image, NULL, clean, &plane, FALSE, &trust, cancellable, error))
        return FALSE;
      add_quality (out, &trust.restored, n);
    }
  return TRUE;
}

/* Maps of every plane, as images like the restored one. */
typedef struct
{
  MgImageBuilder *builders[MG_N_TRUST_MAPS]; /* (nullable) */
  float *values;                             /* owned */
} Maps;

static void
maps_clear (Maps *maps)
{
  for (int k = 0; k < MG_N_TRUST_MAPS; k++)
    g_clear_pointer (&maps->builders[k], mg_image_builder_free);
  mg_free_aligned (maps->values);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Maps, maps_clear)

static gboolean
put_maps (Maps *maps, const MgImageInfo *like, const MgTrustPlane *plane, const MgTrust *trust, GCancellable *cancellable, GError **error)
{
  const MgRect all = { 0, 0, like->width, like->height };
  MgImageInfo info = *like;

  info.is_rgb = FALSE;
  if (maps->values == NULL)
    maps->values = mg_try_alloc ((gsize) like->width * (gsize) like->height * sizeof (float), "the maps", error);
  if (maps->values == NULL)
    return FALSE;
  for (int k = 0; k < MG_N_TRUST_MAPS; k++)
    {
      if (trust->maps[k] == NULL)
        continue;
      if (maps->builders[k] == NULL && (maps->builders[k] = mg_image_builder_new (&info, TRUE, error)) == NULL)
        return FALSE;
      if (!mg_image_read_float (trust->maps[k], 0, 0, 0, &all, maps->values, (gsize) like->width * sizeof (float), cancellable, error))
        return FALSE;
      mg_image_builder_put (maps->builders[k], plane->c, plane->z, plane->t, maps->values);
    }
  return TRUE;
}

static gboolean
write_maps (Maps *maps, const char *folder, const char *stem, GCancellable *cancellable, GError **error)
{
  for (int k = 0; k < MG_N_TRUST_MAPS; k++)
    {
      g_autofree char *suffix = g_strdup_printf ("-%s.tif", mg_trust_map_name ((MgTrustMap) k));
      g_autoptr (GFile) file = cli_output (folder, stem, suffix);
      g_autoptr (MgImage) image = NULL;

      if (maps->builders[k] == NULL)
        continue;
      image = mg_image_builder_finish (maps->builders[k], error);
      if (image == NULL || !mg_tiff_write_image (file, image, cancellable, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
measure (const Versions *versions, const char *folder, CliResult *out, GCancellable *cancellable, GError **error)
{
  const MgImageInfo *info = mg_image_get_info (versions->restored);
  int n = count_planes (info);
  g_autofree MgRemoval *removals = g_new (MgRemoval, n);
  g_auto (Maps) maps = { 0 };

  for (int i = 0; i < n; i++)
    {
      MgTrustPlane plane = get_plane (info, i);
      g_auto (MgTrust) trust = { 0 };

      if (!mg_trust_measure (versions->restored, versions->noisy, versions->clean, &plane, folder != NULL, &trust, cancellable, error) ||
          (folder != NULL && !put_maps (&maps, info, &plane, &trust, cancellable, error)))
        return FALSE;
      add_quality (&out->line.restored, &trust.restored, n);
      add_quality (&out->line.noisy, &trust.noisy, n);
      removals[i] = trust.removal;
    }
  mg_removal_combine (removals, (guint) n, &out->line.removal);
  return folder == NULL || write_maps (&maps, folder, out->line.name, cancellable, error);
}

/* What filters with automatic strength reach from the same noisy image. */
static gboolean
try_filters (const Versions *versions, CliResult *out, GCancellable *cancellable, GError **error)
{
  for (int kind = 0; kind < CLI_N_FILTERS; kind++)
    {
      double strength;
      g_autoptr (MgImage) image = mg_filter_image (versions->noisy, (MgFilterKind) kind, TRUE, &strength, NULL, cancellable, error);

      if (image == NULL || !compare (image, versions->clean, &out->filtered[kind], cancellable, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
measure_all (gpointer data, MgProgress *progress, GCancellable *cancellable, GError **error)
{
  Work *work = data;
  GPtrArray *pairs = work->clean != NULL ? work->clean : work->noisy;

  for (guint i = 0; i < pairs->len; i++)
    {
      const CliPair *pair = pairs->pdata[i];
      g_auto (Versions) versions = { 0 };
      CliResult *result;

      mg_progress_set (progress, "Comparing", i, pairs->len);
      if (!load (work, i, &versions, cancellable, error))
        return FALSE;
      g_array_set_size (work->scores.results, i + 1);
      result = &g_array_index (work->scores.results, CliResult, i);
      result->line.name = g_strdup (pair->stem);
      if (!measure (&versions, work->what->maps, result, cancellable, error) ||
          (work->noisy != NULL && work->clean != NULL && !try_filters (&versions, result, cancellable, error)))
        {
          g_prefix_error (error, "%s: ", g_file_peek_path (pair->file));
          return FALSE;
        }
    }
  return TRUE;
}

static void
take_means (CliScores *scores)
{
  guint n = scores->results->len;
  g_autofree MgRemoval *removals = g_new (MgRemoval, n);

  for (guint i = 0; i < n; i++)
    {
      const CliResult *result = &g_array_index (scores->results, CliResult, i);

      add_quality (&scores->mean.line.restored, &result->line.restored, n);
      add_quality (&scores->mean.line.noisy, &result->line.noisy, n);
      for (int kind = 0; kind < CLI_N_FILTERS; kind++)
        add_quality (&scores->mean.filtered[kind], &result->filtered[kind], n);
      removals[i] = result->line.removal;
    }
  mg_removal_combine (removals, n, &scores->mean.line.removal);
}

static char *
advise (const CliScores *scores)
{
  double best = -INFINITY;
  int kind = 0;

  if (!scores->has_clean || !scores->has_noisy)
    return NULL;
  for (int k = 0; k < CLI_N_FILTERS; k++)
    if (scores->mean.filtered[k].fitted.psnr > best)
      best = scores->mean.filtered[kind = k].fitted.psnr;
  return mg_trust_advise ((MgFilterKind) kind, best, scores->mean.line.restored.fitted.psnr);
}

/* The files of `folder` with their partners in the other. */
static GPtrArray *
collect_pairs (const char *folder, const char *partners, GError **error)
{
  g_autoptr (GPtrArray) pairs = cli_collect ((const char *const[]){ folder, NULL }, error);

  return pairs != NULL && cli_match (pairs, partners, error) ? g_steal_pointer (&pairs) : NULL;
}

/* The image of the score in the middle, as one that stands for all. */
static guint
find_typical (const CliScores *scores)
{
  guint typical = 0;
  double best = INFINITY;

  for (guint i = 0; i < scores->results->len; i++)
    {
      double distance = fabs (g_array_index (scores->results, CliResult, i).line.restored.fitted.psnr - scores->mean.line.restored.fitted.psnr);

      if (distance < best)
        {
          best = distance;
          typical = i;
        }
    }
  return typical;
}

static gboolean
draw_report (gpointer data, MgProgress *progress, GCancellable *cancellable, GError **error)
{
  Work *work = data;
  const CliScores *scores = &work->scores;
  guint typical = find_typical (scores);
  const char *name = g_array_index (scores->results, CliResult, typical).line.name;
  g_autofree char *base = g_path_get_basename (work->what->predicted), *title = g_strdup_printf ("Scores of “%s”", base);
  g_autofree char *example_title = g_strdup_printf ("Example: %s", name);
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (work->what->report);
  g_autofree MgScoreLine *lines = g_new (MgScoreLine, scores->results->len);
  MgScoreReport report = { title, scores->has_clean, scores->has_noisy, lines, scores->results->len, scores->mean.line, NULL, scores->advice, NULL, example_title };
  g_auto (Versions) versions = { 0 };
  g_auto (CliExample) example = { 0 };

  for (guint i = 0; i < scores->results->len; i++)
    lines[i] = g_array_index (scores->results, CliResult, i).line;
  if (scores->has_clean && scores->has_noisy)
    report.filters = scores->mean.filtered;
  if (!load (work, typical, &versions, cancellable, error) ||
      (versions.noisy != NULL && !cli_example_add (&example, "noisy", versions.noisy, NULL, cancellable, error)) ||
      !cli_example_add (&example, "restored", versions.restored, NULL, cancellable, error) ||
      (versions.clean != NULL && !cli_example_add (&example, "clean", versions.clean, NULL, cancellable, error)) ||
      !cli_example_end (&example, cancellable, error))
    return FALSE;
  report.example = &example.figure;
  return mg_report_write_scores (file, &report, cancellable, error);
}

static gboolean
prepare (const CliRestored *what, GPtrArray **clean, GPtrArray **noisy, GError **error)
{
  g_autoptr (GFile) csv = what->csv != NULL ? g_file_new_for_commandline_arg (what->csv) : NULL;
  g_autoptr (GFile) report = what->report != NULL ? g_file_new_for_commandline_arg (what->report) : NULL;

  *clean = what->truth != NULL ? collect_pairs (what->predicted, what->truth, error) : NULL;
  if (what->truth != NULL && *clean == NULL)
    return FALSE;
  *noisy = what->noisy != NULL ? collect_pairs (what->predicted, what->noisy, error) : NULL;
  if (what->noisy != NULL && *noisy == NULL)
    return FALSE;
  return (what->maps == NULL || cli_make_folder (what->maps, error)) && (csv == NULL || cli_check_writable (csv, error)) &&
         (report == NULL || cli_check_writable (report, error));
}

int
cli_evaluate_images (const CliRestored *what,
                     const CliCommon *common)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) clean = NULL, noisy = NULL;
  g_autoptr (GArray) results = g_array_new (FALSE, TRUE, sizeof (CliResult));
  g_autofree char *advice = NULL;
  Work work;
  int status;

  g_array_set_clear_func (results, result_clear);
  if (!prepare (what, &clean, &noisy, &error))
    return cli_fail (error);
  work = (Work){ .what = what, .clean = clean, .noisy = noisy, .scores = { .has_clean = clean != NULL, .has_noisy = noisy != NULL, .results = results } };
  status = cli_work ("Comparing", measure_all, &work, common);
  if (status != CLI_DONE)
    return status;
  take_means (&work.scores);
  work.scores.advice = advice = advise (&work.scores);
  if (what->csv != NULL && !cli_scores_write_csv (&work.scores, what->csv, &error))
    return cli_fail (error);
  if (what->report != NULL && (status = cli_work ("Drawing", draw_report, &work, common)) != CLI_DONE)
    return status;
  if (common->json)
    cli_scores_print_json (&work.scores);
  else
    cli_scores_print (&work.scores);
  return CLI_DONE;
}
