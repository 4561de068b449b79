#include "cli/evaluate.h"

#include "base/mem.h"
#include "cli/common.h"
#include "cli/files.h"
#include "image/noise.h"
#include "image/quality.h"
#include "io/loader.h"

#include <math.h>

/* One image's scores, means over its planes. */
typedef struct
{
  MgScores raw, fitted;
  double raw_range, fitted_range;
  gboolean judged; /* against the noisy image */
  MgRemoval removal;
} Result;

typedef struct
{
  GPtrArray *pairs; /* predicted and true */
  GPtrArray *noisy; /* (nullable): predicted and noisy, in the same order */
  GArray *results;  /* Result */
} Work;

/* The range that values can have where that is the custom to divide by, else 0. */
static double
get_range (const MgImageInfo *info)
{
  return info->type == MG_PIXEL_U8 ? 255 : 0;
}

static gboolean
check_alike (GFile *file, const MgImageInfo *a, GFile *other_file, const MgImageInfo *b, GError **error)
{
  if (a->width == b->width && a->height == b->height && a->n_channels == b->n_channels && a->n_z == b->n_z && a->n_t == b->n_t)
    return TRUE;
  g_set_error (error, MG_ERROR, MG_ERROR_DATA,
               "%s: is %d × %d pixels with %d planes, but %s is %d × %d with %d; they must be alike",
               g_file_peek_path (file), a->width, a->height, a->n_channels * a->n_z * a->n_t,
               g_file_peek_path (other_file), b->width, b->height, b->n_channels * b->n_z * b->n_t);
  return FALSE;
}

/* Two planes of one size, side by side in memory. */
typedef struct
{
  MgImage *a, *b; /* owned */
  GFile *a_file;  /* borrowed */
  float *pixels;  /* owned: of a, then of b */
  int width, height, n_c, n_z, n_t;
} Couple;

static void
couple_clear (Couple *couple)
{
  g_clear_pointer (&couple->a, mg_image_unref);
  g_clear_pointer (&couple->b, mg_image_unref);
  g_clear_pointer (&couple->pixels, mg_free_aligned);
}

static gboolean
couple_load (Couple *couple, const CliPair *pair, GCancellable *cancellable, GError **error)
{
  const MgImageInfo *info;
  gsize size;

  *couple = (Couple){ .a_file = pair->file };
  couple->a = mg_image_load (pair->file, cancellable, error);
  couple->b = couple->a ? mg_image_load (pair->partner, cancellable, error) : NULL;
  if (couple->b == NULL)
    return FALSE;
  info = mg_image_get_info (couple->a);
  couple->width = info->width;
  couple->height = info->height;
  couple->n_c = info->n_channels;
  couple->n_z = info->n_z;
  couple->n_t = info->n_t;
  if (!check_alike (pair->file, info, pair->partner, mg_image_get_info (couple->b), error))
    return FALSE;
  if (!mg_size_mul ((gsize) info->width * 2 * sizeof (float), (gsize) info->height, &size))
    size = G_MAXSIZE;
  couple->pixels = mg_try_alloc (size, "comparing the images", error);
  return couple->pixels != NULL;
}

static gboolean
couple_read (Couple *couple, int plane, float **a, float **b, GCancellable *cancellable, GError **error)
{
  int c = plane % couple->n_c, z = plane / couple->n_c % couple->n_z, t = plane / couple->n_c / couple->n_z;
  MgRect all = { 0, 0, couple->width, couple->height };
  gsize stride = (gsize) couple->width * sizeof (float);

  *a = couple->pixels;
  *b = couple->pixels + (gsize) couple->width * (gsize) couple->height;
  return mg_image_read_float (couple->a, c, z, t, &all, *a, stride, cancellable, error) &&
         mg_image_read_float (couple->b, c, z, t, &all, *b, stride, cancellable, error);
}

static void
add_scores (MgScores *sum, const MgScores *part, double n)
{
  sum->psnr += part->psnr / n;
  sum->ssim += part->ssim / n;
  sum->nrmse += part->nrmse / n;
}

static gboolean
compare (Couple *couple, Result *out, GCancellable *cancellable, GError **error)
{
  int n = couple->n_c * couple->n_z * couple->n_t;
  float *image, *truth;

  for (int i = 0; i < n; i++)
    {
      MgQuality quality;

      if (!couple_read (couple, i, &image, &truth, cancellable, error) ||
          !mg_quality_compare (image, truth, couple->width, couple->height, get_range (mg_image_get_info (couple->b)), &quality, error))
        return FALSE;
      add_scores (&out->raw, &quality.raw, n);
      add_scores (&out->fitted, &quality.fitted, n);
      out->raw_range += quality.raw_range / n;
      out->fitted_range += quality.fitted_range / n;
    }
  return TRUE;
}

/* Of the first plane: a word on an image, not a table of its planes. */
static gboolean
judge (Couple *couple, Result *out, GCancellable *cancellable, GError **error)
{
  float *restored, *noisy;

  out->judged = TRUE;
  return couple_read (couple, 0, &restored, &noisy, cancellable, error) &&
         mg_removal_measure (noisy, restored, couple->width, couple->height, &out->removal, error);
}

static gboolean
evaluate_one (const CliPair *pair, gboolean against_noisy, Result *out, GCancellable *cancellable, GError **error)
{
  Couple couple;
  gboolean ok = couple_load (&couple, pair, cancellable, error);

  if (ok && !(against_noisy ? judge (&couple, out, cancellable, error) : compare (&couple, out, cancellable, error)))
    {
      g_prefix_error (error, "%s: ", g_file_peek_path (pair->file));
      ok = FALSE;
    }
  couple_clear (&couple);
  return ok;
}

static gboolean
compare_all (gpointer data, MgProgress *progress, GCancellable *cancellable, GError **error)
{
  Work *work = data;

  for (guint i = 0; i < work->pairs->len; i++)
    {
      Result result = { 0 };

      mg_progress_set (progress, "Comparing", i, work->pairs->len);
      if (!evaluate_one (work->pairs->pdata[i], FALSE, &result, cancellable, error) ||
          (work->noisy && !evaluate_one (work->noisy->pdata[i], TRUE, &result, cancellable, error)))
        return FALSE;
      g_array_append_val (work->results, result);
    }
  return TRUE;
}

static JsonObject *
make_scores (const MgScores *scores, double range)
{
  JsonObject *object = json_object_new ();

  cli_set_number (object, "psnr", scores->psnr);
  cli_set_number (object, "ssim", scores->ssim);
  cli_set_number (object, "nrmse", scores->nrmse);
  if (range > 0)
    cli_set_number (object, "range", range);
  return object;
}

static JsonObject *
make_removal (const MgRemoval *removal)
{
  JsonObject *object = json_object_new ();

  cli_set_number (object, "noise_before", removal->sigma_before);
  cli_set_number (object, "noise_after", removal->sigma_after);
  cli_set_number (object, "neighbour_correlation", removal->neighbours);
  cli_set_number (object, "signal_correlation", removal->with_signal);
  json_object_set_string_member (object, "verdict", mg_removal_sentence (removal->verdict));
  return object;
}

static void
print_json (const Work *work, const Result *mean)
{
  g_autoptr (JsonObject) object = json_object_new ();
  JsonArray *list = json_array_new ();

  json_object_set_int_member (object, "images", work->pairs->len);
  json_object_set_object_member (object, "raw", make_scores (&mean->raw, 0));
  json_object_set_object_member (object, "fitted", make_scores (&mean->fitted, 0));
  for (guint i = 0; i < work->results->len; i++)
    {
      const Result *result = &g_array_index (work->results, Result, i);
      JsonObject *entry = json_object_new ();

      json_object_set_string_member (entry, "image", ((CliPair *) work->pairs->pdata[i])->stem);
      json_object_set_object_member (entry, "raw", make_scores (&result->raw, result->raw_range));
      json_object_set_object_member (entry, "fitted", make_scores (&result->fitted, result->fitted_range));
      if (result->judged)
        json_object_set_object_member (entry, "removed", make_removal (&result->removal));
      json_array_add_object_element (list, entry);
    }
  json_object_set_array_member (object, "per_image", list);
  cli_print_json (object);
}

static void
print_row (const char *name, const Result *result)
{
  g_print ("%7.2f %7.4f %7.4f   %7.2f %7.4f %7.4f  %s\n", result->raw.psnr, result->raw.ssim, result->raw.nrmse,
           result->fitted.psnr, result->fitted.ssim, result->fitted.nrmse, name);
}

static void
print_text (const Work *work, const Result *mean)
{
  g_print ("raw                       fitted\n"
           "   PSNR    SSIM   NRMSE      PSNR    SSIM   NRMSE  image\n");
  for (guint i = 0; i < work->results->len; i++)
    print_row (((CliPair *) work->pairs->pdata[i])->stem, &g_array_index (work->results, Result, i));
  print_row ("mean", mean);
  for (guint i = 0; work->noisy && i < work->results->len; i++)
    {
      const MgRemoval *removal = &g_array_index (work->results, Result, i).removal;

      g_print ("%s: noise %.4g before, %.4g after; %s\n", ((CliPair *) work->pairs->pdata[i])->stem,
               removal->sigma_before, removal->sigma_after, mg_removal_sentence (removal->verdict));
    }
}

int
cli_evaluate_images (GPtrArray *pairs,
                     GPtrArray *noisy,
                     const CliCommon *common)
{
  g_autoptr (GArray) results = g_array_new (FALSE, FALSE, sizeof (Result));
  Work work = { pairs, noisy, results };
  Result mean = { 0 };
  int status = cli_work ("Comparing", compare_all, &work, common);

  if (status != CLI_DONE)
    return status;
  for (guint i = 0; i < results->len; i++)
    {
      const Result *result = &g_array_index (results, Result, i);

      add_scores (&mean.raw, &result->raw, results->len);
      add_scores (&mean.fitted, &result->fitted, results->len);
    }
  if (common->json)
    print_json (&work, &mean);
  else
    print_text (&work, &mean);
  return CLI_DONE;
}
