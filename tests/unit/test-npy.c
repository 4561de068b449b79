/* Cellpose's _seg.npy of every protocol and number type, read as data; what is
 * not an array of labels is refused. */
#include "interchange/import.h"
#include "support/seg-npy.h"

#include <glib/gstdio.h>
#include <string.h>

static const guint16 masks_u16[6] = { 0, 1, 2, 2, 0, 700 };

static MgLabels *
read_bytes (const guint8 *data, gsize size, int slice, GError **error)
{
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp ("mg-XXXXXX_seg.npy", &path, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  MgImportOptions options = { .slice = slice };
  MgImported imported;
  gboolean ok;

  g_assert_true (g_file_set_contents (path, (const char *) data, (gssize) size, NULL));
  ok = mg_import (file, &options, &imported, NULL, NULL, error);
  g_assert_true (ok == (imported.labels != NULL));
  g_close (fd, NULL);
  g_remove (path);
  return ok ? g_steal_pointer (&imported.labels) : NULL;
}

static void
check_labels (const SegNpy *seg, const guint32 *expected)
{
  g_autoptr (GByteArray) bytes = seg_npy_make (seg);
  g_autoptr (GError) error = NULL;
  g_autoptr (MgLabels) labels = read_bytes (bytes->data, bytes->len, 0, &error);

  g_assert_no_error (error);
  g_assert_cmpint (mg_labels_get_height (labels), ==, seg->shape[0]);
  g_assert_cmpint (mg_labels_get_width (labels), ==, seg->shape[1]);
  g_assert_cmpmem (mg_labels_get_data (labels), 24, expected, 24);
}

static void
test_protocols (void)
{
  static const guint32 expected[6] = { 0, 1, 2, 2, 0, 700 };

  for (int protocol = 2; protocol <= 5; protocol++)
    for (int i = 0; i < 2; i++)
      {
        SegNpy seg = { protocol, i == 0 ? "numpy.core" : "numpy._core", "u2", FALSE, { 2, 3 }, masks_u16, sizeof masks_u16 };

        check_labels (&seg, expected);
      }
}

static void
test_types (void)
{
  static const gint32 from_minus_one[6] = { -1, 0, 1, 1, -1, 4 };
  static const guint32 shifted[6] = { 0, 1, 2, 2, 0, 5 };
  static const guint32 wide[6] = { 0, 1, 70000, 4000000000u, 0, 7 };
  static const guint8 big[12] = { 0, 0, 0, 1, 0, 2, 0, 2, 0, 0, 2, 188 };
  static const guint32 expected[6] = { 0, 1, 2, 2, 0, 700 };
  SegNpy seg = { 3, "numpy.core", "i4", FALSE, { 3, 2 }, from_minus_one, sizeof from_minus_one };

  check_labels (&seg, shifted);
  seg.descr = "u4";
  seg.data = wide;
  check_labels (&seg, wide);
  seg = (SegNpy){ 4, "numpy._core", "u2", TRUE, { 1, 6 }, big, sizeof big };
  check_labels (&seg, expected);
}

/* An array by itself, in C's order and in Fortran's, a slice of a stack, and a stack of one. */
static void
test_plain (void)
{
  static const guint32 by_rows[6] = { 0, 1, 2, 2, 0, 700 }, by_columns[6] = { 0, 2, 0, 1, 2, 700 };

  for (int i = 0; i < 4; i++)
    {
      static const char *const headers[] = {
        "{'descr': '<u2', 'fortran_order': False, 'shape': (2, 3), }",
        "{'descr': '<u2', 'fortran_order': True, 'shape': (2, 3), }",
        "{'descr': '<u2', 'fortran_order': False, 'shape': (2, 1, 3), }",
        "{'descr': '<u2', 'fortran_order': False, 'shape': (1, 2, 3), }",
      };
      g_autoptr (GByteArray) bytes = g_byte_array_new ();
      g_autoptr (MgLabels) labels = NULL;
      g_autoptr (GError) error = NULL;

      seg_npy_header (bytes, headers[i]);
      g_byte_array_append (bytes, (const guint8 *) masks_u16, sizeof masks_u16);
      labels = read_bytes (bytes->data, bytes->len, i == 2 ? 2 : 0, &error);
      g_assert_no_error (error);
      if (i != 2)
        g_assert_cmpmem (mg_labels_get_data (labels), 24, i == 1 ? by_columns : by_rows, 24);
      else
        g_assert_cmpmem (mg_labels_get_data (labels), 12, by_rows + 3, 12);
    }
}

static void
check_refused (GByteArray *bytes, const char *says)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MgLabels) labels = read_bytes (bytes->data, bytes->len, 0, &error);

  g_assert_null (labels);
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, "_seg.npy"));
  if (strstr (error->message, says) == NULL)
    g_error ("“%s” does not say “%s”", error->message, says);
}

static void
test_refused (void)
{
  SegNpy seg = { 4, "numpy._core", "u2", FALSE, { 2, 3 }, masks_u16, sizeof masks_u16, "os system" };
  g_autoptr (GByteArray) other_class = seg_npy_make (&seg);
  g_autoptr (GByteArray) objects = NULL, cut = NULL, large = NULL, flat = NULL, array_of_objects = g_byte_array_new ();

  check_refused (other_class, "holds Python objects other than arrays; ");
  seg.extra_class = NULL;
  seg.descr = "O8";
  objects = seg_npy_make (&seg);
  check_refused (objects, "Python objects, not numbers");
  seg.descr = "u2";
  cut = seg_npy_make (&seg);
  g_byte_array_set_size (cut, cut->len - 30);
  check_refused (cut, "cut short");
  seg.shape[0] = 60000;
  seg.shape[1] = 60000;
  large = seg_npy_make (&seg);
  check_refused (large, "larger than the file");
  seg.shape[0] = 6;
  seg.shape[1] = 0;
  flat = seg_npy_make (&seg);
  check_refused (flat, "rows and columns");
  seg_npy_header (array_of_objects, "{'descr': '|O', 'fortran_order': False, 'shape': (3,), }");
  check_refused (array_of_objects, "array of Python objects");
}

/* Texts that refer to one another cannot make more of themselves than there is. */
static void
test_bomb (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree char *text = g_strnfill (60000, 'x');

  seg_npy_header (bytes, "{'descr': '|O', 'fortran_order': False, 'shape': (), }");
  g_byte_array_append (bytes, (const guint8 *) "\x80\2X\x60\xea\0\0", 7);
  g_byte_array_append (bytes, (const guint8 *) text, 60000);
  g_byte_array_append (bytes, (const guint8 *) "q\1c_codecs\nencode\nq\2", 20);
  for (int i = 0; i < 20000; i++)
    g_byte_array_append (bytes, (const guint8 *) "h\2h\1\x85R", 6);
  g_byte_array_append (bytes, (const guint8 *) ".", 1);
  check_refused (bytes, "unpacks to more than it holds");
}

/* Cut anywhere, or with any byte changed, there are labels or an error. */
static void
test_damaged (void)
{
  SegNpy seg = { 3, "numpy.core", "u2", FALSE, { 2, 3 }, masks_u16, sizeof masks_u16 };
  g_autoptr (GByteArray) bytes = seg_npy_make (&seg);

  for (guint i = 1; i < bytes->len; i++)
    {
      g_autofree guint8 *copy = g_memdup2 (bytes->data, bytes->len);
      g_autoptr (GError) error = NULL;
      g_autoptr (MgLabels) cut = read_bytes (bytes->data, i, 0, &error);
      g_autoptr (MgLabels) changed = NULL;

      g_assert_null (cut);
      g_assert_nonnull (error);
      copy[i] ^= 0x55;
      g_clear_error (&error);
      changed = read_bytes (copy, bytes->len, 0, &error);
      g_assert_true ((changed == NULL) == (error != NULL));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/npy/protocols", test_protocols);
  g_test_add_func ("/npy/types", test_types);
  g_test_add_func ("/npy/plain", test_plain);
  g_test_add_func ("/npy/refused", test_refused);
  g_test_add_func ("/npy/bomb", test_bomb);
  g_test_add_func ("/npy/damaged", test_damaged);
  return g_test_run ();
}
