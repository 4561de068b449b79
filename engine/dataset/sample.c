#include "dataset/sample.h"

#include "io/tiff-write.h"

#define MIN_SIZE   32
#define MAX_SIZE   16384
#define MAX_IMAGES 10000

static gboolean
make_folders (GFile *folder, const char *const *names, GCancellable *cancellable, GError **error)
{
  for (; *names; names++)
    {
      g_autoptr (GFile) child = g_file_resolve_relative_path (folder, *names);
      g_autoptr (GError) problem = NULL;

      if (g_file_make_directory_with_parents (child, cancellable, &problem) ||
          g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_EXISTS))
        continue;
      g_set_error (error, MG_ERROR, MG_ERROR_FAILED, "%s: the folder could not be made: %s",
                   g_file_peek_path (child), problem->message);
      return FALSE;
    }
  return TRUE;
}

/* One image with its truth, into `part` ("" or "test/"). */
static gboolean
write_one (GFile *folder, const MgSampleOptions *options, const char *part, guint64 stream,
           GCancellable *cancellable, GError **error)
{
  g_autofree char *image_path = g_strdup_printf ("%simages/cells-%03d.tif", part, (int) stream + 1);
  g_autofree char *truth_path = g_strdup_printf ("%s%s/cells-%03d.tif", part, options->denoise ? "clean" : "labels", (int) stream + 1);
  g_autoptr (GFile) image_file = g_file_resolve_relative_path (folder, image_path);
  g_autoptr (GFile) truth_file = g_file_resolve_relative_path (folder, truth_path);
  g_autoptr (MgImage) image = NULL;
  g_autoptr (MgImage) clean = NULL;
  g_autoptr (MgLabels) labels = NULL;
  MgSynthParams params;
  MgRng rng;

  mg_rng_init (&rng, options->seed, stream);
  mg_synth_defaults (&params, options->size, options->denoise);
  params.density *= mg_rng_range (&rng, 0.6, 1.2);
  params.photons *= mg_rng_range (&rng, 0.6, 1.4);
  if (!mg_synth_cells (&params, &rng, &image, options->denoise ? NULL : &labels, options->denoise ? &clean : NULL, error) ||
      !mg_tiff_write_image (image_file, image, cancellable, error))
    return FALSE;
  if (options->denoise)
    return mg_tiff_write_image (truth_file, clean, cancellable, error);
  return mg_tiff_write_labels (truth_file, labels, mg_image_get_info (image), cancellable, error);
}

/**
 * mg_sample_write:
 * @folder: made where missing; files of the same names are replaced
 * @options: what to write
 * @progress: (nullable): told about every image
 * @cancellable: (nullable): looked at between images
 *
 * Writes a simulated project with known truth: FOLDER/images and FOLDER/labels
 * (or FOLDER/clean) to learn from, FOLDER/test/images with FOLDER/test/labels
 * (or clean) to test on. 16-bit TIFFs with pixel size, the same names in both
 * folders. The same options give the same pixels.
 *
 * Returns: FALSE with an error naming the file or the setting.
 */
gboolean
mg_sample_write (GFile *folder,
                 const MgSampleOptions *options,
                 MgProgress *progress,
                 GCancellable *cancellable,
                 GError **error)
{
  static const char *const of_segment[] = { "images", "labels", "test/images", "test/labels", NULL };
  static const char *const of_denoise[] = { "images", "clean", "test/images", "test/clean", NULL };

  if (options->size < MIN_SIZE || options->size > MAX_SIZE || options->n_images < 1 || options->n_images > MAX_IMAGES)
    {
      g_set_error (error, MG_ERROR, MG_ERROR_USAGE,
                   "A sample has 1 to %d images of %d to %d pixels, not %d of %d.",
                   MAX_IMAGES, MIN_SIZE, MAX_SIZE, options->n_images, options->size);
      return FALSE;
    }
  if (!make_folders (folder, options->denoise ? of_denoise : of_segment, cancellable, error))
    return FALSE;

  int n_test = MAX (1, options->n_images / 2), n = options->n_images + n_test;

  for (int i = 0; i < n; i++)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
          !write_one (folder, options, i < options->n_images ? "" : "test/", (guint64) i, cancellable, error))
        return FALSE;
      if (progress)
        mg_progress_set (progress, "Simulating images", i + 1, n);
    }
  return TRUE;
}
