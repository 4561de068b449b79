#include "io/labels-read.h"

#include "base/mem.h"
#include "io/io-private.h"
#include "io/loader.h"

#include <math.h>

/* Whole numbers above this are not all floats any more. */
#define FLOAT_EXACT 9007199254740992.0

/* The number at one place, as any type has it; FALSE when it is not a whole
 * number from 0 up. */
static inline gboolean
take_signed (gint64 value, guint offset, guint64 *out)
{
  *out = (guint64) value + offset;
  return value >= -(gint64) offset;
}

static inline gboolean
take_float (double value, guint offset, guint64 *out)
{
  double shifted = value + offset;

  if (!(shifted >= 0 && shifted <= FLOAT_EXACT) || shifted != floor (shifted))
    return FALSE;
  *out = (guint64) shifted;
  return TRUE;
}

static gboolean
take_row (MgPixelType type, const guint8 *src, guint offset, int n, guint64 *dst)
{
  gboolean ok = TRUE;

  for (int i = 0; i < n && ok; i++)
    switch (type)
      {
      case MG_PIXEL_U8:
        dst[i] = (guint64) src[i] + offset;
        break;
      case MG_PIXEL_I8:
        ok = take_signed (((const gint8 *) src)[i], offset, &dst[i]);
        break;
      case MG_PIXEL_U16:
        dst[i] = (guint64) ((const guint16 *) src)[i] + offset;
        break;
      case MG_PIXEL_I16:
        ok = take_signed (((const gint16 *) src)[i], offset, &dst[i]);
        break;
      case MG_PIXEL_U32:
        dst[i] = (guint64) ((const guint32 *) src)[i] + offset;
        break;
      case MG_PIXEL_I32:
        ok = take_signed (((const gint32 *) src)[i], offset, &dst[i]);
        break;
      case MG_PIXEL_U64:
        dst[i] = ((const guint64 *) src)[i];
        break;
      case MG_PIXEL_I64:
        ok = take_signed (((const gint64 *) src)[i], offset, &dst[i]);
        break;
      case MG_PIXEL_F32:
        ok = take_float (((const float *) src)[i], offset, &dst[i]);
        break;
      case MG_PIXEL_F64:
        ok = take_float (((const double *) src)[i], offset, &dst[i]);
        break;
      }
  return ok;
}

/* Numbers of 64 bits in the order they are met, from 1. */
static guint32
renumber (GHashTable *numbers, guint64 number)
{
  gpointer place;

  if (number == 0)
    return 0;
  place = g_hash_table_lookup (numbers, &number);
  if (place == NULL)
    {
      place = GUINT_TO_POINTER (g_hash_table_size (numbers) + 1);
      g_hash_table_insert (numbers, g_memdup2 (&number, sizeof number), place);
    }
  return GPOINTER_TO_UINT (place);
}

/* What rows are read through, one at a time. */
typedef struct
{
  const MgImageInfo *info;
  guint offset;        /* added to every number */
  GHashTable *numbers; /* (nullable): where numbers of more than 32 bits are replaced */
  gboolean too_large;  /* (out): one was met, and there is no such table */
  guint8 *stored;      /* owned */
  guint64 *row;        /* owned */
} RowReader;

static void
row_reader_clear (RowReader *reader)
{
  g_clear_pointer (&reader->numbers, g_hash_table_unref);
  g_free (reader->stored);
  g_free (reader->row);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RowReader, row_reader_clear)

static gboolean
row_reader_init (RowReader *reader, GFile *file, const MgImageInfo *info, GError **error)
{
  *reader = (RowReader){ .info = info };
  reader->stored = g_try_malloc (mg_pixel_type_size (info->type) * info->width);
  reader->row = g_try_new (guint64, info->width);
  if (reader->stored == NULL || reader->row == NULL)
    _mg_io_set_error (error, MG_ERROR_NO_MEMORY, file, "not enough memory for one row of it");
  return reader->stored != NULL && reader->row != NULL;
}

static gboolean
read_one (RowReader *reader, GFile *file, int y, MgLabelRowFunc func, gpointer data, guint32 *out,
          GCancellable *cancellable, GError **error)
{
  int width = reader->info->width;

  if (!func (data, y, reader->stored, cancellable, error))
    return FALSE;
  if (!take_row (reader->info->type, reader->stored, reader->offset, width, reader->row))
    {
      _mg_io_set_error (error, MG_ERROR_DATA, file,
                        "this is not a label image: row %d has values that are not whole numbers from 0 up", y + 1);
      return FALSE;
    }
  for (int x = 0; x < width; x++)
    {
      reader->too_large |= reader->row[x] > G_MAXUINT32;
      out[x] = reader->numbers != NULL ? renumber (reader->numbers, reader->row[x]) : (guint32) reader->row[x];
    }
  if (!reader->too_large || reader->numbers != NULL)
    return TRUE;
  _mg_io_set_error (error, MG_ERROR_DATA, file,
                    "row %d has numbers of more than 32 bits (import the file, which gives its cells new numbers)", y + 1);
  return FALSE;
}

static gboolean
read_all (RowReader *reader, GFile *file, MgLabelRowFunc func, gpointer data, guint32 *labels,
          GCancellable *cancellable, GError **error)
{
  for (int y = 0; y < reader->info->height; y++)
    if (!read_one (reader, file, y, func, data, labels + (gsize) y * reader->info->width, cancellable, error))
      return FALSE;
  return TRUE;
}

/* A label raster out of rows. info: its size and type; offset: added to every
 * number. Numbers of more than 32 bits are replaced by 1, 2, 3 … */
MgLabels *
_mg_labels_from_rows (GFile *file,
                      const MgImageInfo *info,
                      guint offset,
                      MgLabelRowFunc func,
                      gpointer data,
                      GCancellable *cancellable,
                      GError **error)
{
  g_auto (RowReader) reader = { 0 };
  gsize bytes;
  guint32 *labels;
  gboolean ok;

  if (!row_reader_init (&reader, file, info, error))
    return NULL;
  if (!mg_size_mul (info->width, info->height, &bytes) || !mg_size_mul (bytes, sizeof (guint32), &bytes))
    bytes = G_MAXSIZE;
  labels = mg_try_alloc (bytes, "the labels", error);
  if (labels == NULL)
    {
      _mg_io_prefix_error (error, file);
      return NULL;
    }
  reader.offset = offset;
  ok = read_all (&reader, file, func, data, labels, cancellable, error);
  if (reader.too_large)
    {
      g_clear_error (error);
      reader.numbers = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
      ok = read_all (&reader, file, func, data, labels, cancellable, error);
    }
  if (ok)
    return mg_labels_new_take (info->width, info->height, labels, mg_free_aligned);
  mg_free_aligned (labels);
  return NULL;
}

typedef struct
{
  MgImage *image;
  int z, t;
} Plane;

static gboolean
read_row (gpointer data, int y, gpointer dst, GCancellable *cancellable, GError **error)
{
  const Plane *plane = data;
  MgRect line = { 0, y, mg_image_get_info (plane->image)->width, 1 };

  return mg_image_read (plane->image, 0, plane->z, plane->t, &line, dst, 0, cancellable, error);
}

/**
 * mg_label_image_load:
 * @file: a label image: one channel of whole numbers, of any number of planes
 * @cancellable: (nullable)
 *
 * Opens labels to be read part by part with mg_label_image_read(). Any thread.
 *
 * Returns: (transfer full): %NULL with an error naming the file
 */
MgImage *
mg_label_image_load (GFile *file,
                     GCancellable *cancellable,
                     GError **error)
{
  g_autoptr (MgImage) image = mg_image_load (file, cancellable, error);
  const MgImageInfo *info;

  if (image == NULL)
    return NULL;
  info = mg_image_get_info (image);
  if (!info->is_rgb && info->n_channels == 1)
    return g_steal_pointer (&image);
  _mg_io_set_error (error, MG_ERROR_DATA, file,
                    "this is %s, not a label image (a label image has one channel, where every cell is a number)",
                    info->is_rgb ? "a colour picture" : "an image of several channels");
  return NULL;
}

/**
 * mg_label_image_read:
 * @image: of mg_label_image_load()
 * @file: where it came from, for messages
 * @z: slice
 * @t: time point
 * @y: the first row
 * @n_rows: how many
 * @dst: (out): rows of labels without gaps
 * @cancellable: (nullable)
 *
 * Returns: %FALSE where the file cannot be read or holds no labels
 */
gboolean
mg_label_image_read (MgImage *image,
                     GFile *file,
                     int z,
                     int t,
                     int y,
                     int n_rows,
                     guint32 *dst,
                     GCancellable *cancellable,
                     GError **error)
{
  const MgImageInfo *info = mg_image_get_info (image);
  Plane plane = { image, z, t };
  g_auto (RowReader) reader = { 0 };

  if (!row_reader_init (&reader, file, info, error))
    return FALSE;
  for (int i = 0; i < n_rows; i++)
    if (!read_one (&reader, file, y + i, read_row, &plane, dst + (gsize) i * info->width, cancellable, error))
      return FALSE;
  return TRUE;
}

/**
 * mg_label_image_read_plane:
 * @image: from mg_label_image_load()
 * @file: its file
 * @z: slice, from 0
 * @t: frame, from 0
 * @cancellable: (nullable)
 *
 * Any thread.
 *
 * Returns: (transfer full): the labels of one plane; %NULL with an error naming
 *   the file
 */
MgLabels *
mg_label_image_read_plane (MgImage *image,
                           GFile *file,
                           int z,
                           int t,
                           GCancellable *cancellable,
                           GError **error)
{
  Plane plane = { image, z, t };

  return _mg_labels_from_rows (file, mg_image_get_info (image), 0, read_row, &plane, cancellable, error);
}

static gboolean
check_plane (GFile *file, const MgImageInfo *info, int slice, int frame, GError **error)
{
  if ((info->n_z > 1 && slice == 0) || (info->n_t > 1 && frame == 0))
    _mg_io_set_error (error, MG_ERROR_DATA, file,
                      "it has %d slices and %d frames; labels are read of one plane (say which)", info->n_z, info->n_t);
  else if ((info->n_z > 1 && slice > info->n_z) || (info->n_t > 1 && frame > info->n_t))
    _mg_io_set_error (error, MG_ERROR_DATA, file,
                      "it has %d slices and %d frames; there is no slice %d, frame %d", info->n_z, info->n_t, slice, frame);
  else
    return TRUE;
  return FALSE;
}

/**
 * mg_labels_load_plane:
 * @file: a label image: one channel of whole numbers, integers of up to 64
 *   bits or floats; numbers of more than 32 bits are replaced by 1, 2, 3 …
 * @slice: of a stack, from 1; 0: it must be flat
 * @frame: of a series, from 1; 0: there must be one only
 * @cancellable: (nullable)
 *
 * A file that has one slice or frame only gives that one, whichever is asked
 * for. Any thread.
 *
 * Returns: (transfer full): %NULL with an error naming the file
 */
MgLabels *
mg_labels_load_plane (GFile *file,
                      int slice,
                      int frame,
                      GCancellable *cancellable,
                      GError **error)
{
  g_autoptr (MgImage) image = mg_label_image_load (file, cancellable, error);
  const MgImageInfo *info;

  if (image == NULL)
    return NULL;
  info = mg_image_get_info (image);
  if (!check_plane (file, info, slice, frame, error))
    return NULL;
  return mg_label_image_read_plane (image, file, info->n_z > 1 ? slice - 1 : 0, info->n_t > 1 ? frame - 1 : 0, cancellable, error);
}

/**
 * mg_labels_load:
 * @file: as for mg_labels_load_plane(), flat
 * @cancellable: (nullable)
 *
 * Any thread.
 *
 * Returns: (transfer full): %NULL with an error naming the file
 */
MgLabels *
mg_labels_load (GFile *file,
                GCancellable *cancellable,
                GError **error)
{
  return mg_labels_load_plane (file, 0, 0, cancellable, error);
}
