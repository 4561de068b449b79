/* A project's folder: what is written is what is read; what is hostile is refused. */
#include "base/error.h"
#include "project/results.h"
#include "support/folder.h"

typedef struct
{
  char *path;
  GFile *folder;
} Fixture;

static void
set_up (Fixture *fixture,
        gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->path = g_dir_make_tmp ("mg-project-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->folder = g_file_new_for_path (fixture->path);
}

static void
tear_down (Fixture *fixture,
           gconstpointer data)
{
  test_remove_folder (fixture->path);
  g_clear_object (&fixture->folder);
  g_clear_pointer (&fixture->path, g_free);
}

/* An empty file; only its name counts here. */
static GFile *
make (Fixture *fixture,
      const char *relative)
{
  GFile *file = g_file_resolve_relative_path (fixture->folder, relative);
  g_autoptr (GError) error = NULL;

  g_assert_true (mg_project_make_folder_for (file, &error));
  g_assert_no_error (error);
  g_file_set_contents (g_file_peek_path (file), "", 0, &error);
  g_assert_no_error (error);
  return file;
}

static MgProjectItem *
get (MgProject *project,
     guint position)
{
  g_autoptr (MgProjectItem) item = g_list_model_get_item (G_LIST_MODEL (project), position);

  return item; /* the project keeps it */
}

static MgProject *
open_folder (GFile *folder)
{
  g_autoptr (GError) error = NULL;
  MgProject *project = mg_project_open (folder, NULL, &error);

  g_assert_no_error (error);
  return project;
}

/* As it is when the program is started again. */
static MgProject *
save_and_open (MgProject *project)
{
  g_autoptr (GFile) file = mg_project_dup_file (project);
  g_autofree char *text = mg_project_to_text (project);
  g_autoptr (GError) error = NULL;

  g_assert_true (mg_project_write (file, text, &error));
  g_assert_no_error (error);
  return open_folder (mg_project_get_folder (project));
}

/* @expected: the versions restored of an image, the oldest first */
static void
check_restored (GFile *results,
                MgProjectItem *item,
                const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) names = mg_project_list_restored (results, item, NULL, &error);
  g_autofree char *found = NULL;

  g_assert_no_error (error);
  g_ptr_array_add (names, NULL);
  found = g_strjoinv (" ", (char **) names->pdata);
  g_assert_cmpstr (found, ==, expected);
}

/* So that it is the younger. */
static void
set_time (GFile *file)
{
  g_autoptr (GError) error = NULL;

  g_file_set_attribute_uint64 (file, G_FILE_ATTRIBUTE_TIME_MODIFIED, 2000000000, G_FILE_QUERY_INFO_NONE, NULL, &error);
  g_assert_no_error (error);
}

static void
write_text (Fixture *fixture,
            const char *text)
{
  g_autofree char *path = g_build_filename (fixture->path, MG_PROJECT_FILE_NAME, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

static void
test_round_trip (Fixture *fixture,
                 gconstpointer data)
{
  g_autoptr (GFile) folder = g_file_get_child (fixture->folder, "work");
  g_autoptr (GFile) a = make (fixture, "raw/cells.tif");
  g_autoptr (GFile) b = make (fixture, "more/cells.ome.tif");
  g_autoptr (GFile) labels = make (fixture, "truth/cells.tif");
  g_autoptr (GFile) model = make (fixture, "work/models/m.safetensors");
  g_autoptr (MgProject) project = mg_project_new (folder);
  g_autoptr (MgProject) read = NULL;
  g_autofree char *text = NULL;

  g_assert_cmpuint (mg_project_add (project, a, labels), ==, 0);
  g_assert_cmpuint (mg_project_add (project, b, NULL), ==, 1);
  g_assert_cmpuint (mg_project_add (project, a, NULL), ==, 0);
  mg_project_set_model (project, model);
  text = mg_project_to_text (project);
  g_assert_null (strstr (text, fixture->path)); /* can be moved */
  read = save_and_open (project);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (read)), ==, 2);
  g_assert_true (g_file_equal (mg_project_item_get_image (get (read, 0)), a));
  g_assert_true (g_file_equal (mg_project_item_get_labels (get (read, 0)), labels));
  g_assert_true (g_file_equal (mg_project_item_get_image (get (read, 1)), b));
  g_assert_null (mg_project_item_get_labels (get (read, 1)));
  g_assert_cmpstr (mg_project_item_get_name (get (read, 1)), ==, "cells-2");
  g_assert_true (g_file_equal (mg_project_get_model (read), model));
}

/* Data sets as they come; the labels of a test set are not learned from. */
static void
test_data_set (Fixture *fixture,
               gconstpointer data)
{
  g_autoptr (GFile) a = make (fixture, "images/a.tif");
  g_autoptr (GFile) labels = make (fixture, "labels/a.tif");
  g_autoptr (GFile) b = make (fixture, "test/images/b.tif");
  g_autoptr (GFile) truth = make (fixture, "test/labels/b.tif");
  g_autoptr (MgProject) project = open_folder (fixture->folder);

  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (project)), ==, 2);
  g_assert_true (g_file_equal (mg_project_item_get_labels (get (project, 0)), labels));
  g_assert_true (g_file_equal (mg_project_item_get_image (get (project, 1)), b));
  g_assert_null (mg_project_item_get_labels (get (project, 1)));
}

static void
test_empty_folder (Fixture *fixture,
                   gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MgProject) project = mg_project_open (fixture->folder, NULL, &error);

  g_assert_null (project);
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, fixture->path));
}

static void
test_refused (Fixture *fixture,
              gconstpointer data)
{
  static const struct
  {
    const char *text;
    int code; /* -1: any */
  } cases[] = {
    { "", -1 },
    { "{", -1 },
    { "[]", MG_ERROR_FORMAT },
    { "{\"images\": []}", MG_ERROR_FORMAT },
    { "{\"micrographia-project\": \"1\", \"images\": []}", MG_ERROR_FORMAT },
    { "{\"micrographia-project\": 99, \"images\": []}", MG_ERROR_VERSION },
    { "{\"micrographia-project\": 1}", MG_ERROR_FORMAT },
    { "{\"micrographia-project\": 1, \"images\": {}}", MG_ERROR_FORMAT },
    { "{\"micrographia-project\": 1, \"images\": [3]}", MG_ERROR_FORMAT },
    { "{\"micrographia-project\": 1, \"images\": [{\"image\": 3}]}", MG_ERROR_FORMAT },
    { "{\"micrographia-project\": 1, \"images\": [{\"image\": \"a.tif\", \"name\": \"../../a\"}]}", MG_ERROR_FORMAT },
    { "{\"micrographia-project\": 1, \"images\": [{\"image\": \"a.tif\", \"name\": \"..\"}]}", MG_ERROR_FORMAT },
    { "{\"micrographia-project\": 1, \"images\": [{\"image\": \"\"}]}", MG_ERROR_FORMAT },
    { "{\"micrographia-project\": 1, \"images\": []}", MG_ERROR_DATA },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MgProject) project = NULL;

      write_text (fixture, cases[i].text);
      project = mg_project_open (fixture->folder, NULL, &error);
      g_assert_null (project);
      g_assert_nonnull (error);
      if (cases[i].code >= 0)
        g_assert_error (error, MG_ERROR, cases[i].code);
    }
}

/* What is set is there when the project is opened again, and in a copy; what was
 * taken back, or is no text in the file, is not. */
static void
test_settings (Fixture *fixture,
               gconstpointer data)
{
  g_autoptr (MgProject) project = mg_project_new (fixture->folder);
  g_autoptr (GFile) other = g_file_get_child (fixture->folder, "copy");
  g_autoptr (GFile) image = g_file_get_child (fixture->folder, "a.tif");
  g_autofree char *text = NULL, *again = NULL;
  g_autoptr (MgProject) opened = NULL, copy = NULL;
  g_autoptr (GString) damaged = NULL;

  mg_project_add (project, image, NULL);
  mg_project_set_setting (project, "region", "1 2 3 4");
  mg_project_set_setting (project, "left", "“noisy”\n");
  mg_project_set_setting (project, "right", "gone");
  mg_project_set_setting (project, "right", NULL);
  text = mg_project_to_text (project);
  opened = save_and_open (project);
  g_assert_cmpstr (mg_project_get_setting (opened, "region"), ==, "1 2 3 4");
  g_assert_cmpstr (mg_project_get_setting (opened, "left"), ==, "“noisy”\n");
  g_assert_null (mg_project_get_setting (opened, "right"));
  again = mg_project_to_text (opened);
  g_assert_cmpstr (again, ==, text);
  copy = mg_project_copy_to (opened, other);
  g_assert_cmpstr (mg_project_get_setting (copy, "region"), ==, "1 2 3 4");

  g_clear_object (&opened);
  damaged = g_string_new (text);
  g_assert_cmpuint (g_string_replace (damaged, "\"1 2 3 4\"", "[1, 2]", 0), ==, 1);
  write_text (fixture, damaged->str);
  opened = open_folder (fixture->folder);
  g_assert_null (mg_project_get_setting (opened, "region"));
  g_assert_nonnull (mg_project_get_setting (opened, "left"));
}

/* The same images, saved elsewhere: what was painted comes along. */
static void
test_in_the_way (Fixture *fixture,
                 gconstpointer data)
{
  g_autoptr (GFile) in_the_way = make (fixture, "annotations");
  g_autoptr (GFile) file = g_file_get_child (in_the_way, "a.tif");
  g_autoptr (GError) error = NULL;

  g_assert_false (mg_project_reach_folder_for (file, &error));
  g_assert_nonnull (strstr (error->message, "annotations: this file is where a folder has to be"));
}

static void
test_copy_to (Fixture *fixture,
              gconstpointer data)
{
  g_autoptr (GFile) a = make (fixture, "a.tif");
  g_autoptr (GFile) painted = make (fixture, "annotations/a.tif");
  g_autoptr (GFile) other = g_file_get_child (fixture->folder, "other");
  g_autoptr (GFile) expected = g_file_resolve_relative_path (other, "annotations/a.tif");
  g_autoptr (MgProject) project = mg_project_new (fixture->folder);
  g_autoptr (MgProject) copy = NULL;

  mg_project_add (project, a, NULL);
  mg_project_item_set_bytes (get (project, 0), 77);
  copy = mg_project_copy_to (project, other);
  g_assert_cmpint (mg_project_item_get_bytes (get (copy, 0)), ==, 77);
  g_assert_true (g_file_equal (mg_project_item_get_annotation (get (copy, 0)), expected));
  g_assert_true (g_file_equal (mg_project_item_get_labels (get (copy, 0)), painted));
}

/* Clean images come along with a data set, are written, and make it one to denoise. */
static void
test_clean (Fixture *fixture,
            gconstpointer data)
{
  g_autoptr (GFile) a = make (fixture, "images/a.tif");
  g_autoptr (GFile) clean = make (fixture, "clean/a.tif");
  g_autoptr (GFile) b = make (fixture, "test/noisy/b.tif");
  g_autoptr (GFile) truth = make (fixture, "test/clean/b.tif");
  g_autoptr (GFile) model = make (fixture, "models/n2v.safetensors");
  g_autoptr (MgProject) project = open_folder (fixture->folder), read = NULL;

  g_assert_cmpstr (mg_project_get_mode (project), ==, "denoise");
  g_assert_true (g_file_equal (mg_project_item_get_clean (get (project, 0)), clean));
  g_assert_false (mg_project_item_is_test (get (project, 0)));
  g_assert_true (g_file_equal (mg_project_item_get_clean (get (project, 1)), truth));
  g_assert_true (mg_project_item_is_test (get (project, 1)));
  mg_project_set_mode (project, "segment");
  mg_project_set_restorer (project, model);
  read = save_and_open (project);
  g_assert_cmpstr (mg_project_get_mode (read), ==, "segment");
  g_assert_true (g_file_equal (mg_project_get_restorer (read), model));
  g_assert_null (mg_project_get_model (read));
  g_assert_true (g_file_equal (mg_project_item_get_clean (get (read, 0)), clean));
  g_assert_false (mg_project_item_is_test (get (read, 0)));
  g_assert_true (mg_project_item_is_test (get (read, 1)));
}

/* Clean images go by the same name; an image is never its own. */
static void
test_match_clean (Fixture *fixture,
                  gconstpointer data)
{
  g_autoptr (GFile) a = make (fixture, "a.ome.tif");
  g_autoptr (GFile) b = make (fixture, "b.tif");
  g_autoptr (GFile) clean = make (fixture, "other/a.png");
  g_autoptr (GFile) stray = make (fixture, "other/c.tif");
  g_autoptr (MgProject) project = mg_project_new (fixture->folder);
  g_autoptr (MgProject) single = mg_project_new (fixture->folder);
  g_autoptr (GPtrArray) files = g_ptr_array_new ();

  mg_project_add (project, a, NULL);
  mg_project_add (project, b, NULL);
  g_ptr_array_add (files, b);
  g_ptr_array_add (files, stray);
  g_assert_cmpuint (mg_project_match_clean (project, files), ==, 0);
  g_ptr_array_add (files, clean);
  g_assert_cmpuint (mg_project_match_clean (project, files), ==, 1);
  g_assert_true (g_file_equal (mg_project_item_get_clean (get (project, 0)), clean));
  g_assert_null (mg_project_item_get_clean (get (project, 1)));
  /* one for one needs no name */
  mg_project_add (single, b, NULL);
  g_ptr_array_set_size (files, 0);
  g_ptr_array_add (files, stray);
  g_assert_cmpuint (mg_project_match_clean (single, files), ==, 1);
}

/* What was restored is found again, the oldest first, image by image. */
static void
test_restored (Fixture *fixture,
               gconstpointer data)
{
  g_autoptr (GFile) a = make (fixture, "a.tif");
  g_autoptr (GFile) b = make (fixture, "b.tif");
  g_autoptr (MgProject) project = mg_project_new (fixture->folder);
  g_autoptr (GFile) results = mg_project_dup_results (project);
  g_autoptr (GFile) median = NULL, n2v = NULL, expected = NULL;

  mg_project_add (project, a, NULL);
  mg_project_add (project, b, NULL);
  check_restored (results, get (project, 0), "");
  median = make (fixture, "results/restored/median/a.tif");
  n2v = make (fixture, "results/restored/n2v-1/a.tif");
  set_time (median);
  check_restored (results, get (project, 0), "n2v-1 median");
  expected = mg_project_dup_restored (results, get (project, 0), "n2v-1");
  g_assert_true (g_file_equal (expected, n2v));
  check_restored (results, get (project, 1), "");
}

/* Results come along to another folder, in their order, and one can be deleted. */
static void
test_copy_restored (Fixture *fixture,
                    gconstpointer data)
{
  g_autoptr (GFile) a = make (fixture, "a.tif");
  g_autoptr (GFile) n2v = make (fixture, "results/restored/n2v-1/a.tif");
  g_autoptr (GFile) median = make (fixture, "results/restored/median/a.tif");
  g_autoptr (GFile) map = make (fixture, "results/restored/n2v-1/uncertainty/a_uncertainty.tif");
  g_autoptr (GFile) to = g_file_resolve_relative_path (fixture->folder, "other/results");
  g_autoptr (GFile) new_map = g_file_resolve_relative_path (to, "restored/n2v-1/uncertainty/a_uncertainty.tif");
  g_autoptr (GFile) version = g_file_resolve_relative_path (to, "restored/n2v-1");
  g_autoptr (MgProject) project = mg_project_new (fixture->folder);
  g_autoptr (GFile) from = mg_project_dup_results (project);
  g_autoptr (GError) error = NULL;

  mg_project_add (project, a, NULL);
  set_time (n2v);
  g_assert_true (mg_project_copy_restored (from, to, get (project, 0), NULL, &error));
  g_assert_no_error (error);
  check_restored (to, get (project, 0), "median n2v-1");
  g_assert_true (g_file_query_exists (new_map, NULL));
  g_assert_true (mg_project_delete_restored (to, get (project, 0), "n2v-1", TRUE, &error));
  g_assert_no_error (error);
  g_assert_false (g_file_query_exists (version, NULL));
  g_assert_true (g_file_query_exists (n2v, NULL));
  g_assert_true (g_file_query_exists (map, NULL));
}

/* Two, of an image of 4 × 3. */
static MgInstances *
make_instances (void)
{
  guint32 *data = g_new0 (guint32, 4 * 3);
  g_autoptr (MgLabels) labels = mg_labels_new_take (4, 3, data, g_free);
  g_autoptr (GError) error = NULL;
  MgInstances *instances;

  data[0] = 1;
  data[4] = 2;
  instances = mg_instances_new (labels, NULL, &error);
  g_assert_no_error (error);
  return instances;
}

/* Predictions of a stack, plane by plane. */
static void
test_results (Fixture *fixture,
              gconstpointer data)
{
  const MgImageInfo info = { .width = 4, .height = 3, .n_channels = 1, .n_z = 3, .n_t = 2, .pixel_width = 0.5, .pixel_height = 0.5, .unit = (char *) "µm" };
  g_autoptr (GFile) a = make (fixture, "a.ome.tif");
  g_autoptr (GFile) first = g_file_resolve_relative_path (fixture->folder, "results/a.tif");
  g_autoptr (GFile) other = g_file_resolve_relative_path (fixture->folder, "results/a-plane-005.tif");
  g_autoptr (MgProject) project = mg_project_new (fixture->folder);
  MgProjectItem *item = get (project, mg_project_add (project, a, NULL));
  g_autoptr (MgInstances) two = make_instances (), back = NULL;
  g_autoptr (GArray) planes = mg_project_item_list_results (item, 6);
  g_autoptr (GFile) from = NULL, to = NULL, copied = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;

  g_assert_cmpuint (planes->len, ==, 0);
  g_assert_null (mg_project_item_load_result (item, 4, 4, 3, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_true (mg_project_item_save_result (item, 0, two, &info, NULL, &error));
  g_assert_true (mg_project_item_save_result (item, 4, two, &info, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_query_exists (first, NULL));
  g_assert_true (g_file_query_exists (other, NULL));
  g_clear_pointer (&planes, g_array_unref);
  planes = mg_project_item_list_results (item, 6);
  g_assert_cmpuint (planes->len, ==, 2);
  g_assert_cmpint (g_array_index (planes, int, 1), ==, 4);
  back = mg_project_item_load_result (item, 4, 4, 3, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (mg_instances_get_n (back), ==, 2);
  /* of another image of this name */
  g_assert_null (mg_project_item_load_result (item, 4, 5, 3, NULL, &error));
  g_assert_error (error, MG_ERROR, MG_ERROR_DATA);
  g_assert_nonnull (strstr (error->message, "a-plane-005.tif"));
  g_clear_error (&error);
  /* they come along to another folder, where what is there stays */
  g_clear_object (&a);
  a = make (fixture, "elsewhere/results/a.tif");
  to = g_file_get_parent (a);
  from = mg_project_dup_results (project);
  g_assert_true (mg_project_copy_predicted (from, to, NULL, &error));
  g_assert_no_error (error);
  copied = g_file_get_child (to, "a-plane-005.tif");
  g_assert_true (g_file_query_exists (copied, NULL));
  g_assert_true (g_file_get_contents (g_file_peek_path (a), &text, &length, NULL));
  g_assert_cmpuint (length, ==, 0);
  g_assert_true (mg_project_copy_predicted (a, to, NULL, &error)); /* no such folder: nothing to copy */
  g_assert_true (mg_project_item_delete_result (item, 4, &error));
  g_assert_true (mg_project_item_delete_result (item, 4, &error)); /* it is gone, as was asked for */
  g_assert_false (g_file_query_exists (other, NULL));
}

/* What an older version left under the name is of the stack's plane, where there is
 * that stack, else of the image that is called so. */
static void
test_results_of_one_name (Fixture *fixture,
                          gconstpointer data)
{
  const MgImageInfo info = { .width = 4, .height = 3, .n_channels = 1, .n_z = 3, .n_t = 1 };
  g_autoptr (GFile) a = make (fixture, "a.tif"), b = make (fixture, "a-plane-002.tif"), c = make (fixture, "c-plane-002.tif");
  g_autoptr (MgProject) project = mg_project_new (fixture->folder), read = NULL;
  MgProjectItem *stack = get (project, mg_project_add (project, a, NULL));
  MgProjectItem *image = get (project, mg_project_add (project, b, NULL));
  MgProjectItem *alone = get (project, mg_project_add (project, c, NULL));
  g_autoptr (MgInstances) plane = make_instances (), back = NULL;
  g_autoptr (GFile) old = g_file_resolve_relative_path (fixture->folder, "results/c-plane-002.tif");
  g_autoptr (GArray) planes = NULL, none = NULL;
  g_autoptr (GFile) written = g_file_resolve_relative_path (fixture->folder, "results/a-plane-002.tif");
  g_autoptr (GError) error = NULL;

  g_assert_true (mg_project_item_save_result (stack, 1, plane, &info, NULL, &error));
  g_assert_no_error (error);
  none = mg_project_item_list_results (image, 1);
  g_assert_cmpuint (none->len, ==, 0);
  g_assert_true (mg_project_item_save_result (image, 0, plane, &info, NULL, &error));
  g_assert_true (mg_project_item_delete_result (image, 0, &error));
  g_assert_no_error (error);
  planes = mg_project_item_list_results (stack, 3);
  g_assert_cmpuint (planes->len, ==, 1);
  g_assert_cmpint (g_array_index (planes, int, 0), ==, 1);
  g_assert_true (g_file_copy (written, old, G_FILE_COPY_NONE, NULL, NULL, NULL, &error));
  g_assert_null (mg_project_item_load_result (alone, 0, 4, 3, NULL, NULL));
  read = save_and_open (project);
  g_assert_null (mg_project_item_load_result (get (read, 1), 0, 4, 3, NULL, NULL));
  back = mg_project_item_load_result (get (read, 2), 0, 4, 3, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (mg_instances_get_n (back), ==, 2);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/project/round-trip", Fixture, NULL, set_up, test_round_trip, tear_down);
  g_test_add ("/project/data-set", Fixture, NULL, set_up, test_data_set, tear_down);
  g_test_add ("/project/empty-folder", Fixture, NULL, set_up, test_empty_folder, tear_down);
  g_test_add ("/project/refused", Fixture, NULL, set_up, test_refused, tear_down);
  g_test_add ("/project/settings", Fixture, NULL, set_up, test_settings, tear_down);
  g_test_add ("/project/in-the-way", Fixture, NULL, set_up, test_in_the_way, tear_down);
  g_test_add ("/project/copy-to", Fixture, NULL, set_up, test_copy_to, tear_down);
  g_test_add ("/project/clean", Fixture, NULL, set_up, test_clean, tear_down);
  g_test_add ("/project/match-clean", Fixture, NULL, set_up, test_match_clean, tear_down);
  g_test_add ("/project/restored", Fixture, NULL, set_up, test_restored, tear_down);
  g_test_add ("/project/results", Fixture, NULL, set_up, test_results, tear_down);
  g_test_add ("/project/results-of-one-name", Fixture, NULL, set_up, test_results_of_one_name, tear_down);
  g_test_add ("/project/copy-restored", Fixture, NULL, set_up, test_copy_restored, tear_down);
  return g_test_run ();
}
