#include "io/safetensors.h"
#include "support/folder.h"

#include <json-glib/json-glib.h>
#include <string.h>
#include <unistd.h>

static GFile *
temporary (void)
{
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp ("mg-model-XXXXXX.safetensors", &path, NULL);

  g_assert_cmpint (fd, >=, 0);
  close (fd);
  return g_file_new_for_path (path);
}

static void
write_model (GFile *file)
{
  const float a[] = { 1, -2, 3.5f, 4, 5, 6 }, b[] = { 0.25f };
  const MgSafetensor tensors[] = {
    { (char *) "enc.0.weight", 2, { 2, 3 }, a, 6 },
    { (char *) "scale \"µ\"", 0, { 0 }, b, 1 },
    { (char *) "none", 1, { 0 }, NULL, 0 },
  };
  const char *const metadata[] = { "manifest", "{\"recipe\":\"boundary\",\n\"µ\":1}", "format", "pt", NULL };
  g_autoptr (GError) error = NULL;

  g_assert_true (mg_safetensors_write (file, tensors, G_N_ELEMENTS (tensors), metadata, &error));
  g_assert_no_error (error);
}

/* Reads the file as the format's own page describes it, by other code. */
static void
test_layout (void)
{
  g_autoptr (GFile) file = temporary ();
  g_autofree char *bytes = NULL;
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *root, *weight;
  JsonArray *offsets;
  gsize size;
  guint64 length;
  float values[6];

  write_model (file);
  g_assert_true (g_file_load_contents (file, NULL, &bytes, &size, NULL, NULL));
  length = 0;
  for (int i = 7; i >= 0; i--)
    length = length << 8 | (guint8) bytes[i];
  g_assert_cmpuint (length % 8, ==, 0);
  g_assert_cmpuint (8 + length + 7 * sizeof (float), ==, size);
  g_assert_true (json_parser_load_from_data (parser, bytes + 8, (gssize) length, NULL));
  root = json_node_get_object (json_parser_get_root (parser));
  g_assert_cmpstr (json_object_get_string_member (json_object_get_object_member (root, "__metadata__"), "format"), ==, "pt");
  g_assert_cmpstr (json_object_get_string_member (json_object_get_object_member (root, "__metadata__"), "manifest"), ==, "{\"recipe\":\"boundary\",\n\"µ\":1}");
  weight = json_object_get_object_member (root, "enc.0.weight");
  g_assert_cmpstr (json_object_get_string_member (weight, "dtype"), ==, "F32");
  g_assert_cmpint (json_array_get_int_element (json_object_get_array_member (weight, "shape"), 1), ==, 3);
  offsets = json_object_get_array_member (weight, "data_offsets");
  g_assert_cmpint (json_array_get_int_element (offsets, 1) - json_array_get_int_element (offsets, 0), ==, 24);
  memcpy (values, bytes + 8 + length + json_array_get_int_element (offsets, 0), sizeof values);
  g_assert_cmpfloat (values[2], ==, 3.5f);
  g_assert_nonnull (json_object_get_object_member (root, "scale \"µ\""));
  g_file_delete (file, NULL, NULL);
}

static void
test_round_trip (void)
{
  g_autoptr (GFile) file = temporary ();
  g_autoptr (MgSafetensors) model = NULL;
  g_autoptr (GError) error = NULL;
  const MgSafetensor *tensor;

  write_model (file);
  model = mg_safetensors_open (file, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (mg_safetensors_get_n (model), ==, 3);
  tensor = mg_safetensors_find (model, "enc.0.weight");
  g_assert_cmpint (tensor->n_dims, ==, 2);
  g_assert_cmpint (tensor->shape[0], ==, 2);
  g_assert_cmpuint (tensor->n_values, ==, 6);
  g_assert_cmpfloat (tensor->data[5], ==, 6);
  tensor = mg_safetensors_find (model, "scale \"µ\"");
  g_assert_cmpint (tensor->n_dims, ==, 0);
  g_assert_cmpfloat (tensor->data[0], ==, 0.25f);
  g_assert_cmpuint (mg_safetensors_find (model, "none")->n_values, ==, 0);
  g_assert_null (mg_safetensors_find (model, "other"));
  g_assert_cmpstr (mg_safetensors_get_metadata (model, "manifest"), ==, "{\"recipe\":\"boundary\",\n\"µ\":1}");
  g_assert_null (mg_safetensors_get_metadata (model, "other"));
  g_file_delete (file, NULL, NULL);
}

static gboolean
opens (GFile *file, const void *bytes, gsize size, GError **error)
{
  g_autoptr (MgSafetensors) model = NULL;

  test_set_bytes (file, bytes, size);
  model = mg_safetensors_open (file, error);
  return model != NULL;
}

static gboolean
header_opens (GFile *file, const char *header, gsize data_bytes, GError **error)
{
  gsize length = strlen (header);
  g_autofree guint8 *bytes = g_malloc0 (8 + length + data_bytes);

  for (int i = 0; i < 8; i++)
    bytes[i] = (guint8) (length >> 8 * i);
  memcpy (bytes + 8, header, length);
  return opens (file, bytes, 8 + length + data_bytes, error);
}

#define T(name, shape, begin, end) "\"" name "\":{\"dtype\":\"F32\",\"shape\":" shape ",\"data_offsets\":[" #begin "," #end "]}"

static void
test_accepted (void)
{
  static const struct
  {
    const char *header;
    gsize bytes;
  } cases[] = {
    { "{}", 0 },
    { "{}      ", 0 },
    { "{" T ("a", "[1]", 0, 4) "}", 4 },
    { "{" T ("a", "[]", 0, 4) " }\n", 4 }, /* data that is not aligned */
    { "{" T ("b", "[2,1]", 4, 12) "," T ("a", "[1]", 0, 4) "}", 12 },
    { "{" T ("a", "[0,9223372036854775807]", 0, 0) "," T ("b", "[1]", 0, 4) "}", 4 },
    { "{\"__metadata__\":{}," T ("a", "[1]", 0, 4) "}", 4 },
    { "{\"__metadata__\":{\"\\u00b5\\ud83d\\ude00\":\"\\n\\/\"}}", 0 },
  };
  g_autoptr (GFile) file = temporary ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_true (header_opens (file, cases[i].header, cases[i].bytes, &error));
      g_assert_no_error (error);
    }
  g_file_delete (file, NULL, NULL);
}

static const struct
{
  const char *header;
  gsize bytes;
  const char *says;
} refused[] = {
  { "", 0, "JSON" },
  { " {}", 0, "JSON" },
  { "[]", 0, "JSON" },
  { "{", 0, "JSON" },
  { "{}x", 0, "more after" },
  { "{} {}", 0, "more after" },
  { "{,}", 0, "JSON" },
  { "{" T ("a", "[1]", 0, 4) ",}", 4, "JSON" },
  { "{\"a\":1}", 0, "JSON" },
  { "{\"a\":{}}", 0, "type, shape and place" },
  { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", 4, "type, shape and place" },
  { "{\"a\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[0,4]}}", 4, "F32" },
  { "{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "twice" },
  { "{\"a\":{\"dtype\":\"F32\",\"more\":1,\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "not known" },
  { "{" T ("a", "[1]", 0, 4) "," T ("a", "[1]", 4, 8) "}", 8, "twice" },
  { "{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}}", 0, "twice" },
  { "{\"__metadata__\":{},\"__metadata__\":{}}", 0, "twice" },
  { "{\"__metadata__\":{\"a\":1}}", 0, "JSON" },
  { "{\"__metadata__\":{\"a\":{}}}", 0, "JSON" },
  { "{" T ("a", "[2]", 0, 4) "}", 4, "shape" },
  { "{" T ("a", "[1]", 0, 8) "}", 8, "shape" },
  { "{" T ("a", "[1]", 4, 0) "}", 4, "shape" },
  { "{" T ("a", "[-1]", 0, 4) "}", 4, "whole number" },
  { "{" T ("a", "[1.0]", 0, 4) "}", 4, "JSON" },
  { "{" T ("a", "[1e0]", 0, 4) "}", 4, "JSON" },
  { "{" T ("a", "[01]", 0, 4) "}", 4, "whole number" },
  { "{" T ("a", "[9223372036854775808]", 0, 4) "}", 4, "far too large" },
  { "{" T ("a", "[4294967296,4294967296]", 0, 0) "}", 0, "far too large" },
  { "{" T ("a", "[4611686018427387904]", 0, 0) "}", 0, "shape" },
  { "{" T ("a", "[1,1,1,1,1,1,1,1,1]", 0, 4) "}", 4, "8 axes" },
  { "{" T ("a", "[1]", 0, 4) "," T ("b", "[1]", 0, 4) "}", 4, "overlap" },
  { "{" T ("a", "[2]", 0, 8) "," T ("b", "[1]", 4, 8) "}", 8, "overlap" },
  { "{" T ("a", "[1]", 0, 4) "," T ("b", "[1]", 8, 12) "}", 12, "holes" },
  { "{" T ("a", "[1]", 4, 8) "}", 8, "holes" },
  { "{" T ("a", "[2]", 0, 8) "}", 4, "cut short" },
  { "{" T ("a", "[1]", 0, 4) "}", 5, "goes on" },
  { "{" T ("a\\ud800", "[1]", 0, 4) "}", 4, "not JSON" },
  { "{" T ("a\\u0000", "[1]", 0, 4) "}", 4, "not JSON" },
  { "{" T ("a\\x", "[1]", 0, 4) "}", 4, "not JSON" },
  { "{" T ("a\xff", "[1]", 0, 4) "}", 4, "UTF-8" },
  { "{" T ("a\n", "[1]", 0, 4) "}", 4, "not JSON" },
  { "{\"a\":[[[[[[[[[[[[[[[[[[[[[[", 4, "JSON" },
};

static void
test_refused (void)
{
  g_autoptr (GFile) file = temporary ();
  g_autofree char *base = g_file_get_basename (file);

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (header_opens (file, refused[i].header, refused[i].bytes, &error));
      g_assert_error (error, MG_ERROR, MG_ERROR_FORMAT);
      g_assert_nonnull (strstr (error->message, base));
      if (strstr (error->message, refused[i].says) == NULL)
        g_error ("\"%s\" does not say \"%s\"", error->message, refused[i].says);
    }
  g_file_delete (file, NULL, NULL);
}

static void
test_header_length (void)
{
  const guint64 lengths[] = { 9, 1000, MG_SAFETENSORS_MAX_HEADER_BYTES, G_MAXINT64, G_MAXUINT64, G_MAXUINT64 - 7 };
  g_autoptr (GFile) file = temporary ();
  g_autofree guint8 *large = g_malloc0 (MG_SAFETENSORS_MAX_HEADER_BYTES + 64);
  guint64 above = GUINT64_TO_LE (MG_SAFETENSORS_MAX_HEADER_BYTES + 1);

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      guint64 bytes[2] = { GUINT64_TO_LE (lengths[i]), 0 };
      g_autoptr (GError) error = NULL;

      g_assert_false (opens (file, bytes, sizeof bytes, &error));
      g_assert_error (error, MG_ERROR, MG_ERROR_FORMAT);
    }
  memcpy (large, &above, sizeof above);
  {
    g_autoptr (GError) error = NULL;

    g_assert_false (opens (file, large, MG_SAFETENSORS_MAX_HEADER_BYTES + 64, &error));
    g_assert_nonnull (strstr (error->message, "larger"));
  }
  g_file_delete (file, NULL, NULL);
}

/* Cut anywhere, or with any byte of its header changed, a file is refused or
 * read, and nothing else happens. */
static void
test_damage (void)
{
  g_autoptr (GFile) file = temporary ();
  g_autofree guint8 *bytes = NULL;
  gsize size;

  write_model (file);
  g_assert_true (g_file_load_contents (file, NULL, (char **) &bytes, &size, NULL, NULL));
  for (gsize cut = 0; cut < size; cut++)
    g_assert_false (opens (file, bytes, cut, NULL));
  for (gsize i = 0; i < size - 28; i++)
    for (int bit = 0; bit < 8; bit += 3)
      {
        bytes[i] ^= (guint8) (1 << bit);
        opens (file, bytes, size, NULL);
        bytes[i] ^= (guint8) (1 << bit);
      }
  g_assert_true (opens (file, bytes, size, NULL));
  g_file_delete (file, NULL, NULL);
}

static void
test_write_refused (void)
{
  const float value[4] = { 0 };
  const MgSafetensor bad[][2] = {
    { { (char *) "a", 1, { 2 }, value, 1 }, { (char *) "b", 1, { 1 }, value, 1 } },
    { { (char *) "a", 1, { 1 }, value, 1 }, { (char *) "a", 1, { 1 }, value, 1 } },
    { { (char *) "__metadata__", 1, { 1 }, value, 1 }, { (char *) "b", 1, { 1 }, value, 1 } },
    { { (char *) "a", 1, { -1 }, value, 1 }, { (char *) "b", 1, { 1 }, value, 1 } },
    { { (char *) "a", 9, { 1 }, value, 1 }, { (char *) "b", 1, { 1 }, value, 1 } },
  };
  g_autoptr (GFile) file = g_file_new_build_filename (g_get_tmp_dir (), "mg-never-written.safetensors", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (mg_safetensors_write (file, bad[i], 2, NULL, &error));
      g_assert_error (error, MG_ERROR, MG_ERROR_SHAPE);
      g_assert_false (g_file_query_exists (file, NULL));
    }
}

static void
test_not_files (void)
{
  const char *const paths[] = { "/nowhere/model.safetensors", "/", "/dev/zero" };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (GFile) file = g_file_new_for_path (paths[i]);
      g_autoptr (GError) error = NULL;

      g_assert_null (mg_safetensors_open (file, &error));
      g_assert_nonnull (strstr (error->message, paths[i]));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/safetensors/layout", test_layout);
  g_test_add_func ("/safetensors/round-trip", test_round_trip);
  g_test_add_func ("/safetensors/accepted", test_accepted);
  g_test_add_func ("/safetensors/refused", test_refused);
  g_test_add_func ("/safetensors/header-length", test_header_length);
  g_test_add_func ("/safetensors/damage", test_damage);
  g_test_add_func ("/safetensors/write-refused", test_write_refused);
  g_test_add_func ("/safetensors/not-files", test_not_files);
  return g_test_run ();
}
