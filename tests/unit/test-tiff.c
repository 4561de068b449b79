#include "io/loader.h"
#include "io/tiff-write.h"
#include "support/folder.h"

#include <string.h>
#include <tiffio.h>
#include <unistd.h>

#define WIDTH  67
#define HEIGHT 45

/* One kind of file to be written with libtiff and read back. */
typedef struct
{
  const char *name;
  const char *mode;
  guint bits, format, samples;
  guint compression, predictor;
  gboolean planar, tiled;
  guint photometric;
  gboolean lsb_first;
} Kind;

#define U SAMPLEFORMAT_UINT
#define I SAMPLEFORMAT_INT
#define F SAMPLEFORMAT_IEEEFP

static const Kind kinds[] = {
  { "u1", "w", 1, U, 1, COMPRESSION_NONE },
  { "u1-white", "w", 1, U, 1, COMPRESSION_CCITTFAX4, 0, FALSE, FALSE, PHOTOMETRIC_MINISWHITE },
  { "u2-lsb", "w", 2, U, 1, COMPRESSION_NONE, 0, FALSE, FALSE, PHOTOMETRIC_MINISBLACK, TRUE },
  { "u4-rgb", "w", 4, U, 3, COMPRESSION_NONE, 0, FALSE, FALSE, PHOTOMETRIC_RGB },
  { "u6-tiled", "w", 6, U, 1, COMPRESSION_LZW, 0, FALSE, TRUE },
  { "u10-big-endian", "wb", 10, U, 1, COMPRESSION_NONE },
  { "u12", "w", 12, U, 1, COMPRESSION_ADOBE_DEFLATE },
  { "u12-planar", "w", 12, U, 3, COMPRESSION_NONE, 0, TRUE, FALSE, PHOTOMETRIC_RGB },
  { "u14-tiled", "wb", 14, U, 2, COMPRESSION_PACKBITS, 0, FALSE, TRUE },
  { "u8", "w", 8, U, 1, COMPRESSION_NONE },
  { "u8-rgb-tiled", "w", 8, U, 3, COMPRESSION_LZW, PREDICTOR_HORIZONTAL, FALSE, TRUE, PHOTOMETRIC_RGB },
  { "u8-planar-tiled", "w", 8, U, 3, COMPRESSION_ADOBE_DEFLATE, PREDICTOR_HORIZONTAL, TRUE, TRUE, PHOTOMETRIC_RGB },
  { "i8", "w", 8, I, 1, COMPRESSION_NONE },
  { "u16", "wl", 16, U, 1, COMPRESSION_NONE },
  { "u16-big-endian", "wb", 16, U, 1, COMPRESSION_NONE },
  { "u16-big-endian-tiled", "wb", 16, U, 1, COMPRESSION_NONE, 0, FALSE, TRUE },
  { "u16-predictor", "wb", 16, U, 1, COMPRESSION_LZW, PREDICTOR_HORIZONTAL },
  { "i16-bigtiff", "w8", 16, I, 1, COMPRESSION_NONE },
  { "u16-rgb-bigtiff", "wb8", 16, U, 3, COMPRESSION_ADOBE_DEFLATE, PREDICTOR_HORIZONTAL, FALSE, TRUE, PHOTOMETRIC_RGB },
  { "u24", "wl", 24, U, 1, COMPRESSION_NONE },
  { "u24-big-endian", "wb", 24, U, 3, COMPRESSION_ADOBE_DEFLATE, 0, FALSE, FALSE, PHOTOMETRIC_RGB },
  { "u32", "wb", 32, U, 1, COMPRESSION_NONE },
  { "i32", "wl", 32, I, 5, COMPRESSION_ADOBE_DEFLATE, PREDICTOR_HORIZONTAL },
  { "u64", "wb", 64, U, 1, COMPRESSION_NONE },
  { "i64", "wl", 64, I, 1, COMPRESSION_LZW },
  { "f16", "wb", 16, F, 1, COMPRESSION_NONE },
  { "f16-predictor", "wl", 16, F, 1, COMPRESSION_ADOBE_DEFLATE, PREDICTOR_FLOATINGPOINT, FALSE, TRUE },
  { "f32", "wb", 32, F, 1, COMPRESSION_NONE },
  { "f32-predictor", "wl", 32, F, 1, COMPRESSION_ADOBE_DEFLATE, PREDICTOR_FLOATINGPOINT },
  { "f32-planar", "wb", 32, F, 3, COMPRESSION_NONE, 0, TRUE },
  { "f64", "wl", 64, F, 1, COMPRESSION_ADOBE_DEFLATE, PREDICTOR_FLOATINGPOINT, FALSE, TRUE },
};

static char *folder;

static GFile *
file_named (const char *name)
{
  return g_file_new_build_filename (folder, name, NULL);
}

/* A whole number that every kind can hold. */
static int
value_at (const Kind *kind, int x, int y, guint s)
{
  int value = x * 7 + y * 13 + (int) s * 31 + x * y;

  if (kind->format == F)
    return value % 2000 - 1000;
  if (kind->format == I)
    return value % 256 - 128;
  return kind->bits < 20 ? value & ((1 << kind->bits) - 1) : value;
}

static guint16
to_half (int value)
{
  int magnitude = ABS (value), exponent = 0;

  if (value == 0)
    return 0;
  while (magnitude >> exponent > 1)
    exponent++;
  return (guint16) ((value < 0 ? 0x8000 : 0) | (exponent + 15) << 10 | ((magnitude << (10 - exponent)) & 0x3ff));
}

static void
put (guint8 *row, gsize i, const Kind *kind, int value)
{
  if (kind->format == F && kind->bits == 16)
    ((guint16 *) row)[i] = to_half (value);
  else if (kind->format == F && kind->bits == 32)
    ((float *) row)[i] = (float) value;
  else if (kind->format == F)
    ((double *) row)[i] = value;
  else if (kind->bits == 16)
    ((guint16 *) row)[i] = (guint16) value;
  else if (kind->bits == 24)
    memcpy (row + 3 * i, &value, 3);
  else if (kind->bits == 32)
    ((guint32 *) row)[i] = (guint32) value;
  else if (kind->bits == 64)
    ((guint64 *) row)[i] = (guint64) value;
  else
    for (guint b = 0; b < kind->bits; b++)
      if (value >> (kind->bits - 1 - b) & 1)
        row[(i * kind->bits + b) / 8] |= (guint8) (0x80 >> (i * kind->bits + b) % 8);
}

/* Fills a strip or tile that begins at (left, top). */
static void
fill_block (guint8 *block, const Kind *kind, int left, int top, int width, int rows, guint plane)
{
  guint n = kind->planar ? 1 : kind->samples;
  gsize row_bytes = ((gsize) width * n * kind->bits + 7) / 8;

  memset (block, 0, row_bytes * rows);
  for (int y = 0; y < rows; y++)
    for (int x = 0; x < width; x++)
      for (guint s = 0; s < n; s++)
        put (block + y * row_bytes, (gsize) x * n + s, kind, value_at (kind, left + x, top + y, plane + s));
}

static void
set_tags (TIFF *tif, const Kind *kind, int width, int height)
{
  TIFFSetField (tif, TIFFTAG_IMAGEWIDTH, width);
  TIFFSetField (tif, TIFFTAG_IMAGELENGTH, height);
  TIFFSetField (tif, TIFFTAG_BITSPERSAMPLE, kind->bits);
  TIFFSetField (tif, TIFFTAG_SAMPLESPERPIXEL, kind->samples);
  TIFFSetField (tif, TIFFTAG_SAMPLEFORMAT, kind->format);
  TIFFSetField (tif, TIFFTAG_PHOTOMETRIC, kind->photometric != 0 || strstr (kind->name, "white") != NULL ? kind->photometric : PHOTOMETRIC_MINISBLACK);
  TIFFSetField (tif, TIFFTAG_PLANARCONFIG, kind->planar ? PLANARCONFIG_SEPARATE : PLANARCONFIG_CONTIG);
  TIFFSetField (tif, TIFFTAG_COMPRESSION, kind->compression);
  if (kind->predictor != 0)
    TIFFSetField (tif, TIFFTAG_PREDICTOR, kind->predictor);
  if (kind->lsb_first)
    TIFFSetField (tif, TIFFTAG_FILLORDER, FILLORDER_LSB2MSB);
  if (kind->tiled)
    {
      TIFFSetField (tif, TIFFTAG_TILEWIDTH, 32);
      TIFFSetField (tif, TIFFTAG_TILELENGTH, 16);
    }
  else
    TIFFSetField (tif, TIFFTAG_ROWSPERSTRIP, 8);
}

static void
write_page (TIFF *tif, const Kind *kind)
{
  g_autofree guint8 *block = g_malloc (WIDTH * 16 * 5 * 8);
  int step_x = kind->tiled ? 32 : WIDTH, step_y = kind->tiled ? 16 : 8;

  set_tags (tif, kind, WIDTH, HEIGHT);
  for (guint plane = 0; plane < (kind->planar ? kind->samples : 1); plane++)
    for (int y = 0; y < HEIGHT; y += step_y)
      for (int x = 0; x < WIDTH; x += step_x)
        {
          int rows = kind->tiled ? 16 : MIN (8, HEIGHT - y);

          fill_block (block, kind, x, y, step_x, rows, plane);
          if (kind->tiled)
            g_assert_cmpint (TIFFWriteEncodedTile (tif, TIFFComputeTile (tif, x, y, 0, (guint16) plane), block, TIFFTileSize (tif)), >, 0);
          else
            g_assert_cmpint (TIFFWriteEncodedStrip (tif, TIFFComputeStrip (tif, y, (guint16) plane), block, TIFFVStripSize (tif, rows)), >, 0);
        }
}

static GFile *
write_kind (const Kind *kind)
{
  g_autofree char *name = g_strconcat (kind->name, ".tif", NULL);
  GFile *file = file_named (name);
  TIFF *tif = TIFFOpen (g_file_peek_path (file), kind->mode);

  write_page (tif, kind);
  TIFFClose (tif);
  return file;
}

static void
check_region (MgImage *image, const Kind *kind, int channel, const MgRect *rect)
{
  float values[HEIGHT][WIDTH];
  g_autoptr (GError) error = NULL;

  mg_image_read_float (image, channel, 0, 0, rect, values[0], sizeof values[0], NULL, &error);
  g_assert_no_error (error);
  for (int y = 0; y < rect->height; y++)
    for (int x = 0; x < rect->width; x++)
      g_assert_cmpfloat (values[y][x], ==, (float) value_at (kind, rect->x + x, rect->y + y, (guint) channel));
}

static void
test_kind (gconstpointer data)
{
  static const MgRect rects[] = { { 0, 0, WIDTH, HEIGHT }, { 0, 7, WIDTH, 20 }, { 31, 15, 3, 3 }, { 66, 44, 1, 1 }, { 5, 0, 40, 45 } };
  const Kind *kind = data;
  g_autoptr (GFile) file = write_kind (kind);
  g_autoptr (GError) error = NULL;
  g_autoptr (MgImage) image = mg_image_load (file, NULL, &error);
  const MgImageInfo *info;

  g_assert_no_error (error);
  info = mg_image_get_info (image);
  g_assert_cmpint (info->width, ==, WIDTH);
  g_assert_cmpint (info->height, ==, HEIGHT);
  g_assert_cmpint (info->n_channels, ==, kind->samples);
  g_assert_cmpint (info->n_z * info->n_t, ==, 1);
  g_assert_cmpint (info->is_rgb, ==, kind->photometric == PHOTOMETRIC_RGB);
  g_assert_cmpuint (info->bits, ==, kind->bits == 8 || kind->bits == 16 || kind->bits == 32 || kind->bits == 64 ? 0 : kind->bits);
  g_assert_cmpint (mg_pixel_type_is_float (info->type), ==, kind->format == F);
  g_assert_cmpint (info->notes != NULL, ==, strstr (kind->name, "white") != NULL);
  for (int c = 0; c < info->n_channels; c++)
    for (guint i = 0; i < G_N_ELEMENTS (rects); i++)
      check_region (image, kind, c, &rects[i]);
}

/* Cut anywhere, or with bytes of its tags changed, a file is read, or refused
 * by name. */
static void
try_bytes (GFile *file, const guint8 *bytes, gsize size)
{
  g_autofree char *base = g_file_get_basename (file);
  g_autoptr (GError) error = NULL;
  g_autoptr (MgImage) image = NULL;
  g_autofree float *row = NULL;
  const MgImageInfo *info;
  gboolean ok = TRUE;

  test_set_bytes (file, bytes, size);
  image = mg_image_load (file, NULL, &error);
  if (image != NULL)
    {
      info = mg_image_get_info (image);
      row = g_new (float, info->width);
      for (int y = 0; y < MIN (info->height, 200) && ok; y++)
        ok = mg_image_read_float (image, info->n_channels - 1, 0, 0, &(MgRect){ 0, y, info->width, 1 }, row, 0, NULL, &error);
    }
  g_assert_true ((image != NULL && ok) == (error == NULL));
  if (error != NULL)
    g_assert_nonnull (strstr (error->message, base));
}

static void
test_damage (gconstpointer data)
{
  const Kind *kind = data;
  g_autoptr (GFile) file = write_kind (kind);
  g_autofree guint8 *bytes = NULL;
  gsize size, step;

  g_assert_true (g_file_load_contents (file, NULL, (char **) &bytes, &size, NULL, NULL));
  step = MAX (size / 60, 1);
  for (gsize cut = 0; cut < size; cut += cut < 20 || size - cut < 200 ? 5 : step)
    try_bytes (file, bytes, cut);
  for (gsize i = 4; i < size; i += size - i < 300 ? 3 : step)
    for (int change = 0; change < 2; change++)
      {
        guint8 old = bytes[i];

        bytes[i] = change == 0 ? 0xff : (guint8) (old + 1);
        try_bytes (file, bytes, size);
        bytes[i] = old;
      }
}

/* A strip of more than 16 MiB, read from the end to the beginning. */
static void
test_large_strip (void)
{
  const int side = 3000;
  g_autoptr (GFile) file = file_named ("large-strip.tif");
  g_autofree guint16 *pixels = g_new (guint16, side * side);
  TIFF *tif = TIFFOpen (g_file_peek_path (file), "w");
  const Kind kind = { "large-strip", "w", 16, U, 1, COMPRESSION_ADOBE_DEFLATE };
  g_autoptr (MgImage) image = NULL;

  for (int i = 0; i < side * side; i++)
    pixels[i] = (guint16) (i / side * 3 + i % side);
  set_tags (tif, &kind, side, side);
  TIFFSetField (tif, TIFFTAG_ROWSPERSTRIP, side);
  g_assert_cmpint (TIFFWriteEncodedStrip (tif, 0, pixels, (tmsize_t) side * side * 2), >, 0);
  TIFFClose (tif);
  image = mg_image_load (file, NULL, NULL);
  for (int y = side - 10; y > 0; y -= 331)
    {
      guint16 out[10][20];
      g_autoptr (GError) error = NULL;

      mg_image_read (image, 0, 0, 0, &(MgRect){ 2900, y, 20, 10 }, out[0], sizeof out[0], NULL, &error);
      g_assert_no_error (error);
      for (int i = 0; i < 200; i++)
        g_assert_cmpuint (out[i / 20][i % 20], ==, (guint16) ((y + i / 20) * 3 + 2900 + i % 20));
    }
}

/* Thousands of channels side by side: rows too large to be unpacked whole. */
static void
test_large_row (void)
{
  static const Kind large[] = {
    { "large-row-1", "w", 1, U, 3000, COMPRESSION_ADOBE_DEFLATE },
    { "large-row-16", "w", 16, U, 1500, COMPRESSION_ADOBE_DEFLATE },
  };
  const int width = 6000, height = 3;

  for (guint i = 0; i < G_N_ELEMENTS (large); i++)
    {
      g_autofree char *name = g_strconcat (large[i].name, ".tif", NULL);
      g_autoptr (GFile) file = file_named (name);
      g_autofree guint8 *block = g_malloc ((gsize) width * height * large[i].samples * large[i].bits / 8);
      TIFF *tif = TIFFOpen (g_file_peek_path (file), large[i].mode);
      g_autoptr (MgImage) image = NULL;

      set_tags (tif, &large[i], width, height);
      TIFFSetField (tif, TIFFTAG_ROWSPERSTRIP, height);
      fill_block (block, &large[i], 0, 0, width, height, 0);
      g_assert_cmpint (TIFFWriteEncodedStrip (tif, 0, block, TIFFVStripSize (tif, height)), >, 0);
      TIFFClose (tif);
      image = mg_image_load (file, NULL, NULL);
      for (guint channel = 0; channel < large[i].samples; channel += 499)
        check_region (image, &large[i], (int) channel, &(MgRect){ 2000 + (int) channel, 1, 30, 2 });
    }
}

typedef struct
{
  MgImage *image;
  const Kind *kind;
} Shared;

static gpointer
read_often (gpointer data)
{
  const Shared *shared = data;

  for (int i = 0; i < 300; i++)
    check_region (shared->image, shared->kind, i % (int) shared->kind->samples, &(MgRect){ i % 30, i % 20, 20, 20 });
  return NULL;
}

static void
test_threads (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i += 4)
    {
      g_autoptr (GFile) file = write_kind (&kinds[i]);
      g_autoptr (MgImage) image = mg_image_load (file, NULL, NULL);
      Shared shared = { image, &kinds[i] };
      GThread *threads[4];

      for (guint j = 0; j < 4; j++)
        threads[j] = g_thread_new ("reader", read_often, &shared);
      for (guint j = 0; j < 4; j++)
        g_thread_join (threads[j]);
    }
}

/* A file of tags only, that promises `width` × `height` pixels. */
static GFile *
write_promise (const char *name, guint32 width, guint32 height, guint compression)
{
  const guint32 tags[][4] = {
    { 256, 4, 1, width },
    { 257, 4, 1, height },
    { 258, 3, 1, 16 },
    { 259, 3, 1, compression },
    { 262, 3, 1, PHOTOMETRIC_MINISBLACK },
    { 273, 4, 1, 200 },
    { 277, 3, 1, 1 },
    { 278, 4, 1, height },
    { 279, 4, 1, 64 },
  };
  guint8 bytes[264] = { 'I', 'I', '*', 0, 8, 0, 0, 0, G_N_ELEMENTS (tags), 0 };
  GFile *file = file_named (name);

  for (guint i = 0; i < G_N_ELEMENTS (tags); i++)
    {
      guint16 head[2] = { GUINT16_TO_LE (tags[i][0]), GUINT16_TO_LE (tags[i][1]) };
      guint32 body[2] = { GUINT32_TO_LE (tags[i][2]), GUINT32_TO_LE (tags[i][3]) };

      memcpy (bytes + 10 + 12 * i, head, 4);
      memcpy (bytes + 14 + 12 * i, body, 8);
    }
  g_assert_true (g_file_set_contents (g_file_peek_path (file), (const char *) bytes, sizeof bytes, NULL));
  return file;
}

static void
test_promises (void)
{
  static const struct
  {
    guint32 width, height;
    guint compression;
    MgError code;
  } cases[] = {
    { 0, 5, COMPRESSION_NONE, MG_ERROR_FORMAT },
    { 1000000, 1000000, COMPRESSION_NONE, MG_ERROR_TOO_LARGE },
    { G_MAXUINT32, 1, COMPRESSION_NONE, MG_ERROR_TOO_LARGE },
    { 1, G_MAXUINT32, COMPRESSION_LZW, MG_ERROR_TOO_LARGE },
    { 40000, 40000, COMPRESSION_NONE, MG_ERROR_FORMAT },
    { 40000, 40000, COMPRESSION_ADOBE_DEFLATE, MG_ERROR_FORMAT },
    { 40000, 40000, COMPRESSION_LZW, MG_ERROR_FORMAT },
    { 100, 100, COMPRESSION_PIXARFILM, MG_ERROR_UNSUPPORTED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GFile) file = write_promise ("promise.tif", cases[i].width, cases[i].height, cases[i].compression);
      g_autoptr (GError) error = NULL;
      g_autoptr (MgImage) image = mg_image_load (file, NULL, &error);
      guint16 pixel[64];

      if (image != NULL)
        g_assert_false (mg_image_read (image, 0, 0, 0, &(MgRect){ 0, (int) cases[i].height - 1, 64, 1 }, pixel, 0, NULL, &error));
      g_assert_error (error, MG_ERROR, (int) cases[i].code);
      g_assert_nonnull (strstr (error->message, "promise.tif"));
    }
}

/* Larger than memory should be asked to hold: opens at once, reads a corner. */
static void
test_huge (void)
{
  g_autoptr (GFile) file = write_promise ("huge.tif", 40000, 40000, COMPRESSION_NONE);
  guint16 corner[4] = { 1, 1, 1, 1 };
  g_autoptr (MgImage) image = NULL;
  gint64 start = g_get_monotonic_time ();

  g_assert_cmpint (truncate (g_file_peek_path (file), 200 + (off_t) 2 * 40000 * 40000), ==, 0);
  image = mg_image_load (file, NULL, NULL);
  g_assert_true (mg_image_read (image, 0, 0, 0, &(MgRect){ 39998, 39998, 2, 2 }, corner, 4, NULL, NULL));
  g_assert_cmpuint (corner[3], ==, 0);
  g_assert_cmpint (g_get_monotonic_time () - start, <, G_USEC_PER_SEC);
}

/* Files are full of odd tags; libtiff's words on them belong nowhere here. */
static void
be_quiet (const char *module, const char *format, va_list args)
{
}

/* ImageJ and tifffile take the planes of a stack that is not compressed to lie in
 * one piece, whatever the pages say. */
static void
test_float_stacks (void)
{
  g_autofree char *path = g_build_filename (folder, "stack.tif", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);

  for (int n_z = 1; n_z <= 2; n_z++)
    {
      MgImageInfo info = { .width = 9, .height = 7, .n_channels = 1, .n_z = n_z, .n_t = 1, .type = MG_PIXEL_F32 };
      g_autoptr (MgImage) image = mg_image_new_take (&info, g_new0 (float, 9 * 7 * n_z), g_free, NULL);
      guint16 compression = 0;
      TIFF *tif;

      g_assert_true (mg_tiff_write_image (file, image, NULL, NULL));
      tif = TIFFOpen (path, "r");
      g_assert_nonnull (tif);
      g_assert_cmpint (TIFFNumberOfDirectories (tif), ==, n_z);
      g_assert_true (TIFFGetFieldDefaulted (tif, TIFFTAG_COMPRESSION, &compression));
      g_assert_cmpint (compression, ==, n_z > 1 ? COMPRESSION_ADOBE_DEFLATE : COMPRESSION_NONE);
      TIFFClose (tif);
    }
}

/* One that is gone is said to be, and can be told from one that cannot be read. */
static void
test_gone (void)
{
  g_autofree char *path = g_build_filename (folder, "gone.tif", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;

  g_assert_null (mg_image_load (file, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "gone.tif: there is no such file"));
}

int
main (int argc, char *argv[])
{
  int status;
  g_autofree char *command = NULL;

  g_test_init (&argc, &argv, NULL);
  TIFFSetWarningHandler (be_quiet);
  folder = g_dir_make_tmp ("mg-tiff-XXXXXX", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *read = g_strconcat ("/tiff/kind/", kinds[i].name, NULL);
      g_autofree char *damage = g_strconcat ("/tiff/damage/", kinds[i].name, NULL);

      g_test_add_data_func (read, &kinds[i], test_kind);
      g_test_add_data_func (damage, &kinds[i], test_damage);
    }
  g_test_add_func ("/tiff/large-strip", test_large_strip);
  g_test_add_func ("/tiff/large-row", test_large_row);
  g_test_add_func ("/tiff/threads", test_threads);
  g_test_add_func ("/tiff/promises", test_promises);
  g_test_add_func ("/tiff/huge", test_huge);
  g_test_add_func ("/tiff/gone", test_gone);
  g_test_add_func ("/tiff/float-stacks", test_float_stacks);
  status = g_test_run ();
  command = g_strdup_printf ("rm -r '%s'", folder);
  g_assert_cmpint (system (command), ==, 0);
  g_free (folder);
  return status;
}
