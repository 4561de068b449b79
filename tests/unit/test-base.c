#include "base/mem.h"
#include "base/scratch.h"
#include "base/parallel.h"
#include "base/progress.h"
#include "base/rng.h"
#include "base/types.h"

#include <math.h>
#include <string.h>

static void
mark (gsize begin, gsize end, guint worker, gpointer data)
{
  guint8 *seen = data;

  g_assert_cmpuint (worker, <, mg_parallel_get_n_workers ());
  for (gsize i = begin; i < end; i++)
    seen[i]++;
}

static void
test_parallel_covers_once (void)
{
  const gsize sizes[] = { 0, 1, 7, 64, 1001 };

  for (guint s = 0; s < G_N_ELEMENTS (sizes); s++)
    for (gsize grain = 0; grain < 9; grain += 4)
      {
        g_autofree guint8 *seen = g_malloc0 (sizes[s] + 1);

        mg_parallel_for (sizes[s], grain, mark, seen);
        for (gsize i = 0; i < sizes[s]; i++)
          g_assert_cmpuint (seen[i], ==, 1);
        g_assert_cmpuint (seen[sizes[s]], ==, 0);
      }
}

static void
nest (gsize begin, gsize end, guint worker, gpointer data)
{
  guint8 *seen = data;

  for (gsize i = begin; i < end; i++)
    mg_parallel_for (16, 1, mark, seen + 16 * i);
}

static gpointer
loop_many (gpointer data)
{
  for (int i = 0; i < 200; i++)
    {
      guint8 seen[256] = { 0 };

      mg_parallel_for (16, 1, nest, seen);
      for (guint j = 0; j < sizeof seen; j++)
        g_assert_cmpuint (seen[j], ==, 1);
    }
  return NULL;
}

static void
test_parallel_nested_and_shared (void)
{
  GThread *other = g_thread_new ("other", loop_many, NULL);

  loop_many (NULL);
  g_thread_join (other);
}

static void
test_rng_moments (void)
{
  MgRng a, b, c;
  double sum = 0, square = 0, count = 0;
  const int n = 100000;

  mg_rng_init (&a, 7, 1);
  mg_rng_init (&b, 7, 1);
  mg_rng_init (&c, 7, 2);
  g_assert_cmpuint (mg_rng_next (&a), ==, mg_rng_next (&b));
  g_assert_cmpuint (mg_rng_next (&a), !=, mg_rng_next (&c));
  for (int i = 0; i < n; i++)
    {
      double x = mg_rng_normal (&a);

      sum += x;
      square += x * x;
      count += mg_rng_poisson (&b, 3.5);
      g_assert_cmpuint (mg_rng_below (&c, 5), <, 5);
    }
  g_assert_cmpfloat (fabs (sum / n), <, 0.02);
  g_assert_cmpfloat (fabs (square / n - 1), <, 0.03);
  g_assert_cmpfloat (fabs (count / n - 3.5), <, 0.05);
}

static void
test_size_and_memory (void)
{
  g_autoptr (GError) error = NULL;
  gsize size;

  g_assert_true (mg_size_mul (1u << 20, 1u << 20, &size));
  g_assert_cmpuint (size, ==, (gsize) 1 << 40);
  g_assert_false (mg_size_mul (G_MAXSIZE, 2, &size));
  g_assert_null (mg_try_alloc (G_MAXSIZE - 8, "a test", &error));
  g_assert_error (error, MG_ERROR, MG_ERROR_NO_MEMORY);
}

/* Of any size, and again where others were before. */
static void
test_zeros (void)
{
  const gsize sizes[] = { 1, 1000, 1 << 20, (32 << 20) - 1, 33 << 20, (40 << 20) + 4097 };

  for (gsize i = 0; i < 2 * G_N_ELEMENTS (sizes); i++)
    {
      gsize size = sizes[i / 2];
      guint8 *data = mg_try_alloc (size, "a test", NULL);

      g_assert_cmpuint ((gsize) data % MG_ALIGN_BYTES, ==, 0);
      for (gsize k = 0; k < size; k++)
        if (data[k] != 0)
          g_error ("byte %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " is %d", k, size, data[k]);
      memset (data, 0xa5, size);
      mg_free_aligned (data);
    }
}

/* On the heap or in a file, bytes stay what they are. */
static void
test_scratch (void)
{
  const gsize size = 300 * 1000 + 7;

  for (int in_file = 0; in_file < 2; in_file++)
    {
      g_autoptr (GError) error = NULL;
      guint8 *data = mg_scratch_alloc (size, in_file ? 1000 : G_MAXSIZE, "a test", &error);

      g_assert_no_error (error);
      g_assert_cmpuint ((gsize) data % MG_ALIGN_BYTES, ==, 0);
      for (gsize i = 0; i < size; i++)
        g_assert_cmpuint (data[i], ==, 0);
      for (gsize i = 0; i < size; i++)
        data[i] = (guint8) (i * 7);
      mg_scratch_settle (data, 100, size);
      for (gsize i = 0; i < size; i++)
        g_assert_cmpuint (data[i], ==, (guint8) (i * 7));
      mg_scratch_free (data);
    }
}

/* Neither memory nor disk have so much: one sentence, no crash. */
static void
test_scratch_too_large (void)
{
  for (int in_file = 0; in_file < 2; in_file++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (mg_scratch_alloc ((gsize) 1 << 55, in_file ? 0 : G_MAXSIZE, "a test", &error));
      g_assert_error (error, MG_ERROR, MG_ERROR_NO_MEMORY);
      g_assert_nonnull (strstr (error->message, "a test"));
    }
}

static void
test_progress_never_goes_back (void)
{
  g_autoptr (MgProgress) progress = mg_progress_new ();
  MgProgressInfo info;

  mg_progress_set (progress, "Work", 5, 10);
  mg_progress_set (progress, "Work", 3, 10);
  mg_progress_get (progress, &info);
  g_assert_cmpfloat (info.done, ==, 5);
  mg_progress_set (progress, "More", 1, 10);
  mg_progress_get (progress, &info);
  g_assert_cmpfloat (info.done, ==, 1);
}

static void
test_rects (void)
{
  MgRect a = { 0, 0, 10, 10 }, b = { 5, 6, 10, 10 }, far = { 20, 20, 1, 1 }, out;

  g_assert_true (mg_rect_intersect (&a, &b, &out));
  g_assert_cmpint (out.width, ==, 5);
  g_assert_cmpint (out.height, ==, 4);
  g_assert_false (mg_rect_intersect (&a, &far, &out));
  mg_rect_union (&a, &far, &out);
  g_assert_cmpint (out.width, ==, 21);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/parallel/covers-once", test_parallel_covers_once);
  g_test_add_func ("/base/parallel/nested-and-shared", test_parallel_nested_and_shared);
  g_test_add_func ("/base/rng/moments", test_rng_moments);
  g_test_add_func ("/base/mem/size-and-memory", test_size_and_memory);
  g_test_add_func ("/base/mem/zeros", test_zeros);
  g_test_add_func ("/base/scratch/keeps", test_scratch);
  g_test_add_func ("/base/scratch/too-large", test_scratch_too_large);
  g_test_add_func ("/base/progress/never-goes-back", test_progress_never_goes_back);
  g_test_add_func ("/base/types/rects", test_rects);
  return g_test_run ();
}
