#include "base/rng.h"
#include "io/atomic-file.h"
#include "io/loader.h"
#include "io/tiff-write.h"
#include "support/folder.h"

#include <glib/gstdio.h>
#include <math.h>
#include <png.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* A folder of one's own for each test, and a look that nothing else was left. */
typedef struct
{
  char *path;
} Folder;

static void
folder_set_up (Folder *folder, gconstpointer data)
{
  folder->path = g_dir_make_tmp ("mg-io-XXXXXX", NULL);
  g_assert_nonnull (folder->path);
}

static GFile *
file_in (Folder *folder, const char *name)
{
  return g_file_new_build_filename (folder->path, name, NULL);
}

static guint
count_files (Folder *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder->path, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
folder_tear_down (Folder *folder, gconstpointer data)
{
  g_autoptr (GDir) dir = g_dir_open (folder->path, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder->path, name, NULL);

      if (g_remove (path) != 0)
        g_assert_cmpint (g_rmdir (path), ==, 0);
    }
  g_assert_cmpint (g_rmdir (folder->path), ==, 0);
  g_free (folder->path);
}

static void
test_atomic_replace (Folder *folder, gconstpointer data)
{
  g_autoptr (GFile) file = file_in (folder, "a.txt");
  g_autofree char *text = NULL;

  g_assert_true (mg_file_replace_text (file, "first", NULL));
  g_assert_true (mg_file_replace_text (file, "second", NULL));
  {
    g_autoptr (MgAtomicFile) dropped = mg_atomic_file_new (file, NULL);

    g_assert_true (mg_atomic_file_write (dropped, "third", 5, NULL));
    g_assert_cmpuint (count_files (folder), <=, 2); /* 1, where a file needs no name */
  }
  g_assert_cmpuint (count_files (folder), ==, 1);
  g_assert_true (g_file_load_contents (file, NULL, &text, NULL, NULL, NULL));
  g_assert_cmpstr (text, ==, "second");
}

static void
test_atomic_keeps_link_and_mode (Folder *folder, gconstpointer data)
{
  g_autoptr (GFile) file = file_in (folder, "real.txt");
  g_autoptr (GFile) link = file_in (folder, "link.txt");
  g_autofree char *text = NULL;
  struct stat st;

  g_assert_true (mg_file_replace_text (file, "old", NULL));
  g_assert_cmpint (chmod (g_file_peek_path (file), 0640), ==, 0);
  g_assert_true (g_file_make_symbolic_link (link, "real.txt", NULL, NULL));
  g_assert_true (mg_file_replace_text (link, "new", NULL));
  g_assert_cmpint (lstat (g_file_peek_path (link), &st), ==, 0);
  g_assert_true (S_ISLNK (st.st_mode));
  g_assert_cmpint (stat (g_file_peek_path (file), &st), ==, 0);
  g_assert_cmpint (st.st_mode & 0777, ==, 0640);
  g_assert_true (g_file_load_contents (file, NULL, &text, NULL, NULL, NULL));
  g_assert_cmpstr (text, ==, "new");
}

static void
test_atomic_no_folder (Folder *folder, gconstpointer data)
{
  g_autoptr (GFile) file = file_in (folder, "none/a.txt");
  g_autoptr (GFile) itself = g_file_new_for_path (folder->path);
  g_autoptr (GError) error = NULL;

  g_assert_false (mg_file_replace_text (file, "x", &error));
  g_assert_error (error, MG_ERROR, MG_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "none/a.txt"));
  g_clear_error (&error);
  g_assert_false (mg_file_replace_text (itself, "x", &error));
  g_assert_error (error, MG_ERROR, MG_ERROR_USAGE);
}

static MgLabels *
make_labels (int width, int height, guint32 max)
{
  guint32 *data = g_new (guint32, width * height);

  for (int i = 0; i < width * height; i++)
    data[i] = i % 5 == 0 ? 0 : (guint32) i % 7 + 1;
  data[width * height - 1] = max;
  return mg_labels_new_take (width, height, data, g_free);
}

/* A file may not grow beyond a limit, as on a full disk: the old file stays and
 * nothing else is there. */
static void
test_no_room (Folder *folder, gconstpointer data)
{
  g_autoptr (GFile) file = file_in (folder, "labels.tif");
  g_autoptr (MgLabels) small = make_labels (30, 20, 9);
  g_autoptr (MgLabels) large = NULL;
  guint32 *noise = g_new (guint32, 400 * 400);
  struct rlimit old, limit;
  MgRng rng;
  g_autoptr (GError) error = NULL;
  g_autoptr (MgLabels) read = NULL;

  mg_rng_init (&rng, 1, 0);
  for (guint i = 0; i < 400 * 400; i++)
    noise[i] = (guint32) mg_rng_below (&rng, 65536);
  large = mg_labels_new_take (400, 400, noise, g_free);
  g_assert_true (mg_tiff_write_labels (file, small, NULL, NULL, NULL));
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &old), ==, 0);
  limit = old;
  limit.rlim_cur = 20000;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  g_assert_false (mg_tiff_write_labels (file, large, NULL, NULL, &error));
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &old), ==, 0);
  g_assert_error (error, MG_ERROR, MG_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "labels.tif"));
  g_assert_cmpuint (count_files (folder), ==, 1);
  read = mg_labels_load (file, NULL, NULL);
  g_assert_cmpuint (mg_labels_get_max (read), ==, 9);
}

static void
test_labels_round_trip (Folder *folder, gconstpointer data)
{
  const guint32 maxima[] = { 0, 255, 65535, 65536, 1u << 24, (1u << 24) + 1, G_MAXUINT32 };
  const MgPixelType types[] = { MG_PIXEL_U16, MG_PIXEL_U16, MG_PIXEL_U16, MG_PIXEL_F32, MG_PIXEL_F32, MG_PIXEL_U32, MG_PIXEL_U32 };
  const MgImageInfo like = { .pixel_width = 0.325, .pixel_height = 0.325, .unit = (char *) "µm" };

  for (guint i = 0; i < G_N_ELEMENTS (maxima); i++)
    {
      g_autoptr (GFile) file = file_in (folder, "labels.tif");
      g_autoptr (MgLabels) labels = make_labels (61, 37, maxima[i]);
      g_autoptr (GError) error = NULL;
      g_autoptr (MgLabels) back = NULL;
      g_autoptr (MgImage) image = NULL;

      g_assert_true (mg_tiff_write_labels (file, labels, &like, NULL, &error));
      back = mg_labels_load (file, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpmem (mg_labels_get_data (back), 61 * 37 * 4, mg_labels_get_data (labels), 61 * 37 * 4);
      image = mg_image_load (file, NULL, &error);
      g_assert_cmpint (mg_image_get_info (image)->type, ==, types[i]);
      g_assert_cmpstr (mg_image_get_info (image)->unit, ==, "µm");
      g_assert_cmpfloat_with_epsilon (mg_image_get_info (image)->pixel_width, 0.325, 1e-6);
    }
}

static MgImage *
make_stack (MgPixelType type, int width, int height, int n_c, int n_z, int n_t, gboolean rgb)
{
  MgImageInfo info = {
    .width = width,
    .height = height,
    .n_channels = n_c,
    .n_z = n_z,
    .n_t = n_t,
    .type = type,
    .is_rgb = rgb,
    .pixel_width = 0.1,
    .pixel_height = 0.2,
    .pixel_depth = 0.5,
    .frame_interval = 1.5,
    .unit = (char *) "µm",
  };
  gsize n = mg_pixel_type_size (type) * width * height * n_c * n_z * n_t;
  guint8 *pixels = g_malloc (n);

  /* bytes that are finite numbers in every type */
  for (gsize i = 0; i < n; i++)
    pixels[i] = (guint8) (i * 7 + i / 251) & 0x3f;
  return mg_image_new_take (&info, pixels, g_free, NULL);
}

static void
assert_same_pixels (MgImage *a, MgImage *b)
{
  const MgImageInfo *info = mg_image_get_info (a);
  gsize row = mg_pixel_type_size (info->type) * info->width;
  g_autofree guint8 *x = g_malloc (row * info->height), *y = g_malloc (row * info->height);
  const MgRect all = { 0, 0, info->width, info->height };

  for (int t = 0; t < info->n_t; t++)
    for (int z = 0; z < info->n_z; z++)
      for (int c = 0; c < info->n_channels; c++)
        {
          g_autoptr (GError) error = NULL;

          g_assert_true (mg_image_read (a, c, z, t, &all, x, row, NULL, &error));
          g_assert_true (mg_image_read (b, c, z, t, &all, y, row, NULL, &error));
          g_assert_cmpmem (x, row * info->height, y, row * info->height);
        }
}

static void
test_image_round_trip (Folder *folder, gconstpointer data)
{
  for (MgPixelType type = MG_PIXEL_U8; type <= MG_PIXEL_F64; type++)
    for (int kind = 0; kind < 5; kind++)
      {
        gboolean rgb = kind == 4;
        g_autoptr (GFile) file = file_in (folder, "image.tif");
        g_autoptr (MgImage) image = make_stack (type, 53, 41, kind == 1 ? 2 : rgb ? 3
                                                                                  : 1,
                                                kind == 2 ? 3 : 1, kind >= 3 ? 2 : 1, rgb);
        const MgImageInfo *a = mg_image_get_info (image), *b;
        g_autoptr (MgImage) back = NULL;
        g_autoptr (GError) error = NULL;

        g_assert_true (mg_tiff_write_image (file, image, NULL, &error));
        back = mg_image_load (file, NULL, &error);
        g_assert_no_error (error);
        b = mg_image_get_info (back);
        g_assert_cmpint (a->type, ==, b->type);
        g_assert_cmpint (a->n_channels, ==, b->n_channels);
        g_assert_cmpint (a->n_z, ==, b->n_z);
        g_assert_cmpint (a->n_t, ==, b->n_t);
        g_assert_cmpint (a->is_rgb, ==, b->is_rgb);
        g_assert_cmpfloat_with_epsilon (b->pixel_width, 0.1, 1e-7);
        g_assert_cmpfloat_with_epsilon (b->pixel_height, 0.2, 1e-7);
        g_assert_cmpfloat (b->pixel_depth, ==, 0.5);
        g_assert_cmpfloat (b->frame_interval, ==, 1.5);
        g_assert_cmpstr (b->name, ==, "image.tif");
        assert_same_pixels (image, back);
      }
}

static void
test_labels_refused (Folder *folder, gconstpointer data)
{
  float fractions[] = { 0, 1, 2.5, 3 }, missing[] = { 0, NAN, 1, 2 }, negative[] = { 0, -1, 1, 2 };
  float *const rows[] = { fractions, missing, negative };
  g_autoptr (GFile) file = file_in (folder, "not-labels.tif");
  const MgImageInfo info = { .width = 4, .height = 1, .n_channels = 1, .n_z = 1, .n_t = 1, .type = MG_PIXEL_F32 };
  g_autoptr (MgImage) rgb = make_stack (MG_PIXEL_U8, 5, 5, 3, 1, 1, TRUE);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (MgImage) image = mg_image_new_take (&info, rows[i], NULL, NULL);

      g_assert_true (mg_tiff_write_image (file, image, NULL, NULL));
      g_assert_null (mg_labels_load (file, NULL, &error));
      g_assert_error (error, MG_ERROR, MG_ERROR_DATA);
      g_assert_nonnull (strstr (error->message, "not-labels.tif"));
      g_clear_error (&error);
    }
  g_assert_true (mg_tiff_write_image (file, rgb, NULL, NULL));
  g_assert_null (mg_labels_load (file, NULL, &error));
  g_assert_error (error, MG_ERROR, MG_ERROR_DATA);
  g_assert_nonnull (strstr (error->message, "colour"));
}

static void
write_png (GFile *file, int colour, int bits, const guint8 *rows, gsize stride, guint width, guint height, gboolean interlaced)
{
  FILE *out = fopen (g_file_peek_path (file), "wb");
  png_structp png = png_create_write_struct (PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
  png_infop info = png_create_info_struct (png);
  const png_color palette[4] = { { 0, 0, 0 }, { 255, 0, 0 }, { 0, 255, 0 }, { 0, 0, 255 } };

  png_init_io (png, out);
  png_set_IHDR (png, info, width, height, bits, colour, interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
                PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  if (colour == PNG_COLOR_TYPE_PALETTE)
    png_set_PLTE (png, info, palette, 4);
  png_write_info (png, info);
  for (int pass = 0, passes = png_set_interlace_handling (png); pass < passes; pass++)
    for (guint y = 0; y < height; y++)
      png_write_row (png, rows + y * stride);
  png_write_end (png, NULL);
  png_destroy_write_struct (&png, &info);
  fclose (out);
}

static void
test_png (Folder *folder, gconstpointer data)
{
  static const struct
  {
    int colour, bits;
    guint samples;
    gboolean interlaced;
    int channels;
  } kinds[] = {
    { PNG_COLOR_TYPE_GRAY, 8, 1, FALSE, 1 },
    { PNG_COLOR_TYPE_GRAY, 16, 1, TRUE, 1 },
    { PNG_COLOR_TYPE_RGB, 8, 3, TRUE, 3 },
    { PNG_COLOR_TYPE_RGBA, 16, 4, FALSE, 3 },
    { PNG_COLOR_TYPE_GRAY_ALPHA, 8, 2, FALSE, 1 },
    { PNG_COLOR_TYPE_PALETTE, 8, 1, FALSE, 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (GFile) file = file_in (folder, "image.png");
      guint size = kinds[i].bits / 8;
      guint8 rows[13][19 * 8];
      g_autoptr (MgImage) image = NULL;
      g_autoptr (GError) error = NULL;

      for (guint j = 0; j < sizeof rows; j++)
        rows[j / sizeof rows[0]][j % sizeof rows[0]] = kinds[i].colour == PNG_COLOR_TYPE_PALETTE ? j % 4 : (guint8) (j * 11);
      write_png (file, kinds[i].colour, kinds[i].bits, rows[0], sizeof rows[0], 19, 13, kinds[i].interlaced);
      image = mg_image_load (file, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpint (mg_image_get_info (image)->n_channels, ==, kinds[i].channels);
      g_assert_cmpint (mg_image_get_info (image)->is_rgb, ==, kinds[i].channels == 3);
      for (int c = 0; c < kinds[i].channels; c++)
        {
          float values[13][19];
          const MgRect all = { 0, 0, 19, 13 };

          g_assert_true (mg_image_read_float (image, c, 0, 0, &all, values[0], sizeof values[0], NULL, &error));
          for (int y = 0; y < 13; y++)
            for (int x = 0; x < 19; x++)
              {
                const guint8 *at = rows[y] + (x * kinds[i].samples + c) * size;

                g_assert_cmpfloat (values[y][x], ==, size == 2 ? at[0] * 256 + at[1] : at[0]);
              }
        }
    }
}

static void
test_png_damaged (Folder *folder, gconstpointer data)
{
  g_autoptr (GFile) file = file_in (folder, "image.png");
  guint8 rows[50][50];
  g_autofree char *bytes = NULL;
  gsize size;

  for (guint i = 0; i < sizeof rows; i++)
    rows[i / 50][i % 50] = (guint8) (i * i / 7);
  write_png (file, PNG_COLOR_TYPE_GRAY, 8, rows[0], 50, 50, 50, FALSE);
  g_assert_true (g_file_load_contents (file, NULL, &bytes, &size, NULL, NULL));
  for (gsize cut = 8; cut < size - 16; cut += 37)
    {
      g_autoptr (GError) error = NULL;

      test_set_bytes (file, bytes, cut);
      g_assert_null (mg_image_load (file, NULL, &error));
      g_assert_error (error, MG_ERROR, MG_ERROR_FORMAT);
    }
}

static void
test_not_images (Folder *folder, gconstpointer data)
{
  static const struct
  {
    const char *bytes;
    gsize size;
    MgError code;
    const char *says;
  } kinds[] = {
    { "", 0, MG_ERROR_FORMAT, "empty" },
    { "hello", 5, MG_ERROR_FORMAT, "not a TIFF" },
    { "\xff\xd8\xff\xe0", 4, MG_ERROR_FORMAT, "JPEG" },
    { "ZISRAWFILE", 10, MG_ERROR_UNSUPPORTED, "CZI" },
    { "II*\0", 4, MG_ERROR_FORMAT, "damaged" },
    { "II*\0\x08\0\0\0\0\0\0\0\0\0", 14, MG_ERROR_FORMAT, "damaged" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (GFile) file = file_in (folder, "odd.tif");
      g_autoptr (GError) error = NULL;

      g_assert_true (g_file_set_contents (g_file_peek_path (file), kinds[i].bytes, kinds[i].size, NULL));
      g_assert_null (mg_image_load (file, NULL, &error));
      g_assert_error (error, MG_ERROR, (int) kinds[i].code);
      g_assert_nonnull (strstr (error->message, "odd.tif"));
      g_assert_nonnull (strstr (error->message, kinds[i].says));
    }
}

static void
test_list (Folder *folder, gconstpointer data)
{
  static const char *const names[] = { "b.tif", "a.TIFF", "c.png", ".hidden.tif", "notes.txt", "d.jpg", "f.gif" };
  g_autoptr (GFile) place = g_file_new_for_path (folder->path);
  g_autoptr (GFile) sub = file_in (folder, "e.tif");
  g_autoptr (GFile) none = file_in (folder, "none");
  g_autoptr (GPtrArray) files = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (mg_list_images (place, NULL, &error));
  g_assert_error (error, MG_ERROR, MG_ERROR_DATA);
  g_assert_nonnull (strstr (error->message, folder->path));
  g_clear_error (&error);
  g_assert_null (mg_list_images (none, NULL, &error));
  g_assert_nonnull (strstr (error->message, folder->path));
  g_assert_true (g_file_make_directory (sub, NULL, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GFile) file = file_in (folder, names[i]);

      g_assert_true (g_file_set_contents (g_file_peek_path (file), "x", 1, NULL));
    }
  files = mg_list_images (place, NULL, NULL);
  g_assert_cmpuint (files->len, ==, 4);
  for (guint i = 0; i < files->len; i++)
    {
      static const char *const wanted[] = { "a.TIFF", "b.tif", "c.png", "d.jpg" };
      g_autofree char *base = g_file_get_basename (files->pdata[i]);

      g_assert_cmpstr (base, ==, wanted[i]);
    }
}

#define ADD(name, function) g_test_add ("/io/" name, Folder, NULL, folder_set_up, function, folder_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("atomic-replace", test_atomic_replace);
  ADD ("atomic-keeps-link-and-mode", test_atomic_keeps_link_and_mode);
  ADD ("atomic-no-folder", test_atomic_no_folder);
  ADD ("no-room", test_no_room);
  ADD ("labels-round-trip", test_labels_round_trip);
  ADD ("image-round-trip", test_image_round_trip);
  ADD ("labels-refused", test_labels_refused);
  ADD ("png", test_png);
  ADD ("png-damaged", test_png_damaged);
  ADD ("not-images", test_not_images);
  ADD ("list", test_list);
  return g_test_run ();
}
