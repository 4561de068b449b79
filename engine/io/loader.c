#include "io/loader.h"

#include "io/io-private.h"
#include "io/jpeg-read.h"
#include "io/png-read.h"
#include "io/reduction.h"
#include "io/tiff-read.h"

#include <string.h>

#define HEAD_BYTES 16

/* Files that a person may well take for an image this program reads. */
static const struct
{
  const char *start;
  gsize size, at;
  const char *name;
} others[] = {
  { "ZISRAWFILE", 10, 0, "a Zeiss CZI file" },
  { "\x89HDF\r\n", 6, 0, "an HDF5 file" },
  { "\xda\xce\xbe\x0a", 4, 0, "a Nikon ND2 file" },
  { "\xd0\xcf\x11\xe0", 4, 0, "an Olympus OIB or Zeiss ZVI file" },
  { "\x70\0\0\0", 4, 0, "a Leica LIF file" },
  { "\0\0\0\x0cjP  ", 8, 0, "a JPEG 2000 picture" },
  { "GIF8", 4, 0, "a GIF picture" },
  { "BM", 2, 0, "a BMP picture" },
  { "RIFF", 4, 0, "a WebP picture or a film" },
  { "ftyp", 4, 4, "a film" },
  { "<?xml", 5, 0, "an XML text; open the TIFF file that goes with it" },
  { "\x93NUMPY", 6, 0, "a NumPy array" },
  { "PK\x03\x04", 4, 0, "a ZIP archive" },
};

static gssize
read_head (GFile *file, guint8 *head, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFileInputStream) stream = g_file_read (file, cancellable, error);
  gsize n = 0;

  if (stream == NULL ||
      !g_input_stream_read_all (G_INPUT_STREAM (stream), head, HEAD_BYTES, &n, cancellable, error))
    {
      _mg_io_prefix_error (error, file);
      return -1;
    }
  return (gssize) n;
}

/* Whether a file begins as a TIFF does; FALSE when it cannot be read. */
gboolean
_mg_io_is_tiff (GFile *file,
                gboolean *is_tiff,
                GCancellable *cancellable,
                GError **error)
{
  guint8 head[HEAD_BYTES];
  gssize size = read_head (file, head, cancellable, error);

  *is_tiff = size > 0 && mg_tiff_is_tiff (head, size);
  return size >= 0;
}

static void
set_unknown_error (GFile *file, const guint8 *head, gsize size, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    if (size >= others[i].at + others[i].size && memcmp (head + others[i].at, others[i].start, others[i].size) == 0)
      {
        _mg_io_set_error (error, MG_ERROR_UNSUPPORTED, file,
                          "this is %s; only TIFF, PNG and JPEG are read (export it as TIFF, for example from Fiji)", others[i].name);
        return;
      }
  if (size == 0)
    _mg_io_set_error (error, MG_ERROR_FORMAT, file, "the file is empty");
  else
    _mg_io_set_error (error, MG_ERROR_FORMAT, file,
                      "this is not a TIFF, PNG or JPEG image (export it as TIFF, for example from Fiji)");
}

/**
 * mg_image_load:
 * @file: a TIFF, PNG or JPEG image, whatever its name
 * @cancellable: (nullable)
 *
 * Opens an image. Of a TIFF only the tags are read now, and pixels as they are
 * asked for; a damaged part may therefore be an error of mg_image_read() later.
 * Any thread.
 *
 * Returns: (transfer full): %NULL with an error naming the file
 */
MgImage *
mg_image_load (GFile *file,
               GCancellable *cancellable,
               GError **error)
{
  guint8 head[HEAD_BYTES];
  gssize size = read_head (file, head, cancellable, error);

  if (size < 0)
    return NULL;
  if (mg_tiff_is_tiff (head, size))
    {
      MgImage *image = mg_tiff_load (file, cancellable, error);

      return image != NULL && mg_reduction_is_worthwhile (image) ? mg_image_new_reduced (image, file, error) : image;
    }
  if (mg_png_is_png (head, size))
    return mg_png_load (file, cancellable, error);
  if (mg_jpeg_is_jpeg (head, size))
    return mg_jpeg_load (file, cancellable, error);
  set_unknown_error (file, head, size, error);
  return NULL;
}

/* Whether a file's name ends as images that mg_image_load() reads do, and is not
 * hidden. */
static gboolean
is_image_name (const char *name)
{
  static const char *const ends[] = { "tif", "tiff", "png", "jpg", "jpeg", "btf", "tf8", "lsm", "stk" };
  const char *dot = strrchr (name, '.');

  if (dot == NULL || name[0] == '.')
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    if (g_ascii_strcasecmp (dot + 1, ends[i]) == 0)
      return TRUE;
  return FALSE;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  g_autofree char *x = g_file_get_basename (*(GFile *const *) a);
  g_autofree char *y = g_file_get_basename (*(GFile *const *) b);

  return strcmp (x, y);
}

/**
 * mg_list_images:
 * @folder: its sub-folders are not looked into
 * @cancellable: (nullable)
 *
 * Returns: (transfer full) (element-type GFile): the images of a folder, by their
 *   files, sorted by name as bytes (the same everywhere); of an image in several
 *   files (mg_fold_image_sets()) the first; %NULL with an error naming
 *   the folder when there is none
 */
GPtrArray *
mg_list_images (GFile *folder,
                GCancellable *cancellable,
                GError **error)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GFileEnumerator) enumerator =
    g_file_enumerate_children (folder, G_FILE_ATTRIBUTE_STANDARD_NAME "," G_FILE_ATTRIBUTE_STANDARD_TYPE,
                               G_FILE_QUERY_INFO_NONE, cancellable, error);
  GFileInfo *info = NULL;
  GFile *child;

  if (enumerator == NULL)
    {
      _mg_io_prefix_error (error, folder);
      return NULL;
    }
  do
    {
      if (!g_file_enumerator_iterate (enumerator, &info, &child, cancellable, error))
        {
          _mg_io_prefix_error (error, folder);
          return NULL;
        }
      if (info != NULL && g_file_info_get_file_type (info) == G_FILE_TYPE_REGULAR &&
          is_image_name (g_file_info_get_name (info)))
        g_ptr_array_add (files, g_object_ref (child));
    }
  while (info != NULL);
  if (files->len == 0)
    {
      _mg_io_set_error (error, MG_ERROR_DATA, folder, "there is no TIFF, PNG or JPEG image in this folder");
      return NULL;
    }
  g_ptr_array_sort (files, compare_names);
  return mg_fold_image_sets (files, cancellable, error) ? g_steal_pointer (&files) : NULL;
}
