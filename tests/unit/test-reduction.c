/* Large images from afar: sketched, made in the background, kept on disk. */
#include "image/pyramid.h"
#include "io/reduction.h"
#include "support/folder.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <unistd.h>
#include <utime.h>

#define WIDTH  2101
#define HEIGHT 1502
#define LEVEL  3

static char *folder, *cache;

static guint16
value_of (int x, int y)
{
  return (guint16) (x * 7 + y * 13 + x * y % 91);
}

static MgImage *
make_image (gboolean in_sequence)
{
  guint16 *pixels = g_new (guint16, (gsize) WIDTH * HEIGHT);
  const MgImageInfo info = {
    .width = WIDTH,
    .height = HEIGHT,
    .n_channels = 1,
    .n_z = 1,
    .n_t = 1,
    .type = MG_PIXEL_U16,
    .block_width = WIDTH,
    .block_height = in_sequence ? HEIGHT : 8,
    .in_sequence = in_sequence,
    .name = (char *) "plane",
  };
  MgImage *image;

  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++)
      pixels[(gsize) y * WIDTH + x] = value_of (x, y);
  image = mg_image_new_take (&info, pixels, g_free, NULL);
  g_assert_nonnull (image);
  return image;
}

static MgImage *
make_reduced (const char *name, gboolean in_sequence)
{
  g_autoptr (GFile) file = g_file_new_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;
  MgImage *image;

  if (!g_file_query_exists (file, NULL))
    g_assert_true (g_file_set_contents (g_file_peek_path (file), name, -1, NULL));
  image = mg_image_new_reduced (make_image (in_sequence), file, &error);
  g_assert_no_error (error);
  return image;
}

/* Reads all of a level; returns whether it is a draft. */
static gboolean
read_level (MgImage *image, int level, float **values, gsize *n)
{
  int width, height;
  gboolean draft = FALSE;
  g_autoptr (MgPyramid) pyramid = mg_pyramid_new (image);
  g_autoptr (GError) error = NULL;

  mg_pyramid_get_size (pyramid, level, &width, &height);
  *n = (gsize) width * height;
  g_free (*values);
  *values = g_new (float, *n);
  mg_pyramid_read_draft (pyramid, level, 0, 0, 0, &(MgRect){ 0, 0, width, height }, *values, width * sizeof (float), &draft, NULL, &error);
  g_assert_no_error (error);
  return draft;
}

static void
assert_level_is_right (MgImage *image, int level)
{
  g_autofree float *values = NULL;
  g_autofree float *wanted = NULL;
  g_autoptr (MgImage) plain = make_image (FALSE);
  gsize n, m;

  g_assert_false (read_level (image, level, &values, &n));
  g_assert_false (read_level (plain, level, &wanted, &m));
  g_assert_cmpuint (n, ==, m);
  for (gsize i = 0; i < n; i++)
    g_assert_cmpfloat_with_epsilon (values[i], wanted[i], 0.51);
}

static void
wait_until_sharp (MgImage *image)
{
  g_autofree float *values = NULL;
  gint64 end = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;
  gsize n;

  while (read_level (image, LEVEL, &values, &n))
    {
      mg_image_improve (image);
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_usleep (2000);
    }
}

static char *
find_store (void)
{
  g_autoptr (GDir) dir = g_dir_open (cache, 0, NULL);
  const char *name = dir != NULL ? g_dir_read_name (dir) : NULL;

  return name != NULL ? g_build_filename (cache, name, NULL) : NULL;
}

static void
clear_cache (void)
{
  char *path;

  while ((path = find_store ()) != NULL)
    {
      g_unlink (path);
      g_free (path);
    }
}

/* The building thread keeps the image until it has written what it made. */
static char *
wait_for_store (void)
{
  gint64 end = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;
  char *path;

  while ((path = find_store ()) == NULL || !g_str_has_suffix (path, ".pyramid"))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_free (path);
      g_usleep (2000);
    }
  return path;
}

static void
test_draft (void)
{
  g_autoptr (MgImage) image = make_reduced ("draft.tif", FALSE);
  g_autofree float *values = NULL;
  gsize n;

  clear_cache ();
  g_assert_true (read_level (image, LEVEL, &values, &n));
  /* a sketch has single pixels of the right place */
  for (gsize i = 0; i < n; i++)
    g_assert_false (isnan (values[i]));
  g_assert_cmpfloat_with_epsilon (values[0], 0, 16 * 20 + 91);
  g_assert_cmpfloat_with_epsilon (values[n - 1], value_of (WIDTH - 1, HEIGHT - 1), 16 * 20 + 91);
  /* nobody waits for it: nothing is made */
  g_usleep (20000);
  g_assert_null (find_store ());
  wait_until_sharp (image);
  for (int level = 0; level < 5; level++)
    assert_level_is_right (image, level);
  g_free (wait_for_store ());
}

/* Without leave to give a draft the levels are right at once. */
static void
test_exact (void)
{
  g_autoptr (MgImage) image = make_reduced ("exact.tif", FALSE);
  g_autoptr (MgPyramid) pyramid = mg_pyramid_new (image);
  float value, sum = 0;

  clear_cache ();
  g_assert_true (mg_pyramid_read (pyramid, LEVEL, 0, 0, 0, &(MgRect){ 9, 11, 1, 1 }, &value, sizeof value, NULL, NULL));
  for (int y = 0; y < 8; y++)
    for (int x = 0; x < 8; x++)
      sum += value_of (72 + x, 88 + y);
  g_assert_cmpfloat_with_epsilon (value, sum / 64, 0.01);
}

static void
test_kept (void)
{
  g_autofree char *path = NULL;

  clear_cache ();
  {
    g_autoptr (MgImage) image = make_reduced ("kept.tif", FALSE);

    wait_until_sharp (image);
    path = wait_for_store ();
  }
  {
    g_autoptr (MgImage) image = make_reduced ("kept.tif", FALSE);

    assert_level_is_right (image, LEVEL);
    assert_level_is_right (image, LEVEL + 1);
  }
  /* another file of that name is another image */
  {
    g_autofree char *other = g_build_filename (folder, "kept.tif", NULL);
    g_autoptr (MgImage) image = NULL;
    g_autofree float *values = NULL;
    gsize n;

    g_assert_true (g_file_set_contents (other, "changed", -1, NULL));
    image = make_reduced ("kept.tif", FALSE);
    g_assert_true (read_level (image, LEVEL, &values, &n));
  }
}

/* Whatever happened to the file: the picture is right, and made again. */
static void
test_damaged (void)
{
  for (int kind = 0; kind < 4; kind++)
    {
      g_autofree char *path = NULL;
      g_autoptr (MgImage) image = NULL;
      gsize n, size;
      g_autofree float *values = NULL;
      g_autofree char *bytes = NULL;

      clear_cache ();
      image = make_reduced ("damaged.tif", FALSE);
      wait_until_sharp (image);
      path = wait_for_store ();
      g_clear_pointer (&image, mg_image_unref);
      g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
      if (kind == 0)
        size /= 2;
      else if (kind == 1)
        bytes[12] ^= 1;
      else if (kind == 2)
        for (gsize i = 4096; i < size; i += 501)
          bytes[i] ^= 0x55;
      else
        memset (bytes, 0, size);
      g_assert_true (g_file_set_contents (path, bytes, (gssize) size, NULL));
      image = make_reduced ("damaged.tif", FALSE);
      read_level (image, LEVEL, &values, &n);
      g_assert_cmpfloat_with_epsilon (values[n - 1], value_of (WIDTH - 1, HEIGHT - 1), 16 * 20 + 91);
      wait_until_sharp (image);
      assert_level_is_right (image, LEVEL);
    }
}

/* An image that is one long strip is kept whole, so that its end is near. */
static void
test_in_sequence (void)
{
  g_autoptr (MgImage) image = make_reduced ("sequence.tif", TRUE);

  clear_cache ();
  g_assert_true (mg_image_has_level (image, 0));
  wait_until_sharp (image);
  for (int level = 0; level < 5; level++)
    assert_level_is_right (image, level);
}

/* The oldest go when there is too much, and nothing else does. */
static void
test_bounded (void)
{
  static const char *const names[] = { "a.pyramid", "b.pyramid", "c.pyramid" };
  g_autoptr (MgImage) image = NULL;
  g_autofree char *made = NULL;
  gboolean there[3];

  clear_cache ();
  g_mkdir_with_parents (cache, 0700);
  for (int i = 0; i < 3; i++)
    {
      g_autofree char *path = g_build_filename (cache, names[i], NULL);
      struct utimbuf times = { 1000000 * (i + 1), 1000000 * (i + 1) };
      int fd = g_open (path, O_CREAT | O_WRONLY, 0600);

      g_assert_cmpint (ftruncate (fd, (off_t) 5 << 29), ==, 0); /* all hole: takes no room */
      close (fd);
      g_assert_cmpint (g_utime (path, &times), ==, 0);
    }
  {
    g_autofree char *path = g_build_filename (cache, names[2], NULL);

    g_assert_cmpint (truncate (path, (off_t) 4 << 30), ==, 0);
    g_assert_cmpint (g_utime (path, &(struct utimbuf){ 3000000, 3000000 }), ==, 0);
  }
  image = make_reduced ("bounded.tif", FALSE);
  wait_until_sharp (image);
  for (gint64 end = g_get_monotonic_time () + 30 * G_USEC_PER_SEC; g_get_monotonic_time () < end; g_usleep (2000))
    {
      g_autofree char *path = g_build_filename (cache, names[0], NULL);

      if (!g_file_test (path, G_FILE_TEST_EXISTS))
        break;
    }
  g_usleep (20000);
  for (int i = 0; i < 3; i++)
    {
      g_autofree char *path = g_build_filename (cache, names[i], NULL);

      there[i] = g_file_test (path, G_FILE_TEST_EXISTS);
    }
  g_assert_false (there[0]);
  g_assert_true (there[1]);
  g_assert_true (there[2]);
}

/* A file of which every read takes long. */
typedef struct
{
  MgImage *image;
  gint n_reads;
} Slow;

static gboolean
slow_read (gpointer data, int c, int z, int t, const MgRect *rect,
           gpointer dst, gsize stride, GCancellable *cancellable, GError **error)
{
  Slow *slow = data;

  g_atomic_int_inc (&slow->n_reads);
  g_usleep (5000);
  return mg_image_read (slow->image, c, z, t, rect, dst, stride, cancellable, error);
}

static MgImage *
make_slow (Slow *slow, const char *name, gboolean in_sequence)
{
  static const MgImageSource source = { slow_read };
  g_autoptr (GFile) file = g_file_new_build_filename (folder, name, NULL);
  MgImageInfo info;

  slow->image = make_image (in_sequence);
  info = *mg_image_get_info (slow->image);
  info.block_height = in_sequence ? HEIGHT : 1;
  g_assert_true (g_file_set_contents (g_file_peek_path (file), name, -1, NULL));
  return mg_image_new_reduced (mg_image_new_from_source (&info, &source, slow, NULL), file, NULL);
}

/* In the time there is, all parts of it are looked at. */
static void
test_slow (void)
{
  Slow slow = { NULL };
  g_autoptr (MgImage) image = make_slow (&slow, "slow.tif", FALSE);
  g_autofree float *values = NULL;
  gsize n;

  clear_cache ();
  g_assert_true (read_level (image, LEVEL, &values, &n));
  g_assert_cmpfloat_with_epsilon (values[n - 1], value_of (WIDTH - 1, HEIGHT - 1), 13 * HEIGHT / 4);
  g_clear_pointer (&image, mg_image_unref);
  mg_image_unref (slow.image);
}

/* Of one that can only be read from the top no more than that is looked at, and
 * it says how far its copy is. */
static void
test_slow_sequence (void)
{
  Slow slow = { NULL };
  g_autoptr (MgImage) image = make_slow (&slow, "slow-sequence.tif", TRUE);
  g_autofree float *values = NULL;
  double prepared, before = 0;
  guint16 sample;
  gsize n;

  clear_cache ();
  g_assert_cmpfloat (mg_image_get_prepared (image), ==, 1);
  g_assert_true (read_level (image, LEVEL, &values, &n));
  g_assert_cmpint (slow.n_reads, <, 200);
  g_assert_cmpfloat (mg_image_get_prepared (image), ==, 1);
  mg_image_improve (image);
  g_assert_cmpfloat (mg_image_get_prepared (image), <, 1);
  while ((prepared = mg_image_get_prepared (image)) < 1)
    {
      g_assert_cmpfloat (prepared, >=, before);
      before = prepared;
      g_usleep (1000);
    }
  slow.n_reads = 0;
  g_assert_true (mg_image_read (image, 0, 0, 0, &(MgRect){ 77, HEIGHT - 1, 1, 1 }, &sample, sizeof sample, NULL, NULL));
  g_assert_cmpuint (sample, ==, value_of (77, HEIGHT - 1));
  g_assert_cmpint (slow.n_reads, ==, 0);
  g_clear_pointer (&image, mg_image_unref);
  mg_image_unref (slow.image);
}

/* Where nothing can be kept, looking still works. */
static void
test_no_disk (void)
{
  g_autofree char *parent = g_path_get_dirname (cache);
  g_autofree char *aside = g_strconcat (parent, ".aside", NULL);
  g_autoptr (MgImage) image = NULL;

  clear_cache ();
  g_assert_cmpint (g_rename (parent, aside), ==, 0);
  g_assert_true (g_file_set_contents (parent, "in the way", -1, NULL));
  image = make_reduced ("nodisk.tif", FALSE);
  wait_until_sharp (image);
  assert_level_is_right (image, LEVEL);
  g_clear_pointer (&image, mg_image_unref);
  g_unlink (parent);
  g_assert_cmpint (g_rename (aside, parent), ==, 0);
}

int
main (int argc, char *argv[])
{
  int status;

  folder = g_dir_make_tmp ("mg-reduction-XXXXXX", NULL);
  g_setenv ("XDG_CACHE_HOME", folder, TRUE);
  g_test_init (&argc, &argv, NULL);
  cache = g_build_filename (g_get_user_cache_dir (), "micrographia", "pyramids", NULL);
  g_test_add_func ("/reduction/draft", test_draft);
  g_test_add_func ("/reduction/exact", test_exact);
  g_test_add_func ("/reduction/kept", test_kept);
  g_test_add_func ("/reduction/damaged", test_damaged);
  g_test_add_func ("/reduction/in-sequence", test_in_sequence);
  g_test_add_func ("/reduction/bounded", test_bounded);
  g_test_add_func ("/reduction/slow", test_slow);
  g_test_add_func ("/reduction/slow-sequence", test_slow_sequence);
  g_test_add_func ("/reduction/no-disk", test_no_disk);
  status = g_test_run ();
  test_remove_folder (folder);
  g_free (cache);
  g_free (folder);
  return status;
}
