#include "io/digest.h"
#include "io/loader.h"

#include <string.h>
#include <sys/resource.h>

/* The shared reader files, where they are: a folder named by MG_SHARED_DATA,
 * or ../shared/data beside the source tree. */
static char *
find_readers (void)
{
  const char *shared = g_getenv ("MG_SHARED_DATA");
  g_autofree char *path = shared != NULL ? g_build_filename (shared, "readers", NULL)
                                         : g_build_filename (g_getenv ("G_TEST_SRCDIR"), "..", "..", "shared", "data", "readers", NULL);

  return g_file_test (path, G_FILE_TEST_IS_DIR) ? g_steal_pointer (&path) : NULL;
}

/* The fields of a line; commas within quotes part nothing. */
static char **
split_fields (const char *line)
{
  g_autoptr (GPtrArray) fields = g_ptr_array_new ();
  GString *field = g_string_new (NULL);
  gboolean quoted = FALSE;

  for (; *line != '\0' && *line != '\r'; line++)
    if (*line == '"')
      quoted = !quoted;
    else if (*line == ',' && !quoted)
      {
        g_ptr_array_add (fields, g_string_free (field, FALSE));
        field = g_string_new (NULL);
      }
    else
      g_string_append_c (field, *line);
  g_ptr_array_add (fields, g_string_free (field, FALSE));
  g_ptr_array_add (fields, NULL);
  return (char **) g_ptr_array_steal (fields, NULL);
}

/* Rows of a table as arrays of fields */
static GPtrArray *
read_table (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (lines[i][0] != '\0')
      g_ptr_array_add (rows, split_fields (lines[i]));
  return rows;
}

static guint
column_of (GPtrArray *rows, const char *name)
{
  const char *const *head = rows->pdata[0];

  for (guint i = 0; head[i] != NULL; i++)
    if (strcmp (head[i], name) == 0)
      return i;
  g_assert_not_reached ();
}

/* Reads every plane of an image to its end, or to the first error. */
static gboolean
read_whole (MgImage *image, GError **error)
{
  const MgImageInfo *info = mg_image_get_info (image);
  g_autofree float *row = g_new (float, info->width);

  for (int t = 0; t < info->n_t; t++)
    for (int z = 0; z < info->n_z; z++)
      for (int c = 0; c < info->n_channels; c++)
        for (int y = 0; y < info->height; y++)
          if (!mg_image_read_float (image, c, z, t, &(MgRect){ 0, y, info->width, 1 }, row, 0, NULL, error))
            return FALSE;
  return TRUE;
}

static void
test_valid (gconstpointer data)
{
  g_autoptr (GPtrArray) rows = read_table (data, "valid.csv");
  guint file_column = column_of (rows, "file"), sum_column = column_of (rows, "sha256");
  guint matched = 0, wrong = 0, pictures = 0, refused = 0;

  for (guint i = 1; i < rows->len; i++)
    {
      char **row = rows->pdata[i];
      g_autoptr (GFile) file = g_file_new_build_filename (data, "valid", row[file_column], NULL);
      g_autoptr (GError) error = NULL;
      g_autofree char *digest = mg_image_digest_page0 (file, NULL, &error);
      g_autoptr (GError) error2 = NULL;
      g_autoptr (MgImage) image = mg_image_load (file, NULL, &error2);
      gboolean readable = image != NULL && read_whole (image, &error2);

      if (row[sum_column][0] != '\0')
        {
          if (g_strcmp0 (digest, row[sum_column]) == 0 && readable)
            matched++;
          else
            {
              wrong++;
              g_test_message ("%s: %s; %s", row[file_column], error != NULL ? error->message : digest,
                              error2 != NULL ? error2->message : "read");
            }
        }
      else if (readable)
        pictures++;
      else
        {
          refused++;
          g_test_message ("no reference: %s", error2->message);
          g_assert_nonnull (strstr (error2->message, row[file_column]));
        }
    }
  g_test_message ("%u digests match, %u do not; of the others %u are pictures, %u are refused", matched, wrong, pictures, refused);
  g_assert_cmpuint (wrong, ==, 0);
}

static void
test_malformed (gconstpointer data)
{
  g_autoptr (GPtrArray) rows = read_table (data, "malformed.csv");
  guint file_column = column_of (rows, "file"), pictures = 0, refused = 0;

  for (guint i = 1; i < rows->len; i++)
    {
      char **row = rows->pdata[i];
      g_autoptr (GFile) file = g_file_new_build_filename (data, "malformed", row[file_column], NULL);
      g_autoptr (GError) error = NULL;
      gint64 start = g_get_monotonic_time ();
      g_autofree char *digest = mg_image_digest_page0 (file, NULL, NULL);
      g_autoptr (MgImage) image = mg_image_load (file, NULL, &error);

      if (image != NULL && read_whole (image, &error))
        pictures++;
      else
        {
          refused++;
          g_assert_nonnull (strstr (error->message, row[file_column]));
          g_test_message ("%s", error->message);
        }
      g_assert_cmpint (g_get_monotonic_time () - start, <, 4 * G_USEC_PER_SEC);
    }
  g_test_message ("%u pictures, %u refused", pictures, refused);
}

static void
skip (void)
{
  g_test_skip ("the shared reader files are not here");
}

int
main (int argc, char *argv[])
{
  g_autofree char *folder = NULL;

  g_test_init (&argc, &argv, NULL);
  folder = find_readers ();
  if (folder != NULL)
    {
      g_test_add_data_func ("/readers/valid", folder, test_valid);
      g_test_add_data_func ("/readers/malformed", folder, test_malformed);
    }
  else
    g_test_add_func ("/readers/shared-files", skip);
  return g_test_run ();
}
