#include "fuzz.h"

#include "base/rng.h"

#include <string.h>

/* Changed inputs tried for each seed; MG_FUZZ_CHANGES asks for more. */
#define CHANGES_A_SEED 400

/* Overwrites, cuts, repeats or swaps some bytes, as damage and malice do. */
static gsize
change (guint8 *bytes, gsize size, MgRng *rng)
{
  static const guint8 values[] = { 0, 1, 0x7f, 0x80, 0xff };
  guint n = 1 + mg_rng_below (rng, 4);

  for (guint i = 0; i < n && size > 8; i++)
    {
      gsize at = mg_rng_below (rng, (guint) size), other = mg_rng_below (rng, (guint) size);
      gsize length = 1 + mg_rng_below (rng, 32);

      switch (mg_rng_below (rng, 6))
        {
        case 0:
          size = MAX (at, 1);
          break;
        case 1:
          memmove (bytes + at, bytes + other, MIN (size - MAX (at, other), length));
          break;
        case 2:
          memset (bytes + at, 0xff, MIN (size - at, 4));
          break;
        case 3:
          bytes[at] = values[mg_rng_below (rng, G_N_ELEMENTS (values))];
          break;
        default:
          bytes[at] ^= (guint8) (1u << mg_rng_below (rng, 8));
        }
    }
  return size;
}

static GPtrArray *
make_seeds (void)
{
  GPtrArray *seeds = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  fuzz_add_seeds (seeds);
  return seeds;
}

static void
test_changed_seeds (void)
{
  g_autoptr (GPtrArray) seeds = make_seeds ();
  const char *text = g_getenv ("MG_FUZZ_CHANGES");
  guint n_changes = text != NULL ? (guint) g_ascii_strtoull (text, NULL, 10) : CHANGES_A_SEED;

  for (guint i = 0; i < seeds->len; i++)
    {
      gsize size;
      const guint8 *seed = g_bytes_get_data (seeds->pdata[i], &size);
      g_autofree guint8 *bytes = g_malloc (size);

      LLVMFuzzerTestOneInput (seed, size);
      for (guint j = 0; j < n_changes; j++)
        {
          MgRng rng;

          mg_rng_init (&rng, i, j);
          memcpy (bytes, seed, size);
          LLVMFuzzerTestOneInput (bytes, change (bytes, size, &rng));
        }
    }
}

static void
replay (GFile *place)
{
  g_autoptr (GFileEnumerator) children =
    g_file_enumerate_children (place, G_FILE_ATTRIBUTE_STANDARD_NAME, G_FILE_QUERY_INFO_NONE, NULL, NULL);
  g_autofree char *bytes = NULL;
  GFile *child = NULL;
  gsize size;

  while (children != NULL && g_file_enumerator_iterate (children, NULL, &child, NULL, NULL) && child != NULL)
    replay (child);
  if (children == NULL && g_file_load_contents (place, NULL, &bytes, &size, NULL, NULL))
    LLVMFuzzerTestOneInput ((const guint8 *) bytes, size);
}

static void
test_replay (gconstpointer data)
{
  g_autoptr (GFile) place = g_file_new_for_path (data);

  replay (place);
}

/* The seeds as files, for a fuzzer to begin with. */
static int
write_seeds (const char *folder)
{
  g_autoptr (GPtrArray) seeds = make_seeds ();

  for (guint i = 0; i < seeds->len; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/seed-%u", folder, i);
      gsize size;
      const char *data = g_bytes_get_data (seeds->pdata[i], &size);

      if (!g_file_set_contents (path, data, (gssize) size, NULL))
        return 1;
    }
  return 0;
}

/* Arguments that are no options are files and folders to try: what a fuzzer
 * found. With "--write-seeds FOLDER" nothing is tried. */
int
main (int argc, char *argv[])
{
  const char *shared = g_getenv ("MG_SHARED_DATA");
  g_autofree char *folder = NULL;

  if (argc == 3 && strcmp (argv[1], "--write-seeds") == 0)
    return write_seeds (argv[2]);
  g_test_init (&argc, &argv, NULL);
  for (int i = 1; i < argc; i++)
    {
      g_autofree char *name = g_strdup_printf ("/fuzz/replay/%d", i);

      g_test_add_data_func (name, argv[i], test_replay);
    }
  g_test_add_func ("/fuzz/changed-seeds", test_changed_seeds);
  if (fuzz_shared_folder != NULL)
    folder = shared != NULL ? g_build_filename (shared, fuzz_shared_folder, NULL)
                            : g_build_filename (g_getenv ("G_TEST_SRCDIR"), "..", "..", "shared", "data", fuzz_shared_folder, NULL);
  if (folder != NULL && g_file_test (folder, G_FILE_TEST_IS_DIR))
    g_test_add_data_func ("/fuzz/shared-files", folder, test_replay);
  return g_test_run ();
}
