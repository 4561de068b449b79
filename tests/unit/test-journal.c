/* What is painted is kept edit by edit: label image and journal together give
 * every finished edit again, wherever the program died. */
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "annotate/annotation-planes.h"
#include "base/rng.h"
#include "io/loader.h"
#include "project/journal.h"
#include "project/labels.h"

#define W  300
#define H  200
#define NZ 3

typedef struct
{
  char *path;
  MgProject *project;
  MgProjectItem *item;
  MgImageInfo info;
  MgAnnotation *annotation;
  MgJournal *journal;
} Fixture;

static void
set_up (Fixture *fixture,
        gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) folder = NULL;
  g_autoptr (GFile) image = NULL;

  fixture->path = g_dir_make_tmp ("mg-journal-XXXXXX", &error);
  g_assert_no_error (error);
  folder = g_file_new_for_path (fixture->path);
  image = g_file_get_child (folder, "cells.tif");
  fixture->project = mg_project_new (folder);
  mg_project_add (fixture->project, image, NULL);
  fixture->item = g_list_model_get_item (G_LIST_MODEL (fixture->project), 0);
  fixture->info = (MgImageInfo){ .width = W, .height = H, .n_channels = 1, .n_z = NZ, .n_t = 1, .type = MG_PIXEL_U8 };
  fixture->annotation = mg_annotation_new_take_stack (mg_mask_stack_new (W, H, NZ, 1));
  fixture->journal = mg_journal_new (mg_project_item_get_annotation (fixture->item), W, H, NZ);
}

static char *
dup_path (Fixture *fixture,
          const char *extension)
{
  g_autofree char *name = g_strconcat ("cells", extension, NULL);

  return g_build_filename (fixture->path, MG_PROJECT_ANNOTATIONS, name, NULL);
}

static void
tear_down (Fixture *fixture,
           gconstpointer data)
{
  g_autofree char *labels = dup_path (fixture, ".tif"), *journal = dup_path (fixture, ".journal");
  g_autofree char *folder = g_path_get_dirname (labels);

  g_unlink (labels);
  g_unlink (journal);
  g_rmdir (folder);
  g_rmdir (fixture->path);
  g_free (fixture->path);
  g_clear_object (&fixture->item);
  g_clear_object (&fixture->project);
  g_clear_object (&fixture->annotation);
  g_clear_pointer (&fixture->journal, mg_journal_unref);
}

static void
paint (Fixture *fixture,
       MgRng *rng)
{
  const MgStroke stroke = { MG_TOOL_BRUSH, mg_rng_range (rng, 2, 25), .overwrite = TRUE, .fill_closed = TRUE };

  mg_annotation_set_plane (fixture->annotation, (int) mg_rng_range (rng, 0, NZ));
  mg_annotation_begin_stroke (fixture->annotation, &stroke, mg_rng_range (rng, 0, W), mg_rng_range (rng, 0, H));
  for (int i = 0; i < 4; i++)
    mg_annotation_stroke_to (fixture->annotation, mg_rng_range (rng, 0, W), mg_rng_range (rng, 0, H), stroke.radius);
  mg_annotation_end_stroke (fixture->annotation);
  if (mg_rng_range (rng, 0, 1) < 0.2)
    mg_annotation_undo (fixture->annotation);
}

static void
keep (Fixture *fixture)
{
  g_autoptr (MgTouched) touched = mg_annotation_take_touched (fixture->annotation);
  g_autoptr (GError) error = NULL;

  if (touched != NULL)
    mg_journal_append (fixture->journal, touched, &error);
  g_assert_no_error (error);
}

static guint32 *
raster_of (MgMaskStack *stack)
{
  guint32 *all = g_new0 (guint32, W * H * NZ);

  for (int p = 0; p < NZ; p++)
    if (mg_mask_stack_get (stack, p) != NULL)
      mg_mask_read (mg_mask_stack_get (stack, p), &(MgRect){ 0, 0, W, H }, all + (gsize) p * W * H, W * sizeof *all);
  return all;
}

static MgMaskStack *
load (Fixture *fixture,
      gboolean *recovered)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *warning = NULL;
  MgMaskStack *stack = mg_project_item_load_labels (fixture->item, &fixture->info, recovered, &warning, NULL, &error);

  g_assert_no_error (error);
  g_assert_null (warning);
  return stack;
}

/* What the files hold is what is painted. */
static void
check (Fixture *fixture,
       MgMaskStack *expected,
       gboolean expect_journal)
{
  gboolean recovered;
  g_autoptr (MgMaskStack) stack = load (fixture, &recovered);
  g_autofree guint32 *a = raster_of (stack), *b = raster_of (expected);

  g_assert_cmpint (recovered, ==, expect_journal);
  g_assert_cmpmem (a, sizeof *a * W * H * NZ, b, sizeof *b * W * H * NZ);
}

static void
save_labels (Fixture *fixture,
             MgMaskStack *stack)
{
  g_autoptr (GError) error = NULL;

  mg_project_save_labels (mg_project_item_get_annotation (fixture->item), stack, &fixture->info, NULL, &error);
  g_assert_no_error (error);
}

/* Strokes and undo in several planes; the label image is written now and then,
 * and the program may die before, between and after its two steps. */
static void
test_every_edit (Fixture *fixture,
                 gconstpointer data)
{
  MgRng rng;

  mg_rng_init (&rng, 4, 0);
  for (int i = 0; i < 28; i++)
    {
      g_autoptr (MgMaskStack) now = NULL;
      g_autoptr (GError) error = NULL;

      paint (fixture, &rng);
      keep (fixture);
      now = mg_annotation_snapshot (fixture->annotation);
      check (fixture, now, mg_journal_get_size (fixture->journal) > 0);
      if (i % 7 == 6)
        {
          g_autoptr (MgMaskStack) later = NULL;
          gint64 size = mg_journal_get_size (fixture->journal);

          /* painting goes on while the label image is written */
          paint (fixture, &rng);
          keep (fixture);
          later = mg_annotation_snapshot (fixture->annotation);
          save_labels (fixture, now);
          check (fixture, later, TRUE);
          g_assert_true (mg_journal_cut (fixture->journal, size, &error));
          g_assert_no_error (error);
          check (fixture, later, mg_journal_get_size (fixture->journal) > 0);
        }
    }
}

/* Another program's view of the label image: pages of slices, as Fiji has them. */
static void
test_pages (Fixture *fixture,
            gconstpointer data)
{
  g_autoptr (MgMaskStack) stack = NULL;
  g_autoptr (MgImage) image = NULL;
  g_autoptr (GError) error = NULL;
  MgRng rng;

  mg_rng_init (&rng, 5, 0);
  paint (fixture, &rng);
  stack = mg_annotation_snapshot (fixture->annotation);
  save_labels (fixture, stack);
  image = mg_image_load (mg_project_item_get_annotation (fixture->item), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (mg_image_get_info (image)->n_z, ==, NZ);
  g_assert_cmpint (mg_image_get_info (image)->n_channels, ==, 1);
  check (fixture, stack, FALSE);
}

/* A journal cut off at any byte gives the edits before, and goes on from there. */
static void
test_torn (Fixture *fixture,
           gconstpointer data)
{
  g_autofree char *path = dup_path (fixture, ".journal");
  g_autoptr (GPtrArray) states = g_ptr_array_new_with_free_func ((GDestroyNotify) mg_mask_stack_free);
  g_autofree char *bytes = NULL;
  g_autoptr (GError) error = NULL;
  gint64 ends[6];
  gsize size;
  MgRng rng;

  mg_rng_init (&rng, 6, 0);
  for (int i = 0; i < 6; i++)
    {
      paint (fixture, &rng);
      keep (fixture);
      ends[i] = mg_journal_get_size (fixture->journal);
      g_ptr_array_add (states, mg_annotation_snapshot (fixture->annotation));
    }
  g_assert_true (g_file_get_contents (path, &bytes, &size, &error));
  for (gsize n = 0; n <= size; n += n + 37 < size ? 37 : size - n > 0 ? size - n
                                                                      : 1)
    {
      g_autoptr (MgMaskStack) empty = mg_mask_stack_new (W, H, NZ, 1);
      int last = 5;

      while (last >= 0 && ends[last] > (gint64) n)
        last--;
      g_file_set_contents (path, bytes, (gssize) n, &error);
      g_assert_no_error (error);
      check (fixture, last < 0 ? empty : states->pdata[last], last >= 0);
    }
  /* half an edit is overwritten by the next */
  g_file_set_contents (path, bytes, (gssize) (ends[3] + 20), &error);
  g_clear_pointer (&fixture->journal, mg_journal_unref);
  fixture->journal = mg_journal_new (mg_project_item_get_annotation (fixture->item), W, H, NZ);
  g_assert_cmpint (mg_journal_get_size (fixture->journal), ==, ends[3]);
  g_clear_object (&fixture->annotation);
  {
    gboolean recovered;

    fixture->annotation = mg_annotation_new_take_stack (load (fixture, &recovered));
    g_assert_true (recovered);
  }
  paint (fixture, &rng);
  keep (fixture);
  {
    g_autoptr (MgMaskStack) now = mg_annotation_snapshot (fixture->annotation);

    check (fixture, now, TRUE);
  }
}

/* Damaged bytes are an error or an earlier state; nothing worse. */
static void
test_hostile (Fixture *fixture,
              gconstpointer data)
{
  g_autofree char *path = dup_path (fixture, ".journal");
  g_autofree char *bytes = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;
  MgRng rng;

  mg_rng_init (&rng, 7, 0);
  for (int i = 0; i < 3; i++)
    {
      paint (fixture, &rng);
      keep (fixture);
    }
  g_assert_true (g_file_get_contents (path, &bytes, &size, &error));
  for (int i = 0; i < 400; i++)
    {
      g_autofree char *bad = g_memdup2 (bytes, size);
      g_autoptr (MgMaskStack) stack = mg_mask_stack_new (W, H, NZ, 1);
      g_autoptr (GError) local = NULL;
      guint n;

      for (int k = 0; k < 3; k++)
        bad[(gsize) mg_rng_range (&rng, 0, (double) size)] ^= (char) (1 << (int) mg_rng_range (&rng, 0, 8));
      g_assert_true (g_file_set_contents (path, bad, (gssize) size, NULL));
      if (!mg_journal_replay (mg_project_item_get_annotation (fixture->item), stack, &n, &local))
        g_assert_nonnull (strstr (local->message, "cells.journal"));
    }
}

/* The stroke in hand is not kept: it may come to nothing. */
static void
test_stroke_in_hand (Fixture *fixture,
                     gconstpointer data)
{
  const MgStroke stroke = { MG_TOOL_BRUSH, 10 };
  g_autoptr (MgMaskStack) before = NULL;
  MgRng rng;

  mg_rng_init (&rng, 8, 0);
  paint (fixture, &rng);
  before = mg_annotation_snapshot (fixture->annotation);
  mg_annotation_begin_stroke (fixture->annotation, &stroke, 20, 20);
  mg_annotation_stroke_to (fixture->annotation, W - 20, H - 20, 10);
  keep (fixture);
  check (fixture, before, TRUE);
  mg_annotation_cancel_stroke (fixture->annotation);
  g_assert_false (mg_annotation_is_touched (fixture->annotation));
}

/* An edit costs what it touches. */
static void
test_cost (void)
{
  g_autoptr (MgAnnotation) annotation = mg_annotation_new (16384, 16384);
  const MgStroke stroke = { MG_TOOL_BRUSH, 25 };
  g_autofree char *folder = g_dir_make_tmp ("mg-journal-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "big.tif", NULL);
  g_autofree char *journal_path = g_build_filename (folder, "big.journal", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (MgJournal) journal = mg_journal_new (file, 16384, 16384, 1);
  g_autoptr (MgTouched) touched = NULL;
  g_autoptr (GError) error = NULL;
  gint64 start;

  mg_annotation_begin_stroke (annotation, &stroke, 8000, 8000);
  mg_annotation_stroke_to (annotation, 8300, 8200, 25);
  mg_annotation_end_stroke (annotation);
  start = g_get_monotonic_time ();
  touched = mg_annotation_take_touched (annotation);
  g_assert_true (mg_journal_append (journal, touched, &error));
  g_assert_no_error (error);
  g_test_message ("a stroke on 16384 x 16384: %" G_GINT64_FORMAT " bytes, %.1f ms", mg_journal_get_size (journal),
                  (g_get_monotonic_time () - start) / 1000.0);
  g_assert_cmpint (mg_journal_get_size (journal), <, 64 << 10);
  g_unlink (journal_path);
  g_rmdir (folder);
}

/* A disk without room: said, nothing half written, written once there is room. */
static void
test_cannot_write (Fixture *fixture,
                   gconstpointer data)
{
  g_autofree char *folder = g_build_filename (fixture->path, MG_PROJECT_ANNOTATIONS, NULL);
  g_autoptr (MgTouched) touched = NULL;
  g_autoptr (MgMaskStack) now = NULL;
  g_autoptr (GError) error = NULL;
  MgRng rng;

  mg_rng_init (&rng, 9, 0);
  paint (fixture, &rng);
  g_assert_true (g_file_set_contents (folder, "", 0, NULL)); /* a file where the folder should be */
  touched = mg_annotation_take_touched (fixture->annotation);
  g_assert_false (mg_journal_append (fixture->journal, touched, &error));
  g_assert_nonnull (error);
  mg_annotation_touch_again (fixture->annotation, touched);
  g_assert_true (mg_annotation_is_touched (fixture->annotation));
  g_unlink (folder);
  paint (fixture, &rng);
  keep (fixture);
  now = mg_annotation_snapshot (fixture->annotation);
  check (fixture, now, TRUE);
}

/* A disk that fills up in the middle of an edit. */
static void
test_full (Fixture *fixture,
           gconstpointer data)
{
  g_autoptr (MgTouched) touched = NULL;
  g_autoptr (MgMaskStack) before = NULL;
  g_autoptr (MgMaskStack) after = NULL;
  g_autoptr (GError) error = NULL;
  struct rlimit limit, old;
  gint64 size;
  MgRng rng;

  mg_rng_init (&rng, 10, 0);
  paint (fixture, &rng);
  keep (fixture);
  before = mg_annotation_snapshot (fixture->annotation);
  size = mg_journal_get_size (fixture->journal);
  paint (fixture, &rng);
  touched = mg_annotation_take_touched (fixture->annotation);
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &old), ==, 0);
  limit = (struct rlimit){ (rlim_t) size + 40, old.rlim_max };
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  g_assert_false (mg_journal_append (fixture->journal, touched, &error));
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &old), ==, 0);
  g_assert_nonnull (strstr (error->message, "cells.journal"));
  g_assert_cmpint (mg_journal_get_size (fixture->journal), ==, size);
  check (fixture, before, TRUE);
  mg_annotation_touch_again (fixture->annotation, touched);
  keep (fixture);
  after = mg_annotation_snapshot (fixture->annotation);
  check (fixture, after, TRUE);
}

/* In the place of the C library's: a disk that takes its time. */
static GMutex disk;
static GCond disk_changed;
static gboolean disk_busy, disk_waited_for;

static int
wait_for_disk (long which,
               int fd)
{
  g_mutex_lock (&disk);
  disk_waited_for = disk_busy;
  g_cond_broadcast (&disk_changed);
  while (disk_busy)
    g_cond_wait (&disk_changed, &disk);
  g_mutex_unlock (&disk);
  return (int) syscall (which, fd);
}

int
fsync (int fd)
{
  return wait_for_disk (SYS_fsync, fd);
}

int
fdatasync (int fd)
{
  return wait_for_disk (SYS_fdatasync, fd);
}

static void
set_disk_busy (gboolean busy)
{
  g_mutex_lock (&disk);
  disk_busy = busy;
  disk_waited_for = FALSE;
  g_cond_broadcast (&disk_changed);
  g_mutex_unlock (&disk);
}

static gpointer
sync_journal (gpointer journal)
{
  g_autoptr (GError) error = NULL;

  mg_journal_sync (journal, &error);
  g_assert_no_error (error);
  return NULL;
}

typedef struct
{
  MgJournal *journal;
  gint64 size;
} Cut;

static gpointer
cut_journal (gpointer data)
{
  Cut *cut = data;
  g_autoptr (GError) error = NULL;

  mg_journal_cut (cut->journal, cut->size, &error);
  g_assert_no_error (error);
  return NULL;
}

/* Paints while `func` waits for the disk; all of it is in the files at once. */
static void
paint_meanwhile (Fixture *fixture,
                 MgRng *rng,
                 GThreadFunc func,
                 gpointer data)
{
  GThread *thread;

  set_disk_busy (TRUE);
  thread = g_thread_new ("disk", func, data);
  g_mutex_lock (&disk);
  while (!disk_waited_for)
    g_cond_wait (&disk_changed, &disk);
  g_mutex_unlock (&disk);
  for (int i = 0; i < 3; i++)
    {
      g_autoptr (MgMaskStack) now = NULL;

      paint (fixture, rng);
      keep (fixture);
      now = mg_annotation_snapshot (fixture->annotation);
      check (fixture, now, TRUE);
    }
  set_disk_busy (FALSE);
  g_thread_join (thread);
}

/* No edit waits for a disk that is busy with those before it. */
static void
test_slow_disk (Fixture *fixture,
                gconstpointer data)
{
  g_autoptr (MgMaskStack) saved = NULL;
  g_autoptr (MgMaskStack) now = NULL;
  gint64 before;
  Cut cut;
  MgRng rng;

  mg_rng_init (&rng, 12, 0);
  paint (fixture, &rng);
  keep (fixture);
  paint_meanwhile (fixture, &rng, sync_journal, fixture->journal);
  saved = mg_annotation_snapshot (fixture->annotation);
  cut = (Cut){ fixture->journal, mg_journal_get_size (fixture->journal) };
  paint (fixture, &rng);
  keep (fixture);
  save_labels (fixture, saved);
  before = mg_journal_get_size (fixture->journal);
  paint_meanwhile (fixture, &rng, cut_journal, &cut);
  g_assert_cmpint (mg_journal_get_size (fixture->journal), >, before - cut.size);
  now = mg_annotation_snapshot (fixture->annotation);
  check (fixture, now, TRUE);
  cut.size = mg_journal_get_size (fixture->journal);
  save_labels (fixture, now);
  cut_journal (&cut);
  check (fixture, now, FALSE);
}

/* What another program took away is not written on from the middle. */
static void
test_taken_away (Fixture *fixture,
                 gconstpointer data)
{
  g_autofree char *path = dup_path (fixture, ".journal");
  g_autoptr (MgMaskStack) saved = NULL;
  g_autoptr (MgMaskStack) now = NULL;
  MgRng rng;

  mg_rng_init (&rng, 13, 0);
  paint (fixture, &rng);
  keep (fixture);
  saved = mg_annotation_snapshot (fixture->annotation);
  save_labels (fixture, saved);
  g_assert_cmpint (g_unlink (path), ==, 0);
  paint (fixture, &rng);
  keep (fixture);
  now = mg_annotation_snapshot (fixture->annotation);
  check (fixture, now, TRUE);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add (name, Fixture, NULL, set_up, func, tear_down)
  ADD ("/journal/every-edit", test_every_edit);
  ADD ("/journal/pages", test_pages);
  ADD ("/journal/torn", test_torn);
  ADD ("/journal/hostile", test_hostile);
  ADD ("/journal/stroke-in-hand", test_stroke_in_hand);
  ADD ("/journal/cannot-write", test_cannot_write);
  ADD ("/journal/full", test_full);
  ADD ("/journal/slow-disk", test_slow_disk);
  ADD ("/journal/taken-away", test_taken_away);
  g_test_add_func ("/journal/cost", test_cost);
  return g_test_run ();
}
