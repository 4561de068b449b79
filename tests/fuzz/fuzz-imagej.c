/* What ImageJ keeps beside the pixels: its block, and its ROIs. The input is
 * the block, behind a byte that says how many lengths come first. */
#include "fuzz.h"

#include "io/imagej-overlay.h"
#include "io/loader.h"

#include <string.h>
#include <unistd.h>

const char *const fuzz_shared_folder = NULL;

#define DESCRIPTION "ImageJ=1.54f\nimages=2\nchannels=2\nmode=composite\n"

static void
put (GByteArray *out, guint64 value, guint n_bytes)
{
  for (guint i = 0; i < n_bytes; i++)
    {
      guint8 byte = (guint8) (value >> 8 * i);

      g_byte_array_append (out, &byte, 1);
    }
}

static void
put_entry (GByteArray *out, guint tag, guint type, guint32 n, guint32 value)
{
  put (out, tag, 2);
  put (out, type, 2);
  put (out, n, 4);
  put (out, value, 4);
}

/* A TIFF of two pages of one pixel with these tags. */
static GByteArray *
make_tiff (const guint8 *lengths, guint n_lengths, const guint8 *blob, gsize size)
{
  enum
  {
    N_TAGS = 10,
    IFD_BYTES = 2 + 12 * N_TAGS + 4,
    TEXT_AT = 8 + 2 * IFD_BYTES,
  };
  GByteArray *out = g_byte_array_new ();
  guint32 lengths_at = TEXT_AT + sizeof DESCRIPTION, blob_at = lengths_at + 4 * n_lengths;

  g_byte_array_append (out, (const guint8 *) "II*\0\10\0\0\0", 8);
  for (int page = 0; page < 2; page++)
    {
      put (out, N_TAGS, 2);
      put_entry (out, 256, 4, 1, 1);
      put_entry (out, 257, 4, 1, 1);
      put_entry (out, 258, 3, 1, 8);
      put_entry (out, 259, 3, 1, 1);
      put_entry (out, 262, 3, 1, 1);
      put_entry (out, 270, 2, sizeof DESCRIPTION, TEXT_AT);
      put_entry (out, 273, 4, 1, 8);
      put_entry (out, 279, 4, 1, 1);
      put_entry (out, 50838, 4, n_lengths, lengths_at);
      put_entry (out, 50839, 1, (guint32) size, blob_at);
      put (out, page == 0 ? 8 + IFD_BYTES : 0, 4);
    }
  g_byte_array_append (out, (const guint8 *) DESCRIPTION, sizeof DESCRIPTION);
  g_byte_array_append (out, lengths, 4 * n_lengths);
  g_byte_array_append (out, blob, (guint) size);
  return out;
}

static gboolean
count (const MgOutline *outline, gpointer data, GError **error)
{
  *(guint *) data += outline->points->len;
  return TRUE;
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize size)
{
  g_autoptr (GByteArray) tiff = NULL;
  g_autoptr (GFile) file = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (MgImage) image = NULL;
  guint n_lengths, n = 0;
  int fd;

  if (size < 1 + 4 * (gsize) data[0] || data[0] < 2 || size - 1 - 4 * (gsize) data[0] < 5)
    return 0;
  n_lengths = data[0];
  tiff = make_tiff (data + 1, n_lengths, data + 1 + 4 * n_lengths, size - 1 - 4 * n_lengths);
  file = fuzz_as_file (tiff->data, tiff->len, &fd);
  g_assert_true (mg_imagej_overlay_read (file, count, &n, NULL, &error) == (error == NULL));
  g_clear_error (&error);
  image = mg_image_load (file, NULL, &error);
  g_assert_no_error (error);
  close (fd);
  return 0;
}

static void
put_kind (GByteArray *out, const char *kind, guint n, gboolean big_endian)
{
  for (int i = 0; i < 4; i++)
    g_byte_array_append (out, (const guint8 *) &kind[big_endian ? i : 3 - i], 1);
  for (int i = 0; i < 4; i++)
    {
      guint8 byte = (i == 3) == big_endian && (i == 3 || i == 0) ? (guint8) n : 0;

      g_byte_array_append (out, &byte, 1);
    }
}

void
fuzz_add_seeds (GPtrArray *seeds)
{
  for (int big_endian = 0; big_endian < 2; big_endian++)
    {
      static const guint32 lengths[] = { 4 + 5 * 8, 8, 32, 768, 768, 64, 64, 6 };
      GByteArray *out = g_byte_array_new ();
      guint8 rest[2000] = { 0 };

      put (out, G_N_ELEMENTS (lengths), 1);
      for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
        put (out, lengths[i], 4);
      g_byte_array_append (out, (const guint8 *) (big_endian ? "IJIJ" : "JIJI"), 4);
      put_kind (out, "info", 1, big_endian);
      put_kind (out, "rang", 1, big_endian);
      put_kind (out, "luts", 2, big_endian);
      put_kind (out, "over", 2, big_endian);
      put_kind (out, "labl", 1, big_endian);
      memcpy (rest + 8 + 32 + 2 * 768, "Iout\0\344\1\0\0\1\0\1\0\5\0\5", 16);
      memcpy (rest + 8 + 32 + 2 * 768 + 64, "Iout\0\344\2\0\0\1\0\1\0\5\0\5", 16);
      g_byte_array_append (out, rest, 8 + 32 + 2 * 768 + 2 * 64 + 6);
      g_ptr_array_add (seeds, g_byte_array_free_to_bytes (out));
    }
}
