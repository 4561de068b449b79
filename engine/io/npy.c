#include "io/npy.h"

#include "io/io-private.h"
#include "io/labels-read.h"
#include "io/pickle.h"

#include <string.h>

#define MAGIC       "\x93NUMPY"
#define MAGIC_BYTES 6

typedef struct
{
  GFile *file;
  const MgNumpyArray *array;
  gsize width, height;
  gsize start; /* of the plane in the data, in items */
} Plane;

/**
 * mg_npy_is_npy:
 * @head: the first bytes of a file
 *
 * Returns: whether it begins as NumPy's files do
 */
gboolean
mg_npy_is_npy (const guint8 *head,
               gsize size)
{
  return size >= MAGIC_BYTES && memcmp (head, MAGIC, MAGIC_BYTES) == 0;
}

static gboolean
set_damaged (GFile *file, const char *why, GError **error)
{
  _mg_io_set_error (error, MG_ERROR_FORMAT, file, "%s; save the masks as TIFF instead", why);
  return FALSE;
}

/* The value after 'key': in the header's dict, which is Python's text. */
static const char *
find_key (const char *header, const char *key)
{
  g_autofree char *quoted = g_strdup_printf ("'%s'", key);
  const char *at = strstr (header, quoted);

  if (at == NULL)
    return NULL;
  at += strlen (quoted);
  at += strspn (at, " ");
  return *at == ':' ? at + 1 + strspn (at + 1, " ") : NULL;
}

static gboolean
parse_header (const char *header, MgNumpyArray *array)
{
  const char *descr = find_key (header, "descr"), *fortran = find_key (header, "fortran_order");
  const char *shape = find_key (header, "shape"), *end;

  if (descr == NULL || *descr != '\'' || fortran == NULL || shape == NULL || *shape != '(')
    return FALSE;
  end = strchr (descr + 1, '\'');
  if (end == NULL || !_mg_numpy_descr (array, descr + 1, (gsize) (end - descr - 1)))
    return FALSE;
  array->fortran = g_str_has_prefix (fortran, "True");
  for (shape++; *shape != ')'; shape++)
    {
      char *after;

      shape += strspn (shape, " ");
      if (!g_ascii_isdigit (*shape) || array->n_dims == MG_PICKLE_MAX_DIMS)
        return *shape == ')';
      array->shape[array->n_dims++] = g_ascii_strtoull (shape, &after, 10);
      shape = after;
      if (*shape != ',')
        return *shape == ')';
    }
  return TRUE;
}

/* Sets `array` to what the header says; FALSE when it is none. */
static gboolean
read_header (const guint8 *data, gsize size, MgNumpyArray *array, gsize *start)
{
  gsize length, at = data[MAGIC_BYTES] >= 2 ? 12 : 10;
  g_autofree char *header = NULL;

  if (size < at)
    return FALSE;
  length = data[8] | (gsize) data[9] << 8;
  if (at == 12)
    length |= (gsize) data[10] << 16 | (gsize) data[11] << 24;
  if (length > size - at)
    return FALSE;
  header = g_strndup ((const char *) data + at, length);
  *start = at + length;
  return parse_header (header, array);
}

static gboolean
array_type (const MgNumpyArray *array, MgPixelType *type)
{
  static const struct
  {
    char kind;
    guint bytes;
    MgPixelType type;
  } types[] = {
    { 'b', 1, MG_PIXEL_U8 },
    { 'u', 1, MG_PIXEL_U8 },
    { 'u', 2, MG_PIXEL_U16 },
    { 'u', 4, MG_PIXEL_U32 },
    { 'u', 8, MG_PIXEL_U64 },
    { 'i', 1, MG_PIXEL_I8 },
    { 'i', 2, MG_PIXEL_I16 },
    { 'i', 4, MG_PIXEL_I32 },
    { 'i', 8, MG_PIXEL_I64 },
    { 'f', 4, MG_PIXEL_F32 },
    { 'f', 8, MG_PIXEL_F64 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (types[i].kind == array->kind && types[i].bytes == array->item_bytes)
      {
        *type = types[i].type;
        return TRUE;
      }
  return FALSE;
}

static gboolean
read_row (gpointer data, int y, gpointer dst, GCancellable *cancellable, GError **error)
{
  const Plane *plane = data;
  const MgNumpyArray *array = plane->array;
  guint bytes = array->item_bytes;
  const guint8 *from = array->data + (plane->start + (array->fortran ? (gsize) y : y * plane->width)) * bytes;
  gsize step = array->fortran ? plane->height * bytes : bytes;
  guint8 *to = dst;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  for (gsize x = 0; x < plane->width; x++, from += step, to += bytes)
    for (guint i = 0; i < bytes; i++)
      to[i] = from[array->big_endian ? bytes - 1 - i : i];
  return TRUE;
}

/* Old files of Cellpose have -1 for background. */
static guint
background_offset (const MgNumpyArray *array, gsize n_items)
{
  static const guint8 minus_one[8] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

  if (array->kind != 'i')
    return 0;
  for (gsize i = 0; i < n_items; i++)
    if (memcmp (array->data + i * array->item_bytes, minus_one, array->item_bytes) == 0)
      return 1;
  return 0;
}

static gboolean
check_array (GFile *file, const MgNumpyArray *array, int slice, MgImageInfo *info, gsize *n_items, GError **error)
{
  guint n = array->n_dims;
  guint64 bytes = array->item_bytes;

  if (!array_type (array, &info->type))
    return set_damaged (file, array->kind == 'O' ? "its masks are Python objects, not numbers" : "its masks are of a type that labels never have", error);
  for (guint i = 0; i < n; i++)
    if (__builtin_mul_overflow (bytes, array->shape[i], &bytes))
      return set_damaged (file, "its masks are larger than the file", error);
  *n_items = (gsize) (bytes / array->item_bytes);
  if (n < 2 || n > 3 || array->shape[n - 1] == 0 || array->shape[n - 2] == 0 || array->shape[n - 1] > G_MAXINT ||
      array->shape[n - 2] > G_MAXINT || (n == 3 && array->fortran))
    return set_damaged (file, "its masks are not a picture of rows and columns", error);
  if (array->data == NULL || bytes > array->size)
    return set_damaged (file, "it was cut short: its masks are larger than the file", error);
  if (n == 3 && (slice == 0 || (guint64) slice > array->shape[0]))
    {
      _mg_io_set_error (error, MG_ERROR_DATA, file,
                        "it has %" G_GUINT64_FORMAT " slices; labels are read of one of them (say which)", array->shape[0]);
      return FALSE;
    }
  info->width = (int) array->shape[n - 1];
  info->height = (int) array->shape[n - 2];
  return TRUE;
}

static MgLabels *
array_labels (GFile *file, const MgNumpyArray *array, int slice, GCancellable *cancellable, GError **error)
{
  MgImageInfo info = { 0 };
  Plane plane = { file, array };
  gsize n_items;

  if (array->n_dims == 3 && array->shape[0] == 1)
    slice = 1; /* it needs no choice */
  if (!check_array (file, array, slice, &info, &n_items, error))
    return NULL;
  plane.width = (gsize) info.width;
  plane.height = (gsize) info.height;
  plane.start = array->n_dims == 3 ? (gsize) (slice - 1) * plane.width * plane.height : 0;
  return _mg_labels_from_rows (file, &info, background_offset (array, n_items), read_row, &plane, cancellable, error);
}

/* (nullable): numpy.save() makes an array without axes of what is no array */
static const MgPickleValue *
saved_object (const MgPickleValue *array)
{
  if (array->kind != MG_PICKLE_ARRAY || array->array->n_dims != 0 || array->items == NULL || array->items->len != 1)
    return NULL;
  return array->items->pdata[0];
}

/* A pickled dict of Cellpose, whose masks are the labels. */
static MgLabels *
pickled_labels (GFile *file, const guint8 *data, gsize size, int slice, GCancellable *cancellable, GError **error)
{
  const MgPickleValue *saved, *masks;
  const char *why;
  g_autoptr (MgPickle) pickle = _mg_pickle_read (data, size, &why);

  if (pickle == NULL)
    {
      set_damaged (file, why, error);
      return NULL;
    }
  saved = saved_object (_mg_pickle_get_root (pickle));
  masks = saved != NULL && saved->kind == MG_PICKLE_DICT ? _mg_pickle_find (saved, "masks") : NULL;
  if (masks == NULL || masks->kind != MG_PICKLE_ARRAY)
    {
      _mg_io_set_error (error, MG_ERROR_DATA, file, "there are no masks in it (open a _seg.npy file that Cellpose saved, or masks as TIFF)");
      return NULL;
    }
  return array_labels (file, masks->array, slice, cancellable, error);
}

/**
 * mg_npy_read_labels:
 * @file: a _seg.npy of Cellpose, or an array of labels as numpy.save() writes it
 * @slice: of masks of three axes, from 1; 0: they must have two
 * @cancellable: (nullable)
 *
 * Python's pickle in a _seg.npy is read as data and never run; objects other
 * than arrays are an error. Any thread.
 *
 * Returns: (transfer full): %NULL with an error naming the file
 */
MgLabels *
mg_npy_read_labels (GFile *file,
                    int slice,
                    GCancellable *cancellable,
                    GError **error)
{
  g_autoptr (GBytes) bytes = g_file_load_bytes (file, cancellable, NULL, error);
  MgNumpyArray array = { 0 };
  const guint8 *data;
  gsize size, start;

  if (bytes == NULL)
    {
      _mg_io_prefix_error (error, file);
      return NULL;
    }
  data = g_bytes_get_data (bytes, &size);
  if (!mg_npy_is_npy (data, size) || size < 10 || !read_header (data, size, &array, &start))
    {
      set_damaged (file, "this is not a NumPy array, or its header is damaged", error);
      return NULL;
    }
  if (array.kind == 'O')
    {
      if (array.n_dims == 0)
        return pickled_labels (file, data + start, size - start, slice, cancellable, error);
      set_damaged (file, "it holds an array of Python objects, not the masks of Cellpose", error);
      return NULL;
    }
  array.data = data + start;
  array.size = size - start;
  return array_labels (file, &array, slice, cancellable, error);
}
