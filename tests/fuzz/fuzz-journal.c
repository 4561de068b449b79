/* What was painted since the label image was written. The input is the file,
 * behind a byte that says whether the digests of its records are set right, so
 * that what they are of is read too. */
#include "fuzz.h"

#include "annotate/annotation-planes.h"
#include "project/journal.h"

#include <string.h>
#include <unistd.h>

const char *const fuzz_shared_folder = NULL;

enum
{
  WIDTH = 300,
  HEIGHT = 200,
  N_PLANES = 3,
  HEADER_BYTES = 32,
  LENGTH_BYTES = 4,
  DIGEST_BYTES = 20,
};

static MgTouched *
paint (double radius)
{
  const MgStroke stroke = { MG_TOOL_BRUSH, radius, .overwrite = TRUE };
  g_autoptr (MgAnnotation) annotation = mg_annotation_new_take_stack (mg_mask_stack_new (WIDTH, HEIGHT, N_PLANES, 1));

  mg_annotation_set_plane (annotation, N_PLANES - 1);
  mg_annotation_begin_stroke (annotation, &stroke, WIDTH / 2.0, HEIGHT / 2.0);
  mg_annotation_end_stroke (annotation);
  return mg_annotation_take_touched (annotation);
}

static void
mend (guint8 *file, gsize size)
{
  for (gsize at = HEADER_BYTES; at + LENGTH_BYTES + DIGEST_BYTES <= size;)
    {
      guint8 *record = file + at + LENGTH_BYTES + DIGEST_BYTES;
      gsize rest = size - at - LENGTH_BYTES - DIGEST_BYTES, digest_size = DIGEST_BYTES;
      guint32 length;
      g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);

      memcpy (&length, file + at, LENGTH_BYTES);
      length = (guint32) MIN (GUINT32_FROM_LE (length), rest);
      g_checksum_update (checksum, record, length);
      g_checksum_get_digest (checksum, file + at + LENGTH_BYTES, &digest_size);
      at += LENGTH_BYTES + DIGEST_BYTES + length;
      length = GUINT32_TO_LE (length);
      memcpy (record - LENGTH_BYTES - DIGEST_BYTES, &length, LENGTH_BYTES);
    }
}

static gboolean
replay (GFile *labels, guint *n_edits)
{
  g_autoptr (MgMaskStack) stack = mg_mask_stack_new (WIDTH, HEIGHT, N_PLANES, 1);
  g_autoptr (GError) error = NULL;
  g_autofree guint32 *row = g_new (guint32, WIDTH);
  gboolean ok = mg_journal_replay (labels, stack, n_edits, &error);

  g_assert_true (ok == (error == NULL));
  for (int plane = 0; plane < N_PLANES; plane++)
    if (mg_mask_stack_get (stack, plane) != NULL)
      for (int y = 0; y < HEIGHT; y++)
        mg_mask_read (mg_mask_stack_get (stack, plane), &(MgRect){ 0, y, WIDTH, 1 }, row, 0);
  mg_mask_stack_count (stack);
  return ok;
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize size)
{
  static MgTouched *touched = NULL;
  g_autofree guint8 *bytes = g_memdup2 (data, size);
  g_autoptr (GFile) file = NULL;
  g_autoptr (GFile) labels = NULL;
  g_autoptr (MgJournal) journal = NULL;
  g_autofree char *path = NULL;
  g_autofree char *labels_path = NULL;
  guint n_edits, n_after;
  int fd;

  if (size < 1)
    return 0;
  if (touched == NULL)
    touched = paint (20);
  if (bytes[0] % 2 == 1)
    mend (bytes + 1, size - 1);
  file = fuzz_as_named_file ("cells.journal", bytes + 1, size - 1, &fd);
  path = g_path_get_dirname (g_file_peek_path (file));
  labels_path = g_build_filename (path, "cells.tif", NULL);
  labels = g_file_new_for_path (labels_path);
  journal = mg_journal_new (labels, WIDTH, HEIGHT, N_PLANES);
  if (replay (labels, &n_edits))
    {
      /* what a dying program left half written is no hindrance */
      g_assert_true (mg_journal_append (journal, touched, NULL));
      g_assert_true (replay (labels, &n_after));
      g_assert_cmpuint (n_after, ==, n_edits + 1);
      g_assert_true (mg_journal_cut (journal, mg_journal_get_size (journal), NULL));
    }
  close (fd);
  return 0;
}

/* The journal of a few edits as the program writes it. */
static GBytes *
make_seed (guint8 kind, guint n_edits)
{
  g_autofree char *folder = g_dir_make_tmp ("mg-seed-XXXXXX", NULL);
  g_autofree char *labels_path = g_build_filename (folder, "cells.tif", NULL);
  g_autofree char *path = g_build_filename (folder, "cells.journal", NULL);
  g_autoptr (GFile) labels = g_file_new_for_path (labels_path);
  g_autoptr (MgJournal) journal = mg_journal_new (labels, WIDTH, HEIGHT, N_PLANES);
  GByteArray *seed = g_byte_array_new ();
  g_autofree char *bytes = NULL;
  gsize size;

  for (guint i = 0; i < n_edits; i++)
    {
      g_autoptr (MgTouched) touched = paint (4 + 30 * i);

      g_assert_true (mg_journal_append (journal, touched, NULL));
    }
  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  g_byte_array_append (seed, &kind, 1);
  g_byte_array_append (seed, (guint8 *) bytes, (guint) size);
  unlink (path);
  rmdir (folder);
  return g_byte_array_free_to_bytes (seed);
}

void
fuzz_add_seeds (GPtrArray *seeds)
{
  for (guint i = 1; i <= 3; i++)
    for (guint8 kind = 0; kind < 2; kind++)
      g_ptr_array_add (seeds, make_seed (kind, i));
}
